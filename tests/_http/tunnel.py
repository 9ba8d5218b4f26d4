"""A proxy that opens tunnels."""

import ssl
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import anyio
from anyio.abc import AnyByteStream, ByteStream, SocketAttribute
from anyio.from_thread import start_blocking_portal
from anyio.streams.buffered import BufferedByteReceiveStream
from anyio.streams.tls import TLSListener

__all__ = ["MADE", "Tunnel", "tunnel"]

MADE = b"HTTP/1.1 200 OK\r\n\r\n"
GONE = (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.IncompleteRead)


class Tunnel:
    """A proxy whose tunnels all lead to one local port, whatever target a client asks for."""

    def __init__(self, url: str, leads_to: int, answer: bytes) -> None:
        self.url = url
        self.asked: list[bytes] = []
        self._leads_to = leads_to
        self._answer = answer

    async def serve(self, near: ByteStream) -> None:
        try:
            async with near:
                head = await BufferedByteReceiveStream(near).receive_until(b"\r\n\r\n", 65536)
                self.asked.append(head)
                await self._lead(near)
        except* GONE:
            pass

    async def _lead(self, near: ByteStream) -> None:
        if self._answer:
            await near.send(self._answer)
        else:
            await near.receive()  # waits until the client closes the connection
        if self._answer == MADE:
            async with await anyio.connect_tcp("127.0.0.1", self._leads_to) as far, anyio.create_task_group() as both:
                both.start_soon(_pump, near, far)
                both.start_soon(_pump, far, near)


@contextmanager
def tunnel(leads_to: int, answer: bytes = MADE, tls: ssl.SSLContext | None = None) -> Generator[Tunnel]:
    """Run a proxy during the ``with`` block. If ``answer`` is empty, the proxy never responds."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_running(leads_to, answer, tls)) as made,
    ):
        yield made


@asynccontextmanager
async def _running(leads_to: int, answer: bytes, tls: ssl.SSLContext | None) -> AsyncGenerator[Tunnel]:
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        url = f"{'https' if tls else 'http'}://127.0.0.1:{listener.extra_attributes[SocketAttribute.local_port]()}"
        made = Tunnel(url, leads_to, answer)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(
                (TLSListener(listener, tls, standard_compatible=False) if tls else listener).serve, made.serve
            )
            yield made
            tasks.cancel_scope.cancel()


async def _pump(source: AnyByteStream, target: AnyByteStream) -> None:
    async for part in source:
        await target.send(part)
    await target.aclose()
