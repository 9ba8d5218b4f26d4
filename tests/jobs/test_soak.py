"""An import with many rows, by processes that are killed. `make soak` does it with 100,000."""

from tests.jobs.soak import ALLOWED_GROWTH, imported


def test_memory_and_cost_do_not_grow_with_the_rows() -> None:
    few, more = imported(200), imported(1500, kills=1)
    assert (few.twice, few.lost, more.twice, more.lost) == (0, 0, 0, 0)
    assert more.memory - few.memory <= ALLOWED_GROWTH
    assert more.cpu <= few.cpu * 1.5
