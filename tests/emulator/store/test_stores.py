"""The two stores of documents do the same, and each keeps its promises."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from threading import Thread
from time import perf_counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastpix.emulator.due import STEPS
from fastpix.emulator.store.documents import FORMAT, Document, Documents, Row, Store, StoreBusyError, StoreError, kinds
from fastpix.emulator.store.memory import MemoryStore
from fastpix.emulator.store.sqlite import SqliteStore
from fastpix.emulator.workspace import Credentials
from tests.lengths import length


class Note(Document):
    text: str


class Mark(Document):
    number: int


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with closing(MemoryStore() if request.param == "memory" else SqliteStore(str(tmp_path / "a.db"))) as store:
        yield store


IDS = st.sampled_from("abcdef")
PARENTS = st.sampled_from(["", "p", "q"])
POSITIONS = st.sampled_from([0.0, 1.0, 1.5, 2.0])
ACTIONS = st.one_of(
    st.tuples(st.just("put"), IDS, PARENTS, POSITIONS, st.booleans()),
    st.tuples(st.just("delete"), IDS, st.booleans()),
    st.tuples(st.just("fail"), IDS, PARENTS, POSITIONS, st.booleans()),
    st.tuples(st.just("clear"), st.booleans()),
    st.tuples(st.just("fail to clear"), st.booleans()),
)


class UndoError(Exception):
    pass


def fail() -> None:
    raise UndoError


def kind(is_note: bool) -> type[Document]:
    return Note if is_note else Mark


def act(store: Store, number: int, action: tuple[object, ...]) -> None:
    try:
        with store.transaction(write=True) as documents:
            match action:
                case ("put" | "fail" as what, str(id), str(parent), float(position), bool(is_note)):
                    document = Note(str(number)) if is_note else Mark(number)
                    documents.put(id, document, parent=parent, position=position)
                    if what == "fail":
                        documents.delete(kind(not is_note), id)
                        documents.put("new", document)
                        fail()
                case ("delete", str(id), bool(is_note)):
                    documents.delete(kind(is_note), id)
                case ("clear" | "fail to clear" as what, bool(is_note)):
                    documents.clear(kind(is_note))
                    if what != "clear":
                        documents.put("new", Note("new"))
                        fail()
                case _:
                    raise AssertionError(action)
    except UndoError:
        pass


def contents(documents: Documents) -> object:
    """Return everything that can be read from a store."""
    lists = [
        [
            documents.count(kind, parent),
            documents.first(kind, parent),
            documents.slice(kind, parent, start=0, stop=2),
            documents.slice(kind, parent, start=1, stop=9),
            documents.slice(kind, parent, start=1, stop=3, last_first=True),
            documents.slice(kind, parent, start=20, stop=30, last_first=True),
            documents.between(kind, parent, first=1, last=1.5),
            documents.between(kind, parent, first=0, last=float("inf")),
        ]
        for kind in (Note, Mark)
        for parent in ("", "p", "q")
    ]
    one_by_one = [documents.get(kind, id) for kind in (Note, Mark) for id in "abcdef"]
    return lists, one_by_one, sorted(documents.rows(), key=lambda row: (row.kind, row.id))


@settings(max_examples=length(short=20, whole=100, long=1000))
@given(st.lists(ACTIONS, max_size=30))
def test_both_stores_do_the_same(tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[object, ...]]) -> None:
    memory, file = MemoryStore(), SqliteStore(str(tmp_path_factory.mktemp("stores") / "a.db"))
    for number, action in enumerate(actions):
        for store in (memory, file):
            act(store, number, action)
        with memory.transaction(write=False) as one, file.transaction(write=False) as other:
            assert contents(one) == contents(other)
    file.close()


def test_a_list_is_ordered_by_position_and_then_by_age(store: Store) -> None:
    with store.transaction(write=True) as documents:
        for id, position in (("late", 2), ("first", 1), ("second", 1)):
            documents.put(id, Note(id), position=position)
        documents.put("first", Note("again"), position=9, parent="elsewhere")
        assert [note.text for note in documents.slice(Note, start=0, stop=9)] == ["again", "second", "late"]


def test_a_transaction_that_raises_changes_nothing(store: Store) -> None:
    with store.transaction(write=True) as documents:
        documents.put("a", Note("before"))
    act(store, 1, ("fail", "a", "", 0.0, True))
    with store.transaction(write=False) as documents:
        assert (documents.get(Note, "a"), documents.get(Note, "new")) == (Note("before"), None)


def test_rows_are_what_was_put(store: Store) -> None:
    with store.transaction(write=True) as documents:
        documents.put("a", Note("x"), parent="p", position=1.5)
        assert [*documents.rows()] == [Row("Note", "a", "p", 1.5, msgspec.Raw(b'{"text":"x"}'))]
        documents.put("", Credentials("u", "p"))
        documents.clear(Credentials)
        assert [row.kind for row in documents.rows()] == ["Credentials"]
    assert {"Note", "Mark", "Credentials", "MediaRecord"} <= kinds().keys()


def test_threads_take_turns(store: Store) -> None:
    def count() -> None:
        for _ in range(50):
            with store.transaction(write=True) as documents:
                mark = documents.get(Mark, "n") or Mark(0)
                documents.put("n", Mark(mark.number + 1))

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.transaction(write=False) as documents:
        assert documents.get(Mark, "n") == Mark(200)


def test_a_page_in_memory_costs_the_same_everywhere() -> None:
    """First, middle and last page of 100,000 cost at most 3 times the first page of 100."""

    def filled(number: int) -> MemoryStore:
        store = MemoryStore()
        with store.transaction(write=True) as documents:
            for index in range(number):
                documents.put(str(index), Mark(index), position=index)
        return store

    def cost(store: MemoryStore, start: int) -> float:
        fastest = float("inf")
        with store.transaction(write=False) as documents:
            for _ in range(300):
                before = perf_counter()
                documents.slice(Mark, start=start, stop=start + 50, last_first=True)
                documents.count(Mark)
                fastest = min(fastest, perf_counter() - before)
        return fastest

    few, many = filled(100), filled(100_000)
    usual = cost(few, 0)
    for start in (0, 50_000, 99_950):
        assert cost(many, start) <= 3 * usual


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with closing(SqliteStore(str(tmp_path / "a.db"))) as store, store.transaction(write=True) as documents:
        documents.put("a", Note("secret"))
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        (["create table documents (a)"], "is not a file of this version of the local FastPix"),
        (["pragma application_id = 5", "create table a (a)"], "is not a file of this version of the local FastPix"),
        (
            ["pragma application_id = 1179678769", "pragma user_version = 99", "create table a (a)"],
            f"has format 99, and this version of the local FastPix has format {FORMAT}",
        ),
    ],
)
def test_a_file_of_another_program_or_version_is_told(tmp_path: Path, contents: list[str], told: str) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        for statement in contents:
            connection.execute(statement)
    with pytest.raises(StoreError, match=told):
        SqliteStore(str(path))


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("hello " * 1000)
    with pytest.raises(StoreError, match=r"a\.db can't be used: file is not a database"):
        SqliteStore(str(tmp_path / "a.db"))


def test_a_locked_file_refuses_writers_and_not_readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastpix.emulator.store.sqlite.PATIENCE", 0.01)
    path = str(tmp_path / "a.db")
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreBusyError, match="locked by another process"), store.transaction(write=True):
            raise AssertionError
        with store.transaction(write=False) as documents:
            assert documents.get(Note, "a") is None
        other.execute("rollback")
        with store.transaction(write=True) as documents:
            documents.put("a", Note("x"))


def test_another_mistake_is_no_lock(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path)) as other:
        other.execute("drop table documents")
        with pytest.raises(sqlite3.OperationalError, match="no such table"), store.transaction(write=True) as documents:
            documents.get(Note, "a")


WRITER = """
import os, sys
from fastpix.emulator.store.sqlite import SqliteStore
from tests.emulator.store.test_stores import Mark
store, number = SqliteStore(sys.argv[1]), 0
while True:
    with store.transaction(write=True) as documents:
        documents.put(str(number), Mark(number))
    os.write(1, b"%d\\n" % number)  # this document is acknowledged
    number += 1
