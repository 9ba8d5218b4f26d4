"""When an attempt ends, and what httpx and httpcore are told of it."""

from math import inf

from fastpix._call.clock import now
from fastpix._call.messages import Limits, NeverBeganError

__all__ = ["Deadline", "timeouts"]


class Deadline:
    """A moment of the monotonic clock, and how long nothing may happen until then."""

    def __init__(self, at: float, silence: float = inf) -> None:
        self._at = at
        self._silence = silence

    @classmethod
    def of(cls, limits: Limits) -> "Deadline":
        """The one of an attempt that begins now."""
        return cls(min(limits.deadline, now() + limits.attempt), limits.silence)

    def to_connect(self, seconds: float) -> "Deadline":
        """The one for making the connection."""
        return Deadline(min(self._at, now() + seconds))

    def remaining(self) -> float:
        """Seconds for the next step; `TimeoutError` if there are none."""
        return min(self._left(TimeoutError), self._silence)

    def left_to_begin(self) -> float:
        """Seconds for all of what nothing has been sent of; `NeverBeganError` if there are none."""
        return self._left(NeverBeganError)

    def _left(self, kind: type[TimeoutError]) -> float:
        left = self._at - now()
        if left <= 0:
            raise kind("the deadline has passed")
        return left


def timeouts(limits: Limits) -> dict[str, float]:
    """The time limits of a request, in the form that httpx documents for its ``timeout`` extension."""
    left = Deadline.of(limits).left_to_begin()
    moving = min(left, limits.silence)
    return {"connect": min(limits.connect, left), "read": moving, "write": moving, "pool": left}
