"""The host of players: which path is what, who may have it, and what it is made from."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast

import httpx

from fastpix.api.common import MediaPlaybackId, PlaybackId
from fastpix.emulator.http.wire import UUID, RefusedError, invalid
from fastpix.emulator.model.media import MediaRecord, find_file
from fastpix.emulator.model.playback_ids import PlaybackTarget
from fastpix.emulator.model.streams import StreamRecord
from fastpix.emulator.playback.access import check_access, check_pass, check_token, new_pass
from fastpix.emulator.playback.files import Later, download_of, segment_of, subtitles_file
from fastpix.emulator.playback.manifests import (
    live_manifest,
    media_manifest,
    rendition_playlist,
    subtitles_of,
    subtitles_playlist,
)
from fastpix.emulator.playback.pictures import animation_of, interval_of, places_of, spritesheet_of, thumbnail_of
from fastpix.emulator.playback.renditions import Rendition, part_of, renditions, segment_count
from fastpix.emulator.playback.viewers import note_fetched
from fastpix.emulator.storage.pictures import AnimationFormat, PictureFormat
from fastpix.emulator.workspace import Workspace

__all__ = ["Asked", "Route", "Wanted", "is_decoded", "is_playback", "play"]

Wanted: TypeAlias = httpx.Response | Later
"""A response, or what makes it outside of the transaction."""

FILES = {"capped-4k.mp4": "capped_4k", "audio.m4a": "audioOnly"}
"""The settings of ``mp4Support``, by the names of their files."""
NO_FILE = (
    "There is no file that can be decoded. Upload one, or start the local FastPix with --pull or --media-root. Each needs "
    "pip install 'fastpix[media]'. A file that was uploaded without it must be uploaded again."
)


class Asked(NamedTuple):
    """A request of a player, for a media that it may play."""

    workspace: Workspace
    record: MediaRecord
    playback_id: str
    parts: dict[str, str]
    """The variable parts of the path."""
    request: httpx.Request

    @property
    def query(self) -> httpx.QueryParams:
        return self.request.url.params

    def file(self) -> Path:
        """Return the file of the media.

        Raises:
            RefusedError: It has none (404).
        """
        found = find_file(self.workspace, self.record)
        if found is None:
            raise RefusedError(404, "not found", NO_FILE)
        return found

    def video(self) -> Path:
        """Return the file of the media, which has a video.

        Raises:
            RefusedError: It has none (404).
        """
        if not self.record.content.height:
            raise RefusedError(404, "not found", "This media has no video.")
        return self.file()


def _manifest(asked: Asked) -> Wanted:
    is_playable = find_file(asked.workspace, asked.record) is not None
    return media_manifest(asked.workspace, asked.record, asked.playback_id, asked.query, is_playable=is_playable)


def _rendition(asked: Asked) -> Wanted:
    return rendition_playlist(asked.record, _named(asked).name, asked.query["pass"])


def _named(asked: Asked) -> Rendition:
    name = asked.parts["rendition"]
    found = next((one for one in renditions(asked.record) if one.name == name), None)
    if found is None:
        raise RefusedError(404, "not found", f"This media has no rendition {name}.")
    return found


def _segment(asked: Asked) -> Wanted:
    record, index = asked.record, int(asked.parts["index"])
    if index >= segment_count(record):
        raise RefusedError(404, "not found", "This media has no such segment.")
    segment = segment_of(record, asked.file(), _named(asked), index)
    _, first, last = part_of(record, index)
    view_id = check_pass(asked.workspace, asked.playback_id, asked.query)
    note_fetched(
        asked.workspace,
        record,
        view_id,
        playback_id=asked.playback_id,
        seconds=float(last - first),
        headers=asked.request.headers,
    )
    return segment


def _subtitles(asked: Asked) -> Wanted:
    track = next((track for track in subtitles_of(asked.record) if track.id == asked.parts["track"]), None)
    if track is None:
        raise RefusedError(404, "not found", "This media has no such subtitles that are available.")
    if asked.parts["format"] == "vtt":
        return subtitles_file(asked.record, track)
    grant = asked.query.get("pass") or new_pass(asked.workspace, asked.playback_id)
    return subtitles_playlist(asked.record, asked.parts["track"], grant)


def _thumbnail(asked: Asked) -> Wanted:
    return thumbnail_of(asked.record, asked.video(), cast("PictureFormat", asked.parts["format"]), asked.query)


def _spritesheet(asked: Asked) -> Wanted:
    video, interval = asked.video(), interval_of(asked.query, is_advanced="kind" in asked.parts)
    if asked.parts["format"] == "jpg":
        return spritesheet_of(asked.record, video, interval)
    address = str(asked.request.url)
    return places_of(asked.record, address.replace("spritesheet.json", "spritesheet.jpg", 1), interval)


def _animation(asked: Asked) -> Wanted:
    return animation_of(asked.record, asked.video(), cast("AnimationFormat", asked.parts["format"]))


def _missing(_: Asked) -> Wanted:
    raise RefusedError(404, "not found", NO_FILE)


def _download(asked: Asked) -> Wanted:
    return download_of(asked.record, asked.file(), FILES[asked.parts["file"]])


class Route(NamedTuple):
    """A kind of path, after the playback id."""

    pattern: str
    """The pattern. Its groups are the variable parts."""
    answer: Callable[[Asked], Wanted]
    """Returns what a player gets."""
    is_decoded: bool = False
    """Whether that takes a while, because a video is decoded."""
    needs_pass: bool = False
    """Whether it needs the pass of a manifest, and no token."""


MANIFEST = Route(r"\.m3u8", _manifest)
ROUTES = (
    MANIFEST,
    Route(r"/(?P<rendition>\d+p|audio)\.m3u8", _rendition, needs_pass=True),
    Route(r"/(?P<rendition>\d+p|audio)/(?P<index>\d{1,9})\.ts", _segment, is_decoded=True, needs_pass=True),
    Route(r"/segment-\d+\.ts", _missing),
    Route(r"/text/(?P<track>[^/]+)\.(?P<format>m3u8|vtt)", _subtitles),
    Route(r"/thumbnail\.(?P<format>jpg|png|webp)", _thumbnail, is_decoded=True),
    Route(r"/(?P<kind>advanced-)?spritesheet\.(?P<format>jpg|json)", _spritesheet, is_decoded=True),
    Route(r"/clip\.(?P<format>gif|webp)", _animation, is_decoded=True),
    Route(r"/(?P<file>capped-4k\.mp4|audio\.m4a)", _download, is_decoded=True),
)
PATTERNS = [(re.compile(rf"/(?P<id>[^/]+?){route.pattern}"), route) for route in ROUTES]


def _routed(path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the route of a path, and the variable parts of the path. ``None`` if it is not one of players."""
    for pattern, route in PATTERNS:
        if found := pattern.fullmatch(path):
            return route, {name: text for name, text in found.groupdict().items() if text is not None}
    return None


