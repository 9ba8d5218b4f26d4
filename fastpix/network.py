"""What both kinds of connections share: which are kept, where they lead, with what trust, and through what."""

import os
import ssl
import sys
from collections import defaultdict, deque
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, Generic, Protocol, TypeVar, cast

import certifi
import httpcore

from fastpix.errors import ConfigurationError
from fastpix.messages import Origin, Request
from fastpix.redaction import shown, words_of
from fastpix.request import LOOPBACK

__all__ = [
    "KEEPALIVE_SECONDS",
    "MAX_CONNECTIONS",
    "Heard",
    "Idle",
    "PoolOfOne",
    "check_heard",
    "load_ahead",
    "naming_the_proxy",
    "route",
    "ssl_context",
    "to_httpcore",
]

MAX_CONNECTIONS = 100
KEEPALIVE_SECONDS = 5.0


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


class _Reusable(Protocol):
    def is_idle(self) -> bool: ...
    def has_expired(self) -> bool: ...


Connection = TypeVar("Connection", bound=_Reusable)


class Idle(Generic[Connection]):
    """Open connections that wait for a request, by origin. Threads may share it: each step is one of a deque."""

    def __init__(self) -> None:
        self._stacks: defaultdict[Origin, deque[Connection]] = defaultdict(deque)
        self._closed = False

    def take(self, wanted: Origin) -> tuple[Connection | None, list[Connection]]:
        """The good connection used last, if there is one, and those found too old, to be closed."""
        stack, old = self._stacks[wanted], list[Connection]()
        with suppress(IndexError):  # no more, or another thread was faster
            while len(stack) > 1:
                if _is_good(oldest := stack.popleft()):
                    stack.appendleft(oldest)
                    break
                old.append(oldest)
            while not _is_good(newest := stack.pop()):
                old.append(newest)
            return newest, old
        return None, old

    def put(self, origin: Origin, connection: Connection) -> list[Connection]:
        """Keeps a connection for the next request if it is good for one; gives those that are to be closed."""
        if not connection.is_idle():
            return [connection]
        self._stacks[origin].append(connection)
        return self.clear() if self._closed else []

    def close(self) -> list[Connection]:
        """Keeps none from now on; gives those that it kept."""
        self._closed = True
        return self.clear()

    def clear(self) -> list[Connection]:
        kept: list[Connection] = []
        for stack in list(self._stacks.values()):
            with suppress(IndexError):
                while True:
                    kept.append(stack.pop())
        return kept


class Heard:
    """A stream that knows whether anything was read since the last write."""

    heard = True


def check_heard(response: httpcore.Response) -> None:
    """Refuses an answer that was there before its request: one that follows another, unasked, would be taken for it."""
    stream: object = _extensions(response)["network_stream"]
    if isinstance(stream, Heard) and not stream.heard:
        raise httpcore.RemoteProtocolError("an answer came before its request")


def _extensions(response: Any) -> dict[str, object]:
    """As typed as can be: that they are a dict is all that httpcore says."""
    return cast("dict[str, object]", response.extensions)


@contextmanager
def naming_the_proxy(host: str, port: int) -> Generator[None]:
    """Adds to the words of a failed connection that it was one to the proxy."""
    try:
        yield
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as problem:
        raise type(problem)(f"the proxy {host}:{port} can't be reached: {problem}") from problem


class PoolOfOne:
    """How a pool, as only a pool speaks to proxies, passes for a connection: it sees to its own."""

    def is_idle(self) -> bool:
        return True

    def has_expired(self) -> bool:
        return False


def _is_good(connection: _Reusable) -> bool:
    return connection.is_idle() and not connection.has_expired()


def to_httpcore(request: Request, limits: object) -> httpcore.Request:
    """The request as httpcore takes it."""
    scheme, host, port = request.origin
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=scheme, host=host, port=port, target=request.target),
        headers=request.headers,
        content=request.body,
        extensions={**request.extensions, "timeout": limits},
    )


def route(origin: Origin) -> tuple[httpcore.Origin, ssl.SSLContext | None, httpcore.Proxy | None]:
    """Where requests go, with what trust, and through what."""
    scheme, host, port = origin
    there = httpcore.URL(scheme=scheme, host=host, port=port, target=b"/").origin
    context = ssl_context() if scheme == b"https" else None
    return there, context, _proxy(scheme.decode(), host.decode())


def _proxy(scheme: str, host: str) -> httpcore.Proxy | None:
    """The proxy that the environment names. This machine itself is reached directly, as it may be in the clear."""
    if host in LOOPBACK:
        return None
    if sys.platform == "linux" and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None  # without loading what knows of the settings of other systems, too
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    address = proxies.get(scheme) or proxies.get("all")
    if not address or proxy_bypass(host):
        return None
    from httpx import Proxy

    try:
        found = Proxy(address if "://" in address else f"http://{address}")
    except Exception:  # whose words may hold a password
        raise httpcore.UnsupportedProtocol("the proxy that the environment names is not a url") from None
    if found.url.scheme not in ("http", "https"):
        raise httpcore.UnsupportedProtocol(f"a proxy is reached by http or https, not by {found.url.scheme}")
    return httpcore.Proxy(str(found.url), auth=found.raw_auth, headers=found.headers.raw)
