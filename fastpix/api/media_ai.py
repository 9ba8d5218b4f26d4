"""AI features of a media: summaries, chapters, named entities, moderation and transcripts."""

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
    """Selects a media, and enables or disables its summary."""

    media_id: str
    """The id of the media, a UUID."""
    generate: bool
    """``True`` enables the summary, ``False`` disables it."""
    summary_length: SummaryLength | UnsetType = UNSET
    """The length of the summary in words, 30 to 250. Default: 100."""


class GetMediaSummaryRequest(Model):
    """Selects a media."""

    media_id: str
    """The id of the media, a UUID."""


class UpdateMediaChaptersRequest(Model):
    """Selects a media, and enables or disables its chapters."""

    media_id: str
    """The id of the media, a UUID."""
    chapters: bool
    """``True`` enables the chapters, ``False`` disables them."""


class UpdateMediaNamedEntitiesRequest(Model):
    """Selects a media, and enables or disables its named entities: the names of people, places and things."""

    media_id: str
    """The id of the media, a UUID."""
    named_entities: bool
    """``True`` enables the search for named entities, ``False`` disables it."""


class UpdateMediaModerationRequest(Model):
    """Selects a media, and the part of it that FastPix checks for unwanted content."""

    media_id: str
    """The id of the media, a UUID."""
    moderation: Moderation | UnsetType = UNSET
    """The part of the media to check: the video, the audio or both."""


class CreateAdvancedSummaryRequest(Model):
    """Selects a media."""

    media_id: str
    """The id of the media, a UUID."""


class GetAdvancedSummaryRequest(Model):
    """Selects a media."""

    media_id: str
    """The id of the media, a UUID."""


class CreateAttributedTranscriptRequest(Model):
    """Selects a media."""

    media_id: str
    """The id of the media, a UUID."""


class GetAttributedTranscriptRequest(Model):
    """Selects a media."""

    media_id: str
    """The id of the media, a UUID."""


class SummaryEnabled(Answer):
    """The new setting for the summary of a media."""

    media_id: str
    """The id of the media."""
    is_summary_enabled: bool | None = ABSENT
    """``True`` if the summary is enabled."""


class ChaptersEnabled(Answer):
    """The new setting for the chapters of a media."""

    media_id: str
    """The id of the media."""
    is_chapters_enabled: bool | None = ABSENT
    """``True`` if the chapters are enabled."""


class NamedEntitiesEnabled(Answer):
    """The new setting for the named entities of a media."""

    media_id: str
    """The id of the media."""
    is_named_entities_enabled: bool | None = ABSENT
    """``True`` if the search for named entities is enabled."""


class ModerationEnabled(Answer):
    """The new setting for the moderation of a media."""

    media_id: str
    """The id of the media."""
    is_moderation_enabled: bool | None = ABSENT
    """``True`` if the moderation is enabled."""


class AiJob(Answer):
    """A job that FastPix started for a media."""

    id: str
    """The id of the media."""


class MeetingSummary(Answer):
    """The subject of a media."""

    title: str | None = ABSENT
    """A title for the media."""
    overview: str | None = ABSENT
    """A short description of the content."""


class KeyDecision(Answer):
    """A decision that the speakers made."""

    decision: str | None = ABSENT
    """The decision."""
    owner: str | None = ABSENT
    """The person who made the decision."""
    timestamp: str | None = ABSENT
    """The position in the media, as ``HH:MM:SS``."""


class DetailedNote(Answer):
    """Notes on one topic."""

    topic: str | None = ABSENT
    """The topic."""
    start_time: str | None = ABSENT
    """The position in the media where the topic starts, as ``HH:MM:SS``."""
    summary: str | None = ABSENT
    """A summary of the topic."""
    points: list[str] | None = ABSENT
    """The notes, point by point."""


class Task(Answer):
    """A task of a person."""

    task: str | None = ABSENT
    """The task."""
    due_date: str | None = ABSENT
    """The due date, as free text."""
    timestamp: str | None = ABSENT
    """The position in the media, as ``HH:MM:SS``."""


class ActionItem(Answer):
    """The tasks of one person."""

    owner: str | None = ABSENT
    """The person."""
    tasks: list[Task] | None = ABSENT
    """The tasks of the person."""


class OpenQuestion(Answer):
    """A question that nobody answered."""

    question: str | None = ABSENT
    """The question."""
    raised_by: str | None = ABSENT
    """The person who asked the question."""
    timestamp: str | None = ABSENT
    """The position in the media, as ``HH:MM:SS``."""
    context: str | None = ABSENT
    """The context of the question."""


class KeyMetric(Answer):
    """A figure that the speakers mentioned."""

    label: str | None = ABSENT
    """The name of the figure."""
    value: str | None = ABSENT
    """The value as text, such as ``"1,200"``."""


class DatedEvent(Answer):
    """A date or time that the speakers mentioned."""

    date: str | None = ABSENT
    """The date or time, as free text."""
    significance: str | None = ABSENT
    """The meaning of the date or time."""


