"""What a type takes of a decoded JSON value, place by place: the value is read around what deviates.

A `Shape` is made of a type once. It knows, for each type that a plain value can have, how that is read. What it does
not take is refused where it stands; the nearest struct, list or map around it goes on without it, and tells so.
"""

import sys
from collections.abc import Callable
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

import msgspec
from msgspec import UNSET

from fastpix.deviation import Deviation

__all__ = [
    "MOST_DEVIATIONS",
    "TEXT",
    "Fields",
    "Parts",
    "Shape",
    "Shapes",
    "Told",
    "UnreadableError",
    "fields_of",
    "is_struct",
    "shape_of",
]

MOST_DEVIATIONS = 10_000
"""An answer with more of them is refused: it is not the documented one, and telling each takes time and memory."""
REPLACEMENT = "\ufffd"
TEXT = "text in UTF-8"
UNIONS = (Union, UnionType)
BOUNDS = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length", "tz")
SCALARS: dict[type, str] = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}
CONTAINERS = (list, dict)
JSON_TYPES = (*SCALARS, *CONTAINERS)
LARGEST = sys.float_info.max

Reader: TypeAlias = Callable[[Any, str, "Told"], object]
"""Takes a value, its path and what has been told; gives what is read, or raises `UnreadableError`."""


class UnreadableError(Exception):
    """A value that can't be read. Whatever is around it may go on without it."""

    def __init__(self, deviation: Deviation) -> None:
        super().__init__(str(deviation))
        self.deviation = deviation


class Told(list[Deviation]):
    """The deviations of one answer."""

    def add(self, deviation: Deviation) -> None:
        self.append(deviation)
        self.check()

    def check(self) -> None:
        if len(self) > MOST_DEVIATIONS:
            raise UnreadableError(Deviation("$", f"at most {MOST_DEVIATIONS} deviations", UNSET))


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
        """A number without a fraction is an integer, however it is written."""
        return int(value) if value.is_integer() else self.refuse(value, at, told)

    def read_float(self, value: int, at: str, told: Told) -> object:
        return value if -LARGEST <= value <= LARGEST else self.refuse(value, at, told)

    def read_mended(self, value: str, at: str, told: Told) -> object:
        if REPLACEMENT in value:
            told.add(Deviation(at, TEXT, value))
        return value

    def read_intact(self, value: str, at: str, _: Told) -> object:
        if REPLACEMENT in value:
            raise UnreadableError(Deviation(at, TEXT, value))
        return value


class Fields:
    """The fields of a struct. What is not declared is ignored."""

    def __init__(self) -> None:
        self.shapes: dict[str, Shape] = {}
        self.required: list[str] = []

    def read(self, value: dict[str, object], at: str, told: Told, *, deep: bool = True) -> dict[str, object]:
        """The value without what can't be read; it is changed in place. Only ``deep`` looks into lists and maps."""
        unreadable: list[str] = []
        for name, part in value.items():
            shape, kind = self.shapes.get(name), type(part)
            if shape is None:
                continue
            if kind not in shape.readers:  # as `refuse`, without the cost of raising
                deviation = Deviation(f"{at}.{name}", shape.expected, part)
            elif (reader := shape.readers[kind]) is None or (not deep and kind in CONTAINERS) or part == []:
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

    def __init__(self, shape: Shape, *, mended: bool) -> None:
        self._shape = shape
        self._mended = mended

    def read_list(self, value: list[object], at: str, told: Told) -> list[object]:
        at = f"{at}[*]"
        return [read for part in value if (read := self._read(part, at, told)) is not UNSET]

    def read_map(self, value: dict[str, object], at: str, told: Told) -> dict[str, object]:
        at = f"{at}[*]"
        if self._mended:
            for name in value:
                self._shape.read_mended(name, at, told)
        return {name: read for name, part in value.items() if (read := self._read(part, at, told)) is not UNSET}

    def _read(self, part: object, at: str, told: Told) -> object:
        try:
            return self._shape.read(part, at, told)
        except UnreadableError as problem:
            told.add(problem.deviation)
            return None if NoneType in self._shape.readers else UNSET


