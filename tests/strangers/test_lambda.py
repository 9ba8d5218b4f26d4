"""The example for AWS Lambda in the runtime of AWS, which takes its events from a server of this machine."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any, TypeAlias

import pytest

from fastpix.emulator import Emulator, Inbox
from tests.emulator.acts import core_on, new_media
from tests.wheel import ROOT

Payload: TypeAlias = Callable[[bytes, dict[str, str]], dict[str, Any]]
HANDLER = "tests/examples/webhooks_lambda.handler"


class Runtime:
    """The server that a runtime asks for events, and that it gives the responses of the handler."""

    def __init__(self, port: int) -> None:
        self.address = f"127.0.0.1:{port}"
        self.events: Queue[dict[str, Any]] = Queue()
        self.responses: Queue[dict[str, Any]] = Queue()

    def respond(self, event: dict[str, Any]) -> int:
        self.events.put(event)
        status: int = self.responses.get(timeout=60)["statusCode"]
        return status


@contextmanager
def serving_events() -> Generator[Runtime]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = json.dumps(runtime.events.get()).encode()
            self._respond(200, body, {"Lambda-Runtime-Aws-Request-Id": "1", "Lambda-Runtime-Deadline-Ms": "9" * 13})

        def do_POST(self) -> None:
            runtime.responses.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self._respond(202, b"{}", {})

        def _respond(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {
                "Content-Length": str(len(body)),
                "Content-Type": "application/json",
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: the runtime is killed while it waits for an event."""

    with Server(("127.0.0.1", 0), Handler) as server:
        runtime = Runtime(server.server_port)
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield runtime
        runtime.events.put({})  # ends the request of the runtime that was killed
        server.shutdown()


def version_1(body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    return {"version": "1.0", "headers": headers, "body": body.decode(), "isBase64Encoded": False}


def version_2(body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    lower = {name.lower(): value for name, value in headers.items()}
    return {"version": "2.0", "headers": lower, "body": b64encode(body).decode(), "isBase64Encoded": True}


def deliver(runtime: Runtime, payload: Payload, body: bytes, headers: dict[str, str]) -> int:
    return runtime.respond(payload(body, headers))


@pytest.mark.parametrize("payload", [version_1, version_2])
def test_the_handler_accepts_what_a_local_fastpix_sends(payload: Payload) -> None:
    inbox = Inbox()
    with serving_events() as runtime:
        environment = {**os.environ, "AWS_LAMBDA_RUNTIME_API": runtime.address, "FASTPIX_WEBHOOK_SECRET": inbox.secret}
        command = [sys.executable, "-m", "awslambdaric", HANDLER]
        with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            try:
                with closing(Emulator()) as emulator:
                    emulator.clock.hold()
                    respond = partial(deliver, runtime, payload)
                    emulator.add_webhook(respond, secret=inbox.secret)
                    media_id = new_media(core_on(emulator), title="Ünïcödé 🎬")
                    emulator.clock.advance(seconds=9)
                    assert [delivery.status for delivery in emulator.deliveries()] == ["delivered"] * 2
                assert runtime.respond(payload(b'{"type":"a"}', {"FastPix-Signature": "x"})) == 400
            finally:
                process.kill()
            shown, _ = process.communicate(timeout=30)
    assert f"{media_id} is ready" in shown
