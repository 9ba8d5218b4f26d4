import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix._call.bad_text import BAD_TEXT, has_bad_text, marked, mended

TEXTS = st.lists(st.sampled_from(["\\", '"', "u", "d83d", "\ud83d", "\ude00", "\ud83d\ude00", "a", "\u20ac"])).map(
    "".join
)


@pytest.mark.parametrize("text", ["\\ud83d", "\\\ud83d", "\\ud83d\ude00", "\\\\ud83d", "\\\ud83d\ude00"])
def test_an_escaped_backslash_makes_no_half(text: str) -> None:
    assert_halves_alone_are_replaced(text)


@given(text=TEXTS)
def test_halves_of_characters_are_replaced_and_nothing_else(text: str) -> None:
    assert_halves_alone_are_replaced(text)


def assert_halves_alone_are_replaced(text: str) -> None:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert mended(msgspec.json.decode(marked(json.dumps(text).encode()))) == whole


@given(text=TEXTS)
def test_what_is_good_is_not_marked(text: str) -> None:
    good = json.dumps(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    assert marked(good.encode()) == good.encode()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"\xff", "\ufffd"),
        (b"a\xff\xfeb", "a\ufffdb"),
        (b"\xe2\x82", "\ufffd"),
        (b"\xed\xa0\x80 c", "\ufffd c"),
        ("\u20ac".encode() + b"\xff", "\u20ac\ufffd"),
    ],
)
def test_bytes_that_are_no_text_are_marked_once_for_all_that_follow_each_other(body: bytes, text: str) -> None:
    assert mended(marked(body).decode()) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"a{BAD_TEXT}", "a\ufffd"),
        ([1, f"{BAD_TEXT}"], [1, "\ufffd"]),
        ({f"{BAD_TEXT}": [{"a": f"b{BAD_TEXT}"}]}, {"\ufffd": [{"a": "b\ufffd"}]}),
    ],
)
def test_a_mark_is_found_and_mended_however_deep(value: Any, expected: Any) -> None:
    assert has_bad_text(value)
    assert mended(value) == expected
    assert not has_bad_text(expected)


@pytest.mark.parametrize("value", [None, 5, 1.5, True, "a", ["\ufffd"], {"a": None}, 10**30])
def test_a_value_without_a_mark_stays_as_it_is(value: Any) -> None:
    assert not has_bad_text(value)
    assert mended(value) == value
