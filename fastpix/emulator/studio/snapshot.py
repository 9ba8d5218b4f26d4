"""What the Studio shows: the newest objects and requests of a local FastPix, without keys and tokens."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeVar, cast

import msgspec

from fastpix._call.redaction import MASK, redact, redact_urls
from fastpix.api.common import Track
from fastpix.emulator.clock import ClockState
from fastpix.emulator.faults import PlannedFaults
from fastpix.emulator.model.media import MediaRecord, find_file
from fastpix.emulator.model.streams import StreamRecord
from fastpix.emulator.model.uploads import UploadedFile
from fastpix.emulator.model.views import ViewRecord, current_views
from fastpix.emulator.playback.access import lasting_pass
from fastpix.emulator.sent import Sent
from fastpix.emulator.store.documents import Document
from fastpix.emulator.webhooks.deliveries import Delivery, webhooks_of
from fastpix.emulator.workspace import Workspace

__all__ = [
    "Shown",
    "ShownDelivery",
    "ShownMedia",
    "ShownRequest",
    "ShownStream",
    "ShownUpload",
    "ShownWebhook",
    "Snapshot",
    "Totals",
    "snapshot_of",
]

DocumentT = TypeVar("DocumentT", bound=Document)

LONGEST_BODY = 20_000
"""The most bytes of a body that is shown."""
MOST = 50
"""The most objects of each kind."""
SECRETS = {"streamKey", "srtSecret", "srtPlaybackSecret", "privateKey", "secret", "password", "token"}
"""The names of fields whose values are not shown."""


class Shown(msgspec.Struct, frozen=True, rename="camel"):
    """What is shown of an object."""


class ShownStream(Shown, frozen=True):
    """A live stream."""

    id: str
    name: str
    status: str
    is_connected: bool
    """Whether an encoder is connected."""
    policy: str
    recordings: int
    """The number of media that were recorded."""


class ShownMedia(Shown, frozen=True):
    """A media."""

    id: str
    title: str
    status: str
    seconds: float
    size: str
    policy: str
    tracks: str
    grant: str
    """``{playback id}/{pass}``, with which the Studio plays the media. Empty if it has no file that plays."""
    has_video: bool


class ShownUpload(Shown, frozen=True):
    """An upload."""

    id: str
    status: str
    received: int
    total: int | None


class ShownRequest(Shown, frozen=True):
    """A request to an operation."""

    number: int
    function: str
    method: str
    path: str
    query: Any
    body: Any
    status: int | None


class ShownDelivery(Shown, frozen=True):
    """A delivery to a webhook."""

    id: str
    type: str
    status: str
    outcomes: list[str]
    body: Any


class ShownWebhook(Shown, frozen=True):
    """A webhook."""

    id: str
    url: str


class Totals(Shown, frozen=True):
    """How many objects there are."""

    streams: int
    media: int
    uploads: int
    views: int
    viewers: int
    """The number of views that go on now."""


class Snapshot(Shown, frozen=True):
    """What a local FastPix has at one time. Of each kind, the newest 50 objects are there, the newest first."""

    is_held: bool
    """Whether the clock stands still."""
    ahead: float
    """The seconds that the clock is ahead of the machine's. If it stands still, its time in seconds since 1970."""
    totals: Totals
    streams: list[ShownStream]
    media: list[ShownMedia]
    uploads: list[ShownUpload]
    requests: list[ShownRequest]
    deliveries: list[ShownDelivery]
    webhooks: list[ShownWebhook]
    faults: list[PlannedFaults]


