"""The local FastPix as an ASGI application for uvicorn. It passes each request to `Emulator.exchange`.

Requests to the URLs of uploads go to `Emulator.receive`, since their bodies can be longer than the memory.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Generator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any, ParamSpec, TypeAlias, TypeVar

import h11
import httpx
import msgspec

from fastpix.emulator.faults import NO_FAULT, Fault, parts
from fastpix.emulator.http.connection import Connection
from fastpix.emulator.http.hosts import check_host, check_origin
from fastpix.emulator.http.wire import RefusedError, refusal
from fastpix.emulator.paths import API_PATH, CONTROL_PATH, is_control, is_slow, is_upload
from fastpix.emulator.playback.host import is_playback
from fastpix.emulator.service import Emulator
from fastpix.emulator.storage.bucket import Reception
from fastpix.emulator.store.documents import StoreError

__all__ = ["Application"]

P = ParamSpec("P")
T = TypeVar("T")
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

LARGEST_BODY = 1024 * 1024
"""The most bytes in the body of a request to an operation."""
MOST_PIECES = 8
"""The most pieces of an upload that wait in memory while earlier ones are written. A piece has up to 320 KiB."""
CHANGES = f"{CONTROL_PATH}changes"
"""The path of what the Studio shows, as server-sent events."""
BETWEEN_LOOKS = 0.25
"""The seconds between two looks for changes."""
LARGEST_STATE = 64 * LARGEST_BODY
"""The most bytes in the body of a request below ``/_emulator/``."""


class Application:
    """The ASGI application. It refuses requests of foreign web pages, and does to the connection what a fault says.

    Args:
        emulator: The local FastPix.
        hosts: The hosts that a request may name, beside loopback ones and the address that it was sent to.
    """

    def __init__(self, emulator: Emulator, hosts: Collection[str] = ()) -> None:
        self._emulator = emulator
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        connection: Connection = scope["state"]["connection"]
        with suppress(ConnectionAbortedError):
            try:
                request = await self._request(scope, receive)
            except RefusedError as refused:
                response, fault = refusal(refused), NO_FAULT
            else:
                if request.url.path.removeprefix(API_PATH) == CHANGES:
                    return await self._tell_changes(connection, receive, send)
                carry_out = self._received if is_upload(request.url.path) else self._exchange
                response, fault = await carry_out(request, connection, receive)
            if fault.delay:
                await _pause(fault.delay, receive)
            try:
                await _deliver(response, fault, connection, receive, send)
            except h11.LocalProtocolError:  # the rest of the request is not HTTP, and uvicorn has refused it
                connection.close()
                await _disconnected(receive)

    async def _request(self, scope: Message, receive: Receive) -> httpx.Request:
        named = _named(scope["headers"])
        host = named.get("host", "")
        check_host(host, self._hosts | {scope["server"][0]})
        target: bytes = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        if not target.startswith(b"/") or target.startswith(b"//"):
            raise RefusedError(400, "Bad Request", "The path must begin with one slash.")
        try:
            url = httpx.URL(f"http://{host}{target.decode()}")
        except httpx.InvalidURL as problem:
            raise RefusedError(400, "Bad Request", str(problem)) from problem
        if not is_playback(url.path) and not is_upload(url.path):
            check_origin(named, host)
        has_body = ("content-length" in named or "transfer-encoding" in named) and not is_upload(url.path)
        most = LARGEST_STATE if is_control(url.path) else LARGEST_BODY
        return httpx.Request(
            scope["method"], url, headers=scope["headers"], content=await _body(receive, most) if has_body else b""
        )

    async def _exchange(
        self, request: httpx.Request, connection: Connection, _: Receive
    ) -> tuple[httpx.Response, Fault]:
        run = self._run_in_thread if is_slow(request.url.path) else self._run
        return await run(connection, self._emulator.exchange, request)

    async def _received(
        self, request: httpx.Request, connection: Connection, receive: Receive
    ) -> tuple[httpx.Response, Fault]:
        """Return the response to a request to the URL of an upload. Its body goes to the disk while it arrives.

        Raises:
            ConnectionAbortedError: The client is gone. What has arrived is kept.
        """
        reception = await self._run(connection, self._emulator.receive, request)
        if reception.takes_body:
            try:
                await _write(reception, receive, connection)
            except ConnectionAbortedError:
                await self._run(connection, reception.abort)
                raise
            await self._run_in_thread(connection, reception.prepare)
        return await self._run(connection, reception.end)

    async def _tell_changes(self, connection: Connection, receive: Receive, send: Send) -> None:
        """Send what the Studio shows, as server-sent events: at once, and after each change, until the client is gone."""
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        connection.unwatch()
        leaving = asyncio.create_task(_disconnected(receive))
        shown = b""
        while not leaving.done():
            with suppress(StoreError):  # another process has locked the file
                content = await asyncio.to_thread(lambda: msgspec.json.encode(self._emulator.snapshot()))
                if content != shown:
                    shown = content
                    await send({"type": "http.response.body", "body": b"data: " + content + b"\n\n", "more_body": True})
            await asyncio.wait({leaving}, timeout=BETWEEN_LOOKS)

    async def _run(self, connection: Connection, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function of the local FastPix, in another thread if it may wait for a disk."""
        if self._emulator.waits:
            return await self._run_in_thread(connection, function, *args, **kwargs)
        with _carrying_out(connection):
            return function(*args, **kwargs)

    async def _run_in_thread(
        self, connection: Connection, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call a function of the local FastPix that takes a while. Meanwhile other requests are answered."""
        with _carrying_out(connection):
            return await asyncio.to_thread(function, *args, **kwargs)


@contextmanager
def _carrying_out(connection: Connection) -> Generator[None]:
    connection.unwatch()
    connection.is_carrying_out = True
    try:
        yield
    finally:
        connection.is_carrying_out = False


def _named(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers by their names. A header that occurs twice has both values."""
    named: dict[bytes, bytes] = {}
    for name, value in headers:
        named[name] = named[name] + b", " + value if name in named else value
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in named.items()}


