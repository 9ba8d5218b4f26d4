from typing import Any

import httpx
import pytest

from fastpix import FastpixCore
from fastpix.api.common import Moderation
from fastpix.api.media import DeleteMediaRequest, media_delete
from fastpix.api.media_ai import (
    CreateAdvancedSummaryRequest,
    CreateAttributedTranscriptRequest,
    GetAdvancedSummaryRequest,
    GetAttributedTranscriptRequest,
    GetMediaSummaryRequest,
    UpdateMediaChaptersRequest,
    UpdateMediaModerationRequest,
    UpdateMediaNamedEntitiesRequest,
    UpdateMediaSummaryRequest,
    media_ai_create_advanced_summary,
    media_ai_create_attributed_transcript,
    media_ai_get_advanced_summary,
    media_ai_get_attributed_transcript,
    media_ai_get_summary,
    media_ai_update_chapters,
    media_ai_update_moderation,
    media_ai_update_named_entities,
    media_ai_update_summary,
)
from fastpix.emulator import Content, Emulator, Seed, SeedMedia
from fastpix.reply import Reply
from tests.emulator.acts import NOWHERE, bad_fields, new_media, read_media, ready_media, refusal


def request_summary(core: FastpixCore, media_id: str, *, wanted: bool = True) -> Reply[Any]:
    return media_ai_update_summary(core, UpdateMediaSummaryRequest(media_id, generate=wanted, summary_length=50))


def request_chapters(core: FastpixCore, media_id: str, *, wanted: bool = True) -> Reply[Any]:
    return media_ai_update_chapters(core, UpdateMediaChaptersRequest(media_id, chapters=wanted))


def request_named_entities(core: FastpixCore, media_id: str, *, wanted: bool = True) -> Reply[Any]:
    return media_ai_update_named_entities(core, UpdateMediaNamedEntitiesRequest(media_id, named_entities=wanted))


def request_moderation(core: FastpixCore, media_id: str) -> Reply[Any]:
    return media_ai_update_moderation(core, UpdateMediaModerationRequest(media_id, Moderation(type="av")))


def get_summary(core: FastpixCore, media_id: str) -> Reply[Any]:
    return media_ai_get_summary(core, GetMediaSummaryRequest(media_id))


def start_advanced_summary(core: FastpixCore, media_id: str) -> Reply[Any]:
    return media_ai_create_advanced_summary(core, CreateAdvancedSummaryRequest(media_id))


def get_advanced_summary(core: FastpixCore, media_id: str) -> Reply[Any]:
    return media_ai_get_advanced_summary(core, GetAdvancedSummaryRequest(media_id))


def start_transcript(core: FastpixCore, media_id: str) -> Reply[Any]:
    return media_ai_create_attributed_transcript(core, CreateAttributedTranscriptRequest(media_id))


def get_transcript(core: FastpixCore, media_id: str) -> Reply[Any]:
    return media_ai_get_attributed_transcript(core, GetAttributedTranscriptRequest(media_id))


SWITCHES: list[tuple[str, str, Any]] = [
    ("summary", "isSummaryEnabled", request_summary),
    ("chapters", "isChaptersEnabled", request_chapters),
    ("named_entities", "isNamedEntitiesEnabled", request_named_entities),
]
OUTPUTS: list[tuple[str, str, Any]] = [*SWITCHES, ("moderation", "isModerationEnabled", request_moderation)]
JOBS: list[tuple[Any, Any]] = [(start_advanced_summary, get_advanced_summary), (start_transcript, get_transcript)]


@pytest.mark.parametrize(("name", "flag", "request_output"), OUTPUTS)
def test_an_output_is_prepared_and_available(
    core: FastpixCore, emulator: Emulator, name: str, flag: str, request_output: Any
) -> None:
    media_id = ready_media(core, emulator)
    assert getattr(read_media(core, media_id), name) is None
    assert dict(request_output(core, media_id).unwrap().data) == {"mediaId": media_id, flag: True}
    assert dict(getattr(read_media(core, media_id), name)) == {"status": "preparing"}
    emulator.clock.advance(seconds=0.2)
    output = getattr(read_media(core, media_id), name)
    assert output.status == "available"
    assert output.data


@pytest.mark.parametrize(("name", "flag", "request_output"), OUTPUTS)
def test_an_output_of_a_media_that_is_not_ready_waits_for_it(
    core: FastpixCore, emulator: Emulator, name: str, flag: str, request_output: Any
) -> None:
    media_id = new_media(core)
    request_output(core, media_id).unwrap()
    emulator.clock.advance(seconds=0.5)
    media = read_media(core, media_id)
    assert (media.status, getattr(media, name).status) == ("Ready", "preparing")
    emulator.clock.advance(seconds=0.2)
    assert getattr(read_media(core, media_id), name).status == "available"


