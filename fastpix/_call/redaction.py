"""What may be shown: no field marked as secret, no text with the shape of one, no locals that may hold one."""

import re
from binascii import a2b_base64, b2a_base64
from contextlib import suppress
from types import TracebackType
from typing import cast, get_args

import msgspec

from fastpix._call.interrupts import pass_interrupt
from fastpix._call.libraries import is_library
from fastpix.errors import FieldError

__all__ = [
    "MASK",
    "MESSAGE_CHARACTERS",
    "SECRET",
    "Redacted",
    "clear_library_frames",
    "excerpt",
    "hidden",
    "hide_in",
    "in_ascii",
    "is_secret",
    "message",
    "redact",
    "secrets_in",
    "shown",
    "without_library_frames",
    "words_of",
]

EXCERPT_CHARACTERS = 300
SHOWN_CHARACTERS = 80
MESSAGE_CHARACTERS = 1000
MASK = "[redacted]"
LEAST_CHARACTERS = 6
"""A shorter secret is no secret, and would be found in every other word."""
LIBRARIES = frozenset({"fastpix", "h11", "anyio"})
"""Beside httpx and httpcore."""

# patterns are compiled, and kept by `re`, when first used: an import should not pay for them
SHAPES_TO_MASK = r"""(?xs)
        [0-9a-f]{32}k[0-9a-f]{32}                       # stream keys and SRT secrets
      | eyJ[\w-]+\.[\w-]+\.[\w-]*                       # JSON web tokens
      | -----BEGIN\ [^-]+-----.*?(?:-----END\ [^-]+-----|\Z)
      | (?<=\?)[^\s"'<>]+                               # queries of urls: signatures, tokens, upload ids
      | (?i:(?<=basic\ )[\w+/=-]+)
      | [A-Za-z0-9+/_-]{64,}={0,2}                      # keys in base64
"""
QUOTED = r"""(?s)(?P<quote>["'])(?:(?!(?P=quote))[^\\]|\\.)*(?:(?P=quote)(?P<is_key>\s*:)?|\\?\Z)"""

LINE_OF_PYTHON = r" \(_\w+\.c:\d+\)"

SECRET = msgspec.Meta(extra={"secret": True})
"""Marks the type of a field whose value is never shown."""


class Redacted(msgspec.Struct, frozen=True):
    """A struct that shows of itself only what is fit to be shown, to `repr` and to rich alike."""

    def __rich_repr__(self) -> list[tuple[str, object]]:
        raise NotImplementedError

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return in_ascii(f"{type(self).__name__}({fields})")


def in_ascii(text: str) -> str:
    """The text with all other characters escaped, as `ascii` does: it prints on any terminal."""
    return text.encode("ascii", "backslashreplace").decode()


def is_secret(hint: object) -> bool:
    return hint is SECRET or any(map(is_secret, get_args(hint)))


def redact(text: str) -> str:
    """The text with everything masked that has the shape of one of the API's secrets."""
    return re.sub(SHAPES_TO_MASK, MASK, text)


def secrets_in(authorization: str | None) -> list[str]:
    """What must not be shown of an ``Authorization`` header: all behind its scheme, and the password that is in it."""
    scheme, _, token = (authorization or "").partition(" ")
    secrets = [token]
    with suppress(ValueError):  # an `Authorization` of the user's
        password = a2b_base64(token).partition(b":")[2] if scheme == "Basic" else b""
        secrets += [password.decode(), b2a_base64(password, newline=False).decode()]
    return [secret for secret in secrets if len(secret) >= LEAST_CHARACTERS]


def hidden(text: str, secrets: list[str]) -> str:
    """The text with these secrets masked, which a server may have echoed."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def hide_in(error: Exception, secrets: list[str]) -> None:
    """Masks these secrets in all that an error says."""
    error.args = tuple(_hidden(value, secrets) for value in error.args)
    for name, value in vars(error).items():
        setattr(error, name, _hidden(value, secrets))


def _hidden(value: object, secrets: list[str]) -> object:
    if isinstance(value, str):
        return hidden(value, secrets)
    if isinstance(value, FieldError):
        return FieldError(hidden(value.field, secrets), hidden(value.message, secrets))
    if isinstance(value, tuple):
        return tuple(_hidden(item, secrets) for item in cast("tuple[object, ...]", value))
    return value


def message(text: str, most: int = MESSAGE_CHARACTERS) -> str:
    """The text in one line of bounded length, fit for a terminal and a log, with nothing secret in it."""
    masked = redact(text[: 4 * most])
    printable = "".join(character if character.isprintable() else " " for character in masked[:most])
    return printable if len(masked) <= most else f"{printable}..."


def words_of(error: BaseException | None) -> str:
    """What an exception says, if it can, without the line of Python's own source that tells of it."""
    try:
        return message(re.sub(LINE_OF_PYTHON, "", str(error)))
    except Exception as problem:
        pass_interrupt(problem)
        return ""


def excerpt(body: bytes) -> str:
    """The start of a body: keys, numbers and structure as they are, each text value masked."""
    start = body[: 4 * EXCERPT_CHARACTERS]
    text = in_ascii(start.decode("utf-8", "backslashreplace"))
    masked = redact(re.sub(QUOTED, lambda found: found[0] if found["is_key"] else '"..."', text))
    whole = len(masked) <= EXCERPT_CHARACTERS and len(start) == len(body)
    return masked if whole else f"{masked[:EXCERPT_CHARACTERS]}... ({len(body)} bytes)"


def shown(value: object) -> str:
    """A value of the user's in few words: what is long is cut, what looks like a secret masked."""
    try:
        text = repr(value)
    except Exception as problem:  # a number of thousands of digits, or an object of the user's
        pass_interrupt(problem)
        return f"a {type(value).__name__} that can't be shown"
    if len(text) > SHOWN_CHARACTERS:
        length = len(value) if isinstance(value, str) else len(text)
        return redact(f"{text[:SHOWN_CHARACTERS]}... ({length} characters)")
    return redact(text)


def without_library_frames(error: BaseException | None) -> BaseException | None:
    """The error, and those behind it, with only the user's frames: a library's locals hold headers and bodies."""
    behind, seen = [error], set[int]()
    while behind:
        each = behind.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        with suppress(Exception):  # one that is frozen keeps its frames
            each.__traceback__ = _users_frames(each.__traceback__)
        behind += [each.__cause__, each.__context__]
        group: tuple[BaseException, ...] = getattr(each, "exceptions", ())
        behind += group if isinstance(each, BaseExceptionGroup) else ()
    return error


def clear_library_frames(error: BaseException) -> None:
    """Empties the frames of libraries that an exception has left behind: they hold headers and bodies."""
    traceback = error.__traceback__
    while traceback is not None:
        if _is_of_library(traceback):
            with suppress(RuntimeError):  # it still runs
                traceback.tb_frame.clear()
        traceback = traceback.tb_next


def _is_of_library(traceback: TracebackType) -> bool:
    name = traceback.tb_frame.f_globals.get("__name__", "").partition(".")[0]
    return name in LIBRARIES or is_library(name)


def _users_frames(traceback: TracebackType | None) -> TracebackType | None:
    frames: list[TracebackType] = []
    while traceback is not None:
        if not _is_of_library(traceback):
            frames.append(traceback)
        traceback = traceback.tb_next
    kept: TracebackType | None = None
    for frame in reversed(frames):
        kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return kept
