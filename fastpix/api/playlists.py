"""Playlists: create, list, get, update and delete them, and add, reorder and remove their media."""

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
"""The order of a smart playlist, by the media's time of creation. ``ASC``: oldest first. ``DESC``: newest first."""


class DateRangeSettings(Model):
    """A range of dates."""

    start_date: str | UnsetType = UNSET
    """The start date, as ``YYYY-MM-DD``."""
    end_date: str | UnsetType = UNSET
    """The end date, as ``YYYY-MM-DD``."""


class PlaylistFilterSettings(Model):
    """The filter that selects the media of a smart playlist."""

    created_date: DateRangeSettings | UnsetType = UNSET
    """The range for the date on which a media was created."""
    updated_date: DateRangeSettings | UnsetType = UNSET
    """The range for the date on which a media was last changed."""


class CreateManualPlaylistRequest(Model, tag_field="type", tag="manual"):
    """The settings of a new manual playlist. You add its media with `playlists_add_media`."""

    name: str
    """The name."""
    reference_id: str
    """Your own id of the playlist, unique in the workspace."""
    description: str | UnsetType = UNSET
    """The description."""
    limit: int | UnsetType = UNSET
    """The highest number of media in the playlist. Default: 1000."""


class CreateSmartPlaylistRequest(Model, tag_field="type", tag="smart"):
    """The settings of a new smart playlist. FastPix selects its media with a filter."""

    name: str
    """The name."""
    reference_id: str
    """Your own id of the playlist, unique in the workspace."""
    play_order: PlayOrder
    """The order of the media. ``createdDate ASC``: oldest first. ``createdDate DESC``: newest first."""
    metadata: PlaylistFilterSettings
    """The filter that selects the media."""
    description: str | UnsetType = UNSET
    """The description."""
    limit: int | UnsetType = UNSET
    """The highest number of media in the playlist. Default: 1000."""


class ListPlaylistsRequest(PageRequest):
    """Selects a page of the playlists in the workspace."""


class GetPlaylistRequest(Model):
    """Selects a playlist."""

    playlist_id: str
    """The id of the playlist."""


class UpdatePlaylistRequest(Model):
    """Selects a playlist, and gives its new name and description. Both are required."""

    playlist_id: str
    """The id of the playlist."""
    name: str
    """The new name."""
    description: str
    """The new description."""


class DeletePlaylistRequest(Model):
    """Selects a playlist."""

    playlist_id: str
    """The id of the playlist."""


class AddPlaylistMediaRequest(Model):
    """Selects a manual playlist, and the media to add."""

    playlist_id: str
    """The id of the playlist."""
    media_ids: list[str]
    """The ids of the media to add, each a UUID."""


class ReorderPlaylistMediaRequest(Model):
    """Selects a manual playlist, and gives the new order of its media."""

    playlist_id: str
    """The id of the playlist."""
    media_ids: list[str]
    """The ids of all media in the playlist, in their new order, each a UUID."""


class DeletePlaylistMediaRequest(Model):
    """Selects a manual playlist, and the media to remove from it."""

    playlist_id: str
    """The id of the playlist."""
    media_ids: list[str]
    """The ids of the media to remove, each a UUID."""


class PlaylistSummary(Answer):
    """A playlist without its media."""

    id: str
    """The id of the playlist."""
    name: str | None = ABSENT
    """The name."""
    type: Open[Literal["manual", "smart"]] | None = ABSENT
    """``manual``: you choose the media and their order. ``smart``: a filter selects the media."""
    reference_id: str | None = ABSENT
    """Your own id of the playlist, unique in the workspace."""
    created_at: Timestamp | None = ABSENT
    """The time of creation, in UTC."""
    media_count: int | None = ABSENT
    """The number of media in the playlist."""


