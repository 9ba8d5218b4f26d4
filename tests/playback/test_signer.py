"""Tokens: joserfc verifies them, and each key that can't sign is named."""

import pickle
import sys
import time
from base64 import encodebytes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError
from joserfc.jwk import RSAKey

from fastpix import Failure, FastpixCore
from fastpix.api.signing_keys import (
    CreateSigningKeyRequest,
    GetSigningKeyRequest,
    signing_keys_create,
    signing_keys_get,
)
from fastpix.errors import ConfigurationError, RequestValidationError
from fastpix.playback import playback_signer
from tests.playback.keys import KEY_ID, encoded, pem, public_pem, rsa_key

ID = "8f7c5b9e-65a4-4a22-9d6f-2b1c6f0e7a11"


def read(token: str, public: bytes | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the header and the claims of a token whose signature and expiry are right."""
    found = jwt.decode(token, RSAKey.import_key(public or public_pem()), algorithms=["RS256"])
    jwt.JWTClaimsRegistry().validate(found.claims)
    return found.header, found.claims


def told(*arguments: Any, **more: Any) -> str:
    made = playback_signer(*arguments, **more)
    assert isinstance(made, Failure)
    error = made.failure()
    assert isinstance(error, ConfigurationError)
    assert (error.__traceback__, error.__context__) == (None, None)
    return error.message


def test_a_token_has_the_documented_claims() -> None:
    before = int(time.time())
    header, claims = read(playback_signer(KEY_ID, pem()).unwrap().sign(ID))
    assert header == {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
    now = claims.pop("iat")
    assert before <= now <= time.time()
    assert claims == {"kid": KEY_ID, "aud": f"media:{ID}", "iss": "fastpix.com", "sub": "", "exp": now + 900}


def test_a_signing_key_of_the_api_signs(core: FastpixCore) -> None:
    key = signing_keys_create(core, CreateSigningKeyRequest()).unwrap().data
    public = signing_keys_get(core, GetSigningKeyRequest(key.id)).unwrap().data.public_key
    token = playback_signer(key.id, key.private_key).unwrap().sign(ID)
    assert read(token, str(public).encode())[1]["kid"] == key.id
    with pytest.raises(BadSignatureError):
        read(token)


@pytest.mark.parametrize("audience", ["media", "drm"])
def test_a_token_is_for_one_audience(audience: Any) -> None:
    signer = playback_signer(KEY_ID, pem()).unwrap()
    assert read(signer.sign(ID, audience=audience))[1]["aud"] == f"{audience}:{ID}"


def test_a_token_expires() -> None:
    signer = playback_signer(KEY_ID, pem(), lifetime=60, clock=lambda: 1_000_000.9).unwrap()
    with pytest.raises(ExpiredTokenError):
        read(signer.sign(ID))
    exact = jwt.decode(signer.sign(ID, lifetime=5), RSAKey.import_key(public_pem()), algorithms=["RS256"]).claims
    assert (exact["iat"], exact["exp"]) == (1_000_000, 1_000_005)
    assert read(signer.sign(ID, lifetime=10**10))[1]["aud"] == f"media:{ID}"


def test_many_ids_get_a_token_each() -> None:
    signer = playback_signer(KEY_ID, pem()).unwrap()
    ids = [f"id-{number}" for number in range(20)]
    tokens = signer.sign_all(ids, audience="drm", lifetime=60)
    assert [*tokens] == ids
    assert [read(token)[1]["aud"] for token in tokens.values()] == [f"drm:{id}" for id in ids]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"playback_id": None}, "playback_id"),
        ({"playback_id": ""}, "playback_id"),
        ({"playback_id": ID, "audience": "DRM"}, "audience"),
        ({"playback_id": ID, "lifetime": "300"}, "lifetime"),
        ({"playback_id": ID, "lifetime": 2.5}, "lifetime"),
    ],
)
def test_arguments_of_other_types_are_named(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(RequestValidationError) as refused:
        playback_signer(KEY_ID, pem()).unwrap().sign(**arguments)
    assert refused.value.field == field


def test_a_text_is_not_several_ids() -> None:
    with pytest.raises(RequestValidationError, match=r"^playback_ids must be several ids"):
        playback_signer(KEY_ID, pem()).unwrap().sign_all(ID)


FORMS: dict[str, Callable[[], Any]] = {
    "PEM": lambda: pem().decode(),
    "PEM as bytes": pem,
    "PEM of the older form": lambda: pem(format=PrivateFormat.TraditionalOpenSSL).decode(),
    "PEM with white space around": lambda: f"\n  {pem().decode()}\n\n",
    "PEM in one line of a variable": lambda: pem().decode().replace("\n", "\\n"),
    "base64": lambda: encoded(pem()),
    "base64 as bytes": lambda: encoded(pem()).encode(),
    "base64 in lines": lambda: encodebytes(pem()).decode(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_key_is_read_in_each_form(form: Callable[[], Any], tmp_path: Path) -> None:
    given = form()
    file = tmp_path / "key"
    file.write_bytes(given if isinstance(given, bytes) else given.encode())
    for key in (given, file, str(file)):
        assert read(playback_signer(KEY_ID, key).unwrap().sign(ID))[1]["kid"] == KEY_ID


def elliptic() -> str:
    key = generate_private_key(SECP256R1())
    return encoded(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a public key": (public_pem, "private_key is a public key."),
    "a short key": (lambda: pem(rsa_key(1024)), "private_key must have at least 2048 bits, not 1024"),
    "an encrypted key": (lambda: pem(password=b"a secret"), "private_key is encrypted."),
    "a key of another kind": (elliptic, "private_key must be an RSA key"),
    "a damaged key": (lambda: pem()[:-100], "private_key can't be read"),
    "a certificate": (
        lambda: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        "private_key can't be read",
    ),
    "garbage": (
        lambda: "garbage",
        "private_key must be base64 of PEM, PEM, or the path of a file with either. It is neither, and no file has",
    ),
    "base64 of garbage": (lambda: encoded(b"garbage"), "private_key must be base64 of PEM"),
    "nothing": (lambda: " \n", "private_key is empty"),
    "no bytes": (lambda: b"", "private_key is empty"),
    "a text that no path can be": (lambda: "a\0b", "private_key must be base64 of PEM"),
    "a text that is too long for a path": (lambda: "~" * 10_000, "private_key must be base64 of PEM"),
    "text beyond UTF-8": (lambda: "\ud800", "private_key must be base64 of PEM"),
    "no text at all": (lambda: 7, "private_key must be base64 of PEM, PEM, or the path of a file with either, not int"),
}


@pytest.mark.parametrize(("key", "message"), REFUSED.values(), ids=REFUSED)
def test_a_key_that_cannot_sign_is_named(key: Callable[[], Any], message: str) -> None:
    assert told(KEY_ID, key()).startswith(message)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "key.pem"
    assert told(KEY_ID, missing) == f"the file {missing} can't be read: No such file or directory"
    missing.write_text("garbage")
    for given in (missing, str(missing)):
        assert told(KEY_ID, given) == f"the file {missing} has no key: it must have base64 of PEM, or PEM"


@pytest.mark.parametrize(("key_id", "shown"), [("", "''"), (None, "None"), (7, "int"), (pem(), "bytes")])
def test_a_signer_needs_the_id_of_its_key(key_id: Any, shown: str) -> None:
    assert told(key_id, pem()) == f"key_id must be the id of a signing key, not {shown}"


@pytest.mark.parametrize("key", [lambda: pem().decode(), lambda: encoded(pem())])
def test_a_key_in_the_place_of_a_path_is_not_shown(key: Callable[[], str]) -> None:
    message = told(KEY_ID, Path(key()))
    assert message.startswith(("private_key is a key in the place of a path.", "the file "))
    assert len(message) < 200


def test_a_path_that_is_none_is_told() -> None:
    assert told(KEY_ID, Path("a\0b")).endswith("can't be read: embedded null byte")


@pytest.mark.parametrize("lifetime", [0, -1, 2.5, None])
def test_a_lifetime_is_a_whole_number(lifetime: Any) -> None:
    assert told(KEY_ID, pem(), lifetime=lifetime) == f"lifetime must be an int from 1 on, in seconds, not {lifetime!r}"


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)
    assert told(KEY_ID, pem()) == "tokens need the package PyJWT. Run: pip install 'fastpix[jwt]'"


def test_no_key_is_shown() -> None:
    signer = playback_signer(KEY_ID, pem()).unwrap()
    assert repr(signer) == f"Signer(key_id={KEY_ID!r}, lifetime=900)"
    with pytest.raises(TypeError):
        pickle.dumps(signer)
    secret = encoded(pem())[200:]
    assert secret not in told(KEY_ID, f"!{secret}")


def seconds_of(function: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(20):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def test_a_token_costs_little_more_than_its_signature() -> None:
    signer, key, content = playback_signer(KEY_ID, pem()).unwrap(), rsa_key(), b"." * 400

    def ratio() -> float:
        return seconds_of(lambda: signer.sign(ID)) / seconds_of(lambda: key.sign(content, PKCS1v15(), SHA256()))

    assert min(ratio() for _ in range(20)) <= 1.5
