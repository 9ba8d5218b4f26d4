"""`until`: call an operation again and again until its response passes a test.

    until(media_get, media_ready, timeout=900)(core, GetMediaRequest(media_id))

A wait is a generator that uses no network and never waits. It yields the options of the next call, and is sent the
result. Or it yields a number of seconds to pause, and is sent whether the pause ended early. There is a driver for each
kind of core.
"""

import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeAlias, TypeVar, cast, overload

import msgspec

from fastpix._call.arguments import check_operation, is_async, request_and_options, wrong_core
from fastpix._call.call import unexpected
from fastpix._call.clock import now
from fastpix._call.retry import NOT_IMPLEMENTED, chance, may_repeat
from fastpix.configuration import RequestOptions, Timeout, check, check_number
from fastpix.core import AsyncFastpixCore, FastpixCore
from fastpix.errors import (
    ConfigurationError,
    Err,
    NotFoundError,
    ServerError,
    TimedOutError,
    UnexpectedClientError,
    WaitFailedError,
)
from fastpix.operation import AnyCore, Operation
from fastpix.reply import Failure, Reply, Success
from fastpix.states import Failed, Verdict

if TYPE_CHECKING:
    from fastpix._call.endpoint import Endpoint

__all__ = ["Until", "Waits", "Wake", "polls", "until"]

P = ParamSpec("P")
Ok = TypeVar("Ok")
Steps: TypeAlias = Generator[Any, Any, Reply[Ok]]

SHORTEST = 0.01
"""The shortest bound of a pause, in seconds."""
OVER = 0.05
"""A wait with less seconds left is over."""
LAST_CALL = 1.0
"""The seconds before the deadline at which the last calls begin."""
GROWTH = 1.5
MOST_GROWTHS = 100


class Wake(Protocol):
    """An event that ends a pause early: a `threading.Event`, or for an `AsyncFastpixCore` one of anyio or asyncio."""

    def is_set(self) -> bool: ...
    def wait(self) -> object: ...


class Waits(msgspec.Struct, frozen=True):
    """The limits of a wait, in seconds. `until` describes them."""

    timeout: float
    pause: float
    longest_pause: float
    grace: float


def until(
    operation: Operation[P, Ok],
    test: Callable[[Ok], Verdict],
    *,
    timeout: float = 600.0,
    pause: float = 1.0,
    longest_pause: float = 15.0,
    grace: float = 5.0,
    wake: Wake | None = None,
) -> "Until[P, Ok]":
    """Return a function that calls an operation until its response passes a test.

    The function has the parameters of the operation, and returns the result that passed the test. With an
    `AsyncFastpixCore`, await it.

    It goes on after a 429, a 5xx other than 501 and a `TransportError`, if the request can be sent again without harm.
    It also goes on after a 404 within the ``grace``. Any other failure ends it.

    Fails with:
        WaitFailedError: the test returned `Failed`. The error has its ``reason``, and the response as ``value``.
        TimedOutError: the time is up. The error has the last response as ``value``, or ``None`` if there was none.
        UnexpectedClientError: the test raised an exception, or returned neither a bool nor a `Failed`.

    Args:
        operation: The operation to call, such as ``media_get``.
        test: A function of the response. It returns ``True`` (done), ``False`` (go on) or a `Failed`. `fastpix.states`
            has tests such as `media_ready`.
        timeout: The deadline for all calls and pauses, in seconds, from 0 to 1,000,000. Default: 600. A single call
            has its own timeout as well.
        pause: The first pause, in seconds, from 0.01 to 1,000,000. Default: 1. Each pause is 1.5 times as long as the
            one before. A random part of it, at most a half, is left out. Pauses become short again near the deadline.
        longest_pause: The bound of a pause, in seconds, from 0.01 to 1,000,000. Default: 15.
        grace: For so many seconds a 404 does not end the wait, because a new object may not be found at once. From 0
            to 1,000,000. Default: 5.
        wake: An event that ends a pause early. A webhook handler can set it. It is cleared afterwards, if it can be, so
            each wait needs an event of its own.

    Raises:
        TypeError: ``operation`` is not an operation.
        ConfigurationError: A number is out of its bounds.

    Example:
        ``until(live_streams_get, lambda stream: stream.data.status == "active")(core, request)``
    """
    return Until(operation, test, Waits(timeout, pause, longest_pause, grace), wake)


