from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix import Failure, Success
from fastpix._call.messages import Response
from fastpix._call.response import CHARSETS, read
from fastpix.api.common import Ack
from fastpix.api.live_streams import live_streams_create, live_streams_enable, live_streams_get, live_streams_list
from fastpix.errors import (
    ApiError,
    BadRequestError,
    ConflictError,
    FieldError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    ResponseValidationError,
    ServerError,
    UnauthorizedError,
    UnprocessableError,
)
from tests.operations import OPERATIONS

NOW = 1_800_000_000.0


def result_of(operation: Any, body: bytes, status: int = 200, **headers: str) -> Any:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    result = read(operation.endpoint, Response(status, httpx.Headers(names).raw, body), now=lambda: NOW)
    return result.map(lambda reading: reading.value)


def api_error(body: bytes = b"", status: int = 400, **headers: str) -> ApiError:
    error = result_of(live_streams_get, body, status, **headers).failure()
    assert isinstance(error, ApiError)
    return error


def unreadable(body: bytes, operation: Any = live_streams_get) -> ResponseValidationError:
    error = result_of(operation, body).failure()
    assert isinstance(error, ResponseValidationError)
    return error


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (409, ConflictError),
        (422, UnprocessableError),
        (429, RateLimitedError),
        (500, ServerError),
        (503, ServerError),
        (524, ServerError),
        (418, ApiError),
        (302, ApiError),
        (300, ApiError),
    ],
)
def test_a_status_is_the_same_class_on_all_operations(status: int, kind: type[ApiError]) -> None:
    for operation in OPERATIONS.values():
        error = result_of(operation, b"", status).failure()
        assert type(error) is kind
        assert error.status == status


def test_an_error_envelope_is_read_whole() -> None:
    error = api_error(
        b'{"success":false,"error":{"code":422,"message":"payload validation failed","description":"why",'
        b'"fields":[{"field":"limit","message":"is invalid"},{"field":1},7]}}',
        422,
        x_request_id="r-1",
    )
    assert (error.code, error.message, error.description, error.request_id) == (
        422,
        "payload validation failed",
        "why",
        "r-1",
    )
    assert error.fields == (FieldError("limit", "is invalid"), FieldError("", ""), FieldError("", ""))
    assert str(error) == "422: payload validation failed: why: limit is invalid,  ,   (request id r-1)"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>no</html>", "Not Found"),
        (b"", "Not Found"),
        (b"[1]", "Not Found"),
        (b'{"error":"plain"}', "plain"),
        (b'{"message":"flat"}', "flat"),
        (b'{"error":{"message":5,"code":"x"}}', "Not Found"),
        (b"[" * 100_000, "Not Found"),
        (b'{"error":{"message":"bad \xff"}}', "bad \ufffd"),
        (b'{"error":{"message":"half \\ud83d"}}', "half \ufffd"),
        (b'{"error":{"message":"cut', "Not Found"),
    ],
)
def test_an_error_of_any_shape_is_an_api_error(body: bytes, message: str) -> None:
    assert api_error(body, 404).message == message


@pytest.mark.parametrize(
    ("body", "is_told"),
    [
        (b"<html>Cannot GET /live/streams/a</html>", True),
        (b'{"timestamp":1,"status":404,"error":"Not Found","path":"/live/streams/a"}', True),
        (b'{"success":false,"error":{"code":404,"message":"not found"}}', True),
        (b'{"message":"404 page not found"}', True),
        (b'{"message":"Cannot GET /live/streams/a"}', True),
        (b'{"success":false,"error":{"code":404,"message":"stream not found"}}', False),
    ],
)
def test_a_404_that_names_nothing_may_be_of_the_path(body: bytes, is_told: bool) -> None:
    hint = "perhaps the server has no GET /live/streams/{streamId}; the server_url of the FastPix API ends in /v1"
    assert (hint in str(api_error(body, 404))) is is_told
    assert "perhaps" not in str(api_error(body, 400))


def test_reasons_are_those_of_today_on_every_python() -> None:
    assert [api_error(b"", status).message for status in (413, 414, 416, 422)] == [
        "Content Too Large",
        "URI Too Long",
        "Range Not Satisfiable",
        "Unprocessable Content",
    ]


def test_a_request_id_is_one_line_and_no_secret() -> None:
    id = "eyJhbGciOi.eyJzdWIi.c2ln" + "x" * 300
    assert api_error(b"", 500, x_request_id=id).request_id == "[redacted]"


@pytest.mark.parametrize(
    "body", [b"\xef\xbb\xbf" + b'{"error":{"message":"gone"}}', '{"error":{"message":"gone"}}'.encode("utf-16")]
)
def test_an_error_is_read_in_its_charset(body: bytes) -> None:
    charset = "utf-16" if body[:1] == b"\xff" else "utf-8"
    assert api_error(body, 404, content_type=f"application/json; charset={charset}").message == "gone"


