"""What a type takes of a decoded JSON value, place by place: the value is read around what deviates.

A `Shape` is made of a type once. It knows, for each type that a plain value can have, how that is read. What it does
not take is refused where it stands; the nearest struct, list or map around it goes on without it, and tells so.
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
"""An answer with more of them is refused: it is not the documented one, and telling each takes time and memory."""
TEXT = "text in UTF-8"
BOUNDS = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length", "tz")
SCALARS = (str, int, float, bool, NoneType)
LISTS = (list, set, frozenset, Collection, Sequence, MutableSequence)
MAPS = (dict, Mapping, MutableMapping)
LARGEST = sys.float_info.max
MOST_EXACT = 2**53

Reader: TypeAlias = Callable[[Any, str, "Told"], object]
"""Takes a value, its path and what has been told; gives what is read, or raises `UnreadableError`."""


class UnreadableError(Exception):
    """A value that can't be read. Whatever is around it may go on without it."""

    def __init__(self, deviation: Deviation) -> None:
        super().__init__(str(deviation))
        self.deviation = deviation


class InexactError(TypeError):
    """A type whose values get lost between JSON and plain values, so that an answer can't be read around them."""


class Told(list[Deviation]):
    """The deviations of one answer.

    Attributes:
        guide: the way to the one place that is to be looked at, its end first; empty to look at all.
        way: the way to the last deviation.
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
        """The one part of a value that the guide leads to; all parts if it leads astray."""
        name = self.guide.pop()
        if name in value:
            return ((name, value[name]),)
        self.guide.clear()
        return value.items()


class Shape:
    """How the values of one type are read.

    Attributes:
        readers: by the type of a plain value, how it is read; ``None`` is as it is.
        expected: the type in the words of JSON.
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
        """A number without a fraction is an integer, however it is written, as long as it is exact."""
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
    """The fields of a struct. What is not declared is ignored."""

    def __init__(self) -> None:
        self.shapes: dict[str, Shape] = {}
        self.required: list[str] = []

    def read(self, value: dict[str, object], at: str, told: Told) -> dict[str, object]:
        """The value without what can't be read; it is changed in place."""
        unreadable: list[str] = []
        for name, part in value.items() if not told.guide else told.guided(value):
            shape, kind = self.shapes.get(name), type(part)
            if shape is None:
                continue
            if kind not in shape.readers:  # as `refuse`, without the cost of raising
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
    """The items of a list, or the entries of a map. One that can't be read is ``None`` if it may be, or left out."""

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
        told.guide.clear()  # msgspec names no keys
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
    """Makes the shape of a type, and of each type in it once: a struct may hold its own kind.

    ``marked`` is for a body in which bad text was marked: such a text is told, or refused if it is essential.
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
        """Adds how a plain type is read, and tells what it is called."""
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
        """Adds what JSON has no type of its own for, such as a `datetime`: read whole or not at all."""
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
    return Shapes(marked=marked).of(hint)  # whole before another thread can see it


@cache
def fields_of(kind: Any, marked: bool) -> Fields:
    return Shapes(marked=marked).fields_of(kind)


def readable_choices_of(hint: Any) -> list[Any]:
    """The types that a value in JSON may have; bounds are part of a type, and a `NewType` is read as a whole."""
    choices = choices_of(hint, _is_bounded_or_new)
    return [NoneType if choice is None else choice for choice in choices if choice is not msgspec.UnsetType]


def has_readable_fields(hint: Any) -> bool:
    """Whether it is a struct whose fields can be read one by one."""
    kind = get_origin(hint) or hint
    if not isinstance(kind, type) or not issubclass(kind, msgspec.Struct):
        return False
    return kind.__struct_config__.tag is None and not kind.__struct_config__.array_like


def is_list(hint: Any) -> bool:
    """Whether it is any number of items of one type."""
    origin, arguments = get_origin(hint) or hint, get_args(hint)
    return origin in LISTS or (origin is tuple and arguments[1:] == (...,))


def is_map(hint: Any) -> bool:
    """Whether it is any number of entries under texts."""
    return (get_origin(hint) or hint) in MAPS and get_args(hint)[:1] in ((), (str,))


def _is_plain(hint: Any) -> bool:
    return hint in SCALARS or hint in (object, Any) or has_readable_fields(hint) or is_list(hint) or is_map(hint)


def _has_own_rules(kind: Any) -> bool:
    """Whether a struct may refuse fields that are each as declared."""
    kind = get_origin(kind) or kind
    return kind.__struct_config__.forbid_unknown_fields or hasattr(kind, "__post_init__")


def _name(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return f"one of {', '.join(map(repr, get_args(hint)))}"
    return str(getattr(hint, "__name__", hint))


def _checking(shape: Shape, hint: Any, read: Reader | None) -> Reader:
    """Reads as ``read`` does what is of the type as a whole, and refuses anything else."""

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
    """The deviation of a value that is as declared, part by part, and that its type refuses all the same."""
    return Deviation(at, f"what {_name(hint)} takes" if has_readable_fields(hint) else shape.expected, value)


def _is_bounded_or_new(hint: Any) -> bool:
    metas = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    is_bounded = any(getattr(meta, bound, None) is not None for meta in metas for bound in BOUNDS)
    return is_bounded or hasattr(hint, "__supertype__")
