"""Playback: the URLs of a playback id, tokens for private ones, and the HTML of a player.

    from fastpix.playback import playback_signer, stream_url, thumbnail_url

    signer = playback_signer(key_id, private_key).unwrap()
    url = stream_url(playback_id, token=signer.sign(playback_id))

This package sends nothing, and loads no HTTP client. Tokens need ``pip install 'fastpix[jwt]'``.
"""

from fastpix.playback.player import PLAYER_SCRIPT, StreamType, player_html
from fastpix.playback.signer import Audience, PrivateKey, Signer, playback_signer
from fastpix.playback.urls import (
    IMAGES_ORIGIN,
    STREAM_ORIGIN,
    AnimationFormat,
    FitMode,
    PictureFormat,
    RenditionOrder,
    SpritesheetFormat,
    animation_url,
    audio_url,
    live_clip_url,
    mp4_url,
    spritesheet_url,
    stream_url,
    subtitles_url,
    thumbnail_url,
)

__all__ = [
    "IMAGES_ORIGIN",
    "PLAYER_SCRIPT",
    "STREAM_ORIGIN",
    "AnimationFormat",
    "Audience",
    "FitMode",
    "PictureFormat",
    "PrivateKey",
    "RenditionOrder",
    "Signer",
    "SpritesheetFormat",
    "StreamType",
    "animation_url",
    "audio_url",
    "live_clip_url",
    "mp4_url",
    "playback_signer",
    "player_html",
    "spritesheet_url",
    "stream_url",
    "subtitles_url",
    "thumbnail_url",
]
