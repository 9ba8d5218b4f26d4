"""The open connections that wait for a request, of either core."""

from collections import defaultdict, deque
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from fastpix._call.messages import Origin

__all__ = ["KEEPALIVE_SECONDS", "Pool"]

KEEPALIVE_SECONDS = 5.0


class _Reusable(Protocol):
    def is_idle(self) -> bool: ...
    def has_expired(self) -> bool: ...


Connection = TypeVar("Connection", bound=_Reusable)


class Pool(Generic[Connection]):
    """Idle connections by origin. Threads may share it: each step is one of a deque.

    httpcore's own looks at all its connections for each request, so that many calls at once cost the square of their
    number. Here a call takes the connection that was used last, alone, and puts it back.
    """

    def __init__(self) -> None:
        self._stacks: defaultdict[Origin, deque[Connection]] = defaultdict(deque)
        self._closed = False

    def take(self, wanted: Origin) -> tuple[Connection | None, list[Connection]]:
        """The good connection used last, if there is one, and those found too old, to be closed."""
        stack, old = self._stacks[wanted], list[Connection]()
        with suppress(IndexError):  # no more, or another thread was faster
            while len(stack) > 1:
                if _is_good(oldest := stack.popleft()):
                    stack.appendleft(oldest)
                    break
                old.append(oldest)
            while not _is_good(newest := stack.pop()):
                old.append(newest)
            return newest, old
        return None, old

    def put(self, origin: Origin, connection: Connection) -> list[Connection]:
        """Keeps a connection for the next request if it is good for one; gives those that are to be closed."""
        if not connection.is_idle():
            return [connection]
        self._stacks[origin].append(connection)
        return self._clear() if self._closed else []

    def close(self) -> list[Connection]:
        """Keeps none from now on; gives those that it kept."""
        self._closed = True
        return self._clear()

    def _clear(self) -> list[Connection]:
        kept: list[Connection] = []
        for stack in list(self._stacks.values()):
            with suppress(IndexError):
                while True:
                    kept.append(stack.pop())
        return kept


def _is_good(connection: _Reusable) -> bool:
    return connection.is_idle() and not connection.has_expired()
