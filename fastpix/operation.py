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
from functools import update_wrapper, wraps
from types import CoroutineType
from typing import (
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
)

import msgspec

from fastpix._call.call import WithResponse
from fastpix._call.endpoint import Endpoint, Method
from fastpix._call.hints import types_of_request
from fastpix.configuration import RequestOptions
from fastpix.core import AsyncFastpixCore, FastpixCore
from fastpix.reply import Failure, Reply, Result

__all__ = [
    "CoreT_co",
    "Operation",
    "OperationWithResponse",
    "Resource",
    "delete",
    "get",
    "patch",
    "post",
    "put",
    "with_response",
]

MISSING = msgspec.Struct()

P = ParamSpec("P")
Ok = TypeVar("Ok")
T = TypeVar("T")
AnyCore: TypeAlias = FastpixCore | AsyncFastpixCore
CoreT_co = TypeVar("CoreT_co", bound=AnyCore, covariant=True)
"""The core of a `Resource`: ``class Playout(Resource[CoreT_co])`` is a group for both facades."""


class Resource(Generic[CoreT_co]):
    """A group of the facade: operations assigned in its class body become methods that use its core."""

    def __init__(self, core: CoreT_co) -> None:
        self._core = core

    @property
    def core(self) -> CoreT_co:
        return self._core

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._core!r}>"


class Operation(Generic[P, Ok]):
    """A declared operation: called with a `FastpixCore` it blocks, with an `AsyncFastpixCore` it is awaited.

    Attributes:
        endpoint: what the API says of it: id, method, path, types.
    """

    __name__: str

    def __init__(self, declared: Callable[Concatenate[FastpixCore, P], Reply[Ok]], endpoint: Endpoint[Ok]) -> None:
        update_wrapper(self, declared)
        self.endpoint = endpoint
        self.arguments: Callable[..., tuple[msgspec.Struct, RequestOptions | None]] = _arguments(declared)

    def __repr__(self) -> str:
        return f"<operation {self.__name__}: {self.endpoint.method} {self.endpoint.path}>"

    def __reduce__(self) -> str:
        return self.__name__

    @overload
    def __call__(self, core: FastpixCore, *args: P.args, **kwargs: P.kwargs) -> Reply[Ok]: ...
    @overload
    def __call__(self, core: AsyncFastpixCore, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, Reply[Ok]]: ...
    def __call__(self, core: AnyCore, *args: P.args, **kwargs: P.kwargs) -> Reply[Ok] | Coroutine[Any, Any, Reply[Ok]]:
        request, options = self.arguments(*args, **kwargs)
        if isinstance(core, FastpixCore):
            return core.call(self.endpoint, request, options).map(_value_of)
        return _named(_value(_checked(self, core), self.endpoint, request, options), self.__name__)

    @overload
    def __get__(self, resource: None, owner: type) -> Self: ...
    @overload
    def __get__(self, resource: Resource[FastpixCore], owner: type) -> Callable[P, Ok]: ...
    @overload
    def __get__(self, resource: Resource[AsyncFastpixCore], owner: type) -> Callable[P, Coroutine[Any, Any, Ok]]: ...
    def __get__(
        self, resource: Resource[AnyCore] | None, owner: type
    ) -> Self | Callable[P, Ok] | Callable[P, Coroutine[Any, Any, Ok]]:
        """The method of a facade: it returns the value and raises the error."""
        if resource is None:
            return self
        core = resource.core
        if isinstance(core, FastpixCore):
            return _raising(self, core)
        return _raising_async(self, core)


class OperationWithResponse(Generic[P, Ok]):
    """An operation whose success comes together with the answer it was read from; made by `with_response`."""

    def __init__(self, operation: Operation[P, Ok]) -> None:
        update_wrapper(self, operation)
        self._operation = operation

    def __reduce__(self) -> tuple[object, ...]:
        return with_response, (self._operation,)

    @overload
    def __call__(self, core: FastpixCore, *args: P.args, **kwargs: P.kwargs) -> Reply[WithResponse[Ok]]: ...
    @overload
    def __call__(
        self, core: AsyncFastpixCore, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, Reply[WithResponse[Ok]]]: ...
    def __call__(
        self, core: AnyCore, *args: P.args, **kwargs: P.kwargs
    ) -> Reply[WithResponse[Ok]] | Coroutine[Any, Any, Reply[WithResponse[Ok]]]:
        request, options = self._operation.arguments(*args, **kwargs)
        if isinstance(core, FastpixCore):
            return core.call(self._operation.endpoint, request, options)
        awaitable = _checked(self._operation, core).call(self._operation.endpoint, request, options)
        return _named(awaitable, self._operation.__name__)


