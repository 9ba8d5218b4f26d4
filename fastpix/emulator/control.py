"""The paths under ``/_emulator/``, where a test can add and reset data. The real service does not have them."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta

from fastpix.api.live_streams import CreateLiveStreamRequest, InputMediaSettings, LiveClip, LiveStream, PlaybackSettings
from fastpix.emulator.live_streams import PlaybackTarget, new_stream
from fastpix.emulator.playback import ClipOrigin, new_clip
from fastpix.emulator.workspace import HANDLERS, Workspace

__all__ = ["About", "Seed", "SeedStream", "Seeded", "about", "reset", "seed"]


class SeedStream(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A number of streams to add, all with the same properties.

    The bounds are checked in a request to ``/_emulator/seed``, and not by `Emulator.seed`.
    """

    count: Annotated[int, Meta(ge=1, le=10_000)] = 1
    """The number of streams, from 1 to 10,000. Default: 1."""
    status: Literal["idle", "preparing", "active", "disabled"] = "idle"
    """The status of the streams. Default: ``idle``."""
    trial: bool = False
    """Whether the streams belong to a trial plan, so they can't be enabled. Default: ``False``.

    On a workspace with a trial plan, all new streams belong to it.
    """
    access_policy: Literal["public", "private"] = "public"
    """The access policy of the streams' playback ids, and of their clips. Default: ``public``."""
    metadata: dict[str, str] = {}
    """The metadata of the streams. Default: none."""
    clips: Annotated[int, Meta(ge=0, le=10_000)] = 0
    """The number of clips of each stream, from 0 to 10,000. Each clip is 30 seconds long. Default: 0."""


class Seed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Data to add to the local FastPix."""

    streams: list[SeedStream] = []
    """The streams to add, in this order. Default: none."""


class Seeded(msgspec.Struct, frozen=True, rename="camel"):
    """The result of adding a `Seed`."""

    stream_ids: list[str]
    """The ids of the new streams, in the order of the seed."""


class About(msgspec.Struct, frozen=True, rename="camel"):
    """The facts about this local FastPix."""

    operations: list[str]
    """The ids of the API operations that it has, sorted."""
    workspace_id: str
    """The id of its workspace."""


def about(workspace: Workspace) -> About:
    return About(operations=sorted(HANDLERS), workspace_id=workspace.credentials.workspace_id)


def reset(workspace: Workspace) -> None:
    """Delete all data except the credentials."""
    workspace.store.clear(LiveStream, LiveClip, PlaybackTarget, ClipOrigin)


def seed(workspace: Workspace, seed: Seed) -> Seeded:
    """Add streams and clips to the existing data."""
    return Seeded([_seed_stream(workspace, wanted) for wanted in seed.streams for _ in range(wanted.count)])


def _seed_stream(workspace: Workspace, wanted: SeedStream) -> str:
    request = CreateLiveStreamRequest(
        playback_settings=PlaybackSettings(access_policy=wanted.access_policy),
        input_media_settings=InputMediaSettings(metadata=wanted.metadata or UNSET),
    )
    stream = msgspec.structs.replace(
        new_stream(workspace, request), status=wanted.status, trial=workspace.trial or wanted.trial
    )
    workspace.store.put(LiveStream, stream.stream_id, stream)
    for _ in range(wanted.clips):
        new_clip(workspace, stream, 30, wanted.access_policy)
    return stream.stream_id
