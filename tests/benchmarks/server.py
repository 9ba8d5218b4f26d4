"""``python -m tests.benchmarks.server [CERTIFICATE]``: responds to each request with a page of ``limit`` streams."""

import asyncio
import re
import ssl
import sys
from functools import cache

from tests.benchmarks.answers import streams

DEFAULT_LIMIT = 10


@cache
def answer(limit: int) -> bytes:
    body = streams(limit)
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Answering(asyncio.Protocol):
    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            limit = re.search(rb"limit=(\d+)", head)
            self._transport.write(answer(int(limit[1]) if limit else DEFAULT_LIMIT))


async def main() -> None:
    context = None
    if len(sys.argv) > 1:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[1])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", 0, ssl=context, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    print(f"{'https' if context else 'http'}://127.0.0.1:{port}/v1", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
