"""The CPU time of a call, one call at a time.

Each measurement contains a whole call: the request is created and sent, and the response is received and decoded. It is
compared with the code of a careful user of httpx, who uses one client for all calls. The in-process transport responds
at once, so that only the work of the client counts. Over a loopback socket, both sides include the time of the kernel.
"""

import asyncio
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import httpx

from fastpix import AsyncFastpixCore, FastpixCore
from fastpix.api.live_streams import GetAllStreamsRequest, live_streams_list
from tests.benchmarks.answers import streams
from tests.benchmarks.measure import Row, cpu, paired, report, serving
from tests.benchmarks.official import official
from tests.benchmarks.sides import BASE, OPTIONS, Canned, idiomatic, ours, parameters

TIMES = 40


def prepared(client: httpx.Client, limit: int) -> Callable[[], object]:
    """Return a minimal call: a request with prepared headers and query, `Client.send`, and the decoder."""
    decode = live_streams_list.endpoint.decode
    headers = httpx.Headers({"host": "api.fastpix.com", "accept": "application/json", "authorization": "Basic YTpi"})
    query = urlencode(parameters(limit))

    def call() -> object:
        url, stream = f"{BASE}/live/streams?{query}", httpx.ByteStream(b"")
        request = httpx.Request("GET", url, headers=headers, stream=stream, extensions={"timeout": {}})
        request.read()
        return decode(client.send(request, auth=None).content)

    return call


def through_official(client: httpx.Client, limit: int) -> Callable[[], object]:
    fastpix = official.Fastpix(official.models.Security(username="a", password="b"), server_url=BASE, client=client)
    return lambda: fastpix.manage_live_stream.get_all_streams(limit=limit, offset=1, order_by="desc")


def rows() -> Iterator[Row]:
    for limit, to_idiomatic in ((10, 0.60), (50, 0.45)):
        yield from _in_process(limit, to_idiomatic)
    with serving() as url:
        core = FastpixCore(username="a", password="b", server_url=url)
        with core, httpx.Client() as client:
            both = paired(cpu(ours(core, 10), TIMES), cpu(idiomatic(client, url, 10), TIMES))
        yield both.row("sync call over loopback, to httpx + .json() (CPU)", 0.80, "µs", 1e6)
        with asyncio.Runner() as runner:
            yield _async_over_loopback(runner, url)


def _in_process(limit: int, to_idiomatic: float) -> Iterator[Row]:
    canned = Canned(streams(limit))
    with httpx.Client(transport=canned) as client:
        call = cpu(ours(FastpixCore(username="a", password="b", transport=canned), limit), TIMES)
        with_client = cpu(ours(FastpixCore(username="a", password="b", client=client), limit), TIMES)
        by_hand = cpu(idiomatic(client, BASE, limit), TIMES)
        figure = f"sync call, page of {limit}"
        yield paired(call, by_hand).row(f"{figure}, to httpx + .json() (CPU)", to_idiomatic, "µs", 1e6)
        floor = paired(cpu(prepared(client, limit), TIMES), by_hand).ratio
        through = f"{figure}, through a client of the user's (CPU)"
        yield paired(with_client, by_hand).row(through, to_idiomatic, "µs", 1e6, floor)
        theirs = cpu(through_official(client, limit), TIMES // 4)
        yield paired(call, theirs).row(f"{figure}, to official (CPU)", 0.10, "µs", 1e6)


def _async_over_loopback(runner: asyncio.Runner, url: str) -> Row:
    client, core = httpx.AsyncClient(), AsyncFastpixCore(username="a", password="b", server_url=url)
    request = GetAllStreamsRequest(limit=10, offset=1, order_by="desc")

    async def ours() -> None:
        for _ in range(TIMES):
            (await live_streams_list(core, request, OPTIONS)).unwrap()

    async def idiomatic() -> None:
        for _ in range(TIMES):
            (await client.get(f"{url}/live/streams", params=parameters(10), auth=("a", "b"))).json()

    both = paired(cpu(lambda: runner.run(ours()), 1), cpu(lambda: runner.run(idiomatic()), 1))
    runner.run(core.aclose())
    runner.run(client.aclose())
    return both.row("async call over loopback, to httpx + .json() (CPU)", 0.85, "µs", 1e6 / TIMES)


if __name__ == "__main__":
    report(rows())
