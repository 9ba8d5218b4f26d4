"""Playlists on the local FastPix: by hand, with an order of their own, and by a rule."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from math import inf

import msgspec
from msgspec import UnsetType
from msgspec.structs import replace

from fastpix.api.common import ABSENT, Ack, Data, Page
from fastpix.api.playlists import (
    AddPlaylistMediaRequest,
    CreatePlaylistRequest,
    CreateSmartPlaylistRequest,
    DateRange,
    DateRangeSettings,
    DeletePlaylistMediaRequest,
    DeletePlaylistRequest,
    GetPlaylistRequest,
    ListPlaylistsRequest,
    Playlist,
    PlaylistFilter,
    PlaylistMedia,
    PlaylistSummary,
    ReorderPlaylistMediaRequest,
    UpdatePlaylistRequest,
    playlists_add_media,
    playlists_create,
    playlists_delete,
    playlists_delete_media,
    playlists_get,
    playlists_list,
    playlists_reorder_media,
    playlists_update,
)
from fastpix.emulator.clock import MICROSECOND
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import RefusedError, check_uuid, invalid
from fastpix.emulator.model.media import MediaRecord, described, find_media
from fastpix.emulator.model.media_states import PUT_IN_PLAYLIST
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace, described_as, find, given, new_uuid, page

__all__ = [
    "PlaylistRecord",
    "ReferenceId",
    "add_media",
    "create",
    "delete",
    "delete_media",
    "find_playlist",
    "get",
    "list_playlists",
    "reorder_media",
    "update",
]

DEFAULT_LIMIT = 1000
DAY = 86_400


class PlaylistRecord(Document):
    """A playlist, with what the service knows and does not tell."""

    playlist: Playlist
    """The playlist without its media."""
    limit: int
    """The highest number of media in it."""
    media_ids: list[str] = msgspec.field(default_factory=list[str])
    """The media of a manual playlist, in their order."""


class ReferenceId(Document):
    """The mark of a ``referenceId`` that is taken."""


@handles(
    playlists_create,
    recorded="the response for a manual playlist",
    documented="smart playlists, and the 409 for a referenceId that is taken",
)
def create(workspace: Workspace, request: CreatePlaylistRequest) -> Data[Playlist]:
    if workspace.documents.get(ReferenceId, request.reference_id) is not None:
        raise RefusedError(409, "playlist create failed", "Another playlist has this referenceId.")
    limit = given(request.limit, DEFAULT_LIMIT)
    if limit < 1:
        raise invalid("limit")
    rule = request if isinstance(request, CreateSmartPlaylistRequest) else None
    playlist = Playlist(
        id=new_uuid(),
        name=request.name,
        reference_id=request.reference_id,
        type="smart" if rule else "manual",
        description=given(request.description, ABSENT),
        workspace_id=workspace.id,
        created_at=workspace.now,
        updated_at=workspace.now,
        play_order=rule.play_order if rule else ABSENT,
        metadata=_filter(rule) if rule else ABSENT,
    )
    record = PlaylistRecord(playlist, limit)
    workspace.documents.put(playlist.id, record, position=workspace.time)
    workspace.documents.put(request.reference_id, ReferenceId())
    return _answer(workspace, record)


def _filter(request: CreateSmartPlaylistRequest) -> PlaylistFilter:
    return PlaylistFilter(
        created_date=_range(request.metadata.created_date, "metadata.createdDate"),
        updated_date=_range(request.metadata.updated_date, "metadata.updatedDate"),
    )


def _range(settings: DateRangeSettings | UnsetType, at: str) -> DateRange | None:
    if isinstance(settings, UnsetType):
        return ABSENT
    start, end = _day(settings.start_date, f"{at}.startDate"), _day(settings.end_date, f"{at}.endDate")
    return DateRange(start, end)


def _day(text: str | UnsetType, at: str) -> str | None:
    """Return a day if it is written as ``YYYY-MM-DD``, and absent if it is not given."""
    if isinstance(text, UnsetType):
        return ABSENT
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise invalid(at)


@handles(
    playlists_list, recorded="a list of two", documented="the fields, without a description", guessed="newest first"
)
def list_playlists(workspace: Workspace, request: ListPlaylistsRequest) -> Page[PlaylistSummary]:
    return page(workspace, PlaylistRecord, request, lambda record: _summary(workspace, record))


def _summary(workspace: Workspace, record: PlaylistRecord) -> PlaylistSummary:
    return described_as(PlaylistSummary, record.playlist, media_count=len(_media_of(workspace, record)))


@handles(playlists_get, recorded="the fields, in responses to updates", documented="the 404")
def get(workspace: Workspace, request: GetPlaylistRequest) -> Data[Playlist]:
    return _answer(workspace, find_playlist(workspace, request.playlist_id))


@handles(playlists_update, recorded="the response", documented="the 404")
def update(workspace: Workspace, request: UpdatePlaylistRequest) -> Data[Playlist]:
    record = find_playlist(workspace, request.playlist_id)
    return _changed(workspace, record, record.media_ids, name=request.name, description=request.description)


@handles(playlists_delete, recorded="the response", documented="the 404", guessed="the referenceId is free again")
def delete(workspace: Workspace, request: DeletePlaylistRequest) -> Ack:
    playlist = find_playlist(workspace, request.playlist_id).playlist
    workspace.documents.delete(PlaylistRecord, playlist.id)
    workspace.documents.delete(ReferenceId, playlist.reference_id or "")
    return Ack(success=True)


@handles(
    playlists_add_media,
    documented="the response, and that only media that are ready are added",
    guessed="media are added at the end, a second time as well; the refusals of others, of too many, and of a smart playlist",
)
def add_media(workspace: Workspace, request: AddPlaylistMediaRequest) -> Data[Playlist]:
    record = _by_hand(workspace, request.playlist_id, request.media_ids)
    for media_id in request.media_ids:
        PUT_IN_PLAYLIST.check(find_media(workspace, media_id).media.status)
    media_ids = [*_kept(workspace, record), *request.media_ids]
    if len(media_ids) > record.limit:
        raise RefusedError(400, "playlist limit reached", f"The playlist takes {record.limit} media.")
    return _changed(workspace, record, media_ids)


@handles(
    playlists_reorder_media,
    recorded="the response",
    documented="all media of the playlist are given, in their new order",
    guessed="anything else is a 400",
)
def reorder_media(workspace: Workspace, request: ReorderPlaylistMediaRequest) -> Data[Playlist]:
    record = _by_hand(workspace, request.playlist_id, request.media_ids)
    if sorted(request.media_ids) != sorted(_kept(workspace, record)):
        raise RefusedError(
            400, "media order is not valid", "The media must be those of the playlist, each as often as it is in it."
        )
    return _changed(workspace, record, request.media_ids)


@handles(playlists_delete_media, recorded="the response", guessed="media that are not in the playlist are no error")
def delete_media(workspace: Workspace, request: DeletePlaylistMediaRequest) -> Data[Playlist]:
    record = _by_hand(workspace, request.playlist_id, request.media_ids)
    gone = {*request.media_ids}
    return _changed(workspace, record, [media_id for media_id in _kept(workspace, record) if media_id not in gone])


def find_playlist(workspace: Workspace, id: str) -> PlaylistRecord:
    """Return a playlist.

    Raises:
        RefusedError: The id is no UUID (422), or there is no such playlist (404).
    """
    check_uuid(playlistId=id)
    return find(workspace, PlaylistRecord, id, "playlist not found", "The workspace has no playlist with this id.")


def _by_hand(workspace: Workspace, id: str, media_ids: Sequence[str]) -> PlaylistRecord:
    """Return a manual playlist, and check the ids of media for it."""
    record = find_playlist(workspace, id)
    for index, media_id in enumerate(media_ids):
        check_uuid(**{f"mediaIds[{index}]": media_id})
    if record.playlist.type != "manual":
        raise RefusedError(400, "playlist is not manual", "A filter selects the media of a smart playlist.")
    return record


def _changed(workspace: Workspace, record: PlaylistRecord, media_ids: list[str], **changes: str) -> Data[Playlist]:
    playlist = replace(record.playlist, updated_at=workspace.now, **changes)
    changed = replace(record, playlist=playlist, media_ids=media_ids)
    workspace.documents.put(playlist.id, changed)
    return _answer(workspace, changed)


def _answer(workspace: Workspace, record: PlaylistRecord) -> Data[Playlist]:
    media = [described_as(PlaylistMedia, described(workspace, found)) for found in _media_of(workspace, record)]
    return Data(replace(record.playlist, media_list=media, media_count=len(media)), success=True)


def _kept(workspace: Workspace, record: PlaylistRecord) -> list[str]:
    """Return the ids of the media of a manual playlist that still exist."""
    return [found.media.id for found in _media_of(workspace, record)]


def _media_of(workspace: Workspace, record: PlaylistRecord) -> list[MediaRecord]:
    """Return the media of a playlist in their order."""
    if record.playlist.type == "manual":
        found = (workspace.documents.get(MediaRecord, media_id) for media_id in record.media_ids)
        return [media for media in found if media is not None]
    chosen = record.playlist.metadata or PlaylistFilter()
    first, last = _span(chosen.created_date)
    created = workspace.documents.between(MediaRecord, first=first, last=last)
    first, last = _span(chosen.updated_date)
    matching = [media for media in created if media.media.status == "Ready" and first <= _updated(media) <= last]
    return (matching if record.playlist.play_order == "createdDate ASC" else matching[::-1])[: record.limit]


def _updated(record: MediaRecord) -> float:
    updated = record.media.updated_at
    return 0 if updated is None else updated.timestamp()


def _span(range: DateRange | None) -> tuple[float, float]:
    """Return the first and the last moment of a range of days in UTC, in seconds since 1970. Both days belong to it."""
    start, end = (None, None) if range is None else (range.start_date, range.end_date)
    first = -inf if start is None else _midnight(start)
    last = inf if end is None else _midnight(end) + DAY - MICROSECOND
    return first, last


def _midnight(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
