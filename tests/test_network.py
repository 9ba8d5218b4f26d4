from fastpix.messages import Origin
from fastpix.network import Idle


class Kept:
    """A connection for `Idle` to keep."""

    def __init__(self, *, idle: bool = True, expired: bool = False) -> None:
        self.idle = idle
        self.expired = expired

    def is_idle(self) -> bool:
        return self.idle

    def has_expired(self) -> bool:
        return self.expired


HERE, THERE = Origin(b"http", b"here", 80), Origin(b"http", b"there", None)


def test_the_connection_used_last_is_used_next_and_the_oldest_go_when_too_old() -> None:
    idle: Idle[Kept] = Idle()
    first, second, third, elsewhere = Kept(), Kept(), Kept(), Kept()
    for connection in (first, second, third):
        assert idle.put(HERE, connection) == []
    assert idle.put(THERE, elsewhere) == []
    first.expired = third.expired = True
    assert idle.take(HERE) == (second, [first, third])
    assert idle.take(HERE) == (None, [])
    assert idle.take(THERE) == (elsewhere, [])


def test_a_connection_that_is_not_done_is_not_kept() -> None:
    busy = Kept(idle=False)
    idle: Idle[Kept] = Idle()
    assert idle.put(HERE, busy) == [busy]
    assert idle.take(HERE) == (None, [])


def test_what_comes_back_after_the_end_is_closed() -> None:
    early, late = Kept(), Kept()
    idle: Idle[Kept] = Idle()
    idle.put(HERE, early)
    assert idle.close() == [early]
    assert idle.put(HERE, late) == [late]
