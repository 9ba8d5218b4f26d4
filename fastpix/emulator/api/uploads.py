"""Direct uploads on the local FastPix. They wait for a file, and expire."""

import secrets
from math import inf

from msgspec import UnsetType
from msgspec.structs import replace

from fastpix.api.common import ABSENT, Data, MediaPlaybackId, Page
from fastpix.api.uploads import (
    CancelledUpload,
    CancelUploadRequest,
    CreateUploadRequest,
    ListUploadsRequest,
    PushMediaSettings,
    Upload,
    UploadMediaSettings,
    uploads_cancel,
    uploads_create,
    uploads_list,
)
from fastpix.emulator.api.drm_configurations import check_drm
from fastpix.emulator.due import later, step
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import RefusedError, check_uuid, invalid
from fastpix.emulator.model.playback_ids import restrictions
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace, given, new_uuid, page

__all__ = ["Cancelled", "UploadRecord", "cancel", "create", "expire", "list_uploads"]

TIMEOUT = 14_400


class UploadRecord(Document):
    """An upload that waits for its file."""

    upload: Upload
    """The upload. Its URL has only a path."""
    settings: PushMediaSettings
    """The settings of its media."""


class Cancelled(Document):
    """The mark of an upload that was cancelled."""


@handles(
    uploads_create,
    recorded="the fields, the timeout, and that media settings outside of pushMediaSettings are a 422",
    guessed="a request without pushMediaSettings makes a public media; the URL is one of the local FastPix",
)
def create(workspace: Workspace, request: CreateUploadRequest) -> Data[Upload]:
    settings = request.push_media_settings
    if isinstance(settings, UnsetType):
        settings = PushMediaSettings(access_policy="public")
    check_drm(workspace, settings.access_policy, settings.drm_configuration_id, "pushMediaSettings.")
    if given(settings.start_time, 0) >= given(settings.end_time, inf):
        raise invalid("pushMediaSettings.endTime")
    upload_id = new_uuid()
    future = MediaPlaybackId(
        access_policy=settings.access_policy,
        access_restrictions=restrictions(settings.access_restrictions, "pushMediaSettings.accessRestrictions."),
    )
    upload = Upload(
        upload_id=upload_id,
        url=f"/_uploads/{workspace.id}/{upload_id}?upload_id={secrets.token_urlsafe(32)}",
        trial=workspace.settings.trial,
        status="waiting",
        timeout=TIMEOUT,
        cors_origin=request.cors_origin,
        push_media_settings=UploadMediaSettings(
            playback_ids=[future],
            metadata={**given(settings.metadata, {})},
            media_quality=given(settings.media_quality, "standard"),
            source_access=given(settings.source_access, False),
            optimize_audio=given(settings.optimize_audio, False),
        ),
    )
    workspace.documents.put(upload_id, UploadRecord(upload, settings), position=workspace.time)
    later(workspace, TIMEOUT, expire, upload_id)
    return Data(_answer(workspace, upload), success=True)


@step("expire upload")
def expire(workspace: Workspace, upload_id: str) -> None:
    workspace.documents.delete(UploadRecord, upload_id)


@handles(
    uploads_list, recorded="the fields, as those of a new upload", guessed="expired and cancelled uploads are gone"
)
def list_uploads(workspace: Workspace, request: ListUploadsRequest) -> Page[Upload]:
    return page(workspace, UploadRecord, request, lambda record: _answer(workspace, record.upload))


@handles(
    uploads_cancel,
    recorded="the flat settings without a timeout",
    documented="the 404, and the refusal of an upload that is cancelled",
    guessed="the message of that refusal; an expired upload is a 404",
)
def cancel(workspace: Workspace, request: CancelUploadRequest) -> Data[CancelledUpload]:
    check_uuid(uploadId=request.upload_id)
    record = workspace.documents.get(UploadRecord, request.upload_id)
    if record is None:
        if workspace.documents.get(Cancelled, request.upload_id) is not None:
            raise RefusedError(400, "upload is already cancelled", "Only an upload that waits can be cancelled.")
        raise RefusedError(404, "upload not found", "The workspace has no upload with this id that waits for a file.")
    workspace.documents.delete(UploadRecord, request.upload_id)
    workspace.documents.put(request.upload_id, Cancelled())
    upload, settings = record.upload, record.settings
    answer = CancelledUpload(
        upload_id=upload.upload_id,
        url=_answer(workspace, upload).url,
        trial=upload.trial,
        status="cancelled",
        cors_origin=upload.cors_origin,
        max_resolution=given(settings.max_resolution, "1080p"),
        access_policy=settings.access_policy,
        metadata={**given(settings.metadata, {})},
        title=given(settings.title, ABSENT),
        creator_id=given(settings.creator_id, ABSENT),
    )
    return Data(answer, success=True)


def _answer(workspace: Workspace, upload: Upload) -> Upload:
    return replace(upload, url=f"{workspace.origin}{upload.url}")
