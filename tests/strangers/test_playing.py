"""An uploaded video plays in Chromium, with hls.js: time moves and frames are drawn, with and without a token."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import fastpix.emulator
from fastpix import FastpixCore
from fastpix.api.media import GetMediaRequest, Media, media_get
from fastpix.api.signing_keys import CreateSigningKeyRequest, signing_keys_create
from fastpix.api.uploads import PushMediaSettings
from fastpix.api.views import views_list
from fastpix.emulator import Emulator
from fastpix.playback import playback_signer, stream_url
from fastpix.uploads import upload
from tests.emulator.storage.movies import BLUE, RATE, RED, movie

HLS = Path(fastpix.emulator.__file__).parent / "studio" / "hls.light.min.js"
SECONDS = 6
MOVIE = movie(colors=[RED, BLUE] * (RATE * SECONDS // 2), audio=["eng"], size=(160, 120), seconds=SECONDS)
PLAY = """
(url) => {
    const video = document.querySelector("video");
    const hls = new Hls();
    window.errors = [];
    hls.on(Hls.Events.ERROR, (_, problem) => window.errors.push([problem.details, problem.response?.code ?? null]));
    hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
    hls.loadSource(url);
    hls.attachMedia(video);
}
"""
STATE = """
() => {
    const video = document.querySelector("video");
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
    return {
        time: video.currentTime, duration: video.duration, size: [video.videoWidth, video.videoHeight],
        frames: totalVideoFrames - droppedVideoFrames, parts: video.buffered.length, errors: window.errors,
    };
}
"""
COLOR = """
() => {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    context.drawImage(document.querySelector("video"), 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
}
"""


@pytest.fixture
def core(emulator: Emulator, server_url: str) -> FastpixCore:
    return FastpixCore(username=emulator.username, password=emulator.password, server_url=server_url)


def uploaded(core: FastpixCore, emulator: Emulator, policy: Any) -> tuple[Media, str]:
    """Upload the movie, and return its media and its playback id."""
    media_id = upload(core, MOVIE, PushMediaSettings(access_policy=policy)).unwrap().upload_id
    emulator.clock.advance(seconds=10)
    media = media_get(core, GetMediaRequest(media_id)).unwrap().data
    (playback_id,) = media.playback_ids or []
    return media, str(playback_id.id)


def play(page: Page, url: str) -> None:
    page.set_content("<video muted crossorigin></video>")
    page.add_script_tag(path=HLS)
    page.evaluate(PLAY, url)


@pytest.mark.parametrize("policy", ["public", "private"])
def test_a_video_plays_in_chromium(
    page: Page, core: FastpixCore, emulator: Emulator, server_url: str, policy: str
) -> None:
    _, playback_id = uploaded(core, emulator, policy)
    key = signing_keys_create(core, CreateSigningKeyRequest()).unwrap().data
    signer = playback_signer(key.id, key.private_key, clock=lambda: emulator.clock.now().timestamp()).unwrap()
    token = signer.sign(playback_id) if policy == "private" else None
    play(page, stream_url(playback_id, token=token, origin=server_url.removesuffix("/v1/")))
    page.wait_for_function("() => document.querySelector('video').ended")
    state = page.evaluate(STATE)
    assert state["errors"] == []
    assert state["time"] == state["duration"] == pytest.approx(SECONDS, abs=0.2)
    assert (state["size"], state["parts"]) == ([160, 120], 1)
    assert state["frames"] > SECONDS * RATE * 0.5  # a slow machine may leave out some
    red, _, blue, opaque = page.evaluate(COLOR)
    assert opaque == 255
    assert abs(red - blue) > 100
    emulator.clock.advance(seconds=10)
    (view,) = views_list(core).unwrap().data
    assert view.application == "Chrome"
    assert view.view_watch_time == pytest.approx(SECONDS * 1000, abs=200)


def test_a_private_video_does_not_play_without_its_token(
    page: Page, core: FastpixCore, emulator: Emulator, server_url: str
) -> None:
    _, playback_id = uploaded(core, emulator, "private")
    play(page, stream_url(playback_id, origin=server_url.removesuffix("/v1/")))
    page.wait_for_function("() => window.errors.length > 0")
    state = page.evaluate(STATE)
    assert state["errors"][0] == ["manifestLoadError", 401]
    assert (state["time"], state["frames"]) == (0, 0)
    assert views_list(core).unwrap().data == []