@pytest.mark.parametrize(("name", "flag", "request_output"), OUTPUTS)
def test_an_output_is_made_once(
    core: FastpixCore, emulator: Emulator, name: str, flag: str, request_output: Any
) -> None:
    media_id = ready_media(core, emulator)
    request_output(core, media_id).unwrap()
    for seconds in (0, 1):
        emulator.clock.advance(seconds=seconds)
        code, message = refusal(request_output(core, media_id))
        assert code == 400
        assert "already exist" in message


@pytest.mark.parametrize(("name", "flag", "request_output"), SWITCHES)
def test_an_output_can_be_taken_away_and_requested_again(
    core: FastpixCore, emulator: Emulator, name: str, flag: str, request_output: Any
) -> None:
    media_id = ready_media(core, emulator)
    for seconds in (0, 1):
        request_output(core, media_id).unwrap()
        emulator.clock.advance(seconds=seconds)
        assert dict(request_output(core, media_id, wanted=False).unwrap().data) == {"mediaId": media_id, flag: False}
        emulator.clock.advance(seconds=1)
        assert getattr(read_media(core, media_id), name) is None


def test_a_summary_is_a_text(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator, title="A talk")
    assert refusal(get_summary(core, media_id)) == (400, "Summary not enabled")
    request_summary(core, media_id).unwrap()
    assert refusal(get_summary(core, media_id)) == (400, "Summary not ready")
    emulator.clock.advance(seconds=1)
    assert get_summary(core, media_id).unwrap().data == "A summary of A talk."
    request_summary(core, media_id, wanted=False).unwrap()
    assert refusal(get_summary(core, media_id)) == (400, "Summary not enabled")


def test_chapters_cover_the_media(core: FastpixCore, emulator: Emulator) -> None:
    (media_id,) = emulator.seed(Seed(media=[SeedMedia(content=Content(duration=4000))])).media_ids
    request_chapters(core, media_id).unwrap()
    emulator.clock.advance(seconds=1)
    chapters = read_media(core, media_id).chapters
    assert chapters is not None
    data: Any = chapters.data
    assert data["isChaptersGenerated"] is True
    assert [(one["chapter"], one["startTime"], one["endTime"]) for one in data["chapters"]] == [
        ("1", "00:00:00", "00:33:20"),
        ("2", "00:33:20", "01:06:40"),
    ]
    assert {*data["chapters"][0]} == {"chapter", "startTime", "endTime", "title", "summary"}


