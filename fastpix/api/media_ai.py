"""What the service finds in a media by itself: summaries, chapters, named entities, moderation, a transcript."""

from typing import Literal, TypeAlias

from msgspec import UNSET, UnsetType

from fastpix.api.common import ABSENT, Answer, Data, Model, Moderation, Number, Open, SummaryLength
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import get, patch, post
from fastpix.reply import Reply

__all__ = [
    "ActionItem",
    "AdvancedSummary",
    "AdvancedSummaryResult",
    "AiJob",
    "AttributedTranscript",
    "AttributedTranscriptSegment",
    "ChaptersEnabled",
    "CreateAdvancedSummaryRequest",
    "CreateAdvancedSummaryResponse",
    "CreateAttributedTranscriptRequest",
    "CreateAttributedTranscriptResponse",
    "DatedEvent",
    "DetailedNote",
    "GetAdvancedSummaryRequest",
    "GetAdvancedSummaryResponse",
    "GetAttributedTranscriptRequest",
    "GetAttributedTranscriptResponse",
    "GetMediaSummaryRequest",
    "GetMediaSummaryResponse",
    "KeyDecision",
    "KeyMetric",
    "MeetingSummary",
    "Moderation",
    "ModerationEnabled",
    "NamedEntitiesEnabled",
    "Number",
    "OpenQuestion",
    "Sentiment",
    "SpeakerTalkTime",
    "SummaryEnabled",
    "SummaryLength",
    "Task",
    "TranscriptWord",
    "UpdateMediaChaptersRequest",
    "UpdateMediaChaptersResponse",
    "UpdateMediaModerationRequest",
    "UpdateMediaModerationResponse",
    "UpdateMediaNamedEntitiesRequest",
    "UpdateMediaNamedEntitiesResponse",
    "UpdateMediaSummaryRequest",
    "UpdateMediaSummaryResponse",
    "media_ai_create_advanced_summary",
    "media_ai_create_attributed_transcript",
    "media_ai_get_advanced_summary",
    "media_ai_get_attributed_transcript",
    "media_ai_get_summary",
    "media_ai_update_chapters",
    "media_ai_update_moderation",
    "media_ai_update_named_entities",
    "media_ai_update_summary",
]


class UpdateMediaSummaryRequest(Model):
    """Whether a media has a summary.

    Attributes:
        generate: whether to write one.
        summary_length: words, 30 to 250; default 100.
    """

    media_id: str
    generate: bool
    summary_length: SummaryLength | UnsetType = UNSET


class GetMediaSummaryRequest(Model):
    """Which media."""

    media_id: str


class UpdateMediaChaptersRequest(Model):
    """Whether a media has chapters."""

    media_id: str
    chapters: bool


class UpdateMediaNamedEntitiesRequest(Model):
    """Whether names of people, places and things are found in a media."""

    media_id: str
    named_entities: bool


class UpdateMediaModerationRequest(Model):
    """What of a media is looked through for unwanted content."""

    media_id: str
    moderation: Moderation | UnsetType = UNSET


class CreateAdvancedSummaryRequest(Model):
    """Which media."""

    media_id: str


class GetAdvancedSummaryRequest(Model):
    """Which media."""

    media_id: str


class CreateAttributedTranscriptRequest(Model):
    """Which media."""

    media_id: str


class GetAttributedTranscriptRequest(Model):
    """Which media."""

    media_id: str


class SummaryEnabled(Answer):
    """Whether a media will have a summary."""

    media_id: str
    is_summary_enabled: bool | None = ABSENT


class ChaptersEnabled(Answer):
    """Whether a media will have chapters."""

    media_id: str
    is_chapters_enabled: bool | None = ABSENT


class NamedEntitiesEnabled(Answer):
    """Whether named entities will be found in a media."""

    media_id: str
    is_named_entities_enabled: bool | None = ABSENT


class ModerationEnabled(Answer):
    """Whether a media will be moderated."""

    media_id: str
    is_moderation_enabled: bool | None = ABSENT


class AiJob(Answer):
    """A job that was started; its ``id`` is the id of the media."""

    id: str


class MeetingSummary(Answer):
    """What a media is about."""

    title: str | None = ABSENT
    overview: str | None = ABSENT


class KeyDecision(Answer):
    """A decision, and who made it; ``timestamp`` is ``HH:MM:SS``."""

    decision: str | None = ABSENT
    owner: str | None = ABSENT
    timestamp: str | None = ABSENT


class DetailedNote(Answer):
    """Notes on a topic; ``start_time`` is ``HH:MM:SS``."""

    topic: str | None = ABSENT
    start_time: str | None = ABSENT
    summary: str | None = ABSENT
    points: list[str] | None = ABSENT


