"""Media (video on demand): create, list, get, update and delete them, list clips, and control downloads."""

from collections.abc import Sequence
from typing import ClassVar, Literal, TypeAlias

from msgspec import UNSET, UnsetType

from fastpix.api.common import (
    ABSENT,
    AccessPolicy,
    AccessRestrictionSettings,
    Ack,
    Answer,
    Data,
    LanguageCode,
    MediaDescription,
    MediaPlaybackId,
    MediaQuality,
    MediaStatus,
    Metadata,
    Model,
    Moderation,
    Mp4Support,
    Number,
    Open,
    OrderedPageRequest,
    Page,
    Resolution,
    Secret,
    SummaryLength,
    Track,
    Word,
)
from fastpix.api.times import Timestamp
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import delete, get, patch, post
from fastpix.reply import Reply

__all__ = [
    "AccessPolicy",
    "AccessRestrictionSettings",
    "AudioInput",
    "CreateMediaRequest",
    "CreateMediaResponse",
    "CreatedInput",
    "CreatedMedia",
    "DeleteMediaRequest",
    "DeleteMediaResponse",
    "GenerateSubtitles",
    "GetMediaInputInfoRequest",
    "GetMediaInputInfoResponse",
    "GetMediaRequest",
    "GetMediaResponse",
    "ImposedTrack",
    "InputConfiguration",
    "InputFile",
    "InputInfo",
    "LanguageCode",
    "ListMediaClipsRequest",
    "ListMediaClipsResponse",
    "ListMediaRequest",
    "ListMediaResponse",
    "Media",
    "MediaClip",
    "MediaInsight",
    "MediaPlaybackId",
    "MediaQuality",
    "MediaSettings",
    "MediaStatus",
    "MediaSummary",
    "Metadata",
    "Moderation",
    "Mp4Download",
    "Mp4Support",
    "Number",
    "Resolution",
    "Segment",
    "SubtitleInput",
    "SubtitleLanguageCode",
    "Summary",
    "SummaryLength",
    "Timestamp",
    "Track",
    "UpdateMediaRequest",
    "UpdateMediaResponse",
    "UpdateMp4SupportRequest",
    "UpdateMp4SupportResponse",
    "UpdateSourceAccessRequest",
    "UpdateSourceAccessResponse",
    "VideoEdits",
    "VideoInput",
    "WatermarkInput",
    "WatermarkPlacement",
    "Word",
    "media_create",
    "media_delete",
    "media_get",
    "media_get_input_info",
    "media_list",
    "media_list_clips",
    "media_update",
    "media_update_mp4_support",
    "media_update_source_access",
]

Mp4Download: TypeAlias = Literal["capped_4k", "audioOnly", "audioOnly,capped_4k"]
"""The files that FastPix can create for download: the video (up to 4k), the audio, or both."""
SubtitleLanguageCode: TypeAlias = Literal["en", "it", "pl", "es", "fr", "ru", "nl"]
"""The spoken languages that FastPix can generate subtitles for while it creates a media."""


class Segment(Model):
    """A video that FastPix inserts into the main video. Give exactly one of ``insert_at`` and ``insert_at_end``."""

    __exactly_one_of__: ClassVar[tuple[str, ...]] = ("insert_at", "insert_at_end")

    url: str
    """The URL that FastPix downloads the segment from."""
    insert_at: int | UnsetType = UNSET
    """The position of the segment, in whole seconds from the start of the main video."""
    insert_at_end: bool | UnsetType = UNSET
    """``True`` appends the segment to the main video."""


class VideoEdits(Model, kw_only=True):
    """The edits of a video."""

    intro_url: str | UnsetType = UNSET
    """The URL of a video that FastPix adds before the start of the video."""
    outro_url: str | UnsetType = UNSET
    """The URL of a video that FastPix adds after the end of the video."""
    expunge_segments: list[str] | UnsetType = UNSET
    """The parts that FastPix removes, each with its start and end in seconds, such as ``["4-6", "15-19"]``."""
    segments: list[Segment] | UnsetType = UNSET
    """The videos that FastPix inserts."""


class VideoInput(VideoEdits, tag_field="type", tag="video"):
    """The video of a new media, and its edits."""

    url: str
    """The URL that FastPix downloads the video from.

    To make a clip of an existing media, give ``fp_mediaId://{media id}``. FastPix cuts clips at the nearest keyframe.
    """
    start_time: Number | UnsetType = UNSET
    """The start of the part that FastPix keeps, in seconds. Fractions are allowed."""
    end_time: Number | UnsetType = UNSET
    """The end of the part that FastPix keeps, in seconds. Fractions are allowed."""


