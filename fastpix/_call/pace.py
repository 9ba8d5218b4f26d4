"""The pace: how a core sends requests to a server that has refused one with status 429.

Until the first 429, no call waits. A 429 begins a *stretch*. Nothing is sent until the time that the response names. Then
the calls go one after the other, at a rate that grows with time. The next 429 begins the next stretch, at a lower rate.
After a minute without a 429, the stretch is forgotten.

The rate follows the curve of TCP CUBIC, which botocore's adaptive mode uses too. It begins below the rate at which the
429 came, comes back to that rate slowly, and then grows faster and faster.

Each call that waits has a place in a line, so that the calls go in the order in which they came. The clock moves the
line, and nothing wakes the calls: a call sleeps as long as its place probably needs, and looks again.

Threads share a pace without a lock, because an exception of a signal handler could leave a lock held. Threads that race
may get the same place.
"""

from collections import deque
from collections.abc import Callable
from math import inf

from fastpix._call.clock import now
from fastpix._call.messages import Origin

__all__ = ["Pace", "Paces", "Stretch", "Unpaced"]

DECREASE = 0.3
"""The part of the rate that a 429 takes away."""
RECOVERY_SECONDS = 5.0
"""The time until the rate is again what it was before the 429."""
FIRST_RECOVERY_SECONDS = 1.5
"""The same after the first 429. The rate then grows fast, because it may be far below the limit."""
FORGET_SECONDS = 60.0
"""The time after which a stretch is forgotten."""
FIRST_PAUSE = 1.0
"""The first pause in seconds if a 429 names no time, or 0. It doubles with each 429 in a row, up to `MOST_DOUBLINGS`."""
MOST_DOUBLINGS = 6
LONGEST_PAUSE = 3600.0
"""The longest pause that a 429 can cause, whatever time it names."""
WINDOW = 0.5
"""The seconds over which the rate is measured."""
MOST_MEASURED = 1000
"""The number of successes that are remembered to measure the rate."""
FIRST_RATE = 12.0
"""The rate of the first stretch, in requests per second. Nothing is measured before the first 429."""
LEAST_RATE = 0.2
"""The lowest rate, in requests per second."""
LOOK_AGAIN = 0.5
"""A call that waits longer than these seconds looks again at half of the time, because others may leave the line."""
PRECISION = 0.0005
"""The precision of calculated times, in seconds."""


class Stretch:
    """The time from one 429 to the next.

    Attributes:
        start: The time at which calls may go again.

    Args:
        rate: The rate in requests per second at the end of ``recovery``. It begins 30 % lower.
        line: The last place that went before.
        recovery: The seconds until the rate is reached.
    """

    def __init__(self, start: float, rate: float, line: float, recovery: float) -> None:
        self.start: float = start
        self._rate = rate
        self._line = line
        self._recovery = recovery

    def rate(self, at: float) -> float:
        """Return the number of requests per second that are allowed at a time."""
        return self._rate * (1 + DECREASE * (self._units(at) - 1) ** 3)

    def line(self, at: float) -> float:
        """Return the last place that may go at a time. It is the integral of the rate."""
        if at < self.start:
            return self._line
        units = self._units(at)
        grown = units + DECREASE / 4 * ((units - 1) ** 4 - 1)
        return self._line + 1 + self._rate * self._recovery * grown

    def when(self, place: int) -> float:
        """Return the time at which a place may go, if no 429 comes and nobody leaves the line."""
        early, late = self.start, self.start + FORGET_SECONDS
        while late - early > PRECISION:
            middle = (early + late) / 2
            early, late = (middle, late) if self.line(middle) < place else (early, middle)
        return late

    def skip(self) -> None:
        """Let the line move by one place, because a call has left the line."""
        self._line += 1

    def extend(self, at: float, start: float) -> None:
        """Begin the stretch again at a later time."""
        self._line, self.start = self.line(at), start

    def _units(self, at: float) -> float:
        return max(0.0, at - self.start) / self._recovery


