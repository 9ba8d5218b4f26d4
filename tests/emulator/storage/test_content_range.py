"""``Content-Range``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix.emulator.storage.content_range import Part, Query, is_possible, read_content_range
from tests.emulator.storage.acts import BLOCK

NUMBERS = st.integers(0, 10**18 - 1)


@given(NUMBERS, NUMBERS, NUMBERS | st.none())
def test_a_part_is_read_if_it_is_one(first: int, last: int, total: int | None) -> None:
    found = read_content_range(f"bytes {first}-{last}/{'*' if total is None else total}")
    is_sound = first <= last and (total is None or last < total)
    assert found == (Part(first, last, total) if is_sound else None)
    if isinstance(found, Part):
        assert found.length == last - first + 1
        assert found.is_final is (total == last + 1)


@given(NUMBERS | st.none())
def test_a_question_is_read(total: int | None) -> None:
    assert read_content_range(f"BYTES */{'*' if total is None else total}") == Query(total)


@given(st.text("bytes 0123456789-/*=٣", max_size=30))
def test_no_text_is_an_error(text: str) -> None:
    found = read_content_range(text)
    if isinstance(found, Part):
        assert read_content_range(f"bytes {found.first}-{found.last}/{found.total or '*'}") == found


@pytest.mark.parametrize(
    "text",
    [
        *("", "bytes", "0-1/2", "bytes=0-1/2", "bytes 0-1", "bytes 0-1/", "bytes -1/2", "bytes 0-/2", "bytes 1-0/2"),
        *(
            "bytes 0-2/2",
            "bytes 0-1/2 ",
            "bytes \u0660-\u0661/\u0662",
            "items 0-1/2",
            "bytes 0-1/2, bytes 0-1/2",
            "bytes +0-1/2",
        ),
        *("bytes 0-1/1000000000000000000", "bytes 0x0-0x1/2", "bytes */-1", "bytes 0 - 1/2"),
    ],
)
def test_anything_else_says_nothing(text: str) -> None:
    assert read_content_range(text) is None


@given(st.integers(0, 3 * BLOCK), st.sampled_from([1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK]), st.booleans())
def test_only_the_last_part_can_have_any_length(first: int, length: int, is_final: bool) -> None:
    end = first + length
    assert is_possible(Part(first, end - 1, end if is_final else end + 1)) is (is_final or length % BLOCK == 0)
    assert is_possible(Part(first, end - 1, None)) is (length % BLOCK == 0)
