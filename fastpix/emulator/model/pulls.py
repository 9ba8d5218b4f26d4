"""The file of a media that is fetched from its URL, and what the media holds then."""

from math import inf

from msgspec.structs import replace

from fastpix.emulator.model.media import MediaFile, MediaRecord, content_found, trimmed, with_file
from fastpix.emulator.model.media_states import resume
from fastpix.emulator.storage.probe import Probed
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace

__all__ = ["Pull", "finish_pull", "plan_pull"]


class Pull(Document):
    """A file that is to be fetched for a media. Its id is that of the media."""

    media_id: str
    """The id of the media."""
    url: str
    """The URL of the file."""
    start: float = 0.0
    """Where the media begins in the file, in seconds."""
    end: float | None = None
    """Where it ends in the file. ``None`` is the end of the file."""


def plan_pull(workspace: Workspace, pull: Pull) -> None:
    """Let the file of a media be fetched. The media stays ``Created`` until then."""
    workspace.documents.put(pull.media_id, pull)
    workspace.start_pull(pull.media_id)


def finish_pull(workspace: Workspace, media_id: str, found: Probed | None, *, has_failed: bool) -> bool:
    """Let the processing of a media go on, and return whether its file is still wanted.

    Args:
        workspace: The workspace.
        media_id: The id of the media.
        found: What the file holds. ``None`` if it could not be read, so that the media holds what the seed says.
        has_failed: Whether the file could not be fetched. The media will fail.
    """
    pull, record = workspace.documents.get(Pull, media_id), workspace.documents.get(MediaRecord, media_id)
    workspace.documents.delete(Pull, media_id)
    if pull is None or record is None:
        return False
    if has_failed:
        record = replace(record, content=replace(record.content, fails=True))
    elif found is not None:
        record = _with_found(record, pull, found)
    workspace.documents.put(media_id, record)
    resume(workspace, record.media)
    return not has_failed


def _with_found(record: MediaRecord, pull: Pull, found: Probed) -> MediaRecord:
    content = content_found(record.content, found)
    end = inf if pull.end is None else pull.end
    return with_file(record, trimmed(content, pull.start, end), MediaFile(found.format, pull.start, found.tracks))
