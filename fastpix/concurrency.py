"""`many`: call a function for many requests, several at the same time.

    for request, result in many(media_delete)(core, requests):
        match result:
            case Success(): ...
            case Failure(error): ...

With an `AsyncFastpixCore`, use ``async for``.

The decisions are in a generator that starts nothing and waits for nothing. It yields steps: read a request, start a
call, await the next result, give a result. A driver for each kind of core carries them out, in threads or in tasks.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Generator, Iterable
from concurrent.futures import Executor
from enum import Enum
from functools import partial, update_wrapper
from typing import Any, Generic, Protocol, TypeAlias, TypedDict, TypeVar, Unpack, cast, overload

import msgspec

from fastpix._background import Tasks, Threads
from fastpix._call.arguments import is_async, wrong_core
from fastpix.configuration import check_number
from fastpix.core import AsyncFastpixCore, FastpixCore
from fastpix.errors import FastpixError
from fastpix.reply import Failure, Result

__all__ = ["CoreFunction", "Many", "Progress", "Settings", "Stop", "many"]

R = TypeVar("R")
R_contra = TypeVar("R_contra", contravariant=True)
Res = TypeVar("Res", bound=Result[Any, Any])
Res_co = TypeVar("Res_co", bound=Result[Any, Any], covariant=True)
ErrorKinds: TypeAlias = type[FastpixError] | tuple[type[FastpixError], ...]
END, PENDING = object(), object()
"""Stand for the request after the last one, and for a request that has not come yet."""


class CoreFunction(Protocol[R_contra, Res_co]):
    """A function that works with both kinds of cores, such as an operation."""

    @overload
    def __call__(self, core: FastpixCore, request: R_contra, /) -> Res_co: ...
    @overload
    def __call__(self, core: AsyncFastpixCore, request: R_contra, /) -> Awaitable[Res_co]: ...


class Stop(Protocol):
    """An event, such as a `threading.Event`."""

    def is_set(self) -> bool: ...


class Progress(msgspec.Struct, frozen=True):
    """How far `many` has come."""

    done: int
    """The number of calls that have returned a result, those that failed included."""
    failed: int
    """The number of calls that have returned a `Failure`."""
    total: int | None
    """The number of requests. ``None`` if it is not known, because the requests are a generator."""


class Settings(TypedDict, total=False):
    """The settings of `many`, which describes them."""

    concurrency: int
    in_order: bool
    on_progress: Callable[[Progress], object] | None
    stop: Stop | None
    stop_at: ErrorKinds
    executor: Executor | None


@overload
def many(function: CoreFunction[R, Res], **settings: Unpack[Settings]) -> "Many[R, Res]": ...
@overload
def many(
    function: Callable[[FastpixCore, R], Res], **settings: Unpack[Settings]
) -> Callable[[FastpixCore, Iterable[R]], Generator[tuple[R, Res]]]: ...
@overload
def many(
    function: Callable[[AsyncFastpixCore, R], Awaitable[Res]], **settings: Unpack[Settings]
) -> Callable[[AsyncFastpixCore, Iterable[R] | AsyncIterable[R]], AsyncGenerator[tuple[R, Res]]]: ...
def many(function: Any, **settings: Unpack[Settings]) -> Any:
    """Return a function that calls ``function`` for many requests, several at the same time.

    The function takes a core and the requests. It returns a generator of pairs: a request and its result. With an
    `AsyncFastpixCore` it returns an async generator, and also takes an async iterable of requests.

    A request is read when a call can start with it. Calls that have started and results that you have not taken yet
    are never more than ``concurrency``. A `FastpixCore` makes the calls in threads, an `AsyncFastpixCore` in tasks.

    If you end the generator early, no more calls start. The threads finish their calls, and the generator waits for
    them. Tasks are cancelled. You do not see those results. To see them, set ``stop`` and go on until the generator ends.

    If ``function`` or the iterable of requests raises an exception, no more calls start. The generator gives the
    results of the calls that have started, and then raises the exception.

    Args:
        function: An operation, such as ``media_delete``, or any function of a core and a request that returns a
            result. For an `AsyncFastpixCore` it may be an async function. Type checkers need the types of its
            parameters, so a ``lambda`` will not do for them.
        concurrency: The largest number of calls at the same time, from 1 to 1,000,000. Default: 10. The core's
            ``max_connections`` limits them, too.
        in_order: Whether the results come in the order of the requests. Then a slow call delays those after it.
            Default: ``False``, as they come.
        on_progress: A plain function that is called with a `Progress` after each result.
        stop: An event. Once it is set, no more calls start.
        stop_at: A class of `FastpixError`, or a tuple of classes. After a failure of such a class, no more calls start.
        executor: An executor of `concurrent.futures` that makes the calls of a `FastpixCore`, such as a
            ``ProcessPoolExecutor``, or the one of a Dask client. It is not shut down. ``concurrency`` limits the calls
            that wait for it. What goes to other processes must be picklable: the function, the core, the requests and
            the results. If the function is an operation, or one with `with_response` or `once`, there is one pace for
            all processes: after a 429, this process waits before it sends more calls to them. Any other function may
            make several calls, so each process has a pace of its own. Default: threads of its own.

    Raises:
        TypeError: ``function`` cannot be called.
        ConfigurationError: ``concurrency`` is not such a number.

    Example:
        ``failed = [request for request, result in many(media_delete)(core, requests) if not is_successful(result)]``
    """
    return Many(function, _Plan(**settings))


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The settings with their defaults."""

    concurrency: int = 10
    in_order: bool = False
    on_progress: Callable[[Progress], object] | None = None
    stop: Stop | None = None
    stop_at: ErrorKinds = ()
    executor: Executor | None = None