async def _body(receive: Receive, most: int) -> bytes:
    """Return the body of a request.

    Raises:
        RefusedError: It has more than ``most`` bytes (413).
        ConnectionAbortedError: The client is gone.
    """
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            raise RefusedError(413, "Content Too Large", f"The body must have at most {most} bytes.")
    return bytes(body)


async def _write(reception: Reception, receive: Receive, connection: Connection) -> None:
    """Write the body of a request to the disk. While a piece is written, the next ones arrive.

    Raises:
        ConnectionAbortedError: The client is gone. All that has arrived is written.
    """
    pieces: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_PIECES)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_empty(pieces, reception))
        is_gone = await _fill(pieces, receive, connection)
    if is_gone:
        raise ConnectionAbortedError


async def _fill(pieces: asyncio.Queue[bytes | None], receive: Receive, connection: Connection) -> bool:
    """Queue the body as it arrives. A client may take its time for all of it, but not for a piece.

    Return whether the client went away before its end.
    """
    while True:
        connection.watch()
        message = await receive()
        connection.unwatch()
        is_gone: bool = message["type"] == "http.disconnect"
        await pieces.put(connection.unread() if is_gone else message["body"])
        if is_gone or not message["more_body"]:
            await pieces.put(None)
            return is_gone


async def _empty(pieces: asyncio.Queue[bytes | None], reception: Reception) -> None:
    """Write what is queued, all of it at a time, until the end is queued."""
    gathered: list[bytes | None] = [b""]
    while gathered[-1] is not None:
        gathered = [await pieces.get()]
        while not pieces.empty():
            gathered.append(pieces.get_nowait())
        await asyncio.to_thread(reception.write, b"".join(filter(None, gathered)))


async def _deliver(
    response: httpx.Response, fault: Fault, connection: Connection, receive: Receive, send: Send
) -> None:
    """Send a response, as far as the fault lets it through."""
    if fault.connection == "reset":
        connection.reset()
    elif fault.connection == "lost":
        connection.close()
    else:
        connection.watch()
        await send({"type": "http.response.start", "status": response.status_code, "headers": response.headers.raw})
        if not fault.is_in_parts:
            await send({"type": "http.response.body", "body": response.content})
            return
        for part in parts(response.content, fault):
            if fault.drip:
                connection.unwatch()
                await _pause(fault.drip, receive)
                connection.watch()
            await send({"type": "http.response.body", "body": part, "more_body": True})
        if fault.connection == "cut":
            connection.close()
        else:
            await send({"type": "http.response.body", "body": b""})
    if fault.connection:
        await _disconnected(receive)


async def _pause(seconds: float, receive: Receive) -> None:
    """Wait.

    Raises:
        ConnectionAbortedError: The client went away meanwhile.
    """
    leaving = asyncio.create_task(_disconnected(receive))
    gone, _ = await asyncio.wait({leaving}, timeout=seconds)
    if gone:
        raise ConnectionAbortedError
    leaving.cancel()


async def _disconnected(receive: Receive) -> None:
    """Wait until the connection is closed. uvicorn logs an error if an application ends earlier without a response."""
    while (await receive())["type"] != "http.disconnect":
        pass
