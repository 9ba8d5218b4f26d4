"""HTTP on the server side: requests become request structs, and results become responses with the API's envelopes.

`read_request` is the inverse of `fastpix._call.request.prepare`. Both use the same `Endpoint`.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_origin
from urllib.parse import parse_qs

import httpx
import msgspec

from fastpix._call.endpoint import Endpoint
from fastpix._call.validation import mapping, sequence

__all__ = [
    "INVALID",
    "UUID",
    "BadField",
    "RefusedError",
    "answer",
    "check_uuid",
    "invalid",
    "query_of",
    "read_request",
    "refusal",
]

UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
INVALID = "payload validation failed"


class BadField(msgspec.Struct, frozen=True):
    """A rejected field, in the words of the real service."""

    field: str
    """The path to the field in the API's spelling."""
    message: str = "is invalid"
    """The reason. Default: ``is invalid``."""


class RefusedError(Exception):
    """A request that the local FastPix rejects, in the words of the real service where they are known.

    Args:
        status: The HTTP status.
        message: The short text of the response.
        description: A longer text. Default: none.
        fields: The rejected fields. Default: none.
    """

    def __init__(
        self, status: int, message: str, description: str | None = None, *, fields: tuple[BadField, ...] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.description = description
        self.fields = fields


def invalid(*fields: str | BadField) -> RefusedError:
    """Return the refusal of fields with values that are not valid (422). A text is the path to a field."""
    return RefusedError(
        422, INVALID, fields=tuple(BadField(field) if isinstance(field, str) else field for field in fields)
    )


def check_uuid(**fields: str) -> None:
    """Raise a 422 that names the fields whose value is no UUID."""
    bad = [name for name, value in fields.items() if not UUID.fullmatch(value)]
    if bad:
        raise invalid(*bad)


def read_request(
    endpoint: Endpoint[object], in_path: dict[str, str], request: httpx.Request, incomplete: int = 422
) -> Any:
    """Return the request struct, of the endpoint's request type.

    Args:
        endpoint: The endpoint.
        in_path: The fields in the path.
        request: The request.
        incomplete: The HTTP status if a field is missing. Default: 422.

    Raises:
        RefusedError: A field is missing or not valid, or a body has a field that the operation does not have (422), or
            the body is not JSON (400).
    """
    try:
        rest = _body(request) if endpoint.in_body else _query(endpoint, request)
        read = msgspec.convert({**rest, **in_path}, endpoint.request_type, strict=endpoint.in_body)
    except msgspec.ValidationError as problem:
        status = incomplete if "missing required field" in str(problem) else 422
        raise RefusedError(status, INVALID, fields=(BadField(_field(str(problem))),)) from problem
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise RefusedError(400, "Bad Request", "The body is not JSON.") from problem
    except RecursionError as problem:
        raise RefusedError(400, "Bad Request", "The body is nested too deeply.") from problem
    if endpoint.in_body and rest:
        known = {name: value for name, value in msgspec.to_builtins(read).items() if name not in in_path}
        if unknown := [BadField(field, "is not allowed") for field in _unknown(rest, known)]:
            raise invalid(*unknown)
    return read


def _unknown(given: object, known: object, at: str = "") -> Iterator[str]:
    """Yield the paths to the fields that are given and were not read."""
    read = mapping(known)
    for name, value in mapping(given).items():
        field = f"{at}.{name}" if at else str(name)
        if name in read:
            yield from _unknown(value, read[name], field)
        else:
            yield field
    for index, (value, item) in enumerate(zip(sequence(given), sequence(known), strict=True)):
        yield from _unknown(value, item, f"{at}[{index}]")


def answer(value: object, status: int = 200) -> httpx.Response:
    """Return a response with a value as its JSON body."""
    return httpx.Response(status, headers=_JSON, content=msgspec.json.encode(value))


def refusal(refused: RefusedError) -> httpx.Response:
    """Return the response for a rejected request, with the API's error object."""
    facts = {"code": refused.status, "message": refused.message}
    optional = {"description": refused.description, "fields": refused.fields}
    error = facts | {name: fact for name, fact in optional.items() if fact}
    return answer({"success": False, "error": error}, refused.status)


_JSON = {"content-type": "application/json"}


def _body(request: httpx.Request) -> dict[str, object]:
    content = request.read()
    return msgspec.json.decode(content, type=dict[str, object]) if content else {}


def query_of(request: httpx.Request) -> dict[str, list[str]]:
    """Return the values of each name in the query of a request."""
    return parse_qs(request.url.query.decode(), keep_blank_values=True)


def _query(endpoint: Endpoint[object], request: httpx.Request) -> dict[str, object]:
    """Return the fields of the query. A name that occurs once has one value, unless its field takes a list."""
    known, lists = _names(endpoint.request_types)
    values = query_of(request)
    for name in values.keys() - known:
        base = name.partition("[")[0]
        if f"{base}[]" in known:
            raise RefusedError(422, f"Invalid {base} value", fields=(BadField(name),))
    return {name: given if name in lists or len(given) > 1 else given[0] for name, given in values.items()}


@cache
def _names(kinds: tuple[type[msgspec.Struct], ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of all fields, and of those that take a list."""
    fields = [field for kind in kinds for field in msgspec.structs.fields(kind)]
    lists = frozenset(field.encode_name for field in fields if _takes_list(field.type))
    return frozenset(field.encode_name for field in fields), lists


def _takes_list(hint: object) -> bool:
    return get_origin(hint) is list or any(map(_takes_list, get_args(hint)))


def _field(problem: str) -> str:
    """Return the path to the field that a message of msgspec names."""
    missing = re.search(r"missing required field `([^`]+)`", problem)
    path = re.search(r"at `\$\.?([^`]*)`", problem)
    return ".".join(filter(None, [path and path[1], missing and missing[1]]))
