import re
import sys
from base64 import b64decode
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from fastpix import FastpixCore, RequestOptions, Success
from fastpix.api.common import text_of
from fastpix.api.signing_keys import (
    CreatedSigningKey,
    CreateSigningKeyRequest,
    DeleteSigningKeyRequest,
    DeleteSigningKeyResponse,
    GetSigningKeyRequest,
    ListSigningKeysRequest,
    Message,
    SigningKey,
    signing_keys_create,
    signing_keys_delete,
    signing_keys_get,
    signing_keys_list,
)
from fastpix.emulator import Emulator, Seed, SeedSigningKey
from fastpix.emulator.http.wire import RefusedError
from tests.emulator.acts import NOWHERE, bad_fields, refusal
from tests.pages import paging

RSA = "cryptography.hazmat.primitives.asymmetric.rsa"


def create(core: FastpixCore, key: str | None = None) -> CreatedSigningKey:
    options = None if key is None else RequestOptions(headers={"Idempotency-Key": key})
    return signing_keys_create(core, CreateSigningKeyRequest(), options).unwrap().data


def read(core: FastpixCore, id: str) -> SigningKey:
    return signing_keys_get(core, GetSigningKeyRequest(id)).unwrap().data


def listed(core: FastpixCore) -> list[str]:
    return [key.id for key in signing_keys_list(core).unwrap().data]


def private_key(created: CreatedSigningKey) -> RSAPrivateKey:
    pem = b64decode(created.private_key, validate=True)
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----\n")
    key = load_pem_private_key(pem, None)
    assert isinstance(key, RSAPrivateKey)
    return key


def public_key(key: SigningKey) -> RSAPublicKey:
    loaded = load_pem_public_key((key.public_key or "").encode())
    assert isinstance(loaded, RSAPublicKey)
    return loaded


def test_a_new_key_has_its_private_key_and_a_time(core: FastpixCore) -> None:
    created = create(core)
    assert dict(created).keys() == {"id", "privateKey", "createdAt"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text_of(created, "created_at") or "")
    assert private_key(created).key_size == 2048


def test_a_token_of_a_private_key_is_verified_with_its_public_key(core: FastpixCore) -> None:
    created, other = create(core), create(core)
    signature = private_key(created).sign(b"a token", PKCS1v15(), SHA256())
    public_key(read(core, created.id)).verify(signature, b"a token", PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        public_key(read(core, other.id)).verify(signature, b"a token", PKCS1v15(), SHA256())


def test_a_key_is_read_without_its_private_key(core: FastpixCore, emulator: Emulator) -> None:
    created = create(core)
    key = read(core, created.id)
    assert dict(key).keys() == {"signingKeyId", "workspaceId", "publicKey"}
    assert (key.signing_key_id, key.workspace_id) == (created.id, emulator.workspace_id)
    assert (key.public_key or "").startswith("-----BEGIN PUBLIC KEY-----\n")


def test_keys_are_listed_in_pages_newest_first(core: FastpixCore, emulator: Emulator) -> None:
    ids = emulator.seed(Seed(signing_keys=[SeedSigningKey(count=3)])).signing_key_ids
    page = signing_keys_list(core, ListSigningKeysRequest(limit=2)).unwrap()
    assert (paging(page), [key.id for key in page.data]) == ((3, 1, 2), [ids[2], ids[1]])
    assert {*dict(page.data[0])} == {"id", "createdAt"}
    page = signing_keys_list(core, ListSigningKeysRequest(limit=2, offset=2)).unwrap()
    assert [key.id for key in page.data] == ids[:1]


def test_an_empty_list_has_no_pages(core: FastpixCore) -> None:
    assert paging(signing_keys_list(core).unwrap()) == (0, 1, 0)


def test_a_deleted_key_is_gone(core: FastpixCore) -> None:
    kept, gone = create(core), create(core)
    request = DeleteSigningKeyRequest(gone.id)
    expected = DeleteSigningKeyResponse(success=True, data=Message("signing key deleted successfully"))
    assert signing_keys_delete(core, request) == Success(expected)
    assert listed(core) == [kept.id]
    assert refusal(signing_keys_delete(core, request)) == (404, "Signing key Not Found")


@pytest.mark.parametrize(
    ("operation", "request_type"),
    [(signing_keys_get, GetSigningKeyRequest), (signing_keys_delete, DeleteSigningKeyRequest)],
)
def test_a_key_that_does_not_exist_is_not_found(core: FastpixCore, operation: Any, request_type: Any) -> None:
    assert refusal(operation(core, request_type(NOWHERE))) == (404, "Signing key Not Found")
    assert bad_fields(operation(core, request_type("x"))) == ["signingKeyId"]


def test_an_idempotency_key_gets_the_first_response_again(core: FastpixCore, emulator: Emulator) -> None:
    first = create(core, "one")
    emulator.clock.advance(days=1)
    assert create(core, "one") == first
    other = create(core, "two")
    assert listed(core) == [other.id, first.id]


def test_an_idempotency_key_gets_the_first_response_again_even_if_the_key_was_deleted(core: FastpixCore) -> None:
    first = create(core, "one")
    signing_keys_delete(core, DeleteSigningKeyRequest(first.id)).unwrap()
    assert create(core, "one") == first
    assert listed(core) == []
    assert refusal(signing_keys_get(core, GetSigningKeyRequest(first.id))) == (404, "Signing key Not Found")


def test_a_body_is_refused(core: FastpixCore, web: Any) -> None:
    refused = web.post("/v1/iam/signing-keys", json={"name": "A"})
    assert refused.status_code == 422
    assert [bad["field"] for bad in refused.json()["error"]["fields"]] == ["name"]
    assert listed(core) == []


def test_without_cryptography_there_are_no_keys(
    core: FastpixCore, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = RequestOptions(headers={"Idempotency-Key": "one"})
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, RSA, None)
        refused = signing_keys_create(core, CreateSigningKeyRequest(), options)
        assert refusal(refused) == (501, "cryptography is missing")
        with pytest.raises(RefusedError, match="cryptography is missing"):
            emulator.seed(Seed(signing_keys=[SeedSigningKey()]))
    assert listed(core) == []
    assert create(core, "one").id in listed(core)
