"""curl as a client of the local FastPix."""

import json
import re
import shlex
import shutil
import subprocess
from typing import Any

import pytest

from fastpix import pytest_plugin
from fastpix.emulator import Sent, Server
from tests.wheel import ROOT

fastpix_emulator = pytest_plugin.fastpix_emulator
fastpix_sent = pytest_plugin.fastpix_sent
fastpix_server = pytest_plugin.fastpix_server
CURL = str(shutil.which("curl"))
STREAM = {"playbackSettings": {"accessPolicy": "public"}, "inputMediaSettings": {"reconnectWindow": 60}}


@pytest.fixture
def curl(fastpix_server: Server) -> Any:
    """A function that calls curl for a path below the server URL, and returns what curl prints."""
    credentials = f"{fastpix_server.emulator.username}:{fastpix_server.emulator.password}"

    def call(path: str, *arguments: str, check: bool = True) -> str:
        command = [CURL, "--silent", "--show-error", "--user", credentials, *arguments, f"{fastpix_server.url}{path}"]
        return subprocess.run(command, capture_output=True, text=True, check=check, timeout=60).stdout

    return call


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
