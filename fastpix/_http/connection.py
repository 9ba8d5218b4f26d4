"""What the connections of both cores have in common. Each is httpcore's, and carries one request at a time."""

import ssl
from collections.abc import AsyncIterable, Iterable
from typing import Any

import httpcore

from fastpix._call.loopback import is_localhost
from fastpix._call.messages import Request
from fastpix._http.framing import Framing

__all__ = ["Stream", "follow", "is_reusable", "name_to_look_up", "to_httpcore"]


class Stream:
    """What both kinds of sockets tell.

    Attributes:
        framing: of the answer to what was written last.
    """

    def __init__(self) -> None:
        self.framing = Framing()

    def get_extra_info(self, info: str) -> Any:
        """What is known of the socket, by httpcore's names."""


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


def name_to_look_up(host: str) -> str:
    """The name that a host's addresses are found by: one under localhost is this machine's, whatever the DNS says."""
    return "localhost" if is_localhost(host) else host


def follow(response: httpcore.Response) -> None:
    """Begins to follow the body of an answer whose head has been read."""
    stream = _stream(response)
    if isinstance(stream, Stream):
        stream.framing.end_head(response.status, response.headers)


def is_reusable(response: httpcore.Response) -> bool:
    """Whether an answer that has been read ended certainly, and left nothing unread that the next one could begin with."""
    stream = _stream(response)
    if not isinstance(stream, Stream) or not stream.framing.is_at_end():
        return False
    return not _has_unread(stream.get_extra_info("ssl_object"))


def _has_unread(tls: object) -> bool:
    """Whether what TLS has taken from the socket holds more than was read. A `ssl.SSLSocket` takes no more than it gives."""
    if not isinstance(tls, ssl.SSLObject):
        return False
    try:
        tls.read(1)
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError:  # what came is no TLS
        return True
    return True


def _stream(response: Any) -> object:
    """The `Stream` that the backend made; one of httpcore's own around it of an answer 101; ``None`` of a mock's answer."""
    stream: object = response.extensions.get("network_stream")
    return stream
