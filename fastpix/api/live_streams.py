"""Live streams: create, list, get, update, enable, disable, complete and delete them, and list their clips."""

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
    """The credentials that a player needs to watch a stream over SRT."""

    srt_playback_stream_id: str | None = ABSENT
    """The SRT stream id of the player."""
    srt_playback_secret: Secret | None = ABSENT
    """The SRT passphrase of the player. Secret."""


class Simulcast(Answer):
    """A target on another platform that FastPix forwards a live stream to."""

    simulcast_id: str
    """The id of the simulcast."""
    url: str | None = ABSENT
    """The RTMP or RTMPS URL that FastPix sends the stream to."""
    stream_key: Secret | None = ABSENT
    """The stream key on the other platform. Secret."""
    is_enabled: bool | None = ABSENT
    """``True`` if FastPix forwards the stream to this target."""
    metadata: dict[str, str | None] | None = ABSENT
    """Your own key-value pairs."""


class LiveStream(Answer):
    """A live stream."""

    stream_id: str
    """The id of the stream."""
    stream_key: Secret
    """The key that an encoder sends to ``rtmps://live.fastpix.com:443/live`` with. Secret."""
    status: Open[LiveStreamStatus] | None = ABSENT
    """The status, in lower case. After a broadcast it is ``idle`` again: the API has no status for "ended".

    To let a type checker find a misspelled status, declare a constant with the type `LiveStreamStatus` of this module:
    ``ACTIVE: LiveStreamStatus = "active"``.
    """
    created_at: Timestamp | None = ABSENT
    """The time of creation, in UTC."""
    playback_ids: list[PlaybackId] | None = ABSENT
    """The ids that the stream is played with, at ``https://stream.fastpix.com/{id}.m3u8``."""
    srt_secret: Secret | None = ABSENT
    """The passphrase for an encoder that sends over SRT. Secret."""
    trial: bool | None = ABSENT
    """``True`` if the stream belongs to a trial plan. FastPix ends a trial stream after 5 minutes of activity."""
    max_resolution: Open[LiveResolution] | None = ABSENT
    """The highest resolution that FastPix encodes."""
    max_duration: int | None = ABSENT
    """The longest broadcast, in seconds. 0 means no limit."""
    reconnect_window: int | None = ABSENT
    """Seconds that FastPix waits for a disconnected encoder before it ends the broadcast."""
    enable_recording: bool | None = ABSENT
    """``True`` if FastPix records each broadcast as a media."""
    enable_dvr_mode: bool | None = ABSENT
    """``True`` if viewers can seek back during the broadcast."""
    media_policy: Open[BasicAccessPolicy] | None = ABSENT
    """Who can play the recordings."""
    metadata: dict[str, str | None] | None = ABSENT
    """Your own key-value pairs."""
    low_latency: bool | None = ABSENT
    """``True`` if the stream uses low-latency delivery."""
    closed_captions: bool | None = ABSENT
    """``True`` if the stream has closed captions."""
    simulcast_responses: list[Simulcast] | None = ABSENT
    """The targets that FastPix forwards the stream to. ``None`` if there are none."""
    media_ids: list[str] | None = ABSENT
    """The ids of the recordings, newest last. ``None`` if there are none."""
    srt_playback_response: SrtPlayback | None = ABSENT
    """The credentials for playback over SRT."""
    media_quality: Open[MediaQuality] | None = ABSENT
    """The encoding quality. The API returns it since October 2026."""


class LiveClip(MediaDescription):
    """A clip that was cut from a live stream. It is a media of its own."""


class ViewerCount(Answer):
    """The approximate number of current viewers."""

    views: int
    """The approximate number of people who are watching the stream now."""


class ListLiveClipsRequest(OrderedPageRequest):
    """Selects a stream, and a page of its clips."""

    livestream_id: str
    """The ``stream_id`` of the stream."""


class PlaybackSettings(Model):
    """Who can watch a new stream."""

    access_policy: BasicAccessPolicy | UnsetType = UNSET
    """``public``: everyone. ``private``: viewers with a signed token. Default: ``public``."""
    access_restrictions: AccessRestrictionSettings | UnsetType = UNSET
    """The domains and user agents that can play the stream. Default: no restriction."""