class Until(Generic[P, Ok]):
    """A function that calls an operation until its response passes a test. `until` makes it."""

    def __init__(
        self, operation: Operation[P, Ok], test: Callable[[Ok], Verdict], waits: Waits, wake: Wake | None
    ) -> None:
        check_operation(operation, "until() takes")
        for name in waits.__struct_fields__:
            check_number(name, getattr(waits, name), least=SHORTEST if "pause" in name else 0)
        update_wrapper(cast("Callable[..., object]", self), operation)
        self._operation = operation
        self._test = test
        self._waits = waits
        self._wake = wake

    def __reduce__(self) -> tuple[object, ...]:
        return Until, (self._operation, self._test, self._waits, self._wake)

    @overload
    def __call__(self, core: FastpixCore, *args: P.args, **kwargs: P.kwargs) -> Reply[Ok]: ...
    @overload
    def __call__(self, core: AsyncFastpixCore, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, Reply[Ok]]: ...
    def __call__(self, core: AnyCore, *args: P.args, **kwargs: P.kwargs) -> Any:
        return self._start(core, *args, **kwargs)

    def _start(self, core: Any, *args: Any, **kwargs: Any) -> Any:
        operation: Any = self._operation
        request, options = request_and_options(operation, *args, **kwargs)
        if not isinstance(core, AnyCore):
            raise wrong_core(core, operation.__name__)
        steps = polls(operation.endpoint, self._test, self._waits, core.configuration.timeout, options)
        call = partial(operation, core, request)
        if isinstance(core, AsyncFastpixCore):
            return _async_run(steps, call, self._wake)
        if self._wake is not None and is_async(self._wake.wait):
            raise TypeError("wake must be a threading.Event for a FastpixCore, not an event with an async wait()")
        return _run(steps, call, self._wake)


def polls(
    endpoint: "Endpoint[Ok]",
    test: Callable[[Ok], Verdict],
    waits: Waits,
    usual: Timeout,
    options: RequestOptions | None,
    *,
    told: str = "the test of until() was not passed",
    clock: Callable[[], float] = now,
    chance: Callable[[], float] = chance,
) -> Steps[Ok]:
    """Return the steps of a wait, which the module describes. ``told`` begins the message when the time is up."""
    started = clock()
    calls, pauses, seen = 0, 0, None
    while True:
        result: Reply[Ok] = yield _within(waits.timeout - (clock() - started), usual, options)
        calls += 1
        if isinstance(result, Success):
            seen = result.unwrap()
            ended = _tested(test, seen)
        else:
            may_pass = _may_pass(endpoint, result.failure(), in_grace=clock() - started < waits.grace)
            ended = None if may_pass else result
        left = waits.timeout - (clock() - started)
        if ended is None and left <= OVER:
            ended = Failure(_time_is_up(f"{told} within {waits.timeout:g} s", seen, result))
        if ended is None:
            bound = min(waits.longest_pause, waits.pause * GROWTH ** min(pauses, MOST_GROWTHS))
            woken = yield min(bound * (1 + chance()) / 2, max(left - LAST_CALL, left / 2))
            pauses = 0 if woken else pauses + 1
            continue
        if isinstance(ended, Failure) and ended is not result:
            error = ended.failure()
            error.function, error.operation_id, error.attempts = endpoint.name, endpoint.id, calls
        return ended


