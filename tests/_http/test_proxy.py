import ssl
from typing import Any

import anyio
import httpcore
import httpx
import pytest

from fastpix import AsyncFastpixCore, FastpixCore, RequestOptions, Result, Retries, Success, Timeout
from fastpix._http.proxy import authority
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable
from fastpix.errors import ConfigurationError, ConnectionFailedError, FastpixError, TimedOutError
from tests._http.tunnel import tunnel
from tests.servers import Scripted, answer, descriptors, let_localhost_be, no_more_than, unused_url

ENABLE = EnableLiveStreamRequest("abc")
ONCE = RequestOptions(retries=Retries(attempts=1))
THERE = {"http": "http://fastpix.test/v1/", "https": "https://fastpix.test/v1/"}


async def both(scheme: str, times: int = 1, **settings: Any) -> list[Result[object, FastpixError]]:
    """Make calls with an async core and then with a sync core, and return all results."""
    settings = dict[str, Any](username="a", password="b", server_url=THERE[scheme], allow_http=True) | settings
    async with AsyncFastpixCore(**settings) as async_core:
        of_async = [await live_streams_enable(async_core, ENABLE) for _ in range(times)]
    with FastpixCore(**settings) as core:
        of_sync = [await anyio.to_thread.run_sync(live_streams_enable, core, ENABLE) for _ in range(times)]
    return [*of_async, *of_sync]


async def errors(scheme: str, **settings: Any) -> list[FastpixError]:
    """Return the errors of calls with both cores, and check that none of the requests may have been applied."""
    found = [result.failure() for result in await both(scheme, **settings)]
    assert not any(error.may_have_been_applied for error in found)
    return found


def port_of(server: Scripted) -> int:
    return httpx.URL(server.url).port or 0


