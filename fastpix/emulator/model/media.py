"""A media on the local FastPix: what is stored of it, and how it is described.

What a media holds is known from the beginning, and hidden until the media is ready. The file behind its URL is not
fetched: its `Content` comes from the seed of the URL, or from the defaults. That of an uploaded file comes from the file,
where it can be read.
"""

from collections.abc import Sequence
from math import gcd
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from fastpix.api.common import (
    ABSENT,
    GeneratedSubtitle,
    MediaDescription,
    MediaPlaybackId,
    Mp4Rendition,
    OrderedPageRequest,
    Page,
    Track,
)
from fastpix.api.media import CreateMediaRequest, GenerateSubtitles, Media, MediaSettings, SubtitleInput
from fastpix.api.uploads import PushMediaSettings
from fastpix.emulator.clock import to_microseconds
from fastpix.emulator.http.wire import check_uuid
from fastpix.emulator.model.ai_outputs import preparing_output
from fastpix.emulator.model.playback_ids import UNRESTRICTED, PlaybackTarget, new_playback_id, restrictions
from fastpix.emulator.storage.probe import LONGEST_DURATION, Probed
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace, described_as, find, given, new_uuid, number, page

__all__ = [
    "ClipOf",
    "Content",
    "ContentOfUrl",
    "MediaFile",
    "MediaRecord",
    "change_media",
    "clips_of",
    "content_found",
    "content_of",
    "described",
    "files_of",
    "files_with_status",
    "find_file",
    "find_media",
    "is_preparing",
    "mp4_files",
    "new_media",
    "new_record",
    "setting_of",
    "tracks_of",
    "trimmed",
    "with_file",
]

MediaT = TypeVar("MediaT", bound=MediaDescription)


SHORTEST = 0.001
"""The seconds of a media that begins after the end of its source."""
Duration: TypeAlias = Annotated[float, Meta(gt=0, le=LONGEST_DURATION)]


