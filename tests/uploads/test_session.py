"""The state file of an upload."""

import os
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fastpix.errors import ConfigurationError, UploadFailedError
from fastpix.uploads import UploadSession
from fastpix.uploads.session import SavedUpload, StateFile, check_unchanged
from fastpix.uploads.sources import Fingerprint

SESSION = UploadSession("3fc1d54b-aa88-41df-bcf9-0cf7b66e75dd", "https://storage.example/?upload_id=secret-session")
SOURCE = Fingerprint(1000, 1_700_000_000_000_000_000, "ab" * 32)


def test_a_state_is_read_as_it_was_written_and_only_by_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "talk.upload"
    state = StateFile(path)
    assert state.read() is None
    state.write(SESSION, SOURCE)
    state.write(SESSION, SOURCE)
    assert state.read() == SavedUpload(1, SESSION, SOURCE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [*tmp_path.iterdir()] == [path]
    state.remove()
    state.remove()
    assert state.read() is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"format":1}', b"[" * 10_000])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "talk.upload"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"talk\.upload' cannot be used: it is not the state of an upload"):
        StateFile(path).read()


def test_a_file_of_somebody_else_is_not_written_to(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    for number in range(os.getpid() - 5, os.getpid() + 5):
        (tmp_path / f"talk.upload.{number}.new").symlink_to(victim)
    StateFile(tmp_path / "talk.upload").write(SESSION, SOURCE)
    assert victim.read_text() == "mine"
    assert not (tmp_path / "talk.upload").is_symlink()


@pytest.mark.parametrize("given", [7, None])
def test_what_is_no_path_is_refused(given: Any) -> None:
    with pytest.raises(ConfigurationError, match="state_file must be a path, not"):
        StateFile.at(given)


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "talk.upload"
    path.write_bytes(msgspec.json.encode(SavedUpload(2, SESSION, SOURCE)))
    with pytest.raises(ConfigurationError, match="it has format 2, and this version reads format 1"):
        StateFile(path).read()


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    for path in (tmp_path, Path("a\0b")):
        with pytest.raises(ConfigurationError, match="cannot be used"):
            StateFile(path).read()
    with pytest.raises(ConfigurationError, match="cannot be used"):
        StateFile(tmp_path / "nowhere" / "talk.upload").write(SESSION, SOURCE)
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be used"):
        StateFile(tmp_path / "folder").write(SESSION, SOURCE)
    assert [*tmp_path.iterdir()] == [tmp_path / "folder"]


@pytest.mark.parametrize(
    ("now", "what"),
    [
        (Fingerprint(1001, SOURCE.modified, SOURCE.ends), "size"),
        (Fingerprint(1000, 5, SOURCE.ends), "time of change"),
        (Fingerprint(1000, SOURCE.modified, "cd" * 32), "content"),
    ],
)
def test_a_changed_source_is_refused(now: Fingerprint, what: str) -> None:
    check_unchanged(SOURCE, SOURCE)
    with pytest.raises(UploadFailedError, match=f"the {what} of the source has changed") as caught:
        check_unchanged(SOURCE, now)
    assert caught.value.reason == "source"


def test_a_session_hides_its_url_and_can_be_sent_to_another_process() -> None:
    assert repr(SESSION) == f"UploadSession(upload_id='{SESSION.upload_id}', url='...', is_open=True)"
    assert "secret-session" not in repr(SavedUpload(1, SESSION, SOURCE))
    assert msgspec.json.decode(msgspec.json.encode(SESSION), type=UploadSession) == SESSION
