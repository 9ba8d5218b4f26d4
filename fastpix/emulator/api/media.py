"""Media on the local FastPix."""

from collections.abc import Sequence
from math import inf

from msgspec.structs import replace

from fastpix.api.common import ABSENT, Ack, Data, Page
from fastpix.api.media import (
    AudioInput,
    CreatedInput,
    CreatedMedia,
    CreateMediaRequest,
    DeleteMediaRequest,
    GetMediaInputInfoRequest,
    GetMediaRequest,
    InputConfiguration,
    InputFile,
    InputInfo,
    ListMediaClipsRequest,
    ListMediaRequest,
    Media,
    MediaClip,
    SubtitleInput,
    UpdateMediaRequest,
    UpdateMp4SupportRequest,
    UpdateSourceAccessRequest,
    VideoInput,
    WatermarkInput,
    media_create,
    media_delete,
    media_get,
    media_get_input_info,
    media_list,
    media_list_clips,
    media_update,
    media_update_mp4_support,
    media_update_source_access,
)
from fastpix.emulator.api.drm_configurations import check_drm
from fastpix.emulator.due import note_read
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import RefusedError, invalid
from fastpix.emulator.model.events import tell_media
from fastpix.emulator.model.media import (
    Content,
    MediaRecord,
    change_media,
    clips_of,
    content_of,
    described,
    files_of,
    find_media,
    new_record,
    setting_of,
    trimmed,
)
from fastpix.emulator.model.media_states import SET_FILES, add_media, prepare, remove
from fastpix.emulator.model.pulls import Pull, plan_pull
from fastpix.emulator.workspace import Workspace, described_as, given, only_given, page

__all__ = [
    "create",
    "delete",
    "get",
    "get_input_info",
    "list_clips",
    "list_media",
    "update",
    "update_mp4_support",
    "update_source_access",
]

MEDIA_SCHEME = "fp_mediaId://"
"""The scheme of a URL that makes a clip of another media."""


@handles(
    media_create,
    recorded="a new media has no thumbnail and no tracks, in the list of media",
    documented="the response",
    guessed="a video that is not fetched holds what the seed of its URL says, or the defaults",
)
def create(workspace: Workspace, request: CreateMediaRequest) -> Data[CreatedMedia]:
    check_drm(workspace, request.access_policy, request.drm_configuration_id)
    video, content, source = _content(workspace, request.inputs)
    record = new_record(workspace, content, request, url=video.url)
    media = replace(record.media, source_media_id=source or ABSENT)
    is_pulled = workspace.pulls(video.url)
    add_media(workspace, replace(record, media=media), "video.media.created", source=source, waits=is_pulled)
    if is_pulled:
        plan_pull(workspace, Pull(media.id, video.url, given(video.start_time, 0), given(video.end_time, None)))
    inputs = [_created_input(given_input) for given_input in request.inputs]
    answer = described_as(CreatedMedia, media, trial=workspace.settings.trial, inputs=inputs)
    return Data(answer, success=True)


def _content(
    workspace: Workspace, inputs: Sequence[VideoInput | WatermarkInput | AudioInput | SubtitleInput]
) -> tuple[VideoInput, Content, str | None]:
    """Return the video among the inputs, what it holds, and the id of the media that it is a clip of."""
    for index, video in enumerate(inputs):
        if isinstance(video, VideoInput):
            source = video.url.removeprefix(MEDIA_SCHEME) if video.url.startswith(MEDIA_SCHEME) else None
            content = content_of(workspace, video.url) if source is None else find_media(workspace, source).content
            known_end = inf if workspace.pulls(video.url) else content.duration
            start, end = given(video.start_time, 0), given(video.end_time, known_end)
            if start < 0:
                raise invalid(f"inputs[{index}].startTime")
            if end <= start:
                raise invalid(f"inputs[{index}].endTime")
            return video, trimmed(content, start, end), source
    raise invalid("inputs")


