"""The request that a call sends, the limits for it, and the response, as they are on the wire.

httpx objects are created only where a user sees them, because importing httpx takes longer than everything else that a
call needs.
"""

from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

import msgspec

from fastpix._call.redaction import Redacted

if TYPE_CHECKING:
    import httpx

__all__ = [
    "FRAMING",
    "KEY",
    "Body",
    "Headers",
    "HeldBackError",
    "Limits",
    "NeverBeganError",
    "Origin",
    "Request",
    "Response",
    "header",
]

Headers: TypeAlias = list[tuple[bytes, bytes]]
Body: TypeAlias = bytes | Iterable[bytes] | AsyncIterable[bytes]
"""The whole body, or an iterable of its chunks. Only an async transport accepts an async iterable."""

FRAMING = (b"content-length", b"transfer-encoding")
KEY = b"idempotency-key"


class NeverBeganError(TimeoutError):
    """The deadline passed before anything was sent."""


class HeldBackError(Exception):
    """Nothing was sent, because a 429 came while the request waited for a slot. It must wait for its turn."""


class Limits(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The limits of one attempt. Durations are in seconds.

    Attributes:
        deadline: The time of the monotonic clock at which the whole call ends.
        attempt: The longest duration of the attempt, from the moment at which it has its slot.
        connect: The longest time for making a connection.
        silence: The longest time in which no byte is sent or received.
        max_bytes: The largest number of bytes in the body of a response, after decompression.
    """

    deadline: float
    attempt: float = inf
    connect: float
    silence: float = inf
    max_bytes: int


class Origin(NamedTuple):
    """The scheme, host and port of a server. Credentials belong to one origin.

    The port is ``None`` if it is the default port of the scheme.
    """

    scheme: bytes
    host: bytes
    port: int | None

    @property
    def authority(self) -> str:
        """The host, with the port if it is not the default port of the scheme."""
        name = f"[{self.host.decode()}]" if b":" in self.host else self.host.decode()
        return name if self.port is None else f"{name}:{self.port}"


class Request(Redacted, frozen=True, gc=False):
    """A whole request.

    Attributes:
        target: The path and the query.
        body: The body. If it is an iterable of chunks, the headers must contain its length or a transfer encoding.
        repeatable: Whether the request can be sent again if its connection is lost.
        extensions: The request extensions, as httpx calls them: extra information for a transport.
        on_sent: A function that is called with the number of bytes in each chunk of the body, after the chunk has been
            passed to the socket.
        is_signed: Whether the URL itself is the permission, so that no credentials must be added.
    """

    method: str
    origin: Origin
    target: bytes
    headers: Headers
    body: Body = b""
    repeatable: bool = True
    extensions: Mapping[str, object] = {}
    on_sent: Callable[[int], object] | None = None
    is_signed: bool = False

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("method", self.method), ("url", self.url.partition("?")[0])]

    def with_header(self, name: bytes, value: bytes) -> "Request":
        return msgspec.structs.replace(self, headers=[*self.headers, (name, value)])

    @property
    def url(self) -> str:
        return f"{self.origin.scheme.decode()}://{self.origin.authority}{self.target.decode()}"

    def to_httpx(
        self, chunks: Iterable[bytes] | AsyncIterable[bytes] | None = None, library: Any = None
    ) -> "httpx.Request":
        """Return the request as an ``httpx.Request``, or as the ``Request`` of ``library``, a fork of httpx.

        ``chunks`` replace the body if they are given.
        """
        if library is None:
            import httpx as library
        content, extensions = self.body if chunks is None else chunks, dict(self.extensions)
        request: httpx.Request = library.Request(
            self.method, self.url, headers=self.headers, content=content, extensions=extensions
        )
        return request

    def changed(self, request: "httpx.Request") -> "Request":
        """Return the request with the changes that a ``before_request`` hook made.

        The content length is set again. If the hook removed the idempotency key, the key is put back, because retries
        rely on it.
        """
        for name, kind, wanted in (("headers", "Headers", "raw"), ("url", "URL", "raw_host")):
            given = getattr(request, name)
            if not hasattr(given, wanted):
                raise TypeError(f"the {name} of the request must be an httpx.{kind}, not {type(given).__name__}")
        url, body = request.url, b"".join(cast("httpx.SyncByteStream", request.stream))
        headers = [(name, value) for name, value in request.headers.raw if name.lower() not in FRAMING]
        if any(b"\n" in value or b"\r" in value for _, value in headers):
            raise ValueError("the value of a header must not contain a line break")
        if body or "content-length" in request.headers:
            headers.append((b"content-length", b"%d" % len(body)))
        key = header(self.headers, KEY)
        if key is not None and header(headers, KEY) is None:
            headers.append((KEY, key.encode()))
        origin = Origin(url.raw_scheme, url.raw_host, url.port)
        return Request(request.method, origin, url.raw_path, headers, body, self.repeatable, {**request.extensions})


class Response(Redacted, frozen=True, gc=False):
    """A whole response. The ``repr`` hides the body, because it may contain secrets."""

    status: int
    """The HTTP status."""
    raw_headers: Headers
    """The headers as pairs of bytes."""
    body: bytes
    """The body, after decompression."""

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("status", self.status), ("bytes", len(self.body))]

    @property
    def headers(self) -> "httpx.Headers":
        """The headers as ``httpx.Headers``."""
        from httpx import Headers as HttpxHeaders

        return HttpxHeaders(self.raw_headers)


def header(headers: Headers, wanted: bytes) -> str | None:
    """Return the value of the first header with the name ``wanted``, which is in lower case, or ``None``."""
    for name, value in headers:
        if name.lower() == wanted:
            return value.decode("latin-1")
    return None
