"""Playback ids of a media: create, list, get and delete them, and restrict who may play."""

from typing import TypeAlias

from msgspec import UNSET, UnsetType

from fastpix.api.common import (
    ABSENT,
    AccessPolicy,
    AccessRestrictionSettings,
    Ack,
    Data,
    Model,
    Open,
    PlaybackId,
    Resolution,
    Restriction,
    RestrictionFields,
)
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import delete, get, patch, post
from fastpix.reply import Reply

__all__ = [
    "AccessPolicy",
    "AccessRestrictionSettings",
    "CreatePlaybackIdRequest",
    "CreatePlaybackIdResponse",
    "CreatedPlaybackId",
    "DeletePlaybackIdRequest",
    "DeletePlaybackIdResponse",
    "GetPlaybackIdRequest",
    "GetPlaybackIdResponse",
    "ListPlaybackIdsRequest",
    "ListPlaybackIdsResponse",
    "PlaybackId",
    "Resolution",
    "UpdateDomainRestrictionsRequest",
    "UpdateDomainRestrictionsResponse",
    "UpdateUserAgentRestrictionsRequest",
    "UpdateUserAgentRestrictionsResponse",
    "playback_ids_create",
    "playback_ids_delete",
    "playback_ids_get",
    "playback_ids_list",
    "playback_ids_update_domain_restrictions",
    "playback_ids_update_user_agent_restrictions",
]


class CreatePlaybackIdRequest(Model):
    """A new playback id of a media.

    Attributes:
        access_policy: who may play: everyone, who has a token, or a player with DRM.
        access_restrictions: from which sites, and with which players.
        drm_configuration_id: which DRM; needed if ``access_policy`` is ``drm``.
        resolution: the best that is played.
    """

    media_id: str
    access_policy: AccessPolicy
    access_restrictions: AccessRestrictionSettings | UnsetType = UNSET
    drm_configuration_id: str | UnsetType = UNSET
    resolution: Resolution | UnsetType = UNSET


class ListPlaybackIdsRequest(Model):
    """Which media."""

    media_id: str


class GetPlaybackIdRequest(Model):
    """Which playback id of which media."""

    media_id: str
    playback_id: str


class DeletePlaybackIdRequest(Model):
    """Which playback id of which media."""

    media_id: str
    playback_id: str


class UpdateDomainRestrictionsRequest(RestrictionFields):
    """On which sites a playback id can be played."""

    media_id: str
    playback_id: str


class UpdateUserAgentRestrictionsRequest(RestrictionFields):
    """With which players, by parts of their user agents, a playback id can be played."""

    media_id: str
    playback_id: str


class CreatedPlaybackId(PlaybackId):
    """A new playback id.

    Attributes:
        resolution: the best that is played; ``None`` if there is no limit.
        playback_ids: declared by the official SDK; not seen in an answer yet.
    """

    resolution: Open[Resolution] | None = ABSENT
    playback_ids: list[PlaybackId] | None = ABSENT


CreatePlaybackIdResponse: TypeAlias = Data[CreatedPlaybackId]
ListPlaybackIdsResponse: TypeAlias = Data[list[PlaybackId]]
GetPlaybackIdResponse: TypeAlias = Data[PlaybackId]
DeletePlaybackIdResponse: TypeAlias = Ack
UpdateDomainRestrictionsResponse: TypeAlias = Data[Restriction]
UpdateUserAgentRestrictionsResponse: TypeAlias = Data[Restriction]


@post("/on-demand/{mediaId}/playback-ids", id="create-media-playback-id")
def playback_ids_create(
    core: FastpixCore, request: CreatePlaybackIdRequest, options: RequestOptions | None = None
) -> Reply[CreatePlaybackIdResponse]:
    """Give a media one more playback id.

    It is sent once: if no answer comes, the error's ``may_have_been_applied`` is true, and `playback_ids_list`
    tells whether it is there.

    Fails with `BadRequestError` (``DRM ID does not exist``), with `NotFoundError` if there is no such media, and
    with `UnprocessableError` for a refused setting.
    Follows ``create-media-playback-id`` of the API.
    """
    ...


@get("/on-demand/{mediaId}/playback-ids", id="list-playback-ids")
def playback_ids_list(
    core: FastpixCore, request: ListPlaybackIdsRequest, options: RequestOptions | None = None
) -> Reply[ListPlaybackIdsResponse]:
    """List all playback ids of a media, on one page.

    Fails with `NotFoundError` if there is no such media.
    Follows ``list-playback-ids`` of the API.
    """
    ...


@get("/on-demand/{mediaId}/playback-ids/{playbackId}", id="get-playback-id")
def playback_ids_get(
    core: FastpixCore, request: GetPlaybackIdRequest, options: RequestOptions | None = None
) -> Reply[GetPlaybackIdResponse]:
    """Get one playback id of a media, and who may play it.

    Fails with `NotFoundError` (``Media/PlaybackId not Found``).
    Follows ``get-playback-id`` of the API.
    """
    ...


@delete("/on-demand/{mediaId}/playback-ids", id="delete-media-playback-id")
def playback_ids_delete(
    core: FastpixCore, request: DeletePlaybackIdRequest, options: RequestOptions | None = None
) -> Reply[DeletePlaybackIdResponse]:
    """Delete a playback id: what is played under it ends.

    Fails with `NotFoundError` (``Media/PlaybackId not Found``).
    Follows ``delete-media-playback-id`` of the API.
    """
    ...


@patch(
    "/on-demand/{mediaId}/playback-ids/{playbackId}/domains",
    id="update-domain-restrictions",
    idempotent=True,  # it sets what it is given
)
def playback_ids_update_domain_restrictions(
    core: FastpixCore, request: UpdateDomainRestrictionsRequest, options: RequestOptions | None = None
) -> Reply[UpdateDomainRestrictionsResponse]:
    """Choose the sites on which a playback id can be played; it must be ``available`` already.

    Fails with `NotFoundError` (``Media/PlaybackId not Found``), and with `UnprocessableError` for a host without
    a dot, such as ``localhost``.
    Follows ``update-domain-restrictions`` of the API.

    Example:
        ``playback_ids_update_domain_restrictions(core, UpdateDomainRestrictionsRequest(media_id=media.id,
        playback_id=playback_id, default_policy="deny", allow=["example.com"]))``
    """
    ...


@patch(
    "/on-demand/{mediaId}/playback-ids/{playbackId}/user-agents",
    id="update-user-agent-restrictions",
    idempotent=True,  # it sets what it is given
)
def playback_ids_update_user_agent_restrictions(
    core: FastpixCore, request: UpdateUserAgentRestrictionsRequest, options: RequestOptions | None = None
) -> Reply[UpdateUserAgentRestrictionsResponse]:
    """Choose the players, by parts of their user agents, with which a playback id can be played.

    Fails with `NotFoundError` (``Media/PlaybackId not Found``), and with `UnprocessableError` for a refused value.
    Follows ``update-user-agent-restrictions`` of the API.
    """
    ...
