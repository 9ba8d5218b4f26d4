"""The URLs of a playback id: of its stream, pictures, files and subtitles. They have only documented parameters.

Each function returns a URL, and sends nothing. A private playback id needs a ``token``, which `Signer.sign` makes.
Each takes an ``origin``, the scheme and host of the URL: of your own domain, or of a local FastPix.
"""

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args
from urllib.parse import quote, urlencode

from fastpix._call.validation import refusal
from fastpix.api.common import BasicAccessPolicy, Resolution

__all__ = [
    "IMAGES_ORIGIN",
    "STREAM_ORIGIN",
    "AnimationFormat",
    "FitMode",
    "PictureFormat",
    "RenditionOrder",
    "SpritesheetFormat",
    "animation_url",
    "audio_url",
    "check_choice",
    "check_id",
    "check_number",
    "live_clip_url",
    "mp4_url",
    "spritesheet_url",
    "stream_url",
    "subtitles_url",
    "thumbnail_url",
]

STREAM_ORIGIN = "https://stream.fastpix.com"
"""The scheme and host of streams, files and subtitles."""
IMAGES_ORIGIN = "https://images.fastpix.com"
"""The scheme and host of thumbnails, spritesheets and animations."""

RenditionOrder: TypeAlias = Literal["asc", "desc"]
"""The order of the renditions in a manifest: the lowest resolution first, or the highest."""
PictureFormat: TypeAlias = Literal["jpg", "png", "webp"]
"""The format of a thumbnail."""
FitMode: TypeAlias = Literal["preserve", "stretch"]
"""How a thumbnail fits into width and height: in its own proportions, or stretched."""
SpritesheetFormat: TypeAlias = Literal["jpg", "json"]
"""The picture of a spritesheet, or the places of its tiles."""
AnimationFormat: TypeAlias = Literal["gif", "webp"]
"""The format of an animation."""

ORIGIN = re.compile(r"https?://[^\s/?#@\\]+/?")


def stream_url(
    playback_id: str,
    *,
    token: str | None = None,
    min_resolution: Resolution | None = None,
    max_resolution: Resolution | None = None,
    resolution: Resolution | None = None,
    rendition_order: RenditionOrder | None = None,
    dvr: bool = False,
    origin: str = STREAM_ORIGIN,
) -> str:
    """Return the URL of the HLS manifest of a media or a live stream.

    It follows the API's documents on playback and the official web player.

    Args:
        playback_id: The playback id.
        token: The token of a private playback id. Default: none.
        min_resolution: The lowest resolution that is played: ``480p``, ``720p``, ``1080p``, ``1440p`` or ``2160p``. Default: no
            limit.
        max_resolution: The highest resolution that is played. Default: no limit.
        resolution: The only resolution that is played. Default: all.
        rendition_order: ``desc`` puts the highest resolution first, which most players start with. Default: ``asc``.
        dvr: Whether viewers of a live stream can go back to its beginning. The stream needs ``enable_dvr_mode``.
            Default: ``False``.
        origin: The scheme and host. Default: ``https://stream.fastpix.com``.

    Raises:
        RequestValidationError: An argument is not valid. Its ``field`` names the argument.
    """
    for name, value in (("min_resolution", min_resolution), ("max_resolution", max_resolution)):
        check_choice(name, value, Resolution)
    check_choice("resolution", resolution, Resolution)
    check_choice("rendition_order", rendition_order, RenditionOrder)
    query = {
        "minResolution": min_resolution,
        "maxResolution": max_resolution,
        "resolution": resolution,
        "renditionOrder": rendition_order,
        "dvrMode": "true" if dvr else None,
    }
    return _url(origin, playback_id, ".m3u8", query, token)


