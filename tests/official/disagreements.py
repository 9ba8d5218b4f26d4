"""Where the models of the official SDK disagree with answers of the service, and so with the local FastPix."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from fastpix._call.validation import mapping, sequence
from tests.official.sdk import MODELS

DISAGREEMENTS: dict[str, str] = {}


def losses(id: str, answer: Any) -> set[str]:
    """Return the places of an answer that the SDK refuses or drops."""
    try:
        read = MODELS[id].model_validate(answer)
    except ValidationError as problem:
        refused = {error["loc"] for error in problem.errors()}
        return {text_of(place) for place in refused} | losses(id, without(refused, answer))
    return {*dropped(answer, read.model_dump(mode="json", by_alias=True))}


def text_of(place: tuple[str | int, ...]) -> str:
    """Return a place as text, such as ``data[].tracks[].width``."""
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def without(places: set[tuple[str | int, ...]], answer: Any, at: tuple[str | int, ...] = ()) -> Any:
    """Return an answer without some of its places."""
    if isinstance(answer, dict):
        return {name: without(places, value, (*at, name)) for name, value in answer.items() if (*at, name) not in places}
    if isinstance(answer, list):
        return [without(places, value, (*at, index)) for index, value in enumerate(answer)]
    return answer


def dropped(answer: Any, read: Any, at: str = "") -> Iterator[str]:
    """Yield the places of an answer that have a value and were not read."""
    for name, value in mapping(answer).items():
        place = f"{at}.{name}".removeprefix(".")
        if value is not None and name not in mapping(read):
            yield place
        else:
            yield from dropped(value, mapping(read).get(name), place)
    for value, found in zip(sequence(answer), sequence(read), strict=False):
        yield from dropped(value, found, f"{at}[]")
