"""Media (video on demand): create from urls, list, get, update and delete; its clips, its input, its downloads."""

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
SubtitleLanguageCode: TypeAlias = Literal["en", "it", "pl", "es", "fr", "ru", "nl"]


class Segment(Model):
    """A video put into the main one, at one place: exactly one of ``insert_at`` and ``insert_at_end`` is given.

    Attributes:
        url: where the service fetches it.
        insert_at: seconds from the start.
        insert_at_end: ``True``, to put it behind the end.
    """

    __exactly_one_of__: ClassVar[tuple[str, ...]] = ("insert_at", "insert_at_end")

    url: str
    insert_at: int | UnsetType = UNSET
    insert_at_end: bool | UnsetType = UNSET


class VideoEdits(Model, kw_only=True):
    """What is done with a video.

    Attributes:
        intro_url: a video to put in front.
        outro_url: a video to put behind.
        expunge_segments: parts to cut out, in seconds, such as ``["4-6", "15-19"]``.
        segments: videos to put in between.
    """

    intro_url: str | UnsetType = UNSET
    outro_url: str | UnsetType = UNSET
    expunge_segments: list[str] | UnsetType = UNSET
    segments: list[Segment] | UnsetType = UNSET


class VideoInput(VideoEdits, tag_field="type", tag="video"):
    """The video itself, and what is done with it; see `VideoEdits` for the rest.

    Attributes:
        url: where the service fetches it; ``fp_mediaId://{media id}`` makes a clip of a media.
        start_time: seconds, fractions allowed; what is before is left out.
        end_time: seconds, fractions allowed; what is behind is left out.
    """

    url: str
    start_time: Number | UnsetType = UNSET
    end_time: Number | UnsetType = UNSET


class WatermarkPlacement(Model):
    """Where a watermark stands; margins in per cent or pixels, such as ``"10%"`` or ``"20px"``."""

    x_align: Literal["left", "center", "right"] | UnsetType = UNSET
    x_margin: str | UnsetType = UNSET
    y_align: Literal["top", "middle", "bottom"] | UnsetType = UNSET
    y_margin: str | UnsetType = UNSET


class WatermarkInput(Model, tag_field="type", tag="watermark"):
    """A picture laid over the video; sizes in per cent or pixels, ``opacity`` in per cent, such as ``"80%"``."""

    url: str
    placement: WatermarkPlacement | UnsetType = UNSET
    width: str | UnsetType = UNSET
    height: str | UnsetType = UNSET
    opacity: str | UnsetType = UNSET


class ImposedTrack(Model):
    """Sound laid over that of the video; all times in seconds."""

    url: str | UnsetType = UNSET
    start_time: int | UnsetType = UNSET
    end_time: int | UnsetType = UNSET
    fade_in_level: int | UnsetType = UNSET
    fade_out_level: int | UnsetType = UNSET


class AudioInput(Model, tag_field="type", tag="audio"):
    """Sound instead of that of the video (``swap_track_url``), and sound laid over it."""

    swap_track_url: str
    impose_tracks: list[ImposedTrack] | UnsetType = UNSET


class SubtitleInput(Model, tag_field="type", tag="subtitle"):
    """A file of subtitles, such as WebVTT; ``language_name`` is unique in a media."""

    url: str
    language_name: str
    language_code: LanguageCode


class GenerateSubtitles(Model):
    """Subtitles to make by speech recognition, in the language that is spoken."""

    language_name: str | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
    language_code: SubtitleLanguageCode | UnsetType = UNSET


class Summary(Model):
    """Whether to write a summary of what is said, and in how many words (30 to 250; default 100)."""

    generate: bool | UnsetType = UNSET
    summary_length: SummaryLength | UnsetType = UNSET


class MediaSettings(Model, kw_only=True):
    """How a media is made of its input. In brackets, the defaults.

    Attributes:
        metadata: at most 10 entries of at most 255 characters.
        drm_configuration_id: which DRM; needed if ``access_policy`` is ``drm``.
        title: at most 255 characters.
        creator_id: your id of who made it, at most 255 characters.
        subtitles: subtitles to make by speech recognition.
        mp4_support: files to download: video up to 4k, sound, or both.
        source_access: whether the original can be downloaded.
        optimize_audio: whether to even out the loudness.
        max_resolution: the best that is encoded (``1080p``).
        media_quality: the quality of the encoding (``standard``).
        summary: a summary of what is said.
        chapters: whether to find chapters.
        named_entities: whether to find names of people, places and things.
        moderation: what to look through for unwanted content.
        access_restrictions: who may play.
    """

    metadata: Metadata | UnsetType = UNSET
    drm_configuration_id: str | UnsetType = UNSET
    title: Word | UnsetType = UNSET
    creator_id: Word | UnsetType = UNSET
    subtitles: GenerateSubtitles | UnsetType = UNSET
    mp4_support: Mp4Download | UnsetType = UNSET
    source_access: bool | UnsetType = UNSET
    optimize_audio: bool | UnsetType = UNSET
    max_resolution: Resolution | UnsetType = UNSET
    media_quality: MediaQuality | UnsetType = UNSET
    summary: Summary | UnsetType = UNSET
    chapters: bool | UnsetType = UNSET
    named_entities: bool | UnsetType = UNSET
    moderation: Moderation | UnsetType = UNSET
    access_restrictions: AccessRestrictionSettings | UnsetType = UNSET


