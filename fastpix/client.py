"""The class facade: `Fastpix` and `AsyncFastpix` are cores with the functions as methods, one line each.

A function returns a `Result`; a method here returns the value and raises the error.
"""

from typing import Generic, cast

from fastpix.api.live_streams import (
    live_streams_create,
    live_streams_delete,
    live_streams_disable,
    live_streams_enable,
    live_streams_get,
    live_streams_list,
    live_streams_list_clips,
)
from fastpix.core import AsyncFastpixCore, FastpixCore
from fastpix.operation import CoreT_co, Noun

__all__ = ["AsyncFastpix", "Fastpix", "LiveStreams", "Nouns"]


class LiveStreams(Noun[CoreT_co]):
    """Live streams and the clips cut from them."""

    list_clips = live_streams_list_clips
    create = live_streams_create
    list = live_streams_list
    get = live_streams_get
    delete = live_streams_delete
    enable = live_streams_enable
    disable = live_streams_disable


class Nouns(Generic[CoreT_co]):
    """The nouns, for both facades."""

    @property
    def _core(self) -> CoreT_co:
        return cast("CoreT_co", self)  # a facade is itself the core of its nouns

    @property
    def live_streams(self) -> LiveStreams[CoreT_co]:
        return LiveStreams(self._core)


class Fastpix(FastpixCore, Nouns[FastpixCore]):
    """The API as methods that block, return values and raise `FastpixError`; arguments as `FastpixCore`."""


class AsyncFastpix(AsyncFastpixCore, Nouns[AsyncFastpixCore]):
    """The API as methods that are awaited; arguments as `AsyncFastpixCore`."""
