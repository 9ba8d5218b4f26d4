"""Values for each event loop, of asyncio or trio."""

import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import ReferenceType, WeakKeyDictionary, ref

from anyio.lowlevel import RunVar

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

__all__ = ["ClosedWithLoop", "Loop", "PerLoop", "running_loop"]

T = TypeVar("T")


class Loop:
    """Represents one run of asyncio or trio in one process. It is forgotten when the run ends."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._asyncio = _asyncio_loop()

    def is_of_this_process(self) -> bool:
        """Return whether it was made in this process.

        A forked child inherits the event loop of its parent and everything that is attached to it.
        """
        return self._process == os.getpid()

    def is_closed(self) -> bool:
        """Return whether the asyncio event loop has been closed. It is always ``False`` under trio.

        A user who closes an event loop directly may skip the cleanup of the values that belong to it.
        """
        loop = None if self._asyncio is None else self._asyncio()
        return loop is not None and loop.is_closed()


_running: RunVar[Loop] = RunVar("fastpix.loop")


def running_loop() -> Loop:
    """Return the `Loop` of the run that this is called in."""
    loop = _running.get(None)
    if loop is None or not loop.is_of_this_process():
        loop = Loop()
        _running.set(loop)
    return loop


class PerLoop(Generic[T]):
    """A value for each event loop. It is made at its first use in an event loop, and forgotten with that event loop.

    A value that refers to its event loop, for example through a task, keeps both in memory. Such a value must be
    removed with `forget` when the event loop ends. If a user closes an event loop directly, its value is forgotten when
    another event loop uses this object for the first time.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._values: WeakKeyDictionary[Loop, T] = WeakKeyDictionary()

    def get(self) -> T:
        """Return the value of the running event loop."""
        loop = running_loop()
        value = self._values.get(loop)
        if value is None:
            for other in [key() for key in self._values.keyrefs()]:
                if other is not None and other.is_closed():
                    self.forget(other)
            value = self._values[loop] = self._make()
        return value

    def forget(self, loop: Loop) -> T | None:
        """Remove the value of an event loop and return it, or ``None`` if there is no value."""
        return self._values.pop(loop, None)


class ClosedWithLoop(Generic[T]):
    """A value for each event loop. It is closed when the event loop ends.

    Args:
        make: Makes a value at its first use.
        close: Closes a value. It must not refer to the object that owns this one.
    """

    def __init__(self, make: Callable[[], T], close: Callable[[T], Awaitable[object]]) -> None:
        self._owned: PerLoop[_Owned[T]] = PerLoop(lambda: _Owned(make()))
        self._close = close

    async def get(self) -> T:
        """Return the value of the running event loop."""
        owned = self._owned.get()
        if owned.lifetime is None:
            owned.lifetime = _until_the_end_of(running_loop(), owned.value, self._close, ref(self._owned))
            await anext(owned.lifetime)
        return owned.value

    async def close(self) -> None:
        """Close the value of the running event loop."""
        owned = self._owned.forget(running_loop())
        if owned is not None and owned.lifetime is not None:
            await owned.lifetime.aclose()


class _Owned(Generic[T]):
    def __init__(self, value: T) -> None:
        self.value = value
        self.lifetime: AsyncGenerator[None, None] | None = None


async def _until_the_end_of(
    loop: Loop, value: T, close: Callable[[T], Awaitable[object]], all_owned: "ReferenceType[PerLoop[_Owned[T]]]"
) -> AsyncGenerator[None, None]:
    """Close a value before its event loop ends.

    Before asyncio and trio end, they finish the async generators that were started in them. This function uses that.
    """
    try:
        yield
    finally:
        others = all_owned()
        if others is not None:
            others.forget(loop)
        if loop.is_of_this_process():  # a forked child must not close connections that its parent still uses
            await close(value)


def _asyncio_loop() -> "ReferenceType[AbstractEventLoop] | None":
    asyncio = sys.modules.get("asyncio")
    try:
        return None if asyncio is None else ref(asyncio.get_running_loop())
    except RuntimeError:  # trio is running
        return None
