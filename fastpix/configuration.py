"""The settings of a core and of a single call: time limits, retries, hooks and options."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from fastpix._call.arguments import is_async
from fastpix._call.deviation import Deviation
from fastpix._call.messages import Response
from fastpix._call.redaction import Redacted, shown
from fastpix._call.structs import Struct
from fastpix.errors import ConfigurationError, Err

if TYPE_CHECKING:
    import httpx

    from fastpix._call.call import Steps
    from fastpix._call.endpoint import Endpoint

__all__ = ["Attempt", "Configuration", "Hooks", "RequestOptions", "Retries", "Timeout", "check", "check_number"]

MOST = 1_000_000
DEFAULT_SERVER_URL = "https://api.fastpix.com/v1/"


class Timeout(Struct, frozen=True, kw_only=True):
    """Time limits of a call, in seconds. Each limit is a number from 0 to 1,000,000.

    You can pass a plain number in place of a `Timeout`. The number sets ``total``. The other limits then have their
    defaults.

    A limit cannot interrupt a hook. In a `FastpixCore` it also cannot interrupt a ``credentials`` function or a DNS
    lookup. The time that these take still counts. If a `FastpixCore` sends through httpx (with ``client``,
    ``transport`` or ``FASTPIX_TRANSPORT=httpx``), a server that sends its headers slowly can also exceed a limit,
    because httpx limits each read on its own.
    """

    total: float = 60.0
    """The deadline for the whole call: all attempts, all waits, and the last byte of the body. Default: 60."""
    attempt: float = 20.0
    """The limit for one attempt, from the moment it has a slot. Default: 20.

    Only attempts that can be retried have this limit. The last attempt that ``Retries.attempts`` allows, and each
    attempt of an operation that is not idempotent, may take all the time that is left until the deadline.
    """
    connect: float = 5.0
    """The limit for making a connection. Default: 5.

    An `AsyncFastpixCore`, and any core that sends through httpx, apply the limit to the TCP connection and to the TLS
    handshake separately.
    """

    @staticmethod
    def of(timeout: "float | Timeout") -> "Timeout":
        """Return a `Timeout` unchanged, or a `Timeout` with a number of seconds as its ``total``."""
        return timeout if isinstance(timeout, Timeout) else Timeout(total=timeout)


class Retries(Struct, frozen=True, kw_only=True):
    """The number of attempts of a call and the waits between them. ``Retries(attempts=1)`` turns retries off.

    You cannot configure which failures are retried. A request of an operation that is not idempotent is retried
    only if the server certainly did not carry it out. No retry follows if its wait would last until the deadline or
    longer, or if the retry budget is used up. The budget stops retries while a server keeps failing. All cores of a
    process share one budget for each server. Cores with a client or transport of yours share one budget for each
    server and each client or transport.
    """

    attempts: int = 3
    """The maximum number of attempts, including the first: an int from 1 to 1,000,000. Default: 3.

    An attempt that was refused with 429 does not count, unless the number is 1.
    """
    base: float = 0.25
    """The bound of the first wait, in seconds: a number from 0 to 1,000,000. Default: 0.25.

    The wait after attempt ``n`` is random, from 0 to ``base * 2 ** (n - 1)`` or to ``cap`` if that is less.
    """
    cap: float = 8.0
    """The longest random wait, in seconds: a number from 0 to 1,000,000. Default: 8.

    If the response has a ``Retry-After`` header, the wait is as long as the header says, even if that is longer.
    """


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """The facts about one attempt that hooks get."""

    function: str
    """The name of the called function, such as ``live_streams_list``."""
    operation_id: str
    """The API's id of the operation, such as ``get-all-streams``."""
    method: str
    """The operation's HTTP method, such as ``GET``."""
    path: str
    """The path template, without ids, such as ``/live/streams/{streamId}``."""
    number: int
    """The number of the attempt, from 1. In ``on_error`` it is 0 if the call failed before its first attempt."""
    elapsed: float
    """The seconds since the call began."""
    wait: float | None = None
    """The seconds until the next attempt in ``on_error``. ``None`` if no attempt follows, and in all other hooks.

    After a 429, the attempt may have to wait longer for its turn.
    """


