"""Live streams: create, list, get, enable, disable and delete them, and list the clips cut from one."""

from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, UnsetType

from fastpix.api.common import (
    Ack,
    BasicAccessPolicy,
    Data,
    Duration,
    Limit,
    Metadata,
    Model,
    Open,
    Page,
    PageNumber,
    PlaybackId,
    Secret,
    SortOrder,
    Timestamp,
    Track,
)
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.errors import Reply
from fastpix.operation import delete, get, post, put

__all__ = [
    "CreateLiveStreamRequest",
    "CreateNewStreamResponse",
    "DeleteLiveStreamRequest",
    "DeleteLiveStreamResponse",
    "DisableLiveStreamRequest",
    "DisableLiveStreamResponse",
    "EnableLiveStreamRequest",
    "EnableLiveStreamResponse",
    "GeneratedSubtitle",
    "GetAllStreamsRequest",
    "GetAllStreamsResponse",
    "GetLiveStreamRequest",
    "GetLiveStreamResponse",
    "InputMediaSettings",
    "ListLiveClipsRequest",
    "ListLiveClipsResponse",
    "LiveClip",
    "LivePlaybackId",
    "LiveStream",
    "PlaybackSettings",
    "Simulcast",
    "SrtPlayback",
    "live_streams_create",
    "live_streams_delete",
    "live_streams_disable",
    "live_streams_enable",
    "live_streams_get",
    "live_streams_list",
    "live_streams_list_clips",
]


class LivePlaybackId(Model):
    """An id under which a stream can be watched: ``https://stream.fastpix.com/{id}.m3u8``."""

    id: str | None = None
    access_policy: Open[Literal["public", "private"]] | None = None


class SrtPlayback(Model):
    """What a player needs to watch over SRT."""

    srt_playback_stream_id: str | None = None
    srt_playback_secret: Secret | None = None


class Simulcast(Model):
    """Another platform that a stream is sent on to."""

    simulcast_id: str
    url: str | None = None
    stream_key: Secret | None = None
    is_enabled: bool | None = None
    metadata: dict[str, str | None] | None = None


class LiveStream(Model):
    """A live stream.

    Attributes:
        stream_key: what an encoder sends to ``rtmps://live.fastpix.com:443/live`` with. Secret.
        srt_secret: the passphrase of an encoder that sends over SRT. Secret.
        status: ``idle`` again after a broadcast; there is no status for 'ended'.
        max_duration: seconds; 0 if there is no limit.
        reconnect_window: seconds that a lost encoder has to come back before the broadcast ends.
        media_policy: who may play the recording.
        media_ids: the recordings, the newest last; ``None`` if there is none.
        simulcast_responses: where it is sent on to; ``None`` if nowhere.
    """

    stream_id: str
    stream_key: Secret
    status: Open[Literal["idle", "preparing", "active", "disabled"]]
    created_at: Timestamp
    playback_ids: list[LivePlaybackId]
    srt_secret: Secret | None = None
    trial: bool | None = None
    max_resolution: Open[Literal["1080p", "720p", "480p"]] | None = None
    max_duration: int | None = None
    reconnect_window: int | None = None
    enable_recording: bool | None = None
    enable_dvr_mode: bool | None = None
    media_policy: Open[BasicAccessPolicy] | None = None
    metadata: dict[str, str | None] | None = None
    low_latency: bool | None = None
    closed_captions: bool | None = None
    simulcast_responses: list[Simulcast] | None = None
    media_ids: list[str] | None = None
    srt_playback_response: SrtPlayback | None = None


class GeneratedSubtitle(Model):
    """A subtitle track made by speech recognition, and where it is once made."""

    status: str | None = None
    url: str | None = None


