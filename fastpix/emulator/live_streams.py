"""Live streams on the local FastPix, with the defaults and the state rules of the real service."""

import re
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from fastpix.api.common import Ack, Data, Page, PlaybackId
from fastpix.api.live_streams import (
    CompleteLiveStreamRequest,
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    DisableLiveStreamRequest,
    EnableLiveStreamRequest,
    GetAllStreamsRequest,
    GetLiveStreamRequest,
    GetViewerCountRequest,
    ListLiveClipsRequest,
    LiveClip,
    LiveStream,
    SrtPlayback,
    UpdateLiveStreamRequest,
    ViewerCount,
    live_streams_complete,
    live_streams_create,
    live_streams_delete,
    live_streams_disable,
    live_streams_enable,
    live_streams_get,
    live_streams_get_viewer_count,
    live_streams_list,
    live_streams_list_clips,
    live_streams_update,
)
from fastpix.emulator.wire import INVALID, BadField, RefusedError
from fastpix.emulator.workspace import Workspace, handles, new_id, new_uuid

__all__ = [
    "PlaybackTarget",
    "complete",
    "create",
    "delete",
    "disable",
    "enable",
    "get",
    "get_viewer_count",
    "list_clips",
    "list_streams",
    "new_stream",
    "update",
]

T = TypeVar("T")

DEFAULT_LIMIT = 10


class PlaybackTarget(msgspec.Struct, frozen=True):
    """The stream that a playback id plays."""

    stream_id: str
    """The id of the stream."""


@handles(live_streams_create)
def create(workspace: Workspace, request: CreateLiveStreamRequest) -> Data[LiveStream]:
    return Data(new_stream(workspace, request), success=True)


def new_stream(workspace: Workspace, request: CreateLiveStreamRequest) -> LiveStream:
    """Make and store a stream. Fields that the request omits have the service's defaults."""
    settings = request.input_media_settings
    stream_id = new_id()
    playback_id = PlaybackId(id=new_uuid(), access_policy=_or(request.playback_settings.access_policy, "public"))
    stream = LiveStream(
        stream_id=stream_id,
        stream_key=f"{new_id()}k{stream_id}",
        srt_secret=f"{new_id()}k{stream_id}",
        trial=workspace.trial,
        status="idle",
        max_resolution=_or(settings.max_resolution, "1080p"),
        max_duration=0,
        created_at=workspace.now(),
        reconnect_window=_or(settings.reconnect_window, 60),
        enable_recording=_or(settings.enable_recording, True),
        enable_dvr_mode=_or(settings.enable_dvr_mode, False),
        media_policy=_or(settings.media_policy, "public"),
        metadata=None if settings.metadata is UNSET else {**settings.metadata},
        low_latency=False,
        closed_captions=False,
        playback_ids=[playback_id],
        srt_playback_response=SrtPlayback(
            srt_playback_stream_id=f"play{stream_id}", srt_playback_secret=f"{new_id()}k{stream_id}"
        ),
    )
    workspace.store.put(LiveStream, stream_id, stream)
    workspace.store.put(PlaybackTarget, playback_id.id, PlaybackTarget(stream_id))
    return stream


@handles(live_streams_list)
def list_streams(workspace: Workspace, request: GetAllStreamsRequest) -> Page[LiveStream]:
    return workspace.store.page(
        LiveStream,
        limit=_or(request.limit, DEFAULT_LIMIT),
        number=_or(request.offset, 1),
        order=_or(request.order_by, "desc"),
    )


@handles(live_streams_get)
def get(workspace: Workspace, request: GetLiveStreamRequest) -> Data[LiveStream]:
    return Data(_found(workspace, request.stream_id), success=True)


@handles(live_streams_get_viewer_count)
def get_viewer_count(workspace: Workspace, request: GetViewerCountRequest) -> Data[ViewerCount]:
    _found(workspace, request.stream_id)
    return Data(ViewerCount(0), success=True)


@handles(live_streams_update)
def update(workspace: Workspace, request: UpdateLiveStreamRequest) -> Data[LiveStream]:
    stream = _found(workspace, request.stream_id)
    if stream.status == "disabled":
        raise RefusedError(400, "stream is disabled", "A disabled stream can't be changed.")
    metadata = stream.metadata if isinstance(request.metadata, UnsetType) else {**request.metadata}
    window = _or(request.reconnect_window, stream.reconnect_window)
    changed = msgspec.structs.replace(stream, metadata=metadata, reconnect_window=window)
    workspace.store.put(LiveStream, stream.stream_id, changed)
    return Data(changed, success=True)


@handles(live_streams_delete)
def delete(workspace: Workspace, request: DeleteLiveStreamRequest) -> Ack:
    stream = _found(workspace, request.stream_id)
    for playback_id in stream.playback_ids or []:
        workspace.store.delete(PlaybackTarget, str(playback_id.id))
    workspace.store.delete(LiveStream, stream.stream_id)
    return Ack(success=True)


@handles(live_streams_enable)
def enable(workspace: Workspace, request: EnableLiveStreamRequest) -> Ack:
    stream = _found(workspace, request.stream_id)
    if stream.status != "disabled":
        raise RefusedError(400, "stream is already enabled", "Only a disabled stream can be enabled.")
    if stream.trial:
        raise RefusedError(400, "stream cannot be enabled on trial plan", "A paid plan is needed to enable a stream.")
    workspace.store.put(LiveStream, stream.stream_id, msgspec.structs.replace(stream, status="idle"))
    return Ack(success=True)


@handles(live_streams_disable)
def disable(workspace: Workspace, request: DisableLiveStreamRequest) -> Ack:
    stream = _found(workspace, request.stream_id)
    if stream.status == "disabled":
        raise RefusedError(400, "stream already disabled", "Only an enabled stream can be disabled.")
    workspace.store.put(LiveStream, stream.stream_id, msgspec.structs.replace(stream, status="disabled"))
    return Ack(success=True)


@handles(live_streams_complete)
def complete(workspace: Workspace, request: CompleteLiveStreamRequest) -> Ack:
    stream = _found(workspace, request.stream_id)
    if stream.status != "active":
        raise RefusedError(400, "stream cannot be completed", "Only active streams can be marked as completed.")
    workspace.store.put(LiveStream, stream.stream_id, msgspec.structs.replace(stream, status="idle"))
    return Ack(success=True)


@handles(live_streams_list_clips)
def list_clips(workspace: Workspace, request: ListLiveClipsRequest) -> Page[LiveClip]:
    if not re.fullmatch(r"[0-9a-f]{32}", request.livestream_id):
        raise RefusedError(422, INVALID, fields=(BadField("livestreamId"),))
    return workspace.store.page(
        LiveClip,
        parent=request.livestream_id,
        limit=_or(request.limit, DEFAULT_LIMIT),
        number=_or(request.offset, 1),
        order=_or(request.order_by, "desc"),
    )


def _found(workspace: Workspace, stream_id: str) -> LiveStream:
    """Return the stream, or raise a `RefusedError` with the service's 404."""
    stream = workspace.store.get(LiveStream, stream_id)
    if stream is None:
        raise RefusedError(404, "stream not found", "There is no live stream with this id in the workspace.")
    return stream


def _or(value: T | UnsetType, default: T) -> T:
    """Return the value, or the service's default if it is unset."""
    return default if isinstance(value, UnsetType) else value
