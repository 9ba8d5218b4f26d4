"""The second reading of a response: a value of an undocumented type is left out and recorded as a deviation.

The first reading decodes the whole response at once, which nearly always succeeds. This module is used if it fails. The
items of a page are then read one by one. An item that can be decoded is decoded. Any other item is read without its
deviating values (`fastpix._call.shape`).

A field is required if it is declared without a default. If a required field of the outermost struct (an item of a page,
or the single value) cannot be read, the whole response is an error. If a required field of an inner struct cannot be
read, only that inner struct is left out.
"""

import json
from contextlib import suppress
from functools import cache
from math import isfinite
from typing import Any, get_args

import msgspec
from msgspec import Raw

from fastpix._call.bad_text import MARK, has_bad_text, marked, mended
from fastpix._call.deviation import Deviation
from fastpix._call.shape import (
    TEXT,
    Fields,
    Told,
    UnreadableError,
    breach,
    fields_of,
    has_readable_fields,
    is_list,
    readable_choices_of,
    shape_of,
)

__all__ = ["convert_tolerantly", "read_tolerantly"]

FEW = 2
"""The number of deviations of an item that are looked for one by one. After that, all fields of the item are read."""
MOST_DIGITS = 4000
UNFIT = (msgspec.ValidationError, SystemError)
"""Exceptions of msgspec for a value that does not match a type.

Before version 0.22, msgspec raises `SystemError` for an int that is too large for a float.
"""


def read_tolerantly(kind: Any, body: bytes) -> tuple[Any, tuple[Deviation, ...]]:
    """Return the value of a response, and its deviations.

    Raises:
        UnreadableError: A required value cannot be read, or there are too many deviations.
        InexactError: The type does not allow a second reading.
        msgspec.DecodeError: The body is not JSON.
        UnicodeDecodeError: The body is not JSON.
    """
    if kind is str:
        text = body.decode(errors="replace")
        return text, (Deviation("$", TEXT, text),)
    told = Told()
    try:
        return _read(kind, body, told, is_marked=False), tuple(told)
    except (msgspec.DecodeError, UnicodeDecodeError):  # invalid text, or not JSON
        told.clear()
        value = _read(kind, marked(body), told, is_marked=True)
    return value, tuple(Deviation(place.path, place.expected, mended(place.value)) for place in told)


def convert_tolerantly(kind: Any, value: object) -> tuple[Any, tuple[Deviation, ...]]:
    """Return a plain value as a type, and its deviations. The plain value may be changed.

    Raises:
        UnreadableError: A required value cannot be read, or there are too many deviations.
    """
    told = Told()
    return _made(kind, shape_of(kind, False).read(value, "$", told), "$"), tuple(told)


def _read(kind: Any, body: bytes, told: Told, *, is_marked: bool) -> object:
    if is_list(kind) and has_readable_fields(*get_args(kind)[:1]):
        parts = msgspec.json.decode(body, type=list[Raw])
        return _made(kind, _items(get_args(kind)[0], parts, "$", told, is_marked=is_marked), "$")
    envelope: msgspec.Struct | None = None
    with suppress(msgspec.ValidationError):  # there is no list where a page must have one
        envelope = msgspec.json.decode(body, type=_envelope(kind)) if _pages(kind) else None
    if envelope is None:
        return _made(kind, shape_of(kind, is_marked).read(_plain(body), "$", told), "$")
    return _made(kind, _paged(kind, envelope, told, is_marked=is_marked), "$")


def _paged(kind: Any, envelope: msgspec.Struct, told: Told, *, is_marked: bool) -> object:
    """Read a response with items.

    The fields around the items come first, because the response is an error if a required one of them cannot be read.
    """
    pages, fields = _pages(kind), fields_of(kind, is_marked)
    named = zip(fields.shapes, msgspec.structs.astuple(envelope), strict=True)
    parts = {name: part for name, part in named if part is not None}
    whole: dict[str, Any] = {name: list[Any]() if name in pages else _plain(part) for name, part in parts.items()}
    fields.read(whole, "$", told)
    for name, kind_of_item in pages.items():
        whole[name] = _items(kind_of_item, parts[name], f"$.{name}", told, is_marked=is_marked)
    return whole


