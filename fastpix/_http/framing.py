"""Finds the end of a response by counting the bytes that come from its socket.

Bytes after the end of a response belong to no request. httpcore would read them as the next response of the connection.
httpcore reads and checks the response as well. This module only counts, and reports an end only if it is certain.
"""

from collections.abc import Generator

from fastpix._call.messages import Headers

__all__ = ["Framing"]

LINE = b"\r\n"
HEAD = b"\r\n\r\n"
INTERIM = (b"HTTP/1.1 1", b"HTTP/1.0 1")
WITHOUT_BODY = (204, 304)


class Framing:
    """Tracks one response from the first byte that is read to the last."""

    def __init__(self) -> None:
        self._head = b""
        self._chunks: _Chunks | None = None
        self._too_many: int | None = None  # received bytes of the body minus its length, once the head is read
        self._is_lost = False

    def receive(self, data: bytes) -> None:
        """Take the bytes that were read from the socket."""
        if self._is_lost:
            return
        if self._chunks is not None:
            try:
                self._chunks.receive(data)
            except ValueError:  # not the size of a chunk: httpcore reports it
                self._is_lost = True
        elif self._too_many is not None:
            self._too_many += len(data)
        else:
            self._head += data

    def end_head(self, status: int, headers: Headers) -> None:
        """Take the status and headers of the response. Its head, and perhaps more, has been received."""
        try:
            length, end = _length(status, headers), _end_of_head(self._head)
        except ValueError:
            self._is_lost = True
            return
        if length is None:
            self._chunks = _Chunks()
            self.receive(self._head[end:])
        else:
            self._too_many = len(self._head) - end - length

    def is_at_end(self) -> bool:
        """Return whether the whole response has been received, and no bytes after it."""
        if self._is_lost:
            return False
        return self._too_many == 0 or (self._chunks is not None and self._chunks.is_at_end())


class _Chunks:
    """Tracks a body with chunked transfer encoding."""

    def __init__(self) -> None:
        self._data = b""
        self._at = 0
        self._is_complete = False
        self._steps = self._follow()
        next(self._steps)

    def receive(self, data: bytes) -> None:
        self._steps.send(data)

    def is_at_end(self) -> bool:
        return self._is_complete and self._at == len(self._data)

    def _follow(self) -> Generator[None, bytes]:
        self._data = yield
        while size := int((yield from self._line()).partition(b";")[0], 16):
            yield from self._skip(size + len(LINE))
        while (yield from self._line()):
            pass
        self._is_complete = True
        while True:
            self._data += yield

    def _line(self) -> Generator[None, bytes, bytes]:
        while (end := self._data.find(LINE, self._at)) < 0:
            self._data, self._at = self._data[self._at :] + (yield), 0
        line = self._data[self._at : end]
        self._at = end + len(LINE)
        return line

    def _skip(self, count: int) -> Generator[None, bytes]:
        self._at += count
        while self._at > len(self._data):
            beyond = self._at - len(self._data)
            self._data, self._at = (yield), beyond


def _end_of_head(data: bytes) -> int:
    start = 0
    while data.startswith(INTERIM, start):
        start = data.index(HEAD, start) + len(HEAD)
    return data.index(HEAD, start) + len(HEAD)


def _length(status: int, headers: Headers) -> int | None:
    """Return the length of the body, or ``None`` if it comes in chunks. Raise a `ValueError` if this is not certain."""
    lengths = [value for name, value in headers if name.lower() == b"content-length"]
    codings = [value.lower() for name, value in headers if name.lower() == b"transfer-encoding"]
    if status in WITHOUT_BODY and not codings and set(lengths) <= {b"0"}:
        return 0
    if status not in WITHOUT_BODY and codings == [b"chunked"] and not lengths:
        return None
    if status in WITHOUT_BODY or codings or len(lengths) != 1:
        raise ValueError
    return int(lengths[0])
