"""Secrets in all inputs and responses must not appear in any output."""

import logging
import pickle
import socket
import traceback
from base64 import b64encode
from collections.abc import Iterator
from threading import Event
from typing import Any

import anyio
import httpx
import msgspec
import pytest

from fastpix import (
    AsyncFastpixCore,
    Failure,
    Fastpix,
    FastpixCore,
    FastpixError,
    Hooks,
    RequestOptions,
    Retries,
    Success,
    with_response,
)
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    EnableLiveStreamRequest,
    GetLiveStreamRequest,
    InputMediaSettings,
    LiveStream,
    PlaybackSettings,
    Simulcast,
    live_streams_create,
    live_streams_enable,
    live_streams_get,
    live_streams_list,
)
from fastpix.api.media import GetMediaInputInfoRequest, media_get_input_info
from fastpix.api.playback_errors import ListErrorsRequest, playback_errors_list
from fastpix.api.signing_keys import CreateSigningKeyRequest, signing_keys_create
from fastpix.api.simulcasts import CreateSimulcastRequest, simulcasts_create
from fastpix.api.uploads import CreateUploadRequest, uploads_create
from fastpix.errors import UnprocessableError
from fastpix.reply import Reply
from tests.servers import Action, Scripted, answer, cut_body, hang, hang_up

PASSWORD = "canary-password"
HEADER = "canary-header"
STREAM_KEY = "canary-stream-key"
SRT_SECRET = "canary-srt-secret"
PLAYBACK_SECRET = "canary-playback-secret"
CANARIES = [PASSWORD, HEADER, STREAM_KEY, SRT_SECRET, PLAYBACK_SECRET, "Y2FuYXJ5"]
"""The last canary is the beginning of all others, encoded in base64."""

STREAM = {
    "streamId": "s",
    "streamKey": STREAM_KEY,
    "srtSecret": SRT_SECRET,
    "status": "idle",
    "createdAt": "now",
    "playbackIds": [],
    "simulcastResponses": [{"simulcastId": "x", "streamKey": STREAM_KEY}],
    "srtPlaybackResponse": {"srtPlaybackStreamId": "p", "srtPlaybackSecret": PLAYBACK_SECRET},
}
GOOD = msgspec.json.encode({"success": True, "data": STREAM})
MISTYPED = msgspec.json.encode({"success": True, "data": {**STREAM, "maxDuration": "long"}})
TRUNCATED = GOOD[:-40]
OPTIONS = RequestOptions(headers={"x-token": HEADER}, retries=Retries(attempts=2, base=0.001), timeout=0.5)
CREATION = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())


