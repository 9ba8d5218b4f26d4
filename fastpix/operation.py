"""An operation is one declaration: `get`, `post`, `put`, `patch`, `delete` turn a ``def`` into an `Operation`.

What the library does not declare, its user can. The body of the ``def`` is never run:

    class GetScheduleRequest(Model):  # or any msgspec.Struct
        channel_id: str
        day: str | UnsetType = UNSET

    @get("/playout/channels/{channelId}/schedule", id="get-schedule")
    def playout_get_schedule(
        core: FastpixCore, request: GetScheduleRequest, options: RequestOptions | None = None
    ) -> Reply[str]:
        raise NotImplementedError

Such an operation has credentials, retries, the deadline, errors and hooks as any other, is awaited on an
`AsyncFastpixCore`, and becomes a method where it is assigned in the body of a `Resource`.
"""

from collections.abc import Callable, Coroutine
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

from fastpix._call.call import WithResponse
from fastpix._call.endpoint import Endpoint, HttpMethod
from fastpix._call.hints import types_of_request
from fastpix.configuration import RequestOptions
from fastpix.core import AsyncFastpixCore, FastpixCore
from fastpix.reply import Failure, Reply, Result

if TYPE_CHECKING:
    from inspect import Signature

__all__ = [
    "AsyncMethod",
    "CoreT_co",
    "Method",
    "Operation",
    "OperationWithResponse",
    "Resource",
    "bind_core",
    "delete",
    "get",
    "patch",
    "post",
    "put",
    "with_response",
]

P = ParamSpec("P")
Ok = TypeVar("Ok")
Ok_co = TypeVar("Ok_co", covariant=True)
T = TypeVar("T")
AnyCore: TypeAlias = FastpixCore | AsyncFastpixCore
CoreT_co = TypeVar("CoreT_co", bound=AnyCore, covariant=True)
"""The core of a `Resource`: ``class Playout(Resource[CoreT_co])`` is a group for both facades."""


@runtime_checkable
class Operation(Protocol[P, Ok_co]):
    """A declared operation. It is a function that has an `endpoint`.

    Called with a `FastpixCore` it blocks, called with an `AsyncFastpixCore` it is awaited.
    """

    __name__: str

    @property
    def endpoint(self) -> Endpoint[Ok_co]:
        """What the API says of it: id, method, path, types."""
        ...

    @overload
    def __call__(self, core: FastpixCore, *args: P.args, **kwargs: P.kwargs) -> Reply[Ok_co]: ...
    @overload
    def __call__(
        self, core: AsyncFastpixCore, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, Reply[Ok_co]]: ...

    # What a `Resource` makes of an operation in its body:
    @overload
    def __get__(self, resource: None, owner: type) -> Callable[Concatenate["Resource[Any]", P], Any]: ...
    @overload
    def __get__(self, resource: "Resource[FastpixCore]", owner: type) -> "Method[P, Ok_co]": ...
    @overload
    def __get__(self, resource: "Resource[AsyncFastpixCore]", owner: type) -> "AsyncMethod[P, Ok_co]": ...


class Resource(Generic[CoreT_co]):
    """A group of the facade: operations assigned in its class body become methods that use its core."""

    def __init__(self, core: CoreT_co) -> None:
        self._core = core

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, value in [*vars(cls).items()]:
            if isinstance(value, FunctionType) and hasattr(value, "endpoint"):
                setattr(cls, name, _MethodDescriptor(cls, name, cast("Operation[..., object]", value)))

    @property
    def core(self) -> CoreT_co:
        return self._core

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._core!r}>"


class _MethodDescriptor:
    """What an operation in the body of a `Resource` is replaced by."""

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
    """Gives a method the documentation of its operation, and a signature without the core and with the value."""
    function = cast("FunctionType", operation)
    method.__name__, method.__qualname__ = name, f"{owner.__qualname__}.{name}"
    method.__module__, method.__doc__ = owner.__module__, function.__doc__
    method.__defaults__ = function.__defaults__
    hints = {name: function.__annotations__[name] for name in ("request", "options")}
    method.__annotations__ = {**hints, "return": operation.endpoint.response_type}


class _Bound(Generic[P, Ok_co]):
    """What `Method` and `AsyncMethod` share: they look like Python's own bound methods.

    Attributes:
        operation: the function that is called with the core.
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
        """Makes it a routine to `inspect`, so that ``help`` shows the method and not this class."""
        return self

    @property
    def __signature__(self) -> "Signature":
        from inspect import signature

        of_function = signature(self.__func__)
        return of_function.replace(parameters=[*of_function.parameters.values()][1:])


class Method(_Bound[P, Ok_co]):
    """A method of the facade: it returns the value and raises the error."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Ok_co:
        core: FastpixCore = self.__self__.core
        return _raise_or_return(self.operation(core, *args, **kwargs))


