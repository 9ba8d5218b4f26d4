"""Tokens for private playback ids: JSON web tokens that a signing key of the workspace signs."""

import os
import time
from base64 import b64decode
from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn, TypeAlias

from fastpix._call.validation import refusal
from fastpix.errors import ConfigurationError
from fastpix.playback.urls import check_choice, check_id
from fastpix.reply import Failure, Result, Success

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from jwt import PyJWT

__all__ = ["LIFETIME", "Audience", "PrivateKey", "Signer", "playback_signer"]

Audience: TypeAlias = Literal["media", "drm"]
"""What a token is for: a media or live stream with its pictures, or one that is protected by DRM."""
PrivateKey: TypeAlias = str | bytes | PathLike[str]
"""A private key: base64 of PEM, as `signing_keys_create` returns it, or PEM, or the path of a file with either."""

LIFETIME = 900
"""The seconds that a token is valid, unless it is told otherwise."""
LEAST_BITS = 2048
"""The fewest bits of a key."""
LONGEST_NAME = 300
"""The most characters of a path that are shown: a longer one may be a key."""
ISSUER = "fastpix.com"
PEM = b"-----BEGIN "
EXPECTED = "base64 of PEM, PEM, or the path of a file with either"
INSTALL = "tokens need the package PyJWT. Run: pip install 'fastpix[jwt]'"


class Signer:
    """Makes tokens for private playback ids. `playback_signer` makes a signer.

    Several threads may use one signer. It can't be pickled, because it has the private key.
    """

    __slots__ = ("_clock", "_headers", "_jwt", "_key", "key_id", "lifetime")

    key_id: str
    """The id of the signing key."""
    lifetime: int
    """The seconds that a token is valid, unless ``sign`` is told otherwise."""

    def __init__(
        self, key_id: str, key: "RSAPrivateKey", jwt: "PyJWT", lifetime: int, clock: Callable[[], float]
    ) -> None:
        self.key_id = key_id
        self.lifetime = lifetime
        self._key = key
        self._jwt = jwt
        self._clock = clock
        self._headers = {"kid": key_id}

    def sign(self, playback_id: str, *, audience: Audience = "media", lifetime: int | None = None) -> str:
        """Return a token for a playback id, for the ``token`` of its URLs and of a player.

        It sends nothing, and always succeeds for arguments of these types.

        It follows the API's document on JSON web tokens: RS256, with the claims ``kid``, ``aud``, ``iss``, ``sub``,
        ``iat`` and ``exp``.

        Args:
            playback_id: The playback id, of a media or a live stream.
            audience: ``drm`` for a playback id that is protected by DRM, where the manifest and the licence need it.
                Otherwise ``media``. Default: ``media``.
            lifetime: The seconds that the token is valid. One that is not positive makes an expired token, for tests.
                Default: the lifetime of the signer.

        Raises:
            RequestValidationError: An argument has another type or value. Its ``field`` names the argument.
        """
        check_id("playback_id", playback_id)
        check_choice("audience", audience, Audience, is_optional=False)
        if not isinstance(lifetime, int | None):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise refusal("lifetime", "an int, in seconds", lifetime)
        now = int(self._clock())
        claims = {
            "kid": self.key_id,
            "aud": f"{audience}:{playback_id}",
            "iss": ISSUER,
            "sub": "",
            "iat": now,
            "exp": now + (self.lifetime if lifetime is None else lifetime),
        }
        return self._jwt.encode(claims, self._key, "RS256", self._headers)

    def sign_all(
        self, playback_ids: Iterable[str], *, audience: Audience = "media", lifetime: int | None = None
    ) -> dict[str, str]:
        """Return a token for each of several playback ids. The other arguments are those of ``sign``."""
        if isinstance(playback_ids, str):
            raise refusal("playback_ids", "several ids, such as a list of str", playback_ids)
        return {id: self.sign(id, audience=audience, lifetime=lifetime) for id in playback_ids}

    def __repr__(self) -> str:
        return f"Signer(key_id={self.key_id!r}, lifetime={self.lifetime})"


