"""The sources of uploads: a path, a file, bytes, or an iterable of bytes. The only code here that reads files."""

import io
import os
from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from functools import partial
from typing import IO, Protocol, TypeAlias, cast

import msgspec

from fastpix._call.arguments import is_async
from fastpix._call.redaction import shown
from fastpix.errors import RequestValidationError

__all__ = ["Fingerprint", "Given", "Source", "SourceError", "is_of_async", "source_of"]

Given: TypeAlias = (
    str | os.PathLike[str] | IO[bytes] | bytes | bytearray | memoryview | Iterable[bytes] | AsyncIterable[bytes]
)
"""What can be uploaded."""

CHUNK = 64 * 1024
END = object()
ALLOWED = "a path, a binary file, bytes, or an iterable of bytes"


class SourceError(Exception):
    """A source cannot be read, or is not what it was before. The message is for people."""


class Fingerprint(msgspec.Struct, frozen=True):
    """Tells whether a source is still the same in another process."""

    size: int
    """The number of bytes."""
    modified: int | None
    """The time of the last change of the file, in nanoseconds since 1970. ``None`` if it is not known."""
    ends: str
    """The SHA-256 of the first and the last 64 KiB, in hexadecimal digits."""


class Source(Protocol):
    """Something that is read in parts."""

    @property
    def size(self) -> int | None:
        """The number of bytes. ``None`` as long as it is not known."""
        ...

    @property
    def is_repeatable(self) -> bool:
        """Whether every part can be read again."""
        ...

    def read(self, start: int, size: int) -> bytes | Awaitable[bytes | None] | None:
        """Return the bytes from ``start`` on: ``size`` of them, or less at the end.

        A stream returns ``None`` if it has read some bytes, and needs more.

        Raises:
            SourceError: It cannot be read.
        """
        ...

    def fingerprint(self) -> Fingerprint:
        """Return the fingerprint.

        Raises:
            SourceError: It cannot be read again, so it has none.
        """
        ...

    def close(self) -> None:
        """Close what `source_of` has opened."""
        ...


def source_of(given: Given, size: int | None = None) -> Source:
    """Return the source for what a user gave. A path is opened.

    Args:
        given: What the user gave.
        size: The number of bytes, if the user named it.

    Raises:
        RequestValidationError: It cannot be uploaded.
    """
    source = _source_of(given, size)
    if source.size == 0:
        source.close()
        raise _refusal("at least 1 byte long", "empty")
    if size is not None and source.size != size:
        source.close()
        raise _refusal(f"{size} bytes long, as size says", f"{source.size} bytes long")
    return source


def _source_of(given: object, size: int | None) -> Source:
    if isinstance(given, str | os.PathLike):
        return _opened(cast("str | os.PathLike[str]", given), size)
    if isinstance(given, bytes | bytearray | memoryview):
        view = memoryview(cast("bytes", given))
        return _Bytes(view if view.contiguous else memoryview(bytes(view)))
    if callable(read := getattr(given, "read", None)):
        if isinstance(given, io.TextIOBase) or getattr(given, "encoding", None) is not None:
            raise _refusal("a file that is opened in binary mode", "a text file")
        if is_async(read):
            return _AsyncStream(_chunks(cast("Callable[[int], Awaitable[bytes]]", read)), size)
        return _of_file(cast("IO[bytes]", given), size, is_own=False)
    if isinstance(given, AsyncIterable):
        return _AsyncStream(aiter(cast("AsyncIterable[bytes]", given)), size)
    if isinstance(given, Iterable):
        return _Stream(iter(cast("Iterable[bytes]", given)), size)
    raise _refusal(ALLOWED, shown(given))


def _refusal(allowed: str, given: str) -> RequestValidationError:
    return RequestValidationError(
        f"source must be {allowed}, not {given}", field="source", allowed=allowed, given=given
    )


def _opened(path: str | os.PathLike[str], size: int | None) -> Source:
    try:
        file = open(path, "rb", buffering=0)  # noqa: PTH123, SIM115 - the source closes it
    except (OSError, ValueError) as problem:
        raise _refusal("the path of a file that can be read", f"{shown(os.fspath(path))} ({problem})") from None
    return _of_file(file, size, is_own=True)


async def _chunks(read: Callable[[int], Awaitable[bytes]]) -> AsyncIterator[bytes]:
    while chunk := await read(CHUNK):
        yield chunk


def is_of_async(given: object) -> bool:
    """Return whether only an async core can read what the user gave."""
    read = getattr(given, "read", None)
    return is_async(read) if callable(read) else isinstance(given, AsyncIterable)


def _of_file(file: IO[bytes], size: int | None, *, is_own: bool) -> Source:
    """Return the source for a file. One that cannot seek to its end, such as a pipe, is a stream."""
    if getattr(file, "closed", False):
        raise _refusal("an open file", "a closed one")
    close = file.close if is_own else None
    try:
        return _File(file, file.tell(), close)
    except (OSError, ValueError, AttributeError):
        return _Stream(iter(partial(file.read, CHUNK), b""), size, close)


