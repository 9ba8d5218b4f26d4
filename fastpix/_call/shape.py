"""Reads decoded JSON as a type, value by value, and leaves out the values that do not match the type.

A `Shape` is made once for each type. For each Python type that decoded JSON can have, it knows how to read a value of
that type. It rejects all other values. The nearest struct, list or map around a rejected value is then read without the
value, and the deviation is recorded.
"""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping, MutableSequence, Sequence
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

import msgspec
from msgspec import UNSET, Raw

from fastpix._call.bad_text import has_bad_text, mended
from fastpix._call.deviation import JSON_TYPES, Deviation
from fastpix._call.hints import UNIONS, choices_of

__all__ = [
    "MOST_DEVIATIONS",
    "TEXT",
    "Fields",
    "InexactError",
    "Parts",
    "Shape",
    "Shapes",
    "Told",
    "UnreadableError",
    "breach",
    "fields_of",
    "has_readable_fields",
    "is_list",
    "is_map",
    "readable_choices_of",
    "shape_of",
]

MOST_DEVIATIONS = 10_000
"""A response with more deviations is rejected, because recording each of them takes time and memory."""
TEXT = "text in UTF-8"
BOUNDS = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length", "tz")
SCALARS = (str, int, float, bool, NoneType)
LISTS = (list, set, frozenset, Collection, Sequence, MutableSequence)
MAPS = (dict, Mapping, MutableMapping)
LARGEST = sys.float_info.max
MOST_EXACT = 2**53

Reader: TypeAlias = Callable[[Any, str, "Told"], object]
"""Takes a value, its path and the deviations so far. Returns the value that was read, or raises `UnreadableError`."""


class UnreadableError(Exception):
    """A value that cannot be read. The struct, list or map around it may be read without it."""

    def __init__(self, deviation: Deviation) -> None:
        super().__init__(str(deviation))
        self.deviation = deviation


class InexactError(TypeError):
    """A type whose values plain values cannot hold exactly, so that a response cannot be read value by value."""


class Told(list[Deviation]):
    """The deviations of one response.

    Attributes:
        guide: The names and indexes on the path to the only place to read, the last one first. If it is empty, all
            places are read.
        way: The path to the place that msgspec reported last, in the same form.
    """

    def __init__(self) -> None:
        super().__init__()
        self.guide: list[str] = []
        self.way: list[str] = []

    def add(self, deviation: Deviation) -> None:
        self.append(deviation)
        self.check()

    def check(self) -> None:
        if len(self) > MOST_DEVIATIONS:
            raise UnreadableError(Deviation("$", f"at most {MOST_DEVIATIONS} deviations", UNSET))

    def guided(self, value: dict[str, object]) -> Iterable[tuple[str, object]]:
        """Return only the field that the guide leads to.

        If there is no such field, clear the guide and return all fields.
        """
        name = self.guide.pop()
        if name in value:
            return ((name, value[name]),)
        self.guide.clear()
        return value.items()


class Shape:
    """How the values of one type are read.

    Attributes:
        readers: The reader for each Python type that a value may have. With ``None``, the value is used unchanged.
        expected: The type by its JSON names.
    """

    def __init__(self) -> None:
        self.readers: dict[type, Reader | None] = {}
        self.expected: str = ""

    def read(self, value: object, at: str, told: Told) -> object:
        reader = self.readers.get(type(value), self.refuse)
        return value if reader is None else reader(value, at, told)

    def refuse(self, value: object, at: str, _: Told) -> object:
        raise UnreadableError(Deviation(at, self.expected, value))

    def read_whole(self, value: float, at: str, told: Told) -> object:
        """Return the integer for a float without a fraction. Reject a float above 2**53, which may not be exact."""
        is_whole = value.is_integer() and abs(value) <= MOST_EXACT
        return int(value) if is_whole else self.refuse(value, at, told)

    def read_float(self, value: int, at: str, told: Told) -> object:
        return value if -LARGEST <= value <= LARGEST else self.refuse(value, at, told)

    def read_marked(self, value: object, at: str, told: Told) -> object:
        if not has_bad_text(value):
            return value
        told.add(Deviation(at, TEXT, mended(value)))
        return mended(value)

    def read_intact(self, value: object, at: str, _: Told) -> object:
        if has_bad_text(value):
            raise UnreadableError(Deviation(at, TEXT, mended(value)))
        return value


