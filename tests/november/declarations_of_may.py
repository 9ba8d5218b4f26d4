"""The response types as this library declared them in May 2026, where they have changed since.

They test how the library treats changes of the API: fields that these declarations do not have stand for fields that
today's declarations will not have.
"""

from typing import Any, Literal

from fastpix.api.common import (
    ABSENT,
    AccessPolicy,
    AccessRestrictions,
    Answer,
    BasicAccessPolicy,
    Data,
    GeneratedSubtitle,
    MediaQuality,
    MediaStatus,
    Number,
    Open,
    Resolution,
    Restriction,
    Secret,
    SourceResolution,
)
from fastpix.api.live_streams import LiveResolution, Simulcast, SrtPlayback
from fastpix.api.times import Timestamp


class PlaybackId(Answer):
    id: str
    access_policy: Open[AccessPolicy] | None = ABSENT


class MediaPlaybackId(Answer):
    id: str | None = ABSENT
    access_policy: Open[AccessPolicy] | None = ABSENT
    access_restrictions: AccessRestrictions | None = ABSENT


class Track(Answer):
    id: str | None = ABSENT
    type: Open[Literal["video", "audio", "subtitle"]] | None = ABSENT
    width: Number | None = ABSENT
    height: Number | None = ABSENT
    frame_rate: str | None = ABSENT
    status: str | None = ABSENT
    language_code: str | None = ABSENT
    language_name: str | None = ABSENT


class Media(Answer):
    """The declaration of May 2026. As in the official SDKs of that time, ``duration`` was text."""

    id: str
    thumbnail: str | None = ABSENT
    workspace_id: str | None = ABSENT
    stream_id: str | None = ABSENT
    creator_id: str | None = ABSENT
    title: str | None = ABSENT
    max_resolution: Open[Resolution] | None = ABSENT
    source_resolution: Open[SourceResolution] | None = ABSENT
    status: Open[MediaStatus] | None = ABSENT
    source_access: bool | None = ABSENT
    playback_ids: list[MediaPlaybackId] | None = ABSENT
    tracks: list[Track] | None = ABSENT
    mp4_support: str | None = ABSENT
    generated_subtitles: list[GeneratedSubtitle] | None = ABSENT
    is_audio_only: bool | None = ABSENT
    subtitle_available: bool | None = ABSENT
    duration: str | None = ABSENT
    aspect_ratio: str | None = ABSENT
    created_at: Timestamp | None = ABSENT
    updated_at: Timestamp | None = ABSENT
    source_media_id: str | None = ABSENT
    metadata: dict[str, str | None] | None = ABSENT
    media_quality: Open[MediaQuality] | None = ABSENT
    frame_rate: str | None = ABSENT


class Pagination(Answer):
    total_records: int
    current_offset: int
    offset_count: int


class MediaPage(Answer):
    data: list[Media]
    pagination: Pagination
    success: bool | None = ABSENT


class LiveStream(Answer):
    stream_id: str
    stream_key: Secret
    status: Open[Literal["idle", "preparing", "active", "disabled"]] | None = ABSENT
    created_at: Timestamp | None = ABSENT
    playback_ids: list[PlaybackId] | None = ABSENT
    srt_secret: Secret | None = ABSENT
    trial: bool | None = ABSENT
    max_resolution: Open[LiveResolution] | None = ABSENT
    max_duration: int | None = ABSENT
    reconnect_window: int | None = ABSENT
    enable_recording: bool | None = ABSENT
    enable_dvr_mode: bool | None = ABSENT
    media_policy: Open[BasicAccessPolicy] | None = ABSENT
    metadata: dict[str, str | None] | None = ABSENT
    low_latency: bool | None = ABSENT
    closed_captions: bool | None = ABSENT
    simulcast_responses: list[Simulcast] | None = ABSENT
    media_ids: list[str] | None = ABSENT
    srt_playback_response: SrtPlayback | None = ABSENT


class MediaTrack(Answer):
    id: str
    type: Open[Literal["audio", "subtitle"]] | None = ABSENT
    url: str | None = ABSENT
    language_code: str | None = ABSENT
    language_name: str | None = ABSENT


RESPONSES: dict[str, Any] = {
    "get-media": Data[Media],
    "get-media-no-mp4": Data[Media],
    "list-media-just-created": MediaPage,
    "create-new-stream": Data[LiveStream],
    "get-live-stream-playback-id": Data[PlaybackId],
    "live-domains": Data[Restriction],
    "update-media-track": Data[MediaTrack],
}
"""The response type that each example was read as, by the name of the example."""
