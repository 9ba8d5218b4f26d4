"""The sync core's own way to the network: connections of httpcore, each for one request at a time.

Neither httpx's client nor httpcore's pool is in between: loading the one takes longer than the rest of a first call,
and the other looks at all its connections for each request, so that many calls at once cost the square of their
number. Here a call waits for a place, takes the connection used last, and gives both back.

httpcore hands the time limits of a request to its network backend as they are. So a `Deadline` takes the place of a
number, and each read and write is given what is left of it at that moment: a server that drips bytes, in the headers
or in the body, can't stretch it. httpx (below 1.0) requires httpcore 1.* itself.
"""

import os
import socket
import ssl
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from threading import Semaphore
from typing import Generic, Protocol, TypeVar
from weakref import finalize

import certifi
import httpcore

from fastpix.deadline import Deadline, NeverBeganError
from fastpix.messages import Headers, Origin, Request

__all__ = [
    "KEEPALIVE_SECONDS",
    "MAX_CONNECTIONS",
    "Answer",
    "Connections",
    "Idle",
    "PoolOfOne",
    "Processes",
    "load_ahead",
    "route",
    "ssl_context",
    "wanted",
]

MAX_CONNECTIONS = 100
KEEPALIVE_SECONDS = 5.0


@cache
def ssl_context() -> ssl.SSLContext:
    """One for the process, as reading the certificates takes long: those that the environment names, or certifi's."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    return ssl.create_default_context(cafile=file or (None if folder else certifi.where()), capath=folder)


def load_ahead(server_url: str) -> None:
    """Makes that context now, when a core is made, rather than in its first call. What is wrong, the call will tell."""
    if server_url.lower().startswith("https:"):
        with suppress(OSError):
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


class PoolOfOne:
    """How a pool, as only a pool speaks to proxies, passes for a connection: it sees to its own."""

    def is_idle(self) -> bool:
        return True

    def has_expired(self) -> bool:
        return False


def _is_good(connection: _Reusable) -> bool:
    return connection.is_idle() and not connection.has_expired()


class Connections:
    """The connections of a sync core, for all its threads."""

    def __init__(self) -> None:
        self._idle: Idle[httpcore.HTTPConnection | _Proxied] = Idle()
        self._places = Semaphore(MAX_CONNECTIONS)

    @contextmanager
    def place(self, deadline: float) -> Generator[None]:
        """Waits, until the deadline, for fewer than `MAX_CONNECTIONS` calls to be under way."""
        if not self._places.acquire(timeout=Deadline(deadline).left_to_begin()):
            raise NeverBeganError(f"{MAX_CONNECTIONS} calls were under way")
        try:
            yield
        finally:
            self._places.release()

    def send(self, request: Request, until: float, connect: float) -> "Answer":
        """Sends a request, and gives the answer once its headers are there."""
        whole, connected = Deadline(until), Deadline(min(time.monotonic() + connect, until))
        whole.left_to_begin()
        connection, old = self._idle.take(request.origin)
        _close(old)
        connection = connection or _connect(request.origin)
        try:
            response = connection.handle_request(wanted(request, {"connect": connected, "read": whole, "write": whole}))
        except BaseException:
            connection.close()
            raise
        return Answer(response, partial(self._give_back, request.origin, connection))

    def close(self) -> None:
        _close(self._idle.close())

    def _give_back(self, origin: Origin, connection: "httpcore.HTTPConnection | _Proxied") -> None:
        _close(self._idle.put(origin, connection))


class Processes:
    """The connections of a sync core: some for each process, as a forked child must not use its parent's."""

    def __init__(self) -> None:
        self._own: dict[int, Connections] = {}

    def here(self) -> Connections:
        """Those of this process."""
        process = os.getpid()
        own = self._own.get(process)
        if own is None:
            own = self._own.setdefault(process, Connections())
            finalize(self, own.close)
        return own

    def close(self) -> None:
        """Closes those of this process."""
        own = self._own.pop(os.getpid(), None)
        if own is not None:
            own.close()


class _Proxied(PoolOfOne, httpcore.ConnectionPool): ...


class Answer:
    """An answer whose body is still to come."""

    def __init__(self, response: httpcore.Response, give_back: Callable[[], None]) -> None:
        self._response = response
        self._give_back = give_back
        self.status: int = response.status
        self.headers: Headers = response.headers

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()

    def close(self) -> None:
        try:
            self._response.close()
        finally:
            self._give_back()


def _connect(origin: Origin) -> httpcore.HTTPConnection | _Proxied:
    there, context, proxy = route(origin)
    if proxy is not None:
        return _Proxied(context, proxy, max_connections=1, network_backend=_Backend())
    return httpcore.HTTPConnection(there, context, KEEPALIVE_SECONDS, network_backend=_Backend())


def _close(connections: "Iterable[httpcore.HTTPConnection | _Proxied]") -> None:
    for connection in connections:
        connection.close()


class _Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        problem: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in _addresses(host, port):  # one by one, as the standard library gives each the whole time
            try:
                stream = self._sockets.connect_tcp(
                    address, port, _left_to_connect(timeout), local_address, socket_options
                )
                return _Stream(stream)
            except httpcore.ConnectError as error:
                problem = error
        raise problem


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left_to_connect(timeout)))

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return [str(address[0]) for *_, address in found]


def _left(timeout: object) -> float | None:
    """The seconds for one socket call: httpcore's annotation says number, what it passes on is our `Deadline`."""
    return timeout.remaining() if isinstance(timeout, Deadline) else None


def _left_to_connect(timeout: object) -> float | None:
    try:
        return _left(timeout)
    except TimeoutError as passed:
        raise httpcore.ConnectTimeout(str(passed)) from passed


def wanted(request: Request, limits: object) -> httpcore.Request:
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
    try:
        context = ssl_context() if scheme == b"https" else None
    except OSError as problem:
        raise httpcore.ConnectError(f"the certificates can't be read: {problem}") from problem
    return there, context, _proxy(scheme.decode(), host.decode())


def _proxy(scheme: str, host: str) -> httpcore.Proxy | None:
    """The proxy that the environment names, taken as httpx takes it."""
    if sys.platform == "linux" and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None  # without loading what knows of the settings of other systems, too
    from urllib.request import getproxies, proxy_bypass

    from httpx import Proxy

    proxies = getproxies()
    address = proxies.get(scheme) or proxies.get("all")
    if not address or proxy_bypass(host):
        return None
    found = Proxy(address if "://" in address else f"http://{address}")
    return httpcore.Proxy(str(found.url), auth=found.raw_auth, headers=found.headers.raw)