def snapshot_of(
    workspace: Workspace,
    sent: Sequence[Sent],
    first: int,
    faults: list[PlannedFaults],
) -> Snapshot:
    """Return what a local FastPix has now.

    Args:
        workspace: The workspace.
        sent: The last requests to operations, the oldest first.
        first: The number of the first of these requests.
        faults: The planned faults.
    """
    state = workspace.documents.get(ClockState, "") or ClockState()
    numbered = [*enumerate(sent, first)]
    return Snapshot(
        is_held=state.held_at is not None,
        ahead=state.ahead if state.held_at is None else state.held_at,
        totals=_totals(workspace),
        streams=[_stream(record) for record in _newest(workspace, StreamRecord)],
        media=[_media(workspace, record) for record in _newest(workspace, MediaRecord)],
        uploads=[_upload(workspace, file) for file in _newest(workspace, UploadedFile)],
        requests=[_request(number, one) for number, one in reversed(numbered[-MOST:])],
        deliveries=[_delivery(one) for one in _newest(workspace, Delivery)],
        webhooks=[
            ShownWebhook(one.id, redact_urls(one.url) or "a function")
            for one in (*webhooks_of(workspace.documents), *workspace.listeners)
        ],
        faults=[*faults],
    )


def _newest(workspace: Workspace, kind: type[DocumentT]) -> list[DocumentT]:
    return workspace.documents.slice(kind, start=0, stop=MOST, last_first=True)


def _totals(workspace: Workspace) -> Totals:
    count = workspace.documents.count
    return Totals(
        streams=count(StreamRecord),
        media=count(MediaRecord),
        uploads=count(UploadedFile),
        views=count(ViewRecord),
        viewers=len(current_views(workspace)),
    )


def _stream(record: StreamRecord) -> ShownStream:
    stream = record.stream
    first = next(iter(stream.playback_ids or ()), None)
    is_connected = stream.status in ("preparing", "active") and record.encoder_left is None
    return ShownStream(
        id=stream.stream_id,
        name=" ".join(value for value in (stream.metadata or {}).values() if value),
        status=str(stream.status),
        is_connected=is_connected,
        policy=str(first.access_policy) if first else "",
        recordings=len(stream.media_ids or ()),
    )


def _media(workspace: Workspace, record: MediaRecord) -> ShownMedia:
    media, content = record.media, record.content
    first = next(iter(media.playback_ids or ()), None)
    is_playable = media.status == "Ready" and find_file(workspace, record) is not None
    return ShownMedia(
        id=media.id,
        title=str(media.title or ""),
        status=str(media.status),
        seconds=content.duration,
        size=f"{content.width}x{content.height}" if content.height else "sound",
        policy=str(first.access_policy) if first else "",
        tracks=", ".join(map(_track, media.tracks or ())),
        grant=f"{first.id}/{lasting_pass(workspace, str(first.id))}" if first and is_playable else "",
        has_video=bool(content.height),
    )


def _track(track: Track) -> str:
    language = track.language_code or "und"
    return str(track.type) if language == "und" else f"{track.type} {language}"


def _upload(workspace: Workspace, file: UploadedFile) -> ShownUpload:
    path, written = workspace.files.find(file.upload_id), 0
    if path and file.status == "waiting":
        with suppress(FileNotFoundError):  # another process has just deleted it
            written = path.stat().st_size
    return ShownUpload(file.upload_id, file.status, max(file.received, written), file.total)


def _request(number: int, sent: Sent) -> ShownRequest:
    function, method, path = sent.function or "", sent.request.method, sent.request.url.path
    return ShownRequest(number, function, method, path, _masked(sent.query), _body(sent.request.content), sent.status)


def _delivery(delivery: Delivery) -> ShownDelivery:
    outcomes = [attempt.outcome for attempt in delivery.attempts]
    return ShownDelivery(delivery.id, delivery.type, delivery.status, outcomes, _body(delivery.body.encode()))


def _body(content: bytes) -> Any:
    """Return a body without secrets: as JSON if it is JSON, else as text. A long body is only counted."""
    if len(content) > LONGEST_BODY:
        return f"{len(content)} bytes"
    try:
        return _masked(msgspec.json.decode(content)) if content else None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return redact(content.decode("utf-8", "replace"))


def _masked(value: object) -> Any:
    """Return JSON without secrets, as far as they are known by their names and forms."""
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return {name: MASK if name in SECRETS and part else _masked(part) for name, part in fields.items()}
    if isinstance(value, list):
        return [*map(_masked, cast("list[object]", value))]
    return redact(value) if isinstance(value, str) else value
