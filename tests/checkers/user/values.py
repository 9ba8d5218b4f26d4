"""The values in a response, by their types."""

from datetime import UTC, datetime
from typing import assert_type

from fastpix.api.common import MediaStatus, Mp4Rendition, text_of
from fastpix.api.live_streams import LiveStream, LiveStreamStatus
from fastpix.api.media import Media
from fastpix.api.playlists import PlaylistMedia
from fastpix.api.times import seconds_of, time_of

READY: MediaStatus = "Ready"
READY_BY_MISTAKE: MediaStatus = "ready"  # error
ACTIVE: LiveStreamStatus = "active"
ACTIVE_BY_MISTAKE: LiveStreamStatus = "Active"  # error


def times(stream: LiveStream, item: PlaylistMedia, media: Media) -> None:
    assert_type(stream.created_at, datetime | None)
    if stream.created_at is not None:
        print(stream.created_at.year, stream.created_at.split("T"))  # error
    print(stream.created_at < datetime.now(UTC))  # error
    assert_type(text_of(stream, "created_at"), str | None)
    assert_type(time_of("2026-05-20T12:50:13Z"), datetime | None)
    assert_type(media.duration_seconds, float | None)
    assert_type(item.duration_seconds, float | None)
    assert_type(seconds_of(media.duration), float | None)
    print(media.duration + 1)  # error


def enumerations(stream: LiveStream, media: Media) -> bool:
    renditions: list[Mp4Rendition] | str | None = media.mp4_support
    assert renditions is None or isinstance(renditions, str | list)
    assert stream.status in (ACTIVE, "a status of next year")
    return media.status == READY


def fields(stream: LiveStream) -> None:
    assert_type(stream.stream_id, str)
    assert_type(stream.max_duration, int | None)
    stream.streamId  # error
    stream.stream_id = "b"  # error
