"""Every response of the official Python SDK 1.2.0, field by field: this library drops no field, and reads all types."""

import re
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
import pytest

from fastpix.api.times import is_timestamp
from fastpix.operation import Operation
from tests.facts import UNIONS, fields_of, is_struct, merged
from tests.operations import OPERATIONS

SDK: Any = import_module("fastpix_python")
UNSET: Any = SDK.types.basemodel.Unset
MODEL: Any = import_module("pydantic").BaseModel
READING = re.compile(r'operation_id="([^"]+)".*?unmarshal_json_response\(\s*models\.(\w+)', re.DOTALL)
NEW = re.compile(r"^/ai/")
"""The paths of operations that no official SDK has."""
ANYTHING = "data.events[].d."
"""The details of an event. This library declares them as a map of any values."""
WITHOUT_CONTENT = {"delete-a-playlist data": "a list of objects without fields"}
SCALARS = {str: "string", datetime: "string", bool: "boolean", int: "integer", float: "number"}


def models_of_operations() -> dict[str, Any]:
    """Return the class that the SDK uses to read a successful response, for each operation id."""
    sources = "\n".join(path.read_text() for path in sorted(Path(SDK.__file__).parent.glob("*.py")))
    return {id: getattr(SDK.models, name) for id, name in READING.findall(sources)}


MODELS = models_of_operations()
ENDPOINTS = {operation.endpoint.id: operation.endpoint for operation in OPERATIONS.values()}


def places(hint: Any, path: str = "", around: tuple[Any, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield the places of a response with their JSON types. A model that contains itself is opened once."""
    origin, arguments = get_origin(hint), get_args(hint)
    for choice in choices(hint):
        yield from places(choice, path, around)
    if origin is Literal:
        yield path, "string"
    elif list in (hint, origin):
        yield path, "array"
        for item in arguments:
            yield from places(item, f"{path}[]", around)
    elif origin is dict:
        yield path, "object"
        yield from places(arguments[1], f"{path}{{}}", around)
    elif is_model(hint):
        if not path.endswith(("[]", "{}")):  # the facts of this library have no row for an item that is an object
            yield path, "object"
        for name, field in hint.model_fields.items() if hint.__name__ not in around else ():
            place = f"{path}.{field.alias or name}".removeprefix(".")
            yield from places(field.annotation, place, (*around, hint.__name__))
    elif not choices(hint) and hint not in (NoneType, UNSET, Any):
        yield path, SCALARS[hint]


def moments_of_the_sdk(hint: Any, path: str = "", around: tuple[Any, ...] = ()) -> Iterator[str]:
    """Yield the places of a response that the SDK reads as a `datetime`."""
    for choice in choices(hint):
        yield from moments_of_the_sdk(choice, path, around)
    if hint is datetime:
        yield path
    elif get_origin(hint) is list:
        yield from moments_of_the_sdk(get_args(hint)[0], f"{path}[]", around)
    elif is_model(hint) and hint not in around:
        for name, field in hint.model_fields.items():
            place = f"{path}.{field.alias or name}".removeprefix(".")
            yield from moments_of_the_sdk(field.annotation, place, (*around, hint))


def moments(hint: Any, path: str = "", around: tuple[Any, ...] = ()) -> Iterator[str]:
    """Yield the places of a response that this library reads as a `datetime`."""
    if get_origin(hint) is list:
        yield from moments(get_args(hint)[0], f"{path}[]", around)
    elif is_struct(hint) and hint not in around:
        for field in msgspec.structs.fields(hint):
            place = f"{path}.{field.encode_name}".removeprefix(".")
            if is_timestamp(field.type):
                yield place
            yield from moments(field.type, place, (*around, hint))
    elif get_origin(hint) in UNIONS:
        for choice in get_args(hint):
            yield from moments(choice, path, around)


def is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, MODEL) and hint is not UNSET


def choices(hint: Any) -> tuple[Any, ...]:
    """Return the types that a hint stands for, if it is a union or another name of a type.

    Otherwise, return nothing.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (*UNIONS, SDK.types.Nullable, SDK.types.OptionalNullable):
        return arguments
    if origin is Annotated:
        return arguments[:1]
    return (hint.__value__,) if hasattr(hint, "__value__") else ()


def dropped(operation: Operation[..., Any]) -> Iterator[str]:
    """Yield the places that the SDK reads and this library does not, each with its type."""
    id = operation.endpoint.id
    ours = merged(fields_of(operation.endpoint.response_type))
    for place, kind in places(MODELS[id]):
        row = ours.get(once(place))
        is_known = not place or place.startswith(ANYTHING) or f"{id} {place}" in WITHOUT_CONTENT
        if not is_known and (row is None or not reads(row.types, kind)):
            yield f"{place}: {kind}"


def once(place: str) -> str:
    """Return the place in the facts of this library, where an item that contains its own type is described once."""
    return re.sub(r"(\.items\[\])+\.", ".", place)


def reads(ours: set[str], kind: str) -> bool:
    return kind in ours or (kind == "integer" and "number" in ours)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_we_read_all_that_the_official_sdk_reads(operation: Operation[..., Any]) -> None:
    if NEW.match(operation.endpoint.path):
        assert operation.endpoint.id not in MODELS
    else:
        assert list(dropped(operation)) == []


@pytest.mark.parametrize("id", MODELS)
def test_what_the_official_sdk_reads_as_a_moment_is_one(id: str) -> None:
    assert set(moments_of_the_sdk(MODELS[id])) <= set(moments(ENDPOINTS[id].response_type))


def test_the_models_are_those_of_the_version_that_is_named() -> None:
    assert (SDK.__version__, len(MODELS)) == ("1.2.0", 72)
