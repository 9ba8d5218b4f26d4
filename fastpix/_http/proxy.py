"""Requests to a proxy. A proxy forwards unencrypted requests. For https, it opens a tunnel.

Each connection through a proxy is an ``HTTPConnection`` of httpcore, like a direct connection to a server. httpcore's
own support for proxies is a pool, and an exception of a signal handler can leave the locks of that pool held.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpcore

from fastpix._call.response import PROXY_AUTHENTICATION_REQUIRED
from fastpix.errors import ConfigurationError

__all__ = ["authority", "naming_the_proxy", "to_forward", "tunnel_of", "tunnel_request"]


def authority(origin: httpcore.Origin) -> bytes:
    """Return the host and port in the form for requests and messages."""
    host = b"[%b]" % origin.host if b":" in origin.host else origin.host
    return b"%b:%d" % (host, origin.port)


def to_forward(request: Any, proxy: httpcore.Proxy) -> httpcore.Request:
    """Return an httpcore request in the form that a proxy forwards."""
    return httpcore.Request(
        request.method,
        _url(proxy, bytes(request.url)),
        headers=[*proxy.headers, *request.headers],
        content=request.stream,
        extensions=request.extensions,
    )


def tunnel_request(proxy: httpcore.Proxy, host: str, port: int, timeout: float | None) -> httpcore.Request:
    """Return the request for a tunnel. Its timeout is the one for making a connection."""
    target = authority(httpcore.Origin(b"https", host.encode("ascii"), port))
    return httpcore.Request(
        b"CONNECT",
        _url(proxy, target),
        headers=[(b"Host", target), *proxy.headers],
        extensions={"timeout": dict.fromkeys(("connect", "read", "write"), timeout)},
    )


def tunnel_of(response: Any, proxy: httpcore.Proxy) -> Any:
    """Return the network stream through the tunnel. Raise an error if the proxy opened no tunnel."""
    if response.status == PROXY_AUTHENTICATION_REQUIRED:
        named = authority(proxy.url.origin).decode()
        raise ConfigurationError(f"the proxy {named} requires a valid username and password in its url (407)")
    if not 200 <= response.status < 300:
        raise httpcore.ConnectError(f"it responded with status {response.status}")
    return response.extensions["network_stream"]


@contextmanager
def naming_the_proxy(proxy: httpcore.Proxy) -> Generator[None]:
    """Convert an error in reaching a proxy to a connection error that names the proxy.

    A connection error means that nothing of the call has been sent.
    """
    try:
        yield
    except (TimeoutError, httpcore.TimeoutException) as problem:
        raise httpcore.ConnectTimeout(_named(proxy, problem)) from problem
    except (httpcore.NetworkError, httpcore.ProtocolError) as problem:
        raise httpcore.ConnectError(_named(proxy, problem)) from problem


def _url(proxy: httpcore.Proxy, target: bytes) -> httpcore.URL:
    return httpcore.URL(scheme=proxy.url.scheme, host=proxy.url.host, port=proxy.url.port, target=target)


def _named(proxy: httpcore.Proxy, problem: Exception) -> str:
    return (
        f"no connection through the proxy {authority(proxy.url.origin).decode()}: {str(problem) or 'it took too long'}"
    )
