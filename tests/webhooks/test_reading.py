"""Reading: probes, bodies that are no events, and hostile input, which is never an exception."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fastpix.errors import FastpixError, WebhookError
from fastpix.reply import Failure, Success
from fastpix.webhooks import SIGNATURE_HEADER, MediaEvent, Probe, read
from tests.lengths import length
from tests.webhooks.bodies import EVENT, SECRET, read_body, signed

CASES = length(short=60, whole=150, long=100_000)
hostile = settings(max_examples=CASES, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (*list(EVENT)[1:], "streamId", "uploadId", "url", "title", "playbackIds", "tracks", "chapters")
TYPES = st.sampled_from(["video.media.ready", "video.live_stream.idle", "video.mediaAI.chapters.ready", "a"])
EVENTS = st.fixed_dictionaries(
    {"type": TYPES | JSON},
    optional=dict.fromkeys(FIELDS, JSON | st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4)),
)
ODD_JSON = st.sampled_from([
    b'{"type":"a","data":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"type":"a","data":' + b'{"a":' * 400 + b"1" + b"}" * 401,
    b'{"type":"video.media.ready","data":{"id":' + b"9" * 9999 + b"}}",
    b'{"type":"video.media.ready","data":{"duration":1e999}}',
    b'{"type":"video.media.ready","data":{"duration":-' + b"9" * 400 + b"}}",
    b'{"type":"video.media.ready","id":"\\ud800","data":{"title":"\xff"}}',
    b'{"type":"video.media.\xffready"}',
    b'{"type":"video.media.ready","data":{"tracks":[' + b"7," * 20_000 + b"7]}}",
    b'{"type":"a","type":"video.media.ready"}',
    b"\xef\xbb\xbf{}",
    b"NaN",
])  # fmt: skip
BODIES = st.binary(max_size=60) | (JSON | EVENTS).map(msgspec.json.encode) | ODD_JSON
TEXT = st.text(st.characters())
VALUES = TEXT | st.binary(max_size=60) | st.lists(TEXT, max_size=2) | st.integers()
HEADERS = st.dictionaries(st.sampled_from([SIGNATURE_HEADER, "a", "HTTP_FASTPIX_SIGNATURE"]), VALUES, max_size=3)
SECRETS = TEXT | st.lists(TEXT, max_size=3) | st.just(SECRET)


@hostile
@given(body=BODIES, headers=HEADERS, secret=SECRETS)
def test_hostile_requests_are_errors_and_never_raise(body: bytes, headers: dict[str, Any], secret: Any) -> None:
    result = read(body, headers, secret)
    if isinstance(result, Failure):
        error = result.failure()
        assert isinstance(error, WebhookError)
        assert error.status in {400, 500}
        assert str(error).isascii()
    else:
        assert result == Success(Probe())


@hostile
@given(body=BODIES)
@example(b'{"type":"a","data":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
def test_hostile_bodies_with_a_signature_are_events_or_no_json(body: bytes) -> None:
    result = read(body, signed(body), SECRET)
    assert isinstance(result, Success) or result.failure().reason == "json"
    if isinstance(result, Success):
        assert repr(result.unwrap()).isascii()


@hostile
@given(event=EVENTS)
def test_an_object_with_a_signature_is_always_an_event(event: dict[str, Any]) -> None:
    assert not isinstance(read_body(msgspec.json.encode(event)), Probe)


@pytest.mark.parametrize("body", [b"", b"{}", b" {} ", b'{"hello": "FastPix"}', bytearray(b"{}"), memoryview(b"{}")])
def test_a_short_unsigned_request_that_is_no_event_is_a_probe(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FASTPIX_WEBHOOK_SECRET", raising=False)
    assert read(body, {"content-type": "application/json"}) == Success(Probe())


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(EVENT).encode(),
        b'{"id":"a"}',
        b'{"type":"video.media.ready"}',
        b'{"a":"' + b"a" * 2000 + b'"}',
        b"[]",
        b"null",
        b"text",
        b"\xff",
        b"[" * 1000,
    ],
)
def test_an_unsigned_event_is_refused(body: bytes) -> None:
    error = read(body, {}, SECRET).failure()
    assert (error.reason, error.status) == ("unsigned", 400)
    assert SIGNATURE_HEADER in error.message


def test_a_signed_request_is_no_probe() -> None:
    assert not isinstance(read_body(b"{}"), Probe)
    assert read(b"{}", {SIGNATURE_HEADER: "x"}, SECRET).failure().reason == "mismatch"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (EVENT, "parsed before: it is a dict"),
        ([EVENT], "parsed before: it is a list"),
        (json.dumps(EVENT), "not str"),
        (None, "not NoneType"),
        (7, "not int"),
    ],
)
def test_a_body_that_is_not_the_bytes_of_the_request_is_named(body: Any, told: str) -> None:
    error = read(body, signed(b"{}"), SECRET).failure()
    assert (error.reason, error.status) == ("body", 500)
    assert told in error.message


def test_a_view_that_was_released_is_no_body() -> None:
    view = memoryview(b"{}")
    view.release()
    assert read(view, {}).failure().reason == "body"


def test_a_body_has_a_limit() -> None:
    body = json.dumps(EVENT).encode()
    assert isinstance(read(body, signed(body), SECRET, max_bytes=len(body)), Success)
    error = read(body, signed(body), SECRET, max_bytes=len(body) - 1).failure()
    assert (error.reason, error.status) == ("size", 413)
    assert str(len(body)) in error.message
    large = b" " * (10 * 1024 * 1024 + 1)
    assert read(large, signed(large), SECRET).failure().reason == "size"


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"a"', b"[" * 5000])
def test_a_signed_body_that_is_no_object_is_named(body: bytes) -> None:
    error = read(body, signed(body), SECRET).failure()
    assert (error.reason, error.status) == ("json", 400)


def test_an_event_with_too_many_deviations_is_an_error() -> None:
    tracks = b",".join([b"7"] * 20_000)
    body = b'{"type":"video.media.ready","data":{"tracks":[' + tracks + b"]}}"
    assert read(body, signed(body), SECRET).failure().reason == "json"


def test_an_error_can_be_raised_matched_and_caught_as_every_error() -> None:
    error = read(b"x", {}, SECRET).failure()
    with pytest.raises(FastpixError, match="header is missing"):
        raise error
    match error:
        case WebhookError("unsigned", message):
            assert "FastPix-Signature" in message
        case _:
            pytest.fail("the pattern did not match")


def test_the_last_of_two_equal_keys_counts_as_in_all_json_of_python() -> None:
    assert isinstance(read_body(b'{"type":"a","type":"video.media.ready"}'), MediaEvent)
