"""Signing keys for the tests of tokens. They are made once, because that takes a while."""

from base64 import b64encode
from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

__all__ = ["KEY_ID", "encoded", "pem", "public_pem", "rsa_key"]

KEY_ID = "0b7ad8a4-4f5c-4a0e-9b1b-7d1b8f6f2c11"


@cache
def rsa_key(bits: int = 2048) -> RSAPrivateKey:
    return generate_private_key(65537, bits)


def pem(
    key: RSAPrivateKey | None = None, format: PrivateFormat = PrivateFormat.PKCS8, password: bytes | None = None
) -> bytes:
    lock: KeySerializationEncryption = BestAvailableEncryption(password) if password else NoEncryption()
    return (key or rsa_key()).private_bytes(Encoding.PEM, format, lock)


def public_pem() -> bytes:
    return rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def encoded(content: bytes) -> str:
    return b64encode(content).decode()
