"""Input from an attacker or a broken server: functions return a result, and raise nothing."""

from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastpix import Failure, FastpixCore, RequestOptions, Success
from fastpix._call.messages import Response
from fastpix._call.response import read
from fastpix.api.live_streams import GetLiveStreamRequest, live_streams_create, live_streams_get
from fastpix.api.playlists import playlists_get
from fastpix.api.views import views_get
from fastpix.errors import ApiError, RequestValidationError
from fastpix.reply import Reply
from tests.lengths import length
from tests.operations import OPERATIONS

CASES = length(short=100, whole=500, long=100_000)
hostile = settings(max_examples=CASES, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)

LATIN = st.text(st.characters(max_codepoint=255))
CHARSETS = st.sampled_from(["rot13", "idna", "utf-7", "undefined", "unicode_escape", "a\0b"]).map(
    "a/b; charset={}".format
)
ANY_TEXT = st.text(st.characters())
PIECES = st.sampled_from(
    ["/", "..", ".", "%2e", "%2F", "?", "#", "\\", ";", "@", ":", "\r\n", "\x00", "a", "é", "\ud800", " "]
)
IDS = ANY_TEXT | st.lists(PIECES, max_size=6).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["success", "data", "error", "code", "message", "description", "fields", "pagination", "id"])
ENVELOPES = st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON, max_size=4), max_size=4)
BODIES = st.binary(max_size=60) | (JSON | ENVELOPES).map(msgspec.json.encode)
STATUSES = st.sampled_from([200, 201, 204, 206, 299, 300, 301, 304, 400, 401, 404, 409, 418, 422, 429, 500, 503, 599])


class Recorder:
    """A handler that records the paths and headers of requests."""

    def __init__(self) -> None:
        self.paths: list[bytes] = []
        self.headers: list[list[tuple[bytes, bytes]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.raw_path)
        self.headers.append(request.headers.raw)
        return httpx.Response(404)


def core_on(recorder: Recorder) -> FastpixCore:
    return FastpixCore(username="a", password="b", client=httpx.Client(transport=httpx.MockTransport(recorder)))


@hostile
@given(id=IDS)
def test_an_id_never_leaves_its_path(id: str) -> None:
    recorder = Recorder()
    error = live_streams_get(core_on(recorder), GetLiveStreamRequest(id)).failure()
    for path in recorder.paths:
        _, version, live, streams, segment = path.split(b"/")
        assert (version, live, streams) == (b"v1", b"live", b"streams")
        assert segment not in (b"", b".", b"..")
        assert not set(segment) & set(b"?#;\\\r\n\x00")
    assert recorder.paths or isinstance(error, RequestValidationError)


@hostile
@given(name=ANY_TEXT, value=ANY_TEXT)
def test_a_header_never_becomes_two(name: str, value: str) -> None:
    recorder = Recorder()
    options = RequestOptions(headers={name: value})
    live_streams_get(core_on(recorder), GetLiveStreamRequest("a"), options)
    for headers in recorder.headers:
        assert not any(set(b"\r\n\x00") & set(part) for header in headers for part in header)


def read_any(operation: Any, status: int, body: bytes, header: str = "", value: str = "") -> Reply[Any]:
    headers = [(header.encode(), value.encode("latin-1"))] if header else []
    return read(operation.endpoint, Response(status, headers, body), now=lambda: 0.0)


@pytest.mark.parametrize("operation", [live_streams_create, playlists_get, views_get])
@hostile
@given(status=STATUSES, body=BODIES, content_type=LATIN | CHARSETS)
def test_any_answer_is_a_result(operation: Any, status: int, body: bytes, content_type: str) -> None:
    result = read_any(operation, status, body, "content-type", content_type)
    assert isinstance(result, Success | Failure)
    if not isinstance(result, Success):
        error = result.failure()
        assert len(str(error)) + len(repr(error)) < 5000


@hostile
@given(envelope=ENVELOPES, status=st.integers(400, 599).filter(lambda status: status != 407))
def test_any_refusal_is_an_api_error(envelope: dict[str, Any], status: int) -> None:
    result = read_any(live_streams_get, status, msgspec.json.encode(envelope))
    error = result.failure()
    assert isinstance(error, ApiError)
    assert error.status == status


@hostile
@given(header=LATIN | st.integers().map(str) | st.floats().map(str))
def test_any_retry_after_is_read(header: str) -> None:
    result = read_any(live_streams_get, 429, b"", "retry-after", header)
    error = result.failure()
    assert isinstance(error, ApiError)
    asked = error.retry_after
    assert asked is None or asked >= 0


def test_every_operation_survives_any_status_and_body() -> None:
    for operation in OPERATIONS.values():
        for status in (200, 204, 302, 404, 500):
            for body in (b"", b"null", b"[]", b"{}", b'{"data":null}', b'{"success":false}', b"\xff", b"[" * 5000):
                assert isinstance(read_any(operation, status, body), Success | Failure)
