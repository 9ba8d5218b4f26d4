"""A value for each process."""

import os
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import finalize

__all__ = ["PerProcess"]

T = TypeVar("T")


class PerProcess(Generic[T]):
    """A value that is made anew in a forked child, which must share neither connections nor locks with its parent.

    Args:
        make: makes the value when it is first needed.
        at_end: called with it when its owner is gone, or the process ends.
    """

    def __init__(self, make: Callable[[], T], at_end: Callable[[T], object] | None = None) -> None:
        self._make = make
        self._at_end = at_end
        self._values: dict[int, T] = {}

    def get(self) -> T:
        """The value of this process; threads that race get the same one."""
        process = os.getpid()
        value = self._values.get(process)
        if value is None:
            value = self._values.setdefault(process, self._make())
            if self._at_end is not None:
                finalize(self, self._at_end, value)
        return value

    def end(self) -> None:
        """Does to the value of this process what is done at its end, if it has been made."""
        value = self._values.get(os.getpid())
        if value is not None and self._at_end is not None:
            self._at_end(value)
