"""The URLs of playback ids: their documented parameters, in their bounds."""

from collections.abc import Callable
from functools import partial
from typing import Any, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix.api.common import Resolution
from fastpix.errors import RequestValidationError
from fastpix.playback import (
    animation_url,
    audio_url,
    live_clip_url,
    mp4_url,
    player_html,
    spritesheet_url,
    stream_url,
    subtitles_url,
    thumbnail_url,
)

ID = "8f7c5b9e-65a4-4a22-9d6f-2b1c6f0e7a11"
STREAM = f"https://stream.fastpix.com/{ID}"
IMAGES = f"https://images.fastpix.com/{ID}"
BUILDERS: dict[str, Callable[..., str]] = {
    "animation": animation_url,
    "audio": audio_url,
    "clip": partial(live_clip_url, start=1, end=2),
    "mp4": mp4_url,
    "spritesheet": spritesheet_url,
    "stream": stream_url,
    "subtitles": partial(subtitles_url, track_id="track"),
    "thumbnail": thumbnail_url,
}
builders = pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (stream_url(ID), f"{STREAM}.m3u8"),
        (stream_url(ID, dvr=True), f"{STREAM}.m3u8?dvrMode=true"),
        (
            stream_url(ID, min_resolution="480p", max_resolution="1080p", rendition_order="desc"),
            f"{STREAM}.m3u8?minResolution=480p&maxResolution=1080p&renditionOrder=desc",
        ),
        (stream_url(ID, resolution="720p", token="a.b.c"), f"{STREAM}.m3u8?token=a.b.c&resolution=720p"),
        (live_clip_url(ID, 10, 40), f"{STREAM}.m3u8?start=10s&end=40s"),
        (live_clip_url(ID, 1, 2, clip_access="private"), f"{STREAM}.m3u8?start=1s&end=2s&clipAccess=private"),
        (thumbnail_url(ID), f"{IMAGES}/thumbnail.jpg"),
        (
            thumbnail_url(ID, "webp", time=0, width=200, height=100, fit_mode="stretch"),
            f"{IMAGES}/thumbnail.webp?time=0&width=200&height=100&fit_mode=stretch",
        ),
        (spritesheet_url(ID), f"{IMAGES}/spritesheet.jpg"),
        (spritesheet_url(ID, "json"), f"{IMAGES}/spritesheet.json"),
        (spritesheet_url(ID, "json", interval=2), f"{IMAGES}/advanced-spritesheet.json?interval=2"),
        (animation_url(ID), f"{IMAGES}/clip.gif"),
        (animation_url(ID, "webp", token="t"), f"{IMAGES}/clip.webp?token=t"),
        (mp4_url(ID), f"{STREAM}/capped-4k.mp4"),
        (audio_url(ID), f"{STREAM}/audio.m4a"),
        (subtitles_url(ID, "track"), f"{STREAM}/text/track.vtt"),
    ],
)
def test_a_url_has_the_documented_form(url: str, expected: str) -> None:
    assert url == expected


@builders
@given(id=st.text(min_size=1).filter(lambda text: text.strip(".")), token=st.text())
def test_no_id_and_no_token_leads_elsewhere(build: Callable[..., str], id: str, token: str) -> None:
    parts = urlsplit(build(id, token=token))
    usual = urlsplit(build("an-id"))
    assert (parts.scheme, parts.netloc) == (usual.scheme, usual.netloc)
    assert parts.path.count("/") == usual.path.count("/")
    assert unquote(parts.path, errors="surrogatepass").startswith(f"/{id}")
    assert dict(parse_qsl(parts.query, keep_blank_values=True, errors="surrogatepass"))["token"] == token


@builders
@pytest.mark.parametrize("origin", ["https://stream.example.com", "http://127.0.0.1:8080/"])
def test_an_origin_takes_the_place_of_the_host_of_fastpix(build: Callable[..., str], origin: str) -> None:
    whole = build(ID, origin=origin)
    assert whole.startswith(f"{origin.rstrip('/')}/{ID}")


@builders
@pytest.mark.parametrize(
    "origin", ["example.com", "https://a/b", "https://a?b", "https://u@h", "ftp://a", "https://", "", None]
)
def test_an_origin_is_a_scheme_and_a_host(build: Callable[..., str], origin: str) -> None:
    with pytest.raises(RequestValidationError, match=r"^origin must be a scheme and a host") as refused:
        build(ID, origin=origin)
    assert refused.value.field == "origin"


@builders
@pytest.mark.parametrize("id", ["", ".", "..", None, 7])
def test_an_id_is_a_text(build: Callable[..., str], id: Any) -> None:
    with pytest.raises(RequestValidationError, match=r"^playback_id must be an id, not"):
        build(id)


ARGUMENTS: dict[Callable[..., str], tuple[str, ...]] = {
    stream_url: ("min_resolution", "max_resolution", "resolution", "rendition_order"),
    live_clip_url: ("start", "end", "clip_access"),
    thumbnail_url: ("format", "time", "width", "height", "fit_mode"),
    spritesheet_url: ("format", "interval"),
    animation_url: ("format",),
    subtitles_url: ("track_id",),
    player_html: (
        *("playback_id", "stream_type", "start_time", "thumbnail_time"),
        *("min_resolution", "max_resolution", "resolution", "rendition_order"),
    ),
}
NEEDED: dict[Callable[..., str], dict[str, int]] = {live_clip_url: {"start": 10, "end": 20}}


@pytest.mark.parametrize(
    ("build", "field"), [(build, field) for build, fields in ARGUMENTS.items() for field in fields]
)
@pytest.mark.parametrize("wrong", [-1, True, [], 2.5])
def test_an_error_names_the_argument(build: Callable[..., str], field: str, wrong: Any) -> None:
    with pytest.raises(RequestValidationError) as refused:
        build(**{"playback_id": ID, **NEEDED.get(build, {}), field: wrong})
    error = refused.value
    assert (error.field, error.message) == (field, f"{field} must be {error.allowed}, not {wrong!r}")


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda: spritesheet_url(ID, interval=11), "interval must be an int from 1 to 10, not 11"),
        (lambda: spritesheet_url(ID, interval=0), "interval must be an int from 1 to 10, not 0"),
        (lambda: thumbnail_url(ID, width=0), "width must be an int from 1 on, not 0"),
        (lambda: live_clip_url(ID, 0, 5), "start must be an int from 1 on, not 0"),
        (lambda: live_clip_url(ID, 5, 5), "end must be an int from 6 on, not 5"),
        (partial(BUILDERS["thumbnail"], ID, "gif"), "format must be one of 'jpg', 'png', 'webp', not 'gif'"),
    ],
)
def test_bounds_are_told(build: Callable[[], str], told: str) -> None:
    with pytest.raises(RequestValidationError) as refused:
        build()
    assert refused.value.message == told


@pytest.mark.parametrize("build", [thumbnail_url, spritesheet_url, animation_url])
def test_a_picture_has_a_format(build: Callable[..., str]) -> None:
    with pytest.raises(RequestValidationError, match=r"^format must be one of"):
        build(ID, None)


@pytest.mark.parametrize("missing", ["start", "end"])
def test_a_clip_needs_both_ends(missing: str) -> None:
    wrong: dict[str, Any] = {"start": 10, "end": 20, missing: None}
    with pytest.raises(RequestValidationError, match=rf"^{missing} must be an int"):
        live_clip_url(ID, **wrong)


def test_all_resolutions_of_the_api_are_allowed() -> None:
    for resolution in get_args(Resolution):
        assert stream_url(ID, resolution=resolution).endswith(f"?resolution={resolution}")