class WatermarkPlacement(Model):
    """The position of a watermark."""

    x_align: Literal["left", "center", "right"] | UnsetType = UNSET
    """The horizontal alignment."""
    x_margin: str | UnsetType = UNSET
    """The horizontal margin from the edge of the video, in percent or pixels, such as ``"10%"`` or ``"20px"``."""
    y_align: Literal["top", "middle", "bottom"] | UnsetType = UNSET
    """The vertical alignment."""
    y_margin: str | UnsetType = UNSET
    """The vertical margin from the edge of the video, in percent or pixels, such as ``"10%"`` or ``"20px"``."""


class WatermarkInput(Model, tag_field="type", tag="watermark"):
    """An image that FastPix lays over the video."""

    url: str
    """The URL that FastPix downloads the image from."""
    placement: WatermarkPlacement | UnsetType = UNSET
    """The position of the image."""
    width: str | UnsetType = UNSET
    """The width of the image, in percent or pixels, such as ``"25%"``."""
    height: str | UnsetType = UNSET
    """The height of the image, in percent or pixels, such as ``"25%"``."""
    opacity: str | UnsetType = UNSET
    """The opacity of the image, in percent, such as ``"80%"``."""


class ImposedTrack(Model):
    """Audio that FastPix lays over the audio of the video."""

    url: str | UnsetType = UNSET
    """The URL that FastPix downloads the audio from."""
    start_time: int | UnsetType = UNSET
    """The position in the video where the audio starts, in whole seconds."""
    end_time: int | UnsetType = UNSET
    """The position in the video where the audio ends, in whole seconds."""
    fade_in_level: int | UnsetType = UNSET
    """The length of the fade-in at the start of the audio, in whole seconds."""
    fade_out_level: int | UnsetType = UNSET
    """The length of the fade-out at the end of the audio, in whole seconds."""


class AudioInput(Model, tag_field="type", tag="audio"):
    """Audio that replaces the audio of the video, and audio that is laid over it."""

    swap_track_url: str
    """The URL of the audio that replaces the audio of the video."""
    impose_tracks: list[ImposedTrack] | UnsetType = UNSET
    """The audio that FastPix lays over the audio of the video."""


class SubtitleInput(Model, tag_field="type", tag="subtitle"):
    """A subtitle file that FastPix adds to the media."""

    url: str
    """The URL that FastPix downloads the file from. The file can be a WebVTT file, for example."""
    language_name: str
    """The name of the language, such as ``English``. The name must be unique in the media."""
    language_code: LanguageCode
    """One of the values of `LanguageCode`, such as ``en-US``."""


class GenerateSubtitles(Model):
    """Subtitles that FastPix generates from the speech in the video, in the spoken language."""

    language_name: str | UnsetType = UNSET
    """The name of the spoken language, such as ``English``."""
    metadata: Metadata | UnsetType = UNSET
    """Your own key-value pairs: at most 10, each value with at most 255 characters."""
    language_code: SubtitleLanguageCode | UnsetType = UNSET
    """The code of the spoken language, such as ``en``."""


class Summary(Model):
    """The settings of a summary of the spoken text."""

    generate: bool | UnsetType = UNSET
    """``True`` lets FastPix write a summary."""
    summary_length: SummaryLength | UnsetType = UNSET
    """The length of the summary, in words, 30 to 250. Default: 100."""


class MediaSettings(Model, kw_only=True):
    """The settings of a new media."""

    metadata: Metadata | UnsetType = UNSET
    """Your own key-value pairs: at most 10, each value with at most 255 characters."""
    drm_configuration_id: str | UnsetType = UNSET
    """The id of the DRM configuration, a UUID. Required if the access policy is ``drm``."""
    title: Word | UnsetType = UNSET
    """The title of the media: at most 255 characters."""
    creator_id: Word | UnsetType = UNSET
    """Your own id of the person who created the media: at most 255 characters."""
    subtitles: GenerateSubtitles | UnsetType = UNSET
    """The subtitles that FastPix generates. Default: no generated subtitles."""
    mp4_support: Mp4Download | UnsetType = UNSET
    """The files that FastPix creates for download. Default: no files.

    ``capped_4k``: the video, up to 4k. ``audioOnly``: the audio. ``audioOnly,capped_4k``: both.
    """
    source_access: bool | UnsetType = UNSET
    """``True`` makes the original file available for download. Default: ``False``."""
    optimize_audio: bool | UnsetType = UNSET
    """``True`` evens out the volume of the audio. Default: ``False``."""
    max_resolution: Resolution | UnsetType = UNSET
    """The highest resolution that FastPix encodes. Default: ``1080p``."""
    media_quality: MediaQuality | UnsetType = UNSET
    """The encoding quality. Default: ``standard``."""
    summary: Summary | UnsetType = UNSET
    """The summary of the spoken text. Default: no summary."""
    chapters: bool | UnsetType = UNSET
    """``True`` lets FastPix find chapters. Default: ``False``."""
    named_entities: bool | UnsetType = UNSET
    """``True`` lets FastPix find the names of people, places and things. Default: ``False``."""
    moderation: Moderation | UnsetType = UNSET
    """The check for unwanted content. Default: no check."""
    access_restrictions: AccessRestrictionSettings | UnsetType = UNSET
    """The domains and user agents that can play the media. Default: no restriction."""


