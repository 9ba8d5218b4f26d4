"""One event of each type, from a local FastPix in memory on which everything happens that webhooks are told."""

from contextlib import closing
from time import time_ns
from typing import Any

import httpx
import msgspec

from fastpix import FastpixCore
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    DisableLiveStreamRequest,
    InputMediaSettings,
    PlaybackSettings,
    UpdateLiveStreamRequest,
    live_streams_create,
    live_streams_delete,
    live_streams_disable,
    live_streams_update,
)
from fastpix.api.media import (
    CreateMediaRequest,
    DeleteMediaRequest,
    GenerateSubtitles,
    Moderation,
    Summary,
    UpdateSourceAccessRequest,
    VideoInput,
    media_create,
    media_delete,
    media_update_source_access,
)
from fastpix.api.media_ai import (
    CreateAdvancedSummaryRequest,
    CreateAttributedTranscriptRequest,
    media_ai_create_advanced_summary,
    media_ai_create_attributed_transcript,
)
from fastpix.api.media_tracks import (
    AddMediaTrackRequest,
    DeleteMediaTrackRequest,
    NewTrack,
    UpdateMediaTrackRequest,
    media_tracks_add,
    media_tracks_delete,
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
from fastpix.emulator.clock import text_of_nanoseconds
from fastpix.emulator.model.media import Content
from fastpix.emulator.paths import API_PATH
from fastpix.emulator.seed import Seed, SeedFile
from fastpix.emulator.service import NOWHERE, Emulator
from fastpix.webhooks.events import UnknownEvent, kind_of

__all__ = ["sample", "samples"]

VIDEO, BROKEN = "https://example.com/talk.mp4", "https://example.com/broken.mp4"
A_WHILE = 10
"""The seconds in which everything that waits happens."""


def sample(type: str, id: str | None = None) -> bytes | None:
    """Return the body of an event of a type, as if it happened now. ``None`` if the type is not known.

    Args:
        type: The type, in any of its spellings.
        id: The id of the object. Default: a random one.
    """
    kind, spelling = kind_of(type)
    if kind.event is UnknownEvent:
        return None
    known = samples()
    alike = next(body for other, body in known.items() if kind_of(other)[0] is kind)
    event: dict[str, Any] = msgspec.json.decode(known.get(spelling, alike))
    if spelling not in known:
        event["status"] = spelling.rpartition(".")[2]
    if id is not None:
        event["object"]["id"] = id
        event["data"] |= {kind.id: id} if kind.id else {}
    return msgspec.json.encode({**event, "type": type, "createdAt": text_of_nanoseconds(time_ns())})


def samples() -> dict[str, bytes]:
    """Return the body of an event of each type that a local FastPix sends."""
    bodies: list[bytes] = []

    def keep(body: bytes, _: dict[str, str]) -> int:
        bodies.append(body)
        return 204

    with closing(Emulator()) as emulator:
        emulator.clock.hold()
        emulator.seed(Seed(files=[SeedFile(BROKEN, Content(fails=True))]))
        emulator.add_webhook(keep, probe=False)
        core = FastpixCore(
            username=emulator.username,
            password=emulator.password,
            server_url=f"{NOWHERE}{API_PATH}/",
            transport=emulator.transport(),
        )
        media_id = _live_through_a_media(core, emulator, VIDEO)
        _live_through_a_track(core, emulator, media_id)
        media_update_source_access(core, UpdateSourceAccessRequest(media_id, source_access=False)).unwrap()
        media_delete(core, DeleteMediaRequest(media_id)).unwrap()
        _live_through_a_media(core, emulator, BROKEN)
        _live_through_uploads(core, emulator)
        _live_through_a_stream(core, emulator)
    found: dict[str, bytes] = {}
    for body in bodies:
        found.setdefault(msgspec.json.decode(body)["type"], body)
    return found


def _live_through_a_media(core: FastpixCore, emulator: Emulator, url: str) -> str:
    """Create a media, and let everything happen that its settings ask for. Return its id."""
    request = CreateMediaRequest(
        [VideoInput(url)],
        "public",
        title="A talk",
        mp4_support="capped_4k",
        source_access=True,
        subtitles=GenerateSubtitles(language_name="English", language_code="en"),
        summary=Summary(generate=True),
        chapters=True,
        named_entities=True,
        moderation=Moderation("video"),
    )
    media_id = media_create(core, request).unwrap().data.id
    media_ai_create_advanced_summary(core, CreateAdvancedSummaryRequest(media_id)).unwrap()
    media_ai_create_attributed_transcript(core, CreateAttributedTranscriptRequest(media_id)).unwrap()
    emulator.clock.advance(seconds=A_WHILE)
    return media_id


def _live_through_a_track(core: FastpixCore, emulator: Emulator, media_id: str) -> None:
    track = NewTrack("https://example.com/de.vtt", "subtitle", "de-DE", "German")
    track_id = media_tracks_add(core, AddMediaTrackRequest(media_id, track)).unwrap().data.id
    emulator.clock.advance(seconds=A_WHILE)
    media_tracks_update(core, UpdateMediaTrackRequest(media_id, track_id, title="Subtitles")).unwrap()
    media_tracks_delete(core, DeleteMediaTrackRequest(media_id, track_id)).unwrap()


def _live_through_uploads(core: FastpixCore, emulator: Emulator) -> None:
    first, second = (uploads_create(core, CreateUploadRequest("*")).unwrap().data for _ in range(2))
    emulator.handle(httpx.Request("PUT", first.url, content=b"a video"))
    uploads_cancel(core, CancelUploadRequest(second.upload_id)).unwrap()


def _live_through_a_stream(core: FastpixCore, emulator: Emulator) -> None:
    settings = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings(metadata={"name": "A show"}))
    stream = live_streams_create(core, settings).unwrap().data
    target = CreateSimulcastRequest(stream.stream_id, "rtmps://example.com/app/", "the-stream-key")
    simulcast_id = simulcasts_create(core, target).unwrap().data.simulcast_id
    emulator.connect_encoder(stream.stream_id)
    emulator.clock.advance(seconds=A_WHILE)
    (playback_id,) = stream.playback_ids or []
    emulator.handle(httpx.Request("GET", f"{NOWHERE}/{playback_id.id}.m3u8?start=1&end=5"))
    simulcasts_update(core, UpdateSimulcastRequest(stream.stream_id, simulcast_id, is_enabled=False)).unwrap()
    live_streams_update(core, UpdateLiveStreamRequest(stream.stream_id, reconnect_window=60)).unwrap()
    emulator.disconnect_encoder(stream.stream_id)
    emulator.clock.advance(minutes=2)
    simulcasts_delete(core, DeleteSimulcastRequest(stream.stream_id, simulcast_id)).unwrap()
    live_streams_disable(core, DisableLiveStreamRequest(stream.stream_id)).unwrap()
    live_streams_delete(core, DeleteLiveStreamRequest(stream.stream_id)).unwrap()
