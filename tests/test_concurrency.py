"""`many`: several calls at the same time, with either kind of core."""

import asyncio
import pickle
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from contextvars import ContextVar
from functools import partial
from itertools import count, islice
from threading import Barrier, Event, Lock, get_ident
from typing import Any, cast

import anyio
import anyio.lowlevel
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix import AsyncFastpixCore, Failure, FastpixCore, Progress, Reply, Success, each, many, until
from fastpix.api.live_streams import (
    DeleteLiveStreamRequest,
    GetLiveStreamRequest,
    live_streams_delete,
    live_streams_get,
    live_streams_list,
)
from fastpix.emulator import Emulator, Seed, SeedStream
from fastpix.errors import ConfigurationError, NotFoundError, UnauthorizedError
from fastpix.states import stream_idle

CORE = FastpixCore(username="a", password="b", transport=httpx.MockTransport(lambda request: httpx.Response(500)))
ASYNC_CORE = AsyncFastpixCore(
    username="a", password="b", transport=httpx.MockTransport(lambda request: httpx.Response(500))
)


def double(core: FastpixCore, number: int) -> Reply[int]:
    return Success(2 * number)


async def async_double(core: AsyncFastpixCore, number: int) -> Reply[int]:
    await anyio.lowlevel.checkpoint()
    return Success(2 * number)


def seeded(emulator: Emulator, core: FastpixCore) -> list[str]:
    emulator.seed(Seed(streams=[SeedStream(count=25)]))
    return [result.unwrap().stream_id for result in each(live_streams_list)(core)]


def test_an_operation_is_called_for_each_request(emulator: Emulator, core: FastpixCore) -> None:
    requests = [DeleteLiveStreamRequest(stream_id) for stream_id in seeded(emulator, core)]
    found = [*many(live_streams_delete)(core, requests)]
    assert {request.stream_id for request, _ in found} == {request.stream_id for request in requests}
    assert all(isinstance(result, Success) for _, result in found)
    assert [*each(live_streams_list)(core)] == []


@pytest.mark.anyio
async def test_an_operation_is_called_for_each_request_by_an_async_core(
    emulator: Emulator, core: FastpixCore, async_core: AsyncFastpixCore
) -> None:
    requests = [GetLiveStreamRequest(stream_id) for stream_id in seeded(emulator, core)]
    async for request, result in many(live_streams_get)(async_core, requests):
        assert result.unwrap().data.stream_id == request.stream_id


def test_adverbs_compose(emulator: Emulator, core: FastpixCore) -> None:
    requests = [GetLiveStreamRequest(stream_id) for stream_id in seeded(emulator, core)]
    found = many(until(live_streams_get, stream_idle))(core, requests)
    assert {result.unwrap().data.status for _, result in found} == {"idle"}


@given(st.lists(st.integers()), st.integers(1, 5), st.booleans())
def test_each_request_has_its_result_once(numbers: list[int], concurrency: int, in_order: bool) -> None:
    found = [*many(double, concurrency=concurrency, in_order=in_order)(CORE, numbers)]
    assert all(result == Success(2 * number) for number, result in found)
    given_back = [number for number, _ in found]
    assert given_back == numbers if in_order else sorted(given_back) == sorted(numbers)


@pytest.mark.anyio
@pytest.mark.parametrize("in_order", [False, True])
async def test_results_of_tasks_come_in_order_or_as_they_come(in_order: bool) -> None:
    gate = anyio.Event()

    async def slow_at_first(core: AsyncFastpixCore, number: int) -> Reply[int]:
        if number == 0:
            await gate.wait()
        if number == 2:
            gate.set()
        return Success(number)

    calls = many(slow_at_first, concurrency=3, in_order=in_order)(ASYNC_CORE, range(3))
    given_back = [number async for number, _ in calls]
    assert given_back == [0, 1, 2] if in_order else given_back[2] == 0


def test_results_of_threads_come_in_order_if_asked_for() -> None:
    later = Event()

    def slow_at_first(core: FastpixCore, number: int) -> Reply[int]:
        if number == 0:
            assert later.wait(10)
        later.set()
        return Success(number)

    assert [number for number, _ in many(slow_at_first, concurrency=2, in_order=True)(CORE, range(2))] == [0, 1]


def test_so_many_calls_run_at_the_same_time_and_no_more() -> None:
    running, most, lock, barrier = 0, 0, Lock(), Barrier(4)

    def counted(core: FastpixCore, number: int) -> Reply[int]:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        barrier.wait(10)
        with lock:
            running -= 1
        return Success(number)

    assert len([*many(counted, concurrency=4)(CORE, range(40))]) == 40
    assert most == 4


