"""The states of a media on the local FastPix: the table, and what happens to a media by itself."""

from collections.abc import Callable

from msgspec.structs import replace

from fastpix.api.common import Track
from fastpix.api.media import Media
from fastpix.api.media_ai import AdvancedSummary, AttributedTranscript
from fastpix.emulator.due import later, step
from fastpix.emulator.model.ai_outputs import (
    FAILED_REASON,
    OUTPUTS,
    advanced_summary_of,
    failed_output,
    output_of,
    told_of,
    transcript_of,
)
from fastpix.emulator.model.events import tell_media, tell_output, tell_track
from fastpix.emulator.model.media import ClipOf, MediaRecord, change_media, files_with_status, is_preparing
from fastpix.emulator.model.playback_ids import forget_playback_ids
from fastpix.emulator.model.rules import Rule
from fastpix.emulator.workspace import Workspace
from fastpix.webhooks.events import AiEventType, MediaEventType

__all__ = [
    "ADD_PLAYBACK_ID",
    "ADD_TRACK",
    "PUT_IN_PLAYLIST",
    "RESTRICT",
    "SET_FILES",
    "USE_AI",
    "add_media",
    "finish",
    "finish_part",
    "prepare",
    "process",
    "remove",
    "resume",
]

# fmt: off
#                      possible in                          leads to
PROCESS         = Rule(("Created",),                        "Processing")
FINISH          = Rule(("Processing",),                     "Ready")
FAIL            = Rule(("Processing",),                     "Failed")
ADD_TRACK       = Rule(("Ready",),                          "", "media is not ready", "Only a media with the status Ready takes tracks.")
ADD_PLAYBACK_ID = Rule(("Ready",),                          "", "media is not ready", "Only a media with the status Ready takes playback ids.")
RESTRICT        = Rule(("Ready",),                          "", "playback id is not ready for updates", "Its media is not Ready.")
PUT_IN_PLAYLIST = Rule(("Ready",),                          "", "media is not ready", "A playlist takes only media with the status Ready.")
SET_FILES       = Rule(("Created", "Processing", "Ready"),  "", "media has failed", "A media with the status Failed has no files.")
USE_AI          = Rule(("Created", "Processing", "Ready"),  "", "media has failed", "A media with the status Failed has no AI features.")
# fmt: on

READY: dict[str, AiEventType] = {
    "summary": "video.mediaAI.summary.ready",
    "chapters": "video.mediaAI.chapters.ready",
    "named_entities": "video.mediaAI.named-entities.ready",
    "moderation": "video.mediaAI.moderation.ready",
    "advanced summary": "video.media.ai.advanced_summary.ready",
    "transcript": "video.media.ai.attributed_transcript.ready",
}
"""The events that tell the results of AI features, by the names of the outputs and jobs."""
JOBS: dict[str, Callable[[Media], AdvancedSummary | AttributedTranscript]] = {
    "advanced summary": advanced_summary_of,
    "transcript": transcript_of,
}
"""The results of finished AI jobs, by the names of the jobs."""
FAILED: dict[str, AiEventType] = {
    "summary": "video.mediaAI.summary.failed",
    "chapters": "video.mediaAI.chapters.failed",
    "named_entities": "video.mediaAI.named-entities.failed",
    "moderation": "video.mediaAI.moderation.failed",
    "advanced summary": "video.media.ai.advanced_summary.failed",
    "transcript": "video.media.ai.attributed_transcript.failed",
}
"""The events that tell that there will be no result."""


def add_media(
    workspace: Workspace,
    record: MediaRecord,
    *events: MediaEventType,
    source: str | None = None,
    waits: bool = False,
) -> None:
    """Store a new media, and let its processing go on from its status.

    Args:
        workspace: The workspace.
        record: The media.
        events: The events that tell it.
        source: The id of the media or live stream that the new media is a clip of. Default: none.
        waits: Whether its processing waits for its file. Default: ``False``.
    """
    media_id = record.media.id
    workspace.documents.put(media_id, record, position=workspace.time)
    if source is not None:
        workspace.documents.put(media_id, ClipOf(media_id), parent=source, position=workspace.time)
    for event in events:
        tell_media(workspace, event, record)
    if not waits:
        resume(workspace, record.media)


def resume(workspace: Workspace, media: Media) -> None:
    """Let the processing of a media go on from its status."""
    delays = workspace.settings.delays
    if media.status == "Created":
        later(workspace, delays.fetch, process, media.id)
    elif media.status == "Processing":
        later(workspace, delays.encode, finish, media.id)


