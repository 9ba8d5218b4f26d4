"""Rate limits of a server. The caller tells the time, so that a test can have a clock of its own."""

from collections import deque
from typing import Protocol

__all__ = ["Bucket", "Limiter", "Window"]


class Limiter(Protocol):
    def allows(self, at: float) -> bool: ...
    def ideal(self, calls: int) -> float:
        """Return the shortest time in which so many calls can succeed, in seconds."""
        ...


class Bucket:
    """Allows ``burst`` requests at once, and then ``rate`` per second."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = burst, 0.0

    def allows(self, at: float) -> bool:
        self._tokens, self._at = min(self._burst, self._tokens + (at - self._at) * self._rate), at
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def ideal(self, calls: int) -> float:
        return (calls - self._burst) / self._rate


class Window:
    """Allows ``most`` requests in any second."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._times = deque[float]()

    def allows(self, at: float) -> bool:
        while self._times and self._times[0] <= at - 1:
            self._times.popleft()
        if len(self._times) == self._most:
            return False
        self._times.append(at)
        return True

    def ideal(self, calls: int) -> float:
        return (calls - self._most) / self._most
