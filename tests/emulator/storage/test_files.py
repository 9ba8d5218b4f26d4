"""The files of uploads on the disk."""

import stat
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from fastpix.emulator import Emulator, Seed, SeedMedia
from fastpix.emulator.storage.content_range import Part
from fastpix.emulator.storage.files import Files, Writer
from tests.emulator.acts import NOWHERE
from tests.emulator.storage.acts import (
    BLOCK,
    FILE,
    arrived,
    id_of,
    new_browser_upload,
    new_upload,
    progress,
    put,
    put_part,
    refusal,
    stored,
)

SIZE = len(FILE)


def web_on(emulator: Emulator) -> httpx.Client:
    auth = (emulator.username, emulator.password)
    return httpx.Client(transport=emulator.transport(), base_url="https://api.fastpix.com", auth=auth)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "fastpix.db")


@pytest.fixture(params=["memory", "file"])
def emulator(request: pytest.FixtureRequest, path: str) -> Iterator[Emulator]:
    with closing(Emulator(":memory:" if request.param == "memory" else path)) as emulator:
        yield emulator


@pytest.fixture
def web(emulator: Emulator) -> httpx.Client:
    return web_on(emulator)


def folder_of(emulator: Emulator, url: str) -> Path:
    path = emulator.file_of(id_of(url))
    assert path is not None
    return path.parent


def test_a_folder_in_memory_ends_with_its_emulator() -> None:
    emulator = Emulator()
    url = new_upload(web_on(emulator))
    put(web_on(emulator), url, None, FILE)
    folder = folder_of(emulator, url)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    emulator.close()
    assert not folder.exists()
    assert emulator.file_of(id_of(url)) is None
    Emulator().close()


def test_files_beside_a_database_are_for_its_owner_alone_and_stay(path: str) -> None:
    with closing(Emulator(path)) as emulator:
        url = new_upload(web_on(emulator))
        folder = Path(f"{path}.uploads")
        assert not folder.exists()
        put(web_on(emulator), url, None, FILE)
        assert folder_of(emulator, url) == folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]
    assert (folder / id_of(url)).read_bytes() == FILE


def test_an_upload_goes_on_after_a_restart(path: str) -> None:
    with closing(Emulator(path)) as emulator:
        url = new_upload(web_on(emulator))
        put_part(web_on(emulator), url, 0, 2 * BLOCK)
    with (Path(f"{path}.uploads") / id_of(url)).open("ab") as file:  # as a process that was killed leaves it
        file.write(bytes(2 * BLOCK))
    with closing(Emulator(path)) as emulator:
        web = web_on(emulator)
        assert arrived(web, url) == 2 * BLOCK
        assert put_part(web, url, 2 * BLOCK, SIZE).status_code == 200
        assert stored(web, url)["sha256"] == sha256(FILE).hexdigest()
        assert (Path(f"{path}.uploads") / id_of(url)).read_bytes() == FILE


def test_a_file_that_is_there_already_is_completed_after_a_restart(path: str) -> None:
    with closing(Emulator(path)) as emulator:
        url = new_upload(web_on(emulator))
        put_part(web_on(emulator), url, 0, BLOCK, "*")
    with closing(Emulator(path)) as emulator:
        web = web_on(emulator)
        assert put_part(web, url, 0, BLOCK, BLOCK).status_code == 200
        assert stored(web, url)["sha256"] == sha256(FILE[:BLOCK]).hexdigest()


def test_two_processes_take_turns(path: str) -> None:
    with closing(Emulator(path)) as one, closing(Emulator(path)) as other:
        browser = new_browser_upload(web_on(one))
        url: str = web_on(one).post(browser, headers={"x-goog-resumable": "start"}).headers["location"]
        put_part(web_on(one), url, 0, BLOCK)
        assert progress(put_part(web_on(other), url, BLOCK, 2 * BLOCK)) == 2 * BLOCK
        assert progress(put_part(web_on(one), url, 2 * BLOCK, 3 * BLOCK)) == 3 * BLOCK
        url = web_on(one).post(browser, headers={"x-goog-resumable": "start"}).headers["location"]
        assert arrived(web_on(other), url) == 0
        put_part(web_on(one), url, 0, BLOCK)
        assert put_part(web_on(other), url, BLOCK, SIZE).status_code == 200
        path_of = one.file_of(id_of(url))
        assert path_of is not None
        assert path_of.read_bytes() == FILE
        assert stored(web_on(one), url)["sha256"] == sha256(FILE).hexdigest()


