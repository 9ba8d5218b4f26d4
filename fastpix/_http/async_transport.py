"""The async core's own transport: like `fastpix._http.sync_transport`, with a connection pool for each event loop."""

import ssl
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, cast

import anyio
import httpcore

from fastpix._call.messages import Limits, Origin, Request, Response
from fastpix._http.body import ResponseBody, async_chunks_of, end_of
from fastpix._http.connection import Stream, follow, is_reusable, name_to_look_up, to_httpcore
from fastpix._http.deadline import timeouts
from fastpix._http.framing import Framing
from fastpix._http.per_loop import ClosedWithLoop
from fastpix._http.pool import Pool
from fastpix._http.proxy import naming_the_proxy, to_forward, tunnel_of, tunnel_request
from fastpix._http.route import route

__all__ = ["OwnAsyncTransport"]


class OwnAsyncTransport:
    """A connection pool for each event loop in which a core is used. A pool is closed when its event loop ends."""

    def __init__(self) -> None:
        self._pools: ClosedWithLoop[Pool[httpcore.AsyncHTTPConnection]] = ClosedWithLoop(Pool, _close_all)

    async def send(self, request: Request, limits: Limits) -> Response:
        told = timeouts(limits)
        pool = await self._pools.get()
        connection, old = pool.take(request.origin, repeatable=request.repeatable)
        try:
            await _close(old)
            connection = connection or _connect(request.origin)
            response = await connection.handle_async_request(to_httpcore(request, async_chunks_of(request), told))
            follow(response)
            answer = await _read(response, limits.max_bytes)
        except BaseException:
            await _close([connection] if connection is not None else [])
            raise
        await _close(pool.put(request.origin, connection) if is_reusable(response) else [connection])
        return answer

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        await self._pools.close()


async def _read(response: httpcore.Response, max_bytes: int) -> Response:
    body = ResponseBody(response.status, response.headers, max_bytes)
    parts = aiter(response.aiter_stream())
    try:
        while body.is_wanted and (part := await anext(parts, None)) is not None:
            body.add(part)
    finally:
        with anyio.CancelScope(shield=True):  # a cancelled call must close the response too
            await response.aclose()
        await end_of(parts)
    return body.complete()


def _connect(origin: Origin) -> httpcore.AsyncHTTPConnection:
    there, context, proxy = route(origin)
    if proxy is None:
        return httpcore.AsyncHTTPConnection(there, context, network_backend=_Backend())
    if context is None:
        return _ForwardedConnection(proxy)
    return httpcore.AsyncHTTPConnection(there, context, network_backend=_TunnelBackend(proxy))


async def _close_all(pool: Pool[httpcore.AsyncHTTPConnection]) -> None:
    await _close(pool.close())


async def _close(connections: Iterable[httpcore.AsyncHTTPConnection]) -> None:
    """Close connections, even in a cancelled call.

    Without the shield, a cancelled call would end before all connections are closed.
    """
    for connection in connections:
        with anyio.CancelScope(shield=True), suppress(Exception):
            await connection.aclose()


class _Backend(httpcore.AsyncNetworkBackend):
    """The network backend of anyio, for asyncio and trio."""

    def __init__(self) -> None:
        self._sockets = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's name
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        name = name_to_look_up(host)
        try:
            return _Stream(await self._sockets.connect_tcp(name, port, timeout, local_address, socket_options))
        except httpcore.ConnectError as problem:
            raise httpcore.ConnectError("; ".join(dict.fromkeys(_reasons(problem)))) from problem


def _reasons(problem: BaseException) -> Iterator[str]:
    """Yield the operating system's error for each address. anyio's own error says only that all attempts failed."""
    cause = problem.__cause__
    behind: tuple[BaseException, ...] = getattr(cause, "exceptions", () if cause is None else (cause,))
    if not behind:
        yield str(problem)
    for each in behind:
        yield from _reasons(each)


class _ProxyBackend(_Backend):
    """A network backend that connects to a proxy."""

    def __init__(self, proxy: httpcore.Proxy) -> None:
        super().__init__()
        self._proxy = proxy

    async def connect_tcp(self, host: str, port: int, *arguments: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        with naming_the_proxy(self._proxy):
            return await super().connect_tcp(host, port, *arguments, **options)


class _TunnelBackend(httpcore.AsyncNetworkBackend):
    """A network backend that connects through a tunnel of a proxy."""

    def __init__(self, proxy: httpcore.Proxy) -> None:
        self._proxy = proxy

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's name
        *_: Any,
        **__: Any,
    ) -> httpcore.AsyncNetworkStream:
        proxy = self._proxy
        connection = httpcore.AsyncHTTPConnection(proxy.url.origin, proxy.ssl_context, network_backend=_Backend())
        with naming_the_proxy(proxy):
            try:
                with anyio.fail_after(timeout):
                    response = await connection.handle_async_request(tunnel_request(proxy, host, port, timeout))
                stream: httpcore.AsyncNetworkStream = tunnel_of(response, proxy)
            except BaseException:
                await _close([connection])
                raise
        return stream


class _ForwardedConnection(httpcore.AsyncHTTPConnection):
    """A connection to a proxy that forwards requests."""

    def __init__(self, proxy: httpcore.Proxy) -> None:
        super().__init__(proxy.url.origin, proxy.ssl_context, network_backend=_ProxyBackend(proxy))
        self._proxy = proxy

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        return await super().handle_async_request(to_forward(request, self._proxy))


class _Stream(Stream, httpcore.AsyncNetworkStream):
    """A socket. It is closed if the TLS handshake fails or the call is cancelled during the handshake."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        super().__init__()
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's name
        received = await self._stream.read(max_bytes, timeout)
        self.framing.receive(received)
        return received

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's name
        self.framing = Framing()
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's name
    ) -> httpcore.AsyncNetworkStream:
        try:
            return _Stream(await self._stream.start_tls(ssl_context, server_hostname, timeout))
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