def _created_input(given_input: VideoInput | WatermarkInput | AudioInput | SubtitleInput) -> CreatedInput:
    url = given_input.swap_track_url if isinstance(given_input, AudioInput) else given_input.url
    return CreatedInput(type=str(type(given_input).__struct_config__.tag), url=url)


@handles(media_list, recorded="the fields, the statuses of tracks, the order, and a media that was just created")
def list_media(workspace: Workspace, request: ListMediaRequest) -> Page[Media]:
    return page(workspace, MediaRecord, request, lambda record: described(workspace, record, in_list=True))


@handles(
    media_get,
    recorded="the fields, in responses to updates",
    documented="the 404, the 422 for an id that is no UUID, and the forms since September 2026",
)
def get(workspace: Workspace, request: GetMediaRequest) -> Data[Media]:
    note_read(workspace, request.media_id)
    return _described(workspace, find_media(workspace, request.media_id))


@handles(media_update, recorded="the response", guessed="an empty body changes nothing")
def update(workspace: Workspace, request: UpdateMediaRequest) -> Data[Media]:
    changes = only_given(title=request.title, creator_id=request.creator_id, metadata=request.metadata)
    record = change_media(workspace, find_media(workspace, request.media_id), **changes)
    tell_media(workspace, "video.media.updated", record)
    return _described(workspace, record)


@handles(media_delete, recorded="the response", documented="the 404", guessed="clips of the media stay")
def delete(workspace: Workspace, request: DeleteMediaRequest) -> Ack:
    remove(workspace, find_media(workspace, request.media_id).media.id)
    return Ack(success=True)


@handles(media_list_clips, documented="the fields, the 404", guessed="a clip is described as every media is")
def list_clips(workspace: Workspace, request: ListMediaClipsRequest) -> Page[MediaClip]:
    find_media(workspace, request.media_id)
    return clips_of(workspace, request.media_id, request, MediaClip)


@handles(media_get_input_info, documented="the fields", guessed="tracks and container format before the media is ready")
def get_input_info(workspace: Workspace, request: GetMediaInputInfoRequest) -> Data[InputInfo]:
    record = find_media(workspace, request.media_id)
    _, dot, extension = record.url.partition("?")[0].rpartition("/")[2].rpartition(".")
    named = record.file.format if record.file else extension if dot else "mp4"
    file = InputFile(container_format=named, tracks=described(workspace, record).tracks)
    return Data(InputInfo(InputConfiguration(record.url), file), success=True)


@handles(media_update_source_access, documented="the response, the 404")
def update_source_access(workspace: Workspace, request: UpdateSourceAccessRequest) -> Data[Media]:
    before = find_media(workspace, request.media_id)
    record = change_media(workspace, before, source_access=request.source_access)
    if record.media.status == "Ready" and record.media.source_access != before.media.source_access:
        is_there = request.source_access
        tell_media(workspace, "video.media.source.ready" if is_there else "video.media.source.deleted", record)
    return _described(workspace, record)


@handles(
    media_update_mp4_support,
    incomplete=400,
    documented="the 400 for an empty body, the list since July 2026, the refusal of the same value, and that a media with DRM has no files",
    guessed="none takes the field away; the refusal of a media with DRM",
)
def update_mp4_support(workspace: Workspace, request: UpdateMp4SupportRequest) -> Data[Media]:
    record = find_media(workspace, request.media_id)
    media = record.media
    if ",".join(sorted(request.mp4_support.split(","))) == setting_of(media):
        raise RefusedError(400, "mp4Support value already exists")
    SET_FILES.check(media.status)
    if any(playback_id.access_policy == "drm" for playback_id in media.playback_ids or ()):
        raise RefusedError(400, "mp4Support is not available for DRM", "The media has a playback id with DRM.")
    record = change_media(workspace, record, mp4_support=files_of(request.mp4_support, media.tracks or []))
    prepare(workspace, record, "files")
    return _described(workspace, record)


def _described(workspace: Workspace, record: MediaRecord) -> Data[Media]:
    return Data(described(workspace, record), success=True)