def playback_signer(
    key_id: str,
    private_key: PrivateKey,
    *,
    lifetime: int = LIFETIME,
    clock: Callable[[], float] = time.time,
) -> Result[Signer, ConfigurationError]:
    """Return a signer of tokens for private playback ids. It parses and checks the key once.

    It needs ``pip install 'fastpix[jwt]'``, and sends nothing.

    Fails with:
        ConfigurationError: The key is not an RSA private key of at least 2048 bits, the file can't be read, another
            argument is not valid, or PyJWT is not installed. The text never has the key.

    Args:
        key_id: The id of a signing key of the workspace, from `signing_keys_create`.
        private_key: Its private key: base64 of PEM, as `signing_keys_create` returns it, or PEM, or the path of a file
            with either.
        lifetime: The seconds that a token is valid, from 1 on. Default: 900.
        clock: Returns the time in seconds since 1970. Default: that of the machine.

    Example:
        ``token = playback_signer(key.id, key.private_key).unwrap().sign(playback_id)``
    """
    try:
        if not isinstance(key_id, str) or not key_id:  # pyright: ignore[reportUnnecessaryIsInstance]
            _refuse(f"key_id must be the id of a signing key, not {type(key_id).__name__ if key_id else repr(key_id)}")
        if not isinstance(lifetime, int) or lifetime < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
            _refuse(f"lifetime must be an int from 1 on, in seconds, not {lifetime!r}")
        jwt, key = _loaded(_pem(private_key))
        return Success(Signer(key_id, key, jwt, lifetime, clock))
    except ConfigurationError as error:
        error.__traceback__ = error.__context__ = None  # the frames have the key
        return Failure(error)


def _loaded(pem: bytes) -> "tuple[PyJWT, RSAPrivateKey]":
    try:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
        from jwt import PyJWT
    except ModuleNotFoundError:
        _refuse(INSTALL)
    if b"PUBLIC KEY" in pem.partition(b"\n")[0]:
        _refuse("private_key is a public key. The API returns the private key once, when it makes the signing key")
    try:
        key = load_pem_private_key(pem, None)
    except TypeError:
        _refuse("private_key is encrypted. Decrypt it first, for example with openssl pkey")
    except Exception:  # cryptography raises ValueError, and classes of its own for some keys
        _refuse("private_key can't be read: its PEM is damaged, or it is no private key")
    if not isinstance(key, RSAPrivateKey):
        _refuse("private_key must be an RSA key, because tokens are signed with RS256")
    if key.key_size < LEAST_BITS:
        _refuse(f"private_key must have at least {LEAST_BITS} bits, not {key.key_size}")
    return PyJWT(), key


def _pem(given: PrivateKey) -> bytes:
    """Return a private key as PEM."""
    if isinstance(given, PathLike):
        if _decoded(os.fsencode(given)) is not None:
            _refuse("private_key is a key in the place of a path. Pass it as a str")
        return _decoded(_read(Path(given))) or _refuse(
            f"the file {given} has no key: it must have base64 of PEM, or PEM"
        )
    if not isinstance(given, str | bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
        _refuse(f"private_key must be {EXPECTED}, not {type(given).__name__}")
    if not given.strip():
        _refuse("private_key is empty")
    if isinstance(given, str) and _is_file(given):
        return _pem(Path(given))
    text = given.encode(errors="replace") if isinstance(given, str) else given
    return _decoded(text) or _refuse(f"private_key must be {EXPECTED}. It is neither, and no file has this name")


def _decoded(text: bytes) -> bytes | None:
    """Return PEM from PEM or its base64. ``None`` if it is neither."""
    stripped = text.strip().replace(rb"\n", b"\n")  # as many variables of environments write a line break
    if stripped.startswith(PEM):
        return stripped
    try:
        decoded = b64decode(b"".join(stripped.split()), validate=True).strip()
    except ValueError:
        return None
    return decoded if decoded.startswith(PEM) else None


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long for a path, or with a null character
        return False


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as problem:  # a path with a null character is a ValueError
        name = str(path) if len(str(path)) <= LONGEST_NAME else f"with a name of {len(str(path))} characters"
        reason = problem.strerror if isinstance(problem, OSError) else problem
        _refuse(f"the file {name} can't be read: {reason}")


def _refuse(what: str) -> NoReturn:
    raise ConfigurationError(what) from None
