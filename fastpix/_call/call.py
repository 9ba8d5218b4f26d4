"""One call from request to result, as a generator that yields each step and is sent the outcome of the step.

The generator never uses the network and never waits:

* It yields a `Send` and is sent a `Response`, or the exception that was raised instead.
* It yields a `Wait` and is sent ``None``.
* It yields an `Ask` and is sent a `Told`, or the exception that was raised instead.

A driver in `fastpix.core` carries out the steps. Tests drive the generator with ``next`` and ``send``.

This is the hot path. The work is done at these times:

* Per operation (`fastpix._call.endpoint`): its path is split when it is declared, and its decoder is created at its
  first call.
* Per server url: the url is parsed and checked once (`fastpix._call.request` keeps 64 of them).
* Per process: the SSL context is created.
* Per core and process, or event loop: the slots and the pool of idle connections are created.
* Per core: the header of fixed credentials is created.
* Per call: the request struct is converted to plain values and checked against its type (msgspec does both, in C).
  One `Request` is made from it, which all attempts share.
* Per attempt: a slot and a connection are taken, used and given back. The ``credentials`` function, if any, is called.
* Per response: the body is decompressed in steps. It is decoded from bytes to structs once, unless that fails.

The hot path does not use httpx: its client, requests and responses would take as long as all of this together. httpx
objects are created only where a user sees them: for a ``before_request`` hook, for the user's own client or transport,
and when the ``headers`` of a response are read.
"""

import logging
import time
from collections.abc import Callable, Generator
from math import inf
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast

import msgspec

from fastpix._call.clock import now
from fastpix._call.deviation import Deviation, is_news
from fastpix._call.endpoint import Endpoint
from fastpix._call.interrupts import pass_interrupt, suppressed
from fastpix._call.libraries import library_of, names_of
from fastpix._call.messages import Headers, HeldBackError, Limits, NeverBeganError, Request, Response, header
from fastpix._call.pace import Pace, Paces
from fastpix._call.redaction import Redacted, hidden, hide_in, secrets_in, shown, without_library_frames, words_of
from fastpix._call.request import NO_OPTIONS, authorization, prepare
from fastpix._call.response import PROXY_AUTHENTICATION_REQUIRED, Reading, read, request_id_of
from fastpix._call.retry import Budget, Budgets, backoff, chance, cost, is_plain_no, left_in_doubt, may_repeat
from fastpix.configuration import Attempt, Configuration, RequestOptions, Retries, Timeout
from fastpix.errors import (
    ApiError,
    ConfigurationError,
    ConnectionFailedError,
    Err,
    NotFoundError,
    RateLimitedError,
    ResponseValidationError,
    TimedOutError,
    UnexpectedClientError,
)
from fastpix.reply import Failure, Reply, Success

if TYPE_CHECKING:
    import httpx

    from fastpix.configuration import AroundCall, BeforeRequest

__all__ = [
    "Ask",
    "Call",
    "Outcome",
    "Send",
    "Steps",
    "Told",
    "Wait",
    "WithResponse",
    "driven_by",
    "error_of",
    "too_late",
    "turn",
    "unexpected",
]

Ok = TypeVar("Ok")
T = TypeVar("T")

