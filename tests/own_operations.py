"""Operations that a user declares because the library lacks them, in a module whose annotations are strings."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from fastpix import AsyncFastpix, AsyncFastpixCore, Fastpix, FastpixCore, Reply, RequestOptions, Resource
from fastpix.api.common import Answer, Data, Model
from fastpix.operation import CoreT_co, get, post


class GetScheduleRequest(Model):
    channel_id: str
    start_time: str | UnsetType = UNSET
    format: Literal["csv", "xml", "json"] | UnsetType = UNSET


class CreateChannel(msgspec.Struct):
    name: str


class Channel(Answer):
    id: str
    name: str | None = None


@get("/playout/channels/{channelId}/schedule", id="export-schedule")
def playout_export(core: FastpixCore, request: GetScheduleRequest, options: RequestOptions | None = None) -> Reply[str]:
    """Export the schedule as CSV."""
    raise NotImplementedError


@get("/playout/channels/{channelId}/schedule", id="get-epg")
def playout_epg(core: FastpixCore, request: GetScheduleRequest, options: RequestOptions | None = None) -> Reply[bytes]:
    """Get the programme guide as XML."""
    raise NotImplementedError


@get("/playout/channels/{channelId}", id="get-channel")
def playout_get(
    core: FastpixCore, request: GetScheduleRequest, options: RequestOptions | None = None
) -> Reply[dict[str, object]]:
    """Get a channel with all its fields."""
    raise NotImplementedError


@post("/playout/channels", id="create-channel")
def playout_create(
    core: FastpixCore, request: CreateChannel, options: RequestOptions | None = None
) -> Reply[Data[Channel]]:
    """Create a channel."""
    raise NotImplementedError


class Playout(Resource[CoreT_co]):
    export = playout_export
    create = playout_create


class OwnFastpix(Fastpix):
    @property
    def playout(self) -> Playout[FastpixCore]:
        return Playout(self)


class OwnAsyncFastpix(AsyncFastpix):
    @property
    def playout(self) -> Playout[AsyncFastpixCore]:
        return Playout(self)