class _Repeatable(ABC):
    """A source whose parts can be read again."""

    is_repeatable = True

    def __init__(self, size: int) -> None:
        self.size = size

    @abstractmethod
    def read(self, start: int, size: int) -> bytes: ...

    def modified(self) -> int | None:
        return None

    def fingerprint(self) -> Fingerprint:
        from hashlib import sha256

        last = max(self.size - CHUNK, 0)
        ends = self.read(0, CHUNK) + self.read(last, CHUNK)
        return Fingerprint(self.size, self.modified(), sha256(ends).hexdigest())

    def close(self) -> None:  # noqa: B027 - most of them have nothing to close
        """Do nothing."""


class _Bytes(_Repeatable):
    def __init__(self, view: memoryview) -> None:
        self._view = view.cast("B")
        super().__init__(len(self._view))

    def read(self, start: int, size: int) -> bytes:
        return bytes(self._view[start : start + size])


class _File(_Repeatable):
    """A file that can be read at any position. It must not change while it is uploaded."""

    def __init__(self, file: IO[bytes], first: int, close: Callable[[], object] | None) -> None:
        file.seek(0, os.SEEK_END)  # this also writes what is in the buffer of the file
        super().__init__(max(file.tell() - first, 0))
        self._file = file
        self._first = first
        self._close = close
        self._state = self._now()

    def read(self, start: int, size: int) -> bytes:
        self._file.seek(self._first + start)
        wanted, pieces = min(size, self.size - start), list[bytes]()
        while wanted and (piece := self._file.read(wanted)):  # a file may give less than it was asked for
            pieces.append(piece)
            wanted -= len(piece)
        if self._now() != self._state:
            raise SourceError("the file has changed since the upload began")
        if wanted:
            raise SourceError(f"the file has become shorter than the {self.size} bytes that it had")
        return b"".join(pieces)

    def modified(self) -> int | None:
        return None if self._state is None else self._state[1]

    def close(self) -> None:
        if self._close is not None:
            self._close()

    def _now(self) -> tuple[int, int] | None:
        """Return the size and the time of the last change, or ``None`` if it is no file of the operating system."""
        try:
            facts = os.fstat(self._file.fileno())
        except (OSError, AttributeError):
            return None
        return facts.st_size, facts.st_mtime_ns


class _Window:
    """The part of a stream that is in memory: from the start of the last part that was read.

    Attributes:
        size: The number of bytes of the whole stream. ``None`` until its end is seen.
    """

    is_repeatable = False

    def __init__(self, declared: int | None, close: Callable[[], object] | None = None) -> None:
        self.size = declared
        self._declared = declared
        self._start = 0
        self._data = bytearray()
        self._is_whole = False
        self._close = close

    def _lacks(self, start: int, size: int) -> bool:
        """Drop what is before ``start``. Return whether the window needs more for a part, and one byte after it.

        That byte tells whether the part is the last one.
        """
        if start < self._start:
            raise SourceError(f"a stream cannot be read again, and the server wants it from byte {start} on")
        dropped = min(start - self._start, len(self._data))
        del self._data[:dropped]
        self._start += dropped
        return not self._is_whole and (self._start < start or len(self._data) <= size)

    @property
    def _seen(self) -> int:
        """The number of bytes that were read so far."""
        return self._start + len(self._data)

    def _take(self, chunk: object) -> None:
        if chunk is END:
            self._end()
        elif not isinstance(chunk, bytes | bytearray | memoryview):
            raise SourceError(f"the source must give bytes, not {type(chunk).__name__}")
        else:
            self._data += chunk
        self._check()

    def _end(self) -> None:
        self._is_whole = True
        self.size = self._seen
        if not self.size:
            raise SourceError("the source is empty")

    def _check(self) -> None:
        seen = self._seen
        if self._declared is not None and (seen > self._declared or (self._is_whole and seen < self._declared)):
            more = "more than" if seen > self._declared else f"only {seen} of"
            raise SourceError(f"the source has {more} the {self._declared} bytes that size says")

    def _part(self, size: int) -> bytes:
        return bytes(memoryview(self._data)[:size])

    def fingerprint(self) -> Fingerprint:
        raise SourceError("a stream cannot be read again, so an upload of it cannot go on in another process")

    def close(self) -> None:
        if self._close is not None:
            self._close()


class _Stream(_Window):
    def __init__(self, chunks: Iterator[bytes], size: int | None, close: Callable[[], object] | None = None) -> None:
        super().__init__(size, close)
        self._chunks = chunks

    def read(self, start: int, size: int) -> bytes | None:
        enough = self._seen + CHUNK
        while self._lacks(start, size):
            if self._seen >= enough:
                return None
            self._take(next(self._chunks, END))
        return self._part(size)


class _AsyncStream(_Window):
    def __init__(self, chunks: AsyncIterator[bytes], size: int | None) -> None:
        super().__init__(size)
        self._chunks = chunks

    async def read(self, start: int, size: int) -> bytes | None:
        enough = self._seen + CHUNK
        while self._lacks(start, size):
            if self._seen >= enough:
                return None
            self._take(await anext(self._chunks, END))
        return self._part(size)
