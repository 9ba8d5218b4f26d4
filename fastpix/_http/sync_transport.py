"""The sync core's own transport: connections of httpcore, each for one request at a time.

httpcore passes the time limits of a request to its network backend unchanged. So a `Deadline` takes the place of a
number, and each read and write gets the time that is left at that moment. A server that sends its headers or its body
very slowly cannot exceed the deadline.
"""

import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from fastpix._call.messages import Limits, Origin, Request, Response
from fastpix._http.addresses import connect_any
from fastpix._http.body import ResponseBody, chunks_of
from fastpix._http.connection import Stream, follow, is_reusable, name_to_look_up, to_httpcore
from fastpix._http.deadline import Deadline
from fastpix._http.framing import Framing
from fastpix._http.per_process import PerProcess
from fastpix._http.pool import Pool
from fastpix._http.proxy import naming_the_proxy, to_forward, tunnel_of, tunnel_request
from fastpix._http.route import route

__all__ = ["OwnTransport"]

SLICE = 64 * 1024


class OwnTransport:
    """The connections of a core, for all its threads. They are made when needed and kept for the next request."""

    def __init__(self) -> None:
        self._pools: PerProcess[Pool[httpcore.HTTPConnection]] = PerProcess(Pool, at_end=_close_all)

    def send(self, request: Request, limits: Limits) -> Response:
        deadline = Deadline.of(limits)
        deadline.left_to_begin()
        pool = self._pools.get()
        connection, old = pool.take(request.origin, repeatable=request.repeatable)
        _close(old)
        connection = connection or _connect(request.origin)
        timeouts = {"connect": deadline.to_connect(limits.connect), "read": deadline, "write": deadline}
        try:
            response = connection.handle_request(to_httpcore(request, chunks_of(request), timeouts))
            follow(response)
            answer = _read(response, limits.max_bytes)
        except BaseException:
            connection.close()
            raise
        _close(pool.put(request.origin, connection) if is_reusable(response) else [connection])
        return answer

    def close(self) -> None:
        """Close the connections of this process. A connection in use is closed after its request."""
        _close_all(self._pools.get())


def _read(response: httpcore.Response, max_bytes: int) -> Response:
    body = ResponseBody(response.status, response.headers, max_bytes)
    try:
        for part in response.iter_stream():
            body.add(part)
            if not body.is_wanted:
                break
    finally:
        response.close()
    return body.complete()


def _connect(origin: Origin) -> httpcore.HTTPConnection:
    there, context, proxy = route(origin)
    if proxy is None:
        return httpcore.HTTPConnection(there, context, network_backend=_Backend())
    if context is None:
        return _ForwardedConnection(proxy)
    return httpcore.HTTPConnection(there, context, network_backend=_TunnelBackend(proxy))


def _close(connections: Iterable[httpcore.HTTPConnection]) -> None:
    for connection in connections:
        connection.close()


def _close_all(pool: Pool[httpcore.HTTPConnection]) -> None:
    _close(pool.close())


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
        addresses = _addresses(host, port)
        if not addresses:
            raise httpcore.ConnectError(f"{host} has no address")

        def connect(address: str, seconds: float | None) -> httpcore.NetworkStream:
            return self._sockets.connect_tcp(address, port, seconds, local_address, socket_options)

        return _Stream(connect_any(addresses, connect, lambda: _left_to_connect(timeout)))


class _ProxyBackend(_Backend):
    """A network backend that connects to a proxy."""

    def __init__(self, proxy: httpcore.Proxy) -> None:
        super().__init__()
        self._proxy = proxy

    def connect_tcp(self, host: str, port: int, *arguments: Any, **options: Any) -> httpcore.NetworkStream:
        with naming_the_proxy(self._proxy):
            return super().connect_tcp(host, port, *arguments, **options)


class _TunnelBackend(httpcore.NetworkBackend):
    """A network backend that connects through a tunnel of a proxy."""

    def __init__(self, proxy: httpcore.Proxy) -> None:
        self._proxy = proxy

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any
    ) -> httpcore.NetworkStream:
        proxy = self._proxy
        connection = httpcore.HTTPConnection(proxy.url.origin, proxy.ssl_context, network_backend=_Backend())
        with naming_the_proxy(proxy):
            try:
                response = connection.handle_request(tunnel_request(proxy, host, port, timeout))
                stream: httpcore.NetworkStream = tunnel_of(response, proxy)
            except BaseException:
                connection.close()
                raise
        return stream


class _ForwardedConnection(httpcore.HTTPConnection):
    """A connection to a proxy that forwards requests."""

    def __init__(self, proxy: httpcore.Proxy) -> None:
        super().__init__(proxy.url.origin, proxy.ssl_context, network_backend=_ProxyBackend(proxy))
        self._proxy = proxy

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        return super().handle_request(to_forward(request, self._proxy))


class _Stream(Stream, httpcore.NetworkStream):
    """A socket."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        super().__init__()
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        received = self._stream.read(max_bytes, _left(timeout))
        self.framing.receive(received)
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.framing = Framing()
        for start in range(0, len(buffer), SLICE):  # each part of a longer write would get the whole time
            self._stream.write(buffer[start : start + SLICE], _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            left = _left_to_connect(timeout)
            return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))
        except BaseException:
            self._stream.close()
            raise

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(name_to_look_up(host), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    return [str(address[0]) for *_, address in found]


def _left(timeout: object) -> float | None:
    """Return the seconds for one socket call.

    The timeout is a number by httpcore's annotation, but httpcore passes our `Deadline` on.
    """
    return timeout.remaining() if isinstance(timeout, Deadline) else None


def _left_to_connect(timeout: object) -> float | None:
    try:
        return _left(timeout)
    except TimeoutError as passed:
        raise httpcore.ConnectTimeout(str(passed)) from passed
