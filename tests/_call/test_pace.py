"""The pace, on a clock of its own: simulated calls against simulated limiters."""

import heapq
from collections import deque
from collections.abc import Callable
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastpix import FastpixCore, Success
from fastpix._call.call import Call, Outcome, Steps, Wait
from fastpix._call.messages import HeldBackError, Origin, Response
from fastpix._call.pace import FORGET_SECONDS, LONGEST_PAUSE, Pace, Paces, Stretch
from fastpix._call.retry import Budgets
from fastpix.api.live_streams import GetAllStreamsRequest, live_streams_list
from tests.lengths import length
from tests.limiters import Bucket, Limiter, Window
from tests.servers import PAGE

ORIGIN = Origin(b"https", b"api.fastpix.com", None)
SLOTS = 100


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Simulation:
    """Calls of one core that begin at the same time. A call sends its request again after a 429."""

    def __init__(
        self, limiter: Limiter, calls: int, *, named: str | None = "1", timeout: float = 1e5, latency: float = 0.01
    ) -> None:
        self._clock = Clock()
        self._limiter = limiter
        self._latency = latency
        self._named = named
        self._free, self._waiting = SLOTS, deque[Callable[[], None]]()
        self._flying = 0
        self._coming: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self.on_the_wire: int | None = None
        self.refusals = 0
        self.succeeded: list[bool] = []
        self.ended: list[int] = []
        started = self._clock.now
        self._paces, budgets = Paces(self._clock), Budgets()
        configuration = FastpixCore(username="a", password="b", timeout=timeout).configuration
        for number in range(calls):
            call = Call(live_streams_list.endpoint, configuration, budgets, self._paces, clock=self._clock)
            self._resume(number, call.steps(GetAllStreamsRequest(), None), None)
        while self._coming:
            self._clock.now, _, action = heapq.heappop(self._coming)
            action()
        self.took = self._clock.now - started

    @property
    def refused_later(self) -> int:
        return max(0, self.refusals - (self.on_the_wire or 0) - 1)

    def _at(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._coming, (self._clock.now + seconds, next(self._numbers), action))

    def _resume(self, number: int, steps: Steps[Any], outcome: Outcome) -> None:
        try:
            step = steps.send(outcome)
        except StopIteration as end:
            self.succeeded.append(isinstance(end.value, Success))
            self.ended.append(number)
            return
        if isinstance(step, Wait):
            self._at(step.seconds, lambda: self._resume(number, steps, None))
        else:
            stretch = self._paces.of(ORIGIN).stretch
            self._waiting.append(lambda: self._send(number, steps, stretch))
            self._give_slots()

    def _give_slots(self) -> None:
        while self._free and self._waiting:
            self._free -= 1
            self._waiting.popleft()()

    def _send(self, number: int, steps: Steps[Any], stretch: Stretch | None) -> None:
        def arrive() -> None:
            allowed = self._limiter.allows(self._clock.now)
            self._at(self._latency / 2, lambda: answer(200 if allowed else 429))

        def answer(status: int) -> None:
            self._flying -= 1
            if status == 429:
                self.refusals += 1
                self.on_the_wire = self._flying if self.on_the_wire is None else self.on_the_wire
            headers = [(b"retry-after", self._named.encode())] if self._named and status == 429 else []
            end(Response(status, headers, PAGE))

        def end(outcome: Outcome) -> None:
            self._free += 1
            self._resume(number, steps, outcome)
            self._give_slots()

        if stretch is not self._paces.of(ORIGIN).stretch:
            self._at(0, lambda: end(HeldBackError()))
        else:
            self._flying += 1
            self._at(self._latency / 2, arrive)


@pytest.mark.parametrize("named", ["1", None])
@pytest.mark.parametrize(
    "made",
    [lambda: Bucket(40, 40), lambda: Bucket(40, 5), lambda: Bucket(10, 100), lambda: Window(40)],
    ids=["bucket", "small burst", "large burst", "window"],
)
@pytest.mark.parametrize("latency", [0.01, 0.2])
def test_400_calls_at_a_limit_all_succeed_in_good_time(
    made: Callable[[], Limiter], named: str | None, latency: float
) -> None:
    limiter = made()
    simulation = Simulation(limiter, 400, named=named, latency=latency)
    assert simulation.succeeded == [True] * 400
    assert simulation.took <= 2.2 * limiter.ideal(400)
    assert simulation.refused_later <= 20