class Pace:
    """The pace of a core's calls to one server.

    Attributes:
        stretch: The stretch that began with the last 429. ``None`` if there was none in the last minute.
    """

    def __init__(self, clock: Callable[[], float] = now) -> None:
        self.stretch: Stretch | None = None
        self._clock = clock
        self._answered: deque[float] = deque(maxlen=MOST_MEASURED)
        self._refusals = 0
        self._last = 0
        self._left: set[int] = set()

    def accepted(self) -> None:
        """Note a success in a stretch."""
        self._answered.append(self._clock())
        self._refusals = 0

    def refused(self, stretch: Stretch | None, named: float | None) -> None:
        """Note a 429.

        Args:
            stretch: The stretch in which the call was allowed to go. If another one has begun since, the request was
                on its way then, and says nothing about the new rate.
            named: The seconds to wait that the response names, or ``None``.
        """
        at, current = self._clock(), self.stretch
        if current is not None and stretch is not current:
            start = at + min(named or 0.0, LONGEST_PAUSE)
            if start > current.start:
                current.extend(at, start)
            return
        pause = named or FIRST_PAUSE * 2 ** min(self._refusals, MOST_DOUBLINGS)
        self._refusals += 1
        line = self._last if current is None else current.line(at)
        self._left = {place for place in self._left.copy() if place > line}
        recovery = FIRST_RECOVERY_SECONDS if current is None else RECOVERY_SECONDS
        self.stretch = Stretch(at + min(pause, LONGEST_PAUSE), self._next_rate(at), line, recovery)

    def pause(self) -> float:
        """Return the seconds until calls may go again."""
        return 0.0 if self.stretch is None else max(0.0, self.stretch.start - self._clock())

    def join(self) -> int:
        """Return the place of a call that now begins to wait."""
        stretch = self.stretch
        self._last = max(self._last + 1, 0 if stretch is None else int(self._line(stretch, self._clock())))
        return self._last

    def wait(self, place: int) -> float:
        """Return the seconds to sleep until the call looks again, or 0 if it may go."""
        stretch, at = self.stretch, self._clock()
        if stretch is None:
            return 0.0
        if at > stretch.start + FORGET_SECONDS:
            self.stretch, self._left = None, set()
            return 0.0
        if at >= stretch.start and place <= self._line(stretch, at):
            return 0.0
        wait = max(stretch.when(place) - at, PRECISION)
        return wait if wait <= LOOK_AGAIN else max(LOOK_AGAIN, stretch.start - at, wait / 2)

    def leave(self, place: int) -> None:
        """Give up a place, if its turn has not come. Those behind it move up."""
        stretch = self.stretch
        if stretch is not None and place > stretch.line(self._clock()):
            self._left.add(place)

    def _line(self, stretch: Stretch, at: float) -> float:
        while int(stretch.line(at)) + 1 in self._left:
            self._left.discard(int(stretch.line(at)) + 1)
            stretch.skip()
        return stretch.line(at)

    def _next_rate(self, at: float) -> float:
        """Return the rate at the end of the next stretch's recovery.

        It is the rate of the last successes, but at least half of the rate that was allowed, and at most all of it.
        """
        if self.stretch is None:
            return FIRST_RATE
        allowed = self.stretch.rate(at)
        window = min(WINDOW, max(at - self.stretch.start, PRECISION))
        measured = sum(time > at - window for time in self._answered.copy()) / window
        return max(min(max(measured, allowed / 2), allowed), LEAST_RATE)


class Unpaced(Pace):
    """No pace: no call waits, and a call that is refused with 429 fails at once. The sender elsewhere keeps the pace."""

    def refused(self, stretch: Stretch | None, named: float | None) -> None:
        """Note nothing."""

    def pause(self) -> float:
        """Return infinity, so that no call is repeated."""
        return inf


class Paces:
    """A `Pace` for each server."""

    def __init__(self, clock: Callable[[], float] = now, kind: type[Pace] = Pace) -> None:
        self._clock = clock
        self._kind = kind
        self._of_origin: dict[Origin, Pace] = {}

    def of(self, origin: Origin) -> Pace:
        return self._of_origin.get(origin) or self._of_origin.setdefault(origin, self._kind(self._clock))
