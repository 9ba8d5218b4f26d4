"""Transports: a transport sends a request for a core and reads the whole response.

There are two kinds. One has its own connections. The other sends through a client or transport of httpx, which the user
gave or the environment asks for. Slots in front of both kinds limit the number of concurrent requests. A request that
waits for a slot uses no connection and no socket, and the time limit of its attempt has not begun.
"""

import os
from functools import partial
from typing import TYPE_CHECKING, Protocol

from fastpix._call.messages import HeldBackError, Limits, NeverBeganError, Request, Response
from fastpix._call.redaction import shown
from fastpix._http.deadline import Deadline
from fastpix._http.per_process import PerProcess
from fastpix.errors import ConfigurationError

if TYPE_CHECKING:
    import anyio

    from fastpix._call.pace import Paces
    from fastpix._http import kinds
    from fastpix._http.slots import Slot, Slots

__all__ = [
    "AsyncSlottedTransport",
    "AsyncTransport",
    "SlottedTransport",
    "Transport",
    "async_transport_of",
    "transport_of",
]

BACKSTOP_SECONDS = 0.1
"""The seconds after its own time limits at which an async attempt is cancelled in any case.

The time limits come first, because their errors say which step took too long.
"""


class Transport(Protocol):
    """The transport that a sync core sends requests through."""

    def send(self, request: Request, limits: Limits) -> Response:
        """Send a request and return the whole response. Raise an exception if there is no whole response."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class AsyncTransport(Protocol):
    """The transport that an async core sends requests through."""

    async def send(self, request: Request, limits: Limits) -> Response:
        """Send a request and return the whole response, like `Transport.send`."""
        ...

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        ...


class SlottedTransport:
    """A transport that sends at most ``count`` requests at the same time."""

    def __init__(self, transport: Transport, count: int, paces: "Paces") -> None:
        from fastpix._http.slots import Slots

        self._transport = transport
        self._paces = paces
        self._slots: PerProcess[Slots] = PerProcess(partial(Slots, count))

    def send(self, request: Request, limits: Limits) -> Response:
        slots = self._slots.get()
        slot = slots.take_at_once() or self._waited(slots, request, limits)
        try:
            return self._transport.send(request, limits)
        finally:
            slots.give_back(slot)

    def _waited(self, slots: "Slots", request: Request, limits: Limits) -> "Slot":
        """Wait for a slot. Raise a `HeldBackError` if a 429 came meanwhile."""
        pace = self._paces.of(request.origin)
        stretch = pace.stretch
        slot = slots.take(Deadline(limits.deadline))
        if pace.stretch is not stretch:
            slots.give_back(slot)
            raise HeldBackError
        return slot

    def close(self) -> None:
        self._transport.close()


class AsyncSlottedTransport:
    """An async transport that sends at most ``count`` requests at the same time in each event loop."""

    def __init__(self, transport: AsyncTransport, count: int, paces: "Paces") -> None:
        from anyio import Semaphore

        from fastpix._http.per_loop import PerLoop

        self._transport = transport
        self._paces = paces
        self._count = count
        self._free: PerLoop[anyio.Semaphore] = PerLoop(partial(Semaphore, count))

    async def send(self, request: Request, limits: Limits) -> Response:
        import anyio

        free = self._free.get()
        try:
            free.acquire_nowait()
        except anyio.WouldBlock:
            await self._waited(free, request, limits)
        try:
            with anyio.fail_after(Deadline.of(limits).left_to_begin() + BACKSTOP_SECONDS):
                return await self._transport.send(request, limits)
        finally:
            free.release()

    async def _waited(self, free: "anyio.Semaphore", request: Request, limits: Limits) -> None:
        """Wait for a slot. Raise a `HeldBackError` if a 429 came meanwhile."""
        import anyio

        pace = self._paces.of(request.origin)
        stretch = pace.stretch
        with anyio.move_on_after(Deadline(limits.deadline).left_to_begin()) as waiting:
            await free.acquire()
        if waiting.cancelled_caught:
            raise NeverBeganError(f"no slot became free: max_connections={self._count}") from None
        if pace.stretch is not stretch:
            free.release()
            raise HeldBackError

    async def close(self) -> None:
        await self._transport.close()


def transport_of(
    client: "kinds.SyncClient | None",
    transport: "kinds.SyncTransport | None",
    server_url: str,
    max_connections: int,
    paces: "Paces",
) -> Transport:
    """Return the transport of a sync core.

    It sends through the user's client or transport. Without either, it sends through its own connections, or through
    its own httpx clients if the environment asks for httpx.
    """
    chosen: Transport
    if client is not None or transport is not None:
        from fastpix._http.httpx_transport import HttpxTransport

        chosen = HttpxTransport(client, transport)
    elif _is_httpx_wanted():
        from fastpix._http.httpx_transport import OwnClient

        chosen = OwnClient()
    else:
        from fastpix._http.route import load_ahead
        from fastpix._http.sync_transport import OwnTransport

        load_ahead(server_url)
        chosen = OwnTransport()
    return SlottedTransport(chosen, max_connections, paces)


def async_transport_of(
    client: "kinds.AsyncClient | None",
    transport: "kinds.AsyncTransport | None",
    server_url: str,
    max_connections: int,
    paces: "Paces",
) -> AsyncTransport:
    """Return the transport of an async core, like `transport_of`."""
    chosen: AsyncTransport
    if client is not None or transport is not None:
        from fastpix._http.httpx_transport import AsyncHttpxTransport

        chosen = AsyncHttpxTransport(client, transport)
    elif _is_httpx_wanted():
        from fastpix._http.httpx_transport import OwnAsyncClient

        chosen = OwnAsyncClient()
    else:
        from fastpix._http.async_transport import OwnAsyncTransport
        from fastpix._http.route import load_ahead

        load_ahead(server_url)
        chosen = OwnAsyncTransport()
    return AsyncSlottedTransport(chosen, max_connections, paces)


def _is_httpx_wanted() -> bool:
    """Return whether the environment asks for httpx, so that a library that patches httpx sees the requests."""
    wanted = os.environ.get("FASTPIX_TRANSPORT", "")
    if wanted not in ("", "httpx"):
        raise ConfigurationError(f"FASTPIX_TRANSPORT must be 'httpx' or unset, not {shown(wanted)}")
    return wanted == "httpx"
