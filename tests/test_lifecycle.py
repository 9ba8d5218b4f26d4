"""Calls leave no resources behind, however a call ends and however long a core is used."""

import asyncio
import gc
import signal
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

from fastpix import AsyncFastpix, AsyncFastpixCore, Fastpix, FastpixCore, Success
from fastpix.api.live_streams import live_streams_list
from fastpix.emulator import Emulator
from tests.lengths import length
from tests.servers import PAGE, Scripted, answer, cut_body, descriptors, drip, hang, no_more_than

CANCELLED = length(short=300, whole=300, long=10_000)
RUNS = length(short=20, whole=20, long=100)
CALLS_OF_A_THREAD = length(short=20, whole=20, long=500)
CALLS = length(short=1_000, whole=2_000, long=100_000)
AT_ONCE = 50
CLOSED = "live_streams_list: this core has been closed: make another one"


def core_at(url: str, **settings: Any) -> FastpixCore:
    return FastpixCore(username="name", password="word", server_url=url, **settings)


def async_core_at(url: str, **settings: Any) -> AsyncFastpixCore:
    return AsyncFastpixCore(username="name", password="word", server_url=url, **settings)


async def succeed(core: AsyncFastpixCore) -> None:
    assert isinstance(await live_streams_list(core), Success)


@pytest.mark.anyio
@pytest.mark.parametrize("action", [hang, drip(b"", after=b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n")])
async def test_cancelled_calls_leave_nothing_open(scripted: Scripted, action: Any) -> None:
    async with async_core_at(scripted.url) as core:
        scripted.script(answer(PAGE), action)
        assert isinstance(await live_streams_list(core), Success)
        before = descriptors()
        for batch in range(CANCELLED // AT_ONCE // 2):
            async with anyio.create_task_group() as tasks:
                for _ in range(AT_ONCE):
                    tasks.start_soon(live_streams_list, core)
                await anyio.sleep(0.001 * (batch % 20))  # varies the await that is cancelled
                tasks.cancel_scope.cancel()
        scripted.script(answer(PAGE))
        async with anyio.create_task_group() as tasks:  # needs all slots, so each must be free again
            for _ in range(core.configuration.max_connections):
                tasks.start_soon(succeed, core)
        assert isinstance(await live_streams_list(core), Success)
        await core.aclose()
        gc.collect()
        assert await anyio.to_thread.run_sync(no_more_than, before)


def test_one_async_core_lasts_for_run_after_run(server_url: str, emulator: Emulator) -> None:
    core = AsyncFastpixCore(username=emulator.username, password=emulator.password, server_url=server_url)

    async def call() -> bool:
        return isinstance(await live_streams_list(core), Success)

    assert asyncio.run(call())
    gc.collect()
    before, threads = descriptors(), threading.active_count()
    assert all(asyncio.run(call()) for _ in range(RUNS))
    gc.collect()
    assert descriptors() <= before + 2
    assert threading.active_count() <= threads + 1


def test_threads_share_a_core(server_url: str, emulator: Emulator) -> None:
    core = FastpixCore(username=emulator.username, password=emulator.password, server_url=server_url)

    def calls(_: int) -> int:
        return sum(isinstance(live_streams_list(core), Success) for _ in range(CALLS_OF_A_THREAD))

    with core, ThreadPoolExecutor(32) as threads:
        assert list(threads.map(calls, range(32))) == [CALLS_OF_A_THREAD] * 32


def test_calls_without_number_take_no_more_memory_and_descriptors(scripted: Scripted) -> None:
    scripted.script(answer(PAGE))
    with core_at(scripted.url) as core:
        make_calls(core, scripted, CALLS // 10)
        tracemalloc.start()
        try:
            make_calls(core, scripted, CALLS // 10)
            before, memory = descriptors(), tracemalloc.get_traced_memory()[0]
            make_calls(core, scripted, CALLS)
            assert descriptors() <= before
            assert tracemalloc.get_traced_memory()[0] - memory < 50_000
        finally:
            tracemalloc.stop()


def make_calls(core: FastpixCore, scripted: Scripted, calls: int) -> None:
    for _ in range(calls):
        assert isinstance(live_streams_list(core), Success)
    scripted.requests.clear()
    gc.collect()


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Restore the default handler of SIGINT: a shell starts programs in the background with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("kind", [FastpixCore, Fastpix])
def test_with_closes_a_core(scripted: Scripted, kind: type[FastpixCore]) -> None:
    scripted.script(answer(PAGE))
    before = descriptors()
    with kind(username="name", password="word", server_url=scripted.url) as core:
        live_streams_list(core).unwrap()
        assert descriptors() > before
    assert no_more_than(before)
    assert str(live_streams_list(core).failure()) == CLOSED


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [AsyncFastpixCore, AsyncFastpix])
async def test_async_with_closes_a_core(scripted: Scripted, kind: type[AsyncFastpixCore]) -> None:
    scripted.script(answer(PAGE))
    before = descriptors()
    async with kind(username="name", password="word", server_url=scripted.url) as core:
        (await live_streams_list(core)).unwrap()
        assert descriptors() > before
    assert await anyio.to_thread.run_sync(no_more_than, before)
    assert str((await live_streams_list(core)).failure()) == CLOSED


@pytest.mark.usefixtures("_interruptible")
def test_an_interrupt_leaves_nothing_open_and_the_core_usable(scripted: Scripted) -> None:
    main = threading.get_ident()

    def interrupt(connection: socket.socket, over: threading.Event) -> None:
        signal.pthread_kill(main, signal.SIGINT)
        hang(connection, over)

    with core_at(scripted.url) as core:
        scripted.script(answer(PAGE), *[interrupt] * 5, answer(PAGE))
        live_streams_list(core).unwrap()
        before = descriptors()
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                live_streams_list(core)
        live_streams_list(core).unwrap()
        assert no_more_than(before)


def test_an_answer_cut_off_does_not_come_back_with_its_connection(scripted: Scripted) -> None:
    scripted.script(cut_body, answer(PAGE))
    with core_at(scripted.url) as core:
        assert isinstance(live_streams_list(core), Success)
        assert len(scripted.requests) == 2