class InputMediaSettings(Model):
    """How FastPix encodes and records a new stream."""

    max_resolution: LiveResolution | UnsetType = UNSET
    """The highest resolution that FastPix encodes. Default: ``1080p``."""
    reconnect_window: ReconnectWindow | UnsetType = UNSET
    """Seconds that FastPix waits for a disconnected encoder before it ends the broadcast, 60 to 1800. Default: 60."""
    media_policy: BasicAccessPolicy | UnsetType = UNSET
    """Who can play the recordings. Default: ``public``."""
    metadata: Metadata | UnsetType = UNSET
    """Your own key-value pairs: at most 10, each value with at most 255 characters."""
    enable_dvr_mode: bool | UnsetType = UNSET
    """``True`` lets viewers seek back during the broadcast. Default: ``False``."""
    enable_recording: bool | UnsetType = UNSET
    """``True`` records each broadcast as a media. The setting is final: an update cannot change it. Default: ``True``."""


class CreateLiveStreamRequest(Model):
    """The settings of a new stream. Both parts are required, and each may be empty."""

    playback_settings: PlaybackSettings
    """Who can watch the stream."""
    input_media_settings: InputMediaSettings
    """How FastPix encodes and records the stream."""


class GetAllStreamsRequest(OrderedPageRequest):
    """Selects a page of the streams in the workspace."""


class GetLiveStreamRequest(Model):
    """Selects a stream."""

    stream_id: str
    """The id of the stream."""


class UpdateLiveStreamRequest(Model):
    """Selects a stream, and gives its new settings."""

    stream_id: str
    """The id of the stream."""
    metadata: Metadata | UnsetType = UNSET
    """Key-value pairs that replace all existing pairs: at most 10, each value with at most 255 characters."""
    reconnect_window: ReconnectWindow | UnsetType = UNSET
    """Seconds that FastPix waits for a disconnected encoder before it ends the broadcast, 60 to 1800."""


class DeleteLiveStreamRequest(Model):
    """Selects a stream."""

    stream_id: str
    """The id of the stream."""


class EnableLiveStreamRequest(Model):
    """Selects a stream."""

    stream_id: str
    """The id of the stream."""


class DisableLiveStreamRequest(Model):
    """Selects a stream."""

    stream_id: str
    """The id of the stream."""


class CompleteLiveStreamRequest(Model):
    """Selects a stream."""

    stream_id: str
    """The id of the stream."""


class GetViewerCountRequest(Model):
    """Selects a stream."""

    stream_id: str
    """The id of the stream."""


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
    """List the clips that were cut from a live stream, one page at a time.

    FastPix creates a clip when a player first requests a part of the stream, with ``start`` and ``end`` in the
    playback URL. The page is empty if the stream has no clips or does not exist.

    Fails with:
        UnprocessableError: ``livestream_id`` does not have the form of an id.

    API operation: ``list-live-clips``.

    Example:
        >>> request = ListLiveClipsRequest(livestream_id="8717422d89288ad5958d4a86e9afe2a2", limit=50)
        >>> live_streams_list_clips(core, request)
    """
    ...


