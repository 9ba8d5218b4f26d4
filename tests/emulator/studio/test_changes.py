"""The changes that the Studio is told, as server-sent events."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Semaphore
from typing import Any

import httpx
import pytest

from fastpix.emulator import Emulator, Seed, SeedStream, StoreError
from fastpix.emulator.server import serving


@pytest.fixture
def place() -> str:
    return "in process"


@pytest.fixture
def page(emulator: Emulator) -> Iterator[httpx.Client]:
    """A client behind a socket."""
    with serving(emulator) as server, httpx.Client(base_url=server.url.removesuffix("v1/")) as client:
        yield client


def events(response: httpx.Response) -> Iterator[dict[str, Any]]:
    for line in response.iter_lines():
        name, _, text = line.partition(": ")
        assert name in ("data", "")
        if text:
            yield json.loads(text)


def test_each_change_is_told_once(emulator: Emulator, page: httpx.Client) -> None:
    with page.stream("GET", "/_emulator/changes") as response:
        assert response.headers["content-type"] == "text/event-stream"
        told = events(response)
        assert next(told)["totals"]["streams"] == 0
        emulator.seed(Seed(streams=[SeedStream(count=2)]))
        assert next(told)["totals"]["streams"] == 2
        emulator.clock.advance(seconds=1)
        assert next(told)["totals"]["streams"] == 2


def test_nothing_is_told_while_nothing_changes(
    emulator: Emulator, page: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot, looks = emulator.snapshot, Semaphore(0)

    def counted() -> object:
        looks.release()
        return snapshot()

    monkeypatch.setattr(emulator, "snapshot", counted)
    with page.stream("GET", "/_emulator/changes") as response:
        told = events(response)
        first = next(told)
        for _ in range(3):
            assert looks.acquire(timeout=30)
        emulator.seed(Seed(streams=[SeedStream()]))
        assert next(told)["totals"]["streams"] == first["totals"]["streams"] + 1


def test_what_becomes_due_is_told_without_a_request(emulator: Emulator, page: httpx.Client) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream()])).stream_ids
    emulator.clock.release()
    with page.stream("GET", "/_emulator/changes") as response:
        told = events(response)
        assert next(told)["streams"][0]["status"] == "idle"
        emulator.connect_encoder(stream_id)
        seen = [next(told)["streams"][0]["status"]]
        while seen[-1] != "active":
            seen.append(next(told)["streams"][0]["status"])
        assert seen in (["preparing", "active"], ["active"])


def test_a_server_stops_while_a_page_listens(emulator: Emulator) -> None:
    with httpx.Client() as client:
        with serving(emulator) as server:
            request = client.build_request("GET", server.url.replace("v1/", "_emulator/changes"))
            told = client.send(request, stream=True).iter_raw()
            assert next(told).startswith(b"data: ")
        with pytest.raises(httpx.RemoteProtocolError):
            next(told)


def test_the_path_is_below_the_server_url_too(page: httpx.Client) -> None:
    with page.stream("GET", "/v1/_emulator/changes") as response:
        assert next(events(response))["totals"]["media"] == 0


def test_a_page_of_another_site_is_told_nothing(page: httpx.Client) -> None:
    answered = page.get("/_emulator/changes", headers={"origin": "https://evil.example"})
    assert answered.status_code == 403


def test_a_file_that_is_locked_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator = Emulator(str(tmp_path / "fastpix.db"))
    snapshot, problems = emulator.snapshot, [StoreError("locked")]

    def once_locked() -> object:
        if problems:
            raise problems.pop()
        return snapshot()

    monkeypatch.setattr(emulator, "snapshot", once_locked)
    with serving(emulator) as server, httpx.stream("GET", server.url.replace("v1/", "_emulator/changes")) as response:
        assert next(events(response))["totals"]["streams"] == 0
    assert problems == []
    emulator.close()