@pytest.mark.anyio
async def test_so_many_tasks_run_at_the_same_time_and_no_more() -> None:
    running, most = 0, 0

    async def counted(core: AsyncFastpixCore, number: int) -> Reply[int]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await anyio.sleep(0.001)
        running -= 1
        return Success(number)

    assert len([pair async for pair in many(counted, concurrency=4)(ASYNC_CORE, range(40))]) == 40
    assert most == 4


@pytest.mark.parametrize("in_order", [False, True])
def test_a_generator_of_requests_is_not_read_ahead_of_need(in_order: bool) -> None:
    read = list[int]()

    def requests() -> Iterator[int]:
        for number in count():
            read.append(number)
            yield number

    found = many(double, concurrency=3, in_order=in_order)(CORE, requests())
    assert read == []
    for taken, _ in enumerate(islice(found, 10), 1):
        assert len(read) <= taken + 2
    found.close()


@pytest.mark.anyio
async def test_requests_may_come_from_an_async_generator() -> None:
    read = 0

    async def requests() -> AsyncIterator[int]:
        nonlocal read
        for number in range(10):
            read += 1
            yield number

    async with aclosing(many(async_double, concurrency=2)(ASYNC_CORE, requests())) as found:
        await anext(found)
        assert read == 2
        assert len([pair async for pair in found]) == 9


def test_progress_is_told_after_each_result() -> None:
    def odd_fails(core: FastpixCore, number: int) -> Reply[int]:
        return Failure(NotFoundError("no", status=404)) if number % 2 else Success(number)

    told = list[Progress]()
    assert len([*many(odd_fails, concurrency=1, on_progress=told.append)(CORE, range(3))]) == 3
    assert told == [Progress(1, 0, 3), Progress(2, 1, 3), Progress(3, 1, 3)]
    told.clear()
    assert len([*many(odd_fails, concurrency=1, on_progress=told.append)(CORE, iter([0]))]) == 1
    assert told == [Progress(1, 0, None)]


def test_no_call_starts_after_a_failure_of_the_given_kind() -> None:
    def refuses(core: FastpixCore, number: int) -> Reply[int]:
        kinds = {3: NotFoundError("no", status=404), 5: UnauthorizedError("no", status=401)}
        return Failure(kinds[number]) if number in kinds else Success(number)

    found = [*many(refuses, concurrency=1, stop_at=(UnauthorizedError,))(CORE, count())]
    assert [number for number, _ in found] == [0, 1, 2, 3, 4, 5]


def test_no_call_starts_after_a_request_to_stop_and_those_that_run_are_given() -> None:
    stop = Event()
    found = list[int]()
    for number, result in many(double, concurrency=3, stop=stop)(CORE, count()):
        assert result == Success(2 * number)
        found.append(number)
        if len(found) == 5:
            stop.set()
    assert 5 <= len(found) <= 7
    assert sorted(found) == [*range(len(found))]


@pytest.mark.parametrize("in_order", [False, True])
def test_an_exception_is_raised_after_the_results_of_the_calls_that_run(in_order: bool) -> None:
    def breaks(core: FastpixCore, number: int) -> Reply[int]:
        if number == 2:
            raise ValueError("2")
        return Success(number)

    found = list[int]()
    with pytest.raises(ValueError, match="2"):
        found.extend(number for number, _ in many(breaks, concurrency=3, in_order=in_order)(CORE, count()))
    assert {0, 1} <= set(found)
    assert 2 not in found
    assert len(found) <= 5


@pytest.mark.anyio
async def test_an_exception_of_the_requests_is_raised_after_the_results() -> None:
    def requests() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("no more")

    found = many(async_double)(ASYNC_CORE, requests())
    assert sorted([(await anext(found))[0], (await anext(found))[0]]) == [1, 2]
    with pytest.raises(ValueError, match="no more"):
        await anext(found)
    in_threads = many(double)(CORE, requests())
    assert sorted(number for number, _ in islice(in_threads, 2)) == [1, 2]
    with pytest.raises(ValueError, match="no more"):
        next(in_threads)


@pytest.mark.anyio
async def test_results_are_given_while_a_request_is_pending() -> None:
    send, receive = anyio.create_memory_object_stream[int](10)
    with send, receive:
        await send.send(1)
        found = list[int]()
        async for number, _ in many(async_double)(ASYNC_CORE, receive):
            found.append(number)
            if number == 3:
                send.close()
            else:
                await send.send(number + 1)
    assert found == [1, 2, 3]


@pytest.mark.anyio
async def test_a_request_to_stop_ends_it_while_a_request_is_pending() -> None:
    async def requests() -> AsyncIterator[int]:
        yield 1
        await anyio.sleep_forever()

    stop = Event()
    async for _ in many(async_double, stop=stop)(ASYNC_CORE, requests()):
        stop.set()