def live_clip_url(
    playback_id: str,
    start: int,
    end: int,
    *,
    clip_access: BasicAccessPolicy | None = None,
    token: str | None = None,
    origin: str = STREAM_ORIGIN,
) -> str:
    """Return the URL of the HLS manifest of a part of a live stream. The first request for it makes a media of the part.

    Start and end move to the borders of segments. `live_streams_list_clips` lists the media. It follows the API's
    document on instant live clips.

    Args:
        playback_id: A playback id of the live stream.
        start: The start of the part, in whole seconds since the start of the stream, from 1 on.
        end: Its end, in whole seconds, after its start.
        clip_access: The access policy of the media. Default: that of the stream.
        token: The token of a private playback id. Default: none.
        origin: The scheme and host. Default: ``https://stream.fastpix.com``.

    Raises:
        RequestValidationError: An argument is not valid. Its ``field`` names the argument.
    """
    check_number("start", start, 1, is_optional=False)
    check_number("end", end, start + 1, is_optional=False)
    check_choice("clip_access", clip_access, BasicAccessPolicy)
    query = {"start": f"{start}s", "end": f"{end}s", "clipAccess": clip_access}
    return _url(origin, playback_id, ".m3u8", query, token)


def thumbnail_url(
    playback_id: str,
    format: PictureFormat = "jpg",
    *,
    time: int | None = None,
    width: int | None = None,
    height: int | None = None,
    fit_mode: FitMode | None = None,
    token: str | None = None,
    origin: str = IMAGES_ORIGIN,
) -> str:
    """Return the URL of a picture from a video. It follows the API's document on thumbnails.

    Args:
        playback_id: The playback id of a media.
        format: ``jpg``, ``png`` or ``webp``. Default: ``jpg``.
        time: The time in the video, in whole seconds from 0 on. Default: the middle of the video.
        width: The width in pixels, from 1 on. Default: that of the video.
        height: The height in pixels, from 1 on. Default: that of the video.
        fit_mode: ``preserve`` keeps the proportions: the picture fits into width and height. ``stretch`` fills them
            exactly. Default: ``preserve``.
        token: The token of a private playback id. Default: none.
        origin: The scheme and host. Default: ``https://images.fastpix.com``.

    Raises:
        RequestValidationError: An argument is not valid. Its ``field`` names the argument.
    """
    check_choice("format", format, PictureFormat, is_optional=False)
    for name, value, least in (("time", time, 0), ("width", width, 1), ("height", height, 1)):
        check_number(name, value, least)
    check_choice("fit_mode", fit_mode, FitMode)
    query = {"time": time, "width": width, "height": height, "fit_mode": fit_mode}
    return _url(origin, playback_id, f"/thumbnail.{format}", query, token)


def spritesheet_url(
    playback_id: str,
    format: SpritesheetFormat = "jpg",
    *,
    interval: int | None = None,
    token: str | None = None,
    origin: str = IMAGES_ORIGIN,
) -> str:
    """Return the URL of a picture with many small pictures of a video, or of the JSON with the place of each.

    Players show them above their timeline. It follows the official web player.

    Args:
        playback_id: The playback id of a media.
        format: ``jpg`` for the picture, ``json`` for the places. Default: ``jpg``.
        interval: The whole seconds between two pictures, 1 to 10, for the advanced spritesheet. Default: the plain
            spritesheet.
        token: The token of a private playback id. Default: none.
        origin: The scheme and host. Default: ``https://images.fastpix.com``.

    Raises:
        RequestValidationError: An argument is not valid. Its ``field`` names the argument.
    """
    check_choice("format", format, SpritesheetFormat, is_optional=False)
    check_number("interval", interval, 1, 10)
    name = "spritesheet" if interval is None else "advanced-spritesheet"
    return _url(origin, playback_id, f"/{name}.{format}", {"interval": interval}, token)


def animation_url(
    playback_id: str,
    format: AnimationFormat = "gif",
    *,
    token: str | None = None,
    origin: str = IMAGES_ORIGIN,
) -> str:
    """Return the URL of a short animation of a video.

    FastPix does not document the parameters of this URL, so the part and the size can't be chosen. It follows the API's
    document on GIFs.

    Args:
        playback_id: The playback id of a media.
        format: ``gif`` or ``webp``. Default: ``gif``.
        token: The token of a private playback id. Default: none.
        origin: The scheme and host. Default: ``https://images.fastpix.com``.

    Raises:
        RequestValidationError: An argument is not valid. Its ``field`` names the argument.
    """
    check_choice("format", format, AnimationFormat, is_optional=False)
    return _url(origin, playback_id, f"/clip.{format}", {}, token)


