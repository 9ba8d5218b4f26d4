"""Which events webhooks get, in which order, for all that can happen."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from fastpix import FastpixCore
from fastpix.api.live_streams import (
    CompleteLiveStreamRequest,
    DeleteLiveStreamRequest,
    DisableLiveStreamRequest,
    EnableLiveStreamRequest,
    UpdateLiveStreamRequest,
    live_streams_complete,
    live_streams_delete,
    live_streams_disable,
    live_streams_enable,
    live_streams_update,
)
from fastpix.api.media import (
    DeleteMediaRequest,
    GenerateSubtitles,
    Moderation,
    Summary,
    UpdateMediaRequest,
    UpdateMp4SupportRequest,
    UpdateSourceAccessRequest,
    media_delete,
    media_update,
    media_update_mp4_support,
    media_update_source_access,
)
from fastpix.api.media_ai import (
    CreateAttributedTranscriptRequest,
    UpdateMediaModerationRequest,
    media_ai_create_attributed_transcript,
    media_ai_update_moderation,
)
from fastpix.api.media_tracks import (
    AddMediaTrackRequest,
    DeleteMediaTrackRequest,
    GenerateSubtitlesRequest,
    NewTrack,
    UpdateMediaTrackRequest,
    media_tracks_add,
    media_tracks_delete,
    media_tracks_generate_subtitles,
    media_tracks_update,
)
from fastpix.api.simulcasts import (
    CreateSimulcastRequest,
    DeleteSimulcastRequest,
    UpdateSimulcastRequest,
    simulcasts_create,
    simulcasts_delete,
    simulcasts_update,
)
from fastpix.api.uploads import CancelUploadRequest, CreateUploadRequest, uploads_cancel, uploads_create
from fastpix.emulator import Content, Emulator, Inbox, Seed, SeedFile
from fastpix.webhooks import AiEvent, LiveStreamEvent, MediaEvent, SimulcastEvent, TrackEvent, UploadEvent
from tests.emulator.acts import core_on, new_media, new_stream, read_media, read_stream, ready_media

Types = Callable[[], list[str]]


@pytest.fixture
def happened(inbox: Inbox) -> Iterator[Types]:
    """The types since the last look, without ``video.``."""
    seen = 0

    def types() -> list[str]:
        nonlocal seen
        new, seen = inbox.types[seen:], len(inbox.types)
        return [type.removeprefix("video.") for type in new]

    yield types
    assert all(event.deviations == () for event in inbox.events)


def test_a_media_from_a_url(core: FastpixCore, emulator: Emulator, inbox: Inbox, happened: Types) -> None:
    media_id = new_media(core)
    emulator.clock.advance(seconds=9)
    assert happened() == ["media.created", "media.ready"]
    for event in inbox.events:
        assert isinstance(event, MediaEvent)
        assert event.object is not None
        assert (event.object.type, event.object.id, event.data.id) == ("media", media_id, media_id)
        assert event.workspace is not None
        assert event.workspace.id == emulator.workspace_id
    assert [event.status for event in inbox.events] == ["media_created", "ready"]
    media_update(core, UpdateMediaRequest(media_id, title="A")).unwrap()
    media_update(core, UpdateMediaRequest(media_id, title="A")).unwrap()  # the same title is an update, too
    media_delete(core, DeleteMediaRequest(media_id)).unwrap()
    assert happened() == ["media.updated", "media.updated", "media.deleted"]
    assert isinstance(inbox.events[-1], MediaEvent)
    assert inbox.events[-1].data.title == "A"


def test_a_media_with_everything(core: FastpixCore, emulator: Emulator, inbox: Inbox, happened: Types) -> None:
    subtitles = GenerateSubtitles(language_name="English", language_code="en")
    settings: dict[str, Any] = {"summary": Summary(generate=True), "chapters": True, "named_entities": True}
    new_media(core, mp4_support="capped_4k", source_access=True, subtitles=subtitles, **settings)
    emulator.clock.advance(seconds=9)
    assert happened() == [
        "media.created",
        "media.ready",
        "media.source.ready",
        "media.subtitle.generated",
        "mediaAI.summary.ready",
        "mediaAI.chapters.ready",
        "mediaAI.named-entities.ready",
        "media.mp4Support.ready",
    ]
    chapters = inbox.events[5]
    assert isinstance(chapters, AiEvent)
    assert [chapter.title for chapter in chapters.data.chapters or ()] == ["The beginning", "The rest"]
    assert "summary" in inbox.events[4].raw_data
    assert "namedEntities" in inbox.events[6].raw_data


def test_a_media_that_fails(core: FastpixCore, emulator: Emulator, inbox: Inbox, happened: Types) -> None:
    emulator.seed(Seed(files=[SeedFile("https://example.com/broken.mp4", Content(fails=True))]))
    media_id = new_media(core, "https://example.com/broken.mp4", chapters=True)
    media_ai_create_attributed_transcript(core, CreateAttributedTranscriptRequest(media_id)).unwrap()
    emulator.clock.advance(seconds=9)
    assert happened() == [
        "media.created",
        "media.failed",
        "mediaAI.chapters.failed",
        "media.ai.attributed_transcript.failed",
    ]
    assert isinstance(inbox.events[2], AiEvent)
    assert (inbox.events[2].media_id, inbox.events[2].data.failed_reason) == (media_id, "the media has failed")


def test_files_source_and_ai_of_a_ready_media(
    core: FastpixCore, emulator: Emulator, inbox: Inbox, happened: Types
) -> None:
    media_id = ready_media(core, emulator)
    happened()
    media_update_mp4_support(core, UpdateMp4SupportRequest(media_id, "audioOnly")).unwrap()
    for wanted in (True, True, False):
        media_update_source_access(core, UpdateSourceAccessRequest(media_id, source_access=wanted)).unwrap()
    media_ai_update_moderation(core, UpdateMediaModerationRequest(media_id, Moderation("video"))).unwrap()
    media_ai_create_attributed_transcript(core, CreateAttributedTranscriptRequest(media_id)).unwrap()
    emulator.clock.advance(seconds=9)
    assert happened() == [
        "media.source.ready",
        "media.source.deleted",
        "media.mp4Support.ready",
        "mediaAI.moderation.ready",
        "media.ai.attributed_transcript.ready",
    ]
    moderation, transcript = inbox.events[-2:]
    assert isinstance(moderation, AiEvent)
    assert [score.category for score in moderation.data.moderation_result or ()][:2] == ["Harassment", "Hate"]
    assert transcript.raw_data["status"] == "COMPLETED"


def test_tracks(core: FastpixCore, emulator: Emulator, inbox: Inbox, happened: Types) -> None:
    media_id = ready_media(core, emulator)
    happened()
    wanted = NewTrack("https://example.com/de.vtt", "subtitle", "de-DE", "German")
    track_id = media_tracks_add(core, AddMediaTrackRequest(media_id, wanted)).unwrap().data.id
    emulator.clock.advance(seconds=9)
    assert happened() == ["media.track.created", "media.track.ready", "media.updated"]
    media_tracks_update(core, UpdateMediaTrackRequest(media_id, track_id, title="A")).unwrap()
    emulator.clock.advance(seconds=9)
    assert happened() == ["media.track.updated", "media.track.ready", "media.updated"]
    track = inbox.events[-2]
    assert isinstance(track, TrackEvent)
    assert (track.media_id, track.data.id, track.data.title, track.data.status) == (
        media_id,
        track_id,
        "A",
        "available",
    )
    media_tracks_delete(core, DeleteMediaTrackRequest(media_id, track_id)).unwrap()
    assert happened() == ["media.track.deleted", "media.updated"]
    (audio,) = [track for track in read_media(core, media_id).tracks or () if track.type == "audio"]
    subtitles = GenerateSubtitlesRequest(media_id, str(audio.id), "English", "en-US")
    media_tracks_generate_subtitles(core, subtitles).unwrap()
    emulator.clock.advance(seconds=9)
    assert happened() == ["media.subtitle.generated"]


def test_an_upload_has_no_created_event(core: FastpixCore, emulator: Emulator, inbox: Inbox, happened: Types) -> None:
    upload = uploads_create(core, CreateUploadRequest("*")).unwrap().data
    first = inbox.events[0]
    assert isinstance(first, UploadEvent)
    assert (first.data.upload_id, first.data.url) == (upload.upload_id, upload.url)
    assert first.data.status == "waiting"
    emulator.handle(httpx.Request("PUT", upload.url, content=b"not a video"))
    emulator.clock.advance(seconds=9)
    assert happened() == ["media.upload", "upload.media_created", "media.ready"]
    assert {event.object.id for event in inbox.events if event.object} == {upload.upload_id}
    cancelled = uploads_create(core, CreateUploadRequest("*")).unwrap().data
    uploads_cancel(core, CancelUploadRequest(cancelled.upload_id)).unwrap()
    uploads_create(core, CreateUploadRequest("*")).unwrap()
    emulator.clock.advance(days=1)
    assert happened() == ["media.upload", "media.upload.cancelled", "media.upload"]


def test_a_broadcast_and_its_recording(core: FastpixCore, emulator: Emulator, inbox: Inbox, happened: Types) -> None:
    stream_id = new_stream(core).stream_id
    emulator.connect_encoder(stream_id)
    emulator.clock.advance(seconds=9)
    assert happened() == [
        "live_stream.created",
        "live_stream.connected",
        "live_stream.preparing",
        "live_stream.active",
        "live_stream.recording",
    ]
    emulator.disconnect_encoder(stream_id)
    emulator.connect_encoder(stream_id)
    emulator.disconnect_encoder(stream_id)
    assert happened() == [
        "live_stream.disconnected",
        "live_stream.connected",
        "live_stream.active",
        "live_stream.disconnected",
    ]
    emulator.clock.advance(seconds=100)
    assert happened() == ["live_stream.idle", "media.created", "media.live_stream.created", "media.ready"]
    idle, _, recorded, _ = inbox.events[-4:]
    assert isinstance(idle, LiveStreamEvent)
    assert isinstance(recorded, MediaEvent)
    assert idle.object is not None
    assert (idle.object.type, idle.object.id, idle.data.status) == ("live", stream_id, "idle")
    assert (recorded.data.stream_id, recorded.status) == (stream_id, "media_created")
    assert idle.data.media_ids == [recorded.data.id] == read_stream(core, stream_id).media_ids


def test_what_an_operation_does_to_a_stream(core: FastpixCore, emulator: Emulator, happened: Types) -> None:
    stream_id = new_stream(core, enableRecording=False).stream_id
    emulator.connect_encoder(stream_id)
    emulator.clock.advance(seconds=9)
    assert happened()[-1] == "live_stream.active"
    live_streams_update(core, UpdateLiveStreamRequest(stream_id, reconnect_window=90)).unwrap()
    live_streams_complete(core, CompleteLiveStreamRequest(stream_id)).unwrap()
    live_streams_disable(core, DisableLiveStreamRequest(stream_id)).unwrap()
    live_streams_enable(core, EnableLiveStreamRequest(stream_id)).unwrap()
    live_streams_delete(core, DeleteLiveStreamRequest(stream_id)).unwrap()
    assert happened() == ["live_stream.updated", "live_stream.idle", "live_stream.disabled", "live_stream.deleted"]


def test_a_stream_that_is_deleted_while_it_is_live_ends_first(
    core: FastpixCore, emulator: Emulator, happened: Types
) -> None:
    live, disabled = new_stream(core), new_stream(core)
    emulator.connect_encoder(live.stream_id)
    emulator.clock.advance(seconds=9)
    live_streams_disable(core, DisableLiveStreamRequest(disabled.stream_id)).unwrap()
    happened()
    live_streams_delete(core, DeleteLiveStreamRequest(live.stream_id)).unwrap()
    assert happened() == ["live_stream.idle", "media.created", "media.live_stream.created", "live_stream.deleted"]
    live_streams_delete(core, DeleteLiveStreamRequest(disabled.stream_id)).unwrap()
    assert happened() == ["live_stream.deleted"]


def test_an_operation_that_is_refused_tells_nothing(core: FastpixCore, happened: Types) -> None:
    stream_id = new_stream(core).stream_id
    happened()
    live_streams_complete(core, CompleteLiveStreamRequest(stream_id)).failure()
    live_streams_enable(core, EnableLiveStreamRequest(stream_id)).failure()
    assert happened() == []


def test_a_clip_of_a_live_stream(core: FastpixCore, emulator: Emulator, web: httpx.Client, happened: Types) -> None:
    stream = new_stream(core)
    emulator.connect_encoder(stream.stream_id)
    emulator.clock.advance(seconds=9)
    happened()
    (playback_id,) = stream.playback_ids or []
    for _ in range(2):
        assert web.get(f"/{playback_id.id}.m3u8", params={"start": "1s", "end": "5s"}).status_code == 200
    emulator.clock.advance(seconds=9)
    assert happened() == ["media.live_clip.created", "media.ready"]


def test_simulcasts(core: FastpixCore, emulator: Emulator, inbox: Inbox, happened: Types) -> None:
    stream_id = new_stream(core, enableRecording=False).stream_id
    first, second = (
        simulcasts_create(core, CreateSimulcastRequest(stream_id, f"rtmp://example.com/{key}", key)).unwrap().data
        for key in ("a", "b")
    )
    off = UpdateSimulcastRequest(stream_id, second.simulcast_id, is_enabled=False)
    simulcasts_update(core, off).unwrap()
    simulcast = "live_stream.simulcast_target"
    assert happened()[1:] == [f"{simulcast}.created", f"{simulcast}.created", f"{simulcast}.updated"]
    emulator.connect_encoder(stream_id)
    emulator.clock.advance(seconds=9)
    assert happened()[-3:] == ["live_stream.active", f"{simulcast}.starting", f"{simulcast}.broadcasting"]
    last = inbox.events[-1]
    assert isinstance(last, SimulcastEvent)
    assert last.data == first
    simulcasts_delete(core, DeleteSimulcastRequest(stream_id, first.simulcast_id)).unwrap()
    assert happened() == [f"{simulcast}.deleted"]


def test_events_have_the_forms_of_the_month() -> None:
    bodies: list[dict[str, Any]] = []

    def keep(body: bytes, _: dict[str, str]) -> int:
        bodies.append(json.loads(body))
        return 204

    with closing(Emulator(forms="2026-05")) as emulator:
        emulator.clock.hold()
        emulator.add_webhook(keep, probe=False)
        subtitles = GenerateSubtitles(language_name="English", language_code="en")
        ready_media(core_on(emulator), emulator, mp4_support="capped_4k", subtitles=subtitles)
    ready = next(body for body in bodies if body["type"] == "video.media.ready")
    assert (ready["data"]["duration"], ready["data"]["mp4Support"]) == ("00:00:10", "capped_4k")
    assert "video.media.subtitle.generated.ready" in [body["type"] for body in bodies]
