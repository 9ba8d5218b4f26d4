"""The ready-made tests of `until`, each run against the local FastPix until they pass or fail."""

from collections.abc import Callable
from typing import Any

import pytest

from fastpix import AsyncFastpixCore, FastpixCore, states, until
from fastpix.api.common import Moderation
from fastpix.api.live_streams import (
    CompleteLiveStreamRequest,
    DisableLiveStreamRequest,
    GetLiveStreamRequest,
    live_streams_complete,
    live_streams_disable,
    live_streams_get,
)
from fastpix.api.media import GenerateSubtitles, GetMediaRequest, Summary, media_get
from fastpix.api.media_ai import (
    CreateAdvancedSummaryRequest,
    CreateAttributedTranscriptRequest,
    GetAdvancedSummaryRequest,
    GetAttributedTranscriptRequest,
    media_ai_create_advanced_summary,
    media_ai_create_attributed_transcript,
    media_ai_get_advanced_summary,
    media_ai_get_attributed_transcript,
)
from fastpix.emulator import Content, Delays, Emulator, Reads, Seed, SeedFile
from fastpix.errors import WaitFailedError
from tests.emulator.acts import core_on, new_media, new_stream

WANTED: dict[str, Any] = {
    "mp4_support": "capped_4k",
    "subtitles": GenerateSubtitles(),
    "summary": Summary(generate=True),
    "chapters": True,
    "named_entities": True,
    "moderation": Moderation(),
}


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(delays=Delays.all(Reads(2)))


@pytest.fixture
def core(emulator: Emulator) -> FastpixCore:
    return core_on(emulator)


def waited(core: FastpixCore, operation: Any, name: str, request: Any) -> Any:
    return until(operation, getattr(states, name), pause=0.01, timeout=30)(core, request)


def started(core: FastpixCore, emulator: Emulator, name: str) -> tuple[Any, Any]:
    """Start what a test of `until` waits for. Return the operation to wait with, and its request."""
    if name.startswith("stream"):
        stream_id = new_stream(core).stream_id
        emulator.connect_encoder(stream_id)
        return live_streams_get, GetLiveStreamRequest(stream_id)
    media_id = new_media(core, **WANTED)
    if name == "advanced_summary_ready":
        media_ai_create_advanced_summary(core, CreateAdvancedSummaryRequest(media_id)).unwrap()
        return media_ai_get_advanced_summary, GetAdvancedSummaryRequest(media_id)
    if name == "attributed_transcript_ready":
        media_ai_create_attributed_transcript(core, CreateAttributedTranscriptRequest(media_id)).unwrap()
        return media_ai_get_attributed_transcript, GetAttributedTranscriptRequest(media_id)
    return media_get, GetMediaRequest(media_id)


NAMES = [name for name in states.__all__ if name[0].islower()]


@pytest.mark.parametrize("name", NAMES)
def test_a_wait_ends_when_it_is_done(core: FastpixCore, emulator: Emulator, name: str) -> None:
    operation, request = started(core, emulator, name)
    test: Callable[[Any], states.Verdict] = getattr(states, name)
    assert test(operation(core, request).unwrap()) is False
    if name == "stream_idle":
        waited(core, operation, "stream_active", request).unwrap()
        live_streams_complete(core, CompleteLiveStreamRequest(request.stream_id)).unwrap()
    assert test(waited(core, operation, name, request).unwrap()) is True


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.anyio
async def test_an_async_wait_ends_when_it_is_done(core: FastpixCore, emulator: Emulator, name: str) -> None:
    operation, request = started(core, emulator, "stream_active" if name == "stream_idle" else name)
    async_core = AsyncFastpixCore(
        username=emulator.username, password=emulator.password, transport=emulator.transport()
    )
    if name == "stream_idle":
        waited(core, operation, "stream_active", request).unwrap()
        live_streams_complete(core, CompleteLiveStreamRequest(request.stream_id)).unwrap()
    test = getattr(states, name)
    assert test((await until(operation, test, pause=0.01)(async_core, request)).unwrap()) is True


def test_a_wait_for_a_media_that_fails_fails(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(files=[SeedFile("https://example.com/bad.mp4", Content(fails=True))]))
    request = GetMediaRequest(new_media(core, "https://example.com/bad.mp4"))
    error = waited(core, media_get, "media_ready", request).failure()
    assert isinstance(error, WaitFailedError)
    assert error.reason == "the status is failed"


def test_a_wait_for_a_stream_that_is_disabled_fails(core: FastpixCore) -> None:
    stream_id = new_stream(core).stream_id
    live_streams_disable(core, DisableLiveStreamRequest(stream_id)).unwrap()
    for name in ("stream_active", "stream_idle"):
        error = waited(core, live_streams_get, name, GetLiveStreamRequest(stream_id)).failure()
        assert isinstance(error, WaitFailedError)


def test_a_wait_for_files_in_the_forms_of_may_says_why_it_fails() -> None:
    emulator = Emulator(forms="2026-05")
    core = core_on(emulator)
    error = waited(core, media_get, "mp4_ready", GetMediaRequest(new_media(core, mp4_support="capped_4k"))).failure()
    assert isinstance(error, WaitFailedError)
    assert "not the status of its files" in error.reason
