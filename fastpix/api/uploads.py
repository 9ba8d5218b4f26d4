"""Direct uploads: create, list and cancel them."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import UNSET, UnsetType

from fastpix.api.common import (
    ABSENT,
    AccessPolicy,
    Answer,
    Data,
    MediaPlaybackId,
    MediaQuality,
    Model,
    Number,
    Open,
    OrderedPageRequest,
    Page,
    Resolution,
    Secret,
)
from fastpix.api.media import AudioInput, MediaSettings, SubtitleInput, VideoEdits, WatermarkInput
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import get, post, put
from fastpix.reply import Reply

__all__ = [
    "AccessPolicy",
    "AudioInput",
    "CancelUploadRequest",
    "CancelUploadResponse",
    "CancelledUpload",
    "CreateUploadRequest",
    "CreateUploadResponse",
    "ListUploadsRequest",
    "ListUploadsResponse",
    "MediaPlaybackId",
    "MediaQuality",
    "Number",
    "PushMediaSettings",
    "Resolution",
    "SubtitleInput",
    "Upload",
    "UploadDescription",
    "UploadMediaSettings",
    "UploadVideoInput",
    "WatermarkInput",
    "uploads_cancel",
    "uploads_create",
    "uploads_list",
]


class UploadVideoInput(VideoEdits, tag_field="type", tag="video"):
    """The edits of the uploaded video."""


class PushMediaSettings(MediaSettings):
    """The settings of the media that FastPix creates from the uploaded file."""

    access_policy: AccessPolicy
    """``public``: everyone can play. ``private``: a signed token is needed. ``drm``: a DRM license is needed too."""
    start_time: Number | UnsetType = UNSET
    """The start of the part that FastPix keeps, in seconds."""
    end_time: Number | UnsetType = UNSET
    """The end of the part that FastPix keeps, in seconds."""
    inputs: Sequence[UploadVideoInput | WatermarkInput | AudioInput | SubtitleInput] | UnsetType = UNSET
    """The edits of the video, and the watermarks, audio and subtitle files that FastPix adds to it."""


class CreateUploadRequest(Model):
    """The settings of a new upload."""

    cors_origin: str
    """The origin that a browser may upload from, such as ``https://example.com``, or ``*`` for any origin."""
    push_media_settings: PushMediaSettings | UnsetType = UNSET
    """The settings of the media that FastPix creates from the uploaded file."""


class ListUploadsRequest(OrderedPageRequest):
    """Selects a page of the unused uploads in the workspace."""


class CancelUploadRequest(Model):
    """Selects an upload."""

    upload_id: str
    """The id of the upload, a UUID."""


class UploadMediaSettings(Answer):
    """The settings of the media that FastPix creates from the uploaded file."""

    playback_ids: list[MediaPlaybackId] | None = ABSENT
    """The access policies and restrictions of the playback ids. They have no ``id`` before the media exists."""
    metadata: dict[str, str | None] | None = ABSENT
    """Your own key-value pairs."""
    media_quality: Open[MediaQuality] | None = ABSENT
    """The encoding quality."""
    source_access: bool | None = ABSENT
    """``True`` if the original file will be available for download."""
    optimize_audio: bool | None = ABSENT
    """``True`` if FastPix will even out the volume of the audio."""


class UploadDescription(Answer):
    """The fields of every upload."""

    upload_id: str
    """The id of the upload, a UUID. The media that FastPix creates from the file has the same id."""
    url: Secret
    """The URL of a resumable upload session of Google Cloud Storage. The session is already open: send the file with
    PUT. Secret."""
    trial: bool | None = ABSENT
    """``True`` if the upload belongs to a trial plan."""
    status: Open[Literal["waiting", "cancelled"]] | None = ABSENT
    """``waiting``: the file is not uploaded yet. ``cancelled``: the upload cannot be used any more."""
    timeout: Number | None = ABSENT
    """The number of seconds that ``url`` is valid: 14400, which is 4 hours."""
    cors_origin: str | None = ABSENT
    """The origin that a browser may upload from. ``*`` means any origin."""
    id: str | None = ABSENT
    """A field that the official SDK declares. No known response contains it."""
    media_id: str | None = ABSENT
    """A field that the official SDK declares. No known response contains it."""


class Upload(UploadDescription):
    """An upload: the URL that you send a file to."""

    push_media_settings: UploadMediaSettings | None = ABSENT
    """The settings of the media that FastPix creates from the uploaded file."""


class CancelledUpload(UploadDescription):
    """A cancelled upload, and the settings that its media would have had."""

    max_resolution: Open[Resolution] | None = ABSENT
    """The highest resolution that FastPix would have encoded."""
    access_policy: Open[AccessPolicy] | None = ABSENT
    """Who could have played the media."""
    metadata: dict[str, str | None] | None = ABSENT
    """Your own key-value pairs."""
    title: str | None = ABSENT
    """The title of the media."""
    creator_id: str | None = ABSENT
    """Your own id of the person who created the media."""


CreateUploadResponse: TypeAlias = Data[Upload]
ListUploadsResponse: TypeAlias = Page[Upload]
CancelUploadResponse: TypeAlias = Data[CancelledUpload]


@post("/on-demand/upload", id="direct-upload-video-media")
def uploads_create(
    core: FastpixCore, request: CreateUploadRequest, options: RequestOptions | None = None
) -> Reply[CreateUploadResponse]:
    """Create an upload: a URL that a server or a browser can send a file to. Each call creates a new upload.

    After you send the file, FastPix creates a media from it. The id of the media is the ``upload_id`` of the upload.

    The library does not retry this call after a lost response. The error's ``may_have_been_applied`` is then ``True``.
    The call may leave an unused upload, which expires by itself.

    Fails with:
        BadRequestError: the plan allows no more media, or the DRM configuration does not exist.
        UnprocessableError: the service rejects a setting.

    API operation: ``direct-upload-video-media``.

    Example:
        >>> settings = PushMediaSettings(access_policy="public", title="A talk")
        >>> uploads_create(core, CreateUploadRequest(cors_origin="*", push_media_settings=settings))
    """
    ...


@get("/on-demand/uploads", id="list-uploads")
def uploads_list(
    core: FastpixCore, request: ListUploadsRequest = ListUploadsRequest(), options: RequestOptions | None = None
) -> Reply[ListUploadsResponse]:
    """List the uploads that are waiting for their file, one page at a time, newest first by default.

    Fails with:
        Only the errors that every call can fail with.

    API operation: ``list-uploads``.

    Example:
        >>> uploads_list(core, ListUploadsRequest(limit=50))
    """
    ...


@put("/on-demand/upload/{uploadId}/cancel", id="cancel-upload")
def uploads_cancel(
    core: FastpixCore, request: CancelUploadRequest, options: RequestOptions | None = None
) -> Reply[CancelUploadResponse]:
    """Cancel an upload that is waiting for its file.

    Fails with:
        BadRequestError: the upload is already cancelled, or its file is already uploaded. If a response was lost
            before, this call may have cancelled the upload itself: ``may_have_been_applied`` is then ``True``.
        NotFoundError: the upload does not exist.
        UnprocessableError: ``upload_id`` is not a UUID.

    API operation: ``cancel-upload``.

    Example:
        >>> uploads_cancel(core, CancelUploadRequest("3fc1d54b-aa88-41df-bcf9-0cf7b66e75dd"))
    """
    ...
