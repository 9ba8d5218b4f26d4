"""The progress of an upload: what a callback is told, how often, and at which rate bytes move."""

from collections import deque
from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from fastpix._call.call import unexpected
from fastpix._call.clock import now

__all__ = ["OnProgress", "Reporter", "Stage", "UploadProgress"]

Stage: TypeAlias = Literal["sending", "paused", "finalizing", "processing"]

WINDOW = 10.0
"""The seconds over which the rate is measured."""
INTERVAL = 0.1
"""The seconds between two events of one stage."""


class UploadProgress(msgspec.Struct, frozen=True):
    """How far an upload has come."""

    stage: Stage
    """What happens now.

    * ``sending``: bytes are sent.
    * ``paused``: `UploadControl.pause` was called.
    * ``finalizing``: all bytes are sent, and FastPix has not confirmed them yet.
    * ``processing``: FastPix has the file, and prepares the media. Only if the upload waits for that.
    """
    sent: int
    """The number of bytes that are sent. After a fault it can be less than before."""
    total: int | None
    """The number of bytes of the source. ``None`` as long as it is not known."""
    rate: float
    """The bytes per second, over the last 10 seconds. 0 at the start."""
    seconds_left: float | None
    """The seconds until all bytes are sent, at this rate. ``None`` if that is not known."""


OnProgress: TypeAlias = Callable[[UploadProgress], object]


class Reporter:
    """Tells a callback about an upload: at once when the stage changes, otherwise 10 times a second.

    Args:
        callback: The callback, or ``None``.
        clock: Returns the time in seconds.
    """

    def __init__(self, callback: OnProgress | None, clock: Callable[[], float] = now) -> None:
        self._callback = callback
        self._clock = clock
        self._stage: Stage | None = None
        self._told = 0.0
        self._moved: deque[tuple[float, int]] = deque()

    def tell(self, stage: Stage, sent: int, total: int | None) -> None:
        """Note how far the upload is, and tell the callback if it is time.

        Raises:
            UnexpectedClientError: The callback raised.
        """
        at = self._clock()
        if self._callback is None or (stage == self._stage and at - self._told < INTERVAL):
            return
        self._stage, self._told = stage, at
        rate = self._rate(at, sent)
        left = (total - sent) / rate if total is not None and rate else None
        try:
            self._callback(UploadProgress(stage, sent, total, rate, left))
        except Exception as cause:
            raise unexpected("the on_progress function raised", cause) from cause

    def _rate(self, at: float, sent: int) -> float:
        if self._moved and sent < self._moved[-1][1]:  # bytes are sent again
            self._moved.clear()
        self._moved.append((at, sent))
        while len(self._moved) > 2 and self._moved[1][0] <= at - WINDOW:
            self._moved.popleft()
        first, before = self._moved[0]
        return (sent - before) / (at - first) if at > first else 0.0
