"""A TCP server between a client and a local FastPix. It applies an action to the first requests."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Self

import httpx

from fastpix.emulator import Emulator

__all__ = ["Loop", "Proxy", "Visit"]

JSON = "content-type: application/json"


class Loop:
    """An event loop in a separate thread, for all proxies of a test."""

    def __enter__(self) -> Self:
        self.loop = asyncio.new_event_loop()
        self._thread = Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Visit:
    """A connection of a client, and the operations on it."""

    def __init__(self, proxy: "Proxy", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._reader = reader
        self.writer = writer
        self.over = proxy.over
        self.here = proxy.url
        self.elsewhere = proxy.elsewhere

    async def request(self) -> httpx.Request:
        """Read the whole request, and count it as one that reached the server."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = httpx.Headers([(name, value) for name, _, value in (line.partition(": ") for line in lines) if name])
        content = await self._reader.readexactly(int(headers.get("content-length", 0)))
        self._proxy.requests += 1
        return httpx.Request(method, httpx.URL(self.here).join(target), headers=headers, content=content)

    async def first_byte(self) -> None:
        await self._reader.readexactly(1)

    async def answer(self) -> bytes:
        """Read the request, let the local FastPix carry it out, and return the response."""
        response = self._proxy.emulator.handle(await self.request())
        return self._head(response.status_code, len(response.content), JSON) + response.content

    def write(self, status: int, content: bytes, *headers: str, length: int | None = None) -> None:
        """Write another response."""
        self.writer.write(self._head(status, len(content) if length is None else length, *headers) + content)

    def _head(self, status: int, length: int, *headers: str) -> bytes:
        lines = [f"HTTP/1.1 {status} Whatever", "connection: close", f"content-length: {length}", *headers, "", ""]
        return "\r\n".join(lines).encode()


class Proxy:
    """A proxy with a port of its own. It applies ``act`` to the first ``times`` connections, and passes on the others.

    If ``act`` is ``None``, nothing listens until `failed` has been called ``times`` times.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        emulator: Emulator,
        act: Callable[[Visit], Awaitable[None]] | None,
        times: int,
        elsewhere: str = "",
    ) -> None:
        self.emulator = emulator
        self.elsewhere = elsewhere
        self.requests = 0
        self.visits = 0
        self.over = asyncio.Event()
        self._loop = loop
        self._act = act
        self._times = times
        self._failures = 0
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1/"
        self._server: asyncio.Server | None = None
        if act is not None:
            self._start()

    def failed(self) -> None:
        """Count a failure that the client has seen.

        If ``act`` is ``None``, start to listen after ``times`` failures.
        """
        self._failures += 1
        if self._act is None and self._failures == self._times:
            self._start()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._socket.close()

    def _start(self) -> None:
        starting = asyncio.start_server(self._visited, sock=self._socket)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result()

    async def _stop(self) -> None:
        self.over.set()
        if self._server is not None:
            self._server.close()

    async def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        visit = Visit(self, reader, writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            if self._act is not None and self.visits <= self._times:
                await self._act(visit)
            else:
                writer.write(await visit.answer())
            await writer.drain()
        writer.close()
