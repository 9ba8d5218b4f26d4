"""What a user may set, on a core and for one call: time limits, retries, hooks, options."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from fastpix._call.deviation import Deviation
from fastpix._call.messages import Response
from fastpix._call.redaction import Redacted, shown
from fastpix._call.structs import Struct
from fastpix.errors import ConfigurationError, Err

if TYPE_CHECKING:
    import httpx

    from fastpix._call.call import Steps
    from fastpix._call.endpoint import Endpoint

__all__ = ["Attempt", "Configuration", "Hooks", "RequestOptions", "Retries", "Timeout", "check"]

MOST = 1_000_000
DEFAULT_SERVER_URL = "https://api.fastpix.com/v1/"


class Timeout(Struct, frozen=True, kw_only=True):
    """Time limits in seconds. A plain number in place of a `Timeout` sets ``total`` alone.

    Attributes:
        total: for the whole call: every attempt, the waits between them, and the last byte of the body.
        attempt: for one attempt, if it can be repeated when it is cut off; the last one, and a request that is
            sent once, have all the time that is left.
        connect: for making a connection.
    """

    total: float = 60.0
    attempt: float = 20.0
    connect: float = 5.0

    @staticmethod
    def of(timeout: "float | Timeout") -> "Timeout":
        return timeout if isinstance(timeout, Timeout) else Timeout(total=timeout)


class Retries(Struct, frozen=True, kw_only=True):
    """How often a request is sent again, and after how long. ``Retries(attempts=1)`` never does.

    What is sent again is not a setting: what adds or creates, only if the server certainly did not carry it out.

    Attributes:
        attempts: at the most, the first included.
        base: seconds; the wait before attempt n+1 is random between 0 and ``base * 2 ** (n - 1)``.
        cap: seconds; the longest such wait. A ``Retry-After`` of the server replaces it.
    """

    attempts: int = 3
    base: float = 0.25
    cap: float = 8.0


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of one attempt, as hooks see them.

    Attributes:
        function: the name of the function that was called, such as ``live_streams_list``.
        operation_id: the API's id of the operation, such as ``get-all-streams``.
        method: the HTTP method.
        path: the path template, without ids: ``/live/streams/{streamId}``.
        number: 1 for the first; 0 if it did not come to one.
        elapsed: seconds since the call began.
        wait: seconds until the next attempt; ``None`` if none follows.
    """

    function: str
    operation_id: str
    method: str
    path: str
    number: int
    elapsed: float
    wait: float | None = None


if TYPE_CHECKING:
    BeforeRequest: TypeAlias = Callable[[Attempt, httpx.Request], httpx.Request | None]
    AroundCall: TypeAlias = Callable[[Endpoint[Any], Steps[Any]], Steps[Any]]
else:  # for who reads annotations at run time, without httpx
    BeforeRequest = Callable[[Attempt, Any], Any]
    AroundCall = Callable[[Any, Any], Any]
AfterResponse: TypeAlias = Callable[[Attempt, Response], None]
OnError: TypeAlias = Callable[[Attempt, Err], None]
OnDeviations: TypeAlias = Callable[[Attempt, tuple[Deviation, ...]], None]


class Hooks(Struct, frozen=True, kw_only=True):
    """Plain functions called around each attempt, on the sync core and the async core alike.

    One that raises ends the call with an `UnexpectedClientError`.

    Attributes:
        before_request: may change the request in place, or return another. Credentials are added after it.
        after_response: sees each answer, whatever its status.
        on_error: sees each failure; ``attempt.wait`` tells whether another attempt follows.
        on_deviations: sees where an answer is not as documented, once for each such answer.
        around_call: is given a call as its endpoint and its steps, and drives these: what `fastpix.tracing.spans` gives.
    """

    before_request: BeforeRequest | None = None
    after_response: AfterResponse | None = None
    on_error: OnError | None = None
    on_deviations: OnDeviations | None = None
    around_call: AroundCall | None = None


class RequestOptions(Redacted, Struct, frozen=True, kw_only=True):
    """Settings for one call; what is ``None`` is as the core says.

    Attributes:
        headers: sent with the request, over the library's own of the same name.
        timeout: seconds for the whole call, or a `Timeout`.
        retries: the policy.
        server_url: in place of the core's.
        validate: ``False`` skips the local check of documented bounds, for when the API has grown.
            Ids in paths, and the classes of structs, are checked all the same.
        strict: in place of the core's: whether any value of an undocumented type is a `ResponseValidationError`.
    """

    headers: Mapping[str, str] = {}
    timeout: float | Timeout | None = None
    retries: Retries | None = None
    server_url: str | None = None
    validate: bool = True
    strict: bool | None = None

    def __rich_repr__(self) -> list[tuple[str, object]]:
        headers = dict.fromkeys(self.headers, "...")
        shown = ("timeout", self.timeout), ("retries", self.retries), ("server_url", _shown_url(self.server_url))
        return [("headers", headers), *shown, ("validate", self.validate), ("strict", self.strict)]


class Configuration(Redacted, frozen=True, kw_only=True):
    """What a core is made of: the arguments of `fastpix.FastpixCore`, where they are described."""

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
    """Refuses, with a `ConfigurationError` that names it, what no type checker has kept out."""
    if not isinstance(settings, Configuration | RequestOptions):
        raise _refusal("options", "a RequestOptions", type(settings).__name__)
    optional = OPTIONAL if isinstance(settings, Configuration) else OPTIONAL_FOR_A_CALL
    for name in settings.__struct_fields__:
        value = getattr(settings, name)
        kind, allowed = _KINDS.get(name, (object, ""))
        if not isinstance(value, kind) and (value is not None or name not in optional):
            given = type(value).__name__
            del value  # a traceback may show what is in a frame
            raise _refusal(name, allowed, given)
    if isinstance(settings, Configuration):
        if settings.max_response_bytes < 1:
            raise _refusal("max_response_bytes", "an int of 1 or more", shown(settings.max_response_bytes))
        _check_number("max_connections", settings.max_connections, least=1, whole=True)
    if settings.timeout is not None:
        timeout = Timeout.of(settings.timeout)
        for name in timeout.__struct_fields__:
            _check_number(f"timeout.{name}", getattr(timeout, name), least=0)
    if settings.retries is not None:
        _check_number("retries.attempts", settings.retries.attempts, least=1, whole=True)
        _check_number("retries.base", settings.retries.base, least=0)
        _check_number("retries.cap", settings.retries.cap, least=0)


def _check_number(name: str, value: object, *, least: int, whole: bool = False) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= MOST
    if not is_number or (whole and not isinstance(value, int)):
        raise _refusal(name, f"a {'whole ' if whole else ''}number from {least} to {MOST}", shown(value))


def _refusal(name: str, allowed: str, given: str) -> ConfigurationError:
    return ConfigurationError(f"{name} must be {allowed}, not {given}")


_KINDS: dict[str, tuple[Any, str]] = {
    "username": (str, "a str"),
    "password": (str, "a str"),
    "credentials": (Callable, "a function without arguments that returns both"),
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
    """A url with anything in it that may be a secret is not shown, even one that will be refused for it."""
    if not isinstance(url, str):
        return None if url is None else f"a {type(url).__name__}"
    scheme, separator, rest = url.partition("://")
    return url if separator and not set(rest) & set("@?#") else f"{scheme}://..." if separator else "..."