class PlaylistMedia(Answer):
    """A media in a playlist."""

    id: str
    """The id of the media."""
    created_at: Timestamp | None = ABSENT
    """The time at which the media was created, in UTC."""
    creator_id: str | None = ABSENT
    """Your own id of the media's creator."""
    duration: Duration | None = ABSENT
    """The duration. The API describes a number of seconds since September 2026. Before, it was a text such as
    ``"00:00:30"``. Both forms occur: use ``duration_seconds``.
    """
    source_resolution: str | None = ABSENT
    """The resolution of the source: one of the values of `SourceResolution`, such as ``1080p`` or ``1080``."""
    status: str | None = ABSENT
    """The status: one of the values of `MediaStatus`. FastPix adds only ``Ready`` media to a playlist."""
    thumbnail: str | None = ABSENT
    """The URL of a preview image."""
    title: str | None = ABSENT
    """The title."""

    @property
    def duration_seconds(self) -> float | None:
        """``duration`` in seconds, from either form. ``None`` if the duration is absent or unreadable."""
        return seconds_of(self.duration)


class DateRange(Answer):
    """A range of dates."""

    start_date: str | None = ABSENT
    """The start date, as ``YYYY-MM-DD``."""
    end_date: str | None = ABSENT
    """The end date, as ``YYYY-MM-DD``."""


class PlaylistFilter(Answer):
    """The filter that selects the media of a smart playlist."""

    created_date: DateRange | None = ABSENT
    """The range for the date on which a media was created."""
    updated_date: DateRange | None = ABSENT
    """The range for the date on which a media was last changed."""


class Playlist(PlaylistSummary):
    """A playlist with its media."""

    description: str | None = ABSENT
    """The description."""
    media_list: list[PlaylistMedia] | None = ABSENT
    """The media in their order."""
    workspace_id: str | None = ABSENT
    """The id of the workspace that the playlist belongs to."""
    updated_at: Timestamp | None = ABSENT
    """The time of the last change, in UTC."""
    play_order: Open[PlayOrder] | None = ABSENT
    """The order of the media. ``None`` for a manual playlist."""
    metadata: PlaylistFilter | None = ABSENT
    """The filter that selects the media. ``None`` for a manual playlist."""


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
    """Create a playlist. A manual playlist is empty at first. A smart playlist contains the matching media at once.

    The library does not retry this call after a lost response. The error's ``may_have_been_applied`` is then ``True``.
    If FastPix did create the playlist, a second call fails with `ConflictError`, because the ``reference_id`` is taken.

    Fails with:
        ConflictError: another playlist has the same ``reference_id`` (``playlist create failed``).
        UnprocessableError: the service rejects a value.

    API operation: ``create-a-playlist``.

    Example:
        >>> playlists_create(core, CreateManualPlaylistRequest("Favourites", "favourites-1"))
        >>> march = PlaylistFilterSettings(created_date=DateRangeSettings("2026-03-01", "2026-03-31"))
        >>> playlists_create(core, CreateSmartPlaylistRequest("March", "march-1", "createdDate ASC", march))
    """
    ...


@get("/on-demand/playlists", id="get-all-playlists")
def playlists_list(
    core: FastpixCore, request: ListPlaylistsRequest = ListPlaylistsRequest(), options: RequestOptions | None = None
) -> Reply[ListPlaylistsResponse]:
    """List the playlists of the workspace without their media, one page at a time.

    Fails with:
        Only the errors that every call can fail with.

    API operation: ``get-all-playlists``.

    Example:
        >>> playlists_list(core, ListPlaylistsRequest(limit=50, offset=2))
    """
    ...


@get("/on-demand/playlists/{playlistId}", id="get-playlist-by-id")
def playlists_get(
    core: FastpixCore, request: GetPlaylistRequest, options: RequestOptions | None = None
) -> Reply[GetPlaylistResponse]:
    """Get one playlist with its media.

    Fails with:
        NotFoundError: the playlist does not exist (``playlist not found``).

    API operation: ``get-playlist-by-id``.

    Example:
        >>> playlists_get(core, GetPlaylistRequest("67fef841-2857-4e90-95d9-698858af1353"))
    """
    ...


