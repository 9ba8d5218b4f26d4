"""Declarations of operations. `get`, `post`, `put`, `patch` and `delete` turn a ``def`` into an `Operation`.

You can declare operations that this library does not have. The body of the ``def`` is never run:

    class GetScheduleRequest(Model):  # or any msgspec.Struct
        channel_id: str
        day: str | UnsetType = UNSET

    @get("/playout/channels/{channelId}/schedule", id="get-schedule")
    def playout_get_schedule(
        core: FastpixCore, request: GetScheduleRequest, options: RequestOptions | None = None
    ) -> Reply[str]:
        raise NotImplementedError

Such an operation works like the operations of the library: it has credentials, retries, a deadline, errors and
hooks. Called with an `AsyncFastpixCore`, it is awaited. Assigned in the body of a `Resource` class, it becomes a
method.
"""

from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import aclosing
from functools import update_wrapper
from types import CodeType, CoroutineType, FunctionType
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    Self,
    TypeAlias,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    overload,
    runtime_checkable,
)

import msgspec

from fastpix._call.arguments import check_operation, is_operation, wrong_core
from fastpix._call.call import WithResponse
from fastpix._call.endpoint import Endpoint, HttpMethod
from fastpix._call.hints import types_of_request
from fastpix.configuration import RequestOptions
from fastpix.core import AsyncFastpixCore, FastpixCore
from fastpix.reply import Failure, Reply, Result

if TYPE_CHECKING:
    from inspect import Signature

    from fastpix.api.common import Page

__all__ = [
    "AnyCore",
    "AsyncMethod",
    "CoreT_co",
    "Method",
    "Operation",
    "OperationWithResponse",
    "Resource",
    "bind_core",
    "delete",
    "get",
    "named",
    "patch",
    "post",
    "put",
    "raise_or_return",
    "with_response",
]

P = ParamSpec("P")
Ok = TypeVar("Ok")
Ok_co = TypeVar("Ok_co", covariant=True)
T = TypeVar("T")
PageT = TypeVar("PageT", bound="Page[Any]")
AnyCore: TypeAlias = FastpixCore | AsyncFastpixCore
CoreT_co = TypeVar("CoreT_co", bound=AnyCore, covariant=True)
"""The type of a resource's core. ``class Playout(Resource[CoreT_co])`` works with both facades."""


@runtime_checkable
class Operation(Protocol[P, Ok_co]):
    """A declared operation: a function with an ``endpoint`` attribute.

    Called with a `FastpixCore`, it blocks and returns a `Reply`. Called with an `AsyncFastpixCore`, it returns a
    coroutine. Await the coroutine to get the `Reply`.
    """

    __name__: str

    @property
    def endpoint(self) -> Endpoint[Ok_co]:
        """The API's facts about the operation: id, method, path, types."""
        ...

    @overload
    def __call__(self, core: FastpixCore, *args: P.args, **kwargs: P.kwargs) -> Reply[Ok_co]: ...
    @overload
    def __call__(
        self, core: AsyncFastpixCore, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, Reply[Ok_co]]: ...

    # A `Resource` turns an operation in its class body into a method:
    @overload
    def __get__(self, resource: None, owner: type) -> Callable[Concatenate["Resource[Any]", P], Any]: ...
    @overload
    def __get__(self, resource: "Resource[FastpixCore]", owner: type) -> "Method[P, Ok_co]": ...
    @overload
    def __get__(self, resource: "Resource[AsyncFastpixCore]", owner: type) -> "AsyncMethod[P, Ok_co]": ...


class Resource(Generic[CoreT_co]):
    """A group of operations with one core. Operations assigned in the class body become methods that use this core.

    A method returns the value of a success, and raises a `FastpixError` for a failure.

    Args:
        core: The core that the methods use. With an `AsyncFastpixCore`, the methods are awaited.
    """

    def __init__(self, core: CoreT_co) -> None:
        self._core = core

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, value in [*vars(cls).items()]:
            if is_operation(value):
                setattr(cls, name, _MethodDescriptor(cls, name, cast("Operation[..., object]", value)))

    @property
    def core(self) -> CoreT_co:
        return self._core

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._core!r}>"


class _MethodDescriptor:
    """The descriptor that replaces an operation in the body of a `Resource`."""

    def __init__(self, owner: type, name: str, operation: "Operation[..., object]") -> None:
        descriptor = self

        def method(self: Resource[AnyCore], request: object, options: object) -> object:
            return descriptor.__get__(self, owner)(request, options)

        self._operation = operation
        self._function = cast("FunctionType", method)
        _describe(self._function, owner, name, operation)

    def __get__(self, resource: Resource[AnyCore] | None, owner: type) -> Callable[..., object]:
        if resource is None:
            return self._function
        if isinstance(resource.core, FastpixCore):
            return Method(resource, self._function, self._operation)
        return AsyncMethod(resource, self._function, self._operation)


