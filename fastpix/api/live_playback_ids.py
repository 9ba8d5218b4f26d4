"""Playback ids of a live stream: create, get and delete them, and restrict who can play."""

from typing import TypeAlias

from msgspec import UNSET, UnsetType

from fastpix.api.common import (
    AccessRestrictionSettings,
    Ack,
    BasicAccessPolicy,
    Data,
    Model,
    PlaybackId,
    Restriction,
    RestrictionFields,
)
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import delete, get, patch, post
from fastpix.reply import Reply

__all__ = [
    "AccessRestrictionSettings",
    "BasicAccessPolicy",
    "CreateLivePlaybackIdRequest",
    "CreateLivePlaybackIdResponse",
    "DeleteLivePlaybackIdRequest",
    "DeleteLivePlaybackIdResponse",
    "GetLivePlaybackIdRequest",
    "GetLivePlaybackIdResponse",
    "UpdateLiveDomainRestrictionsRequest",
    "UpdateLiveDomainRestrictionsResponse",
    "UpdateLiveUserAgentRestrictionsRequest",
    "UpdateLiveUserAgentRestrictionsResponse",
    "live_playback_ids_create",
    "live_playback_ids_delete",
    "live_playback_ids_get",
    "live_playback_ids_update_domain_restrictions",
    "live_playback_ids_update_user_agent_restrictions",
]


class CreateLivePlaybackIdRequest(Model):
    """Selects a stream, and gives the settings of a new playback id."""

    stream_id: str
    """The id of the stream."""
    access_policy: BasicAccessPolicy | UnsetType = UNSET
    """``public``: everyone. ``private``: viewers with a signed token. Default: ``public``."""
    access_restrictions: AccessRestrictionSettings | UnsetType = UNSET
    """The domains and user agents that can play the stream. Default: no restriction."""


class GetLivePlaybackIdRequest(Model):
    """Selects a playback id of a stream."""

    stream_id: str
    """The id of the stream."""
    playback_id: str
    """The playback id, a UUID."""


class DeleteLivePlaybackIdRequest(Model):
    """Selects a playback id of a stream."""

    stream_id: str
    """The id of the stream."""
    playback_id: str
    """The playback id, a UUID."""


class UpdateLiveDomainRestrictionsRequest(RestrictionFields):
    """Selects a playback id of a stream, and gives its new domain restrictions.

    ``allow`` and ``deny`` are lists of domains, such as ``example.com``.
    """

    stream_id: str
    """The id of the stream."""
    playback_id: str
    """The playback id, a UUID."""


class UpdateLiveUserAgentRestrictionsRequest(RestrictionFields):
    """Selects a playback id of a stream, and gives its new user agent restrictions.

    ``allow`` and ``deny`` are lists of parts of user agents, such as ``Mozilla``.
    """

    stream_id: str
    """The id of the stream."""
    playback_id: str
    """The playback id, a UUID."""


CreateLivePlaybackIdResponse: TypeAlias = Data[PlaybackId]
GetLivePlaybackIdResponse: TypeAlias = Data[PlaybackId]
DeleteLivePlaybackIdResponse: TypeAlias = Ack
UpdateLiveDomainRestrictionsResponse: TypeAlias = Data[Restriction]
UpdateLiveUserAgentRestrictionsResponse: TypeAlias = Data[Restriction]


@post("/live/streams/{streamId}/playback-ids", id="create-playbackId-of-stream")
def live_playback_ids_create(
    core: FastpixCore, request: CreateLivePlaybackIdRequest, options: RequestOptions | None = None
) -> Reply[CreateLivePlaybackIdResponse]:
    """Create an additional playback id for a live stream.

    The library does not retry this call after a lost response. The error's ``may_have_been_applied`` is then ``True``,
    and `live_streams_get` shows whether the playback id exists.

    Fails with:
        NotFoundError: the stream does not exist (``stream not found``).
        UnprocessableError: the service rejects a setting.

    API operation: ``create-playbackId-of-stream``.

    Example:
        >>> request = CreateLivePlaybackIdRequest("8717422d89288ad5958d4a86e9afe2a2", access_policy="private")
        >>> live_playback_ids_create(core, request)
    """
    ...


