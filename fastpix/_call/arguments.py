"""Checks of the arguments that operations, and functions of operations, are called with."""

from types import FunctionType
from typing import Any, cast

__all__ = ["check_operation", "is_async", "is_operation", "request_and_options", "wrong_core"]

CO_COROUTINE = 0x80
"""The flag of an async function. `inspect`, which names it, imports slowly."""


def is_async(function: object) -> bool:
    return bool(getattr(getattr(function, "__code__", None), "co_flags", 0) & CO_COROUTINE)


def is_operation(value: object) -> bool:
    return isinstance(value, FunctionType) and hasattr(value, "endpoint")


def check_operation(operation: object, wanted: str) -> None:
    if not is_operation(operation):
        raise TypeError(f"{wanted} an operation, such as live_streams_list, not {type(operation).__name__}")


def wrong_core(core: object, name: str) -> TypeError:
    """Return the error for a call whose first argument is not a core."""
    wanted = "takes a FastpixCore or an AsyncFastpixCore as first argument"
    return TypeError(f"{name}() {wanted}, not {type(core).__name__}")


def request_and_options(operation: object, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
    """Return the arguments of a call. Without a request, it is the default of the operation."""
    function = cast("FunctionType", operation)
    *of_request, _ = function.__defaults__ or (None,)
    try:
        request, options = _bound(operation, *args, **kwargs)
    except TypeError as error:
        raise TypeError(str(error).replace("_bound", function.__name__)) from None
    if request is None and not of_request:
        raise TypeError(f"{function.__name__}() missing 1 required positional argument: 'request'")
    return of_request[0] if request is None else request, options


def _bound(core: object, request: Any = None, options: Any = None) -> tuple[Any, Any]:
    return request, options