@pytest.mark.parametrize("latency", [1.0, 2.0])
def test_slow_answers_cost_no_call_its_attempts(latency: float) -> None:
    simulation = Simulation(Window(40), 400, latency=latency)
    assert simulation.succeeded == [True] * 400


@settings(max_examples=length(short=15, whole=30, long=500))
@given(st.integers(4, 60), st.sampled_from(["bucket", "window"]), st.sampled_from(["1", None]))
def test_any_limit_is_learned(rate: int, kind: str, named: str | None) -> None:
    limiter: Limiter = Bucket(rate, rate) if kind == "bucket" else Window(rate)
    simulation = Simulation(limiter, 100 + 10 * rate, named=named)
    assert all(simulation.succeeded)
    assert simulation.took <= 2.2 * limiter.ideal(100 + 10 * rate)
    assert simulation.refused_later <= 60


def test_calls_that_wait_go_in_the_order_in_which_they_came() -> None:
    ended = Simulation(Bucket(40, 40), 300).ended
    in_line = ended[SLOTS:]
    waited = [number for number in in_line if number >= SLOTS]  # the others were refused, and joined the line later
    assert sum(later < earlier for earlier, later in pairwise(waited)) <= 0.02 * len(waited)


def test_without_a_429_nothing_waits() -> None:
    simulation = Simulation(Bucket(1e9, 10**6), 1000)
    assert simulation.took == pytest.approx(1000 / SLOTS * 0.01)


def test_calls_that_cannot_have_their_turn_in_time_fail_and_do_not_hold_up_others() -> None:
    simulation = Simulation(Bucket(1, 1), 100, timeout=20)
    assert 8 <= sum(simulation.succeeded) <= 21
    assert simulation.took <= 20 + 0.01


class Told(Pace):
    """A pace with a clock that the test moves."""

    def __init__(self) -> None:
        self.time = Clock()
        super().__init__(self.time)

    def after(self, seconds: float) -> "Told":
        self.time.now += seconds
        return self

    def answer(self, number: int) -> None:
        for _ in range(number):
            self.accepted()

    def refuse(self, named: float | None = 1.0) -> Stretch:
        self.refused(self.stretch, named)
        assert self.stretch is not None
        return self.stretch


@pytest.fixture
def pace() -> Told:
    return Told()


def test_nobody_goes_before_the_named_time(pace: Told) -> None:
    pace.refuse(7.0)
    first, second = pace.join(), pace.join()
    assert pace.pause() == pace.wait(first) == 7
    assert pace.wait(second) == 7
    assert pace.after(7).wait(first) == 0
    assert pace.wait(second) == pytest.approx(1 / 8.8, rel=0.1)


@pytest.mark.parametrize(("refusals", "pause"), [(1, 1), (2, 2), (4, 8), (20, 64), (2000, 64)])
def test_a_429_that_names_no_time_pauses_longer_each_time(pace: Told, refusals: int, pause: float) -> None:
    for _ in range(refusals):
        pace.after(pace.pause()).refuse(None)
    assert pace.pause() == pause
    pace.after(pause).answer(1)
    pace.refuse(0.0)
    assert pace.pause() == 1


def test_a_named_time_is_bounded(pace: Told) -> None:
    pace.refuse(1e12)
    assert pace.pause() == LONGEST_PAUSE
    pace.refused(None, 1e12)
    assert pace.pause() == LONGEST_PAUSE


def test_requests_that_were_on_their_way_say_nothing_about_the_new_rate(pace: Told) -> None:
    stretch = pace.refuse(1.0)
    pace.refused(None, 3.0)
    pace.refused(None, 2.0)
    pace.refused(None, None)
    assert pace.stretch is stretch
    assert pace.pause() == 3
    assert stretch.rate(stretch.start) == pytest.approx(8.4)


def rates(stretch: Stretch, *seconds: float) -> list[float]:
    return [round(stretch.rate(stretch.start + after), 1) for after in seconds]