@get("/live/streams/{streamId}/playback-ids/{playbackId}", id="get-live-stream-playback-id")
def live_playback_ids_get(
    core: FastpixCore, request: GetLivePlaybackIdRequest, options: RequestOptions | None = None
) -> Reply[GetLivePlaybackIdResponse]:
    """Get one playback id of a live stream.

    Fails with:
        NotFoundError: the stream does not exist or has no such playback id (``stream/playbackId not found``).

    API operation: ``get-live-stream-playback-id``.

    Example:
        >>> stream_id = "8717422d89288ad5958d4a86e9afe2a2"
        >>> request = GetLivePlaybackIdRequest(stream_id, "e3d28adb-df80-4a57-adf5-46522ffa3eff")
        >>> live_playback_ids_get(core, request)
    """
    ...


@delete("/live/streams/{streamId}/playback-ids", id="delete-playbackId-of-stream")
def live_playback_ids_delete(
    core: FastpixCore, request: DeleteLivePlaybackIdRequest, options: RequestOptions | None = None
) -> Reply[DeleteLivePlaybackIdResponse]:
    """Delete a playback id of a live stream. The stream can no longer be watched with this id.

    Fails with:
        NotFoundError: the stream does not exist or has no such playback id (``stream/playbackId not found``).

    API operation: ``delete-playbackId-of-stream``.

    Example:
        >>> stream_id = "8717422d89288ad5958d4a86e9afe2a2"
        >>> request = DeleteLivePlaybackIdRequest(stream_id, "e3d28adb-df80-4a57-adf5-46522ffa3eff")
        >>> live_playback_ids_delete(core, request)
    """
    ...


@patch(
    "/live/streams/{streamId}/playback-ids/{playbackId}/domains",
    id="update-live-stream-domain-restrictions",
    idempotent=True,  # a second identical update changes nothing
)
def live_playback_ids_update_domain_restrictions(
    core: FastpixCore, request: UpdateLiveDomainRestrictionsRequest, options: RequestOptions | None = None
) -> Reply[UpdateLiveDomainRestrictionsResponse]:
    """Set the domains on which a playback id of a live stream can be watched.

    Fails with:
        NotFoundError: the stream does not exist or has no such playback id (``stream/playbackId not found``).
        UnprocessableError: the service rejects a domain.

    API operation: ``update-live-stream-domain-restrictions``.

    Example:
        >>> stream_id = "8717422d89288ad5958d4a86e9afe2a2"
        >>> playback_id = "e3d28adb-df80-4a57-adf5-46522ffa3eff"
        >>> request = UpdateLiveDomainRestrictionsRequest(stream_id, playback_id, deny=["example.com"])
        >>> live_playback_ids_update_domain_restrictions(core, request)
    """
    ...


@patch(
    "/live/streams/{streamId}/playback-ids/{playbackId}/user-agents",
    id="update-live-stream-user-agent-restrictions",
    idempotent=True,  # a second identical update changes nothing
)
def live_playback_ids_update_user_agent_restrictions(
    core: FastpixCore, request: UpdateLiveUserAgentRestrictionsRequest, options: RequestOptions | None = None
) -> Reply[UpdateLiveUserAgentRestrictionsResponse]:
    """Set the user agents with which a playback id of a live stream can be watched.

    Fails with:
        NotFoundError: the stream does not exist or has no such playback id (``stream/playbackId not found``).
        UnprocessableError: the service rejects a value.

    API operation: ``update-live-stream-user-agent-restrictions``.

    Example:
        >>> stream_id = "8717422d89288ad5958d4a86e9afe2a2"
        >>> playback_id = "e3d28adb-df80-4a57-adf5-46522ffa3eff"
        >>> request = UpdateLiveUserAgentRestrictionsRequest(stream_id, playback_id, deny=["PostmanRuntime"])
        >>> live_playback_ids_update_user_agent_restrictions(core, request)
    """
    ...