"""


@pytest.mark.parametrize("written", [1, 7, 100])
def test_a_killed_process_loses_nothing_that_it_acknowledged(tmp_path: Path, written: int) -> None:
    path = str(tmp_path / "a.db")
    with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(written):
            process.stdout.readline()
        process.kill()
        acknowledged = written + len(process.stdout.read().splitlines())
    with closing(SqliteStore(path)) as store, store.transaction(write=False) as documents:
        assert all(documents.get(Mark, str(number)) == Mark(number) for number in range(acknowledged))
        assert documents.count(Mark) >= acknowledged


COUNTER = """
import sys
from fastpix.emulator.store.sqlite import SqliteStore
from tests.emulator.store.test_stores import Mark
store = SqliteStore(sys.argv[1])
for _ in range(100):
    with store.transaction(write=True) as documents:
        mark = documents.get(Mark, "n") or Mark(0)
        documents.put("n", Mark(mark.number + 1))
"""


def test_processes_share_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    processes = [subprocess.Popen([sys.executable, "-c", COUNTER, path]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    with closing(SqliteStore(path)) as store, store.transaction(write=False) as documents:
        assert documents.get(Mark, "n") == Mark(300)


def test_a_document_that_is_not_bytes_is_told(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path)) as other:
        other.execute("insert into documents values (1, 'Note', 'a', '', 0, 'text')")
        other.commit()
        with pytest.raises(StoreError, match="must be bytes, not str"), store.transaction(write=False) as documents:
            documents.get(Note, "a")


def test_an_existing_empty_file_is_used(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch(0o640)
    SqliteStore(str(path)).close()
    assert path.stat().st_size > 0


def test_a_document_of_another_form_is_told(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path)) as other:
        other.execute("insert into documents values (1, 'Note', 'a', '', 0, ?)", (b'{"words":1}',))
        other.commit()
        with pytest.raises(StoreError, match="a Note that can't be read"), store.transaction(write=False) as documents:
            documents.get(Note, "a")


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="the local FastPix is closed"), store.transaction(write=False):
        raise AssertionError


DOCUMENTS = {FORMAT: "3b33862aef1641c8"}


def test_the_documents_are_those_of_their_format() -> None:
    """A change of the documents needs another number in `FORMAT`, since files and exports have the old ones."""
    stored = [kind for kind in kinds().values() if kind.__module__.startswith("fastpix.")]
    fields = [f"{kind.__name__}.{name}" for kind in stored for name in kind.__struct_fields__]
    assert DOCUMENTS[FORMAT] == sha256("\n".join(sorted([*fields, *STEPS])).encode()).hexdigest()[:16]