def test_a_status_without_a_phrase_has_a_message_all_the_same() -> None:
    assert api_error(b"", 599).message == "the server gave no reason"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("99999999999", 99999999999.0),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
        ("Fri, 15 Jan 2021 08:00:30 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str, seconds: float | None) -> None:
    assert api_error(status=429, retry_after=header).retry_after == seconds


def test_retry_after_may_be_absent() -> None:
    assert api_error(status=429).retry_after is None


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_any_retry_after_is_seconds_or_nothing(header: str) -> None:
    seconds = api_error(status=429, retry_after=header).retry_after
    assert seconds is None or seconds >= 0


@given(st.binary())
def test_any_body_of_an_error_is_an_error(body: bytes) -> None:
    assert api_error(body, 500).status == 500


@given(st.binary() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(msgspec.json.encode))
def test_any_body_of_a_success_is_a_success_or_a_failure(body: bytes) -> None:
    assert isinstance(result_of(live_streams_list, body), Success | Failure)


@pytest.mark.parametrize(
    "body", [b'{"success":false,"error":{"message":"no"}}', b'{"success":false}', b'{"success":false,"data":1}']
)
@pytest.mark.parametrize("operation", [live_streams_enable, live_streams_list])
def test_success_false_under_a_2xx_is_a_failure(body: bytes, operation: Any) -> None:
    error = result_of(operation, body, 200).failure()
    assert isinstance(error, ApiError)
    assert error.status == 200


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
@pytest.mark.parametrize("body", [b"", b"{}", b'{"success":true}'])
def test_any_2xx_is_a_success_and_may_be_empty_where_no_data_is_due(status: int, body: bytes) -> None:
    assert isinstance(result_of(live_streams_enable, body, status), Success)


def test_an_empty_body_where_data_is_due_is_a_failure() -> None:
    error = unreadable(b"", live_streams_create)
    assert "data" in error.message


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "application/vnd.fastpix+json", "", "text/html"]
)
def test_the_body_is_what_is_read_whatever_its_type_is_called(content_type: str) -> None:
    assert result_of(live_streams_enable, b'\xef\xbb\xbf{"success":true}', content_type=content_type) == Success(
        Ack(True)
    )


def test_another_charset_is_read() -> None:
    body = STREAM.replace("idle", "üdle").encode("latin-1")
    read_ = result_of(live_streams_get, body, content_type='application/json; charset="ISO-8859-1"; x=y')
    assert read_.unwrap().data.status == "üdle"


@pytest.mark.parametrize("charset", sorted(CHARSETS))
def test_each_charset_is_read(charset: str) -> None:
    body = STREAM.replace("idle", "\u00fcdle").encode(charset)
    read_ = result_of(live_streams_get, body, content_type=f"application/json; charset={charset}")
    assert read_.unwrap().data.status == "\u00fcdle"


def test_a_body_that_ends_within_a_character_of_its_charset_is_a_failure() -> None:
    body = STREAM.encode("utf-16")[:-1]
    result = result_of(live_streams_get, body, content_type="application/json; charset=utf-16")
    assert isinstance(result.failure(), ResponseValidationError)


@pytest.mark.parametrize("charset", ["utf-16", "us-ascii", "klingon", "punycode"])
def test_a_wrong_charset_is_a_failure_or_ignored(charset: str) -> None:
    body = STREAM.replace('"idle"', '"é"').encode()
    result = result_of(live_streams_get, body, content_type=f"application/json; charset={charset}")
    assert isinstance(result, Failure if charset == "utf-16" else Success)


def test_a_refusal_that_is_far_too_long_is_not_read() -> None:
    body = b'{"error":{"message":"no"},"more":[' + b"[]," * 500_000 + b"1]}"
    error = result_of(live_streams_get, body, status=422).failure()
    assert isinstance(error, UnprocessableError)
    assert error.message == "Unprocessable Content"


STREAM = (
    '{"data":{"streamId":"s","streamKey":"k","status":"idle","createdAt":"2026-05-20T10:10:00.333884Z",'
    '"playbackIds":[{"id":"p","accessPolicy":"public"}],"maxDuration":0}}'
)


def test_unknown_values_and_fields_pass_and_missing_or_null_ones_are_none() -> None:
    body = STREAM.replace('"idle"', '"dreaming"').replace('"maxDuration":0', '"maxDuration":null,"new":{"a":1}')
    stream = result_of(live_streams_get, body.encode()).unwrap().data
    assert (stream.status, stream.max_duration, stream.metadata) == ("dreaming", None, None)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('"streamId":"s",', "", "$.data.streamId"),
        ('"streamKey":"k"', '"streamKey":null', "$.data.streamKey"),
    ],
)
def test_a_wrong_essential_value_is_a_failure_that_names_its_path(old: str, new: str, path: str) -> None:
    assert old in STREAM
    assert unreadable(STREAM.replace(old, new).encode()).path == path


@pytest.mark.parametrize("body", [b"{", b"<html>", b'{"data":', b"[" * 100_000, b"null"])
def test_what_is_not_json_is_a_failure(body: bytes) -> None:
    error = unreadable(body)
    assert error.path == "$"
    assert len(error.excerpt) < 400
    assert error.status == 200