class Many(Generic[R, Res]):
    """A function that calls another one for many requests. `many` makes it."""

    def __init__(self, function: CoreFunction[R, Res], plan: _Plan) -> None:
        if not callable(function):
            raise TypeError(f"many() takes a function of a core and a request, not {type(function).__name__}")
        check_number("concurrency", plan.concurrency, least=1, whole=True)
        if not (plan.executor is None or hasattr(plan.executor, "submit")):
            raise TypeError(f"executor must be one of concurrent.futures, not {type(plan.executor).__name__}")
        update_wrapper(cast("Callable[..., object]", self), function)
        self._function = function
        self._plan = plan

    def __reduce__(self) -> tuple[object, ...]:
        return Many, (self._function, self._plan)

    @overload
    def __call__(self, core: FastpixCore, requests: Iterable[R], /) -> Generator[tuple[R, Res]]: ...
    @overload
    def __call__(
        self, core: AsyncFastpixCore, requests: Iterable[R] | AsyncIterable[R], /
    ) -> AsyncGenerator[tuple[R, Res]]: ...
    def __call__(self, core: Any, requests: Any, /) -> Any:
        total = len(requests) if hasattr(requests, "__len__") else None
        steps = _steps(self._plan, total)
        executor: Any = self._plan.executor
        if isinstance(core, AsyncFastpixCore):
            if executor is not None:
                raise TypeError("many() takes an executor only for a FastpixCore")
            call: Any = partial(self._function, core)
            return _async_run(steps, call, requests)
        if not isinstance(core, FastpixCore):
            raise wrong_core(core, "many")
        if is_async(self._function):
            raise TypeError("many() takes an async function only for an AsyncFastpixCore")
        if executor is None:
            return _run(steps, partial(self._function, core), requests, self._plan.concurrency)
        from fastpix._executors import OnExecutor

        function = OnExecutor(cast("Any", self._function), executor)
        return _run(steps, partial(function, core), requests, self._plan.concurrency, function.cancel)


class _Step(Enum):
    """A step without facts.

    Each of them can have a call that has finished as its outcome. `READ` can also have a request or `END`, or `PENDING` if
    `AWAIT` will have these later.
    """

    READ = "read the next request, unless a call has finished"
    AWAIT = "wait for the next call that finishes, or for a request that is pending"


class _Start(msgspec.Struct, frozen=True):
    """A step: start a call."""

    number: int
    request: Any


class _Finished(msgspec.Struct, frozen=True):
    """A call that has finished. As a step: give the request and the result."""

    number: int
    request: Any
    result: Any


class _Raised(msgspec.Struct, frozen=True):
    """An exception in place of a request or a result."""

    error: Exception


Steps: TypeAlias = Generator[_Step | _Start | _Finished, Any, None]


