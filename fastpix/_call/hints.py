"""Functions that take type hints apart."""

from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

__all__ = ["UNIONS", "choices_of", "types_of_request"]

UNIONS = (Union, UnionType)
"""The origins of the two spellings of a union: ``Union[A, B]`` and ``A | B``."""


def types_of_request(request_type: Any) -> tuple[Any, ...]:
    """Return the types that a request may have: the members of a union, or the type itself."""
    return get_args(request_type) if get_origin(request_type) in UNIONS else (request_type,)


def choices_of(hint: Any, is_whole: Callable[[Any], bool] = lambda _: False) -> list[Any]:
    """Return the types that a value may have.

    Unions, annotated types, type aliases and ``NewType`` are replaced by the types in them, except a type for which
    ``is_whole`` is true.
    """
    if is_whole(hint):
        return [hint]
    origin, arguments = get_origin(hint), get_args(hint)
    other_name = getattr(hint, "__value__", None) or getattr(hint, "__supertype__", None)
    if other_name is not None:
        return choices_of(other_name, is_whole)
    if origin is Annotated:
        return choices_of(arguments[0], is_whole)
    return [choice for part in arguments for choice in choices_of(part, is_whole)] if origin in UNIONS else [hint]
