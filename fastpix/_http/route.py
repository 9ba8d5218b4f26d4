"""Where a request goes, with what trust, and through what."""

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
    """The way to an origin. Without a context, it is spoken to in the clear; without a proxy, directly."""

    origin: httpcore.Origin
    context: ssl.SSLContext | None
    proxy: httpcore.Proxy | None


def route(origin: Origin) -> Route:
    """The way to an origin, by the environment of this moment."""
    scheme, host, port = origin
    there = httpcore.URL(scheme=scheme, host=host, port=port, target=b"/").origin
    context = ssl_context() if scheme == b"https" else None
    return Route(there, context, _proxy(scheme.decode(), host.decode(), there.port))


@cache
def ssl_context() -> ssl.SSLContext:
    """One for the process, as reading the certificates takes long: those that the environment names, or certifi's."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    try:
        return ssl.create_default_context(cafile=file or (None if folder else certifi.where()), capath=folder)
    except OSError as problem:
        named = f"SSL_CERT_FILE={shown(file)}" if file else certifi.where()
        raise ConfigurationError(f"the certificates of {named} can't be read: {words_of(problem)}") from None


def load_ahead(server_url: str) -> None:
    """Makes that context now, when a core is made, rather than in its first call. What is wrong, the call will tell."""
    if server_url.lower().startswith("https:"):
        with suppress(ConfigurationError):
            ssl_context()


def _proxy(scheme: str, host: str, port: int) -> httpcore.Proxy | None:
    """The proxy that the environment names. This machine itself is reached directly, as it may be in the clear."""
    if is_loopback(host):
        return None
    if sys.platform == "linux" and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None  # without loading what knows of the settings of other systems, too
    from fastpix._http.environment_proxy import environment_proxy

    found = environment_proxy(scheme, host, port)
    if found is None:
        return None
    context = ssl_context() if found.url.scheme == "https" else None
    return httpcore.Proxy(str(found.url), auth=found.raw_auth, headers=found.headers.raw, ssl_context=context)
