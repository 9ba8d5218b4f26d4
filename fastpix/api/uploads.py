"""Direct uploads: get a url to send a file to, list and cancel the unused ones."""

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
    """What is done with the video that is uploaded."""


class PushMediaSettings(MediaSettings):
    """How a media is made of what is uploaded; see `MediaSettings` for the rest.

    Attributes:
        access_policy: who may play: everyone, who has a token, or a player with DRM.
        start_time: seconds; what is before is left out.
        end_time: seconds; what is behind is left out.
        inputs: what is done with the video, laid over it or goes with it.
    """

    access_policy: AccessPolicy
    start_time: Number | UnsetType = UNSET
    end_time: Number | UnsetType = UNSET
    inputs: Sequence[UploadVideoInput | WatermarkInput | AudioInput | SubtitleInput] | UnsetType = UNSET


class CreateUploadRequest(Model):
    """A file to come.

    Attributes:
        cors_origin: the site that a browser uploads from, or ``*`` for any.
        push_media_settings: how a media is made of it.
    """

    cors_origin: str
    push_media_settings: PushMediaSettings | UnsetType = UNSET


class ListUploadsRequest(OrderedPageRequest):
    """Which page of the uploads: ``limit`` uploads on it, 1 to 50 (default 10); ``offset`` is its number, from 1."""


class CancelUploadRequest(Model):
    """Which upload."""

    upload_id: str


class UploadMediaSettings(Answer):
    """How a media is to be made of what is uploaded."""

    playback_ids: list[MediaPlaybackId] | None = ABSENT
    metadata: dict[str, str | None] | None = ABSENT
    media_quality: Open[MediaQuality] | None = ABSENT
    source_access: bool | None = ABSENT
    optimize_audio: bool | None = ABSENT


class UploadDescription(Answer):
    """What the service tells of any upload.

    Attributes:
        upload_id: also the id of the media to come.
        id: declared by the official SDK, as ``media_id``; not seen in an answer yet.
        url: a resumable session of Google Cloud Storage, already opened: PUT the file there. Secret.
        timeout: seconds that the url is good for (14400).
    """

    upload_id: str
    url: Secret
    trial: bool | None = ABSENT
    status: Open[Literal["waiting", "cancelled"]] | None = ABSENT
    timeout: Number | None = ABSENT
    cors_origin: str | None = ABSENT
    id: str | None = ABSENT
    media_id: str | None = ABSENT


class Upload(UploadDescription):
    """A place to send a file to."""

    push_media_settings: UploadMediaSettings | None = ABSENT


class CancelledUpload(UploadDescription):
    """An upload that can't be used any more, and how a media would have been made of it."""

    max_resolution: Open[Resolution] | None = ABSENT
    access_policy: Open[AccessPolicy] | None = ABSENT
    metadata: dict[str, str | None] | None = ABSENT
    title: str | None = ABSENT
    creator_id: str | None = ABSENT


CreateUploadResponse: TypeAlias = Data[Upload]
ListUploadsResponse: TypeAlias = Page[Upload]
CancelUploadResponse: TypeAlias = Data[CancelledUpload]


@post("/on-demand/upload", id="direct-upload-video-media")
def uploads_create(
    core: FastpixCore, request: CreateUploadRequest, options: RequestOptions | None = None
) -> Reply[CreateUploadResponse]:
    """Get a url to upload a file to, from a server or a browser. Each call makes a new upload.

    It is sent once: if no answer comes, an unused upload may be left, which ends by itself.

    Fails with `BadRequestError` if the plan allows no more or the DRM configuration does not exist, and with
    `UnprocessableError` for a refused setting.
    Follows ``direct-upload-video-media`` of the API.

    Example:
        ``uploads_create(core, CreateUploadRequest(cors_origin="*",
        push_media_settings=PushMediaSettings(access_policy="public")))``
    """
    ...


@get("/on-demand/uploads", id="list-uploads")
def uploads_list(
    core: FastpixCore, request: ListUploadsRequest = ListUploadsRequest(), options: RequestOptions | None = None
) -> Reply[ListUploadsResponse]:
    """List the uploads that wait for their file, a page at a time, newest first.

    Follows ``list-uploads`` of the API.
    """
    ...


@put("/on-demand/upload/{uploadId}/cancel", id="cancel-upload")
def uploads_cancel(
    core: FastpixCore, request: CancelUploadRequest, options: RequestOptions | None = None
) -> Reply[CancelUploadResponse]:
    """Give up an upload that waits for its file.

    Fails with `BadRequestError` if it is cancelled or used already, and with `NotFoundError` if there is no such
    upload. After a lost answer, 'cancelled already' may be the doing of this very call: then
    ``may_have_been_applied`` is true.
    Follows ``cancel-upload`` of the API.
    """
    ...
