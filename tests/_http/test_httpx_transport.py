"""A client or a transport that a user passes to a core."""

import gzip
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fastpix import AsyncFastpixCore, FastpixCore, RequestOptions, Retries, __version__, with_response
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    EnableLiveStreamRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_enable,
)
from fastpix.errors import ConnectionFailedError, NotFoundError, ResponseValidationError, UnexpectedClientError
from tests.servers import Scripted, answer, unused_url

ENABLE = EnableLiveStreamRequest("abc")
CREATION = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())
QUICK = Retries(base=0.001)
COMPRESSED = gzip.compress(b'{"success":true}')


def answered(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, headers={"content-encoding": "gzip", "x-request-id": "r-1"}, content=COMPRESSED)


def core_on(**settings: Any) -> FastpixCore:
    return FastpixCore(username="a", password="b", **settings)


@pytest.mark.parametrize("way", ["client", "transport"])
def test_a_body_that_was_read_before_is_whole_and_not_decompressed_twice(way: str) -> None:
    transport = httpx.MockTransport(answered)
    with httpx.Client(transport=transport) as client:
        core = core_on(client=client) if way == "client" else core_on(transport=transport)
        seen = with_response(live_streams_enable)(core, ENABLE).unwrap()
        assert seen.body == b'{"success":true}'
        assert seen.headers["x-request-id"] == "r-1"
        assert "content-encoding" not in seen.headers
        error = live_streams_enable(core_on(transport=transport, max_response_bytes=4), ENABLE).failure()
    assert isinstance(error, ResponseValidationError)


@pytest.mark.anyio
async def test_the_same_for_an_async_core() -> None:
    core = AsyncFastpixCore(username="a", password="b", transport=httpx.MockTransport(answered))
    assert (await with_response(live_streams_enable)(core, ENABLE)).unwrap().body == b'{"success":true}'


