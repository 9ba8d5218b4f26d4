"""Invalid text in a response body: bytes that are not UTF-8, and escaped surrogates without their other half.

Decoding fails for a whole body that contains such text. `marked` replaces the invalid text with a marker character, so
that the body can be decoded. `has_bad_text` then finds the strings that were invalid, and `mended` repairs them.

A plain value is decoded JSON without structs: a str, a number, a list, a dict and so on.
"""

import re
from typing import cast

import msgspec

__all__ = ["BAD_TEXT", "MARK", "has_bad_text", "marked", "mended"]

BAD_TEXT = "\ufdd0"
"""The marker: a Unicode noncharacter, which text that programs exchange should not contain."""
MARK = BAD_TEXT.encode()
HALF = rb"\\u(?:[dD][89abAB][0-9a-fA-F]{2}(\\u[dD][c-fC-F][0-9a-fA-F]{2})?|[dD][c-fC-F][0-9a-fA-F]{2})"
"""An escaped surrogate. If a high surrogate is followed by an escaped low surrogate, that one is group 1."""
BACKSLASH = ord("\\")


def marked(body: bytes) -> bytes:
    """Return the body with the marker for each run of bytes that are not UTF-8, and for each lone escaped surrogate."""
    try:
        body.decode()
    except UnicodeDecodeError:
        body = re.sub("[\udc80-\udcff]+", BAD_TEXT, body.decode(errors="surrogateescape")).encode()
    return re.sub(HALF, _marked_half, body)


def _marked_half(found: re.Match[bytes]) -> bytes:
    before = found.start()
    while before and found.string[before - 1] == BACKSLASH:
        before -= 1
    if (found.start() - before) % 2:  # the first backslash is itself escaped, so only group 1 is a surrogate
        return found[0] if found[1] is None else found[0].removesuffix(found[1]) + MARK
    return found[0] if found[1] else MARK


def has_bad_text(value: object) -> bool:
    """Return whether a plain value contains the marker."""
    if isinstance(value, str):
        return BAD_TEXT in value
    return isinstance(value, list | dict) and MARK in msgspec.json.encode(value)


def mended(value: object) -> object:
    """Return a plain value with U+FFFD in place of each marker."""
    if isinstance(value, str):
        return value.replace(BAD_TEXT, "\ufffd")
    if isinstance(value, dict):
        return {mended(name): mended(part) for name, part in cast("dict[object, object]", value).items()}
    return list(map(mended, cast("list[object]", value))) if isinstance(value, list) else value
