"""The operations of the API on a local FastPix: one module for each module of `fastpix.api`.

Importing this package registers the handlers of all operations in `fastpix.emulator.handlers.HANDLERS`.
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

__all__ = [
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
