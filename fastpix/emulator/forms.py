"""Responses in the forms of May 2026: durations and ``mp4Support`` as text, and without the fields that came later.

Requests are read in the forms of November.
"""

from typing import Any, cast

from msgspec.structs import replace

from fastpix._call.validation import sequence
from fastpix.api.common import ABSENT, Answer, Data, MediaDescription, Page, PlaybackId, Track
from fastpix.api.live_streams import LiveStream
from fastpix.api.media import InputInfo
from fastpix.api.media_tracks import MediaTrack, SubtitleTrack
from fastpix.api.playlists import Playlist, PlaylistMedia
from fastpix.emulator.clock import text_of_duration
from fastpix.emulator.model.media import setting_of

__all__ = ["in_may"]


def in_may(value: Any, *, of_stream: bool) -> Any:
    """Return a response as the service wrote it in May 2026.

    Args:
        value: The response, or a part of it.
        of_stream: Whether it is about a live stream. Playback ids of live streams had no restrictions.
    """
    changes: dict[str, object] = {}
    match value:
        case list():
            return [in_may(item, of_stream=of_stream) for item in sequence(cast("object", value))]
        case Data() | Page():
            changes = {"data": in_may(cast("Data[object]", value).data, of_stream=of_stream)}
        case MediaDescription():
            setting = setting_of(value)
            changes = {
                "duration": text_of_duration(value.duration_seconds or 0),
                "mp4_support": ABSENT if setting == "none" else setting,
                "optimize_audio": ABSENT,
                "tracks": _untitled(value.tracks),
            }
        case LiveStream():
            playback_ids = in_may(value.playback_ids or [], of_stream=of_stream)
            changes = {"media_quality": ABSENT, "playback_ids": playback_ids}
        case PlaybackId() if of_stream:
            changes = {"access_restrictions": ABSENT}
        case Playlist():
            changes = {"media_list": in_may(value.media_list or [], of_stream=of_stream)}
        case InputInfo() if value.file is not None:
            changes = {"file": replace(value.file, tracks=_untitled(value.file.tracks))}
        case PlaylistMedia():
            changes = {"duration": text_of_duration(value.duration_seconds or 0)}
        case MediaTrack() | SubtitleTrack():
            changes = {"title": ABSENT}
        case _:
            return value
    return replace(cast("Answer", value), **changes)


def _untitled(tracks: list[Track] | None) -> list[Track]:
    return [replace(track, title=ABSENT) for track in tracks or ()]
