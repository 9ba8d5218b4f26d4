"""Playlists: media in an order of your own (manual), or all that a filter finds (smart)."""

from typing import Literal, TypeAlias

from msgspec import UNSET, UnsetType

from fastpix.api.common import (
    ABSENT,
    Ack,
    Answer,
    Data,
    Model,
    Open,
    Page,
    PageRequest,
)
from fastpix.api.times import Duration, Timestamp, seconds_of
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import delete, get, patch, post, put
from fastpix.reply import Reply

__all__ = [
    "AddPlaylistMediaRequest",
    "AddPlaylistMediaResponse",
    "CreateManualPlaylistRequest",
    "CreatePlaylistRequest",
    "CreatePlaylistResponse",
    "CreateSmartPlaylistRequest",
    "DateRange",
    "DateRangeSettings",
    "DeletePlaylistMediaRequest",
    "DeletePlaylistMediaResponse",
    "DeletePlaylistRequest",
    "DeletePlaylistResponse",
    "Duration",
    "GetPlaylistRequest",
    "GetPlaylistResponse",
    "ListPlaylistsRequest",
    "ListPlaylistsResponse",
    "PlayOrder",
    "Playlist",
    "PlaylistFilter",
    "PlaylistFilterSettings",
    "PlaylistMedia",
    "PlaylistSummary",
    "ReorderPlaylistMediaRequest",
    "ReorderPlaylistMediaResponse",
    "Timestamp",
    "UpdatePlaylistRequest",
    "UpdatePlaylistResponse",
    "playlists_add_media",
    "playlists_create",
    "playlists_delete",
    "playlists_delete_media",
    "playlists_get",
    "playlists_list",
    "playlists_reorder_media",
    "playlists_update",
]

PlayOrder: TypeAlias = Literal["createdDate ASC", "createdDate DESC"]


class DateRangeSettings(Model):
    """From one day to another, as ``YYYY-MM-DD``."""

    start_date: str | UnsetType = UNSET
    end_date: str | UnsetType = UNSET


class PlaylistFilterSettings(Model):
    """Which media a smart playlist has."""

    created_date: DateRangeSettings | UnsetType = UNSET
    updated_date: DateRangeSettings | UnsetType = UNSET


class CreateManualPlaylistRequest(Model, tag_field="type", tag="manual"):
    """A playlist that media are added to.

    Attributes:
        reference_id: your own id of it, unique in the workspace.
        limit: how many media it has at most; default 1000.
    """

    name: str
    reference_id: str
    description: str | UnsetType = UNSET
    limit: int | UnsetType = UNSET


class CreateSmartPlaylistRequest(Model, tag_field="type", tag="smart"):
    """A playlist that finds its media by itself.

    Attributes:
        reference_id: your own id of it, unique in the workspace.
        play_order: by the time of creation.
        metadata: which media it has.
        limit: how many media it has at most; default 1000.
    """

    name: str
    reference_id: str
    play_order: PlayOrder
    metadata: PlaylistFilterSettings
    description: str | UnsetType = UNSET
    limit: int | UnsetType = UNSET


class ListPlaylistsRequest(PageRequest):
    """Which page of the playlists: ``limit`` playlists on it, 1 to 50 (default 10); ``offset`` is its number, from 1."""


class GetPlaylistRequest(Model):
    """Which playlist."""

    playlist_id: str


class UpdatePlaylistRequest(Model):
    """The new name and description of a playlist; both are due."""

    playlist_id: str
    name: str
    description: str


class DeletePlaylistRequest(Model):
    """Which playlist."""

    playlist_id: str


class AddPlaylistMediaRequest(Model):
    """A manual playlist, and the ids of the media to add behind the others."""

    playlist_id: str
    media_ids: list[str]


class ReorderPlaylistMediaRequest(Model):
    """A manual playlist, and the ids of all its media in their new order."""

    playlist_id: str
    media_ids: list[str]


class DeletePlaylistMediaRequest(Model):
    """A manual playlist, and the ids of the media to take out."""

    playlist_id: str
    media_ids: list[str]


class PlaylistSummary(Answer):
    """A playlist, without its media."""

    id: str
    name: str | None = ABSENT
    type: Open[Literal["manual", "smart"]] | None = ABSENT
    reference_id: str | None = ABSENT
    created_at: Timestamp | None = ABSENT
    media_count: int | None = ABSENT


class PlaylistMedia(Answer):
    """A media of a playlist.

    Attributes:
        duration: a number of seconds (described since September 2026), or ``"00:00:30"``. Both occur; see
            ``duration_seconds``.
    """

    id: str
    created_at: Timestamp | None = ABSENT
    creator_id: str | None = ABSENT
    duration: Duration | None = ABSENT
    source_resolution: str | None = ABSENT
    status: str | None = ABSENT
    thumbnail: str | None = ABSENT
    title: str | None = ABSENT

    @property
    def duration_seconds(self) -> float | None:
        """``duration`` in seconds, whichever form it came in; ``None`` if it is absent or can't be read."""
        return seconds_of(self.duration)


class DateRange(Answer):
    """From one day to another, as ``YYYY-MM-DD``."""

    start_date: str | None = ABSENT
    end_date: str | None = ABSENT


class PlaylistFilter(Answer):
    """Which media a smart playlist has."""

    created_date: DateRange | None = ABSENT
    updated_date: DateRange | None = ABSENT


