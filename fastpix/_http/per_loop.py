"""A value for each event loop, of asyncio or trio."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import ReferenceType, WeakKeyDictionary, ref

from anyio.lowlevel import RunVar

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

__all__ = ["Loop", "PerLoop", "running_loop"]

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


def _asyncio_loop() -> "ReferenceType[AbstractEventLoop] | None":
    asyncio = sys.modules.get("asyncio")
    try:
        return None if asyncio is None else ref(asyncio.get_running_loop())
    except RuntimeError:  # this is trio's
        return None
