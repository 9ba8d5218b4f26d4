"""Live streams on the local FastPix."""

import re

from fastpix.api.common import ABSENT, Ack, Data, Page
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
from fastpix.emulator.due import note_read
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import RefusedError, invalid
from fastpix.emulator.model.events import tell_stream
from fastpix.emulator.model.media import clips_of
from fastpix.emulator.model.playback_ids import PlaybackTarget, forget_playback_ids, new_playback_id, restrictions
from fastpix.emulator.model.streams import (
    COMPLETE,
    DISABLE,
    ENABLE,
    END,
    UPDATE,
    StreamRecord,
    change_stream,
    end_broadcast,
    find_stream,
)
from fastpix.emulator.model.views import current_views
from fastpix.emulator.workspace import Workspace, given, metadata_of, new_id, only_given, page

__all__ = [
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


@handles(
    live_streams_create,
    recorded="the fields, the formats of ids and keys, and the defaults",
    documented="accessRestrictions and mediaQuality of a stream, since September and October 2026",
    guessed="a new stream has the mediaQuality standard",
)
def create(workspace: Workspace, request: CreateLiveStreamRequest) -> Data[LiveStream]:
    stream = new_stream(workspace, request)
    workspace.documents.put(stream.stream_id, StreamRecord(stream), position=workspace.time)
    tell_stream(workspace, "video.live_stream.created", stream)
    return Data(stream, success=True)


def new_stream(workspace: Workspace, request: CreateLiveStreamRequest) -> LiveStream:
    """Return a new stream. It is not stored yet."""
    playback, settings = request.playback_settings, request.input_media_settings
    stream_id = new_id()
    limits = restrictions(playback.access_restrictions, "playbackSettings.accessRestrictions.", default=ABSENT)
    target = PlaybackTarget(stream_id=stream_id)
    return LiveStream(
        stream_id=stream_id,
        stream_key=f"{new_id()}k{stream_id}",
        srt_secret=f"{new_id()}k{stream_id}",
        trial=workspace.settings.trial,
        status="idle",
        max_resolution=given(settings.max_resolution, "1080p"),
        max_duration=0,
        created_at=workspace.now,
        reconnect_window=given(settings.reconnect_window, 60),
        enable_recording=given(settings.enable_recording, True),
        enable_dvr_mode=given(settings.enable_dvr_mode, False),
        media_policy=given(settings.media_policy, "public"),
        metadata=metadata_of(settings.metadata),
        low_latency=False,
        closed_captions=False,
        playback_ids=[new_playback_id(workspace, target, given(playback.access_policy, "public"), limits)],
        srt_playback_response=SrtPlayback(
            srt_playback_stream_id=f"play{stream_id}", srt_playback_secret=f"{new_id()}k{stream_id}"
        ),
        media_quality="standard",
    )


@handles(live_streams_list, recorded="the fields, the order, and the pages, also of an empty list")
def list_streams(workspace: Workspace, request: GetAllStreamsRequest) -> Page[LiveStream]:
    return page(workspace, StreamRecord, request, lambda record: record.stream)


@handles(live_streams_get, recorded="the fields, from the list of streams", documented="the 404")
def get(workspace: Workspace, request: GetLiveStreamRequest) -> Data[LiveStream]:
    note_read(workspace, request.stream_id)
    return Data(find_stream(workspace, request.stream_id).stream, success=True)


@handles(
    live_streams_get_viewer_count,
    recorded="the response",
    documented="the 404",
    guessed="the viewers are the views of the stream that have begun and have not ended",
)
def get_viewer_count(workspace: Workspace, request: GetViewerCountRequest) -> Data[ViewerCount]:
    find_stream(workspace, request.stream_id)
    watching = [view for view in current_views(workspace) if view.fp_live_stream_id == request.stream_id]
    return Data(ViewerCount(len(watching)), success=True)


@handles(
    live_streams_update,
    documented="metadata is replaced as a whole, a disabled stream is refused",
    guessed="the message of the refusal",
)
def update(workspace: Workspace, request: UpdateLiveStreamRequest) -> Data[LiveStream]:
    record = find_stream(workspace, request.stream_id)
    UPDATE.check(record.stream.status)
    changes = only_given(metadata=request.metadata, reconnect_window=request.reconnect_window)
    stream = change_stream(workspace, record, **changes)
    tell_stream(workspace, "video.live_stream.updated", stream)
    return Data(stream, success=True)


@handles(
    live_streams_delete,
    documented="the response, the 404",
    guessed="recordings and clips stay",
)
def delete(workspace: Workspace, request: DeleteLiveStreamRequest) -> Ack:
    record = find_stream(workspace, request.stream_id)
    stream = end_broadcast(workspace, record, END.leads_to) if END.allows(record.stream.status) else record.stream
    forget_playback_ids(workspace, stream.playback_ids)
    workspace.documents.delete(StreamRecord, request.stream_id)
    tell_stream(workspace, "video.live_stream.deleted", stream)
    return Ack(success=True)


@handles(live_streams_enable, recorded="the response", documented="both refusals, and that the stream becomes idle")
def enable(workspace: Workspace, request: EnableLiveStreamRequest) -> Ack:
    record = find_stream(workspace, request.stream_id)
    ENABLE.check(record.stream.status)
    if record.stream.trial:
        raise RefusedError(400, "stream cannot be enabled on trial plan", "A paid plan is needed to enable a stream.")
    change_stream(workspace, record, status=ENABLE.leads_to)
    return Ack(success=True)


@handles(live_streams_disable, documented="the response, the refusal", guessed="a running broadcast is recorded")
def disable(workspace: Workspace, request: DisableLiveStreamRequest) -> Ack:
    record = find_stream(workspace, request.stream_id)
    DISABLE.check(record.stream.status)
    end_broadcast(workspace, record, DISABLE.leads_to)
    return Ack(success=True)


@handles(live_streams_complete, recorded="the refusal", documented="the response, and that the stream becomes idle")
def complete(workspace: Workspace, request: CompleteLiveStreamRequest) -> Ack:
    record = find_stream(workspace, request.stream_id)
    COMPLETE.check(record.stream.status)
    end_broadcast(workspace, record, COMPLETE.leads_to)
    return Ack(success=True)


@handles(
    live_streams_list_clips,
    recorded="an empty list",
    documented="the fields of a clip, and that a clip exists when a player has requested it",
    guessed="a stream that never existed has no clips; another form of the id is a 422",
)
def list_clips(workspace: Workspace, request: ListLiveClipsRequest) -> Page[LiveClip]:
    if not re.fullmatch(r"[0-9a-f]{32}", request.livestream_id):
        raise invalid("livestreamId")
    return clips_of(workspace, request.livestream_id, request, LiveClip)
