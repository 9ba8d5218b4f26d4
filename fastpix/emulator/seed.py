"""Seeds: data that a test adds to the local FastPix, from Python or from JSON."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from fastpix.api.common import ABSENT, AccessPolicy, BasicAccessPolicy, Metadata, Track, Word
from fastpix.api.live_streams import CreateLiveStreamRequest, InputMediaSettings, PlaybackSettings, Simulcast
from fastpix.api.media import MediaSettings, Mp4Download
from fastpix.api.playlists import CreateManualPlaylistRequest
from fastpix.api.uploads import CreateUploadRequest, PushMediaSettings
from fastpix.emulator.api.drm_configurations import DrmRecord
from fastpix.emulator.api.live_streams import new_stream
from fastpix.emulator.api.playlists import create as create_playlist
from fastpix.emulator.api.playlists import find_playlist
from fastpix.emulator.api.uploads import create as create_upload
from fastpix.emulator.clock import to_microseconds
from fastpix.emulator.model.ai_outputs import output_of, preparing_output
from fastpix.emulator.model.media import Content, ContentOfUrl, MediaRecord, files_with_status, new_media
from fastpix.emulator.model.media_states import add_media, resume
from fastpix.emulator.model.signing_keys import new_signing_key
from fastpix.emulator.model.streams import StreamRecord, new_recording, resume_stream
from fastpix.emulator.model.uploads import UploadRecord
from fastpix.emulator.model.views import add_view
from fastpix.emulator.workspace import Workspace, find, given, new_id, new_uuid

__all__ = [
    "Seed",
    "SeedDrmConfiguration",
    "SeedFile",
    "SeedMedia",
    "SeedPlaylist",
    "SeedSigningKey",
    "SeedStream",
    "SeedTrack",
    "SeedUpload",
    "SeedView",
    "Seeded",
    "sow",
]

Count = Annotated[int, Meta(ge=1, le=100_000)]
MOST_OBJECTS = 100_000
MOST_KEYS = 20
LARGEST_NUMBER = 1e15


class _Seed(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    count: Count = 1
    """The number of things to add, all with the same properties: 1 to 100,000. Default: 1."""


class SeedStream(_Seed, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Live streams to add."""

    status: Literal["idle", "preparing", "active", "disabled"] = "idle"
    """The status of the streams. ``preparing`` becomes ``active`` as the clock goes on. Default: ``idle``."""
    trial: bool = False
    """Whether the streams belong to a trial plan, so they can't be enabled. Default: ``False``.

    On a workspace with a trial plan, all new streams belong to it.
    """
    access_policy: Literal["public", "private"] = "public"
    """The access policy of the streams' playback ids, and of their clips. Default: ``public``."""
    metadata: Metadata | UnsetType = UNSET
    """The metadata of the streams. Default: none."""
    simulcasts: Annotated[int, Meta(ge=0, le=100)] = 0
    """The number of simulcasts of each stream, 0 to 100. Default: 0."""
    clips: Annotated[int, Meta(ge=0, le=10_000)] = 0
    """The number of clips of each stream, 0 to 10,000. Each clip is 30 seconds long. Default: 0."""


