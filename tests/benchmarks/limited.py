"""``python -m tests.benchmarks.limited LIMITER RATE TIME``: a server with a rate limit.

LIMITER is ``bucket`` or ``window``. TIME is the ``Retry-After`` of a 429, or empty. ``GET /refusals`` returns the number of
refusals, and of those that came later than the calls that were on the wire when the first 429 was sent.
"""

import asyncio
import json
import sys
import time

from tests.benchmarks.answers import streams
from tests.limiters import Bucket, Limiter, Window

ON_THE_WIRE = 0.2
"""A request that arrives in these seconds after the first 429 was on the wire before its client received the 429."""
LATENCY = 0.005
BODY = streams(10)


class Server:
    def __init__(self, limiter: Limiter, named: str) -> None:
        self._limiter = limiter
        self._named = f"retry-after: {named}\r\n" if named else ""
        self._refused: list[float] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                status, body = (200, self._told()) if b" /refusals" in head else self._limited()
                await asyncio.sleep(LATENCY)
                named = self._named if status == 429 else ""
                writer.write(
                    f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{named}content-length: {len(body)}\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _limited(self) -> tuple[int, bytes]:
        if self._limiter.allows(time.monotonic()):
            return 200, BODY
        self._refused.append(time.monotonic())
        return 429, b"{}"

    def _told(self) -> bytes:
        first = self._refused[0] if self._refused else 0.0
        later = sum(at > first + ON_THE_WIRE for at in self._refused)
        return json.dumps({"all": len(self._refused), "later": later}).encode()


async def main() -> None:
    kind, rate, named = sys.argv[1:]
    server = Server(Bucket(int(rate), int(rate)) if kind == "bucket" else Window(int(rate)), named)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, backlog=4096)
    print(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1", flush=True)
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
