"""When a call ends, and what httpx and httpcore are told of it."""

import time

__all__ = ["Deadline", "NeverBeganError", "limits"]


class NeverBeganError(TimeoutError):
    """The deadline had passed before anything was sent."""


class Deadline:
    """A moment of the monotonic clock."""

    def __init__(self, at: float) -> None:
        self._at = at

    def remaining(self) -> float:
        """Seconds left; `TimeoutError` if there are none."""
        return self._left(TimeoutError)

    def left_to_begin(self) -> float:
        """The same for what nothing has been sent of: `NeverBeganError`."""
        return self._left(NeverBeganError)

    def _left(self, kind: type[TimeoutError]) -> float:
        left = self._at - time.monotonic()
        if left <= 0:
            raise kind("the deadline has passed")
        return left


def limits(until: float, connect: float) -> dict[str, float]:
    """The time limits of one request, in the form that httpx documents for its ``timeout`` extension."""
    left = Deadline(until).left_to_begin()
    return {"connect": min(connect, left), "read": left, "write": left, "pool": left}
