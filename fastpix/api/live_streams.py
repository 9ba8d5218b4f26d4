"""Live streams: create, list, get, update, enable, disable, complete and delete them, and list the clips cut from one."""

from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, UnsetType

from fastpix.api.common import (
    ABSENT,
    AccessRestrictionSettings,
    Ack,
    Answer,
    BasicAccessPolicy,
    Data,
    MediaDescription,
    MediaQuality,
    Metadata,
    Model,
    Open,
    OrderedPageRequest,
    Page,
    PlaybackId,
    Secret,
)
from fastpix.api.times import Timestamp
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import delete, get, patch, post, put
from fastpix.reply import Reply

__all__ = [
    "AccessRestrictionSettings",
    "BasicAccessPolicy",
    "CompleteLiveStreamRequest",
    "CompleteLiveStreamResponse",
    "CreateLiveStreamRequest",
    "CreateNewStreamResponse",
    "DeleteLiveStreamRequest",
    "DeleteLiveStreamResponse",
    "DisableLiveStreamRequest",
    "DisableLiveStreamResponse",
    "EnableLiveStreamRequest",
    "EnableLiveStreamResponse",
    "GetAllStreamsRequest",
    "GetAllStreamsResponse",
    "GetLiveStreamRequest",
    "GetLiveStreamResponse",
    "GetViewerCountRequest",
    "GetViewerCountResponse",
    "InputMediaSettings",
    "ListLiveClipsRequest",
    "ListLiveClipsResponse",
    "LiveClip",
    "LiveResolution",
    "LiveStream",
    "LiveStreamStatus",
    "MediaQuality",
    "Metadata",
    "PlaybackId",
    "PlaybackSettings",
    "ReconnectWindow",
    "Simulcast",
    "SrtPlayback",
    "Timestamp",
    "UpdateLiveStreamRequest",
    "UpdateLiveStreamResponse",
    "ViewerCount",
    "live_streams_complete",
    "live_streams_create",
    "live_streams_delete",
    "live_streams_disable",
    "live_streams_enable",
    "live_streams_get",
    "live_streams_get_viewer_count",
    "live_streams_list",
    "live_streams_list_clips",
    "live_streams_update",
]

LiveStreamStatus: TypeAlias = Literal["idle", "preparing", "active", "disabled"]
LiveResolution: TypeAlias = Literal["1080p", "720p", "480p"]
ReconnectWindow: TypeAlias = Annotated[int, Meta(ge=60, le=1800)]


class SrtPlayback(Answer):
    """What a player needs to watch over SRT."""

    srt_playback_stream_id: str | None = ABSENT
    srt_playback_secret: Secret | None = ABSENT


class Simulcast(Answer):
    """Another platform that a stream is sent on to."""

    simulcast_id: str
    url: str | None = ABSENT
    stream_key: Secret | None = ABSENT
    is_enabled: bool | None = ABSENT
    metadata: dict[str, str | None] | None = ABSENT


class LiveStream(Answer):
    """A live stream.

    Attributes:
        stream_key: what an encoder sends to ``rtmps://live.fastpix.com:443/live`` with. Secret.
        srt_secret: the passphrase of an encoder that sends over SRT. Secret.
        playback_ids: the ids under which it can be watched, ``https://stream.fastpix.com/{id}.m3u8``.
        status: ``idle`` again after a broadcast; there is no status for 'ended'. In small letters, unlike that of a
            media. To have a status of yours checked, give it a type: ``ACTIVE: LiveStreamStatus = "active"``.
        max_duration: seconds; 0 if there is no limit.
        reconnect_window: seconds that a lost encoder has to come back before the broadcast ends.
        created_at: when it was created, in UTC; a `datetime`.
        media_policy: who may play the recording.
        media_quality: the quality of encoding; answered since October 2026.
        media_ids: the recordings, the newest last; ``None`` if there is none.
        simulcast_responses: where the stream is sent on to; ``None`` if nowhere.
    """

    stream_id: str
    stream_key: Secret
    status: Open[LiveStreamStatus] | None = ABSENT
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
    media_quality: Open[MediaQuality] | None = ABSENT


class LiveClip(MediaDescription):
    """A clip cut from a live stream; it is a media of its own."""


class ViewerCount(Answer):
    """How many watch a stream now, about."""

    views: int


class ListLiveClipsRequest(OrderedPageRequest):
    """Which clips, and which page: ``limit`` clips on it, 1 to 50 (default 10); ``offset`` is its number, from 1.

    Attributes:
        livestream_id: the ``stream_id`` of the stream.
    """

    livestream_id: str