logger: logging.Logger = logging.getLogger("fastpix")
logger.addHandler(logging.NullHandler())
WIRE = frozenset({"HTTPError", "NetworkError", "ProtocolError", "ProxyError", "UnsupportedProtocol"})
NEVER_SENT = frozenset(
    {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol", "LocalProtocolError"}
)
SCHEMES = (b"http", b"https")
MOST_CAUSES = 20
NEVER_BEGAN = (ConfigurationError, NeverBeganError, HeldBackError)


class Send(msgspec.Struct, frozen=True, gc=False):
    """A step: send this request and read the whole response."""

    request: Request
    limits: Limits


class Wait(msgspec.Struct, frozen=True, gc=False):
    """A step: wait for this number of seconds."""

    seconds: float


class Ask(msgspec.Struct, frozen=True, gc=False):
    """A step: call a function that may block, such as the user's ``credentials``.

    An async core calls it in a thread, and stops waiting for it at the deadline.
    """

    function: Callable[[], object]
    deadline: float
    is_abandonable: bool = True
    """Whether the thread may go on after a cancellation or the deadline. Otherwise these wait for the thread."""


class Told(Redacted, frozen=True):
    """The value that the function of an `Ask` returned. An async core has awaited it."""

    value: object

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return []


Outcome: TypeAlias = Response | Told | Exception | None
Steps: TypeAlias = Generator[Send | Wait | Ask, Outcome, T]


class WithResponse(Redacted, Generic[Ok], frozen=True, gc=False):
    """A value together with the response that it was read from."""

    value: Ok
    """The value that the operation itself returns."""
    status: int
    """The HTTP status."""
    raw_headers: Headers
    """The response headers as pairs of bytes."""
    body: bytes
    """The body of the response, after decompression. It may contain secrets."""
    attempts: int
    """The number of attempts to send the request."""
    elapsed: float
    """The duration of the whole call in seconds."""
    deviations: tuple[Deviation, ...] = ()
    """The places where the response does not match the documentation.

    In ``value``, a deviating field is read as absent, a deviating item is ``None`` or left out, and invalid text has
    U+FFFD in it.
    """

    @property
    def headers(self) -> "httpx.Headers":
        """The response headers as ``httpx.Headers``."""
        return Response(self.status, self.raw_headers, b"").headers

    def __rich_repr__(self) -> list[tuple[str, object]]:
        facts = ("status", self.status), ("bytes", len(self.body)), ("attempts", self.attempts)
        elapsed, deviations = ("elapsed", round(self.elapsed, 3)), ("deviations", len(self.deviations))
        return [("value", self.value), *facts, elapsed, deviations]


class Call(Generic[Ok]):
    """One call: its endpoint and its settings. The state of a running call is in the local variables of `steps`.

    Tests replace the clocks and the random number source, so that they depend on neither time nor chance.

    Attributes:
        endpoint: The endpoint.
        configuration: The settings of the core.
        budgets: The retry budgets of the core.
    """

    def __init__(
        self,
        endpoint: Endpoint[Ok],
        configuration: Configuration,
        budgets: Budgets,
        paces: Paces,
        *,
        credentials: bytes | None = None,
        clock: Callable[[], float] = now,
        time_of_day: Callable[[], float] = time.time,
        chance: Callable[[], float] = chance,
    ) -> None:
        self.endpoint = endpoint
        self.configuration = configuration
        self._hooks = configuration.hooks
        self.budgets = budgets
        self._paces = paces
        self._credentials = credentials
        self._clock = clock
        self._time_of_day = time_of_day
        self._chance = chance
        self._started = clock()

    def steps(self, request: msgspec.Struct, options: RequestOptions | None) -> Steps[Reply[WithResponse[Ok]]]:
        """Make attempts until one succeeds or no retry follows. Return the value of the response, or the error."""
        self.endpoint.load()
        options = NO_OPTIONS if options is None else options
        planned = prepare(self.endpoint, self.configuration, request, options)
        if isinstance(planned, Failure):
            return self.failed(planned.failure(), 0, in_doubt=False)
        prepared = planned.unwrap()
        number, in_doubt, paid = 0, False, 1
        refusal, used = None, 0
        strict = self.configuration.strict if options.strict is None else options.strict
        retries = options.retries or self.configuration.retries
        timeout = Timeout.of(self.configuration.timeout if options.timeout is None else options.timeout)
        deadline = self._started + timeout.total
        origin = prepared.origin
        budget, pace = self.budgets.of(origin), self._paces.of(origin)
        while True:
            if pace.stretch is not None and not (yield from turn(pace, deadline, self._clock)):
                return self.failed(refusal or too_late(pace), number, in_doubt=in_doubt)
            stretch = pace.stretch
            sendable = yield from self._sendable(prepared, number + 1, deadline)
            if isinstance(sendable, Failure):
                return self.failed(sendable.failure(), number, in_doubt=in_doubt)
            if pace.stretch is not stretch:  # a 429 has come meanwhile
                continue
            sent, number = sendable.unwrap(), number + 1
            uncut = used + 1 >= retries.attempts or not self.endpoint.idempotent
            limits = Limits(
                deadline=deadline,
                attempt=inf if uncut else timeout.attempt,
                connect=timeout.connect,
                max_bytes=self.configuration.max_response_bytes,
            )
            outcome = yield Send(sent, limits)
            number -= isinstance(outcome, NEVER_BEGAN)
            if isinstance(outcome, HeldBackError):
                continue
            if isinstance(outcome, Response):
                result = self._result(outcome, number, sent, strict=strict, in_doubt=in_doubt)
            else:
                result = Failure(error_of(cast("Exception", outcome), sent.origin.authority))
            if isinstance(result, Success):
                budget.give(paid)
                if stretch is not None:
                    pace.accepted()
                self.log(result.unwrap(), number, None, sent)
                return result
            error = result.failure()
            hide_in(error, _secrets_of(sent))
            in_doubt = in_doubt or left_in_doubt(self.endpoint, error)
            used += not isinstance(error, RateLimitedError)
            if isinstance(error, RateLimitedError):
                refusal = error
                pace.refused(stretch, error.retry_after)
            wait = self._wait(retries, error, used, deadline, budget=budget, pace=pace)
            failed = self.failed(error, number, in_doubt=in_doubt, wait=wait)
            if wait is None or failed.failure() is not error:
                return failed
            paid = cost(error)
            yield Wait(wait)

    def _sendable(self, planned: Request, number: int, deadline: float) -> Steps[Reply[Request]]:
        """Return the request with the changes of a ``before_request`` hook and with credentials.

        Credentials are not added if the hook changed the origin, or if there is an ``Authorization`` header already.
        """
        request, hook = planned, self._hooks.before_request
        if hook is not None:
            hooked = self._hooked(hook, planned, number)
            if isinstance(hooked, Failure):
                return hooked
            request = hooked.unwrap()
        if request.origin != planned.origin or header(request.headers, b"authorization") is not None:
            return Success(request)
        if self._credentials is not None:
            return Success(request.with_header(b"authorization", self._credentials))
        credentials: object = self.configuration.username, self.configuration.password
        if self.configuration.credentials is not None:
            outcome = yield Ask(self.configuration.credentials, deadline)
            if not isinstance(outcome, Told):
                return Failure(_error_of_asking(outcome))
            credentials = outcome.value
        value = authorization(credentials)
        if isinstance(value, Failure):
            return Failure(value.failure())
        return Success(request.with_header(b"authorization", value.unwrap()))

    def _hooked(self, hook: "BeforeRequest", planned: Request, number: int) -> Reply[Request]:
        try:
            given = planned.to_httpx()
            request = planned.changed(_returned(hook(self._attempt(number), given)) or given)
        except Exception as cause:
            return Failure(unexpected("a before_request hook raised", cause))
        if request.origin.scheme in SCHEMES and request.origin.host:
            return Success(request)
        told = "a before_request hook must leave a request url that begins with http:// or https:// and names a host"
        return Failure(ConfigurationError(f"{told}; the scheme of the url is {shown(request.origin.scheme.decode())}"))

    def _result(
        self, response: Response, number: int, sent: Request, *, strict: bool, in_doubt: bool
    ) -> Reply[WithResponse[Ok]]:
        if (raised := self.observe(response, number)) is not None:
            return raised
        try:
            result = self._read(response, strict=strict, in_doubt=in_doubt)
        except Exception as cause:  # the user's own code, in a response type of the user
            return _raised("reading the response raised", cause, response)
        if isinstance(result, Failure):
            return Failure(result.failure())
        reading = result.unwrap()
        if reading.deviations:
            try:
                self._tell(reading.deviations, number, _request_id_of(response.raw_headers, sent))
            except Exception as cause:
                return _raised("an on_deviations hook raised", cause, response)
        answer = (response.status, response.raw_headers, response.body)
        return Success(WithResponse(reading.value, *answer, number, self._elapsed(), reading.deviations))

    def observe(self, response: Response, number: int) -> Failure[Err] | None:
        """Pass a response to the ``after_response`` hook. Return a failure if the hook raises."""
        try:
            if self._hooks.after_response is not None:
                self._hooks.after_response(self._attempt(number), response)
        except Exception as cause:
            return _raised("an after_response hook raised", cause, response)
        return None

    def _tell(self, deviations: tuple[Deviation, ...], number: int, request_id: str | None) -> None:
        """Log each deviating place once per process (see `is_news`), and pass all deviations to the hook each time."""
        for deviation in deviations:
            if is_news(self.endpoint.id, deviation.path):
                with suppressed():  # a logging handler of the user may raise
                    facts = (self.endpoint.name, str(deviation), _quoted(request_id))
                    logger.warning("%s: the response does not match the documentation at %s%s", *facts)
        if self._hooks.on_deviations is not None:
            self._hooks.on_deviations(self._attempt(number), deviations)

    def _read(self, response: Response, *, strict: bool, in_doubt: bool) -> Reply[Reading[Ok]]:
        result = read(self.endpoint, response, now=self._time_of_day, strict=strict)
        if isinstance(result, Success):
            return result
        error = result.failure()
        if isinstance(error, NotFoundError) and self.endpoint.method == "DELETE" and in_doubt:
            gone = read(self.endpoint, Response(200, response.raw_headers, b""), now=self._time_of_day)
            return gone if isinstance(gone, Success) else result
        return result

    def _wait(
        self, retries: Retries, error: Err, used: int, deadline: float, *, budget: Budget, pace: Pace
    ) -> float | None:
        """Return the seconds until the next attempt, or ``None`` if there is no next attempt.

        A next attempt must be allowed, and there must be time and budget for it. Its cost is taken from the budget. An
        attempt that was refused with 429 is not one of the ``used`` attempts. The pace decides on the wait after it.
        """
        if retries.attempts == 1 or used >= retries.attempts or not may_repeat(self.endpoint, error):
            return None
        is_refusal = isinstance(error, RateLimitedError)
        wait = pace.pause() if is_refusal else backoff(retries, used, error, self._chance())
        if self._clock() + wait >= deadline or not budget.take(cost(error)):
            return None
        return wait

    def failed(
        self, error: Err, number: int, *, in_doubt: bool, wait: float | None = None, is_certain: bool = False
    ) -> Failure[Err]:
        """Add the facts of the call to an error, log it, pass it to the ``on_error`` hook, and return it as a failure.

        If the hook raises, the failure contains an `UnexpectedClientError` instead.

        Args:
            error: The error.
            number: The number of attempts so far.
            in_doubt: Whether an earlier attempt may have been applied.
            wait: The seconds until the next attempt, if there is one.
            is_certain: Whether ``in_doubt`` counts for this attempt, too.
        """
        in_doubt = in_doubt or (not is_certain and left_in_doubt(self.endpoint, error))
        self._add_facts(error, number, in_doubt=in_doubt)
        self.log(error, number, wait)
        if wait is None and number and not is_plain_no(error):
            with suppressed():  # a logging handler of the user may raise
                facts = (self.endpoint.name, number, type(error).__name__, _quoted(error.request_id))
                logger.warning("%s: gave up after attempt %d: %s%s", *facts)
        try:
            if self._hooks.on_error is not None:
                self._hooks.on_error(self._attempt(number, wait), error)
        except Exception as cause:
            raised = unexpected("an on_error hook raised", cause)
            self._add_facts(raised, number, in_doubt=in_doubt)
            raised.request_id = error.request_id
            return Failure(raised)
        return Failure(error)

    def _add_facts(self, error: Err, number: int, *, in_doubt: bool) -> None:
        error.function, error.operation_id = self.endpoint.name, self.endpoint.id
        error.attempts = number
        error.may_have_been_applied = in_doubt

    def log(
        self, outcome: WithResponse[Ok] | Err, number: int, wait: float | None, sent: Request | None = None
    ) -> None:
        """Log an attempt at level DEBUG."""
        if not logger.isEnabledFor(logging.DEBUG):
            return
        if isinstance(outcome, WithResponse):
            answer, request_id = str(outcome.status), _request_id_of(outcome.raw_headers, sent)
        else:
            answer = str(outcome.status) if isinstance(outcome, ApiError) else type(outcome).__name__
            request_id = outcome.request_id
        call = (self.endpoint.name, self.endpoint.method, self.endpoint.path)
        facts = (answer, number, None if wait is None else round(wait, 3), self._elapsed(), request_id)
        with suppressed():
            logger.debug("%s %s %s -> %s attempt=%d wait=%s elapsed=%.3f request_id=%s", *call, *facts)

    def _attempt(self, number: int, wait: float | None = None) -> Attempt:
        return Attempt(
            function=self.endpoint.name,
            operation_id=self.endpoint.id,
            method=self.endpoint.method,
            path=self.endpoint.path,
            number=number,
            elapsed=self._elapsed(),
            wait=wait,
        )

    def _elapsed(self) -> float:
        return self._clock() - self._started


def turn(pace: Pace, deadline: float, clock: Callable[[], float] = now) -> Steps[bool]:
    """Wait until a request may be sent. Return ``False`` if that is too late, at once if it is certain."""
    place = pace.join()
    try:
        while (wait := pace.wait(place)) > 0:
            left = deadline - clock()
            if left <= pace.pause():
                return False
            yield Wait(min(wait, left))
    finally:
        pace.leave(place)
    return True


def driven_by(hook: "AroundCall", endpoint: Endpoint[Any], steps: Steps[Reply[T]]) -> Steps[Reply[T]]:
    """Drive the steps of a call through an ``around_call`` hook.

    If the hook raises, requests that were sent before may have been applied.
    """
    try:
        result: Reply[T] = yield from hook(endpoint, steps)
    except Exception as cause:
        error = unexpected("an around_call hook raised", cause)
        error.function, error.operation_id = endpoint.name, endpoint.id
        error.may_have_been_applied = endpoint.method != "GET"
        return Failure(error)
    return result


def error_of(outcome: Exception | None, to: str) -> Err:
    """Return the error for an exception that was raised in place of a response."""
    if isinstance(outcome, ConfigurationError | ResponseValidationError):
        return outcome.with_traceback(None)
    names = names_of(outcome)
    if (untrusted := _untrusted(outcome)) is not None:
        return ConfigurationError(f"the certificate of {to}, or of a proxy, is not trusted: {words_of(untrusted)}")
    if "ProxyError" in names and str(outcome).startswith(str(PROXY_AUTHENTICATION_REQUIRED)):
        return ConfigurationError(
            f"the proxy on the way to {to} requires a valid username and password: {words_of(outcome)}"
        )
    if isinstance(outcome, NeverBeganError):
        error: Err = TimedOutError(f"the request was not sent to {to} in time ({words_of(outcome)})")
    elif isinstance(outcome, TimeoutError) or "TimeoutException" in names:
        error = TimedOutError(f"no complete response from {to} in time ({_described(outcome)})")
    elif isinstance(outcome, OSError) or not names.isdisjoint(WIRE):
        error = ConnectionFailedError(f"the connection to {to} failed ({_described(outcome)})")
    else:
        error = unexpected("the client or transport raised", outcome)
    error.may_have_been_applied = names.isdisjoint(NEVER_SENT) and not isinstance(outcome, NeverBeganError)
    return error


def _untrusted(outcome: BaseException | None) -> BaseException | None:
    """Return the error of an untrusted certificate in the causes of an exception, or ``None``.

    The error is recognized by its name, so that the module `ssl` need not be imported.
    """
    for _ in range(MOST_CAUSES):  # a chain of causes can be circular
        if outcome is None or type(outcome).__name__ == "SSLCertVerificationError":
            return outcome
        outcome = outcome.__cause__ or outcome.__context__  # httpcore's pool hides the cause: it raises from None
    return None


def too_late(pace: Pace) -> TimedOutError:
    """Return the error for a call that was not sent, because other calls were refused with 429."""
    told = "the request was not sent: the server has answered 429 to another call, and its turn did not come in time"
    pause = pace.pause()
    return TimedOutError(f"{told} (nothing may be sent for {pause:.0f} s)" if pause >= 1 else told)


def _error_of_asking(outcome: object) -> Err:
    """Return the error for an exception that was raised in place of credentials."""
    if isinstance(outcome, NeverBeganError):
        return TimedOutError("the credentials callable returned no credentials before the deadline of the call")
    if isinstance(outcome, ConfigurationError):
        return outcome.with_traceback(None)
    return unexpected("the credentials callable raised", cast("Exception", outcome))


def _secrets_of(sent: Request | None) -> list[str]:
    return [] if sent is None else secrets_in(header(sent.headers, b"authorization"))


def _request_id_of(headers: Headers, sent: Request | None) -> str | None:
    request_id = request_id_of(headers)
    return None if request_id is None else hidden(request_id, _secrets_of(sent))


def _quoted(request_id: str | None) -> str:
    return f" (request id {request_id})" if request_id else ""


def _returned(request: "httpx.Request | None") -> "httpx.Request | None":
    if request is not None and library_of(request, "Request") is None:
        raise TypeError(f"the hook must return an httpx.Request or None, not {type(request).__name__}")
    return request


def _described(outcome: Exception | None) -> str:
    """Return the type and text of an exception.

    The text of a ``LocalProtocolError`` is left out, because h11 quotes the whole invalid header in it.
    """
    text = "" if "LocalProtocolError" in names_of(outcome) else words_of(outcome)
    return f"{type(outcome).__name__}: {text}" if text else type(outcome).__name__


def _raised(what: str, cause: Exception, response: Response) -> Failure[Err]:
    """Return the failure for code of the user that raised after the response had arrived."""
    error = unexpected(what, cause)
    error.may_have_been_applied = True
    error.request_id = request_id_of(response.raw_headers)
    return Failure(error)


def unexpected(what: str, cause: Exception | None) -> UnexpectedClientError:
    """Return the error for code of the user that raised."""
    pass_interrupt(cause)
    error = UnexpectedClientError(f"{what} {type(cause).__name__}: {words_of(cause)}")
    error.__cause__ = without_library_frames(cause)
    return error
