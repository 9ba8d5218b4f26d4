"""The list of disagreements is right: for recorded answers, for examples of November, and for each entry by itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from fastpix.emulator import Emulator, Seed, SeedMedia
from fastpix.emulator.server import serving
from tests.official.disagreements import DISAGREEMENTS, KNOWN, Disagreement, losses
from tests.official.sdk import MODELS, SDK

TESTS = Path(__file__).parents[1]
RECORDED = {path.stem: json.loads(path.read_bytes()) for path in (TESTS / "observed").glob("*.json")}
NOVEMBER = json.loads((TESTS / "november" / "examples.json").read_bytes())
ANSWERS = [
    (id, answer)
    for answers in (RECORDED, NOVEMBER)
    for id, answer in answers.items()
    if id in MODELS and answer["success"]
]


def answer_with(place: str, value: Any) -> Any:
    """Return an answer that has nothing but a value at a place."""
    for part in reversed(place.replace("[]", ".[]").split(".")):
        value = [value] if part == "[]" else {part: value}
    return value


@pytest.mark.parametrize(("id", "answer"), ANSWERS, ids=[id for id, _ in ANSWERS])
def test_an_answer_of_the_service(id: str, answer: Any) -> None:
    assert {(id, place) for place in losses(id, answer)} <= KNOWN


@pytest.mark.parametrize("entry", DISAGREEMENTS, ids=lambda entry: entry.place)
def test_each_entry_is_a_disagreement(entry: Disagreement) -> None:
    for id in entry.operations:
        needed: dict[str, Any] = {"success": True, "pagination": {}} if id == "get-media-clips" else {}
        assert losses(id, needed | answer_with(entry.place, entry.value)) == {entry.place}


def test_the_sdk_refuses_the_forms_of_may() -> None:
    emulator = Emulator(forms="2026-05")
    [media_id] = emulator.seed(Seed(media=[SeedMedia()])).media_ids
    security = SDK.models.Security(username=emulator.username, password=emulator.password)
    with (
        serving(emulator) as server,
        SDK.Fastpix(security=security, server_url=server.url, retry_config=None) as sdk,
        pytest.raises(SDK.errors.ResponseValidationError) as caught,
    ):
        sdk.manage_videos.get_media(media_id=media_id)
    assert "data.duration" in str(caught.value)
    emulator.close()
