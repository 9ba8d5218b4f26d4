"""The wall-clock time of many concurrent calls over a loopback socket."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from statistics import median

import httpx

from fastpix import AsyncFastpixCore, Success
from fastpix.api.live_streams import GetAllStreamsRequest, live_streams_list
from tests.benchmarks.measure import Row, paired, report, serving
from tests.benchmarks.official import official

CALLS = 1_000
AT_ONCE = 100
PAIRS = 5
FLOOD = 10_000
LIMITS = (10, 20, 50, 100)
REQUEST = GetAllStreamsRequest(limit=10)
Call = Callable[[], Awaitable[object]]


def rows() -> Iterator[Row]:
    with serving() as url, asyncio.Runner() as runner:
        core = AsyncFastpixCore(username="a", password="b", server_url=url)
        mine = timed(runner, lambda: ours(core))
        by_hand = {limit: timed(runner, idiomatic(url, limit)) for limit in LIMITS}
        best = min(by_hand, key=lambda limit: median(by_hand[limit]() for _ in range(3)))
        both = paired(by_hand[best], mine, PAIRS)
        figure = f"{CALLS:,} calls, {AT_ONCE} at once"
        yield _faster(f"{figure}: times faster than httpx, at its best with {best} connections", both, 1.2)
        yield _faster(f"{figure}: times faster than official", paired(timed(runner, through_official(url)), mine, 1), 4)
        yield _flood(runner, core)
        runner.run(core.aclose())


def _faster(figure: str, both: tuple[float, float, float], goal: float) -> Row:
    theirs, mine, ratio = both
    return Row(figure, mine / CALLS * 1e6, theirs / CALLS * 1e6, "µs", ratio, goal, ">=")


def _flood(runner: asyncio.Runner, core: AsyncFastpixCore) -> Row:
    async def succeeds() -> bool:
        return isinstance(await live_streams_list(core, REQUEST), Success)

    async def flood() -> None:
        assert all(await asyncio.gather(*(succeeds() for _ in range(FLOOD))))

    def all_at_once() -> float:
        started = time.perf_counter()
        runner.run(flood())
        return time.perf_counter() - started

    both = paired(all_at_once, timed(runner, lambda: ours(core), FLOOD), 3)
    return both.row(f"{FLOOD:,} calls at once, a call to one of {AT_ONCE} at once", 1.5, "µs", 1e6 / FLOOD)


async def ours(core: AsyncFastpixCore) -> object:
    return (await live_streams_list(core, REQUEST)).unwrap()


def idiomatic(url: str, connections: int) -> Call:
    client = httpx.AsyncClient(limits=httpx.Limits(max_connections=connections), timeout=60)

    async def call() -> object:
        return (await client.get(f"{url}/live/streams", params={"limit": 10}, auth=("a", "b"))).json()

    return call


def through_official(url: str) -> Call:
    fastpix = official.Fastpix(official.models.Security(username="a", password="b"), server_url=url)
    return lambda: fastpix.manage_live_stream.get_all_streams_async(limit=10)


def timed(runner: asyncio.Runner, call: Call, calls: int = CALLS) -> Callable[[], float]:
    """Return a function that measures the seconds of this number of calls, `AT_ONCE` of them concurrently."""

    async def worker(turns: Iterator[int]) -> None:
        for _ in turns:
            await call()

    async def workers() -> None:
        turns = iter(range(calls))
        await asyncio.gather(*(worker(turns) for _ in range(AT_ONCE)))

    def measure() -> float:
        started = time.perf_counter()
        runner.run(workers())
        return time.perf_counter() - started

    return measure


if __name__ == "__main__":
    report(rows())
