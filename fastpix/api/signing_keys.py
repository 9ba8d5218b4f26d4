"""Signing keys: create, list, get and delete the keys that sign tokens for private playback."""

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
    """The settings of a new signing key. There are none."""


class ListSigningKeysRequest(PageRequest):
    """Selects a page of the signing keys in the workspace."""


class GetSigningKeyRequest(Model):
    """Selects a signing key."""

    signing_key_id: str
    """The id of the signing key, a UUID."""


class DeleteSigningKeyRequest(Model):
    """Selects a signing key."""

    signing_key_id: str
    """The id of the signing key, a UUID."""


class CreatedSigningKey(Answer):
    """A new signing key, with its private key."""

    id: str
    """The id of the signing key. Tokens carry it as ``kid``."""
    private_key: Secret
    """The private key: the base64 text of a PKCS #8 PEM, RSA with 2048 bits. FastPix returns it only here. Secret."""
    created_at: Timestamp | None = ABSENT
    """The time of creation, in UTC."""


class SigningKeyWorkspace(Answer):
    """A workspace that a signing key belongs to."""

    id: str | None = ABSENT
    """The id of the workspace."""
    name: str | None = ABSENT
    """The name of the workspace."""
    workspace_type: str | None = ABSENT
    """The type of the workspace."""


class SigningKeySummary(Answer):
    """A signing key without its private and public key."""

    id: str
    """The id of the signing key."""
    created_at: Timestamp | None = ABSENT
    """The time of creation, in UTC."""
    workspace: list[SigningKeyWorkspace] | None = ABSENT
    """The workspaces of the signing key. The official SDK declares the field, but no known response contains it."""
    pagination: Pagination | None = ABSENT
    """The position of a page in a list. The official SDK declares the field, but no known response contains it."""


class SigningKey(Answer):
    """A signing key, with its public key."""

    signing_key_id: str
    """The id of the signing key."""
    workspace_id: str | None = ABSENT
    """The id of the workspace that the signing key belongs to."""
    public_key: str | None = ABSENT
    """The public key, as PEM."""


class Message(Answer):
    """A message from FastPix about the operation."""

    message: str | None = ABSENT
    """The text of the message."""


class DeleteSigningKeyResponse(Answer):
    """The response to the deletion of a signing key."""

    success: bool | None = ABSENT
    """``True``. A response with ``false`` is an error."""
    data: Message | None = ABSENT
    """A message about the deletion."""


CreateSigningKeyResponse: TypeAlias = Data[CreatedSigningKey]
ListSigningKeysResponse: TypeAlias = Page[SigningKeySummary]
GetSigningKeyResponse: TypeAlias = Data[SigningKey]


@post("/iam/signing-keys", id="create_signing_key", idempotent=True)
def signing_keys_create(
    core: FastpixCore,
    request: CreateSigningKeyRequest = CreateSigningKeyRequest(),
    options: RequestOptions | None = None,
) -> Reply[CreateSigningKeyResponse]:
    """Create a signing key. Store its ``private_key``: FastPix never returns it again.

    The library retries this call after a lost response, unlike every other POST operation. A retry does not create a
    second key, because FastPix honours the ``Idempotency-Key`` header here.

    Fails with:
        ForbiddenError: the access token has only read permission.

    API operation: ``create_signing_key``.

    Example:
        >>> signing_keys_create(core)
    """
    ...


@get("/iam/signing-keys", id="list_signing_keys")
def signing_keys_list(
    core: FastpixCore, request: ListSigningKeysRequest = ListSigningKeysRequest(), options: RequestOptions | None = None
) -> Reply[ListSigningKeysResponse]:
    """List the signing keys of the workspace, newest first, one page at a time.

    Fails with:
        Only the errors that every call can fail with.

    API operation: ``list_signing_keys``.

    Example:
        >>> signing_keys_list(core, ListSigningKeysRequest(limit=50, offset=2))
    """
    ...


@get("/iam/signing-keys/{signingKeyId}", id="get-signing_key_by_id")
def signing_keys_get(
    core: FastpixCore, request: GetSigningKeyRequest, options: RequestOptions | None = None
) -> Reply[GetSigningKeyResponse]:
    """Get the public key of a signing key.

    Fails with:
        NotFoundError: the signing key does not exist (``Signing key Not Found``).

    API operation: ``get-signing_key_by_id``.

    Example:
        >>> signing_keys_get(core, GetSigningKeyRequest("f92cdbe4-8970-4523-996c-d4388aa4f958"))
    """
    ...


@delete("/iam/signing-keys/{signingKeyId}", id="delete_signing_key")
def signing_keys_delete(
    core: FastpixCore, request: DeleteSigningKeyRequest, options: RequestOptions | None = None
) -> Reply[DeleteSigningKeyResponse]:
    """Delete a signing key. All tokens that were signed with it become invalid at once.

    Fails with:
        NotFoundError: the signing key does not exist (``Signing key Not Found``).

    API operation: ``delete_signing_key``.

    Example:
        >>> signing_keys_delete(core, DeleteSigningKeyRequest("f92cdbe4-8970-4523-996c-d4388aa4f958"))
    """
    ...
