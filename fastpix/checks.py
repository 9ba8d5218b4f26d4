"""A request in plain values, and what is wrong with one that can't be sent: where, what is allowed, what was given."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from math import isfinite
from typing import Annotated, Any, Literal, get_args, get_origin, is_typeddict

import msgspec

from fastpix.endpoint import UNIONS, Endpoint
from fastpix.errors import RequestValidationError
from fastpix.narrowing import mapping, sequence
from fastpix.redaction import MASK, is_secret, shown

__all__ = ["check_bounds", "check_classes", "json", "plain", "refusal", "unwritable"]

CONTAINERS = (dict, list, tuple, Sequence)
BUILTINS: dict[type, Callable[[Any], object]] = {str: str.__str__, int: int.__int__, float: float.__float__}


def plain(value: object) -> Any:
    """As `msgspec.to_builtins`, but bytes stay what they are, to be refused: they would become base64 in silence."""
    return msgspec.to_builtins(value, builtin_types=(bytes, bytearray, memoryview), enc_hook=_as_builtin)


def _as_builtin(value: object) -> object:
    """A value of a subclass of ``str``, ``int`` or ``float`` as what it subclasses: msgspec takes no such class."""
    for kind, convert in BUILTINS.items():
        if isinstance(value, kind):
            return convert(value)
    raise NotImplementedError


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
        if msgspec.convert(fields, endpoint.request_type) == request and not _has_rules(endpoint):
            return
    except (msgspec.ValidationError, TypeError):
        pass
    _check(endpoint, request, _problem)


def check_classes(endpoint: Endpoint[object], request: msgspec.Struct) -> None:
    """Refuses a struct where another one belongs, which is a mistake whatever the bounds of today are."""
    _check(endpoint, request, partial(_is_anywhere, _is_other_struct))


def _check(endpoint: Endpoint[object], request: msgspec.Struct, is_wrong: Callable[[object, object], bool]) -> None:
    if is_wrong(request, endpoint.request_type):
        name, value, hint = _locate(request, endpoint.request_type, "request", is_wrong)
        raise refusal(name, _allowed(hint), value, hint)


@cache
def _has_rules(endpoint: Endpoint[object]) -> bool:
    """Whether a struct of the request has a rule that its types don't tell."""
    return any(map(_exactly_one_of, _structs_in(endpoint.request_type)))


def _structs_in(hint: object, found: frozenset[type] = frozenset()) -> frozenset[type]:
    """The structs that a type is made of, beside those found before."""
    for kind in _classes(hint):
        if issubclass(kind, msgspec.Struct) and kind not in found:
            found |= {kind}
            for field in msgspec.structs.fields(kind):
                found = _structs_in(field.type, found)
    for argument in get_args(hint):
        found = _structs_in(argument, found)
    return found


def _exactly_one_of(kind: object) -> tuple[str, ...]:
    return getattr(kind, "exactly_one_of", ())


def _problem(value: object, hint: object) -> bool:
    """Whether a value is not of its type, or out of its bounds."""
    try:
        msgspec.convert(plain(value), hint)
    except Exception:
        return True
    return _is_anywhere(_is_mistaken, value, hint)


def _is_anywhere(is_wrong: Callable[[object, object], bool], value: object, hint: object) -> bool:
    """Whether a value, or anything in it, is wrong for its type."""
    parts = _parts(value, hint)
    return is_wrong(value, hint) or any(_is_anywhere(is_wrong, part, part_hint) for _, part, part_hint in parts)


def _is_other_struct(value: object, hint: object) -> bool:
    return isinstance(value, msgspec.Struct) and not isinstance(value, _classes(hint))


def _is_mistaken(value: object, hint: object) -> bool:
    """Whether it is an object of another class than its place names, or a struct that breaks its own rule.

    What the object has in common with the right class would be sent, and all else be lost.
    """
    if isinstance(plain(value), dict) and not isinstance(value, _classes(hint)):
        return True
    alternatives = _exactly_one_of(value)
    return bool(alternatives) and sum(getattr(value, name) is not msgspec.UNSET for name in alternatives) != 1


def _classes(hint: object) -> tuple[type, ...]:
    """The classes that a type names."""
    choices = _choices(hint)
    if choices:
        return tuple(kind for choice in choices for kind in _classes(choice))
    kind = get_origin(hint) or hint
    if kind is Any:
        return (object,)
    return (dict,) if is_typeddict(kind) else (kind,) if isinstance(kind, type) else ()


def _choices(hint: object) -> tuple[object, ...]:
    """What a value may be, of an annotated type, a union, or another name for a type."""
    origin, arguments = get_origin(hint), get_args(hint)
    other_name: object = getattr(hint, "__value__", None) or getattr(hint, "__supertype__", None)
    if other_name is not None:
        return (other_name,)
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
    rule = " and ".join(_exactly_one_of(kind))
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}{rule and f' with exactly one of {rule}'}"


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
