"""Files of media that are fetched from their URLs, where the local FastPix may fetch them."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import msgspec
import pytest

from fastpix import FastpixCore
from fastpix.api.media import (
    CreateMediaRequest,
    DeleteMediaRequest,
    Media,
    SubtitleInput,
    VideoInput,
    media_create,
    media_delete,
)
from fastpix.emulator import Emulator, Inbox, State, StoreError
from fastpix.emulator.model.pulls import Pull
from fastpix.emulator.storage import puller
from fastpix.emulator.store.documents import Row, StoreBusyError
from tests.emulator.acts import core_on, read_media
from tests.emulator.storage.movies import BLUE, RED, movie

MOVIE = movie(colors=[RED] * 20 + [BLUE] * 10, audio=["eng"])
LONGEST_WAIT = 30


class Site(BaseHTTPRequestHandler):
    """Serves a movie below ``/movie``, redirects, and never ends a response below ``/endless``."""

    seen: list[str]
    let_go: Event

    def __init__(self, seen: list[str], let_go: Event, *arguments: Any) -> None:
        self.seen, self.let_go = seen, let_go
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.seen.append(self.path)
        status = {"/movie": 200, "/slow": 200, "/moved": 302}.get(self.path, 404)
        self.send_response(status)
        self.send_header("location", "/movie")
        self.send_header("content-length", str(len(MOVIE) if status == 200 else 0))
        self.end_headers()
        if self.path == "/slow":
            self.wfile.write(MOVIE[:100])
            self.wfile.flush()
            self.let_go.wait(LONGEST_WAIT)
            self.wfile.write(MOVIE[100:])
        elif status == 200:
            self.wfile.write(MOVIE)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture
def seen() -> list[str]:
    """The paths that the site was asked for."""
    return []


@pytest.fixture
def let_go() -> Event:
    """Lets a slow response go on."""
    return Event()


@pytest.fixture
def site(seen: list[str], let_go: Event) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, seen, let_go)) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        let_go.set()
        server.shutdown()


@contextmanager
def house(**settings: Any) -> Generator[tuple[Emulator, FastpixCore]]:
    with closing(Emulator(**settings)) as emulator, core_on(emulator) as core:
        emulator.clock.hold()
        yield emulator, core


def create(core: FastpixCore, url: str, *others: SubtitleInput, **settings: Any) -> str:
    inputs: list[VideoInput | SubtitleInput] = [VideoInput(url, **settings), *others]
    return (
        media_create(core, CreateMediaRequest(inputs, access_policy="public", mp4_support="capped_4k")).unwrap().data.id
    )


def finished(emulator: Emulator, core: FastpixCore, media_id: str) -> Media:
    """Wait until a media is ready or has failed."""
    end = time.monotonic() + LONGEST_WAIT
    while (media := read_media(core, media_id)).status not in ("Ready", "Failed"):
        assert time.monotonic() < end
        time.sleep(0.005)
        emulator.clock.advance(seconds=1)
    return media


@pytest.mark.parametrize("path", ["/movie", "/moved"])
def test_the_file_behind_a_url_is_fetched(site: str, path: str) -> None:
    with house(pull=True) as (emulator, core):
        media = finished(
            emulator, core, create(core, site + path, SubtitleInput("https://a.b/c.vtt", "English", "en-US"))
        )
        assert (media.status, media.duration, media.source_resolution) == ("Ready", 3, "48p")
        assert [track.type for track in media.tracks or ()] == ["video", "audio", "subtitle"]
        file = emulator.file_of(media.id)
        assert file is not None
        assert file.read_bytes() == MOVIE
        (mp4,) = media.mp4_support if isinstance(media.mp4_support, list) else []
        assert (mp4.height, mp4.width) == (48, 64)


def test_a_part_of_the_file_is_kept(site: str) -> None:
    with house(pull=True) as (emulator, core):
        media = finished(emulator, core, create(core, f"{site}/movie", start_time=0.5, end_time=1.5))
        assert (media.status, media.duration) == ("Ready", 1)


def test_nothing_is_fetched_unless_it_is_allowed(site: str, seen: list[str], tmp_path: Path) -> None:
    (tmp_path / "movie.mp4").write_bytes(MOVIE)
    with house() as (emulator, core):
        for url in (f"{site}/movie", (tmp_path / "movie.mp4").as_uri()):
            assert finished(emulator, core, create(core, url)).duration == 10
    with house(media_root=str(tmp_path)) as (emulator, core):
        assert finished(emulator, core, create(core, f"{site}/movie")).duration == 10
    assert seen == []


def test_a_file_below_the_root_is_read(tmp_path: Path) -> None:
    below = tmp_path / "a folder"
    below.mkdir()
    (below / "movie.mp4").write_bytes(MOVIE)
    with house(media_root=str(tmp_path)) as (emulator, core):
        media = finished(emulator, core, create(core, (below / "movie.mp4").as_uri()))
        assert (media.status, media.duration) == ("Ready", 3)


@pytest.mark.parametrize("path", ["../secret", "link", "missing", "", "a%00b"])
def test_a_file_that_cannot_be_read_lets_the_media_fail(
    tmp_path: Path, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret").write_bytes(MOVIE)
    (root / "link").symlink_to(tmp_path / "secret")
    with house(media_root=str(root)) as (emulator, core):
        inbox = Inbox()
        emulator.add_webhook(inbox, secret=inbox.secret)
        media = finished(emulator, core, create(core, f"{root.as_uri()}/{path}"))
        assert media.status == "Failed"
        assert emulator.file_of(media.id) is None
        assert inbox.types[-1] == "video.media.failed"
    assert f"the file of the media {media.id} could not be fetched" in caplog.text


@pytest.mark.parametrize("address", ["/nothing", ":1/movie"])
def test_a_url_that_does_not_answer_lets_the_media_fail(site: str, address: str) -> None:
    url = f"http://127.0.0.1{address}" if address.startswith(":") else site + address
    with house(pull=True) as (emulator, core):
        assert finished(emulator, core, create(core, url)).status == "Failed"


def test_a_file_that_is_too_large_lets_the_media_fail(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(puller, "LARGEST_FILE", len(MOVIE) - 1)
    with house(pull=True) as (emulator, core):
        assert finished(emulator, core, create(core, f"{site}/movie")).status == "Failed"


def test_a_file_that_is_no_video_holds_what_the_seed_says(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("text")
    with house(media_root=str(tmp_path)) as (emulator, core):
        media = finished(emulator, core, create(core, (tmp_path / "text").as_uri()))
        assert (media.status, media.duration) == ("Ready", 10)


def wait_for(seen: list[str], path: str) -> None:
    end = time.monotonic() + LONGEST_WAIT
    while path not in seen:
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_media_waits_for_its_file(site: str, seen: list[str], let_go: Event) -> None:
    with house(pull=True) as (emulator, core):
        media_id = create(core, f"{site}/slow")
        wait_for(seen, "/slow")
        emulator.clock.advance(hours=1)
        assert read_media(core, media_id).status == "Created"
        let_go.set()
        assert finished(emulator, core, media_id).duration == 3


def test_the_file_of_a_media_that_was_deleted_meanwhile_is_not_kept(site: str, seen: list[str], let_go: Event) -> None:
    with house(pull=True) as (emulator, core):
        media_id = create(core, f"{site}/slow")
        wait_for(seen, "/slow")
        media_delete(core, DeleteMediaRequest(media_id)).unwrap()
        let_go.set()
        other = create(core, f"{site}/movie")
        assert finished(emulator, core, other).status == "Ready"
        assert emulator.file_of(media_id) is None


def test_a_file_is_fetched_again_after_a_restart(
    site: str, seen: list[str], let_go: Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puller, "PARTING", 0.01)
    path = str(tmp_path / "fastpix.db")
    with house(path=path, pull=True) as (_, core):
        media_id = create(core, f"{site}/slow")
        wait_for(seen, "/slow")
    with house(path=path) as (emulator, core):
        emulator.clock.advance(hours=1)
        assert read_media(core, media_id).status == "Created"
    let_go.set()
    with house(path=path, pull=True) as (emulator, core):
        assert finished(emulator, core, media_id).duration == 3
    assert seen == ["/slow", "/slow"]


def test_a_file_is_fetched_after_an_import(tmp_path: Path, let_go: Event, site: str, seen: list[str]) -> None:
    with house(pull=True) as (emulator, core):
        media_id = create(core, f"{site}/slow")
        wait_for(seen, "/slow")
        state = emulator.export_state()
    let_go.set()
    with house(pull=True) as (emulator, core):
        emulator.import_state(state)
        assert finished(emulator, core, media_id).duration == 3


@pytest.mark.parametrize("media_id", ["../evil", "/evil", "x", "00000000-0000-4000-8000-000000000001"])
def test_an_import_names_no_other_file(media_id: str) -> None:
    with house() as (emulator, _):
        state = emulator.export_state()
        pull = Pull(media_id, "http://127.0.0.1:1/")
        row = Row(Pull.__name__, "00000000-0000-4000-8000-000000000000", "", 0, msgspec.Raw(msgspec.json.encode(pull)))
        with pytest.raises(msgspec.ValidationError, match="the id of a media must be a UUID"):
            emulator.import_state(State(state.format, [*state.documents, row]))


def test_two_processes_fetch_a_file_without_harm(site: str, seen: list[str], let_go: Event, tmp_path: Path) -> None:
    path = str(tmp_path / "fastpix.db")
    with house(path=path, pull=True) as (one, core):
        media_id = create(core, f"{site}/slow")
        wait_for(seen, "/slow")
        with house(path=path, pull=True) as (other, core_of_other):
            end = time.monotonic() + LONGEST_WAIT
            while len(seen) < 2 and time.monotonic() < end:
                time.sleep(0.005)
            let_go.set()
            assert finished(other, core_of_other, media_id).duration == 3
            assert finished(one, core, media_id).duration == 3
            file = one.file_of(media_id)
            assert file is not None
            assert file.read_bytes() == MOVIE
    assert [path.name for path in file.parent.iterdir()] == [media_id]


def test_a_file_that_is_locked_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "movie.mp4").write_bytes(MOVIE)
    monkeypatch.setattr(puller, "BETWEEN_TRIES", 0.001)
    with house(media_root=str(tmp_path)) as (emulator, core):
        pull, problems = emulator._puller._pull, [StoreBusyError("locked")]  # pyright: ignore[reportPrivateUsage]

        def once_locked(media_id: str) -> None:
            if problems:
                raise problems.pop()
            pull(media_id)

        monkeypatch.setattr(emulator._puller, "_pull", once_locked)  # pyright: ignore[reportPrivateUsage]
        assert finished(emulator, core, create(core, (tmp_path / "movie.mp4").as_uri())).duration == 3
    assert problems == []


@pytest.mark.parametrize("url", ["https://[bad/x.mp4", "https://ex\uff03ample.com/x.mp4"])
def test_a_url_that_is_none_is_not_fetched(url: str) -> None:
    with house(pull=True) as (emulator, core):
        assert finished(emulator, core, create(core, url)).duration == 10


def test_a_problem_of_any_kind_lets_the_media_fail_and_tells_no_secret(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "nonsense://127.0.0.1:1")
    with house(pull=True) as (emulator, core):
        assert finished(emulator, core, create(core, "http://u:secret@127.0.0.1:1/x?sig=hidden")).status == "Failed"
    monkeypatch.delenv("HTTP_PROXY")
    with house(pull=True) as (emulator, core):
        assert finished(emulator, core, create(core, "http://u:secret@127.0.0.1:1/x?sig=hidden")).status == "Failed"
    assert "secret" not in caplog.text
    assert "hidden" not in caplog.text


def test_a_part_may_begin_after_the_usual_duration(tmp_path: Path) -> None:
    (tmp_path / "movie.mp4").write_bytes(movie(colors=[RED] * 140))
    with house(media_root=str(tmp_path)) as (emulator, core):
        media = finished(emulator, core, create(core, (tmp_path / "movie.mp4").as_uri(), start_time=12))
        assert (media.status, media.duration) == ("Ready", 2)


def test_a_file_that_takes_too_long_lets_the_media_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "movie.mp4").write_bytes(MOVIE)
    monkeypatch.setattr(puller, "LONGEST_FETCH", -1)
    with house(media_root=str(tmp_path)) as (emulator, core):
        assert finished(emulator, core, create(core, (tmp_path / "movie.mp4").as_uri())).status == "Failed"


def test_a_reset_forgets_what_is_being_fetched(site: str, seen: list[str], let_go: Event, tmp_path: Path) -> None:
    with house(path=str(tmp_path / "fastpix.db"), pull=True) as (emulator, core):
        create(core, f"{site}/slow")
        wait_for(seen, "/slow")
        emulator.reset()
        let_go.set()
        assert finished(emulator, core, create(core, f"{site}/movie")).duration == 3
        assert len([*(tmp_path / "fastpix.db.uploads").iterdir()]) == 1


def test_the_thread_ends_when_the_file_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    with house(pull=True) as (emulator, core):
        fetching = emulator._puller  # pyright: ignore[reportPrivateUsage]

        def closed(_: str) -> None:
            raise StoreError("closed")

        monkeypatch.setattr(fetching, "_pull", closed)
        create(core, "http://127.0.0.1:1/a")
        thread = fetching._thread  # pyright: ignore[reportPrivateUsage]
        assert thread is not None
        thread.join(LONGEST_WAIT)
        assert not thread.is_alive()


def test_nothing_is_fetched_after_the_end(tmp_path: Path) -> None:
    with house(media_root=str(tmp_path)) as (emulator, _):
        pass
    with pytest.raises(StoreError):
        emulator.workspace_id  # noqa: B018
    emulator._puller.start("any")  # pyright: ignore[reportPrivateUsage]
    assert emulator._puller._thread is None  # pyright: ignore[reportPrivateUsage]
