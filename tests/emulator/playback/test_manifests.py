"""The manifests of long recordings. Those of clips are tested with live streams."""

import httpx

from fastpix import FastpixCore
from fastpix.api.live_streams import CompleteLiveStreamRequest, live_streams_complete
from fastpix.api.media import media_list
from fastpix.emulator import Emulator
from tests.emulator.acts import new_stream


def test_a_recording_of_years_has_a_manifest_of_a_day(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    stream = new_stream(core)
    emulator.connect_encoder(stream.stream_id)
    emulator.clock.advance(days=1000)
    live_streams_complete(core, CompleteLiveStreamRequest(stream.stream_id)).unwrap()
    emulator.clock.advance(minutes=1)
    (recording,) = media_list(core).unwrap().data
    (playback_id, *_) = recording.playback_ids or []
    answered = web.get(f"/{playback_id.id}.m3u8")
    assert answered.status_code == 200
    assert answered.text.count("#EXTINF") == 8640
