"""Simulcasts of live streams on the local FastPix. Nothing is sent to their targets."""

import re

from msgspec.structs import replace

from fastpix.api.common import ABSENT, Ack, Data
from fastpix.api.live_streams import LiveStream, Simulcast
from fastpix.api.simulcasts import (
    CreateSimulcastRequest,
    DeleteSimulcastRequest,
    GetSimulcastRequest,
    UpdateSimulcastRequest,
    simulcasts_create,
    simulcasts_delete,
    simulcasts_get,
    simulcasts_update,
)
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import RefusedError, invalid
from fastpix.emulator.model.events import tell_simulcast
from fastpix.emulator.model.streams import SET_SIMULCAST, SIMULCAST, change_stream, find_stream
from fastpix.emulator.workspace import Workspace, given, metadata_of, new_id, only_given

__all__ = ["create", "delete", "get", "update"]


@handles(
    simulcasts_create,
    documented="the response, the idle stream, the refusal on a trial plan, and the form of the url",
    guessed="the message for a stream that is not idle",
)
def create(workspace: Workspace, request: CreateSimulcastRequest) -> Data[Simulcast]:
    record = find_stream(workspace, request.stream_id)
    if record.stream.trial:
        raise RefusedError(400, "Simulcast is not available for trial streams")
    SIMULCAST.check(record.stream.status)
    if not re.match(r"rtmps?://[^/]", request.url):
        raise invalid("url")
    created = Simulcast(
        simulcast_id=new_id(),
        url=request.url,
        stream_key=request.stream_key,
        is_enabled=True,
        metadata=metadata_of(request.metadata),
    )
    change_stream(workspace, record, simulcast_responses=[*_simulcasts(record.stream), created])
    tell_simulcast(workspace, "video.live_stream.simulcast_target.created", request.stream_id, created)
    return Data(created, success=True)


@handles(simulcasts_get, recorded="the response", documented="the 404")
def get(workspace: Workspace, request: GetSimulcastRequest) -> Data[Simulcast]:
    return Data(_found(find_stream(workspace, request.stream_id).stream, request.simulcast_id), success=True)


@handles(
    simulcasts_update,
    documented="only isEnabled and metadata change, and the stream is active or idle",
    guessed="metadata is replaced as a whole; isEnabled becomes true if it is not given; the message of the refusal",
)
def update(workspace: Workspace, request: UpdateSimulcastRequest) -> Data[Simulcast]:
    record = find_stream(workspace, request.stream_id)
    found = _found(record.stream, request.simulcast_id)
    SET_SIMULCAST.check(record.stream.status)
    changes = only_given(metadata=request.metadata)
    changed = replace(found, is_enabled=given(request.is_enabled, True), **changes)
    simulcasts = [changed if simulcast is found else simulcast for simulcast in _simulcasts(record.stream)]
    change_stream(workspace, record, simulcast_responses=simulcasts)
    tell_simulcast(workspace, "video.live_stream.simulcast_target.updated", request.stream_id, changed)
    return Data(changed, success=True)


@handles(simulcasts_delete, recorded="the response", documented="the 404")
def delete(workspace: Workspace, request: DeleteSimulcastRequest) -> Ack:
    record = find_stream(workspace, request.stream_id)
    gone = _found(record.stream, request.simulcast_id)
    others = [simulcast for simulcast in _simulcasts(record.stream) if simulcast is not gone]
    change_stream(workspace, record, simulcast_responses=others or ABSENT)
    tell_simulcast(workspace, "video.live_stream.simulcast_target.deleted", request.stream_id, gone)
    return Ack(success=True)


def _simulcasts(stream: LiveStream) -> list[Simulcast]:
    return stream.simulcast_responses or []


def _found(stream: LiveStream, simulcast_id: str) -> Simulcast:
    found = next((one for one in _simulcasts(stream) if one.simulcast_id == simulcast_id), None)
    if found is None:
        raise RefusedError(404, "stream/simulcast not found")
    return found