def test_moderation_scores_are_shares(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    request_moderation(core, media_id).unwrap()
    emulator.clock.advance(seconds=1)
    moderation = read_media(core, media_id).moderation
    assert moderation is not None
    data: Any = moderation.data
    assert all(one.keys() == {"category", "score"} and 0 <= one["score"] <= 1 for one in data["moderationResult"])


def test_moderation_needs_its_settings(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    assert bad_fields(media_ai_update_moderation(core, UpdateMediaModerationRequest(media_id))) == ["moderation"]
    media_ai_update_moderation(core, UpdateMediaModerationRequest(media_id, Moderation())).unwrap()


@pytest.mark.parametrize(("start", "get"), JOBS)
def test_a_job_is_processed_and_completed(core: FastpixCore, emulator: Emulator, start: Any, get: Any) -> None:
    media_id = ready_media(core, emulator)
    assert dict(start(core, media_id).unwrap().data) == {"id": media_id}
    assert dict(get(core, media_id).unwrap().data) == {"status": "PROCESSING"}
    emulator.clock.advance(seconds=0.2)
    done = get(core, media_id).unwrap().data
    assert done.status == "COMPLETED"
    assert done.result
    assert get(core, media_id).unwrap().data == done


@pytest.mark.parametrize(("start", "get"), JOBS)
def test_a_job_waits_for_its_media(core: FastpixCore, emulator: Emulator, start: Any, get: Any) -> None:
    media_id = new_media(core)
    start(core, media_id).unwrap()
    emulator.clock.advance(seconds=0.5)
    assert get(core, media_id).unwrap().data.status == "PROCESSING"
    emulator.clock.advance(seconds=0.2)
    assert get(core, media_id).unwrap().data.status == "COMPLETED"


@pytest.mark.parametrize(("start", "get"), JOBS)
def test_a_job_is_done_once(core: FastpixCore, emulator: Emulator, start: Any, get: Any) -> None:
    media_id = ready_media(core, emulator)
    code, message = refusal(get(core, media_id))
    assert code == 404
    assert "not found" in message
    start(core, media_id).unwrap()
    for seconds in (0, 1):
        emulator.clock.advance(seconds=seconds)
        code, message = refusal(start(core, media_id))
        assert code == 400
        assert "already exists" in message


def test_the_jobs_of_a_media_are_independent(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    start_transcript(core, media_id).unwrap()
    emulator.clock.advance(seconds=1)
    start_advanced_summary(core, media_id).unwrap()
    assert get_transcript(core, media_id).unwrap().data.status == "COMPLETED"
    assert get_advanced_summary(core, media_id).unwrap().data.status == "PROCESSING"


def test_an_advanced_summary_has_all_of_its_parts(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator, title="A talk")
    start_advanced_summary(core, media_id).unwrap()
    emulator.clock.advance(seconds=1)
    result = get_advanced_summary(core, media_id).unwrap().data.result
    assert result.meeting_summary.title == "A talk"
    assert all(getattr(result, name) for name in result.__struct_fields__)
    sentiment = result.sentiment
    assert sentiment.positive + sentiment.neutral + sentiment.negative == 100
    assert sum(one.percentage for one in result.speaker_talk_time) == 100


def test_a_transcript_covers_the_media(core: FastpixCore, emulator: Emulator) -> None:
    (media_id,) = emulator.seed(Seed(media=[SeedMedia(content=Content(duration=22))])).media_ids
    start_transcript(core, media_id).unwrap()
    emulator.clock.advance(seconds=1)
    first, second = get_transcript(core, media_id).unwrap().data.result
    assert [(one.start_sec, one.end_sec) for one in (first, second)] == [(0, 6), (6, 22)]
    assert first.speaker != second.speaker
    assert [(word.start_sec, word.end_sec) for word in first.words] == [(0, 2), (2, 4), (4, 6)]
    assert " ".join(word.word for word in first.words) == first.text
    assert dict(second)["words"] is None


@pytest.mark.parametrize(
    "attempt",
    [
        *(request_output for _, _, request_output in OUTPUTS),
        get_summary,
        start_advanced_summary,
        get_advanced_summary,
        start_transcript,
        get_transcript,
    ],
)
def test_a_media_that_does_not_exist_is_not_found(core: FastpixCore, attempt: Any) -> None:
    assert refusal(attempt(core, NOWHERE)) == (404, "media workspace relation not found")
    assert bad_fields(attempt(core, "x")) == ["mediaId"]


def test_a_media_that_is_deleted_while_its_outputs_are_prepared_stays_deleted(
    core: FastpixCore, emulator: Emulator
) -> None:
    media_id = ready_media(core, emulator)
    for attempt in (request_summary, request_moderation, start_transcript):
        attempt(core, media_id).unwrap()
    media_delete(core, DeleteMediaRequest(media_id)).unwrap()
    emulator.clock.advance(hours=1)
    assert refusal(get_transcript(core, media_id)) == (404, "media workspace relation not found")


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("summary", {"generate": True, "summaryLength": 251}, ["summaryLength"]),
        ("summary", {"summaryLength": 50}, ["generate"]),
        ("chapters", {"chapters": "yes"}, ["chapters"]),
        ("named-entities", {"namedEntities": True, "x": 1}, ["x"]),
        ("moderation", {"moderation": {"type": "smell"}}, ["moderation.type"]),
    ],
)
def test_a_body_with_unknown_or_wrong_fields_is_refused_by_name(
    core: FastpixCore, emulator: Emulator, web: httpx.Client, path: str, body: Any, fields: list[str]
) -> None:
    media_id = ready_media(core, emulator)
    before = read_media(core, media_id)
    refused = web.patch(f"/v1/on-demand/{media_id}/{path}", json=body)
    assert refused.status_code == 422
    assert [bad["field"] for bad in refused.json()["error"]["fields"]] == fields
    assert read_media(core, media_id) == before


def test_an_output_of_a_failed_media_does_not_stay_in_preparation(core: FastpixCore, emulator: Emulator) -> None:
    (failed,) = emulator.seed(Seed(media=[SeedMedia(status="Failed")])).media_ids
    request_chapters(core, failed)
    emulator.clock.advance(hours=1)
    chapters = read_media(core, failed).chapters
    assert chapters is None or chapters.status == "failed"
