"""A host with several addresses, some of which do not respond."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from queue import Empty
from threading import Event
from typing import Any

import anyio
import httpcore
import pytest

from fastpix import AsyncFastpixCore, FastpixCore, RequestOptions, Retries, Success, Timeout
from fastpix._http import addresses
from fastpix._http.addresses import connect_any
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable
from fastpix.errors import ConnectionFailedError, FastpixError, TimedOutError
from tests.servers import Scripted, Stopwatch, descriptors, let_localhost_be, no_more_than, unused_url

ENABLE = EnableLiveStreamRequest("abc")
ONCE = RequestOptions(retries=Retries(attempts=1))


@pytest.fixture
def hole() -> Iterator[socket.socket]:
    """A listening socket whose backlog is full, so that further connection attempts are never completed."""
    with ExitStack() as opened:
        hole = opened.enter_context(socket.socket())
        hole.bind(("127.0.0.3", 0))
        hole.listen(0)
        for _ in range(4):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(hole.getsockname())
        yield hole


def core_at(port: int, **settings: Any) -> FastpixCore:
    return FastpixCore(username="a", password="b", server_url=f"http://localhost:{port}/v1/", **settings)


def addresses_are(monkeypatch: pytest.MonkeyPatch, *found: tuple[str, int]) -> None:
    """Make ``localhost`` resolve to these addresses, each with a port of its own."""
    real = httpcore.SyncBackend.connect_tcp

    def connect_tcp(self: Any, host: str, port: int, *more: Any) -> Any:
        return real(self, host, dict(found)[host], *more)

    let_localhost_be(monkeypatch, *(host for host, _ in found))
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect_tcp)


@pytest.mark.parametrize("holes", [1, 2])
def test_the_next_address_is_tried_soon(
    hole: socket.socket, scripted: Scripted, monkeypatch: pytest.MonkeyPatch, holes: int
) -> None:
    nowhere = hole.getsockname()[1]
    addresses_are(
        monkeypatch, *[(f"127.0.0.{3 + number}", nowhere) for number in range(holes)], ("127.0.0.1", scripted.port)
    )
    with core_at(scripted.port, timeout=Timeout(connect=30)) as core, Stopwatch() as watch:
        assert isinstance(live_streams_enable(core, ENABLE, ONCE), Success)
    assert watch.seconds < 10


def test_the_connecting_of_all_addresses_has_one_time(hole: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    port = hole.getsockname()[1]
    let_localhost_be(monkeypatch, "127.0.0.3", "127.0.0.3")
    before = descriptors()
    with core_at(port, timeout=Timeout(connect=0.5)) as core, Stopwatch() as watch:
        error = live_streams_enable(core, ENABLE, ONCE).failure()
    assert isinstance(error, TimedOutError)
    assert not error.may_have_been_applied
    assert 0.5 <= watch.seconds < 5
    assert no_more_than(before)


class Stream(httpcore.NetworkStream):
    def __init__(self) -> None:
        self.is_closed = Event()

    def close(self) -> None:
        self.is_closed.set()


def test_of_two_that_connect_the_second_is_closed() -> None:
    streams, tried = {"a": Stream(), "b": Stream()}, list[str]()

    def connect(address: str, seconds: float | None) -> httpcore.NetworkStream:
        tried.append(address)
        if len(tried) == 1:
            raise httpcore.ConnectTimeout
        if address == "a":
            time.sleep(0.05)
        return streams[address]

    assert connect_any(["a", "b"], connect, lambda: None) is streams["b"]
    assert streams["a"].is_closed.wait(10)
    assert not streams["b"].is_closed.is_set()


def test_a_connection_that_comes_too_late_is_closed() -> None:
    late, tried = Stream(), list[str]()

    def connect(address: str, seconds: float | None) -> httpcore.NetworkStream:
        tried.append(address)
        if len(tried) == 1:
            raise httpcore.ConnectTimeout
        time.sleep(0.2)
        return late

    with pytest.raises(httpcore.ConnectTimeout):
        connect_any(["a", "b"], connect, lambda: 0.01)
    assert late.is_closed.wait(10)


@pytest.mark.parametrize("addresses", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_the_error_of_the_last_one_is_told(addresses: list[str]) -> None:
    def connect(address: str, seconds: float | None) -> httpcore.NetworkStream:
        raise httpcore.ConnectError(address)

    with pytest.raises(httpcore.ConnectError, match=addresses[-1]):
        connect_any(addresses, connect, lambda: None)


def test_the_error_of_a_race_is_told() -> None:
    tried = list[str]()

    def connect(address: str, seconds: float | None) -> httpcore.NetworkStream:
        tried.append(address)
        raise httpcore.ConnectTimeout if len(tried) == 1 else httpcore.ConnectError(address)

    with pytest.raises(httpcore.ConnectError, match=r"[ab]"):
        connect_any(["a", "b"], connect, lambda: None)


async def errors_at(server_url: str) -> list[FastpixError]:
    settings: Any = {"username": "a", "password": "b", "server_url": server_url}
    async with AsyncFastpixCore(**settings) as async_core:
        found: list[FastpixError] = [(await live_streams_enable(async_core, ENABLE, ONCE)).failure()]
    with FastpixCore(**settings) as core:
        return [*found, (await anyio.to_thread.run_sync(live_streams_enable, core, ENABLE, ONCE)).failure()]


@pytest.mark.anyio
async def test_the_reason_of_the_operating_system_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    let_localhost_be(monkeypatch, "127.0.0.1", "127.0.0.2")
    for error in await errors_at(unused_url().replace("127.0.0.1", "localhost")):
        assert isinstance(error, ConnectionFailedError)
        assert "[Errno 111]" in str(error)
        assert "All connection attempts failed" not in str(error)


def test_the_reasons_of_several_addresses_are_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    let_localhost_be(monkeypatch, "127.0.0.1", "127.0.0.2")
    async_error, _ = asyncio.run(errors_at("http://localhost:9/v1/"))
    assert "('127.0.0.1', 9); [Errno 111]" in str(async_error)  # asyncio names the address in the reason


NO_DESCRIPTORS = """
import asyncio, os, resource, sys
from fastpix import AsyncFastpixCore, FastpixCore, RequestOptions, Retries
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable

