"""The requests and responses of a resumable session, in which a file is sent in parts. The functions are pure.

The protocol is that of Google Cloud Storage, which FastPix uses for uploads.

* ``PUT`` with ``Content-Range: bytes 0-99/200`` sends a part. Every part but the last has a multiple of 256 KiB.
* 308 says that bytes are missing. Its ``Range: bytes=0-99`` says which the server has. Without ``Range``, it has none.
* 2xx says that the upload is complete.
* ``PUT`` without a body and with ``Content-Range: bytes */200`` asks what the server has.
* ``POST`` with ``x-goog-resumable: start`` opens a session. ``Location`` in the response is the URL of the session.

No request has credentials: the URL itself is the secret.
"""

import re
from urllib.parse import parse_qsl, urlsplit

from fastpix._call.loopback import is_loopback
from fastpix._call.messages import Headers, Origin, Request, Response, header
from fastpix._call.redaction import LEAST_CHARACTERS, Redacted
from fastpix._call.request import HOST_AND_PORT, PORTS, USER_AGENT
from fastpix.errors import ConfigurationError, Err, ResponseValidationError
from fastpix.reply import Failure, Result, Success

__all__ = [
    "QUANTUM",
    "RESUME_INCOMPLETE",
    "Place",
    "committed",
    "is_open",
    "opened",
    "opening",
    "part",
    "place_of",
    "status_query",
    "unreadable",
]

QUANTUM = 256 * 1024
"""The length of each part but the last is a multiple of these bytes."""
RESUME_INCOMPLETE = 308
SESSION_PARAMETER = "upload_id="
COMMITTED = r"(?:bytes=)?0-(\d{1,18})"
PRINTABLE = r"[!-~]+"


class Place(Redacted, frozen=True):
    """Where requests go: a URL in the form that requests need. The ``repr`` hides it."""

    origin: Origin
    target: bytes

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("host", self.origin.authority)]

    @property
    def secrets(self) -> list[str]:
        """The texts that must not be shown: the whole target, and the values in its query."""
        values = [value for _, value in parse_qsl(self.target.decode().partition("?")[2])]
        return [self.target.decode(), *(value for value in values if len(value) >= LEAST_CHARACTERS)]


def is_open(url: str) -> bool:
    """Return whether a URL is that of a session. Otherwise a POST to it opens one."""
    return SESSION_PARAMETER in url.partition("?")[2]


def place_of(url: str, *, allow_http: bool) -> Result[Place, ConfigurationError]:
    """Return the place of a URL. The error does not contain the URL, because it is a secret.

    Args:
        url: The URL of a session, or one that a POST opens.
        allow_http: Whether an ``http://`` URL may name a host other than this machine.
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        return Failure(_bad_url())
    if scheme not in PORTS or not re.fullmatch(PRINTABLE, url) or not re.fullmatch(HOST_AND_PORT, parts.netloc):
        return Failure(_bad_url())
    if scheme == "http" and not is_loopback(host) and not allow_http:
        return Failure(_bad_url())
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Success(
        Place(Origin(scheme.encode(), host.encode(), None if port == PORTS[scheme] else port), target.encode())
    )


def _bad_url() -> ConfigurationError:
    allowed = "an https:// URL in ASCII with a host and without credentials (http:// only for this machine)"
    return ConfigurationError(f"the URL of the upload must be {allowed}; it is not shown because it is a secret")


def opening(place: Place) -> Request:
    """Return the request that opens a session."""
    return _request("POST", place, [(b"x-goog-resumable", b"start")], b"")


def part(place: Place, start: int, data: bytes, total: int | None) -> Request:
    """Return the request that sends a part.

    Args:
        place: The place of the session.
        start: The number of bytes before the part.
        data: The part, at least 1 byte.
        total: The size of the whole file, or ``None`` as long as it is not known.
    """
    return _ranged(place, f"{start}-{start + len(data) - 1}", data, total)


def status_query(place: Place, total: int | None) -> Request:
    """Return the request that asks how many bytes the server has."""
    return _ranged(place, "*", b"", total)


def _ranged(place: Place, range: str, data: bytes, total: int | None) -> Request:
    content_range = f"bytes {range}/{'*' if total is None else total}"
    return _request("PUT", place, [(b"content-range", content_range.encode())], data)


def _request(method: str, place: Place, headers: Headers, data: bytes) -> Request:
    ours = [
        (b"host", place.origin.authority.encode()),
        (b"accept", b"*/*"),
        (b"user-agent", USER_AGENT.encode()),
        (b"content-type", b"application/octet-stream"),
        (b"content-length", b"%d" % len(data)),
    ]
    return Request(method, place.origin, place.target, [*ours, *headers], data, is_signed=True)


def committed(response: Response) -> Result[int, Err]:
    """Return the number of bytes that the server has, from a response with status 308."""
    text = header(response.raw_headers, b"range")
    if text is None:
        return Success(0)
    found = re.fullmatch(COMMITTED, text.strip())
    return Success(int(found[1]) + 1) if found else Failure(unreadable("its Range is not bytes=0-N"))


def opened(response: Response) -> Result[str, Err]:
    """Return the URL of the session that a POST opened."""
    url = header(response.raw_headers, b"location")
    return Failure(unreadable("it has no Location")) if url is None else Success(url)


def unreadable(what: str) -> ResponseValidationError:
    """Return the error for a response of a session that can't be understood."""
    return ResponseValidationError(f"the response of the session can't be understood: {what}")