class _Tally:
    """The number of results, and whether more calls may start."""

    def __init__(self, plan: _Plan, total: int | None) -> None:
        self._plan = plan
        self._total = total
        self._done, self._failed = 0, 0
        self._is_open = True
        self._error: Exception | None = None

    def is_open(self) -> bool:
        return self._is_open and not (self._plan.stop is not None and self._plan.stop.is_set())

    def close(self, reason: object = None) -> None:
        """Start no more calls. If the reason is an exception, raise it at the end."""
        self._is_open = False
        if isinstance(reason, _Raised):
            self._error = self._error or reason.error

    def add(self, result: Result[Any, Any] | _Raised) -> None:
        self._done += 1
        if isinstance(result, _Raised):
            self.close(result)
        elif isinstance(result, Failure):
            self._failed += 1
            if isinstance(result.failure(), self._plan.stop_at):
                self.close()
        if self._plan.on_progress is not None:
            self._plan.on_progress(Progress(self._done, self._failed, self._total))

    def end(self) -> None:
        if self._error is not None:
            raise self._error


def _steps(plan: _Plan, total: int | None) -> Steps:
    started, given, is_reading = 0, 0, False
    finished: dict[int, _Finished] = {}
    tally = _Tally(plan, total)
    while True:
        ready = given if plan.in_order else next(iter(finished), None)
        if ready in finished:
            call = finished.pop(ready)
            given += 1
            if not isinstance(call.result, _Raised):
                yield call
            continue
        if not is_reading and started - given < plan.concurrency and tally.is_open():
            outcome = yield _Step.READ
        elif given < started or (is_reading and tally.is_open()):
            outcome = yield _Step.AWAIT
        else:
            tally.end()
            return
        if isinstance(outcome, _Finished):
            finished[outcome.number] = outcome
            tally.add(outcome.result)
        elif outcome is END or isinstance(outcome, _Raised):
            is_reading = False
            tally.close(outcome)
        elif outcome is PENDING:
            is_reading = True
        else:
            is_reading = False
            yield _Start(started, outcome)
            started += 1


def _run(
    steps: Steps,
    call: Callable[[Any], object],
    requests: Iterable[Any],
    concurrency: int,
    cancel: Callable[[], object] = lambda: None,
) -> Generator[tuple[Any, Any]]:
    read = partial(next, iter(requests), END)
    threads: Threads[_Finished] = Threads(concurrency)

    def work(start: _Start) -> _Finished:
        return _Finished(start.number, start.request, _attempt(partial(call, start.request)))

    outcome: object = None
    try:
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration:
                return
            outcome = None
            if step == _Step.READ:
                outcome = threads.poll() or _attempt(read)
            elif step is _Step.AWAIT:
                outcome = threads.next()
            elif isinstance(step, _Start):
                threads.start(partial(work, step))
            else:
                yield step.request, step.result
    except GeneratorExit:
        cancel()
        threads.stop(wait=True)
        raise
    finally:
        cancel()
        threads.stop(wait=False)


async def _async_run(
    steps: Steps, call: Callable[[Any], Awaitable[object]], requests: Iterable[Any] | AsyncIterable[Any]
) -> AsyncGenerator[tuple[Any, Any]]:
    tasks: Tasks[object] = Tasks()

    async def work(start: _Start) -> _Finished:
        return _Finished(start.number, start.request, await _async_attempt(partial(call, start.request)))

    if isinstance(requests, AsyncIterable):
        coming = aiter(requests)

        def read() -> object:
            tasks.start(_async_attempt(partial(anext, coming, END)))
            return PENDING
    else:
        read = partial(_attempt, partial(next, iter(requests), END))

    outcome: object = None
    try:
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration:
                return
            outcome = None
            if step == _Step.READ:
                outcome = tasks.poll() or read()
            elif step is _Step.AWAIT:
                outcome = await tasks.next()
            elif isinstance(step, _Start):
                tasks.start(work(step))
            else:
                yield step.request, step.result
    finally:
        await tasks.stop()


def _attempt(function: Callable[[], object]) -> object:
    try:
        return function()
    except Exception as error:
        return _Raised(error)


async def _async_attempt(function: Callable[[], Awaitable[object]]) -> object:
    try:
        return await function()
    except Exception as error:
        return _Raised(error)
