"""The second look at an answer: a value of an undocumented type costs only itself, and is told.

The first look is one decoding of the whole answer, and nearly always the only one. If it fails, the items of a page
are read one by one: one that can be decoded is, and any other is read around what deviates (`fastpix.shape`).

Essential is what the struct at the top of an answer (an item of a page, or the one value) declares without default.
Without it there is no answer. What an inner struct declares without default costs that struct only.
"""

import json
import re
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import Any, cast, get_args, get_origin

import msgspec
from msgspec import Raw

from fastpix.deviation import Deviation
from fastpix.shape import TEXT, Fields, Told, UnreadableError, fields_of, is_struct, shape_of

__all__ = ["mended", "read_tolerantly"]

HALF = rb"(?<!\\)(\\++)u(?:[dD][89abAB][0-9a-fA-F]{2}(\\u[dD][c-fC-F][0-9a-fA-F]{2})?|[dD][c-fC-F][0-9a-fA-F]{2})"
"""An escaped half of a character, and the other half if it follows. The backslashes before it may escape each other."""
MOST_DIGITS = 4000


def read_tolerantly(kind: Any, body: bytes) -> tuple[Any, tuple[Deviation, ...]]:
    """The value of an answer, and its deviations.

    Raises `UnreadableError` if an essential value can't be read, and `msgspec.DecodeError` or `UnicodeDecodeError` if
    the body is no JSON.
    """
    if kind is str:
        text = body.decode(errors="replace")
        return text, (Deviation("$", TEXT, text),)
    try:
        return _read(kind, body, mended=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        repaired = mended(body)
        if isinstance(problem, msgspec.ValidationError) or repaired == body:
            raise
        return _read(kind, repaired, mended=True)


def _read(kind: Any, body: bytes, *, mended: bool) -> tuple[Any, tuple[Deviation, ...]]:
    told, pages = Told(), _pages(kind)
    if not pages:
        plain = shape_of(kind, mended).read(_plain(body), "$", told)
        return msgspec.convert(plain, kind, str_keys=True), tuple(told)
    fields = fields_of(kind, mended)
    parts = msgspec.json.decode(body, type=dict[str, Raw])
    lists = {name: parts.pop(name) for name in pages if _is_list(parts.get(name))}
    whole: dict[str, object] = {name: _plain(part) for name, part in parts.items() if name in fields.shapes}
    whole |= {name: list[object]() for name in lists}  # until the rest of the answer is known to be readable
    fields.read(whole, "$", told)
    for name, part in lists.items():
        whole[name] = _items(pages[name], part, f"$.{name}", told, mended=mended)
    return msgspec.convert(whole, kind, str_keys=True), tuple(told)


def _is_list(part: Raw | None) -> bool:
    return part is not None and bytes(memoryview(part)[:1]) == b"["


@cache
def _pages(kind: Any) -> dict[str, Any]:
    """The fields of an answer that hold its items, with the type of an item: ``data`` of a page."""
    fields = [field for field in msgspec.structs.fields(kind) if field.required] if is_struct(kind) else []
    items = {field.encode_name: get_args(field.type)[0] for field in fields if get_origin(field.type) is list}
    return {name: item for name, item in items.items() if is_struct(item)}


def _items(kind: Any, page: Raw, at: str, told: Told, *, mended: bool) -> list[object]:
    decoder, fields, items = msgspec.json.Decoder(kind), fields_of(kind, mended), list[object]()
    told_before = len(told)
    for index, part in enumerate(msgspec.json.decode(page, type=list[Raw])):
        if len(told) == told_before and not mended:  # spares a try that fails: odd items come together
            try:
                items.append(decoder.decode(part))
                continue
            except msgspec.ValidationError:
                pass
        told_before = len(told)
        try:
            items.append(_item(kind, fields, part, f"{at}[*]", told, mended=mended))
        except UnreadableError as problem:
            if not fields.required:
                told.add(problem.deviation)
                continue
            path = problem.deviation.path.replace(f"{at}[*]", f"{at}[{index}]", 1)
            raise UnreadableError(msgspec.structs.replace(problem.deviation, path=path)) from None
    return items


def _item(kind: Any, fields: Fields, part: Raw, at: str, told: Told, *, mended: bool) -> object:
    """One item. Its own fields are read first: mostly, its lists and maps are as documented, which `convert` knows."""
    try:
        plain, is_mostly_right = msgspec.json.decode(part), not mended
    except msgspec.ValidationError:
        plain, is_mostly_right = _with_large_numbers(part), False
    if not isinstance(plain, dict):
        raise UnreadableError(Deviation(at, "object", plain))
    value = cast("dict[str, object]", plain)
    if is_mostly_right:
        fields.read(value, at, told, deep=False)
        try:
            return msgspec.convert(value, kind, str_keys=True)
        except msgspec.ValidationError:
            pass
    return msgspec.convert(fields.read(value, at, told), kind, str_keys=True)


def _plain(part: bytes | Raw) -> Any:
    try:
        return msgspec.json.decode(part)
    except msgspec.ValidationError:
        return _with_large_numbers(part)


def _with_large_numbers(part: bytes | Raw) -> Any:
    """JSON as plain values; a number that is too large for them is a `Decimal`, which no type takes."""
    return json.loads(bytes(part), parse_int=_int, parse_float=_float, parse_constant=_constant)


def _int(digits: str) -> object:
    return int(digits) if len(digits) <= MOST_DIGITS else _too_large(digits)


def _float(digits: str) -> object:
    number = float(digits)
    return number if isfinite(number) else _too_large(digits)


def _too_large(digits: str) -> object:
    return Decimal(digits)


def _constant(name: str) -> object:
    raise msgspec.DecodeError(f"JSON has no {name}")


def mended(body: bytes) -> bytes:
    """The body with U+FFFD for each byte that is no UTF-8, and for each half of a character."""
    return re.sub(HALF, _mended_half, body.decode(errors="replace").encode())


def _mended_half(found: re.Match[bytes]) -> bytes:
    is_escape = len(found[1]) % 2
    return found[0] if found[2] or not is_escape else found[1] + rb"ufffd"
