"""The local FastPix as an ASGI application for uvicorn. It passes each request to `Emulator.exchange`."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Any, TypeAlias

import httpx
from anyio.to_thread import run_sync
from uvicorn.protocols.http.h11_impl import H11Protocol

from fastpix.emulator.faults import NO_FAULT, Fault, parts
from fastpix.emulator.http.hosts import check_host, check_origin
from fastpix.emulator.http.wire import RefusedError, refusal
from fastpix.emulator.service import API_PATH, CONTROL_PATH, Emulator

__all__ = ["Application", "Protocol"]

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

LONGEST_WAIT = 30.0
"""The seconds for a client to send the headers of a request, to send its body, and to read the response: each of them."""
LARGEST_BODY = 64 * 1024 * 1024
"""The most bytes in the body of a request. The export of a large state has some megabytes."""


class Application:
    """The ASGI application. It refuses requests of foreign web pages, and does to the connection what a fault says.

    Args:
        emulator: The local FastPix.
        hosts: The hosts that a request may name, beside this machine and the address that it was sent to.
    """

    def __init__(self, emulator: Emulator, hosts: Collection[str] = ()) -> None:
        self._emulator = emulator
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        connection: Protocol = scope["state"]["connection"]
        try:
            request = await self._request(scope, receive)
        except RefusedError as refused:
            response, fault = refusal(refused), NO_FAULT
        except ConnectionAbortedError:
            return
        else:
            connection.unwatch()
            response, fault = await self._exchange(request)
            if fault.delay:
                await _pause(fault.delay, receive)
        connection.watch()
        await _deliver(response, fault, connection, receive, send)

    async def _request(self, scope: Message, receive: Receive) -> httpx.Request:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        named = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
        authority = named.get("host", "")
        check_host(authority, self.hosts_of(scope))
        target: str = (scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")).decode()
        if not target.startswith("/") or target.startswith("//"):
            raise RefusedError(400, "Bad Request", "The path must begin with one slash.")
        if target.startswith((f"{API_PATH}/", CONTROL_PATH)):
            check_origin(named.get("origin"), authority)
        try:
            url = httpx.URL(f"http://{authority}{target}")
        except httpx.InvalidURL as problem:
            raise RefusedError(400, "Bad Request", str(problem)) from problem
        has_body = "content-length" in named or "transfer-encoding" in named
        content = await _body(receive) if has_body else b""
        return httpx.Request(scope["method"], url, headers=headers, content=content)

    def hosts_of(self, scope: Message) -> AbstractSet[str]:
        """Return the hosts that a request may name, beside this machine: the address that it was sent to is one."""
        return self._hosts | {scope["server"][0]}

    async def _exchange(self, request: httpx.Request) -> tuple[httpx.Response, Fault]:
        if self._emulator.waits:
            return await run_sync(self._emulator.exchange, request)
        return self._emulator.exchange(request)


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST_BODY:
            raise RefusedError(413, "Content Too Large", f"The body must have at most {LARGEST_BODY} bytes.")
    return bytes(body)


async def _deliver(
    response: httpx.Response, fault: Fault, connection: "Protocol", receive: Receive, send: Send
) -> None:
    """Send a response, as far as the fault lets it through."""
    if fault.connection == "reset":
        connection.reset()
    elif fault.connection == "lost":
        connection.transport.close()
    else:
        await send({"type": "http.response.start", "status": response.status_code, "headers": response.headers.raw})
        if fault is NO_FAULT:
            await send({"type": "http.response.body", "body": response.content})
            return
        for part in parts(response.content, fault):
            if fault.drip:
                connection.unwatch()
                await _pause(fault.drip, receive)
                connection.watch()
            await send({"type": "http.response.body", "body": part, "more_body": True})
        if fault.connection == "cut":
            connection.transport.close()
        else:
            await send({"type": "http.response.body", "body": b""})
    if fault.connection:
        await _disconnected(receive)


async def _pause(seconds: float, receive: Receive) -> None:
    """Wait. A client that goes away meanwhile ends the wait."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await _disconnected(receive)


async def _disconnected(receive: Receive) -> None:
    """Wait until the connection is closed. uvicorn calls it an error if an application ends earlier without a response."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Protocol(H11Protocol):
    """HTTP/1.1 of uvicorn. It ends a client that takes too long, and its application can break the connection."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._application, self.app = self.app, self._run

    async def _run(self, scope: Any, receive: Any, send: Any) -> None:
        self.unwatch()
        self.watch()
        scope["state"]["connection"] = self
        await self._application(scope, receive, send)

    def watch(self) -> None:
        """End the connection if nothing else is heard of it: the client is to send something, or to read."""
        self._watch = self.loop.call_later(LONGEST_WAIT, self.transport.abort)

    def unwatch(self) -> None:
        """Let the connection live on, because the client waits for the server."""
        self._watch.cancel()

    def reset(self) -> None:
        """Close the connection with a TCP reset."""
        connected = self.transport.get_extra_info("socket")
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.watch()

    def on_response_complete(self) -> None:
        self.unwatch()
        self.watch()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self.unwatch()
        super().connection_lost(exc)
