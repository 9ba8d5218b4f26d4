"""`until`: its decisions without time and network, and its two drivers."""

import asyncio
import pickle
from collections.abc import Callable
from threading import Event, Timer
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix import AsyncFastpixCore, Failure, FastpixCore, Reply, RequestOptions, Retries, Success, Timeout, until
from fastpix.api.common import Data
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    GetLiveStreamRequest,
    InputMediaSettings,
    LiveStream,
    PlaybackSettings,
    live_streams_create,
    live_streams_get,
)
from fastpix.errors import (
    BadRequestError,
    ConfigurationError,
    ConnectionFailedError,
    Err,
    NotFoundError,
    RateLimitedError,
    ServerError,
    TimedOutError,
    UnauthorizedError,
    UnexpectedClientError,
    WaitFailedError,
)
from fastpix.polling import Waits, polls
from fastpix.states import Failed, Verdict, stream_active
from tests.servers import Stopwatch

REQUEST = GetLiveStreamRequest("a")


def stream(status: str) -> Data[LiveStream]:
    return Data(LiveStream(stream_id="a", stream_key="k", status=status))


class Played:
    """A wait on a clock of its own. Each call returns the next result, the last one for ever."""

    def __init__(
        self,
        *results: str | Err,
        test: Callable[[Data[LiveStream]], Verdict] = stream_active,
        waits: Waits = Waits(600, 1, 15, 5),
        chance: float = 1,
        duration: float = 0,
        operation: Any = live_streams_get,
        woken: bool = False,
        options: RequestOptions | None = None,
    ) -> None:
        self.now = 0.0
        self.pauses: list[float] = []
        self.options: list[RequestOptions] = []
        usual = Timeout()
        steps = polls(operation.endpoint, test, waits, usual, options, clock=lambda: self.now, chance=lambda: chance)
        coming = [*results]
        outcome: Any = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                self.result: Reply[Data[LiveStream]] = end.value
                return
            if isinstance(step, float):
                self.pauses.append(step)
                self.now += 0 if woken else step
                outcome = woken
            else:
                self.options.append(step)
                self.now += duration
                result = coming.pop(0) if len(coming) > 1 else coming[0]
                outcome = Success(stream(result)) if isinstance(result, str) else Failure(result)


def refused(kind: type[Any], status: int) -> Any:
    return kind("no", status=status)


def test_calls_until_the_test_says_done() -> None:
    played = Played("idle", "preparing", "active")
    assert played.result == Success(stream("active"))
    assert played.pauses == [1, 1.5]


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_pauses_grow_to_a_bound_and_at_most_half_of_a_pause_is_left_out(chance: float) -> None:
    played = Played(*["idle"] * 8, "active", chance=chance)
    full = [1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625, 15]
    assert played.pauses == [pause * (1 + chance) / 2 for pause in full]


def test_a_pause_that_ends_early_makes_the_next_one_short() -> None:
    assert Played(*["idle"] * 3, "active", woken=True).pauses == [1, 1, 1]


def test_the_test_can_say_that_the_wait_has_failed() -> None:
    error = Played("idle", "disabled").result.failure()
    assert isinstance(error, WaitFailedError)
    assert (error.reason, error.value) == ("the status is disabled", stream("disabled"))
    assert (error.function, error.operation_id, error.attempts) == ("live_streams_get", "get-live-stream-by-id", 2)
    assert str(error) == "live_streams_get: the status is disabled"
    assert pickle.loads(pickle.dumps(error)).value == stream("disabled")


@pytest.mark.parametrize("refusal", [refused(BadRequestError, 400), refused(UnauthorizedError, 401)])
def test_a_refusal_ends_the_wait_at_once(refusal: Err) -> None:
    played = Played("idle", refusal, "active")
    assert played.result.failure() is refusal
    assert len(played.pauses) == 1


PASSING = [
    refused(RateLimitedError, 429),
    refused(ServerError, 500),
    refused(ServerError, 521),
    TimedOutError(""),
    ConnectionFailedError(""),
]


@pytest.mark.parametrize("error", PASSING)
def test_a_failure_that_may_pass_does_not_end_the_wait(error: Err) -> None:
    assert Played(error, "idle", error, error, "active").result == Success(stream("active"))


