"""An upload on the local FastPix: it waits for its file, and becomes a media."""

from math import inf
from typing import Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from fastpix.api.uploads import PushMediaSettings, Upload
from fastpix.emulator.due import cancel, later, step
from fastpix.emulator.model.events import tell_upload
from fastpix.emulator.model.media import Content, MediaFile, content_found, new_record, trimmed
from fastpix.emulator.model.media_states import add_media
from fastpix.emulator.storage.probe import Probed
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace, find, given

__all__ = [
    "TIMEOUT",
    "UploadRecord",
    "UploadStatus",
    "UploadedFile",
    "add_upload",
    "close",
    "complete",
    "expire",
    "located",
]

UploadStatus: TypeAlias = Literal["waiting", "complete", "cancelled", "expired"]
"""What has become of an upload."""

TIMEOUT = 14_400
"""The seconds that an upload waits for its file."""


class UploadRecord(Document):
    """An upload that waits for its file."""

    upload: Upload
    """The upload. Its URL has only a path."""
    settings: PushMediaSettings
    """The settings of its media."""
    content: Content = Content()
    """What its file is said to hold."""


class UploadedFile(Document):
    """What has arrived of the file of an upload. It stays when the upload is over."""

    upload_id: str
    """The id of the upload."""
    cors_origin: str
    """The origin that a browser may upload from."""
    signature: str
    """The secret of the URL that opens sessions. Empty if the URL of the upload is that of a session."""
    session: str
    """The secret of the session. Empty before a browser has opened one."""
    former: list[str] = msgspec.field(default_factory=list[str])
    """The secrets of the earlier sessions."""
    status: UploadStatus = "waiting"
    """What has become of the upload."""
    received: int = 0
    """The number of bytes that have arrived."""
    total: int | None = None
    """The length of the file. ``None`` until the client has told it."""
    md5: str = ""
    """The MD5 digest of a complete file, in hexadecimal digits."""
    sha256: str = ""
    """The SHA-256 digest of a complete file, in hexadecimal digits."""
    crc32c: str = ""
    """The CRC-32C of a complete file, in hexadecimal digits, where the package google_crc32c is installed."""
    content: Literal["file", "seed"] | None = None
    """Where what the media holds comes from. ``None`` until the file is complete."""


def located(workspace: Workspace, upload: Upload) -> Upload:
    """Return an upload whose URL has the origin of the local FastPix."""
    return replace(upload, url=f"{workspace.origin}{upload.url}")


def add_upload(workspace: Workspace, record: UploadRecord, file: UploadedFile) -> None:
    """Store a new upload, and let it expire."""
    upload_id = file.upload_id
    workspace.documents.put(upload_id, record, position=workspace.time)
    workspace.documents.put(upload_id, file, position=workspace.time)
    tell_upload(workspace, "video.media.upload", located(workspace, record.upload))
    later(workspace, TIMEOUT, expire, upload_id)


@step("expire upload")
def expire(workspace: Workspace, upload_id: str) -> None:
    close(workspace, upload_id, "expired")


def close(workspace: Workspace, upload_id: str, status: Literal["cancelled", "expired"]) -> None:
    """End an upload that waits for its file. What has arrived of the file is deleted."""
    file = workspace.documents.get(UploadedFile, upload_id)
    if file is not None and file.status == "waiting":
        workspace.documents.delete(UploadRecord, upload_id)
        workspace.documents.put(upload_id, replace(file, status=status, received=0, total=None))
        cancel(workspace, expire, upload_id)
        workspace.files.discard(upload_id)


def complete(workspace: Workspace, file: UploadedFile, found: Probed | None) -> None:
    """Turn an upload into a media with the same id.

    Args:
        workspace: The workspace.
        file: The file of the upload, which has arrived as a whole.
        found: What the file holds. ``None`` if it could not be read, so that it holds what the seed says.

    Raises:
        RefusedError: There is no such upload (404).
    """
    record = find(workspace, UploadRecord, file.upload_id, "upload not found")
    whole = replace(file, status="complete", content="file" if found else "seed")
    workspace.documents.put(file.upload_id, whole)
    workspace.documents.delete(UploadRecord, file.upload_id)
    cancel(workspace, expire, file.upload_id)
    settings = record.settings
    content = content_found(record.content, found) if found else record.content
    start, end = given(settings.start_time, 0), given(settings.end_time, inf)
    media_file = MediaFile(found.format, start, found.tracks) if found else None
    media = new_record(workspace, trimmed(content, start, end), settings, id=file.upload_id, file=media_file)
    add_media(workspace, media, "video.upload.media_created")
