import asyncio
import gc
import os
import socket
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import anyio
import certifi
import httpcore
import httpx
import pytest

from fastpix import (
    AsyncFastpixCore,
    FastpixCore,
    Reply,
    RequestOptions,
    Retries,
    Success,
    Timeout,
    with_response,
)
from fastpix._call.messages import Limits, Origin, Request
from fastpix._http.async_transport import OwnAsyncTransport
from fastpix._http.httpx_transport import AsyncHttpxTransport, HttpxTransport
from fastpix._http.route import ssl_context
from fastpix._http.sync_transport import OwnTransport
from fastpix._http.transport import AsyncTransport, Transport
from fastpix.api.common import Ack
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    EnableLiveStreamRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_enable,
    live_streams_list,
)
from fastpix.errors import ConfigurationError, ConnectionFailedError, TimedOutError
from tests.servers import (
    PAGE,
    Action,
    Scripted,
    Stopwatch,
    answer,
    answer_and_close,
    descriptors,
    drip,
    hang,
    let_localhost_be,
    no_more_than,
)

ENABLE = EnableLiveStreamRequest("abc")
CREATION = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())


def test_https_is_spoken_and_the_certificate_checked(tls_server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    with FastpixCore(username="a", password="b", server_url=tls_server.url) as core:
        assert isinstance(live_streams_enable(core, ENABLE), Success)
    monkeypatch.delenv("SSL_CERT_FILE")
    ssl_context.cache_clear()
    with FastpixCore(username="a", password="b", server_url=tls_server.url) as core:
        error = live_streams_list(core).failure()
    assert isinstance(error, ConfigurationError)
    assert f"the certificate of 127.0.0.1:{tls_server.port}, or of a proxy, is not trusted: [SSL: CERT" in str(error)
    assert (error.attempts, error.may_have_been_applied) == (1, False)
    assert len(tls_server.requests) == 1


def test_a_folder_of_certificates_takes_the_place_of_certifis(
    tls_server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", str(Path(os.environ["SSL_CERT_FILE"]).parent))
    monkeypatch.delenv("SSL_CERT_FILE")
    ssl_context.cache_clear()
    assert ssl_context().get_ca_certs() == []
    with FastpixCore(username="a", password="b", server_url=tls_server.url) as core:
        assert isinstance(live_streams_enable(core, ENABLE), Success)


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [None, httpx.AsyncClient])
async def test_the_async_core_and_clients_tell_so_too(
    tls_server: Scripted, monkeypatch: pytest.MonkeyPatch, kind: Callable[[], httpx.AsyncClient] | None
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    ssl_context.cache_clear()
    client = None if kind is None else kind()
    async with AsyncFastpixCore(username="a", password="b", server_url=tls_server.url, client=client) as core:
        error = (await live_streams_list(core)).failure()
    assert isinstance(error, ConfigurationError)
    assert error.attempts == 1


def test_certificates_are_certifis_where_the_environment_names_none(
    tls_server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = os.environ["SSL_CERT_FILE"]
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setattr(certifi, "where", lambda: file)
    ssl_context.cache_clear()
    with FastpixCore(username="a", password="b", server_url=tls_server.url) as core:
        assert isinstance(live_streams_enable(core, ENABLE), Success)


@pytest.mark.anyio
async def test_https_is_spoken_by_the_async_core(tls_server: Scripted) -> None:
    async with AsyncFastpixCore(username="a", password="b", server_url=tls_server.url) as core:
        assert isinstance(await live_streams_enable(core, ENABLE), Success)


@pytest.mark.parametrize("kind", [FastpixCore, AsyncFastpixCore])
def test_one_ssl_context_serves_the_process_and_is_made_with_the_first_core(kind: Any) -> None:
    ssl_context.cache_clear()
    kind(server_url="http://127.0.0.1:1/")
    assert ssl_context.cache_info().currsize == 0
    kind(server_url="https://a.test/")
    assert ssl_context.cache_info().currsize == 1
    FastpixCore()
    assert (ssl_context.cache_info().misses, ssl_context() is ssl_context()) == (1, True)


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"SSL_CERT_FILE": "/nowhere/ca.pem"}, "SSL_CERT_FILE='/nowhere/ca.pem' cannot be read: [Errno 2]"),
        ({"SSL_CERT_FILE": __file__}, f"SSL_CERT_FILE={__file__!r} cannot be read: [X509"),
        ({"SSL_CERT_FILE": "/a\n", "SSL_CERT_DIR": "/b"}, "SSL_CERT_FILE='/a\\n' cannot be read"),
    ],
    ids=["absent", "no certificates", "no path"],
)
def test_certificates_that_can_not_be_read_are_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], problem: str
) -> None:
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ssl_context.cache_clear()
    core = FastpixCore(username="a", password="b", server_url="https://127.0.0.1:1/v1/")
    error = live_streams_enable(core, ENABLE).failure()
    assert isinstance(error, ConfigurationError)
    assert f"the certificates in {problem}" in str(error)
    assert ".c:" not in str(error)
    assert (error.may_have_been_applied, error.attempts) == (False, 0)
    ssl_context.cache_clear()


