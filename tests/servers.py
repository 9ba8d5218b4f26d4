"""A TCP server that misbehaves as a test demands, for behaviour that only real sockets show."""

import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self, TypeAlias

import pytest

Action: TypeAlias = "Callable[[socket.socket, Event], None]"
"""An action on a connection after a whole request has arrived. The event is set when the test is over."""


PAGE = b'{"success":true,"data":[],"pagination":{"totalRecords":0,"currentOffset":1,"offsetCount":0}}'
"""The body of a response that lists nothing."""


def answer(body: bytes = b'{"success":true}', status: int = 200, headers: tuple[str, ...] = ()) -> Action:
    """Return an action that sends a complete response."""
    head = "\r\n".join([f"HTTP/1.1 {status} Whatever", f"content-length: {len(body)}", *headers, "", ""])

    def send(connection: socket.socket, over: Event) -> None:
        connection.sendall(head.encode() + body)

    return send


def answer_and_close(connection: socket.socket, over: Event) -> None:
    """Send a complete response, and close the connection without an announcement in the headers."""
    answer()(connection, over)
    connection.shutdown(socket.SHUT_RDWR)


def hang_up(connection: socket.socket, over: Event) -> None:
    """Close the connection without a response."""
    connection.shutdown(socket.SHUT_RDWR)


def cut_body(connection: socket.socket, over: Event) -> None:
    """Close the connection in the middle of the response."""
    connection.sendall(b'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"success":')
    connection.shutdown(socket.SHUT_RDWR)


def hang(connection: socket.socket, over: Event) -> None:
    """Send no response. Return when the client closes the connection or the test is over."""
    connection.settimeout(0.05)
    while not over.is_set():
        with suppress(TimeoutError):
            if not connection.recv(1):
                return


def drip(content: bytes, *, after: bytes = b"") -> Action:
    """Return an action that sends ``after`` at once, and then a byte every 50 ms until the test is over."""

    def send(connection: socket.socket, over: Event) -> None:
        connection.sendall(after)
        for byte in chain(content, repeat(ord(" "))):
            if over.wait(0.05):
                return
            connection.sendall(bytes([byte]))

    return send


class Listening:
    """A server with a port of its own during its ``with`` block. It calls `accepted` for each connection."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    def accepted(self, connection: socket.socket) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.accepted(connection)


class Scripted(Listening):
    """A server that applies the given actions to requests in turn, and repeats the last action."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self._tls = tls
        self.requests: list[bytes] = []
        self.connections = 0
        self._actions: list[Action] = [answer()]
        self._over = Event()

    def script(self, *actions: Action) -> None:
        self._actions = list(actions)

    def wait_for(self, requests: int) -> None:
        """Wait until this number of requests has arrived."""
        while len(self.requests) < requests:
            time.sleep(0.001)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1/"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        super().__exit__(kind, error, traceback)

    def accepted(self, connection: socket.socket) -> None:
        self.connections += 1
        Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            with self._tls.wrap_socket(plain, server_side=True) if self._tls else plain as connection:
                while request := _read_request(connection):
                    self.requests.append(request)
                    self._actions[min(len(self.requests), len(self._actions)) - 1](connection, self._over)
        except OSError:
            return


def _read_request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            return b""
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def unused_url() -> str:
    """Return a URL where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    return f"http://127.0.0.1:{port}/v1/"


def let_localhost_be(monkeypatch: pytest.MonkeyPatch, *addresses: str, name: str = "localhost") -> None:
    """Make a host name resolve to these addresses."""
    really = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        found = addresses if host in (name, name.encode()) else (host,)
        return [each for address in found for each in really(address, port, *rest, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def no_more_than(before: int) -> bool:
    """Return whether at most ``before`` file descriptors are open, after a wait of up to 15 seconds.

    The server runs in this process, and needs time to close its ends of the connections.
    """
    for _ in range(300):
        if descriptors() <= before:
            return True
        time.sleep(0.05)
    return False


class Stopwatch:
    """A context manager that measures the duration of its block, in seconds."""

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.seconds = time.monotonic() - self._started
