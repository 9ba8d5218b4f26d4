"""The route of a request: the origin, the SSL context and the proxy."""

import os
import ssl
import sys
from contextlib import suppress
from functools import cache
from typing import NamedTuple

import certifi
import httpcore

from fastpix._call.loopback import is_loopback
from fastpix._call.messages import Origin
from fastpix._call.redaction import shown, words_of
from fastpix.errors import ConfigurationError

__all__ = ["Route", "load_ahead", "route", "ssl_context"]


class Route(NamedTuple):
    """The route to an origin. Without a context, the connection is unencrypted. Without a proxy, it is direct."""

    origin: httpcore.Origin
    context: ssl.SSLContext | None
    proxy: httpcore.Proxy | None


def route(origin: Origin) -> Route:
    """Return the route to an origin. The proxy settings are read from the environment each time."""
    scheme, host, port = origin
    there = httpcore.URL(scheme=scheme, host=host, port=port, target=b"/").origin
    context = ssl_context() if scheme == b"https" else None
    return Route(there, context, _proxy(scheme.decode(), host.decode(), there.port))


@cache
def ssl_context() -> ssl.SSLContext:
    """Return the SSL context of the process, with the certificates that the environment names, or those of certifi.

    There is one for the process, because reading the certificates takes long.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    try:
        return ssl.create_default_context(cafile=file or (None if folder else certifi.where()), capath=folder)
    except OSError as problem:
        named = f"SSL_CERT_FILE={shown(file)}" if file else certifi.where()
        raise ConfigurationError(f"the certificates in {named} cannot be read: {words_of(problem)}") from None


def load_ahead(server_url: str) -> None:
    """Make the SSL context when a core is created, so that its first call need not do it. Without https, do nothing.

    An error is ignored here, because the call reports it.
    """
    if server_url.lower().startswith("https:"):
        with suppress(ConfigurationError):
            ssl_context()


def _proxy(scheme: str, host: str, port: int) -> httpcore.Proxy | None:
    """Return the proxy that the environment names, or ``None``.

    This machine is always reached directly, because requests to it may be unencrypted.
    """
    if is_loopback(host):
        return None
    if sys.platform == "linux" and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None  # avoids importing the code that also reads the settings of other systems
    from fastpix._http.environment_proxy import environment_proxy

    found = environment_proxy(scheme, host, port)
    if found is None:
        return None
    context = ssl_context() if found.url.scheme == "https" else None
    return httpcore.Proxy(str(found.url), auth=found.raw_auth, headers=found.headers.raw, ssl_context=context)
