import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix._http.body import ResponseBody
from fastpix.errors import ResponseValidationError

MEBIBYTE = 1024 * 1024


COMPRESSED: dict[str | None, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate ": zlib.compress,
}


def body_of(encoding: str | None = None, max_bytes: int = MEBIBYTE, status: int = 200) -> ResponseBody:
    headers = [] if encoding is None else [(b"Content-Encoding", encoding.encode())]
    return ResponseBody(status, headers, max_bytes)


def refusal(body: ResponseBody, *parts: bytes) -> str:
    with pytest.raises(ResponseValidationError) as caught:
        read(body, *parts)
    assert caught.value.status == 200
    return caught.value.message


def test_the_refusal_of_a_body_has_the_request_id() -> None:
    with pytest.raises(ResponseValidationError) as caught:
        read(ResponseBody(200, [(b"X-Request-Id", b"r-1")], 1), b"ab")
    assert caught.value.request_id == "r-1"


def read(body: ResponseBody, *parts: bytes) -> bytes:
    for part in parts:
        body.add(part)
    return body.complete().body


@pytest.mark.parametrize("encoding", [None, "identity", "utf-8", *COMPRESSED])
@given(content=st.binary(max_size=5000), size=st.integers(1, 200))
def test_a_body_is_the_same_however_it_is_compressed_and_cut(encoding: str | None, content: bytes, size: int) -> None:
    sent = COMPRESSED[encoding](content) if encoding in COMPRESSED else content
    assert read(body_of(encoding), *(sent[at : at + size] for at in range(0, len(sent), size))) == content


def test_a_long_body_is_read_to_its_end() -> None:
    content = bytes(range(256)) * 4096
    assert read(body_of("gzip"), gzip.compress(content)) == content


@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_an_empty_body_is_one(encoding: str | None) -> None:
    assert read(body_of(encoding)) == b""


def test_a_bomb_is_refused_without_holding_it() -> None:
    bomb = gzip.compress(b"0" * (200 * MEBIBYTE))
    body = body_of("gzip")
    tracemalloc.start()
    try:
        assert refusal(body, bomb) == "the response (200) cannot be read: it is longer than max_response_bytes=1048576"
        assert tracemalloc.get_traced_memory()[1] < 3 * MEBIBYTE
    finally:
        tracemalloc.stop()


def test_a_limit_is_the_last_length_that_is_read() -> None:
    assert read(body_of(max_bytes=4), b"1234") == b"1234"
    assert "longer" in refusal(body_of(max_bytes=4), b"1234", b"5")


def test_what_is_not_compressed_as_it_says_is_unreadable() -> None:
    assert "cannot be decompressed" in refusal(body_of("gzip"), b"plain text")
    whole = bytearray(gzip.compress(b"some text" * 100))
    whole[30:40] = b"0" * 10
    assert "cannot be decompressed" in refusal(body_of("gzip"), bytes(whole[:20]), bytes(whole[20:]))


def test_a_compressed_body_that_ends_too_early_is_unreadable() -> None:
    assert "ends too early" in refusal(body_of("gzip"), gzip.compress(b"some text")[:-9])


def test_the_body_of_a_refusal_may_be_unreadable() -> None:
    for content in (b"plain text", gzip.compress(b"too long"), gzip.compress(b"ok")[:-9]):
        body = body_of("gzip", 4, status=503)
        assert read(body, content) == b""
        assert not body.is_wanted


def test_what_follows_the_end_of_a_compressed_body_is_neither_kept_nor_counted() -> None:
    body = body_of("gzip", 10)
    assert read(body, gzip.compress(b"some text"), *[b"x" * 1000] * 50) == b"some text"


def test_a_body_in_tiny_parts_takes_no_more_memory_than_its_length() -> None:
    body = ResponseBody(200, [], 8 * 1024 * 1024)
    tracemalloc.start()
    for _ in range(100_000):
        body.add(bytes(bytearray(b"ab")))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 4 * 200_000
    assert len(body.complete().body) == 200_000