class Task(Answer):
    """A task; ``due_date`` is free text, ``timestamp`` is ``HH:MM:SS``."""

    task: str | None = ABSENT
    due_date: str | None = ABSENT
    timestamp: str | None = ABSENT


class ActionItem(Answer):
    """The tasks of one person."""

    owner: str | None = ABSENT
    tasks: list[Task] | None = ABSENT


class OpenQuestion(Answer):
    """A question that was not answered; ``timestamp`` is ``HH:MM:SS``."""

    question: str | None = ABSENT
    raised_by: str | None = ABSENT
    timestamp: str | None = ABSENT
    context: str | None = ABSENT


class KeyMetric(Answer):
    """A figure that was named, as text, such as ``"1,200"``."""

    label: str | None = ABSENT
    value: str | None = ABSENT


class DatedEvent(Answer):
    """A date or time that was named, as free text, and what it stands for."""

    date: str | None = ABSENT
    significance: str | None = ABSENT


class Sentiment(Answer):
    """The mood, in per cent."""

    positive: int | None = ABSENT
    neutral: int | None = ABSENT
    negative: int | None = ABSENT


class SpeakerTalkTime(Answer):
    """How much a speaker talked: ``percentage`` of the time, ``wpm`` words a minute."""

    speaker: str | None = ABSENT
    percentage: int | None = ABSENT
    wpm: int | None = ABSENT


class AdvancedSummaryResult(Answer):
    """An advanced summary."""

    meeting_summary: MeetingSummary | None = ABSENT
    key_decisions: list[KeyDecision] | None = ABSENT
    detailed_notes: list[DetailedNote] | None = ABSENT
    action_items: list[ActionItem] | None = ABSENT
    open_questions: list[OpenQuestion] | None = ABSENT
    key_metrics: list[KeyMetric] | None = ABSENT
    dates_and_times: list[DatedEvent] | None = ABSENT
    sentiment: Sentiment | None = ABSENT
    speaker_talk_time: list[SpeakerTalkTime] | None = ABSENT


class AdvancedSummary(Answer):
    """The job of an advanced summary.

    Attributes:
        status: ``COMPLETED`` when the job is done; the API documents no other value.
        result: it may be ``None`` until then.
    """

    status: Open[Literal["COMPLETED"]] | None = ABSENT
    result: AdvancedSummaryResult | None = ABSENT


class TranscriptWord(Answer):
    """A word, and when it is spoken, in seconds from the start."""

    word: str | None = ABSENT
    start_sec: Number | None = ABSENT
    end_sec: Number | None = ABSENT


class AttributedTranscriptSegment(Answer):
    """What one speaker says at a stretch; times are seconds from the start."""

    speaker: str | None = ABSENT
    start_sec: Number | None = ABSENT
    end_sec: Number | None = ABSENT
    text: str | None = ABSENT
    words: list[TranscriptWord] | None = ABSENT


class AttributedTranscript(Answer):
    """The job of a transcript.

    Attributes:
        status: ``COMPLETED`` when the job is done; the API documents no other value.
        result: it may be ``None`` until then.
    """

    status: Open[Literal["COMPLETED"]] | None = ABSENT
    result: list[AttributedTranscriptSegment] | None = ABSENT


UpdateMediaSummaryResponse: TypeAlias = Data[SummaryEnabled]
GetMediaSummaryResponse: TypeAlias = Data[str]
UpdateMediaChaptersResponse: TypeAlias = Data[ChaptersEnabled]
UpdateMediaNamedEntitiesResponse: TypeAlias = Data[NamedEntitiesEnabled]
UpdateMediaModerationResponse: TypeAlias = Data[ModerationEnabled]
CreateAdvancedSummaryResponse: TypeAlias = Data[AiJob]
GetAdvancedSummaryResponse: TypeAlias = Data[AdvancedSummary]
CreateAttributedTranscriptResponse: TypeAlias = Data[AiJob]
GetAttributedTranscriptResponse: TypeAlias = Data[AttributedTranscript]


@patch(
    "/on-demand/{mediaId}/summary",
    id="update-media-summary",
    idempotent=True,  # what was asked for before is refused, so none is made twice
)
def media_ai_update_summary(
    core: FastpixCore, request: UpdateMediaSummaryRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaSummaryResponse]:
    """Ask for a summary of what is said in a media; `media_ai_get_summary` reads it once it is written.

    Fails with an `ApiError` (``already exist``) if it was asked for before, and with `NotFoundError` if there is
    no such media.
    After a lost answer that refusal may be the doing of this very call: then ``may_have_been_applied`` is true.
    Follows ``update-media-summary`` of the API.
    """
    ...


