"""The playback manifest of a live stream. A request for a part, from ``start`` to ``end``, makes a clip."""

import re
from collections.abc import Mapping
from typing import Literal

import httpx
from msgspec import Struct

from fastpix.api.common import AccessRestrictions, MediaPlaybackId, Restriction, Track
from fastpix.api.live_streams import LiveClip, LiveStream
from fastpix.emulator.live_streams import PlaybackTarget
from fastpix.emulator.wire import INVALID, BadField, RefusedError
from fastpix.emulator.workspace import Workspace, new_uuid

__all__ = ["ClipOrigin", "manifest", "new_clip"]

SEGMENT_SECONDS = 10
LIVE_SEGMENTS = 6


class ClipOrigin(Struct, frozen=True):
    """A record that a part of a stream has a clip. Another request for the same part makes no second clip."""

    clip_id: str
    """The id of the clip."""


def manifest(workspace: Workspace, playback_id: str, query: Mapping[str, str]) -> httpx.Response:
    """Return the HLS manifest of a playback id: of the live stream, or of the part from ``start`` to ``end``.

    Args:
        workspace: The workspace.
        playback_id: The playback id.
        query: The query of the request. ``start`` and ``end`` are whole seconds, such as ``10`` or ``10s``.
            ``clipAccess=private`` makes a private clip. A private playback id needs a ``token``, which can be any
            text.

    Raises:
        RefusedError: There is no such playback id (404), the ``token`` is missing (401), the stream is disabled
            (400), or ``start`` or ``end`` is not valid (422).
    """
    target = workspace.store.get(PlaybackTarget, playback_id)
    stream = None if target is None else workspace.store.get(LiveStream, target.stream_id)
    if stream is None:
        raise RefusedError(404, "Media/PlaybackId not Found")
    policy = next((found.access_policy for found in stream.playback_ids or [] if found.id == playback_id), None)
    if policy != "public" and not query.get("token"):
        raise RefusedError(401, "unauthorized", "A private playback id needs a token.")
    if stream.status == "disabled":
        raise RefusedError(400, "stream is not ready", "The stream is disabled.")
    if "start" not in query and "end" not in query:
        return _playlist(LIVE_SEGMENTS * SEGMENT_SECONDS, ended=False)
    start, end = _seconds(query.get("start")), _seconds(query.get("end"))
    bad = [BadField(name) for name, value in (("start", start), ("end", end)) if value is None]
    if start is None or end is None or start >= end:
        raise RefusedError(422, INVALID, fields=tuple(bad) or (BadField("end", "must be after start"),))
    _keep_clip(workspace, stream, f"{playback_id}/{start}-{end}", end - start, query.get("clipAccess"))
    return _playlist(end - start, ended=True)


def _seconds(text: str | None) -> int | None:
    found = re.fullmatch(r"(\d{1,9})s?", text or "")
    return None if found is None else int(found[1])


def _keep_clip(workspace: Workspace, stream: LiveStream, origin: str, seconds: int, access: str | None) -> None:
    if workspace.store.get(ClipOrigin, origin) is None:
        clip = new_clip(workspace, stream, seconds, "private" if access == "private" else "public")
        workspace.store.put(ClipOrigin, origin, ClipOrigin(clip.id))


def new_clip(workspace: Workspace, stream: LiveStream, seconds: int, access: Literal["public", "private"]) -> LiveClip:
    """Make and store a clip of a stream, ``seconds`` long. Its status is ``Ready``."""
    clip_id, playback_id, now = new_uuid(), new_uuid(), workspace.now()
    anyone = Restriction(default_policy="allow", allow=[], deny=[])
    restrictions = AccessRestrictions(domains=anyone, user_agents=anyone)
    clip = LiveClip(
        id=clip_id,
        workspace_id=workspace.credentials.workspace_id,
        stream_id=stream.stream_id,
        thumbnail=f"https://images.fastpix.com/{playback_id}/thumbnail.png",
        max_resolution=stream.max_resolution,
        source_resolution=stream.max_resolution,
        status="Ready",
        source_access=False,
        playback_ids=[MediaPlaybackId(id=playback_id, access_policy=access, access_restrictions=restrictions)],
        tracks=[Track(id=new_uuid(), type="video", width=1920, height=1080, frame_rate="30/1", status="available")],
        is_audio_only=False,
        subtitle_available=False,
        duration=f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}",
        aspect_ratio="16:9",
        created_at=now,
        updated_at=now,
    )
    workspace.store.put(LiveClip, clip_id, clip, parent=stream.stream_id)
    return clip


def _playlist(seconds: int, *, ended: bool) -> httpx.Response:
    count = -(-seconds // SEGMENT_SECONDS)
    lengths = [min(SEGMENT_SECONDS, seconds - index * SEGMENT_SECONDS) for index in range(count)]
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        f"#EXT-X-TARGETDURATION:{SEGMENT_SECONDS}",
        *(f"#EXTINF:{length}.0,\nsegment-{index}.ts" for index, length in enumerate(lengths)),
        *(["#EXT-X-ENDLIST"] if ended else []),
    ]
    return httpx.Response(
        200, headers={"content-type": "application/vnd.apple.mpegurl"}, content="\n".join([*lines, ""])
    )
