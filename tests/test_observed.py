"""Responses recorded from the live API, unchanged and with one change at a time."""

import json
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias, cast

import msgspec
import pytest

from fastpix import Success
from fastpix._call.messages import Response
from fastpix._call.response import Reading, read
from fastpix._call.validation import mapping, sequence
from fastpix.api.common import Answer, text_of
from fastpix.api.times import time_of
from fastpix.errors import ApiError, ResponseValidationError
from fastpix.reply import Reply
from tests.facts import facts_of
from tests.operations import OPERATIONS

OBSERVED = sorted((Path(__file__).parent / "observed").glob("*.json"))
ENDPOINTS = {operation.endpoint.id: operation.endpoint for operation in OPERATIONS.values()}
SUCCESSES = [path for path in OBSERVED if json.loads(path.read_bytes())["success"]]
REFUSALS = [path for path in OBSERVED if path not in SUCCESSES]

Place: TypeAlias = tuple[str | int, ...]
Mutation: TypeAlias = tuple[str, Place, Any]
"""The kind of a change, its place, and the whole response after it."""

DEMANDED = {"id", "streamId", "streamKey", "simulcastId", "uploadId", "url", "mediaId", "viewId", "views", "privateKey"}
"""Required fields: they identify the subject of a response, or no other response contains their value.

Every other field may be absent, null or of another type.
"""
OTHER_TYPES: tuple[Any, ...] = (["zzz"], {"zzz": "zzz"}, True, 7.5, "zzz")
HALF, NO_UTF8 = "\ud83d", "\ufdd0"
"""An unpaired surrogate, and a placeholder that becomes a byte that is not UTF-8 when the body is created."""

of_each_success = pytest.mark.parametrize("path", SUCCESSES, ids=lambda path: path.stem)


def read_answer(path: Path, answer: Any, status: int = 200, *, strict: bool = False) -> Reply[Reading[Any]]:
    body = json.dumps(answer).encode().replace(json.dumps(NO_UTF8).encode().strip(b'"'), b"\xff")
    return read(ENDPOINTS[path.stem], Response(status, [], body), now=lambda: 0.0, strict=strict)


def told(value: Any) -> Any:
    return json.loads(msgspec.json.encode(value))


def written(value: Any) -> str:
    """Return a value as text, because 1 and 1.0 are equal as values."""
    return json.dumps(value, sort_keys=True)


def told_of_error(error: ApiError) -> Any:
    fields = [field._asdict() for field in error.fields]
    facts = {"code": error.code, "message": error.message, "description": error.description, "fields": fields}
    return {"success": False, "error": {name: fact for name, fact in facts.items() if fact}}


@of_each_success
def test_an_observed_success_is_read_without_loss(path: Path) -> None:
    answer = json.loads(path.read_bytes())
    reading = read_answer(path, answer).unwrap()
    assert written(told(reading.value)) == written(answer)
    assert reading.deviations == ()


def answers_in(value: Any) -> Iterator[Answer]:
    """Yield each struct in a response."""
    if isinstance(value, Answer):
        yield value
        value = [getattr(value, name) for name in value.__struct_fields__]
    for part in (*mapping(value).values(), *sequence(value)):
        yield from answers_in(part)


def test_each_value_of_an_enumeration_is_a_known_one() -> None:
    seen: Counter[str] = Counter()
    for path in SUCCESSES:
        for answer in answers_in(read_answer(path, json.loads(path.read_bytes())).unwrap().value):
            for field in msgspec.structs.fields(answer):
                known, value = facts_of(field.type).enum, getattr(answer, field.name)
                if known and isinstance(value, str):
                    assert value in known, (path.stem, field.name)
                    seen[f"{type(answer).__name__}.{field.name}"] += 1
    assert {"Media.status", "LiveStream.status"} <= set(seen)


def test_each_text_that_is_a_moment_reads_as_one() -> None:
    read_as: Counter[str] = Counter()
    for path in SUCCESSES:
        for answer in answers_in(read_answer(path, json.loads(path.read_bytes())).unwrap().value):
            for name in answer.__struct_fields__:
                if time_of(text_of(answer, name)) is not None:
                    assert isinstance(getattr(answer, name), datetime), (path.stem, name)
                    read_as[name] += 1
    assert {"created_at", "updated_at", "last_seen", "view_start_time", "view_end_time"} == set(read_as)


@pytest.mark.parametrize("path", REFUSALS, ids=lambda path: path.stem)
def test_an_observed_refusal_is_read_without_loss(path: Path) -> None:
    answer = json.loads(path.read_bytes())
    error = read_answer(path, answer, answer["error"]["code"]).failure()
    assert isinstance(error, ApiError)
    assert told_of_error(error) == answer


