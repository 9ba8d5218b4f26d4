"""Signing keys on the local FastPix. They are real RSA keys."""

from base64 import b64encode

from fastpix.api.common import Data, Page
from fastpix.api.signing_keys import (
    CreatedSigningKey,
    CreateSigningKeyRequest,
    DeleteSigningKeyRequest,
    DeleteSigningKeyResponse,
    GetSigningKeyRequest,
    ListSigningKeysRequest,
    Message,
    SigningKey,
    SigningKeySummary,
    signing_keys_create,
    signing_keys_delete,
    signing_keys_get,
    signing_keys_list,
)
from fastpix.api.times import Timestamp
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import RefusedError, check_uuid
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace, find, new_uuid, page

__all__ = ["SigningKeyRecord", "create", "delete", "get", "list_keys", "new_signing_key"]


class SigningKeyRecord(Document):
    """A signing key without its private key."""

    id: str
    """Its id."""
    public_key: str
    """The public key, as PEM."""
    created_at: Timestamp
    """The time of creation."""


@handles(
    signing_keys_create,
    recorded="the fields and the format of the private key, and that an Idempotency-Key repeats the first response",
)
def create(workspace: Workspace, request: CreateSigningKeyRequest) -> Data[CreatedSigningKey]:
    return Data(new_signing_key(workspace), success=True)


def new_signing_key(workspace: Workspace) -> CreatedSigningKey:
    """Make and store a signing key.

    Raises:
        RefusedError: The package cryptography is not installed (501).
    """
    try:
        from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
    except ModuleNotFoundError as missing:
        message = "Signing keys need the package cryptography. Run: pip install 'fastpix[emulator]'"
        raise RefusedError(501, "cryptography is missing", message) from missing
    key = generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    record = SigningKeyRecord(new_uuid(), public.decode(), workspace.now)
    workspace.documents.put(record.id, record, position=workspace.time)
    return CreatedSigningKey(record.id, b64encode(private).decode(), record.created_at)


@handles(signing_keys_list, recorded="the fields, newest first, and the pages")
def list_keys(workspace: Workspace, request: ListSigningKeysRequest) -> Page[SigningKeySummary]:
    return page(workspace, SigningKeyRecord, request, lambda key: SigningKeySummary(key.id, key.created_at))


@handles(signing_keys_get, recorded="the fields", documented="the 404")
def get(workspace: Workspace, request: GetSigningKeyRequest) -> Data[SigningKey]:
    key = _found(workspace, request.signing_key_id)
    return Data(SigningKey(key.id, workspace.id, key.public_key), success=True)


@handles(signing_keys_delete, recorded="the response", documented="the 404")
def delete(workspace: Workspace, request: DeleteSigningKeyRequest) -> DeleteSigningKeyResponse:
    workspace.documents.delete(SigningKeyRecord, _found(workspace, request.signing_key_id).id)
    return DeleteSigningKeyResponse(success=True, data=Message("signing key deleted successfully"))


def _found(workspace: Workspace, id: str) -> SigningKeyRecord:
    check_uuid(signingKeyId=id)
    return find(workspace, SigningKeyRecord, id, "Signing key Not Found")
