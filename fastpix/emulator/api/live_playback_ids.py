"""Playback ids of live streams on the local FastPix."""

from fastpix.api.common import ABSENT, Ack, Data, PlaybackId, Restriction
from fastpix.api.live_playback_ids import (
    CreateLivePlaybackIdRequest,
    DeleteLivePlaybackIdRequest,
    GetLivePlaybackIdRequest,
    UpdateLiveDomainRestrictionsRequest,
    UpdateLiveUserAgentRestrictionsRequest,
    live_playback_ids_create,
    live_playback_ids_delete,
    live_playback_ids_get,
    live_playback_ids_update_domain_restrictions,
    live_playback_ids_update_user_agent_restrictions,
)
from fastpix.emulator.http.handlers import handles
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
from fastpix.emulator.model.streams import StreamRecord, change_stream, find_stream
from fastpix.emulator.workspace import Workspace, given

__all__ = ["create", "delete", "get", "update_domains", "update_user_agents"]


@handles(
    live_playback_ids_create,
    recorded="the newest playback id is the first one of the stream",
    documented="the response, also accessRestrictions since September 2026",
)
def create(workspace: Workspace, request: CreateLivePlaybackIdRequest) -> Data[PlaybackId]:
    record = find_stream(workspace, request.stream_id)
    limits = restrictions(request.access_restrictions, "accessRestrictions.", default=ABSENT)
    target = PlaybackTarget(stream_id=request.stream_id)
    created = new_playback_id(workspace, target, given(request.access_policy, "public"), limits)
    change_stream(workspace, record, playback_ids=[created, *(record.stream.playback_ids or ())])
    return Data(created, success=True)


@handles(
    live_playback_ids_get, recorded="the response", documented="the 404, and accessRestrictions since September 2026"
)
def get(workspace: Workspace, request: GetLivePlaybackIdRequest) -> Data[PlaybackId]:
    return Data(_found(find_stream(workspace, request.stream_id), request.playback_id), success=True)


@handles(live_playback_ids_delete, recorded="the response", documented="the 404")
def delete(workspace: Workspace, request: DeleteLivePlaybackIdRequest) -> Ack:
    record = find_stream(workspace, request.stream_id)
    gone = _found(record, request.playback_id)
    change_stream(workspace, record, playback_ids=without_playback_id(workspace, record.stream.playback_ids, gone))
    return Ack(success=True)


@handles(
    live_playback_ids_update_domain_restrictions,
    documented="the flat body, the response, and that restrictions are read back",
    guessed="a domain without a dot is a 422, as for media",
)
def update_domains(workspace: Workspace, request: UpdateLiveDomainRestrictionsRequest) -> Data[Restriction]:
    return _restrict(workspace, request, "domains")


@handles(
    live_playback_ids_update_user_agent_restrictions,
    documented="the flat body, the response, and that restrictions are read back",
)
def update_user_agents(workspace: Workspace, request: UpdateLiveUserAgentRestrictionsRequest) -> Data[Restriction]:
    return _restrict(workspace, request, "user_agents")


def _restrict(
    workspace: Workspace,
    request: UpdateLiveDomainRestrictionsRequest | UpdateLiveUserAgentRestrictionsRequest,
    part: Part,
) -> Data[Restriction]:
    record = find_stream(workspace, request.stream_id)
    found = _found(record, request.playback_id)
    new = restriction(part, request)
    change_stream(workspace, record, playback_ids=with_restriction(record.stream.playback_ids, found, part, new))
    return Data(new, success=True)


def _found(record: StreamRecord, playback_id: str) -> PlaybackId:
    return find_playback_id(record.stream.playback_ids, playback_id, "stream/playbackId not found")