if TYPE_CHECKING:
    BeforeRequest: TypeAlias = Callable[[Attempt, httpx.Request], httpx.Request | None]
    AroundCall: TypeAlias = Callable[[Endpoint[Any], Steps[Any]], Steps[Any]]
else:  # so that annotations can be read at run time without httpx
    BeforeRequest = Callable[[Attempt, Any], Any]
    AroundCall = Callable[[Any, Any], Any]
AfterResponse: TypeAlias = Callable[[Attempt, Response], None]
OnError: TypeAlias = Callable[[Attempt, Err], None]
OnDeviations: TypeAlias = Callable[[Attempt, tuple[Deviation, ...]], None]


class Hooks(Struct, frozen=True, kw_only=True):
    """Functions that a core calls around its calls and attempts. Each hook is optional.

    Sync and async cores take the same hooks: plain functions, not async functions. An async core calls them in its
    event loop, so a hook that blocks also blocks the event loop. If a hook raises an `Exception`, the call fails
    with an `UnexpectedClientError`.
    """

    before_request: BeforeRequest | None = None
    """Called with the `Attempt` and an ``httpx.Request`` before each attempt.

    The hook can change the request in place, or return another request to send. The URL must stay an http or https
    URL. Credentials are added after the hook, unless the request has an ``Authorization`` header or the hook
    changed the scheme, host or port of the URL.
    """
    after_response: AfterResponse | None = None
    """Called with the `Attempt` and the `Response` after each response that was read, whatever its status."""
    on_error: OnError | None = None
    """Called with the `Attempt` and the error for each failed attempt, and for each failure before an attempt.

    ``attempt.wait`` says whether another attempt follows.
    """
    on_deviations: OnDeviations | None = None
    """Called with the `Attempt` and a tuple of `Deviation` for each successful response that has deviations."""
    around_call: AroundCall | None = None
    """Called once for each call with its endpoint and its steps. Returns the steps that the core drives instead.

    `fastpix.tracing.spans` returns such a hook.
    """


class RequestOptions(Redacted, Struct, frozen=True, kw_only=True):
    """Settings for one call. For each option that is ``None``, the core's setting applies.

    A call whose options are not valid sends nothing and fails with a `ConfigurationError`. If a single header is
    not valid, the error is a `RequestValidationError`.
    """

    headers: Mapping[str, str] = {}
    """Headers to add to the request. They replace headers of the library that have the same name.

    An ``Authorization`` header replaces the core's credentials. ``Content-Length`` and ``Transfer-Encoding`` are
    not allowed. Values are printable ASCII without spaces around them. Default: no headers.
    """
    timeout: float | Timeout | None = None
    """The seconds for the whole call, from 0 to 1,000,000, or a `Timeout`. Replaces the core's whole `Timeout`."""
    retries: Retries | None = None
    """The number of attempts and the waits between them. Replaces the core's `Retries`."""
    server_url: str | None = None
    """The base URL of the API, such as ``https://api.fastpix.com/v1/``. Replaces the core's ``server_url``."""
    validate: bool = True
    """Whether to check types, bounds and allowed values of the request before sending it. Default: ``True``.

    With ``False`` you can send values that the API accepts and this library does not know yet. Ids in paths, and the
    classes of structs, are checked in any case.
    """
    strict: bool | None = None
    """Whether any deviation in the response is a `ResponseValidationError`. Replaces the core's ``strict``.

    A deviation is a value that does not match the documentation.
    """

    def __rich_repr__(self) -> list[tuple[str, object]]:
        headers = dict.fromkeys(self.headers, "...")
        shown = ("timeout", self.timeout), ("retries", self.retries), ("server_url", _shown_url(self.server_url))
        return [("headers", headers), *shown, ("validate", self.validate), ("strict", self.strict)]


