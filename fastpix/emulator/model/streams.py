"""A live stream on the local FastPix: what is stored of it, the table of its states, and what happens to it by itself."""

from typing import cast

from msgspec.structs import replace

from fastpix.api.common import ABSENT
from fastpix.api.live_streams import LiveResolution, LiveStream
from fastpix.api.media import MediaSettings
from fastpix.emulator.due import cancel, later, step
from fastpix.emulator.http.wire import RefusedError
from fastpix.emulator.model.events import tell_simulcast, tell_stream
from fastpix.emulator.model.media import Content, MediaRecord, new_media
from fastpix.emulator.model.media_states import add_media, remove
from fastpix.emulator.model.rules import Rule
from fastpix.emulator.storage.probe import LONGEST_DURATION
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace, find
from fastpix.webhooks.events import LiveStreamEventType

__all__ = [
    "COMPLETE",
    "DISABLE",
    "ENABLE",
    "END",
    "SET_SIMULCAST",
    "SIMULCAST",
    "UPDATE",
    "StreamRecord",
    "change_stream",
    "connect_encoder",
    "cut_trial",
    "disconnect_encoder",
    "end",
    "end_broadcast",
    "find_stream",
    "go_live",
    "new_recording",
    "resume_stream",
]

# fmt: off
#                    possible in                       leads to
CONNECT       = Rule(("idle",),                        "preparing", "stream is not idle", "An encoder can connect to an idle stream.")
GO_LIVE       = Rule(("preparing",),                   "active")
END           = Rule(("preparing", "active"),          "idle")
COMPLETE      = Rule(("active",),                      "idle",      "stream cannot be completed", "Only active streams can be marked as completed.")
DISABLE       = Rule(("idle", "preparing", "active"),  "disabled",  "stream already disabled", "Only an enabled stream can be disabled.")
ENABLE        = Rule(("disabled",),                    "idle",      "stream is already enabled", "Only a disabled stream can be enabled.")
UPDATE        = Rule(("idle", "preparing", "active"),  "",          "stream is disabled", "A disabled stream can't be changed.")
SIMULCAST     = Rule(("idle",),                        "",          "stream is not idle", "A simulcast can be created for an idle stream.")
SET_SIMULCAST = Rule(("idle", "active"),               "",          "stream is not active or idle", "The simulcasts of such a stream can't be changed.")
# fmt: on

EVENT_OF_STATUS: dict[str, LiveStreamEventType] = {
    "idle": "video.live_stream.idle",
    "disabled": "video.live_stream.disabled",
}
TRIAL_BROADCAST = 5 * 60
"""The longest broadcast on a trial plan, in seconds."""
TRIAL_RECORDING = 24 * 60 * 60
"""The seconds after which a recording on a trial plan is removed."""


class StreamRecord(Document):
    """A live stream, with what the service knows and does not tell."""

    stream: LiveStream
    """The stream."""
    live_since: float | None = None
    """The time since which it is active, in seconds since 1970. ``None`` if it is not active."""
    encoder_left: float | None = None
    """The time at which its encoder disconnected, within the reconnect window. ``None`` if it did not."""


def find_stream(workspace: Workspace, stream_id: str) -> StreamRecord:
    """Return a stream.

    Raises:
        RefusedError: There is no such stream (404).
    """
    description = "There is no live stream with this id in the workspace."
    return find(workspace, StreamRecord, stream_id, "stream not found", description)


def change_stream(workspace: Workspace, record: StreamRecord, **changes: object) -> LiveStream:
    """Store a stream with changes, and return it."""
    changed = replace(record, stream=replace(record.stream, **changes))
    workspace.documents.put(record.stream.stream_id, changed)
    return changed.stream


def connect_encoder(workspace: Workspace, stream_id: str) -> None:
    """Let an encoder connect to a stream, or connect again within the reconnect window.

    Raises:
        RefusedError: There is no such stream (404), it has an encoder, or is disabled (400).
    """
    record = find_stream(workspace, stream_id)
    cancel(workspace, end, stream_id)
    if record.encoder_left is None:
        CONNECT.check(record.stream.status)
        record = replace(record, stream=replace(record.stream, status=CONNECT.leads_to))
    stream = change_stream(workspace, replace(record, encoder_left=None))
    tell_stream(workspace, "video.live_stream.connected", stream)
    if stream.status == "preparing":
        tell_stream(workspace, "video.live_stream.preparing", stream)
        resume_stream(workspace, stream)
    else:
        tell_stream(workspace, "video.live_stream.active", stream)