def test_what_the_server_can_never_do_ends_the_wait() -> None:
    assert Played(refused(ServerError, 501)).result.failure().attempts == 0


@pytest.mark.parametrize(("after", "ends"), [(0.0, False), (4.9, False), (5.0, True)])
def test_a_404_does_not_end_the_wait_within_the_grace(after: float, ends: bool) -> None:
    gone = refused(NotFoundError, 404)
    played = Played(gone, "active", duration=after)
    assert played.result == (Failure(gone) if ends else Success(stream("active")))


def test_a_request_that_would_do_harm_is_not_sent_again() -> None:
    lost = refused(ServerError, 500)
    lost.may_have_been_applied = True
    assert Played(lost, operation=live_streams_create).result.failure() is lost


@pytest.mark.parametrize(("timeout", "pause"), [(3, 5), (5, 2), (600, 30), (0.1, 1)])
def test_a_wait_uses_its_time_to_the_last_call(timeout: float, pause: float) -> None:
    played = Played("idle", waits=Waits(timeout, pause, 30, 5))
    assert timeout - 0.1 <= played.now <= timeout
    assert len(played.options) <= 40


def test_when_time_is_up_the_error_has_the_last_value() -> None:
    played = Played("idle", waits=Waits(20, 1, 15, 5))
    error = played.result.failure()
    assert isinstance(error, TimedOutError)
    assert error.value == stream("idle")
    assert str(error) == "live_streams_get: the test of until() was not passed within 20 s"
    assert error.attempts == len(played.options)
    assert 19 <= played.now <= 20


def test_when_time_is_up_the_error_tells_of_the_last_failure() -> None:
    cause = refused(ServerError, 503)
    error = Played("idle", cause, waits=Waits(20, 1, 15, 5)).result.failure()
    assert isinstance(error, TimedOutError)
    assert (error.value, error.__cause__) == (stream("idle"), cause)
    assert "; the last call failed: no" in str(error)


@given(
    timeout=st.floats(0, 1e6),
    pause=st.floats(0.01, 1e3),
    longest=st.floats(0.01, 1e3),
    duration=st.floats(0, 100),
    chance=st.floats(0, 1),
)
def test_a_wait_ends_at_its_deadline(
    timeout: float, pause: float, longest: float, duration: float, chance: float
) -> None:
    waits = Waits(min(timeout, 1000 * longest), pause, longest, 5)
    played = Played("idle", waits=waits, duration=duration, chance=chance)
    assert isinstance(played.result.failure(), TimedOutError)
    assert played.now <= waits.timeout + duration
    assert sum(played.pauses) <= waits.timeout
    assert all(pause <= longest for pause in played.pauses)


def test_a_call_gets_the_time_that_is_left() -> None:
    played = Played("idle", waits=Waits(90, 40, 40, 5))
    assert [Timeout.of(options.timeout or 0).total for options in played.options][:4] == [60, 50, 10, 1]
    played = Played("active", options=RequestOptions(timeout=7, retries=Retries(attempts=1)))
    assert played.options == [RequestOptions(timeout=Timeout(total=7), retries=Retries(attempts=1))]


@pytest.mark.parametrize("verdict", ["ready", None, 1])
def test_a_test_that_returns_anything_else_is_an_error(verdict: Any) -> None:
    error = Played("idle", test=lambda stream: verdict).result.failure()
    assert isinstance(error, UnexpectedClientError)
    assert "must return a bool or a Failed, not " in str(error)


def test_a_test_that_raises_is_an_error() -> None:
    error = Played("idle", test=lambda stream: 1 / 0 > 0).result.failure()
    assert isinstance(error, UnexpectedClientError)
    assert isinstance(error.__cause__, ZeroDivisionError)


class Service(httpx.MockTransport):
    """Returns a stream with each status in turn, the last one for ever."""

    def __init__(self, *statuses: str) -> None:
        coming = [*statuses]
        self.calls = 0

        def handle(request: httpx.Request) -> httpx.Response:
            self.calls += 1
            status = coming.pop(0) if len(coming) > 1 else coming[0]
            return httpx.Response(200, json={"data": {"streamId": "a", "streamKey": "k", "status": status}})

        super().__init__(handle)

    @property
    def core(self) -> FastpixCore:
        return FastpixCore(username="a", password="b", transport=self)

    @property
    def async_core(self) -> AsyncFastpixCore:
        return AsyncFastpixCore(username="a", password="b", transport=self)


