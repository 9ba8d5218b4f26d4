import time
from threading import Thread

import pytest

from fastpix._call.clock import now
from fastpix._call.messages import NeverBeganError
from fastpix._http.deadline import Deadline
from fastpix._http.slots import Slot, Slots


def soon() -> Deadline:
    return Deadline(now() + 20)


def test_so_many_slots_are_taken_at_once_and_no_more() -> None:
    slots = Slots(2)
    first, second = slots.take(soon()), slots.take(soon())
    with pytest.raises(NeverBeganError, match="no slot became free: max_connections=2"):
        slots.take(Deadline(now() + 0.05))
    slots.give_back(first)
    third = slots.take(soon())
    assert second is not third


def test_a_slot_that_nobody_has_is_free() -> None:
    slots = Slots(1)
    for _ in range(3):
        slots.take(soon())


def test_one_who_waits_gets_the_slot_that_is_given_back() -> None:
    slots, got = Slots(1), list[Slot]()
    slot = slots.take(soon())
    waiting = Thread(target=lambda: got.append(slots.take(soon())))
    waiting.start()
    time.sleep(0.05)
    assert not got
    slots.give_back(slot)
    waiting.join(20)
    assert len(got) == 1


def test_a_slot_that_gets_free_while_one_begins_to_wait_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    slots, tries = Slots(1), iter([False, True, True])

    def next_try(_: Slot) -> bool:
        return next(tries)

    monkeypatch.setattr(slots, "_may_have", next_try)
    slots.take(soon())
    assert list(tries) == []


def test_many_threads_share_few_slots() -> None:
    slots, under_way, most = Slots(3), list[int](), list[int]()

    def work() -> None:
        for _ in range(50):
            slot = slots.take(soon())
            under_way.append(1)
            most.append(len(under_way))
            under_way.pop()
            slots.give_back(slot)

    threads = [Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(most) == 600
    assert max(most) <= 3
