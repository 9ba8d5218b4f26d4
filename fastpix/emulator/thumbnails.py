"""The thumbnail of a media that came from an uploaded file: the picture in the middle of the video."""

import re
from collections.abc import Mapping
from pathlib import Path

import httpx
import msgspec

from fastpix.emulator.http.wire import UUID, RefusedError
from fastpix.emulator.manifest import check_playable
from fastpix.emulator.model.media import MediaRecord, find_video
from fastpix.emulator.model.playback_ids import PlaybackTarget
from fastpix.emulator.storage.pictures import PictureFormat, picture
from fastpix.emulator.workspace import Workspace

__all__ = ["Thumbnail", "drawn", "is_thumbnail", "thumbnail"]

PATH = re.compile(rf"/({UUID.pattern})/thumbnail\.(png|jpg)")
TYPES: dict[PictureFormat, str] = {"png": "image/png", "jpg": "image/jpeg"}


class Thumbnail(msgspec.Struct, frozen=True):
    """A picture that a request asks for. It is not drawn yet."""

    path: Path
    """The video file."""
    seconds: float
    """The time in the file."""
    format: PictureFormat
    """The format of the picture."""


def is_thumbnail(path: str) -> bool:
    """Return whether a path is that of a thumbnail."""
    return PATH.fullmatch(path) is not None


def thumbnail(workspace: Workspace, path: str, query: Mapping[str, str]) -> Thumbnail:
    """Return the picture that a request asks for.

    Args:
        workspace: The workspace.
        path: The path of the request.
        query: The query of the request. A private playback id needs a ``token``, which can be any text.

    Raises:
        RefusedError: There is no such playback id, or its media has no video file (404), the ``token`` is missing
            (401), or the media is not ready (400).
    """
    playback_id = path[1:].partition("/")[0]
    format: PictureFormat = "png" if path.endswith("png") else "jpg"
    target = workspace.documents.get(PlaybackTarget, playback_id) or PlaybackTarget()
    record = workspace.documents.get(MediaRecord, target.media_id or "")
    video = find_video(workspace, record) if record else None
    if record is None or record.file is None or video is None:
        raise RefusedError(404, "Media/PlaybackId not Found", "There is no media with this id and an uploaded video.")
    check_playable(record, playback_id, query)
    return Thumbnail(video, record.file.start + record.content.duration / 2, format)


def drawn(wanted: Thumbnail) -> httpx.Response:
    """Return the response with a picture. This can take a while.

    Raises:
        RefusedError: The video can't be decoded, or has just been deleted (404).
    """
    content = picture(wanted.path, wanted.seconds, wanted.format)
    if content is None:
        raise RefusedError(404, "thumbnail not found", "The video can't be decoded.")
    return httpx.Response(200, headers={"content-type": TYPES[wanted.format]}, content=content)
