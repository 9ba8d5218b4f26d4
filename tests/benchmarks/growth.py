"""Whether a call gets dearer with the calls before it, or an item with the items beside it."""

from collections.abc import Callable, Iterator

from fastpix import FastpixCore
from fastpix.api.live_streams import live_streams_list
from tests.benchmarks.answers import streams
from tests.benchmarks.measure import Row, cpu, paired, report
from tests.benchmarks.sides import Canned, ours

CALLS = 100_000
TIMES = 100
ITEMS, MORE_ITEMS = 1_000, 10_000


def rows() -> Iterator[Row]:
    canned = Canned(streams(10))
    used, fresh = (FastpixCore(username="a", password="b", transport=canned) for _ in range(2))
    call = ours(used, 10)
    for _ in range(CALLS):
        call()
    both = paired(cpu(call, TIMES), cpu(ours(fresh, 10), TIMES))
    yield both.row(f"a call after {CALLS:,}, to one of the first (CPU)", 1.1, "µs", 1e6)
    few, many = _listing(ITEMS, 10), _listing(MORE_ITEMS, 1)
    items = paired(lambda: many() / MORE_ITEMS, lambda: few() / ITEMS)
    yield items.row(f"an item of {MORE_ITEMS:,} on a page, to one of {ITEMS:,} (CPU)", 1.5, "µs", 1e6)


def _listing(items: int, times: int) -> Callable[[], float]:
    core = FastpixCore(username="a", password="b", transport=Canned(streams(items)))
    return cpu(lambda: live_streams_list(core).unwrap(), times)


if __name__ == "__main__":
    report(rows())
