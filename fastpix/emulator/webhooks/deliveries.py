"""Webhooks and deliveries as documents: what is to be sent to whom, when, and what came of it."""

import secrets
from base64 import b64encode
from random import uniform
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from fastpix._call.redaction import Redacted
from fastpix.emulator.clock import to_microseconds
from fastpix.emulator.store.documents import Document, Documents
from fastpix.emulator.workspace import Workspace, find, new_uuid

__all__ = [
    "MOST_ATTEMPTS",
    "Attempt",
    "Delivery",
    "Outgoing",
    "Pending",
    "Webhook",
    "add_deliveries",
    "add_webhook",
    "deliveries_of",
    "new_secret",
    "next_due",
    "note_attempt",
    "remove_webhook",
    "send_again",
    "take",
    "webhooks_of",
]

PAUSES = (5, 30, 120, 600, 3600)
"""The seconds between the attempts of a delivery. The service's are not known."""
MOST_ATTEMPTS = 1 + len(PAUSES)
IN_FLIGHT = 60
"""The seconds after which a delivery is sent again whose outcome was never noted, because the process has ended."""
MOST_WEBHOOKS = 100
MOST_DELIVERIES = 1000
"""The number of deliveries after which the oldest ones are forgotten, if they are over."""
SECRET_BYTES = 32
FUNCTIONS = "functions"
"""The owner of pending deliveries to functions of this process. Those to URLs have no owner."""


class Webhook(Document, Redacted, frozen=True, rename="camel"):
    """Who gets the events of a local FastPix: a URL, or a function of this process."""

    id: str
    """The id."""
    url: str
    """The URL. Empty for a function."""
    secret: str
    """The signing secret, for `fastpix.webhooks.read`."""
    copies: Annotated[int, Meta(ge=1, le=10)] = 1
    """How often each event is sent, 1 to 10. Default: 1."""
    spread: Annotated[float, Meta(ge=0, le=86_400)] = 0.0
    """The seconds on the clock over which deliveries are spread at random, so that their order changes. Default: 0."""

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("id", self.id), ("url", self.url), ("copies", self.copies), ("spread", self.spread)]


class Attempt(msgspec.Struct, frozen=True):
    """An attempt to send an event."""

    at: float
    """The time on the clock, in seconds since 1970."""
    status: int | None = None
    """The status of the response. ``None`` if there was none."""
    error: str | None = None
    """Why there was no response."""

    @property
    def is_success(self) -> bool:
        """Whether the response has a 2xx status."""
        return self.status is not None and 200 <= self.status < 300


class Delivery(Document, Redacted, frozen=True, rename="camel"):
    """An event on its way to a webhook."""

    id: str
    """The id of the delivery."""
    webhook_id: str
    """The id of the webhook."""
    type: str
    """The type of the event."""
    body: str
    """The body of the request: the event as JSON."""
    status: Literal["pending", "delivered", "failed"] = "pending"
    """``delivered`` after a response with a 2xx status, ``failed`` after 6 attempts without one."""
    attempts: tuple[Attempt, ...] = ()
    """The attempts so far."""

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("id", self.id), ("type", self.type), ("status", self.status), ("attempts", self.attempts)]


class Pending(Document, frozen=True):
    """A delivery that waits for its next attempt, at the time of its position."""

    delivery_id: str
    """The id of the delivery."""


class Outgoing(msgspec.Struct, frozen=True):
    """A delivery that is to be sent now."""

    webhook: Webhook
    delivery: Delivery
    due: float
    """The time at which it was due, in seconds since 1970."""


def new_secret() -> str:
    """Return a new signing secret."""
    return b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def webhooks_of(documents: Documents) -> list[Webhook]:
    """Return all webhooks, the oldest first."""
    return documents.slice(Webhook, start=0, stop=MOST_WEBHOOKS)


def add_webhook(workspace: Workspace, url: str, secret: str | None, copies: int, spread: float) -> Webhook:
    """Add a webhook, or change the one with this URL, which keeps its id.

    Args:
        workspace: The workspace.
        url: The URL. Empty for a function.
        secret: The signing secret. ``None``: that of the webhook with this URL, or a new one.
        copies: How often each event is sent.
        spread: The seconds over which deliveries are spread.

    Raises:
        msgspec.ValidationError: A number is out of its bounds, or there are too many webhooks.
    """
    known = webhooks_of(workspace.documents)
    same = next((webhook for webhook in known if url and webhook.url == url), None)
    if same is None and len(known) == MOST_WEBHOOKS:
        raise msgspec.ValidationError(f"there can be at most {MOST_WEBHOOKS} webhooks")
    usual = (same.id, same.secret) if same else (new_uuid(), new_secret())
    wanted = {"id": usual[0], "url": url, "secret": secret or usual[1], "copies": copies, "spread": spread}
    webhook = msgspec.convert(wanted, Webhook)
    workspace.documents.put(webhook.id, webhook, position=workspace.time)
    return webhook


