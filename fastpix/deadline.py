"""When a call ends, and what httpx and httpcore are told of it."""

import time

__all__ = ["Deadline", "limits"]


class Deadline:
    """A moment of the monotonic clock."""

    def __init__(self, at: float) -> None:
        self._at = at

    def remaining(self) -> float:
        """Seconds left; `TimeoutError` if there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


def limits(until: float, connect: float) -> dict[str, float]:
    """The time limits of one request, in the form that httpx documents for its ``timeout`` extension."""
    left = Deadline(until).remaining()
    return {"connect": min(connect, left), "read": left, "write": left, "pool": left}
