"""Direct uploads on the local FastPix. They wait for a file, which comes by the URL of the upload, or expire."""

import secrets
from math import inf

from msgspec import UnsetType

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
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import RefusedError, check_uuid, invalid
from fastpix.emulator.model.events import tell_upload
from fastpix.emulator.model.playback_ids import restrictions
from fastpix.emulator.model.uploads import TIMEOUT, UploadedFile, UploadRecord, add_upload, close, located
from fastpix.emulator.workspace import Workspace, given, new_uuid, page

__all__ = ["cancel", "create", "list_uploads"]

QUERY = "upload_id="
"""The query of the URL of an open session, before its secret."""
BROWSER_QUERY = "X-Goog-Expires=14400&X-Goog-SignedHeaders=host%3Bx-goog-resumable&X-Goog-Signature="
"""The query of a URL that opens sessions, before its secret."""


@handles(
    uploads_create,
    recorded="the fields, the timeout, and that media settings outside of pushMediaSettings are a 422",
    documented="a client of the type web-browser gets a URL that opens a session; the protocol of the URL is that of Google Cloud Storage",
    guessed="a request without pushMediaSettings makes a public media; the URL is one of the local FastPix, and a file that can't be read holds what the seed of the upload says",
)
def create(workspace: Workspace, request: CreateUploadRequest) -> Data[Upload]:
    settings = request.push_media_settings
    if isinstance(settings, UnsetType):
        settings = PushMediaSettings(access_policy="public")
    check_drm(workspace, settings.access_policy, settings.drm_configuration_id, "pushMediaSettings.")
    if given(settings.start_time, 0) >= given(settings.end_time, inf):
        raise invalid("pushMediaSettings.endTime")
    upload_id, secret = new_uuid(), secrets.token_urlsafe(32)
    future = MediaPlaybackId(
        access_policy=settings.access_policy,
        access_restrictions=restrictions(settings.access_restrictions, "pushMediaSettings.accessRestrictions."),
    )
    query = BROWSER_QUERY if workspace.is_for_browser else QUERY
    upload = Upload(
        upload_id=upload_id,
        url=f"/_uploads/{workspace.id}/{upload_id}?{query}{secret}",
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
    signature, session = (secret, "") if workspace.is_for_browser else ("", secret)
    file = UploadedFile(upload_id, request.cors_origin, signature, session)
    add_upload(workspace, UploadRecord(upload, settings), file)
    return Data(located(workspace, upload), success=True)


@handles(
    uploads_list,
    recorded="the fields, as those of a new upload, and that the list has the unused ones",
    guessed="expired and cancelled uploads are gone",
)
def list_uploads(workspace: Workspace, request: ListUploadsRequest) -> Page[Upload]:
    return page(workspace, UploadRecord, request, lambda record: located(workspace, record.upload))


@handles(
    uploads_cancel,
    recorded="the flat settings without a timeout",
    documented="the 404, and the refusal of an upload that is cancelled",
    guessed="the message of that refusal, also for an upload whose file is complete; an expired upload is a 404",
)
def cancel(workspace: Workspace, request: CancelUploadRequest) -> Data[CancelledUpload]:
    check_uuid(uploadId=request.upload_id)
    record = workspace.documents.get(UploadRecord, request.upload_id)
    if record is None:
        file = workspace.documents.get(UploadedFile, request.upload_id)
        if file is not None and file.status != "expired":
            raise RefusedError(400, "upload is already cancelled", "Only an upload that waits can be cancelled.")
        raise RefusedError(404, "upload not found", "The workspace has no upload with this id that waits for a file.")
    close(workspace, request.upload_id, "cancelled")
    upload, settings = record.upload, record.settings
    answer = CancelledUpload(
        upload_id=upload.upload_id,
        url=located(workspace, upload).url,
        trial=upload.trial,
        status="cancelled",
        cors_origin=upload.cors_origin,
        max_resolution=given(settings.max_resolution, "1080p"),
        access_policy=settings.access_policy,
        metadata={**given(settings.metadata, {})},
        title=given(settings.title, ABSENT),
        creator_id=given(settings.creator_id, ABSENT),
    )
    tell_upload(workspace, "video.media.upload.cancelled", answer)
    return Data(answer, success=True)
