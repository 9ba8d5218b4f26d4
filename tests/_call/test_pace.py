"""The pace, on a clock of its own: simulated calls against simulated limiters."""

import heapq
from collections import deque
from collections.abc import Callable, Generator
from itertools import count, pairwise
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix._call.call import Outcome, Send, Wait
from fastpix._call.messages import HeldBackError, Limits, NeverBeganError, Origin, Request, Response
from fastpix._call.pace import FORGET_SECONDS, LONGEST_PAUSE, Pace, Paces, Stretch, paced

ORIGIN = Origin(b"https", b"api.fastpix.com", None)
REQUEST = Request("GET", ORIGIN, b"/", [])
LATENCY = 0.01
SLOTS = 100


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Limiter(Protocol):
    def allows(self, at: float) -> bool: ...
    def ideal(self, calls: int) -> float: ...


class Bucket:
    """Allows ``burst`` requests at once, and then ``rate`` per second."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = float(burst), 0.0

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


class Simulation:
    """Calls of one core that begin at the same time. A call sends its request again after a 429."""

    def __init__(self, limiter: Limiter, calls: int, *, named: str | None = "1", timeout: float = 1e6) -> None:
        self._clock = Clock()
        self._limiter = limiter
        self._named = named
        self._free, self._waiting = SLOTS, deque[Callable[[], None]]()
        self._flying = 0
        self._coming: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self.on_the_wire: int | None = None
        self.refusals = 0
        self.results: list[str] = []
        self.ended: list[int] = []
        started = self._clock.now
        paces = Paces(self._clock)
        for number in range(calls):
            self._resume(number, paced(paces, self._call(started + timeout)), None)
        while self._coming:
            self._clock.now, _, action = heapq.heappop(self._coming)
            action()
        self.took = self._clock.now - started

    @property
    def refused_later(self) -> int:
        return max(0, self.refusals - (self.on_the_wire or 0) - 1)

    def _call(self, deadline: float) -> Generator[Any, Outcome, str]:
        while True:
            outcome = yield Send(REQUEST, Limits(deadline=deadline, connect=1, max_bytes=1))
            if isinstance(outcome, NeverBeganError):
                return "late"
            if isinstance(outcome, Response) and outcome.status == 200:
                return "answered"

    def _at(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._coming, (self._clock.now + seconds, next(self._numbers), action))

    def _resume(self, number: int, steps: Generator[Any, Outcome, str], outcome: Outcome) -> None:
        try:
            step = steps.send(outcome)
        except StopIteration as end:
            self.results.append(end.value)
            self.ended.append(number)
            return
        if isinstance(step, Wait):
            self._at(step.seconds, lambda: self._resume(number, steps, None))
        else:
            self._waiting.append(lambda: self._send(number, steps, step))
            self._give_slots()

    def _give_slots(self) -> None:
        while self._free and self._waiting:
            self._free -= 1
            self._waiting.popleft()()

    def _send(self, number: int, steps: Generator[Any, Outcome, str], step: Send) -> None:
        def arrive() -> None:
            allowed = self._limiter.allows(self._clock.now)
            self._at(LATENCY / 2, lambda: answer(200 if allowed else 429))

        def answer(status: int) -> None:
            self._flying -= 1
            if status == 429:
                self.refusals += 1
                self.on_the_wire = self._flying if self.on_the_wire is None else self.on_the_wire
            headers = [(b"retry-after", self._named.encode())] if self._named and status == 429 else []
            end(Response(status, headers, b""))

        def end(outcome: Outcome) -> None:
            self._free += 1
            self._resume(number, steps, outcome)
            self._give_slots()

        if step.limits.is_held():
            self._at(0, lambda: end(HeldBackError()))
        else:
            self._flying += 1
            self._at(LATENCY / 2, arrive)


@pytest.mark.parametrize("named", ["1", None])
@pytest.mark.parametrize(
    "made",
    [lambda: Bucket(40, 40), lambda: Bucket(40, 5), lambda: Bucket(10, 100), lambda: Window(40)],
    ids=["bucket", "small burst", "large burst", "window"],
)
def test_400_calls_at_a_limit_all_succeed_in_good_time(made: Callable[[], Limiter], named: str | None) -> None:
    limiter = made()
    simulation = Simulation(limiter, 400, named=named)
    assert simulation.results == ["answered"] * 400
    assert simulation.took <= 2.2 * limiter.ideal(400)
    assert simulation.refused_later <= 20


@given(st.integers(2, 90), st.sampled_from(["bucket", "window"]), st.sampled_from(["1", None]))
def test_any_limit_is_learned(rate: int, kind: str, named: str | None) -> None:
    limiter: Limiter = Bucket(rate, rate) if kind == "bucket" else Window(rate)
    simulation = Simulation(limiter, 100 + 8 * rate, named=named)
    assert simulation.results == ["answered"] * (100 + 8 * rate)
    assert simulation.took <= 2.2 * limiter.ideal(100 + 8 * rate)
    assert simulation.refused_later <= 60


def test_calls_that_wait_go_in_the_order_in_which_they_came() -> None:
    ended = Simulation(Bucket(40, 40), 300).ended
    in_line = ended[SLOTS:]
    waited = [number for number in in_line if number >= SLOTS]  # the others were refused, and joined the line later
    assert sum(later < earlier for earlier, later in pairwise(waited)) <= 0.02 * len(waited)


def test_without_a_429_nothing_waits() -> None:
    simulation = Simulation(Bucket(1e9, 10**6), 1000)
    assert simulation.took == pytest.approx(1000 / SLOTS * LATENCY)


def test_calls_that_cannot_have_their_turn_in_time_fail_and_do_not_hold_up_others() -> None:
    simulation = Simulation(Bucket(1, 1), 100, timeout=20)
    assert 8 <= simulation.results.count("answered") <= 21
    assert simulation.took <= 20 + LATENCY


class Told(Pace):
    """A pace with a clock that the test moves."""

    def __init__(self) -> None:
        self.time = Clock()
        super().__init__(self.time)

    def after(self, seconds: float) -> "Told":
        self.time.now += seconds
        return self

    def answer(self, number: int) -> None:
        """Answer so many requests in the half second that is measured."""
        for _ in range(number):
            self.accepted()

    def refuse(self, named: float | None = 1.0) -> Stretch:
        self.refused(self.stretch, named)
        assert self.stretch is not None
        return self.stretch


def test_nobody_goes_before_the_named_time() -> None:
    pace = Told()
    pace.answer(5)
    pace.refuse(7.0)
    first, second = pace.join(), pace.join()
    assert pace.pause() == pace.wait(first) == 7
    assert pace.wait(second) == pytest.approx(7 / 1, abs=0.2)
    assert pace.after(7).wait(first) == 0
    assert pace.wait(second) == pytest.approx(1 / 7, rel=0.1)


@pytest.mark.parametrize(("refusals", "pause"), [(1, 1), (2, 2), (4, 8), (20, 64)])
def test_a_429_that_names_no_time_pauses_longer_each_time(refusals: int, pause: float) -> None:
    pace = Told()
    for _ in range(refusals):
        pace.after(pace.pause()).refuse(None)
    assert pace.pause() == pause
    pace.after(pause).answer(1)
    pace.refuse(None)
    assert pace.pause() == 1


def test_a_named_time_is_bounded() -> None:
    pace = Told()
    pace.refuse(1e12)
    assert pace.pause() == LONGEST_PAUSE
    pace.refused(None, 1e12)
    assert pace.pause() == LONGEST_PAUSE


def test_requests_that_were_on_their_way_say_nothing_about_the_new_rate() -> None:
    pace = Told()
    pace.answer(50)
    stretch = pace.refuse(1.0)
    pace.refused(None, 3.0)
    pace.refused(None, 2.0)
    pace.refused(None, None)
    assert pace.stretch is stretch
    assert pace.pause() == 3
    assert stretch.rate(stretch.start) == pytest.approx(0.7 * 100)


def test_the_rate_falls_with_each_429_and_grows_with_time() -> None:
    pace = Told()
    pace.answer(50)
    first = pace.refuse()
    assert [round(first.rate(first.start + seconds)) for seconds in (0, 0.5, 1, 1.5, 2, 4)] == [
        70,
        96,
        100,
        104,
        130,
        910,
    ]
    pace.after(pace.pause() + 0.5).answer(20)
    second = pace.refuse()
    assert [round(second.rate(second.start + seconds)) for seconds in (0, 2.5, 5, 7.5, 10, 20)] == [
        34,
        46,
        48,
        50,
        63,
        438,
    ]
    assert pace.has_changed(first)
    assert not pace.has_changed(second)


@pytest.mark.parametrize(("answered", "rate"), [(0, 35), (1000, 70)])
def test_a_429_takes_between_a_third_and_two_thirds_of_the_rate(answered: int, rate: int) -> None:
    pace = Told()
    pace.answer(50)
    first = pace.refuse()
    pace.after(pace.pause() + 1).answer(answered)
    assert first.rate(pace.time.now) == pytest.approx(100)
    second = pace.refuse()
    assert second.rate(second.start) == pytest.approx(rate)


@given(st.floats(0.1, 1e4), st.floats(0, 30), st.floats(0, 30))
def test_the_line_is_the_integral_of_the_rate(rate: float, begin: float, seconds: float) -> None:
    stretch = Stretch(0.0, rate, 7.0, 5.0)
    steps = 1000
    summed = sum(stretch.rate(begin + (step + 0.5) * seconds / steps) for step in range(steps)) * seconds / steps
    assert stretch.line(begin + seconds) - stretch.line(begin) == pytest.approx(summed, rel=1e-3, abs=1e-6)
    assert stretch.line(-1.0) == 7
    assert stretch.line(0.0) == pytest.approx(8)


def test_a_call_far_back_in_the_line_looks_again_when_half_of_the_time_is_over() -> None:
    pace = Told()
    pace.answer(5)
    pace.refuse()
    for _ in range(71):
        place = pace.join()
    wait = pace.wait(place)
    assert pace.after(wait).wait(place) == pytest.approx(wait / 2, rel=0.01)
    assert pace.after(wait).wait(place) == 0


def test_those_behind_a_call_that_leaves_move_up() -> None:
    pace = Told()
    pace.answer(5)
    pace.refuse()
    places = [pace.join() for _ in range(5)]
    for place in places[1:4]:
        pace.leave(place)
    assert pace.after(1).wait(places[0]) == 0
    assert pace.wait(places[4]) == pytest.approx(1 / 7, rel=0.1)
    pace.leave(places[0])  # its turn has come already
    assert pace.wait(pace.join()) == pytest.approx(2 / 7, rel=0.2)


def test_time_without_calls_is_not_saved_up() -> None:
    pace = Told()
    pace.answer(5)
    pace.refuse()
    pace.after(5)
    assert pace.wait(pace.join()) == 0
    assert pace.wait(pace.join()) > 0


def test_a_pace_is_forgotten_after_a_minute() -> None:
    pace = Told()
    pace.refuse()
    place = pace.join()
    pace.leave(place)
    pace.after(1 + FORGET_SECONDS + 0.1)
    assert pace.wait(pace.join()) == 0
    assert pace.stretch is None
    assert (pace.pause(), pace.wait(pace.join())) == (0, 0)
    pace.leave(place)
    assert pace.refuse().rate(pace.time.now + 1) == pytest.approx(0.7 * 4)


def test_a_rate_above_what_is_measured_one_by_one_is_measured_too() -> None:
    pace = Told()
    for _ in range(2000):
        pace.after(0.0001).answer(1)
    stretch = pace.refuse()
    assert stretch.rate(stretch.start) == pytest.approx(7000, rel=0.01)


def test_each_server_has_its_own_pace() -> None:
    paces = Paces()
    other = Origin(b"https", b"other", None)
    assert paces.of(ORIGIN) is paces.of(ORIGIN)
    assert paces.of(ORIGIN) is not paces.of(other)
