"""Slots in front of a sync transport: so many requests go at once, and the others wait.

An exception of a signal handler may be raised between any two steps, and `threading` has locks that never recover from it.
So a slot is a weakly held object: it is free when it is given back, or when nobody has it any more. There is no lock.
"""

from collections import deque
from contextlib import suppress
from queue import Empty, SimpleQueue
from weakref import ReferenceType, ref

from fastpix._call.messages import NeverBeganError
from fastpix._http.deadline import Deadline

__all__ = ["Slot", "Slots"]

RECHECK_SECONDS = 0.1
"""How often one who waits looks for slots that nobody has any more, which nobody tells of."""


class Slot:
    """The right to one request."""

    __slots__ = ("__weakref__",)


class Slots:
    """A number of slots, for all threads of a process."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._taken: set[ReferenceType[Slot]] = set()
        self._waiting: deque[SimpleQueue[None]] = deque()

    def take(self, deadline: Deadline) -> Slot:
        """A slot; waits for one until the deadline, and then raises a `NeverBeganError`."""
        slot = Slot()
        while not self._may_have(slot):
            woken: SimpleQueue[None] = SimpleQueue()
            self._waiting.append(woken)
            try:
                if not self._may_have(slot):
                    with suppress(Empty):
                        woken.get(timeout=min(deadline.left_to_begin(), RECHECK_SECONDS))
            except NeverBeganError:
                raise NeverBeganError(f"{self._count} calls were under way") from None
            finally:
                with suppress(ValueError):  # it was woken
                    self._waiting.remove(woken)
        return slot

    def give_back(self, slot: Slot) -> None:
        """Frees a slot, and wakes who has waited longest."""
        self._taken.discard(ref(slot))
        with suppress(IndexError):
            self._waiting.popleft().put(None)

    def _may_have(self, slot: Slot) -> bool:
        """Takes the slot if it is not one too many. Of threads that race for the last one, none may get it at first."""
        self._taken.add(ref(slot))
        if len(self._taken) > self._count:
            self._taken.difference_update([taken for taken in self._taken.copy() if taken() is None])
            if len(self._taken) > self._count:
                self._taken.discard(ref(slot))
                return False
        return True
