"""Uploaded files that PyAV can read: their media hold what the files hold."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import msgspec
import pytest

from fastpix import FastpixCore
from fastpix.api.media import (
    DeleteMediaRequest,
    GetMediaInputInfoRequest,
    Media,
    media_delete,
    media_get_input_info,
    media_list,
)
from fastpix.emulator import Content, Emulator, Seed, SeedMedia, SeedUpload
from fastpix.uploads import upload
from tests.emulator.acts import playback_id_of, read_media, ready_media, uploaded
from tests.emulator.storage.acts import BLOCK, id_of, new_upload, put, put_part, refusal
from tests.emulator.storage.movies import BLUE, RATE, RED, is_near, look, movie, sound
from tests.lengths import length

MOVIE = movie(colors=[RED] * RATE + [BLUE] * 2 * RATE, audio=["eng", "deu"])
"""A second of red and two seconds of blue."""


@pytest.fixture(params=["in process", "behind a socket", *["with a file"] * length(short=0, whole=1, long=1)])
def place(request: pytest.FixtureRequest) -> str:
    place: str = request.param
    return place


def content_of(emulator: Emulator, media_id: str) -> str | None:
    return next(one.content for one in emulator.uploads() if one.upload_id == media_id)


def tracks_of(media: Media) -> list[tuple[object, ...]]:
    return [(track.type, track.status, track.language_code) for track in media.tracks or ()]


def test_a_media_holds_what_its_file_holds(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, MOVIE)
    assert (media.status, media.duration, media.source_resolution, media.aspect_ratio) == ("Ready", 3, "48p", "4:3")
    assert media.is_audio_only is False
    assert tracks_of(media) == [
        ("video", "available", None),
        ("audio", "available", "eng"),
        ("audio", "available", "deu"),
    ]
    video, *_ = media.tracks or []
    assert (video.width, video.height, video.frame_rate) == (64, 48, "10.000")
    assert len({track.id for track in media.tracks or ()}) == 3
    assert content_of(emulator, media.id) == "file"
    assert [one["content"] for one in web.get("/_emulator/uploads").json()] == ["file"]


def test_a_list_tells_the_same(core: FastpixCore, emulator: Emulator) -> None:
    media = uploaded(core, emulator, MOVIE)
    (listed,) = media_list(core).unwrap().data
    assert [track.status for track in listed.tracks or ()] == ["Ready"] * 3
    assert (listed.duration, listed.thumbnail) == (3, media.thumbnail)


@pytest.mark.parametrize(("content", "format"), [(MOVIE, "mp4"), (movie("webm", "libvpx"), "webm")])
def test_input_info_tells_the_format_of_the_file(
    core: FastpixCore, emulator: Emulator, content: bytes, format: str
) -> None:
    media = uploaded(core, emulator, content)
    info = media_get_input_info(core, GetMediaInputInfoRequest(media.id)).unwrap().data.file
    assert info is not None
    assert (info.container_format, info.tracks) == (format, media.tracks)


def test_the_thumbnail_is_the_picture_in_the_middle(
    place: str, core: FastpixCore, emulator: Emulator, web: httpx.Client, tmp_path: Path
) -> None:
    media = uploaded(core, emulator, MOVIE)
    origin = str(web.base_url).rstrip("/") if place == "behind a socket" else "https://fastpix.invalid"
    thumbnail = f"{origin}/{playback_id_of(media)}/thumbnail.png"
    assert media.thumbnail == thumbnail
    for url, type in ((thumbnail, "image/png"), (thumbnail.replace("png", "jpg"), "image/jpeg")):
        answered = web.get(url)
        assert (answered.status_code, answered.headers["content-type"]) == (200, type)
        width, height, color = look(answered.content, tmp_path)
        assert (width, height) == (64, 48)
        assert is_near(color, BLUE)


def test_a_media_is_the_part_that_its_settings_ask_for(
    core: FastpixCore, emulator: Emulator, web: httpx.Client, tmp_path: Path
) -> None:
    for start, end, duration, color in ((0, 1, 1, RED), (1, 9, 2, BLUE), (2.5, 2.75, 0.25, BLUE), (8, 9, 0.001, BLUE)):
        media = uploaded(core, emulator, MOVIE, start_time=start, end_time=end)
        assert media.duration == duration
        assert is_near(look(web.get(str(media.thumbnail)).content, tmp_path)[2], color)


def test_sound_alone_has_no_thumbnail(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, sound("ipod", "eng"))
    assert (media.is_audio_only, media.thumbnail, media.aspect_ratio) == (True, None, None)
    assert tracks_of(media) == [("audio", "available", "eng")]
    assert web.get(f"/{playback_id_of(media)}/thumbnail.png").status_code == 404
    assert content_of(emulator, media.id) == "file"


def test_a_file_is_read_when_all_parts_have_arrived(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    padded = MOVIE + (BLOCK + 1000).to_bytes(4, "big") + b"free" + bytes(BLOCK + 992)
    url = new_upload(web)
    put(web, url, f"0-{BLOCK - 1}/*", padded[:BLOCK])
    assert content_of(emulator, id_of(url)) is None
    assert put(web, url, f"{BLOCK}-{len(padded) - 1}/{len(padded)}", padded[BLOCK:]).status_code == 200
    emulator.clock.advance(seconds=1)
    assert read_media(core, id_of(url)).duration == 3
    path = emulator.file_of(id_of(url))
    assert path is not None
    assert path.read_bytes() == padded


@pytest.mark.parametrize("content", [b"a", bytes(1000), movie()[:500]])
def test_another_file_holds_what_the_seed_says(core: FastpixCore, emulator: Emulator, content: bytes) -> None:
    media = uploaded(core, emulator, content)
    assert (media.status, media.duration, media.source_resolution) == ("Ready", 10, "1080p")
    assert media.thumbnail == f"https://images.fastpix.com/{playback_id_of(media)}/thumbnail.png"
    assert content_of(emulator, media.id) == "seed"


def test_every_file_holds_what_the_seed_says_without_pyav(
    core: FastpixCore, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    media = uploaded(core, emulator, MOVIE)
    assert (media.duration, media.source_resolution, len(media.tracks or ())) == (10, "1080p", 2)
    assert content_of(emulator, media.id) == "seed"


def test_the_seed_can_let_a_good_file_fail(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    (upload_id,) = emulator.seed(Seed(uploads=[SeedUpload(content=Content(fails=True))])).upload_ids
    (url,) = [one["url"] for one in web.get("/v1/on-demand/uploads").json()["data"]]
    put(web, url, None, MOVIE)
    emulator.clock.advance(seconds=1)
    assert read_media(core, upload_id).status == "Failed"
    assert content_of(emulator, upload_id) == "file"


def test_the_thumbnail_goes_with_the_media(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, MOVIE)
    assert web.get(str(media.thumbnail)).status_code == 200
    media_delete(core, DeleteMediaRequest(media.id)).unwrap()
    assert web.get(str(media.thumbnail)).status_code == 404
    assert emulator.file_of(media.id) is None


def test_there_is_no_thumbnail_before_a_media_is_ready(
    core: FastpixCore, emulator: Emulator, web: httpx.Client
) -> None:
    media = read_media(core, upload(core, MOVIE).unwrap().upload_id)
    assert (media.thumbnail, media.duration, media.tracks) == (None, 0, [])
    assert web.get(f"/{playback_id_of(media)}/thumbnail.png").status_code == 400
    emulator.clock.advance(seconds=1)
    assert web.get(f"/{playback_id_of(media)}/thumbnail.png").status_code == 200


def test_only_videos_that_were_uploaded_have_pictures(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    other = read_media(core, ready_media(core, emulator))
    (sound_alone,) = emulator.seed(Seed(media=[SeedMedia(content=Content(height=0))])).media_ids
    assert read_media(core, sound_alone).thumbnail is not None
    playback_id = playback_id_of(uploaded(core, emulator, MOVIE))
    for path in (
        f"/{playback_id_of(other)}/thumbnail.png",
        f"/{playback_id}/thumbnail.gif",
        f"/{playback_id}/thumbnail.png/",
        f"/{other.id}/thumbnail.png",
    ):
        assert web.get(path).status_code == 404
    assert web.post(f"/{playback_id}/thumbnail.png").status_code == 404


def test_a_file_that_was_damaged_has_no_picture(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, MOVIE)
    path = emulator.file_of(media.id)
    assert path is not None
    path.write_bytes(bytes(100))
    refused = web.get(str(media.thumbnail))
    assert (refused.status_code, refused.json()["error"]["message"]) == (404, "not found")


def test_an_import_has_no_pictures(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, MOVIE)
    text = msgspec.json.encode(emulator.export_state())
    emulator.import_state(msgspec.json.decode(text, type=type(emulator.export_state())))
    imported = read_media(core, media.id)
    assert (imported.duration, imported.tracks) == (3, media.tracks)
    assert imported.thumbnail == f"https://images.fastpix.com/{playback_id_of(media)}/thumbnail.png"
    assert web.get(str(media.thumbnail)).status_code == 404


@pytest.mark.parametrize("place", ["behind a socket"], indirect=True)
def test_pages_of_all_sites_may_show_thumbnails(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, MOVIE)
    for headers in ({"origin": "https://player.example"}, {"sec-fetch-site": "cross-site"}):
        assert web.get(str(media.thumbnail), headers=headers).status_code == 200
        assert web.get("/v1/on-demand", headers=headers).status_code == 403


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Emulator, Emulator]]:
    """Two processes that share a file."""
    path = str(tmp_path / "fastpix.db")
    with closing(Emulator(path)) as one, closing(Emulator(path)) as other:
        yield one, other


def test_what_another_process_cancelled_leaves_no_file(two: tuple[Emulator, Emulator]) -> None:
    one, other = two
    web, web_of_other = (
        httpx.Client(
            transport=each.transport(), base_url="https://api.fastpix.com", auth=(each.username, each.password)
        )
        for each in two
    )
    url, longer = new_upload(web), new_upload(web)
    put_part(web, longer, 0, BLOCK, "*")
    end = {"content-range": f"bytes {BLOCK}-{BLOCK + 9}/{BLOCK + 10}"}
    receptions = [
        one.receive(httpx.Request("PUT", url, content=MOVIE)),
        one.receive(httpx.Request("PUT", longer, content=bytes(10), headers=end)),
    ]
    for reception, content in zip(receptions, (MOVIE, bytes(10)), strict=True):
        reception.write(content)
    for each in (url, longer):
        web_of_other.delete(each)
    for reception in receptions:
        assert refusal(reception.end()[0])[0] == 410
    assert [other.file_of(id_of(each)) for each in (url, longer)] == [None, None]
