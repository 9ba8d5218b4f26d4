"""Playback ids: what each of them plays, and who can play it."""

from collections.abc import Sequence
from typing import TypeVar

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
from fastpix.emulator.documents import Document
from fastpix.emulator.wire import RefusedError, invalid
from fastpix.emulator.workspace import Workspace, given, new_uuid

__all__ = [
    "UNRESTRICTED",
    "PlaybackTarget",
    "find_playback_id",
    "forget_playback_ids",
    "new_playback_id",
    "restricted",
    "restrictions",
    "without_playback_id",
]

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
        RefusedError: There is no such playback id (404). The message is the one given.
    """
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


def restrictions(settings: AccessRestrictionSettings | UnsetType) -> AccessRestrictions:
    """Return the restrictions that settings ask for.

    Raises:
        RefusedError: A domain has no dot (422).
    """
    if isinstance(settings, UnsetType):
        return UNRESTRICTED
    _check_domains(settings.domains, "accessRestrictions.domains.")
    return AccessRestrictions(domains=_restriction(settings.domains), user_agents=_restriction(settings.user_agents))


def restricted(
    playback_ids: Sequence[AnyPlaybackId] | None,
    playback_id: AnyPlaybackId,
    *,
    domains: RestrictionFields | UnsetType = UNSET,
    user_agents: RestrictionFields | UnsetType = UNSET,
) -> tuple[list[AnyPlaybackId], Restriction]:
    """Return the playback ids with a new restriction for one of them, and the restriction.

    Raises:
        RefusedError: A domain has no dot (422).
    """
    _check_domains(domains)
    new = _restriction(user_agents if isinstance(domains, UnsetType) else domains)
    before = playback_id.access_restrictions or AccessRestrictions()
    after = replace(before, **{"user_agents" if isinstance(domains, UnsetType) else "domains": new})
    changed = replace(playback_id, access_restrictions=after)
    return [changed if other.id == changed.id else other for other in playback_ids or ()], new


def _restriction(settings: RestrictionFields | UnsetType) -> Restriction:
    if isinstance(settings, UnsetType):
        return ANYONE
    return Restriction(
        default_policy=given(settings.default_policy, "allow"),
        allow=[*given(settings.allow, [])],
        deny=[*given(settings.deny, [])],
    )


def _check_domains(settings: RestrictionFields | UnsetType, at: str = "") -> None:
    for name in () if isinstance(settings, UnsetType) else ("allow", "deny"):
        if any("." not in domain for domain in given(getattr(settings, name), [])):
            raise invalid(f"{at}{name}")
