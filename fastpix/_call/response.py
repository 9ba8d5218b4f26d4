"""Turns a response into a `Result`. The functions are pure.

Unknown fields are ignored. A value that does not match the documentation is an error or is reported as a deviation.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

import msgspec

from fastpix._call.deviation import Deviation
from fastpix._call.endpoint import Endpoint
from fastpix._call.http_date import retry_after
from fastpix._call.messages import Headers, Response, header
from fastpix._call.redaction import MESSAGE_CHARACTERS, excerpt, message, redact
from fastpix._call.validation import mapping, sequence
from fastpix.errors import (
    ApiError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    Err,
    FieldError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    ResponseValidationError,
    ServerError,
    UnauthorizedError,
    UnprocessableError,
)
from fastpix.reply import Failure, Reply, Success

__all__ = ["NO_SUCH_PATH", "PROXY_AUTHENTICATION_REQUIRED", "Reading", "read", "request_id_of"]

Ok = TypeVar("Ok")

_ERROR_OF_STATUS: dict[int, type[ApiError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableError,
    429: RateLimitedError,
}
MOST_FIELDS = 100
PROXY_AUTHENTICATION_REQUIRED = 407
MOST_ERROR_BYTES = 1024 * 1024
FIELD_CHARACTERS = 200
REQUEST_ID_CHARACTERS = 200
CHARSETS = frozenset({
    "latin-1", "latin1", "iso-8859-1", "windows-1252", "cp1252",
    "utf-16", "utf-16le", "utf-16be", "utf-32", "utf-32le", "utf-32be",
})  # fmt: skip
"""Bodies in other charsets are read as UTF-8, because some codecs of Python take hours for a short text."""
REASONS_OF_RFC_9110 = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""Reason phrases that Python has only since 3.13."""
NO_SUCH_PATH = r"(?i)(404 )?(page )?not found\.?|cannot [a-z]+ /.*|no route .*"
"""Messages of web frameworks for a path that the server does not have."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UNDECODABLE = (msgspec.MsgspecError, RecursionError, ValueError)
MISSING = r"missing required field `([^`]+)`"
QUOTES_OF_ANSWER = r"(?s)'.*'|(?<=unknown field )`.*`"


class Reading(msgspec.Struct, Generic[Ok], frozen=True, gc=False):
    """The value of a response, and the deviations of the response."""

    value: Ok
    deviations: tuple[Deviation, ...] = ()


def read(
    endpoint: Endpoint[Ok], response: Response, *, now: Callable[[], float], strict: bool = False
) -> Reply[Reading[Ok]]:
    """Return the value of a successful response, or the error.

    Args:
        endpoint: The operation.
        response: The response to it.
        now: Returns the time of day, for a ``Retry-After`` date.
        strict: Whether each deviation is an error.
    """
    if not 200 <= response.status < 300:
        return Failure(_api_error(endpoint, response, _object(_utf8(response)), now))
    body = (_utf8(response) if endpoint.response_type is not bytes else response.body) or endpoint.empty
    try:
        reading = Reading(endpoint.decode(body))
    except UNDECODABLE as problem:
        again = _read_again(endpoint, response, body, str(problem))
        if strict and not (isinstance(again, Success) and not again.unwrap().deviations):
            again = Failure(_unreadable(response, str(problem)))
        if isinstance(again, Failure):
            answer = _object(body) if endpoint.is_json else {}
            return Failure(_api_error(endpoint, response, answer, now) if _says_no(answer) else again.failure())
        reading = again.unwrap()
    if _says_no(reading.value):
        return Failure(_api_error(endpoint, response, _object(body), now))
    return Success(reading)


def _read_again(endpoint: Endpoint[Ok], response: Response, body: bytes, first_problem: str) -> Reply[Reading[Ok]]:
    from fastpix._call.shape import InexactError, UnreadableError
    from fastpix._call.tolerance import read_tolerantly

    try:
        return Success(Reading(*read_tolerantly(endpoint.response_type, body)))
    except InexactError:
        return Failure(_unreadable(response, first_problem))
    except UnreadableError as problem:
        return Failure(_not_as_documented(response, problem.deviation.path, str(problem.deviation)))
    except UNDECODABLE as problem:
        return Failure(_unreadable(response, str(problem)))


def _says_no(value: object) -> bool:
    """Return whether the body of a response reports a failure, whatever the status is."""
    entries = mapping(value)
    return (entries.get("success") if entries else getattr(value, "success", None)) is False


def _utf8(response: Response) -> bytes:
    """Return the body in UTF-8. Bytes that are invalid in its charset become invalid UTF-8.

    A body that cannot be decoded at all is returned unchanged.
    """
    content_type = (header(response.raw_headers, b"content-type") or "").lower()
    charset = content_type.partition("charset=")[2].partition(";")[0].strip(" \"'")
    if charset not in CHARSETS:
        return response.body.removeprefix(_BYTE_ORDER_MARK)
    errors = "surrogatepass" if charset.startswith("utf") else "surrogateescape"
    try:
        return response.body.decode(charset, errors).encode(errors="surrogatepass")
    except ValueError:
        return response.body


def _unreadable(response: Response, problem: str) -> ResponseValidationError:
    """Return the error for a message of msgspec. Quotes from the response are removed from the message."""
    what, _, place = problem.partition(" - at ")
    missing = re.search(MISSING, what)
    path = (place.rpartition("`$")[2].removesuffix("`") if place else "") + (f".{missing[1]}" if missing else "")
    return _not_as_documented(response, f"${path}", f"${path}: {redact(re.sub(QUOTES_OF_ANSWER, '...', what))}")


def _not_as_documented(response: Response, path: str, what: str) -> ResponseValidationError:
    return ResponseValidationError(
        f"the response ({response.status}) does not match the documentation at {what}",
        path=path,
        status=response.status,
        excerpt=excerpt(response.body),
        request_id=request_id_of(response.raw_headers),
    )


def _api_error(
    endpoint: Endpoint[object], response: Response, answer: dict[object, object], now: Callable[[], float]
) -> Err:
    if response.status == PROXY_AUTHENTICATION_REQUIRED:
        return ConfigurationError(
            "a proxy requires a username and a password, or does not accept the ones that it got (407)"
        )
    details = answer.get("error")
    error = mapping(details) or answer
    code = error.get("code")
    kind = ServerError if response.status >= 500 else _ERROR_OF_STATUS.get(response.status, ApiError)
    message = _text(error.get("message")) or _text(details) or _reason(response.status)
    names_nothing = response.status == 404 and re.fullmatch(NO_SUCH_PATH, message)
    return kind(
        message,
        status=response.status,
        code=code if isinstance(code, int) and not isinstance(code, bool) else None,
        description=_text(error.get("description")) or (_no_such_path(endpoint) if names_nothing else None),
        fields=tuple(map(_field_error, sequence(error.get("fields"))[:MOST_FIELDS])),
        request_id=request_id_of(response.raw_headers),
        retry_after=retry_after(header(response.raw_headers, b"retry-after"), now),
    )


def _no_such_path(endpoint: Endpoint[object]) -> str:
    """Return a possible reason for a 404 whose message does not say what is missing."""
    return f"perhaps the server has no {endpoint.method} {endpoint.path}; the server_url of the FastPix API ends in /v1"


def request_id_of(headers: Headers) -> str | None:
    """Return the request id of a response, which users can give to FastPix support, or ``None``."""
    return _text(header(headers, b"x-request-id"), REQUEST_ID_CHARACTERS)


def _field_error(field: object) -> FieldError:
    facts = mapping(field)
    name, problem = facts.get("field"), facts.get("message")
    return FieldError(_text(name, FIELD_CHARACTERS) or "", _text(problem, FIELD_CHARACTERS) or "")


def _object(body: bytes) -> dict[object, object]:
    if len(body) > MOST_ERROR_BYTES:  # no error response is that large, and Python objects need many times the memory
        return {}
    with suppress(*UNDECODABLE):
        return mapping(msgspec.json.decode(body))
    from fastpix._call.bad_text import marked, mended

    with suppress(*UNDECODABLE):
        return mapping(mended(msgspec.json.decode(marked(body))))
    return {}


def _text(value: object, most: int = MESSAGE_CHARACTERS) -> str | None:
    return message(value, most) if isinstance(value, str) and value else None


def _reason(status: int) -> str:
    from http import HTTPStatus

    if status in REASONS_OF_RFC_9110:
        return REASONS_OF_RFC_9110[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "the server gave no reason"
