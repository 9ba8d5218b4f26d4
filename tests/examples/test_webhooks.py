"""The webhook examples of README, each in its framework."""

import json
import sqlite3
from base64 import b64encode
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import permutations
from pathlib import Path
from threading import Semaphore, Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
import flask
import pytest
import uvicorn
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.test.utils import override_settings
from django.urls import path
from fastapi.testclient import TestClient

from fastpix.emulator import Emulator, Inbox
from fastpix.emulator.server import listen
from fastpix.webhooks import MediaEvent
from tests.emulator.acts import core_on, new_media
from tests.examples import webhooks_django, webhooks_fastapi, webhooks_flask, webhooks_lambda
from tests.examples.webhooks_store import TABLES, store
from tests.test_readme import EXAMPLES
from tests.webhooks.bodies import EVENT, MEDIA_ID, SECRET, read_event, signed

BODY = json.dumps({**EVENT, "data": {"id": MEDIA_ID, "title": "Ünïcödé 🎬"}}, ensure_ascii=False).encode()
Respond = Callable[[bytes, dict[str, str]], int]
urlpatterns = [path("hooks", webhooks_django.hooks)]

if not settings.configured:
    settings.configure(ALLOWED_HOSTS=["testserver", "127.0.0.1"], ROOT_URLCONF=__name__, SECRET_KEY="a")
    django.setup()


def by_fastapi(body: bytes, headers: dict[str, str]) -> int:
    return TestClient(webhooks_fastapi.app).post("/hooks", content=body, headers=headers).status_code


def by_flask(body: bytes, headers: dict[str, str]) -> int:
    assert isinstance(webhooks_flask.app, flask.Flask)
    return webhooks_flask.app.test_client().post("/hooks", data=body, headers=headers).status_code


def by_django(body: bytes, headers: dict[str, str]) -> int:
    client = Client(enforce_csrf_checks=True)
    with override_settings(ROOT_URLCONF=__name__):
        return client.post("/hooks", data=body, content_type="application/json", headers=headers).status_code


def by_payload(payload: Callable[[bytes, dict[str, str]], dict[str, Any]]) -> Respond:
    def respond(body: bytes, headers: dict[str, str]) -> int:
        event: dict[str, Any] = json.loads(json.dumps(payload(body, headers)))
        status: int = webhooks_lambda.handler(event, None)["statusCode"]
        return status

    return respond


