"""The operations of the API on the local FastPix: one module for each module of `fastpix.api`.

Importing a module registers the handlers of its operations, so `HANDLERS` of this package has all of them.
"""

from fastpix.emulator.api import (
    dimensions,
    drm_configurations,
    live_playback_ids,
    live_streams,
    media,
    media_ai,
    media_tracks,
    metrics,
    playback_errors,
    playback_ids,
    playlists,
    signing_keys,
    simulcasts,
    uploads,
    views,
)
from fastpix.emulator.http.handlers import HANDLERS

__all__ = [
    "HANDLERS",
    "dimensions",
    "drm_configurations",
    "live_playback_ids",
    "live_streams",
    "media",
    "media_ai",
    "media_tracks",
    "metrics",
    "playback_errors",
    "playback_ids",
    "playlists",
    "signing_keys",
    "simulcasts",
    "uploads",
    "views",
]