def remove_webhook(workspace: Workspace, webhook_id: str) -> None:
    """Remove a webhook. What waits for it is not sent any more."""
    workspace.documents.delete(Webhook, webhook_id)


def add_deliveries(workspace: Workspace, type: str, body: str) -> None:
    """Plan to send an event to all webhooks."""
    documents = workspace.documents
    for webhook in webhooks_of(documents):
        for _ in range(webhook.copies):
            due = workspace.time + uniform(0, webhook.spread)
            _plan(workspace, webhook, Delivery(new_uuid(), webhook.id, type, body), due)
    while documents.count(Delivery) > MOST_DELIVERIES:
        (oldest,) = documents.slice(Delivery, start=0, stop=1)
        if oldest.status == "pending":
            return
        documents.delete(Delivery, oldest.id)


def send_again(workspace: Workspace, delivery_id: str) -> Delivery:
    """Plan to send an event again at once, as a new delivery.

    Raises:
        RefusedError: There is no such delivery, or its webhook was removed (404).
    """
    first = find(workspace, Delivery, delivery_id, "delivery not found")
    webhook = find(workspace, Webhook, first.webhook_id, "webhook not found")
    again = Delivery(new_uuid(), webhook.id, first.type, first.body)
    _plan(workspace, webhook, again, workspace.time)
    return again


def deliveries_of(documents: Documents) -> list[Delivery]:
    """Return the last deliveries, the newest first."""
    return documents.slice(Delivery, start=0, stop=documents.count(Delivery), last_first=True)


def _plan(workspace: Workspace, webhook: Webhook, delivery: Delivery, due: float) -> None:
    workspace.documents.put(delivery.id, delivery, position=workspace.time)
    _wait(workspace, webhook, delivery.id, due)


def _wait(workspace: Workspace, webhook: Webhook, delivery_id: str, due: float) -> None:
    workspace.documents.delete(Pending, delivery_id)
    position = to_microseconds(due)
    workspace.documents.put(delivery_id, Pending(delivery_id), parent=_owner(not webhook.url), position=position)


def _owner(functions: bool) -> str:
    """Return the owner of the pending deliveries to functions, or to URLs."""
    return FUNCTIONS if functions else ""


def next_due(documents: Documents, *, functions: bool) -> float | None:
    """Return the time at which the next delivery to a function, or to a URL, is due. ``None`` if none waits."""
    first = documents.first(Pending, _owner(functions))
    return None if first is None else first[0]


def take(workspace: Workspace, *, functions: bool) -> Outgoing | None:
    """Take the first delivery to a function, or to a URL, that is due. ``None`` if none is.

    One to a URL is due again soon, unless `note_attempt` says what came of it.
    """
    documents = workspace.documents
    while (first := documents.first(Pending, _owner(functions))) and first[0] <= workspace.time:
        due, id, _ = first
        documents.delete(Pending, id)
        delivery = documents.get(Delivery, id)
        webhook = delivery and documents.get(Webhook, delivery.webhook_id)
        if delivery and webhook:
            if not functions:
                _wait(workspace, webhook, id, workspace.time + IN_FLIGHT)
            return Outgoing(webhook, delivery, due)
        documents.delete(Delivery, id)
    return None


def note_attempt(workspace: Workspace, sent: Outgoing, attempt: Attempt) -> Delivery | None:
    """Note what came of an attempt, and plan the next one if it failed.

    Return the delivery. ``None`` if everything was deleted meanwhile.
    """
    documents, id = workspace.documents, sent.delivery.id
    delivery = documents.get(Delivery, id)
    documents.delete(Pending, id)
    if delivery is None:
        return None
    attempts = (*delivery.attempts, attempt)
    if attempt.is_success:
        delivery = replace(delivery, attempts=attempts, status="delivered")
    elif len(attempts) < MOST_ATTEMPTS:
        delivery = replace(delivery, attempts=attempts)
        _wait(workspace, sent.webhook, id, sent.due + PAUSES[len(attempts) - 1])
    else:
        delivery = replace(delivery, attempts=attempts, status="failed")
    documents.put(id, delivery)
    return delivery
