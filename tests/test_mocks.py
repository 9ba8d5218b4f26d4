"""What patches httpx or httpcore in tests: respx, pytest-httpx and vcrpy see the calls of a core, in the ways that README says."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
from tests.servers import PAGE, Scripted, answer

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


@pytest.fixture
def _through_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_TRANSPORT", "httpx")


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


def test_pytest_httpx_mocks_a_transport_made_before(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=LIST, content=PAGE)
    with httpx.HTTPTransport() as transport:
        assert isinstance(sync_list(transport=transport), Success)


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


@pytest.mark.parametrize("kind", [FastpixCore, AsyncFastpixCore])
def test_another_transport_in_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    monkeypatch.setenv("FASTPIX_TRANSPORT", "requests")
    with pytest.raises(ConfigurationError, match="FASTPIX_TRANSPORT must be httpx, or not set, not 'requests'"):
        kind(**NOBODY)


@pytest.mark.usefixtures("_through_httpx")
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("listed", [sync_list, async_list])
def test_this_machine_is_reached_without_a_proxy_through_httpx_too(
    listed: Callable[..., Any], scripted: Scripted, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    scripted.script(answer(PAGE))
    assert isinstance(listed(server_url=scripted.url), Success)


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


def test_the_local_fastpix_answers_where_respx_does_not_look(emulator: Emulator) -> None:
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())
    with respx.mock():
        assert isinstance(live_streams_list(core), Success)


def test_vcrpy_records_the_local_fastpix(emulator: Emulator, tmp_path: Path) -> None:
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())
    for _ in range(2):
        with vcr.use_cassette(str(tmp_path / "list.yaml")):
            assert isinstance(live_streams_list(core), Success)
        emulator.seed(Seed([SeedStream(count=1)]))  # which the second answer does not know of
    assert "totalRecords: 1" not in (tmp_path / "list.yaml").read_text()
