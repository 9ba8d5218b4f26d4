"""The deadline of an attempt, and the time limits that httpx and httpcore get for it."""

from math import inf

from fastpix._call.clock import now
from fastpix._call.messages import Limits, NeverBeganError

__all__ = ["Deadline", "timeouts"]


class Deadline:
    """A time of the monotonic clock, and the longest silence that is allowed until then, in seconds."""

    def __init__(self, at: float, silence: float = inf) -> None:
        self._at = at
        self._silence = silence

    @classmethod
    def of(cls, limits: Limits) -> "Deadline":
        """Return the deadline of an attempt that begins now."""
        return cls(min(limits.deadline, now() + limits.attempt), limits.silence)

    def to_connect(self, seconds: float) -> "Deadline":
        """Return the deadline for making a connection: ``seconds`` from now, or this deadline if it is earlier."""
        return Deadline(min(self._at, now() + seconds))

    def remaining(self) -> float:
        """Return the seconds for the next step. Raise a `TimeoutError` if no time is left."""
        return min(self._left(TimeoutError), self._silence)

    def left_to_begin(self) -> float:
        """Return the seconds for an attempt of which nothing has been sent.

        Raise a `NeverBeganError` if no time is left.
        """
        return self._left(NeverBeganError)

    def _left(self, kind: type[TimeoutError]) -> float:
        left = self._at - now()
        if left <= 0:
            raise kind("the deadline has passed")
        return left


def timeouts(limits: Limits) -> dict[str, float]:
    """Return the time limits of a request in the form that httpx documents for its ``timeout`` extension."""
    left = Deadline.of(limits).left_to_begin()
    moving = min(left, limits.silence)
    return {"connect": min(limits.connect, left), "read": moving, "write": moving, "pool": left}
