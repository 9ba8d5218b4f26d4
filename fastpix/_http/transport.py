"""How a core reaches a server: its transport sends a request and reads the whole answer.

There are two kinds for each core, its own connections and a client or transport of httpx, which the user gave or the
environment asks for. In front
of either stand slots: so many requests are under way at once, and no more. What waits for a slot takes no connection,
no socket and none of the time of its attempt.
"""

import os
from functools import partial
from typing import TYPE_CHECKING, Protocol

from fastpix._call.messages import Limits, NeverBeganError, Request, Response
from fastpix._call.redaction import shown
from fastpix._http.deadline import Deadline
from fastpix._http.per_process import PerProcess
from fastpix.errors import ConfigurationError

if TYPE_CHECKING:
    import anyio

    from fastpix._http import kinds

__all__ = [
    "AsyncSlottedTransport",
    "AsyncTransport",
    "SlottedTransport",
    "Transport",
    "async_transport_of",
    "transport_of",
]

BACKSTOP_SECONDS = 0.1
"""How long after its own limits, which know what they ended, an async attempt is cut off whatever it does."""


class Transport(Protocol):
    """What a sync core sends through."""

    def send(self, request: Request, limits: Limits) -> Response:
        """Sends a request and reads the whole answer; whatever it raises is in place of one."""
        ...

    def close(self) -> None:
        """Closes the connections."""
        ...


class AsyncTransport(Protocol):
    """What an async core sends through."""

    async def send(self, request: Request, limits: Limits) -> Response:
        """As that of `Transport`."""
        ...

    async def close(self) -> None:
        """Closes the connections of the running event loop."""
        ...


class SlottedTransport:
    """A transport through which so many requests go at once."""

    def __init__(self, transport: Transport, count: int) -> None:
        from fastpix._http.slots import Slots

        self._transport = transport
        self._slots: PerProcess[Slots] = PerProcess(partial(Slots, count))

    def send(self, request: Request, limits: Limits) -> Response:
        slots = self._slots.get()
        slot = slots.take(Deadline(limits.deadline))
        try:
            return self._transport.send(request, limits)
        finally:
            slots.give_back(slot)

    def close(self) -> None:
        self._transport.close()


class AsyncSlottedTransport:
    """An async transport through which so many requests go at once, in each event loop."""

    def __init__(self, transport: AsyncTransport, count: int) -> None:
        from anyio import Semaphore

        from fastpix._http.per_loop import PerLoop

        self._transport = transport
        self._count = count
        self._free: PerLoop[anyio.Semaphore] = PerLoop(partial(Semaphore, count))

    async def send(self, request: Request, limits: Limits) -> Response:
        import anyio

        free = self._free.get()
        try:
            free.acquire_nowait()
        except anyio.WouldBlock:
            with anyio.move_on_after(Deadline(limits.deadline).left_to_begin()) as waiting:
                await free.acquire()
            if waiting.cancelled_caught:
                raise NeverBeganError(f"{self._count} calls were under way") from None
        try:
            with anyio.fail_after(Deadline.of(limits).left_to_begin() + BACKSTOP_SECONDS):
                return await self._transport.send(request, limits)
        finally:
            free.release()

    async def close(self) -> None:
        await self._transport.close()


def transport_of(
    client: "kinds.SyncClient | None", transport: "kinds.SyncTransport | None", server_url: str, max_connections: int
) -> Transport:
    """The transport of a sync core: what the user gave, or connections of its own."""
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
    return SlottedTransport(chosen, max_connections)


def async_transport_of(
    client: "kinds.AsyncClient | None",
    transport: "kinds.AsyncTransport | None",
    server_url: str,
    max_connections: int,
) -> AsyncTransport:
    """The same for an async core."""
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
    return AsyncSlottedTransport(chosen, max_connections)


def _is_httpx_wanted() -> bool:
    """Whether the environment says that cores send through httpx, so that what patches httpx sees them."""
    wanted = os.environ.get("FASTPIX_TRANSPORT", "")
    if wanted not in ("", "httpx"):
        raise ConfigurationError(f"FASTPIX_TRANSPORT must be httpx, or not set, not {shown(wanted)}")
    return wanted == "httpx"
