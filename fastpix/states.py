"""Tests for `until`: each looks at a response and says whether to go on, whether the wait is done, or has failed.

    until(media_get, media_ready)(core, GetMediaRequest(media_id))

A test is a function of the response. You can write your own. A status is compared without regard to upper and lower
case.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from fastpix.api.common import Data
    from fastpix.api.live_streams import LiveStream
    from fastpix.api.media import Media, MediaInsight, MediaSummary
    from fastpix.api.media_ai import AdvancedSummary, AttributedTranscript

__all__ = [
    "Failed",
    "Verdict",
    "advanced_summary_ready",
    "attributed_transcript_ready",
    "chapters_ready",
    "media_ready",
    "moderation_ready",
    "mp4_ready",
    "named_entities_ready",
    "stream_active",
    "stream_idle",
    "summary_ready",
    "tracks_ready",
]


class Failed(msgspec.Struct, frozen=True):
    """The wait cannot succeed any more."""

    reason: str
    """The reason, in words."""


Verdict: TypeAlias = bool | Failed
"""What a test returns. ``False``: go on. ``True``: done. `Failed`: the wait ends with a `WaitFailedError`."""


def media_ready(response: "Data[Media]") -> Verdict:
    """For `media_get`: the media is ``Ready`` and can be played. Failed: its status is ``Failed``."""
    return _verdict(response.data.status, done="ready")


def mp4_ready(response: "Data[Media]") -> Verdict:
    """For `media_get`: all files for download are ``ready``.

    Failed: a file has the status ``failed``, or the response has the form of May 2026, which has no status.
    """
    files = response.data.mp4_support
    if isinstance(files, str):
        return Failed(f"the response names the setting {files!r} of the media, but not the status of its files")
    return _all(_verdict(file.status, done="ready") for file in files or ())


def tracks_ready(response: "Data[Media]") -> Verdict:
    """For `media_get`: all tracks are ``available``. Failed: a track has the status ``failed``."""
    return _all(_verdict(track.status, done="available") for track in response.data.tracks or ())


def summary_ready(response: "Data[Media]") -> Verdict:
    """For `media_get`: the summary is ``available`` in ``data.summary``. Failed: its status is ``failed``."""
    return _output(response.data.summary)


def chapters_ready(response: "Data[Media]") -> Verdict:
    """For `media_get`: the chapters are ``available`` in ``data.chapters``. Failed: their status is ``failed``."""
    return _output(response.data.chapters)


def named_entities_ready(response: "Data[Media]") -> Verdict:
    """For `media_get`: ``data.named_entities`` is ``available``. Failed: its status is ``failed``."""
    return _output(response.data.named_entities)


def moderation_ready(response: "Data[Media]") -> Verdict:
    """For `media_get`: ``data.moderation`` is ``available``. Failed: its status is ``failed``."""
    return _output(response.data.moderation)


def advanced_summary_ready(response: "Data[AdvancedSummary]") -> Verdict:
    """For `media_ai_get_advanced_summary`: the status is ``COMPLETED``. Failed: it is ``FAILED``."""
    return _verdict(response.data.status, done="completed")


def attributed_transcript_ready(response: "Data[AttributedTranscript]") -> Verdict:
    """For `media_ai_get_attributed_transcript`: the status is ``COMPLETED``. Failed: it is ``FAILED``."""
    return _verdict(response.data.status, done="completed")


def stream_active(response: "Data[LiveStream]") -> Verdict:
    """For `live_streams_get`: the stream is ``active``. Failed: it is ``disabled``."""
    return _verdict(response.data.status, done="active", failed="disabled")


def stream_idle(response: "Data[LiveStream]") -> Verdict:
    """For `live_streams_get`: the stream is ``idle``, as it is after a broadcast. Failed: it is ``disabled``."""
    return _verdict(response.data.status, done="idle", failed="disabled")


def _output(output: "MediaSummary | MediaInsight | None") -> Verdict:
    if output is None:
        return False
    return _verdict(output.status, done="available", reason=output.failed_reason)


def _all(verdicts: Iterable[Verdict]) -> Verdict:
    """Return a `Failed` if there is one. Otherwise return whether there are verdicts and all are ``True``."""
    known = [*verdicts]
    return next((verdict for verdict in known if isinstance(verdict, Failed)), bool(known) and all(known))


def _verdict(status: str | None, *, done: str, failed: str = "failed", reason: str | None = None) -> Verdict:
    status = (status or "").lower()
    return Failed(reason or f"the status is {status}") if status == failed else status == done
