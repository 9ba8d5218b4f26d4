"""Webhooks: verify a request that FastPix sent, and read its event.

    from fastpix import Failure, Success
    from fastpix.webhooks import MediaEvent, Probe, read

    match read(body, headers, secret):
        case Success(Probe()): ...                                # FastPix asks whether the URL answers
        case Success(MediaEvent("video.media.ready", media)): ...
        case Success(event): ...
        case Failure(error): ...

`sign` makes the signature of a body, for tests. This package sends nothing, and loads no HTTP client.
"""

from fastpix.webhooks.events import (
    AiEvent,
    AiOutput,
    AnyEvent,
    Chapter,
    Event,
    EventObject,
    EventWorkspace,
    LiveStreamEvent,
    MediaEvent,
    ModerationScore,
    Probe,
    SimulcastEvent,
    TrackEvent,
    UnknownEvent,
    UploadEvent,
)
from fastpix.webhooks.reading import read
from fastpix.webhooks.signature import SIGNATURE_HEADER, sign

__all__ = [
    "SIGNATURE_HEADER",
    "AiEvent",
    "AiOutput",
    "AnyEvent",
    "Chapter",
    "Event",
    "EventObject",
    "EventWorkspace",
    "LiveStreamEvent",
    "MediaEvent",
    "ModerationScore",
    "Probe",
    "SimulcastEvent",
    "TrackEvent",
    "UnknownEvent",
    "UploadEvent",
    "read",
    "sign",
]
