"""`read`: verify the request of a webhook, and read its event."""

import hmac
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from fastpix._call.deviation import Deviation, is_news
from fastpix._call.interrupts import suppressed
from fastpix._call.redaction import message, words_of
from fastpix._call.response import UNDECODABLE
from fastpix._call.shape import UnreadableError
from fastpix._call.tolerance import convert_tolerantly, read_tolerantly
from fastpix._call.validation import mapping
from fastpix.errors import WebhookError
from fastpix.reply import Failure, Result, Success
from fastpix.webhooks.events import AnyEvent, Event, Probe, UnknownEvent, kind_of
from fastpix.webhooks.signature import SIGNATURE_HEADER, Headers, keys_of, signature_in, signature_of

__all__ = ["MOST_BYTES", "read"]

MOST_BYTES = 10 * 1024 * 1024
"""The most bytes of a body, unless `read` is told otherwise."""
LONGEST_PROBE = 1024
"""The most bytes of a request that asks whether the URL answers."""
ENVELOPE = ("id", "object", "workspace", "status", "createdAt", "attempts")

MISMATCH = (
    "the signature does not match. The secret is that of another webhook, or the body was changed on its way, or the "
    "request is not from FastPix"
)

logger: logging.Logger = logging.getLogger("fastpix")


def read(
    body: bytes | bytearray | memoryview,
    headers: Headers,
    secret: str | Sequence[str] | None = None,
    *,
    max_bytes: int = MOST_BYTES,
) -> Result[Event, WebhookError]:
    """Verify a request that FastPix sent to your URL, and read its event. It never raises.

    The signature covers only the body. It has no time, so an old request stays valid: use the ``id`` of an event to
    carry it out once.

    An unknown type of event is an `UnknownEvent`. A value that does not match the documentation is left out, as in a
    response, and is listed in ``deviations``. The unsigned request that FastPix sends when you save the URL is a
    `Probe`. Respond to it with a 2xx status.

    Fails with:
        WebhookError: ``reason`` says why, and ``status`` is the HTTP status to respond with.

    Args:
        body: The body as the server received it, before anything parses it.
        headers: All headers: a mapping or pairs, with names in any case, as `str` or as `bytes`.
        secret: The signing secret of the webhook, in base64, from the dashboard. While you replace a secret, a sequence
            of the old and the new one. Default: the environment variable ``FASTPIX_WEBHOOK_SECRET``, which may have
            several, separated by commas.
        max_bytes: The most bytes of a body. Default: 10,485,760.

    Example:
        ``read(await request.body(), request.headers)``
    """
    try:
        return Success(_read(body, headers, secret, max_bytes))
    except WebhookError as error:
        error.__traceback__ = error.__context__ = None  # the frames have the keys and the body
        return Failure(error)


def _read(
    body: bytes | bytearray | memoryview, headers: Headers, secret: str | Sequence[str] | None, max_bytes: int
) -> Event:
    try:
        whole = bytes(memoryview(body))
    except (TypeError, ValueError):
        raise WebhookError(_about(body), reason="body") from None
    if len(whole) > max_bytes:
        raise WebhookError(f"the body has {len(whole)} bytes, and at most {max_bytes} are allowed", reason="size")
    signature = signature_in(headers)
    if signature is None:
        return _probe(whole)
    if not _matches(signature, whole, keys_of(secret)):
        raise WebhookError(MISMATCH, reason="mismatch")
    try:
        event = _typed(*_decoded(whole), whole)
    except (*UNDECODABLE, UnreadableError) as problem:
        told = f"the signature matches, but the body can't be read as a JSON object: {words_of(problem)}"
        raise WebhookError(told, reason="json") from None
    for deviation in event.deviations:
        if is_news(event.raw_type, deviation.path):
            with suppressed():  # a logging handler of the user may raise
                logger.warning("webhook %s does not match the documentation at %s", event.raw_type, deviation)
    return event


def _about(body: object) -> str:
    if isinstance(body, str):
        return "the body must be bytes, not str. Give the bytes of the request, before they are decoded"
    kind = type(body).__name__
    if isinstance(body, Mapping | list):
        return f"the body was parsed before: it is a {kind}. Give the bytes of the request"
    return f"the body must be the bytes of the request, not {kind}"


def _matches(signature: bytes, body: bytes, keys: list[bytes]) -> bool:
    """Return whether a key made the signature. The time does not depend on how far a signature is right."""
    found = [hmac.compare_digest(signature, signature_of(body, key).encode()) for key in keys]
    return True in found


def _probe(body: bytes) -> Probe:
    """Return a `Probe` for a short unsigned request that is no event.

    Raises:
        WebhookError: It could be an event.
    """
    with suppress(*UNDECODABLE):
        given = msgspec.json.decode(body or b"{}", type=dict[str, object])
        if len(body) <= LONGEST_PROBE and not {"id", "type"} & given.keys():
            return Probe()
    told = f"the {SIGNATURE_HEADER} header is missing, and FastPix signs every event"
    raise WebhookError(told, reason="unsigned")


def _decoded(body: bytes) -> tuple[dict[str, Any], tuple[Deviation, ...]]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any]), ()
    except UNDECODABLE:
        return read_tolerantly(dict[str, Any], body)


def _typed(whole: dict[str, Any], told: tuple[Deviation, ...], body: bytes) -> AnyEvent:
    """Return an event of the class of its type.

    Raises:
        UnreadableError: There are too many deviations.
    """
    given, data = whole.get("type"), whole.get("data")
    raw_type = message(given) if isinstance(given, str) else ""
    kind, type = kind_of(raw_type)
    fields = {name: whole[name] for name in ENVELOPE if name in whole} | {"type": type}
    told = (*told, *(_no_text(whole, name) for name in ("type", "id") if not isinstance(whole.get(name), str)))
    if not isinstance(fields.get("id"), str) or not fields["id"]:
        fields["id"] = sha256(body).hexdigest()[:32]
    if kind.event is not UnknownEvent:
        fields["data"], missing = kind.completed(data, mapping(whole.get("object")).get("id"))
        told = (*told, *missing)
    try:
        event = msgspec.convert(fields, kind.event)
    except msgspec.ValidationError:
        event, more = convert_tolerantly(kind.event, msgspec.json.decode(msgspec.json.encode(fields)))
        told = (*told, *more)
    event = replace(event, raw_type=raw_type, raw_data=data, deviations=told)
    return replace(event, data=data) if isinstance(event, UnknownEvent) else event


def _no_text(whole: dict[str, Any], name: str) -> Deviation:
    return Deviation(f"$.{name}", "string", whole.get(name, UNSET))
