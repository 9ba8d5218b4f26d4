"""AI features of media on the local FastPix. Each output comes to be once, and its content is made up."""

from msgspec import UNSET
from msgspec.structs import replace

from fastpix.api.common import ABSENT, Data
from fastpix.api.media import Media
from fastpix.api.media_ai import (
    AdvancedSummary,
    AiJob,
    AttributedTranscript,
    ChaptersEnabled,
    CreateAdvancedSummaryRequest,
    CreateAttributedTranscriptRequest,
    GetAdvancedSummaryRequest,
    GetAttributedTranscriptRequest,
    GetMediaSummaryRequest,
    ModerationEnabled,
    NamedEntitiesEnabled,
    SummaryEnabled,
    UpdateMediaChaptersRequest,
    UpdateMediaModerationRequest,
    UpdateMediaNamedEntitiesRequest,
    UpdateMediaSummaryRequest,
    media_ai_create_advanced_summary,
    media_ai_create_attributed_transcript,
    media_ai_get_advanced_summary,
    media_ai_get_attributed_transcript,
    media_ai_get_summary,
    media_ai_update_chapters,
    media_ai_update_moderation,
    media_ai_update_named_entities,
    media_ai_update_summary,
)
from fastpix.emulator.due import note_read
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import RefusedError, invalid
from fastpix.emulator.model.ai_outputs import advanced_summary_of, preparing_output, transcript_of
from fastpix.emulator.model.media import change_media, find_media
from fastpix.emulator.model.media_states import USE_AI, prepare
from fastpix.emulator.workspace import Workspace

__all__ = [
    "create_advanced_summary",
    "create_attributed_transcript",
    "get_advanced_summary",
    "get_attributed_transcript",
    "get_summary",
    "update_chapters",
    "update_moderation",
    "update_named_entities",
    "update_summary",
]


def _switch(workspace: Workspace, media_id: str, name: str, *, wanted: bool, message: str) -> None:
    """Let an output of a media come to be, or take it away.

    Raises:
        RefusedError: There is no such media (404), or the output was requested before (400).
    """
    record = find_media(workspace, media_id)
    if not wanted:
        change_media(workspace, record, **{name: ABSENT})
        return
    if getattr(record.media, name) is not None:
        raise RefusedError(400, message, "It was requested before, and FastPix makes it once.")
    USE_AI.check(record.media.status)
    record = change_media(workspace, record, **{name: preparing_output(name)})
    prepare(workspace, record, name)


@handles(
    media_ai_update_summary,
    recorded="the response, and the refusal of a second request by its words already exist",
    guessed="the status of that refusal is 400; false takes the summary away",
)
def update_summary(workspace: Workspace, request: UpdateMediaSummaryRequest) -> Data[SummaryEnabled]:
    _switch(workspace, request.media_id, "summary", wanted=request.generate, message="summary already exists")
    return Data(SummaryEnabled(request.media_id, request.generate), success=True)


@handles(
    media_ai_get_summary,
    recorded="the refusal of a summary that was not requested",
    documented="the text as data",
    guessed="the refusals of a summary that is in preparation, or has failed",
)
def get_summary(workspace: Workspace, request: GetMediaSummaryRequest) -> Data[str]:
    note_read(workspace, request.media_id)
    summary = find_media(workspace, request.media_id).media.summary
    if summary is None:
        raise RefusedError(400, "Summary not enabled", "Summary is not enabled for the requested media")
    if summary.status == "failed":
        raise RefusedError(400, "Summary failed", summary.failed_reason)
    if summary.data is None:
        raise RefusedError(400, "Summary not ready", "The summary of the requested media is in preparation")
    return Data(summary.data, success=True)


@handles(
    media_ai_update_chapters,
    documented="the response, the form of the chapters, and the refusal of a second request",
    guessed="the status of that refusal is 400; false takes the chapters away",
)
def update_chapters(workspace: Workspace, request: UpdateMediaChaptersRequest) -> Data[ChaptersEnabled]:
    _switch(workspace, request.media_id, "chapters", wanted=request.chapters, message="chapters already exist")
    return Data(ChaptersEnabled(request.media_id, request.chapters), success=True)


