"""Content codings, as RFC 9110 has them in 8.4: a list, in the order in which they were applied.

Each is undone a step at a time, as a small bomb must not fill the memory. Only gzip is asked for. What is no coding at all,
such as ``utf-8``, says nothing.
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
    """Those of one body, to be undone. Whatever is wrong with it is a `ValueError`."""

    def __init__(self, headers: Headers) -> None:
        names = [
            name.strip().lower()
            for key, value in headers
            if key.lower() == b"content-encoding"
            for name in value.decode("latin-1").split(",")
        ]
        self._undone = [_Deflated() for name in names if name in DEFLATED]

    def decode(self, part: bytes) -> Iterator[bytes]:
        """The pieces that come of a part of the body, each of a bounded length."""
        if len(self._undone) > MOST:
            raise ValueError(f"it is compressed {len(self._undone)} times over")
        pieces = iter((part,))
        for coding in reversed(self._undone):
            pieces = coding.decode(pieces)
        return pieces

    def end(self) -> None:
        """Raises the error that a body which stopped short is."""
        if not all(coding.is_at_end() for coding in self._undone):
            raise ValueError("its compressed body ends too early")


class _Deflated:
    """gzip by RFC 1952, members in series, or zlib by RFC 1950. What follows and is neither is no part of the body."""

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
            raise ValueError(f"its body can't be decompressed: {problem}") from None

    def is_at_end(self) -> bool:
        return self._zlib.eof or not self._has_begun
