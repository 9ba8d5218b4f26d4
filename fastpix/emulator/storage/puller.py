"""Fetches the files of media from their URLs, if the local FastPix is allowed to."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic, sleep
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

import httpx

from fastpix._call.redaction import redact_urls
from fastpix.emulator.model.pulls import Pull, finish_pull
from fastpix.emulator.storage.files import Files
from fastpix.emulator.storage.probe import probe
from fastpix.emulator.store.documents import Documents, StoreBusyError, StoreError
from fastpix.emulator.workspace import Workspace

__all__ = ["Puller"]

Turn: TypeAlias = Callable[[], AbstractContextManager[Workspace]]

CHUNK = 1024 * 1024
LARGEST_FILE = 20 * 1024**3
"""The most bytes of a file."""
LONGEST_FETCH = 3600
"""The seconds that fetching a file may take."""
BETWEEN_TRIES = 0.5
"""The seconds after which a file is looked at again that another process has locked."""
PATIENCE = httpx.Timeout(30.0)
"""The seconds that a server may be silent for."""
PARTING = 2.0
"""The seconds that `Puller.close` waits for the file that is being fetched."""

logger: logging.Logger = logging.getLogger("fastpix.emulator")


class Puller:
    """Fetches files, one after the other, in a thread of its own.

    Args:
        turn: Lends the workspace.
        files: Where the files go.
        pulls: Whether URLs of http and https are fetched.
        root: The folder below which ``file:`` URLs are read. ``None`` reads none.
    """

    def __init__(self, turn: Turn, files: Files, *, pulls: bool, root: Path | None) -> None:
        self._turn = turn
        self._files = files
        self._pulls = pulls
        self._root = root and root.resolve()
        self._wanted: SimpleQueue[str | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._starting = Lock()
        self._is_closed = False

    def takes(self, url: str) -> bool:
        """Return whether the file behind a URL is fetched."""
        try:
            scheme = urlsplit(url).scheme.lower()
        except ValueError:  # it is no URL
            return False
        return (scheme in ("http", "https") and self._pulls) or (scheme == "file" and self._root is not None)

    def start(self, media_id: str) -> None:
        """Let the file of a media be fetched."""
        self._wanted.put(media_id)
        with self._starting:
            if self._thread is None and not self._is_closed:
                self._thread = Thread(target=self._run, name="fastpix puller", daemon=True)
                self._thread.start()

    def go_on(self, documents: Documents) -> None:
        """Let the files be fetched that another process was to fetch when it ended."""
        for pull in documents.slice(Pull, start=0, stop=documents.count(Pull)):
            self.start(pull.media_id)

    def close(self) -> None:
        """End the thread. A file that takes longer is fetched again by the next process."""
        self._is_closed = True
        self._wanted.put(None)
        if self._thread is not None:
            self._thread.join(PARTING)

    def _run(self) -> None:
        while (media_id := self._wanted.get()) is not None and not self._is_closed:
            try:
                self._pull(media_id)
            except StoreBusyError:  # another process has locked the file
                sleep(BETWEEN_TRIES)
                self._wanted.put(media_id)
            except StoreError:  # the local FastPix is closed
                return

    def _pull(self, media_id: str) -> None:
        with self._turn() as workspace:
            pull = workspace.documents.get(Pull, media_id)
        if pull is None or not self.takes(pull.url):
            return
        with self._files.fetching() as path:
            is_fetched = self._fetch(pull, path)
            found = probe(path) if is_fetched else None
            if self._is_closed:
                return
            with self._turn() as workspace:
                if finish_pull(workspace, media_id, found, has_failed=not is_fetched):
                    self._files.take(path, media_id)

    def _fetch(self, pull: Pull, path: Path) -> bool:
        """Write the file behind a URL, and return whether it is whole."""
        try:
            with path.open("wb") as file:
                file.writelines(self._chunks(pull.url))
        except Exception as problem:  # of the URL, the server, a proxy, the disk
            told = redact_urls(str(problem))
            logger.warning("the file of the media %s could not be fetched: %s", pull.media_id, told)
            return False
        return True

    def _chunks(self, url: str) -> Iterator[bytes]:
        """Yield the bytes of a file.

        Raises:
            ValueError: It is too large, or not below the folder that may be read.
        """
        size, end = 0, monotonic() + LONGEST_FETCH
        for chunk in self._read(url) if urlsplit(url).scheme.lower() == "file" else _fetched(url):
            size += len(chunk)
            if size > LARGEST_FILE or monotonic() > end or self._is_closed:
                raise ValueError(f"it is longer than {LARGEST_FILE} bytes, or takes longer than {LONGEST_FETCH} s")
            yield chunk

    def _read(self, url: str) -> Iterator[bytes]:
        path = Path(unquote(urlsplit(url).path)).resolve()
        if self._root is None or not path.is_relative_to(self._root):
            raise ValueError(f"{path} is not below {self._root}")
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


def _fetched(url: str) -> Iterator[bytes]:
    with httpx.stream("GET", url, timeout=PATIENCE, follow_redirects=True) as response:
        response.raise_for_status()
        yield from response.iter_bytes(CHUNK)
