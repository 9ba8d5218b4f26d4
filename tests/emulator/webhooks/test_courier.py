"""Deliveries to URLs: by a thread, over real sockets, and to this machine alone."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest

from fastpix import FastpixCore
from fastpix.emulator import Delays, Delivery, Emulator, RefusedError
from fastpix.emulator.server import serving
from fastpix.emulator.store.documents import StoreBusyError
from fastpix.emulator.webhooks import courier
from fastpix.emulator.webhooks.deliveries import take
from fastpix.reply import Success
from fastpix.webhooks import MediaEvent, read
from tests.emulator.acts import core_on, new_media, new_stream, read_media
from tests.emulator.webhooks.receivers import Receiver, receiving


@pytest.fixture(params=["in memory", "with a file"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Emulator]:
    """A local FastPix whose clock runs."""
    path = ":memory:" if request.param == "in memory" else str(tmp_path / "fastpix.db")
    with closing(Emulator(path, delays=Delays.all(0.01))) as emulator:
        yield emulator


class Attempts:
    """Waits for attempts of deliveries."""

    def __init__(self, emulator: Emulator) -> None:
        self.noted: list[Delivery] = []
        self._changed = Event()
        emulator.on_delivery(self._note)

    def _note(self, delivery: Delivery) -> None:
        self.noted.append(delivery)
        self._changed.set()

    def wait_for(self, count: int) -> list[Delivery]:
        while len(self.noted) < count:
            assert self._changed.wait(30)
            self._changed.clear()
        return self.noted


def test_a_url_gets_the_probe_and_then_signed_events_in_their_order(running: Emulator, receiver: Receiver) -> None:
    webhook = running.add_webhook(receiver.url)
    probe, headers = receiver.next()
    assert (probe, headers["Content-Type"]) == (b"{}", "application/json")
    assert "FastPix-Signature" not in headers
    media_id = new_media(core_on(running))
    types: list[str] = []
    for _ in range(2):
        body, headers = receiver.next()
        result = read(body, headers, webhook.secret)
        assert isinstance(result, Success)
        event = result.unwrap()
        assert isinstance(event, MediaEvent)
        assert event.data.id == media_id
        types.append(event.type)
    assert types == ["video.media.created", "video.media.ready"]


def test_what_is_due_by_the_clock_is_sent_without_a_request(running: Emulator, receiver: Receiver) -> None:
    running.add_webhook(receiver.url, probe=False)
    new_media(core_on(running))
    assert [json.loads(receiver.next()[0])["type"] for _ in range(2)] == ["video.media.created", "video.media.ready"]


def test_a_refused_event_comes_again_by_the_clock(running: Emulator, receiver: Receiver) -> None:
    running.clock.hold()
    attempts = Attempts(running)
    receiver.statuses = [500]
    running.add_webhook(receiver.url, probe=False)
    new_stream(core_on(running))
    first = receiver.next()
    assert attempts.wait_for(1)[0].status == "pending"
    assert receiver.requests.empty()
    running.clock.advance(seconds=5)
    assert receiver.next() == first
    assert attempts.wait_for(2)[1].status == "delivered"


def test_what_waits_for_a_url_that_was_removed_is_forgotten(running: Emulator, receiver: Receiver) -> None:
    running.clock.hold()
    attempts = Attempts(running)
    receiver.statuses = [500]
    webhook = running.add_webhook(receiver.url, probe=False)
    new_stream(core_on(running))
    attempts.wait_for(1)
    running.remove_webhook(webhook.id)
    running.clock.advance(seconds=5)
    while running.deliveries():
        sleep(0.01)
    assert receiver.requests.qsize() == 1
    while f"webhook {webhook.id}" in {thread.name for thread in threading.enumerate()}:
        sleep(0.01)


def test_a_redirect_is_not_followed(running: Emulator, receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.statuses = [302]
        receiver.headers = {"Location": elsewhere.url}
        with pytest.raises(RefusedError, match="302"):
            running.add_webhook(receiver.url)
        assert elsewhere.requests.empty()


def test_no_proxy_is_used(running: Emulator, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    running.add_webhook(receiver.url)
    assert receiver.next()[0] == b"{}"


def test_a_port_where_nothing_listens_is_told(running: Emulator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hooks"
    with pytest.raises(RefusedError, match="ConnectError") as refused:
        running.add_webhook(url)
    assert url in str(refused.value)
    attempts = Attempts(running)
    running.add_webhook(url, probe=False)
    new_stream(core_on(running))
    (attempt,) = attempts.wait_for(1)[0].attempts
    assert attempt.status is None
    assert "ConnectError" in (attempt.error or "")


def test_a_webhook_that_does_not_respond_is_given_up(
    running: Emulator, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "PATIENCE", 0.05)
    attempts = Attempts(running)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = running.add_webhook(f"http://127.0.0.1:{silent.getsockname()[1]}/hooks", probe=False)
        running.add_webhook(receiver.url, probe=False)
        new_stream(core_on(running))
        assert json.loads(receiver.next()[0])["type"] == "video.live_stream.created"
        attempts.wait_for(2)
        (timed_out,) = [delivery for delivery in running.deliveries() if delivery.webhook_id == mute.id]
        assert "ReadTimeout" in (timed_out.attempts[0].error or "")


def test_a_webhook_that_hangs_delays_no_other_one(running: Emulator, receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        running.add_webhook(f"http://127.0.0.1:{silent.getsockname()[1]}/hooks", probe=False)
        running.add_webhook(receiver.url, probe=False)
        new_stream(core_on(running))
        assert json.loads(receiver.next()[0])["type"] == "video.live_stream.created"
        silent.accept()[0].close()


def test_the_body_of_a_response_is_not_waited_for(running: Emulator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=answer_without_a_body, args=[listening])
        thread.start()
        running.add_webhook(f"http://127.0.0.1:{listening.getsockname()[1]}/hooks")
        thread.join()


def answer_without_a_body(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.recv(100_000)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
        while connection.recv(100_000):  # until the client is gone
            pass


@pytest.mark.parametrize("name", ["localhost", "web.localhost", "localhost."])
def test_a_name_of_this_machine_is_not_looked_up(
    running: Emulator, receiver: Receiver, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []
    getaddrinfo = socket.getaddrinfo

    def record(host: str, *args: Any, **kwargs: Any) -> Any:
        looked_up.append(host)
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", record)
    running.add_webhook(receiver.url.replace("127.0.0.1", name))
    assert receiver.next()[1]["Host"] == receiver.url.split("/")[2].replace("127.0.0.1", name)
    assert {*looked_up} <= {"127.0.0.1", "::1"}


def test_a_host_that_only_another_process_allows_gets_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "fastpix.db")
    with closing(Emulator(path, webhook_hosts=["web.invalid"])) as emulator:
        emulator.clock.hold()
        emulator.add_webhook("http://web.invalid/hooks", probe=False)
    with closing(Emulator(path)) as emulator:
        attempts = Attempts(emulator)
        new_stream(core_on(emulator))
        assert "on another machine" in (attempts.wait_for(1)[0].attempts[0].error or "")


def test_a_url_that_another_process_added_gets_its_events(tmp_path: Path, receiver: Receiver) -> None:
    path = str(tmp_path / "fastpix.db")
    with closing(Emulator(path)) as emulator:
        with closing(Emulator(path)) as other:
            other.add_webhook(receiver.url, probe=False)
        new_stream(core_on(emulator))
        assert json.loads(receiver.next()[0])["type"] == "video.live_stream.created"


def test_a_local_fastpix_can_be_closed_by_who_is_told_a_delivery(receiver: Receiver) -> None:
    emulator, closed = Emulator(), Event()

    def close(_: Delivery) -> None:
        emulator.close()
        closed.set()

    emulator.on_delivery(close)
    emulator.add_webhook(receiver.url, probe=False)
    new_stream(core_on(emulator))
    assert closed.wait(30)


def test_the_thread_outlives_a_function_that_is_told_and_raises(
    running: Emulator, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(delivery: Delivery) -> None:
        raise LookupError(delivery.type)

    running.on_delivery(refuse)
    running.add_webhook(receiver.url, probe=False)
    new_media(core_on(running))
    types = [json.loads(receiver.next()[0])["type"] for _ in range(2)]
    assert types == ["video.media.created", "video.media.ready"]
    assert "LookupError: video.media.created" in caplog.text


def test_a_refusal_has_the_first_line_of_its_response(running: Emulator, receiver: Receiver) -> None:
    attempts = Attempts(running)
    receiver.statuses = [400]
    receiver.body = b"the signature does not match\nmore"
    running.add_webhook(receiver.url, probe=False)
    new_stream(core_on(running))
    (attempt,) = attempts.wait_for(1)[0].attempts
    assert (attempt.status, attempt.error) == (400, "the signature does not match")
    assert attempt.outcome == "400 the signature does not match"


def test_a_locked_file_is_tried_again(running: Emulator, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "LONGEST_PAUSE", 0.01)
    locked = iter([True, True])

    def take_unless_locked(*args: Any, **kwargs: Any) -> Any:
        if next(locked, False):
            raise StoreBusyError("locked")
        return take(*args, **kwargs)

    monkeypatch.setattr(courier, "take", take_unless_locked)
    running.add_webhook(receiver.url, probe=False)
    new_stream(core_on(running))
    assert json.loads(receiver.next()[0])["type"] == "video.live_stream.created"


def test_closing_does_not_wait_for_a_webhook(receiver: Receiver) -> None:
    emulator = Emulator()
    emulator.add_webhook(receiver.url, probe=False)
    emulator.close()
    emulator.close()
    assert receiver.requests.empty()


def test_webhooks_of_a_file_are_sent_their_events_after_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    path = str(tmp_path / "fastpix.db")
    with closing(Emulator(path)) as emulator:
        emulator.add_webhook(receiver.url)
        receiver.next()
    with closing(Emulator(path)) as emulator:
        new_stream(core_on(emulator))
        assert json.loads(receiver.next()[0])["type"] == "video.live_stream.created"


def test_a_function_behind_a_server_may_call_that_server(receiver: Receiver) -> None:
    titles: list[str | None] = []
    with closing(Emulator()) as emulator, serving(emulator) as server:
        with FastpixCore(username=emulator.username, password=emulator.password, server_url=server.url) as core:

            def look(body: bytes, _: dict[str, str]) -> int:
                titles.append(read_media(core, json.loads(body)["data"]["id"]).title)
                return 204

            emulator.add_webhook(look, probe=False)
            new_media(core, title="A talk")
        assert titles == ["A talk"]
        assert server.environment["FASTPIX_WEBHOOK_SECRET"] == emulator.webhooks()[0].secret
        emulator.add_webhook(receiver.url)
        both = server.environment["FASTPIX_WEBHOOK_SECRET"].split(",")
        assert both == [webhook.secret for webhook in emulator.webhooks()]
