"""A store in memory. A page costs the same wherever it is in a list, and however long the list is."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from threading import Lock
from typing import NamedTuple, TypeVar, cast

import msgspec

from fastpix.emulator.store.documents import CLOSED, Document, Documents, Row, StoreError

__all__ = ["MemoryStore"]

T = TypeVar("T", bound=Document)


class _Place(NamedTuple):
    """The key that a list is sorted by. The number is that of all documents in the order in which they were added."""

    position: float
    number: float
    id: str = ""


class _Entry(NamedTuple):
    document: Document
    parent: str
    place: _Place


class _Kind:
    """The documents of one kind: by id, and in the order of each list."""

    def __init__(self) -> None:
        self.entries: dict[str, _Entry] = {}
        self.lists: dict[str, list[_Place]] = {}

    def add(self, id: str, entry: _Entry) -> None:
        self.entries[id] = entry
        insort(self.lists.setdefault(entry.parent, []), entry.place)

    def remove(self, id: str) -> None:
        entry = self.entries.pop(id)
        places = self.lists[entry.parent]
        del places[bisect_left(places, entry.place)]
        if not places:
            del self.lists[entry.parent]


class MemoryStore:
    """A store in memory. Threads take turns."""

    waits = False

    def __init__(self) -> None:
        self._lock = Lock()
        self._documents: _MemoryDocuments | None = _MemoryDocuments()

    @contextmanager
    def transaction(self, *, write: bool) -> Generator[Documents]:  # noqa: ARG002 - of the interface
        with self._lock:
            documents = self._documents
            if documents is None:
                raise StoreError(CLOSED)
            try:
                yield documents
            except BaseException:
                for step in reversed(documents.undo):
                    step()
                raise
            finally:
                documents.undo.clear()

    def close(self) -> None:
        with self._lock:
            self._documents = None


class _MemoryDocuments:
    def __init__(self) -> None:
        self._kinds: defaultdict[type[Document], _Kind] = defaultdict(_Kind)
        self._numbers = count()
        self.undo: list[Callable[[], None]] = []
        """The steps back to the beginning of the transaction, the last one first."""

    def get(self, kind: type[T], id: str) -> T | None:
        entry = self._kinds[kind].entries.get(id)
        return None if entry is None else cast("T", entry.document)

    def put(self, id: str, document: Document, *, parent: str = "", position: float = 0) -> None:
        kind = self._kinds[type(document)]
        known = kind.entries.get(id)
        if known is None:
            kind.add(id, _Entry(document, parent, _Place(position, next(self._numbers), id)))
            self.undo.append(partial(kind.remove, id))
        else:
            kind.entries[id] = known._replace(document=document)
            self.undo.append(partial(kind.entries.__setitem__, id, known))

    def delete(self, kind: type[Document], id: str) -> None:
        known = self._kinds[kind].entries.get(id)
        if known is not None:
            self._kinds[kind].remove(id)
            self.undo.append(partial(self._kinds[kind].add, id, known))

    def clear(self, *kept: type[Document]) -> None:
        for kind in self._kinds.keys() - {*kept}:
            self.undo.append(partial(self._kinds.__setitem__, kind, self._kinds.pop(kind)))

    def count(self, kind: type[Document], parent: str = "") -> int:
        return len(self._places(kind, parent))

    def slice(self, kind: type[T], parent: str = "", *, start: int, stop: int, last_first: bool = False) -> list[T]:
        places = self._places(kind, parent)
        if last_first:
            start, stop = max(0, len(places) - stop), max(0, len(places) - start)
        found = self._at(kind, places[start:stop])
        return found[::-1] if last_first else found

    def first(self, kind: type[T], parent: str = "") -> tuple[float, str, T] | None:
        places = self._places(kind, parent)
        if not places:
            return None
        (document,) = self._at(kind, places[:1])
        return places[0].position, places[0].id, document

    def between(self, kind: type[T], parent: str = "", *, first: float, last: float) -> list[T]:
        places = self._places(kind, parent)
        start, stop = bisect_left(places, _Place(first, -1)), bisect_right(places, _Place(last, float("inf")))
        return self._at(kind, places[start:stop])

    def _places(self, kind: type[Document], parent: str) -> list[_Place]:
        return self._kinds[kind].lists.get(parent, [])

    def _at(self, kind: type[T], places: list[_Place]) -> list[T]:
        entries = self._kinds[kind].entries
        return [cast("T", entries[place.id].document) for place in places]

    def rows(self) -> Iterator[Row]:
        for kind, found in sorted(self._kinds.items(), key=lambda known: known[0].__name__):
            for id, (document, parent, place) in sorted(found.entries.items(), key=lambda entry: entry[1].place):
                yield Row(kind.__name__, id, parent, place.position, msgspec.Raw(msgspec.json.encode(document)))
