"""The second look at an answer: a value of an undocumented type costs only itself, and is told.

The first look is one decoding of the whole answer, and nearly always the only one. If it fails, the items of a page
are read one by one: one that can be decoded is, and any other is read around what deviates (`fastpix._call.shape`).

Essential is what the struct at the top of an answer (an item of a page, or the one value) declares without default.
Without it there is no answer. What an inner struct declares without default costs that struct only.
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

__all__ = ["read_tolerantly"]

FEW = 2
"""So many deviations of an item are looked for one by one."""
MOST_DIGITS = 4000
UNFIT = (msgspec.ValidationError, SystemError)
"""What msgspec raises for a value that is not of the type; the second before 0.22, for an int too large for a float."""


def read_tolerantly(kind: Any, body: bytes) -> tuple[Any, tuple[Deviation, ...]]:
    """The value of an answer, and its deviations.

    Raises `UnreadableError` if an essential value can't be read, `InexactError` if the type allows no second look, and
    `msgspec.DecodeError` or `UnicodeDecodeError` if the body is no JSON.
    """
    if kind is str:
        text = body.decode(errors="replace")
        return text, (Deviation("$", TEXT, text),)
    told = Told()
    try:
        return _read(kind, body, told, is_marked=False), tuple(told)
    except (msgspec.DecodeError, UnicodeDecodeError):  # bad text, or no JSON
        told.clear()
        value = _read(kind, marked(body), told, is_marked=True)
    return value, tuple(Deviation(place.path, place.expected, mended(place.value)) for place in told)


def _read(kind: Any, body: bytes, told: Told, *, is_marked: bool) -> object:
    if is_list(kind) and has_readable_fields(*get_args(kind)[:1]):
        parts = msgspec.json.decode(body, type=list[Raw])
        return _made(kind, _items(get_args(kind)[0], parts, "$", told, is_marked=is_marked), "$")
    envelope: msgspec.Struct | None = None
    with suppress(msgspec.ValidationError):  # no list where a page has one
        envelope = msgspec.json.decode(body, type=_envelope(kind)) if _pages(kind) else None
    if envelope is None:
        return _made(kind, shape_of(kind, is_marked).read(_plain(body), "$", told), "$")
    return _made(kind, _paged(kind, envelope, told, is_marked=is_marked), "$")


def _paged(kind: Any, envelope: msgspec.Struct, told: Told, *, is_marked: bool) -> object:
    """An answer with items: what is around them first, as without it there is no answer."""
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
    """The fields of an answer that hold its items, with the type of an item: ``data`` of a page."""
    fields = [field for field in msgspec.structs.fields(kind) if field.required] if has_readable_fields(kind) else []
    lists = {
        field.encode_name: choice for field in fields for choice in readable_choices_of(field.type) if is_list(choice)
    }
    items = {name: get_args(choice)[0] for name, choice in lists.items() if get_args(choice)}
    return {name: item for name, item in items.items() if has_readable_fields(item)}


@cache
def _envelope(kind: Any) -> type[msgspec.Struct]:
    """An answer whose parts are not read yet: its items one by one, anything else as a whole."""
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
    """The items of a page. How odd the last one was tells how this one is read best: they are mostly alike."""
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
    """One item. Unless it is known to be odd, only the places that msgspec complains of are looked at.

    The last item's place comes first: what has changed has changed in all of them.
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
    """The names and indexes on the path that msgspec tells, the last first."""
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
    """JSON as plain values, where msgspec has none for a number; one that Python has none for stays as it is."""
    msgspec.json.decode(part, type=Raw)  # knows more than `json` of what is no JSON
    return json.loads(bytes(part).decode(), parse_int=_int, parse_float=_float)


def _int(digits: str) -> object:
    return int(digits) if len(digits) <= MOST_DIGITS else Raw(digits.encode())


def _float(digits: str) -> object:
    number = float(digits)
    return number if isfinite(number) else Raw(digits.encode())
