from fastpix._call.messages import Origin
from fastpix._http.pool import Pool


class Kept:
    """A connection for `Pool` to keep."""

    def __init__(self, *, idle: bool = True, expired: bool = False) -> None:
        self.idle = idle
        self.expired = expired

    def is_idle(self) -> bool:
        return self.idle

    def has_expired(self) -> bool:
        return self.expired


HERE, THERE = Origin(b"http", b"here", 80), Origin(b"http", b"there", None)


def test_the_connection_used_last_is_used_next_and_the_oldest_go_when_too_old() -> None:
    pool: Pool[Kept] = Pool()
    first, second, third, elsewhere = Kept(), Kept(), Kept(), Kept()
    for connection in (first, second, third):
        assert pool.put(HERE, connection) == []
    assert pool.put(THERE, elsewhere) == []
    first.expired = third.expired = True
    assert pool.take(HERE) == (second, [first, third])
    assert pool.take(HERE) == (None, [])
    assert pool.take(THERE) == (elsewhere, [])


def test_a_connection_that_is_not_done_is_not_kept() -> None:
    busy = Kept(idle=False)
    pool: Pool[Kept] = Pool()
    assert pool.put(HERE, busy) == [busy]
    assert pool.take(HERE) == (None, [])


def test_what_comes_back_after_the_end_is_closed() -> None:
    early, late = Kept(), Kept()
    pool: Pool[Kept] = Pool()
    pool.put(HERE, early)
    assert pool.close() == [early]
    assert pool.put(HERE, late) == [late]
