"""Events: the class of each type in all its spellings, and what remains of an event that has changed."""

import json
import logging
import pickle
from copy import deepcopy
from typing import Any, get_args

import msgspec
import pytest

from fastpix.api.common import Track
from fastpix.api.live_streams import LiveStream, Simulcast
from fastpix.api.media import Media
from fastpix.api.uploads import Upload
from fastpix.webhooks import (
    AiEvent,
    AiOutput,
    LiveStreamEvent,
    MediaEvent,
    SimulcastEvent,
    TrackEvent,
    UnknownEvent,
    UploadEvent,
)
from fastpix.webhooks.events import (
    AiEventType,
    AnyEvent,
    LiveStreamEventType,
    MediaEventType,
    SimulcastEventType,
    TrackEventType,
    UploadEventType,
    kind_of,
)
from tests.webhooks.bodies import EVENT, MEDIA_ID, read_body, read_event

MEDIA: dict[str, Any] = {
    "id": MEDIA_ID,
    "status": "Ready",
    "title": "A talk",
    "duration": 145.8,
    "mp4Support": [{"type": "capped_4k", "status": "ready", "ext": "mp4"}],
    "playbackIds": [{"id": "33333333-3333-4333-8333-333333333333", "accessPolicy": "public"}],
    "tracks": [{"id": "44444444-4444-4444-8444-444444444444", "type": "video", "width": 1920}],
    "streamId": "8717422d89288ad5958d4a86e9afe2a2",
}
UPLOAD: dict[str, Any] = {
    "uploadId": MEDIA_ID,
    "trial": False,
    "status": "waiting",
    "url": "https://storage.example.com/a?upload_id=secret",
    "timeout": 14400,
    "corsOrigin": "*",
    "pushMediaSettings": {"playbackIds": [{"accessPolicy": "public"}]},
}
TRACK: dict[str, Any] = {
    "id": "44444444-4444-4444-8444-444444444444",
    "type": "subtitle",
    "languageCode": "de-DE",
    "languageName": "German",
    "status": "available",
}
OUTPUT: dict[str, Any] = {
    "isChaptersGenerated": True,
    "chapters": [{"chapter": "1", "startTime": "00:00:00", "endTime": "00:01:00", "title": "a", "summary": "b"}],
    "moderationResult": [{"category": "Hate", "score": 0.1}],
    "failedReason": "none",
}
STREAM: dict[str, Any] = {
    "streamId": "8717422d89288ad5958d4a86e9afe2a2",
    "streamKey": "a-key-of-a-stream",
    "status": "active",
    "maxDuration": 0,
    "enableRecording": True,
    "metadata": {"a": "b"},
    "mediaIds": [MEDIA_ID],
    "playbackIds": [{"id": "33333333-3333-4333-8333-333333333333", "accessPolicy": "public"}],
}
SIMULCAST: dict[str, Any] = {
    "simulcastId": "c0da2202b40efcc3dd25718c40aba9c8",
    "url": "rtmps://live.example.com/app/",
    "streamKey": "a-key-elsewhere",
    "isEnabled": True,
}
KINDS: dict[type[AnyEvent], tuple[Any, type[msgspec.Struct], dict[str, Any]]] = {
    MediaEvent: (MediaEventType, Media, MEDIA),
    UploadEvent: (UploadEventType, Upload, UPLOAD),
    TrackEvent: (TrackEventType, Track, TRACK),
    AiEvent: (AiEventType, AiOutput, OUTPUT),
    LiveStreamEvent: (LiveStreamEventType, LiveStream, STREAM),
    SimulcastEvent: (SimulcastEventType, Simulcast, SIMULCAST),
}
TYPES = [(kind, type) for kind, (types, _, _) in KINDS.items() for type in get_args(types)]
SPELLINGS = {
    "video.media.subtitle.generated.ready": "video.media.subtitle.generated",
    "video.media.Subtitle.Generated": "video.media.subtitle.generated",
    "video.media.mp4support.ready": "video.media.mp4Support.ready",
    "video.mediaAI.namedEntities.ready": "video.mediaAI.named-entities.ready",
    "video.mediaAI.named_entities.ready": "video.mediaAI.named-entities.ready",
    "video.mediaai.namedentities.ready": "video.mediaAI.named-entities.ready",
    "video.media.ai.named_entities.ready": "video.mediaAI.named-entities.ready",
    "video.media.ai.moderation.ready": "video.mediaAI.moderation.ready",
    "video.mediaAI.summary.errored": "video.mediaAI.summary.failed",
    "video.mediaAI.advanced_summary.ready": "video.media.ai.advanced_summary.ready",
    "video.mediaAI.attributedTranscript.ready": "video.media.ai.attributed_transcript.ready",
    "video.live-stream.active": "video.live_stream.active",
    "VIDEO.MEDIA.READY": "video.media.ready",
}
UNKNOWN = [
    "video.media.watermark.ready",
    "video.playback_id.created",
    "video.media.outro.ready",
    "video.live_stream.enabled",
    "video.media.ready.",
    "video.media.subtitle.generated.ready.again",
    "video",
    "",
    "\0",
]


