"""The connection of a client, as a protocol of uvicorn. It disconnects a slow client, and can break on request."""

import asyncio
import socket
import struct
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["LONGEST_WAIT", "Connection"]

LONGEST_WAIT = 30.0
"""The most seconds for each of these: the headers of a request, its body, and the client reading the response."""


class Connection(H11Protocol):
    """HTTP/1.1. The application finds the connection of a request in ``scope["state"]["connection"]``."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._application: Any = self.app
        self.app: Any = self._run
        self._watch: asyncio.TimerHandle | None = None
        self.is_carrying_out: bool = False
        """Whether a request is being carried out. A server that stops waits for that."""

    async def _run(self, scope: Any, receive: Any, send: Any) -> None:
        self.watch()
        scope["state"]["connection"] = self
        await self._application(scope, receive, send)

    def watch(self) -> None:
        """Disconnect the client in `LONGEST_WAIT` seconds, unless `watch` or `unwatch` is called before."""
        self.unwatch()
        self._watch = self.loop.call_later(LONGEST_WAIT, self.transport.abort)

    def unwatch(self) -> None:
        """Let the client wait for the server."""
        if self._watch is not None:
            self._watch.cancel()

    def unread(self) -> bytes:
        """Return what has arrived of the body of a request and was not received when the client went away."""
        return bytes(self.cycle.body)

    def close(self) -> None:
        """Close the connection when everything is sent."""
        self.transport.close()

    def reset(self) -> None:
        """Close the connection with a TCP reset."""
        connected = self.transport.get_extra_info("socket")
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.watch()

    def on_response_complete(self) -> None:
        self.watch()
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        try:
            super().data_received(data)
        except h11.LocalProtocolError:  # uvicorn refuses what is not HTTP, even after a response
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.unwatch()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End the connection because the server stops. Only a request that is being carried out gets its response."""
        if self.is_carrying_out or not self.cycle or self.cycle.response_complete:
            super().shutdown()
        else:
            self.transport.abort()
