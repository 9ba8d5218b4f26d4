"""Every operation and struct against `contract.json`, the API's facts: nothing missing, nothing invented."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import reduce
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pytest

from fastpix.operation import Operation
from tests.contract_table import TABLE, Facts
from tests.operations import OPERATIONS

CONTRACT: dict[str, Any] = json.loads(TABLE.read_text())
LISTS = (list, Sequence)
UNIONS = (Union, UnionType)
SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean", object: "object"}

CORRECTIONS = {
    r"parameters timespan\[\]: query string (of .*) -> query array\|string \1": "begin and end, too (FACTS 9)",
    r"parameters filterby\[\]: query string -> query array": "may be repeated (FACTS 9)",
    r"parameters filterby\[\]\[\]: absent -> query string": "may be repeated (FACTS 9)",
    r"parameters limit: query integer -> query integer maximum=50 minimum=1": "1 to 50 everywhere (FACTS 6)",
    r"parameters offset: query integer -> query integer minimum=1": "a page, from 1 (FACTS 0.1)",
    r"parameters sortOrder: query string -> query string of asc, desc": "the two orders (FACTS 6)",
    r"parameters measurement: query string -> query string of 95th, avg, count, median, sum": "FACTS 9",
    r"body inputMediaSettings\.enableRecording: absent -> boolean": "accepted on create (FACTS 4)",
    r"body .*<(\w+)>\.type: required string -> required string of \1": "the tag of the choice",
    r"body .*segments\[\]\.insertAt(End)?: required (\w+) -> \2": "either of the two",
    r"answer .*\.duration: string -> number\|string": "text or number (DESIGN 7)",
    r"answer .*\.failedReason: absent -> string": "comes with the status failed (FACTS 10)",
    r"answer .*\.(chapters|namedEntities|moderation)\.data: object -> array\|object": "a list in events (FACTS 1.5)",
    r"answer data\.errorId: integer -> integer\|string": "text in the list of views",
    r"answer data\.timeout: integer -> number": "as in the other answers of uploads",
    r"answer data: absent -> object|answer data\.message: absent -> string": "of a deleted signing key (FACTS 11)",
    r"answer .*: string -> string of .*": "values that FACTS 4, 7 and 10 tell; others pass",
    r"answer .*\.(status|(max|source)Resolution|languageCode): string of .* -> string of .*": "one enumeration for all",
    r"answer data\.(mediaIds|simulcastResponses)\b.*: absent -> .*": "one struct for all answers about a stream",
    r"answer data\.(frameRate|sourceMediaId|streamId): absent -> string": "one struct for all answers about a media",
    r"answer .*\.pushMediaSettings\.playbackIds\[\]\.id: absent -> string": "one struct for playback ids in a media",
}
"""Where the declarations say otherwise than the specification, and how that is known."""

every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())


def facts_of(hint: Any, *, required: bool = False) -> Facts:
    """What a type says of the values it takes."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return with_bounds(facts_of(arguments[0], required=required), arguments[1:])
    if origin is Literal:
        return Facts(["string"], required=required, enum=arguments)
    if origin in UNIONS:
        return reduce(Facts.merged, (facts_of(choice, required=required) for choice in arguments if is_told(choice)))
    return Facts(["array" if origin in (*LISTS, tuple) else SCALARS.get(hint, "object")], required=required)


def with_bounds(facts: Facts, metas: tuple[Any, ...]) -> Facts:
    for meta in metas:
        longest = "maxProperties" if facts.types == {"object"} else "maxLength"
        bounds = {"minimum": meta.ge, "maximum": meta.le, longest: meta.max_length}
        facts.bounds |= {name: bound for name, bound in bounds.items() if bound is not None}
        facts.enum |= set(meta.examples or [])
    return facts


def is_told(hint: Any) -> bool:
    return hint not in (NoneType, msgspec.UnsetType)


def fields_of(hint: Any, path: str = "", around: tuple[Any, ...] = ()) -> Iterator[tuple[str, Facts]]:
    """The fields at and below a place, by their paths, as in the table."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        yield from fields_of(arguments[0], path, around)
    elif origin in UNIONS:
        for choice in filter(is_told, arguments):
            yield from fields_of(choice, path, around)
    elif origin in (*LISTS, dict):
        inside = path + ("[]" if origin in LISTS else "{}")
        facts = facts_of(arguments[-1])
        if facts.types != {"object"}:
            yield inside, facts
        yield from fields_of(arguments[-1], inside, around)
    elif is_struct(hint) and hint not in around:
        yield from fields_of_struct(hint, path, (*around, hint))


def is_struct(hint: Any) -> bool:
    kind = get_origin(hint) or hint
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def fields_of_struct(kind: Any, path: str, around: tuple[Any, ...]) -> Iterator[tuple[str, Facts]]:
    config = (get_origin(kind) or kind).__struct_config__
    if config.tag is not None:
        path += f"<{config.tag}>"
        yield f"{path}.{config.tag_field}".removeprefix("."), Facts(["string"], required=True, enum=[config.tag])
    for field in msgspec.structs.fields(kind):
        at = f"{path}.{field.encode_name}".removeprefix(".")
        yield at, facts_of(field.type, required=field.required)
        yield from fields_of(field.type, at, around)


def merged(fields: Iterator[tuple[str, Facts]]) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    for path, facts in fields:
        found[path] = found[path].merged(facts) if path in found else facts
    return found


def row_of(operation: Operation[..., Any]) -> dict[str, Any]:
    """What an operation takes and answers, as the table would have it."""
    endpoint = operation.endpoint
    in_path = {name for name, _ in endpoint.path_parts}
    request = merged(fields_of(endpoint.request_type))
    outside = {path: facts for path, facts in request.items() if path in in_path or not endpoint.in_body}
    place = {path: "path" if path in in_path else "query" for path in outside}
    answer = {
        path: Facts(facts.types, enum=facts.enum) for path, facts in merged(fields_of(endpoint.response_type)).items()
    }
    return {
        "parameters": {path: f"{place[path]} {facts}" for path, facts in outside.items()},
        "body": {path: str(facts) for path, facts in request.items() if path not in outside},
        "answer": {path: str(facts) for path, facts in answer.items()},
    }


def differences(operation: Operation[..., Any]) -> Iterator[str]:
    ours, facts = row_of(operation), CONTRACT[operation.endpoint.id]
    for part in ("parameters", "body", "answer"):
        for path in sorted({*ours[part], *facts[part]}):
            if ours[part].get(path) != facts[part].get(path):
                yield f"{part} {path}: {facts[part].get(path, 'absent')} -> {ours[part].get(path, 'absent')}"


@every_operation
def test_an_operation_is_as_the_contract_has_it(operation: Operation[..., Any]) -> None:
    facts = CONTRACT[operation.endpoint.id]
    assert (operation.endpoint.method, operation.endpoint.path) == (facts["method"], facts["path"])
    wrong = [found for found in differences(operation) if not any(re.fullmatch(known, found) for known in CORRECTIONS)]
    assert wrong == []


def test_each_correction_is_still_one() -> None:
    found = [difference for operation in OPERATIONS.values() for difference in differences(operation)]
    assert [known for known in CORRECTIONS if not any(re.fullmatch(known, line) for line in found)] == []


def test_the_contract_has_no_other_operations() -> None:
    assert {operation.endpoint.id for operation in OPERATIONS.values()} == set(CONTRACT)
    assert len(CONTRACT) == len(OPERATIONS) == 72
