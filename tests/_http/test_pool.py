import pytest

from fastpix._call.messages import Origin
from fastpix._http import pool as pool_module
from fastpix._http.pool import FRESH_SECONDS, KEEPALIVE_SECONDS, Pool


class Kept:
    """A fake connection for `Pool`."""

    def __init__(self, *, idle: bool = True) -> None:
        self.idle = idle
        self.expired = False

    def is_idle(self) -> bool:
        return self.idle

    def has_expired(self) -> bool:
        return self.expired


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


HERE, THERE = Origin(b"http", b"here", 80), Origin(b"http", b"there", None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pool_module, "now", clock)
    return clock


@pytest.fixture
def pool() -> Pool[Kept]:
    return Pool()


def test_the_connection_used_last_is_used_next(pool: Pool[Kept]) -> None:
    first, second, elsewhere = Kept(), Kept(), Kept()
    for origin, connection in ((HERE, first), (HERE, second), (THERE, elsewhere)):
        assert pool.put(origin, connection) == []
    assert pool.take(HERE, repeatable=True) == (second, [])
    assert pool.take(HERE, repeatable=True) == (first, [])
    assert pool.take(HERE, repeatable=True) == (None, [])
    assert pool.take(THERE, repeatable=True) == (elsewhere, [])


def test_one_that_the_server_has_closed_is_not_used(pool: Pool[Kept]) -> None:
    good, closed = Kept(), Kept()
    pool.put(HERE, good)
    pool.put(HERE, closed)
    closed.expired = True
    assert pool.take(HERE, repeatable=True) == (good, [closed])


def test_those_of_all_origins_are_closed_when_they_have_been_kept_too_long(pool: Pool[Kept], clock: Clock) -> None:
    here, there, later = Kept(), Kept(), Kept()
    pool.put(HERE, here)
    pool.put(THERE, there)
    clock.seconds += KEEPALIVE_SECONDS - 1
    pool.put(THERE, later)
    clock.seconds += 1
    assert pool.take(Origin(b"http", b"elsewhere", None), repeatable=True) == (None, [here, there])
    assert pool.take(THERE, repeatable=True) == (later, [])


def test_a_connection_is_kept_for_four_seconds_and_is_fresh_for_one() -> None:
    assert (KEEPALIVE_SECONDS, FRESH_SECONDS) == (4, 1)


def test_a_request_that_can_not_be_repeated_gets_a_fresh_one(pool: Pool[Kept], clock: Clock) -> None:
    young, old = Kept(), Kept()
    pool.put(HERE, old)
    clock.seconds += FRESH_SECONDS
    pool.put(HERE, young)
    assert pool.take(HERE, repeatable=False) == (young, [])
    assert pool.take(HERE, repeatable=False) == (None, [old])


def test_a_connection_that_is_not_done_is_not_kept(pool: Pool[Kept]) -> None:
    busy = Kept(idle=False)
    assert pool.put(HERE, busy) == [busy]
    assert pool.take(HERE, repeatable=True) == (None, [])


def test_what_comes_back_after_the_end_is_closed(pool: Pool[Kept]) -> None:
    early, late = Kept(), Kept()
    pool.put(HERE, early)
    assert pool.close() == [early]
    assert pool.put(HERE, late) == [late]
