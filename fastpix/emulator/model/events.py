"""The events that webhooks get. Each is made in the transaction of the change that it tells."""

import msgspec

from fastpix.api.common import Answer, Track
from fastpix.api.live_streams import LiveStream, Simulcast
from fastpix.api.uploads import UploadDescription
from fastpix.emulator.clock import text_of_nanoseconds
from fastpix.emulator.forms import in_may
from fastpix.emulator.model.media import MediaRecord, described
from fastpix.emulator.store.documents import Document
from fastpix.emulator.webhooks.deliveries import add_deliveries
from fastpix.emulator.webhooks.webhook import Webhook
from fastpix.emulator.workspace import Workspace, new_uuid
from fastpix.webhooks.events import (
    AiEventType,
    LiveStreamEventType,
    MediaEventType,
    SimulcastEventType,
    TrackEventType,
    UploadEventType,
)

__all__ = [
    "LastEvent",
    "tell_media",
    "tell_output",
    "tell_simulcast",
    "tell_stream",
    "tell_track",
    "tell_upload",
]

SUBTITLES_IN_MAY = "video.media.subtitle.generated.ready"
NEW_MEDIA = ("video.media.created", "video.media.live_stream.created", "video.media.live_clip.created")


class LastEvent(Document):
    """The time of the last event, so that no two events have the same."""

    nanoseconds: int
    """The time in nanoseconds since 1970."""


def tell_media(workspace: Workspace, type: MediaEventType, record: MediaRecord) -> None:
    """Tell webhooks about a media."""
    if _is_heard(workspace):  # a description looks for the file on the disk
        _emit(workspace, type, "media", record.media.id, described(workspace, record))


def tell_upload(workspace: Workspace, type: UploadEventType, upload: UploadDescription) -> None:
    """Tell webhooks about an upload."""
    _emit(workspace, type, "media", upload.upload_id, upload)


def tell_track(workspace: Workspace, type: TrackEventType, media_id: str, track: Track) -> None:
    """Tell webhooks about a track of a media."""
    is_renamed = type == "video.media.subtitle.generated" and workspace.settings.forms == "2026-05"
    _emit(workspace, SUBTITLES_IN_MAY if is_renamed else type, "media", media_id, track)


def tell_output(workspace: Workspace, type: AiEventType, media_id: str, output: Answer | dict[str, object]) -> None:
    """Tell webhooks about the result of an AI feature."""
    _emit(workspace, type, "media", media_id, output)


def tell_stream(workspace: Workspace, type: LiveStreamEventType, stream: LiveStream) -> None:
    """Tell webhooks about a live stream."""
    _emit(workspace, type, "live", stream.stream_id, stream)


def tell_simulcast(workspace: Workspace, type: SimulcastEventType, stream_id: str, simulcast: Simulcast) -> None:
    """Tell webhooks about a simulcast of a live stream."""
    _emit(workspace, type, "live", stream_id, simulcast)


def _is_heard(workspace: Workspace) -> bool:
    return workspace.tells and (bool(workspace.listeners) or workspace.documents.count(Webhook) > 0)


def _emit(workspace: Workspace, type: str, kind: str, id: str, data: Answer | dict[str, object]) -> None:
    if not _is_heard(workspace):
        return
    if workspace.settings.forms == "2026-05":
        data = in_may(data, of_stream=kind == "live")
    last = workspace.documents.get(LastEvent, "")
    now = max(round(workspace.time * 10**6) * 1000, last.nanoseconds + 1 if last else 0)
    workspace.documents.put("", LastEvent(now))
    event: dict[str, object] = {
        "type": type,
        "object": {"type": kind, "id": id},
        "id": new_uuid(),
        "workspace": {"name": "Local", "id": workspace.id},
        "status": _status(type),
        "data": data,
        "createdAt": text_of_nanoseconds(now),
        "attempts": [],
    }
    add_deliveries(workspace, type, msgspec.json.encode(event).decode())


def _status(type: str) -> str:
    """Return the coarse status of an event, such as ``media_created`` or ``ready``."""
    return "media_created" if type in NEW_MEDIA else type.rpartition(".")[2]
