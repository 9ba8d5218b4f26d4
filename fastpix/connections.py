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
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Semaphore
from typing import Any
from weakref import finalize

import httpcore

from fastpix.deadline import Deadline, NeverBeganError
from fastpix.messages import Headers, Origin, Request
from fastpix.network import (
    KEEPALIVE_SECONDS,
    MAX_CONNECTIONS,
    Heard,
    Idle,
    PoolOfOne,
    check_heard,
    naming_the_proxy,
    route,
    to_httpcore,
)

__all__ = ["Connections", "Incoming", "Processes"]

SLICE = 16 * 1024


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

    def send(self, request: Request, until: float, connect: float) -> "Incoming":
        """Sends a request, and gives the answer once its headers are there."""
        whole, connected = Deadline(until), Deadline(min(time.monotonic() + connect, until))
        whole.left_to_begin()
        connection, old = self._idle.take(request.origin)
        _close(old)
        connection = connection or _connect(request.origin)
        try:
            response = connection.handle_request(
                to_httpcore(request, {"connect": connected, "read": whole, "write": whole})
            )
            check_heard(response)
        except BaseException:
            connection.close()
            raise
        return Incoming(response, partial(self._give_back, request.origin, connection))

    def close(self) -> None:
        _close(self._idle.close())

    def _give_back(self, origin: Origin, connection: "httpcore.HTTPConnection | _Proxied") -> None:
        _close(self._idle.put(origin, connection))


class Processes:
    """The connections of a sync core: some for each process, as a forked child must not use its parent's."""

    def __init__(self) -> None:
        self._own: dict[int, Connections] = {}
        self._closed = False

    def here(self) -> Connections:
        """Those of this process."""
        process = os.getpid()
        own = self._own.get(process)
        if own is None:
            own = self._own.setdefault(process, Connections())
            finalize(self, own.close)
        if self._closed:
            own.close()
        return own

    def close(self) -> None:
        """Closes those of this process, and what comes back to them."""
        self._closed = True
        own = self._own.pop(os.getpid(), None)
        if own is not None:
            own.close()


class _Proxied(PoolOfOne, httpcore.ConnectionPool): ...


class Incoming:
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
        return _Proxied(context, proxy, 1, keepalive_expiry=KEEPALIVE_SECONDS, network_backend=_ProxyBackend())
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
        addresses = _addresses(host, port)
        for number, address in enumerate(addresses):  # as the standard library gives each of them the whole time
            left = _left_to_connect(timeout)
            share = None if left is None else left / (len(addresses) - number)
            try:
                stream = self._sockets.connect_tcp(address, port, share, local_address, socket_options)
                return _Stream(stream, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem


class _ProxyBackend(_Backend):
    def connect_tcp(self, host: str, port: int, *arguments: Any, **options: Any) -> httpcore.NetworkStream:
        with naming_the_proxy(host, port):
            return super().connect_tcp(host, port, *arguments, **options)


class _Stream(Heard, httpcore.NetworkStream):
    """A socket; what gives no time limit, as a handshake with a proxy, has that of connecting."""

    def __init__(self, stream: httpcore.NetworkStream, limit: object) -> None:
        self._stream = stream
        self._limit = limit

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        received = self._stream.read(max_bytes, _left(timeout or self._limit))
        self.heard = True
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.heard = False
        for start in range(0, len(buffer), SLICE):  # as each part of a longer write would have the whole time
            self._stream.write(buffer[start : start + SLICE], _left(timeout or self._limit))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            left = _left_to_connect(timeout or self._limit)
            return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._limit)
        except BaseException:
            self._stream.close()
            raise

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
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
