"""Builds the HTTP request for a request struct. Fields that are ``UNSET`` are not sent.

The functions are pure, except that the idempotency key of a POST is random.
"""

import os
import re
from binascii import b2a_base64
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import quote, urlsplit

import msgspec

from fastpix import __version__
from fastpix._call.endpoint import Endpoint
from fastpix._call.interrupts import pass_interrupt
from fastpix._call.loopback import is_loopback
from fastpix._call.messages import FRAMING, KEY, Origin, Request
from fastpix._call.redaction import shown
from fastpix._call.validation import check_bounds, check_classes, each, json, plain, refusal, sequence, unwritable
from fastpix.configuration import Configuration, RequestOptions, check
from fastpix.errors import ConfigurationError, RequestValidationError
from fastpix.reply import Failure, Result, Success

__all__ = ["NO_OPTIONS", "USER_AGENT", "authorization", "fixed_authorization", "origin_of", "prepare"]

USER_AGENT = f"fastpix-python/{__version__}"
NO_OPTIONS = RequestOptions()
PORTS = {"https": 443, "http": 80}
HEADERS = {
    b"accept-encoding": b"gzip",
    b"user-agent": USER_AGENT.encode(),
}

# patterns are strings, which `re` compiles and caches at first use: this keeps the import fast
NOT_IN_AN_ID = r"[/?#%\x00-\x1f\x7f-\x9f\ud800-\udfff]"
CREDENTIAL = r"[^\x00-\x1f\x7f\ud800-\udfff]*"
SERVER_URL = r"[!-\[\]-~]+"
LABEL_CHARACTERS = 64
HOST_AND_PORT = r"([0-9A-Za-z._-]+|\[[0-9A-Fa-f:.]+\])(:\d*)?"
HEADER_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
HEADER_VALUE = r"([!-~]([\t -~]*[!-~])?)?"

LocalError: TypeAlias = RequestValidationError | ConfigurationError


def prepare(
    endpoint: Endpoint[object], configuration: Configuration, request: msgspec.Struct, options: RequestOptions
) -> Result[Request, LocalError]:
    """Return the request to send for a request struct, without credentials, or the error if it cannot be sent."""
    try:
        if options is not NO_OPTIONS:
            check(options)
        base = _base(
            configuration.server_url if options.server_url is None else options.server_url, configuration.allow_http
        )
        fields = _fields(endpoint, request)
        if options.validate:
            check_bounds(endpoint.request_type, request, fields)
        else:
            check_classes(endpoint.request_type, request)
        path = _path(endpoint, request, fields)
        body = json(fields) if endpoint.has_body else b""
        query = "" if endpoint.in_body else _query(fields)
        headers = _headers(endpoint, base, body, options.headers)
    except (RequestValidationError, ConfigurationError) as problem:
        return Failure(problem.with_traceback(None))
    except Exception as problem:  # raised by the JSON encoder, or by an object of the user
        pass_interrupt(problem)
        return Failure(unwritable(request))
    target = f"{base.path}{path}{query}".encode()
    return Success(Request(endpoint.method, base.origin, target, list(headers.items()), body, endpoint.idempotent))


def authorization(credentials: object) -> Result[bytes, ConfigurationError]:
    """Return the ``Authorization`` value for a pair of username and password, or the error for anything else."""
    pair = sequence(credentials)
    if len(pair) != 2:
        instead = type(credentials).__name__ + (f" of {len(pair)} items" if pair else "")
        return Failure(ConfigurationError(f"credentials must return (username, password), not {instead}"))
    username, password = pair
    given: tuple[tuple[str, object], ...] = (("username", username), ("password", password))
    missing = [name for name, value in given if not value]
    if missing:
        return Failure(
            ConfigurationError(
                f"no {' and no '.join(missing)}: pass username= and password= (the id and the secret of an access "
                "token) or credentials= to the core, or set FASTPIX_USERNAME and FASTPIX_PASSWORD before creating it"
            )
        )
    for name, value in given:
        if not isinstance(value, str) or not re.fullmatch(CREDENTIAL, value):
            return Failure(ConfigurationError(f"{name} must be a str without control characters or lone surrogates"))
    if ":" in str(username):
        return Failure(ConfigurationError("username must be a str without a colon"))
    both: Any = username, password  # joined, because a subclass of str, such as an enum, may format differently
    return Success(b"Basic " + b2a_base64(":".join(both).encode(), newline=False))


def fixed_authorization(configuration: Configuration) -> bytes | None:
    """Return the ``Authorization`` value that is the same for all calls.

    Return ``None`` if a ``credentials`` function is set, or if the username or the password cannot be used.
    """
    if configuration.credentials is not None:
        return None
    return authorization((configuration.username, configuration.password)).value_or(None)


