"""The facts about fields that the declarations of the library contain. Tests compare them with other sources."""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

LISTS = (list, Sequence)
UNIONS = (Union, UnionType)
SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean", object: "object"}


class Facts:
    """The facts about one field."""

    def __init__(
        self, types: Iterable[str], *, required: bool = False, enum: Iterable[str] = (), **bounds: int
    ) -> None:
        self.types = set(types)
        if "number" in self.types:
            self.types.discard("integer")
        self.required = required
        self.enum = set(enum)
        self.bounds = bounds

    def merged(self, other: "Facts") -> "Facts":
        both = self.required and other.required
        return Facts(
            self.types | other.types, required=both, enum=self.enum | other.enum, **self.bounds, **other.bounds
        )

    def __str__(self) -> str:
        bounds = [f"{name}={value}" for name, value in sorted(self.bounds.items())]
        values = [f"of {', '.join(sorted(self.enum))}"] if self.enum else []
        return " ".join(["required"] * self.required + ["|".join(sorted(self.types))] + bounds + values)


def facts_of(hint: Any, *, required: bool = False) -> Facts:
    """Return the facts about the values that a type allows."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return with_bounds(facts_of(arguments[0], required=required), arguments[1:])
    if origin is Literal:
        return Facts(["string"], required=required, enum=arguments)
    if origin in UNIONS:
        return reduce(Facts.merged, (facts_of(choice, required=required) for choice in arguments if is_told(choice)))
    return Facts(["array" if origin in (*LISTS, tuple) else SCALARS.get(hint, "object")], required=required)


def with_bounds(facts: Facts, metas: tuple[Any, ...]) -> Facts:
    for meta in metas:
        longest = "maxProperties" if facts.types == {"object"} else "maxLength"
        bounds = {"minimum": meta.ge, "maximum": meta.le, longest: meta.max_length}
        facts.bounds |= {name: bound for name, bound in bounds.items() if bound is not None}
        facts.enum |= set(meta.examples or [])
    return facts


def is_told(hint: Any) -> bool:
    return hint not in (NoneType, msgspec.UnsetType)


def fields_of(hint: Any, path: str = "", around: tuple[Any, ...] = ()) -> Iterator[tuple[str, Facts]]:
    """Yield the fields at and below a place, with their paths in the form of the table."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        yield from fields_of(arguments[0], path, around)
    elif origin in UNIONS:
        for choice in filter(is_told, arguments):
            yield from fields_of(choice, path, around)
    elif origin in (*LISTS, dict):
        inside = path + ("[]" if origin in LISTS else "{}")
        facts = facts_of(arguments[-1])
        if facts.types != {"object"}:
            yield inside, facts
        yield from fields_of(arguments[-1], inside, around)
    elif is_struct(hint) and hint not in around:
        yield from fields_of_struct(hint, path, (*around, hint))


def is_struct(hint: Any) -> bool:
    kind = get_origin(hint) or hint
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def fields_of_struct(kind: Any, path: str, around: tuple[Any, ...]) -> Iterator[tuple[str, Facts]]:
    config = (get_origin(kind) or kind).__struct_config__
    if config.tag is not None:
        path += f"<{config.tag}>"
        yield f"{path}.{config.tag_field}".removeprefix("."), Facts(["string"], required=True, enum=[config.tag])
    for field in msgspec.structs.fields(kind):
        at = f"{path}.{field.encode_name}".removeprefix(".")
        yield at, facts_of(field.type, required=field.required)
        yield from fields_of(field.type, at, around)


def merged(fields: Iterator[tuple[str, Facts]]) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    for path, facts in fields:
        found[path] = found[path].merged(facts) if path in found else facts
    return found


def structs_in(kind: Any, around: tuple[Any, ...] = ()) -> set[Any]:
    """Return all structs below a struct."""
    fields = msgspec.structs.fields(kind)
    inner = [part for field in fields for part in structs_at(field.type)]
    new = [part for part in inner if part not in around]
    return {*inner, *(found for part in new for found in structs_in(part, (*around, part)))}


def structs_at(hint: Any) -> list[Any]:
    """Return the structs that a type names, without the structs below them."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint]
    return [part for argument in get_args(hint) for part in structs_at(argument)]