class Fields:
    """The fields of a struct. Undeclared fields are ignored."""

    def __init__(self) -> None:
        self.shapes: dict[str, Shape] = {}
        self.required: list[str] = []

    def read(self, value: dict[str, object], at: str, told: Told) -> dict[str, object]:
        """Remove the fields that cannot be read from a value, and return it. The value is changed in place."""
        unreadable: list[str] = []
        for name, part in value.items() if not told.guide else told.guided(value):
            shape, kind = self.shapes.get(name), type(part)
            if shape is None:
                continue
            if kind not in shape.readers:  # like `refuse`, without the cost of an exception
                deviation = Deviation(f"{at}.{name}", shape.expected, part)
            elif (reader := shape.readers[kind]) is None or part == []:
                continue
            else:
                try:
                    value[name] = reader(part, f"{at}.{name}", told)
                    continue
                except UnreadableError as problem:
                    deviation = problem.deviation
            if name in self.required:
                raise UnreadableError(deviation)
            told.append(deviation)
            unreadable.append(name)
        if unreadable:
            told.check()
            for name in unreadable:
                del value[name]
        for name in self.required:
            if name not in value:
                self.shapes[name].refuse(UNSET, f"{at}.{name}", told)
        return value


class Parts:
    """The items of a list, or the entries of a map.

    An item that cannot be read becomes ``None`` if its type allows ``None``. Otherwise it is left out.
    """

    def __init__(self, shape: Shape, *, marked: bool) -> None:
        self._shape = shape
        self._marked = marked

    def read_list(self, value: list[object], at: str, told: Told) -> list[object]:
        at = f"{at}[*]"
        if told.guide and (index := told.guide.pop()).isdecimal():
            place = slice(int(index), int(index) + 1)
            value[place] = [part for part in (self._read(part, at, told) for part in value[place]) if part is not UNSET]
            return value
        return [read for part in value if (read := self._read(part, at, told)) is not UNSET]

    def read_map(self, value: dict[str, object], at: str, told: Told) -> dict[str, object]:
        at = f"{at}[*]"
        told.guide.clear()  # msgspec's error paths do not contain the keys of a map
        if self._marked:
            value = {str(self._shape.read_marked(name, at, told)): part for name, part in value.items()}
        return {name: read for name, part in value.items() if (read := self._read(part, at, told)) is not UNSET}

    def _read(self, part: object, at: str, told: Told) -> object:
        try:
            return self._shape.read(part, at, told)
        except UnreadableError as problem:
            told.add(problem.deviation)
            return None if NoneType in self._shape.readers else UNSET


class Shapes:
    """Makes the shape of a type.

    The fields of each struct in the type are made once, because a struct may contain its own type.

    ``marked`` means that the body has markers for invalid text. A text with a marker is rejected in a required field.
    Elsewhere it is repaired and recorded as a deviation.
    """

    def __init__(self, *, marked: bool) -> None:
        self._marked = marked
        self._fields: dict[object, Fields] = {}

    def of(self, hint: object, *, required: bool = False) -> Shape:
        shape = Shape()
        choices = readable_choices_of(hint)
        others = tuple(choice for choice in choices if not _is_plain(choice))
        words = [self._add(shape, choice, required=required) for choice in choices if choice not in others]
        if others:
            words += [self._add_others(shape, Union[others], required=required)]  # noqa: UP007 - made at run time
        words = [word for word in words if word != "integer" or "number" not in words]
        shape.expected = " or ".join(sorted(words, key="null".__eq__))
        return shape

    def fields_of(self, kind: Any) -> Fields:
        fields = self._fields.get(kind)
        if fields is None:
            fields = self._fields[kind] = Fields()
            for field in msgspec.structs.fields(kind):
                fields.shapes[field.encode_name] = self.of(field.type, required=field.required)
                if field.required:
                    fields.required.append(field.encode_name)
        return fields

    def _add(self, shape: Shape, hint: Any, *, required: bool) -> str:
        """Add the reader of a plain type to a shape, and return the JSON name of the type."""
        if hint in SCALARS:
            self._add_scalar(shape, hint, required=required)
            return JSON_TYPES[hint]
        if hint in (object, Any):
            self._add_any(shape)
            return "any value"
        if has_readable_fields(hint):
            read = self.fields_of(hint).read
            shape.readers[dict] = _checking(shape, hint, read) if _has_own_rules(hint) else read
            return "object"
        parts = Parts(
            self.of(get_args(hint)[-1 if is_map(hint) else 0] if get_args(hint) else object), marked=self._marked
        )
        if is_map(hint):
            shape.readers[dict] = parts.read_map
            return "object"
        shape.readers[list] = parts.read_list
        return "array"

    def _add_scalar(self, shape: Shape, hint: type, *, required: bool) -> None:
        shape.readers[hint] = None
        if hint is int:
            shape.readers.setdefault(float, shape.read_whole)
        elif hint is float:
            shape.readers.setdefault(int, shape.read_float)
        elif hint is str and self._marked:
            shape.readers[str] = shape.read_intact if required else shape.read_marked

    def _add_any(self, shape: Shape) -> None:
        parts = Parts(shape, marked=self._marked)
        shape.readers |= dict.fromkeys(SCALARS)
        shape.readers |= {list: parts.read_list, dict: parts.read_map}
        if self._marked:
            shape.readers[str] = shape.read_marked

    def _add_others(self, shape: Shape, hint: Any, *, required: bool) -> str:
        """Add the readers of types that have no JSON type of their own, such as `datetime`.

        A value of such a type is read as a whole or not at all. Return the names of the types.
        """
        choices = get_args(hint) if get_origin(hint) in UNIONS else (hint,)
        if not {Decimal, Raw}.isdisjoint(choices):
            raise InexactError(hint)
        text = None if not self._marked else shape.read_intact if required else shape.read_marked
        for kind in JSON_TYPES:
            if kind is not NoneType:
                shape.readers.setdefault(kind, _checking(shape, hint, text))
        return " or ".join(map(_name, choices))


