"""Deliveries: each event to each webhook, again until it is accepted, and again on request."""

import json
import random
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx
import msgspec
import pytest

from fastpix import FastpixCore
from fastpix.api.live_streams import live_streams_list
from fastpix.api.media import UpdateMediaRequest, media_update
from fastpix.emulator import Delivery, Emulator, Inbox, RefusedError, Seed, SeedMedia
from fastpix.emulator.store.documents import StoreBusyError
from fastpix.emulator.webhooks import courier
from fastpix.emulator.webhooks.courier import Function
from fastpix.emulator.webhooks.deliveries import note_attempt
from fastpix.errors import WebhookError
from fastpix.reply import Success
from fastpix.webhooks import MediaEvent, read, sign
from tests.emulator.acts import core_on, new_media, new_stream, read_media

PAUSES = [5, 30, 120, 600, 3600]


class Handler:
    """A webhook that responds with the given statuses, and with 204 afterwards."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = [*statuses]
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []

    def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        self.bodies.append(body)
        self.headers.append(headers)
        return self.statuses.pop(0) if self.statuses else 204

    @property
    def types(self) -> list[str]:
        return [json.loads(body).get("type") for body in self.bodies]


def test_a_new_webhook_gets_an_unsigned_probe(emulator: Emulator) -> None:
    handler = Handler()
    emulator.add_webhook(handler)
    assert handler.bodies == [b"{}"]
    assert handler.headers == [{"Content-Type": "application/json"}]


@pytest.mark.parametrize("status", [199, 300, 302, 400, 404, 500])
def test_a_webhook_that_refuses_the_probe_is_not_added(emulator: Emulator, status: int) -> None:
    with pytest.raises(RefusedError, match=f"must accept the unsigned request .* but: {status}$"):
        emulator.add_webhook(Handler(status))
    assert emulator.webhooks() == []
    unasked = Handler(500)
    emulator.add_webhook(unasked, probe=False)
    assert unasked.bodies == []


def test_each_event_is_signed_with_the_secret_of_its_webhook(emulator: Emulator, core: FastpixCore) -> None:
    handlers = [Handler(), Handler()]
    webhooks = [emulator.add_webhook(handler, probe=False) for handler in handlers]
    new_stream(core)
    assert webhooks[0].secret != webhooks[1].secret
    (body,) = handlers[0].bodies
    assert handlers[1].bodies == [body]
    for handler, webhook, other in zip(handlers, webhooks, reversed(webhooks), strict=True):
        assert isinstance(read(body, handler.headers[0], webhook.secret), Success)
        assert read(body, handler.headers[0], other.secret).failure().reason == "mismatch"
        assert handler.headers[0]["Content-Type"] == "application/json"
        assert webhook.secret not in repr(webhook)


def test_an_event_arrives_before_the_call_returns_and_in_the_move_of_the_clock(
    emulator: Emulator, core: FastpixCore, inbox: Inbox
) -> None:
    media_id = new_media(core)
    assert inbox.types == ["video.media.created"]
    emulator.clock.advance(seconds=9)
    assert inbox.types == ["video.media.created", "video.media.ready"]
    created, ready = inbox.events
    assert isinstance(ready, MediaEvent)
    assert ready.data == read_media(core, media_id)
    assert created.created_at_ns < ready.created_at_ns
    assert created.id != ready.id


def test_a_webhook_may_call_the_local_fastpix(emulator: Emulator, core: FastpixCore, inbox: Inbox) -> None:
    seen: list[str | None] = []

    def retitle(body: bytes, _: dict[str, str]) -> int:
        event = json.loads(body)
        if event["type"] == "video.media.ready":
            media_update(core, UpdateMediaRequest(event["data"]["id"], title="From a webhook")).unwrap()
            seen.append(read_media(core, event["data"]["id"]).title)
        return 204

    emulator.add_webhook(retitle, probe=False)
    new_media(core)
    emulator.clock.advance(seconds=9)
    assert seen == ["From a webhook"]
    assert inbox.types == ["video.media.created", "video.media.ready", "video.media.updated"]


def test_an_event_that_is_refused_comes_again_later_and_later(emulator: Emulator, core: FastpixCore) -> None:
    handler = Handler(*[500] * 5)
    emulator.add_webhook(handler, probe=False)
    new_stream(core)
    for number, pause in enumerate(PAUSES, 1):
        assert len(handler.bodies) == number
        emulator.clock.advance(seconds=pause - 1)
        assert len(handler.bodies) == number
        emulator.clock.advance(seconds=1)
    assert len({*handler.bodies}) == 1
    (delivery,) = emulator.deliveries()
    assert delivery.status == "delivered"
    assert [attempt.status for attempt in delivery.attempts] == [500] * 5 + [204]
    times = [attempt.at for attempt in delivery.attempts]
    pauses = [round(later - sooner) for sooner, later in pairwise(times)]
    assert pauses == PAUSES


def test_after_six_refusals_it_has_failed(emulator: Emulator, core: FastpixCore) -> None:
    handler = Handler(*[503] * 99)
    emulator.add_webhook(handler, probe=False)
    new_stream(core)
    emulator.clock.advance(days=9)
    assert len(handler.bodies) == 6
    (delivery,) = emulator.deliveries()
    assert (delivery.status, len(delivery.attempts)) == ("failed", 6)


def test_a_function_that_raises_or_returns_no_status_is_a_refusal(
    emulator: Emulator, core: FastpixCore, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(body: bytes, headers: dict[str, str]) -> int:
        raise LookupError("no such row")

    emulator.add_webhook(broken, probe=False)
    forgetful: Any = print
    emulator.add_webhook(forgetful, probe=False)
    for odd in (True, 99, 600):
        emulator.add_webhook(Handler(odd), probe=False)
    new_stream(core)
    errors = {delivery.attempts[0].error for delivery in emulator.deliveries()}
    told = {f"the function returned {odd}, not the status of a response" for odd in ("None", "True", "99", "600")}
    assert errors == {"LookupError: no such row", *told}
    assert {delivery.status for delivery in emulator.deliveries()} == {"pending"}
    assert "no such row" in caplog.text


def test_what_pytest_raises_passes_through(emulator: Emulator, core: FastpixCore) -> None:
    def failing(body: bytes, headers: dict[str, str]) -> int:
        pytest.fail("the code under test is wrong")

    emulator.add_webhook(failing, probe=False)
    with pytest.raises(pytest.fail.Exception, match="is wrong"):
        new_stream(core_on(emulator))
    assert emulator.deliveries()[0].attempts[0].error == "interrupted"


def test_copies_and_disorder_come_on_request(emulator: Emulator, core: FastpixCore) -> None:
    twice, mixed = Handler(), Handler()
    emulator.add_webhook(twice, copies=2, probe=False)
    emulator.add_webhook(mixed, spread=3600, probe=False)
    for _ in range(9):
        new_stream(core)
    assert len(twice.bodies) == 18
    assert len({*twice.bodies}) == 9
    assert len(mixed.bodies) < 9
    emulator.clock.advance(hours=1)
    assert sorted(mixed.bodies) == sorted({*twice.bodies})
    assert mixed.bodies != [*dict.fromkeys(twice.bodies)]


def test_a_seed_of_random_makes_the_same_disorder_again() -> None:
    orders: list[list[int]] = []
    for _ in range(2):
        with closing(Emulator()) as emulator:
            emulator.clock.hold()
            in_order, mixed = Handler(), Handler()
            emulator.add_webhook(in_order, probe=False)
            emulator.add_webhook(mixed, spread=60, probe=False)
            random.seed(1)
            for _ in range(9):
                new_stream(core_on(emulator))
            emulator.clock.advance(minutes=1)
            orders.append([in_order.bodies.index(body) for body in mixed.bodies])
    assert orders[0] == orders[1] != sorted(orders[0])


def test_what_waits_can_be_sent_at_once(emulator: Emulator, core: FastpixCore) -> None:
    handler, other = Handler(*[500] * 4), Handler(500)
    webhook = emulator.add_webhook(handler, probe=False)
    emulator.add_webhook(other, probe=False)
    new_stream(core)
    new_stream(core)
    emulator.send_pending(webhook.id)
    assert handler.bodies == [handler.bodies[0], handler.bodies[1]] * 2
    assert len(other.bodies) == 2
    emulator.send_pending(webhook.id)
    assert [delivery.status for delivery in emulator.deliveries()].count("pending") == 1
    emulator.send_pending("nothing")


def test_a_delivery_shows_no_body(emulator: Emulator, core: FastpixCore, inbox: Inbox) -> None:
    stream = new_stream(core)
    shown = repr(emulator.deliveries())
    assert "video.live_stream.created" in shown
    assert stream.stream_key not in shown


def test_what_is_deleted_while_it_is_sent_is_forgotten(emulator: Emulator, core: FastpixCore) -> None:
    def reset(body: bytes, headers: dict[str, str]) -> int:
        emulator.reset()
        return 500

    emulator.add_webhook(reset, probe=False)
    new_stream(core)
    assert emulator.deliveries() == []


def test_a_delivery_can_be_sent_again(emulator: Emulator, core: FastpixCore, inbox: Inbox) -> None:
    new_stream(core)
    new_stream(core)
    last, first = emulator.deliveries()
    again = emulator.send_again(first.id)
    assert again == emulator.deliveries()[0]
    assert again.status == "delivered"
    assert (again.id != first.id, again.body, again.type) == (True, first.body, first.type)
    assert [event.id for event in inbox.events] == [inbox.events[0].id, inbox.events[1].id, inbox.events[0].id]
    assert {delivery.id for delivery in emulator.deliveries()} == {first.id, last.id, again.id}
    with pytest.raises(RefusedError, match="delivery not found"):
        emulator.send_again("nothing")
    for webhook in emulator.webhooks():
        emulator.remove_webhook(webhook.id)
    with pytest.raises(RefusedError, match="webhook not found"):
        emulator.send_again(first.id)


def test_a_removed_webhook_gets_nothing_more(emulator: Emulator, core: FastpixCore) -> None:
    handler = Handler(500)
    webhook = emulator.add_webhook(handler, probe=False)
    new_stream(core)
    emulator.remove_webhook(webhook.id)
    emulator.clock.advance(days=1)
    new_stream(core)
    assert len(handler.bodies) == 1
    assert emulator.webhooks() == []


def test_a_seed_tells_nothing_and_what_happens_to_it_later_is_told(emulator: Emulator, inbox: Inbox) -> None:
    emulator.seed(Seed(media=[SeedMedia(status="Created"), SeedMedia()]))
    assert inbox.types == []
    emulator.clock.advance(seconds=9)
    assert inbox.types == ["video.media.ready"]


def test_without_webhooks_nothing_is_kept(emulator: Emulator, core: FastpixCore) -> None:
    new_stream(core)
    inbox = Inbox()
    emulator.add_webhook(inbox, secret=inbox.secret)
    assert emulator.deliveries() == []
    assert inbox.events == []


def test_a_reset_deletes_deliveries_and_keeps_webhooks(emulator: Emulator, core: FastpixCore, inbox: Inbox) -> None:
    webhooks = emulator.webhooks()
    new_stream(core)
    emulator.reset()
    assert emulator.deliveries() == []
    assert emulator.webhooks() == webhooks
    new_stream(core)
    assert inbox.types == ["video.live_stream.created"] * 2


def test_an_export_has_no_webhook_and_no_secret(emulator: Emulator, core: FastpixCore, inbox: Inbox) -> None:
    new_media(core)
    exported = emulator.export_state()
    assert inbox.secret not in msgspec.json.encode(exported).decode()
    with closing(Emulator()) as other:
        mine = other.add_webhook(Handler(), probe=False)
        other.import_state(exported)
        assert other.webhooks() == [mine]
        assert [delivery.type for delivery in other.deliveries()] == ["video.media.created"]
        other.clock.advance(seconds=9)
        assert [delivery.type for delivery in other.deliveries()] == ["video.media.ready", "video.media.created"]


def test_the_oldest_deliveries_are_forgotten_but_none_that_waits(emulator: Emulator, core: FastpixCore) -> None:
    media_id = new_media(core)
    waiting = Handler(*[500] * 99)
    emulator.add_webhook(waiting, probe=False)
    media_update(core, UpdateMediaRequest(media_id, title="first")).unwrap()
    emulator.add_webhook(Handler(), probe=False, copies=10)
    for _ in range(110):
        media_update(core, UpdateMediaRequest(media_id, title="again")).unwrap()
    assert len(emulator.deliveries()) > 1000
    waiting.statuses.clear()
    emulator.clock.advance(hours=2)
    media_update(core, UpdateMediaRequest(media_id, title="last")).unwrap()
    assert len(emulator.deliveries()) == 1000


def test_the_times_of_events_are_all_different_and_have_nanoseconds(
    emulator: Emulator, core: FastpixCore, inbox: Inbox
) -> None:
    for _ in range(5):
        new_stream(core)
    times = [event.created_at_ns for event in inbox.events]
    assert times == sorted({*times})
    assert datetime.fromtimestamp(times[0] // 10**9, UTC) == emulator.clock.now().replace(microsecond=0)
    texts = [json.loads(delivery.body)["createdAt"] for delivery in emulator.deliveries()]
    assert all(len(text) == len("2026-05-11T20:42:16.361817248Z") for text in texts)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://example.com/hooks", "on another machine"),
        ("http://10.0.0.1/hooks", "on another machine"),
        ("http://localhost.example.com/", "on another machine"),
        ("http://127.0.0.1.example.com/", "on another machine"),
        ("http://127.0.0.1@example.com/", "on another machine"),
        ("http://[::ffff:10.0.0.1]/", "on another machine"),
        ("http://0.0.0.0/", "on another machine"),
        ("ftp://127.0.0.1/", "must begin with http"),
        ("127.0.0.1:8000/hooks", "must begin with http"),
        ("/hooks", "must begin with http"),
        ("http://", "must begin with http"),
        ("http://127.0.0.1:b/", "is not valid"),
        ("http://xn--a.localhost/", "is not valid"),
    ],
)
def test_nothing_is_sent_to_another_machine(emulator: Emulator, url: str, told: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=told):
        emulator.add_webhook(url, probe=False)
    assert emulator.webhooks() == []


def test_a_host_can_be_allowed() -> None:
    with closing(Emulator(webhook_hosts=["Web"])) as emulator:
        emulator.clock.hold()
        assert emulator.add_webhook("http://web:8000/hooks", probe=False).url == "http://web:8000/hooks"
        with pytest.raises(msgspec.ValidationError, match="--allow-webhook-host"):
            emulator.add_webhook("http://other:8000/hooks", probe=False)


@pytest.mark.parametrize("settings", [{"copies": 0}, {"copies": 11}, {"spread": -1.0}, {"spread": 1e9}])
def test_numbers_out_of_their_bounds_are_refused(emulator: Emulator, settings: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        emulator.add_webhook(Handler(), probe=False, **settings)
    assert emulator.webhooks() == []


def test_a_secret_that_signs_nothing_is_refused(emulator: Emulator) -> None:
    with pytest.raises(WebhookError, match="is not base64"):
        emulator.add_webhook(Handler(), secret="not base64!", probe=False)


def test_there_are_at_most_100_webhooks_with_a_url(emulator: Emulator) -> None:
    for number in range(100):
        emulator.add_webhook(f"http://127.0.0.1:9/{number}", probe=False)
    with pytest.raises(msgspec.ValidationError, match="at most 100"):
        emulator.add_webhook("http://127.0.0.1:9/100", probe=False)
    emulator.add_webhook("http://127.0.0.1:9/99", probe=False)


def test_a_url_that_is_added_again_keeps_its_id_and_its_secret(emulator: Emulator) -> None:
    first = emulator.add_webhook("http://127.0.0.1:9/hooks", probe=False)
    again = emulator.add_webhook("http://127.0.0.1:9/hooks", copies=2, probe=False)
    assert (again.id, again.secret, again.copies) == (first.id, first.secret, 2)
    assert emulator.webhooks() == [again]
    named = emulator.add_webhook("http://127.0.0.1:9/hooks", secret=Inbox().secret, probe=False)
    assert (named.id, named.secret != first.secret) == (first.id, True)


def test_a_function_ends_with_its_process_and_a_url_does_not(tmp_path: Path) -> None:
    path = str(tmp_path / "fastpix.db")
    with closing(Emulator(path)) as emulator:
        emulator.clock.hold()
        emulator.add_webhook(Handler(), probe=False)
        webhook = emulator.add_webhook("http://127.0.0.1:9/hooks", probe=False)
        new_stream(core_on(emulator))
    with closing(Emulator(path)) as emulator:
        assert emulator.webhooks() == [webhook]
        assert len(emulator.deliveries()) == 2
        new_stream(core_on(emulator))
        assert len(emulator.deliveries()) == 3


def test_a_function_gets_what_its_own_process_does(tmp_path: Path) -> None:
    path = str(tmp_path / "fastpix.db")
    mine, theirs = Handler(500), Handler()
    with closing(Emulator(path)) as emulator, closing(Emulator(path)) as other:
        emulator.clock.hold()
        emulator.add_webhook(mine, probe=False)
        other.add_webhook(theirs, probe=False)
        new_stream(core_on(emulator))
        other.clock.advance(minutes=1)
        assert (len(mine.bodies), theirs.bodies) == (1, [])
        emulator.clock.advance(seconds=0)
        assert (len(mine.bodies), theirs.bodies) == (2, [])


def test_a_delivery_that_could_not_be_noted_is_sent_again(
    emulator: Emulator, core: FastpixCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, locked = Handler(), iter([True])

    def note_unless_locked(*args: Any) -> Any:
        if next(locked, False):
            raise StoreBusyError("locked")
        return note_attempt(*args)

    monkeypatch.setattr(courier, "note_attempt", note_unless_locked)
    emulator.add_webhook(handler, probe=False)
    new_stream(core)
    assert emulator.deliveries()[0].status == "pending"
    emulator.clock.advance(seconds=60)
    assert emulator.deliveries()[0].status == "delivered"
    assert handler.bodies == [handler.bodies[0]] * 2


def test_what_is_strange_in_a_function_harms_no_call(
    emulator: Emulator,
    core: FastpixCore,
    web: httpx.Client,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(courier.logger, "warning", Mock())  # pytest-xdist can't send a log that is no Unicode

    class OddError(Exception):
        def __str__(self) -> str:
            raise KeyError

    def raises(problem: Exception) -> Function:
        def function(body: bytes, headers: dict[str, str]) -> int:
            raise problem

        return function

    def refuse(delivery: Delivery) -> None:
        raise ArithmeticError

    emulator.on_delivery(refuse)
    for problem in (OddError(), ValueError("\ud800"), ValueError("a" * 10_000)):
        emulator.add_webhook(raises(problem), probe=False)
    new_stream(core)
    listed = web.get("/_emulator/deliveries")
    assert listed.status_code == 200
    errors = [delivery["attempts"][0]["error"] for delivery in listed.json()]
    assert {error.partition(":")[0] for error in errors} == {"OddError", "ValueError"}
    assert all(len(error) < 2000 for error in errors)
    assert "a function that is told each delivery raised" in caplog.text


def test_what_waits_without_a_delivery_harms_nothing(emulator: Emulator, core: FastpixCore) -> None:
    handler = Handler(500)
    webhook = emulator.add_webhook(handler, probe=False)
    new_stream(core)
    state = emulator.export_state()
    waiting = [row for row in state.documents if row.kind != "Delivery"]
    emulator.import_state(msgspec.structs.replace(state, documents=waiting))
    emulator.clock.advance(seconds=5)
    assert len(handler.bodies) == 1
    new_stream(core)
    assert len(handler.bodies) == 2
    assert [delivery.webhook_id for delivery in emulator.deliveries()] == [webhook.id]


def test_an_import_checks_what_webhooks_need(emulator: Emulator, core: FastpixCore, inbox: Inbox) -> None:
    new_stream(core)
    state = emulator.export_state()
    for kind, changes, told in (
        ("LastEvent", {"nanoseconds": 10**30}, "the time of the last event"),
        ("LastEvent", {"nanoseconds": -1}, "the time of the last event"),
        ("Delivery", {"id": "another"}, "the id of a delivery"),
        ("Webhook", {}, "the kind of a document"),
    ):
        (row, *_) = [row for row in state.documents if row.kind == kind] or state.documents
        changed = msgspec.json.encode({**msgspec.json.decode(row.document), **changes})
        broken = msgspec.structs.replace(row, kind=kind, document=msgspec.Raw(changed))
        with pytest.raises(msgspec.ValidationError, match=told):
            emulator.import_state(msgspec.structs.replace(state, documents=[broken]))


def test_an_inbox_passes_requests_on(emulator: Emulator, core: FastpixCore, inbox: Inbox) -> None:
    handler = Handler(500)
    inbox.forward_to(handler)
    new_stream(core)
    assert handler.types == inbox.types == ["video.live_stream.created"]
    assert emulator.deliveries()[0].status == "pending"
    emulator.clock.advance(seconds=5)
    assert emulator.deliveries()[0].status == "delivered"


def test_an_inbox_refuses_what_its_secret_did_not_sign() -> None:
    inbox = Inbox()
    body = b'{"type":"video.media.ready"}'
    assert inbox(b"{}", {}) == 204
    assert inbox(body, {"FastPix-Signature": sign(body, Inbox().secret)}) == 400
    assert inbox.events == []


def test_the_control_surface_lists_adds_and_removes_webhooks(
    emulator: Emulator, core: FastpixCore, web: httpx.Client, inbox: Inbox
) -> None:
    url = "http://127.0.0.1:9/hooks"
    added = web.post("/_emulator/webhooks", json={"url": url, "probe": False, "copies": 3})
    assert added.status_code == 201
    assert added.json() == web.get("/_emulator/webhooks").json()[0]
    assert [webhook.url for webhook in emulator.webhooks()] == [url, ""]
    assert web.delete("/_emulator/webhooks").status_code == 204
    assert web.get("/_emulator/webhooks").json() == []
    new_stream(core)
    assert inbox.events == []


def test_the_control_surface_refuses_what_is_not_valid(web: httpx.Client) -> None:
    for body, status, told in (
        ({"url": "https://example.com/"}, 422, "on another machine"),
        ({"url": "http://127.0.0.1:9/", "secret": "?"}, 422, "not base64"),
        ({"url": "http://127.0.0.1:9/"}, 400, "must accept the unsigned request"),
        ({"nonsense": 1}, 422, "nonsense"),
    ):
        refused = web.post("/_emulator/webhooks", json=body)
        assert (refused.status_code, told in refused.text) == (status, True), refused.text


def test_the_control_surface_lists_deliveries_and_sends_them_again(
    core: FastpixCore, web: httpx.Client, inbox: Inbox
) -> None:
    new_stream(core)
    (delivery,) = web.get("/_emulator/deliveries").json()
    assert (delivery["status"], delivery["type"]) == ("delivered", "video.live_stream.created")
    assert json.loads(delivery["body"])["id"] == inbox.events[0].id
    again = web.post("/_emulator/deliveries", json={"id": delivery["id"]})
    assert again.status_code == 201
    assert inbox.events[0] == inbox.events[1]
    assert web.post("/_emulator/deliveries", json={"id": "nothing"}).status_code == 404
    assert live_streams_list(core).unwrap().data
