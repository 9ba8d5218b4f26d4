"""`Workflow`: a function that takes several calls, and works with both kinds of cores.

A workflow is written once, as a generator of the steps of calls. The core that it is called with carries out the steps:
blocking, or async.

    @workflow
    def media_is_ready(core: AnyCore, media_id: str) -> Steps[bool]:
        media = yield from call(core, media_get, GetMediaRequest(media_id))
        return media.data.status == "Ready"

The steps raise the errors of calls. The function returns them as failures.
"""

from collections.abc import Callable, Coroutine
from functools import partial, update_wrapper
from math import inf
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast, overload

import msgspec

from fastpix._call.arguments import request_and_options, wrong_core
from fastpix._call.call import Ask, Steps, Told
from fastpix.configuration import RequestOptions
from fastpix.core import AsyncFastpixCore, FastpixCore
from fastpix.errors import Err, FastpixError
from fastpix.operation import AnyCore, Operation, Resource, named, raise_or_return
from fastpix.reply import Failure, Reply, Success

__all__ = ["Workflow", "ask", "call", "workflow"]

P = ParamSpec("P")
Ok = TypeVar("Ok")
T = TypeVar("T")


class Workflow(Generic[P, Ok]):
    """A function whose first argument is a core. With an `AsyncFastpixCore`, it is awaited.

    In the body of a `Resource`, it becomes a method that returns the value of a success and raises the error.
    """

    __name__: str

    def __init__(self, steps: Callable[Concatenate[AnyCore, P], Steps[Ok]]) -> None:
        update_wrapper(cast("Callable[..., object]", self), steps)
        self._steps = steps

    def __reduce__(self) -> str | tuple[object, ...]:
        return self._steps.__qualname__

    def steps(self, core: AnyCore, *args: P.args, **kwargs: P.kwargs) -> Steps[Ok]:
        """Return its steps, as a part of another workflow. They raise the errors of calls."""
        return self._steps(core, *args, **kwargs)

    @overload
    def __call__(self, core: FastpixCore, *args: P.args, **kwargs: P.kwargs) -> Reply[Ok]: ...
    @overload
    def __call__(self, core: AsyncFastpixCore, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, Reply[Ok]]: ...
    def __call__(self, core: AnyCore, *args: P.args, **kwargs: P.kwargs) -> Any:
        if not isinstance(cast("object", core), AnyCore):
            raise wrong_core(core, self.__name__)
        run = core.run(_caught(self._steps(core, *args, **kwargs), self.__name__))
        return named(run, self.__name__) if isinstance(run, Coroutine) else run

    @overload
    def __get__(self, resource: None, owner: type) -> "Workflow[P, Ok]": ...
    @overload
    def __get__(self, resource: Resource[FastpixCore], owner: type) -> Callable[P, Ok]: ...
    @overload
    def __get__(self, resource: Resource[AsyncFastpixCore], owner: type) -> Callable[P, Coroutine[Any, Any, Ok]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        """Return a method of a resource."""
        if resource is None:
            return self
        run = _run if isinstance(resource.core, FastpixCore) else _async_run
        return update_wrapper(partial(run, self, resource.core), self._steps)


def call(
    core: AnyCore,
    operation: Operation[..., Ok],
    request: msgspec.Struct | None = None,
    options: RequestOptions | None = None,
) -> Steps[Ok]:
    """Call an operation as a part of a workflow, and return its value.

    Without a request, it is the default of the operation.

    Raises:
        FastpixError: The call failed.
    """
    given, _ = request_and_options(operation, request)
    return raise_or_return((yield from core.steps(operation.endpoint, given, options))).value


def ask(function: Callable[[], T], *, is_abandonable: bool = True) -> Steps[T]:
    """Call a function that may block as a part of a workflow, and return its value. An async core calls it in a thread.

    Args:
        function: The function.
        is_abandonable: Whether the thread may go on after a cancellation. Otherwise the cancellation waits for it.

    Raises:
        Exception: The function raised it.
    """
    outcome = yield Ask(function, inf, is_abandonable)
    if isinstance(outcome, Told):
        return cast("T", outcome.value)
    raise cast("Exception", outcome)


def _caught(steps: Steps[Ok], name: str) -> Steps[Reply[Ok]]:
    try:
        return Success((yield from steps))
    except FastpixError as error:
        error.function = error.function or name
        return Failure(cast("Err", error.with_traceback(None)))


def workflow(steps: Callable[Concatenate[AnyCore, P], Steps[Ok]]) -> Workflow[P, Ok]:
    """Turn a generator of steps into a `Workflow`."""
    return Workflow(steps)


def _run(workflow: Workflow[..., Ok], core: FastpixCore, *args: Any, **kwargs: Any) -> Ok:
    return raise_or_return(workflow(core, *args, **kwargs))


async def _async_run(workflow: Workflow[..., Ok], core: AsyncFastpixCore, *args: Any, **kwargs: Any) -> Ok:
    return raise_or_return(await workflow(core, *args, **kwargs))