def test_a_file_that_is_lost_begins_again(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    put_part(web, url, 0, 2 * BLOCK)
    (folder_of(emulator, url) / id_of(url)).unlink()
    assert refusal(put_part(web, url, 2 * BLOCK, SIZE))[0] == 400
    assert arrived(web, url) == 0
    assert put(web, url, None, FILE).status_code == 200
    assert (folder_of(emulator, url) / id_of(url)).read_bytes() == FILE


def test_a_reset_deletes_all_files(emulator: Emulator, web: httpx.Client) -> None:
    url, complete = new_upload(web), new_upload(web)
    put_part(web, url, 0, BLOCK)
    put(web, complete, None, FILE)
    folder = folder_of(emulator, url)
    emulator.reset()
    assert [*folder.iterdir()] == []
    assert refusal(put(web, url, "*/*"))[0] == 404
    assert emulator.uploads() == []
    put(web, new_upload(web), None, FILE)


def test_only_files_of_uploads_are_deleted(path: str) -> None:
    with closing(Emulator(path)) as emulator:
        web = web_on(emulator)
        url = new_upload(web)
        put(web, url, None, FILE)
        folder = folder_of(emulator, url)
        (folder / "notes").touch()
        emulator.reset()
        assert [file.name for file in folder.iterdir()] == ["notes"]


def test_an_import_has_no_files(emulator: Emulator, web: httpx.Client) -> None:
    url, complete, started = new_upload(web), new_upload(web), new_upload(web)
    put_part(web, url, 0, BLOCK)
    put(web, complete, None, FILE)
    exported = msgspec.json.encode(emulator.export_state())
    put_part(web, started, 0, BLOCK)
    emulator.import_state(msgspec.json.decode(exported, type=type(emulator.export_state())))
    assert arrived(web, url) == 0
    assert put(web, complete, "*/*").status_code == 200
    assert emulator.file_of(id_of(complete)) is None
    assert refusal(put_part(web, url, BLOCK, SIZE))[0] == 400
    assert put(web, url, None, FILE).status_code == 200


def test_an_import_with_an_id_that_is_a_path_touches_nothing(emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    put(web_on(emulator), new_upload(web_on(emulator)), None, FILE)
    media_id, *_ = emulator.seed(Seed(media=[SeedMedia()])).media_ids
    text = msgspec.json.encode(emulator.export_state()).decode().replace(media_id, "../mine")
    emulator.import_state(msgspec.json.decode(text, type=type(emulator.export_state())))
    assert emulator.file_of("../mine") is None
    assert (tmp_path / "mine").exists()


@pytest.mark.parametrize("wrong", ["{folder}/victim", "../victim", "00000000-0000-4000-8000-000000000000"])
def test_an_import_with_an_upload_that_is_a_path_is_refused(emulator: Emulator, tmp_path: Path, wrong: str) -> None:
    upload_id = new_upload(web_on(emulator)).partition("?")[0].rpartition("/")[2]
    state = emulator.export_state()
    documents = [
        replace(row, document=msgspec.Raw(bytes(row.document).replace(upload_id.encode(), victim)))
        if row.kind == "UploadedFile"
        else row
        for victim in [wrong.format(folder=tmp_path).encode()]
        for row in state.documents
    ]
    with pytest.raises(msgspec.ValidationError, match="the id of an upload must be a UUID"):
        emulator.import_state(replace(state, documents=documents))


class Checksum:
    """What google_crc32c.Checksum does, with another polynomial."""

    def __init__(self) -> None:
        self._value = 0

    def update(self, content: bytes) -> None:
        assert isinstance(content, bytes)
        self._value = crc32(content, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


@pytest.mark.parametrize("library", [SimpleNamespace(Checksum=Checksum), None])
def test_the_checksum_of_google_needs_its_package(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    monkeypatch.setitem(sys.modules, "google_crc32c", library)
    with closing(Emulator()) as emulator:
        web = web_on(emulator)
        given = put(web, new_upload(web), None, FILE).headers["x-goog-hash"].split(",")
    expected = [f"crc32c={b64encode(crc32(FILE).to_bytes(4, 'big')).decode()}"] if library else []
    assert [hash for hash in given if not hash.startswith("md5=")] == expected
    assert len(given) == 1 + len(expected)


def test_a_writer_is_followed_by_the_next(tmp_path: Path) -> None:
    files = Files(tmp_path / "files")
    file = files.open(NOWHERE, "session", 0)
    first = Writer(file, Part(0, 2 * BLOCK - 1, 2 * BLOCK))
    first.write(FILE[: BLOCK + 5])
    second = Writer(file, Part(0, 2 * BLOCK - 1, 2 * BLOCK))
    first.write(bytes(BLOCK))
    first.catch_up()
    assert (first.is_last, second.is_last, file.size) == (False, True, BLOCK)
    second.write(FILE[: 2 * BLOCK] + b"more than it said")
    second.finish()
    assert second.is_whole
    assert (tmp_path / "files" / NOWHERE).read_bytes() == FILE[: 2 * BLOCK]


def test_a_file_that_shrinks_is_told(tmp_path: Path) -> None:
    files = Files(tmp_path)
    (tmp_path / NOWHERE).write_bytes(bytes(BLOCK))
    file = files.open(NOWHERE, "session", BLOCK)
    (tmp_path / NOWHERE).write_bytes(b"")
    with pytest.raises(EOFError, match="has lost bytes"):
        file.catch_up()
