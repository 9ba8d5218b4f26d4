"""Playback ids of media on the local FastPix."""

from fastpix.api.common import Ack, Data, MediaPlaybackId, PlaybackId, Restriction
from fastpix.api.playback_ids import (
    CreatedPlaybackId,
    CreatePlaybackIdRequest,
    DeletePlaybackIdRequest,
    GetPlaybackIdRequest,
    ListPlaybackIdsRequest,
    UpdateDomainRestrictionsRequest,
    UpdateUserAgentRestrictionsRequest,
    playback_ids_create,
    playback_ids_delete,
    playback_ids_get,
    playback_ids_list,
    playback_ids_update_domain_restrictions,
    playback_ids_update_user_agent_restrictions,
)
from fastpix.emulator.api.drm_configurations import check_drm
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.model.media import MediaRecord, change_media, find_media
from fastpix.emulator.model.media_states import ADD_PLAYBACK_ID, RESTRICT
from fastpix.emulator.model.playback_ids import (
    Part,
    PlaybackTarget,
    find_playback_id,
    new_playback_id,
    restriction,
    restrictions,
    with_restriction,
    without_playback_id,
)
from fastpix.emulator.workspace import Workspace, described_as, given

__all__ = ["create", "delete", "get", "list_playback_ids", "update_domains", "update_user_agents"]


@handles(
    playback_ids_create,
    recorded="the resolution is null if it is not set, and the 400 for an unknown DRM configuration",
    documented="the other fields, and the 400 for a media that is not ready",
    guessed="the message of that 400",
)
def create(workspace: Workspace, request: CreatePlaybackIdRequest) -> Data[CreatedPlaybackId]:
    record = find_media(workspace, request.media_id)
    ADD_PLAYBACK_ID.check(record.media.status)
    check_drm(workspace, request.access_policy, request.drm_configuration_id)
    limits = restrictions(request.access_restrictions, "accessRestrictions.")
    target = PlaybackTarget(media_id=request.media_id)
    created = new_playback_id(workspace, target, request.access_policy, limits)
    of_media = described_as(MediaPlaybackId, created)
    change_media(workspace, record, playback_ids=[*(record.media.playback_ids or ()), of_media])
    resolution = given(request.resolution, None)
    return Data(described_as(CreatedPlaybackId, created, resolution=resolution), success=True)


@handles(playback_ids_list, recorded="a list without pages, as the fields of each playback id")
def list_playback_ids(workspace: Workspace, request: ListPlaybackIdsRequest) -> Data[list[PlaybackId]]:
    playback_ids = find_media(workspace, request.media_id).media.playback_ids
    return Data([described_as(PlaybackId, playback_id) for playback_id in playback_ids or ()], success=True)


@handles(playback_ids_get, recorded="the response", documented="the 404")
def get(workspace: Workspace, request: GetPlaybackIdRequest) -> Data[PlaybackId]:
    found = _found(find_media(workspace, request.media_id), request.playback_id)
    return Data(described_as(PlaybackId, found), success=True)


@handles(playback_ids_delete, recorded="the response", documented="the 404")
def delete(workspace: Workspace, request: DeletePlaybackIdRequest) -> Ack:
    record = find_media(workspace, request.media_id)
    gone = _found(record, request.playback_id)
    change_media(workspace, record, playback_ids=without_playback_id(workspace, record.media.playback_ids, gone))
    return Ack(success=True)


@handles(
    playback_ids_update_domain_restrictions,
    recorded="the response, for user agents",
    documented="the flat body, the 422 for a domain without a dot, and the refusal before the media is ready",
    guessed="the status of that refusal is 400",
)
def update_domains(workspace: Workspace, request: UpdateDomainRestrictionsRequest) -> Data[Restriction]:
    return _restrict(workspace, request, "domains")


@handles(
    playback_ids_update_user_agent_restrictions,
    recorded="the response",
    documented="the flat body, and the refusal before the media is ready",
    guessed="the status of that refusal is 400",
)
def update_user_agents(workspace: Workspace, request: UpdateUserAgentRestrictionsRequest) -> Data[Restriction]:
    return _restrict(workspace, request, "user_agents")


def _restrict(
    workspace: Workspace, request: UpdateDomainRestrictionsRequest | UpdateUserAgentRestrictionsRequest, part: Part
) -> Data[Restriction]:
    record = find_media(workspace, request.media_id)
    found = _found(record, request.playback_id)
    RESTRICT.check(record.media.status)
    new = restriction(part, request)
    change_media(workspace, record, playback_ids=with_restriction(record.media.playback_ids, found, part, new))
    return Data(new, success=True)


def _found(record: MediaRecord, playback_id: str) -> MediaPlaybackId:
    return find_playback_id(record.media.playback_ids, playback_id, "Media/PlaybackId not Found")
