"""The files of uploads on the disk. They grow by whole blocks, and each block is hashed when it is written."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from hashlib import md5, sha256
from importlib import import_module
from os import close
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp, mkstemp
from threading import Lock, RLock
from typing import Any
from weakref import finalize

import msgspec

from fastpix.emulator.http.wire import UUID
from fastpix.emulator.storage.content_range import BLOCK, Part

__all__ = ["Digests", "Files", "StoredFile", "Writer"]

UNFINISHED = "fetched-"
"""How the name of a file begins that is being fetched."""
CHUNK = 16 * BLOCK
"""The most bytes of a file that are in memory while it is read again."""


class Digests(msgspec.Struct, frozen=True):
    """The digests of a whole file, in hexadecimal digits."""

    md5: str
    sha256: str
    crc32c: str
    """Empty without the package google_crc32c."""


class Files:
    """The files of the uploads of a local FastPix. Each file has the id of its upload as its name.

    Args:
        folder: Their folder, which is made with the first file. Default: a temporary one, which `close` removes.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._making = Lock()
        self._open: dict[str, StoredFile] = {}
        self._remove: finalize[Any, Any] | None = None

    def folder(self) -> Path:
        """Return the folder, which exists."""
        with self._making:
            if self._folder is None:
                self._folder = Path(mkdtemp(prefix="fastpix-"))
                self._remove = finalize(self, rmtree, self._folder, ignore_errors=True)
            self._folder.mkdir(mode=0o700, exist_ok=True)
            return self._folder

    def find(self, upload_id: str) -> Path | None:
        """Return the file of an upload, or ``None`` if it has none."""
        if self._folder is None or not UUID.fullmatch(upload_id):
            return None
        path = self._folder / upload_id
        return path if path.is_file() else None

    @contextmanager
    def fetching(self) -> Generator[Path]:
        """Return the path of a new file during a ``with`` block, which may `take` it. Otherwise it is deleted."""
        handle, name = mkstemp(prefix=UNFINISHED, dir=self.folder())
        close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def take(self, path: Path, upload_id: str) -> None:
        """Make a fetched file the file of an upload, or of a media."""
        path.replace(self.folder() / upload_id)

    def open(self, upload_id: str, session: str, committed: int) -> "StoredFile":
        """Return the file that a session brings. Only one thread at a time does this.

        Args:
            upload_id: The id of the upload.
            session: The secret of the session.
            committed: The number of bytes that are known to be in the file.
        """
        path, known = self.find(upload_id), self._open.get(upload_id)
        length = path.stat().st_size if path else 0
        if known is not None and known.is_of(session) and committed <= known.size <= length:
            return known
        self.release(upload_id)
        file = self._open[upload_id] = StoredFile(self, upload_id, session, committed if committed <= length else 0)
        return file

    def release(self, upload_id: str) -> None:
        """Let nothing more be written to the file of an upload."""
        known = self._open.pop(upload_id, None)
        if known is not None:
            known.stop()

    def discard(self, upload_id: str) -> None:
        """Delete the file of an upload, if there is one."""
        self.release(upload_id)
        path = self.find(upload_id)
        if path is not None:
            path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Delete all files."""
        for upload_id in {*self._open, *self._names()}:
            self.discard(upload_id)
        if self._folder is not None:
            for path in self._folder.glob(f"{UNFINISHED}*"):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let nothing more be written. Remove the folder if it is temporary."""
        for upload_id in [*self._open]:
            self.release(upload_id)
        if self._remove is not None:
            self._remove()

    def _names(self) -> Iterator[str]:
        if self._folder is not None and self._folder.is_dir():
            yield from (path.name for path in self._folder.iterdir())