def shown(error: BaseException) -> str:
    """Return all text that a thorough error reporter writes: messages, causes, frames and their local variables."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join([repr(error), str(error), repr(vars(error)), *report.format()])


def assert_clean(text: str) -> None:
    assert [canary for canary in CANARIES if canary in text] == []


def broken(*_: object) -> None:
    raise ValueError("a hook of the user's")


SCENARIOS: list[tuple[Action, dict[str, Any]]] = [
    (answer(GOOD), {}),
    (answer(MISTYPED), {}),
    (answer(TRUNCATED), {}),
    (answer(GOOD.replace(b'"', b"'")), {}),
    (answer(GOOD), {"max_response_bytes": 20}),
    (answer(b"", 401), {}),
    (answer(b"", 503), {}),
    (hang_up, {}),
    (cut_body, {}),
    (hang, {}),
    (answer(GOOD), {"hooks": Hooks(before_request=broken)}),
    (answer(GOOD), {"hooks": Hooks(after_response=broken)}),
    (answer(b"", 404), {"hooks": Hooks(on_error=broken)}),
]


@pytest.mark.parametrize("scenario", range(len(SCENARIOS)))
@pytest.mark.parametrize("style", ["sync", "async", "facade"])
def test_no_secret_is_shown_anywhere(
    scripted: Scripted, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, scenario: int, style: str
) -> None:
    monkeypatch.setenv("FASTPIX_PASSWORD", PASSWORD)  # not an argument: tracebacks also contain the frames of this test
    action, settings = SCENARIOS[scenario]
    scripted.script(action)
    arguments = {"username": "name", "server_url": scripted.url, **settings}
    with caplog.at_level(logging.DEBUG):
        for text in _told(style, arguments):
            assert_clean(text)
    assert_clean("".join(record.getMessage() + repr(record.args) for record in caplog.records))
    assert len(caplog.records) > 0


def _told(style: str, arguments: dict[str, Any]) -> list[str]:
    if style == "facade":
        with Fastpix(**arguments) as fastpix:
            try:
                return [repr(fastpix.live_streams.create(CREATION, OPTIONS)), repr(fastpix)]
            except FastpixError as error:
                return [shown(error), repr(pickle.dumps(error))]
    if style == "sync":
        with FastpixCore(**arguments) as core:
            result = live_streams_create(core, CREATION, OPTIONS)
            told = [repr(result), repr(core)]
    else:
        result = anyio.run(live_streams_create, AsyncFastpixCore(**arguments), CREATION, OPTIONS)
        told = [repr(result)]
    if isinstance(result, Failure):
        told += [shown(result.failure()), repr(pickle.dumps(result.failure()))]
    return told


PRIVATE_KEY = "canary-private-key"
SIGNED_URL = "https://storage.googleapis.com/uploads/1?X-Goog-Signature=canary-signature&upload_id=canary-upload"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJjYW5hcnkifQ.canary_signature"
ANSWERS: list[tuple[Any, Any, dict[str, Any]]] = [
    (signing_keys_create, CreateSigningKeyRequest(), {"data": {"id": "k", "privateKey": PRIVATE_KEY}}),
    (uploads_create, CreateUploadRequest("*"), {"data": {"uploadId": "u", "url": SIGNED_URL}}),
    (
        media_get_input_info,
        GetMediaInputInfoRequest("m"),
        {"data": {"configuration": {"url": SIGNED_URL}, "file": {"containerFormat": "mp4?signature=canary-format"}}},
    ),
    (
        playback_errors_list,
        ListErrorsRequest(),
        {"data": {"errors": [{"description": f"url: {SIGNED_URL} token {TOKEN}"}], "topErrors": []}},
    ),
    (
        simulcasts_create,
        CreateSimulcastRequest("s", "rtmp://a.b/c", STREAM_KEY),
        {"data": {"simulcastId": "x", "streamKey": STREAM_KEY}},
    ),
]


@pytest.mark.parametrize(("operation", "request_", "body"), ANSWERS, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("mistake", [{}, {"success": 5}, {"data": 5}, {"success": False}])
def test_no_answer_shows_its_secrets(
    scripted: Scripted,
    caplog: pytest.LogCaptureFixture,
    operation: Any,
    request_: Any,
    body: dict[str, Any],
    mistake: dict[str, Any],
) -> None:
    scripted.script(answer(msgspec.json.encode(body | mistake)))
    with FastpixCore(username="a", password="b", server_url=scripted.url) as core, caplog.at_level(logging.DEBUG):
        result: Reply[Any] = operation(core, request_)
    if isinstance(result, Success):
        assert not mistake or "success" in mistake
        told = []
        assert "canary" in msgspec.json.encode(result.unwrap()).decode()
    else:
        assert mistake
        told = [shown(result.failure()), repr(pickle.dumps(result.failure()))]
    assert "canary" not in "".join([repr(result), str(result), repr(request_), *told, caplog.text])


def test_an_odd_secret_is_given_to_who_asks_and_shown_nowhere(
    scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    odd = {"data": {"streamId": "a", "streamKey": "b", "srtSecret": {"of": "canary"}}}
    scripted.script(answer(msgspec.json.encode(odd)))
    seen: list[object] = []
    hooks = Hooks(on_deviations=lambda attempt, deviations: seen.extend([attempt, *deviations]))
    core = FastpixCore(username="a", password="b", server_url=scripted.url, hooks=hooks)
    with core, caplog.at_level(logging.DEBUG):
        answered = with_response(live_streams_get)(core, GetLiveStreamRequest("a")).unwrap()
    assert [deviation.value for deviation in answered.deviations] == [{"of": "canary"}]
    shown_ = [repr(answered), repr(answered.deviations), *map(repr, seen), *map(str, seen), caplog.text]
    assert "canary" not in "".join(shown_)
    assert "$.data.srtSecret" in caplog.text


def test_the_frames_of_a_client_that_raises_are_not_kept() -> None:
    def transport(request: httpx.Request) -> httpx.Response:
        authorization = request.headers["authorization"]  # a frame of the user may hold a value that the user reads
        del authorization
        raise ValueError("a transport of the user's")

    with httpx.Client(transport=httpx.MockTransport(transport)) as client:
        core = FastpixCore(username="name", password=PASSWORD, client=client)
        error = live_streams_list(core, options=OPTIONS).failure()
    assert_clean(shown(error))
    assert "in transport" in shown(error)


def test_a_struct_hides_its_secrets_but_gives_them() -> None:
    stream = msgspec.convert(STREAM, LiveStream)
    assert_clean(repr(stream) + repr(stream.__rich_repr__()) + str(stream))
    assert "stream_key='...'" in repr(stream)
    assert (stream.stream_key, stream.srt_secret) == (STREAM_KEY, SRT_SECRET)
    assert repr(Simulcast("x")) == "Simulcast(simulcast_id='x')"


WRONG_CONSTRUCTIONS: list[dict[str, Any]] = [
    {"pasword": 1},
    {"server_url": 5},
    {"timeout": -1},
    {"client": "wrong"},
    {"client": httpx.Client(), "transport": httpx.MockTransport(lambda _: httpx.Response(200))},
]


@pytest.mark.parametrize("wrong", WRONG_CONSTRUCTIONS)
@pytest.mark.parametrize("make", [FastpixCore, AsyncFastpixCore, Fastpix])
def test_a_core_that_can_not_be_made_shows_no_password(make: Any, wrong: dict[str, Any]) -> None:
    def password() -> str:
        return PASSWORD

    with pytest.raises((TypeError, FastpixError)) as caught:
        make(username="a", password=password(), **wrong)
    assert_clean(shown(caught.value))


def test_a_password_of_a_wrong_type_is_not_shown() -> None:
    wrong: Any = PASSWORD.encode
    with pytest.raises(FastpixError) as caught:
        FastpixCore(username="a", password=wrong())
    assert_clean(shown(caught.value))
    positional: Any = FastpixCore
    with pytest.raises(TypeError) as refused:
        positional("a", wrong())
    assert_clean(shown(refused.value))


def cut_off(connection: socket.socket, over: Event) -> None:
    """Send the beginning of a response, and then nothing."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n" + GOOD)
    hang(connection, over)