@pytest.mark.parametrize(("kind", "type"), TYPES, ids=lambda value: value if isinstance(value, str) else "")
def test_each_known_type_has_its_class_and_its_data(kind: type[AnyEvent], type: str) -> None:
    _, of_data, data = KINDS[kind]
    event = read_event(type=type, data=data)
    assert isinstance(event, kind)
    assert (event.type, event.raw_type) == (type, type)
    assert event.data == msgspec.convert(data, of_data)
    assert event.raw_data == data
    assert event.deviations == ()


def test_no_two_types_have_the_same_spelling() -> None:
    kinds = [(kind_of(type)[0].event, kind_of(type)[1]) for _, type in TYPES]
    assert kinds == TYPES


@pytest.mark.parametrize(("spelling", "type"), SPELLINGS.items())
def test_each_spelling_is_the_same_event(spelling: str, type: str) -> None:
    event = read_event(type=spelling)
    assert not isinstance(event, UnknownEvent)
    assert (getattr(event, "type", None), getattr(event, "raw_type", None)) == (type, spelling)


@pytest.mark.parametrize("type", UNKNOWN)
def test_an_unknown_type_is_an_event_with_its_data_as_it_came(type: str) -> None:
    event = read_event(type=type, data={"id": "a", "new": [1, {"b": None}]})
    assert isinstance(event, UnknownEvent)
    assert event.data == {"id": "a", "new": [1, {"b": None}]}
    assert event.id == EVENT["id"]
    assert event.type == type.replace("\0", " ")


@pytest.mark.parametrize("data", [..., None, [], "text", 7, True])
def test_an_event_whose_data_is_no_object_keeps_its_class(data: object) -> None:
    event = read_event(data=data)
    assert isinstance(event, MediaEvent)
    assert event.data == Media(id=MEDIA_ID)
    assert event.raw_data == (None if data is ... else data)
    unknown = read_event(type="a", data=data)
    assert isinstance(unknown, UnknownEvent)
    assert unknown.data == (None if data is ... else data)


@pytest.mark.parametrize("kind", KINDS)
def test_each_value_that_changes_costs_itself_and_nothing_else(kind: type[AnyEvent]) -> None:
    types, of_data, data = KINDS[kind]
    type = get_args(types)[0]
    for name in data:
        for value in (..., None, 7, "text", [7], {"a": [7]}):
            changed = {other: part for other, part in {**data, name: value}.items() if part is not ...}
            event = read_event(type=type, data=changed)
            assert isinstance(event, kind)
            assert event.raw_data == changed
            others = {other: part for other, part in data.items() if other != name}
            for other, expected in _attributes(of_data, others).items():
                assert getattr(event.data, other) == expected


@pytest.mark.parametrize("name", sorted(EVENT.keys() - {"type", "data"}))
def test_each_part_of_the_envelope_may_be_missing_or_different(name: str) -> None:
    for value in (..., None, 7, [7], {"id": 7}, {"name": [7]}):
        event = read_event(**{name: value})
        assert isinstance(event, MediaEvent)
        assert event.data.id == MEDIA_ID
        assert event.raw_data == EVENT["data"]
        assert event.id
        assert name == "createdAt" or event.created_at_ns == 1778532136361817248


@pytest.mark.parametrize("value", [..., None, 7, ["video.media.ready"]])
def test_an_event_without_a_type_is_unknown(value: object) -> None:
    event = read_event(type=value)
    assert isinstance(event, UnknownEvent)
    assert event.type == ""
    assert event.data == EVENT["data"]


def test_an_id_that_is_missing_comes_from_the_object_or_from_another_field() -> None:
    ready = read_event(data={"status": "Ready"})
    assert isinstance(ready, MediaEvent)
    assert ready.data.id == MEDIA_ID
    media = read_event(type="video.upload.media_created", data={"mediaId": "a"}, object=...)
    assert isinstance(media, MediaEvent)
    assert media.data.id == "a"
    stream = read_event(type="video.live_stream.idle", data={}, object={"type": "live", "id": "b"})
    assert isinstance(stream, LiveStreamEvent)
    assert (stream.data.stream_id, stream.data.stream_key) == ("b", "")
    upload = read_event(type="video.media.upload.cancelled", data={}, object=...)
    assert isinstance(upload, UploadEvent)
    assert (upload.data.upload_id, upload.data.url) == ("", "")