class AsyncMethod(_Bound[P, Ok_co]):
    """A method of the async facade: awaited, it returns the value and raises the error."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, Ok_co]:
        return _named(self._awaited(*args, **kwargs), self.__func__.__qualname__)

    async def _awaited(self, *args: P.args, **kwargs: P.kwargs) -> Ok_co:
        core: AsyncFastpixCore = self.__self__.core
        return _raise_or_return(await self.operation(core, *args, **kwargs))

    __code__: CodeType = _awaited.__code__  # `inspect.iscoroutinefunction` looks here


class OperationWithResponse(Generic[P, Ok_co]):
    """An operation whose success comes together with the answer it was read from; made by `with_response`."""

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
    """The same operation, giving the answer's status, headers, raw body and deviations beside the value.

    Example:
        ``with_response(live_streams_list)(core).map(lambda seen: (seen.status, seen.attempts, seen.value))``
    """
    _check_operation(operation, "with_response() takes")
    return OperationWithResponse(operation)


@overload
def bind_core(core: FastpixCore, operation: Operation[P, Ok]) -> Callable[P, Reply[Ok]]: ...
@overload
def bind_core(core: AsyncFastpixCore, operation: Operation[P, Ok]) -> Callable[P, Coroutine[Any, Any, Reply[Ok]]]: ...
def bind_core(core: AnyCore, operation: Operation[P, Ok]) -> Any:
    """A plain function that is the operation with this core; for an async core a coroutine function.

    It is for what asks ``iscoroutinefunction`` of a callable, as Starlette and FastAPI do: an operation itself serves both
    cores, so that it is none, and would be called in a thread and not awaited.

    Example:
        ``BackgroundTask(bind_core(core, live_streams_delete), DeleteLiveStreamRequest(stream_id))``
    """
    _check_operation(operation, "bind_core() takes a core and")
    call, given = cast("Any", operation), cast("object", core)

    def bound(request: object, options: object) -> object:
        return call(core, request, options)

    async def async_bound(request: object, options: object) -> object:
        return await call(core, request, options)

    if not isinstance(given, AnyCore):
        raise TypeError(f"bind_core() takes a FastpixCore or an AsyncFastpixCore first, not {type(core).__name__}")
    plain = cast("FunctionType", bound if isinstance(core, FastpixCore) else async_bound)
    function = cast("FunctionType", operation)
    plain.__name__, plain.__qualname__, plain.__module__ = function.__name__, function.__qualname__, function.__module__
    plain.__doc__, plain.__defaults__ = function.__doc__, function.__defaults__
    plain.__annotations__ = {name: hint for name, hint in function.__annotations__.items() if name != "core"}
    return plain


class _Declare(Protocol):
    def __call__(self, declared: Callable[Concatenate[FastpixCore, P], Reply[Ok]], /) -> Operation[P, Ok]: ...


def get(path: str, *, id: str) -> _Declare:
    """Declares a GET: what is not in the path is the query.

    Args:
        path: behind the server url; each ``{name}`` is a field of the request, as the API spells it.
        id: the API's id of the operation, which errors, hooks and log lines name.

    The ``def`` takes ``core``, ``request`` and ``options``. Its request is a struct, or a union of structs: fields that
    are ``UNSET`` are not sent. (Type checkers do not see that it must be a struct, or that ``options`` must be there.)
    It returns a `Reply` of what a success is read as: ``str`` is the text of the body, ``bytes`` the body as it came, any
    other type that msgspec knows is read from JSON (a struct, ``dict[str, object]``).

    Raises:
        TypeError: the ``def`` is declared otherwise, or a ``{name}`` is no field of the request.
    """
    return _declare("GET", path, id, idempotent=True, in_body=False)


def post(path: str, *, id: str, idempotent: bool = False) -> _Declare:
    """Declares a POST: what is not in the path is the JSON body. See `get` for the rest.

    Args:
        path: as in `get`.
        id: as in `get`.
        idempotent: whether the service does once what is sent twice, so that it is sent again after a lost answer.
    """
    return _declare("POST", path, id, idempotent=idempotent, in_body=True)


def put(path: str, *, id: str) -> _Declare:
    """Declares a PUT: what is not in the path is the JSON body. See `get` for the rest."""
    return _declare("PUT", path, id, idempotent=True, in_body=True)


def patch(path: str, *, id: str, idempotent: bool = False) -> _Declare:
    """Declares a PATCH: what is not in the path is the JSON body. See `get` for the rest, `post` for ``idempotent``."""
    return _declare("PATCH", path, id, idempotent=idempotent, in_body=True)


def delete(path: str, *, id: str, in_body: bool = False) -> _Declare:
    """Declares a DELETE: what is not in the path is the query, or with ``in_body`` the JSON body. See `get` for the rest."""
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
    """The types of the request and of the value of a success."""
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
        raise TypeError(f"the request of {declared.__name__} must be a msgspec.Struct, not {request}")
    return request, get_args(result)[0]


def _function(
    declared: Callable[..., object], endpoint: Endpoint[Ok], of_answer: Callable[[WithResponse[Ok]], object]
) -> Callable[..., Any]:
    """The function that asks an endpoint, with the parameters of its declaration."""
    of_request = (declared.__defaults__ or ())[:-1]  # the last default is that of the options
    default = of_request[0] if of_request else None

    def operation(core: object, request: Any, options: RequestOptions | None) -> object:
        if request is None:
            request = default
        if isinstance(core, FastpixCore):
            return core.call(endpoint, request, options).map(of_answer)
        if isinstance(core, AsyncFastpixCore):
            return _named(_awaited(core, endpoint, request, options, of_answer), endpoint.name)
        raise TypeError(
            f"{endpoint.name}() takes a FastpixCore or an AsyncFastpixCore first, not {type(core).__name__}"
        )

    operation.__defaults__ = (*of_request, None)
    vars(operation)["endpoint"] = endpoint
    return update_wrapper(operation, declared)


def _check_operation(operation: object, wanted: str) -> None:
    if not isinstance(operation, Operation):
        raise TypeError(f"{wanted} an operation, such as live_streams_list, not {type(operation).__name__}")


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


def _named(awaitable: Coroutine[Any, Any, T], name: str) -> Coroutine[Any, Any, T]:
    """Gives a coroutine the name of its operation: Python warns by that of a forgotten ``await``."""
    running = cast("CoroutineType[Any, Any, T]", awaitable)
    running.__name__ = running.__qualname__ = name
    return awaitable


def _raise_or_return(result: Reply[Ok]) -> Ok:
    if isinstance(result, Failure):
        raise result.failure()
    return result.unwrap()
