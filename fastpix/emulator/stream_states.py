"""A live stream on the local FastPix: what is stored of it, the table of its states, and what happens to it by itself."""

from typing import cast

from msgspec.structs import replace

from fastpix.api.common import ABSENT
from fastpix.api.live_streams import LiveResolution, LiveStream
from fastpix.api.media import MediaSettings
from fastpix.emulator.documents import Document
from fastpix.emulator.due import cancel, later, step
from fastpix.emulator.media_states import Content, MediaRecord, add_media, new_media, remove
from fastpix.emulator.rules import Rule, moved
from fastpix.emulator.wire import RefusedError
from fastpix.emulator.workspace import Workspace

__all__ = [
    "STREAM_RULES",
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

STREAM_RULES = (
    #    action           possible in                     leads to
    Rule("connect",       ("idle",),                      "preparing", "stream is not idle", "An encoder can connect to an idle stream."),
    Rule("reconnect",     ("preparing", "active"),        ""),
    Rule("go live",       ("preparing",),                 "active"),
    Rule("disconnect",    ("preparing", "active"),        "", "stream has no encoder", "No encoder is connected to the stream."),
    Rule("complete",      ("active",),                    "idle", "stream cannot be completed", "Only active streams can be marked as completed."),
    Rule("end",           ("preparing", "active"),        "idle"),
    Rule("disable",       ("idle", "preparing", "active"), "disabled", "stream already disabled", "Only an enabled stream can be disabled."),
    Rule("enable",        ("disabled",),                  "idle", "stream is already enabled", "Only a disabled stream can be enabled."),
    Rule("update",        ("idle", "preparing", "active"), "", "stream is disabled", "A disabled stream can't be changed."),
    Rule("simulcast",     ("idle",),                      "", "stream is not idle", "A simulcast can be created for an idle stream."),
    Rule("set simulcast", ("idle", "active"),             "", "stream is not active or idle", "The simulcasts of such a stream can't be changed."),
)  # fmt: skip
"""What is possible in which status of a stream, and what it leads to. All other actions are always possible."""

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
    record = workspace.documents.get(StreamRecord, stream_id)
    if record is None:
        raise RefusedError(404, "stream not found", "There is no live stream with this id in the workspace.")
    return record


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
    action = "connect" if record.encoder_left is None else "reconnect"
    status = moved(STREAM_RULES, action, record.stream.status)
    change_stream(workspace, replace(record, encoder_left=None), status=status)
    cancel(workspace, end, stream_id)
    if status == "preparing":
        resume_stream(workspace, replace(record.stream, status=status))


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
    moved(STREAM_RULES, "disconnect", record.stream.status if record.encoder_left is None else "idle")
    change_stream(workspace, replace(record, encoder_left=workspace.time))
    cancel(workspace, go_live, stream_id)
    later(workspace, record.stream.reconnect_window or 0, end, stream_id)


@step
def go_live(workspace: Workspace, stream_id: str) -> None:
    record = workspace.documents.get(StreamRecord, stream_id)
    if record is not None:
        status = moved(STREAM_RULES, "go live", record.stream.status)
        stream = change_stream(workspace, replace(record, live_since=workspace.time), status=status)
        resume_stream(workspace, stream)


@step
def end(workspace: Workspace, stream_id: str) -> None:
    """End a broadcast, because its reconnect window has passed or a trial plan allows no more."""
    record = workspace.documents.get(StreamRecord, stream_id)
    if record is not None:
        end_broadcast(workspace, record, moved(STREAM_RULES, "end", record.stream.status))


@step
def cut_trial(workspace: Workspace, stream_id: str) -> None:
    end(workspace, stream_id)


def end_broadcast(workspace: Workspace, record: StreamRecord, status: str) -> None:
    """End the broadcast of a stream, if there is one, and record it as a media if the stream asks for it."""
    stream = record.stream
    for pending in (go_live, end, cut_trial):
        cancel(workspace, pending, stream.stream_id)
    media_ids = stream.media_ids or []
    if record.live_since is not None and stream.enable_recording:
        ended = workspace.time if record.encoder_left is None else record.encoder_left
        recording = new_recording(workspace, stream, ended - record.live_since)
        add_media(workspace, recording)
        if stream.trial:
            later(workspace, TRIAL_RECORDING, remove, recording.media.id)
        media_ids = [*media_ids, recording.media.id]
    record = replace(record, live_since=None, encoder_left=None)
    change_stream(workspace, record, status=status, media_ids=media_ids or ABSENT)


def new_recording(workspace: Workspace, stream: LiveStream, seconds: float, access: str | None = None) -> MediaRecord:
    """Return a new media with a part of a broadcast. It is not stored yet.

    Args:
        workspace: The workspace.
        stream: The stream.
        seconds: The duration of the part.
        access: The access policy. Default: the ``media_policy`` of the stream.
    """
    height = int((stream.max_resolution or "1080p").removesuffix("p"))
    content = Content(duration=max(seconds, 0.001), width=-(-height * 16 // 9), height=height)
    settings = MediaSettings(max_resolution=cast("LiveResolution", stream.max_resolution or "1080p"))
    media = new_media(workspace, content, access or stream.media_policy or "public", settings)
    return MediaRecord(replace(media, stream_id=stream.stream_id), content)
