"""The async core over real sockets, under asyncio and trio."""

import asyncio
import gc
import pickle
import threading
import time
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest
import trio

from fastpix import AsyncFastpixCore, FastpixCore, Hooks, Retries, Success, with_response
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    EnableLiveStreamRequest,
    GetAllStreamsRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_delete,
    live_streams_enable,
    live_streams_list,
)
from fastpix.emulator import Emulator
from fastpix.errors import (
    ConfigurationError,
    ConnectionFailedError,
    NotFoundError,
    ResponseValidationError,
    ServerError,
    TimedOutError,
    UnexpectedClientError,
)
from tests.pages import paging
from tests.servers import Action, Scripted, Stopwatch, answer, cut_body, drip, hang, hang_up, unused_url

pytestmark = pytest.mark.anyio

CREATION = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())
QUICK = Retries(base=0.001)
SHORT = 0.3
LONG = 30.0


def core_at(url: str, **settings: Any) -> AsyncFastpixCore:
    arguments: dict[str, Any] = {"username": "name", "password": "word", "retries": QUICK, **settings}
    return AsyncFastpixCore(server_url=url, **arguments)


@pytest.fixture
def core(server_url: str, emulator: Emulator) -> AsyncFastpixCore:
    return AsyncFastpixCore(username=emulator.username, password=emulator.password, server_url=server_url)


async def test_values_over_a_socket(core: AsyncFastpixCore) -> None:
    async with core:
        created = (await live_streams_create(core, CREATION)).unwrap().data
        assert (await live_streams_list(core)).unwrap().data == [created]
        deletion = DeleteLiveStreamRequest(created.stream_id)
        assert isinstance(await live_streams_delete(core, deletion), Success)
        assert isinstance((await live_streams_delete(core, deletion)).failure(), NotFoundError)
        assert (await with_response(live_streams_list)(core)).unwrap().status == 200


@pytest.mark.parametrize(
    ("action", "kind", "attempts"),
    [
        (hang_up, ConnectionFailedError, 3),
        (cut_body, ConnectionFailedError, 3),
        (answer(b"", 503), ServerError, 3),
        (answer(b"<html>"), ResponseValidationError, 1),
    ],
)
async def test_every_failure_is_a_value(scripted: Scripted, action: Action, kind: type, attempts: int) -> None:
    scripted.script(action)
    async with core_at(scripted.url) as core:
        error = (await live_streams_list(core)).failure()
    assert type(error) is kind
    assert len(scripted.requests) == error.attempts == attempts


async def test_nobody_listens() -> None:
    async with core_at(unused_url()) as core:
        error = (await live_streams_create(core, CREATION)).failure()
    assert isinstance(error, ConnectionFailedError)
    assert (error.attempts, error.may_have_been_applied) == (3, False)


@pytest.mark.parametrize(
    "action",
    [
        hang,
        drip(b"x" * 9, after=b"HTTP/1.1 200 OK\r\nx-a: "),
        drip(b"x", after=b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n"),
    ],
    ids=["no answer", "headers drip", "body drips"],
)
@pytest.mark.parametrize("own_client", [False, True])
async def test_the_deadline_ends_it(scripted: Scripted, action: Action, own_client: bool) -> None:
    scripted.script(action)
    async with httpx.AsyncClient() as client:
        core = core_at(scripted.url, timeout=SHORT, client=client if own_client else None)
        with Stopwatch() as watch:
            error = (await live_streams_create(core, CREATION)).failure()
        await core.aclose()
    assert isinstance(error, TimedOutError)
    assert error.may_have_been_applied
    assert SHORT * 0.9 <= watch.seconds < LONG


async def test_a_client_of_the_users_is_left_open(scripted: Scripted) -> None:
    async with httpx.AsyncClient(params={"tenant": "7"}) as client:
        async with core_at(scripted.url, client=client) as core:
            await live_streams_list(core, GetAllStreamsRequest(limit=5))
        assert not client.is_closed
    assert scripted.requests[0].startswith(b"GET /v1/live/streams?limit=5&tenant=7 ")


async def test_a_client_of_the_users_keeps_its_settings_but_for_credentials_and_redirects(scripted: Scripted) -> None:
    seen: list[httpx.Request] = []

    async def see(request: httpx.Request) -> None:
        seen.append(request)

    scripted.script(answer(b"", 302, ("location: http://127.0.0.1:1/",)), hang)
    async with httpx.AsyncClient(
        headers={"x-mine": "1"},
        cookies={"session": "9"},
        auth=("other", "person"),
        event_hooks={"request": [see]},
        follow_redirects=True,
    ) as client:
        error = (await live_streams_list(core_at(scripted.url, client=client))).failure()
    assert str(error).startswith("live_streams_list: 302")
    (sent,) = scripted.requests
    lines = sent.lower().split(b"\r\n")
    assert {b"x-mine: 1", b"cookie: session=9", b"authorization: basic bmftztp3b3jk"} < set(lines)
    assert len(seen) == 1


async def test_the_time_limits_of_a_client_of_the_users_hold(scripted: Scripted) -> None:
    scripted.script(hang)
    async with httpx.AsyncClient(timeout=SHORT / 2) as client:
        with Stopwatch() as watch:
            core = core_at(scripted.url, client=client, timeout=LONG / 3)
            error = (await live_streams_create(core, CREATION)).failure()
    assert isinstance(error, TimedOutError)
    assert watch.seconds < LONG / 3


async def test_a_transport_of_the_users_is_enough(emulator: Emulator) -> None:
    core = AsyncFastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())
    stream = (await live_streams_create(core, CREATION)).unwrap().data
    assert (await live_streams_list(core)).unwrap().data == [stream]


