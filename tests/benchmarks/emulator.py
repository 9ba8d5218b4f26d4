"""The costs of the local FastPix: a request to it, its start, and its memory.

This group runs in the environment with the official SDK and the extra ``emulator``.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from fastpix import FastpixCore
from fastpix.api.live_streams import GetLiveStreamRequest, live_streams_get
from fastpix.emulator import Emulator, Seed, SeedStream
from tests.benchmarks.measure import Row, child, cpu, paired, report

REQUESTS = 300
COMPILED = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "fastpix-bench")}
"""The environment of a process that keeps the bytecode of the checkout, as an installation has it."""
FIRST_ANSWER = """
from fastpix import FastpixCore
from fastpix.api.live_streams import live_streams_list
from fastpix.emulator import Emulator
emulator = Emulator()
core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())
assert live_streams_list(core).unwrap().data == []
"""
OFFICIAL = """
from fastpix_python import Fastpix, models
fastpix = Fastpix(models.Security(username="a", password="b"))
assert fastpix.manage_live_stream.get_all_streams
"""

LIBRARIES = "import httpx, msgspec, returns.result"
"""The least that a core with a transport needs."""


class Running(NamedTuple):
    """A server in a process of its own."""

    pid: int
    url: str
    """Its server URL."""

    def memory(self) -> float:
        """Return the bytes that it holds in memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) * 1024


@contextmanager
def running(*command: str) -> Generator[Running]:
    """Run a server that prints a line with its URL."""
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **COMPILED},
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield Running(process.pid, re.findall(r"http://\S+", process.stdout.readline())[0])
        finally:
            process.kill()


def requesting(url: str) -> Callable[[], float]:
    """Return a function that measures the mean seconds of a request for a URL, over one connection."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    token = b64encode(b"a:b").decode()
    request = f"GET {parts.path} HTTP/1.1\r\nhost: {parts.netloc}\r\nauthorization: Basic {token}\r\n\r\n".encode()

    def once() -> None:
        connection.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(head.decode())
        length = int(re.findall(rb"(?i)content-length: (\d+)", head)[0])
        while len(body) < length:
            body += connection.recv(65536)

    def measure() -> float:
        started = time.perf_counter()
        for _ in range(REQUESTS):
            once()
        return (time.perf_counter() - started) / REQUESTS

    return measure


def rows() -> Iterator[Row]:
    yield from _over_http()
    yield _in_process()
    first = paired(_lasting(FIRST_ANSWER), _lasting(OFFICIAL), 15)
    least = paired(_lasting(LIBRARIES), _lasting(OFFICIAL), 15)
    figure = "local FastPix: process start to first answer in process, to official ready to call"
    yield first.row(figure, 0.5, "ms", 1e3, floor=least.ratio)


def _lasting(program: str) -> Callable[[], float]:
    return lambda: child(program, COMPILED).seconds


def _over_http() -> Iterator[Row]:
    with running("fastpix.emulator", "--streams", "1", "--username", "a", "--password", "b") as ours:
        (stream,) = httpx.get(f"{ours.url}live/streams", auth=("a", "b")).json()["data"]
        path = f"live/streams/{stream['streamId']}"
        body = httpx.get(f"{ours.url}{path}", auth=("a", "b")).text
        with running("tests.benchmarks.bare_server", body) as bare:
            httpx.get(f"{bare.url}{path}")
            memory = paired(ours.memory, bare.memory, 1)
            speed = paired(requesting(f"{bare.url}{path}"), requesting(f"{ours.url}{path}"))
            yield Row(
                "local FastPix: requests for a stream over one connection, to a bare Starlette route",
                1 / speed.theirs,
                1 / speed.ours,
                "/s",
                speed.ratio,
                0.5,
                ">=",
            )
            yield memory.row("local FastPix: idle memory, to a bare Starlette route", 1.5, "MB", 1e-6)


def _in_process() -> Row:
    emulator = Emulator()
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream()])).stream_ids
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())
    request = GetLiveStreamRequest(stream_id)
    with httpx.Client(transport=emulator.transport(), auth=(emulator.username, emulator.password)) as client:
        body = client.get(f"https://fastpix.invalid/v1/live/streams/{stream_id}").content
    headers = {"content-type": "application/json"}
    mock = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=body))
    mocked = FastpixCore(username="a", password="b", transport=mock)
    calls = paired(
        cpu(lambda: live_streams_get(core, request), 200), cpu(lambda: live_streams_get(mocked, request), 200)
    )
    return calls.row("local FastPix: a call in process, to a bare MockTransport (CPU)", 3, "µs", 1e6)


if __name__ == "__main__":
    report(rows())
