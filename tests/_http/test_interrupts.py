"""An exception between any two steps of a call, as a signal handler may raise it. Tests raise it at an opcode."""

import json
import ssl
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, takewhile
from threading import Thread
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import pytest

from fastpix import FastpixCore, RequestOptions, Retries, with_response
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable
from tests._http.tunnel import tunnel
from tests.lengths import length

TRACED = ("fastpix._http", "fastpix.core", "httpcore._sync")
ONCE = RequestOptions(retries=Retries(attempts=1))


class Interrupt(BaseException):
    """The exception that the signal handler raises."""


class Echo(BaseHTTPRequestHandler):
    """A handler that responds with the path of the request, so that a response to another request is noticed."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # sends a response in one segment
    keeps = True

    def do_PUT(self) -> None:
        self.close_connection = not self.keeps
        body = json.dumps({"success": True, "path": urlsplit(self.path).path}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class EchoOnce(Echo):
    keeps = False


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: the tests cut connections on purpose."""


@contextmanager
def serving(kind: type[Echo], tls: ssl.SSLContext | None = None) -> Generator[int]:
    """Run a server in a thread, and yield its port."""
    with Server(("127.0.0.1", 0), kind) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(params=[Echo, EchoOnce])
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with serving(request.param) as port:
        yield f"http://127.0.0.1:{port}/v1/"


def enabled(core: FastpixCore, name: str) -> None:
    """Make a call, and check that it receives its own response."""
    seen = with_response(live_streams_enable)(core, EnableLiveStreamRequest(name), ONCE).unwrap()
    assert json.loads(seen.body)["path"] == f"/v1/live/streams/{name}/live-enable"


def interrupted(core: FastpixCore, at: int) -> bool:
    """Raise an exception at opcode ``at`` of a call.

    Return ``False`` if the call has fewer opcodes and is not interrupted.
    """
    left = at

    def step(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if not frame.f_globals.get("__name__", "").startswith(TRACED):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            left -= 1
            if left < 0:
                raise Interrupt
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        enabled(core, f"interrupted-{at}")
    except Interrupt:
        return True
    finally:
        sys.settrace(before)
    return False


SOCKETS_THAT_NOBODY_HAS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Ignores the warning of the garbage collector when it closes a socket that an interrupted call has abandoned."""


def survived(server_url: str, step: int = 1) -> int:
    """Interrupt calls at every opcode that ``step`` selects, and check that each next call succeeds.

    Return the last opcode.
    """
    last = 0
    with FastpixCore(
        username="a", password="b", server_url=server_url, timeout=20, max_connections=1, allow_http=True
    ) as core:
        enabled(core, "first")
        for at in takewhile(lambda at: interrupted(core, at), count(step=step)):
            enabled(core, f"after-{at}")
            last = at
    return last


@SOCKETS_THAT_NOBODY_HAS
def test_a_core_survives_an_interrupt_between_any_two_steps(server_url: str) -> None:
    assert survived(server_url, length(short=11, whole=2, long=1)) > 1000


@SOCKETS_THAT_NOBODY_HAS
def test_so_it_does_where_a_proxy_passes_on_its_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(EchoOnce) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        assert survived("http://fastpix.test/v1/", length(short=29, whole=7, long=1)) > 1000


@SOCKETS_THAT_NOBODY_HAS
def test_so_it_does_in_a_tunnel(tls_context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(EchoOnce, tls_context) as port, tunnel(port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert survived("https://fastpix.test/v1/", length(short=67, whole=17, long=1)) > 2000


ALARMS = """
import random, signal, sys
from fastpix import FastpixCore, Success
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable

class Interrupt(BaseException):
    pass

def ring(*_):
    raise Interrupt

core = FastpixCore(username="a", password="b", server_url=sys.argv[1], timeout=20, max_connections=2)
signal.signal(signal.SIGALRM, ring)
chance, interrupted = random.Random(1), 0
for number in range(int(sys.argv[2])):
    try:
        signal.setitimer(signal.ITIMER_REAL, chance.uniform(0.00005, 0.002))
        live_streams_enable(core, EnableLiveStreamRequest(str(number)))
        signal.setitimer(signal.ITIMER_REAL, 0)
    except Interrupt:
        interrupted += 1
for number in range(4):
    assert isinstance(live_streams_enable(core, EnableLiveStreamRequest("after")), Success)
print(interrupted)
"""


def test_a_core_survives_alarms_at_any_time(server_url: str) -> None:
    times = length(short=300, whole=300, long=20_000)
    program = [sys.executable, "-c", ALARMS, server_url, str(times)]
    done = subprocess.run(program, check=True, timeout=10 * times, capture_output=True, text=True)
    assert int(done.stdout) > times / 10
