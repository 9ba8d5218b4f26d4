"""Request bodies in chunks, and response bodies as they arrive."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import suppress
from typing import cast

from fastpix._call.messages import Headers, Request, Response
from fastpix._call.response import request_id_of
from fastpix._http.content_coding import STEP, Codings
from fastpix.errors import ResponseValidationError

__all__ = ["ResponseBody", "async_chunks_of", "chunks_of", "end_of"]


def chunks_of(request: Request) -> bytes | Iterable[bytes]:
    """Return the body to send. If ``on_sent`` is set, it is an iterable of chunks that calls ``on_sent``."""
    if isinstance(request.body, AsyncIterable):
        raise TypeError("a sync core cannot send a body that is an async iterable")
    if request.on_sent is None:
        return request.body
    return _told(request)


def async_chunks_of(request: Request) -> bytes | AsyncIterable[bytes]:
    """Return the body to send for an async core, like `chunks_of`."""
    if isinstance(request.body, bytes) and request.on_sent is None:
        return request.body
    return _async_told(request)


async def end_of(parts: AsyncIterator[bytes]) -> None:
    """Run nested generators to their end, so that they finish in order, after the stream that they read is closed."""
    with suppress(Exception):
        while await anext(parts, None) is not None:
            pass


def _told(request: Request) -> Iterator[bytes]:
    for chunk in _chunks(request):
        yield chunk
        _tell(request, chunk)  # the next chunk is requested after this one has been written


async def _async_told(request: Request) -> AsyncIterator[bytes]:
    if isinstance(request.body, AsyncIterable):
        async for chunk in request.body:
            yield chunk
            _tell(request, chunk)
        return
    for chunk in _chunks(request):
        yield chunk
        _tell(request, chunk)


def _chunks(request: Request) -> Iterable[bytes]:
    body = request.body
    if isinstance(body, bytes):
        return (body[start : start + STEP] for start in range(0, len(body), STEP))
    return cast("Iterable[bytes]", body)


def _tell(request: Request, chunk: bytes) -> None:
    if request.on_sent is not None:
        request.on_sent(len(chunk))


class ResponseBody:
    """Collects and decompresses the body of a response.

    A body that cannot be read is an error only if the status is 2xx. With any other status, it counts as empty.

    Attributes:
        is_wanted: Whether the next parts of the body are still needed.
    """

    def __init__(self, status: int, headers: Headers, max_bytes: int) -> None:
        self._status = status
        self._headers = headers
        self._max_bytes = max_bytes
        self._body = bytearray()  # a single object, even if there are many small parts
        self._codings = Codings(headers)
        self.is_wanted: bool = True

    def add(self, part: bytes) -> None:
        problem = ""
        try:
            for piece in self._codings.decode(part):
                self._body += piece
                if len(self._body) > self._max_bytes:
                    problem = f"it is longer than max_response_bytes={self._max_bytes}"
                    break
        except ValueError as error:
            problem = str(error)
        if problem:  # raised outside of `except`, because the frames of the error hold parts of the body
            self._give_up(problem)

    def complete(self) -> Response:
        try:
            self._codings.end()
        except ValueError as error:
            if self.is_wanted:
                self._give_up(str(error))
        return Response(self._status, self._headers, bytes(self._body))

    def _give_up(self, why: str) -> None:
        self.is_wanted = False
        self._body.clear()
        if 200 <= self._status < 300:
            raise ResponseValidationError(
                f"the response ({self._status}) cannot be read: {why}",
                status=self._status,
                request_id=request_id_of(self._headers),
            )