class StoredFile:
    """The file of an upload, as one session brings it. Only the writer that began last can add to it.

    Args:
        files: The files that it is one of.
        upload_id: The id of its upload.
        session: The secret of the session.
        size: The number of bytes that it has.
    """

    def __init__(self, files: Files, upload_id: str, session: str, size: int) -> None:
        self._files = files
        self.upload_id = upload_id
        self.session = session
        self._hashes = _hashes()
        self._hashed = 0
        self.lock: RLock = RLock()
        self.size: int = size
        """The number of bytes that are on the disk."""
        self.writer: Writer | None = None
        """The writer that may add to the file."""

    @property
    def _path(self) -> Path:
        return self._files.folder() / self.upload_id

    def is_of(self, session: str) -> bool:
        """Return whether this is the file of a session, and more can be added to it."""
        return self.session == session and self.size % BLOCK == 0

    def stop(self) -> None:
        """Let no writer add to the file any more."""
        with self.lock:
            self.writer = None

    def append(self, writer: "Writer", content: bytes, *, is_end: bool = False) -> None:
        """Add bytes, unless another writer has begun. Nothing is left of an older file behind the end."""
        with self.lock:
            if self.writer is not writer:
                return
            self.catch_up()
            self._write(content, is_end=is_end)
            self._hash(content)
            self.size += len(content)

    def lay(self, writer: "Writer", content: bytes) -> Path | None:
        """Write the end of the file, so that it can be read. It does not count before it is appended.

        Return its path, or ``None`` if another writer has begun.
        """
        with self.lock:
            if self.writer is not writer:
                return None
            with suppress(FileNotFoundError):  # another process may have deleted it
                self._write(content, is_end=True)
                return self._path
            return None

    def catch_up(self) -> None:
        """Hash what was written by another process, or before this one started."""
        with self.lock:
            while self._hashed < self.size:
                with self._path.open("rb") as file:
                    file.seek(self._hashed)
                    content = file.read(min(CHUNK, self.size - self._hashed))
                if not content:
                    raise EOFError(f"{self._path} has lost bytes")
                self._hash(content)

    def digests(self) -> Digests:
        """Return the digests of what is in the file."""
        with self.lock:
            self.catch_up()
            return Digests(*(each and each.digest().hex() for each in self._hashes))

    def _write(self, content: bytes, *, is_end: bool) -> None:
        if not self.size:
            self._path.touch(0o600)
        with self._path.open("r+b") as file:
            file.seek(self.size)
            file.write(content)
            if is_end:
                file.truncate()

    def _hash(self, content: bytes) -> None:
        for each in self._hashes:
            if each:
                each.update(content)
        self._hashed += len(content)


class Writer:
    """Writes a part of a file, and leaves out what the file has already.

    Args:
        file: The file.
        part: The part. It begins at the end of the file, or before.
    """

    def __init__(self, file: StoredFile, part: Part) -> None:
        with file.lock:
            file.writer = self
            self._skipped = file.size - part.first
        self.file = file
        self.part = part
        self._left = part.length
        self._buffer = bytearray()

    @property
    def is_whole(self) -> bool:
        """Whether all bytes of the part have arrived."""
        return self._left == 0

    @property
    def is_last(self) -> bool:
        """Whether no other writer has begun, and the file is still wanted."""
        return self.file.writer is self

    def catch_up(self) -> None:
        """Hash all that is in the file, which can take a while after a restart."""
        with self.file.lock:
            if self.is_last:
                self.file.catch_up()

    def write(self, piece: bytes) -> None:
        """Take the next bytes of the part. All whole blocks go to the disk."""
        wanted = memoryview(piece)[: self._left]
        self._left -= len(wanted)
        self._buffer += wanted[self._skipped :]
        self._skipped -= min(self._skipped, len(wanted))
        blocks = len(self._buffer) - len(self._buffer) % BLOCK
        if blocks:
            self._append(blocks)

    def lay_end(self) -> Path | None:
        """Write what is left of the file's end, so that the whole file can be read. `finish` must follow.

        Return its path, or ``None`` if the file is not complete, or not wanted any more.
        """
        return self.file.lay(self, bytes(self._buffer)) if self.is_whole and self.part.is_final else None

    def finish(self) -> None:
        """Write what is left of the file's end."""
        self._append(len(self._buffer), is_end=True)

    def _append(self, length: int, *, is_end: bool = False) -> None:
        with memoryview(self._buffer) as buffer:
            content = bytes(buffer[:length])
        del self._buffer[:length]
        self.file.append(self, content, is_end=is_end)


def _hashes() -> tuple[Any, Any, Any]:
    """Return the objects that compute MD5, SHA-256 and CRC-32C."""
    try:
        crc32c: Any = import_module("google_crc32c").Checksum()
    except ImportError:
        crc32c = ""
    return md5(usedforsecurity=False), sha256(usedforsecurity=False), crc32c