def with_response(operation: Operation[P, Ok]) -> OperationWithResponse[P, Ok]:
    """The same operation, giving the answer's status, headers, raw body and deviations beside the value.

    Example:
        ``with_response(live_streams_list)(core).map(lambda seen: (seen.status, seen.attempts, seen.value))``
    """
    _check_operation(operation)
    return OperationWithResponse(operation)


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


def patch(path: str, *, id: str, idempotent: bool = True) -> _Declare:
    """Declares a PATCH: what is not in the path is the JSON body. See `get` for the rest, `post` for ``idempotent``."""
    return _declare("PATCH", path, id, idempotent=idempotent, in_body=True)


def delete(path: str, *, id: str, in_body: bool = False) -> _Declare:
    """Declares a DELETE: what is not in the path is the query, or with ``in_body`` the JSON body. See `get` for the rest."""
    return _declare("DELETE", path, id, idempotent=True, in_body=in_body)


def _declare(method: Method, path: str, id: str, *, idempotent: bool, in_body: bool) -> _Declare:
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
        return Operation(declared, endpoint)

    return declare


def _types(declared: Callable[..., object]) -> tuple[Any, Any]:
    """The types of the request and of the value of a success."""
    hints = declared.__annotations__
    if any(isinstance(hint, str) for hint in hints.values()):  # from __future__ import annotations
        hints = get_type_hints(declared, include_extras=True)
    request, result = hints.get("request"), hints.get("return")
    if list(hints) != ["core", "request", "options", "return"] or get_origin(result) is not Result:
        raise TypeError(
            f"{declared.__name__} must be declared as (core: FastpixCore, request: …, options: RequestOptions | None = "
            "None) -> Reply[…]"
        )
    if not all(isinstance(kind, type) and issubclass(kind, msgspec.Struct) for kind in types_of_request(request)):
        raise TypeError(f"the request of {declared.__name__} must be a msgspec.Struct, not {request}")
    return request, get_args(result)[0]


def _arguments(declared: Callable[..., object]) -> Callable[..., tuple[msgspec.Struct, RequestOptions | None]]:
    """Takes the arguments behind the core as the ``def`` does: it has ``request``, with or without default, and ``options``."""
    defaults: tuple[msgspec.Struct | None, ...] = getattr(declared, "__defaults__", None) or ()
    request_default = defaults[0] if len(defaults) > 1 else None

    def arguments(
        request: msgspec.Struct | None = request_default or MISSING, options: RequestOptions | None = None
    ) -> tuple[msgspec.Struct, RequestOptions | None]:
        if request is MISSING:
            raise TypeError(f"{declared.__name__}() needs a request")
        return cast("msgspec.Struct", request_default if request is None else request), options

    arguments.__qualname__ = declared.__name__  # what Python names in its own complaints of arguments
    return arguments


def _check_operation(operation: object) -> None:
    if not isinstance(operation, Operation):
        raise TypeError(
            f"with_response() takes an operation, such as live_streams_list, not {type(operation).__name__}"
        )


def _checked(operation: Operation[P, Ok], core: object) -> AsyncFastpixCore:
    if not isinstance(core, AsyncFastpixCore):
        raise TypeError(
            f"{operation.__name__}() takes a FastpixCore or an AsyncFastpixCore first, not {type(core).__name__}"
        )
    return core


def _named(awaitable: Coroutine[Any, Any, T], name: str) -> Coroutine[Any, Any, T]:
    """Gives a coroutine the name of its operation: Python warns by that of a forgotten ``await``."""
    running = cast("CoroutineType[Any, Any, T]", awaitable)
    running.__name__ = running.__qualname__ = name
    return awaitable


async def _value(
    core: AsyncFastpixCore, endpoint: Endpoint[Ok], request: msgspec.Struct, options: RequestOptions | None
) -> Reply[Ok]:
    return (await core.call(endpoint, request, options)).map(_value_of)


def _value_of(answered: WithResponse[Ok]) -> Ok:
    return answered.value


def _raise_or_return(result: Reply[Ok]) -> Ok:
    if isinstance(result, Failure):
        raise result.failure()
    return result.unwrap()


def _raising(operation: Operation[P, Ok], core: FastpixCore) -> Callable[P, Ok]:
    @wraps(operation)
    def method(*args: P.args, **kwargs: P.kwargs) -> Ok:
        return _raise_or_return(operation(core, *args, **kwargs))

    return method


def _raising_async(operation: Operation[P, Ok], core: AsyncFastpixCore) -> Callable[P, Coroutine[Any, Any, Ok]]:
    @wraps(operation)
    async def method(*args: P.args, **kwargs: P.kwargs) -> Ok:
        return _raise_or_return(await operation(core, *args, **kwargs))

    return method
