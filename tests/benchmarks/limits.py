"""400 calls to a server that allows 40 per second: through this library, and as users write them today."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import Any, NamedTuple

import httpx

from fastpix import AsyncFastpixCore, FastpixCore, Success, many
from fastpix.api.live_streams import GetAllStreamsRequest, live_streams_list
from tests.benchmarks.measure import Row, report, serving
from tests.benchmarks.official import official

CALLS, RATE = 400, 40
THREADS = 100
IDEAL = (CALLS - RATE) / RATE
REQUEST = GetAllStreamsRequest(limit=10)
LIMITERS = {"token bucket": ("bucket", "1"), "sliding window": ("window", "1"), "no time named": ("bucket", "")}
Succeeded = Callable[[str], int]
"""Makes the calls to a server, and returns how many of them succeeded."""


class Run(NamedTuple):
    """What came of all calls.

    Attributes:
        refusals: The number of responses with status 429.
        later: The number of those for requests that were not on the wire when the first one was sent.
    """

    succeeded: int
    seconds: float
    refusals: int
    later: int


def rows() -> Iterator[Row]:
    runs: list[Run] = []
    for name, limiter in LIMITERS.items():
        for how, calls in {"gather": gathered, "threads": in_threads, "many": through_many}.items():
            runs.append(made(calls, *limiter))
            told = f"{CALLS} calls at {RATE}/s, {name}, {how}: to the ideal"
            yield Row(told, runs[-1].seconds, IDEAL, "s", runs[-1].seconds / IDEAL, 2.2)
    later, least = max(run.later for run in runs), min(run.succeeded for run in runs)
    yield Row("the most refusals after the first ones in these runs, to 20", later, 20, "", later / 20, 1)
    bucket = LIMITERS["token bucket"]
    now = made(by_hand, *bucket).succeeded
    yield Row("the fewest successes in these runs, to gather with httpx", least, now, "", least / now, 1.5, ">=")
    for how, theirs, ours in (("gather", official_gathered, runs[0]), ("threads", official_in_threads, runs[1])):
        official_run = made(theirs, *bucket)
        told = f"{CALLS} calls at {RATE}/s, token bucket, {how}"
        yield Row(
            f"{told}: to official", ours.seconds, official_run.seconds, "s", ours.seconds / official_run.seconds, 1
        )
        refusals = ours.refusals / official_run.refusals
        yield Row(f"{told}: refusals, to official", ours.refusals, official_run.refusals, "", refusals, 0.5)


def made(calls: Succeeded, limiter: str, named: str) -> Run:
    with serving(limiter, str(RATE), named, server="limited") as url:
        started = time.perf_counter()
        succeeded = calls(url)
        seconds = time.perf_counter() - started
        refusals = httpx.get(url.removesuffix("/v1") + "/refusals").json()
        return Run(succeeded, seconds, refusals["all"], refusals["later"])


def gathered(url: str) -> int:
    core = AsyncFastpixCore(username="a", password="b", server_url=url)

    async def all_calls() -> int:
        results = await asyncio.gather(*(live_streams_list(core, REQUEST) for _ in range(CALLS)))
        return sum(isinstance(result, Success) for result in results)

    return asyncio.run(all_calls())


def in_threads(url: str) -> int:
    core = FastpixCore(username="a", password="b", server_url=url)
    with ThreadPoolExecutor(THREADS) as threads:
        results = threads.map(live_streams_list, repeat(core), repeat(REQUEST, CALLS))
        return sum(isinstance(result, Success) for result in results)


def through_many(url: str) -> int:
    core = FastpixCore(username="a", password="b", server_url=url)
    calls = many(live_streams_list, concurrency=THREADS)
    return sum(isinstance(result, Success) for _, result in calls(core, [REQUEST] * CALLS))


def by_hand(url: str) -> int:
    async def all_calls() -> int:
        limits = httpx.Limits(max_connections=THREADS)
        async with httpx.AsyncClient(limits=limits, timeout=60) as client:
            calls = (client.get(f"{url}/live/streams", auth=("a", "b")) for _ in range(CALLS))
            return sum(response.is_success for response in await asyncio.gather(*calls))

    return asyncio.run(all_calls())


def official_gathered(url: str) -> int:
    fastpix = _official(url)

    async def call() -> bool:
        try:
            await fastpix.manage_live_stream.get_all_streams_async(limit=10)
        except Exception:
            return False
        return True

    async def all_calls() -> int:
        return sum(await asyncio.gather(*(call() for _ in range(CALLS))))

    return asyncio.run(all_calls())


def official_in_threads(url: str) -> int:
    fastpix = _official(url)

    def call(_: int) -> bool:
        try:
            fastpix.manage_live_stream.get_all_streams(limit=10)
        except Exception:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(call, range(CALLS)))


def _official(url: str) -> Any:
    return official.Fastpix(official.models.Security(username="a", password="b"), server_url=url)


if __name__ == "__main__":
    report(rows())
