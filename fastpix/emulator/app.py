"""An HTTP server for the local FastPix. Starlette and uvicorn pass each request to `Emulator.handle`."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fastpix.emulator.service import API_PATH, Emulator

__all__ = ["application", "listen", "server", "server_url", "serving"]

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def application(emulator: Emulator) -> Starlette:
    """Return an ASGI application that passes every request to the emulator."""
    handle = emulator.handle

    async def endpoint(request: Request) -> Response:
        raw_path: bytes = request.scope["raw_path"]
        query: bytes = request.scope["query_string"]
        url = httpx.URL(str(request.base_url)).copy_with(raw_path=raw_path + (b"?" + query if query else b""))
        passed_on = httpx.Request(request.method, url, headers=request.headers.raw, content=await request.body())
        answered = await run_in_threadpool(handle, passed_on) if emulator.waits else handle(passed_on)
        return Response(answered.content, answered.status_code, dict(answered.headers))

    return Starlette(routes=[Route("/{path:path}", endpoint, methods=METHODS)])


def listen(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """Return a socket that accepts connections from now on. Port 0 is any free port."""
    listening = socket.create_server((host, port), backlog=2048)
    # asyncio does not set this for these sockets, and each response on a kept connection would wait 40 ms
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def server_url(listening: socket.socket) -> str:
    """Return the server URL for a core: ``http://HOST:PORT/v1/``."""
    host, port = listening.getsockname()[:2]
    return f"http://{host}:{port}{API_PATH}/"


def server(emulator: Emulator) -> uvicorn.Server:
    """Return a server for the emulator. Run it with ``server(emulator).run(sockets=[listen()])``."""
    return uvicorn.Server(uvicorn.Config(application(emulator), log_level="warning", lifespan="off"))


@contextmanager
def serving(emulator: Emulator) -> Generator[str]:
    """Serve the emulator in a thread during the ``with`` block. The block gets the server URL."""
    running = server(emulator)
    with listen() as listening:
        thread = Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield server_url(listening)
        finally:
            running.should_exit = True
            thread.join()
