"""What a call sends, within which limits, and what comes back: as the wire has it.

Requests and responses are httpx's only where a user sees them: loading httpx takes longer than all else that a call needs.
"""

from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

import msgspec

from fastpix._call.redaction import Redacted

if TYPE_CHECKING:
    import httpx

__all__ = ["FRAMING", "KEY", "Body", "Headers", "Limits", "NeverBeganError", "Origin", "Request", "Response", "header"]

Headers: TypeAlias = list[tuple[bytes, bytes]]
Body: TypeAlias = bytes | Iterable[bytes] | AsyncIterable[bytes]
"""The whole body, or a source of its chunks; only an async transport takes a source that is async."""

FRAMING = (b"content-length", b"transfer-encoding")
KEY = b"idempotency-key"


class NeverBeganError(TimeoutError):
    """The deadline had passed before anything was sent."""


class Limits(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """How long one attempt may take, and how much may come.

    Attributes:
        deadline: the moment of the monotonic clock at which the call ends.
        attempt: seconds from when the attempt has its slot.
        connect: seconds for making a connection.
        silence: seconds in which no byte moves, in either direction.
        max_bytes: the length of an answer, after decompression.
    """

    deadline: float
    attempt: float = inf
    connect: float
    silence: float = inf
    max_bytes: int


class Origin(NamedTuple):
    """Whom credentials are for."""

    scheme: bytes
    host: bytes
    port: int | None

    @property
    def authority(self) -> str:
        """The host, and its port if it is not the scheme's."""
        name = f"[{self.host.decode()}]" if b":" in self.host else self.host.decode()
        return name if self.port is None else f"{name}:{self.port}"


class Request(Redacted, frozen=True, gc=False):
    """A whole request.

    Attributes:
        target: path and query.
        body: to be sent; a source of chunks needs its length, or a transfer encoding, in the headers.
        repeatable: whether it is sent again if its connection is lost.
        extensions: what httpx calls so: things for a transport to know.
        on_sent: told the number of bytes of each chunk of the body, once they have been handed to the socket.
    """

    method: str
    origin: Origin
    target: bytes
    headers: Headers
    body: Body = b""
    repeatable: bool = True
    extensions: Mapping[str, object] = {}
    on_sent: Callable[[int], object] | None = None

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
        """The request as httpx has it, or a fork of it; ``chunks`` are sent in place of a body that is not whole."""
        if library is None:
            import httpx as library
        content, extensions = self.body if chunks is None else chunks, dict(self.extensions)
        request: httpx.Request = library.Request(
            self.method, self.url, headers=self.headers, content=content, extensions=extensions
        )
        return request

    def changed(self, request: "httpx.Request") -> "Request":
        """What a hook made of it. Its length is told anew; an idempotency key stays, as retries rely on it."""
        for name, kind, wanted in (("headers", "Headers", "raw"), ("url", "URL", "raw_host")):
            given = getattr(request, name)
            if not hasattr(given, wanted):
                raise TypeError(f"the {name} of the request must be an httpx.{kind}, not {type(given).__name__}")
        url, body = request.url, b"".join(cast("httpx.SyncByteStream", request.stream))
        headers = [(name, value) for name, value in request.headers.raw if name.lower() not in FRAMING]
        if any(b"\n" in value or b"\r" in value for _, value in headers):
            raise ValueError("a header has a line break in it")
        if body or "content-length" in request.headers:
            headers.append((b"content-length", b"%d" % len(body)))
        key = header(self.headers, KEY)
        if key is not None and header(headers, KEY) is None:
            headers.append((KEY, key.encode()))
        origin = Origin(url.raw_scheme, url.raw_host, url.port)
        return Request(request.method, origin, url.raw_path, headers, body, self.repeatable, {**request.extensions})


class Response(Redacted, frozen=True, gc=False):
    """A whole answer as it came, its body decompressed. The body may hold secrets, so the repr hides it.

    Attributes:
        status: the HTTP status.
        raw_headers: pairs of bytes; ``headers`` are those of httpx.
        body: decompressed.
    """

    status: int
    raw_headers: Headers
    body: bytes

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("status", self.status), ("bytes", len(self.body))]

    @property
    def headers(self) -> "httpx.Headers":
        from httpx import Headers as HttpxHeaders

        return HttpxHeaders(self.raw_headers)


def header(headers: Headers, wanted: bytes) -> str | None:
    """The value of a header, by its name in lower case."""
    for name, value in headers:
        if name.lower() == wanted:
            return value.decode("latin-1")
    return None
