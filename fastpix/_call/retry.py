"""Whether and when a request is sent again: pure, but for the budget.

If you change what may be sent again, change the table in README.md; `tests/test_readme.py` holds both together.
"""

from fastpix._call.endpoint import Endpoint
from fastpix._call.messages import Origin
from fastpix.configuration import Retries
from fastpix.errors import ApiError, Err, RateLimitedError, ResponseValidationError, TransportError

__all__ = ["Budget", "Budgets", "backoff", "cost", "is_plain_no", "left_in_doubt", "may_repeat"]

REPEATABLE_STATUSES = frozenset({408, 500, 502, 503, 504, 524})
"""Statuses after which sending again can help."""
REQUEST_TIMEOUT = 408
NOT_IMPLEMENTED = 501
MOST_DOUBLINGS = 60


def left_in_doubt(endpoint: Endpoint[object], error: Err) -> bool:
    """Whether the server may have carried out a request that ended so. A GET has nothing to carry out."""
    if endpoint.method == "GET":
        return False
    if isinstance(error, ResponseValidationError):
        return True
    if isinstance(error, ApiError):
        return error.status == REQUEST_TIMEOUT or (error.status >= 500 and error.status != NOT_IMPLEMENTED)
    return error.may_have_been_applied


def may_repeat(endpoint: Endpoint[object], error: Err) -> bool:
    """Whether sending again can help, and does no harm."""
    if isinstance(error, RateLimitedError):
        return True
    if isinstance(error, TransportError):
        return endpoint.idempotent or not error.may_have_been_applied
    return isinstance(error, ApiError) and error.status in REPEATABLE_STATUSES and endpoint.idempotent


def is_plain_no(error: Err) -> bool:
    """Whether the server has understood and refused: an answer, and no trouble."""
    return isinstance(error, ApiError) and error.status < 500 and error.status not in (408, 429)


def backoff(retries: Retries, attempt: int, error: Err, chance: float) -> float:
    """Seconds to wait after this attempt: as the server asks, else a random part (``chance`` 0 to 1) of a growing bound."""
    asked = error.retry_after if isinstance(error, ApiError) else None
    return (
        asked if asked is not None else chance * min(retries.cap, retries.base * 2 ** min(attempt - 1, MOST_DOUBLINGS))
    )


def cost(error: Err) -> int:
    """What one retry takes from the budget."""
    return 5 if isinstance(error, RateLimitedError) else 14


class Budget:
    """A token bucket that ends retries in an outage: each takes tokens, each success gives some back.

    Threads share it without a lock, which an exception of a signal handler could leave locked. Those that race may take
    a few tokens more than there are.
    """

    CAPACITY = 500

    def __init__(self) -> None:
        self._tokens = self.CAPACITY

    def take(self, tokens: int) -> bool:
        if tokens > self._tokens:
            return False
        self._tokens -= tokens
        return True

    def give(self, tokens: int) -> None:
        self._tokens = min(self.CAPACITY, self._tokens + tokens)


class Budgets:
    """One for each origin, for all cores that share it: it is the server that is to be spared."""

    def __init__(self) -> None:
        self._of_origin: dict[Origin, Budget] = {}

    def of(self, origin: Origin) -> Budget:
        return self._of_origin.get(origin) or self._of_origin.setdefault(origin, Budget())
