"""Code that both cores share for connections. A connection is one of httpcore and carries one request at a time."""

import ssl
from collections.abc import AsyncIterable, Iterable
from typing import Any

import httpcore

from fastpix._call.loopback import is_localhost
from fastpix._call.messages import Request
from fastpix._http.framing import Framing

__all__ = ["Stream", "follow", "is_reusable", "name_to_look_up", "to_httpcore"]


class Stream:
    """The base class of sync and async sockets.

    Attributes:
        framing: Finds the end of the response to the last write.
    """

    def __init__(self) -> None:
        self.framing = Framing()

    def get_extra_info(self, info: str) -> Any:
        """Return a fact about the socket, by the name that httpcore uses."""


def to_httpcore(
    request: Request, content: bytes | Iterable[bytes] | AsyncIterable[bytes], timeouts: object
) -> httpcore.Request:
    """Return the request as an httpcore request."""
    scheme, host, port = request.origin
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=scheme, host=host, port=port, target=request.target),
        headers=request.headers,
        content=content,
        extensions={**request.extensions, "timeout": timeouts},
    )


def name_to_look_up(host: str) -> str:
    """Return the name to look up for a host. A name under localhost is always this machine, whatever the DNS says."""
    return "localhost" if is_localhost(host) else host


def follow(response: httpcore.Response) -> None:
    """Start to track the body of a response whose head has been read."""
    stream = _stream(response)
    if isinstance(stream, Stream):
        stream.framing.end_head(response.status, response.headers)


def is_reusable(response: httpcore.Response) -> bool:
    """Return whether the connection of a response that has been read can carry another request.

    The end of the response must be certain. No bytes may be left unread: the next response would begin with them.
    """
    stream = _stream(response)
    if not isinstance(stream, Stream) or not stream.framing.is_at_end():
        return False
    return not _has_unread(stream.get_extra_info("ssl_object"))


def _has_unread(tls: object) -> bool:
    """Return whether TLS has taken bytes from the socket that have not been read.

    An `ssl.SSLSocket` takes no more bytes than it returns.
    """
    if not isinstance(tls, ssl.SSLObject):
        return False
    try:
        tls.read(1)
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError:  # the bytes are not TLS
        return True
    return True


def _stream(response: Any) -> object:
    """Return the network stream of a response.

    It is a `Stream` of our backend, httpcore's own wrapper for a 101 response, or ``None`` for a response of a mock.
    """
    stream: object = response.extensions.get("network_stream")
    return stream
