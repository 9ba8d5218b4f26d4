"""The documents that a local FastPix consists of, and what a store of documents can do."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar, dataclass_transform

import msgspec

__all__ = [
    "CLOSED",
    "FORMAT",
    "Document",
    "Documents",
    "Row",
    "State",
    "Store",
    "StoreBusyError",
    "StoreError",
    "kinds",
]

T = TypeVar("T", bound="Document")


@dataclass_transform(frozen_default=True)
class Document(msgspec.Struct, frozen=True):
    """The base class of everything that is stored. Each direct subclass is a kind of documents with its own ids."""


class Row(msgspec.Struct, frozen=True):
    """A document with its place in the store, as in an export."""

    kind: str
    """The name of the document's class."""
    id: str
    """The id of the document."""
    parent: str
    """The id of its owner. Empty if it has no owner."""
    position: float
    """Its position in the list of its kind and owner."""
    document: msgspec.Raw
    """The document as JSON."""


class State(msgspec.Struct, frozen=True):
    """The whole state of a local FastPix, except for its credentials."""

    format: int
    """The version of the documents."""
    documents: list[Row]
    """All documents."""


FORMAT = 4
"""The version of the documents in files and exports. A changed document needs another number."""
CLOSED = "the local FastPix is closed"


class StoreError(Exception):
    """A file cannot be used as the store of a local FastPix. The message is for people."""


class StoreBusyError(StoreError):
    """Another process has locked the file."""


class Documents(Protocol):
    """The documents inside a transaction.

    The documents of a kind and owner are a list. Its order is by position, and for equal positions the order in which
    the documents were added.
    """

    def get(self, kind: type[T], id: str) -> T | None:
        """Return the document with this id, or ``None``."""
        ...

    def put(self, id: str, document: Document, *, parent: str = "", position: float = 0) -> None:
        """Add a document, or replace the one of its kind with this id. A replaced document keeps parent and position."""
        ...

    def delete(self, kind: type[Document], id: str) -> None:
        """Delete the document with this id, if there is one."""
        ...

    def count(self, kind: type[Document], parent: str = "") -> int:
        """Return the length of a list."""
        ...

    def slice(self, kind: type[T], parent: str = "", *, start: int, stop: int, last_first: bool = False) -> list[T]:
        """Return a part of a list, from the index ``start`` up to ``stop``, in its order or in the reverse order."""
        ...

    def first(self, kind: type[T], parent: str = "") -> tuple[float, str, T] | None:
        """Return position, id and document of the first item of a list, or ``None`` if the list is empty."""
        ...

    def between(self, kind: type[T], parent: str = "", *, first: float, last: float) -> list[T]:
        """Return the part of a list with positions from ``first`` to ``last``, both included."""
        ...

    def rows(self) -> Iterator[Row]:
        """Yield all documents of all kinds, each kind in its order."""
        ...

    def clear(self, *kept: type[Document]) -> None:
        """Delete all documents except those of some kinds."""
        ...


class Store(Protocol):
    """A store of documents."""

    def transaction(self, *, write: bool) -> AbstractContextManager[Documents]:
        """Return a context manager. What happens in its block happens as a whole, or not at all if it raises.

        Args:
            write: Whether the block may change documents.

        Raises:
            StoreBusyError: The file is locked by another process.
        """
        ...

    @property
    def waits(self) -> bool:
        """Whether a transaction may wait for a disk or for another process."""
        ...

    def close(self) -> None: ...


def kinds() -> dict[str, type[Document]]:
    """Return all kinds of documents by name."""
    return {kind.__name__: kind for kind in Document.__subclasses__()}