def resume_stream(workspace: Workspace, stream: LiveStream) -> None:
    """Let a stream with an encoder go on from its status."""
    if stream.status == "preparing":
        later(workspace, workspace.settings.delays.ingest, go_live, stream.stream_id)
    elif stream.status == "active" and stream.trial:
        later(workspace, TRIAL_BROADCAST, cut_trial, stream.stream_id)


def disconnect_encoder(workspace: Workspace, stream_id: str) -> None:
    """Let the encoder of a stream disconnect. The broadcast ends when the reconnect window has passed.

    Raises:
        RefusedError: There is no such stream (404), or it has no encoder (400).
    """
    record = find_stream(workspace, stream_id)
    if record.encoder_left is not None or not END.allows(record.stream.status):
        raise RefusedError(400, "stream has no encoder", "No encoder is connected to the stream.")
    stream = change_stream(workspace, replace(record, encoder_left=workspace.time))
    tell_stream(workspace, "video.live_stream.disconnected", stream)
    cancel(workspace, go_live, stream_id)
    later(workspace, record.stream.reconnect_window or 0, end, stream_id)


@step("start broadcast")
def go_live(workspace: Workspace, stream_id: str) -> None:
    record = workspace.documents.get(StreamRecord, stream_id)
    if record is not None and GO_LIVE.allows(record.stream.status):
        stream = change_stream(workspace, replace(record, live_since=workspace.time), status=GO_LIVE.leads_to)
        _tell_broadcast(workspace, stream)
        resume_stream(workspace, stream)


def _tell_broadcast(workspace: Workspace, stream: LiveStream) -> None:
    tell_stream(workspace, "video.live_stream.active", stream)
    if stream.enable_recording:
        tell_stream(workspace, "video.live_stream.recording", stream)
    for simulcast in stream.simulcast_responses or ():
        if simulcast.is_enabled:
            tell_simulcast(workspace, "video.live_stream.simulcast_target.starting", stream.stream_id, simulcast)
            tell_simulcast(workspace, "video.live_stream.simulcast_target.broadcasting", stream.stream_id, simulcast)


@step("end broadcast")
def end(workspace: Workspace, stream_id: str) -> None:
    """End a broadcast, because its reconnect window has passed or a trial plan allows no more."""
    record = workspace.documents.get(StreamRecord, stream_id)
    if record is not None and END.allows(record.stream.status):
        end_broadcast(workspace, record, END.leads_to)


@step("cut broadcast on trial plan")
def cut_trial(workspace: Workspace, stream_id: str) -> None:
    end(workspace, stream_id)


def end_broadcast(workspace: Workspace, record: StreamRecord, status: str) -> LiveStream:
    """Give a stream another status, and return it.

    If it was active, its broadcast ends, and is recorded if the stream asks for it.
    """
    stream = record.stream
    for pending in (go_live, end, cut_trial):
        cancel(workspace, pending, stream.stream_id)
    recordings: list[MediaRecord] = []
    if record.live_since is not None and stream.enable_recording:
        ended = workspace.time if record.encoder_left is None else record.encoder_left
        recordings = [new_recording(workspace, stream, ended - record.live_since)]
    media_ids = [*(stream.media_ids or ()), *(recording.media.id for recording in recordings)]
    record = replace(record, live_since=None, encoder_left=None)
    changed = change_stream(workspace, record, status=status, media_ids=media_ids or ABSENT)
    tell_stream(workspace, EVENT_OF_STATUS[status], changed)
    for recording in recordings:
        add_media(workspace, recording, "video.media.created", "video.media.live_stream.created")
        if stream.trial:
            later(workspace, TRIAL_RECORDING, remove, recording.media.id)
    return changed


def new_recording(workspace: Workspace, stream: LiveStream, seconds: float, access: str | None = None) -> MediaRecord:
    """Return a new media with a part of a broadcast. It is not stored yet.

    Args:
        workspace: The workspace.
        stream: The stream.
        seconds: The duration of the part. A recording has at most 1,000,000 seconds.
        access: The access policy. Default: the ``media_policy`` of the stream.
    """
    height = int((stream.max_resolution or "1080p").removesuffix("p"))
    duration = min(max(seconds, 0.001), LONGEST_DURATION)
    content = Content(duration=duration, width=-(-height * 16 // 9), height=height)
    settings = MediaSettings(max_resolution=cast("LiveResolution", stream.max_resolution or "1080p"))
    media = new_media(workspace, content, access or stream.media_policy or "public", settings)
    return MediaRecord(replace(media, stream_id=stream.stream_id), content)
