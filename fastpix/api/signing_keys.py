"""Signing keys: what the tokens for private playback are signed with."""

from typing import TypeAlias

from fastpix.api.common import ABSENT, Answer, Data, Model, Page, PageRequest, Pagination, Secret
from fastpix.api.times import Timestamp
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import delete, get, post
from fastpix.reply import Reply

__all__ = [
    "CreateSigningKeyRequest",
    "CreateSigningKeyResponse",
    "CreatedSigningKey",
    "DeleteSigningKeyRequest",
    "DeleteSigningKeyResponse",
    "GetSigningKeyRequest",
    "GetSigningKeyResponse",
    "ListSigningKeysRequest",
    "ListSigningKeysResponse",
    "Message",
    "Pagination",
    "SigningKey",
    "SigningKeySummary",
    "SigningKeyWorkspace",
    "Timestamp",
    "signing_keys_create",
    "signing_keys_delete",
    "signing_keys_get",
    "signing_keys_list",
]


class CreateSigningKeyRequest(Model):
    """A new signing key has no settings."""


class ListSigningKeysRequest(PageRequest):
    """Which page of the signing keys: ``limit`` keys on it, 1 to 50 (default 10); ``offset`` is its number, from 1."""


class GetSigningKeyRequest(Model):
    """Which signing key."""

    signing_key_id: str


class DeleteSigningKeyRequest(Model):
    """Which signing key."""

    signing_key_id: str


class CreatedSigningKey(Answer):
    """A new signing key.

    Attributes:
        private_key: base64 of a PKCS #8 PEM, RSA with 2048 bits; told this once. Secret.
    """

    id: str
    private_key: Secret
    created_at: Timestamp | None = ABSENT


class SigningKeyWorkspace(Answer):
    """A workspace that a signing key is of."""

    id: str | None = ABSENT
    name: str | None = ABSENT
    workspace_type: str | None = ABSENT


class SigningKeySummary(Answer):
    """A signing key, without its keys.

    Attributes:
        workspace: declared by the official SDK, as ``pagination``; not seen in an answer yet.
    """

    id: str
    created_at: Timestamp | None = ABSENT
    workspace: list[SigningKeyWorkspace] | None = ABSENT
    pagination: Pagination | None = ABSENT


class SigningKey(Answer):
    """A signing key; ``public_key`` is a PEM."""

    signing_key_id: str
    workspace_id: str | None = ABSENT
    public_key: str | None = ABSENT


class Message(Answer):
    """What the service says of it."""

    message: str | None = ABSENT


class DeleteSigningKeyResponse(Answer):
    """The answer to a deletion, with a message."""

    success: bool | None = ABSENT
    data: Message | None = ABSENT


CreateSigningKeyResponse: TypeAlias = Data[CreatedSigningKey]
ListSigningKeysResponse: TypeAlias = Page[SigningKeySummary]
GetSigningKeyResponse: TypeAlias = Data[SigningKey]


@post("/iam/signing-keys", id="create_signing_key", idempotent=True)
def signing_keys_create(
    core: FastpixCore,
    request: CreateSigningKeyRequest = CreateSigningKeyRequest(),
    options: RequestOptions | None = None,
) -> Reply[CreateSigningKeyResponse]:
    """Create a signing key. Keep its ``private_key``: the service does not tell it again.

    It is the one POST that is repeated after a lost answer: here the service honours the ``Idempotency-Key``.

    Fails with `ForbiddenError` if the access token may only read.
    Follows ``create_signing_key`` of the API.
    """
    ...


@get("/iam/signing-keys", id="list_signing_keys")
def signing_keys_list(
    core: FastpixCore, request: ListSigningKeysRequest = ListSigningKeysRequest(), options: RequestOptions | None = None
) -> Reply[ListSigningKeysResponse]:
    """List the signing keys of the workspace, a page at a time, newest first.

    Follows ``list_signing_keys`` of the API.
    """
    ...


@get("/iam/signing-keys/{signingKeyId}", id="get-signing_key_by_id")
def signing_keys_get(
    core: FastpixCore, request: GetSigningKeyRequest, options: RequestOptions | None = None
) -> Reply[GetSigningKeyResponse]:
    """Get the public half of a signing key.

    Fails with `NotFoundError` (``Signing key Not Found``).
    Follows ``get-signing_key_by_id`` of the API.
    """
    ...


@delete("/iam/signing-keys/{signingKeyId}", id="delete_signing_key")
def signing_keys_delete(
    core: FastpixCore, request: DeleteSigningKeyRequest, options: RequestOptions | None = None
) -> Reply[DeleteSigningKeyResponse]:
    """Delete a signing key: all tokens signed with it are void at once.

    Fails with `NotFoundError` (``Signing key Not Found``).
    Follows ``delete_signing_key`` of the API.
    """
    ...
