"""What most tests of the local FastPix do first."""

from typing import Any

import msgspec

from fastpix import FastpixCore, Reply
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    GetLiveStreamRequest,
    InputMediaSettings,
    LiveStream,
    PlaybackSettings,
    live_streams_create,
    live_streams_get,
)
from fastpix.api.media import CreateMediaRequest, GetMediaRequest, Media, VideoInput, media_create, media_get
from fastpix.api.signing_keys import CreateSigningKeyRequest, signing_keys_create
from fastpix.api.uploads import PushMediaSettings
from fastpix.emulator import Emulator
from fastpix.errors import ApiError
from fastpix.playback import Signer, playback_signer
from fastpix.uploads import upload

NOWHERE = "00000000-0000-4000-8000-000000000000"
"""A UUID that nothing has."""
NO_STREAM = "0" * 32
"""The id of no stream."""


def core_on(emulator: Emulator) -> FastpixCore:
    """Return a core that uses a local FastPix in process."""
    return FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())


def refusal(reply: Reply[Any]) -> tuple[int, str]:
    error = reply.failure()
    assert isinstance(error, ApiError), error
    assert error.code == error.status
    return error.status, error.message


def bad_fields(reply: Reply[Any]) -> list[str]:
    """Return the fields that a 422 names."""
    error = reply.failure()
    assert isinstance(error, ApiError), error
    assert (error.status, error.message) == (422, "payload validation failed")
    return [field.field for field in error.fields]


def new_media(core: FastpixCore, url: str = "https://example.com/video.mp4", **settings: Any) -> str:
    """Create a media, and return its id."""
    wanted: dict[str, Any] = {"access_policy": "public", **settings}
    request = CreateMediaRequest([VideoInput(url)], **wanted)
    return media_create(core, request).unwrap().data.id


def ready_media(core: FastpixCore, emulator: Emulator, **settings: Any) -> str:
    media_id = new_media(core, **settings)
    emulator.clock.advance(seconds=1)
    return media_id


def read_media(core: FastpixCore, media_id: str) -> Media:
    return media_get(core, GetMediaRequest(media_id)).unwrap().data


def uploaded(core: FastpixCore, emulator: Emulator, content: bytes, **settings: Any) -> Media:
    """Upload a file, and return its media when it is ready."""
    wanted = PushMediaSettings(access_policy=settings.pop("access_policy", "public"), **settings)
    media_id = upload(core, content, wanted).unwrap().upload_id
    emulator.clock.advance(seconds=1)
    return read_media(core, media_id)


def playback_id_of(media: Media | LiveStream) -> str:
    (first, *_) = media.playback_ids or []
    return str(first.id)


def signer(core: FastpixCore, emulator: Emulator) -> Signer:
    """Return a signer with a new signing key, on the clock of the local FastPix."""
    key = signing_keys_create(core, CreateSigningKeyRequest()).unwrap().data
    return playback_signer(key.id, key.private_key, clock=lambda: emulator.clock.now().timestamp()).unwrap()


def new_stream(core: FastpixCore, **settings: object) -> LiveStream:
    request = CreateLiveStreamRequest(PlaybackSettings(), msgspec.convert(settings, InputMediaSettings))
    return live_streams_create(core, request).unwrap().data


def read_stream(core: FastpixCore, stream: LiveStream | str) -> LiveStream:
    stream_id = stream if isinstance(stream, str) else stream.stream_id
    return live_streams_get(core, GetLiveStreamRequest(stream_id)).unwrap().data
