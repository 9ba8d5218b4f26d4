"""What the connections of both cores have in common. Each is httpcore's, and carries one request at a time."""

from collections.abc import AsyncIterable, Iterable
from typing import Any, cast

import httpcore

from fastpix._call.messages import Request

__all__ = ["ProxiedConnection", "Stream", "check_not_early", "to_httpcore"]


class Stream:
    """What both kinds of sockets tell.

    Attributes:
        read_since_write: whether anything came after the last write.
    """

    read_since_write: bool = True


class ProxiedConnection:
    """How a pool of httpcore's for one connection passes for that: only a pool speaks to proxies, and sees to its own."""

    def is_idle(self) -> bool:
        return True

    def has_expired(self) -> bool:
        return False


def to_httpcore(
    request: Request, content: bytes | Iterable[bytes] | AsyncIterable[bytes], timeouts: object
) -> httpcore.Request:
    """The request as httpcore takes it."""
    scheme, host, port = request.origin
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=scheme, host=host, port=port, target=request.target),
        headers=request.headers,
        content=content,
        extensions={**request.extensions, "timeout": timeouts},
    )


def check_not_early(response: httpcore.Response) -> None:
    """Refuses an answer that was there before its request: one that follows another, unasked, would be taken for it."""
    stream: object = _extensions(response)["network_stream"]
    if isinstance(stream, Stream) and not stream.read_since_write:
        raise httpcore.RemoteProtocolError("an answer came before its request")


def _extensions(response: Any) -> dict[str, object]:
    """As typed as can be: that they are a dict is all that httpcore says."""
    return cast("dict[str, object]", response.extensions)
