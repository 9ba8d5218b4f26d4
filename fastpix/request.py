"""A request struct to an `httpx.Request`: pure. Only what the caller gave is sent."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import isfinite
from types import UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin
from urllib.parse import quote
from uuid import uuid4

import httpx
import msgspec
from returns.result import Failure, Result, Success

from fastpix import __version__
from fastpix.configuration import Configuration, RequestOptions
from fastpix.endpoint import Endpoint
from fastpix.errors import ConfigurationError, RequestValidationError
from fastpix.narrowing import each, mapping, sequence
from fastpix.redaction import MASK, is_secret

__all__ = ["Outline", "authorization", "origin", "outline"]

SHOWN_CHARACTERS = 80
UNIONS = (Union, UnionType)
CONTAINERS = (dict, list, tuple, Sequence)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
USER_AGENT = f"fastpix-python/{__version__}"

_NOT_IN_AN_ID = re.compile(r"[/?#%\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CREDENTIAL = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]*")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")

LocalError: TypeAlias = RequestValidationError | ConfigurationError


class Outline(msgspec.Struct, frozen=True):
    """All of a request but its credentials, from which each attempt makes a fresh `httpx.Request`."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None

    def __repr__(self) -> str:
        return f"Outline({self.method} {self.url.partition('?')[0]})"

    def request(self) -> httpx.Request:
        return httpx.Request(self.method, self.url, headers=self.headers, content=self.body)


def outline(
    endpoint: Endpoint[object], configuration: Configuration, request: msgspec.Struct, options: RequestOptions
) -> Result[Outline, LocalError]:
    """What to send for a request struct, or why it can't be sent."""
    try:
        base = _base_url(options.server_url or configuration.server_url, configuration.allow_http)
        fields = _fields(endpoint, request)
        if options.validate:
            _check_bounds(endpoint, request, fields)
        path = _path(endpoint, request, fields)
        headers = _headers(endpoint, options.headers)
        body = _json(fields) if endpoint.has_body else None
        query = "" if endpoint.in_body else _query(fields)
    except (RequestValidationError, ConfigurationError) as problem:
        return Failure(problem.with_traceback(None))
    except (TypeError, ValueError, RecursionError):
        return Failure(_unwritable(request))
    return Success(Outline(endpoint.method, base + path + query, headers, body))


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return (url.scheme, url.host, url.port)


def authorization(configuration: Configuration) -> Result[str, ConfigurationError]:
    """The value of the ``Authorization`` header. A credentials callable may raise whatever it likes."""
    username, password = configuration.username, configuration.password
    if configuration.credentials is not None:
        username, password = configuration.credentials()
    given: tuple[tuple[str, object], ...] = (("username", username), ("password", password))
    missing = [name for name, value in given if not value]
    if missing:
        return Failure(
            ConfigurationError(
                f"no {' and no '.join(missing)}: give username= and password= (the id and the secret of an access "
                "token) or credentials= to the core, or set FASTPIX_USERNAME and FASTPIX_PASSWORD before making it"
            )
        )
    for name, value in given:
        if not isinstance(value, str) or not _CREDENTIAL.fullmatch(value):
            return Failure(ConfigurationError(f"{name} must be a str without control characters and lone surrogates"))
    if ":" in str(username):
        return Failure(ConfigurationError("username must be a str without a colon"))
    return Success("Basic " + b64encode(f"{username}:{password}".encode()).decode())