@get("/on-demand/{mediaId}/summary", id="get-media-summary")
def media_ai_get_summary(
    core: FastpixCore, request: GetMediaSummaryRequest, options: RequestOptions | None = None
) -> Reply[GetMediaSummaryResponse]:
    """Read the summary of a media: ``data`` is its text.

    Fails with `BadRequestError` (``Summary not enabled``) if it was not asked for, and with `NotFoundError` if
    there is no such media.
    Follows ``get-media-summary`` of the API.
    """
    ...


@patch(
    "/on-demand/{mediaId}/chapters",
    id="update-media-chapters",
    idempotent=True,  # what was asked for before is refused, so none are made twice
)
def media_ai_update_chapters(
    core: FastpixCore, request: UpdateMediaChaptersRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaChaptersResponse]:
    """Ask for chapters of a media; `media_get` has them once they are found.

    Fails with an `ApiError` (``already exist``) if they were asked for before, and with `NotFoundError` if there
    is no such media.
    After a lost answer that refusal may be the doing of this very call: then ``may_have_been_applied`` is true.
    Follows ``update-media-chapters`` of the API.
    """
    ...


@patch(
    "/on-demand/{mediaId}/named-entities",
    id="update-media-named-entities",
    idempotent=True,  # what was asked for before is refused, so none are looked for twice
)
def media_ai_update_named_entities(
    core: FastpixCore, request: UpdateMediaNamedEntitiesRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaNamedEntitiesResponse]:
    """Ask for the names of people, places and things in a media; `media_get` has them once they are found.

    Fails with an `ApiError` (``already exist``) if they were asked for before, and with `NotFoundError` if there
    is no such media.
    After a lost answer that refusal may be the doing of this very call: then ``may_have_been_applied`` is true.
    Follows ``update-media-named-entities`` of the API.
    """
    ...


@patch(
    "/on-demand/{mediaId}/moderation",
    id="update-media-moderation",
    idempotent=True,  # what was asked for before is refused, so none are made twice
)
def media_ai_update_moderation(
    core: FastpixCore, request: UpdateMediaModerationRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaModerationResponse]:
    """Ask for scores of unwanted content in a media; `media_get` has them once they are found.

    Fails with an `ApiError` (``already exist``) if they were asked for before, and with `NotFoundError` if there
    is no such media.
    After a lost answer that refusal may be the doing of this very call: then ``may_have_been_applied`` is true.
    Follows ``update-media-moderation`` of the API.

    Example:
        ``media_ai_update_moderation(core, UpdateMediaModerationRequest(media.id, Moderation(type="av")))``
    """
    ...


@post("/ai/{mediaId}/advanced-summary", id="create-advanced-summary")
def media_ai_create_advanced_summary(
    core: FastpixCore, request: CreateAdvancedSummaryRequest, options: RequestOptions | None = None
) -> Reply[CreateAdvancedSummaryResponse]:
    """Start an advanced summary of a media: decisions, notes, tasks, figures, mood; `media_ai_get_advanced_summary` reads it.

    It is sent once: if no answer comes, the error's ``may_have_been_applied`` is true.

    The API does not say whether every account has the operation.
    Follows ``create-advanced-summary`` of the API.
    """
    ...


@get("/ai/{mediaId}/advanced-summary", id="get-media-advanced-summary")
def media_ai_get_advanced_summary(
    core: FastpixCore, request: GetAdvancedSummaryRequest, options: RequestOptions | None = None
) -> Reply[GetAdvancedSummaryResponse]:
    """Get the advanced summary of a media: ``data.result``, once ``data.status`` is ``COMPLETED``.

    The API does not say what it answers before the summary was asked for.
    Follows ``get-media-advanced-summary`` of the API.
    """
    ...


@post("/ai/{mediaId}/attributed-transcript", id="create-attributed-transcript")
def media_ai_create_attributed_transcript(
    core: FastpixCore, request: CreateAttributedTranscriptRequest, options: RequestOptions | None = None
) -> Reply[CreateAttributedTranscriptResponse]:
    """Start a transcript that tells who says what; `media_ai_get_attributed_transcript` reads it.

    It is sent once: if no answer comes, the error's ``may_have_been_applied`` is true.

    The API does not say whether every account has the operation.
    Follows ``create-attributed-transcript`` of the API.
    """
    ...


@get("/ai/{mediaId}/attributed-transcript", id="get-attributed-transcript")
def media_ai_get_attributed_transcript(
    core: FastpixCore, request: GetAttributedTranscriptRequest, options: RequestOptions | None = None
) -> Reply[GetAttributedTranscriptResponse]:
    """Get the transcript of a media by speakers: ``data.result``, once ``data.status`` is ``COMPLETED``.

    The API does not say what it answers before the transcript was asked for.
    Follows ``get-attributed-transcript`` of the API.
    """
    ...