class CreateMediaRequest(MediaSettings):
    """The inputs and the settings of a new media."""

    inputs: Sequence[VideoInput | WatermarkInput | AudioInput | SubtitleInput]
    """The video, and the watermarks, audio and subtitle files that FastPix adds to it."""
    access_policy: AccessPolicy
    """``public``: everyone can play. ``private``: a signed token is needed. ``drm``: a DRM license is needed too."""


class ListMediaRequest(OrderedPageRequest):
    """Selects a page of the media in the workspace."""


class ListMediaClipsRequest(OrderedPageRequest):
    """Selects a media, and a page of its clips."""

    media_id: str
    """The id of the media, a UUID."""


class GetMediaRequest(Model):
    """Selects a media."""

    media_id: str
    """The id of the media, a UUID."""


class DeleteMediaRequest(Model):
    """Selects a media."""

    media_id: str
    """The id of the media, a UUID."""


class GetMediaInputInfoRequest(Model):
    """Selects a media."""

    media_id: str
    """The id of the media, a UUID."""


class UpdateMediaRequest(Model):
    """Selects a media, and gives its new settings."""

    media_id: str
    """The id of the media, a UUID."""
    metadata: Metadata | UnsetType = UNSET
    """Key-value pairs that replace all existing pairs: at most 10, each value with at most 255 characters."""
    title: Word | UnsetType = UNSET
    """The new title: at most 255 characters."""
    creator_id: Word | UnsetType = UNSET
    """Your own id of the person who created the media: at most 255 characters."""


class UpdateSourceAccessRequest(Model):
    """Selects a media, and allows or forbids the download of its original file."""

    media_id: str
    """The id of the media, a UUID."""
    source_access: bool
    """``True`` makes the original file available for download."""


class UpdateMp4SupportRequest(Model):
    """Selects a media, and the files that FastPix creates for download."""

    media_id: str
    """The id of the media, a UUID."""
    mp4_support: Mp4Support
    """``capped_4k``: the video, up to 4k. ``audioOnly``: audio. ``audioOnly,capped_4k``: both. ``none``: neither."""


class CreatedInput(Answer):
    """An input, as FastPix accepted it."""

    type: str | None = ABSENT
    """The type of the input, such as ``video``."""
    url: str | None = ABSENT
    """The URL of the input."""


class CreatedMedia(Answer):
    """A new media that FastPix has not downloaded and encoded yet."""

    id: str
    """The id of the media, a UUID."""
    trial: bool | None = ABSENT
    """``True`` if the media belongs to a trial plan."""
    status: Open[MediaStatus] | None = ABSENT
    """The status: ``Created`` for a new media. Unlike the status of a live stream, it begins with a capital letter."""
    created_at: Timestamp | None = ABSENT
    """The time of creation, in UTC."""
    updated_at: Timestamp | None = ABSENT
    """The time of the last change, in UTC."""
    playback_ids: list[MediaPlaybackId] | None = ABSENT
    """The ids that the media is played with, at ``https://stream.fastpix.com/{id}.m3u8``."""
    metadata: dict[str, str | None] | None = ABSENT
    """Your own key-value pairs."""
    media_quality: Open[MediaQuality] | None = ABSENT
    """The encoding quality."""
    source_access: bool | None = ABSENT
    """``True`` if the original file is available for download."""
    max_resolution: Open[Resolution] | None = ABSENT
    """The highest resolution that FastPix encodes."""
    inputs: list[CreatedInput] | None = ABSENT
    """The inputs of the media."""
    optimize_audio: bool | None = ABSENT
    """``True`` if FastPix evens out the volume of the audio."""


