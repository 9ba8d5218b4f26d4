"""`SqliteJournal`: a journal in a file, for the processes of one machine."""

import os
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

from fastpix._http.per_process import PerProcess
from fastpix.journal.entries import Begun, Done, Go, InDoubt

__all__ = ["SqliteJournal"]

FORMAT = 1
"""The version of the table. A file with another one is not used."""
BUSY_SECONDS = 60.0
"""The longest time to wait for other processes."""
TABLE = "CREATE TABLE IF NOT EXISTS items (key TEXT PRIMARY KEY, attempt INTEGER NOT NULL, begun REAL, value BLOB)"
"""An item is in doubt if ``begun`` is set, and done if ``value`` is set."""


class SqliteJournal:
    """A journal in an SQLite file. All threads and processes of one machine can use it at the same time.

    The file is made when it is first used. Only its owner can read it, because it holds the responses of the service,
    secrets such as stream keys included. What has begun is on the disk before its request is sent.

    It can be pickled. In another process, it uses the same file. Do not put the file on a network drive: SQLite cannot lock
    files there.

    Args:
        path: The path of the file. Its folder must exist.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path).absolute()
        usual = PerProcess(partial(_Database, self._path), _Database.close)
        self._of_process = _of_paths.setdefault(self._path, usual)

    def __reduce__(self) -> tuple[object, ...]:
        return SqliteJournal, (self._path,)

    def __repr__(self) -> str:
        return f"SqliteJournal({str(self._path)!r})"

    def begin(self, key: str) -> Begun:
        """See `Journal.begin`."""
        database = self._of_process.get()
        with database.locked():
            known = database.find(key)
            if isinstance(known, Go):
                database.begin(key, known.attempt)
            return known

    def finish(self, key: str, attempt: int, value: bytes | None) -> None:
        """See `Journal.finish`."""
        database = self._of_process.get()
        with database.locked():
            database.finish(key, attempt, value)


class _Database:
    """The connection of a process. Its threads share it."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._connection = sqlite3.connect(path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._write_ahead()
        self._connection.execute("PRAGMA synchronous = FULL")
        with self.locked():
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            if version not in (0, FORMAT):
                raise sqlite3.DatabaseError(f"{path} has format {version}, and this version uses format {FORMAT}")
            self._connection.execute(TABLE)
            self._connection.execute(f"PRAGMA user_version = {FORMAT}")

    def _write_ahead(self) -> None:
        """Switch the file to WAL mode. SQLite does not wait for other processes that do the same."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    @contextmanager
    def locked(self) -> Generator[None]:
        """Let no other thread and no other process write in the block. What it writes is on the disk after it."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def find(self, key: str) -> Begun:
        """Return what is known of an item, with the number of the next attempt if it may begin."""
        statement = "SELECT attempt, begun, value FROM items WHERE key = ?"
        attempt, begun, value = self._connection.execute(statement, (key,)).fetchone() or (0, None, None)
        if value is not None:
            return Done(value)
        return Go(attempt + 1) if begun is None else InDoubt(attempt, max(0.0, time.time() - begun))

    def begin(self, key: str, attempt: int) -> None:
        self._connection.execute("REPLACE INTO items VALUES (?, ?, ?, NULL)", (key, attempt, time.time()))

    def finish(self, key: str, attempt: int, value: bytes | None) -> None:
        statement = "UPDATE items SET begun = NULL, value = ? WHERE key = ? AND attempt = ? AND begun IS NOT NULL"
        self._connection.execute(statement, (value, key, attempt))

    def close(self) -> None:
        self._connection.close()


_of_paths: WeakValueDictionary[Path, PerProcess[_Database]] = WeakValueDictionary()
"""The databases in use. A journal that arrives in a process as a pickle uses the connection that is there."""
