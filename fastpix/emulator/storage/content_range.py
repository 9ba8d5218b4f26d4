"""The ``Content-Range`` of a request to the URL of an upload."""

import re
from typing import TypeAlias

import msgspec

__all__ = ["BLOCK", "ContentRange", "Part", "Query", "is_possible", "read_content_range"]

BLOCK = 256 * 1024
"""The length of every part but the last one is a multiple of this number of bytes."""
PATTERN = re.compile(r"(?i:bytes) (?:\*|([0-9]{1,18})-([0-9]{1,18}))/(?:\*|([0-9]{1,18}))")


class Part(msgspec.Struct, frozen=True):
    """A part of a file that the body of the request brings."""

    first: int
    """The offset of its first byte."""
    last: int
    """The offset of its last byte."""
    total: int | None
    """The length of the file. ``None`` if the client does not know it yet."""

    @property
    def length(self) -> int:
        return self.last + 1 - self.first

    @property
    def is_final(self) -> bool:
        """Whether the file ends with this part."""
        return self.last + 1 == self.total


class Query(msgspec.Struct, frozen=True):
    """The question which bytes have arrived."""

    total: int | None
    """The length of the file. ``None`` if the client does not know it yet."""


ContentRange: TypeAlias = Part | Query


def read_content_range(text: str) -> ContentRange | None:
    """Return what a header says, such as ``bytes 0-262143/*`` or ``bytes */1000``. ``None`` if it says nothing."""
    found = PATTERN.fullmatch(text)
    if found is None:
        return None
    first, last, total = (None if group is None else int(group) for group in found.groups())
    if first is None or last is None:
        return Query(total)
    is_sound = first <= last and (total is None or last < total)
    return Part(first, last, total) if is_sound else None


def is_possible(part: Part) -> bool:
    """Return whether a part has a length that is allowed: that of blocks, unless the file ends with it."""
    return part.is_final or part.length % BLOCK == 0
