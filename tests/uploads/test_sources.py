"""Sources: what can be uploaded, and how it is read."""

import io
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from mmap import ACCESS_READ, mmap
from pathlib import Path
from random import Random
from tempfile import SpooledTemporaryFile
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix.errors import RequestValidationError
from fastpix.uploads.sources import Fingerprint, Given, Source, SourceError, source_of

DATA = Random(2).randbytes(200_000)


class Stream(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a socket does."""

    def __init__(self, data: bytes = DATA) -> None:
        self._data = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(size, 1000))


class Slow(io.BytesIO):
    """A file that gives less than it is asked for."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 1000))


class AsyncReadable:
    """An async file, such as an upload that a web framework has received."""

    def __init__(self) -> None:
        self._file = io.BytesIO(DATA)

    async def read(self, size: int) -> bytes:
        return self._file.read(size)


class Readable:
    """A file of some library, which has no more than ``read``."""

    def __init__(self) -> None:
        self.read = io.BytesIO(DATA).read


async def stream() -> AsyncIterator[bytes]:
    for start in range(0, len(DATA), 30_000):
        yield DATA[start : start + 30_000]


def path_of(folder: Path, data: bytes = DATA) -> Path:
    path = folder / "video.mp4"
    path.write_bytes(data)
    return path


def read(source: Source, start: int, size: int) -> bytes:
    data = None
    while data is None:
        data = source.read(start, size)
        if isinstance(data, Coroutine):
            data = awaited(cast("Coroutine[Any, Any, bytes | None]", data))
    assert isinstance(data, bytes)
    return data


def awaited(coroutine: Coroutine[Any, Any, bytes | None]) -> bytes | None:
    try:
        coroutine.send(None)
    except StopIteration as end:
        return cast("bytes | None", end.value)
    raise AssertionError("the stream waits")


def parts_of(source: Source, size: int) -> list[bytes]:
    parts = [read(source, 0, size)]
    while source.size is None or sum(map(len, parts)) < source.size:
        parts.append(read(source, sum(map(len, parts)), size))
    return parts


def mapped(path: Path) -> io.BytesIO:
    with path.open("rb") as file:
        return cast("io.BytesIO", mmap(file.fileno(), 0, access=ACCESS_READ))


FORMS: dict[str, Callable[[Path], Given]] = {
    "path": path_of,
    "text of a path": lambda folder: str(path_of(folder)),
    "file": lambda folder: path_of(folder).open("rb"),
    "file without a buffer": lambda folder: path_of(folder).open("rb", buffering=0),
    "file in memory": lambda _: io.BytesIO(DATA),
    "slow file": lambda _: Slow(DATA),
    "bytes": lambda _: DATA,
    "bytearray": lambda _: bytearray(DATA),
    "memoryview": lambda _: memoryview(DATA),
    "memoryview in steps": lambda _: memoryview(bytes(byte for byte in DATA for _ in range(2)))[::2],
    "mmap": lambda folder: mapped(path_of(folder)),
    "stream": lambda _: cast("io.BytesIO", Stream()),
    "object with read": lambda _: cast("io.BytesIO", Readable()),
    "iterable": lambda _: [DATA[:70_000], b"", DATA[70_000:]],
    "iterator": lambda _: iter([DATA]),
    "async iterable": lambda _: stream(),
    "async file": lambda _: cast("AsyncIterator[bytes]", AsyncReadable()),
}
REPEATABLE = [*FORMS][:11]


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    form: str = request.param
    return form


@pytest.fixture
def source(form: str, tmp_path: Path) -> Iterator[Source]:
    given = FORMS[form](tmp_path)
    with closing(source_of(given)) as source:
        yield source
    if isinstance(given, io.IOBase):
        given.close()


def test_a_source_is_read_in_parts(source: Source) -> None:
    parts = parts_of(source, 65_536)
    assert b"".join(parts) == DATA
    assert [len(part) for part in parts] == [65_536, 65_536, 65_536, 3392]
    assert source.size == len(DATA)


def test_the_last_part_can_be_read_again(source: Source) -> None:
    parts_of(source, 65_536)
    assert read(source, len(DATA) - 5, 65_536) == DATA[-5:]


def test_only_a_stream_cannot_be_read_from_the_beginning_again(form: str, source: Source) -> None:
    parts_of(source, 65_536)
    assert source.is_repeatable is (form in REPEATABLE)
    if source.is_repeatable:
        assert read(source, 0, 100) == DATA[:100]
        assert source.fingerprint().size == len(DATA)
    else:
        with pytest.raises(SourceError, match="cannot be read again"):
            read(source, 0, 100)
        with pytest.raises(SourceError, match="another process"):
            source.fingerprint()


@given(
    chunks=st.lists(st.binary(max_size=20), max_size=20).filter(any),
    size=st.integers(1, 30),
    skipped=st.integers(0, 100),
)
def test_a_stream_gives_its_bytes_from_any_position_on(chunks: list[bytes], size: int, skipped: int) -> None:
    whole = b"".join(chunks)
    source = source_of(iter(chunks))
    start, read_back = min(skipped, len(whole)), bytearray()
    while source.size is None or start + len(read_back) < source.size:
        read_back += read(source, start + len(read_back), size)
    assert read_back == whole[start:]


def test_a_file_is_read_from_its_position_on_and_stays_open(tmp_path: Path) -> None:
    with path_of(tmp_path).open("rb") as file:
        file.seek(1000)
        source = source_of(file)
        assert b"".join(parts_of(source, 65_536)) == DATA[1000:]
        source.close()
        assert not file.closed


def test_a_path_is_closed(tmp_path: Path) -> None:
    source = source_of(path_of(tmp_path))
    source.close()
    with pytest.raises(ValueError, match="closed"):
        source.read(0, 1)


@pytest.mark.parametrize("more", [b"", DATA * 2])
def test_a_file_that_changes_is_an_error(tmp_path: Path, more: bytes) -> None:
    path = path_of(tmp_path)
    source = source_of(path)
    path.write_bytes(more)
    os.utime(path, ns=(1, 1))
    with pytest.raises(SourceError, match="has changed since the upload began"):
        source.read(0, 100)
    source.close()


def test_a_file_that_becomes_shorter_is_an_error() -> None:
    file = io.BytesIO(DATA)
    source = source_of(file)
    file.truncate(500)
    with pytest.raises(SourceError, match="shorter than the 200000 bytes that it had"):
        source.read(0, 1000)


def fingerprint(given: Given) -> Fingerprint:
    with closing(source_of(given)) as source:
        return source.fingerprint()


def test_what_is_in_the_buffer_of_a_file_counts(tmp_path: Path) -> None:
    with (tmp_path / "video.mp4").open("w+b") as file:
        file.write(DATA)
        file.seek(0)
        assert b"".join(parts_of(source_of(file), 65_536)) == DATA


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    path = path_of(tmp_path)

    class Changing(io.FileIO):
        def read(self, size: int | None = -1) -> bytes:
            os.utime(path, ns=(1, 1))
            return super().read(size) or b""

    with (
        Changing(path) as file,
        closing(source_of(cast("io.BytesIO", file))) as source,
        pytest.raises(SourceError, match="has changed"),
    ):
        source.read(0, len(DATA))


def test_a_fingerprint_knows_the_ends_and_the_time(tmp_path: Path) -> None:
    path = path_of(tmp_path)
    first = fingerprint(path)
    assert fingerprint(path) == first
    os.utime(path, ns=(1, 1))
    assert fingerprint(path).modified == 1
    for place in (0, len(DATA) - 1):
        changed = bytearray(DATA)
        changed[place] ^= 1
        assert fingerprint(changed).ends != first.ends
    assert fingerprint(DATA).ends == first.ends
    assert fingerprint(io.BytesIO(DATA)).modified is None


def closed_file() -> io.BytesIO:
    file = io.BytesIO(DATA)
    file.close()
    return file


def test_a_text_file_of_the_library_is_refused() -> None:
    with SpooledTemporaryFile(mode="w+") as file, pytest.raises(RequestValidationError, match="in binary mode"):
        source_of(cast("Any", file))


def test_a_pipe_with_a_name_is_a_stream(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(pipe.write_bytes, DATA)
        source = source_of(pipe)
        assert b"".join(parts_of(source, 65_536)) == DATA
        source.close()
        writing.result()


class WithoutEnd(io.BytesIO):
    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == os.SEEK_END:
            raise OSError("the end is not known")
        return super().seek(offset, whence)


def test_a_file_that_cannot_seek_to_its_end_is_a_stream() -> None:
    with WithoutEnd(DATA) as file, closing(source_of(file)) as source:
        assert not source.is_repeatable
        assert b"".join(parts_of(source, 65_536)) == DATA


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        (7, "a path, a binary file, bytes, or an iterable of bytes"),
        (None, "a path, a binary file, bytes, or an iterable of bytes"),
        (io.StringIO("text"), "a file that is opened in binary mode"),
        (b"", "at least 1 byte long"),
        (io.BytesIO(), "at least 1 byte long"),
        ("/nowhere/video.mp4", "the path of a file that can be read"),
        ("a\0b", "the path of a file that can be read"),
        (Path("/"), "the path of a file that can be read"),
        (closed_file(), "an open file"),
    ],
)
def test_anything_else_is_refused(given: Any, allowed: str) -> None:
    with pytest.raises(RequestValidationError) as caught:
        source_of(given)
    assert caught.value.field == "source"
    assert allowed in caught.value.allowed


def test_another_size_than_the_named_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestValidationError, match="100 bytes long, as size says"):
        source_of(path_of(tmp_path), size=100)


@pytest.mark.parametrize(
    ("chunks", "size", "why"),
    [
        ([b"abc"], 2, "more than the 2 bytes"),
        ([b"abc"], 4, "only 3 of the 4 bytes"),
        ([], None, "the source is empty"),
        ([b"a", "b"], None, "must give bytes, not str"),
        ([b"a", None], None, "must give bytes, not NoneType"),
    ],
)
def test_a_stream_that_is_not_what_it_should_be_is_an_error(chunks: Iterable[Any], size: int | None, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        read(source_of(chunks, size), 0, 100)


def test_the_size_of_a_stream_can_be_named() -> None:
    source = source_of(iter([DATA]), len(DATA))
    assert source.size == len(DATA)
    assert read(source, 0, len(DATA)) == DATA