def test_results_of_threads_are_given_before_more_requests_are_read() -> None:
    read = list[int]()

    def requests() -> Iterator[int]:
        for number in range(5):
            read.append(number)
            Event().wait(0.05)
            yield number

    found = many(double)(CORE, requests())
    next(found)
    assert len(read) < 5
    assert len([*found]) == 4


def test_a_cancellation_of_the_functions_own_is_raised() -> None:
    async def cancels(core: AsyncFastpixCore, number: int) -> Reply[int]:
        await asyncio.sleep(0)
        if number == 3:
            raise asyncio.CancelledError
        return Success(number)

    async def main() -> None:
        async with aclosing(many(cancels)(ASYNC_CORE, range(10))) as found:
            async for _ in found:
                pass

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.12 brings eager tasks")
def test_eager_tasks_may_end_before_they_are_known() -> None:
    async def at_once(core: AsyncFastpixCore, number: int) -> Reply[int]:
        return Success(number)

    async def main() -> int:
        asyncio.get_running_loop().set_task_factory(getattr(asyncio, "eager_task_factory"))  # noqa: B009 - not in 3.11
        return len([pair async for pair in many(at_once)(ASYNC_CORE, range(20))])

    assert asyncio.run(main()) == 20


@pytest.mark.anyio
async def test_an_exception_of_an_async_function_is_raised() -> None:
    async def breaks(core: AsyncFastpixCore, number: int) -> Reply[int]:
        raise ValueError(number)

    with pytest.raises(ValueError, match=r"\d"):
        [pair async for pair in many(breaks)(ASYNC_CORE, count())]


def test_ending_early_waits_for_the_threads() -> None:
    ended, begun = list[int](), Event()

    def slow(core: FastpixCore, number: int) -> Reply[int]:
        if number:
            begun.set()
            Event().wait(0.1)
        else:
            assert begun.wait(10)
        ended.append(number)
        return Success(number)

    found = many(slow, concurrency=2)(CORE, count())
    assert next(found)[0] == 0
    found.close()
    assert sorted(ended) == [0, 1]


@pytest.mark.anyio
async def test_ending_early_cancels_the_tasks() -> None:
    ended = list[int]()

    async def slow(core: AsyncFastpixCore, number: int) -> Reply[int]:
        try:
            await anyio.sleep(60 * number)
        finally:
            ended.append(number)
        return Success(number)

    async with aclosing(many(slow, concurrency=3)(ASYNC_CORE, count())) as found:
        assert (await anext(found))[0] == 0
    assert sorted(ended) == [0, 1, 2]


@pytest.mark.anyio
async def test_a_cancelled_consumer_leaves_no_task_behind() -> None:
    running = 0

    async def slow(core: AsyncFastpixCore, number: int) -> Reply[int]:
        nonlocal running
        running += 1
        try:
            await anyio.sleep_forever()
        finally:
            running -= 1
        return Success(number)

    with anyio.move_on_after(0.05):
        async with aclosing(many(slow, concurrency=3)(ASYNC_CORE, count())) as found:
            await anext(found)
    assert running == 0


def test_a_context_variable_is_seen_in_the_threads() -> None:
    name = ContextVar[str]("name")
    name.set("here")

    def named(core: FastpixCore, number: int) -> Reply[tuple[str, int]]:
        return Success((name.get(), get_ident()))

    ((_, result),) = many(named)(CORE, [1])
    assert result.unwrap()[0] == "here"
    assert result.unwrap()[1] != get_ident()


def test_settings_and_arguments_are_checked_at_once() -> None:
    anything, wrong = cast("Any", None), cast("Any", {"at_once": 3})
    with pytest.raises(TypeError, match=r"many\(\) takes a function of a core and a request, not NoneType"):
        many(anything)
    with pytest.raises(ConfigurationError, match="concurrency must be an int from 1 to 1000000, not 0"):
        many(double, concurrency=0)
    with pytest.raises(TypeError, match=r"many\(\) takes a FastpixCore or an AsyncFastpixCore as first argument"):
        many(double)(anything, [])
    with pytest.raises(TypeError, match="an async function only for an AsyncFastpixCore"):
        cast("Any", many(async_double))(CORE, [])
    with pytest.raises(TypeError, match="nexpected keyword argument 'at_once'"):
        many(double, **wrong)


def test_it_is_the_same_after_pickling() -> None:
    copy = pickle.loads(pickle.dumps(many(double, concurrency=1, in_order=True)))
    assert [*copy(CORE, [1, 2])] == [(1, Success(2)), (2, Success(4))]
    assert copy.__name__ == "double"
    assert [*many(partial(double))(CORE, [1])] == [(1, Success(2))]
