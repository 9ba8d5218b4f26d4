"""The events of webhooks. There is a class for each kind of data, and the ``type`` says what has happened."""

import re
from datetime import UTC
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, get_args

import msgspec
from msgspec import UNSET

from fastpix._call.deviation import Deviation
from fastpix._call.redaction import SECRET
from fastpix._call.validation import mapping
from fastpix.api.common import ABSENT, Answer, Number, Track, text_of
from fastpix.api.live_streams import LiveStream, Simulcast
from fastpix.api.media import Media
from fastpix.api.times import Timestamp, time_of
from fastpix.api.uploads import Upload

__all__ = [
    "EVENT_TYPES",
    "AiEvent",
    "AiEventType",
    "AiOutput",
    "AnyEvent",
    "Chapter",
    "Event",
    "EventFields",
    "EventObject",
    "EventWorkspace",
    "Kind",
    "LiveStreamEvent",
    "LiveStreamEventType",
    "MediaEvent",
    "MediaEventType",
    "ModerationScore",
    "Probe",
    "SimulcastEvent",
    "SimulcastEventType",
    "TrackEvent",
    "TrackEventType",
    "UnknownEvent",
    "UploadEvent",
    "UploadEventType",
    "kind_of",
]

MediaEventType: TypeAlias = Literal[
    "video.media.created",
    "video.media.ready",
    "video.media.failed",
    "video.media.updated",
    "video.media.deleted",
    "video.upload.media_created",
    "video.media.live_stream.created",
    "video.media.live_clip.created",
    "video.media.mp4Support.ready",
    "video.media.source.ready",
    "video.media.source.deleted",
    "video.media.intro.ready",
    "video.media.non_standard_format.detected",
]
UploadEventType: TypeAlias = Literal["video.media.upload", "video.media.upload.cancelled", "video.upload.created"]
TrackEventType: TypeAlias = Literal[
    "video.media.track.created",
    "video.media.track.ready",
    "video.media.track.failed",
    "video.media.track.updated",
    "video.media.track.deleted",
    "video.media.subtitle.generated",
]
AiEventType: TypeAlias = Literal[
    "video.mediaAI.summary.ready",
    "video.mediaAI.summary.failed",
    "video.mediaAI.chapters.ready",
    "video.mediaAI.chapters.failed",
    "video.mediaAI.named-entities.ready",
    "video.mediaAI.named-entities.failed",
    "video.mediaAI.moderation.ready",
    "video.mediaAI.moderation.failed",
    "video.media.ai.advanced_summary.ready",
    "video.media.ai.advanced_summary.failed",
    "video.media.ai.attributed_transcript.ready",
    "video.media.ai.attributed_transcript.failed",
]
LiveStreamEventType: TypeAlias = Literal[
    "video.live_stream.created",
    "video.live_stream.connected",
    "video.live_stream.preparing",
    "video.live_stream.active",
    "video.live_stream.recording",
    "video.live_stream.disconnected",
    "video.live_stream.idle",
    "video.live_stream.disabled",
    "video.live_stream.updated",
    "video.live_stream.deleted",
]
SimulcastEventType: TypeAlias = Literal[
    "video.live_stream.simulcast_target.created",
    "video.live_stream.simulcast_target.starting",
    "video.live_stream.simulcast_target.broadcasting",
    "video.live_stream.simulcast_target.updated",
    "video.live_stream.simulcast_target.deleted",
]


class EventObject(Answer):
    """What an event is about."""

    type: str | None = ABSENT
    """The kind of the object, such as ``media``."""
    id: str | None = ABSENT
    """The id of the object. For the event of a track or of an AI feature, it is the id of the media."""


class EventWorkspace(Answer):
    """The workspace that an event comes from."""

    name: str | None = ABSENT
    """The name."""
    id: str | None = ABSENT
    """The id, a UUID."""


class EventFields(Answer, kw_only=True):
    """The fields that all events have."""

    id: str
    """The id of the event. An event that is sent again has the same id. If FastPix sends none, a digest of the body."""
    raw_type: str = ""
    """The type as FastPix wrote it. It differs from ``type`` where FastPix has several spellings."""
    object: EventObject | None = ABSENT
    """What the event is about."""
    workspace: EventWorkspace | None = ABSENT
    """The workspace that the event comes from."""
    status: str | None = ABSENT
    """A coarse status, such as ``media_created`` or ``ready``."""
    created_at: Timestamp | None = ABSENT
    """The time of the event, in UTC. ``created_at_ns`` is more exact."""
    attempts: list[Any] | None = ABSENT
    """Earlier attempts to send the event. Their form is not documented."""
    raw_data: Annotated[Any, SECRET] = None
    """``data`` as FastPix wrote it, with the fields that this version does not know. ``repr`` hides it."""
    deviations: tuple[Deviation, ...] = ()
    """The places where the event does not match the documentation. The values there are in ``raw_data`` only."""

    @property
    def created_at_ns(self) -> int:
        """The time of the event in nanoseconds since 1970, for the order of events. 0 if it is unknown.

        FastPix writes times with nanoseconds, and a `datetime` has microseconds. Two events of the same time are in the
        order of their ids.
        """
        text = text_of(self, "created_at")
        time = time_of(text)
        if text is None or time is None:
            return 0
        whole = time.replace(microsecond=0, tzinfo=time.tzinfo or UTC)
        fraction = re.search(r"[.,](\d{1,9})", text)
        nanoseconds = int(fraction[1].ljust(9, "0")) if fraction else time.microsecond * 1000
        return int(whole.timestamp()) * 10**9 + nanoseconds