class Content(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What a video is said to hold."""

    duration: Duration = 10.0
    """The duration in seconds, more than 0 and at most 1,000,000. Default: 10."""
    width: Annotated[int, Meta(ge=0, le=16_384)] = 1920
    """The width in pixels, 0 to 16,384. Default: 1920."""
    height: Annotated[int, Meta(ge=0, le=16_384)] = 1080
    """The height in pixels, 0 to 16,384. 0 means sound without video. Default: 1080."""
    frame_rate: str = "30.000"
    """Frames per second. Default: ``30.000``."""
    audio: bool = True
    """Whether there is an audio track. Default: ``True``."""
    fails: bool = False
    """Whether processing fails, so that the media becomes ``Failed``. Default: ``False``."""


class ContentOfUrl(Document):
    """What the file behind a URL holds. Its id is the URL."""

    content: Content
    """The content."""


class MediaFile(msgspec.Struct, frozen=True):
    """The uploaded file of a media, if it could be read."""

    format: str
    """Its container format, such as ``mp4``."""
    start: float
    """Where the media begins in it, in seconds."""
    tracks: list[Track]
    """Its tracks, without ids."""


class MediaRecord(Document):
    """A media, with what the service knows and does not tell."""

    media: Media
    """The media as `media_get` describes it once it is ready."""
    content: Content
    """What its video holds."""
    url: str = ""
    """The URL of its video. Empty if it has none."""
    urls: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """The URLs of the added tracks, by the ids of the tracks."""
    generated: list[str] = msgspec.field(default_factory=list[str])
    """The ids of the tracks with generated subtitles."""
    jobs: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """The status of each AI job, by its name: ``PROCESSING``, ``COMPLETED`` or ``FAILED``."""
    file: MediaFile | None = None
    """Its uploaded file. ``None`` for other media, and if the file could not be read."""


class ClipOf(Document):
    """A clip in the list of its source, which is a media or a live stream."""

    media_id: str
    """The id of the clip."""


def find_media(workspace: Workspace, media_id: str) -> MediaRecord:
    """Return a media.

    Raises:
        RefusedError: The id is no UUID (422), or there is no such media (404).
    """
    check_uuid(mediaId=media_id)
    message, description = "media workspace relation not found", "The workspace has no media with this id."
    return find(workspace, MediaRecord, media_id, message, description)


def clips_of(workspace: Workspace, source: str, request: OrderedPageRequest, kind: type[MediaT]) -> Page[MediaT]:
    """Return a page of the clips of a media or live stream, each described by a struct of this kind."""
    return page(
        workspace,
        ClipOf,
        request,
        lambda clip: described_as(kind, described(workspace, find_media(workspace, clip.media_id))),
        owner=source,
    )


def content_of(workspace: Workspace, url: str) -> Content:
    """Return what the file behind a URL holds."""
    known = workspace.documents.get(ContentOfUrl, url)
    return Content() if known is None else known.content


def new_record(
    workspace: Workspace,
    content: Content,
    settings: CreateMediaRequest | PushMediaSettings,
    *,
    id: str | None = None,
    url: str = "",
    file: MediaFile | None = None,
) -> MediaRecord:
    """Return a new media with the subtitles that its settings ask for. It is not stored yet.

    Args:
        workspace: The workspace.
        content: What its video holds.
        settings: Its settings.
        id: Its id. Default: a new one.
        url: The URL of its video. Default: none.
        file: Its uploaded file. Default: none, or none that could be read.

    Raises:
        RefusedError: A domain in the restrictions has no dot (422).
    """
    media = new_media(workspace, content, settings.access_policy, settings, id=id, found=file.tracks if file else None)
    generated = _generated_by(settings.subtitles)
    tracks = [*(media.tracks or ()), *_subtitles(given(settings.inputs, ())), *generated]
    ids = [str(track.id) for track in generated]
    return MediaRecord(replace(media, tracks=tracks), content, url, generated=ids, file=file)


def _subtitles(inputs: Sequence[object]) -> list[Track]:
    return [
        Track(
            new_uuid(), "subtitle", status="available", language_code=one.language_code, language_name=one.language_name
        )
        for one in inputs
        if isinstance(one, SubtitleInput)
    ]


def _generated_by(subtitles: GenerateSubtitles | UnsetType) -> list[Track]:
    if isinstance(subtitles, UnsetType):
        return []
    code, name = given(subtitles.language_code, "en"), given(subtitles.language_name, "English")
    return [Track(new_uuid(), "subtitle", status="preparing", language_code=code, language_name=name)]


def new_media(
    workspace: Workspace,
    content: Content,
    access_policy: str,
    settings: MediaSettings,
    *,
    id: str | None = None,
    found: Sequence[Track] | None = None,
) -> Media:
    """Return a new media, as it will be described once it is ready. It is not stored yet.

    Args:
        workspace: The workspace.
        content: What its video holds.
        access_policy: The access policy of its playback id.
        settings: Its settings.
        id: Its id. Default: a new one.
        found: The tracks of its file, without ids. Default: those that the content says.

    Raises:
        RefusedError: A domain in the restrictions has no dot (422).
    """
    media_id = id or new_uuid()
    limits = restrictions(settings.access_restrictions, "accessRestrictions.")
    playback_id = new_playback_id(workspace, PlaybackTarget(media_id=media_id), access_policy, limits)
    tracks = tracks_of(content) if found is None else [replace(track, id=new_uuid()) for track in found]
    wanted = {
        "summary": settings.summary is not UNSET and given(settings.summary.generate, False),
        "chapters": given(settings.chapters, False),
        "named_entities": given(settings.named_entities, False),
        "moderation": settings.moderation is not UNSET,
    }
    media = Media(
        id=media_id,
        workspace_id=workspace.id,
        creator_id=given(settings.creator_id, ABSENT),
        title=given(settings.title, ABSENT),
        metadata={**given(settings.metadata, {})},
        media_quality=given(settings.media_quality, "standard"),
        max_resolution=given(settings.max_resolution, "1080p"),
        status="Created",
        source_access=given(settings.source_access, False),
        playback_ids=[described_as(MediaPlaybackId, playback_id)],
        tracks=tracks,
        mp4_support=files_of(given(settings.mp4_support, "none"), tracks),
        optimize_audio=given(settings.optimize_audio, False),
        created_at=workspace.now,
        updated_at=workspace.now,
        **_measures(content),
    )
    return replace(media, **{name: preparing_output(name) for name, is_wanted in wanted.items() if is_wanted})


def with_file(record: MediaRecord, content: Content, file: MediaFile) -> MediaRecord:
    """Return a media with what its file holds, in the place of what it was said to hold."""
    found = [replace(track, id=new_uuid()) for track in file.tracks]
    asked_for = [track for track in record.media.tracks or () if track.type == "subtitle"]
    files = files_of(setting_of(record.media), found)
    media = replace(record.media, tracks=[*found, *asked_for], mp4_support=files, **_measures(content))
    return replace(record, media=media, content=content, file=file)


def content_found(seeded: Content, found: Probed) -> Content:
    """Return what a media holds whose file could be read. A seed can let the processing of every file fail."""
    video = next((track for track in found.tracks if track.type == "video"), None)
    rate = str(video.frame_rate) if video else seeded.frame_rate
    has_audio = any(track.type == "audio" for track in found.tracks)
    return Content(found.duration, found.width, found.height, rate, has_audio, seeded.fails)


def trimmed(content: Content, start: float, end: float) -> Content:
    """Return the content of a part of a file, from ``start`` to ``end``, in seconds."""
    return replace(content, duration=max(min(end, content.duration) - start, SHORTEST))


def _measures(content: Content) -> dict[str, Any]:
    """Return the fields of a media that follow from what it holds."""
    return {
        "source_resolution": f"{content.height or 1080}p",
        "is_audio_only": not content.height,
        "duration": number(to_microseconds(content.duration)),
        "aspect_ratio": _ratio(content),
    }


def _ratio(content: Content) -> str | None:
    divisor = gcd(content.width, content.height)
    return f"{content.width // divisor}:{content.height // divisor}" if content.height and content.width else ABSENT


def tracks_of(content: Content) -> list[Track]:
    """Return the tracks of a file."""
    video = Track(
        id=new_uuid(),
        type="video",
        width=content.width,
        height=content.height,
        frame_rate=content.frame_rate,
        status="available",
    )
    audio = Track(id=new_uuid(), type="audio", status="available", language_code="und", language_name="default")
    return [video] * bool(content.height) + [audio] * content.audio


def files_of(setting: str, tracks: list[Track]) -> list[Mp4Rendition] | None:
    """Return the files that a setting of ``mp4Support`` asks for, in preparation. Absent if there are none."""
    sizes = [(track.height, track.width) for track in tracks if track.type == "video"]
    height, width = next(((int(height or 0), int(width or 0)) for height, width in sizes), (ABSENT, ABSENT))
    files = {
        "capped_4k": Mp4Rendition("capped_4k", "preparing", height, width, "mp4"),
        "audioOnly": Mp4Rendition("audioOnly", "preparing", ext="m4a"),
    }
    return [file for name, file in files.items() if name in setting.split(",")] or ABSENT


def setting_of(media: MediaDescription) -> str:
    """Return the setting of ``mp4Support``: the inverse of `files_of`."""
    return ",".join(sorted(str(file.type) for file in mp4_files(media))) or "none"


def files_with_status(media: Media, status: str) -> list[Mp4Rendition] | None:
    """Return the files of a media with another status. Absent if there are none."""
    return [replace(file, status=status) for file in mp4_files(media)] or ABSENT


def mp4_files(media: MediaDescription) -> list[Mp4Rendition]:
    """Return the files of a media. Their form is that of November, since it is stored."""
    return [] if isinstance(media.mp4_support, str) else media.mp4_support or []


def described(workspace: Workspace, record: MediaRecord, *, in_list: bool = False) -> Media:
    """Return a media as the service describes it.

    Until it is ready, what it holds is hidden. Finished tracks are ``Ready`` in a list, and ``available`` elsewhere.
    """
    media = record.media
    first = next((playback_id.id for playback_id in media.playback_ids or ()), None)
    if media.status != "Ready":
        playback_ids = [
            replace(id, access_restrictions=ABSENT) if id.access_restrictions == UNRESTRICTED else id
            for id in media.playback_ids or ()
        ]
        return replace(
            media,
            source_resolution="1080p",
            playback_ids=playback_ids,
            tracks=[],
            optimize_audio=ABSENT,
            generated_subtitles=[],
            is_audio_only=False,
            subtitle_available=False,
            duration=0,
            aspect_ratio=ABSENT,
        )
    tracks = media.tracks or []
    generated = [_generated(workspace, track, first) for track in tracks if track.id in record.generated]
    has_subtitles = any(track.type == "subtitle" and track.status == "available" for track in tracks)
    if in_list:
        tracks = [replace(track, status="Ready") if track.status == "available" else track for track in tracks]
    return replace(
        media,
        thumbnail=_thumbnail(workspace, record, first),
        tracks=tracks,
        generated_subtitles=generated,
        subtitle_available=has_subtitles,
    )


def _thumbnail(workspace: Workspace, record: MediaRecord, playback_id: str | None) -> str | None:
    """Return the URL of the picture of a media. With a video file on the disk, it is one of the local FastPix."""
    if playback_id is None or (record.file is not None and not record.content.height):
        return ABSENT
    origin = "https://images.fastpix.com" if find_file(workspace, record) is None else workspace.origin
    return f"{origin}/{playback_id}/thumbnail.png"


def find_file(workspace: Workspace, record: MediaRecord) -> Path | None:
    """Return the file of a media. ``None`` if it has none, if that is not on the disk, or if it could not be read."""
    return workspace.files.find(record.media.id) if record.file is not None else None


def _generated(workspace: Workspace, track: Track, playback_id: str | None) -> GeneratedSubtitle:
    if track.status != "available" or playback_id is None:
        return GeneratedSubtitle(status=track.status)
    return GeneratedSubtitle("available", f"{workspace.origin}/{playback_id}/text/{track.id}.vtt")


def change_media(workspace: Workspace, record: MediaRecord, **changes: object) -> MediaRecord:
    """Store a media with changes, and with the time of the change."""
    changed = replace(record, media=replace(record.media, updated_at=workspace.now, **changes))
    workspace.documents.put(record.media.id, changed)
    return changed


def is_preparing(media: Media, name: str) -> bool:
    """Return whether an output of an AI feature is in preparation."""
    output = getattr(media, name)
    return output is not None and output.status == "preparing"