@cache
def shape_of(hint: Any, marked: bool) -> Shape:
    return Shapes(marked=marked).of(hint)  # complete before another thread can see it


@cache
def fields_of(kind: Any, marked: bool) -> Fields:
    return Shapes(marked=marked).fields_of(kind)


def readable_choices_of(hint: Any) -> list[Any]:
    """Return the types that a JSON value may have. A type with bounds and a ``NewType`` are not taken apart."""
    choices = choices_of(hint, _is_bounded_or_new)
    return [NoneType if choice is None else choice for choice in choices if choice is not msgspec.UnsetType]


def has_readable_fields(hint: Any) -> bool:
    """Return whether a type is a struct whose fields can be read one by one."""
    kind = get_origin(hint) or hint
    if not isinstance(kind, type) or not issubclass(kind, msgspec.Struct):
        return False
    return kind.__struct_config__.tag is None and not kind.__struct_config__.array_like


def is_list(hint: Any) -> bool:
    """Return whether a type is a collection of any number of items of one type."""
    origin, arguments = get_origin(hint) or hint, get_args(hint)
    return origin in LISTS or (origin is tuple and arguments[1:] == (...,))


def is_map(hint: Any) -> bool:
    """Return whether a type is a map of any number of entries with text keys."""
    return (get_origin(hint) or hint) in MAPS and get_args(hint)[:1] in ((), (str,))


def _is_plain(hint: Any) -> bool:
    return hint in SCALARS or hint in (object, Any) or has_readable_fields(hint) or is_list(hint) or is_map(hint)


def _has_own_rules(kind: Any) -> bool:
    """Return whether a struct may reject a value whose fields all match their own types."""
    kind = get_origin(kind) or kind
    return kind.__struct_config__.forbid_unknown_fields or hasattr(kind, "__post_init__")


def _name(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return f"one of {', '.join(map(repr, get_args(hint)))}"
    return str(getattr(hint, "__name__", hint))


def _checking(shape: Shape, hint: Any, read: Reader | None) -> Reader:
    """Return a reader that applies ``read`` and then rejects the result if it does not match the whole type."""

    def check(value: object, at: str, told: Told) -> object:
        told.guide.clear()
        part = value if read is None else read(value, at, told)
        try:
            msgspec.convert(part, hint, str_keys=True)
        except msgspec.ValidationError:
            raise UnreadableError(breach(hint, shape, value, at)) from None
        return part

    return check


def breach(hint: Any, shape: Shape, value: object, at: str) -> Deviation:
    """Return the deviation of a value that the whole type rejects, although each part matches its own type."""
    return Deviation(at, f"a valid {_name(hint)}" if has_readable_fields(hint) else shape.expected, value)


def _is_bounded_or_new(hint: Any) -> bool:
    metas = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    is_bounded = any(getattr(meta, bound, None) is not None for meta in metas for bound in BOUNDS)
    return is_bounded or hasattr(hint, "__supertype__")
