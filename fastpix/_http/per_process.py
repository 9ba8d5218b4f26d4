"""Values for each process."""

import os
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import finalize

__all__ = ["PerProcess"]

T = TypeVar("T")


class PerProcess(Generic[T]):
    """A value for each process. A forked child makes its own, because it must not share connections or locks.

    Args:
        make: Makes the value at its first use.
        at_end: Called with the value when this object is garbage collected, or when the process ends.
    """

    def __init__(self, make: Callable[[], T], at_end: Callable[[T], object] | None = None) -> None:
        self._make = make
        self._at_end = at_end
        self._values: dict[int, T] = {}

    def get(self) -> T:
        """Return the value of this process. Threads that race get the same value."""
        process = os.getpid()
        value = self._values.get(process)
        if value is None:
            value = self._values.setdefault(process, self._make())
            if self._at_end is not None:
                finalize(self, self._at_end, value)
        return value

    def end(self) -> None:
        """Call ``at_end`` with the value of this process, if there is a value."""
        value = self._values.get(os.getpid())
        if value is not None and self._at_end is not None:
            self._at_end(value)