@handles(
    media_ai_update_named_entities,
    documented="the response, and the refusal of a second request",
    guessed="the form of the entities; the status of that refusal is 400; false takes the entities away",
)
def update_named_entities(workspace: Workspace, request: UpdateMediaNamedEntitiesRequest) -> Data[NamedEntitiesEnabled]:
    wanted = request.named_entities
    _switch(workspace, request.media_id, "named_entities", wanted=wanted, message="named entities already exist")
    return Data(NamedEntitiesEnabled(request.media_id, wanted), success=True)


@handles(
    media_ai_update_moderation,
    recorded="the response",
    documented="the form of the scores, and the refusal of a second request",
    guessed="the status of that refusal is 400; a body without moderation is a 422",
)
def update_moderation(workspace: Workspace, request: UpdateMediaModerationRequest) -> Data[ModerationEnabled]:
    if request.moderation is UNSET:
        raise invalid("moderation")
    _switch(workspace, request.media_id, "moderation", wanted=True, message="moderation already exists")
    return Data(ModerationEnabled(request.media_id, True), success=True)


@handles(
    media_ai_create_advanced_summary,
    documented="the response",
    guessed="a second request is a 400; the job waits for the media to be ready",
)
def create_advanced_summary(workspace: Workspace, request: CreateAdvancedSummaryRequest) -> Data[AiJob]:
    return _start(workspace, request.media_id, "advanced summary")


@handles(
    media_ai_get_advanced_summary,
    documented="the fields, and the status COMPLETED",
    guessed="the status PROCESSING before, and FAILED for a media that fails; a 404 without a job",
)
def get_advanced_summary(workspace: Workspace, request: GetAdvancedSummaryRequest) -> Data[AdvancedSummary]:
    media, status = _status(workspace, request.media_id, "advanced summary")
    return Data(advanced_summary_of(media) if status == "COMPLETED" else AdvancedSummary(status), success=True)


@handles(
    media_ai_create_attributed_transcript,
    documented="the response",
    guessed="a second request is a 400; the job waits for the media to be ready",
)
def create_attributed_transcript(workspace: Workspace, request: CreateAttributedTranscriptRequest) -> Data[AiJob]:
    return _start(workspace, request.media_id, "transcript")


@handles(
    media_ai_get_attributed_transcript,
    documented="the fields, and the status COMPLETED",
    guessed="the status PROCESSING before, and FAILED for a media that fails; a 404 without a job",
)
def get_attributed_transcript(
    workspace: Workspace, request: GetAttributedTranscriptRequest
) -> Data[AttributedTranscript]:
    media, status = _status(workspace, request.media_id, "transcript")
    return Data(transcript_of(media) if status == "COMPLETED" else AttributedTranscript(status), success=True)


def _start(workspace: Workspace, media_id: str, job: str) -> Data[AiJob]:
    """Start a job for a media.

    Raises:
        RefusedError: There is no such media (404), or the job was started before (400).
    """
    record = find_media(workspace, media_id)
    USE_AI.check(record.media.status)
    if job in record.jobs:
        raise RefusedError(400, f"{job} already exists", "It was requested before, and FastPix makes it once.")
    record = change_media(workspace, replace(record, jobs={**record.jobs, job: "PROCESSING"}))
    prepare(workspace, record, job)
    return Data(AiJob(media_id), success=True)


def _status(workspace: Workspace, media_id: str, job: str) -> tuple[Media, str]:
    """Return a media, and the status of its job.

    Raises:
        RefusedError: There is no such media or no such job (404).
    """
    note_read(workspace, media_id)
    record = find_media(workspace, media_id)
    if job not in record.jobs:
        raise RefusedError(404, f"{job} not found", "It was not requested for this media.")
    return record.media, record.jobs[job]
