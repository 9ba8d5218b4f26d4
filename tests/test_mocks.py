"""respx, pytest-httpx and vcrpy, which patch httpx or httpcore, see the calls of a core as README.md describes."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx
import pytest
import respx
import vcr
from pytest_httpx import HTTPXMock

from fastpix import AsyncFastpixCore, Failure, FastpixCore, RequestOptions, Retries, Success
from fastpix._http.route import ssl_context
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable, live_streams_list
from fastpix.emulator import Emulator, Seed, SeedStream
from fastpix.errors import ConfigurationError, ConnectionFailedError, NotFoundError, TimedOutError
from tests.pages import paging
from tests.servers import PAGE, Scripted, answer, descriptors, let_localhost_be, no_more_than

ENABLE = EnableLiveStreamRequest("abc")
ONCE = RequestOptions(retries=Retries(attempts=1))
NOBODY: Any = {"username": "a", "password": "b", "server_url": "http://127.0.0.1:9/v1/"}
LIST = f"{NOBODY['server_url']}live/streams"


def sync_list(**settings: Any) -> Any:
    with FastpixCore(**NOBODY | settings) as core:
        return live_streams_list(core, options=ONCE)


def async_list(**settings: Any) -> Any:
    async def call() -> Any:
        async with AsyncFastpixCore(**NOBODY | settings) as core:
            return await live_streams_list(core, options=ONCE)

    return asyncio.run(call())


BOTH = pytest.mark.parametrize("listed", [sync_list, async_list])
BOTH_WITH_A_TRANSPORT = pytest.mark.parametrize(
    ("listed", "transport"), [(sync_list, httpx.HTTPTransport), (async_list, httpx.AsyncHTTPTransport)]
)


@pytest.fixture
def _through_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_TRANSPORT", "httpx")


@BOTH
def test_what_patches_httpx_does_not_see_connections_of_a_core(
    listed: Callable[..., Any], scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(httpx.HTTPTransport, "handle_request")
    monkeypatch.delattr(httpx.AsyncHTTPTransport, "handle_async_request")
    scripted.script(answer(PAGE))
    assert isinstance(listed(server_url=scripted.url), Success)


@BOTH
def test_respx_mocks_connections_of_a_core(listed: Callable[..., Any]) -> None:
    with respx.mock() as mock:
        route = mock.get(LIST).mock(return_value=httpx.Response(200, content=PAGE))
        assert isinstance(listed(), Success)
        route.mock(return_value=httpx.Response(404))
        assert isinstance(listed().failure(), NotFoundError)
        route.mock(side_effect=httpx.ConnectError("nobody"))
        assert isinstance(listed().failure(), ConnectionFailedError)
        route.mock(side_effect=httpx.ReadTimeout("too late"))
        assert isinstance(listed().failure(), TimedOutError)
        assert route.call_count == 4


def test_respx_reads_what_is_sent() -> None:
    with respx.mock() as mock, FastpixCore(**NOBODY) as core:
        route = mock.put(f"{LIST}/abc/live-enable").mock(return_value=httpx.Response(200, json={"success": True}))
        live_streams_enable(core, ENABLE).unwrap()
        assert route.calls.last.request.headers["authorization"].startswith("Basic ")


@BOTH
@pytest.mark.usefixtures("_through_httpx")
def test_pytest_httpx_mocks_a_core_that_sends_through_httpx(listed: Callable[..., Any], httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=LIST, content=PAGE)
    assert isinstance(listed(), Success)
    httpx_mock.add_exception(httpx.ConnectError("nobody"))
    assert isinstance(listed().failure(), ConnectionFailedError)


@BOTH_WITH_A_TRANSPORT
def test_pytest_httpx_mocks_a_transport_made_before(
    listed: Callable[..., Any], transport: Any, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=LIST, content=PAGE)
    assert isinstance(listed(transport=transport()), Success)


@BOTH
@pytest.mark.usefixtures("_through_httpx")
def test_vcrpy_records_and_plays_a_core_that_sends_through_httpx(
    listed: Callable[..., Any], scripted: Scripted, tmp_path: Path
) -> None:
    scripted.script(answer(PAGE))
    recorder = vcr.VCR(filter_headers=["authorization"])
    for _ in range(2):
        with recorder.use_cassette(str(tmp_path / "list.yaml")):
            assert isinstance(listed(server_url=scripted.url), Success)
    assert len(scripted.requests) == 1


def test_vcrpy_sees_a_transport_made_before(scripted: Scripted, tmp_path: Path) -> None:
    scripted.script(answer(PAGE))
    with (
        httpx.HTTPTransport() as transport,
        FastpixCore(**NOBODY | {"server_url": scripted.url}, transport=transport) as core,
    ):
        for _ in range(2):
            with vcr.use_cassette(str(tmp_path / "list.yaml")):
                assert isinstance(live_streams_list(core), Success)
    assert len(scripted.requests) == 1


def test_so_it_does_one_of_an_async_core(scripted: Scripted, tmp_path: Path) -> None:
    scripted.script(answer(PAGE))

    async def calls() -> None:
        async with (
            httpx.AsyncHTTPTransport() as transport,
            AsyncFastpixCore(**NOBODY | {"server_url": scripted.url}, transport=transport) as core,
        ):
            for _ in range(2):
                with vcr.use_cassette(str(tmp_path / "list.yaml")):
                    assert isinstance(await live_streams_list(core), Success)

    asyncio.run(calls())
    assert len(scripted.requests) == 1


@BOTH
@pytest.mark.usefixtures("_through_httpx")
def test_a_transport_of_yours_comes_before_that_of_the_environment(listed: Callable[..., Any]) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=PAGE))
    assert isinstance(listed(transport=transport), Success)


@pytest.mark.parametrize("kind", [FastpixCore, AsyncFastpixCore])
def test_another_transport_in_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    monkeypatch.setenv("FASTPIX_TRANSPORT", "requests")
    with pytest.raises(ConfigurationError, match="FASTPIX_TRANSPORT must be 'httpx' or unset, not 'requests'"):
        kind(**NOBODY)


@pytest.mark.usefixtures("_through_httpx")
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "a.localhost"])
@pytest.mark.parametrize("listed", [sync_list, async_list])
def test_this_machine_is_reached_without_a_proxy_through_httpx_too(
    listed: Callable[..., Any], scripted: Scripted, monkeypatch: pytest.MonkeyPatch, host: str, variable: str
) -> None:
    let_localhost_be(monkeypatch, "127.0.0.1", name=host)
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    scripted.script(answer(PAGE))
    assert isinstance(listed(server_url=scripted.url.replace("127.0.0.1", host)), Success)


@BOTH
@pytest.mark.usefixtures("_through_httpx")
@pytest.mark.parametrize("host", ["localhost.", "127.9.9.9", "[::1]"])
def test_no_proxy_is_told_of_what_goes_to_this_machine(
    listed: Callable[..., Any], scripted: Scripted, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    let_localhost_be(monkeypatch, "127.0.0.1", name=host)
    monkeypatch.setenv("HTTP_PROXY", scripted.url)
    listed(server_url=f"http://{host}:1/")
    assert scripted.connections == 0


def list_three_times(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """List three times: the connection is idle for 3 seconds before the second call, and for 6 before the third."""
    really = time.monotonic
    with FastpixCore(**NOBODY | {"server_url": url}) as core:
        for later in (0, 3, 9):
            monkeypatch.setattr(time, "monotonic", lambda later=later: really() + later)
            assert isinstance(live_streams_list(core, options=ONCE), Success)


def async_list_three_times(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def calls() -> None:
        really = time.monotonic
        async with AsyncFastpixCore(**NOBODY | {"server_url": url}) as core:
            for later in (0, 3, 9):
                monkeypatch.setattr(time, "monotonic", lambda later=later: really() + later)
                assert isinstance(await live_streams_list(core, options=ONCE), Success)

    asyncio.run(calls())


@pytest.mark.usefixtures("_through_httpx")
@pytest.mark.parametrize("calls", [list_three_times, async_list_three_times])
def test_a_connection_through_httpx_is_kept_for_four_seconds(
    calls: Callable[..., None], scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted.script(answer(PAGE))
    calls(scripted.url, monkeypatch)
    assert (len(scripted.requests), scripted.connections) == (3, 2)


@pytest.mark.usefixtures("_through_httpx")
def test_it_is_closed_with_its_core(scripted: Scripted) -> None:
    scripted.script(answer(PAGE))
    core, before = FastpixCore(**NOBODY | {"server_url": scripted.url}), descriptors()
    with core:
        live_streams_list(core).unwrap()
    assert no_more_than(before)


@pytest.mark.usefixtures("_through_httpx")
@pytest.mark.anyio
async def test_so_is_that_of_an_async_core(scripted: Scripted) -> None:
    scripted.script(answer(PAGE))
    core, before = AsyncFastpixCore(**NOBODY | {"server_url": scripted.url}), descriptors()
    async with core:
        (await live_streams_list(core)).unwrap()
    assert await anyio.to_thread.run_sync(no_more_than, before)


@pytest.mark.usefixtures("_through_httpx")
def test_each_event_loop_has_a_client_of_httpx(scripted: Scripted) -> None:
    scripted.script(answer(PAGE))
    core, before = AsyncFastpixCore(**NOBODY | {"server_url": scripted.url}), descriptors()
    for _ in range(3):
        assert isinstance(asyncio.run(call_once(core)), Success)
    assert scripted.connections == 3
    assert no_more_than(before)


async def call_once(core: AsyncFastpixCore) -> Any:
    return await live_streams_list(core, options=ONCE)


@pytest.mark.usefixtures("_through_httpx")
def test_a_core_that_could_make_no_client_can_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    ssl_context.cache_clear()
    with FastpixCore(**NOBODY | {"server_url": "https://127.0.0.1:9/v1/"}) as core:
        assert isinstance(live_streams_enable(core, ENABLE, ONCE).failure(), ConfigurationError)
    ssl_context.cache_clear()


@pytest.mark.usefixtures("_through_httpx")
def test_a_closed_core_sends_nothing_through_httpx(scripted: Scripted) -> None:
    with FastpixCore(username="a", password="b", server_url=scripted.url) as core:
        live_streams_enable(core, ENABLE).unwrap()
    assert isinstance(live_streams_enable(core, ENABLE), Failure)
    assert len(scripted.requests) == 1


def on(emulator: Emulator) -> dict[str, Any]:
    return {"username": emulator.username, "password": emulator.password, "transport": emulator.transport()}


@BOTH
def test_the_local_fastpix_answers_where_respx_does_not_look(listed: Callable[..., Any], emulator: Emulator) -> None:
    with respx.mock():
        assert isinstance(listed(**on(emulator)), Success)


@BOTH
@pytest.mark.usefixtures("httpx_mock")
def test_nor_does_pytest_httpx(listed: Callable[..., Any], emulator: Emulator) -> None:
    assert isinstance(listed(**on(emulator)), Success)


@BOTH
def test_nor_does_vcrpy(listed: Callable[..., Any], emulator: Emulator, tmp_path: Path) -> None:
    for expected in range(2):
        with vcr.use_cassette(str(tmp_path / "list.yaml")):
            assert paging(listed(**on(emulator)).unwrap()).total_records == expected
        emulator.seed(Seed(streams=[SeedStream(count=1)]))  # a replayed response would not contain this stream
    assert not (tmp_path / "list.yaml").exists()
