"""Slots in front of a sync transport. They limit the number of concurrent requests. All other requests wait.

A signal handler may raise an exception between any two steps, and some locks of `threading` never recover from it. So
there is no lock here. `Slots` holds only weak references to its slots. A slot is free again when it is given back, or
when the call that took it no longer refers to it.
"""

from collections import deque
from contextlib import suppress
from queue import Empty, SimpleQueue
from weakref import ReferenceType, ref

from fastpix._call.messages import NeverBeganError
from fastpix._http.deadline import Deadline

__all__ = ["Slot", "Slots"]

RECHECK_SECONDS = 0.1
"""How often a waiting thread looks for slots to which no reference is left, because nothing wakes it for these."""


class Slot:
    """The right to send one request."""

    __slots__ = ("__weakref__",)


class Slots:
    """A fixed number of slots for all threads of a process."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._taken: set[ReferenceType[Slot]] = set()
        self._waiting: deque[SimpleQueue[None]] = deque()

    def take_at_once(self) -> Slot | None:
        """Return a slot, or ``None`` if none is free."""
        slot = Slot()
        return slot if self._may_have(slot) else None

    def take(self, deadline: Deadline) -> Slot:
        """Return a slot. Wait for a free one until the deadline, and then raise a `NeverBeganError`."""
        slot = Slot()
        while not self._may_have(slot):
            woken: SimpleQueue[None] = SimpleQueue()
            self._waiting.append(woken)
            try:
                if not self._may_have(slot):
                    with suppress(Empty):
                        woken.get(timeout=min(deadline.left_to_begin(), RECHECK_SECONDS))
            except NeverBeganError:
                raise NeverBeganError(f"no slot became free: max_connections={self._count}") from None
            finally:
                with suppress(ValueError):  # it was woken, and so removed, by `give_back`
                    self._waiting.remove(woken)
        return slot

    def give_back(self, slot: Slot) -> None:
        """Free a slot, and wake the thread that has waited longest."""
        self._taken.discard(ref(slot))
        with suppress(IndexError):
            self._waiting.popleft().put(None)

    def _may_have(self, slot: Slot) -> bool:
        """Take the slot unless all are taken. If threads race for the last one, all of them may fail at first."""
        self._taken.add(ref(slot))
        if len(self._taken) > self._count:
            self._taken.difference_update([taken for taken in self._taken.copy() if taken() is None])
            if len(self._taken) > self._count:
                self._taken.discard(ref(slot))
                return False
        return True