@cache
def _pages(kind: Any) -> dict[str, Any]:
    """Return the fields of a response that contain its items, such as ``data`` of a page, with the type of an item."""
    fields = [field for field in msgspec.structs.fields(kind) if field.required] if has_readable_fields(kind) else []
    lists = {
        field.encode_name: choice for field in fields for choice in readable_choices_of(field.type) if is_list(choice)
    }
    items = {name: get_args(choice)[0] for name, choice in lists.items() if get_args(choice)}
    return {name: item for name, item in items.items() if has_readable_fields(item)}


@cache
def _envelope(kind: Any) -> type[msgspec.Struct]:
    """Return a struct type for a response that leaves each item, and each other field, as raw JSON."""
    fields = [
        (
            field.name,
            list[Raw] if field.encode_name in _pages(kind) else Raw,
            msgspec.field(name=field.encode_name, default=None),
        )
        for field in msgspec.structs.fields(kind)
    ]
    return msgspec.defstruct("Envelope", fields)


def _items(kind: Any, parts: list[Raw], at: str, told: Told, *, is_marked: bool) -> list[object]:
    """Read the items of a page.

    Items are mostly alike. So the number of deviations in one item decides how the next item is read.
    """
    decoder, items, oddity, item_at = msgspec.json.Decoder(kind), list[object](), 0, f"{at}[*]"
    for index, part in enumerate(parts):
        has_mark = is_marked and MARK in bytes(part)
        if not oddity and not has_mark:
            try:
                items.append(decoder.decode(part))
                continue
            except msgspec.ValidationError:
                pass
        told_before = len(told)
        fields = fields_of(kind, has_mark)
        try:
            items.append(_item(kind, fields, part, item_at, told, has_mark=has_mark, is_odd=oddity > FEW))
        except UnreadableError as problem:
            if fields.required:
                path = problem.deviation.path.replace(item_at, f"{at}[{index}]", 1)
                raise UnreadableError(msgspec.structs.replace(problem.deviation, path=path)) from None
            told.guide.clear()
            told.add(problem.deviation)
        oddity = len(told) - told_before
    return items


def _item(kind: Any, fields: Fields, part: Raw, at: str, told: Told, *, has_mark: bool, is_odd: bool) -> object:
    """Read one item. Unless ``is_odd``, read only the places that msgspec reports.

    The place that was reported for the last item comes first, because a change usually affects all items.
    """
    plain: Any
    try:
        plain = msgspec.json.decode(part)
    except msgspec.ValidationError:
        plain, is_odd = _with_large_numbers(part), True
    value = plain
    if not isinstance(plain, dict):
        raise UnreadableError(Deviation(at, "object", plain))
    for name in [name for name, part in value.items() if has_bad_text(part)] if has_mark else ():
        told.guide = [name]
        fields.read(value, at, told)
    for _ in range(0 if is_odd else FEW):
        if told.way:
            told.guide = told.way[:]
            fields.read(value, at, told)
        told.guide.clear()
        try:
            return msgspec.convert(value, kind, str_keys=True)
        except UNFIT as problem:
            told.way = _way_to(problem)
    told.guide.clear()
    return _made(kind, fields.read(value, at, told), at)


def _way_to(problem: Exception) -> list[str]:
    """Return the names and indexes on the path in a message of msgspec, the last one first."""
    path = str(problem).rpartition("`$")[2].rstrip("`]")
    return path.replace("]", "").replace("[", ".").split(".")[:0:-1]


def _made(kind: Any, value: object, at: str) -> object:
    try:
        return msgspec.convert(value, kind, str_keys=True)
    except UNFIT:
        raise UnreadableError(breach(kind, shape_of(kind, False), value, at)) from None


def _plain(part: bytes | Raw) -> Any:
    try:
        return msgspec.json.decode(part)
    except msgspec.ValidationError:
        return _with_large_numbers(part)


def _with_large_numbers(part: bytes | Raw) -> Any:
    """Decode JSON that has a number too large for msgspec to plain values.

    A number that is too large for Python too is returned as `Raw`.
    """
    msgspec.json.decode(part, type=Raw)  # rejects invalid JSON that `json` accepts
    return json.loads(bytes(part).decode(), parse_int=_int, parse_float=_float)


def _int(digits: str) -> object:
    return int(digits) if len(digits) <= MOST_DIGITS else Raw(digits.encode())


def _float(digits: str) -> object:
    number = float(digits)
    return number if isfinite(number) else Raw(digits.encode())
