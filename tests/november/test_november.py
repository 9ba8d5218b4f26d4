"""Responses and requests in the forms of November 2026, with today's declarations and with those of May 2026."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fastpix._call.messages import Response
from fastpix._call.response import read
from fastpix._call.tolerance import read_tolerantly
from fastpix._call.validation import mapping, sequence
from fastpix.api.common import AccessRestrictionSettings, Mp4Rendition, RestrictionSettings
from fastpix.api.live_playback_ids import UpdateLiveDomainRestrictionsRequest
from fastpix.api.live_streams import CreateLiveStreamRequest, InputMediaSettings, PlaybackSettings
from fastpix.api.media_tracks import UpdateMediaTrackRequest
from tests.november.declarations_of_may import RESPONSES
from tests.operations import OPERATIONS

EXAMPLES: dict[str, Any] = json.loads(Path(__file__).with_name("examples.json").read_text())
ENDPOINTS = {operation.endpoint.id: operation.endpoint for operation in OPERATIONS.values()}
OPERATION_OF = {
    "get-media-no-mp4": "get-media",
    "list-media-just-created": "list-media",
    "live-domains": "update-live-stream-domain-restrictions",
}
ANSWERS = [name for name in EXAMPLES if not name.startswith("_") and not name.endswith("-request")]
CHANGED = {"get-media": {"$.data.mp4Support", "$.data.duration"}, "get-media-no-mp4": {"$.data.duration"}} | {
    "list-media-just-created": {"$.data[*].duration"}
}
NEW = {
    "get-media": {"$.data.optimizeAudio", "$.data.tracks[*].title"},
    "create-new-stream": {"$.data.mediaQuality", "$.data.playbackIds[*].accessRestrictions"},
    "get-live-stream-playback-id": {"$.data.accessRestrictions"},
    "update-media-track": {"$.data.title"},
}
"""The fields that the declarations of May 2026 do not have and therefore ignore."""
WHOLE = {"$.data.mp4Support", "$.data.playbackIds[*].accessRestrictions", "$.data.accessRestrictions"}
RESTRICTIONS = AccessRestrictionSettings(
    domains=RestrictionSettings(default_policy="deny", allow=["example.com"], deny=[]),
    user_agents=RestrictionSettings(default_policy="allow", allow=[], deny=["PostmanRuntime/7.29.0"]),
)
REQUESTS = {
    "create-new-stream-request": CreateLiveStreamRequest(
        PlaybackSettings("public", RESTRICTIONS),
        InputMediaSettings("1080p", 60, metadata={"name": "x"}, enable_recording=False),
    ),
    "live-domains-request": UpdateLiveDomainRestrictionsRequest(
        "stream", "playback", default_policy="deny", allow=["example.com"]
    ),
    "update-media-track-request": UpdateMediaTrackRequest(
        "media", "track", language_code="fr-FR", language_name="French", title="Sous-titres"
    ),
}
IN_PATHS = {"streamId", "playbackId", "mediaId", "trackId"}


def value_of(name: str) -> Any:
    endpoint = ENDPOINTS[OPERATION_OF.get(name, name)]
    body = json.dumps(EXAMPLES[name]).encode()
    return read(endpoint, Response(200, [], body), now=lambda: 0.0, strict=True).unwrap().value


def told(value: Any) -> Any:
    return json.loads(msgspec.json.encode(value))


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_read_without_loss(name: str) -> None:
    assert told(value_of(name)) == EXAMPLES[name]


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_written_as_the_service_takes_it(name: str) -> None:
    written = {key: value for key, value in told(REQUESTS[name]).items() if key not in IN_PATHS}
    assert written == EXAMPLES[name]


def test_renditions_and_seconds_are_typed() -> None:
    media = value_of("get-media").data
    assert media.mp4_support == [
        Mp4Rendition("capped_4k", "ready", 1080, 1920, "mp4"),
        Mp4Rendition("audioOnly", "preparing", ext="m4a"),
    ]
    assert (media.duration, media.duration_seconds) == (145.821315, 145.821315)
    assert media.tracks[1].title == "Commentary"


@pytest.mark.parametrize("name", RESPONSES)
def test_declarations_of_may_read_all_that_they_know(name: str) -> None:
    value, deviations = read_tolerantly(RESPONSES[name], json.dumps(EXAMPLES[name]).encode())
    lost = {deviation.path for deviation in deviations}
    assert lost == CHANGED.get(name, set())
    assert not contradicts(told(value), EXAMPLES[name])
    assert every_field(EXAMPLES[name]) - every_field(told(value)) == lost | NEW.get(name, set())


def every_field(value: Any, path: str = "$") -> set[str]:
    """Return the paths of all fields, whatever their values. Fields below a path in `WHOLE` are left out."""
    below = {f"{path}.{name}": part for name, part in mapping(value).items()}
    inner = [(part, at) for at, part in below.items() if at not in WHOLE] + [
        (part, f"{path}[*]") for part in sequence(value)
    ]
    return set(below).union(*(every_field(part, at) for part, at in inner))


def contradicts(part: Any, whole: Any) -> bool:
    """Return whether ``part`` contains a value that is different in ``whole``."""
    if mapping(part):
        return any(contradicts(value, whole[key]) for key, value in mapping(part).items())
    if sequence(part):
        return len(part) != len(whole) or any(map(contradicts, sequence(part), sequence(whole)))
    return bool(part != whole)


def test_a_page_of_today_is_a_page_for_the_declarations_of_may() -> None:
    media = EXAMPLES["get-media"]["data"]
    page = {
        "success": True,
        "data": [media] * 3,
        "pagination": {"totalRecords": 3, "currentOffset": 1, "offsetCount": 1},
    }
    value, deviations = read_tolerantly(RESPONSES["list-media-just-created"], json.dumps(page).encode())
    assert [item.mp4_support for item in value.data] == [None] * 3
    assert {item.title for item in value.data} == {"t"}
    assert sorted((deviation.path, deviation.expected, deviation.found) for deviation in deviations) == [
        *[("$.data[*].duration", "string or null", "number")] * 3,
        *[("$.data[*].mp4Support", "string or null", "array")] * 3,
    ]
    assert deviations[0].value == media["mp4Support"]