async def test_a_hook_that_sleeps_takes_of_the_deadline_and_is_called_in_the_event_loop(scripted: Scripted) -> None:
    threads: list[threading.Thread] = []

    def sleep(*_: object) -> None:
        threads.append(threading.current_thread())
        time.sleep(SHORT / 2)

    async with core_at(scripted.url, timeout=SHORT / 4, hooks=Hooks(before_request=sleep)) as core:
        with Stopwatch() as watch:
            error = (await live_streams_list(core)).failure()
    assert isinstance(error, TimedOutError)
    assert (threads, scripted.requests) == ([threading.current_thread()], [])
    assert watch.seconds >= SHORT / 2


async def test_a_closed_core_is_a_failure_that_says_so(scripted: Scripted) -> None:
    core = core_at(scripted.url)
    await live_streams_list(core)
    await core.aclose()
    await core.aclose()
    assert isinstance((await live_streams_list(core)).failure(), ConfigurationError)


async def test_cancellation_passes_through_and_leaves_the_core_usable(scripted: Scripted) -> None:
    scripted.script(hang, answer())
    async with core_at(scripted.url) as core:
        with anyio.move_on_after(SHORT / 4) as scope:
            await live_streams_list(core)
        assert scope.cancelled_caught
        assert isinstance(await live_streams_enable(core, EnableLiveStreamRequest("abc")), Success)


def test_a_task_of_asyncio_that_is_cancelled_once_ends_at_once(scripted: Scripted) -> None:
    scripted.script(hang)

    async def cancel() -> None:
        async with core_at(scripted.url) as core:
            for number in (1, 2):
                task = asyncio.create_task(live_streams_create(core, CREATION))
                await asyncio.to_thread(scripted.wait_for, number)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task

    asyncio.run(cancel())
    assert len(scripted.requests) == 2


async def test_calls_side_by_side_wait_side_by_side(scripted: Scripted) -> None:
    scripted.script(hang)
    async with core_at(scripted.url, timeout=SHORT) as core:
        with Stopwatch() as watch:
            async with anyio.create_task_group() as group:
                for _ in range(20):
                    group.start_soon(live_streams_list, core)
    assert watch.seconds < 20 * SHORT / 2


async def test_calls_wait_side_by_side_before_they_are_sent_again(scripted: Scripted) -> None:
    waits: list[float] = []
    hooks = Hooks(on_error=lambda attempt, _: waits.append(attempt.wait or 0.0))
    scripted.script(answer(b"", 503))
    async with core_at(scripted.url, hooks=hooks, retries=Retries(attempts=2, base=0.5)) as core:
        with Stopwatch() as watch:
            async with anyio.create_task_group() as group:
                for _ in range(20):
                    group.start_soon(live_streams_list, core)
    assert len(set(waits)) == 20 + 1, "there is no wait after the second attempt"
    assert max(waits) <= watch.seconds < sum(waits)


async def test_sync_and_async_cores_share_the_budget_of_a_server(scripted: Scripted) -> None:
    scripted.script(answer(b"", 503))
    settings: dict[str, Any] = {"username": "name", "password": "word", "server_url": scripted.url, "retries": QUICK}
    with FastpixCore(**settings) as core:
        for _ in range(30):
            live_streams_list(core).failure()
    async with AsyncFastpixCore(**settings) as async_core:
        assert (await live_streams_list(async_core)).failure().attempts == 1