def test_the_rate_grows_with_time_at_first_fast() -> None:
    assert rates(Stretch(0.0, 8.0, 0, 0.7), 0, 0.35, 0.7, 1.4, 2.1, 3.5) == [5.6, 7.7, 8.0, 10.4, 27.2, 161.6]
    assert rates(Stretch(0.0, 40.0, 0, 5.0), 0, 2.5, 5, 10, 15, 30) == [28.0, 38.5, 40.0, 52.0, 136.0, 1540.0]


@pytest.mark.parametrize(("answered", "part"), [(0, 0.5), (6, 0.75), (1000, 1.0)])
def test_the_rate_after_a_429_is_that_of_the_successes_before_it_within_bounds(
    pace: Told, answered: int, part: float
) -> None:
    first = pace.refuse()
    pace.after(pace.pause() + 1.5 + 1.5).answer(answered)
    before = first.rate(pace.time.now)
    second = pace.refuse()
    expected = answered / 0.5 if part == 0.75 else part * before
    assert second.rate(second.start) == pytest.approx(0.7 * expected)


def test_the_rate_has_a_lower_bound(pace: Told) -> None:
    *_, stretch = [pace.after(pace.pause() + 0.1).refuse() for _ in range(50)]
    assert stretch.rate(stretch.start) == pytest.approx(0.7 * 0.2)


@given(st.floats(0.1, 1e4), st.floats(0, 30), st.floats(0, 30))
def test_the_line_is_the_integral_of_the_rate(rate: float, begin: float, seconds: float) -> None:
    stretch = Stretch(0.0, rate, 7.0, 5.0)
    steps = 1000
    summed = sum(stretch.rate(begin + (step + 0.5) * seconds / steps) for step in range(steps)) * seconds / steps
    assert stretch.line(begin + seconds) - stretch.line(begin) == pytest.approx(summed, rel=1e-3, abs=1e-6)
    assert stretch.line(-1.0) == 7
    assert stretch.line(0.0) == pytest.approx(8)


@given(st.floats(0.1, 1e3), st.integers(1, 1000))
def test_a_place_may_go_at_the_time_that_was_calculated(rate: float, place: int) -> None:
    stretch = Stretch(0.0, rate, 0.0, 5.0)
    at = stretch.when(place)
    assert stretch.line(at) >= place or at == FORGET_SECONDS
    assert place == 1 or stretch.line(at - 0.001) < place


def test_a_call_far_back_in_the_line_looks_again_when_half_of_the_time_is_over(pace: Told) -> None:
    pace.refuse()
    *_, place = [pace.join() for _ in range(300)]
    wait = pace.wait(place)
    assert pace.after(wait).wait(place) == pytest.approx(wait / 2, rel=0.01)
    assert pace.after(wait).wait(place) == 0


def test_those_behind_a_call_that_leaves_move_up(pace: Told) -> None:
    pace.refuse()
    places = [pace.join() for _ in range(5)]
    for place in places[1:4]:
        pace.leave(place)
    assert pace.after(1).wait(places[0]) == 0
    assert pace.wait(places[4]) == pytest.approx(1 / 8.8, rel=0.1)
    pace.leave(places[0])  # its turn has come already
    assert pace.wait(pace.join()) == pytest.approx(2 / 8.8, rel=0.2)


def test_time_without_calls_is_not_saved_up(pace: Told) -> None:
    pace.refuse()
    pace.after(2)
    assert pace.wait(pace.join()) == 0
    assert pace.wait(pace.join()) > 0


def test_a_pace_is_forgotten_after_a_minute(pace: Told) -> None:
    pace.refuse()
    place = pace.join()
    pace.leave(place)
    pace.after(1 + FORGET_SECONDS + 0.1)
    assert pace.wait(pace.join()) == 0
    assert pace.stretch is None
    assert (pace.pause(), pace.wait(pace.join())) == (0, 0)
    pace.leave(place)
    assert pace.refuse().rate(pace.time.now + 1) == pytest.approx(8.4)


def test_each_server_has_its_own_pace() -> None:
    paces = Paces()
    other = Origin(b"https", b"other", None)
    assert paces.of(ORIGIN) is paces.of(ORIGIN)
    assert paces.of(ORIGIN) is not paces.of(other)
