"""The sync core's own way to the network: httpx's, with one deadline that nothing outlasts.

httpcore hands the time limits of a request to its network backend as they are. So a `Deadline` takes the
place of a number, and each read and write is given what is left of it at that moment: a server that drips
bytes, in the headers or in the body, can't stretch it. httpx (below 1.0) requires httpcore 1.* itself.
"""

import socket
import ssl
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

__all__ = ["Deadline", "DeadlineTransport", "ssl_context"]

MAX_CONNECTIONS = 100
KEEPALIVE_SECONDS = 5.0


@cache
def ssl_context() -> ssl.SSLContext:
    """One for the process: reading the certificates takes far longer than the rest of a client."""
    return httpx.create_ssl_context()


class Deadline:
    """A moment of the monotonic clock."""

    def __init__(self, at: float) -> None:
        self._at = at

    def remaining(self) -> float:
        """Seconds left; `TimeoutError` if there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


class DeadlineTransport(httpx.BaseTransport):
    """A connection pool for each origin; proxies as the environment says, like httpx's own transport."""

    def __init__(self) -> None:
        self._pools: dict[tuple[str, bytes], httpcore.ConnectionPool] = {}
        self._lock = Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        with _errors_of_httpx():
            response = self._pool(url).handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.read(),
                    extensions=request.extensions,
                )
            )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        with self._lock:
            pools = list(self._pools.values())
            self._pools.clear()
        for pool in pools:
            pool.close()

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        origin = (url.scheme, url.netloc)
        with self._lock:
            if origin not in self._pools:
                self._pools[origin] = httpcore.ConnectionPool(
                    ssl_context=ssl_context() if url.scheme == "https" else None,
                    proxy=_proxy(url),
                    max_connections=MAX_CONNECTIONS,
                    keepalive_expiry=KEEPALIVE_SECONDS,
                    network_backend=_Backend(),
                )
            return self._pools[origin]


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _errors_of_httpx():
            yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


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
                stream = self._sockets.connect_tcp(address, port, _left(timeout), local_address, socket_options)
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
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

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


def _proxy(url: httpx.URL) -> httpcore.Proxy | None:
    proxies = getproxies()
    address = proxies.get(url.scheme) or proxies.get("all")
    if not address or proxy_bypass(url.host):
        return None
    proxy = httpx.Proxy(address if "://" in address else f"http://{address}")
    return httpcore.Proxy(str(proxy.url), auth=proxy.raw_auth, headers=proxy.headers.raw)


@contextmanager
def _errors_of_httpx() -> Generator[None]:
    """Both name their errors alike; the pipeline knows httpx's."""
    try:
        yield
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.ProxyError) as error:
        kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__)
        raise kind(str(error)) from error
