"""The local FastPix behind a socket: Starlette outside, `Emulator.handle` inside."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fastpix.emulator.service import API_PATH, Emulator

__all__ = ["application", "listen", "server", "server_url", "serving"]

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def application(emulator: Emulator) -> Starlette:
    """An ASGI application that answers everything with the emulator."""

    async def endpoint(request: Request) -> Response:
        raw_path: bytes = request.scope["raw_path"]
        query: bytes = request.scope["query_string"]
        url = httpx.URL(str(request.base_url)).copy_with(raw_path=raw_path + (b"?" + query if query else b""))
        answered = emulator.handle(
            httpx.Request(request.method, url, headers=request.headers.raw, content=await request.body())
        )
        return Response(answered.content, answered.status_code, dict(answered.headers))

    return Starlette(routes=[Route("/{path:path}", endpoint, methods=METHODS)])


def listen(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A socket that takes connections from now on; port 0 is any free one."""
    return socket.create_server((host, port), backlog=2048)


def server_url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{host}:{port}{API_PATH}/"


def server(emulator: Emulator) -> uvicorn.Server:
    """To be run with ``server(emulator).run(sockets=[listen()])``."""
    return uvicorn.Server(uvicorn.Config(application(emulator), log_level="warning", lifespan="off"))


@contextmanager
def serving(emulator: Emulator) -> Generator[str]:
    """The server url of an emulator that listens as long as the ``with`` block runs."""
    running = server(emulator)
    with listen() as listening:
        thread = Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield server_url(listening)
        finally:
            running.should_exit = True
            thread.join()
