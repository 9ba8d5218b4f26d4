"""`SqliteJournal`: a journal in a file, for the processes of one machine."""

import os
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

from fastpix.journal.entries import Begun, Done, Go, InDoubt

__all__ = ["SqliteJournal", "close_all", "open_again", "write_ahead"]

FORMAT = 1
"""The version of the table. A file with another one is not used."""
BUSY_SECONDS = 60.0
"""The longest time to wait for other processes."""
TABLE = "CREATE TABLE IF NOT EXISTS items (key TEXT PRIMARY KEY, attempt INTEGER NOT NULL, begun REAL, value BLOB)"
"""An item is in doubt if ``begun`` is set, and done if ``value`` is set."""


class SqliteJournal:
    """A journal in an SQLite file. All threads and processes of one machine can use it at the same time.

    The file is made when it is first used. Only its owner can read a new file, because it holds the responses of the
    service, secrets such as stream keys included. What has begun is on the disk before its request is sent.

    Use a journal for one workspace only: it does not know which one its items are in. It can be pickled. In another
    process, it uses the same file. Do not put the file on a network drive: SQLite cannot lock files there.

    Args:
        path: The path of the file. Its folder must exist.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path).resolve()
        self._database = _databases.setdefault(self._path, _Database(self._path))

    def __reduce__(self) -> tuple[object, ...]:
        return SqliteJournal, (self._path,)

    def __repr__(self) -> str:
        return f"SqliteJournal({str(self._path)!r})"

    def begin(self, key: str) -> Begun:
        """See `Journal.begin`."""
        with self._database.transaction() as connection:
            statement = "SELECT attempt, begun, value FROM items WHERE key = ?"
            attempt, begun, value = connection.execute(statement, (key,)).fetchone() or (0, None, None)
            if value is not None:
                return Done(value)
            if begun is not None:
                return InDoubt(attempt, max(0.0, time.time() - begun))
            connection.execute("REPLACE INTO items VALUES (?, ?, ?, NULL)", (key, attempt + 1, time.time()))
            return Go(attempt + 1)

    def finish(self, key: str, attempt: int, value: bytes | None) -> None:
        """See `Journal.finish`."""
        with self._database.transaction() as connection:
            statement = "UPDATE items SET begun = NULL, value = ? WHERE key = ? AND attempt = ? AND value IS NULL"
            connection.execute(statement, (value, key, attempt))


class _Database:
    """A file, and the one connection of this process to it. All threads share it.

    SQLite allows neither a second descriptor of the file in a process, nor a connection that is open during a fork. A
    closed descriptor, and a forked child, would give up its locks.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lock = Lock()
        self._connection: sqlite3.Connection | None = None

    def __del__(self) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """Let no other thread and no other process write in the block. What it writes is on the disk after it."""
        with self.lock:
            connection = self._connection or self._connected()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the connection. The next transaction makes another one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> sqlite3.Connection:
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            write_ahead(connection)
            connection.execute("PRAGMA synchronous = FULL")
            self._check_format(connection)
            connection.execute(TABLE)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _check_format(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, FORMAT):
            raise sqlite3.DatabaseError(f"{self._path} has format {version}, and this version uses format {FORMAT}")


def write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL mode. SQLite does not wait for other processes that do the same."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


_databases: WeakValueDictionary[Path, _Database] = WeakValueDictionary()
"""The databases in use, so that journals with the same file share its connection."""
_held: list[_Database] = []
"""The databases that are locked during a fork."""


def close_all() -> None:
    """Close all connections, and let no thread make another one until `open_again`."""
    for database in [*_databases.values()]:
        database.lock.acquire()
        database.close()
        _held.append(database)


def open_again() -> None:
    """Let threads connect again."""
    while _held:
        _held.pop().lock.release()


with suppress(AttributeError):  # Windows has no fork
    os.register_at_fork(before=close_all, after_in_parent=open_again, after_in_child=open_again)