@step("remove media")
def remove(workspace: Workspace, media_id: str) -> None:
    """Delete a media, and the file that was uploaded for it. Its playback ids play nothing any more."""
    record = workspace.documents.get(MediaRecord, media_id)
    if record is not None:
        tell_media(workspace, "video.media.deleted", record)
        forget_playback_ids(workspace, record.media.playback_ids)
        workspace.documents.delete(MediaRecord, media_id)
        workspace.documents.delete(ClipOf, media_id)
        workspace.files.discard(media_id)


def prepare(workspace: Workspace, record: MediaRecord, *parts: str) -> None:
    """Let parts of a media that are in preparation become available, if the media is ready.

    Args:
        workspace: The workspace.
        record: The media.
        parts: ``files``, the id of a track, or the name of an output or a job of an AI feature. Default: all parts.
    """
    media, delays = record.media, workspace.settings.delays
    if media.status != "Ready":
        return
    waiting = {str(track.id): delays.tracks for track in media.tracks or () if track.status == "preparing"}
    waiting |= {name: delays.ai for name in OUTPUTS if is_preparing(media, name)}
    waiting |= dict.fromkeys(record.jobs, delays.ai)
    waiting |= {"files": delays.files} if media.mp4_support else {}
    for part, delay in waiting.items():
        if not parts or part in parts:
            later(workspace, delay, finish_part, f"{media.id}/{part}")


@step("process media")
def process(workspace: Workspace, media_id: str) -> None:
    record = workspace.documents.get(MediaRecord, media_id)
    if record is not None and PROCESS.allows(record.media.status):
        record = change_media(workspace, record, status=PROCESS.leads_to)
        resume(workspace, record.media)


@step("finish media")
def finish(workspace: Workspace, media_id: str) -> None:
    record = workspace.documents.get(MediaRecord, media_id)
    if record is None or not FINISH.allows(record.media.status):
        return
    if record.content.fails:
        _fail(workspace, record)
    else:
        record = change_media(workspace, record, status=FINISH.leads_to)
        tell_media(workspace, "video.media.ready", record)
        if record.media.source_access:
            tell_media(workspace, "video.media.source.ready", record)
        prepare(workspace, record)


def _fail(workspace: Workspace, record: MediaRecord) -> None:
    """Let a media fail, and with it everything that it lacks."""
    media = record.media
    outputs = {name: failed_output(name) for name in OUTPUTS if is_preparing(media, name)}
    failed = change_media(
        workspace,
        replace(record, jobs=dict.fromkeys(record.jobs, "FAILED")),
        status=FAIL.leads_to,
        mp4_support=files_with_status(media, "failed"),
        **outputs,
    )
    tell_media(workspace, "video.media.failed", failed)
    for name in (*outputs, *record.jobs):
        tell_output(workspace, FAILED[name], media.id, {"failedReason": FAILED_REASON})


@step("finish part of media")
def finish_part(workspace: Workspace, subject: str) -> None:
    """Let a part of a media become available, if it still exists."""
    media_id, _, part = subject.partition("/")
    record = workspace.documents.get(MediaRecord, media_id)
    if record is None:
        return
    media, tracks = record.media, record.media.tracks or []
    if part in record.jobs:
        change_media(workspace, replace(record, jobs={**record.jobs, part: "COMPLETED"}))
        tell_output(workspace, READY[part], media_id, JOBS[part](media))
    elif part in OUTPUTS and is_preparing(media, part):
        output = output_of(part, media)
        change_media(workspace, record, **{part: output})
        tell_output(workspace, READY[part], media_id, told_of(part, output))
    elif part == "files" and media.mp4_support:
        record = change_media(workspace, record, mp4_support=files_with_status(media, "ready"))
        tell_media(workspace, "video.media.mp4Support.ready", record)
    elif (track := next((track for track in tracks if track.id == part), None)) is not None:
        _finish_track(workspace, record, track)


def _finish_track(workspace: Workspace, record: MediaRecord, track: Track) -> None:
    finished = replace(track, status="available")
    tracks = [finished if other is track else other for other in record.media.tracks or ()]
    record = change_media(workspace, record, tracks=tracks)
    if track.id in record.generated:
        tell_track(workspace, "video.media.subtitle.generated", record.media.id, finished)
    else:
        tell_track(workspace, "video.media.track.ready", record.media.id, finished)
        tell_media(workspace, "video.media.updated", record)
