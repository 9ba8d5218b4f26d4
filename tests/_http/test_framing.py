"""The end of a response, compared with h11, which parses the whole response."""

import itertools

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix._http.framing import Framing

CHUNK = b"%x\r\n%s\r\n"
BODIES = st.lists(st.binary(min_size=1, max_size=40), max_size=6)


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    parts = draw(BODIES)
    interim = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * draw(st.integers(0, 2))
    if draw(st.booleans()):
        head = b"content-length: %d" % len(b"".join(parts))
        return interim + b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + b"".join(parts)
    chunks = b"".join(CHUNK % (len(part), part) for part in parts)
    trailers = draw(st.sampled_from([b"", b"x-sum: 1\r\n", b"x-sum: 1\r\nx-more: 2\r\n"]))
    return interim + b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n" + trailers + b"\r\n"


def received(pieces: list[bytes]) -> Framing:
    """Return a framing that received each piece, and the head as soon as h11 had parsed it."""
    framing, parser, has_head = Framing(), h11.Connection(h11.CLIENT), False
    parser.send(h11.Request(method="GET", target="/", headers=[("host", "a")]))
    parser.send(h11.EndOfMessage())
    for piece in pieces:
        framing.receive(piece)
        if has_head:
            continue
        parser.receive_data(piece)
        while not has_head and (event := parser.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.Response):
                framing.end_head(event.status_code, list(event.headers.raw_items()))
                has_head = True
    return framing


def in_pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(places)]


@given(answers(), st.lists(st.integers(0, 1000), max_size=12), st.binary(min_size=1, max_size=50))
def test_the_end_is_known_to_the_byte_however_the_answer_comes(answer: bytes, cuts: list[int], more: bytes) -> None:
    pieces = in_pieces(answer, cuts)
    assert received(pieces).is_at_end()
    assert not received([*pieces, more]).is_at_end()
    assert not received([*pieces[:-1], pieces[-1] + more]).is_at_end()
    if len(pieces) > 1:
        assert not received(pieces[:-1]).is_at_end()


@pytest.mark.parametrize(
    ("head", "is_certain"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
        (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 0\r\n\r\n", True),
        (b"HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n", False),
        (b"HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\ncontent-length: 0\n\n", False),
    ],
)
def test_an_end_that_is_not_certain_is_none(head: bytes, is_certain: bool) -> None:
    assert received([head]).is_at_end() is is_certain


def test_a_length_and_chunks_are_no_certain_end() -> None:
    framing = Framing()
    framing.receive(b"HTTP/1.1 200 OK\r\n\r\n0\r\n\r\n")
    framing.end_head(200, [(b"Content-Length", b"5"), (b"Transfer-Encoding", b"chunked")])
    assert not framing.is_at_end()


def test_what_is_no_chunk_has_no_end() -> None:
    framing = Framing()
    framing.receive(b"HTTP/1.1 200 OK\r\n\r\n")
    framing.end_head(200, [(b"Transfer-Encoding", b"chunked")])
    framing.receive(b"z\r\n")
    framing.receive(b"0\r\n\r\n")
    assert not framing.is_at_end()


def test_many_small_chunks_are_counted_in_little_time() -> None:
    framing = Framing()
    framing.receive(b"HTTP/1.1 200 OK\r\n\r\n")
    framing.end_head(200, [(b"Transfer-Encoding", b"chunked")])
    framing.receive(b"2\r\nab\r\n" * 200_000 + b"0\r\n\r\n")
    assert framing.is_at_end()