def _describe(method: FunctionType, owner: type, name: str, operation: "Operation[..., object]") -> None:
    """Give a method the docstring and the parameters of its operation, and the operation's value as its return type."""
    function = cast("FunctionType", operation)
    method.__name__, method.__qualname__ = name, f"{owner.__qualname__}.{name}"
    method.__module__, method.__doc__ = owner.__module__, function.__doc__
    method.__defaults__ = function.__defaults__
    hints = {name: function.__annotations__[name] for name in ("request", "options")}
    method.__annotations__ = {**hints, "return": operation.endpoint.response_type}


class _Bound(Generic[P, Ok_co]):
    """The base of `Method` and `AsyncMethod`. They have the attributes of Python's own bound methods.

    Attributes:
        operation: The function that the method calls with the core.
    """

    def __init__(self, resource: Resource[Any], function: FunctionType, operation: Operation[P, Ok_co]) -> None:
        self.__self__ = resource
        self.__func__ = function
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__
        self.operation = operation

    def __repr__(self) -> str:
        return f"<method {self.__func__.__qualname__} of {self.__self__.core!r}>"

    def __reduce__(self) -> tuple[object, ...]:
        return getattr, (self.__self__, self.__func__.__name__)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__func__, name)

    def __get__(self, resource: object, owner: type) -> Self:
        """Return the method itself. `inspect` then takes the method for a routine, and ``help`` shows it as a routine."""
        return self

    @property
    def __signature__(self) -> "Signature":
        from inspect import signature

        of_function = signature(self.__func__)
        return of_function.replace(parameters=[*of_function.parameters.values()][1:])