@post("/live/streams", id="create-new-stream")
def live_streams_create(
    core: FastpixCore, request: CreateLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[CreateNewStreamResponse]:
    """Create a live stream. It is ``idle`` until an encoder connects with its ``stream_key``.

    The library does not retry this call after a lost response. The error's ``may_have_been_applied`` is then ``True``,
    and `live_streams_list` shows whether the stream exists.

    Fails with:
        BadRequestError: the plan allows no more streams.
        UnprocessableError: the service rejects a setting.

    API operation: ``create-new-stream``.

    Example:
        >>> encoding = InputMediaSettings(reconnect_window=120, metadata={"show": "news"})
        >>> live_streams_create(core, CreateLiveStreamRequest(PlaybackSettings(), encoding))
    """
    ...


@get("/live/streams", id="get-all-streams")
def live_streams_list(
    core: FastpixCore,
    request: GetAllStreamsRequest = GetAllStreamsRequest(),
    options: RequestOptions | None = None,
) -> Reply[GetAllStreamsResponse]:
    """List the live streams of the workspace, one page at a time.

    The API cannot filter streams. To find streams by status or metadata, read all pages.

    Fails with:
        Only the errors that every call can fail with.

    API operation: ``get-all-streams``.

    Example:
        >>> live_streams_list(core, GetAllStreamsRequest(limit=50, offset=2))
    """
    ...


@get("/live/streams/{streamId}", id="get-live-stream-by-id")
def live_streams_get(
    core: FastpixCore, request: GetLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[GetLiveStreamResponse]:
    """Get one live stream with its current status.

    Fails with:
        NotFoundError: the stream does not exist.

    API operation: ``get-live-stream-by-id``.

    Example:
        >>> live_streams_get(core, GetLiveStreamRequest("8717422d89288ad5958d4a86e9afe2a2"))
    """
    ...


@patch(
    "/live/streams/{streamId}",
    id="update-live-stream",
    idempotent=True,  # a second identical update changes nothing
)
def live_streams_update(
    core: FastpixCore, request: UpdateLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[UpdateLiveStreamResponse]:
    """Change the metadata or the reconnect window of a live stream. All other settings are final.

    Fails with:
        NotFoundError: the stream does not exist.
        BadRequestError: the stream is disabled.
        UnprocessableError: the service rejects a setting.

    API operation: ``update-live-stream``.

    Example:
        >>> request = UpdateLiveStreamRequest("8717422d89288ad5958d4a86e9afe2a2", metadata={"show": "weather"})
        >>> live_streams_update(core, request)
    """
    ...


@delete("/live/streams/{streamId}", id="delete-live-stream")
def live_streams_delete(
    core: FastpixCore, request: DeleteLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[DeleteLiveStreamResponse]:
    """Delete a live stream permanently. FastPix disconnects its encoder, and keeps its recordings.

    Fails with:
        NotFoundError: the stream does not exist.

    API operation: ``delete-live-stream``.

    Example:
        >>> live_streams_delete(core, DeleteLiveStreamRequest("8717422d89288ad5958d4a86e9afe2a2"))
    """
    ...


@put("/live/streams/{streamId}/live-enable", id="enable-live-stream")
def live_streams_enable(
    core: FastpixCore, request: EnableLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[EnableLiveStreamResponse]:
    """Enable a disabled live stream. Its status becomes ``idle``, and encoders can connect again.

    Fails with:
        BadRequestError: the stream is already enabled, or belongs to a trial plan. If a response was lost before, this
            call may have enabled the stream itself: ``may_have_been_applied`` is then ``True``.
        NotFoundError: the stream does not exist.

    API operation: ``enable-live-stream``.

    Example:
        >>> live_streams_enable(core, EnableLiveStreamRequest("8717422d89288ad5958d4a86e9afe2a2"))
    """
    ...


@put("/live/streams/{streamId}/live-disable", id="disable-live-stream")
def live_streams_disable(
    core: FastpixCore, request: DisableLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[DisableLiveStreamResponse]:
    """Disable a live stream. FastPix ends a running broadcast, and rejects encoders until you enable the stream.

    Fails with:
        BadRequestError: the stream is already disabled. If a response was lost before, this call may have disabled the
            stream itself: ``may_have_been_applied`` is then ``True``.
        NotFoundError: the stream does not exist.

    API operation: ``disable-live-stream``.

    Example:
        >>> live_streams_disable(core, DisableLiveStreamRequest("8717422d89288ad5958d4a86e9afe2a2"))
    """
    ...


@put("/live/streams/{streamId}/finish", id="complete-live-stream")
def live_streams_complete(
    core: FastpixCore, request: CompleteLiveStreamRequest, options: RequestOptions | None = None
) -> Reply[CompleteLiveStreamResponse]:
    """End the broadcast of an active live stream now. FastPix does not wait for the reconnect window.

    Fails with:
        BadRequestError: the stream is not active (``stream cannot be completed``). If a response was lost before, this
            call may have ended the broadcast itself: ``may_have_been_applied`` is then ``True``.
        NotFoundError: the stream does not exist.

    API operation: ``complete-live-stream``.

    Example:
        >>> live_streams_complete(core, CompleteLiveStreamRequest("8717422d89288ad5958d4a86e9afe2a2"))
    """
    ...


@get("/live/streams/{streamId}/viewer-count", id="get-live-stream-viewer-count-by-id")
def live_streams_get_viewer_count(
    core: FastpixCore, request: GetViewerCountRequest, options: RequestOptions | None = None
) -> Reply[GetViewerCountResponse]:
    """Get the approximate number of people who are watching a live stream now.

    Fails with:
        NotFoundError: the stream does not exist.

    API operation: ``get-live-stream-viewer-count-by-id``.

    Example:
        >>> live_streams_get_viewer_count(core, GetViewerCountRequest("8717422d89288ad5958d4a86e9afe2a2"))
    """
    ...