def test_one_core_reaches_several_servers(scripted: Scripted) -> None:
    with Scripted() as other, FastpixCore(username="a", password="b", server_url=scripted.url) as core:
        other.script(answer())
        live_streams_enable(core, ENABLE).unwrap()
        live_streams_enable(core, ENABLE, RequestOptions(server_url=other.url)).unwrap()
        assert (len(scripted.requests), len(other.requests)) == (1, 1)


def test_the_deadline_is_one_for_all_addresses_of_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))  # fills the backlog, so that later connection attempts wait
        let_localhost_be(monkeypatch, *["127.0.0.1"] * 4)
        core = FastpixCore(username="a", password="b", server_url=f"http://localhost:{port}/v1/", timeout=0.6)
        with core, Stopwatch() as watch:
            error = live_streams_enable(core, ENABLE).failure()
        assert isinstance(error, TimedOutError)
        assert not error.may_have_been_applied
        assert watch.seconds < 1.1


def test_the_second_address_is_tried_if_the_first_is_dead(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    let_localhost_be(monkeypatch, "127.0.0.9", "127.0.0.1")
    scripted.script(answer(PAGE))
    core = FastpixCore(username="a", password="b", server_url=scripted.url.replace("127.0.0.1", "localhost"))
    with core:
        assert isinstance(live_streams_list(core), Success)


def test_an_address_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def connect_any(addresses: list[str], *_: object) -> None:
        tried.extend(addresses)
        raise httpcore.ConnectError("no")

    monkeypatch.setattr("fastpix._http.sync_transport.connect_any", connect_any)
    core = FastpixCore(username="a", password="b", server_url="http://127.0.0.1:1/", retries=Retries(attempts=1))
    assert isinstance(live_streams_enable(core, ENABLE).failure(), ConnectionFailedError)
    assert tried == ["127.0.0.1"]


def test_a_host_without_an_address_is_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    let_localhost_be(monkeypatch)
    core = FastpixCore(username="a", password="b", server_url="http://localhost:1/", retries=Retries(base=0.001))
    error = live_streams_create(core, CREATION).failure()
    assert isinstance(error, ConnectionFailedError)
    assert (error.attempts, error.may_have_been_applied) == (3, False)


@pytest.fixture
def unknown_url(monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a host whose name cannot be resolved."""

    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "nobody knows it")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return "https://no.such.host.invalid/"


def test_a_host_that_nobody_knows_is_no_connection(unknown_url: str) -> None:
    core = FastpixCore(username="a", password="b", server_url=unknown_url, retries=Retries(base=0.001))
    error = live_streams_create(core, CREATION).failure()
    assert isinstance(error, ConnectionFailedError)
    assert "nobody knows it" in str(error)
    assert (error.attempts, error.may_have_been_applied) == (3, False)


@pytest.mark.anyio
async def test_so_it_is_to_the_async_core(unknown_url: str, anyio_backend: str) -> None:
    async with AsyncFastpixCore(
        username="a", password="b", server_url=unknown_url, retries=Retries(base=0.001)
    ) as core:
        error = (await live_streams_create(core, CREATION)).failure()
    assert isinstance(error, ConnectionFailedError)
    assert "nobody knows it" in str(error)
    assert (error.attempts, error.may_have_been_applied) == (3, False)


def test_a_call_waits_for_a_slot_and_if_none_gets_free_it_was_certainly_not_sent(scripted: Scripted) -> None:
    scripted.script(hang, answer())
    with FastpixCore(username="a", password="b", server_url=scripted.url, timeout=0.5, max_connections=1) as core:
        with ThreadPoolExecutor(2) as threads:
            held = threads.submit(live_streams_enable, core, ENABLE)
            scripted.wait_for(1)
            waiting = live_streams_enable(core, ENABLE, RequestOptions(timeout=0.1)).failure()
        assert isinstance(waiting, TimedOutError)
        assert "no slot became free: max_connections=1" in str(waiting)
        assert not waiting.may_have_been_applied
        assert held.result().failure().may_have_been_applied
        assert isinstance(live_streams_enable(core, ENABLE), Success)


@pytest.mark.anyio
async def test_an_async_call_waits_for_a_slot(scripted: Scripted) -> None:
    scripted.script(answer())
    async with AsyncFastpixCore(username="a", password="b", server_url=scripted.url, max_connections=1) as core:
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(live_streams_enable, core, ENABLE)
        assert len(scripted.requests) == 20
        scripted.script(*[answer()] * 20, hang)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(live_streams_enable, core, ENABLE)
            await anyio.to_thread.run_sync(scripted.wait_for, 21)
            with Stopwatch() as watch:
                waiting = (await live_streams_enable(core, ENABLE, RequestOptions(timeout=0.1))).failure()
            assert isinstance(waiting, TimedOutError)
            assert watch.seconds < 10
            assert not waiting.may_have_been_applied
            tasks.cancel_scope.cancel()
    assert len(scripted.requests) == 21


def test_one_connection_serves_call_after_call(scripted: Scripted) -> None:
    with FastpixCore(username="a", password="b", server_url=scripted.url) as core:
        for _ in range(5):
            live_streams_enable(core, ENABLE).unwrap()
    assert scripted.connections == 1


@pytest.mark.anyio
async def test_one_connection_serves_async_call_after_call(scripted: Scripted) -> None:
    async with AsyncFastpixCore(username="a", password="b", server_url=scripted.url) as core:
        for _ in range(5):
            (await live_streams_enable(core, ENABLE)).unwrap()
    assert scripted.connections == 1


SLOW: dict[str, Any] = {
    "username": "a",
    "password": "b",
    "timeout": Timeout(connect=0.3),
    "retries": Retries(attempts=1),
}
"""Settings for a server whose response takes longer than the limit for connecting."""


def test_the_limit_of_connecting_is_none_of_an_answer(server: Scripted) -> None:
    server.script(after(0.35, answer()))
    with FastpixCore(server_url=server.url, **SLOW) as core:
        for _ in range(2):
            live_streams_enable(core, ENABLE).unwrap()
    assert (len(server.requests), server.connections) == (2, 1)


@pytest.mark.anyio
async def test_nor_is_it_with_the_async_core(server: Scripted, anyio_backend: str) -> None:
    server.script(after(0.35, answer()))
    async with AsyncFastpixCore(server_url=server.url, **SLOW) as core:
        for _ in range(2):
            (await live_streams_enable(core, ENABLE)).unwrap()
    assert (len(server.requests), server.connections) == (2, 1)


def test_a_connection_that_the_server_closed_is_not_used_again(scripted: Scripted) -> None:
    scripted.script(answer_and_close, answer())
    once = RequestOptions(retries=Retries(attempts=1))
    with FastpixCore(username="a", password="b", server_url=scripted.url) as core:
        for _ in range(2):
            live_streams_enable(core, ENABLE, once).unwrap()
            time.sleep(0.05)
    assert scripted.connections == 2


ONCE = RequestOptions(retries=Retries(attempts=1))


def test_a_slow_reader_does_not_stretch_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        Thread(target=read_slowly, args=(listening,), daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        settings = InputMediaSettings(metadata={"a": "x" * 20_000_000})
        options = RequestOptions(timeout=0.6, validate=False)
        with FastpixCore(username="a", password="b", server_url=url) as core, Stopwatch() as watch:
            error = live_streams_create(core, CreateLiveStreamRequest(PlaybackSettings(), settings), options).failure()
    assert isinstance(error, TimedOutError)
    assert watch.seconds < 10, "sending the whole body would take 20 seconds"


def read_slowly(listening: socket.socket) -> None:
    with suppress(OSError), listening.accept()[0] as connection:
        while connection.recv(20_000):
            time.sleep(0.02)


def test_an_address_that_never_answers_is_passed_over(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.9", httpx.URL(scripted.url).port or 0))
        full.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())  # fills the backlog, so that later connection attempts wait
        let_localhost_be(monkeypatch, "127.0.0.9", "127.0.0.1")
        url = scripted.url.replace("127.0.0.1", "localhost")
        core = FastpixCore(username="a", password="b", server_url=url, timeout=Timeout(connect=1))
        with core:
            assert isinstance(live_streams_enable(core, ENABLE, ONCE), Success)


def test_a_name_that_takes_all_the_time_leaves_nothing_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        time.sleep(0.15)
        return [(0, 0, 0, "", ("127.0.0.1", 1))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    core = FastpixCore(username="a", password="b", server_url="http://localhost:1/", timeout=Timeout(connect=0.1))
    error = live_streams_enable(core, ENABLE, ONCE).failure()
    assert isinstance(error, TimedOutError)
    assert not error.may_have_been_applied


def test_a_handshake_that_is_not_answered_ends_with_the_limit_of_connecting() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        limits = Timeout(total=60, connect=0.2)
        with FastpixCore(username="a", password="b", server_url=url, timeout=limits) as core:
            error = live_streams_enable(core, ENABLE, ONCE).failure()
    assert isinstance(error, TimedOutError)
    assert not error.may_have_been_applied


@pytest.mark.anyio
async def test_calls_cancelled_in_the_handshake_leave_no_socket() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        async with AsyncFastpixCore(username="a", password="b", server_url=url) as core:
            before = descriptors()
            for _ in range(5):
                with anyio.move_on_after(0.05):
                    await live_streams_enable(core, ENABLE)
            assert await anyio.to_thread.run_sync(no_more_than, before)


@pytest.mark.anyio
async def test_all_connections_are_closed_even_in_a_scope_that_is_cancelled(scripted: Scripted) -> None:
    before = descriptors()
    scripted.script(answer())
    with anyio.CancelScope() as scope:
        async with AsyncFastpixCore(username="a", password="b", server_url=scripted.url) as core:
            async with anyio.create_task_group() as tasks:
                for _ in range(5):
                    tasks.start_soon(live_streams_enable, core, ENABLE)
            assert descriptors() >= before + 5
            scope.cancel()
    assert await anyio.to_thread.run_sync(no_more_than, before)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_core_keeps_nothing_of_a_loop_that_has_ended(scripted: Scripted, backend: str) -> None:
    core = AsyncFastpixCore(username="a", password="b", server_url=scripted.url)
    for _ in range(5):
        anyio.run(live_streams_enable, core, ENABLE, backend=backend)
    gc.collect()  # a run of trio is freed only together with its reference cycles
    slots: Any = core._transport  # pyright: ignore[reportPrivateUsage] - the test checks private state
    assert (len(slots._free._values), len(slots._transport._pools._owned._values)) == (0, 0)


def request_to(url: str, **more: Any) -> Request:
    return Request("PUT", Origin(b"http", b"127.0.0.1", httpx.URL(url).port), b"/", [(b"host", b"a")], **more)


def within(seconds: float, **more: Any) -> Limits:
    return Limits(deadline=time.monotonic() + seconds, connect=5, max_bytes=1000, **more)


def test_what_is_opened_after_the_end_does_not_stay_open(scripted: Scripted) -> None:
    transport, before = OwnTransport(), descriptors()
    transport.close()
    assert transport.send(request_to(scripted.url), within(5)).status == 200
    assert no_more_than(before)


LENGTH = 300_000


def chunked(body: Any, told: list[int], url: str) -> Request:
    request = request_to(url, body=body, on_sent=told.append)
    return request.with_header(b"content-length", b"%d" % LENGTH)


def chunks() -> Iterator[bytes]:
    return (b"x" * 1000 for _ in range(LENGTH // 1000))


async def async_chunks() -> AsyncIterator[bytes]:
    for chunk in chunks():
        yield chunk


@contextmanager
def sync_transport(kind: str) -> Generator[Transport]:
    with httpx.HTTPTransport() as given:
        transport: Transport = OwnTransport() if kind == "own" else HttpxTransport(None, given)
        yield transport
        transport.close()


@asynccontextmanager
async def async_transport(kind: str) -> AsyncGenerator[AsyncTransport]:
    async with httpx.AsyncHTTPTransport() as given:
        transport: AsyncTransport = OwnAsyncTransport() if kind == "own" else AsyncHttpxTransport(None, given)
        yield transport
        await transport.close()


each_kind = pytest.mark.parametrize("kind", ["own", "httpx"])


@each_kind
@pytest.mark.parametrize("source", [b"x" * LENGTH, chunks])
def test_a_sender_is_told_of_the_bytes_as_they_go(scripted: Scripted, kind: str, source: Any) -> None:
    told: list[int] = []
    body = source if isinstance(source, bytes) else source()
    with sync_transport(kind) as transport:
        assert transport.send(chunked(body, told, scripted.url), within(20)).status == 200
    assert scripted.requests[0].endswith(b"\r\n\r\n" + b"x" * LENGTH)
    assert sum(told) == LENGTH
    assert len(told) > 3


@pytest.mark.anyio
@each_kind
@pytest.mark.parametrize("source", [b"x" * LENGTH, chunks, async_chunks])
async def test_an_async_sender_is_told_of_the_bytes_as_they_go(scripted: Scripted, kind: str, source: Any) -> None:
    told: list[int] = []
    body = source if isinstance(source, bytes) else source()
    async with async_transport(kind) as transport:
        assert (await transport.send(chunked(body, told, scripted.url), within(20))).status == 200
    assert scripted.requests[0].endswith(b"\r\n\r\n" + b"x" * LENGTH)
    assert sum(told) == LENGTH
    assert len(told) > 3


@pytest.mark.anyio
@each_kind
async def test_chunks_may_come_without_anyone_being_told(scripted: Scripted, kind: str) -> None:
    length = (b"content-length", b"%d" % LENGTH)
    with sync_transport(kind) as transport:
        transport.send(request_to(scripted.url, body=chunks()).with_header(*length), within(20))
    async with async_transport(kind) as transport_of_a_loop:
        await transport_of_a_loop.send(request_to(scripted.url, body=chunks()).with_header(*length), within(20))
    assert [request[-LENGTH:] for request in scripted.requests] == [b"x" * LENGTH] * 2


@each_kind
def test_a_sync_transport_refuses_a_source_that_is_async(scripted: Scripted, kind: str) -> None:
    with (
        sync_transport(kind) as transport,
        pytest.raises(TypeError, match="a sync core cannot send a body that is an async"),
    ):
        transport.send(request_to(scripted.url, body=async_chunks()), within(5))
    assert scripted.requests == []


@pytest.mark.anyio
@each_kind
async def test_silence_ends_an_attempt_long_before_its_deadline(scripted: Scripted, kind: str) -> None:
    scripted.script(hang)
    request = request_to(scripted.url)
    with Stopwatch() as watch:
        with sync_transport(kind) as transport, pytest.raises((httpx.ReadTimeout, httpcore.ReadTimeout)):
            transport.send(request, within(60, silence=0.2))
        async with async_transport(kind) as transport_of_a_loop:
            with pytest.raises((httpx.ReadTimeout, httpcore.ReadTimeout)):
                await transport_of_a_loop.send(request, within(60, silence=0.2))
    assert watch.seconds < 30


@pytest.mark.anyio
@each_kind
async def test_what_is_too_long_of_a_refusal_is_not_read(scripted: Scripted, kind: str) -> None:
    scripted.script(answer(b"x" * 300_000, 503))
    with sync_transport(kind) as transport:
        assert transport.send(request_to(scripted.url), within(20)).body == b""
    async with async_transport(kind) as transport_of_a_loop:
        assert (await transport_of_a_loop.send(request_to(scripted.url), within(20))).body == b""


def test_a_server_that_drips_is_not_silent(scripted: Scripted) -> None:
    scripted.script(drip(b"x", after=b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n"))
    with pytest.raises((TimeoutError, httpcore.ReadTimeout)), Stopwatch() as watch:
        OwnTransport().send(request_to(scripted.url), within(1.0, silence=0.5))
    assert watch.seconds > 0.9


@pytest.mark.parametrize("way", ["client", "transport"])
@pytest.mark.anyio
async def test_more_calls_than_a_clients_connections_wait_for_slots(scripted: Scripted, way: str) -> None:
    scripted.script(answer())
    limits = httpx.Limits(max_connections=5)
    given: dict[str, Any] = (
        {"client": httpx.AsyncClient(limits=limits)}
        if way == "client"
        else {"transport": httpx.AsyncHTTPTransport(limits=limits)}
    )
    async with (
        given[way],
        AsyncFastpixCore(username="a", password="b", server_url=scripted.url, max_connections=5, **given) as core,
        anyio.create_task_group() as tasks,
    ):
        for _ in range(200):
            tasks.start_soon(live_streams_enable, core, ENABLE)
    assert len(scripted.requests) == 200
    assert scripted.connections <= 5


class Crowd:
    """An action that responds after 20 ms, and records the largest number of concurrent requests."""

    def __init__(self) -> None:
        self._there: deque[None] = deque()
        self.most = 0

    def __call__(self, connection: socket.socket, over: Event) -> None:
        self._there.append(None)
        self.most = max(self.most, len(self._there))
        over.wait(0.02)
        self._there.pop()
        answer()(connection, over)


@pytest.mark.parametrize("given", [{}, {"client": httpx.Client}, {"transport": httpx.HTTPTransport}])
def test_no_more_calls_than_slots_are_under_way(scripted: Scripted, given: dict[str, Any]) -> None:
    crowd = Crowd()
    scripted.script(crowd)
    settings = {name: make() for name, make in given.items()}
    core = FastpixCore(username="a", password="b", server_url=scripted.url, max_connections=2, **settings)
    with core, ThreadPoolExecutor(10) as threads:
        pending = [threads.submit(live_streams_enable, core, ENABLE) for _ in range(10)]
        assert all(isinstance(reply.result(), Success) for reply in pending)
    assert crowd.most <= 2
    for owned in settings.values():
        owned.close()


@pytest.mark.parametrize("given", [{}, {"client": httpx.AsyncClient}, {"transport": httpx.AsyncHTTPTransport}])
@pytest.mark.anyio
async def test_no_more_async_calls_than_slots_are_under_way(
    scripted: Scripted, anyio_backend: str, given: dict[str, Any]
) -> None:
    crowd = Crowd()
    scripted.script(crowd)
    settings = {name: make() for name, make in given.items()}
    core = AsyncFastpixCore(username="a", password="b", server_url=scripted.url, max_connections=2, **settings)
    async with core, anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(live_streams_enable, core, ENABLE)
    assert len(scripted.requests) == 10
    assert crowd.most <= 2
    for owned in settings.values():
        await owned.aclose()


async def enable(core: AsyncFastpixCore) -> Reply[Ack]:
    return await live_streams_enable(core, ENABLE)


def test_each_event_loop_has_slots_of_its_own(scripted: Scripted) -> None:
    both = Barrier(2, timeout=20)

    def wait_for_the_other(connection: socket.socket, over: Event) -> None:
        both.wait()
        answer()(connection, over)

    scripted.script(wait_for_the_other)
    core = AsyncFastpixCore(username="a", password="b", server_url=scripted.url, timeout=5, max_connections=1)
    with ThreadPoolExecutor(2) as threads:
        pending = [threads.submit(asyncio.run, enable(core)) for _ in range(2)]
        assert all(isinstance(reply.result(), Success) for reply in pending)


def test_a_slot_is_not_part_of_the_time_of_an_attempt(scripted: Scripted) -> None:
    scripted.script(after(0.15, answer()))
    timeout = Timeout(total=60, attempt=0.6)
    settings: dict[str, Any] = {"timeout": timeout, "max_connections": 1, "retries": Retries(attempts=2)}
    core = FastpixCore(username="a", password="b", server_url=scripted.url, **settings)
    with core, ThreadPoolExecutor(6) as threads:
        pending = [threads.submit(with_response(live_streams_enable), core, ENABLE) for _ in range(6)]
        attempts = [reply.result().unwrap().attempts for reply in pending]
    assert attempts == [1] * 6


@pytest.mark.anyio
async def test_a_slot_is_not_part_of_the_time_of_an_async_attempt(scripted: Scripted) -> None:
    scripted.script(after(0.15, answer()))
    settings: dict[str, Any] = {"timeout": Timeout(total=60, attempt=0.6), "max_connections": 1}
    core = AsyncFastpixCore(username="a", password="b", server_url=scripted.url, **settings)
    attempts: list[int] = []

    async def call() -> None:
        attempts.append((await with_response(live_streams_enable)(core, ENABLE)).unwrap().attempts)

    async with core, anyio.create_task_group() as tasks:
        for _ in range(6):
            tasks.start_soon(call)
    assert attempts == [1] * 6


def after(seconds: float, action: Action) -> Action:
    def act(connection: socket.socket, over: Event) -> None:
        over.wait(seconds)
        action(connection, over)

    return act
