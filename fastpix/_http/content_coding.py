"""Content codings of RFC 9110, section 8.4: a list in the order in which they were applied.

A body is decompressed in steps, so that a small body that expands to a huge one does not fill the memory. Requests ask
only for gzip. gzip and deflate are undone. Any other name in the list, such as ``utf-8``, is ignored.
"""

import zlib
from collections.abc import Iterator

from fastpix._call.messages import Headers

__all__ = ["STEP", "Codings"]

STEP = 64 * 1024
ANY_ZLIB = zlib.MAX_WBITS | 32
DEFLATED = ("gzip", "x-gzip", "deflate")
MOST = 5
MAGIC = b"\x1f"


class Codings:
    """Undoes the content codings of one body. Any problem with the body is a `ValueError`."""

    def __init__(self, headers: Headers) -> None:
        names = [
            name.strip().lower()
            for key, value in headers
            if key.lower() == b"content-encoding"
            for name in value.decode("latin-1").split(",")
        ]
        self._undone = [_Deflated() for name in names if name in DEFLATED]

    def decode(self, part: bytes) -> Iterator[bytes]:
        """Return the decoded pieces of a part of the body. A decompressed piece has at most `STEP` bytes."""
        if len(self._undone) > MOST:
            raise ValueError(f"it is compressed {len(self._undone)} times, and at most {MOST} times are allowed")
        pieces = iter((part,))
        for coding in reversed(self._undone):
            pieces = coding.decode(pieces)
        return pieces

    def end(self) -> None:
        """Raise a `ValueError` if a compressed body ended too early."""
        if not all(coding.is_at_end() for coding in self._undone):
            raise ValueError("its compressed body ends too early")


class _Deflated:
    """Decompresses gzip (RFC 1952), which may have several members, and zlib (RFC 1950).

    Bytes after the end that do not begin another gzip member are ignored.
    """

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(ANY_ZLIB)
        self._has_begun = False

    def decode(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        for part in parts:
            for start in range(0, len(part), STEP):
                yield from self._pieces(part[start : start + STEP])

    def _pieces(self, part: bytes) -> Iterator[bytes]:
        self._has_begun = True
        try:
            while True:
                if self._zlib.eof:
                    if not part.startswith(MAGIC):
                        return
                    self._zlib = zlib.decompressobj(ANY_ZLIB)
                piece = self._zlib.decompress(part, STEP)
                part = self._zlib.unused_data if self._zlib.eof else self._zlib.unconsumed_tail
                if piece:
                    yield piece
                elif not part:
                    return
        except zlib.error as problem:
            raise ValueError(f"its body cannot be decompressed: {problem}") from None

    def is_at_end(self) -> bool:
        return self._zlib.eof or not self._has_begun
