"""Deliveries: what is to be sent to which webhook, when, and what came of it."""

from random import uniform
from typing import Literal

import msgspec
from msgspec.structs import replace

from fastpix._call.redaction import Redacted
from fastpix.emulator.clock import to_microseconds
from fastpix.emulator.store.documents import Document, Documents
from fastpix.emulator.webhooks.webhook import Webhook, new_webhook
from fastpix.emulator.workspace import Workspace, find, new_uuid

__all__ = [
    "MOST_ATTEMPTS",
    "Answered",
    "Attempt",
    "Delivery",
    "Outgoing",
    "Pending",
    "add_deliveries",
    "add_webhook",
    "deliveries_of",
    "hurry",
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


class Answered(msgspec.Struct, frozen=True):
    """What a webhook answered to a request."""

    status: int | None = None
    """The status of the response. ``None`` if there was none."""
    error: str | None = None
    """Why there was no response, or the first line of a response that refuses."""

    @property
    def is_success(self) -> bool:
        """Whether the response has a 2xx status."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def outcome(self) -> str:
        """The status and the error, for people."""
        return " ".join(str(part) for part in (self.status, self.error) if part is not None)


class Attempt(Answered, frozen=True, kw_only=True):
    """An attempt to send an event, and what the webhook answered."""

    at: float
    """The time on the clock, in seconds since 1970."""


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
    """A delivery that waits for its next attempt, at the time of its position. Its owner is the webhook."""

    delivery_id: str
    """The id of the delivery."""


class Outgoing(msgspec.Struct, frozen=True):
    """A delivery that is to be sent now."""

    webhook: Webhook
    delivery: Delivery
    due: float
    """The time at which it was due, in seconds since 1970."""


def webhooks_of(documents: Documents) -> list[Webhook]:
    """Return the webhooks with a URL, the oldest first."""
    return documents.slice(Webhook, start=0, stop=MOST_WEBHOOKS)


def add_webhook(workspace: Workspace, url: str, secret: str | None, copies: int, spread: float) -> Webhook:
    """Store a webhook with a URL, or change the one with this URL, which keeps its id. `new_webhook` has the arguments.

    Raises:
        msgspec.ValidationError: A number is out of its bounds, or there are too many webhooks.
    """
    known = webhooks_of(workspace.documents)
    same = next((webhook for webhook in known if webhook.url == url), None)
    if same is None and len(known) == MOST_WEBHOOKS:
        raise msgspec.ValidationError(f"there can be at most {MOST_WEBHOOKS} webhooks")
    webhook = new_webhook(url, secret, copies, spread, same)
    workspace.documents.put(webhook.id, webhook, position=workspace.time)
    return webhook


def remove_webhook(workspace: Workspace, webhook_id: str) -> None:
    """Remove a webhook, and what waits for it."""
    workspace.documents.delete(Webhook, webhook_id)
    for pending in _pending(workspace.documents, webhook_id):
        workspace.documents.delete(Pending, pending.delivery_id)
        workspace.documents.delete(Delivery, pending.delivery_id)


def add_deliveries(workspace: Workspace, type: str, body: str) -> None:
    """Plan to send an event to all webhooks."""
    documents = workspace.documents
    for webhook in (*webhooks_of(documents), *workspace.listeners):
        for _ in range(webhook.copies):
            due = workspace.time + uniform(0, webhook.spread)
            _plan(workspace, webhook, Delivery(new_uuid(), webhook.id, type, body), due)
    too_many = documents.count(Delivery) - MOST_DELIVERIES
    for oldest in documents.slice(Delivery, start=0, stop=max(0, too_many)):
        if oldest.status != "pending":
            documents.delete(Delivery, oldest.id)


def send_again(workspace: Workspace, delivery_id: str) -> Delivery:
    """Plan to send an event again at once, as a new delivery.

    Raises:
        RefusedError: There is no such delivery, or its webhook was removed (404).
    """
    first = find(workspace, Delivery, delivery_id, "delivery not found")
    listener = next((webhook for webhook in workspace.listeners if webhook.id == first.webhook_id), None)
    webhook = listener or find(workspace, Webhook, first.webhook_id, "webhook not found")
    again = Delivery(new_uuid(), webhook.id, first.type, first.body)
    _plan(workspace, webhook, again, workspace.time)
    return again


def hurry(workspace: Workspace, webhook_id: str) -> None:
    """Let everything that waits for a webhook be due now."""
    for pending in _pending(workspace.documents, webhook_id):
        _wait(workspace, webhook_id, pending.delivery_id, workspace.time)


def _pending(documents: Documents, webhook_id: str) -> list[Pending]:
    return documents.slice(Pending, webhook_id, start=0, stop=documents.count(Pending, webhook_id))


def deliveries_of(documents: Documents) -> list[Delivery]:
    """Return the last deliveries, the newest first."""
    return documents.slice(Delivery, start=0, stop=documents.count(Delivery), last_first=True)


def _plan(workspace: Workspace, webhook: Webhook, delivery: Delivery, due: float) -> None:
    workspace.documents.put(delivery.id, delivery, position=workspace.time)
    _wait(workspace, webhook.id, delivery.id, due)
    if webhook.url:
        workspace.start_sender(webhook.id)


def _wait(workspace: Workspace, webhook_id: str, delivery_id: str, due: float) -> None:
    workspace.documents.delete(Pending, delivery_id)
    workspace.documents.put(delivery_id, Pending(delivery_id), parent=webhook_id, position=to_microseconds(due))


def next_due(documents: Documents, webhook_id: str) -> float | None:
    """Return the time at which the next delivery to a webhook is due. ``None`` if none waits."""
    first = documents.first(Pending, webhook_id)
    return None if first is None else first[0]


def take(workspace: Workspace, webhook: Webhook) -> Outgoing | None:
    """Take the first delivery to a webhook that is due. ``None`` if none is.

    It is due again soon, unless `note_attempt` says what came of it.
    """
    documents = workspace.documents
    while (first := documents.first(Pending, webhook.id)) and first[0] <= workspace.time:
        due, id, _ = first
        delivery = documents.get(Delivery, id)
        if delivery is not None:
            _wait(workspace, webhook.id, id, workspace.time + IN_FLIGHT)
            return Outgoing(webhook, delivery, due)
        documents.delete(Pending, id)  # of a state that was edited by hand
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
    status = delivery.status
    if attempt.is_success or status == "delivered":
        status = "delivered"
    elif len(attempts) < MOST_ATTEMPTS:
        _wait(workspace, sent.webhook.id, id, sent.due + PAUSES[len(attempts) - 1])
    else:
        status = "failed"
    delivery = replace(delivery, attempts=attempts, status=status)
    documents.put(id, delivery)
    return delivery
