"""The paths under ``/_emulator/``, where a test can see and change the local FastPix. The service does not have them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from fastpix.emulator.api import HANDLERS
from fastpix.emulator.faults import PlannedFaults
from fastpix.emulator.http.handlers import Basis
from fastpix.emulator.http.wire import RefusedError, answer
from fastpix.emulator.seed import Seed
from fastpix.emulator.sent import Sent
from fastpix.emulator.store.documents import State
from fastpix.errors import WebhookError

if TYPE_CHECKING:
    from fastpix.emulator.service import Emulator

__all__ = [
    "About",
    "ClockMove",
    "EmulatedOperation",
    "EncoderMove",
    "NewWebhook",
    "Replay",
    "SentRequest",
    "about",
    "clear",
    "control",
    "deliveries",
    "export",
    "faults",
    "load",
    "move_clock",
    "move_encoder",
    "plan",
    "register",
    "replay",
    "reset",
    "seed",
    "sent",
    "snapshot",
    "start_upload",
    "unregister",
    "uploads",
    "webhooks",
]

T = TypeVar("T")
Action: TypeAlias = "Callable[[Emulator, httpx.Request], httpx.Response]"


class EmulatedOperation(msgspec.Struct, frozen=True):
    """An operation of the API on the local FastPix."""

    id: str
    """The id of the operation."""
    method: str
    """Its HTTP method."""
    path: str
    """Its path."""
    basis: Basis
    """What its behaviour is based on."""


class About(msgspec.Struct, frozen=True, rename="camel"):
    """The facts about this local FastPix."""

    workspace_id: str
    """The id of its workspace."""
    now: str
    """The time on its clock."""
    operations: list[EmulatedOperation]
    """The operations that it has, sorted by path."""


class SentRequest(msgspec.Struct, frozen=True, rename="camel"):
    """A request that this local FastPix received, without its headers."""

    function: str | None
    """The name of the operation's function."""
    operation_id: str | None
    """The id of the operation."""
    method: str
    """Its HTTP method."""
    path: str
    """Its path."""
    query: dict[str, list[str]]
    """The values of each name in its query."""
    body: Any
    """Its body, decoded from JSON if it is JSON."""
    status: int | None
    """The status of the response."""


