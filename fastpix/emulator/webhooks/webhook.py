"""A webhook: who gets the events of a local FastPix."""

import secrets
from base64 import b64encode
from typing import Annotated
from uuid import uuid4

import msgspec
from msgspec import Meta

from fastpix._call.redaction import Redacted
from fastpix.emulator.store.documents import Document

__all__ = ["Webhook", "new_secret", "new_webhook"]

SECRET_BYTES = 32


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


def new_secret() -> str:
    """Return a new signing secret."""
    return b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def new_webhook(url: str, secret: str | None, copies: int, spread: float, known: Webhook | None = None) -> Webhook:
    """Return a webhook. It is not stored yet.

    Args:
        url: The URL. Empty for a function.
        secret: The signing secret. ``None``: that of the known webhook, or a new one.
        copies: How often each event is sent.
        spread: The seconds over which deliveries are spread.
        known: The webhook whose id it keeps. Default: none.

    Raises:
        msgspec.ValidationError: A number is out of its bounds.
    """
    usual = (known.id, known.secret) if known else (str(uuid4()), new_secret())
    wanted = {"id": usual[0], "url": url, "secret": secret or usual[1], "copies": copies, "spread": spread}
    return msgspec.convert(wanted, Webhook)
