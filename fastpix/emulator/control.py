"""The control surface under ``/_emulator/``: what a test needs and the real service does not have."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta

from fastpix.api.live_streams import CreateLiveStreamRequest, InputMediaSettings, LiveClip, LiveStream, PlaybackSettings
from fastpix.emulator.live_streams import PlaybackTarget, new_stream
from fastpix.emulator.playback import ClipOrigin, new_clip
from fastpix.emulator.workspace import HANDLERS, Workspace

__all__ = ["About", "Seed", "SeedStream", "Seeded", "about", "reset", "seed"]


class SeedStream(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Streams to begin with, all alike.

    Attributes:
        count: how many.
        trial: whether they are of a trial plan, on which they can't be enabled. All are if the workspace is on one.
        clips: how many clips of 30 seconds each of them has.
    """

    count: Annotated[int, Meta(ge=1, le=10_000)] = 1
    status: Literal["idle", "preparing", "active", "disabled"] = "idle"
    trial: bool = False
    access_policy: Literal["public", "private"] = "public"
    metadata: dict[str, str] = {}
    clips: Annotated[int, Meta(ge=0, le=10_000)] = 0


class Seed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to fill the local FastPix with."""

    streams: list[SeedStream] = []


class Seeded(msgspec.Struct, frozen=True, rename="camel"):
    """The ids of the streams made, in the order asked for."""

    stream_ids: list[str]


class About(msgspec.Struct, frozen=True, rename="camel"):
    """What this local FastPix is."""

    operations: list[str]
    workspace_id: str


def about(workspace: Workspace) -> About:
    return About(operations=sorted(HANDLERS), workspace_id=workspace.credentials.workspace_id)


def reset(workspace: Workspace) -> None:
    """Forgets everything but the credentials."""
    workspace.store.clear(LiveStream, LiveClip, PlaybackTarget, ClipOrigin)


def seed(workspace: Workspace, seed: Seed) -> Seeded:
    """Adds what is asked for to what is there."""
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