def origin_of(configuration: Configuration) -> Origin | None:
    """Return the origin that the calls of a core go to, or ``None`` if its ``server_url`` cannot be used."""
    try:
        return _base(configuration.server_url, configuration.allow_http).origin
    except ConfigurationError:
        return None


class _Base(NamedTuple):
    """The origin of the API, and the path that comes before the path of each operation."""

    origin: Origin
    path: str


@lru_cache(maxsize=64)
def _base(server_url: str, allow_http: bool) -> _Base:
    if "@" in server_url or "?" in server_url or "#" in server_url:
        raise ConfigurationError("server_url must contain no credentials, no query and no fragment (no @, ? or #)")
    if not server_url.lower().startswith(("https://", "http://")):
        raise ConfigurationError(
            "server_url must begin with https://, or http:// for this machine, and name a host, such as https://api.fastpix.com/v1/"
        )
    if not re.fullmatch(SERVER_URL, server_url):
        raise ConfigurationError(
            f"server_url must be in ASCII without spaces, control characters or backslashes, not {shown(server_url)}"
        )
    try:
        url = urlsplit(server_url)
        scheme, host, port = url.scheme, url.hostname or "", url.port
    except ValueError:
        raise ConfigurationError(f"server_url must have a valid host and port, not {shown(server_url)}") from None
    if not re.fullmatch(HOST_AND_PORT, url.netloc):
        raise ConfigurationError(f"server_url must name a valid host after {scheme}://, not {shown(server_url)}")
    if not all(0 < len(label) < LABEL_CHARACTERS for label in host.removesuffix(".").split(".")):
        allowed = f"a host whose parts between the dots have 1 to {LABEL_CHARACTERS - 1} characters"
        raise ConfigurationError(f"server_url must name {allowed}, not {shown(server_url)}")
    if scheme == "http" and not is_loopback(host) and not allow_http:
        raise ConfigurationError(
            f"server_url uses http:// for {host}, which would send the credentials unencrypted: "
            "use https://, or pass allow_http=True to the core, or set FASTPIX_ALLOW_HTTP=1"
        )
    origin = Origin(scheme.encode(), host.encode(), None if port == PORTS[scheme] else port)
    return _Base(origin, url.path.rstrip("/"))


def _fields(endpoint: Endpoint[object], request: object) -> dict[str, object]:
    if not isinstance(request, endpoint.request_type):
        allowed = " or a ".join(kind.__name__ for kind in endpoint.request_types)
        given = "None" if request is None else type(request).__name__
        raise RequestValidationError(
            f"the request must be a {allowed}, not {given}", field="request", allowed=allowed, given=given
        )
    fields: dict[str, object] = plain(request)
    return fields


def _path(endpoint: Endpoint[object], request: msgspec.Struct, fields: dict[str, object]) -> str:
    """Return the path template filled in. The fields that it uses are removed from ``fields``."""
    path: list[str] = []
    for name, literal in endpoint.path_parts:
        path += (_segment(request, name, fields.pop(name, None)), literal) if name else (literal,)
    return "".join(path)


def _segment(request: msgspec.Struct, name: str, value: object) -> str:
    if not isinstance(value, str) or value in ("", ".", "..") or re.search(NOT_IN_AN_ID, value):
        field = dict(zip(request.__struct_encode_fields__, request.__struct_fields__, strict=True))[name]
        allowed = "a str that is one path segment (not empty, not '.' or '..', without / ? # % or control characters)"
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
    return str(value) if type(value) is int else quote(json(value), safe="")


def _is_header(name: object, value: object) -> bool:
    if not isinstance(name, str) or not isinstance(value, str):
        return False
    is_framing = name.lower().encode("utf-8", "replace") in FRAMING
    return not is_framing and bool(re.fullmatch(HEADER_NAME, name) and re.fullmatch(HEADER_VALUE, value))


def _headers(endpoint: Endpoint[object], base: _Base, body: bytes, own: Mapping[str, str]) -> dict[bytes, bytes]:
    headers = {b"host": base.origin.authority.encode(), b"accept": endpoint.accept, **HEADERS}
    if endpoint.has_body:
        headers[b"content-type"] = b"application/json"
    if endpoint.has_body or endpoint.method not in ("GET", "DELETE"):
        headers[b"content-length"] = b"%d" % len(body)
    if endpoint.method == "POST":
        headers[KEY] = os.urandom(16).hex().encode()
    for name, value in own.items():
        if not _is_header(name, value):
            allowed = (
                "a str of printable ASCII without a space at its start or end, "
                "under a valid header name other than content-length and transfer-encoding"
            )
            raise RequestValidationError(
                f"options.headers[{name!r}] must be {allowed}", field=f"options.headers[{name!r}]", allowed=allowed
            )
        headers[name.lower().encode()] = value.encode()
    return headers
