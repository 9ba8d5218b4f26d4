"""A value for each event loop, of asyncio or trio."""

from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from anyio.lowlevel import RunVar

__all__ = ["Loop", "PerLoop", "running_loop"]

T = TypeVar("T")


class Loop:
    """Stands for one run of asyncio or trio, and is forgotten with it."""


_running: RunVar[Loop] = RunVar("fastpix.loop")


def running_loop() -> Loop:
    """The run that this is called in."""
    try:
        return _running.get()
    except LookupError:
        loop = Loop()
        _running.set(loop)
        return loop


class PerLoop(Generic[T]):
    """A value that is made when it is first needed in an event loop, and forgotten with that.

    A value that holds something of the loop, such as a task, would keep both for ever: it is to be forgotten earlier.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._values: WeakKeyDictionary[Loop, T] = WeakKeyDictionary()

    def get(self) -> T:
        """The value of the running event loop."""
        loop = running_loop()
        value = self._values.get(loop)
        if value is None:
            value = self._values[loop] = self._make()
        return value

    def forget(self, loop: Loop) -> T | None:
        """The value of a loop, from now on no longer kept; ``None`` if it had none."""
        return self._values.pop(loop, None)