class Sentiment(Answer):
    """The mood of a media."""

    positive: int | None = ABSENT
    """The positive share, in percent."""
    neutral: int | None = ABSENT
    """The neutral share, in percent."""
    negative: int | None = ABSENT
    """The negative share, in percent."""


class SpeakerTalkTime(Answer):
    """The talk time of one speaker."""

    speaker: str | None = ABSENT
    """The speaker."""
    percentage: int | None = ABSENT
    """The speaker's share of the time, in percent."""
    wpm: int | None = ABSENT
    """The speed of speech, in words per minute."""


class AdvancedSummaryResult(Answer):
    """An advanced summary."""

    meeting_summary: MeetingSummary | None = ABSENT
    """The subject of the media."""
    key_decisions: list[KeyDecision] | None = ABSENT
    """The decisions that the speakers made."""
    detailed_notes: list[DetailedNote] | None = ABSENT
    """Notes, by topic."""
    action_items: list[ActionItem] | None = ABSENT
    """The tasks, by person."""
    open_questions: list[OpenQuestion] | None = ABSENT
    """The questions that nobody answered."""
    key_metrics: list[KeyMetric] | None = ABSENT
    """The figures that the speakers mentioned."""
    dates_and_times: list[DatedEvent] | None = ABSENT
    """The dates and times that the speakers mentioned."""
    sentiment: Sentiment | None = ABSENT
    """The mood."""
    speaker_talk_time: list[SpeakerTalkTime] | None = ABSENT
    """The talk time of each speaker."""


class AdvancedSummary(Answer):
    """The state of the job that writes an advanced summary, and its result."""

    status: Open[Literal["COMPLETED"]] | None = ABSENT
    """The status. ``COMPLETED``: the job is done. The API documents no other value."""
    result: AdvancedSummaryResult | None = ABSENT
    """The summary. It may be ``None`` until the job is done."""


class TranscriptWord(Answer):
    """A spoken word."""

    word: str | None = ABSENT
    """The word."""
    start_sec: Number | None = ABSENT
    """The start of the word, in seconds from the start of the media."""
    end_sec: Number | None = ABSENT
    """The end of the word, in seconds from the start of the media."""


class AttributedTranscriptSegment(Answer):
    """A passage that one speaker says."""

    speaker: str | None = ABSENT
    """The speaker."""
    start_sec: Number | None = ABSENT
    """The start of the passage, in seconds from the start of the media."""
    end_sec: Number | None = ABSENT
    """The end of the passage, in seconds from the start of the media."""
    text: str | None = ABSENT
    """The spoken text."""
    words: list[TranscriptWord] | None = ABSENT
    """The words of the passage, each with its start and end."""


class AttributedTranscript(Answer):
    """The state of the job that writes a transcript, and its result."""

    status: Open[Literal["COMPLETED"]] | None = ABSENT
    """The status. ``COMPLETED``: the job is done. The API documents no other value."""
    result: list[AttributedTranscriptSegment] | None = ABSENT
    """The passages of the transcript. It may be ``None`` until the job is done."""


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
    idempotent=True,  # FastPix rejects a second identical request, so a retry cannot create a second summary
)
def media_ai_update_summary(
    core: FastpixCore, request: UpdateMediaSummaryRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaSummaryResponse]:
    """Request a summary of the spoken content of a media.

    FastPix writes the summary after the response. `media_ai_get_summary` returns the finished summary.

    Fails with:
        ApiError: the summary was requested before (the message contains ``already exist``). If a response was lost
            before, this call may have requested the summary itself: ``may_have_been_applied`` is then ``True``.
        NotFoundError: the media does not exist.

    API operation: ``update-media-summary``.

    Example:
        >>> media_id = "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"
        >>> request = UpdateMediaSummaryRequest(media_id, generate=True, summary_length=50)
        >>> media_ai_update_summary(core, request)
    """
    ...


@get("/on-demand/{mediaId}/summary", id="get-media-summary")
def media_ai_get_summary(
    core: FastpixCore, request: GetMediaSummaryRequest, options: RequestOptions | None = None
) -> Reply[GetMediaSummaryResponse]:
    """Get the summary of a media. The ``data`` of the response is the text of the summary.

    Fails with:
        BadRequestError: the summary was not requested (``Summary not enabled``).
        NotFoundError: the media does not exist.

    API operation: ``get-media-summary``.

    Example:
        >>> media_ai_get_summary(core, GetMediaSummaryRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"))
    """
    ...


@patch(
    "/on-demand/{mediaId}/chapters",
    id="update-media-chapters",
    idempotent=True,  # FastPix rejects a second identical request, so a retry cannot create the chapters twice
)
def media_ai_update_chapters(
    core: FastpixCore, request: UpdateMediaChaptersRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaChaptersResponse]:
    """Request chapters for a media.

    FastPix creates the chapters after the response. `media_get` returns the finished chapters.

    Fails with:
        ApiError: the chapters were requested before (the message contains ``already exist``). If a response was lost
            before, this call may have requested the chapters itself: ``may_have_been_applied`` is then ``True``.
        NotFoundError: the media does not exist.

    API operation: ``update-media-chapters``.

    Example:
        >>> media_id = "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"
        >>> media_ai_update_chapters(core, UpdateMediaChaptersRequest(media_id, chapters=True))
    """
    ...


