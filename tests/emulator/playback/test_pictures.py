"""Thumbnails, spritesheets and animations of an uploaded video."""

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import httpx
import pytest

from fastpix import FastpixCore
from fastpix.api.media import Media
from fastpix.emulator import Emulator
from fastpix.playback import animation_url, spritesheet_url, thumbnail_url
from tests.emulator.acts import playback_id_of, uploaded
from tests.emulator.storage.movies import BLUE, RED, is_near, look, movie, sound


def size_of(content: bytes) -> tuple[int, int]:
    with av.open(BytesIO(content), "r") as container:
        frame = next(container.decode(video=0))
        return frame.width, frame.height


@pytest.mark.parametrize(
    ("settings", "size", "color"),
    [
        ({}, (96, 64), BLUE),
        ({"time": 1}, (96, 64), RED),
        ({"time": 1000}, (96, 64), BLUE),
        ({"width": 48}, (48, 32), BLUE),
        ({"height": 128}, (192, 128), BLUE),
        ({"width": 30, "height": 30}, (30, 20), BLUE),
        ({"width": 30, "height": 30, "fit_mode": "stretch"}, (30, 30), BLUE),
        ({"width": 30, "fit_mode": "stretch"}, (30, 64), BLUE),
        ({"height": 8192}, (8192, 5461), BLUE),
    ],
)
@pytest.mark.parametrize("format", ["jpg", "png", "webp"])
def test_a_thumbnail_is_as_it_was_asked_for(
    web: httpx.Client,
    media: Media,
    tmp_path: Path,
    settings: dict[str, Any],
    size: tuple[int, int],
    color: Any,
    format: Any,
) -> None:
    answered = web.get(thumbnail_url(playback_id_of(media), format, **settings))
    assert answered.headers["content-type"] == f"image/{'jpeg' if format == 'jpg' else format}"
    width, height, middle = look(answered.content, tmp_path)
    assert (width, height) == size
    assert is_near(middle, color)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"time": "-1", "width": "0", "height": "x", "fit_mode": "crop"}, ["time", "width", "height", "fit_mode"]),
        ({"width": "8193"}, ["width"]),
        ({"time": "1.5"}, ["time"]),
        ({"time": "9" * 5000}, ["time"]),
        ({"height": "²"}, ["height"]),
    ],
)
def test_parameters_that_are_none_are_named(
    web: httpx.Client, media: Media, query: dict[str, str], fields: list[str]
) -> None:
    answered = web.get(f"/{playback_id_of(media)}/thumbnail.png", params=query)
    assert answered.status_code == 422
    assert [bad["field"] for bad in answered.json()["error"]["fields"]] == fields


@pytest.mark.parametrize(("interval", "count"), [(None, 9), (1, 9), (3, 3), (10, 1)])
def test_a_spritesheet_has_the_pictures_that_it_names(
    web: httpx.Client, media: Media, interval: int | None, count: int
) -> None:
    places = web.get(spritesheet_url(playback_id_of(media), "json", interval=interval)).json()
    assert places["url"] == spritesheet_url(playback_id_of(media), interval=interval)
    assert len(places["tiles"]) == count
    sheet = web.get(places["url"])
    assert sheet.headers["content-type"] == "image/jpeg"
    width, height = size_of(sheet.content)
    for tile in places["tiles"]:
        assert 0 <= tile["x"] <= width - places["tile_width"]
        assert 0 <= tile["y"] <= height - places["tile_height"]
    assert [tile["start"] for tile in places["tiles"]] == [number * (interval or 1) for number in range(count)]


def test_the_tiles_of_a_spritesheet_are_what_the_video_shows(web: httpx.Client, media: Media) -> None:
    places = web.get(spritesheet_url(playback_id_of(media), "json")).json()
    with av.open(BytesIO(web.get(places["url"]).content), "r") as container:
        plane = next(container.decode(video=0)).reformat(format="rgb24").planes[0]
    for tile in places["tiles"]:
        x, y = tile["x"] + places["tile_width"] // 2, tile["y"] + places["tile_height"] // 2
        red, _, blue = bytes(plane)[plane.line_size * y + 3 * x :][:3]
        assert (red > blue) == (tile["start"] < 3)


def test_a_long_video_has_a_hundred_tiles(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, movie(colors=[RED] * 250, rate=1))
    tiles = web.get(spritesheet_url(playback_id_of(media), "json", interval=1)).json()["tiles"]
    assert len(tiles) == 100
    assert [tile["start"] for tile in tiles][:3] == [0, 2.5, 5]


@pytest.mark.parametrize("interval", ["0", "11", "x", ""])
def test_an_interval_is_from_one_to_ten(web: httpx.Client, media: Media, interval: str) -> None:
    answered = web.get(f"/{playback_id_of(media)}/advanced-spritesheet.json", params={"interval": interval})
    assert [bad["field"] for bad in answered.json()["error"]["fields"]] == ["interval"]


@pytest.mark.parametrize(("format", "mark"), [("gif", b"NETSCAPE"), ("webp", b"ANMF")])
def test_an_animation_has_several_pictures(
    core: FastpixCore, emulator: Emulator, web: httpx.Client, format: Any, mark: bytes
) -> None:
    media = uploaded(core, emulator, movie(colors=[RED, RED, BLUE, BLUE] * 10))
    answered = web.get(animation_url(playback_id_of(media), format))
    assert (answered.status_code, answered.headers["content-type"]) == (200, f"image/{format}")
    assert mark in answered.content
    if format == "gif":  # PyAV can't read animated WebP
        with av.open(BytesIO(answered.content), "r") as container:
            assert len([*container.decode(video=0)]) == 15


@pytest.mark.parametrize("name", ["thumbnail.png", "spritesheet.jpg", "spritesheet.json", "clip.gif"])
def test_sound_has_no_pictures(core: FastpixCore, emulator: Emulator, web: httpx.Client, name: str) -> None:
    media = uploaded(core, emulator, sound("mp3", "eng"))
    refused = web.get(f"/{playback_id_of(media)}/{name}")
    assert (refused.status_code, refused.json()["error"]["description"]) == (404, "This media has no video.")


@pytest.mark.parametrize("name", ["thumbnail.png", "spritesheet.jpg", "clip.gif"])
def test_without_pyav_there_are_no_pictures(
    web: httpx.Client, media: Media, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    assert web.get(f"/{playback_id_of(media)}/{name}").status_code == 404
