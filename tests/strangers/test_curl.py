"""curl as a client of the local FastPix."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import pytest

from fastpix import FastpixCore, RequestOptions, Retries, pytest_plugin
from fastpix.api.media import DeleteMediaRequest, media_delete
from fastpix.emulator import Sent, Server
from fastpix.errors import ConnectionFailedError
from fastpix.uploads import UploadSession, send, start
from fastpix.uploads.wire import QUANTUM
from tests.emulator.processes import core_of, running
from tests.wheel import ROOT

fastpix_emulator = pytest_plugin.fastpix_emulator
fastpix_sent = pytest_plugin.fastpix_sent
fastpix_server = pytest_plugin.fastpix_server
CURL = str(shutil.which("curl"))
FILE = Random(4).randbytes(3 * QUANTUM + 777)
COMPLETE = [("complete", sha256(FILE).hexdigest())]
ONCE = RequestOptions(retries=Retries(attempts=1))
LARGE = 256 * 1024 * 1024
ROUNDS = 5
SLOWEST = 0.6
"""The least speed of our client, as a part of curl's. The goal is 0.8, and the machine may have other things to do."""
STREAM = {"playbackSettings": {"accessPolicy": "public"}, "inputMediaSettings": {"reconnectWindow": 60}}


@pytest.fixture
def curl(fastpix_server: Server) -> Any:
    """A function that calls curl for a path below the server URL, and returns what curl prints."""
    credentials = f"{fastpix_server.emulator.username}:{fastpix_server.emulator.password}"

    def call(path: str, *arguments: str, check: bool = True) -> str:
        command = [CURL, "--silent", "--show-error", "--user", credentials, *arguments, f"{fastpix_server.url}{path}"]
        return subprocess.run(command, capture_output=True, text=True, check=check, timeout=60).stdout

    return call


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "video.mp4"
    path.write_bytes(FILE)
    return path


def put(path: Path, session: UploadSession, *arguments: str) -> str:
    """Upload a file with curl, and return what curl tells about the requests and responses."""
    command = [CURL, "--silent", "--verbose", "--fail", *arguments, "--upload-file", str(path), session.url]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr


def arrived(server: Server) -> list[tuple[str, str | None]]:
    return [(each.status, each.sha256) for each in server.emulator.uploads()]


def test_curl_makes_lists_and_deletes_a_stream(curl: Any) -> None:
    made = json.loads(curl("live/streams", "--json", json.dumps(STREAM)))["data"]
    listed = json.loads(curl("live/streams?limit=5", "--compressed"))["data"]
    assert [stream["streamId"] for stream in listed] == [made["streamId"]]
    assert json.loads(curl(f"live/streams/{made['streamId']}", "--request", "DELETE"))["success"]
    assert "HTTP/1.1 404" in curl(f"live/streams/{made['streamId']}", "--include")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--header", "transfer-encoding: chunked"),
        ("--header", "expect: 100-continue"),
        ("--http1.0",),
        ("--http2",),  # an upgrade that the server declines
        ("--path-as-is",),
    ],
)
def test_curl_sends_a_body_in_any_way(curl: Any, fastpix_sent: list[Sent], arguments: tuple[str, ...]) -> None:
    body = {**STREAM, "inputMediaSettings": {"metadata": {f"key{number}": "v" * 255 for number in range(10)}}}
    made = json.loads(curl("live/streams", "--json", json.dumps(body), *arguments))
    assert made["success"], made
    assert [sent.body for sent in fastpix_sent] == [body]


def test_curl_sees_no_body_after_head(curl: Any) -> None:
    assert curl("live/streams", "--head").startswith("HTTP/1.1 405 ")


def test_curl_sees_faults_as_a_network_makes_them(curl: Any, fastpix_server: Server) -> None:
    planned = ["reset", "lost", "cut", {"delay": 30}]
    curl("_emulator/faults", "--json", json.dumps({"outcomes": planned}))
    codes = [
        re.findall(r"\d+$", curl("live/streams", "--max-time", "1", "--write-out", "%{exitcode}", check=False))[0]
        for _ in planned
    ]
    assert codes == ["56", "52", "18", "28"]  # reset, empty reply, partial file, timeout


def test_the_example_of_readme_seeds(fastpix_server: Server) -> None:
    (line,) = re.findall(r"^curl .*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    command = [part.replace("${FASTPIX_SERVER_URL}", fastpix_server.url) for part in shlex.split(line)]
    seeded = subprocess.run([CURL, *command[1:]], capture_output=True, text=True, check=True).stdout
    assert len(json.loads(seeded)["mediaIds"]) == 1


def test_curl_uploads_a_file(fastpix_server: Server, video: Path) -> None:
    with core_of(fastpix_server.environment) as core:
        told = put(video, start(core).unwrap())
    assert re.findall("^[<>] (?:Expect|HTTP).*?(?= ?$)", told, re.MULTILINE) == [
        "> Expect: 100-continue",
        "< HTTP/1.1 100 Continue",
        "< HTTP/1.1 200 OK",
    ]
    assert arrived(fastpix_server) == COMPLETE


def test_curl_goes_on_where_our_client_stopped(fastpix_server: Server, video: Path) -> None:
    with core_of(fastpix_server.environment) as core:
        session = start(core).unwrap()
        fastpix_server.emulator.fail("upload", [200, 200, "reset"])  # the question what has arrived, and a part
        stopped = send(core, session, video, part_size=QUANTUM, options=ONCE)
    assert isinstance(stopped.failure(), ConnectionFailedError)
    put(video, session, "--continue-at", str(QUANTUM))
    assert arrived(fastpix_server) == COMPLETE


def test_our_client_is_about_as_fast_as_curl(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(os.urandom(LARGE))
    with running() as variables, core_of(variables) as core:
        rounds = [
            (
                seconds(core, lambda session: send(core, session, path).unwrap()),
                seconds(core, lambda session: put(path, session)),
            )
            for _ in range(ROUNDS)
        ]
    ours, curls = (LARGE / min(each) / 1e6 for each in zip(*rounds, strict=True))
    with capsys.disabled():
        print(f"\nan upload: {ours:.0f} MB/s, {ours / curls:.2f} times as fast as curl")
    assert ours >= SLOWEST * curls


def seconds(core: FastpixCore, way: Callable[[UploadSession], object]) -> float:
    """Return how long an upload takes."""
    session = start(core).unwrap()
    begin = perf_counter()
    way(session)
    passed = perf_counter() - begin
    media_delete(core, DeleteMediaRequest(session.upload_id)).unwrap()
    return passed
