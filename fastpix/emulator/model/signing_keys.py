"""A signing key on the local FastPix. It is a real RSA key."""

from base64 import b64encode

from fastpix.api.signing_keys import CreatedSigningKey
from fastpix.api.times import Timestamp
from fastpix.emulator.http.wire import RefusedError
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace, new_uuid

__all__ = ["SigningKeyRecord", "new_signing_key"]


class SigningKeyRecord(Document):
    """A signing key without its private key."""

    id: str
    """Its id."""
    public_key: str
    """The public key, as PEM."""
    created_at: Timestamp
    """The time of creation."""


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
