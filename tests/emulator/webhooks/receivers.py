"""A webhook behind a port of this machine, which responds as a test says."""

from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any


class Receiver:
    """What the webhook got, and what it responds with."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: Queue[tuple[bytes, dict[str, str]]] = Queue()
        self.statuses: list[int] = []
        """The statuses of the next responses. After these: 204."""
        self.headers: dict[str, str] = {}
        """The headers of the responses."""
        self.body = b""
        """The body of the responses."""

    def next(self) -> tuple[bytes, dict[str, str]]:
        return self.requests.get(timeout=30)


@contextmanager
def receiving(port: int = 0) -> Generator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.requests.put((body, dict(self.headers.items())))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hooks")
        thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()
