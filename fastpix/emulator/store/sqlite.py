"""A store in one SQLite file. Several processes may use the file at the same time."""

import os
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from typing import TypeVar
from weakref import finalize

import msgspec

from fastpix.emulator.store.documents import CLOSED, FORMAT, Document, Documents, Row, StoreBusyError, StoreError

__all__ = ["SqliteStore"]

T = TypeVar("T", bound=Document)

APPLICATION = 0x46507831
"""Marks a SQLite file as one of the local FastPix: the letters ``FPx1``."""
LARGEST = 2**63 - 1
"""The largest number that SQLite takes."""
PATIENCE = 5
"""Seconds to wait for a file that another process has locked."""
NO_WAIT = "pragma synchronous = normal"
"""A commit outlives the process, and does not wait for the disk."""
FACTS = """
select application_id, user_version, (select count(*) from sqlite_master)
from pragma_application_id, pragma_user_version
"""
NEW = f"""
pragma application_id = {APPLICATION};
pragma user_version = {FORMAT};
create table documents (
    number integer primary key,
    kind text not null,
    id text not null,
    parent text not null,
    position real not null,
    body blob not null,
    unique (kind, id)
);
create index lists on documents (kind, parent, position, number);
"""


class SqliteStore:
    """A store in one SQLite file, which is created if it does not exist. Only its owner can read a new file.

    A transaction that was committed outlives a killed process. Readers do not wait for a writer, and a writer waits up
    to 5 seconds for another one.

    Args:
        path: The file.

    Raises:
        StoreError: The file can't be opened, or another program or another version of this library wrote it.
    """

    waits = True

    def __init__(self, path: str) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._close = finalize(self, _close_all, self._idle)
        try:
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
            with self._connection() as connection:
                connection.execute("pragma journal_mode = wal")
                self._prepare(connection)
        except (sqlite3.Error, OSError) as problem:
            raise StoreError(f"{path} can't be used: {problem}") from problem

    def _prepare(self, connection: sqlite3.Connection) -> None:
        with _transaction(connection, "immediate"):
            [(application, version, tables)] = connection.execute(FACTS)
            if not tables:
                for statement in NEW.split(";"):
                    connection.execute(statement)
            elif application != APPLICATION:
                raise StoreError(f"{self._path} is not a file of this version of the local FastPix")
            elif version != FORMAT:
                raise StoreError(
                    f"{self._path} has format {version}, and this version of the local FastPix has format {FORMAT}"
                )

    @contextmanager
    def transaction(self, *, write: bool) -> Generator[Documents]:
        try:
            with self._connection() as connection, _transaction(connection, "immediate" if write else "deferred"):
                yield _SqliteDocuments(connection)
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StoreBusyError(f"{self._path} is locked by another process") from problem
            raise

    @contextmanager
    def _connection(self) -> Generator[sqlite3.Connection]:
        """Lend a connection. Each block has its own, so that a writer that waits does not stop the others."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        finally:
            self._idle.append(connection)

    def _connect(self) -> sqlite3.Connection:
        if not self._close.alive:
            raise StoreError(CLOSED)
        connection = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(NO_WAIT)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        self._close()


def _close_all(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()


@contextmanager
def _transaction(connection: sqlite3.Connection, kind: str) -> Generator[None]:
    connection.execute(f"begin {kind}")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


class _SqliteDocuments:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, kind: type[T], id: str) -> T | None:
        rows = self._run("select body from documents where kind = ? and id = ?", kind.__name__, id)
        return next((_decoded(kind, body) for (body,) in rows), None)

    def put(self, id: str, document: Document, *, parent: str = "", position: float = 0) -> None:
        values = (type(document).__name__, id, parent, position, msgspec.json.encode(document))
        self._run(
            "insert into documents (kind, id, parent, position, body) values (?, ?, ?, ?, ?) "
            "on conflict (kind, id) do update set body = excluded.body",
            *values,
        )

    def delete(self, kind: type[Document], id: str) -> None:
        self._run("delete from documents where kind = ? and id = ?", kind.__name__, id)

    def count(self, kind: type[Document], parent: str = "") -> int:
        [(number,)] = self._run("select count(*) from documents where kind = ? and parent = ?", kind.__name__, parent)
        return int(str(number))

    def slice(self, kind: type[T], parent: str = "", *, start: int, stop: int, last_first: bool = False) -> list[T]:
        order = "position desc, number desc" if last_first else "position, number"
        rows = self._run(
            f"select body from documents where kind = ? and parent = ? order by {order} limit ? offset ?",  # noqa: S608 - the order is one of two texts
            *(kind.__name__, parent, stop - start, min(start, LARGEST)),
        )
        return [_decoded(kind, body) for (body,) in rows]

    def first(self, kind: type[T], parent: str = "") -> tuple[float, str, T] | None:
        rows = self._run(
            "select position, id, body from documents where kind = ? and parent = ? order by position, number limit 1",
            *(kind.__name__, parent),
        )
        return next(((float(str(position)), str(id), _decoded(kind, body)) for position, id, body in rows), None)

    def between(self, kind: type[T], parent: str = "", *, first: float, last: float) -> list[T]:
        rows = self._run(
            "select body from documents where kind = ? and parent = ? and position between ? and ? "
            "order by position, number",
            *(kind.__name__, parent, first, last),
        )
        return [_decoded(kind, body) for (body,) in rows]

    def rows(self) -> Iterator[Row]:
        for kind, id, parent, position, body in self._run(
            "select kind, id, parent, position, body from documents order by kind, position, number"
        ):
            yield Row(str(kind), str(id), str(parent), float(str(position)), msgspec.Raw(_bytes(body)))

    def clear(self, *kept: type[Document]) -> None:
        marks = ", ".join("?" * len(kept))
        self._run(f"delete from documents where kind not in ({marks})", *(kind.__name__ for kind in kept))  # noqa: S608 - marks are question marks

    def _run(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with closing(self._connection.execute(statement, values)) as cursor:
            return cursor.fetchall()


def _decoded(kind: type[T], body: object) -> T:
    try:
        return msgspec.json.decode(_bytes(body), type=kind)
    except msgspec.ValidationError as problem:
        raise StoreError(f"the file has a {kind.__name__} that can't be read: {problem}") from problem


def _bytes(body: object) -> bytes:
    if not isinstance(body, bytes):
        raise StoreError(f"the body of a document must be bytes, not {type(body).__name__}")
    return body
