"""The HTML that embeds the FastPix web player in a page."""

from html import escape
from typing import Literal, TypeAlias

from fastpix.api.common import Resolution
from fastpix.playback.urls import RenditionOrder, check_choice, check_id, check_number

__all__ = ["PLAYER_SCRIPT", "StreamType", "player_html"]

StreamType: TypeAlias = Literal["on-demand", "live-stream"]
"""Whether a player plays a media or a live stream."""

PLAYER_SCRIPT = "https://cdn.jsdelivr.net/npm/@fastpix/fp-player@1.0.20/dist/player.js"
"""The script of the web player, version 1.0.20."""


def player_html(
    playback_id: str,
    *,
    token: str | None = None,
    drm_token: str | None = None,
    stream_type: StreamType | None = None,
    title: str | None = None,
    start_time: int | None = None,
    thumbnail_time: int | None = None,
    min_resolution: Resolution | None = None,
    max_resolution: Resolution | None = None,
    resolution: Resolution | None = None,
    rendition_order: RenditionOrder | None = None,
    auto_play: bool = False,
    muted: bool = False,
    loop: bool = False,
    script: str | None = PLAYER_SCRIPT,
) -> str:
    """Return HTML with the official web player, which plays from FastPix. All values are escaped.

    It follows the documentation of the player, which has more attributes. With a local FastPix, use `stream_url` and a
    player of HLS.

    Args:
        playback_id: The playback id.
        token: The token of a private playback id. Default: none.
        drm_token: The token for the licence, for a playback id with DRM. Sign it for the audience ``drm``, and pass the same
            token as ``token``. Default: none.
        stream_type: ``on-demand`` or ``live-stream``. Default: ``on-demand``, by the player.
        title: The title that the player shows. Default: none.
        start_time: Where the player starts, in whole seconds from 0 on. Default: 0.
        thumbnail_time: The time of the picture before the start, in whole seconds from 0 on. Default: the start.
        min_resolution: The lowest resolution that is played: ``480p``, ``720p``, ``1080p``, ``1440p`` or ``2160p``. Default: no
            limit.
        max_resolution: The highest resolution that is played. Default: no limit.
        resolution: The only resolution that is played. Default: all.
        rendition_order: ``asc`` or ``desc``. Default: ``asc``.
        auto_play: Whether the player starts by itself. Most browsers want it ``muted`` then. Default: ``False``.
        muted: Whether the player starts without sound. Default: ``False``.
        loop: Whether the player starts again at the end. Default: ``False``.
        script: The URL of the player's script. A page needs it once, so pass ``None`` for other players of the page.
            Default: version 1.0.20 on the CDN that the player's documentation names.

    Raises:
        RequestValidationError: An argument is not valid. Its ``field`` names the argument.
    """
    check_id("playback_id", playback_id)
    check_choice("stream_type", stream_type, StreamType)
    check_number("start_time", start_time, 0)
    check_number("thumbnail_time", thumbnail_time, 0)
    check_choice("min_resolution", min_resolution, Resolution)
    check_choice("max_resolution", max_resolution, Resolution)
    check_choice("resolution", resolution, Resolution)
    check_choice("rendition_order", rendition_order, RenditionOrder)
    attributes: dict[str, object] = {
        "playback-id": playback_id,
        "stream-type": stream_type,
        "token": token,
        "drm-token": drm_token,
        "title": title,
        "start-time": start_time,
        "thumbnail-time": thumbnail_time,
        "min-resolution": min_resolution,
        "max-resolution": max_resolution,
        "resolution": resolution,
        "rendition-order": rendition_order,
        "auto-play": auto_play,
        "muted": muted,
        "loop": loop,
    }
    written = "".join(
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    loaded = "" if script is None else f'<script defer src="{escape(script)}"></script>\n'
    return f"{loaded}<fastpix-player{written}></fastpix-player>"