def version_1(body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """The payload of a REST API and of a load balancer: headers as they came, and with all their values."""
    several = {name: [value] for name, value in headers.items()}
    return {
        "version": "1.0",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": several,
        "body": body.decode() or None,
        "isBase64Encoded": False,
    }


def version_2(body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """The payload of an HTTP API and of a function URL: headers in lower case. It has no body if that is empty."""
    lower = {name.lower(): value for name, value in headers.items()}
    content = {"body": body.decode()} if body else {}
    return {"version": "2.0", "headers": lower, "isBase64Encoded": False, **content}


def in_base64(payload: Callable[[bytes, dict[str, str]], dict[str, Any]]) -> Respond:
    def encoded(body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        return {**payload(body, headers), "body": b64encode(body).decode(), "isBase64Encoded": True}

    return by_payload(encoded)


FRAMEWORKS: dict[str, Respond] = {
    "fastapi": by_fastapi,
    "flask": by_flask,
    "django": by_django,
    "lambda, version 1": by_payload(version_1),
    "lambda, version 2": by_payload(version_2),
    "lambda, version 1 in base64": in_base64(version_1),
    "lambda, version 2 in base64": in_base64(version_2),
}


@pytest.fixture(params=FRAMEWORKS)
def respond(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Respond:
    monkeypatch.setenv("FASTPIX_WEBHOOK_SECRET", SECRET)
    return FRAMEWORKS[request.param]


def test_an_event_is_verified_and_read(respond: Respond, capsys: pytest.CaptureFixture[str]) -> None:
    assert respond(BODY, signed(BODY)) == 204
    assert capsys.readouterr().out == f"{MEDIA_ID} is ready\n"


def test_a_probe_gets_a_2xx(respond: Respond) -> None:
    assert respond(b"{}", {}) == 204
    assert respond(b"", {}) == 204


def test_what_fastpix_did_not_sign_is_refused(respond: Respond, capsys: pytest.CaptureFixture[str]) -> None:
    assert respond(BODY, {}) == 400
    assert respond(BODY, signed(b"{}")) == 400
    assert respond(BODY.replace(b"ready", b"reedy"), signed(BODY)) == 400
    assert capsys.readouterr().out == ""


def test_a_missing_secret_is_a_500_so_that_the_event_comes_again(
    respond: Respond, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FASTPIX_WEBHOOK_SECRET")
    assert respond(BODY, signed(BODY)) == 500


@contextmanager
def uvicorn_on_a_port() -> Generator[str]:
    server = uvicorn.Server(uvicorn.Config(webhooks_fastapi.app, log_config=None, lifespan="off"))
    with listen() as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/hooks"
        server.should_exit = True
        thread.join()


@contextmanager
def wsgi_on_a_port(application: Any) -> Generator[str]:
    with make_server("127.0.0.1", 0, application, handler_class=Silent) as server:
        thread = Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hooks"
        server.shutdown()
        thread.join()


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


SERVERS: dict[str, Callable[[], AbstractContextManager[str]]] = {
    "fastapi": uvicorn_on_a_port,
    "flask": lambda: wsgi_on_a_port(webhooks_flask.app),
    "django": lambda: wsgi_on_a_port(WSGIHandler()),
}


@pytest.mark.parametrize("framework", SERVERS)
def test_a_server_accepts_what_a_local_fastpix_sends(
    framework: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, delivered = Inbox().secret, Semaphore(0)
    monkeypatch.setenv("FASTPIX_WEBHOOK_SECRET", secret)
    with closing(Emulator()) as emulator, SERVERS[framework]() as url:
        emulator.clock.hold()
        emulator.on_delivery(lambda _: delivered.release())
        emulator.add_webhook(url, secret=secret)
        media_id = new_media(core_on(emulator), title="Ünïcödé 🎬")
        emulator.clock.advance(seconds=9)
        assert delivered.acquire(timeout=30)
        assert delivered.acquire(timeout=30)
        assert [delivery.status for delivery in emulator.deliveries()] == ["delivered", "delivered"]
    assert capsys.readouterr().out == f"{media_id} is ready\n"


def test_the_inbox_of_a_test_passes_requests_to_a_test_client(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox, client = Inbox(), TestClient(webhooks_fastapi.app)
    monkeypatch.setenv("FASTPIX_WEBHOOK_SECRET", inbox.secret)
    with closing(Emulator()) as emulator:
        emulator.clock.hold()
        emulator.add_webhook(inbox, secret=inbox.secret)
        inbox.forward_to(lambda body, headers: client.post("/hooks", content=body, headers=headers).status_code)
        media_id = new_media(core_on(emulator))
        emulator.clock.advance(seconds=9)
        assert {delivery.status for delivery in emulator.deliveries()} == {"delivered"}
    assert capsys.readouterr().out == f"{media_id} is ready\n"


@pytest.mark.parametrize("name", ["fastapi", "flask", "django", "lambda", "store"])
def test_readme_shows_the_examples(name: str) -> None:
    source = Path(__file__).with_name(f"webhooks_{name}.py").read_text()
    assert source.strip() in [example.strip() for example in EXAMPLES]


CREATED = {"type": "video.media.created", "createdAt": "2026-05-11T20:42:16.361817247Z", "id": "b", "status": "Created"}
READY = {"type": "video.media.ready", "createdAt": "2026-05-11T20:42:16.361817248Z", "id": "c", "status": "Ready"}
UPDATED = {"type": "video.media.updated", "createdAt": "2026-05-11T20:42:16.361817248Z", "id": "d", "status": None}
DELETED = {"type": "video.media.deleted", "createdAt": "2026-05-11T20:42:17Z", "id": "a", "status": "Ready"}
HISTORY = (CREATED, READY, UPDATED, DELETED)


def event_of(facts: dict[str, Any]) -> MediaEvent:
    event = read_event(**{**facts, "data": {"id": MEDIA_ID, "status": facts["status"]}})
    assert isinstance(event, MediaEvent)
    return event


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_each_event_counts_once_and_the_newest_state_wins_in_any_order(length: int) -> None:
    expected = [("Created", "b"), ("Ready", "c"), ("Ready", "c"), ("Deleted", "a")][length - 1]
    for order in permutations(HISTORY[:length]):
        database = sqlite3.connect(":memory:")
        for table in TABLES:
            database.execute(table)
        events = [event_of(facts) for facts in order]
        assert [store(database, event) for event in events] == [True] * length
        assert [store(database, event) for event in reversed(events)] == [False] * length
        assert database.execute("SELECT status, event FROM media").fetchall() == [expected]
        database.close()
