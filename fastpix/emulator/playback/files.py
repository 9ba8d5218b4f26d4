"""Files of a media for players: segments, subtitles and downloads."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeAlias

import httpx

from fastpix.api.common import Track
from fastpix.emulator.http.wire import RefusedError
from fastpix.emulator.model.media import MediaRecord, mp4_files
from fastpix.emulator.playback.renditions import Rendition, part_of, renditions
from fastpix.emulator.storage.encoder import Container, Part, encoded

__all__ = ["Later", "download_of", "segment_of", "sent_later", "subtitles_file"]

Later: TypeAlias = Callable[[], httpx.Response]
"""Makes a response outside of the transaction, which can take a while.

It raises a `RefusedError` (404) if the file can't be decoded, or has just been deleted.
"""
CUE_SECONDS = 4
MOST_CUES = 1000


def sent_later(make: Callable[[], bytes | None], type: str) -> Later:
    """Return what makes a response with the bytes that a function returns."""

    def send() -> httpx.Response:
        content = make()
        if content is None:
            raise RefusedError(404, "not found", "The file of this media can't be decoded.")
        return httpx.Response(200, headers={"content-type": type}, content=content)

    return send


def segment_of(record: MediaRecord, path: Path, rendition: Rendition, index: int) -> Later:
    """Return what makes a segment."""
    part = Part(*part_of(record, index), rendition.size, record.content.audio)
    return sent_later(partial(_encoded, path, part, "mpegts"), "video/mp2t")


def download_of(record: MediaRecord, path: Path, name: str) -> Later:
    """Return what makes the file of a setting of ``mp4Support``.

    Raises:
        RefusedError: The media has no such file, or it is not ready (404).
    """
    if not any(file.type == name and file.status == "ready" for file in mp4_files(record.media)):
        raise RefusedError(404, "not found", f"The media has no file for the mp4Support {name} that is ready.")
    top = renditions(record)[-1]
    is_audio = name == "audioOnly"
    part = Part(*part_of(record), None if is_audio else top.size, record.content.audio)
    return sent_later(partial(_encoded, path, part, "mp4"), "audio/mp4" if is_audio else "video/mp4")


def _encoded(path: Path, part: Part, container: Container) -> bytes | None:
    with suppress(Exception):
        return encoded(path, part, container)
    return None


def subtitles_file(record: MediaRecord, track: Track) -> httpx.Response:
    """Return the WebVTT file of a subtitle track. Its text is made up."""
    count = min(-int(-record.content.duration // CUE_SECONDS), MOST_CUES)
    cues = [
        f"{_clock(index * CUE_SECONDS)} --> {_clock(min((index + 1) * CUE_SECONDS, record.content.duration))}\n"
        f"{track.language_name or track.language_code}, line {index + 1}\n"
        for index in range(count)
    ]
    content = "\n".join(["WEBVTT\n", *cues])
    return httpx.Response(200, headers={"content-type": "text/vtt; charset=utf-8"}, content=content.encode())


def _clock(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"