class LiveClip(Model):
    """A clip cut from a live stream; it is a media of its own.

    Attributes:
        id: of the media.
        stream_id: of the stream it was cut from.
        source_resolution: of the stream; the API writes ``1080p`` or ``1080``.
        duration: as ``"00:00:30"``, or seconds.
    """

    id: str
    workspace_id: str | None = None
    stream_id: str | None = None
    thumbnail: str | None = None
    creator_id: str | None = None
    title: str | None = None
    metadata: dict[str, str | None] | None = None
    media_quality: Open[Literal["standard", "pro", "premium"]] | None = None
    max_resolution: Open[Literal["2160p", "1440p", "1080p", "720p", "480p"]] | None = None
    source_resolution: Open[Literal["2160p", "1440p", "1080p", "720p", "480p"]] | None = None
    status: (
        Open[Literal["Created", "Downloading", "Downloaded", "Validating", "In Queue", "Processing", "Ready", "Failed"]]
        | None
    ) = None
    source_access: bool | None = None
    playback_ids: list[PlaybackId] | None = None
    tracks: list[Track] | None = None
    mp4_support: Open[Literal["none", "capped_4k", "audioOnly", "audioOnly,capped_4k"]] | None = None
    generated_subtitles: list[GeneratedSubtitle] | None = None
    is_audio_only: bool | None = None
    subtitle_available: bool | None = None
    duration: Duration | None = None
    aspect_ratio: str | None = None
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None


class ListLiveClipsRequest(Model):
    """Which clips, and which page of them.

    Attributes:
        livestream_id: the ``stream_id`` of the stream.
        limit: items a page, 1 to 50; the service takes 10.
        offset: the number of the page, from 1.
        order_by: ``desc``, newest first, is what the service takes.
    """

    livestream_id: str
    limit: Limit | UnsetType = UNSET
    offset: PageNumber | UnsetType = UNSET
    order_by: SortOrder | UnsetType = UNSET


class PlaybackSettings(Model):
    """Who may watch the stream; the service takes ``public``."""

    access_policy: BasicAccessPolicy | UnsetType = UNSET


class InputMediaSettings(Model):
    """How a stream is taken in and recorded. In brackets, what the service takes for what is not given.

    Attributes:
        max_resolution: the best that is encoded (``1080p``).
        reconnect_window: seconds, 60 to 1800, that a lost encoder has to come back (60).
        media_policy: who may play the recording (``public``).
        metadata: at most 10 entries of at most 255 characters.
        enable_dvr_mode: whether viewers can go back while it is live (``False``).
        enable_recording: whether a media is made of the broadcast (``True``); can't be changed later.
    """

    max_resolution: Literal["1080p", "720p", "480p"] | UnsetType = UNSET
    reconnect_window: Annotated[int, Meta(ge=60, le=1800)] | UnsetType = UNSET
    media_policy: BasicAccessPolicy | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
    enable_dvr_mode: bool | UnsetType = UNSET
    enable_recording: bool | UnsetType = UNSET


class CreateLiveStreamRequest(Model):
    """The settings of a new stream; the service demands both parts, each may be empty."""

    playback_settings: PlaybackSettings
    input_media_settings: InputMediaSettings


class GetAllStreamsRequest(Model):
    """Which page of the streams.

    Attributes:
        limit: items a page, 1 to 50; the service takes 10.
        offset: the number of the page, from 1.
        order_by: by the time of creation; ``desc``, newest first, is what the service takes.
    """

    limit: Limit | UnsetType = UNSET
    offset: PageNumber | UnsetType = UNSET
    order_by: SortOrder | UnsetType = UNSET


class GetLiveStreamRequest(Model):
    """Which stream."""

    stream_id: str


class DeleteLiveStreamRequest(Model):
    """Which stream."""

    stream_id: str


class EnableLiveStreamRequest(Model):
    """Which stream."""

    stream_id: str


class DisableLiveStreamRequest(Model):
    """Which stream."""

    stream_id: str


ListLiveClipsResponse: TypeAlias = Page[LiveClip]
CreateNewStreamResponse: TypeAlias = Data[LiveStream]
GetAllStreamsResponse: TypeAlias = Page[LiveStream]
GetLiveStreamResponse: TypeAlias = Data[LiveStream]
DeleteLiveStreamResponse: TypeAlias = Ack
EnableLiveStreamResponse: TypeAlias = Ack
DisableLiveStreamResponse: TypeAlias = Ack


