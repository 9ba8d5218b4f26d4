"""Webhooks: a match over the events is exact, and so is the data of each."""

from collections.abc import Mapping
from typing import Any, assert_never, assert_type

from fastpix import Failure, Result, Success
from fastpix.api.common import Track
from fastpix.api.live_streams import LiveStream, Simulcast
from fastpix.api.media import Media
from fastpix.api.uploads import Upload
from fastpix.errors import WebhookError
from fastpix.webhooks import (
    AiEvent,
    AiOutput,
    Event,
    LiveStreamEvent,
    MediaEvent,
    Probe,
    SimulcastEvent,
    TrackEvent,
    UnknownEvent,
    UploadEvent,
    read,
    sign,
)


def respond(body: bytes, headers: Mapping[str, str]) -> int:
    assert_type(read(body, headers), Result[Event, WebhookError])
    match read(body, headers, ["new", "old"]):
        case Success(Probe()):
            return 200
        case Success(event):
            print(describe(event))
            return 200
        case Failure(error):
            assert_type(error, WebhookError)
            return error.status


def describe(event: Event) -> str:
    match event:
        case MediaEvent("video.media.ready", media):
            assert_type(media, Media)
            return media.id
        case MediaEvent(type="video.media.failed", data=media):
            return media.id
        case MediaEvent():
            return event.data.id
        case UploadEvent(_, upload):
            assert_type(upload, Upload)
            return upload.upload_id
        case TrackEvent(_, track):
            assert_type(track, Track)
            return event.media_id or ""
        case AiEvent(_, output):
            assert_type(output, AiOutput)
            return event.id
        case LiveStreamEvent(_, stream):
            assert_type(stream, LiveStream)
            return stream.stream_id
        case SimulcastEvent(_, simulcast):
            assert_type(simulcast, Simulcast)
            return simulcast.simulcast_id
        case UnknownEvent(kind, data):
            assert_type(kind, str)
            assert_type(data, Any)
            return kind
        case Probe():
            return ""
        case _:
            assert_never(event)


def incomplete(event: Event) -> str:  # error
    match event:  # error: pyright
        case MediaEvent() | UploadEvent() | TrackEvent() | AiEvent() | LiveStreamEvent() | SimulcastEvent():
            return event.id
        case UnknownEvent():
            return event.type


def headers_of_servers(body: bytes, pairs: list[tuple[bytes, bytes]], environ: dict[str, Any]) -> None:
    read(body, pairs, "secret")
    read(body, environ)
    read(body, {b"fastpix-signature": b"a"})
    read(body, 7)  # error
    read("body", {})  # error
    read(body, {}, 7)  # error
    assert_type(sign(body, "secret"), str)


def misspelled(event: MediaEvent) -> bool:
    return event.type == "video.media.redy"  # error: mypy pyright