class CreateMediaRequest(MediaSettings):
    """A media to make of what the service fetches from urls; see `MediaSettings` for the rest.

    Attributes:
        inputs: the video, and what is laid over it or goes with it.
        access_policy: who may play: everyone, who has a token, or a player with DRM.
    """

    inputs: Sequence[VideoInput | WatermarkInput | AudioInput | SubtitleInput]
    access_policy: AccessPolicy


class ListMediaRequest(OrderedPageRequest):
    """Which page of the media: ``limit`` media on it, 1 to 50 (default 10); ``offset`` is its number, from 1."""


class ListMediaClipsRequest(OrderedPageRequest):
    """Which media, and which page of its clips: ``limit`` on it, 1 to 50 (10); ``offset`` is its number, from 1."""

    media_id: str


class GetMediaRequest(Model):
    """Which media."""

    media_id: str


class DeleteMediaRequest(Model):
    """Which media."""

    media_id: str


class GetMediaInputInfoRequest(Model):
    """Which media."""

    media_id: str


class UpdateMediaRequest(Model):
    """What to change of a media.

    Attributes:
        metadata: replaces the whole of it; at most 10 entries of at most 255 characters.
        title: at most 255 characters.
        creator_id: at most 255 characters.
    """

    media_id: str
    metadata: Metadata | UnsetType = UNSET
    title: Word | UnsetType = UNSET
    creator_id: Word | UnsetType = UNSET


class UpdateSourceAccessRequest(Model):
    """Whether the original of a media can be downloaded."""

    media_id: str
    source_access: bool


class UpdateMp4SupportRequest(Model):
    """Which files of a media can be downloaded: video up to 4k, sound, both or none."""

    media_id: str
    mp4_support: Mp4Support


class CreatedInput(Answer):
    """An input as the service took it in."""

    type: str | None = ABSENT
    url: str | None = ABSENT


class CreatedMedia(Answer):
    """A new media, before it is fetched and encoded."""

    id: str
    trial: bool | None = ABSENT
    status: Open[MediaStatus] | None = ABSENT
    created_at: Timestamp | None = ABSENT
    updated_at: Timestamp | None = ABSENT
    playback_ids: list[MediaPlaybackId] | None = ABSENT
    metadata: dict[str, str | None] | None = ABSENT
    media_quality: Open[MediaQuality] | None = ABSENT
    source_access: bool | None = ABSENT
    max_resolution: Open[Resolution] | None = ABSENT
    inputs: list[CreatedInput] | None = ABSENT
    optimize_audio: bool | None = ABSENT


class MediaSummary(Answer):
    """The summary of a media, once ``status`` is ``available``."""

    status: Open[Literal["preparing", "available", "failed"]] | None = ABSENT
    data: str | None = ABSENT
    failed_reason: str | None = ABSENT


class MediaInsight(Answer):
    """Chapters, named entities or moderation of a media, once ``status`` is ``available``."""

    status: Open[Literal["preparing", "available", "failed"]] | None = ABSENT
    data: dict[str, object] | list[object] | None = ABSENT
    failed_reason: str | None = ABSENT


class Media(MediaDescription):
    """A media.

    Attributes:
        summary: ``None`` if it was not asked for, as ``chapters``, ``named_entities`` and ``moderation``.
    """

    summary: MediaSummary | None = ABSENT
    chapters: MediaInsight | None = ABSENT
    named_entities: MediaInsight | None = ABSENT
    moderation: MediaInsight | None = ABSENT


class MediaClip(MediaDescription):
    """A clip made of a media; it is a media of its own."""


class InputConfiguration(Answer):
    """Where an input was fetched; the url is signed."""

    url: Secret | None = ABSENT


class InputFile(Answer):
    """What an input was found to be; ``container_format`` may be the tail of its url, signature and all."""

    container_format: Secret | None = ABSENT
    tracks: list[Track] | None = ABSENT


