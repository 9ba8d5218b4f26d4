"""The local FastPix behind a port: in a thread, or in a process of its own."""

import socket
from collections.abc import Collection, Generator
from contextlib import contextmanager
from threading import Thread
from typing import Any, cast

import uvicorn

from fastpix.emulator.app import Application
from fastpix.emulator.environment import Server
from fastpix.emulator.http.connection import Connection
from fastpix.emulator.service import Emulator

__all__ = ["listen", "server_on", "serving", "uvicorn_server"]

ALL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - it only names them
"""An address of this machine alone for each address that stands for all."""


@contextmanager
def serving(emulator: Emulator) -> Generator[Server]:
    """Serve an emulator on a free port of this machine, in a thread, during a ``with`` block.

    The block gets the `Server`. This needs ``pip install 'fastpix[emulator]'``.

    Args:
        emulator: The local FastPix.
    """
    running = uvicorn_server(emulator, log_config=None, access_log=False)
    with listen() as listening:
        thread = Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield server_on(listening, emulator)
        finally:
            running.should_exit = True
            thread.join()


def listen(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """Return a socket that accepts connections from now on. Port 0 is any free port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=2048)
    # asyncio sets TCP_NODELAY only for a socket that names its protocol, and else each response waits 40 ms
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=listening.detach())


def server_on(listening: socket.socket, emulator: Emulator) -> Server:
    """Return the server on a listening socket. If that listens on all addresses, the host is a loopback address."""
    host, port = cast("tuple[str, int]", listening.getsockname()[:2])
    return Server(emulator, ALL_ADDRESSES.get(host, host), port)


def uvicorn_server(emulator: Emulator, hosts: Collection[str] = (), **settings: Any) -> uvicorn.Server:
    """Return a server for the emulator. Run it with ``uvicorn_server(emulator).run(sockets=[listen()])``.

    Args:
        emulator: The local FastPix.
        hosts: The hosts that a request may name, beside loopback ones and the address that it was sent to. Default: none.
        settings: More settings of `uvicorn.Config`.
    """
    ours: dict[str, Any] = {"lifespan": "off", "ws": "none", "http": Connection, "proxy_headers": False}
    return uvicorn.Server(uvicorn.Config(Application(emulator, hosts), **ours, **settings))
