import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix import FastpixCore, RequestOptions
from fastpix._call.messages import Response
from fastpix._call.redaction import MASK, Redacted, excerpt, message, redact, secrets_in, shown, words_of

HEX = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "secret",
    [
        f"{HEX}k{HEX}",
        "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJtZWRpYTp4In0.c2lnbmF0dXJl",
        "-----BEGIN PRIVATE KEY-----\nMIIE\nvQ\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIE\nvQ",
        "X-Goog-Signature=abc&upload_id=def",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKjMzEfYyji+w==",
    ],
)
def test_text_of_the_shape_of_a_secret_is_masked(secret: str) -> None:
    shown = redact(f"before https://host/path?{secret} after" if "=" in secret[:20] else f"before {secret} after")
    assert secret not in shown
    assert MASK in shown
    assert shown.startswith("before ")


def test_basic_credentials_are_masked() -> None:
    for scheme in ("Basic", "basic", "BASIC"):
        assert redact(f"authorization: {scheme} dTpw") == f"authorization: {scheme} {MASK}"


def test_plain_text_is_left_alone() -> None:
    assert redact("stream cannot be enabled on trial plan") == "stream cannot be enabled on trial plan"


def test_an_excerpt_shows_structure_and_numbers_but_no_text() -> None:
    assert excerpt(b'{"data": {"streamKey": "canary", "n": 5}, "x": ["canary"]}') == (
        '{"data": {"streamKey": "...", "n": 5}, "x": ["..."]}'
    )


@pytest.mark.parametrize(
    "body", [b'{"a":"canary', b'{"a":"can\\"ary', b'{"a":"canary\\', b'{"k":"canary"', b'["canary']
)
def test_an_excerpt_of_broken_json_shows_no_text_either(body: bytes) -> None:
    assert "canary" not in excerpt(body)
    assert "ary" not in excerpt(body)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_no_text_value_is_in_an_excerpt(text: str) -> None:
    body = msgspec.json.encode({"k": f"canary{text}", "l": [f"canary{text}"]})
    assert "canary" not in excerpt(body)


@given(st.binary(max_size=5000))
def test_an_excerpt_is_short(body: bytes) -> None:
    assert len(excerpt(body)) < 340


def test_a_message_is_one_line_of_bounded_length() -> None:
    assert message("a\r\nb\x1b[31m") == "a  b [31m"
    assert message("x y " * 1000) == ("x y " * 250) + "..."
    assert "secret" not in message(("x " * 495) + "?token=secret&more=secret")


def test_an_exception_that_can_not_say_anything_says_nothing() -> None:
    class SpeechlessError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert words_of(SpeechlessError()) == ""
    assert words_of(ValueError("a?token=b")) == "a?[redacted]"


class Unspeakable:
    def __repr__(self) -> str:
        raise RuntimeError("no")


def test_whatever_is_given_can_be_shown() -> None:
    assert shown(Unspeakable()) == "a Unspeakable that cannot be shown"
    assert shown(10**5000) == "a int that cannot be shown"
    assert shown(b"https://a.b/c?signature=canary") == "b'https://a.b/c?[redacted]'"
    assert shown("x y" * 100).endswith("'... (300 characters)")


def test_a_discreet_struct_shows_the_same_to_rich() -> None:
    options = RequestOptions(headers={"x-token": "canary"}, server_url="https://a:canary@b.test")
    core = FastpixCore(username="name", password="canary")
    for value in (options, core.configuration, Response(200, [], b"canary")):
        assert "canary" not in repr(value) + repr(value.__rich_repr__())
    assert repr(Response(200, [], b"canary")) == "Response(status=200, bytes=6)"
    with pytest.raises(NotImplementedError):
        repr(Redacted())


def test_all_behind_the_scheme_of_an_authorization_is_secret() -> None:
    assert secrets_in("Digest a canary, another") == ["a canary, another"]
    assert secrets_in("Basic bmFtZTpjYW5hcnk6MQ==") == ["bmFtZTpjYW5hcnk6MQ==", "canary:1", "Y2FuYXJ5OjE="]
    assert secrets_in("Bearer short") == secrets_in(None) == []
