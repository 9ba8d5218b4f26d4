"""A request struct to an `httpx.Request`: pure. Only what the caller gave is sent."""

import os
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias
from urllib.parse import quote

import httpx
import msgspec
from returns.result import Failure, Result, Success

from fastpix import __version__
from fastpix.checks import check_bounds, json, plain, refusal, unwritable
from fastpix.configuration import Configuration, RequestOptions
from fastpix.endpoint import Endpoint
from fastpix.errors import ConfigurationError, RequestValidationError
from fastpix.narrowing import each

__all__ = ["Outline", "authorization", "origin", "outline"]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
USER_AGENT = f"fastpix-python/{__version__}"

# patterns are compiled, and kept by `re`, when first used: an import should not pay for them
NOT_IN_AN_ID = r"[/?#%\x00-\x1f\x7f-\x9f\ud800-\udfff]"
CREDENTIAL = r"[^\x00-\x1f\x7f\ud800-\udfff]*"
HEADER_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
HEADER_VALUE = r"[\t\x20-\x7e]*"

LocalError: TypeAlias = RequestValidationError | ConfigurationError


class Outline(msgspec.Struct, frozen=True):
    """All of a request but its credentials, from which each attempt makes a fresh `httpx.Request`."""

    method: str
    url: str
    headers: httpx.Headers
    body: bytes

    def __repr__(self) -> str:
        return f"Outline({self.method} {self.url.partition('?')[0]})"

    def request(self) -> httpx.Request:
        """With a stream, httpx takes the headers as they are; reading it tells transports that nothing is to come."""
        request = httpx.Request(self.method, self.url, headers=self.headers, stream=httpx.ByteStream(self.body))
        request.read()
        return request


def outline(
    endpoint: Endpoint[object], configuration: Configuration, request: msgspec.Struct, options: RequestOptions
) -> Result[Outline, LocalError]:
    """What to send for a request struct, or why it can't be sent."""
    try:
        base = _base(options.server_url or configuration.server_url, configuration.allow_http)
        fields = _fields(endpoint, request)
        if options.validate:
            check_bounds(endpoint, request, fields)
        path = _path(endpoint, request, fields)
        body = json(fields) if endpoint.has_body else b""
        query = "" if endpoint.in_body else _query(fields)
        headers = _headers(endpoint, base, body, options.headers)
    except (RequestValidationError, ConfigurationError) as problem:
        return Failure(problem.with_traceback(None))
    except (TypeError, ValueError, RecursionError):
        return Failure(unwritable(request))
    return Success(Outline(endpoint.method, base.url + path + query, headers, body))


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
        if not isinstance(value, str) or not re.fullmatch(CREDENTIAL, value):
            return Failure(ConfigurationError(f"{name} must be a str without control characters and lone surrogates"))
    if ":" in str(username):
        return Failure(ConfigurationError("username must be a str without a colon"))
    return Success("Basic " + b64encode(f"{username}:{password}".encode()).decode())


class _Base(NamedTuple):
    """Where the API is: what its urls begin with, and its ``Host`` header."""

    url: str
    host: bytes


@lru_cache(maxsize=64)
def _base(server_url: str, allow_http: bool) -> _Base:
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
    return _Base(str(url).rstrip("/"), url.netloc)


def _fields(endpoint: Endpoint[object], request: msgspec.Struct) -> dict[str, object]:
    if not isinstance(request, endpoint.request_type):
        allowed = " or a ".join(kind.__name__ for kind in endpoint.request_types)
        given = type(request).__name__
        raise RequestValidationError(
            f"the request must be a {allowed}, not {given}", field="request", allowed=allowed, given=given
        )
    fields: dict[str, object] = plain(request)
    return fields


def _path(endpoint: Endpoint[object], request: msgspec.Struct, fields: dict[str, object]) -> str:
    """The template filled in; the fields used are taken out."""
    path: list[str] = []
    for name, literal in endpoint.path_parts:
        path += (_segment(request, name, fields.pop(name, None)), literal) if name else (literal,)
    return "".join(path)


def _segment(request: msgspec.Struct, name: str, value: object) -> str:
    if not isinstance(value, str) or value in ("", ".", "..") or re.search(NOT_IN_AN_ID, value):
        field = dict(zip(request.__struct_encode_fields__, request.__struct_fields__, strict=True))[name]
        allowed = "a str that is one path segment (not empty, no '.' or '..', none of / ? # %, no control characters)"
        raise refusal(field, allowed, value)
    return quote(value, safe="")


def _query(fields: Mapping[str, object]) -> str:
    pairs = [f"{_query_name(name)}={_query_text(value)}" for name, values in fields.items() for value in each(values)]
    return f"?{'&'.join(pairs)}" if pairs else ""


@cache
def _query_name(name: str) -> str:
    return quote(name, safe="[]")


def _query_text(value: object) -> str:
    if isinstance(value, str):
        return quote(value, safe="")
    return msgspec.json.encode(value).decode()


def _is_header(name: object, value: object) -> bool:
    if not isinstance(name, str) or not isinstance(value, str):
        return False
    return bool(re.fullmatch(HEADER_NAME, name) and re.fullmatch(HEADER_VALUE, value))


def _headers(endpoint: Endpoint[object], base: _Base, body: bytes, own: Mapping[str, str]) -> httpx.Headers:
    headers = _standing_headers(base.host, endpoint.has_body)
    says_length = endpoint.has_body or endpoint.method not in ("GET", "DELETE")
    if not says_length and not own:
        return headers
    headers = headers.copy()
    if says_length:
        headers["content-length"] = str(len(body))
    if endpoint.method == "POST":
        headers["idempotency-key"] = os.urandom(16).hex()
    for name, value in own.items():
        if not _is_header(name, value):
            allowed = "a header name with a str of printable ASCII"
            raise RequestValidationError(
                f"options.headers[{name!r}] must be {allowed}", field=f"options.headers[{name!r}]", allowed=allowed
            )
        headers[name] = value
    return headers


@lru_cache(maxsize=64)
def _standing_headers(host: bytes, has_body: bool) -> httpx.Headers:
    headers = {"host": host.decode(), "accept": "application/json", "accept-encoding": "gzip", "user-agent": USER_AGENT}
    return httpx.Headers(headers | ({"content-type": "application/json"} if has_body else {}))