@pytest.mark.anyio
async def test_a_cancelled_call_shows_no_body(scripted: Scripted, anyio_backend: str) -> None:
    reports: list[str] = []

    async def call(core: AsyncFastpixCore) -> None:
        try:
            await live_streams_create(core, CREATION)
        except BaseException as error:
            reports.append(shown(error))
            raise

    scripted.script(cut_off)
    async with AsyncFastpixCore(credentials=lambda: ("a", PASSWORD), server_url=scripted.url) as core:
        with anyio.move_on_after(0.3):
            await call(core)
    (report,) = reports
    assert "live_streams_create" in report
    assert_clean(report)


def test_an_interrupted_call_shows_no_body(scripted: Scripted) -> None:
    class Interrupting(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield GOOD
            raise KeyboardInterrupt

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Interrupting()))
    core = FastpixCore(username="a", password=PASSWORD, transport=transport)
    with pytest.raises(KeyboardInterrupt) as caught:
        live_streams_create(core, CREATION)
    assert_clean(shown(caught.value))


def echoing(secret: str) -> httpx.MockTransport:
    """Return the transport of a server that repeats a secret in every text of its response."""
    body: dict[str, Any] = {
        "success": False,
        "error": {"code": 422, "message": f"no {secret}!", "description": f"({secret})"},
    }
    body["error"]["fields"] = [{"field": secret, "message": f"is {secret}"}]
    return httpx.MockTransport(lambda _: httpx.Response(422, json=body, headers={"x-request-id": f"r-{secret}"}))


ECHOES = [
    PASSWORD,
    b64encode(f"name:{PASSWORD}".encode()).decode(),
    b64encode(PASSWORD.encode()).decode(),
    "bASIC " + b64encode(f"name:{PASSWORD}".encode()).decode(),
]


@pytest.mark.parametrize("secret", ECHOES)
def test_a_secret_that_a_server_echoes_is_masked(secret: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    errors: list[str] = []
    hooks = Hooks(on_error=lambda _, error: errors.append(shown(error)))
    core = FastpixCore(username="name", password=PASSWORD, transport=echoing(secret), hooks=hooks)
    error = live_streams_list(core).failure()
    assert isinstance(error, UnprocessableError)
    assert_clean(shown(error) + caplog.text + "".join(errors) + repr(pickle.loads(pickle.dumps(error))))
    assert error.fields[0].message.startswith("is ")
    assert error.request_id is not None
    assert error.request_id.startswith("r-")


def test_a_success_whose_request_id_echoes_a_secret_is_logged_without_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="fastpix")
    headers = {"x-request-id": f"r-{PASSWORD}"}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, json={"success": True, "odd": 1}))
    core = FastpixCore(username="name", password=PASSWORD, transport=transport)
    live_streams_enable(core, EnableLiveStreamRequest("abc")).unwrap()
    assert "request_id=r-[redacted]" in caplog.text
    assert_clean(caplog.text)


def test_a_secret_of_a_callable_and_a_token_of_the_users_are_masked_too() -> None:
    asked = FastpixCore(credentials=lambda: ("name", PASSWORD), transport=echoing(PASSWORD))
    assert_clean(shown(live_streams_list(asked).failure()))
    core = FastpixCore(username="name", password="word", transport=echoing(HEADER))
    for scheme in ("Bearer", "Basic"):
        options = RequestOptions(headers={"authorization": f"{scheme} {HEADER}"})
        assert_clean(shown(live_streams_list(core, options=options).failure()))


def test_a_short_secret_is_not_looked_for_in_every_word() -> None:
    error = live_streams_list(FastpixCore(username="a", password="is", transport=echoing("this"))).failure()
    assert isinstance(error, UnprocessableError)
    assert error.message == "no this!"