def places(value: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    yield at, value
    for key, part in (*mapping(value).items(), *enumerate(sequence(value))):
        yield from places(part, (*at, cast("str | int", key)))


def mutations(answer: Any) -> Iterator[Mutation]:
    for place, value in places(answer):
        if isinstance(value, str):
            yield "unknown text", place, changed(answer, place, "zzz-never-seen-before")
        if mapping(value):
            yield "extra key", place, changed(answer, place, {**mapping(value), "neverSeenBefore": "zzz"})
        if isinstance(value, int) and not isinstance(value, bool):
            yield "fractional", place, changed(answer, place, value + 0.5)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield "number as text", place, changed(answer, place, str(value))
            yield "whole, with a point", place, changed(answer, place, float(value))
        if place and isinstance(place[-1], str):
            yield "missing", place, without(answer, place)
        if place and value is not None:
            yield "null", place, changed(answer, place, None)
        if isinstance(value, str):
            yield "half a character", place, changed(answer, place, f"cut {HALF}")
            yield "a bad byte", place, changed(answer, place, f"cut {NO_UTF8}")
        for other in OTHER_TYPES if place else ():
            if type(other) is not type(value):
                yield "another type", place, changed(answer, place, other)


def changed(answer: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    copy = deepcopy(answer)
    holder_of(copy, place)[place[-1]] = value
    return copy


def without(answer: Any, place: Place) -> Any:
    copy = deepcopy(answer)
    del holder_of(copy, place)[place[-1]]
    return copy


def holder_of(answer: Any, place: Place) -> Any:
    for key in place[:-1]:
        answer = answer[key]
    return answer


def json_path(place: Place) -> str:
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place)


def told_path(place: Place) -> str:
    """Return the path of a deviation, in which ``[*]`` stands for each index and each key of a map."""
    in_a_map = [number + 1 for number, key in enumerate(place) if number and key in ("metadata", "d")]
    return "$" + "".join(
        "[*]" if isinstance(key, int) or number in in_a_map else f".{key}" for number, key in enumerate(place)
    )


def outcome_of(path: Path, mutation: Mutation, *, strict: bool = False) -> str:
    """Return ``read``, ``told`` or ``refused``.

    ``told``: only the changed place is affected, and a deviation names it. ``refused``: an error names the place.
    """
    kind, place, answer = mutation
    result = read_answer(path, answer, strict=strict)
    if isinstance(result, Success):
        value, deviations = result.unwrap().value, result.unwrap().deviations
        expected = json.loads(path.read_bytes()) if is_ignored(kind, place, told(value)) else answer
        if not deviations:
            assert told(value) == expected, mutation
            return "read"
        assert [deviation.path for deviation in deviations] == [told_path(place)], (mutation, deviations)
        assert told(value) in without_the_place(answer, place), (mutation, told(value))
        return "told"
    error = result.failure()
    assert isinstance(error, ResponseValidationError), mutation
    assert error.path == json_path(place), mutation
    return "refused"


def is_ignored(kind: str, place: Place, value: Any) -> bool:
    return kind == "extra key" and "neverSeenBefore" not in holder_of(value, (*place, ""))


def without_the_place(answer: Any, place: Place) -> Iterator[Any]:
    """Yield the allowed values: without the place, without the inner struct that requires it, or with mended text."""
    value = (
        holder_of(answer, place).get(place[-1]) if isinstance(place[-1], str) else holder_of(answer, place)[place[-1]]
    )
    if isinstance(value, str):
        yield changed(answer, place, value.replace(HALF, "\ufffd").replace(NO_UTF8, "\ufffd"))
    if isinstance(place[-1], int) or place[-1] in holder_of(answer, place):
        yield without(answer, place)
        yield changed(answer, place, None)
    if place[-1] in DEMANDED:
        yield without(answer, place[:-1])


def is_essential(place: Place) -> bool:
    """Return whether a place is required: ``data``, an item of ``data``, or a required field of either."""
    of_an_item = place[2:] if len(place) > 1 and isinstance(place[1], int) else place[1:]
    return place[:1] == ("data",) and (not of_an_item or (len(of_an_item) == 1 and of_an_item[0] in DEMANDED))


def test_one_mutation_costs_its_place_alone_and_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for path in SUCCESSES:
        for mutation in mutations(json.loads(path.read_bytes())):
            kind, place, _ = mutation
            outcome = outcome_of(path, mutation)
            counts[kind, outcome] += 1
            assert outcome != "refused" or is_essential(place), (path.stem, mutation)
            assert outcome != "told" or kind not in ("unknown text", "extra key", "whole, with a point"), mutation
    with capsys.disabled():
        print("\nmutations of recorded responses      read  deviate rejected")
        for kind in sorted({kind for kind, _ in counts}):
            print(f"  {kind:30} {counts[kind, 'read']:8} {counts[kind, 'told']:8} {counts[kind, 'refused']:8}")


def test_strictness_refuses_what_would_be_told_by_its_path() -> None:
    for path in SUCCESSES:
        for mutation in mutations(json.loads(path.read_bytes())):
            if mutation[0] in ("unknown text", "extra key", "fractional", "number as text", "missing", "null"):
                assert outcome_of(path, mutation, strict=True) in ("read", "refused")


@pytest.mark.parametrize("path", REFUSALS, ids=lambda path: path.stem)
def test_a_mutated_refusal_is_the_same_refusal(path: Path) -> None:
    answer = json.loads(path.read_bytes())
    status = answer["error"]["code"]
    for _, place, mutated in mutations(answer):
        error = read_answer(path, mutated, status).failure()
        assert isinstance(error, ApiError)
        assert error.status == status
        for name in {"message", "description"} - set(place):
            assert "error" in place or getattr(error, name) == answer["error"][name]
