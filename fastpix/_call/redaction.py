"""Keeps secrets out of everything that the library shows.

Hidden are fields that are marked as secret, text that has the shape of a secret, and the frames of a traceback whose
local variables may hold a secret.
"""

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
    "redact_urls",
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
"""A shorter text is not treated as a secret, because it would also be masked in many ordinary words."""
LIBRARIES = frozenset({"fastpix", "h11", "anyio"})
"""Packages whose frames are hidden, in addition to httpx, httpcore and their forks."""

# patterns are strings, which `re` compiles and caches at first use: this keeps the import fast
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
"""Metadata that marks the type of a field whose value is never shown."""


class Redacted(msgspec.Struct, frozen=True):
    """A struct whose `repr`, also in rich, contains only the facts that ``__rich_repr__`` of the subclass returns."""

    def __rich_repr__(self) -> list[tuple[str, object]]:
        raise NotImplementedError

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return in_ascii(f"{type(self).__name__}({fields})")


def in_ascii(text: str) -> str:
    """Return the text with all non-ASCII characters escaped, as `ascii` does, so that it prints on any terminal."""
    return text.encode("ascii", "backslashreplace").decode()


def is_secret(hint: object) -> bool:
    """Return whether a type hint, or an argument of it at any depth, is marked as secret."""
    return hint is SECRET or any(map(is_secret, get_args(hint)))


def redact(text: str) -> str:
    """Return the text with each part masked that has the shape of a secret of the API."""
    return re.sub(SHAPES_TO_MASK, MASK, text)


def redact_urls(text: str) -> str:
    """Return the text without the secrets in its URLs, usernames and passwords included."""
    return redact(re.sub("//[^/@]*@", "//", text))


def secrets_in(authorization: str | None) -> list[str]:
    """Return the parts of an ``Authorization`` header that must not be shown.

    They are the text after the scheme and, for ``Basic``, the password as it is and in base64.
    """
    scheme, _, token = (authorization or "").partition(" ")
    secrets = [token]
    with suppress(ValueError):  # the user may have set a header that is not valid base64 or text
        password = a2b_base64(token).partition(b":")[2] if scheme == "Basic" else b""
        secrets += [password.decode(), b2a_base64(password, newline=False).decode()]
    return [secret for secret in secrets if len(secret) >= LEAST_CHARACTERS]


def hidden(text: str, secrets: list[str]) -> str:
    """Return the text with these secrets masked. A server may have echoed them."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def hide_in(error: Exception, secrets: list[str]) -> None:
    """Mask these secrets in the arguments and attributes of an error."""
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
    """Return the text as one printable line, masked by `redact` and cut after ``most`` characters."""
    masked = redact(text[: 4 * most])
    printable = "".join(character if character.isprintable() else " " for character in masked[:most])
    return printable if len(masked) <= most else f"{printable}..."


def words_of(error: BaseException | None) -> str:
    """Return the text of an exception, without a reference to Python's C source. It is empty if ``str`` raises."""
    try:
        return message(re.sub(LINE_OF_PYTHON, "", str(error)))
    except Exception as problem:
        pass_interrupt(problem)
        return ""


def excerpt(body: bytes) -> str:
    """Return the start of a body, with each text value masked. Keys, numbers and structure stay visible."""
    start = body[: 4 * EXCERPT_CHARACTERS]
    text = in_ascii(start.decode("utf-8", "backslashreplace"))
    masked = redact(re.sub(QUOTED, lambda found: found[0] if found["is_key"] else '"..."', text))
    whole = len(masked) <= EXCERPT_CHARACTERS and len(start) == len(body)
    return masked if whole else f"{masked[:EXCERPT_CHARACTERS]}... ({len(body)} bytes)"


def shown(value: object) -> str:
    """Return the `repr` of a user's value. A long text is cut, and parts that look like a secret are masked."""
    try:
        text = repr(value)
    except Exception as problem:  # an int with thousands of digits, or an object whose `repr` raises
        pass_interrupt(problem)
        return f"a {type(value).__name__} that cannot be shown"
    if len(text) > SHOWN_CHARACTERS:
        length = len(value) if isinstance(value, str) else len(text)
        return redact(f"{text[:SHOWN_CHARACTERS]}{text[-1] if isinstance(value, str) else ''}... ({length} characters)")
    return redact(text)


def without_library_frames(error: BaseException | None) -> BaseException | None:
    """Remove library frames from the tracebacks of an error and of all errors behind it, and return the error.

    The local variables of these frames hold headers and bodies. The errors behind an error are its cause, its context
    and the members of an exception group.
    """
    behind, seen = [error], set[int]()
    while behind:
        each = behind.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        with suppress(Exception):  # a frozen exception keeps its frames
            each.__traceback__ = _users_frames(each.__traceback__)
        behind += [each.__cause__, each.__context__]
        group: tuple[BaseException, ...] = getattr(each, "exceptions", ())
        behind += group if isinstance(each, BaseExceptionGroup) else ()
    return error


def clear_library_frames(error: BaseException) -> None:
    """Clear the local variables of the library frames in a traceback. They hold headers and bodies."""
    traceback = error.__traceback__
    while traceback is not None:
        if _is_of_library(traceback):
            with suppress(RuntimeError):  # the frame is still running
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