def test_only_a_client_of_the_users_goes_through_its_send(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(client: httpx.Client, *_: Any, **__: Any) -> None:
        raise LookupError(type(client).__name__)

    monkeypatch.setattr(httpx.Client, "send", send)
    assert live_streams_enable(core_on(transport=httpx.MockTransport(answered)), ENABLE).unwrap().success
    with core_on(server_url=scripted.url) as core, httpx.Client() as client:
        assert live_streams_enable(core, ENABLE).unwrap().success
        assert isinstance(live_streams_enable(core_on(client=client), ENABLE).failure(), UnexpectedClientError)


@pytest.mark.anyio
async def test_nor_does_an_async_core_with_a_transport(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    async def send(client: httpx.AsyncClient, *_: Any, **__: Any) -> None:
        raise LookupError(type(client).__name__)

    monkeypatch.setattr(httpx.AsyncClient, "send", send)
    core = AsyncFastpixCore(username="a", password="b", transport=httpx.MockTransport(answered))
    assert (await live_streams_enable(core, ENABLE)).unwrap().success
    async with AsyncFastpixCore(username="a", password="b", server_url=scripted.url) as core:
        assert (await live_streams_enable(core, ENABLE)).unwrap().success


def test_a_client_whose_hook_reads_the_answer_is_fine() -> None:
    def read(response: httpx.Response) -> None:
        response.read()

    with httpx.Client(transport=httpx.MockTransport(answered), event_hooks={"response": [read]}) as client:
        assert live_streams_enable(core_on(client=client), ENABLE).unwrap().success


@pytest.mark.parametrize("way", ["client", "transport"])
def test_a_client_or_a_transport_gets_the_time_limits_that_are_left(way: str) -> None:
    seen: list[dict[str, float]] = []

    def look(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return answered(request)

    transport = httpx.MockTransport(look)
    with httpx.Client(transport=transport, timeout=60) as client:
        core = core_on(client=client) if way == "client" else core_on(transport=transport)
        live_streams_enable(core, ENABLE, RequestOptions(timeout=7)).unwrap()
    assert 5 < seen[0]["read"] <= 7
    assert seen[0]["connect"] <= 5


class Closable(httpx.MockTransport):
    """A transport that records whether it was closed."""

    is_closed = False

    def close(self) -> None:
        self.is_closed = True

    async def aclose(self) -> None:
        self.is_closed = True


@pytest.mark.anyio
async def test_a_transport_of_the_users_is_left_open() -> None:
    transport = Closable(answered)
    with core_on(transport=transport) as core:
        live_streams_enable(core, ENABLE).unwrap()
    async with AsyncFastpixCore(username="a", password="b", transport=transport) as async_core:
        (await live_streams_enable(async_core, ENABLE)).unwrap()
    assert not transport.is_closed


def test_a_hook_of_a_client_takes_the_credentials_along(scripted: Scripted) -> None:
    def turn(request: httpx.Request) -> None:
        request.url = httpx.URL(scripted.url)

    with httpx.Client(event_hooks={"request": [turn]}) as client:
        live_streams_enable(core_on(client=client, server_url=unused_url()), ENABLE).unwrap()
    assert b"authorization: Basic YTpi" in scripted.requests[0]


def report_to_nobody(response: httpx.Response) -> None:
    httpx.post(unused_url())


def test_an_error_of_another_request_says_nothing_about_ours(scripted: Scripted) -> None:
    with httpx.Client(event_hooks={"response": [report_to_nobody]}) as client:
        core = core_on(client=client, server_url=scripted.url)
        error = live_streams_create(core, CREATION).failure()
    assert isinstance(error, UnexpectedClientError)
    assert (error.attempts, error.may_have_been_applied, len(scripted.requests)) == (1, True, 1)


@pytest.mark.parametrize("way", [{"client": httpx.Client}, {"transport": httpx.HTTPTransport}])
def test_an_error_of_our_own_request_tells_that_it_was_never_sent(way: dict[str, Callable[[], Any]]) -> None:
    ((name, make),) = way.items()
    with make() as given:
        core = core_on(**{name: given}, server_url=unused_url(), retries=QUICK)
        error = live_streams_create(core, CREATION).failure()
    assert isinstance(error, ConnectionFailedError)
    assert (error.attempts, error.may_have_been_applied) == (3, False)


@pytest.mark.anyio
@pytest.mark.parametrize("way", [{"client": httpx.AsyncClient}, {"transport": httpx.AsyncHTTPTransport}])
async def test_so_does_that_of_an_async_core(way: dict[str, Callable[[], Any]], anyio_backend: str) -> None:
    ((name, make),) = way.items()
    async with make() as given:
        settings: Any = {"username": "a", "password": "b", name: given}
        core = AsyncFastpixCore(**settings, server_url=unused_url(), retries=QUICK)
        error = (await live_streams_create(core, CREATION)).failure()
    assert isinstance(error, ConnectionFailedError)
    assert (error.attempts, error.may_have_been_applied) == (3, False)


@pytest.mark.parametrize(
    ("theirs", "given", "sent"),
    [("mine/1", None, "mine/1"), ("mine/1", "once/1", "once/1"), (None, None, f"fastpix-python/{__version__}")],
)
def test_the_users_agent_is_told_unless_the_call_has_one(theirs: str | None, given: str | None, sent: str) -> None:
    seen: list[str] = []

    def look(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["user-agent"])
        return answered(request)

    with httpx.Client(transport=httpx.MockTransport(look)) as client:
        client.headers.pop("user-agent")
        if theirs:
            client.headers["user-agent"] = theirs
        options = RequestOptions(headers={"user-agent": given} if given else {})
        live_streams_enable(core_on(client=client), ENABLE, options).unwrap()
    assert seen == [sent]


@pytest.mark.parametrize("status", ["200", None])
def test_a_transport_without_a_status_is_a_failure(status: Any) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status))
    error = live_streams_create(core_on(transport=transport), CREATION).failure()
    assert isinstance(error, UnexpectedClientError)
    assert error.may_have_been_applied


NO = b'{"success":false,"error":{"code":404,"message":"stream not found"}}'


def refused(response: httpx.Response) -> None:
    response.raise_for_status()


def read_and_refused(response: httpx.Response) -> None:
    response.read()
    response.raise_for_status()


@pytest.mark.parametrize(("hook", "message"), [(refused, "Not Found"), (read_and_refused, "stream not found")])
def test_an_answer_that_a_response_hook_refuses_is_a_refusal(scripted: Scripted, hook: Any, message: str) -> None:
    scripted.script(answer(NO, 404))
    with httpx.Client(event_hooks={"response": [hook]}) as client:
        core = FastpixCore(username="a", password="b", server_url=scripted.url, client=client)
        error = live_streams_enable(core, ENABLE).failure()
    assert isinstance(error, NotFoundError)
    assert (error.message, error.attempts, error.may_have_been_applied) == (message, 1, False)


@pytest.mark.anyio
async def test_an_answer_that_an_async_response_hook_refuses_is_a_refusal(
    scripted: Scripted, anyio_backend: str
) -> None:
    async def refused_later(response: httpx.Response) -> None:
        response.raise_for_status()

    scripted.script(answer(b"", 503), answer(NO, 404))
    async with httpx.AsyncClient(event_hooks={"response": [refused_later]}) as client:
        core = AsyncFastpixCore(username="a", password="b", server_url=scripted.url, client=client, retries=QUICK)
        error = (await live_streams_enable(core, ENABLE)).failure()
    assert isinstance(error, NotFoundError)
    assert (error.message, error.attempts, error.may_have_been_applied) == ("Not Found", 2, True)


def test_a_refusal_of_another_request_is_none_of_ours(scripted: Scripted) -> None:
    def ask_elsewhere(_: httpx.Request) -> None:
        with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(404))) as other:
            other.get("https://elsewhere.test").raise_for_status()

    with httpx.Client(event_hooks={"request": [ask_elsewhere]}) as client:
        core = FastpixCore(username="a", password="b", server_url=scripted.url, client=client)
        error = live_streams_enable(core, ENABLE).failure()
    assert isinstance(error, UnexpectedClientError)
    assert scripted.requests == []
