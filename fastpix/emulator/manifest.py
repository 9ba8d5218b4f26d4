"""The manifest of a playback id. A request for a part of a live stream, from ``start`` to ``end``, makes a clip."""

import re
from collections.abc import Mapping, Sequence

import httpx

from fastpix.api.common import MediaPlaybackId, PlaybackId
from fastpix.emulator.http.wire import INVALID, BadField, RefusedError, invalid
from fastpix.emulator.model.media import MediaRecord
from fastpix.emulator.model.media_states import add_media
from fastpix.emulator.model.playback_ids import PlaybackTarget
from fastpix.emulator.model.streams import StreamRecord, new_recording
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace

__all__ = ["ClipOrigin", "check_playable", "manifest"]

SEGMENT_SECONDS = 10
LIVE_SEGMENTS = 6
LONGEST_CLIP = 86_400
LONGEST_PLAYLIST = 86_400


class ClipOrigin(Document):
    """A record that a part of a stream has a clip. Another request for the same part makes no second clip."""

    clip_id: str
    """The id of the clip."""


def manifest(workspace: Workspace, playback_id: str, query: Mapping[str, str]) -> httpx.Response:
    """Return the HLS manifest of a playback id: of a media, of a live stream, or of its part from ``start`` to ``end``.

    Args:
        workspace: The workspace.
        playback_id: The playback id.
        query: The query of the request. ``start`` and ``end`` are whole seconds, such as ``10`` or ``10s``.
            ``clipAccess`` is the policy of the clip, ``public`` or ``private``, by default that of recordings. A private
            playback id needs a ``token``, which can be any text.

    Raises:
        RefusedError: There is no such playback id (404), the ``token`` is missing (401), the stream is disabled or
            the media is not ready (400), or ``start`` or ``end`` is not valid (422).
    """
    target = workspace.documents.get(PlaybackTarget, playback_id) or PlaybackTarget()
    stream = workspace.documents.get(StreamRecord, target.stream_id or "")
    if stream is not None:
        return _live(workspace, stream, playback_id, query)
    media = workspace.documents.get(MediaRecord, target.media_id or "")
    if media is not None:
        return _on_demand(media, playback_id, query)
    raise RefusedError(404, "Media/PlaybackId not Found")


def _on_demand(record: MediaRecord, playback_id: str, query: Mapping[str, str]) -> httpx.Response:
    check_playable(record, playback_id, query)
    return _playlist(record.media.duration_seconds or 0, ended=True)


def check_playable(record: MediaRecord, playback_id: str, query: Mapping[str, str]) -> None:
    """Check that a media can be played by one of its playback ids.

    Raises:
        RefusedError: The ``token`` is missing (401), or the media is not ready (400).
    """
    media = record.media
    _check_token(media.playback_ids, playback_id, query)
    if media.status != "Ready":
        raise RefusedError(400, "media is not ready", f"The status of the media is {media.status}.")


def _live(workspace: Workspace, record: StreamRecord, playback_id: str, query: Mapping[str, str]) -> httpx.Response:
    stream = record.stream
    _check_token(stream.playback_ids, playback_id, query)
    if stream.status == "disabled":
        raise RefusedError(400, "stream is not ready", "The stream is disabled.")
    if "start" not in query and "end" not in query:
        return _playlist(LIVE_SEGMENTS * SEGMENT_SECONDS, ended=False)
    start, end = _seconds(query.get("start")), _seconds(query.get("end"))
    if start is None or end is None:
        raise invalid(*(name for name, value in (("start", start), ("end", end)) if value is None))
    if not start < end <= start + LONGEST_CLIP:
        raise RefusedError(422, INVALID, fields=(BadField("end", f"must be after start, by at most {LONGEST_CLIP} s"),))
    access = query.get("clipAccess") or stream.media_policy or "public"
    if access not in ("public", "private"):
        raise invalid("clipAccess")
    part = f"{playback_id}/{start}-{end}/{access}"
    known = workspace.documents.get(ClipOrigin, part)
    if known is None or workspace.documents.get(MediaRecord, known.clip_id) is None:
        clip = new_recording(workspace, stream, end - start, access)
        add_media(workspace, clip, "video.media.live_clip.created", source=stream.stream_id)
        workspace.documents.put(part, ClipOrigin(clip.media.id))
    return _playlist(end - start, ended=True)


def _check_token(
    playback_ids: Sequence[PlaybackId | MediaPlaybackId] | None, playback_id: str, query: Mapping[str, str]
) -> None:
    policy = next((known.access_policy for known in playback_ids or () if known.id == playback_id), None)
    if policy != "public" and not query.get("token"):
        raise RefusedError(401, "unauthorized", "A private playback id needs a token.")


def _seconds(text: str | None) -> int | None:
    found = re.fullmatch(r"(\d{1,9})s?", text or "")
    return None if found is None else int(found[1])


def _playlist(seconds: float, *, ended: bool) -> httpx.Response:
    seconds = min(seconds, LONGEST_PLAYLIST)
    count = -int(-seconds // SEGMENT_SECONDS)
    lengths = [min(SEGMENT_SECONDS, seconds - index * SEGMENT_SECONDS) for index in range(count)]
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        f"#EXT-X-TARGETDURATION:{SEGMENT_SECONDS}",
        *(f"#EXTINF:{float(length)},\nsegment-{index}.ts" for index, length in enumerate(lengths)),
        *(["#EXT-X-ENDLIST"] if ended else []),
    ]
    return httpx.Response(
        200, headers={"content-type": "application/vnd.apple.mpegurl"}, content="\n".join([*lines, ""])
    )