def _within(left: float, usual: Timeout, options: RequestOptions | None) -> RequestOptions | None:
    """Return the options for a call that must end when the wait ends. The operation rejects options that are wrong."""
    given = RequestOptions() if options is None else options
    try:
        check(given)
    except ConfigurationError:
        return options
    timeout = usual if given.timeout is None else Timeout.of(given.timeout)
    shorter = msgspec.structs.replace(timeout, total=max(0.0, min(timeout.total, left)))
    return msgspec.structs.replace(given, timeout=shorter)


def _tested(test: Callable[[Ok], Verdict], value: Ok) -> Reply[Ok] | None:
    """Return the result of the wait, or ``None`` if the test says to go on."""
    try:
        verdict = cast("object", test(value))
    except Exception as cause:
        return Failure(unexpected("the test of until() raised", cause))
    if isinstance(verdict, Failed):
        return Failure(WaitFailedError(verdict.reason, reason=verdict.reason, value=value))
    if not isinstance(verdict, bool):
        told = f"the test of until() must return a bool or a Failed, not {type(verdict).__name__}"
        return Failure(UnexpectedClientError(told))
    return Success(value) if verdict else None


def _may_pass(endpoint: "Endpoint[object]", error: Err, *, in_grace: bool) -> bool:
    """Return whether a later call may succeed, and can be made without harm."""
    if isinstance(error, NotFoundError):
        return in_grace
    is_passing = isinstance(error, ServerError) and error.status != NOT_IMPLEMENTED and endpoint.idempotent
    return is_passing or may_repeat(endpoint, error)


def _time_is_up(told: str, seen: object, last: Reply[Any]) -> TimedOutError:
    if isinstance(last, Success):
        return TimedOutError(told, value=seen)
    cause = last.failure()
    error = TimedOutError(f"{told}; the last call failed: {cause.message}", value=seen)
    error.may_have_been_applied, error.request_id = cause.may_have_been_applied, cause.request_id
    error.__cause__ = cause
    return error


def _run(steps: Steps[Ok], call: Callable[[Any], Reply[Ok]], wake: Wake | None) -> Reply[Ok]:
    outcome: Reply[Ok] | bool | None = None
    while True:
        try:
            step = steps.send(outcome)
        except StopIteration as end:
            result: Reply[Ok] = end.value
            return result
        if isinstance(step, float):
            outcome = _pause(step, wake)
            wake = _again(wake) if outcome else wake
        else:
            outcome = call(step)


async def _async_run(steps: Steps[Ok], call: Callable[[Any], Awaitable[Reply[Ok]]], wake: Wake | None) -> Reply[Ok]:
    outcome: Reply[Ok] | bool | None = None
    while True:
        try:
            step = steps.send(outcome)
        except StopIteration as end:
            result: Reply[Ok] = end.value
            return result
        if isinstance(step, float):
            outcome = await _async_pause(step, wake)
            wake = _again(wake) if outcome else wake
        else:
            outcome = await call(step)


def _pause(seconds: float, wake: Any) -> bool:
    """Pause, and return whether the event ended the pause."""
    if wake is None:
        time.sleep(seconds)
        return False
    return bool(wake.wait(seconds))


async def _async_pause(seconds: float, wake: Any) -> bool:
    import anyio
    import anyio.to_thread

    with anyio.move_on_after(seconds):
        if wake is None:
            await anyio.sleep(seconds)
        elif is_async(wake.wait):
            await wake.wait()
            return True
        else:
            limiter = anyio.CapacityLimiter(1)  # anyio's usual threads are few, and others need them
            return bool(await anyio.to_thread.run_sync(wake.wait, seconds, abandon_on_cancel=True, limiter=limiter))
    return False


def _again(wake: Any) -> Any:
    """Clear an event for the next pause. An event of anyio can't be cleared, so it ends one pause only."""
    if not hasattr(wake, "clear"):
        return None
    wake.clear()
    return wake
