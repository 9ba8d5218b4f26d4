"""The names that a request may use for the local FastPix, so that a web page in a browser can do nothing to it.

A page of another site can send requests to this machine. Its own site stands in the ``Origin`` of such a request. Where
a page makes its own name resolve to this machine, the name stands in the ``Host``.
"""

from collections.abc import Set as AbstractSet

from fastpix._call.loopback import is_loopback
from fastpix.emulator.http.wire import RefusedError

__all__ = ["check_host", "check_origin"]


def check_host(authority: str, allowed: AbstractSet[str]) -> None:
    """Check the ``Host`` of a request.

    Args:
        authority: The value of the header.
        allowed: The hosts that are allowed, in lower case, beside the names and addresses of this machine itself.

    Raises:
        RefusedError: It is another host (403).
    """
    host = _host(authority)
    if not is_loopback(host) and host.lower() not in allowed:
        raise RefusedError(
            403,
            "forbidden",
            f"The Host {authority!r} is not one of this local FastPix. Start it with --allow-host {host}.",
        )


def check_origin(origin: str | None, authority: str) -> None:
    """Check the ``Origin`` of a request, which browsers send.

    Args:
        origin: The value of the header. ``None`` if the request has no such header.
        authority: The ``Host`` of the request.

    Raises:
        RefusedError: It is not the local FastPix itself (403).
    """
    if origin is not None and origin.lower() not in (f"http://{authority}".lower(), f"https://{authority}".lower()):
        raise RefusedError(403, "forbidden", f"A page of {origin!r} must not use this local FastPix.")


def _host(authority: str) -> str:
    """Return the host of ``host:port`` or ``[address]:port``."""
    host, _, rest = authority.rpartition(":")
    if not host or rest.endswith("]"):
        host = authority
    return host.removeprefix("[").removesuffix("]")
