"""Pictures of a media that came from a file: thumbnails, spritesheets and animations."""

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path

import httpx
import msgspec

from fastpix.emulator.http.wire import BadField, answer, invalid
from fastpix.emulator.model.media import MediaRecord
from fastpix.emulator.playback.files import Later, sent_later
from fastpix.emulator.playback.renditions import fitted
from fastpix.emulator.storage.pictures import AnimationFormat, PictureFormat, animation, picture, sheet

__all__ = ["Places", "Tile", "animation_of", "interval_of", "places_of", "spritesheet_of", "thumbnail_of"]

LARGEST_SIDE = 8192
"""The most pixels in a row or a column of a thumbnail."""
MOST_TILES = 100
"""The most pictures in a spritesheet."""
COLUMNS = 10
TILE_WIDTH = 160
LONGEST_INTERVAL = 10
ANIMATION_SECONDS = 3
ANIMATION_RATE = 5
"""The pictures in a second of an animation."""
ANIMATION_WIDTH = 320


class Tile(msgspec.Struct, frozen=True):
    """The place of a small picture in a spritesheet."""

    start: float
    x: int
    y: int


class Places(msgspec.Struct, frozen=True):
    """The places of all small pictures in a spritesheet."""

    url: str
    tile_width: int
    tile_height: int
    tiles: list[Tile]


def thumbnail_of(record: MediaRecord, path: Path, format: PictureFormat, query: Mapping[str, str]) -> Later:
    """Return what makes the thumbnail that a query asks for. By default, it is the picture in the middle of the media.

    Raises:
        RefusedError: A parameter is not valid (422).
    """
    bad: list[BadField] = []
    time, width, height = (
        _whole(query, name, least, most, bad)
        for name, least, most in (("time", 0, 10**9), ("width", 1, LARGEST_SIDE), ("height", 1, LARGEST_SIDE))
    )
    mode = query.get("fit_mode", "preserve")
    if mode not in ("preserve", "stretch"):
        bad.append(BadField("fit_mode", "must be preserve or stretch"))
    if bad:
        raise invalid(*bad)
    seconds = record.content.duration / 2 if time is None else min(time, record.content.duration)
    size = _size(record, width, height, stretch=mode == "stretch")
    return sent_later(partial(picture, path, _in_file(record, seconds), format, size), f"image/{_subtype(format)}")


def _size(record: MediaRecord, width: int | None, height: int | None, *, stretch: bool) -> tuple[int, int] | None:
    """Return the size of a thumbnail. ``None`` is that of the video."""
    natural = (record.content.width, record.content.height)
    if width is None and height is None:
        return None
    if stretch:
        return width or min(natural[0], LARGEST_SIDE), height or min(natural[1], LARGEST_SIDE)
    scales = [Fraction(side, whole) for side, whole in zip((width, height), natural, strict=True) if side is not None]
    return fitted(natural, min(*scales, Fraction(LARGEST_SIDE, max(natural))))


def spritesheet_of(record: MediaRecord, path: Path, interval: int | None) -> Later:
    """Return what makes the picture of a spritesheet."""
    times = [_in_file(record, seconds) for seconds in _times(record, interval)]
    return sent_later(partial(sheet, path, times, COLUMNS, _tile(record), "jpg"), "image/jpeg")


def places_of(record: MediaRecord, url: str, interval: int | None) -> httpx.Response:
    """Return the places of the small pictures in a spritesheet with this URL."""
    width, height = _tile(record)
    tiles = [
        Tile(seconds, index % COLUMNS * width, index // COLUMNS * height)
        for index, seconds in enumerate(_times(record, interval))
    ]
    return answer(Places(url, width, height, tiles))


def interval_of(query: Mapping[str, str], *, is_advanced: bool) -> int | None:
    """Return the seconds between the pictures of an advanced spritesheet. ``None`` for a plain one.

    Raises:
        RefusedError: The interval is not valid (422).
    """
    if not is_advanced:
        return None
    bad: list[BadField] = []
    interval = _whole(query, "interval", 1, LONGEST_INTERVAL, bad)
    if bad:
        raise invalid(*bad)
    return interval or LONGEST_INTERVAL


def _times(record: MediaRecord, interval: int | None) -> list[float]:
    duration = record.content.duration
    least = duration / MOST_TILES
    step = max(least, 1 if interval is None else interval)
    return [index * step for index in range(min(-int(-duration // step), MOST_TILES))]


def _tile(record: MediaRecord) -> tuple[int, int]:
    return _narrowed(record, TILE_WIDTH)


def _narrowed(record: MediaRecord, most: int) -> tuple[int, int]:
    """Return the size of a video, made smaller until it is at most so wide, in even numbers of pixels."""
    width, height = record.content.width, record.content.height
    return fitted((width, height), Fraction(min(most, width), width), even=True)


def animation_of(record: MediaRecord, path: Path, format: AnimationFormat) -> Later:
    """Return what makes an animation of the seconds in the middle of a media."""
    duration = record.content.duration
    length = min(ANIMATION_SECONDS, duration)
    first = (duration - length) / 2
    times = [
        _in_file(record, first + number / ANIMATION_RATE) for number in range(max(int(length * ANIMATION_RATE), 1))
    ]
    size = _narrowed(record, ANIMATION_WIDTH)
    return sent_later(partial(animation, path, times, ANIMATION_RATE, size, format), f"image/{format}")


def _in_file(record: MediaRecord, seconds: float) -> float:
    return seconds + (record.file.start if record.file else 0)


def _subtype(format: PictureFormat) -> str:
    return "jpeg" if format == "jpg" else format


def _whole(query: Mapping[str, str], name: str, least: int, most: int, bad: list[BadField]) -> int | None:
    """Return a whole number in a query. Note what is wrong with it."""
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most):
        bad.append(BadField(name, f"must be a whole number from {least} to {most}"))
        return None
    return int(text)
