"""The storage of the local FastPix: documents in SQLite, in memory or in a file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from threading import Lock
from typing import Literal, TypeVar
from weakref import finalize

import msgspec

from fastpix.api.common import Page, Pagination

__all__ = ["Store"]

T = TypeVar("T", bound=msgspec.Struct)

_SCHEMA = """
create table if not exists documents (
    number integer primary key autoincrement,
    kind text not null,
    id text not null,
    parent text not null,
    body blob not null,
    unique (kind, id)
)
"""


class Store:
    """A store of documents by kind and id, in the order in which they were added.

    Args:
        path: The SQLite file. Default: in memory.
    """

    def __init__(self, path: str = ":memory:") -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._close = finalize(self, self._connection.close)
        self._lock = Lock()
        self._run(_SCHEMA)

    def close(self) -> None:
        self._close()

    def put(self, kind: type[msgspec.Struct], id: str, document: msgspec.Struct, *, parent: str = "") -> None:
        """Add a document, or replace the document that has this id.

        A replaced document keeps its position and its parent.

        Args:
            kind: The class of the document. Each kind has its own ids.
            id: The id of the document.
            document: The document.
            parent: The id of its owner. Default: no owner.
        """
        self._run(
            "insert into documents (kind, id, parent, body) values (?, ?, ?, ?) "
            "on conflict (kind, id) do update set body = excluded.body",
            kind.__name__,
            id,
            parent,
            msgspec.json.encode(document),
        )

    def get(self, kind: type[T], id: str) -> T | None:
        rows = self._run("select body from documents where kind = ? and id = ?", kind.__name__, id)
        return next(_decoded(kind, rows), None)

    def delete(self, kind: type[msgspec.Struct], id: str) -> None:
        self._run("delete from documents where kind = ? and id = ?", kind.__name__, id)

    def clear(self, *kinds: type[msgspec.Struct]) -> None:
        for kind in kinds:
            self._run("delete from documents where kind = ?", kind.__name__)

    def page(
        self, kind: type[T], *, limit: int, number: int, order: Literal["asc", "desc"], parent: str = ""
    ) -> Page[T]:
        """Return a page of the documents of a kind and parent, in the order in which they were added.

        Args:
            kind: The class of the documents.
            limit: The number of documents on a page.
            number: The number of the page, from 1. A page after the last one is empty.
            order: ``asc`` for the oldest document first, ``desc`` for the newest first.
            parent: The id of their owner. Default: the documents without an owner.
        """
        where = (kind.__name__, parent)
        [(total,)] = self._run("select count(*) from documents where kind = ? and parent = ?", *where)
        rows = self._run(
            f"select body from documents where kind = ? and parent = ? order by number {order} limit ? offset ?",  # noqa: S608 - order is one of two words
            *where,
            limit,
            (number - 1) * limit,
        )
        pages = -(-int(str(total)) // limit)
        pagination = Pagination(total_records=int(str(total)), current_offset=number, offset_count=pages)
        return Page(data=list(_decoded(kind, rows)), pagination=pagination, success=True)

    def _run(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with self._lock, closing(self._connection.execute(statement, values)) as cursor:
            return cursor.fetchall()


def _decoded(kind: type[T], rows: list[tuple[object, ...]]) -> Iterator[T]:
    return (msgspec.json.decode(body, type=kind) for (body,) in rows if isinstance(body, bytes))
