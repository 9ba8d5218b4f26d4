"""Signatures: which secrets sign, and where the header is found."""

import hmac
from base64 import b64encode, urlsafe_b64encode
from email.message import Message
from hashlib import sha256
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix.errors import WebhookError
from fastpix.reply import Failure, Success
from fastpix.webhooks import SIGNATURE_HEADER, UnknownEvent, read, sign
from tests.webhooks.bodies import SECRET

BODY = b'{"id":"1","type":"video.media.ready"}'
BY_OPENSSL = "2CfoB+3BGjmsr5oK4/2MWKskIsPeeThMYX28LaLmXiA="
OTHER = b64encode(b"another signing key").decode()


def reason(*args: Any, **settings: Any) -> str:
    error = read(*args, **settings).failure()
    assert isinstance(error, WebhookError)
    return error.reason


def test_the_signature_is_that_of_openssl() -> None:
    assert sign(BODY, SECRET) == BY_OPENSSL


@given(body=st.binary(max_size=99), key=st.binary(min_size=1, max_size=99))
def test_the_signature_is_the_hmac_of_the_body_with_the_decoded_secret(body: bytes, key: bytes) -> None:
    expected = b64encode(hmac.new(key, body, sha256).digest()).decode()
    assert sign(body, b64encode(key).decode()) == expected


@given(body=st.binary(max_size=40), changed=st.binary(max_size=40))
def test_a_signature_is_valid_for_one_body_only(body: bytes, changed: bytes) -> None:
    headers = {SIGNATURE_HEADER: sign(body, SECRET)}
    is_refused = reason(changed, headers, SECRET) == "mismatch" if body != changed else False
    assert is_refused == (body != changed)


@pytest.mark.parametrize(
    "secret",
    [
        f"  {SECRET}\n",
        SECRET.rstrip("="),
        urlsafe_b64encode(b"a signing key of thirty-two bytes").decode(),
        [OTHER, SECRET],
        (SECRET, OTHER),
    ],
)
def test_a_secret_signs_in_each_form_that_it_may_have(secret: Any) -> None:
    assert isinstance(read(BODY, {SIGNATURE_HEADER: sign(BODY, SECRET)}, secret), Success)


def test_a_secret_with_characters_of_both_alphabets_of_base64_has_one_key() -> None:
    key = b"\xff\xfe\xfd" * 8
    assert sign(BODY, b64encode(key).decode()) == sign(BODY, urlsafe_b64encode(key).decode())


def test_the_environment_has_the_secret_or_several(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {SIGNATURE_HEADER: sign(BODY, SECRET)}
    monkeypatch.setenv("FASTPIX_WEBHOOK_SECRET", f"{OTHER}, {SECRET}")
    assert isinstance(read(BODY, headers), Success)
    monkeypatch.setenv("FASTPIX_WEBHOOK_SECRET", OTHER)
    assert reason(BODY, headers) == "mismatch"
    monkeypatch.delenv("FASTPIX_WEBHOOK_SECRET")
    assert reason(BODY, headers) == "secret"


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        ("", "is missing"),
        ([], "is missing"),
        ([SECRET, " "], "is missing"),
        ("not base64!", "is not base64"),
        ("aaaaa", "is not base64"),
        ("schlüssel", "is not base64"),
        ("====", "is empty"),
        ("3f0b8d3e-5a65-4bd0-8f3c-6f2f0f3f3f3f", "access token"),
        ("the-password", "access token"),
        (b"YQ==", "not bytes"),
        ([7], "not int"),
        (7, "not int"),
    ],
)
def test_what_cannot_be_a_signing_secret_is_named(secret: Any, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_PASSWORD", "the-password")
    error = read(BODY, {SIGNATURE_HEADER: "x"}, secret).failure()
    assert (error.reason, error.status) == ("secret", 500)
    assert told in error.message
    assert "FASTPIX_WEBHOOK_SECRET" in error.message
    assert not isinstance(secret, str) or len(secret) < 5 or secret not in str(error)


def test_sign_raises_for_a_secret_that_signs_nothing() -> None:
    with pytest.raises(WebhookError, match="is not base64"):
        sign(BODY, "not base64!")


MESSAGE = Message()
MESSAGE["fastpix-signature"] = sign(BODY, SECRET)
VALUE = sign(BODY, SECRET)


@pytest.mark.parametrize(
    "headers",
    [
        {"FastPix-Signature": VALUE},
        {"fastpix-signature": VALUE},
        {"FASTPIX-SIGNATURE": f" {VALUE} "},
        {b"fastpix-signature": VALUE.encode()},
        [(b"host", b"a"), (b"fastpix-signature", VALUE.encode())],
        {"HTTP_FASTPIX_SIGNATURE": VALUE, "wsgi.version": (1, 0)},
        {"Fastpix-Signature": [VALUE]},
        {bytearray(b"fastpix-signature").hex(): "a", "fastpix-signature": memoryview(VALUE.encode())},
        httpx.Headers({"FastPix-Signature": VALUE}),
        MESSAGE,
        iter([("Fastpix-Signature", VALUE)]),
    ],
    ids=lambda headers: type(headers).__name__,
)
def test_the_header_is_found_in_any_mapping_and_in_any_case(headers: Any) -> None:
    assert isinstance(read(BODY, headers, SECRET), Success)


class Unbound:
    def items(self) -> None:
        raise RuntimeError("outside of a request")


@pytest.mark.parametrize(
    "headers",
    [Unbound(), [{"key": "a", "value": "b"}, 7], None, 7, "FastPix-Signature: x", ["a"], [("a", "b", "c")], object()],
)
def test_headers_of_another_form_are_an_error_that_says_so(headers: Any) -> None:
    error = read(BODY, headers, SECRET).failure()
    assert (error.reason, error.status) == ("headers", 500)
    assert f"not {type(headers).__name__}" in error.message


@pytest.mark.parametrize("value", ["", "x", "\ud800", "é", VALUE.lower(), f"{VALUE}=", b"\xff", [], 10**12, VALUE[:-2]])
def test_another_value_of_the_header_is_a_mismatch(value: object) -> None:
    assert reason(BODY, {SIGNATURE_HEADER: value}, SECRET) == "mismatch"


def test_all_secrets_are_tried_so_that_the_time_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []

    def compare(first: bytes, second: bytes) -> bool:
        compared.append(second)
        return first == second

    monkeypatch.setattr("hmac.compare_digest", compare)
    assert isinstance(read(BODY, {SIGNATURE_HEADER: VALUE}, [SECRET, OTHER, OTHER]), Success)
    assert len(compared) == 3


def test_an_error_keeps_neither_the_key_nor_the_body() -> None:
    result = read(BODY, {SIGNATURE_HEADER: "x"}, SECRET)
    assert isinstance(result, Failure)
    error = result.failure()
    assert error.__traceback__ is None
    assert error.__context__ is None
    assert SECRET not in repr(error)
    for body, secret in ((b"[]", SECRET), (BODY, "hunter2!hunter2")):
        behind = read(body, {SIGNATURE_HEADER: sign(body, SECRET)}, secret).failure()
        assert (behind.__traceback__, behind.__context__, behind.__cause__) == (None, None, None)


def test_an_event_without_a_type_that_is_known_is_verified_too() -> None:
    body = b'{"id":"1","type":"a"}'
    assert isinstance(read(body, {SIGNATURE_HEADER: sign(body, SECRET)}, SECRET).unwrap(), UnknownEvent)
