"""Text that is none: bytes that are no UTF-8, and escaped halves of a character. It is marked, found and mended.

Neither JSON nor UTF-8 has a place for it, so it would cost the whole body. With a mark in its place the body can be
read, and the text with the mark in it can be told.
"""

import re
from typing import cast

import msgspec

__all__ = ["BAD_TEXT", "MARK", "has_bad_text", "marked", "mended"]

BAD_TEXT = "\ufdd0"
"""The mark: a character that Unicode keeps out of texts that are exchanged."""
MARK = BAD_TEXT.encode()
HALF = rb"\\u(?:[dD][89abAB][0-9a-fA-F]{2}(\\u[dD][c-fC-F][0-9a-fA-F]{2})?|[dD][c-fC-F][0-9a-fA-F]{2})"
"""An escaped half of a character, and the other half if it follows."""
BACKSLASH = ord("\\")


def marked(body: bytes) -> bytes:
    """The body with a mark for bytes that are no UTF-8, and for each half of a character."""
    try:
        body.decode()
    except UnicodeDecodeError:
        body = re.sub("[\udc80-\udcff]+", BAD_TEXT, body.decode(errors="surrogateescape")).encode()
    return re.sub(HALF, _marked_half, body)


def _marked_half(found: re.Match[bytes]) -> bytes:
    before = found.start()
    while before and found.string[before - 1] == BACKSLASH:
        before -= 1
    if (found.start() - before) % 2:  # the backslash is itself escaped
        return found[0] if found[1] is None else found[0].removesuffix(found[1]) + MARK
    return found[0] if found[1] else MARK


def has_bad_text(value: object) -> bool:
    """Whether there is a mark in a plain value."""
    if isinstance(value, str):
        return BAD_TEXT in value
    return isinstance(value, list | dict) and MARK in msgspec.json.encode(value)


def mended(value: object) -> object:
    """A plain value with U+FFFD for each mark."""
    if isinstance(value, str):
        return value.replace(BAD_TEXT, "\ufffd")
    if isinstance(value, dict):
        return {mended(name): mended(part) for name, part in cast("dict[object, object]", value).items()}
    return list(map(mended, cast("list[object]", value))) if isinstance(value, list) else value