class MediaEvent(EventFields):
    """An event of a media: ``case MediaEvent("video.media.ready", media)``.

    ``created``: FastPix was told to download it. ``ready``: it can be played. ``failed``: it never will be. ``updated``:
    its title, metadata or tracks have changed, or were set again. ``deleted``: it is gone.

    ``video.upload.media_created``: the file of an upload has arrived. ``live_stream.created``: a broadcast was recorded.
    ``live_clip.created``: a clip was cut from a live stream.

    ``mp4Support.ready``: its files for download exist. ``source.ready`` and ``source.deleted``: its original file can be
    downloaded, or not any more. ``intro.ready``: its intro was added. ``non_standard_format.detected``: the format of
    its source is unusual. ``raw_data`` has the reason.
    """

    type: MediaEventType
    """What has happened."""
    data: Media
    """The media. Some events have only a part of it. Its ``id`` is that of the object if the data has none."""


class UploadEvent(EventFields):
    """An event of an upload: ``case UploadEvent("video.media.upload", upload)``.

    ``video.media.upload``: the upload was created, and waits for its file. ``cancelled``: it was cancelled. When the file
    has arrived, there is a `MediaEvent` with the type ``video.upload.media_created``.
    """

    type: UploadEventType
    """What has happened. ``video.upload.created`` is in old documentation only."""
    data: Upload
    """The upload. Its ``upload_id`` is that of the object if the data has none. Its ``url`` is empty if there is none."""


class TrackEvent(EventFields):
    """An event of an audio or subtitle track: ``case TrackEvent("video.media.track.ready", track)``.

    ``created``: FastPix was told to add it. ``ready``: players have it. ``failed``: they never will. ``updated`` and
    ``deleted``: it was changed or removed. ``subtitle.generated``: the subtitles that FastPix makes from speech exist.
    """

    type: TrackEventType
    """What has happened. FastPix also writes ``video.media.subtitle.generated.ready`` for the last one."""
    data: Track
    """The track."""

    @property
    def media_id(self) -> str | None:
        """The id of the media that has the track."""
        return _media_id(self)


class Chapter(Answer):
    """A chapter of a media."""

    chapter: str | None = ABSENT
    """The number, such as ``"1"``."""
    start_time: str | None = ABSENT
    """The position in the media where the chapter starts, as ``HH:MM:SS``."""
    end_time: str | None = ABSENT
    """The position in the media where the chapter ends, as ``HH:MM:SS``."""
    title: str | None = ABSENT
    """The title."""
    summary: str | None = ABSENT
    """A summary of the chapter."""


class ModerationScore(Answer):
    """How much unwanted content of one category a media has."""

    category: str | None = ABSENT
    """The category."""
    score: Number | None = ABSENT
    """The score, 0 to 1."""


class AiOutput(Answer):
    """What an AI feature made. The fields of the other features are not documented: they are in ``raw_data``."""

    is_chapters_generated: bool | None = ABSENT
    """``True`` if there are chapters."""
    chapters: list[Chapter] | None = ABSENT
    """The chapters."""
    moderation_result: list[ModerationScore] | None = ABSENT
    """The scores of a moderation, by category."""
    failed_reason: str | None = ABSENT
    """The reason of a failure."""
    reason: str | None = ABSENT
    """The reason of a failure, in some events."""


class AiEvent(EventFields):
    """An event of an AI feature: ``case AiEvent("video.mediaAI.chapters.ready", output)``.

    ``ready``: the result exists. ``failed``: there will be none.
    """

    type: AiEventType
    """What has happened.

    FastPix writes ``video.mediaAI.`` as well as ``video.media.ai.``, ``namedEntities`` as well as ``named-entities``,
    and ``errored`` as well as ``failed``.
    """
    data: AiOutput
    """What the feature made."""

    @property
    def media_id(self) -> str | None:
        """The id of the media."""
        return _media_id(self)