once = RequestOptions(retries=Retries(attempts=1))
settings = dict(username="a", password="b", server_url=sys.argv[1])
request = EnableLiveStreamRequest("abc")

def use_up():
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    opened = []
    try:
        while True:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        return opened

async def call():
    core = AsyncFastpixCore(**settings)
    (await live_streams_enable(core, request)).unwrap()
    await core.aclose()
    core, opened = AsyncFastpixCore(**settings), use_up()
    error = (await live_streams_enable(core, request, once)).failure()
    for descriptor in opened:
        os.close(descriptor)
    return error

print(asyncio.run(call()))
core = FastpixCore(**settings)
live_streams_enable(core, request).unwrap()
core.close()
core, opened = FastpixCore(**settings), use_up()
print(live_streams_enable(core, request, once).failure())
"""


def test_so_it_is_where_no_descriptors_are_left(scripted: Scripted) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_DESCRIPTORS, scripted.url], capture_output=True, text=True, check=True, timeout=60
    )
    assert len(done.stdout.splitlines()) == 2
    assert all("[Errno 24] Too many open files" in line for line in done.stdout.splitlines())


def test_a_connection_that_comes_with_the_end_of_the_time_is_taken() -> None:
    stream = Stream()
    race: Any = addresses._Race(["a"], lambda address, seconds: stream, 1)  # pyright: ignore[reportPrivateUsage]

    class Silent:
        """A queue that reports the end of the time after a connection is made and before the race learns of it."""

        def put(self, end: object) -> None: ...

        def get(self, **_: float) -> None:
            while not race._first:
                time.sleep(0.001)
            raise Empty

    race._ends = Silent()
    assert race.winner() is stream
