"""Connection pools for both cores."""

from collections import defaultdict, deque
from contextlib import suppress
from typing import Generic, NamedTuple, Protocol, TypeVar

from fastpix._call.clock import now
from fastpix._call.messages import Origin

__all__ = ["Pool"]

KEEPALIVE_SECONDS = 4.0
"""The longest idle time of a connection. It is shorter than the 5 seconds after which many servers close it."""
FRESH_SECONDS = 1.0
"""The longest idle time of a connection for a request that cannot be sent again.

If a connection has been idle for longer, the server may close it while the request is on its way, and the request is
lost.
"""


class _Reusable(Protocol):
    def is_idle(self) -> bool: ...
    def has_expired(self) -> bool: ...


Connection = TypeVar("Connection", bound=_Reusable)


class _Kept(NamedTuple, Generic[Connection]):
    since: float
    connection: Connection

    def is_good(self, since: float) -> bool:
        """Return whether the connection was kept after ``since``, is idle, and has not been closed by the server."""
        return self.since > since and self.connection.is_idle() and not self.connection.has_expired()


class Pool(Generic[Connection]):
    """Idle connections by origin. Threads may share a pool, because each step is one operation of a deque.

    httpcore's own pool looks at all its connections for each request, so the cost of concurrent calls grows with the
    square of their number. Here a call takes only the connection that was used last, and puts it back.
    """

    def __init__(self) -> None:
        self._stacks: defaultdict[Origin, deque[_Kept[Connection]]] = defaultdict(deque)
        self._closed = False

    def take(self, wanted: Origin, *, repeatable: bool) -> tuple[Connection | None, list[Connection]]:
        """Return the usable connection that was used last, or ``None``, and the connections that the caller must close.

        Args:
            wanted: The origin that the connection leads to.
            repeatable: Whether the request can be sent again if the server closes the connection at the same time.
        """
        moment = now()
        since = moment - (KEEPALIVE_SECONDS if repeatable else FRESH_SECONDS)
        stack, old = self._stacks[wanted], self._take_expired(moment)
        with suppress(IndexError):  # no connection is left, or another thread took the last one
            while not (newest := stack.pop()).is_good(since):
                old.append(newest.connection)
            return newest.connection, old
        return None, old

    def put(self, origin: Origin, connection: Connection) -> list[Connection]:
        """Keep a connection for the next request if it is idle. Return the connections that the caller must close."""
        if not connection.is_idle():
            return [connection]
        self._stacks[origin].append(_Kept(now(), connection))
        return self._clear() if self._closed else []

    def _take_expired(self, moment: float) -> list[Connection]:
        """Remove and return the connections, of all origins, that have been idle for too long."""
        expired: list[Connection] = []
        for stack in list(self._stacks.values()):
            with suppress(IndexError):
                while moment - stack[0].since >= KEEPALIVE_SECONDS:
                    expired.append(stack.popleft().connection)
        return expired

    def close(self) -> list[Connection]:
        """Keep no connection from now on. Return the connections that were kept, which the caller must close."""
        self._closed = True
        return self._clear()

    def _clear(self) -> list[Connection]:
        kept: list[Connection] = []
        for stack in list(self._stacks.values()):
            with suppress(IndexError):
                while True:
                    kept.append(stack.pop().connection)
        return kept
