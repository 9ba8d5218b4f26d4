"""`upload_once`: each file is uploaded once, even if the process is killed at any moment."""

import pickle
from hashlib import sha256
from pathlib import Path

import pytest

from fastpix import AsyncFastpixCore, FastpixCore, Success, many
from fastpix.api.media import media_list
from fastpix.api.uploads import PushMediaSettings, uploads_create
from fastpix.emulator import Emulator, Seed, SeedMedia
from fastpix.errors import JournalError, RequestValidationError, UploadFailedError
from fastpix.jobs import UploadOnce, upload_once
from fastpix.jobs.rows import KEY
from fastpix.journal import Go, InDoubt, SqliteJournal
from fastpix.uploads import UploadControl, Uploaded
from tests.emulator.acts import core_on

CONTENT = b"video" * 100_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "talk.mp4"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def once(tmp_path: Path) -> UploadOnce:
    settings = PushMediaSettings("public", metadata={"show": "news"})
    return upload_once(settings, journal=SqliteJournal(tmp_path / "jobs.db"), state_folder=tmp_path)


def is_there(emulator: Emulator, uploaded: Uploaded) -> bool:
    [media] = media_list(core_on(emulator)).unwrap().data
    stored = emulator.file_of(uploaded.upload_id)
    is_equal = stored is not None and sha256(stored.read_bytes()).digest() == sha256(CONTENT).digest()
    return is_equal and media.id == uploaded.upload_id


def nothing(*arguments: object) -> None: ...


def creations(emulator: Emulator) -> int:
    return sum(sent.operation_id == uploads_create.endpoint.id for sent in emulator.sent)


def test_a_file_is_uploaded_once(emulator: Emulator, core: FastpixCore, once: UploadOnce, file: Path) -> None:
    first = once(core, file).unwrap()
    file.unlink()  # what is done is not read again
    assert once(core, file) == Success(first)
    assert is_there(emulator, first)
    [media] = media_list(core).unwrap().data
    assert media.metadata == {"show": "news", KEY: str(file)}


@pytest.mark.anyio
async def test_with_an_async_core_it_is_awaited(
    emulator: Emulator, async_core: AsyncFastpixCore, once: UploadOnce, file: Path
) -> None:
    uploaded = (await once(async_core, str(file))).unwrap()
    assert await once(async_core, str(file)) == Success(uploaded)
    assert is_there(emulator, uploaded)


def test_a_broken_upload_goes_on(emulator: Emulator, core: FastpixCore, once: UploadOnce, file: Path) -> None:
    emulator.fail("upload", [403])
    assert not isinstance(once(core, file), Success)
    assert is_there(emulator, once(core, file).unwrap())
    assert creations(emulator) == 1


def test_an_upload_that_was_killed_between_its_end_and_the_journal_is_found(
    emulator: Emulator, core: FastpixCore, once: UploadOnce, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(SqliteJournal, "finish", nothing)
        first = once(core, file).unwrap()
    again = once(core, file).unwrap()
    assert (again.upload_id, again.size) == (first.upload_id, len(CONTENT))
    assert is_there(emulator, again)
    assert creations(emulator) == 1


def test_an_upload_that_was_killed_before_it_began_begins(
    emulator: Emulator, core: FastpixCore, once: UploadOnce, file: Path, tmp_path: Path
) -> None:
    journal = SqliteJournal(tmp_path / "jobs.db")
    journal.begin(f"upload:{file}")
    assert isinstance(journal.begin(f"upload:{file}"), InDoubt)
    assert is_there(emulator, once(core, file).unwrap())


def test_an_upload_that_cannot_go_on_begins_anew_and_a_failed_media_is_no_success(
    emulator: Emulator, core: FastpixCore, once: UploadOnce, file: Path, tmp_path: Path
) -> None:
    emulator.seed(Seed(media=[SeedMedia(status="Failed", metadata={KEY: str(file)})]))
    journal = SqliteJournal(tmp_path / "jobs.db")
    journal.begin(f"upload:{file}")
    assert once(core, file).unwrap().size == len(CONTENT)
    assert creations(emulator) == 1


def test_a_file_that_changes_meanwhile_is_still_begun(
    emulator: Emulator, core: FastpixCore, once: UploadOnce, file: Path, tmp_path: Path
) -> None:
    emulator.fail("upload", [403])
    once(core, file)
    file.write_bytes(b"other" * 1000)
    error = once(core, file).failure()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "source"
    assert isinstance(SqliteJournal(tmp_path / "jobs.db").begin(f"upload:{file}"), InDoubt)


def test_a_cancelled_upload_may_begin_again(core: FastpixCore, file: Path, tmp_path: Path) -> None:
    journal, control = SqliteJournal(tmp_path / "jobs.db"), UploadControl()
    control.cancel()
    cancelled = upload_once(PushMediaSettings("public"), journal=journal, state_folder=tmp_path, control=control)
    assert isinstance(cancelled(core, file).failure(), UploadFailedError)
    assert journal.begin(f"upload:{file}") == Go(2)


def test_a_file_that_is_gone_after_its_upload_was_in_doubt_is_named(
    core: FastpixCore, once: UploadOnce, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(SqliteJournal, "finish", nothing)
        once(core, file).unwrap()
    file.unlink()
    error = once(core, file).failure()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "source"


def test_failures_are_those_of_an_upload_and_of_the_journal(
    core: FastpixCore, once: UploadOnce, tmp_path: Path
) -> None:
    assert isinstance(once(core, tmp_path / "none.mp4").failure(), RequestValidationError)
    broken = upload_once(PushMediaSettings("public"), journal=SqliteJournal(tmp_path / "j"), state_folder=tmp_path)
    (tmp_path / "j").mkdir()
    error = broken(core, tmp_path / "none.mp4").failure()
    assert isinstance(error, JournalError)
    assert error.function == "upload_once"


def test_it_can_be_pickled_and_many_calls_it(
    emulator: Emulator, core: FastpixCore, once: UploadOnce, tmp_path: Path
) -> None:
    copy: UploadOnce = pickle.loads(pickle.dumps(once))
    paths = [tmp_path / f"{number}.mp4" for number in range(6)]
    for path in paths:
        path.write_bytes(path.name.encode() * 1000)
    found = {path: result.unwrap() for path, result in many(copy)(core, paths)}
    stored = {path: emulator.file_of(uploaded.upload_id) for path, uploaded in found.items()}
    assert all(there is not None and there.read_bytes() == Path(path).read_bytes() for path, there in stored.items())
