"""The transport in process: a request goes to the local FastPix without a socket, and its faults happen as on a network."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeAlias

import anyio
import httpx

from fastpix.emulator.faults import NO_FAULT, Fault, parts

__all__ = ["Exchange", "InProcessTransport"]

Exchange: TypeAlias = "Callable[[httpx.Request], tuple[httpx.Response, Fault]]"
"""Returns the response to a request, and what goes wrong on its way to the client."""


class InProcessTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport for cores, and for clients of httpx, blocking and async.

    Args:
        exchange: Returns the response to a request, and what goes wrong on its way to the client.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        response, fault = self._exchange(request)
        if fault is NO_FAULT:
            return response
        _wait(fault.delay, request)
        return _delivered(response, fault, request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        response, fault = self._exchange(request)
        if fault is NO_FAULT:
            return response
        await _async_wait(fault.delay, request)
        return _delivered(response, fault, request)


def _delivered(response: httpx.Response, fault: Fault, request: httpx.Request) -> httpx.Response:
    """Return the response whose body arrives as the fault says. Raise what httpx raises if there is no response."""
    if fault.connection == "reset":
        raise httpx.ReadError("[Errno 104] Connection reset by peer", request=request)
    if fault.connection == "lost":
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
    if not fault.is_in_parts:
        return response
    return httpx.Response(
        response.status_code, headers=response.headers, stream=_FaultyBody(response.content, fault, request)
    )


class _FaultyBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, content: bytes, fault: Fault, request: httpx.Request) -> None:
        self._content = content
        self._fault = fault
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        for part in parts(self._content, self._fault):
            _wait(self._fault.drip, self._request)
            yield part
        self._end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in parts(self._content, self._fault):
            await _async_wait(self._fault.drip, self._request)
            yield part
        self._end()

    def _end(self) -> None:
        if self._fault.connection == "cut":
            message = "peer closed connection without sending complete message body"
            raise httpx.RemoteProtocolError(message, request=self._request)


def _wait(seconds: float, request: httpx.Request) -> None:
    """Wait, for as long as the client waits for data. Raise httpx's error if that is not long enough."""
    time.sleep(min(seconds, _limit(request)))
    _check_wait(seconds, request)


async def _async_wait(seconds: float, request: httpx.Request) -> None:
    await anyio.sleep(min(seconds, _limit(request)))
    _check_wait(seconds, request)


def _check_wait(seconds: float, request: httpx.Request) -> None:
    if seconds > _limit(request):
        raise httpx.ReadTimeout("The read operation timed out", request=request)


def _limit(request: httpx.Request) -> float:
    limit = request.extensions.get("timeout", {}).get("read")
    return float("inf") if limit is None else limit
