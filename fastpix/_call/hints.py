"""Type hints, taken apart."""

from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

__all__ = ["UNIONS", "choices_of", "types_of_request"]

UNIONS = (Union, UnionType)
"""How Python spells a union, old and new."""


def types_of_request(request_type: Any) -> tuple[Any, ...]:
    """The types that a request may have: those of a union, or the one."""
    return get_args(request_type) if get_origin(request_type) in UNIONS else (request_type,)


def choices_of(hint: Any, is_whole: Callable[[Any], bool] = lambda _: False) -> list[Any]:
    """The types that a value may have: unions, annotated types and other names are opened, but not what is whole."""
    if is_whole(hint):
        return [hint]
    origin, arguments = get_origin(hint), get_args(hint)
    other_name = getattr(hint, "__value__", None) or getattr(hint, "__supertype__", None)
    if other_name is not None:
        return choices_of(other_name, is_whole)
    if origin is Annotated:
        return choices_of(arguments[0], is_whole)
    return [choice for part in arguments for choice in choices_of(part, is_whole)] if origin in UNIONS else [hint]