@lru_cache(maxsize=64)
def _base_url(server_url: str, allow_http: bool) -> str:
    try:
        url = httpx.URL(server_url)
    except (httpx.InvalidURL, TypeError) as problem:
        raise ConfigurationError(f"server_url is not a url: {problem}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigurationError("server_url must begin with https:// and name a host")
    if url.userinfo or url.query or url.fragment:
        raise ConfigurationError("server_url must have no credentials, no query and no fragment in it")
    if url.scheme == "http" and url.host not in LOOPBACK and not allow_http:
        raise ConfigurationError(
            f"server_url is http:// to {url.host}, which would send the credentials in the clear: "
            "use https://, or give allow_http=True to the core"
        )
    return str(url).rstrip("/")


def _fields(endpoint: Endpoint[object], request: msgspec.Struct) -> dict[str, object]:
    if not isinstance(request, endpoint.request_type):
        allowed = " or a ".join(kind.__name__ for kind in endpoint.request_types)
        given = type(request).__name__
        raise RequestValidationError(
            f"the request must be a {allowed}, not {given}", field="request", allowed=allowed, given=given
        )
    fields: dict[str, object] = _builtins(request)
    return fields


def _check_bounds(endpoint: Endpoint[object], request: msgspec.Struct, fields: dict[str, object]) -> None:
    if not _problem(fields, endpoint.request_type):
        return
    name, value, hint = _locate(request, endpoint.request_type, "request", _problem)
    allowed = _allowed(hint)
    given = MASK if is_secret(hint) else _shown(value)
    raise RequestValidationError(f"{name} must be {allowed}, not {given}", field=name, allowed=allowed, given=given)


def _builtins(value: object) -> Any:
    """As `msgspec.to_builtins`, but bytes stay what they are, to be refused: they would become base64 in silence."""
    return msgspec.to_builtins(value, builtin_types=(bytes, bytearray, memoryview))


def _problem(value: object, hint: object) -> bool:
    """Whether a value is not of its type, or out of its bounds."""
    try:
        msgspec.convert(_builtins(value), hint)
    except (msgspec.ValidationError, TypeError):
        return True
    return False


def _unwritable(request: msgspec.Struct) -> RequestValidationError:
    try:
        name, value, _ = _locate(request, object, "request", lambda part, _: not _is_writable(part))
    except RecursionError:
        name, value = "request", "what contains itself"
    allowed = "what JSON can hold (no lone surrogate, NaN or infinity)"
    given = _shown(value)
    return RequestValidationError(f"{name} must be {allowed}, not {given}", field=name, allowed=allowed, given=given)


def _is_writable(value: object) -> bool:
    try:
        _json(_builtins(value))
    except (TypeError, ValueError):
        return False
    return True


def _locate(
    value: object, hint: object, name: str, is_wrong: Callable[[object, object], bool]
) -> tuple[str, object, object]:
    """The innermost place that is wrong: its name in Python, its value and its type."""
    for part_name, part, part_hint in _parts(value, hint):
        if is_wrong(part, part_hint):
            return _locate(part, part_hint, f"{name}{part_name}".removeprefix("request."), is_wrong)
    return name, value, hint


def _parts(value: object, hint: object) -> Iterator[tuple[str, object, object]]:
    for field in msgspec.structs.fields(value) if isinstance(value, msgspec.Struct) else ():
        part: object = getattr(value, field.name)
        if part is not msgspec.UNSET or field.required:
            yield f".{field.name}", part, field.type
    yield from ((f" key {key!r}", key, str) for key in mapping(value))
    yield from ((f"[{key!r}]", part, _item_hint(hint)) for key, part in mapping(value).items())
    yield from ((f"[{index}]", part, _item_hint(hint)) for index, part in enumerate(sequence(value)))


def _item_hint(hint: object) -> object:
    """The type of the items of a container, which may be annotated or one choice of a union."""
    if get_origin(hint) in CONTAINERS:
        return get_args(hint)[-1]
    return next((found for found in map(_item_hint, get_args(hint)) if found is not object), object)


def _allowed(hint: object) -> str:
    """A type in words: its choices, its name, its bounds."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return "one of " + ", ".join(map(repr, arguments))
    if origin is Annotated:
        return " ".join([_allowed(arguments[0]), *map(_bounds, arguments[1:])]).strip()
    if origin in UNIONS:
        return " or ".join(_allowed(choice) for choice in arguments if choice is not msgspec.UnsetType)
    name = str(getattr(origin or hint, "__name__", hint))
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _bounds(meta: msgspec.Meta) -> str:
    if meta.ge is not None and meta.le is not None:
        return f"from {meta.ge} to {meta.le}"
    if meta.ge is not None:
        return f"at least {meta.ge}"
    return "" if meta.max_length is None else f"no longer than {meta.max_length}"


def _shown(value: object) -> str:
    entries = len(mapping(value)) + len(sequence(value))
    if entries:
        return f"{entries} entries"
    text = repr(value)
    if len(text) <= SHOWN_CHARACTERS:
        return text
    return f"{text[:SHOWN_CHARACTERS]}… ({len(value) if isinstance(value, str) else len(text)} characters)"


def _path(endpoint: Endpoint[object], request: msgspec.Struct, fields: dict[str, object]) -> str:
    """The template filled in; the fields used are taken out."""
    path: list[str] = []
    for name, literal in endpoint.path_parts:
        path += (_segment(request, name, fields.pop(name, None)), literal) if name else (literal,)
    return "".join(path)


def _segment(request: msgspec.Struct, name: str, value: object) -> str:
    if not isinstance(value, str) or value in ("", ".", "..") or _NOT_IN_AN_ID.search(value):
        field = dict(zip(request.__struct_encode_fields__, request.__struct_fields__, strict=True))[name]
        allowed = "a str that is one path segment: not empty, no '.' or '..', none of / ? # %, no control characters"
        given = _shown(value)
        raise RequestValidationError(
            f"{field} must be {allowed}; not {given}", field=field, allowed=allowed, given=given
        )
    return quote(value, safe="")


def _query(fields: Mapping[str, object]) -> str:
    pairs = [
        f"{quote(name, safe='[]')}={quote(_query_text(value), safe='')}"
        for name, values in fields.items()
        for value in each(values)
    ]
    return f"?{'&'.join(pairs)}" if pairs else ""


def _query_text(value: object) -> str:
    return msgspec.json.encode(value).decode() if isinstance(value, bool | None) else str(value)


def _json(fields: object) -> bytes:
    if _not_a_number(fields):
        raise ValueError("JSON has no NaN and no infinity")
    return msgspec.json.encode(fields)


def _is_header(name: object, value: object) -> bool:
    if not isinstance(name, str) or not isinstance(value, str):
        return False
    return bool(_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value))


def _not_a_number(value: object) -> bool:
    """Whether there is one that JSON would turn into null, without a word."""
    if isinstance(value, float):
        return not isfinite(value)
    return any(map(_not_a_number, (*mapping(value).values(), *sequence(value))))


def _headers(endpoint: Endpoint[object], own: Mapping[str, str]) -> dict[str, str]:
    headers = {"accept": "application/json", "accept-encoding": "gzip", "user-agent": USER_AGENT}
    if endpoint.has_body:
        headers["content-type"] = "application/json"
    if endpoint.method == "POST":
        headers["idempotency-key"] = str(uuid4())
    for name, value in own.items():
        if not _is_header(name, value):
            allowed = "a header name with a str of printable ASCII"
            raise RequestValidationError(
                f"options.headers[{name!r}] must be {allowed}", field=f"options.headers[{name!r}]", allowed=allowed
            )
        headers[name.lower()] = value
    return headers
