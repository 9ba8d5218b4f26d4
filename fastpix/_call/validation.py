"""Converts a request to plain values, and finds the error in an invalid request.

The error names the field, the allowed values and the given value.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from math import isfinite
from typing import Annotated, Any, Literal, cast, get_args, get_origin, get_type_hints, is_typeddict

import msgspec

from fastpix._call.hints import UNIONS, choices_of
from fastpix._call.interrupts import pass_interrupt
from fastpix._call.redaction import MASK, is_secret, shown
from fastpix.errors import RequestValidationError

__all__ = ["check_bounds", "check_classes", "each", "json", "mapping", "plain", "refusal", "sequence", "unwritable"]

BUILTINS: dict[type, Callable[[Any], object]] = {str: str.__str__, int: int.__int__, float: float.__float__}


def plain(value: object) -> Any:
    """Convert a value like `msgspec.to_builtins`, except that bytes stay bytes.

    `msgspec.to_builtins` would silently convert bytes to base64. Bytes are rejected later.
    """
    return msgspec.to_builtins(value, builtin_types=(bytes, bytearray, memoryview), enc_hook=_as_builtin)


def _as_builtin(value: object) -> object:
    """Convert an instance of a subclass of ``str``, ``int`` or ``float``, which msgspec rejects, to the base class."""
    for kind, convert in BUILTINS.items():
        if isinstance(value, kind):
            return convert(value)
    raise NotImplementedError


def json(fields: object) -> bytes:
    """Return the JSON of plain values. Raise a `ValueError` or a `TypeError` for a value that JSON cannot represent."""
    if _is_lost(fields):
        raise ValueError("JSON cannot represent NaN, infinity or bytes")
    return msgspec.json.encode(fields)


def _is_lost(value: object) -> bool:
    """Return whether a value contains something that msgspec would silently encode as null or base64."""
    if isinstance(value, float | bytes | bytearray | memoryview):
        return not isinstance(value, float) or not isfinite(value)
    return any(map(_is_lost, (*mapping(value).values(), *sequence(value))))


def mapping(value: object) -> dict[object, object]:
    """Return the value if it is a dict, otherwise an empty dict."""
    return cast("dict[object, object]", value) if isinstance(value, dict) else {}


def sequence(value: object) -> list[object]:
    """Return the items of a list or tuple, or an empty list for any other value."""
    return list(cast("list[object]", value)) if isinstance(value, list | tuple) else []


def each(value: object) -> list[object]:
    """Return the items of a list or tuple, or a list with only the value for any other value."""
    return list(cast("list[object]", value)) if isinstance(value, list | tuple) else [value]


def check_bounds(hint: Any, request: msgspec.Struct, fields: dict[str, object]) -> None:
    """Raise a `RequestValidationError` if a request does not match its type. ``fields`` are its plain values."""
    try:
        is_as_declared = msgspec.convert(fields, hint) == request
    except (msgspec.ValidationError, TypeError):
        is_as_declared = False
    if not is_as_declared or _breaks_a_rule(request):
        _refuse_what(_is_invalid, hint, request)


def check_classes(hint: Any, request: msgspec.Struct) -> None:
    """Raise a `RequestValidationError` if a struct is not of the class that its field declares.

    This check is also made with ``validate=False``, because such a struct is a mistake whatever the bounds are.
    """
    _refuse_what(partial(_is_anywhere, _is_other_struct), hint, request)


def _refuse_what(is_wrong: Callable[[object, object], bool], hint: object, request: object) -> None:
    if is_wrong(request, hint):
        name, value, hint_there = _locate(request, hint, "request", is_wrong)
        raise refusal(name, _allowed(hint_there), value, hint_there)


def _is_invalid(value: object, hint: object) -> bool:
    """Return whether a value does not match its type, is out of bounds, or breaks a rule."""
    try:
        msgspec.convert(plain(value), hint)
    except Exception as problem:
        pass_interrupt(problem)
        return True
    return _is_anywhere(_is_other_object, value, hint) or _breaks_a_rule(value)


def _is_anywhere(is_wrong: Callable[[object, object], bool], value: object, hint: object) -> bool:
    """Return whether a value, or anything in it, is wrong for its type."""
    parts = _parts(value, hint)
    return is_wrong(value, hint) or any(_is_anywhere(is_wrong, part, part_hint) for _, part, part_hint in parts)


def _is_other_struct(value: object, hint: object) -> bool:
    return isinstance(value, msgspec.Struct) and not isinstance(value, _classes(hint))


def _is_other_object(value: object, hint: object) -> bool:
    """Return whether a struct or mapping is not of the declared class. Only fields of both classes would be sent."""
    is_object = isinstance(value, msgspec.Struct) or isinstance(plain(value), dict)
    return is_object and not isinstance(value, _classes(hint))


def _breaks_a_rule(value: object) -> bool:
    """Return whether a struct breaks the rule of `_exactly_one_of`, or contains a struct that breaks it."""
    if not isinstance(value, msgspec.Struct):
        return any(map(_breaks_a_rule, (*sequence(value), *mapping(value).values())))
    alternatives, fields = _rules_of(type(value))
    if alternatives:
        given = [part for name in alternatives if (part := getattr(value, name)) is not msgspec.UNSET]
        if len(given) != 1 or given[0] is False:
            return True
    return bool(fields) and any(_breaks_a_rule(getattr(value, name)) for name in fields)


def _exactly_one_of(kind: object) -> tuple[str, ...]:
    """Return the fields of which a struct must have exactly one. Type hints cannot express this rule."""
    return getattr(kind, "__exactly_one_of__", ())


@cache
def _rules_of(kind: type[msgspec.Struct]) -> tuple[tuple[str, ...], list[str]]:
    """Return the rule of a struct, and its fields that may contain a struct with a rule at any depth."""
    fields = msgspec.structs.fields(kind)
    return _exactly_one_of(kind), [field.name for field in fields if any(map(_exactly_one_of, _structs_in(field.type)))]


def _structs_in(hint: object, found: frozenset[type] = frozenset()) -> frozenset[type]:
    """Return the structs in a type, at any depth, together with ``found``."""
    for kind in _classes(hint):
        if issubclass(kind, msgspec.Struct) and kind not in found:
            found |= {kind}
            for field in msgspec.structs.fields(kind):
                found = _structs_in(field.type, found)
    for argument in get_args(hint):
        found = _structs_in(argument, found)
    return found


def _classes(hint: object) -> tuple[type, ...]:
    """Return the classes that a type names, with `object` for a type that names no class, such as a type variable."""
    kinds = [get_origin(choice) or choice for choice in choices_of(hint)]
    return tuple(
        dict if is_typeddict(kind) else kind if isinstance(kind, type) and kind is not Any else object
        for kind in kinds
        if kind is not Literal
    )


def unwritable(request: msgspec.Struct) -> RequestValidationError:
    """Return the error for a request with a value that cannot be encoded in JSON or in a query."""
    try:
        name, value, hint = _locate(request, type(request), "request", lambda part, _: not _is_writable(part))
    except RecursionError:
        name, value, hint = "request", "a value that contains itself", object
    except Exception as problem:  # an object of the user raises when it is inspected
        pass_interrupt(problem)
        name, value, hint = "request", request, object
    return refusal(name, "a value that JSON can represent (no lone surrogate, NaN, infinity or bytes)", value, hint)


def refusal(field: str, allowed: str, value: object, hint: object = object) -> RequestValidationError:
    """Return the error for a field, with the given value. The value is masked if ``hint`` is marked as secret."""
    given = MASK if is_secret(hint) else _given(value)
    return RequestValidationError(f"{field} must be {allowed}, not {given}", field=field, allowed=allowed, given=given)


def _is_writable(value: object) -> bool:
    try:
        json(plain(value))
    except RecursionError:
        raise
    except Exception as problem:
        pass_interrupt(problem)
        return False
    return True


def _locate(
    value: object, hint: object, name: str, is_wrong: Callable[[object, object], bool]
) -> tuple[str, object, object]:
    """Return the innermost wrong place: its name in Python, its value and its type."""
    for part_name, part, part_hint in _parts(value, hint):
        if is_wrong(part, part_hint):
            return _locate(part, part_hint, f"{name}{part_name}".removeprefix("request."), is_wrong)
    return name, value, hint


def _parts(value: object, hint: object) -> Iterator[tuple[str, object, object]]:
    if is_secret(hint):  # its parts are secret too, but not marked as secret
        return
    for field in msgspec.structs.fields(value) if isinstance(value, msgspec.Struct) else ():
        part: object = getattr(value, field.name)
        if part is not msgspec.UNSET or field.required:
            yield f".{field.name}", part, field.type
    yield from ((f" key {key!r}", key, str) for key in mapping(value))
    yield from ((f"[{key!r}]", part, _item_hint(hint, value, key)) for key, part in mapping(value).items())
    yield from ((f"[{index}]", part, _item_hint(hint, value, index)) for index, part in enumerate(sequence(value)))


def _item_hint(hint: object, container: object, key: object) -> object:
    """Return the type of an item: of a dict by its key, of a list or tuple by its index."""
    for choice in choices_of(hint):
        kind, arguments = get_origin(choice) or choice, get_args(choice)
        if isinstance(container, dict) and is_typeddict(kind):
            return get_type_hints(kind, include_extras=True).get(str(key), object)
        if not arguments or not isinstance(kind, type) or issubclass(kind, Mapping) is not isinstance(container, dict):
            continue
        if kind is tuple and arguments[-1] is not ...:
            return dict(enumerate(arguments)).get(cast("int", key), object)
        return arguments[-1 if isinstance(container, dict) else 0]
    return object


def _allowed(hint: object) -> str:
    """Return a type in words: its choices, or its name and its bounds."""
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
        return f"of at least {meta.ge}"
    return "" if meta.max_length is None else f"with a length of at most {meta.max_length}"


def _given(value: object) -> str:
    entries = len(mapping(value)) + len(sequence(value))
    kind: type = type(value)
    return f"{_name(kind)} of {entries} entries" if entries else shown(value)
