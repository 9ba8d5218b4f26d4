"""Checksums of a source, over its bytes in their order."""

import sys
import time
from base64 import b64encode
from hashlib import md5
from math import inf

import google_crc32c
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix.uploads.checksums import Checksums, fastest, known, stored_checksums


@given(st.binary(max_size=50), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=20))
def test_bytes_count_once_and_in_their_order(data: bytes, parts: list[tuple[int, int]]) -> None:
    sums = Checksums(["crc32c", "md5"])
    for start, size in [*parts, (0, 50)]:
        sums.add(start, memoryview(data)[start : start + size])
    sums.add(sums.position, memoryview(data)[sums.position :])
    assert sums.position == len(data)
    crc32c = google_crc32c.Checksum(data)
    assert sums.values() == {
        "crc32c": b64encode(crc32c.digest()).decode(),
        "md5": b64encode(md5(data, usedforsecurity=False).digest()).decode(),
    }


def test_bytes_after_a_gap_do_not_count() -> None:
    sums = Checksums(["md5"])
    sums.add(5, memoryview(b"abc"))
    assert sums.position == 0


def test_crc32c_is_used_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fastest() == ["crc32c"]
    monkeypatch.setitem(sys.modules, "google_crc32c", None)
    assert [*known()] == fastest() == ["md5"]


def seconds_of(name: str) -> float:
    """Return the time that a checksum takes for 32 MiB in chunks, the best of three."""
    chunk, best = memoryview(bytes(65536)), inf
    for _ in range(3):
        sums, begin = Checksums([name]), time.process_time()
        for number in range(512):
            sums.add(number * len(chunk), chunk)
        best = min(best, time.process_time() - begin)
    return best


def test_crc32c_is_many_times_faster() -> None:
    assert seconds_of("crc32c") < seconds_of("md5") / 2


def test_the_header_of_the_service_names_checksums() -> None:
    headers = [
        (b"x-goog-hash", b"crc32c=n03x6A==, md5=Ojk9c3dhfxgoKVVHYwFbHQ=="),
        (b"X-Goog-Hash", b"new=1"),
        (b"a", b"b=c"),
    ]
    assert stored_checksums(headers) == {"crc32c": "n03x6A==", "md5": "Ojk9c3dhfxgoKVVHYwFbHQ==", "new": "1"}
