"""The hosts and origins that a request may name, so that a web page can neither read nor change a local FastPix.

A browser names the site of a page in ``Origin``. Where the page's own name resolves to this machine (DNS rebinding),
the browser sends that name as ``Host``.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from fastpix._call.loopback import is_loopback
from fastpix._call.request import HOST_AND_PORT
from fastpix.emulator.http.wire import RefusedError

__all__ = ["check_host", "check_origin"]

OF_OTHER_PAGES = ("cross-site", "same-site")


def check_host(authority: str, allowed: AbstractSet[str]) -> None:
    """Check the ``Host`` of a request.

    Args:
        authority: The value of the header.
        allowed: The hosts that are allowed beside loopback ones, in lower case.

    Raises:
        RefusedError: It is another host (403).
    """
    found = re.fullmatch(HOST_AND_PORT, authority)
    if found is None:
        raise RefusedError(403, "forbidden", f"The Host {authority!r} is not valid.")
    host = found[1].strip("[]")
    if not is_loopback(host) and host.lower() not in allowed:
        told = (
            f"The Host {authority!r} is not one of this local FastPix. To allow it, start it with --allow-host {host}."
        )
        raise RefusedError(403, "forbidden", told)


def check_origin(headers: Mapping[str, str], authority: str) -> None:
    """Check that a request does not come from a web page, or from one of this local FastPix.

    Args:
        headers: The headers of the request, with names in lower case.
        authority: The ``Host`` of the request.

    Raises:
        RefusedError: It comes from another page (403).
    """
    origin = headers.get("origin")
    is_own = origin is None or origin.lower() in (f"http://{authority}".lower(), f"https://{authority}".lower())
    if not is_own or headers.get("sec-fetch-site") in OF_OTHER_PAGES:
        told = (
            "A page of another site may only upload and play. Call the API from your server. To open the Studio, type its "
            "address into the browser."
        )
        raise RefusedError(403, "forbidden", told)
