"""Signing keys on the local FastPix."""

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
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import check_uuid
from fastpix.emulator.model.signing_keys import SigningKeyRecord, new_signing_key
from fastpix.emulator.workspace import Workspace, find, page

__all__ = ["create", "delete", "get", "list_keys"]


@handles(
    signing_keys_create,
    recorded="the fields and the format of the private key, and that an Idempotency-Key repeats the first response",
)
def create(workspace: Workspace, request: CreateSigningKeyRequest) -> Data[CreatedSigningKey]:
    return Data(new_signing_key(workspace), success=True)


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
