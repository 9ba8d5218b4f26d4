"""Each test of the local FastPix runs in process, with a file, and behind a socket."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from fastpix import FastpixCore
from fastpix.emulator import Emulator, Inbox
from fastpix.emulator.faults import Fault
from fastpix.emulator.server import serving
from fastpix.emulator.storage.bucket import Reception
from tests.lengths import length

PLACES = ["in process", *["with a file", "behind a socket"] * length(short=0, whole=1, long=1)]


class Served(Emulator):
    """A local FastPix that answers in the name of another one, so that one server is enough for all tests."""

    def __init__(self) -> None:
        super().__init__()
        self.now: Emulator = self

    def exchange(self, request: httpx.Request) -> tuple[httpx.Response, Fault]:
        return self.now.exchange(request)

    def receive(self, request: httpx.Request) -> Reception:
        return self.now.receive(request)


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Served, str]]:
    served = Served()
    with serving(served) as server:
        yield served, server.url


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> str:
    place: str = request.param
    return place


@pytest.fixture
def emulator(place: str, tmp_path: Path) -> Iterator[Emulator]:
    """A local FastPix whose clock stands still."""
    with closing(Emulator(str(tmp_path / "fastpix.db") if place == "with a file" else ":memory:")) as emulator:
        emulator.clock.hold()
        yield emulator


@pytest.fixture
def inbox(emulator: Emulator) -> Inbox:
    """The webhooks of the local FastPix."""
    inbox = Inbox()
    emulator.add_webhook(inbox, secret=inbox.secret)
    return inbox


@pytest.fixture
def web(place: str, emulator: Emulator, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A plain HTTP client."""
    auth = (emulator.username, emulator.password)
    if place == "behind a socket":
        served, url = request.getfixturevalue("served")
        served.now = emulator
        with httpx.Client(base_url=httpx.URL(url).copy_with(path="/"), auth=auth) as client:
            yield client
    else:
        with httpx.Client(transport=emulator.transport(), base_url="https://api.fastpix.com", auth=auth) as client:
            yield client


@pytest.fixture
def core(emulator: Emulator, web: httpx.Client) -> Iterator[FastpixCore]:
    url = str(web.base_url.join("/v1/"))
    with FastpixCore(username=emulator.username, password=emulator.password, server_url=url, client=web) as core:
        yield core
