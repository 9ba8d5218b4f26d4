"""`SqliteJournal`: the laws of a journal, threads, processes, kills and files that cannot be used."""

import os
import pickle
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from fastpix.journal import Done, Go, InDoubt, SqliteJournal
from fastpix.journal.sqlite import close_all, open_again, write_ahead
from tests.journal.laws import check_that_it_does_what_a_dict_does, check_that_one_of_many_gets_an_item

BEGIN = """
import sys
from fastpix.journal import Go, SqliteJournal
journal = SqliteJournal(sys.argv[1])
print(sum(isinstance(journal.begin(str(number)), Go) for number in range(100)))
"""
KILLED = """
import os, signal, sys
from fastpix.journal import SqliteJournal
journal = SqliteJournal(sys.argv[1])
journal.begin("done")
journal.finish("done", 1, b"value")
journal.begin("begun")
os.kill(os.getpid(), signal.SIGKILL)
"""
FORKED_IN_A_TRANSACTION = """
import os, sys, threading, time
from fastpix.journal import Go, SqliteJournal
journal = SqliteJournal(sys.argv[1])
journal.begin("parent")
def work():
    for number in range(300):
        journal.begin(str(number))
busy = threading.Thread(target=work)
busy.start()
children = []
for number in range(10):
    child = os.fork()
    if child == 0:
        os._exit(0 if journal.begin(f"child {number}") == Go(1) else 1)
    children.append(child)
busy.join()
assert all(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 for child in children)
del journal
other = SqliteJournal(sys.argv[1])
assert not any(isinstance(other.begin(f"child {number}"), Go) for number in range(10))
assert not any(isinstance(other.begin(str(number)), Go) for number in range(300))
"""
IN_ANOTHER_PROCESS = """
import sys
from fastpix.journal import SqliteJournal
print(type(SqliteJournal(sys.argv[1]).begin(sys.argv[2])).__name__)
"""
FORKED = """
import os, sys
from fastpix.journal import Go, SqliteJournal
journal = SqliteJournal(sys.argv[1])
assert journal.begin("parent") == Go(1)
child = os.fork()
if child == 0:
    assert journal.begin("child") == Go(1)
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert not isinstance(journal.begin("child"), Go)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


def run(program: str, path: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE)


def test_it_does_what_a_dict_does(path: Path) -> None:
    check_that_it_does_what_a_dict_does(SqliteJournal(path))


def test_one_of_many_gets_an_item_whether_they_share_a_journal_or_a_file(path: Path) -> None:
    check_that_one_of_many_gets_an_item(lambda: SqliteJournal(path))
    shared = SqliteJournal(path.with_name("shared.db"))
    check_that_one_of_many_gets_an_item(lambda: shared)


def test_processes_that_start_at_the_same_time_share_a_new_file(path: Path) -> None:
    running = [run(BEGIN, path) for _ in range(6)]
    begun = [int(process.communicate(timeout=60)[0]) for process in running]
    assert sum(begun) == 100


def test_a_killed_process_leaves_what_it_has_done_and_what_is_in_doubt(path: Path) -> None:
    run(KILLED, path).communicate(timeout=60)
    journal = SqliteJournal(path)
    assert journal.begin("done") == Done(b"value")
    begun = journal.begin("begun")
    assert isinstance(begun, InDoubt)
    assert begun.attempt == 1
    assert 0 <= begun.age < 60


def test_threads_that_open_a_file_at_the_same_time_keep_its_lock(path: Path) -> None:
    journal = SqliteJournal(path)
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(journal.begin, map(str, range(10))))
    for key in ("5", "other"):  # a process that ends would remove what it believes to be unused
        command = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(path), key]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        assert told == ("InDoubt" if key == "5" else "Go")
    assert isinstance(journal.begin("other"), InDoubt)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.parametrize("program", [FORKED, FORKED_IN_A_TRANSACTION])
def test_a_forked_child_has_a_connection_of_its_own(path: Path, program: str) -> None:
    process = run(program, path)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_pickle_uses_the_same_file_whatever_the_folder(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    journal = SqliteJournal("jobs.db")
    monkeypatch.chdir("/")
    journal.begin("a")
    assert isinstance(pickle.loads(pickle.dumps(journal)).begin("a"), InDoubt)
    assert repr(journal) == f"SqliteJournal({str(path)!r})"


def test_only_its_owner_can_read_the_file(path: Path) -> None:
    SqliteJournal(path).begin("a")
    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {0o600} or os.name == "nt"


def test_a_clock_that_is_set_back_makes_no_age_negative(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = SqliteJournal(path)
    journal.begin("a")
    monkeypatch.setattr("fastpix.journal.sqlite.time.time", lambda: 1.0)
    assert journal.begin("a") == InDoubt(1, 0.0)


def test_a_file_that_is_no_journal_is_not_touched(path: Path) -> None:
    path.write_bytes(b"no database, but something of the user that is a bit longer" * 100)
    before = path.read_bytes()
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        SqliteJournal(path).begin("a")
    assert path.read_bytes() == before
    with pytest.raises(FileNotFoundError):
        SqliteJournal(path.parent / "none" / "jobs.db").begin("a")


def test_a_file_that_another_process_keeps_locked_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastpix.journal.sqlite.BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            SqliteJournal(path).begin("a")
        other.execute("ROLLBACK")
        assert SqliteJournal(path).begin("a") == Go(1)


def test_journals_of_a_process_share_the_connection_to_a_file(path: Path) -> None:
    first = SqliteJournal(path)
    first.begin("a")
    files = len([*Path("/proc/self/fd").iterdir()])
    copies = [pickle.loads(pickle.dumps(first)) for _ in range(20)]
    assert all(isinstance(copy.begin("a"), InDoubt) for copy in copies)
    assert len([*Path("/proc/self/fd").iterdir()]) <= files


def test_a_transaction_that_cannot_begin_leaves_the_journal_usable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastpix.journal.sqlite.BUSY_SECONDS", 0.1)
    journal = SqliteJournal(path)
    journal.begin("a")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            journal.begin("b")
        other.execute("ROLLBACK")
    assert journal.begin("b") == Go(1)


class Busy:
    """A connection to a file that other processes switch to WAL mode at the same time."""

    def __init__(self) -> None:
        self.calls = 0

    def execute(self, statement: str) -> None:  # noqa: ARG002
        self.calls += 1
        if self.calls < 3:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error


def test_a_file_that_others_open_at_the_same_time_is_waited_for() -> None:
    busy = Busy()
    write_ahead(cast("Any", busy))
    assert busy.calls == 3


def test_the_connection_is_closed_during_a_fork_and_open_again_after_it(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.begin("a")
    before = len([*Path("/proc/self/fd").iterdir()])
    close_all()
    assert len([*Path("/proc/self/fd").iterdir()]) < before
    open_again()
    assert isinstance(journal.begin("a"), InDoubt)


def test_a_value_does_not_show() -> None:
    assert repr(Done(b"secret")) == "Done(bytes=6)"


def test_a_journal_of_a_later_version_is_refused(path: Path) -> None:
    journal = SqliteJournal(path)
    assert journal.begin("a") == Go(1)
    del journal
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(sqlite3.DatabaseError, match="has format 9, and this version uses format 1"):
        SqliteJournal(path).begin("a")


def test_a_write_that_fails_leaves_nothing_locked(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.begin("a")
    with pytest.raises(sqlite3.Error):
        journal.finish("a", 1, object())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    journal.finish("a", 1, b"value")
    assert journal.begin("a") == Done(b"value")