class Method(_Bound[P, Ok_co]):
    """A method of a resource with a `FastpixCore`. It returns the value or raises the error."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Ok_co:
        core: FastpixCore = self.__self__.core
        return raise_or_return(self.operation(core, *args, **kwargs))

    def each(self: "Method[P, Page[T]]", *args: P.args, **kwargs: P.kwargs) -> Generator[T]:
        """Read all items of a list, as `fastpix.each` does. An error is raised."""
        from fastpix.paging import each

        core: FastpixCore = self.__self__.core
        return (raise_or_return(result) for result in each(self.operation)(core, *args, **kwargs))

    def pages(self: "Method[P, PageT]", *args: P.args, **kwargs: P.kwargs) -> Generator[PageT]:
        """Read all pages of a list, as `fastpix.pages` does. An error is raised."""
        from fastpix.paging import pages

        core: FastpixCore = self.__self__.core
        return (raise_or_return(result) for result in pages(self.operation)(core, *args, **kwargs))


class AsyncMethod(_Bound[P, Ok_co]):
    """A method of a resource with an `AsyncFastpixCore`. Awaited, it returns the value or raises the error."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, Ok_co]:
        return named(self._awaited(*args, **kwargs), self.__func__.__qualname__)

    async def _awaited(self, *args: P.args, **kwargs: P.kwargs) -> Ok_co:
        core: AsyncFastpixCore = self.__self__.core
        return raise_or_return(await self.operation(core, *args, **kwargs))

    def each(self: "AsyncMethod[P, Page[T]]", *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[T]:
        """Read all items of a list, as `fastpix.each` does. An error is raised."""
        from fastpix.paging import each

        core: AsyncFastpixCore = self.__self__.core
        return _raised(each(self.operation)(core, *args, **kwargs))

    def pages(self: "AsyncMethod[P, PageT]", *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[PageT]:
        """Read all pages of a list, as `fastpix.pages` does. An error is raised."""
        from fastpix.paging import pages

        core: AsyncFastpixCore = self.__self__.core
        return _raised(pages(self.operation)(core, *args, **kwargs))

    __code__: CodeType = _awaited.__code__  # `inspect.iscoroutinefunction` looks here


class OperationWithResponse(Generic[P, Ok_co]):
    """An operation whose success also holds the response. `with_response` makes it."""

    def __init__(self, operation: Operation[P, Ok_co]) -> None:
        update_wrapper(self, operation)
        self._operation = operation
        self._function = _function(cast("FunctionType", operation), operation.endpoint, _whole)

    def __reduce__(self) -> tuple[object, ...]:
        return with_response, (self._operation,)

    @overload
    def __call__(self, core: FastpixCore, *args: P.args, **kwargs: P.kwargs) -> Reply[WithResponse[Ok_co]]: ...
    @overload
    def __call__(
        self, core: AsyncFastpixCore, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, Reply[WithResponse[Ok_co]]]: ...
    def __call__(self, core: AnyCore, *args: P.args, **kwargs: P.kwargs) -> Any:
        return self._function(core, *args, **kwargs)


def with_response(operation: Operation[P, Ok]) -> OperationWithResponse[P, Ok]:
    """Return an operation whose success is a `WithResponse`: the value with status, headers, body and deviations.

    Args:
        operation: An operation, such as ``live_streams_list``. Its parameters stay the same.

    Raises:
        TypeError: ``operation`` is not an operation.

    Example:
        ``with_response(live_streams_list)(core).map(lambda seen: (seen.status, seen.attempts, seen.value))``
    """
    check_operation(operation, "with_response() takes")
    return OperationWithResponse(operation)


@overload
def bind_core(core: FastpixCore, operation: Operation[P, Ok]) -> Callable[P, Reply[Ok]]: ...
@overload
def bind_core(core: AsyncFastpixCore, operation: Operation[P, Ok]) -> Callable[P, Coroutine[Any, Any, Reply[Ok]]]: ...
def bind_core(core: AnyCore, operation: Operation[P, Ok]) -> Any:
    """Return a plain function that calls the operation with this core. For an async core it is a coroutine function.

    Use it for frameworks that call ``iscoroutinefunction`` to decide whether to await a callable, such as Starlette
    and FastAPI. An operation works with both cores, so it is not a coroutine function itself. These frameworks
    would call it in a thread and not await it.

    Args:
        core: The core to use.
        operation: An operation, such as ``live_streams_list``. The function has its parameters without ``core``.

    Raises:
        TypeError: ``core`` is not a core, or ``operation`` is not an operation.

    Example:
        ``BackgroundTask(bind_core(core, live_streams_delete), DeleteLiveStreamRequest(stream_id))``
    """
    check_operation(operation, "bind_core() takes a core and")
    call, given = cast("Any", operation), cast("object", core)

    def bound(request: object, options: object) -> object:
        return call(core, request, options)

    async def async_bound(request: object, options: object) -> object:
        return await call(core, request, options)

    if not isinstance(given, AnyCore):
        raise wrong_core(core, "bind_core")
    plain = cast("FunctionType", bound if isinstance(core, FastpixCore) else async_bound)
    function = cast("FunctionType", operation)
    plain.__name__, plain.__qualname__, plain.__module__ = function.__name__, function.__qualname__, function.__module__
    plain.__doc__, plain.__defaults__ = function.__doc__, function.__defaults__
    plain.__annotations__ = {name: hint for name, hint in function.__annotations__.items() if name != "core"}
    return plain


class _Declare(Protocol):
    def __call__(self, declared: Callable[Concatenate[FastpixCore, P], Reply[Ok]], /) -> Operation[P, Ok]: ...


def get(path: str, *, id: str) -> _Declare:
    """Declare a GET. Request fields that are not in the path are sent in the query.

    The ``def`` must have this form:

        def name(core: FastpixCore, request: R, options: RequestOptions | None = None) -> Reply[T]: ...

    ``R`` is a `msgspec.Struct`, or a union of them. ``request`` may have a default. Fields that are ``UNSET`` are not
    sent. Type checkers do not report an ``R`` of another type, or a missing ``options``, but the decorator raises.

    ``T`` is the type of a success. ``str`` is the text of the body, and ``bytes`` is the body itself, after
    decompression. Any other type is read from JSON, such as a struct or ``dict[str, object]``. If msgspec does not
    support ``T``, each call raises a ``TypeError`` and sends nothing.

    Args:
        path: The path after the server URL. It begins with ``/`` and has no query. Each ``{name}`` is a field of
            the request, in the API's spelling.
        id: The API's id of the operation. Errors and hooks have it as ``operation_id``.

    Returns:
        A decorator that returns the `Operation`.

    Raises:
        TypeError: The ``def`` has another form, ``path`` is not valid, or a ``{name}`` in it is not a field of the
            request. The decorator raises it.
    """
    return _declare("GET", path, id, idempotent=True, in_body=False)


def post(path: str, *, id: str, idempotent: bool = False) -> _Declare:
    """Declare a POST. Request fields that are not in the path are sent as a JSON body. `get` describes the rest.

    Args:
        path: See `get`.
        id: See `get`.
        idempotent: Whether sending the request twice has the same effect as sending it once. With ``True``, the
            request is also retried after a lost response. With ``False``, it is retried only if the server
            certainly did not carry it out. Default: ``False``.
    """
    return _declare("POST", path, id, idempotent=idempotent, in_body=True)


def put(path: str, *, id: str) -> _Declare:
    """Declare a PUT. Request fields that are not in the path are sent as a JSON body. `get` describes the rest.

    A PUT is retried after a lost response.

    Args:
        path: See `get`.
        id: See `get`.
    """
    return _declare("PUT", path, id, idempotent=True, in_body=True)


def patch(path: str, *, id: str, idempotent: bool = False) -> _Declare:
    """Declare a PATCH. Request fields that are not in the path are sent as a JSON body. `get` describes the rest.

    Args:
        path: See `get`.
        id: See `get`.
        idempotent: See `post`. Default: ``False``.
    """
    return _declare("PATCH", path, id, idempotent=idempotent, in_body=True)


def delete(path: str, *, id: str, in_body: bool = False) -> _Declare:
    """Declare a DELETE. Request fields that are not in the path are sent in the query. `get` describes the rest.

    A DELETE is retried after a lost response. If a retry then finds nothing (404), the call succeeds.

    Args:
        path: See `get`.
        id: See `get`.
        in_body: Whether these fields are sent as a JSON body and not in the query. Default: ``False``.
    """
    return _declare("DELETE", path, id, idempotent=True, in_body=in_body)


def _declare(method: HttpMethod, path: str, id: str, *, idempotent: bool, in_body: bool) -> _Declare:
    def declare(declared: Callable[Concatenate[FastpixCore, P], Reply[Ok]]) -> Operation[P, Ok]:
        request_type, response_type = _types(declared)
        endpoint: Endpoint[Ok] = Endpoint(
            id=id,
            name=declared.__name__,
            method=method,
            path=path,
            request_type=request_type,
            response_type=response_type,
            idempotent=idempotent,
            in_body=in_body,
        )
        return cast("Operation[P, Ok]", _function(declared, endpoint, _value))

    return declare


def _types(declared: Callable[..., object]) -> tuple[Any, Any]:
    """Return the type of the request and the type of a success, from the annotations of a declaration."""
    hints = declared.__annotations__
    if any(isinstance(hint, str) for hint in hints.values()):  # from __future__ import annotations
        hints = get_type_hints(declared, include_extras=True)
    request, result = hints.get("request"), hints.get("return")
    if list(hints) != ["core", "request", "options", "return"] or get_origin(result) is not Result:
        raise TypeError(
            f"{declared.__name__} must be declared as (core: FastpixCore, request: ..., options: RequestOptions | None = "
            "None) -> Reply[...]"
        )
    if not all(isinstance(kind, type) and issubclass(kind, msgspec.Struct) for kind in types_of_request(request)):
        raise TypeError(
            f"the request of {declared.__name__} must be a msgspec.Struct or a union of them, not {request}"
        )
    return request, get_args(result)[0]


def _function(
    declared: Callable[..., object], endpoint: Endpoint[Ok], of_answer: Callable[[WithResponse[Ok]], object]
) -> Callable[..., Any]:
    """Return the function that calls an endpoint, with the parameters of its declaration."""
    of_request = (declared.__defaults__ or ())[:-1]  # the last default belongs to the options
    default = of_request[0] if of_request else None

    def operation(core: object, request: Any, options: RequestOptions | None) -> object:
        if request is None:
            request = default
        if isinstance(core, FastpixCore):
            return core.call(endpoint, request, options).map(of_answer)
        if isinstance(core, AsyncFastpixCore):
            return named(_awaited(core, endpoint, request, options, of_answer), endpoint.name)
        raise wrong_core(core, endpoint.name)

    operation.__defaults__ = (*of_request, None)
    vars(operation)["endpoint"] = endpoint
    return update_wrapper(operation, declared)


def _value(answered: WithResponse[Ok]) -> Ok:
    return answered.value


def _whole(answered: WithResponse[Ok]) -> WithResponse[Ok]:
    return answered


async def _awaited(
    core: AsyncFastpixCore,
    endpoint: Endpoint[Ok],
    request: msgspec.Struct,
    options: RequestOptions | None,
    of_answer: Callable[[WithResponse[Ok]], T],
) -> Reply[T]:
    return (await core.call(endpoint, request, options)).map(of_answer)


def named(awaitable: Coroutine[Any, Any, T], name: str) -> Coroutine[Any, Any, T]:
    """Name a coroutine after its operation. Python's warning about a forgotten ``await`` shows the name."""
    running = cast("CoroutineType[Any, Any, T]", awaitable)
    running.__name__ = running.__qualname__ = name
    return awaitable


def raise_or_return(result: Reply[Ok]) -> Ok:
    """Return the value of a success, or raise the error of a failure."""
    if isinstance(result, Failure):
        raise result.failure()
    return result.unwrap()


async def _raised(results: AsyncGenerator[Reply[Ok]]) -> AsyncGenerator[Ok]:
    async with aclosing(results):
        async for result in results:
            yield raise_or_return(result)