class Shapes:
    """Makes the shape of a type, and of each type in it once: a struct may hold its own kind.

    ``mended`` is for a body in which bad text was replaced: such a text is told, or refused if it is essential.
    """

    def __init__(self, *, mended: bool) -> None:
        self._mended = mended
        self._fields: dict[object, Fields] = {}

    def of(self, hint: object, *, required: bool = False) -> Shape:
        shape = Shape()
        words = [self._add(shape, choice, required=required) for choice in _choices(hint)]
        shape.expected = " or ".join(word for word in words if word != "integer" or "number" not in words)
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
        """Adds how one type is read, and tells what it is called."""
        origin, arguments = get_origin(hint), get_args(hint)
        word = "object"
        if hint in SCALARS:
            word = SCALARS[hint]
            self._add_scalar(shape, hint, required=required)
        elif list in (hint, origin):
            word = "array"
            shape.readers[list] = self._parts(arguments).read_list
        elif dict in (hint, origin) and arguments[:1] in ((), (str,)):
            shape.readers[dict] = self._parts(arguments).read_map
        elif is_struct(hint):
            shape.readers[dict] = self.fields_of(hint).read
        elif hint in (object, Any):
            word = "any value"
            self._add_any(shape)
        else:
            choices = f"one of {', '.join(map(repr, arguments))}"
            word = choices if origin is Literal else str(getattr(hint, "__name__", hint))
            for kind in JSON_TYPES:
                shape.readers.setdefault(kind, _converting(shape, hint))
        return word

    def _add_any(self, shape: Shape) -> None:
        parts = Parts(shape, mended=self._mended)
        shape.readers |= dict.fromkeys(SCALARS)
        shape.readers |= {list: parts.read_list, dict: parts.read_map}
        if self._mended:
            shape.readers[str] = shape.read_mended

    def _parts(self, arguments: tuple[object, ...]) -> Parts:
        return Parts(self.of(arguments[-1] if arguments else object), mended=self._mended)

    def _add_scalar(self, shape: Shape, hint: Any, *, required: bool) -> None:
        shape.readers[hint] = None
        if hint is int:
            shape.readers.setdefault(float, shape.read_whole)
        elif hint is float:
            shape.readers.setdefault(int, shape.read_float)
        elif hint is str and self._mended:
            shape.readers[str] = shape.read_intact if required else shape.read_mended


def _choices(hint: Any) -> list[object]:
    """The types that a value may have, without other names for them and without annotations that mean nothing here."""
    if hint is msgspec.UnsetType:
        return []
    if hasattr(hint, "__value__"):
        return _choices(hint.__value__)
    if get_origin(hint) in UNIONS:
        return [choice for part in get_args(hint) for choice in _choices(part)]
    if get_origin(hint) is Annotated and not _is_bounded(get_args(hint)[1:]):
        return _choices(get_args(hint)[0])
    return [NoneType if hint is None else hint]


def is_struct(hint: Any) -> bool:
    """Whether it is a struct whose fields can be read one by one."""
    kind = get_origin(hint) or hint
    if not isinstance(kind, type) or not issubclass(kind, msgspec.Struct):
        return False
    return kind.__struct_config__.tag is None and not kind.__struct_config__.array_like


@cache
def shape_of(hint: Any, mended: bool) -> Shape:
    return Shapes(mended=mended).of(hint)


@cache
def fields_of(kind: Any, mended: bool) -> Fields:
    return Shapes(mended=mended).fields_of(kind)


def _converting(shape: Shape, hint: object) -> Reader:
    """Reads what JSON has no type of its own for, such as a `datetime`: whole or not at all."""

    def read(value: object, at: str, told: Told) -> object:
        try:
            msgspec.convert(value, hint, str_keys=True)
        except msgspec.ValidationError:
            return shape.refuse(value, at, told)
        return value

    return read


def _is_bounded(metas: tuple[object, ...]) -> bool:
    return any(getattr(meta, bound, None) is not None for meta in metas for bound in BOUNDS)
