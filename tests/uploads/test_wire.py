"""The requests and responses of a resumable session."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix import Failure, Success
from fastpix._call.messages import Origin, Response, header
from fastpix._call.request import USER_AGENT
from fastpix.uploads.wire import committed, is_open, opened, opening, part, place_of, status_query

URL = "https://storage.example/bucket/file?X-Goog-Signature=abcdef&upload_id=secret-session"
PLACE = place_of(URL, allow_http=False).unwrap()


def test_a_part_names_its_place_in_the_file_and_has_no_credentials() -> None:
    request = part(PLACE, 262144, b"abc", 262147)
    assert request.method == "PUT"
    assert request.url == URL
    assert dict(request.headers) == {
        b"host": b"storage.example",
        b"accept": b"*/*",
        b"user-agent": USER_AGENT.encode(),
        b"content-type": b"application/octet-stream",
        b"content-length": b"3",
        b"content-range": b"bytes 262144-262146/262147",
    }
    assert header(part(PLACE, 0, b"a", None).headers, b"content-range") == "bytes 0-0/*"


def test_a_question_has_no_body() -> None:
    request = status_query(PLACE, 10)
    assert (header(request.headers, b"content-range"), request.body) == ("bytes */10", b"")
    assert header(request.headers, b"content-length") == "0"
    assert header(status_query(PLACE, None).headers, b"content-range") == "bytes */*"


def test_a_post_opens_a_session() -> None:
    request = opening(PLACE)
    assert (request.method, header(request.headers, b"x-goog-resumable")) == ("POST", "start")
    assert opened(Response(201, [(b"Location", b"https://a/?upload_id=1")], b"")) == Success("https://a/?upload_id=1")
    assert isinstance(opened(Response(201, [], b"")), Failure)


@pytest.mark.parametrize(
    ("url", "is_it"),
    [(URL, True), ("https://a/b?X-Goog-Expires=1", False), ("https://a/upload_id=1", False)],
)
def test_the_url_of_a_session_has_its_id(url: str, is_it: bool) -> None:
    assert is_open(url) is is_it


@given(st.integers(0, 2**50), st.sampled_from(["bytes=0-{}", "0-{}", " bytes=0-{} "]))
def test_a_range_says_how_many_bytes_there_are(last: int, form: str) -> None:
    assert committed(Response(308, [(b"Range", form.format(last).encode())], b"")) == Success(last + 1)


def test_without_a_range_there_are_none() -> None:
    assert committed(Response(308, [], b"")) == Success(0)


@given(st.text(alphabet="bytes=0123456789- ,*/", max_size=20))
def test_any_other_range_is_an_error(text: str) -> None:
    result = committed(Response(308, [(b"range", text.encode())], b""))
    assert isinstance(result, Failure) or text.strip().removeprefix("bytes=").startswith("0-")


@pytest.mark.parametrize(
    ("url", "origin", "target"),
    [
        (
            URL,
            Origin(b"https", b"storage.example", None),
            b"/bucket/file?X-Goog-Signature=abcdef&upload_id=secret-session",
        ),
        ("http://127.0.0.1:8000/a", Origin(b"http", b"127.0.0.1", 8000), b"/a"),
        ("https://[2001:db8::1]:443", Origin(b"https", b"2001:db8::1", None), b"/"),
    ],
)
def test_a_url_has_an_origin_and_a_target(url: str, origin: Origin, target: bytes) -> None:
    place = place_of(url, allow_http=False).unwrap()
    assert (place.origin, place.target) == (origin, target)


@pytest.mark.parametrize(
    "url",
    [
        "http://storage.example/?upload_id=secret-session",
        "ftp://storage.example/?upload_id=secret-session",
        "https://user:pass@storage.example/?upload_id=secret-session",
        "https://storage.example:99999/?upload_id=secret-session",
        "https:///?upload_id=secret-session",
        "https://storage.example/a b?upload_id=secret-session",
        "https://storage.example/ä?upload_id=secret-session",
        "https://storage.example/\r\nx: y?upload_id=secret-session",
        "https://[storage/?upload_id=secret-session",
        "secret-session",
    ],
)
def test_any_other_url_is_refused_and_not_shown(url: str) -> None:
    error = place_of(url, allow_http=False).failure()
    assert "must be an https:// URL" in error.message
    assert "secret-session" not in repr(error)


def test_a_place_hides_its_secrets() -> None:
    assert repr(PLACE) == "Place(host='storage.example')"
    assert PLACE.secrets == [PLACE.target.decode(), "abcdef", "secret-session"]


def test_http_is_for_this_machine_unless_it_is_allowed() -> None:
    assert isinstance(place_of("http://storage.example/", allow_http=True), Success)
