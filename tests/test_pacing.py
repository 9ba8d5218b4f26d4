"""The pace of a core, over real sockets: a 429 of one call makes all calls of the core wait."""

import asyncio
import inspect
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import Any

import pytest

from fastpix import AsyncFastpixCore, FastpixCore, Retries, Success, Timeout, many
from fastpix._call.call import Ask, Steps, Wait
from fastpix.api.live_streams import GetAllStreamsRequest, live_streams_list
from fastpix.errors import RateLimitedError, TimedOutError
from tests.servers import PAGE, Scripted, Stopwatch, answer

REFUSED = answer(b"{}", 429, ("retry-after: 1",))
"""The response to a call that was refused. The test then takes a second."""


class Arrivals:
    """Records when each request arrives, and refuses the first ones."""

    def __init__(self, server: Scripted, *, refused: int, held: Event | None = None) -> None:
        self.times: list[float] = []
        self._lock = Lock()

        def act(connection: Any, over: Event) -> None:
            with self._lock:
                self.times.append(time.monotonic())
                number = len(self.times)
            if held is not None:
                held.wait(10)
            (REFUSED if number <= refused else answer(PAGE))(connection, over)

        server.script(act)


def core_of(server: Scripted, **settings: Any) -> FastpixCore:
    return FastpixCore(username="a", password="b", server_url=server.url, **settings)


def async_core_of(server: Scripted, **settings: Any) -> AsyncFastpixCore:
    return AsyncFastpixCore(username="a", password="b", server_url=server.url, **settings)


def test_all_calls_of_a_core_wait_and_those_of_another_core_do_not(scripted: Scripted) -> None:
    arrivals = Arrivals(scripted, refused=1)
    core, other = core_of(scripted), core_of(scripted)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(live_streams_list, core)
        scripted.wait_for(1)
        time.sleep(0.1)
        second = threads.submit(live_streams_list, core)
        assert isinstance(live_streams_list(other), Success)
        assert isinstance(first.result(), Success)
        assert isinstance(second.result(), Success)
    refused, of_other, *later = arrivals.times
    assert of_other - refused < 1
    assert all(at - refused >= 1 for at in later)


def test_a_call_that_waited_for_a_slot_when_the_429_came_waits_for_its_turn(scripted: Scripted) -> None:
    held = Event()
    arrivals = Arrivals(scripted, refused=1, held=held)
    core = core_of(scripted, max_connections=1)
    with ThreadPoolExecutor(3) as threads:
        calls = [threads.submit(live_streams_list, core) for _ in range(3)]
        scripted.wait_for(1)
        time.sleep(0.1)
        held.set()
        assert all(isinstance(call.result(), Success) for call in calls)
    assert len(arrivals.times) == 4
    assert all(at - arrivals.times[0] >= 1 for at in arrivals.times[1:])


def test_the_same_in_an_event_loop(scripted: Scripted) -> None:
    arrivals = Arrivals(scripted, refused=1)
    core = async_core_of(scripted, max_connections=1)

    async def main() -> None:
        results = await asyncio.gather(*[live_streams_list(core) for _ in range(3)])
        assert all(isinstance(result, Success) for result in results)

    asyncio.run(main())
    assert len(arrivals.times) == 4
    assert all(at - arrivals.times[0] >= 1 for at in arrivals.times[1:])


def interrupted() -> tuple[str, str]:
    raise KeyboardInterrupt


def steps_of_a_call(*steps: Wait | Ask) -> Steps[None]:
    yield from steps


def test_a_call_that_is_cancelled_or_interrupted_leaves_the_line_while_somebody_keeps_the_exception(
    scripted: Scripted,
) -> None:
    cancelled, ended = steps_of_a_call(Wait(60)), steps_of_a_call(Ask(interrupted, 60))

    async def main() -> object:
        running = asyncio.ensure_future(async_core_of(scripted).run(cancelled))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        running.cancel()
        (kept,) = await asyncio.gather(running, return_exceptions=True)
        return kept

    kept = asyncio.run(main())
    assert isinstance(kept, asyncio.CancelledError)
    with pytest.raises(KeyboardInterrupt) as also_kept:
        core_of(scripted).run(ended)
    assert also_kept.value
    assert (inspect.getgeneratorstate(cancelled), inspect.getgeneratorstate(ended)) == (inspect.GEN_CLOSED,) * 2


def test_the_calls_of_many_share_the_pace(scripted: Scripted) -> None:
    arrivals = Arrivals(scripted, refused=3)
    requests = [GetAllStreamsRequest()] * 6
    results = [result for _, result in many(live_streams_list, concurrency=3)(core_of(scripted), requests)]
    assert all(isinstance(result, Success) for result in results)
    assert all(at - arrivals.times[0] >= 1 for at in arrivals.times[3:])


def test_a_call_whose_deadline_is_before_the_named_time_fails_at_once(scripted: Scripted) -> None:
    scripted.script(answer(b"{}", 429, ("retry-after: 3600",)))
    core = core_of(scripted, timeout=30)
    with Stopwatch() as watch:
        assert isinstance(live_streams_list(core).failure(), RateLimitedError)
        error = live_streams_list(core).failure()
    assert watch.seconds < 15
    assert isinstance(error, TimedOutError)
    assert "its turn did not come in time (nothing may be sent for 3600 s)" in str(error)
    assert error.attempts == 0
    assert len(scripted.requests) == 1


def test_without_retries_a_429_is_reported_and_slows_the_next_call(scripted: Scripted) -> None:
    arrivals = Arrivals(scripted, refused=1)
    core = core_of(scripted, retries=Retries(attempts=1))
    assert isinstance(live_streams_list(core).failure(), RateLimitedError)
    assert isinstance(live_streams_list(core), Success)
    assert arrivals.times[1] - arrivals.times[0] >= 1


def test_a_429_without_a_time_is_waited_for(scripted: Scripted) -> None:
    scripted.script(answer(b"{}", 429), answer(PAGE))
    with Stopwatch() as watch:
        assert isinstance(live_streams_list(core_of(scripted)), Success)
    assert watch.seconds >= 1


def test_a_server_that_always_refuses_ends_a_call_by_its_deadline(scripted: Scripted) -> None:
    scripted.script(answer(b"{}", 429))
    error = live_streams_list(core_of(scripted, timeout=Timeout(total=1.5))).failure()
    assert isinstance(error, RateLimitedError)
    assert error.attempts == 2