def test_the_events_of_tracks_and_ai_features_name_their_media() -> None:
    for type in ("video.media.track.ready", "video.mediaAI.chapters.ready"):
        for changes in ({}, {"object": ..., "data": {"mediaId": MEDIA_ID}}):
            event = read_event(type=type, **changes)
            assert isinstance(event, TrackEvent | AiEvent)
            assert event.media_id == MEDIA_ID
    nameless = read_event(type="video.media.track.ready", object=..., data=7)
    assert isinstance(nameless, TrackEvent)
    assert nameless.media_id is None


def test_an_event_without_an_id_has_the_digest_of_its_body() -> None:
    first, again, other = read_event(id=...), read_event(id=...), read_event(id="")
    assert isinstance(first, MediaEvent)
    assert isinstance(again, MediaEvent)
    assert isinstance(other, MediaEvent)
    assert first.id == again.id != other.id


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01.000000002Z", 1_000_000_002),
        ("2026-05-11T20:42:16.361817248Z", 1778532136361817248),
        ("2026-05-11T20:42:16.361817249Z", 1778532136361817249),
        ("2026-05-11T22:42:16.361+02:00", 1778532136361000000),
        ("2026-05-11T20:42:16.361", 1778532136361000000),
        ("2026-05-11T20:42:16Z", 1778532136000000000),
        ("1778532136361", 1778532136361000000),
        ("yesterday", 0),
        (..., 0),
        (7, 0),
    ],
)
def test_the_time_of_an_event_is_exact_to_the_nanosecond(text: object, nanoseconds: int) -> None:
    event = read_event(createdAt=text)
    assert isinstance(event, MediaEvent)
    assert event.created_at_ns == nanoseconds


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"data": 7}, ["$.data"]),
        ({"data": ...}, ["$.data"]),
        ({"data": {}, "object": ...}, ["$.data.id"]),
        ({"data": {"id": 7}, "object": ...}, ["$.data.id"]),
        ({"data": {}}, []),
        ({"id": 7}, ["$.id"]),
        ({"id": ..., "type": 7}, ["$.type", "$.id"]),
        ({"type": "video.media.upload", "data": {"uploadId": "a", "url": 7}}, ["$.data.url"]),
        ({"type": "video.live_stream.idle", "data": {}}, ["$.data.streamKey"]),
    ],
)
def test_what_an_event_lacks_is_a_deviation(changes: dict[str, Any], paths: list[str]) -> None:
    event = read_event(**changes)
    assert [deviation.path for deviation in getattr(event, "deviations", ())] == paths


def test_data_of_any_depth_costs_nothing_else() -> None:
    deep = "[" * 300 + "]" * 300
    event = read_body(f'{{"type":"a","id":"x","status":7,"data":{deep}}}'.encode())
    assert isinstance(event, UnknownEvent)
    assert (event.id, len(event.deviations)) == ("x", 1)
    assert msgspec.json.encode(event.data).decode() == deep


def test_text_that_is_no_unicode_and_numbers_out_of_range_cost_themselves() -> None:
    body = json.dumps({**EVENT, "data": {"id": MEDIA_ID, "title": "?", "duration": 7}}).encode()
    event = read_body(body.replace(b"?", b"\xff").replace(b": 7}", b": 1e999}"))
    assert isinstance(event, MediaEvent)
    assert event.data == Media(id=MEDIA_ID, title="\ufffd")
    assert len(event.deviations) == 2


def test_a_type_of_any_length_is_shortened() -> None:
    event = read_event(type="a" * 100_000)
    assert isinstance(event, UnknownEvent)
    assert len(event.type) < 2000


def test_a_deviation_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "fastpix"):
        for _ in range(3):
            read_event(type="video.media.track.failed", data={"id": 7})
    logged = [record.getMessage() for record in caplog.records if "track.failed" in record.getMessage()]
    told = "$.data.id: expected string or null, got integer"
    assert logged == [f"webhook video.media.track.failed does not match the documentation at {told}"]


def test_a_repr_shows_no_secret() -> None:
    for kind, (types, _, data) in KINDS.items():
        shown = repr(read_event(type=get_args(types)[0], data=data))
        assert kind.__name__ in shown
        for secret in ("a-key-of-a-stream", "a-key-elsewhere", "upload_id=secret"):
            assert secret not in shown
    assert "a-key" not in repr(read_event(type="a", data=STREAM))


def test_an_event_can_be_pickled_copied_and_compared() -> None:
    for types, _, data in KINDS.values():
        event = read_event(type=get_args(types)[0], data=data)
        assert pickle.loads(pickle.dumps(event)) == event
        assert deepcopy(event) == event


def _attributes(kind: type[msgspec.Struct], data: dict[str, Any]) -> dict[str, object]:
    """Return the values of a struct by their Python names."""
    names = {field.encode_name: field.name for field in msgspec.structs.fields(kind)}
    shapes = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    return {names[name]: msgspec.convert(part, shapes[name]) for name, part in data.items() if name in names}