@patch(
    "/on-demand/{mediaId}/named-entities",
    id="update-media-named-entities",
    idempotent=True,  # FastPix rejects a second identical request, so a retry cannot start a second search
)
def media_ai_update_named_entities(
    core: FastpixCore, request: UpdateMediaNamedEntitiesRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaNamedEntitiesResponse]:
    """Request the named entities of a media: the names of people, places and things.

    FastPix searches for the names after the response. `media_get` returns them when the search is finished.

    Fails with:
        ApiError: the named entities were requested before (the message contains ``already exist``). If a response was
            lost before, this call may have requested them itself: ``may_have_been_applied`` is then ``True``.
        NotFoundError: the media does not exist.

    API operation: ``update-media-named-entities``.

    Example:
        >>> media_id = "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"
        >>> request = UpdateMediaNamedEntitiesRequest(media_id, named_entities=True)
        >>> media_ai_update_named_entities(core, request)
    """
    ...


@patch(
    "/on-demand/{mediaId}/moderation",
    id="update-media-moderation",
    idempotent=True,  # FastPix rejects a second identical request, so a retry cannot start a second check
)
def media_ai_update_moderation(
    core: FastpixCore, request: UpdateMediaModerationRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaModerationResponse]:
    """Request a check of a media for unwanted content. The result is a score for each kind of content.

    FastPix checks the media after the response. `media_get` returns the scores when the check is finished.

    Fails with:
        ApiError: the check was requested before (the message contains ``already exist``). If a response was lost
            before, this call may have requested the check itself: ``may_have_been_applied`` is then ``True``.
        NotFoundError: the media does not exist.

    API operation: ``update-media-moderation``.

    Example:
        >>> media_id = "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"
        >>> media_ai_update_moderation(core, UpdateMediaModerationRequest(media_id, Moderation(type="av")))
    """
    ...


@post("/ai/{mediaId}/advanced-summary", id="create-advanced-summary")
def media_ai_create_advanced_summary(
    core: FastpixCore, request: CreateAdvancedSummaryRequest, options: RequestOptions | None = None
) -> Reply[CreateAdvancedSummaryResponse]:
    """Start a job that writes an advanced summary of a media: decisions, notes, tasks, figures and mood.

    `media_ai_get_advanced_summary` returns the state of the job and its result.

    The library does not retry this call after a lost response. The error's ``may_have_been_applied`` is then ``True``.

    The API documentation does not say whether every account can use this operation.

    Fails with:
        Only the errors that every call can fail with.

    API operation: ``create-advanced-summary``.

    Example:
        >>> request = CreateAdvancedSummaryRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0")
        >>> media_ai_create_advanced_summary(core, request)
    """
    ...


@get("/ai/{mediaId}/advanced-summary", id="get-media-advanced-summary")
def media_ai_get_advanced_summary(
    core: FastpixCore, request: GetAdvancedSummaryRequest, options: RequestOptions | None = None
) -> Reply[GetAdvancedSummaryResponse]:
    """Get the advanced summary of a media. It is in ``data.result`` when ``data.status`` is ``COMPLETED``.

    The API documentation does not describe the response for a media without such a job.

    Fails with:
        Only the errors that every call can fail with.

    API operation: ``get-media-advanced-summary``.

    Example:
        >>> request = GetAdvancedSummaryRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0")
        >>> media_ai_get_advanced_summary(core, request)
    """
    ...


@post("/ai/{mediaId}/attributed-transcript", id="create-attributed-transcript")
def media_ai_create_attributed_transcript(
    core: FastpixCore, request: CreateAttributedTranscriptRequest, options: RequestOptions | None = None
) -> Reply[CreateAttributedTranscriptResponse]:
    """Start a job that writes a transcript of a media. The transcript names the speaker of each passage.

    `media_ai_get_attributed_transcript` returns the state of the job and its result.

    The library does not retry this call after a lost response. The error's ``may_have_been_applied`` is then ``True``.

    The API documentation does not say whether every account can use this operation.

    Fails with:
        Only the errors that every call can fail with.

    API operation: ``create-attributed-transcript``.

    Example:
        >>> request = CreateAttributedTranscriptRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0")
        >>> media_ai_create_attributed_transcript(core, request)
    """
    ...


@get("/ai/{mediaId}/attributed-transcript", id="get-attributed-transcript")
def media_ai_get_attributed_transcript(
    core: FastpixCore, request: GetAttributedTranscriptRequest, options: RequestOptions | None = None
) -> Reply[GetAttributedTranscriptResponse]:
    """Get the transcript of a media by speaker. It is in ``data.result`` when ``data.status`` is ``COMPLETED``.

    The API documentation does not describe the response for a media without such a job.

    Fails with:
        Only the errors that every call can fail with.

    API operation: ``get-attributed-transcript``.

    Example:
        >>> request = GetAttributedTranscriptRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0")
        >>> media_ai_get_attributed_transcript(core, request)
    """
    ...
