import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import anyio
import httpx
import pytest
import trustme

from fastpix import (
    AsyncFastpixCore,
    FastpixCore,
    RequestOptions,
    Retries,
    Success,
    Timeout,
    async_connections,
    connections,
    with_response,
)
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    EnableLiveStreamRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_enable,
    live_streams_list,
)
from fastpix.connections import Processes
from fastpix.errors import ConfigurationError, ConnectionFailedError, TimedOutError
from fastpix.messages import Origin, Request
from fastpix.network import ssl_context
from tests.servers import Action, Scripted, Stopwatch, Tunnel, answer, answer_and_close, descriptors, hang, no_more_than

PAGE = b'{"data":[],"pagination":{"totalRecords":0,"currentOffset":1,"offsetCount":0}}'
ENABLE = EnableLiveStreamRequest("abc")


@pytest.fixture
def tls_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """A server whose certificate the environment vouches for."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "fastpix.test").configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - of an optional package
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    ssl_context.cache_clear()
    with Scripted(tls=context) as server:
        yield server
    ssl_context.cache_clear()


def test_https_is_spoken_and_the_certificate_checked(tls_server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    with FastpixCore(username="a", password="b", server_url=tls_server.url) as core:
        assert isinstance(live_streams_enable(core, ENABLE), Success)
    monkeypatch.delenv("SSL_CERT_FILE")
    ssl_context.cache_clear()
    with FastpixCore(username="a", password="b", server_url=tls_server.url) as core:
        error = live_streams_list(core).failure()
    assert isinstance(error, ConnectionFailedError)
    assert "certificate" in str(error).lower()
    assert len(tls_server.requests) == 1


@pytest.mark.anyio
async def test_https_is_spoken_by_the_async_core(tls_server: Scripted) -> None:
    async with AsyncFastpixCore(username="a", password="b", server_url=tls_server.url) as core:
        assert isinstance(await live_streams_enable(core, ENABLE), Success)


def test_one_ssl_context_serves_the_process_and_is_made_with_the_first_core() -> None:
    ssl_context.cache_clear()
    FastpixCore(server_url="http://127.0.0.1:1/")
    assert ssl_context.cache_info().currsize == 0
    AsyncFastpixCore(server_url="https://a.test/")
    FastpixCore()
    assert (ssl_context.cache_info().misses, ssl_context() is ssl_context()) == (1, True)


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"SSL_CERT_FILE": "/nowhere/ca.pem"}, "SSL_CERT_FILE='/nowhere/ca.pem' can't be read: [Errno 2] No such file"),
        ({"SSL_CERT_FILE": __file__}, f"SSL_CERT_FILE={__file__!r} can't be read: [X509"),
        ({"SSL_CERT_FILE": "/a\n", "SSL_CERT_DIR": "/b"}, "SSL_CERT_FILE='/a\\n' can't be read"),
    ],
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
    assert f"the certificates of {problem}" in str(error)
    assert ".c:" not in str(error)
    assert (error.may_have_been_applied, error.attempts) == (False, 0)
    ssl_context.cache_clear()


@pytest.mark.anyio
async def test_an_unreachable_proxy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    settings: Any = {"server_url": "http://fastpix.test/v1/", "allow_http": True, "retries": Retries(attempts=1)}
    async with AsyncFastpixCore(username="a", password="b", **settings) as async_core:
        errors = [(await live_streams_enable(async_core, ENABLE)).failure()]
    with FastpixCore(username="a", password="b", **settings) as core:
        errors.append(live_streams_enable(core, ENABLE).failure())
    for error in errors:
        assert isinstance(error, ConnectionFailedError)
        assert "the connection to fastpix.test failed (ConnectError: the proxy 127.0.0.1:1 can't be reached: " in str(
            error
        )
        assert not error.may_have_been_applied


@pytest.mark.parametrize("scheme", ["", "http://", "http://user:word@"])
def test_a_proxy_of_the_environment_is_used(scripted: Scripted, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", scheme + httpx.URL(scripted.url).netloc.decode())
    with FastpixCore(username="a", password="b", server_url="http://fastpix.test/v1/", allow_http=True) as core:
        assert isinstance(live_streams_enable(core, ENABLE), Success)
    assert scripted.requests[0].startswith(b"PUT http://fastpix.test/v1/live/streams/abc/live-enable HTTP/1.1")
    assert (b"Proxy-Authorization: Basic dXNlcjp3b3Jk" in scripted.requests[0]) is ("@" in scheme)


def test_no_proxy_is_respected(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FastpixCore(username="a", password="b", server_url=scripted.url) as core:
        assert isinstance(live_streams_enable(core, ENABLE), Success)


def test_one_core_reaches_several_servers(scripted: Scripted) -> None:
    with Scripted() as other, FastpixCore(username="a", password="b", server_url=scripted.url) as core:
        other.script(answer())
        live_streams_enable(core, ENABLE).unwrap()
        live_streams_enable(core, ENABLE, RequestOptions(server_url=other.url)).unwrap()
        assert (len(scripted.requests), len(other.requests)) == (1, 1)


def let_localhost_be(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    really = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        found = addresses if host == "localhost" else (host,)
        return [each for address in found for each in really(address, port, *rest, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_the_deadline_is_one_for_all_addresses_of_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))  # the queue is full now: who connects waits
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


def test_a_host_without_an_address_is_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    let_localhost_be(monkeypatch)
    core = FastpixCore(username="a", password="b", server_url="http://localhost:1/", retries=Retries(base=0.001))
    error = live_streams_list(core).failure()
    assert isinstance(error, ConnectionFailedError)
    assert not error.may_have_been_applied


def test_a_host_that_nobody_knows_is_no_connection() -> None:
    core = FastpixCore(
        username="a", password="b", server_url="https://no.such.host.invalid/", retries=Retries(attempts=1)
    )
    error = live_streams_list(core).failure()
    assert isinstance(error, ConnectionFailedError)
    assert not error.may_have_been_applied


@pytest.mark.parametrize("scheme", ["http://", "http://user:word@"])
@pytest.mark.anyio
async def test_the_async_core_uses_a_proxy_of_the_environment(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", scheme + httpx.URL(scripted.url).netloc.decode())
    async with AsyncFastpixCore(
        username="a", password="b", server_url="http://fastpix.test/v1/", allow_http=True
    ) as core:
        for _ in range(2):
            assert isinstance(await live_streams_enable(core, ENABLE), Success)
    assert scripted.requests[1].startswith(b"PUT http://fastpix.test/v1/live/streams/abc/live-enable HTTP/1.1")
    assert (b"Proxy-Authorization: Basic dXNlcjp3b3Jk" in scripted.requests[0]) is ("@" in scheme)


def test_a_call_waits_for_a_place_and_if_none_gets_free_it_was_certainly_not_sent(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 1)
    scripted.script(hang, answer())
    with FastpixCore(username="a", password="b", server_url=scripted.url, timeout=0.5) as core:
        with ThreadPoolExecutor(2) as threads:
            held = threads.submit(live_streams_enable, core, ENABLE)
            scripted.wait_for(1)
            waiting = live_streams_enable(core, ENABLE, RequestOptions(timeout=0.1)).failure()
        assert isinstance(waiting, TimedOutError)
        assert "1 calls were under way" in str(waiting)
        assert not waiting.may_have_been_applied
        assert held.result().failure().may_have_been_applied
        assert isinstance(live_streams_enable(core, ENABLE), Success)


@pytest.mark.anyio
async def test_an_async_call_waits_for_a_place(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(async_connections, "MAX_CONNECTIONS", 1)
    scripted.script(answer())
    async with AsyncFastpixCore(username="a", password="b", server_url=scripted.url) as core:
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(live_streams_enable, core, ENABLE)
        assert len(scripted.requests) == 20
        scripted.script(*[answer()] * 20, hang)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(live_streams_enable, core, ENABLE)
            await anyio.to_thread.run_sync(scripted.wait_for, 21)
            waiting = (await live_streams_enable(core, ENABLE, RequestOptions(timeout=0.1))).failure()
            assert isinstance(waiting, TimedOutError)
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


def test_a_connection_that_the_server_closed_is_not_used_again(scripted: Scripted) -> None:
    scripted.script(answer_and_close, answer())
    once = RequestOptions(retries=Retries(attempts=1))
    with FastpixCore(username="a", password="b", server_url=scripted.url) as core:
        for _ in range(2):
            live_streams_enable(core, ENABLE, once).unwrap()
            time.sleep(0.05)
    assert scripted.connections == 2


def unasked(first: bytes, more: bytes) -> Action:
    """An answer, and at once another one that nobody asked for."""

    def send(connection: socket.socket, over: Event) -> None:
        connection.sendall(http(first) + http(more))

    return send


def http(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


ACK, EVIL = b'{"success":true}', b'{"success":true,"evil":1}'
ONCE = RequestOptions(retries=Retries(attempts=1))


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next(scripted: Scripted) -> None:
    scripted.script(unasked(ACK, EVIL), answer())
    with FastpixCore(username="a", password="b", server_url=scripted.url) as core:
        live_streams_enable(core, ENABLE, ONCE).unwrap()
        error = live_streams_enable(core, ENABLE, ONCE).failure()
        assert "an answer came before its request" in str(error)
        assert error.may_have_been_applied
        assert with_response(live_streams_enable)(core, ENABLE).unwrap().body == ACK


@pytest.mark.anyio
async def test_nor_by_the_async_core(scripted: Scripted) -> None:
    scripted.script(unasked(ACK, EVIL), answer())
    async with AsyncFastpixCore(username="a", password="b", server_url=scripted.url) as core:
        (await live_streams_enable(core, ENABLE, ONCE)).unwrap()
        assert "an answer came before its request" in str((await live_streams_enable(core, ENABLE, ONCE)).failure())
        assert (await with_response(live_streams_enable)(core, ENABLE)).unwrap().body == ACK


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
    assert watch.seconds < 10, "all of it would take twenty"


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
            waiting.connect_ex(full.getsockname())  # the queue is full now: who connects waits
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


@pytest.mark.anyio
async def test_https_goes_through_the_tunnel_of_a_proxy(tls_server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    there = "https://fastpix.test/v1/"
    with Tunnel(httpx.URL(tls_server.url).port or 0) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
        async with AsyncFastpixCore(username="a", password="b", server_url=there) as core:
            for _ in range(2):
                (await live_streams_enable(core, ENABLE)).unwrap()
        with FastpixCore(username="a", password="b", server_url=there) as sync_core:
            for _ in range(2):
                (await anyio.to_thread.run_sync(live_streams_enable, sync_core, ENABLE)).unwrap()
    assert tunnel.asked == [b"CONNECT fastpix.test:443 HTTP/1.1"] * 2
    assert len(tls_server.requests) == 4


def test_this_machine_is_never_reached_through_a_proxy(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with FastpixCore(username="a", password="b", server_url=scripted.url) as core:
            live_streams_enable(core, ENABLE).unwrap()
        assert (len(scripted.requests), proxy.requests) == (1, [])


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "http://u:can#ary@127.0.0.1:1", "foo://u:canary@h"])
def test_a_proxy_that_can_not_be_used_is_no_connection(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    error = live_streams_enable(FastpixCore(username="a", password="b"), ENABLE, ONCE).failure()
    assert isinstance(error, ConnectionFailedError)
    assert not error.may_have_been_applied
    assert "ary" not in str(error)


def test_no_proxy_is_taken_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "fastpix.invalid")
    core = FastpixCore(username="a", password="b", server_url="http://fastpix.invalid/", allow_http=True)
    assert "Name or service not known" in str(live_streams_enable(core, ENABLE, ONCE).failure())


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
    assert len(core._network._own) == 0  # type: ignore[union-attr]  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType] - what is to be known


def test_what_is_opened_after_the_end_does_not_stay_open(scripted: Scripted) -> None:
    processes = Processes()
    processes.close()
    own = processes.here()
    request = Request("PUT", Origin(b"http", b"127.0.0.1", httpx.URL(scripted.url).port), b"/", [(b"host", b"a")])
    own.send(request, time.monotonic() + 5, 5).close()
    assert own._idle.take(request.origin) == (None, [])  # pyright: ignore[reportPrivateUsage] - the same