def test_a_core_makes_the_calls() -> None:
    result = until(live_streams_get, stream_active, pause=0.01)(Service("idle", "idle", "active").core, REQUEST)
    assert result.unwrap().data.status == "active"


@pytest.mark.anyio
async def test_an_async_core_makes_the_calls() -> None:
    wait = until(live_streams_get, lambda seen: seen.data.status == "active", pause=0.01)
    result = await wait(Service("idle", "idle", "active").async_core, REQUEST)
    assert result.unwrap().data.status == "active"


def test_an_event_ends_a_pause_and_is_cleared() -> None:
    wake, service = Event(), Service("idle", "idle", "active")
    wake.set()
    Timer(0.1, wake.set).start()
    with Stopwatch() as watch:
        assert until(live_streams_get, stream_active, pause=30, longest_pause=30, wake=wake)(service.core, REQUEST)
    assert watch.seconds < 15
    assert not wake.is_set()
    assert service.calls == 3


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [Event, anyio.Event])
async def test_an_event_ends_a_pause_of_an_async_wait(kind: Any) -> None:
    wake, service = kind(), Service("idle", "active")
    wait = until(live_streams_get, stream_active, pause=30, longest_pause=30, wake=wake)
    with Stopwatch() as watch:
        async with anyio.create_task_group() as group:
            group.start_soon(wait, service.async_core, REQUEST)
            await anyio.sleep(0.1)
            wake.set()
    assert watch.seconds < 15
    assert service.calls == 2


@pytest.mark.anyio
async def test_an_event_that_cannot_be_cleared_ends_one_pause() -> None:
    wake, service = anyio.Event(), Service("idle", "idle", "active")
    wake.set()
    result = await until(live_streams_get, stream_active, pause=0.05, wake=wake)(service.async_core, REQUEST)
    assert result.unwrap().data.status == "active"


def test_an_event_that_is_not_set_ends_no_pause() -> None:
    service = Service("idle", "active")
    assert until(live_streams_get, stream_active, pause=0.01, wake=Event())(service.core, REQUEST).unwrap()
    loop_event = until(live_streams_get, stream_active, pause=0.01, wake=asyncio.Event())
    assert asyncio.run(loop_event(Service("idle", "active").async_core, REQUEST)).unwrap()
    with pytest.raises(TypeError, match=r"wake must be a threading.Event for a FastpixCore"):
        loop_event(service.core, REQUEST)


def test_wrong_arguments_are_refused_at_once(core: FastpixCore) -> None:
    anything: Any = None
    with pytest.raises(TypeError, match=r"until\(\) takes an operation, such as live_streams_list, not NoneType"):
        until(anything, stream_active)
    with pytest.raises(ConfigurationError, match=r"pause must be a number of seconds from 0\.01 to 1000000, not 0"):
        until(live_streams_get, stream_active, pause=0)
    with pytest.raises(TypeError, match=r"live_streams_get\(\) takes a FastpixCore"):
        until(live_streams_get, stream_active)(anything, REQUEST)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'request'"):
        until(live_streams_get, stream_active)(core, anything)
    anything = "options"
    wrong = until(live_streams_get, stream_active)(core, REQUEST, anything)  # the operation rejects the options
    assert isinstance(wrong.failure(), ConfigurationError)


def test_a_wait_is_the_same_after_pickling() -> None:
    wait = pickle.loads(pickle.dumps(until(live_streams_get, stream_active, pause=0.01)))
    assert wait(Service("idle", "active").core, REQUEST).unwrap().data.status == "active"
    assert wait.__name__ == "live_streams_get"


def test_a_failed_verdict_says_why() -> None:
    verdict = Failed("out of luck")
    assert Played("idle", test=lambda stream: verdict).result.failure().message == "out of luck"


def test_an_operation_that_creates_can_be_waited_for() -> None:
    service = Service("idle", "active")
    request = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())
    assert until(live_streams_create, stream_active, pause=0.01)(service.core, request).unwrap()
