"""HTTP requests and responses as the wire has them.

They are httpx's only where a user sees them: loading httpx takes longer than all else that a call needs.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

import msgspec

from fastpix.redaction import Discreet

if TYPE_CHECKING:
    import httpx

__all__ = ["FRAMING", "KEY", "Headers", "Origin", "Request", "Response", "header"]

Headers: TypeAlias = list[tuple[bytes, bytes]]


FRAMING = (b"content-length", b"transfer-encoding")
KEY = b"idempotency-key"


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


class Request(Discreet, frozen=True, gc=False):
    """A whole request.

    Attributes:
        target: path and query.
        extensions: what httpx calls so: things for a transport to know.
    """

    method: str
    origin: Origin
    target: bytes
    headers: Headers
    body: bytes = b""
    extensions: Mapping[str, object] = {}

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("method", self.method), ("url", self.url.partition("?")[0])]

    def with_header(self, name: bytes, value: bytes) -> "Request":
        return msgspec.structs.replace(self, headers=[*self.headers, (name, value)])

    @property
    def url(self) -> str:
        return f"{self.origin.scheme.decode()}://{self.origin.authority}{self.target.decode()}"

    def to_httpx(self) -> "httpx.Request":
        from httpx import ByteStream
        from httpx import Request as HttpxRequest

        stream, extensions = ByteStream(self.body), dict(self.extensions)
        request = HttpxRequest(self.method, self.url, headers=self.headers, stream=stream, extensions=extensions)
        request.read()  # tells transports that nothing is to come
        return request

    def changed(self, request: "httpx.Request") -> "Request":
        """What a hook made of it. Its length is told anew; an idempotency key stays, as retries rely on it."""
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
        return Request(request.method, origin, url.raw_path, headers, body, {**request.extensions})


class Response(Discreet, frozen=True, gc=False):
    """A whole answer as it came, its body decompressed. The body may hold secrets, so the repr hides it."""

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