class ClockMove(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens to the clock."""

    hold: bool | None = None
    """``true`` stops the clock first, ``false`` lets it run afterwards."""
    advance: float = 0.0
    """The seconds to move the clock forward by. Default: 0."""


class EncoderMove(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What the encoder of a live stream does."""

    stream_id: str
    """The id of the stream."""
    is_connected: bool
    """Whether the encoder connects or disconnects."""


class NewWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A URL that is to get the events. `Emulator.add_webhook` describes the fields."""

    url: str
    """The URL."""
    secret: str | None = None
    """The signing secret, in base64. Default: a new one."""
    copies: int = 1
    """How often each event is sent. Default: 1."""
    spread: float = 0.0
    """The seconds over which deliveries are spread. Default: 0."""
    probe: bool = True
    """Whether the URL must answer at once. Default: ``True``."""


class Replay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A delivery that is to be sent again."""

    id: str
    """The id of the delivery."""


def about(emulator: "Emulator", _: httpx.Request) -> httpx.Response:
    operations = [
        EmulatedOperation(endpoint.id, endpoint.method, endpoint.path, handler.basis)
        for handler in HANDLERS.values()
        for endpoint in [handler.endpoint]
    ]
    operations.sort(key=lambda operation: (operation.path, operation.method))
    return answer(About(emulator.workspace_id, emulator.clock.now().isoformat(), operations))


def reset(emulator: "Emulator", _: httpx.Request) -> httpx.Response:
    emulator.reset()
    return httpx.Response(204)


def seed(emulator: "Emulator", request: httpx.Request) -> httpx.Response:
    return answer(emulator.seed(_read(request, Seed)))


def export(emulator: "Emulator", _: httpx.Request) -> httpx.Response:
    return answer(emulator.export_state())


def load(emulator: "Emulator", request: httpx.Request) -> httpx.Response:
    emulator.import_state(_read(request, State))
    return httpx.Response(204)


def move_clock(emulator: "Emulator", request: httpx.Request) -> httpx.Response:
    move = _read(request, ClockMove)
    if move.hold:
        emulator.clock.hold()
    emulator.clock.advance(seconds=move.advance)
    if move.hold is False:
        emulator.clock.release()
    return answer({"now": emulator.clock.now().isoformat()})


def move_encoder(emulator: "Emulator", request: httpx.Request) -> httpx.Response:
    move = _read(request, EncoderMove)
    (emulator.connect_encoder if move.is_connected else emulator.disconnect_encoder)(move.stream_id)
    return httpx.Response(204)


def sent(emulator: "Emulator", _: httpx.Request) -> httpx.Response:
    return answer([*map(_described, emulator.sent)])


def _described(sent: Sent) -> SentRequest:
    url, content = sent.request.url, sent.request.content
    try:
        body = sent.body
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        body = content.decode("utf-8", "replace")
    return SentRequest(sent.function, sent.operation_id, sent.request.method, url.path, sent.query, body, sent.status)


def faults(emulator: "Emulator", _: httpx.Request) -> httpx.Response:
    return answer(emulator.planned_faults())


def plan(emulator: "Emulator", request: httpx.Request) -> httpx.Response:
    planned = _read(request, PlannedFaults)
    emulator.fail(planned.operation, planned.outcomes)
    return httpx.Response(204)


def clear(emulator: "Emulator", _: httpx.Request) -> httpx.Response:
    emulator.clear_faults()
    return httpx.Response(204)


def uploads(emulator: "Emulator", _: httpx.Request) -> httpx.Response:
    return answer(emulator.uploads())


def start_upload(emulator: "Emulator", _: httpx.Request) -> httpx.Response:
    return answer({"url": urlsplit(emulator.new_upload())._replace(scheme="", netloc="").geturl()}, 201)


def snapshot(emulator: "Emulator", _: httpx.Request) -> httpx.Response:
    return answer(emulator.snapshot())


def webhooks(emulator: "Emulator", _: httpx.Request) -> httpx.Response:
    return answer(emulator.webhooks())


def register(emulator: "Emulator", request: httpx.Request) -> httpx.Response:
    wanted = _read(request, NewWebhook)
    webhook = emulator.add_webhook(
        wanted.url, secret=wanted.secret, copies=wanted.copies, spread=wanted.spread, probe=wanted.probe
    )
    return answer(webhook, 201)


def unregister(emulator: "Emulator", _: httpx.Request) -> httpx.Response:
    for webhook in emulator.webhooks():
        emulator.remove_webhook(webhook.id)
    return httpx.Response(204)


def deliveries(emulator: "Emulator", _: httpx.Request) -> httpx.Response:
    return answer(emulator.deliveries())


def replay(emulator: "Emulator", request: httpx.Request) -> httpx.Response:
    return answer(emulator.send_again(_read(request, Replay).id), 201)


ACTIONS: dict[tuple[str, str], Action] = {
    ("GET", ""): about,
    ("POST", "reset"): reset,
    ("POST", "seed"): seed,
    ("GET", "state"): export,
    ("PUT", "state"): load,
    ("POST", "clock"): move_clock,
    ("POST", "encoder"): move_encoder,
    ("GET", "sent"): sent,
    ("GET", "uploads"): uploads,
    ("POST", "uploads"): start_upload,
    ("GET", "snapshot"): snapshot,
    ("GET", "faults"): faults,
    ("POST", "faults"): plan,
    ("DELETE", "faults"): clear,
    ("GET", "webhooks"): webhooks,
    ("POST", "webhooks"): register,
    ("DELETE", "webhooks"): unregister,
    ("GET", "deliveries"): deliveries,
    ("POST", "deliveries"): replay,
}


def control(emulator: "Emulator", request: httpx.Request, what: str) -> httpx.Response:
    """Return the response to a request for a path under ``/_emulator/``.

    Raises:
        RefusedError: There is no such path (404), the body is not valid (422), or the action refuses it.
    """
    action = ACTIONS.get((request.method, what))
    if action is None:
        known = ", ".join(f"{method} /_emulator/{name}" for method, name in ACTIONS)
        raise RefusedError(404, f"not found: only {known} exist here")
    try:
        return action(emulator, request)
    except (msgspec.DecodeError, ValueError, RecursionError, WebhookError) as problem:
        raise RefusedError(422, str(problem)) from problem


def _read(request: httpx.Request, kind: type[T]) -> T:
    return msgspec.json.decode(request.read(), type=kind)
