"""The manifests of playback ids. A request for a part of a live stream, from ``start`` to ``end``, makes a clip."""

import re
from collections.abc import Iterable, Mapping

import httpx

from fastpix.api.common import Track
from fastpix.emulator.http.wire import BadField, RefusedError, invalid
from fastpix.emulator.model.media import MediaRecord
from fastpix.emulator.model.media_states import add_media
from fastpix.emulator.model.streams import StreamRecord, new_recording
from fastpix.emulator.playback.access import new_pass
from fastpix.emulator.playback.renditions import SEGMENT, Rendition, part_of, renditions, segment_count, selected
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace

__all__ = ["ClipOrigin", "live_manifest", "media_manifest", "rendition_playlist", "subtitles_of", "subtitles_playlist"]

SEGMENT_SECONDS = 10
"""The seconds of a segment that does not exist."""
LIVE_SEGMENTS = 6
LONGEST_CLIP = 86_400
LONGEST_PLAYLIST = 86_400


class ClipOrigin(Document):
    """A record that a part of a stream has a clip. Another request for the same part makes no second clip."""

    clip_id: str
    """The id of the clip."""


def media_manifest(
    workspace: Workspace, record: MediaRecord, playback_id: str, query: Mapping[str, str], *, is_playable: bool
) -> httpx.Response:
    """Return the HLS manifest of a media: its renditions and subtitles, or segments that do not exist.

    Args:
        workspace: The workspace.
        record: The media.
        playback_id: The playback id.
        query: The query of the request.
        is_playable: Whether the media has a file that can be played.

    Raises:
        RefusedError: A parameter is not valid (422).
    """
    wanted = selected(renditions(record), query)
    if not is_playable:
        return _invented(playback_id, record.content.duration, ended=True)
    grant = f"pass={new_pass(workspace, playback_id)}"
    texts = [
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="{_quoted(track.title or track.language_name)}",'
        f'LANGUAGE="{_quoted(track.language_code)}",AUTOSELECT=YES,URI="{playback_id}/text/{track.id}.m3u8?{grant}"'
        for track in subtitles_of(record)
    ]
    lines = (
        line for one in wanted for line in (_told(one, has_text=bool(texts)), f"{playback_id}/{one.name}.m3u8?{grant}")
    )
    return _playlist(["#EXT-X-INDEPENDENT-SEGMENTS", *texts, *lines])


def _told(rendition: Rendition, *, has_text: bool) -> str:
    size = f",RESOLUTION={rendition.size[0]}x{rendition.size[1]}" if rendition.size else ""
    text = ',SUBTITLES="text"' if has_text else ""
    return f"#EXT-X-STREAM-INF:BANDWIDTH={rendition.bandwidth}{size}{text}"


def _quoted(text: str | None) -> str:
    return re.sub(r'["\r\n]', "'", text or "und")


def subtitles_of(record: MediaRecord) -> list[Track]:
    """Return the subtitles of a media that are available."""
    return [track for track in record.media.tracks or () if track.type == "subtitle" and track.status == "available"]


def rendition_playlist(record: MediaRecord, name: str, grant: str) -> httpx.Response:
    """Return the playlist of a rendition: its segments, each with the pass."""
    count = min(segment_count(record), LONGEST_PLAYLIST // SEGMENT)
    parts = [part_of(record, index) for index in range(count)]
    lengths = [float(last - first) for _, first, last in parts]
    names = [f"{name}/{index}.ts?pass={grant}" for index in range(count)]
    return _ended(lengths, names, SEGMENT)


def subtitles_playlist(record: MediaRecord, track_id: str, grant: str) -> httpx.Response:
    """Return the playlist of a subtitle track: one file for all of the media."""
    length = record.content.duration
    return _ended([length], [f"{track_id}.vtt?pass={grant}"], int(length) + 1)


def live_manifest(
    workspace: Workspace, record: StreamRecord, playback_id: str, query: Mapping[str, str]
) -> httpx.Response:
    """Return the HLS manifest of a live stream, or of its part from ``start`` to ``end``, which makes a clip.

    ``start`` and ``end`` are whole seconds, such as ``10`` or ``10s``. ``clipAccess`` is the policy of the clip,
    ``public`` or ``private``, by default that of recordings.

    Raises:
        RefusedError: The stream is disabled (400), or ``start`` or ``end`` is not valid (422).
    """
    stream = record.stream
    if stream.status == "disabled":
        raise RefusedError(400, "stream is not ready", "The stream is disabled.")
    if "start" not in query and "end" not in query:
        return _invented(playback_id, LIVE_SEGMENTS * SEGMENT_SECONDS, ended=False)
    start, end = _seconds(query.get("start")), _seconds(query.get("end"))
    if start is None or end is None:
        raise invalid(*(name for name, value in (("start", start), ("end", end)) if value is None))
    if not start < end <= start + LONGEST_CLIP:
        raise invalid(BadField("end", f"must be after start, by at most {LONGEST_CLIP} s"))
    access = query.get("clipAccess") or stream.media_policy or "public"
    if access not in ("public", "private"):
        raise invalid("clipAccess")
    part = f"{playback_id}/{start}-{end}/{access}"
    known = workspace.documents.get(ClipOrigin, part)
    if known is None or workspace.documents.get(MediaRecord, known.clip_id) is None:
        clip = new_recording(workspace, stream, end - start, access)
        add_media(workspace, clip, "video.media.live_clip.created", source=stream.stream_id)
        workspace.documents.put(part, ClipOrigin(clip.media.id))
    return _invented(playback_id, end - start, ended=True)


def _seconds(text: str | None) -> int | None:
    found = re.fullmatch(r"(\d{1,9})s?", text or "")
    return None if found is None else int(found[1])


def _invented(playback_id: str, seconds: float, *, ended: bool) -> httpx.Response:
    """Return a playlist whose segments do not exist."""
    seconds = min(seconds, LONGEST_PLAYLIST)
    count = -int(-seconds // SEGMENT_SECONDS)
    lengths = [min(SEGMENT_SECONDS, seconds - index * SEGMENT_SECONDS) for index in range(count)]
    lines = [f"#EXTINF:{float(length)},\n{playback_id}/segment-{index}.ts" for index, length in enumerate(lengths)]
    return _playlist([f"#EXT-X-TARGETDURATION:{SEGMENT_SECONDS}", *lines, *(["#EXT-X-ENDLIST"] if ended else [])])


def _ended(lengths: list[float], names: list[str], longest: int) -> httpx.Response:
    lines = [f"#EXTINF:{length:.6f},\n{name}" for length, name in zip(lengths, names, strict=True)]
    head = [f"#EXT-X-TARGETDURATION:{longest}", "#EXT-X-PLAYLIST-TYPE:VOD"]
    return _playlist([*head, *lines, "#EXT-X-ENDLIST"])


def _playlist(lines: Iterable[str]) -> httpx.Response:
    content = "\n".join(["#EXTM3U", "#EXT-X-VERSION:3", *lines, ""])
    return httpx.Response(200, headers={"content-type": "application/vnd.apple.mpegurl"}, content=content)