@get("/on-demand/{livestreamId}/live-clips", id="list-live-clips")
def live_streams_list_clips(
    core: FastpixCore, request: ListLiveClipsRequest, options: RequestOptions | None = None
) -> Reply[ListLiveClipsResponse]:
    """List the clips cut from a live stream, a page at a time, newest first.

    A clip comes to exist when its part of the stream is first asked for, with ``start`` and ``end`` in the
    playback url. A stream that has none, or that does not exist, gives an empty page.

    Fails with `UnprocessableError` if the id is not of the API's form.
    Follows ``list-live-clips`` of the API.

    Example:
        ``live_streams_list_clips(core, ListLiveClipsRequest(livestream_id=stream.stream_id, limit=50))``
    """
    ...


@post("/live/streams", id="create-new-stream")
def live_streams_create(
    core: FastpixCore, request: CreateLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[CreateNewStreamResponse]:
    """Create a live stream, ``idle`` until an encoder connects with its ``stream_key``.

    It is sent once: if no answer comes, the error's ``may_have_been_applied`` is true, and
    `live_streams_list` tells whether the stream is there.

    Fails with `BadRequestError` if the plan allows no more, with `UnprocessableError` for a refused setting.
    Follows ``create-new-stream`` of the API.

    Example:
        ``live_streams_create(core, CreateLiveStreamRequest(playback_settings=PlaybackSettings(),
        input_media_settings=InputMediaSettings(reconnect_window=120, metadata={"show": "news"})))``
    """
    ...


@get("/live/streams", id="get-all-streams")
def live_streams_list(
    core: FastpixCore,
    request: GetAllStreamsRequest = GetAllStreamsRequest(),
    options: RequestOptions | None = None,
) -> Reply[GetAllStreamsResponse]:
    """List the live streams of the workspace, a page at a time, newest first.

    A page behind the last one is empty.

    Follows ``get-all-streams`` of the API.
    """
    ...


@get("/live/streams/{streamId}", id="get-live-stream-by-id")
def live_streams_get(
    core: FastpixCore, request: GetLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[GetLiveStreamResponse]:
    """Get one live stream, with its present status.

    Fails with `NotFoundError` if there is no such stream.
    Follows ``get-live-stream-by-id`` of the API.
    """
    ...


@delete("/live/streams/{streamId}", id="delete-live-stream")
def live_streams_delete(
    core: FastpixCore, request: DeleteLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[DeleteLiveStreamResponse]:
    """Delete a live stream for good; its encoder is disconnected, its recordings stay.

    Fails with `NotFoundError` if there is no such stream.
    Follows ``delete-live-stream`` of the API.
    """
    ...


@put("/live/streams/{streamId}/live-enable", id="enable-live-stream")
def live_streams_enable(
    core: FastpixCore, request: EnableLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[EnableLiveStreamResponse]:
    """Let a disabled stream take an encoder again; it becomes ``idle``.

    Fails with `BadRequestError` if it is enabled already or belongs to a trial plan, and with
    `NotFoundError` if there is no such stream. After a lost answer, 'enabled already' may be the doing of
    this very call: then ``may_have_been_applied`` is true.
    Follows ``enable-live-stream`` of the API.
    """
    ...


@put("/live/streams/{streamId}/live-disable", id="disable-live-stream")
def live_streams_disable(
    core: FastpixCore, request: DisableLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[DisableLiveStreamResponse]:
    """End the broadcast of a stream, if there is one, and refuse encoders until it is enabled.

    Fails with `BadRequestError` if it is disabled already, and with `NotFoundError` if there is no such
    stream. After a lost answer, 'disabled already' may be the doing of this very call: then
    ``may_have_been_applied`` is true.
    Follows ``disable-live-stream`` of the API.
    """
    ...
