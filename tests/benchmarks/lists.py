"""Lists that change while they are read, and many calls: through this library, and as users write them today."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, repeat

import httpx

from fastpix import AsyncFastpixCore, FastpixCore, each, many
from fastpix.api.live_streams import GetAllStreamsRequest, live_streams_list
from tests.benchmarks.answers import streams
from tests.benchmarks.measure import Row, cpu, paired, report
from tests.benchmarks.sides import Canned

ITEMS, PAGE = 200, 50
CREATED = 20
CALLS, AT_ONCE = 500, 20
REQUEST = GetAllStreamsRequest(limit=10)
Change = Callable[["Changing", str], object]


class Changing(httpx.BaseTransport):
    """A service with a list of streams, newest first."""

    def __init__(self) -> None:
        self.items = [f"s{number}" for number in range(ITEMS)]
        self.requests = 0

    def delete(self, name: str) -> None:
        self.items.remove(name)

    def create(self, name: str) -> None:  # noqa: ARG002 - a change of the service
        if len(self.items) < ITEMS + CREATED:
            self.items.insert(0, f"n{len(self.items)}")

    def leave(self, name: str) -> None:
        """Change nothing."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        number, limit = int(request.url.params["offset"]), int(request.url.params["limit"])
        page = self.items[(number - 1) * limit : number * limit]
        position = {
            "totalRecords": len(self.items),
            "currentOffset": number,
            "offsetCount": -(-len(self.items) // limit),
        }
        data = [{"streamId": name, "streamKey": "k"} for name in page]
        return httpx.Response(200, json={"success": True, "data": data, "pagination": position})


def rows() -> Iterator[Row]:
    ours, theirs = (len(walked(Changing.delete)[0].items) for walked in (by_each, by_hand))
    yield Row(f"{ITEMS} deleted while they are listed: left, to a loop over pages", ours, theirs, "", ours / theirs, 0)
    ours, theirs = (len(seen) - len({*seen}) for _, seen in (walked(Changing.create) for walked in (by_each, by_hand)))
    told = f"{ITEMS} listed while {CREATED} are created: seen twice, to a loop over pages"
    yield Row(told, ours, theirs, "", ours / theirs, 0)
    ours, theirs = (walked(Changing.leave)[0].requests for walked in (by_each, by_hand))
    yield Row(f"requests to list {ITEMS}, to a loop over pages", ours, theirs, "", ours / theirs, 1)
    listed = paired(cpu(lambda: by_each(Changing.leave), 5), cpu(lambda: by_hand(Changing.leave), 5))
    yield listed.row(f"list {ITEMS}, to a loop over pages (CPU)", 2, "ms", 1e3)
    canned = Canned(streams(10))
    core = FastpixCore(username="a", password="b", transport=canned)
    in_threads = paired(cpu(lambda: through_many(core), 1), cpu(lambda: through_a_pool(core), 1), 11)
    yield in_threads.row(f"{CALLS} calls, {AT_ONCE} at once, to a thread pool (CPU)", 1.5, "ms", 1e3)
    with asyncio.Runner() as runner:
        async_core = AsyncFastpixCore(username="a", password="b", transport=AsyncCanned(canned))
        tasks = cpu(lambda: runner.run(through_async_many(async_core)), 1)
        gathered = cpu(lambda: runner.run(through_gather(async_core)), 1)
        yield paired(tasks, gathered, 11).row(
            f"{CALLS} calls, {AT_ONCE} at once, to gather with a semaphore (CPU)", 1.5, "ms", 1e3
        )


def by_each(change: Change) -> tuple[Changing, list[str]]:
    service, seen = Changing(), list[str]()
    for result in each(live_streams_list)(FastpixCore(username="a", password="b", transport=service)):
        seen.append(result.unwrap().stream_id)
        change(service, seen[-1])
    return service, seen


def by_hand(change: Change) -> tuple[Changing, list[str]]:
    service, seen = Changing(), list[str]()
    core = FastpixCore(username="a", password="b", transport=service)
    for number in count(1):
        page = live_streams_list(core, GetAllStreamsRequest(limit=PAGE, offset=number)).unwrap()
        for stream in page.data:
            seen.append(stream.stream_id)
            change(service, stream.stream_id)
        if page.pagination is None or number >= (page.pagination.offset_count or 0):
            break
    return service, seen


class AsyncCanned(httpx.AsyncBaseTransport):
    """The same as `Canned` for an async core."""

    def __init__(self, canned: Canned) -> None:
        self._canned = canned

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._canned.handle_request(request)


def through_many(core: FastpixCore) -> None:
    for _ in many(live_streams_list, concurrency=AT_ONCE)(core, repeat(REQUEST, CALLS)):
        pass


def through_a_pool(core: FastpixCore) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in threads.map(live_streams_list, repeat(core), repeat(REQUEST, CALLS)):
            pass


async def through_async_many(core: AsyncFastpixCore) -> None:
    async for _ in many(live_streams_list, concurrency=AT_ONCE)(core, repeat(REQUEST, CALLS)):
        pass


async def through_gather(core: AsyncFastpixCore) -> None:
    free = asyncio.Semaphore(AT_ONCE)

    async def call() -> None:
        async with free:
            await live_streams_list(core, REQUEST)

    await asyncio.gather(*(call() for _ in range(CALLS)))


if __name__ == "__main__":
    report(rows())
