import gzip
import zlib
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis.strategies import binary, integers, lists, sampled_from, tuples

from fastpix import Response
from fastpix._http.body import ResponseBody
from fastpix.errors import ResponseValidationError

zipped = partial(gzip.compress, mtime=0)
CODE: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "identity": bytes,
}


def read(lines: list[str], body: bytes, cut: int = 1 << 30) -> bytes:
    headers = [(b"Content-Encoding", line.encode()) for line in lines]
    taken = ResponseBody(200, headers, 1 << 20)
    for start in range(0, len(body), cut):
        taken.add(body[start : start + cut])
    answer: Response = taken.complete()
    return answer.body


@given(lists(sampled_from(sorted(CODE)), max_size=5), binary(min_size=1), integers(1, 50), integers(0, 5))
def test_codings_are_undone_in_reverse_order(names: list[str], content: bytes, cut: int, split: int) -> None:
    body = content
    for name in names:
        body = CODE[name](body)
    lines = [", ".join(names[:split]).upper(), " ,".join(names[split:])]
    assert read(lines, body, cut) == content


@given(lists(tuples(binary(), integers(0, 9)), min_size=1), integers(1, 50))
def test_gzip_may_come_in_several_members(parts: list[tuple[bytes, int]], cut: int) -> None:
    body = b"".join(gzip.compress(part, level) for part, level in parts)
    assert read(["gzip"], body, cut) == b"".join(part for part, _ in parts)


def test_a_member_may_name_a_file_and_more() -> None:
    head = b"\x1f\x8b\x08\x1f" + b"\0" * 6 + b"\x02\0ab" + b"name\0" + b"comment\0"
    head += zlib.crc32(head).to_bytes(4, "little")[:2]
    plain = zipped(b"content")
    assert read(["gzip"], head + plain[10:]) == b"content"


@pytest.mark.parametrize("behind", [b"\0" * 512, b"garbage"])
def test_what_follows_and_is_no_member_is_no_part_of_the_body(behind: bytes) -> None:
    assert read(["gzip"], zipped(b"content") + behind, 7) == b"content"


@pytest.mark.parametrize("lines", [["utf-8"], ["none", ""], ["identity, UTF-8"]])
def test_what_is_no_coding_says_nothing(lines: list[str]) -> None:
    assert read(lines, b"content") == b"content"


@pytest.mark.parametrize(
    ("lines", "body", "problem"),
    [
        (["gzip"], zipped(b"content")[:-1], "its compressed body ends too early"),
        (["gzip"], zipped(b"one") + zipped(b"two")[:-9], "its compressed body ends too early"),
        (["gzip, gzip"], zipped(b"content"), "its body cannot be decompressed"),
        (["gzip, gzip"], zipped(zipped(b"content")[:-9]), "its compressed body ends too early"),
        (["gzip"] * 6, b"x", "it is compressed 6 times, and at most 5 times are allowed"),
    ],
)
def test_a_body_that_is_not_so_coded_can_not_be_read(lines: list[str], body: bytes, problem: str) -> None:
    with pytest.raises(ResponseValidationError, match=problem):
        read(lines, body)


def test_many_empty_members_are_read_in_linear_time() -> None:
    empty = gzip.compress(b"")
    assert read(["gzip"], empty * 50_000 + zipped(b"content")) == b"content"