@pytest.mark.anyio
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_an_unreachable_proxy_is_named(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:1")
    for error in await errors(scheme, retries=Retries(attempts=1)):
        assert isinstance(error, ConnectionFailedError)
        assert "(ConnectError: no connection through the proxy 127.0.0.1:1: " in str(error)


@pytest.mark.anyio
@pytest.mark.parametrize("of_proxy", ["", "http://", "http://user:word@"])
async def test_a_proxy_is_sent_what_goes_in_the_clear(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, of_proxy: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", of_proxy + httpx.URL(scripted.url).netloc.decode())
    assert all(isinstance(result, Success) for result in await both("http", times=2))
    assert scripted.connections == 2
    for request in scripted.requests:
        assert request.startswith(b"PUT http://fastpix.test/v1/live/streams/abc/live-enable HTTP/1.1")
        assert (b"Proxy-Authorization: Basic dXNlcjp3b3Jk" in request) is ("@" in of_proxy)


@pytest.mark.anyio
async def test_a_proxy_of_https_is_sent_what_goes_in_the_clear(
    tls_server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"https://127.0.0.1:{tls_server.port}")
    assert all(isinstance(result, Success) for result in await both("http"))
    for request in tls_server.requests:
        assert request.startswith(b"PUT http://fastpix.test/v1/live/streams/abc/live-enable HTTP/1.1")
    assert len(tls_server.requests) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
async def test_https_goes_through_the_tunnel_of_a_proxy(
    tls_server: Scripted, tls_context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, tls: bool
) -> None:
    with tunnel(port_of(tls_server), tls=tls_context if tls else None) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://user:word@"))
        assert all(isinstance(result, Success) for result in await both("https", times=2))
    asked = b"CONNECT fastpix.test:443 HTTP/1.1\r\nHost: fastpix.test:443\r\n"
    assert proxy.asked == [asked + b"Proxy-Authorization: Basic dXNlcjp3b3Jk"] * 2
    assert len(tls_server.requests) == 4
    assert all(b"Proxy-Authorization" not in request for request in tls_server.requests)


@pytest.mark.anyio
async def test_the_certificate_behind_a_tunnel_is_checked(
    tls_server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tunnel(port_of(tls_server)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        for error in await errors("https", server_url="https://other.test/v1/", retries=Retries(attempts=1)):
            assert isinstance(error, ConfigurationError)
            assert "certificate is not valid for 'other.test'" in str(error)


@pytest.mark.anyio
async def test_a_proxy_that_wants_a_password_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with tunnel(0, b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://user:canary@"))
        for error in await errors("https"):
            assert isinstance(error, ConfigurationError)
            named = proxy.url.removeprefix("http://")
            assert (
                str(error)
                == f"live_streams_enable: the proxy {named} requires a valid username and password in its url (407)"
            )
    assert len(proxy.asked) == 2


@pytest.mark.anyio
async def test_so_is_one_that_passes_on_what_goes_in_the_clear(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted.script(answer(b"", 407))
    monkeypatch.setenv("HTTP_PROXY", httpx.URL(scripted.url).netloc.decode())
    for error in await errors("http"):
        assert isinstance(error, ConfigurationError)
        assert "a proxy requires a username and a password" in str(error)
    assert len(scripted.requests) == 2


def test_so_is_the_proxy_of_a_client(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        tunnel(0, b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n") as proxy,
        httpx.Client(proxy=proxy.url) as client,
    ):
        core = FastpixCore(username="a", password="b", server_url=THERE["https"], client=client)
        error = live_streams_enable(core, ENABLE).failure()
    assert isinstance(error, ConfigurationError)
    assert str(error).endswith(
        "the proxy on the way to fastpix.test requires a valid username and password: 407 Proxy Authentication Required"
    )
    assert len(proxy.asked) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", "it responded with status 503"),
        (b"nonsense\r\n\r\n", "illegal status line"),
        (b"HTTP/1.1 200", "Server disconnected"),
    ],
)
async def test_a_proxy_that_makes_no_tunnel_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, said: bytes, told: str
) -> None:
    before = descriptors()
    with tunnel(0, said) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        for error in await errors("https", retries=Retries(attempts=2, base=0.001)):
            assert isinstance(error, ConnectionFailedError)
            assert told in str(error)
    assert len(proxy.asked) == 4
    assert await anyio.to_thread.run_sync(no_more_than, before)


@pytest.mark.anyio
async def test_a_proxy_that_says_nothing_has_the_time_of_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    with tunnel(0, b"") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        limits = {"timeout": Timeout(connect=0.1), "retries": Retries(attempts=1)}
        for error in await errors("https", **limits):
            assert isinstance(error, TimedOutError)
            assert f"ConnectTimeout: no connection through the proxy {proxy.url.removeprefix('http://')}: " in str(
                error
            )


@pytest.mark.anyio
async def test_a_call_cancelled_before_its_tunnel_leaves_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    with tunnel(0, b"") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        async with AsyncFastpixCore(username="a", password="b", server_url=THERE["https"]) as core:
            before = descriptors()
            for _ in range(5):
                with anyio.move_on_after(0.05):
                    await live_streams_enable(core, ENABLE)
            assert await anyio.to_thread.run_sync(no_more_than, before)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_this_machine_is_never_reached_through_a_proxy(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with Scripted() as proxy:
        monkeypatch.setenv(variable, proxy.url)
        with FastpixCore(username="a", password="b", server_url=scripted.url) as core:
            live_streams_enable(core, ENABLE).unwrap()
        assert (len(scripted.requests), proxy.requests) == (1, [])


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.9.9.9", "[::1]"])
async def test_nor_is_it_by_any_of_its_names(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    with Scripted() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        await both("http", server_url=unused_url().replace("127.0.0.1", host), retries=Retries(attempts=1))
        assert proxy.connections == 0


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "http://u:can#ary@127.0.0.1:1", "foo://u:canary@h"])
def test_a_proxy_that_can_not_be_used_is_told_at_once(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    error = live_streams_enable(FastpixCore(username="a", password="b"), ENABLE).failure()
    assert isinstance(error, ConfigurationError)
    assert (error.may_have_been_applied, error.attempts) == (False, 0)
    assert "ary" not in str(error)


def test_no_proxy_is_taken_by_its_name(monkeypatch: pytest.MonkeyPatch, scripted: Scripted) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    let_localhost_be(monkeypatch, "127.0.0.1", name="fastpix.test")
    url = scripted.url.replace("127.0.0.1", "fastpix.test")
    with FastpixCore(username="a", password="b", server_url=url, allow_http=True) as core:
        assert isinstance(live_streams_enable(core, ENABLE, ONCE).failure(), ConnectionFailedError)
        monkeypatch.setenv("NO_PROXY", "fastpix.test")
        assert isinstance(live_streams_enable(core, ENABLE, ONCE), Success)


def test_an_address_of_ip_6_has_brackets() -> None:
    assert authority(httpcore.Origin(b"https", b"::1", 443)) == b"[::1]:443"