class InputInfo(Answer):
    """Where the input of a media came from, and what it is."""

    configuration: InputConfiguration | None = ABSENT
    file: InputFile | None = ABSENT


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
    """Create a media of a video that the service fetches from a url; it is ``Created`` at first, later ``Ready``.

    It is sent once: if no answer comes, the error's ``may_have_been_applied`` is true, and `media_list` tells
    whether the media is there.

    Fails with `BadRequestError` if the plan allows no more or the DRM configuration does not exist, and with
    `UnprocessableError` for a refused setting. A url that can't be fetched is no failure of this call: the
    media becomes ``Failed``.
    Follows ``create-media`` of the API.

    Example:
        ``media_create(core, CreateMediaRequest(inputs=[VideoInput("https://example.com/a.mp4")],
        access_policy="public"))``
    """
    ...


@get("/on-demand", id="list-media")
def media_list(
    core: FastpixCore, request: ListMediaRequest = ListMediaRequest(), options: RequestOptions | None = None
) -> Reply[ListMediaResponse]:
    """List the media of the workspace, a page at a time, newest first. Tracks are ``Ready`` here, not ``available``.

    Follows ``list-media`` of the API.
    """
    ...


@get("/on-demand/{mediaId}", id="get-media")
def media_get(
    core: FastpixCore, request: GetMediaRequest, options: RequestOptions | None = None
) -> Reply[GetMediaResponse]:
    """Get one media, with its present status. The id of a direct upload is that of its media.

    Fails with `NotFoundError` (``media workspace relation not found``) if there is no such media, and with
    `UnprocessableError` if the id is not a UUID.
    Follows ``get-media`` of the API.
    """
    ...


@patch(
    "/on-demand/{mediaId}",
    id="updated-media",
    idempotent=True,  # it sets what it is given
)
def media_update(
    core: FastpixCore, request: UpdateMediaRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaResponse]:
    """Change title, creator or metadata of a media.

    Fails with `NotFoundError` if there is no such media, and with `UnprocessableError` for a refused value.
    Follows ``updated-media`` of the API.
    """
    ...


@delete("/on-demand/{mediaId}", id="delete-media")
def media_delete(
    core: FastpixCore, request: DeleteMediaRequest, options: RequestOptions | None = None
) -> Reply[DeleteMediaResponse]:
    """Delete a media with all its tracks and playback ids, for good.

    Fails with `NotFoundError` if there is no such media.
    Follows ``delete-media`` of the API.
    """
    ...


@get("/on-demand/{mediaId}/media-clips", id="get-media-clips")
def media_list_clips(
    core: FastpixCore, request: ListMediaClipsRequest, options: RequestOptions | None = None
) -> Reply[ListMediaClipsResponse]:
    """List the clips made of a media, a page at a time, newest first.

    Fails with `NotFoundError` if there is no such media.
    Follows ``get-media-clips`` of the API.
    """
    ...


@get("/on-demand/{mediaId}/input-info", id="retrieveMediaInputInfo")
def media_get_input_info(
    core: FastpixCore, request: GetMediaInputInfoRequest, options: RequestOptions | None = None
) -> Reply[GetMediaInputInfoResponse]:
    """Tell where the input of a media came from, and of which tracks it is made.

    Fails with `NotFoundError` if there is no such media.
    Follows ``retrieveMediaInputInfo`` of the API.
    """
    ...


@patch(
    "/on-demand/{mediaId}/source-access",
    id="updated-source-access",
    idempotent=True,  # it sets what it is given
)
def media_update_source_access(
    core: FastpixCore, request: UpdateSourceAccessRequest, options: RequestOptions | None = None
) -> Reply[UpdateSourceAccessResponse]:
    """Allow or forbid to download the original of a media.

    Fails with `NotFoundError` if there is no such media.
    Follows ``updated-source-access`` of the API.
    """
    ...


@patch(
    "/on-demand/{mediaId}/update-mp4Support",
    id="updated-mp4Support",
    idempotent=True,  # the same value again is refused, so no file is made twice
)
def media_update_mp4_support(
    core: FastpixCore, request: UpdateMp4SupportRequest, options: RequestOptions | None = None
) -> Reply[UpdateMp4SupportResponse]:
    """Choose which files of a media are made to download; it takes a while. Not for media with DRM.

    Fails with `BadRequestError` or `NotFoundError` (``mp4Support value already exists``) if it is so already.
    After a lost answer that refusal may be the doing of this very call: then ``may_have_been_applied`` is true.
    Follows ``updated-mp4Support`` of the API.
    """
    ...
