"""The growth of costs: of a call with the number of earlier calls, and of an item with the length of its page."""

import json
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
    items = paired(_growing(_listing), _growing(_loading), 11)
    figure = f"an item of {MORE_ITEMS:,} to one of {ITEMS:,} on a page, to what it is with json.loads (CPU)"
    yield items.row(figure, 1.1, "x")


def _growing(reading: Callable[[bytes], Callable[[], object]]) -> Callable[[], float]:
    """Return a measurement of the cost of an item on the longer page, relative to the shorter page.

    It is more than 1, because the longer page does not fit into the caches of the processor.
    """
    few, many = cpu(reading(streams(ITEMS)), MORE_ITEMS // ITEMS), cpu(reading(streams(MORE_ITEMS)), 1)
    return lambda: (many() / MORE_ITEMS) / (few() / ITEMS)


def _listing(page: bytes) -> Callable[[], object]:
    core = FastpixCore(username="a", password="b", transport=Canned(page))
    return lambda: live_streams_list(core).unwrap()


def _loading(page: bytes) -> Callable[[], object]:
    return lambda: json.loads(page)


if __name__ == "__main__":
    report(rows())
