"""`make faults`: every fault, with every method, once, twice and always, sync and async: 1,170 cells.

A model computes the expected outcome of each cell from the table in README.md. Each cell is then carried out over a
real socket.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, NamedTuple, TypeAlias

import httpx

from fastpix import AsyncFastpixCore, FastpixCore, Hooks, Retries, Success, Timeout
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    DisableLiveStreamRequest,
    GetLiveStreamRequest,
    InputMediaSettings,
    PlaybackSettings,
    UpdateLiveStreamRequest,
    live_streams_create,
    live_streams_delete,
    live_streams_disable,
    live_streams_get,
    live_streams_list,
    live_streams_update,
)
from fastpix.emulator import Emulator, Seed, SeedStream
from fastpix.errors import FastpixError
from tests.faults.faults import FAULTS, UNSEEN, Fault, hang_up
from tests.faults.proxy import Loop, Proxy
from tests.pages import paging

__all__ = ["CELLS", "Cell", "Outcome", "expected", "live_through", "wrong"]

Method: TypeAlias = Literal["GET", "PUT", "PATCH", "DELETE", "POST"]
METHODS: tuple[Method, ...] = ("GET", "PUT", "PATCH", "DELETE", "POST")
ALWAYS = 1000
ATTEMPTS = 3
SOME = -1
SIDE_BY_SIDE = 16
GRACE_SECONDS = 0.5


class Cell(NamedTuple):
    fault: Fault
    method: Method
    times: int
    is_async: bool

    def __str__(self) -> str:
        times = {1: "once", 2: "twice", ALWAYS: "always"}[self.times]
        return f"{self.fault.name}, {self.method}, {times}, {'async' if self.is_async else 'sync'}"


class Outcome(NamedTuple):
    """The outcome of a cell.

    Attributes:
        result: The class of the error, or ``Success``.
        in_doubt: ``True`` if the error says that the request may have been applied.
        requests: The number of requests that reached the server. `SOME` stands for two or more, as many as the deadline
            allows.
        streams: The number of streams on the server at the end.
    """

    result: str
    in_doubt: bool
    requests: int
    streams: int


Ended: TypeAlias = tuple[Outcome, float]

CELLS = [
    Cell(fault, method, times, is_async)
    for fault in FAULTS
    for method in METHODS
    for times in (1, 2, ALWAYS)
    for is_async in (False, True)
]


class Model:
    """The state of a server that begins with one stream, as far as requests can change it."""

    def __init__(self) -> None:
        self.streams = 1
        self.disabled = False

    def apply(self, method: Method) -> str:
        if method == "POST":
            self.streams += 1
        if method == "DELETE":
            there, self.streams = self.streams, 0
            return "Success" if there else "NotFoundError"
        if method == "PUT":
            already, self.disabled = self.disabled, True
            return "BadRequestError" if already else "Success"
        return "Success"


def expected(cell: Cell) -> Outcome:
    """Return the outcome that the documentation promises."""
    fault, method, model = cell.fault, cell.method, Model()
    reached, doubt = 0, False
    repeatable = fault.kind in ("unreached", "throttled") or (fault.kind == "undecided" and method != "POST")
    for attempt in range(1, ATTEMPTS + 1):
        if attempt > cell.times or fault.kind == "harmless":
            result = model.apply(method)
            gone = result == "NotFoundError" and doubt
            return Outcome(
                "Success" if gone else result, doubt and result == "BadRequestError", reached + 1, model.streams
            )
        reached += fault.kind != "unreached" and fault.name not in UNSEEN
        if fault.applied or fault.kind in ("unreadable", "dataless"):
            model.apply(method)
        doubt = doubt or (fault.kind in ("undecided", "unreadable", "dataless") and method != "GET")
        if fault.kind == "dataless" and method in ("PUT", "DELETE"):
            return Outcome("Success", False, reached, model.streams)
        if not repeatable or fault.asked_to_wait:
            break
    is_paced = fault.kind == "throttled" and not fault.asked_to_wait
    return Outcome(fault.error, doubt, SOME if is_paced else reached, model.streams)


def called(method: Method, stream_id: str) -> tuple[Callable[..., Any], Any]:
    settings = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())
    calls: dict[Method, tuple[Callable[..., Any], Any]] = {
        "GET": (live_streams_get, GetLiveStreamRequest(stream_id)),
        "PUT": (live_streams_disable, DisableLiveStreamRequest(stream_id)),
        "PATCH": (live_streams_update, UpdateLiveStreamRequest(stream_id, metadata={"a": "b"})),
        "DELETE": (live_streams_delete, DeleteLiveStreamRequest(stream_id)),
        "POST": (live_streams_create, settings),
    }
    return calls[method]


class Trial:
    """A running cell: a local FastPix with one stream, and the proxy in front of it."""

    def __init__(self, cell: Cell, loop: asyncio.AbstractEventLoop, elsewhere: str) -> None:
        self._cell = cell
        self._emulator = Emulator(username="name", password="word")
        (stream_id,) = self._emulator.seed(Seed(streams=[SeedStream()])).stream_ids
        self._proxy = Proxy(loop, self._emulator, cell.fault.act, cell.times, elsewhere)
        self.operation, self.request = called(cell.method, stream_id)
        self.settings: dict[str, Any] = {
            "username": "name",
            "password": "word",
            "server_url": self._proxy.url,
            "timeout": Timeout(total=cell.fault.deadline, attempt=cell.fault.attempt),
            "retries": Retries(base=0.01),
            "hooks": Hooks(on_error=lambda _, __: self._proxy.failed()),
            "max_response_bytes": 1024 * 1024,
        }
        self._started = time.monotonic()

    def ended(self, result: Any) -> tuple[Outcome, float]:
        elapsed = time.monotonic() - self._started
        self._proxy.close()
        error = None if isinstance(result, Success) else result.failure()
        assert error is None or isinstance(error, FastpixError)
        with httpx.Client(transport=self._emulator.transport()) as client:
            core = FastpixCore(username="name", password="word", client=client)
            streams = paging(live_streams_list(core).unwrap()).total_records
        self._emulator.close()
        name = "Success" if error is None else type(error).__name__
        return Outcome(name, error is not None and error.may_have_been_applied, self._proxy.requests, streams), elapsed


class Stage:
    """A runner of cells, many of them concurrently."""

    def __init__(self, loop: asyncio.AbstractEventLoop, elsewhere: Proxy) -> None:
        self._loop = loop
        self._elsewhere = elsewhere.url.replace("127.0.0.1", "localhost")

    def blocking(self, cell: Cell) -> Ended:
        trial = Trial(cell, self._loop, self._elsewhere)
        with FastpixCore(**trial.settings) as core:
            return trial.ended(trial.operation(core, trial.request))

    async def awaited(self, cell: Cell) -> Ended:
        trial = Trial(cell, self._loop, self._elsewhere)
        async with AsyncFastpixCore(**trial.settings) as core:
            return trial.ended(await trial.operation(core, trial.request))

    async def all_awaited(self, cells: list[Cell]) -> list[Ended]:
        places = asyncio.Semaphore(SIDE_BY_SIDE)

        async def placed(cell: Cell) -> Ended:
            async with places:
                return await self.awaited(cell)

        return list(await asyncio.gather(*map(placed, cells)))


def live_through(cells: list[Cell]) -> Iterator[tuple[Cell, Outcome, float]]:
    """Carry out the cells. Yield each with its outcome and its seconds. Check that no request went to another host."""
    sync_cells = [cell for cell in cells if not cell.is_async]
    async_cells = [cell for cell in cells if cell.is_async]
    emulator = Emulator()
    with Loop() as own, ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        elsewhere = Proxy(own.loop, emulator, hang_up, 0)
        stage = Stage(own.loop, elsewhere)
        ended = [*threads.map(stage.blocking, sync_cells), *asyncio.run(stage.all_awaited(async_cells))]
        assert elsewhere.visits == 0
        elsewhere.close()
    emulator.close()
    for cell, (outcome, elapsed) in zip([*sync_cells, *async_cells], ended, strict=True):
        yield cell, outcome, elapsed


def wrong(cell: Cell, outcome: Outcome, elapsed: float) -> str | None:
    """Return how a cell breaks a promise, or ``None`` if it keeps all."""
    wanted = expected(cell)
    if wanted.requests == SOME and outcome.requests > 1:
        outcome = outcome._replace(requests=SOME)
    if outcome != wanted:
        return f"{cell}: {outcome}, not {wanted}"
    if elapsed > cell.fault.deadline + GRACE_SECONDS:
        return f"{cell}: took {elapsed:.2f} s, the deadline is {cell.fault.deadline} s"
    return None


def main() -> None:
    started = time.monotonic()
    held: Counter[str] = Counter()
    mistakes: list[str] = []
    for cell, outcome, elapsed in live_through(CELLS):
        mistake = wrong(cell, outcome, elapsed)
        held[cell.fault.name] += mistake is None
        mistakes += [mistake] if mistake else []
    cells_of_a_fault = len(CELLS) // len(FAULTS)
    print(f"{'fault':26} {'cells':>5} {'hold':>5}")
    for fault in FAULTS:
        print(f"{fault.name:26} {cells_of_a_fault:5} {held[fault.name]:5}")
    print(f"{'total':26} {len(CELLS):5} {held.total():5}   in {time.monotonic() - started:.0f} s")
    print(*mistakes, sep="\n", file=sys.stderr)
    sys.exit(1 if mistakes else 0)


if __name__ == "__main__":
    main()
