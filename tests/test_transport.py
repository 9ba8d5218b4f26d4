import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from fastpix import AsyncFastpixCore, FastpixCore, RequestOptions, Retries, Success
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable, live_streams_list
from fastpix.errors import ConnectionFailedError, TimedOutError
from fastpix.transport import Deadline, ssl_context
from tests.servers import Scripted, Stopwatch, answer

PAGE = b'{"data":[],"pagination":{"totalRecords":0,"currentOffset":1,"offsetCount":0}}'
ENABLE = EnableLiveStreamRequest("abc")


@pytest.fixture
def tls_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """A server whose certificate the environment vouches for."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - of an optional package
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


def test_one_ssl_context_serves_the_process() -> None:
    assert ssl_context() is ssl_context()


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


def test_a_deadline_that_has_passed_leaves_no_time() -> None:
    assert 0 < Deadline(time.monotonic() + 5).remaining() <= 5
    with pytest.raises(TimeoutError):
        Deadline(time.monotonic()).remaining()


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
            assert isinstance(live_streams_list(core).failure(), TimedOutError)
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
