"""Who may play a playback id: the token of a private one, and the restrictions of domains and user agents."""

import hmac
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from fastpix.api.common import MediaPlaybackId, PlaybackId, Restriction
from fastpix.emulator.http.wire import RefusedError
from fastpix.emulator.model.signing_keys import SigningKeyRecord
from fastpix.emulator.workspace import Credentials, Workspace, new_uuid

__all__ = ["check_access", "check_pass", "check_token", "lasting_pass", "new_pass"]

ALGORITHM = "RS256"


def check_access(playback_id: PlaybackId | MediaPlaybackId, headers: Mapping[str, str]) -> None:
    """Check the restrictions of a playback id.

    A domain stands for itself and its subdomains. A user agent stands for all that contain it, in any case. A request
    that names no page or no user agent is of none.

    Raises:
        RefusedError: The page or the user agent of the request may not play it (403).
    """
    limits = playback_id.access_restrictions
    if limits is None:
        return
    page = ""
    with suppress(ValueError):  # it is no URL
        page = urlsplit(headers.get("referer") or headers.get("origin") or "").hostname or ""
    agent = headers.get("user-agent", "").lower()
    if not _is_allowed(limits.domains, lambda domain: f".{page}".endswith(f".{domain.lower()}")):
        raise RefusedError(403, "forbidden", f"The domain {page!r} may not play this playback id.")
    if not _is_allowed(limits.user_agents, lambda part: part.lower() in agent):
        raise RefusedError(403, "forbidden", "This user agent may not play this playback id.")


def _is_allowed(restriction: Restriction | None, matches: Callable[[str], bool]) -> bool:
    if restriction is None:
        return True
    if restriction.default_policy == "deny":
        return any(map(matches, restriction.allow or ()))
    return not any(map(matches, restriction.deny or ()))


def check_token(
    workspace: Workspace,
    playback_id: PlaybackId | MediaPlaybackId,
    query: Mapping[str, str],
    *,
    is_manifest: bool = False,
) -> None:
    """Check the token of a request, which only a public playback id does not need.

    Args:
        workspace: The workspace.
        playback_id: The playback id.
        query: The query of the request.
        is_manifest: Whether a manifest is asked for. It needs the audience ``drm`` for a playback id with DRM, and takes
            no token for a public one. Default: ``False``.

    Raises:
        RefusedError: The token is missing or not valid (401), or it is not wanted (400).
    """
    token = query.get("token")
    if playback_id.access_policy == "public":
        if token and is_manifest:
            raise RefusedError(400, "token is not required", "A public playback id takes no token.")
        return
    if not token:
        raise _refused("This playback id needs a token.")
    names = ("media", "drm") if playback_id.access_policy == "drm" and not is_manifest else (_audience(playback_id),)
    claims = _verified(workspace, token, [f"{name}:{playback_id.id}" for name in names])
    expires = claims["exp"]
    if not isinstance(expires, int | float) or expires <= workspace.time:
        raise _refused("The token has expired.")


def _audience(playback_id: PlaybackId | MediaPlaybackId) -> str:
    return "drm" if playback_id.access_policy == "drm" else "media"


def _verified(workspace: Workspace, token: str, audiences: list[str]) -> dict[str, Any]:
    """Return the claims of a token that a signing key of the workspace has signed for one of some audiences.

    Raises:
        RefusedError: The token is not valid (401), or the package PyJWT is not installed (501).
    """
    try:
        import jwt
    except ModuleNotFoundError as missing:
        told = "Tokens need the package PyJWT. Run: pip install 'fastpix[emulator]'"
        raise RefusedError(501, "PyJWT is missing", told) from missing
    try:
        key_id: object = jwt.get_unverified_header(token).get("kid")
        key = workspace.documents.get(SigningKeyRecord, str(key_id))
        if key is None:
            raise _refused(f"The workspace has no signing key with the id of the token, {key_id!r}.")
        return jwt.decode(
            token,
            key.public_key,
            [ALGORITHM],
            # PyJWT would ask the machine's clock
            {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "require": ["aud", "exp"]},
            audience=audiences,
        )
    except jwt.InvalidAudienceError:
        raise _refused(f"The audience of the token must be {' or '.join(audiences)}.") from None
    except jwt.InvalidTokenError as problem:
        raise _refused(f"The token is not valid: {problem}.") from None


def _refused(told: str) -> RefusedError:
    return RefusedError(401, "unauthorized", told)


def new_pass(workspace: Workspace, playback_id: str) -> str:
    """Return a pass for the segments of a playback id. Its first part is a new id, for the view that it begins.

    The service's segments have signatures of their own. So a player goes on when its token has expired.
    """
    view_id = new_uuid()
    return f"{view_id}.{_signature(workspace, playback_id, view_id)}"


def lasting_pass(workspace: Workspace, playback_id: str) -> str:
    """Return a pass that is always the same for a playback id, for the Studio."""
    return f"studio.{_signature(workspace, playback_id, 'studio')}"


def check_pass(workspace: Workspace, playback_id: str, query: Mapping[str, str]) -> str:
    """Check the pass in a query, and return the id in it.

    Raises:
        RefusedError: The pass is missing or not valid (401).
    """
    view_id, _, signature = query.get("pass", "").partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(workspace, playback_id, view_id).encode()):
        raise _refused("Segments need the pass that the manifest has.")
    return view_id


def _signature(workspace: Workspace, playback_id: str, view_id: str) -> str:
    kept = workspace.documents.get(Credentials, "")
    secret = "" if kept is None else kept.password
    return hmac.new(secret.encode(), f"{playback_id}/{view_id}".encode(), "sha256").hexdigest()