class MediaSummary(Answer):
    """The summary of a media."""

    status: Open[Literal["preparing", "available", "failed"]] | None = ABSENT
    """The status. The summary exists when the status is ``available``."""
    data: str | None = ABSENT
    """The text of the summary."""
    failed_reason: str | None = ABSENT
    """The reason for the status ``failed``."""


class MediaInsight(Answer):
    """The chapters, the named entities or the moderation result of a media."""

    status: Open[Literal["preparing", "available", "failed"]] | None = ABSENT
    """The status. The result exists when the status is ``available``."""
    data: dict[str, object] | list[object] | None = ABSENT
    """The result, as the API returns it."""
    failed_reason: str | None = ABSENT
    """The reason for the status ``failed``."""


class Media(MediaDescription):
    """A media."""

    summary: MediaSummary | None = ABSENT
    """The summary. ``None`` if no summary was requested."""
    chapters: MediaInsight | None = ABSENT
    """The chapters. ``None`` if no chapters were requested."""
    named_entities: MediaInsight | None = ABSENT
    """The named entities. ``None`` if no named entities were requested."""
    moderation: MediaInsight | None = ABSENT
    """The moderation result. ``None`` if no moderation was requested."""


class MediaClip(MediaDescription):
    """A clip that was made from a media. It is a media of its own."""


class InputConfiguration(Answer):
    """The source of an input."""

    url: Secret | None = ABSENT
    """The URL that FastPix downloaded the input from. The URL may contain a signature. Secret."""


class InputFile(Answer):
    """The file format and the tracks of an input."""

    container_format: Secret | None = ABSENT
    """The container format, such as ``mp4``. If the URL is signed, the API may return the end of the URL instead,
    with its signature. Secret."""
    tracks: list[Track] | None = ABSENT
    """The tracks of the file."""


class InputInfo(Answer):
    """The source and the file format of the input of a media."""

    configuration: InputConfiguration | None = ABSENT
    """The source of the input."""
    file: InputFile | None = ABSENT
    """The file format and the tracks of the input."""


CreateMediaResponse: TypeAlias = Data[CreatedMedia]
ListMediaResponse: TypeAlias = Page[Media]
ListMediaClipsResponse: TypeAlias = Page[MediaClip]
GetMediaResponse: TypeAlias = Data[Media]
UpdateMediaResponse: TypeAlias = Data[Media]
DeleteMediaResponse: TypeAlias = Ack
GetMediaInputInfoResponse: TypeAlias = Data[InputInfo]
UpdateSourceAccessResponse: TypeAlias = Data[Media]
UpdateMp4SupportResponse: TypeAlias = Data[Media]


@post("/on-demand", id="create-media")
def media_create(
    core: FastpixCore, request: CreateMediaRequest, options: RequestOptions | None = None
) -> Reply[CreateMediaResponse]:
    """Create a media from a video that FastPix downloads from a URL.

    FastPix downloads and encodes the video after the response. The status of the media is first ``Created``. It
    becomes ``Ready`` when the media can be played. If FastPix cannot download the video, the call still succeeds, and
    the status becomes ``Failed``.

    The library does not retry this call after a lost response. The error's ``may_have_been_applied`` is then ``True``,
    and `media_list` shows whether the media exists.

    Fails with:
        BadRequestError: the plan allows no more media, or the DRM configuration does not exist.
        UnprocessableError: the service rejects a setting.

    API operation: ``create-media``.

    Example:
        >>> video = VideoInput("https://example.com/talk.mp4", start_time=2.5)
        >>> media_create(core, CreateMediaRequest([video], access_policy="public", title="A talk"))
    """
    ...


@get("/on-demand", id="list-media")
def media_list(
    core: FastpixCore, request: ListMediaRequest = ListMediaRequest(), options: RequestOptions | None = None
) -> Reply[ListMediaResponse]:
    """List the media of the workspace, one page at a time, newest first by default.

    A finished track has the status ``Ready`` in this list. In the result of `media_get`, its status is ``available``.

    Fails with:
        Only the errors that every call can fail with.

    API operation: ``list-media``.

    Example:
        >>> media_list(core, ListMediaRequest(limit=50, offset=2))
    """
    ...


