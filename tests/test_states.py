"""The tests for `until`, on recorded and documented responses whose statuses are played in order."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fastpix import states
from fastpix.api.common import Data
from fastpix.api.live_streams import LiveStream
from fastpix.api.media import Media
from fastpix.api.media_ai import AdvancedSummary, AttributedTranscript
from fastpix.states import Failed, Verdict

HERE = Path(__file__).parent
NOVEMBER: dict[str, Any] = json.loads((HERE / "november" / "examples.json").read_text())
MEDIA = NOVEMBER["get-media"]["data"]
MEDIA_OF_MAY = json.loads((HERE / "observed" / "updated-media.json").read_text())["data"]
STREAM = json.loads((HERE / "observed" / "get-all-streams.json").read_text())["data"][0]


def outputs(name: str) -> list[tuple[object, Verdict]]:
    """The responses while an output comes to be."""
    played: list[tuple[object, Verdict]] = [({**MEDIA}, False)]
    for status, verdict in (("preparing", False), ("available", True), ("failed", Failed("no words"))):
        played.append(({**MEDIA, name: {"status": status, "failedReason": "no words"}}, verdict))
    return played


def statuses(data: dict[str, Any], **verdicts: Verdict) -> list[tuple[object, Verdict]]:
    return [({**data, "status": status}, verdict) for status, verdict in verdicts.items()]


def file(status: str) -> dict[str, str]:
    return {"type": "capped_4k", "status": status}


FAILED = Failed("the status is failed")
DISABLED = Failed("the status is disabled")
CASES: list[tuple[Callable[[Any], Verdict], Any, list[tuple[object, Verdict]]]] = [
    (
        states.media_ready,
        Media,
        [
            (NOVEMBER["list-media-just-created"]["data"][0], False),
            *statuses(MEDIA, Processing=False, Ready=True, ready=True, Failed=FAILED),
            ({"id": "a"}, False),
            (MEDIA_OF_MAY, True),
        ],
    ),
    (
        states.mp4_ready,
        Media,
        [
            (NOVEMBER["get-media-no-mp4"]["data"], False),
            (MEDIA, False),
            ({**MEDIA, "mp4Support": [file("ready"), file("ready")]}, True),
            ({**MEDIA, "mp4Support": [file("preparing"), file("failed")]}, FAILED),
            (
                {**MEDIA_OF_MAY, "mp4Support": "capped_4k"},
                Failed("the response names the setting 'capped_4k' of the media, but not the status of its files"),
            ),
        ],
    ),
    (
        states.tracks_ready,
        Media,
        [
            (NOVEMBER["list-media-just-created"]["data"][0], False),
            (MEDIA_OF_MAY, False),
            (MEDIA, True),
            ({**MEDIA, "tracks": [{"status": "failed"}]}, FAILED),
        ],
    ),
    (states.summary_ready, Media, outputs("summary")),
    (states.chapters_ready, Media, outputs("chapters")),
    (states.named_entities_ready, Media, outputs("namedEntities")),
    (states.moderation_ready, Media, outputs("moderation")),
    (
        states.advanced_summary_ready,
        AdvancedSummary,
        [
            ({}, False),
            *statuses({}, PROCESSING=False, FAILED=FAILED),
            (NOVEMBER["get-media-advanced-summary"]["data"], True),
        ],
    ),
    (
        states.attributed_transcript_ready,
        AttributedTranscript,
        [
            ({}, False),
            *statuses({}, PROCESSING=False, FAILED=FAILED),
            (NOVEMBER["get-attributed-transcript"]["data"], True),
        ],
    ),
    (states.stream_active, LiveStream, statuses(STREAM, idle=False, preparing=False, active=True, disabled=DISABLED)),
    (states.stream_idle, LiveStream, statuses(STREAM, active=False, idle=True, disabled=DISABLED)),
]


@pytest.mark.parametrize(("test", "kind", "played"), CASES, ids=[test.__name__ for test, *_ in CASES])
def test_a_test_says_go_on_done_or_failed(
    test: Callable[[Any], Verdict], kind: Any, played: list[tuple[object, Verdict]]
) -> None:
    verdicts = [test(Data(msgspec.convert(data, kind))) for data, _ in played]
    assert verdicts == [verdict for _, verdict in played]


def test_all_tests_are_tested() -> None:
    assert {test.__name__ for test, *_ in CASES} == {name for name in states.__all__ if name[0].islower()}
