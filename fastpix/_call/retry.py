"""Decides whether and when a request is sent again. Everything except the budget is pure.

If you change which requests are sent again, change the table in README.md too. `tests/test_readme.py` compares both.
"""

import os

from fastpix._call.endpoint import Endpoint
from fastpix._call.messages import Origin
from fastpix.configuration import Retries
from fastpix.errors import ApiError, Err, RateLimitedError, ResponseValidationError, TransportError

__all__ = ["Budget", "Budgets", "backoff", "chance", "cost", "is_plain_no", "left_in_doubt", "may_repeat"]

REPEATABLE_STATUSES = frozenset({408, 500, 502, 503, 504, 524})
"""Statuses after which a retry can help."""
REQUEST_TIMEOUT = 408
NOT_IMPLEMENTED = 501
MOST_DOUBLINGS = 60


def left_in_doubt(endpoint: Endpoint[object], error: Err) -> bool:
    """Return whether the server may have carried out a request that ended with this error. A GET changes nothing."""
    if endpoint.method == "GET":
        return False
    if isinstance(error, ResponseValidationError):
        return True
    if isinstance(error, ApiError):
        return error.status == REQUEST_TIMEOUT or (error.status >= 500 and error.status != NOT_IMPLEMENTED)
    return error.may_have_been_applied


def may_repeat(endpoint: Endpoint[object], error: Err) -> bool:
    """Return whether a retry can help and does no harm."""
    if isinstance(error, RateLimitedError):
        return True
    if isinstance(error, TransportError):
        return endpoint.idempotent or not error.may_have_been_applied
    return isinstance(error, ApiError) and error.status in REPEATABLE_STATUSES and endpoint.idempotent


def is_plain_no(error: Err) -> bool:
    """Return whether the server rejected the request itself: a status below 500 other than 401, 403, 408 and 429."""
    return isinstance(error, ApiError) and error.status < 500 and error.status not in (401, 403, 408, 429)


def chance() -> float:
    """Return a random number from 0 to 1. The module `random` would take longer to import."""
    return int.from_bytes(os.urandom(7)) / 2**56


def backoff(retries: Retries, attempt: int, error: Err, part: float) -> float:
    """Return the seconds to wait after an attempt that was not refused with 429.

    If the server sent a ``Retry-After``, the wait is its value. Otherwise it is ``part`` (0 to 1) times a bound. The
    bound starts at ``retries.base`` and doubles with each attempt, up to ``retries.cap``.
    """
    asked = error.retry_after if isinstance(error, ApiError) else None
    return asked if asked is not None else part * min(retries.cap, retries.base * 2 ** min(attempt - 1, MOST_DOUBLINGS))


def cost(error: Err) -> int:
    """Return the number of tokens that one retry takes from the budget. The pace limits the retries after a 429."""
    return 0 if isinstance(error, RateLimitedError) else 14


class Budget:
    """A token bucket that stops retries in an outage. Each retry takes tokens, and each success gives some back.

    Threads share it without a lock, because an exception of a signal handler could leave a lock held. Threads that race
    may take a few more tokens than there are.
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
    """A `Budget` for each origin. Cores share it, because the budget protects the server."""

    def __init__(self) -> None:
        self._of_origin: dict[Origin, Budget] = {}

    def of(self, origin: Origin) -> Budget:
        return self._of_origin.get(origin) or self._of_origin.setdefault(origin, Budget())

    def refill(self) -> None:
        """Give each origin its full budget."""
        self._of_origin.clear()