class Playlist(PlaylistSummary):
    """A playlist with its media; only a smart one has ``play_order`` and ``metadata``, its filter."""

    description: str | None = ABSENT
    media_list: list[PlaylistMedia] | None = ABSENT
    workspace_id: str | None = ABSENT
    updated_at: Timestamp | None = ABSENT
    play_order: Open[PlayOrder] | None = ABSENT
    metadata: PlaylistFilter | None = ABSENT


CreatePlaylistRequest: TypeAlias = CreateManualPlaylistRequest | CreateSmartPlaylistRequest
CreatePlaylistResponse: TypeAlias = Data[Playlist]
ListPlaylistsResponse: TypeAlias = Page[PlaylistSummary]
GetPlaylistResponse: TypeAlias = Data[Playlist]
UpdatePlaylistResponse: TypeAlias = Data[Playlist]
DeletePlaylistResponse: TypeAlias = Ack
AddPlaylistMediaResponse: TypeAlias = Data[Playlist]
ReorderPlaylistMediaResponse: TypeAlias = Data[Playlist]
DeletePlaylistMediaResponse: TypeAlias = Data[Playlist]


@post("/on-demand/playlists", id="create-a-playlist")
def playlists_create(
    core: FastpixCore, request: CreatePlaylistRequest, options: RequestOptions | None = None
) -> Reply[CreatePlaylistResponse]:
    """Create a playlist: a manual one is empty at first, a smart one finds its media at once.

    It is sent once: if no answer comes, the error's ``may_have_been_applied`` is true; a second try then fails
    with `ConflictError`, since its ``reference_id`` is taken.

    Fails with `ConflictError` (``playlist create failed``) if the ``reference_id`` is taken, and with
    `UnprocessableError` for a refused value.
    Follows ``create-a-playlist`` of the API.

    Example:
        ``playlists_create(core, CreateManualPlaylistRequest("Favourites", "favourites-1"))``
    """
    ...


@get("/on-demand/playlists", id="get-all-playlists")
def playlists_list(
    core: FastpixCore, request: ListPlaylistsRequest = ListPlaylistsRequest(), options: RequestOptions | None = None
) -> Reply[ListPlaylistsResponse]:
    """List the playlists of the workspace, a page at a time, without their media.

    Follows ``get-all-playlists`` of the API.
    """
    ...


@get("/on-demand/playlists/{playlistId}", id="get-playlist-by-id")
def playlists_get(
    core: FastpixCore, request: GetPlaylistRequest, options: RequestOptions | None = None
) -> Reply[GetPlaylistResponse]:
    """Get one playlist with its media.

    Fails with `NotFoundError` (``playlist not found``).
    Follows ``get-playlist-by-id`` of the API.
    """
    ...


@put("/on-demand/playlists/{playlistId}", id="update-a-playlist")
def playlists_update(
    core: FastpixCore, request: UpdatePlaylistRequest, options: RequestOptions | None = None
) -> Reply[UpdatePlaylistResponse]:
    """Change name and description of a playlist.

    Fails with `NotFoundError` (``playlist not found``), and with `UnprocessableError` for a refused value.
    Follows ``update-a-playlist`` of the API.
    """
    ...


@delete("/on-demand/playlists/{playlistId}", id="delete-a-playlist")
def playlists_delete(
    core: FastpixCore, request: DeletePlaylistRequest, options: RequestOptions | None = None
) -> Reply[DeletePlaylistResponse]:
    """Delete a playlist; its media stay.

    Fails with `NotFoundError` (``playlist not found``).
    Follows ``delete-a-playlist`` of the API.
    """
    ...


@patch(
    "/on-demand/playlists/{playlistId}/media",
    id="add-media-to-playlist",
    idempotent=False,  # it adds what it is given once more
)
def playlists_add_media(
    core: FastpixCore, request: AddPlaylistMediaRequest, options: RequestOptions | None = None
) -> Reply[AddPlaylistMediaResponse]:
    """Add media to a manual playlist, behind the others.

    It is sent once, since it adds: if no answer comes, the error's ``may_have_been_applied`` is true, and
    `playlists_get` tells whether they are there.

    Fails with `NotFoundError` (``playlist not found``), and with `UnprocessableError` for an id that is no UUID.
    Follows ``add-media-to-playlist`` of the API.
    """
    ...


@put("/on-demand/playlists/{playlistId}/media", id="change-media-order-in-playlist")
def playlists_reorder_media(
    core: FastpixCore, request: ReorderPlaylistMediaRequest, options: RequestOptions | None = None
) -> Reply[ReorderPlaylistMediaResponse]:
    """Put the media of a manual playlist in another order.

    Fails with `NotFoundError` (``playlist not found``), and with `UnprocessableError` for an id that is no UUID.
    Follows ``change-media-order-in-playlist`` of the API.
    """
    ...


@delete("/on-demand/playlists/{playlistId}/media", id="delete-media-from-playlist", in_body=True)
def playlists_delete_media(
    core: FastpixCore, request: DeletePlaylistMediaRequest, options: RequestOptions | None = None
) -> Reply[DeletePlaylistMediaResponse]:
    """Take media out of a manual playlist; the media themselves stay.

    Fails with `NotFoundError` (``playlist not found``), and with `UnprocessableError` for an id that is no UUID.
    Follows ``delete-media-from-playlist`` of the API.
    """
    ...
