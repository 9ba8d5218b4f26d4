"""Signatures of webhooks: base64 of the HMAC-SHA256 of the body. The key is the signing secret, decoded from base64."""

import hmac
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, Protocol, TypeAlias, cast

from fastpix._call.interrupts import pass_interrupt
from fastpix.errors import WebhookError

__all__ = [
    "SECRET_VARIABLE",
    "SIGNATURE_HEADER",
    "HasItems",
    "Headers",
    "keys_of",
    "sign",
    "signature_in",
    "signature_of",
]

SIGNATURE_HEADER = "FastPix-Signature"
"""The name of the header with the signature."""
SECRET_VARIABLE = "FASTPIX_WEBHOOK_SECRET"  # noqa: S105 - the name of the variable
API_SECRET_VARIABLE = "FASTPIX_PASSWORD"  # noqa: S105 - the name of the variable
UUID = r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
WHERE = "The dashboard shows the signing secret of a webhook beside its URL"


class HasItems(Protocol):
    """Headers with their names and values as `items`."""

    def items(self) -> Iterable[tuple[Any, Any]]: ...


Headers: TypeAlias = Mapping[str, Any] | Mapping[bytes, Any] | HasItems | Iterable[tuple[Any, Any]]
"""A mapping of headers, or pairs of names and values, as `str` or as `bytes`."""


def sign(body: bytes, secret: str) -> str:
    """Return the signature of a body, for tests of your own handlers.

    Args:
        body: The body of the request.
        secret: The signing secret, in base64.

    Raises:
        WebhookError: The secret is not base64, is empty, or looks like a secret of the API.

    Example:
        ``headers = {"FastPix-Signature": sign(body, secret)}``
    """
    return signature_of(body, keys_of(secret)[0])


def signature_of(body: bytes, key: bytes) -> str:
    return b64encode(hmac.digest(key, body, "sha256")).decode()


def keys_of(secret: str | Sequence[str] | None) -> list[bytes]:
    """Return the keys of one or several signing secrets. ``None``: those of the environment, separated by commas.

    Raises:
        WebhookError: There is no secret, or one of them cannot be a signing secret.
    """
    if secret is None:
        secret = os.environ.get(SECRET_VARIABLE, "").split(",")
    if isinstance(secret, str):
        secret = [secret]
    if not isinstance(cast("object", secret), list | tuple):
        _refuse(f"must be a str, or a list or tuple of str, not {type(secret).__name__}")
    return [*map(_key_of, secret)] or _refuse("is missing")


def _key_of(secret: object) -> bytes:
    if not isinstance(secret, str):
        _refuse(f"must be a str, not {type(secret).__name__}")
    text = secret.strip()
    if not text:
        _refuse("is missing")
    if re.fullmatch(UUID, text) or text == os.environ.get(API_SECRET_VARIABLE):
        _refuse("looks like the secret of an access token of the API, which signs nothing")
    try:
        unpadded = text.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
        key = b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True)
    except ValueError:
        _refuse("is not base64")
    return key or _refuse("is empty")


def _refuse(what: str) -> NoReturn:
    told = f"the signing secret {what}. {WHERE}. Give it as an argument, or in {SECRET_VARIABLE}"
    raise WebhookError(told, reason="secret") from None


def signature_in(headers: Headers) -> bytes | None:
    """Return the value of the header, in any spelling that servers use. ``None`` if there is no such header.

    A WSGI environment has the header as ``HTTP_FASTPIX_SIGNATURE``.

    Raises:
        WebhookError: The headers are neither a mapping nor pairs.
    """
    wanted = SIGNATURE_HEADER.lower()
    try:
        pairs = cast("HasItems", headers).items() if hasattr(headers, "items") else cast("Iterable[Any]", headers)
        for name, value in pairs:
            if _text(name).lower().replace("_", "-").removeprefix("http-") == wanted:
                return _text(_first(value)).strip().encode(errors="surrogatepass")
    except Exception as problem:
        pass_interrupt(problem)
        told = f"the headers must be a mapping or pairs of names and values, not {type(headers).__name__}"
        raise WebhookError(told, reason="headers") from None
    return None


def _first(value: object) -> object:
    """Return the first of several values, as AWS Lambda gives them in ``multiValueHeaders``."""
    if isinstance(value, list | tuple):
        values = cast("Sequence[object]", value)
        return values[0] if values else ""
    return value


def _text(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(cast("bytes", value)).decode("latin-1")
    return str(value)
