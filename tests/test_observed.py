"""Answers recorded from the live API, as they came and with one thing changed at a time."""

import json
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeAlias, cast

import msgspec
import pytest

from fastpix import Success
from fastpix.errors import ApiError, Reply, ResponseValidationError
from fastpix.messages import Response
from fastpix.narrowing import mapping, sequence
from fastpix.response import read
from tests.operations import OPERATIONS

OBSERVED = sorted((Path(__file__).parent / "observed").glob("*.json"))
ENDPOINTS = {operation.endpoint.id: operation.endpoint for operation in OPERATIONS.values()}
SUCCESSES = [path for path in OBSERVED if json.loads(path.read_bytes())["success"]]
REFUSALS = [path for path in OBSERVED if path not in SUCCESSES]

Place: TypeAlias = tuple[str | int, ...]
Mutation: TypeAlias = tuple[str, Place, Any]
"""What kind, where, and the whole answer after it."""

DEMANDED = {
    "data", "pagination", "totalRecords", "currentOffset", "offsetCount", "id", "streamId", "streamKey",
    "simulcastId", "uploadId", "url", "mediaId", "viewId", "views",
}  # fmt: skip
"""Without these an answer is of no use; every other field may be missing or null."""

of_each_success = pytest.mark.parametrize("path", SUCCESSES, ids=lambda path: path.stem)


def read_answer(path: Path, answer: Any, status: int = 200) -> Reply[Any]:
    return read(ENDPOINTS[path.stem], Response(status, [], json.dumps(answer).encode()), now=lambda: 0.0)


def told(value: Any) -> Any:
    return json.loads(msgspec.json.encode(value))


def told_of_error(error: ApiError) -> Any:
    fields = [field._asdict() for field in error.fields]
    facts = {"code": error.code, "message": error.message, "description": error.description, "fields": fields}
    return {"success": False, "error": {name: fact for name, fact in facts.items() if fact}}


@of_each_success
def test_an_observed_success_is_read_without_loss(path: Path) -> None:
    answer = json.loads(path.read_bytes())
    assert told(read_answer(path, answer).unwrap()) == answer


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
        if place and isinstance(place[-1], str):
            yield "missing", place, without(answer, place)
        if place and value is not None:
            yield "null", place, changed(answer, place, None)


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


def outcome_of(path: Path, mutation: Mutation) -> str:
    """``read`` if nothing else changed, ``refused`` if the error names the place; anything else is a mistake."""
    kind, place, answer = mutation
    result = read_answer(path, answer)
    if isinstance(result, Success):
        value = told(result.unwrap())
        ignored = kind == "extra key" and "neverSeenBefore" not in holder_of(value, (*place, ""))
        assert value == (json.loads(path.read_bytes()) if ignored else answer), mutation
        return "read"
    error = result.failure()
    assert isinstance(error, ResponseValidationError), mutation
    assert error.path == json_path(place), mutation
    return "refused"


def refused_rightly(kind: str, place: Place) -> bool:
    in_a_list = isinstance(place[-1], int)
    return kind in ("fractional", "number as text") or (
        kind in ("missing", "null") and (in_a_list or place[-1] in DEMANDED)
    )


def test_one_mutation_changes_one_place_or_is_refused_by_its_path(capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for path in SUCCESSES:
        for mutation in mutations(json.loads(path.read_bytes())):
            kind, place, _ = mutation
            outcome = outcome_of(path, mutation)
            counts[kind, outcome] += 1
            assert outcome == "read" or refused_rightly(kind, place), (path.stem, mutation)
    with capsys.disabled():
        print("\nmutations of observed answers       read   refused by their path")
        for kind in sorted({kind for kind, _ in counts}):
            print(f"  {kind:30} {counts[kind, 'read']:8} {counts[kind, 'refused']:8}")


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
