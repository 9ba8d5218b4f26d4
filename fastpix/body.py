"""The body of an answer as it comes in, decompressed a step at a time: a small bomb must not fill the memory."""

import zlib
from collections.abc import Iterator

from fastpix.errors import ResponseValidationError
from fastpix.messages import Headers, Response, header
from fastpix.response import request_id_of

__all__ = ["Body"]

STEP = 64 * 1024
ANY_ZLIB = zlib.MAX_WBITS | 32
COMPRESSED = ("gzip", "x-gzip", "deflate")


class Body:
    """Takes the parts as the wire has them. That they can't be read matters only if the answer is a success.

    Attributes:
        is_wanted: whether there may be more parts, and a use for them.
    """

    def __init__(self, status: int, headers: Headers, max_bytes: int) -> None:
        self._status = status
        self._headers = headers
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._size = 0
        self._begun = False
        encoding = (header(headers, b"content-encoding") or "").strip().lower()
        self._zlib = zlib.decompressobj(ANY_ZLIB) if encoding in COMPRESSED else None
        self.is_wanted: bool = True

    def add(self, part: bytes) -> None:
        self._begun = True
        problem = ""
        try:
            for piece in self._pieces(part):
                self._parts.append(piece)
                self._size += len(piece)
                if self._size > self._max_bytes:
                    problem = f"it is longer than max_response_bytes={self._max_bytes}"
                    break
        except zlib.error as error:
            problem = f"its body can't be decompressed: {error}"
        if problem:  # outside, as the error's frames hold pieces of the body
            self._give_up(problem)

    def complete(self) -> Response:
        if self._zlib is not None and self._begun and self.is_wanted and not self._zlib.eof:
            self._give_up("its compressed body ends too early")
        return Response(self._status, self._headers, b"".join(self._parts))

    def _pieces(self, part: bytes) -> Iterator[bytes]:
        if self._zlib is None:
            yield part
            return
        while not self._zlib.eof and (piece := self._zlib.decompress(part, STEP)):
            yield piece
            part = self._zlib.unconsumed_tail

    def _give_up(self, why: str) -> None:
        self.is_wanted = False
        self._parts.clear()
        if 200 <= self._status < 300:
            raise ResponseValidationError(
                f"the answer ({self._status}) can't be read: {why}",
                status=self._status,
                request_id=request_id_of(self._headers),
            )
