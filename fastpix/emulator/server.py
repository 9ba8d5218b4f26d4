"""The local FastPix as an HTTP server: on a port of this machine, in a thread or in a process of its own."""

import socket
from collections.abc import Collection, Generator
from contextlib import contextmanager
from threading import Thread
from typing import Any, cast

import msgspec
import uvicorn

from fastpix.emulator.app import Application, Protocol
from fastpix.emulator.service import API_PATH, Emulator

__all__ = ["Server", "listen", "serving", "uvicorn_server"]


class Server(msgspec.Struct, frozen=True):
    """A local FastPix that listens on a port."""

    emulator: Emulator
    """The local FastPix."""
    url: str
    """The server URL for a core, such as ``http://127.0.0.1:8080/v1/``."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which ``FastpixCore()`` uses this server."""
        return {
            "FASTPIX_SERVER_URL": self.url,
            "FASTPIX_USERNAME": self.emulator.username,
            "FASTPIX_PASSWORD": self.emulator.password,
        }

    @classmethod
    def on(cls, listening: socket.socket, emulator: Emulator) -> "Server":
        """Return the server on a listening socket. Its URL has a host of this machine."""
        host, port = cast("tuple[str, int]", listening.getsockname()[:2])
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - this binds to nothing
        return cls(emulator, f"http://{f'[{host}]' if ':' in host else host}:{port}{API_PATH}/")


def listen(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """Return a socket that accepts connections from now on. Port 0 is any free port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=2048)
    # asyncio sets TCP_NODELAY only for a socket that names its protocol, and else each response waits 40 ms
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=listening.detach())


def uvicorn_server(emulator: Emulator, hosts: Collection[str] = ()) -> uvicorn.Server:
    """Return a server for the emulator. Run it with ``uvicorn_server(emulator).run(sockets=[listen()])``.

    Args:
        emulator: The local FastPix.
        hosts: The hosts that a request may name, beside this machine and the address that it was sent to. Default: none.
    """
    settings: dict[str, Any] = {"lifespan": "off", "ws": "none", "http": Protocol, "proxy_headers": False}
    application = Application(emulator, hosts)
    return uvicorn.Server(uvicorn.Config(application, log_level="warning", timeout_graceful_shutdown=1, **settings))


@contextmanager
def serving(emulator: Emulator) -> Generator[Server]:
    """Serve the emulator in a thread during the ``with`` block."""
    running = uvicorn_server(emulator)
    with listen() as listening:
        thread = Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield Server.on(listening, emulator)
        finally:
            running.should_exit = True
            thread.join()
