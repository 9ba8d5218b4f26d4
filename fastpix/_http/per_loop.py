"""A value for each event loop, of asyncio or trio."""

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
    """Stands for one run of asyncio or trio, in one process, and is forgotten with it."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._asyncio = _asyncio_loop()

    def is_of_this_process(self) -> bool:
        """Whether it was made in this process. A forked child inherits a loop and all that hangs on it."""
        return self._process == os.getpid()

    def is_closed(self) -> bool:
        """Whether it has been closed by hand, without a word to what hangs on it. trio has no such thing."""
        loop = None if self._asyncio is None else self._asyncio()
        return loop is not None and loop.is_closed()


_running: RunVar[Loop] = RunVar("fastpix.loop")


def running_loop() -> Loop:
    """The run that this is called in."""
    loop = _running.get(None)
    if loop is None or not loop.is_of_this_process():
        loop = Loop()
        _running.set(loop)
    return loop


class PerLoop(Generic[T]):
    """A value that is made when it is first needed in an event loop, and forgotten with that.

    A value that holds something of the loop, such as a task, keeps both. So it is to be forgotten when the loop ends;
    that of a loop which was closed by hand is forgotten when the next loop asks for one.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._values: WeakKeyDictionary[Loop, T] = WeakKeyDictionary()

    def get(self) -> T:
        """The value of the running event loop."""
        loop = running_loop()
        value = self._values.get(loop)
        if value is None:
            for other in [key() for key in self._values.keyrefs()]:
                if other is not None and other.is_closed():
                    self.forget(other)
            value = self._values[loop] = self._make()
        return value

    def forget(self, loop: Loop) -> T | None:
        """The value of a loop, from now on no longer kept; ``None`` if it had none."""
        return self._values.pop(loop, None)


class ClosedWithLoop(Generic[T]):
    """A value for each event loop, closed when that ends.

    Args:
        make: makes the value when it is first needed.
        close: closes one. It must not hold what owns this.
    """

    def __init__(self, make: Callable[[], T], close: Callable[[T], Awaitable[object]]) -> None:
        self._owned: PerLoop[_Owned[T]] = PerLoop(lambda: _Owned(make()))
        self._close = close

    async def get(self) -> T:
        """The value of the running event loop."""
        owned = self._owned.get()
        if owned.lifetime is None:
            owned.lifetime = _until_the_end_of(running_loop(), owned.value, self._close, ref(self._owned))
            await anext(owned.lifetime)
        return owned.value

    async def close(self) -> None:
        """Closes the value of the running event loop."""
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
    """Both asyncio and trio finish the generators begun in them before they end: the hook to close on time."""
    try:
        yield
    finally:
        others = all_owned()
        if others is not None:
            others.forget(loop)
        if loop.is_of_this_process():  # a child would shut the connections that its parent still uses
            await close(value)


def _asyncio_loop() -> "ReferenceType[AbstractEventLoop] | None":
    asyncio = sys.modules.get("asyncio")
    try:
        return None if asyncio is None else ref(asyncio.get_running_loop())
    except RuntimeError:  # this is trio's
        return None
