"""Where the models of the official SDK disagree with answers of the service, and so with the local FastPix."""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from pydantic import ValidationError

from fastpix._call.validation import mapping, sequence
from tests.official.sdk import MODELS

Place: TypeAlias = tuple[str | int, ...]


class Disagreement(NamedTuple):
    """A place of an answer that the SDK refuses or drops."""

    place: str
    """The place, such as ``data[].tracks[].frameRate``."""
    value: Any
    """A value that the service has answered there, or may answer."""
    reason: str
    """What the SDK has instead, and what says that the service has this."""
    operations: tuple[str, ...]
    """The ids of the operations."""


NUMBER = "the SDK reads a number of seconds. It was text until about September 2026, as recorded in May"
QUALITY = "the SDK has no such field. The release notes of October 2026 have it"
AI = "the SDK has no such field in this answer. The description of the API has it, in the answers with a media"
CLIP = "the SDK has this field in all other descriptions of a media. No answer with a clip is recorded"

LANGUAGE = "the SDK takes this code in the request, as the description does, and refuses it in the answer"

DISAGREEMENTS = (
    Disagreement("data.duration", "00:00:10", NUMBER, ("updated-media", "get-media")),
    Disagreement("data[].duration", "00:00:10", NUMBER, ("list-media",)),
    Disagreement("data.mediaList[].duration", "00:00:10", NUMBER, ("change-media-order-in-playlist",)),
    Disagreement(
        "data.mediaQuality", "standard", QUALITY, ("create-new-stream", "get-live-stream-by-id", "update-live-stream")
    ),
    Disagreement("data[].mediaQuality", "standard", QUALITY, ("get-all-streams",)),
    Disagreement("data.summary", {"status": "preparing"}, AI, ("get-media",)),
    Disagreement("data.chapters", {"status": "preparing"}, AI, ("get-media",)),
    Disagreement("data.namedEntities", {"status": "preparing"}, AI, ("get-media",)),
    Disagreement("data.moderation", {"status": "preparing"}, AI, ("get-media",)),
    Disagreement("data[].mediaQuality", "standard", CLIP, ("get-media-clips",)),
    Disagreement("data[].tracks[].frameRate", "30.000", CLIP, ("get-media-clips",)),
    Disagreement("data.languageCode", "ms-MY", LANGUAGE, ("Generate-subtitle-track",)),
    Disagreement("data.languageCode", "nb-NO", LANGUAGE, ("Generate-subtitle-track",)),
    Disagreement("data.languageCode", "te-IN", LANGUAGE, ("Generate-subtitle-track",)),
    Disagreement("data.languageCode", "vi-VN", LANGUAGE, ("Generate-subtitle-track",)),
)
KNOWN = {(operation, it.place) for it in DISAGREEMENTS for operation in it.operations}

WITHOUT_DESCRIPTION = {"UnAuthorizedResponseError"}
"""The errors that drop the ``description`` of a refusal. None of them is recorded."""


def losses(id: str, answer: Any) -> set[str]:
    """Return the places of a successful answer that the SDK refuses or drops."""
    try:
        read = MODELS[id].model_validate(answer)
    except ValidationError as problem:
        refused = {error["loc"] for error in problem.errors()}
        rest = without(refused, answer)
        return {text_of(place) for place in refused} | (losses(id, rest) if rest != answer else set())
    return {*dropped(answer, read.model_dump(mode="json", by_alias=True))}


def dropped(answer: Any, read: Any, at: str = "") -> Iterator[str]:
    """Yield the places of an answer that have a value and were not read."""
    for name, value in mapping(answer).items():
        place = f"{at}.{name}".removeprefix(".")
        if value is not None and name not in mapping(read):
            yield place
        else:
            yield from dropped(value, mapping(read).get(name), place)
    for value, found in zip(sequence(answer), sequence(read), strict=True):
        yield from dropped(value, found, f"{at}[]")


def without(places: set[Place], value: object, at: Place = ()) -> object:
    """Return a value of an answer without some of its places."""
    if fields := mapping(value):
        kept = {str(name): field for name, field in fields.items() if (*at, name) not in places}
        return {name: without(places, field, (*at, name)) for name, field in kept.items()}
    if items := sequence(value):
        return [without(places, item, (*at, index)) for index, item in enumerate(items)]
    return value


def text_of(place: Place) -> str:
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
