"""A request in plain values, and what is wrong with one that can't be sent: where, what is allowed, what was given."""

from collections.abc import Callable, Iterator, Sequence
from math import isfinite
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from fastpix.endpoint import UNIONS, Endpoint
from fastpix.errors import RequestValidationError
from fastpix.narrowing import mapping, sequence
from fastpix.redaction import MASK, is_secret, shown

__all__ = ["check_bounds", "json", "plain", "refusal", "unwritable"]

CONTAINERS = (dict, list, tuple, Sequence)


def plain(value: object) -> Any:
    """As `msgspec.to_builtins`, but bytes stay what they are, to be refused: they would become base64 in silence."""
    return msgspec.to_builtins(value, builtin_types=(bytes, bytearray, memoryview))


def json(fields: object) -> bytes:
    """The JSON of plain values; a `ValueError` or `TypeError` for what it can't hold."""
    if _is_lost(fields):
        raise ValueError("JSON has no NaN, no infinity and no bytes")
    return msgspec.json.encode(fields)


def _is_lost(value: object) -> bool:
    """Whether there is something that JSON would turn into null or into base64, without a word."""
    if isinstance(value, float | bytes | bytearray | memoryview):
        return not isinstance(value, float) or not isfinite(value)
    return any(map(_is_lost, (*mapping(value).values(), *sequence(value))))


def check_bounds(endpoint: Endpoint[object], request: msgspec.Struct, fields: dict[str, object]) -> None:
    try:
        if msgspec.convert(fields, endpoint.request_type) == request:
            return
    except (msgspec.ValidationError, TypeError):
        pass
    if _problem(request, endpoint.request_type):
        name, value, hint = _locate(request, endpoint.request_type, "request", _problem)
        raise refusal(name, _allowed(hint), value, hint)


def _problem(value: object, hint: object) -> bool:
    """Whether a value is not of its type, or out of its bounds."""
    try:
        msgspec.convert(plain(value), hint)
    except Exception:
        return True
    return _has_dict_for_struct(value, hint)


def _has_dict_for_struct(value: object, hint: object) -> bool:
    """Whether there is a dict where a struct belongs: its keys would be the API's, and any other would be lost."""
    if mapping(value) and not _takes_dict(hint):
        return True
    return any(_has_dict_for_struct(part, part_hint) for _, part, part_hint in _parts(value, hint))


def _takes_dict(hint: object) -> bool:
    return hint is object or get_origin(hint) is dict or any(map(_takes_dict, _choices(hint)))


def _choices(hint: object) -> tuple[object, ...]:
    """What a value may be, of an annotated type or a union."""
    origin, arguments = get_origin(hint), get_args(hint)
    return arguments[:1] if origin is Annotated else arguments if origin in UNIONS else ()


def unwritable(request: msgspec.Struct) -> RequestValidationError:
    """The refusal of what neither JSON nor a query can hold."""
    try:
        name, value, hint = _locate(request, type(request), "request", lambda part, _: not _is_writable(part))
    except RecursionError:
        name, value, hint = "request", "what contains itself", object
    except Exception:  # an object of the user's that can't be looked at
        name, value, hint = "request", request, object
    return refusal(name, "what JSON can hold (no lone surrogate, NaN, infinity or bytes)", value, hint)


def refusal(field: str, allowed: str, value: object, hint: object = object) -> RequestValidationError:
    given = MASK if is_secret(hint) else _given(value)
    return RequestValidationError(f"{field} must be {allowed}, not {given}", field=field, allowed=allowed, given=given)


def _is_writable(value: object) -> bool:
    try:
        json(plain(value))
    except RecursionError:
        raise
    except Exception:
        return False
    return True


def _locate(
    value: object, hint: object, name: str, is_wrong: Callable[[object, object], bool]
) -> tuple[str, object, object]:
    """The innermost place that is wrong: its name in Python, its value and its type."""
    for part_name, part, part_hint in _parts(value, hint):
        if is_wrong(part, part_hint):
            return _locate(part, part_hint, f"{name}{part_name}".removeprefix("request."), is_wrong)
    return name, value, hint


def _parts(value: object, hint: object) -> Iterator[tuple[str, object, object]]:
    if is_secret(hint):  # its parts are no less secret, and have no mark
        return
    for field in msgspec.structs.fields(value) if isinstance(value, msgspec.Struct) else ():
        part: object = getattr(value, field.name)
        if part is not msgspec.UNSET or field.required:
            yield f".{field.name}", part, field.type
    yield from ((f" key {key!r}", key, str) for key in mapping(value))
    yield from ((f"[{key!r}]", part, _item_hint(hint)) for key, part in mapping(value).items())
    yield from ((f"[{index}]", part, _item_hint(hint)) for index, part in enumerate(sequence(value)))


def _item_hint(hint: object) -> object:
    """The type of the items of a container, which may be annotated or one choice of a union."""
    if get_origin(hint) in CONTAINERS:
        return get_args(hint)[-1]
    return next((found for found in map(_item_hint, get_args(hint)) if found is not object), object)


def _allowed(hint: object) -> str:
    """A type in words: its choices, its name, its bounds."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return "one of " + ", ".join(map(repr, arguments))
    if origin is Annotated:
        return " ".join([_allowed(arguments[0]), *map(_bounds, arguments[1:])]).strip()
    if origin in UNIONS:
        return " or ".join(_allowed(choice) for choice in arguments if choice is not msgspec.UnsetType)
    return _name(origin or hint)


def _name(kind: object) -> str:
    name = str(getattr(kind, "__name__", kind))
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _bounds(meta: msgspec.Meta) -> str:
    if meta.ge is not None and meta.le is not None:
        return f"from {meta.ge} to {meta.le}"
    if meta.ge is not None:
        return f"at least {meta.ge}"
    return "" if meta.max_length is None else f"no longer than {meta.max_length}"


def _given(value: object) -> str:
    entries = len(mapping(value)) + len(sequence(value))
    kind: type = type(value)
    return f"{_name(kind)} of {entries} entries" if entries else shown(value)
