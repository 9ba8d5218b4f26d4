"""What is said to a proxy. Requests in the clear are passed on by it; for https it makes a tunnel.

Each connection through a proxy is a `HTTPConnection` of httpcore's, as those that lead to a server directly are. httpcore's
own way through a proxy is a pool, whose locks an exception of a signal handler can leave held.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpcore

from fastpix._call.response import PROXY_AUTHENTICATION_REQUIRED
from fastpix.errors import ConfigurationError

__all__ = ["authority", "naming_the_proxy", "to_forward", "tunnel_of", "tunnel_request"]


def authority(origin: httpcore.Origin) -> bytes:
    """Host and port, as a request and a message name them."""
    host = b"[%b]" % origin.host if b":" in origin.host else origin.host
    return b"%b:%d" % (host, origin.port)


def to_forward(request: Any, proxy: httpcore.Proxy) -> httpcore.Request:
    """A request of httpcore's, in the form in which a proxy passes it on."""
    return httpcore.Request(
        request.method,
        _url(proxy, bytes(request.url)),
        headers=[*proxy.headers, *request.headers],
        content=request.stream,
        extensions=request.extensions,
    )


def tunnel_request(proxy: httpcore.Proxy, host: str, port: int, timeout: float | None) -> httpcore.Request:
    """The request for a tunnel, which takes no longer than making a connection may."""
    target = authority(httpcore.Origin(b"https", host.encode("ascii"), port))
    return httpcore.Request(
        b"CONNECT",
        _url(proxy, target),
        headers=[(b"Host", target), *proxy.headers],
        extensions={"timeout": dict.fromkeys(("connect", "read", "write"), timeout)},
    )


def tunnel_of(response: Any, proxy: httpcore.Proxy) -> Any:
    """The network stream that leads through the tunnel; raises what it means that there is none."""
    if response.status == PROXY_AUTHENTICATION_REQUIRED:
        named = authority(proxy.url.origin).decode()
        raise ConfigurationError(f"the proxy {named} wants another username and password in its url (407)")
    if not 200 <= response.status < 300:
        raise httpcore.ConnectError(f"it answered {response.status}")
    return response.extensions["network_stream"]


@contextmanager
def naming_the_proxy(proxy: httpcore.Proxy) -> Generator[None]:
    """Makes of whatever fails in reaching a proxy a failed connection that names it: nothing of the call has been sent."""
    try:
        yield
    except (TimeoutError, httpcore.TimeoutException) as problem:
        raise httpcore.ConnectTimeout(_named(proxy, problem)) from problem
    except (httpcore.NetworkError, httpcore.ProtocolError) as problem:
        raise httpcore.ConnectError(_named(proxy, problem)) from problem


def _url(proxy: httpcore.Proxy, target: bytes) -> httpcore.URL:
    return httpcore.URL(scheme=proxy.url.scheme, host=proxy.url.host, port=proxy.url.port, target=target)


def _named(proxy: httpcore.Proxy, problem: Exception) -> str:
    return f"no connection through the proxy {authority(proxy.url.origin).decode()}: {problem or 'it took too long'}"