def mp4_url(playback_id: str, *, token: str | None = None, origin: str = STREAM_ORIGIN) -> str:
    """Return the URL of the MP4 file of a media, which needs ``capped_4k`` in its ``mp4_support``.

    It follows the API's document on MP4 support. Media with DRM have no such file.

    Args:
        playback_id: The playback id of a media.
        token: The token of a private playback id. Default: none.
        origin: The scheme and host. Default: ``https://stream.fastpix.com``.

    Raises:
        RequestValidationError: An argument is not valid. Its ``field`` names the argument.
    """
    return _url(origin, playback_id, "/capped-4k.mp4", {}, token)


def audio_url(playback_id: str, *, token: str | None = None, origin: str = STREAM_ORIGIN) -> str:
    """Return the URL of the M4A file of a media, which needs ``audioOnly`` in its ``mp4_support``.

    It follows the API's document on MP4 support. Media with DRM have no such file.

    Args:
        playback_id: The playback id of a media.
        token: The token of a private playback id. Default: none.
        origin: The scheme and host. Default: ``https://stream.fastpix.com``.

    Raises:
        RequestValidationError: An argument is not valid. Its ``field`` names the argument.
    """
    return _url(origin, playback_id, "/audio.m4a", {}, token)


def subtitles_url(playback_id: str, track_id: str, *, token: str | None = None, origin: str = STREAM_ORIGIN) -> str:
    """Return the URL of the WebVTT file of a subtitle track. It follows ``generatedSubtitles`` in the API's responses.

    Args:
        playback_id: The playback id of a media.
        track_id: The id of the track.
        token: The token of a private playback id. Default: none.
        origin: The scheme and host. Default: ``https://stream.fastpix.com``.

    Raises:
        RequestValidationError: An argument is not valid. Its ``field`` names the argument.
    """
    return _url(origin, playback_id, f"/text/{_in_path('track_id', track_id)}.vtt", {}, token)


def check_choice(name: str, value: object, choices: object, *, is_optional: bool = True) -> None:
    """Check that an argument is one of the values of a `Literal`, or ``None`` if it is optional.

    Raises:
        RequestValidationError: It is another value.
    """
    allowed: tuple[object, ...] = get_args(choices)
    if value not in allowed and not (value is None and is_optional):
        raise refusal(name, f"one of {', '.join(map(repr, allowed))}", value)


def check_id(name: str, value: object) -> None:
    """Check that an argument can be an id.

    Raises:
        RequestValidationError: It is no text, or a text that means a folder.
    """
    if not isinstance(value, str) or not value.strip("."):
        raise refusal(name, "an id", value)


def check_number(name: str, value: object, least: int, most: int | None = None, *, is_optional: bool = True) -> None:
    """Check that an argument is an int in its bounds, or ``None`` if it is optional.

    Raises:
        RequestValidationError: It is another value.
    """
    is_in_bounds = isinstance(value, int) and not isinstance(value, bool) and least <= value <= (most or value)
    if not is_in_bounds and not (value is None and is_optional):
        raise refusal(name, f"an int from {least} {'on' if most is None else f'to {most}'}", value)


def _url(origin: str, playback_id: str, rest: str, query: Mapping[str, object], token: str | None) -> str:
    if not isinstance(origin, str) or not ORIGIN.fullmatch(origin):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise refusal("origin", "a scheme and a host, such as https://stream.example.com", origin)
    given = {name: value for name, value in {"token": token, **query}.items() if value is not None}
    address = f"{origin.rstrip('/')}/{_in_path('playback_id', playback_id)}{rest}"
    return f"{address}?{urlencode(given, errors='surrogatepass')}" if given else address


def _in_path(name: str, id: str) -> str:
    """Return an id as it is written in a path. It can't lead to another path."""
    check_id(name, id)
    return quote(id, safe="", errors="surrogatepass")
