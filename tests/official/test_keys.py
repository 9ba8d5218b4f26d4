"""Signing keys and DRM configurations."""

from base64 import b64decode
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from fastpix.emulator import Emulator, Seed, SeedDrmConfiguration


def test_create_signing_key(sdk: Any) -> None:
    created = sdk.signing_keys.create_signing_key().data
    public = load_pem_private_key(b64decode(created.private_key), password=None).public_key()
    told = sdk.signing_keys.get_signing_key_by_id(signing_key_id=created.id).data.public_key
    assert told == public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_list_signing_keys(sdk: Any) -> None:
    ids = [sdk.signing_keys.create_signing_key().data.id for _ in range(2)]
    found = sdk.signing_keys.list_signing_keys(limit=10, offset=1)
    assert {key.id for key in found.data} == {*ids}
    assert found.pagination.total_records == 2


def test_get_signing_key_by_id(sdk: Any, emulator: Emulator) -> None:
    created = sdk.signing_keys.create_signing_key().data
    key = sdk.signing_keys.get_signing_key_by_id(signing_key_id=created.id).data
    assert (key.signing_key_id, key.workspace_id) == (created.id, emulator.workspace_id)


def test_delete_signing_key(sdk: Any) -> None:
    created = sdk.signing_keys.create_signing_key().data
    assert sdk.signing_keys.delete_signing_key(signing_key_id=created.id).success
    assert sdk.signing_keys.list_signing_keys().data == []


def test_get_drm_configuration(sdk: Any, emulator: Emulator) -> None:
    ids = emulator.seed(Seed(drm_configurations=[SeedDrmConfiguration(count=2)])).drm_configuration_ids
    found = sdk.drm_configurations.get_drm_configuration(offset=1, limit=10)
    assert {configuration.id for configuration in found.data} == {*ids}
    assert found.pagination.total_records == 2


def test_get_drm_configuration_by_id(sdk: Any, emulator: Emulator) -> None:
    [id] = emulator.seed(Seed(drm_configurations=[SeedDrmConfiguration()])).drm_configuration_ids
    assert sdk.drm_configurations.get_drm_configuration_by_id(drm_configuration_id=id).data.id == id
