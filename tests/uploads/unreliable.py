"""An unreliable network between a client and a local FastPix: a proxy that harms the requests to upload sessions."""

import re
import socket
import struct
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random
from threading import Lock, Thread
from typing import NamedTuple

from fastpix.uploads.wire import QUANTUM
from tests.servers import Listening

CHUNK = 65536
LENGTH = re.compile(rb"^content-length: *(\d+)\r$", re.IGNORECASE | re.MULTILINE)
PART = re.compile(rb"^content-range: *bytes (\d+)-(\d+)/(\d+)\r$", re.IGNORECASE | re.MULTILINE)
RANGE = re.compile(rb"^range: .*\r\n", re.IGNORECASE | re.MULTILINE)
SESSION = re.compile(rb"\w+ /_uploads/[^/]+/([0-9a-f-]{36})")


class Facts(NamedTuple):
    """What happened to an upload."""

    sent: int
    """The bytes of its file that the client has sent, counted each time."""
    faults: int
    """The number of faults."""


class Unreliable(Listening):
    """A proxy. Each request to a session goes wrong with a probability, in one of the ways in `FAULTS`.

    Args:
        port: The port of the local FastPix.
        probability: The probability of a fault, from 0 to 1.
        seed: Decides on the faults.
    """

    def __init__(self, port: int, probability: float, seed: int) -> None:
        super().__init__()
        self._there = ("127.0.0.1", port)
        self._probability = probability
        self._random = Random(seed)
        self._lock = Lock()
        self._sent: Counter[str] = Counter()
        self._faults: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/"

    def facts(self, upload_id: str) -> Facts:
        return Facts(self._sent[upload_id], self._faults[upload_id])

    def accepted(self, connection: socket.socket) -> None:
        Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while head := head_of(connection):
                Visit(self, connection, head).carry_out()

    def fault_of(self, upload_id: str) -> str:
        """Return the fault of a request to a session, or an empty text."""
        with self._lock:
            if self._random.random() >= self._probability:
                return ""
            self._faults[upload_id] += 1
            fault = self._random.choice([*FAULTS])
            self.kinds[fault] += 1
            return fault

    def part_of(self, size: int) -> int:
        """Return a number of bytes, at random."""
        with self._lock:
            return self._random.randint(0, size)

    def count(self, upload_id: str, size: int) -> None:
        with self._lock:
            self._sent[upload_id] += size

    def connect(self) -> socket.socket:
        return socket.create_connection(self._there)


class Visit:
    """A request of a client.

    Args:
        proxy: The proxy.
        client: The connection of the client.
        head: The first line and the headers of the request.
    """

    def __init__(self, proxy: Unreliable, client: socket.socket, head: bytes) -> None:
        session, length = SESSION.match(head), LENGTH.search(head)
        self._proxy = proxy
        self._client = client
        self._head = head
        self._left = int(length[1]) if length else 0
        self._upload_id = session[1].decode() if session else ""
        self._is_whole = True

    def carry_out(self) -> None:
        fault = self._proxy.fault_of(self._upload_id) if self._upload_id else ""
        FAULTS.get(fault, Visit.pass_on)(self)

    def pass_on(self) -> None:
        self._client.sendall(self._answer())

    def reset_at_the_head(self) -> None:
        self._reset()

    def reset_in_the_body(self) -> None:
        """Let a part of the body arrive, and reset both connections."""
        with self._proxy.connect() as server:
            server.sendall(self._head)
            self._move(server, self._proxy.part_of(self._left))
            _reset(server)
        self._reset()

    def refuse(self) -> None:
        self._move(None, self._left)
        self._client.sendall(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")

    def commit_a_part(self) -> None:
        """Let the server have the first half of a part, and tell the client so."""
        found = PART.search(self._head)
        kept = self._left // 2 // QUANTUM * QUANTUM
        if found is None or not kept:
            self.pass_on()
            return
        start = int(found[1])
        named = b"content-range: bytes %d-%d/%s\r" % (start, start + kept - 1, found[3])
        head = LENGTH.sub(b"content-length: %d\r" % kept, PART.sub(named, self._head))
        with self._proxy.connect() as server:
            server.sendall(head)
            self._move(server, kept)
            self._move(None, self._left)
            self._client.sendall(_response(server))

    def leave_out_the_range(self) -> None:
        self._client.sendall(RANGE.sub(b"", self._answer()))

    def lose_the_response(self) -> None:
        self._answer()
        self._reset()

    def cut_the_response(self) -> None:
        self._client.sendall(self._answer()[:20])
        self._reset()

    def _answer(self) -> bytes:
        with self._proxy.connect() as server:
            server.sendall(self._head)
            self._move(server, self._left)
            return _response(server)

    def _move(self, server: socket.socket | None, size: int) -> None:
        """Read so many bytes of the body, and pass them to the server."""
        self._left -= size
        while size:
            data = self._client.recv(min(size, CHUNK))
            if not data:
                raise OSError("the client is gone")
            self._proxy.count(self._upload_id, len(data))
            size -= len(data)
            if server is not None:
                server.sendall(data)

    def _reset(self) -> None:
        _reset(self._client)
        raise OSError("the connection is reset")


FAULTS: dict[str, Callable[[Visit], None]] = {
    "reset at the head": Visit.reset_at_the_head,
    "reset in the body": Visit.reset_in_the_body,
    "503": Visit.refuse,
    "partial commit": Visit.commit_a_part,
    "308 without Range": Visit.leave_out_the_range,
    "lost response": Visit.lose_the_response,
    "cut response": Visit.cut_the_response,
}


def head_of(connection: socket.socket) -> bytes:
    """Return the first line and the headers of a message. Nothing after them is read."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        seen = connection.recv(CHUNK, socket.MSG_PEEK)
        if not seen:
            return b""
        end = (head + seen).find(b"\r\n\r\n")
        head += connection.recv(len(seen) if end < 0 else end + 4 - len(head))
    return head


def _response(server: socket.socket) -> bytes:
    """Return a whole response. There is none if the server has closed the connection."""
    head = head_of(server)
    length = LENGTH.search(head)
    body, left = b"", int(length[1]) if length else 0
    while len(body) < left and (data := server.recv(left - len(body))):
        body += data
    return head + body


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