class SeedTrack(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A track of a media, beside those of its video."""

    type: Literal["audio", "subtitle"]
    """The type of the track."""
    language_code: str
    """The language as a BCP 47 code, such as ``de-DE``."""
    language_name: str
    """The name of the language, such as ``German``."""
    title: Word | UnsetType = UNSET
    """The name that viewers see. Default: none."""


class SeedMedia(_Seed, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Media to add."""

    status: Literal["Created", "Processing", "Ready", "Failed"] = "Ready"
    """The status of the media. From the first two, they go on as the clock goes on. Default: ``Ready``."""
    access_policy: AccessPolicy = "public"
    """The access policy of their playback ids. Default: ``public``."""
    title: Word | UnsetType = UNSET
    """Their title. Default: none."""
    creator_id: Word | UnsetType = UNSET
    """The id of their creator. Default: none."""
    metadata: Metadata | UnsetType = UNSET
    """Their metadata. Default: none."""
    mp4_support: Mp4Download | UnsetType = UNSET
    """Their files for download. Default: none."""
    tracks: list[SeedTrack] = []
    """Their tracks beside those of the video. Default: none."""
    ai: list[Literal["summary", "chapters", "named_entities", "moderation"]] = []
    """Their outputs of AI features. Default: none."""
    created_ago: Annotated[float, Meta(ge=0, le=1e9)] = 0
    """The seconds since they were created. Default: 0."""
    url: str = "https://example.com/video.mp4"
    """The URL of their video. Default: ``https://example.com/video.mp4``."""
    content: Content = Content()
    """What their video holds."""


class SeedFile(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The content of the file behind a URL. It counts for media that are created from this URL later."""

    url: str
    """The URL."""
    content: Content
    """What the video holds."""


class SeedUpload(_Seed, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Uploads to add that wait for a file."""

    cors_origin: str = "*"
    """The origin that a browser may upload from. Default: ``*``."""
    access_policy: BasicAccessPolicy = "public"
    """The access policy of their media. Default: ``public``."""
    content: Content = Content()
    """What their files are said to hold. With the extra ``media``, a video or sound that can be read holds what it does.

    Also then, ``fails`` lets the processing fail.
    """


class SeedPlaylist(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A manual playlist to add."""

    name: str
    """Its name."""
    reference_id: str
    """Your own id of the playlist."""
    media: list[Annotated[int, Meta(ge=0)]] = []
    """Its media, each by its index in the ``media_ids`` of the `Seeded`. Default: none."""


class SeedSigningKey(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Signing keys to add."""

    count: Annotated[int, Meta(ge=1, le=20)] = 1
    """The number of keys to add, 1 to 20. Each takes about a tenth of a second. Default: 1."""


class SeedDrmConfiguration(_Seed, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """DRM configurations to add."""


class SeedView(_Seed, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Views to add."""

    ended_ago: Annotated[float, Meta(ge=-86_400, le=1e9)] = 60
    """The seconds since the views ended. Below 0, down to -86,400, they have not ended yet. Default: 60."""
    fields: dict[str, Any] = {}
    """Fields of `View` in the spelling of the API, such as ``{"browserName": "Firefox", "watchTime": 20000}``.

    The times of the view follow from ``ended_ago`` and ``watchTime``, which is in milliseconds.

    The other fields describe a view of 30 seconds without errors by a viewer of its own.
    """


class Seed(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Data to add to the local FastPix, in this order: at most 100,000 objects, and 20 signing keys."""

    streams: list[SeedStream] = []
    """The live streams to add. Default: none."""
    files: list[SeedFile] = []
    """The contents of files behind URLs. Default: none. A URL that is not listed has the default content."""
    media: list[SeedMedia] = []
    """The media to add. Default: none."""
    uploads: list[SeedUpload] = []
    """The uploads to add. Default: none."""
    playlists: list[SeedPlaylist] = []
    """The playlists to add. Default: none."""
    signing_keys: list[SeedSigningKey] = []
    """The signing keys to add. Default: none."""
    drm_configurations: list[SeedDrmConfiguration] = []
    """The DRM configurations to add. Default: none."""
    views: list[SeedView] = []
    """The views to add. Default: none."""


class Seeded(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The ids of what a `Seed` added, in its order."""

    stream_ids: list[str]
    """The ids of the live streams."""
    media_ids: list[str]
    """The ids of the media."""
    upload_ids: list[str]
    """The ids of the uploads."""
    playlist_ids: list[str]
    """The ids of the playlists."""
    signing_key_ids: list[str]
    """The ids of the signing keys."""
    drm_configuration_ids: list[str]
    """The ids of the DRM configurations."""
    view_ids: list[str]
    """The ids of the views."""


def _check(seed: Seed) -> None:
    plain: tuple[Sequence[_Seed], ...] = (seed.media, seed.uploads, seed.drm_configurations, seed.views)
    objects = len(seed.playlists) + sum(wanted.count for each in plain for wanted in each)
    objects += sum(stream.count * (1 + stream.clips) for stream in seed.streams)
    if objects > MOST_OBJECTS:
        raise msgspec.ValidationError(f"a seed must add at most {MOST_OBJECTS} objects, clips too, not {objects}")
    keys = sum(wanted.count for wanted in seed.signing_keys)
    if keys > MOST_KEYS:
        raise msgspec.ValidationError(f"a seed must add at most {MOST_KEYS} signing keys, not {keys}")
    for view in seed.views:
        for name, value in view.fields.items():
            if isinstance(value, int | float) and not abs(value) <= LARGEST_NUMBER:
                raise msgspec.ValidationError(f"{name} of a view must be a number up to {LARGEST_NUMBER:g}")


S = TypeVar("S", bound=_Seed | SeedSigningKey)


def sow(workspace: Workspace, seed: Seed) -> Seeded:
    """Add the data of a seed to the existing data. Webhooks are not told.

    Raises:
        msgspec.ValidationError: The seed is too large, or a view has a number that is.
        RefusedError: A playlist has a reference id that is taken.
    """
    _check(seed)
    workspace = replace(workspace, tells=False)
    for file in seed.files:
        workspace.documents.put(file.url, ContentOfUrl(file.content))
    stream_ids = _each(workspace, seed.streams, _stream)
    media_ids = _each(workspace, seed.media, _media)
    return Seeded(
        stream_ids=stream_ids,
        media_ids=media_ids,
        upload_ids=_each(workspace, seed.uploads, _upload),
        playlist_ids=[_playlist(workspace, wanted, media_ids) for wanted in seed.playlists],
        signing_key_ids=_each(workspace, seed.signing_keys, lambda workspace, _: new_signing_key(workspace).id),
        drm_configuration_ids=_each(workspace, seed.drm_configurations, _drm_configuration),
        view_ids=_each(workspace, seed.views, _view),
    )


def _each(workspace: Workspace, seeds: list[S], add: Callable[[Workspace, S], str]) -> list[str]:
    return [add(workspace, wanted) for wanted in seeds for _ in range(wanted.count)]


def _stream(workspace: Workspace, wanted: SeedStream) -> str:
    request = CreateLiveStreamRequest(
        playback_settings=PlaybackSettings(access_policy=wanted.access_policy),
        input_media_settings=InputMediaSettings(metadata=wanted.metadata),
    )
    stream = new_stream(workspace, request)
    stream = replace(stream, status=wanted.status, trial=stream.trial or wanted.trial)
    simulcasts = [
        Simulcast(new_id(), f"rtmps://example.com/{number}", new_id(), is_enabled=True)
        for number in range(wanted.simulcasts)
    ]
    stream = replace(stream, simulcast_responses=simulcasts or ABSENT)
    is_live = wanted.status == "active"
    record = StreamRecord(stream, workspace.time if is_live else None)
    workspace.documents.put(stream.stream_id, record, position=workspace.time)
    resume_stream(workspace, stream)
    for _ in range(wanted.clips):
        clip = new_recording(workspace, stream, 30, wanted.access_policy)
        add_media(workspace, replace(clip, media=replace(clip.media, status="Ready")), source=stream.stream_id)
    return stream.stream_id


def _media(workspace: Workspace, wanted: SeedMedia) -> str:
    settings = MediaSettings(
        metadata=wanted.metadata,
        title=wanted.title,
        creator_id=wanted.creator_id,
        mp4_support=wanted.mp4_support,
    )
    content = replace(wanted.content, fails=wanted.content.fails or wanted.status == "Failed")
    then = replace(workspace, time=to_microseconds(workspace.time - wanted.created_ago))
    media = replace(new_media(then, content, wanted.access_policy, settings), status=wanted.status)
    tracks = [*(media.tracks or ()), *map(_track, wanted.tracks)]
    media = replace(media, tracks=tracks, **{name: preparing_output(name) for name in wanted.ai})
    if wanted.status == "Ready":
        media = replace(media, **{name: output_of(name, media) for name in wanted.ai})
        media = replace(media, mp4_support=files_with_status(media, "ready"))
    workspace.documents.put(media.id, MediaRecord(media, content, wanted.url), position=then.time)
    resume(workspace, media)
    return media.id


def _track(wanted: SeedTrack) -> Track:
    return Track(
        id=new_uuid(),
        type=wanted.type,
        status="available",
        language_code=wanted.language_code,
        language_name=wanted.language_name,
        title=given(wanted.title, ABSENT),
    )


def _upload(workspace: Workspace, wanted: SeedUpload) -> str:
    settings = PushMediaSettings(access_policy=wanted.access_policy)
    upload_id = create_upload(workspace, CreateUploadRequest(wanted.cors_origin, settings)).data.upload_id
    record = find(workspace, UploadRecord, upload_id, "upload not found")
    workspace.documents.put(upload_id, replace(record, content=wanted.content))
    return upload_id


def _playlist(workspace: Workspace, wanted: SeedPlaylist, media_ids: list[str]) -> str:
    for index in wanted.media:
        if index >= len(media_ids):
            number = f"but the seed has {len(media_ids)} media"
            raise msgspec.ValidationError(f"the playlist {wanted.name!r} wants the media {index}, {number}")
    chosen = [media_ids[index] for index in wanted.media]
    playlist = create_playlist(workspace, CreateManualPlaylistRequest(wanted.name, wanted.reference_id)).data
    workspace.documents.put(playlist.id, replace(find_playlist(workspace, playlist.id), media_ids=chosen))
    return playlist.id


def _drm_configuration(workspace: Workspace, _: SeedDrmConfiguration) -> str:
    id = new_uuid()
    workspace.documents.put(id, DrmRecord(id), position=workspace.time)
    return id


def _view(workspace: Workspace, wanted: SeedView) -> str:
    return add_view(workspace, wanted.fields, workspace.time - wanted.ended_ago).view_id
