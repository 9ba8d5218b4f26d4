"""The open connections that wait for a request, of either core."""

from collections import defaultdict, deque
from contextlib import suppress
from typing import Generic, NamedTuple, Protocol, TypeVar

from fastpix._call.clock import now
from fastpix._call.messages import Origin

__all__ = ["Pool"]

KEEPALIVE_SECONDS = 4.0
"""Less than servers keep them, of which many close after five."""
FRESH_SECONDS = 1.0
"""After that a connection may be closed by the server just as a request is on its way, which then is lost."""


class _Reusable(Protocol):
    def is_idle(self) -> bool: ...
    def has_expired(self) -> bool: ...


Connection = TypeVar("Connection", bound=_Reusable)


class _Kept(NamedTuple, Generic[Connection]):
    since: float
    connection: Connection

    def is_good(self, since: float) -> bool:
        """Whether it has been kept from then on at the earliest, and its server has not closed it."""
        return self.since > since and self.connection.is_idle() and not self.connection.has_expired()


class Pool(Generic[Connection]):
    """Idle connections by origin. Threads may share it: each step is one of a deque.

    httpcore's own looks at all its connections for each request, so that many calls at once cost the square of their
    number. Here a call takes the connection that was used last, alone, and puts it back.
    """

    def __init__(self) -> None:
        self._stacks: defaultdict[Origin, deque[_Kept[Connection]]] = defaultdict(deque)
        self._closed = False

    def take(self, wanted: Origin, *, repeatable: bool) -> tuple[Connection | None, list[Connection]]:
        """The good connection used last, if there is one, and those found too old, to be closed.

        Args:
            wanted: where it leads to.
            repeatable: whether the request can be sent again if the server closes the connection at the same time.
        """
        moment = now()
        since = moment - (KEEPALIVE_SECONDS if repeatable else FRESH_SECONDS)
        stack, old = self._stacks[wanted], self._take_expired(moment)
        with suppress(IndexError):  # no more, or another thread was faster
            while not (newest := stack.pop()).is_good(since):
                old.append(newest.connection)
            return newest.connection, old
        return None, old

    def put(self, origin: Origin, connection: Connection) -> list[Connection]:
        """Keeps a connection for the next request if it is good for one; gives those that are to be closed."""
        if not connection.is_idle():
            return [connection]
        self._stacks[origin].append(_Kept(now(), connection))
        return self._clear() if self._closed else []

    def _take_expired(self, moment: float) -> list[Connection]:
        """Those of all origins that have been kept for too long."""
        expired: list[Connection] = []
        for stack in list(self._stacks.values()):
            with suppress(IndexError):
                while moment - stack[0].since >= KEEPALIVE_SECONDS:
                    expired.append(stack.popleft().connection)
        return expired

    def close(self) -> list[Connection]:
        """Keeps none from now on; gives those that it kept."""
        self._closed = True
        return self._clear()

    def _clear(self) -> list[Connection]:
        kept: list[Connection] = []
        for stack in list(self._stacks.values()):
            with suppress(IndexError):
                while True:
                    kept.append(stack.pop().connection)
        return kept
