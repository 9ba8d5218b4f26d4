"""The async core's own way to the network, as `fastpix.connections`, with a set of connections for each event loop."""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, NamedTuple, cast
from weakref import WeakKeyDictionary, ref

import anyio
import httpcore
from anyio.lowlevel import RunVar

from fastpix.deadline import Deadline, NeverBeganError, limits
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

__all__ = ["AsyncConnections", "AsyncIncoming", "Loops"]


class _Proxied(PoolOfOne, httpcore.AsyncConnectionPool): ...


class AsyncConnections:
    """The connections of an async core in one event loop."""

    def __init__(self) -> None:
        self._idle: Idle[httpcore.AsyncHTTPConnection | _Proxied] = Idle()
        self._places = anyio.Semaphore(MAX_CONNECTIONS)

    @asynccontextmanager
    async def place(self, deadline: float) -> AsyncGenerator[None]:
        """Waits, until the deadline, for fewer than `MAX_CONNECTIONS` calls to be under way."""
        try:
            self._places.acquire_nowait()
        except anyio.WouldBlock:
            with anyio.move_on_after(Deadline(deadline).left_to_begin()) as waiting:
                await self._places.acquire()
            if waiting.cancelled_caught:
                raise NeverBeganError(f"{MAX_CONNECTIONS} calls were under way") from None
        try:
            yield
        finally:
            self._places.release()

    async def send(self, request: Request, until: float, connect: float) -> "AsyncIncoming":
        """Sends a request, and gives the answer once its headers are there."""
        connection, old = self._idle.take(request.origin)
        try:
            await _close(old)
            connection = connection or _connect(request.origin)
            response = await connection.handle_async_request(to_httpcore(request, limits(until, connect)))
            check_heard(response)
        except BaseException:
            await _close([connection] if connection is not None else [])
            raise
        return AsyncIncoming(response, partial(self._give_back, request.origin, connection))

    async def aclose(self) -> None:
        await _close(self._idle.close())

    async def _give_back(self, origin: Origin, connection: "httpcore.AsyncHTTPConnection | _Proxied") -> None:
        await _close(self._idle.put(origin, connection))


class AsyncIncoming:
    """An answer whose body is still to come."""

    def __init__(self, response: httpcore.Response, give_back: Callable[[], Awaitable[None]]) -> None:
        self._response = response
        self._give_back = give_back
        self.status: int = response.status
        self.headers: Headers = response.headers

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._response.aiter_stream()

    async def aclose(self) -> None:
        with anyio.CancelScope(shield=True):  # a cancelled call, too, must close or give back
            try:
                await self._response.aclose()
            finally:
                await self._give_back()


def _connect(origin: Origin) -> httpcore.AsyncHTTPConnection | _Proxied:
    there, context, proxy = route(origin)
    if proxy is not None:
        return _Proxied(context, proxy, 1, keepalive_expiry=KEEPALIVE_SECONDS, network_backend=_ProxyBackend())
    return httpcore.AsyncHTTPConnection(there, context, KEEPALIVE_SECONDS, network_backend=_Backend())


async def _close(connections: "Iterable[httpcore.AsyncHTTPConnection | _Proxied]") -> None:
    """Each of them, even in a call that is cancelled: closing passes a point at which it would end."""
    for connection in connections:
        with anyio.CancelScope(shield=True), suppress(Exception):
            await connection.aclose()


class _Backend(httpcore.AsyncNetworkBackend):
    """anyio's, under asyncio and trio alike."""

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
        return _Stream(await self._sockets.connect_tcp(host, port, timeout, local_address, socket_options))


class _ProxyBackend(_Backend):
    async def connect_tcp(self, host: str, port: int, *arguments: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        with naming_the_proxy(host, port):
            return await super().connect_tcp(host, port, *arguments, **options)


class _Stream(Heard, httpcore.AsyncNetworkStream):
    """A socket; a call that is cancelled in the handshake of TLS leaves none open."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the same
        received = await self._stream.read(max_bytes, timeout)
        self.heard = True
        return received

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the same
        self.heard = False
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the same
    ) -> httpcore.AsyncNetworkStream:
        try:
            return _Stream(await self._stream.start_tls(ssl_context, server_hostname, timeout))
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class _Loop:
    """Stands for one run of asyncio or trio, and is forgotten with it."""


_current_loop: RunVar[_Loop] = RunVar("fastpix.loop")


def _loop() -> _Loop:
    try:
        return _current_loop.get()
    except LookupError:
        loop = _Loop()
        _current_loop.set(loop)
        return loop


class _Own(NamedTuple):
    connections: AsyncConnections
    lifetime: AsyncGenerator[None, None]


class Loops:
    """The connections of an async core: some for each event loop that it is used in, closed when that ends."""

    def __init__(self) -> None:
        self._own: WeakKeyDictionary[_Loop, _Own] = WeakKeyDictionary()

    async def here(self) -> AsyncConnections:
        """Those of the running event loop."""
        loop = _loop()
        own = self._own.get(loop)
        if own is None:
            connections = AsyncConnections()
            own = self._own[loop] = _Own(connections, _until_the_end_of(loop, connections, ref(self._own)))
            await anext(own.lifetime)
        return own.connections

    async def aclose(self) -> None:
        """Closes those of the running event loop."""
        own = self._own.pop(_loop(), None)
        if own is not None:
            await own.lifetime.aclose()


async def _until_the_end_of(
    loop: _Loop, connections: AsyncConnections, all_own: "ref[WeakKeyDictionary[_Loop, _Own]]"
) -> AsyncGenerator[None, None]:
    """Both asyncio and trio finish the generators begun in them before they end: the hook to close on time."""
    try:
        yield
    finally:
        own = all_own()
        if own is not None:
            own.pop(loop, None)  # what it knows of the loop would keep it for ever
        await connections.aclose()