def is_playback(path: str) -> bool:
    """Return whether a path is one that players use. The pages of all sites may use it."""
    return _routed(path) is not None


def is_decoded(path: str) -> bool:
    """Return whether a response takes a while, because a video is decoded for it."""
    found = _routed(path)
    return found is not None and found[0].is_decoded


def play(workspace: Workspace, request: httpx.Request, path: str) -> Wanted:
    """Return what a player gets for a path.

    Raises:
        RefusedError: There is no such path or playback id, or its media lacks what is asked for (404), a parameter is
            not valid (422), the request may not have it (401, 403), or it is not ready (400).
    """
    found = _routed(path)
    if request.method not in ("GET", "HEAD") or found is None:
        raise RefusedError(404, "not found")
    route, parts = found
    playback_id = parts["id"]
    if not UUID.fullmatch(playback_id):
        raise invalid("playbackId")
    target = workspace.documents.get(PlaybackTarget, playback_id) or PlaybackTarget()
    stream = workspace.documents.get(StreamRecord, target.stream_id or "")
    if stream is not None and route is MANIFEST:
        _admit(workspace, stream.stream.playback_ids, playback_id, request, route)
        return live_manifest(workspace, stream, playback_id, request.url.params)
    record = workspace.documents.get(MediaRecord, target.media_id or "")
    if record is None:
        raise RefusedError(404, "Media/PlaybackId not Found")
    _admit(workspace, record.media.playback_ids, playback_id, request, route)
    if record.media.status != "Ready":
        raise RefusedError(400, "media is not ready", f"The status of the media is {record.media.status}.")
    return route.answer(Asked(workspace, record, playback_id, parts, request))


def _admit(
    workspace: Workspace,
    playback_ids: list[PlaybackId] | list[MediaPlaybackId] | None,
    id: str,
    request: httpx.Request,
    route: Route,
) -> None:
    """Let a request pass that may have what it asks for.

    Raises:
        RefusedError: It may not have it (401, 403), or its token is not wanted (400).
    """
    query = request.url.params
    if route.needs_pass or "pass" in query:
        check_pass(workspace, id, query)
        return
    known = next((known for known in playback_ids or () if known.id == id), None)
    if known is None:  # only an edited state has such a target
        raise RefusedError(404, "Media/PlaybackId not Found")
    check_access(known, request.headers)
    check_token(workspace, known, query, is_manifest=route is MANIFEST)
