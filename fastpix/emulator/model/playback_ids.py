"""Playback ids: what each of them plays, and who can play it."""

from collections.abc import Sequence
from typing import Literal, TypeAlias, TypeVar

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from fastpix.api.common import (
    ABSENT,
    AccessRestrictions,
    AccessRestrictionSettings,
    MediaPlaybackId,
    PlaybackId,
    Restriction,
    RestrictionFields,
)
from fastpix.emulator.http.wire import RefusedError, check_uuid, invalid
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace, given, new_uuid

__all__ = [
    "UNRESTRICTED",
    "PlaybackTarget",
    "find_playback_id",
    "forget_playback_ids",
    "new_playback_id",
    "restriction",
    "restrictions",
    "with_restriction",
    "without_playback_id",
]

Part: TypeAlias = Literal["domains", "user_agents"]
AnyPlaybackId = TypeVar("AnyPlaybackId", PlaybackId, MediaPlaybackId)

ANYONE = Restriction(default_policy="allow", allow=[], deny=[])
UNRESTRICTED = AccessRestrictions(domains=ANYONE, user_agents=ANYONE)
"""The restrictions of a playback id that everyone can play."""


class PlaybackTarget(Document):
    """What a playback id plays."""

    stream_id: str | None = None
    """The id of the live stream."""
    media_id: str | None = None
    """The id of the media."""


def new_playback_id(
    workspace: Workspace,
    target: PlaybackTarget,
    access_policy: str,
    access_restrictions: AccessRestrictions | None = ABSENT,
) -> PlaybackId:
    """Make a playback id that plays a stream or a media."""
    playback_id = new_uuid()
    workspace.documents.put(playback_id, target)
    return PlaybackId(id=playback_id, access_policy=access_policy, access_restrictions=access_restrictions)


def find_playback_id(playback_ids: Sequence[AnyPlaybackId] | None, id: str, message: str) -> AnyPlaybackId:
    """Return a playback id.

    Raises:
        RefusedError: The id is no UUID (422), or there is no such playback id (404, with the message given).
    """
    check_uuid(playbackId=id)
    found = next((playback_id for playback_id in playback_ids or () if playback_id.id == id), None)
    if found is None:
        raise RefusedError(404, message)
    return found


def without_playback_id(
    workspace: Workspace, playback_ids: Sequence[AnyPlaybackId] | None, gone: AnyPlaybackId
) -> list[AnyPlaybackId]:
    """Forget a playback id, and return the others."""
    forget_playback_ids(workspace, [gone])
    return [playback_id for playback_id in playback_ids or () if playback_id.id != gone.id]


def forget_playback_ids(workspace: Workspace, playback_ids: Sequence[PlaybackId | MediaPlaybackId] | None) -> None:
    """Let playback ids play nothing any more."""
    for playback_id in playback_ids or ():
        workspace.documents.delete(PlaybackTarget, playback_id.id or "")


def restrictions(
    settings: AccessRestrictionSettings | UnsetType, at: str, default: AccessRestrictions | None = UNRESTRICTED
) -> AccessRestrictions | None:
    """Return the restrictions that settings ask for.

    Args:
        settings: The settings.
        at: The path to them in the body, with a dot at its end.
        default: The restrictions without settings. Default: everyone can play.

    Raises:
        RefusedError: A domain has no dot (422).
    """
    if isinstance(settings, UnsetType):
        return default
    domains = ANYONE if settings.domains is UNSET else restriction("domains", settings.domains, f"{at}domains.")
    user_agents = ANYONE if settings.user_agents is UNSET else restriction("user_agents", settings.user_agents)
    return AccessRestrictions(domains=domains, user_agents=user_agents)


def restriction(part: Part, settings: RestrictionFields, at: str = "") -> Restriction:
    """Return the restriction that settings ask for.

    Raises:
        RefusedError: A domain has no dot (422).
    """
    allow, deny = [*given(settings.allow, [])], [*given(settings.deny, [])]
    for name, domains in (("allow", allow), ("deny", deny)):
        if part == "domains" and any("." not in domain for domain in domains):
            raise invalid(f"{at}{name}")
    return Restriction(default_policy=given(settings.default_policy, "allow"), allow=allow, deny=deny)


def with_restriction(
    playback_ids: Sequence[AnyPlaybackId] | None, changed: AnyPlaybackId, part: Part, new: Restriction
) -> list[AnyPlaybackId]:
    """Return the playback ids, one of them with a new restriction."""
    limits = replace(changed.access_restrictions or AccessRestrictions(), **{part: new})
    return [
        replace(playback_id, access_restrictions=limits) if playback_id.id == changed.id else playback_id
        for playback_id in playback_ids or ()
    ]
