"""Playback ids of a live stream: create, get and delete them, and restrict who may watch."""

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
    """A new playback id of a stream.

    Attributes:
        access_policy: everyone may watch, or who has a token; default ``public``.
        access_restrictions: on which sites, and with which players.
    """

    stream_id: str
    access_policy: BasicAccessPolicy | UnsetType = UNSET
    access_restrictions: AccessRestrictionSettings | UnsetType = UNSET


class GetLivePlaybackIdRequest(Model):
    """Which playback id of which stream."""

    stream_id: str
    playback_id: str


class DeleteLivePlaybackIdRequest(Model):
    """Which playback id of which stream."""

    stream_id: str
    playback_id: str


class UpdateLiveDomainRestrictionsRequest(RestrictionFields):
    """On which sites a playback id can be watched."""

    stream_id: str
    playback_id: str


class UpdateLiveUserAgentRestrictionsRequest(RestrictionFields):
    """With which players, by parts of their user agents, a playback id can be watched."""

    stream_id: str
    playback_id: str


CreateLivePlaybackIdResponse: TypeAlias = Data[PlaybackId]
GetLivePlaybackIdResponse: TypeAlias = Data[PlaybackId]
DeleteLivePlaybackIdResponse: TypeAlias = Ack
UpdateLiveDomainRestrictionsResponse: TypeAlias = Data[Restriction]
UpdateLiveUserAgentRestrictionsResponse: TypeAlias = Data[Restriction]


@post("/live/streams/{streamId}/playback-ids", id="create-playbackId-of-stream")
def live_playback_ids_create(
    core: FastpixCore, request: CreateLivePlaybackIdRequest, options: RequestOptions | None = None
) -> Reply[CreateLivePlaybackIdResponse]:
    """Give a live stream one more playback id.

    It is sent once: if no answer comes, the error's ``may_have_been_applied`` is true, and `live_streams_get`
    tells whether it is there.

    Fails with `NotFoundError` (``stream not found``), and with `UnprocessableError` for a refused setting.
    Follows ``create-playbackId-of-stream`` of the API.
    """
    ...


@get("/live/streams/{streamId}/playback-ids/{playbackId}", id="get-live-stream-playback-id")
def live_playback_ids_get(
    core: FastpixCore, request: GetLivePlaybackIdRequest, options: RequestOptions | None = None
) -> Reply[GetLivePlaybackIdResponse]:
    """Get one playback id of a live stream.

    Fails with `NotFoundError` (``stream/playbackId not found``).
    Follows ``get-live-stream-playback-id`` of the API.
    """
    ...


@delete("/live/streams/{streamId}/playback-ids", id="delete-playbackId-of-stream")
def live_playback_ids_delete(
    core: FastpixCore, request: DeleteLivePlaybackIdRequest, options: RequestOptions | None = None
) -> Reply[DeleteLivePlaybackIdResponse]:
    """Delete a playback id of a live stream: what is watched under it ends.

    Fails with `NotFoundError` (``stream/playbackId not found``).
    Follows ``delete-playbackId-of-stream`` of the API.
    """
    ...


@patch(
    "/live/streams/{streamId}/playback-ids/{playbackId}/domains",
    id="update-live-stream-domain-restrictions",
    idempotent=True,  # it sets what it is given
)
def live_playback_ids_update_domain_restrictions(
    core: FastpixCore, request: UpdateLiveDomainRestrictionsRequest, options: RequestOptions | None = None
) -> Reply[UpdateLiveDomainRestrictionsResponse]:
    """Choose the sites on which a stream can be watched under a playback id.

    Fails with `NotFoundError` (``stream/playbackId not found``), and with `UnprocessableError` for a refused host.
    Follows ``update-live-stream-domain-restrictions`` of the API.
    """
    ...


@patch(
    "/live/streams/{streamId}/playback-ids/{playbackId}/user-agents",
    id="update-live-stream-user-agent-restrictions",
    idempotent=True,  # it sets what it is given
)
def live_playback_ids_update_user_agent_restrictions(
    core: FastpixCore, request: UpdateLiveUserAgentRestrictionsRequest, options: RequestOptions | None = None
) -> Reply[UpdateLiveUserAgentRestrictionsResponse]:
    """Choose the players, by parts of their user agents, with which a stream can be watched under a playback id.

    Fails with `NotFoundError` (``stream/playbackId not found``), and with `UnprocessableError` for a refused value.
    Follows ``update-live-stream-user-agent-restrictions`` of the API.
    """
    ...