async def test_a_budget_belongs_to_the_client_of_the_users() -> None:
    settings: dict[str, Any] = {"username": "a", "password": "b", "retries": Retries(base=0.0001, attempts=2)}
    transport = httpx.MockTransport(lambda _: httpx.Response(503))
    async with httpx.AsyncClient(transport=transport) as client:
        cores = [AsyncFastpixCore(client=client, **settings) for _ in range(60)]
        made = [(await live_streams_list(core)).failure().attempts for core in cores]
    assert sum(made) == 60 + 35


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_one_core_serves_run_after_run_and_leaves_nothing_open(core: AsyncFastpixCore, backend: str) -> None:
    async def invocation() -> None:
        for _ in range(2):
            (await live_streams_create(core, CREATION)).unwrap()

    for _ in range(5):
        if backend == "trio":
            trio.run(invocation)
        else:
            asyncio.run(invocation())
    gc.collect()  # a connection that is still open warns here, and warnings are errors


async def total(core: AsyncFastpixCore) -> int:
    return paging((await live_streams_list(core)).unwrap()).total_records


def test_a_core_can_go_from_asyncio_to_trio_and_to_a_worker(core: AsyncFastpixCore) -> None:
    travelled = pickle.loads(pickle.dumps(core))
    for backend in ("asyncio", "trio", "asyncio"):
        assert anyio.run(total, travelled, backend=backend) == 0


def test_a_dropped_core_closes_its_connections(server_url: str, emulator: Emulator) -> None:
    async def forgetful() -> None:
        for _ in range(3):
            core = AsyncFastpixCore(username=emulator.username, password=emulator.password, server_url=server_url)
            (await live_streams_list(core)).unwrap()

    asyncio.run(forgetful())
    gc.collect()


async def test_an_answer_that_is_too_long_leaves_nothing_behind(scripted: Scripted) -> None:
    scripted.script(answer(b"x" * 300_000))
    async with core_at(scripted.url, max_response_bytes=1000) as core:
        for _ in range(3):
            assert isinstance((await live_streams_list(core)).failure(), ResponseValidationError)
        gc.collect()  # an unfinished generator warns here, and warnings are errors


def test_a_forgotten_await_is_warned_of_by_the_name_of_the_operation() -> None:
    operation = with_response(live_streams_list)
    for function in (live_streams_list, operation):
        forget: Any = function
        with pytest.warns(RuntimeWarning, match="coroutine 'live_streams_list' was never awaited"):
            forget(AsyncFastpixCore())


class Later:
    async def __call__(self) -> tuple[str, str]:
        await anyio.lowlevel.checkpoint()
        return "a", "1"


async def told() -> tuple[str, str]:
    return await Later()()


def told_at_once() -> tuple[str, str]:
    return "a", "1"


@pytest.mark.parametrize("credentials", [told, Later(), told_at_once])
@pytest.mark.anyio
async def test_credentials_are_awaited_or_asked_for_in_a_thread(
    scripted: Scripted, anyio_backend: str, credentials: Any
) -> None:
    async with AsyncFastpixCore(credentials=credentials, server_url=scripted.url) as core:
        (await live_streams_enable(core, EnableLiveStreamRequest("abc"))).unwrap()
    assert b"authorization: Basic YTox" in scripted.requests[0]


async def test_credentials_are_asked_for_before_each_attempt(scripted: Scripted) -> None:
    secrets = iter([("a", "1"), ("b", "2")])

    async def rotating() -> tuple[str, str]:
        return next(secrets)

    scripted.script(answer(b"", 503), answer())
    async with core_at(scripted.url, username=None, password=None, credentials=rotating) as core:
        (await live_streams_enable(core, EnableLiveStreamRequest("abc"))).unwrap()
    first, second = scripted.requests
    assert b"authorization: Basic YTox" in first
    assert b"authorization: Basic Yjoy" in second


@pytest.mark.anyio
async def test_slow_credentials_stop_neither_the_loop_nor_the_deadline(scripted: Scripted, anyio_backend: str) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow() -> tuple[str, str]:
        asked.set()
        go_on.wait(20)
        return "a", "1"

    async with AsyncFastpixCore(credentials=slow, server_url=scripted.url, timeout=0.3) as core:
        error = (await live_streams_enable(core, EnableLiveStreamRequest("abc"))).failure()
    assert asked.is_set()
    assert not go_on.is_set()
    go_on.set()
    assert isinstance(error, TimedOutError)
    assert (error.attempts, error.may_have_been_applied) == (0, False)
    assert str(error).startswith(
        "live_streams_enable: the credentials callable returned no credentials before the deadline of the call"
    )
    assert scripted.requests == []


@pytest.mark.anyio
async def test_credentials_that_raise_are_a_failure_of_an_async_call(scripted: Scripted, anyio_backend: str) -> None:
    async def broken() -> tuple[str, str]:
        raise LookupError("no vault")

    async with AsyncFastpixCore(credentials=broken, server_url=scripted.url) as core:
        error = (await live_streams_enable(core, EnableLiveStreamRequest("abc"))).failure()
    assert isinstance(error, UnexpectedClientError)
    assert "the credentials callable raised LookupError: no vault" in str(error)