class PlaybackSettings(Model):
    """Who may watch the stream.

    Attributes:
        access_policy: everyone, or who has a token; default ``public``.
        access_restrictions: on which sites, and with which players.
    """

    access_policy: BasicAccessPolicy | UnsetType = UNSET
    access_restrictions: AccessRestrictionSettings | UnsetType = UNSET


class InputMediaSettings(Model):
    """How a stream is taken in and recorded. In brackets, the defaults.

    Attributes:
        max_resolution: the best that is encoded (``1080p``).
        reconnect_window: seconds, 60 to 1800, that a lost encoder has to come back (60).
        media_policy: who may play the recording (``public``).
        metadata: at most 10 entries of at most 255 characters.
        enable_dvr_mode: whether viewers can go back while it is live (``False``).
        enable_recording: whether a media is made of the broadcast (``True``); can't be changed later.
    """

    max_resolution: LiveResolution | UnsetType = UNSET
    reconnect_window: ReconnectWindow | UnsetType = UNSET
    media_policy: BasicAccessPolicy | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
    enable_dvr_mode: bool | UnsetType = UNSET
    enable_recording: bool | UnsetType = UNSET


class CreateLiveStreamRequest(Model):
    """The settings of a new stream; the service demands both parts, each may be empty."""

    playback_settings: PlaybackSettings
    input_media_settings: InputMediaSettings


class GetAllStreamsRequest(OrderedPageRequest):
    """Which page of the streams: ``limit`` streams on it, 1 to 50 (default 10); ``offset`` is its number, from 1."""


class GetLiveStreamRequest(Model):
    """Which stream."""

    stream_id: str


class UpdateLiveStreamRequest(Model):
    """What to change of a stream.

    Attributes:
        metadata: replaces the whole of it; at most 10 entries of at most 255 characters.
        reconnect_window: seconds, 60 to 1800, that a lost encoder has to come back.
    """

    stream_id: str
    metadata: Metadata | UnsetType = UNSET
    reconnect_window: ReconnectWindow | UnsetType = UNSET


class DeleteLiveStreamRequest(Model):
    """Which stream."""

    stream_id: str


class EnableLiveStreamRequest(Model):
    """Which stream."""

    stream_id: str


class DisableLiveStreamRequest(Model):
    """Which stream."""

    stream_id: str


class CompleteLiveStreamRequest(Model):
    """Which stream."""

    stream_id: str


class GetViewerCountRequest(Model):
    """Which stream."""

    stream_id: str


ListLiveClipsResponse: TypeAlias = Page[LiveClip]
CreateNewStreamResponse: TypeAlias = Data[LiveStream]
GetAllStreamsResponse: TypeAlias = Page[LiveStream]
GetLiveStreamResponse: TypeAlias = Data[LiveStream]
UpdateLiveStreamResponse: TypeAlias = Data[LiveStream]
DeleteLiveStreamResponse: TypeAlias = Ack
EnableLiveStreamResponse: TypeAlias = Ack
DisableLiveStreamResponse: TypeAlias = Ack
CompleteLiveStreamResponse: TypeAlias = Ack
GetViewerCountResponse: TypeAlias = Data[ViewerCount]


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


@patch(
    "/live/streams/{streamId}",
    id="update-live-stream",
    idempotent=True,  # it sets what it is given
)
def live_streams_update(
    core: FastpixCore, request: UpdateLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[UpdateLiveStreamResponse]:
    """Change the metadata or the reconnect window of a live stream; other settings are for its whole life.

    Fails with `NotFoundError` (``stream not found``), with `BadRequestError` if the stream is disabled, and with
    `UnprocessableError` for a refused setting.
    Follows ``update-live-stream`` of the API.
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


@put("/live/streams/{streamId}/finish", id="complete-live-stream")
def live_streams_complete(
    core: FastpixCore, request: CompleteLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[CompleteLiveStreamResponse]:
    """End the broadcast of an active stream at once, without waiting for its reconnect window.

    Fails with `BadRequestError` (``stream cannot be completed``) if the stream is not active, and with
    `NotFoundError` if there is no such stream. After a lost answer, 'not active' may be the doing of this very
    call: then ``may_have_been_applied`` is true.
    Follows ``complete-live-stream`` of the API.
    """
    ...


@get("/live/streams/{streamId}/viewer-count", id="get-live-stream-viewer-count-by-id")
def live_streams_get_viewer_count(
    core: FastpixCore, request: GetViewerCountRequest, options: RequestOptions | None = None
) -> Reply[GetViewerCountResponse]:
    """Count who watches a live stream now, about.

    Fails with `NotFoundError` if there is no such stream.
    Follows ``get-live-stream-viewer-count-by-id`` of the API.
    """
    ...