class LiveStreamEvent(EventFields):
    """An event of a live stream: ``case LiveStreamEvent("video.live_stream.active", stream)``.

    ``connected``: an encoder has connected. ``preparing``: FastPix waits for its video. ``active``: viewers can watch.
    ``recording``: the broadcast is recorded. ``disconnected``: the encoder is gone, and the reconnect window runs.
    ``idle``: the broadcast is over. ``created``, ``updated``, ``disabled`` and ``deleted``: the stream was.
    """

    type: LiveStreamEventType
    """What has happened. After a broadcast, the stream is ``idle``."""
    data: LiveStream
    """The stream. Its ``stream_id`` is that of the object if the data has none. Its ``stream_key`` may be empty."""


class SimulcastEvent(EventFields):
    """An event of a simulcast: ``case SimulcastEvent(data=simulcast)``.

    ``starting``: FastPix begins to forward the broadcast. ``broadcasting``: the other platform gets it. ``created``,
    ``updated`` and ``deleted``: the simulcast was.
    """

    type: SimulcastEventType
    """What has happened."""
    data: Simulcast
    """The simulcast. Its ``simulcast_id`` is empty if the event has none."""


class UnknownEvent(EventFields):
    """An event of a type that this version does not know: ``case UnknownEvent(type, data)``."""

    type: str
    """The type as FastPix wrote it. Empty if there is none."""

    data: Annotated[Any, SECRET] = None
    """The data as FastPix wrote it. ``repr`` hides it."""


class Probe(msgspec.Struct, frozen=True):
    """The unsigned request that FastPix sends when you save the URL of a webhook. It is no event.

    `read` returns it for a request without a signature whose body is empty, or a short JSON object without an ``id`` and
    a ``type``. It says nothing about the signing secret.
    """


AnyEvent: TypeAlias = MediaEvent | UploadEvent | TrackEvent | AiEvent | LiveStreamEvent | SimulcastEvent | UnknownEvent
"""An event, which is signed."""
Event: TypeAlias = AnyEvent | Probe
"""What `read` returns: an event, or a `Probe`."""


class Kind(NamedTuple):
    """The class of an event, and the text that the struct of its data needs."""

    event: type[AnyEvent]
    id: str = ""
    """The field of the data that has the id of the object."""
    other_ids: tuple[str, ...] = ()
    """More fields that may have it."""
    text: tuple[str, ...] = ()
    """The fields that the struct needs besides."""

    def completed(self, data: object, object_id: object) -> tuple[dict[object, object], list[Deviation]]:
        """Return the data with all text that its struct needs, and the deviations of what the event lacks.

        An id comes from the object. Other text is empty.
        """
        given = mapping(data)
        ids = (*map(given.get, (self.id, *self.other_ids)), object_id)
        id = next((id for id in ids if isinstance(id, str)), None)
        needed = {name: given.get(name) for name in self.text} | ({self.id: id} if self.id else {})
        whole = given | {name: text if isinstance(text, str) else "" for name, text in needed.items()}
        if not isinstance(data, dict):
            return whole, [Deviation("$.data", "object", UNSET if data is None else data)]
        missing = [name for name, text in needed.items() if not isinstance(text, str)]
        return whole, [Deviation(f"$.data.{name}", "string", given.get(name, UNSET)) for name in missing]


def kind_of(raw_type: str) -> tuple[Kind, str]:
    """Return the kind of a type of event, and the spelling of the type in this library.

    FastPix has several spellings of some types. Upper and lower case, ``-`` and ``_`` make no difference.
    """
    return _KINDS.get(_folded(raw_type), (Kind(UnknownEvent), raw_type))


def _folded(raw_type: str) -> str:
    folded = re.sub("[-_]", "", raw_type.lower()).replace("video.mediaai.", "video.media.ai.")
    if folded.startswith("video.media.ai."):
        return re.sub(r"\.errored$", ".failed", folded)
    return "video.media.subtitle.generated" if folded == "video.media.subtitle.generated.ready" else folded


_KINDS: dict[str, tuple[Kind, str]] = {
    _folded(type): (kind, type)
    for kind, types in (
        (Kind(MediaEvent, "id", ("mediaId", "uploadId")), MediaEventType),
        (Kind(UploadEvent, "uploadId", ("id", "mediaId"), ("url",)), UploadEventType),
        (Kind(TrackEvent), TrackEventType),
        (Kind(AiEvent), AiEventType),
        (Kind(LiveStreamEvent, "streamId", ("id",), ("streamKey",)), LiveStreamEventType),
        (Kind(SimulcastEvent, text=("simulcastId",)), SimulcastEventType),
    )
    for type in get_args(types)
}


EVENT_TYPES: tuple[str, ...] = tuple(type for _, type in _KINDS.values())
"""All types that this version knows, each in the spelling of this library."""


def _media_id(event: TrackEvent | AiEvent) -> str | None:
    named = mapping(event.raw_data).get("mediaId")
    return (event.object.id if event.object else None) or (named if isinstance(named, str) else None)
