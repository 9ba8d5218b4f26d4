"""Playback ids of a media: create, list, get and delete them, and restrict who can play."""

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
    """Selects a media, and gives the settings of a new playback id."""

    media_id: str
    """The id of the media, a UUID."""
    access_policy: AccessPolicy
    """``public``: everyone can play. ``private``: a signed token is needed. ``drm``: a DRM license is needed, too."""
    access_restrictions: AccessRestrictionSettings | UnsetType = UNSET
    """The domains and user agents that can play. Default: no restriction."""
    drm_configuration_id: str | UnsetType = UNSET
    """The id of the DRM configuration, a UUID. Required if ``access_policy`` is ``drm``."""
    resolution: Resolution | UnsetType = UNSET
    """The highest resolution that is played. Default: no limit."""


class ListPlaybackIdsRequest(Model):
    """Selects a media."""

    media_id: str
    """The id of the media, a UUID."""


class GetPlaybackIdRequest(Model):
    """Selects a playback id of a media."""

    media_id: str
    """The id of the media, a UUID."""
    playback_id: str
    """The playback id, a UUID."""


class DeletePlaybackIdRequest(Model):
    """Selects a playback id of a media."""

    media_id: str
    """The id of the media, a UUID."""
    playback_id: str
    """The playback id, a UUID."""


class UpdateDomainRestrictionsRequest(RestrictionFields):
    """Selects a playback id of a media, and gives its new domain restrictions.

    ``allow`` and ``deny`` are lists of domains, such as ``example.com``.
    """

    media_id: str
    """The id of the media, a UUID."""
    playback_id: str
    """The playback id, a UUID."""


class UpdateUserAgentRestrictionsRequest(RestrictionFields):
    """Selects a playback id of a media, and gives its new user agent restrictions.

    ``allow`` and ``deny`` are lists of parts of user agents, such as ``Mozilla``.
    """

    media_id: str
    """The id of the media, a UUID."""
    playback_id: str
    """The playback id, a UUID."""


class CreatedPlaybackId(PlaybackId):
    """A new playback id."""

    resolution: Open[Resolution] | None = ABSENT
    """The highest resolution that is played. ``None`` means no limit."""
    playback_ids: list[PlaybackId] | None = ABSENT
    """A list of playback ids. The official SDK declares the field, but no known response contains it."""


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
    """Create an additional playback id for a media.

    The library does not retry this call after a lost response. The error's ``may_have_been_applied`` is then ``True``,
    and `playback_ids_list` shows whether the playback id exists.

    Fails with:
        BadRequestError: the media is not ``Ready``, or the DRM configuration does not exist
            (``DRM ID does not exist``).
        NotFoundError: the media does not exist.
        UnprocessableError: the service rejects a setting.

    API operation: ``create-media-playback-id``.

    Example:
        >>> media_id = "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"
        >>> playback_ids_create(core, CreatePlaybackIdRequest(media_id, "private", resolution="1080p"))
    """
    ...


@get("/on-demand/{mediaId}/playback-ids", id="list-playback-ids")
def playback_ids_list(
    core: FastpixCore, request: ListPlaybackIdsRequest, options: RequestOptions | None = None
) -> Reply[ListPlaybackIdsResponse]:
    """List all playback ids of a media. The response is not divided into pages.

    Fails with:
        NotFoundError: the media does not exist.

    API operation: ``list-playback-ids``.

    Example:
        >>> playback_ids_list(core, ListPlaybackIdsRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"))
    """
    ...


@get("/on-demand/{mediaId}/playback-ids/{playbackId}", id="get-playback-id")
def playback_ids_get(
    core: FastpixCore, request: GetPlaybackIdRequest, options: RequestOptions | None = None
) -> Reply[GetPlaybackIdResponse]:
    """Get one playback id of a media, with its access policy and restrictions.

    Fails with:
        NotFoundError: the media does not exist or has no such playback id (``Media/PlaybackId not Found``).

    API operation: ``get-playback-id``.

    Example:
        >>> media_id = "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"
        >>> playback_ids_get(core, GetPlaybackIdRequest(media_id, "fad6fa6b-c7bc-42aa-85f7-3105d71b5f98"))
    """
    ...


@delete("/on-demand/{mediaId}/playback-ids", id="delete-media-playback-id")
def playback_ids_delete(
    core: FastpixCore, request: DeletePlaybackIdRequest, options: RequestOptions | None = None
) -> Reply[DeletePlaybackIdResponse]:
    """Delete a playback id of a media. The media can no longer be played with this id.

    Fails with:
        NotFoundError: the media does not exist or has no such playback id (``Media/PlaybackId not Found``).

    API operation: ``delete-media-playback-id``.

    Example:
        >>> media_id = "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"
        >>> request = DeletePlaybackIdRequest(media_id, "fad6fa6b-c7bc-42aa-85f7-3105d71b5f98")
        >>> playback_ids_delete(core, request)
    """
    ...


@patch(
    "/on-demand/{mediaId}/playback-ids/{playbackId}/domains",
    id="update-domain-restrictions",
    idempotent=True,  # a second identical update changes nothing
)
def playback_ids_update_domain_restrictions(
    core: FastpixCore, request: UpdateDomainRestrictionsRequest, options: RequestOptions | None = None
) -> Reply[UpdateDomainRestrictionsResponse]:
    """Set the domains on which a playback id of a media can be played.

    Fails with:
        ApiError: the playback id is not available yet (the message contains ``not ready for updates``).
        NotFoundError: the media does not exist or has no such playback id (``Media/PlaybackId not Found``).
        UnprocessableError: a domain has no dot, as in ``localhost``.

    API operation: ``update-domain-restrictions``.

    Example:
        >>> ids = ("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0", "fad6fa6b-c7bc-42aa-85f7-3105d71b5f98")
        >>> request = UpdateDomainRestrictionsRequest(*ids, default_policy="deny", allow=["example.com"])
        >>> playback_ids_update_domain_restrictions(core, request)
    """
    ...


@patch(
    "/on-demand/{mediaId}/playback-ids/{playbackId}/user-agents",
    id="update-user-agent-restrictions",
    idempotent=True,  # a second identical update changes nothing
)
def playback_ids_update_user_agent_restrictions(
    core: FastpixCore, request: UpdateUserAgentRestrictionsRequest, options: RequestOptions | None = None
) -> Reply[UpdateUserAgentRestrictionsResponse]:
    """Set the user agents with which a playback id of a media can be played.

    Fails with:
        ApiError: the playback id is not available yet (the message contains ``not ready for updates``).
        NotFoundError: the media does not exist or has no such playback id (``Media/PlaybackId not Found``).
        UnprocessableError: the service rejects a value.

    API operation: ``update-user-agent-restrictions``.

    Example:
        >>> media_id = "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"
        >>> playback_id = "fad6fa6b-c7bc-42aa-85f7-3105d71b5f98"
        >>> request = UpdateUserAgentRestrictionsRequest(media_id, playback_id, deny=["PostmanRuntime"])
        >>> playback_ids_update_user_agent_restrictions(core, request)
    """
    ...
