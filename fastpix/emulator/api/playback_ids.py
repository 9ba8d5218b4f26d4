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
from fastpix.emulator.access import (
    PlaybackTarget,
    find_playback_id,
    new_playback_id,
    restricted,
    restrictions,
    without_playback_id,
)
from fastpix.emulator.api.drm_configurations import check_drm
from fastpix.emulator.handlers import handles
from fastpix.emulator.media_states import MEDIA_RULES, change_media, find_media
from fastpix.emulator.rules import moved
from fastpix.emulator.workspace import Workspace, described_as, given

__all__ = ["create", "delete", "get", "list_playback_ids", "update_domains", "update_user_agents"]

NOT_FOUND = "Media/PlaybackId not Found"


@handles(
    playback_ids_create,
    recorded="the resolution is null if it is not set, and the 400 for an unknown DRM configuration",
    documented="the other fields, and the 400 for a media that is not ready",
    guessed="the message of that 400",
)
def create(workspace: Workspace, request: CreatePlaybackIdRequest) -> Data[CreatedPlaybackId]:
    record = find_media(workspace, request.media_id)
    moved(MEDIA_RULES, "add a playback id", record.media.status)
    check_drm(workspace, request.access_policy, request.drm_configuration_id)
    limits = restrictions(request.access_restrictions)
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
    media = find_media(workspace, request.media_id).media
    found = find_playback_id(media.playback_ids, request.playback_id, NOT_FOUND)
    return Data(described_as(PlaybackId, found), success=True)


@handles(playback_ids_delete, recorded="the response", documented="the 404")
def delete(workspace: Workspace, request: DeletePlaybackIdRequest) -> Ack:
    record = find_media(workspace, request.media_id)
    gone = find_playback_id(record.media.playback_ids, request.playback_id, NOT_FOUND)
    change_media(workspace, record, playback_ids=without_playback_id(workspace, record.media.playback_ids, gone))
    return Ack(success=True)


@handles(
    playback_ids_update_domain_restrictions,
    recorded="the response, for user agents",
    documented="the flat body, the 422 for a domain without a dot, and the refusal before the media is ready",
    guessed="the status of that refusal is 400",
)
def update_domains(workspace: Workspace, request: UpdateDomainRestrictionsRequest) -> Data[Restriction]:
    record = find_media(workspace, request.media_id)
    playback_ids = record.media.playback_ids
    found = find_playback_id(playback_ids, request.playback_id, NOT_FOUND)
    moved(MEDIA_RULES, "restrict", record.media.status)
    changed, restriction = restricted(playback_ids, found, domains=request)
    change_media(workspace, record, playback_ids=changed)
    return Data(restriction, success=True)


@handles(
    playback_ids_update_user_agent_restrictions,
    recorded="the response",
    documented="the flat body, and the refusal before the media is ready",
    guessed="the status of that refusal is 400",
)
def update_user_agents(workspace: Workspace, request: UpdateUserAgentRestrictionsRequest) -> Data[Restriction]:
    record = find_media(workspace, request.media_id)
    playback_ids = record.media.playback_ids
    found = find_playback_id(playback_ids, request.playback_id, NOT_FOUND)
    moved(MEDIA_RULES, "restrict", record.media.status)
    changed, restriction = restricted(playback_ids, found, user_agents=request)
    change_media(workspace, record, playback_ids=changed)
    return Data(restriction, success=True)
