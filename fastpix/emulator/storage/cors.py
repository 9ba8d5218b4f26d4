"""Which web pages may read the responses from the URL of an upload: those of the upload's ``corsOrigin``."""

import httpx

__all__ = ["for_page", "for_preflight"]

METHODS = "PUT, POST, DELETE, OPTIONS"
REQUEST_HEADERS = ("content-type", "content-range", "x-goog-resumable")
RESPONSE_HEADERS = "Location, Range, ETag, x-goog-hash, x-goog-stored-content-length"
LONGEST_MEMORY = "3600"
"""The seconds for which a browser may remember what it is allowed."""


def for_page(cors_origin: str, request: httpx.Request) -> dict[str, str]:
    """Return the headers of a response to a page. There are none if the page is of another origin."""
    origin = request.headers.get("origin")
    if origin is None or cors_origin not in ("*", origin):
        return {}
    return {
        "access-control-allow-origin": origin,
        "access-control-expose-headers": RESPONSE_HEADERS,
        "vary": "Origin",
    }


def for_preflight(request: httpx.Request) -> dict[str, str]:
    """Return the headers that allow the request which a page will send."""
    asked = request.headers.get("access-control-request-headers", "")
    names = [name.strip().lower() for name in asked.split(",")]
    allowed = {
        "access-control-allow-methods": METHODS,
        "access-control-allow-headers": asked if {*names} <= {*REQUEST_HEADERS} else ", ".join(REQUEST_HEADERS),
        "access-control-max-age": LONGEST_MEMORY,
    }
    if "access-control-request-private-network" in request.headers:
        allowed["access-control-allow-private-network"] = "true"
    return allowed