class Configuration(Redacted, frozen=True, kw_only=True):
    """The settings of a core. They are the arguments of `fastpix.FastpixCore`, which describes them."""

    username: str | None
    password: str | None
    credentials: Callable[[], object] | None
    server_url: str
    allow_http: bool
    timeout: Timeout
    retries: Retries
    hooks: Hooks
    max_response_bytes: int
    max_connections: int
    strict: bool

    def __rich_repr__(self) -> list[tuple[str, object]]:
        who = ("username", self.username), ("password", "..." if self.password else None)
        return [*who, ("server_url", _shown_url(self.server_url)), ("timeout", self.timeout), ("retries", self.retries)]


OPTIONAL = ("username", "password", "credentials")
OPTIONAL_FOR_A_CALL = ("timeout", "retries", "server_url", "strict")


def check(settings: object) -> None:
    """Check the settings of a core, or the options of a call.

    Raises:
        ConfigurationError: A setting has a wrong type or is out of its bounds. The message names the setting.
    """
    if not isinstance(settings, Configuration | RequestOptions):
        raise _refusal("options", "a RequestOptions", type(settings).__name__)
    optional = OPTIONAL if isinstance(settings, Configuration) else OPTIONAL_FOR_A_CALL
    for name in settings.__struct_fields__:
        value = getattr(settings, name)
        kind, allowed = _KINDS.get(name, (object, ""))
        if not isinstance(value, kind) and (value is not None or name not in optional):
            given = type(value).__name__
            del value  # a traceback may show the values of a frame's variables
            raise _refusal(name, allowed, given)
    if isinstance(settings, Configuration):
        if settings.max_response_bytes < 1:
            raise _refusal("max_response_bytes", "an int at least 1", shown(settings.max_response_bytes))
        check_number("max_connections", settings.max_connections, least=1, whole=True)
        for name in Hooks.__struct_fields__:
            _check_hook(f"hooks.{name}", getattr(settings.hooks, name))
    if settings.timeout is not None:
        timeout = Timeout.of(settings.timeout)
        for name in timeout.__struct_fields__:
            check_number(f"timeout.{name}", getattr(timeout, name), least=0)
    if settings.retries is not None:
        check_number("retries.attempts", settings.retries.attempts, least=1, whole=True)
        check_number("retries.base", settings.retries.base, least=0)
        check_number("retries.cap", settings.retries.cap, least=0)


def check_number(name: str, value: object, *, least: float, whole: bool = False) -> None:
    """Check a number of seconds, or a whole number.

    Raises:
        ConfigurationError: It is not a number from ``least`` to 1,000,000. The message names it.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= MOST
    if not is_number or (whole and not isinstance(value, int)):
        raise _refusal(name, f"{'an int' if whole else 'a number of seconds'} from {least} to {MOST}", shown(value))


def _check_hook(name: str, hook: object) -> None:
    if hook is not None and (is_async(hook) or not callable(hook)):
        raise _refusal(name, "a plain function", "an async function" if is_async(hook) else shown(hook))


def _refusal(name: str, allowed: str, given: str) -> ConfigurationError:
    return ConfigurationError(f"{name} must be {allowed}, not {given}")


_KINDS: dict[str, tuple[Any, str]] = {
    "username": (str, "a str"),
    "password": (str, "a str"),
    "credentials": (Callable, "a function without arguments that returns (username, password)"),
    "server_url": (str, "a str"),
    "allow_http": (bool, "a bool"),
    "timeout": ((int, float, Timeout), "a number of seconds or a Timeout"),
    "retries": (Retries, "a Retries, such as Retries(attempts=3)"),
    "hooks": (Hooks, "a Hooks"),
    "max_response_bytes": (int, "an int"),
    "max_connections": (int, "an int"),
    "headers": ((dict, Mapping), "a mapping of str to str"),
    "validate": (bool, "a bool"),
    "strict": (bool, "a bool"),
}


def _shown_url(url: object) -> str | None:
    """Return the URL as text that is safe to show.

    A URL with credentials, a query or a fragment may hold a secret, so only its scheme is shown. Such a URL is shown
    before it is rejected.
    """
    if not isinstance(url, str):
        return None if url is None else f"a {type(url).__name__}"
    scheme, separator, rest = url.partition("://")
    return url if separator and not set(rest) & set("@?#") else f"{scheme}://..." if separator else "..."
