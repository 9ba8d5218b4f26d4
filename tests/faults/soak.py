"""`make soak`: creates 20,000 streams with random faults in 3 of 10 requests, then counts the streams on the server.

For each Python of an environment with the official SDK that is given, it does the same with 2,000 creates of the SDK.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from fastpix import AsyncFastpixCore, FastpixCore, Retries, Success
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    GetAllStreamsRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_list,
)
from fastpix.emulator import Emulator
from tests.faults.faults import FAULTS
from tests.faults.proxy import Loop, Proxy, Visit
from tests.pages import paging

__all__ = ["Told", "create_through_faults"]

CREATES = 20_000
CREATES_OFFICIAL = 2_000
FAULTY = 0.3
AT_ONCE = 50
SLOW = {"100 megabytes", "a gzip bomb", "nobody listens"}
QUICK = [
    fault.act
    for fault in FAULTS
    if fault.act and fault.deadline >= 10 and fault.kind != "throttled" and fault.name not in SLOW
]
OFFICIAL = Path(__file__).with_name("official.py")


class Told(NamedTuple):
    """The results that a client received for its creates, compared with the streams on the server.

    Attributes:
        succeeded: The number of creates that succeeded.
        in_doubt: The number of creates that failed and may have been applied, according to the error.
        refused: The number of creates that failed and were not applied, according to the error.
        twice: The number of creates that are on the server more than once.
        lost: The number of creates that succeeded and are not on the server.
        unsaid: The number of creates that are counted in ``refused`` and are nevertheless on the server.
    """

    succeeded: int
    in_doubt: int
    refused: int
    twice: int
    lost: int
    unsaid: int


class Storm:
    """An action that passes on 7 of 10 requests, and applies a random fault to the others."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    async def __call__(self, visit: Visit) -> None:
        if self._random.random() < FAULTY:
            await self._random.choice(QUICK)(visit)
        else:
            visit.writer.write(await visit.answer())


@contextmanager
def stormy(seed: int) -> Generator[tuple[Emulator, str]]:
    emulator = Emulator(username="name", password="word")
    with Loop() as own:
        proxy = Proxy(own.loop, emulator, Storm(seed), sys.maxsize)
        yield emulator, proxy.url
        proxy.close()
    emulator.close()


def on_the_server(emulator: Emulator) -> Counter[int]:
    """Return how often each create is on the server, by the number in the metadata."""
    found: Counter[int] = Counter()
    with httpx.Client(transport=emulator.transport()) as client:
        core = FastpixCore(username="name", password="word", client=client)
        pages = paging(live_streams_list(core, GetAllStreamsRequest(limit=50)).unwrap()).offset_count
        for number in range(1, pages + 1):
            page = live_streams_list(core, GetAllStreamsRequest(limit=50, offset=number)).unwrap()
            found.update(int((stream.metadata or {})["n"] or 0) for stream in page.data)
    return found


async def create_all(url: str, creates: int) -> list[str]:
    """Create the streams. Return the result of each create: ``succeeded``, ``in doubt`` or ``refused``."""
    places = asyncio.Semaphore(AT_ONCE)

    async def create(core: AsyncFastpixCore, number: int) -> str:
        settings = InputMediaSettings(metadata={"n": str(number)})
        async with places:
            result = await live_streams_create(core, CreateLiveStreamRequest(PlaybackSettings(), settings))
        if isinstance(result, Success):
            return "succeeded"
        return "in doubt" if result.failure().may_have_been_applied else "refused"

    async with AsyncFastpixCore(username="name", password="word", server_url=url, retries=Retries(base=0.001)) as core:
        return list(await asyncio.gather(*(create(core, number) for number in range(creates))))


def compared(outcomes: list[str], server: Counter[int]) -> Told:
    told = Counter(outcomes)
    return Told(
        succeeded=told["succeeded"],
        in_doubt=told["in doubt"],
        refused=told["refused"],
        twice=sum(1 for times in server.values() if times > 1),
        lost=sum(1 for number, told in enumerate(outcomes) if told == "succeeded" and not server[number]),
        unsaid=sum(1 for number, told in enumerate(outcomes) if told == "refused" and server[number]),
    )


def create_through_faults(creates: int, seed: int = 1) -> Told:
    with stormy(seed) as (emulator, url):
        return compared(asyncio.run(create_all(url, creates)), on_the_server(emulator))


def create_with_the_official_sdk(python: str, creates: int, seed: int = 1) -> Told:
    with stormy(seed) as (emulator, url):
        command = [python, str(OFFICIAL), url, str(creates)]
        outcomes: list[str] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        return compared(outcomes, on_the_server(emulator))


def main() -> None:
    print(f"{'client':24} {'creates':>8} " + " ".join(f"{name:>9}" for name in Told._fields) + "   seconds")
    started = time.monotonic()
    ours = create_through_faults(CREATES)
    show("fastpix", ours, started)
    for python in sys.argv[1:]:
        started = time.monotonic()
        show("the official SDK 1.2.0", create_with_the_official_sdk(python, CREATES_OFFICIAL), started)
    sys.exit(1 if ours.twice or ours.lost or ours.unsaid else 0)


def show(client: str, told: Told, started: float) -> None:
    creates = told.succeeded + told.in_doubt + told.refused
    figures = " ".join(f"{figure:9}" for figure in told)
    print(f"{client:24} {creates:8} {figures} {time.monotonic() - started:9.0f}", flush=True)


if __name__ == "__main__":
    main()