@get("/on-demand/{mediaId}", id="get-media")
def media_get(
    core: FastpixCore, request: GetMediaRequest, options: RequestOptions | None = None
) -> Reply[GetMediaResponse]:
    """Get one media with its current status.

    The ``upload_id`` of a direct upload is also the id of its media.

    Fails with:
        NotFoundError: the media does not exist (``media workspace relation not found``).
        UnprocessableError: ``media_id`` is not a UUID.

    API operation: ``get-media``.

    Example:
        >>> media_get(core, GetMediaRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"))
    """
    ...


@patch(
    "/on-demand/{mediaId}",
    id="updated-media",
    idempotent=True,  # a second identical update changes nothing
)
def media_update(
    core: FastpixCore, request: UpdateMediaRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaResponse]:
    """Change the title, the creator id or the metadata of a media.

    Fails with:
        NotFoundError: the media does not exist.
        UnprocessableError: ``media_id`` is not a UUID, or the service rejects a value.

    API operation: ``updated-media``.

    Example:
        >>> request = UpdateMediaRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0", title="A talk")
        >>> media_update(core, request)
    """
    ...


@delete("/on-demand/{mediaId}", id="delete-media")
def media_delete(
    core: FastpixCore, request: DeleteMediaRequest, options: RequestOptions | None = None
) -> Reply[DeleteMediaResponse]:
    """Delete a media permanently, with all its tracks and playback ids.

    Fails with:
        NotFoundError: the media does not exist.
        UnprocessableError: ``media_id`` is not a UUID.

    API operation: ``delete-media``.

    Example:
        >>> media_delete(core, DeleteMediaRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"))
    """
    ...


@get("/on-demand/{mediaId}/media-clips", id="get-media-clips")
def media_list_clips(
    core: FastpixCore, request: ListMediaClipsRequest, options: RequestOptions | None = None
) -> Reply[ListMediaClipsResponse]:
    """List the clips that were made from a media, one page at a time, newest first by default.

    Fails with:
        NotFoundError: the media does not exist.
        UnprocessableError: ``media_id`` is not a UUID.

    API operation: ``get-media-clips``.

    Example:
        >>> request = ListMediaClipsRequest(media_id="6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0", limit=50)
        >>> media_list_clips(core, request)
    """
    ...


@get("/on-demand/{mediaId}/input-info", id="retrieveMediaInputInfo")
def media_get_input_info(
    core: FastpixCore, request: GetMediaInputInfoRequest, options: RequestOptions | None = None
) -> Reply[GetMediaInputInfoResponse]:
    """Get the source URL, the container format and the tracks of the input of a media.

    Fails with:
        NotFoundError: the media does not exist.
        UnprocessableError: ``media_id`` is not a UUID.

    API operation: ``retrieveMediaInputInfo``.

    Example:
        >>> request = GetMediaInputInfoRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0")
        >>> media_get_input_info(core, request)
    """
    ...


@patch(
    "/on-demand/{mediaId}/source-access",
    id="updated-source-access",
    idempotent=True,  # a second identical update changes nothing
)
def media_update_source_access(
    core: FastpixCore, request: UpdateSourceAccessRequest, options: RequestOptions | None = None
) -> Reply[UpdateSourceAccessResponse]:
    """Allow or forbid the download of the original file of a media.

    Fails with:
        NotFoundError: the media does not exist.
        UnprocessableError: ``media_id`` is not a UUID.

    API operation: ``updated-source-access``.

    Example:
        >>> request = UpdateSourceAccessRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0", source_access=True)
        >>> media_update_source_access(core, request)
    """
    ...


@patch(
    "/on-demand/{mediaId}/update-mp4Support",
    id="updated-mp4Support",
    idempotent=True,  # the API rejects an unchanged setting, so no file is created twice
)
def media_update_mp4_support(
    core: FastpixCore, request: UpdateMp4SupportRequest, options: RequestOptions | None = None
) -> Reply[UpdateMp4SupportResponse]:
    """Choose the files that FastPix creates from a media for download. A media with DRM cannot have such files.

    FastPix creates the files after the response. This takes a while.

    Fails with:
        BadRequestError: the media already has this setting (``mp4Support value already exists``). If a response was
            lost before, this call may have changed the setting itself: ``may_have_been_applied`` is then ``True``.
        NotFoundError: the media does not exist. The API may also use this error, in place of `BadRequestError`, for a
            setting that the media already has.
        UnprocessableError: ``media_id`` is not a UUID.

    API operation: ``updated-mp4Support``.

    Example:
        >>> request = UpdateMp4SupportRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0", mp4_support="capped_4k")
        >>> media_update_mp4_support(core, request)
    """
    ...