@put("/on-demand/playlists/{playlistId}", id="update-a-playlist")
def playlists_update(
    core: FastpixCore, request: UpdatePlaylistRequest, options: RequestOptions | None = None
) -> Reply[UpdatePlaylistResponse]:
    """Change the name and the description of a playlist.

    Fails with:
        NotFoundError: the playlist does not exist (``playlist not found``).
        UnprocessableError: the service rejects a value.

    API operation: ``update-a-playlist``.

    Example:
        >>> playlist_id = "67fef841-2857-4e90-95d9-698858af1353"
        >>> playlists_update(core, UpdatePlaylistRequest(playlist_id, "Best of", "Our favourites"))
    """
    ...


@delete("/on-demand/playlists/{playlistId}", id="delete-a-playlist")
def playlists_delete(
    core: FastpixCore, request: DeletePlaylistRequest, options: RequestOptions | None = None
) -> Reply[DeletePlaylistResponse]:
    """Delete a playlist. FastPix keeps its media.

    Fails with:
        NotFoundError: the playlist does not exist (``playlist not found``).

    API operation: ``delete-a-playlist``.

    Example:
        >>> playlists_delete(core, DeletePlaylistRequest("67fef841-2857-4e90-95d9-698858af1353"))
    """
    ...


@patch(
    "/on-demand/playlists/{playlistId}/media",
    id="add-media-to-playlist",
    idempotent=False,  # a second identical request adds the media a second time
)
def playlists_add_media(
    core: FastpixCore, request: AddPlaylistMediaRequest, options: RequestOptions | None = None
) -> Reply[AddPlaylistMediaResponse]:
    """Add media at the end of a manual playlist.

    The library does not retry this call after a lost response, because a retry would add the media a second time. The
    error's ``may_have_been_applied`` is then ``True``, and `playlists_get` shows whether the playlist has the media.

    Fails with:
        NotFoundError: the playlist does not exist (``playlist not found``).
        UnprocessableError: an id is not a UUID.

    API operation: ``add-media-to-playlist``.

    Example:
        >>> media_ids = ["6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0", "3123e275-3f7f-4abf-9655-7a8f5a7dbc61"]
        >>> request = AddPlaylistMediaRequest("67fef841-2857-4e90-95d9-698858af1353", media_ids)
        >>> playlists_add_media(core, request)
    """
    ...


@put("/on-demand/playlists/{playlistId}/media", id="change-media-order-in-playlist")
def playlists_reorder_media(
    core: FastpixCore, request: ReorderPlaylistMediaRequest, options: RequestOptions | None = None
) -> Reply[ReorderPlaylistMediaResponse]:
    """Change the order of the media in a manual playlist.

    Fails with:
        NotFoundError: the playlist does not exist (``playlist not found``).
        UnprocessableError: an id is not a UUID.

    API operation: ``change-media-order-in-playlist``.

    Example:
        >>> media_ids = ["3123e275-3f7f-4abf-9655-7a8f5a7dbc61", "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"]
        >>> request = ReorderPlaylistMediaRequest("67fef841-2857-4e90-95d9-698858af1353", media_ids)
        >>> playlists_reorder_media(core, request)
    """
    ...


@delete("/on-demand/playlists/{playlistId}/media", id="delete-media-from-playlist", in_body=True)
def playlists_delete_media(
    core: FastpixCore, request: DeletePlaylistMediaRequest, options: RequestOptions | None = None
) -> Reply[DeletePlaylistMediaResponse]:
    """Remove media from a manual playlist. FastPix keeps the media themselves.

    Fails with:
        NotFoundError: the playlist does not exist (``playlist not found``).
        UnprocessableError: an id is not a UUID.

    API operation: ``delete-media-from-playlist``.

    Example:
        >>> media_ids = ["6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"]
        >>> request = DeletePlaylistMediaRequest("67fef841-2857-4e90-95d9-698858af1353", media_ids)
        >>> playlists_delete_media(core, request)
    """
    ...
