"""A server that reads parts and drops them, with as little memory as possible."""

import re
import socket

from tests.servers import Listening
from tests.uploads.unreliable import LENGTH, head_of

RANGE = re.compile(rb"content-range: bytes (?:\d+-(\d+)|\*)/(\d+|\*)", re.IGNORECASE)


class Draining(Listening):
    """A session that says that it has every byte that it got. One connection at a time is enough."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/file?upload_id=secret"

    def accepted(self, connection: socket.socket) -> None:
        buffer = bytearray(65536)
        with connection:
            while head := head_of(connection):
                length, found = LENGTH.search(head), RANGE.search(head)
                assert length is not None
                assert found is not None
                left = int(length[1])
                while left:
                    left -= connection.recv_into(buffer, min(left, len(buffer)))
                is_done = found[1] is not None and found[2] == b"%d" % (int(found[1]) + 1)
                has = b"range: bytes=0-%s\r\n" % found[1] if found[1] else b""
                connection.sendall(b"HTTP/1.1 %d -\r\n%scontent-length: 0\r\n\r\n" % (200 if is_done else 308, has))
