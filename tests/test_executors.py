"""`many` on executors: processes started in each way, one core and one pace for all, and what cannot travel."""

import copy
import multiprocessing
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from threading import get_ident
from types import ModuleType
from typing import Any, cast

import httpx
import pytest

from fastpix import (
    AsyncFastpixCore,
    Fastpix,
    FastpixCore,
    Hooks,
    Reply,
    Retries,
    Success,
    many,
    with_response,
)
from fastpix import core as core_module
from fastpix._executors import OnExecutor
from fastpix.api.live_streams import (
    EnableLiveStreamRequest,
    GetAllStreamsRequest,
    live_streams_enable,
    live_streams_list,
)
from fastpix.errors import ConfigurationError, RateLimitedError, TimedOutError
from fastpix.journal import SqliteJournal, once
from tests.servers import PAGE, Scripted, answer
from tests.test_pacing import REFUSED, Arrivals

REQUESTS = [GetAllStreamsRequest(limit=number % 50 + 1) for number in range(400)]


class Pickling(Executor):
    """An executor that treats its calls as one for other processes does, in this process."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        work, args, kwargs = pickle.loads(pickle.dumps((function, args, kwargs)))
        future: Future[Any] = Future()
        future.set_result(pickle.loads(pickle.dumps(work(*args, **kwargs))))
        return future


class Never(Executor):
    """An executor that begins nothing."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ARG002
        self.futures.append(Future())
        return self.futures[-1]


@pytest.fixture
def core(scripted: Scripted) -> Iterator[FastpixCore]:
    scripted.script(answer(PAGE))
    with FastpixCore(username="a", password="b", server_url=scripted.url, max_connections=500) as core:
        yield core


@pytest.fixture(autouse=True)
def _nothing_has_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastpix.core._arrived", {})


def hook(*facts: object) -> None: ...


def two_calls(core: FastpixCore, request: GetAllStreamsRequest) -> Reply[int]:
    return live_streams_list(core, request).bind(lambda _: live_streams_list(core, request)).map(lambda _: os.getpid())


def where(core: FastpixCore, request: object) -> Reply[tuple[int, int]]:
    return Success((os.getpid(), get_ident()))


def stream_of(request: EnableLiveStreamRequest) -> str:
    return request.stream_id


def is_never_there(core: FastpixCore, request: object) -> Reply[int]:
    os._exit(1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
@pytest.mark.parametrize("how", ["fork", "forkserver", "spawn"])
def test_a_process_needs_one_connection_for_hundreds_of_calls(scripted: Scripted, core: FastpixCore, how: str) -> None:
    with ProcessPoolExecutor(2, multiprocessing.get_context(how)) as processes:
        found = [*many(live_streams_list, executor=processes)(core, REQUESTS)]
    assert all(isinstance(result, Success) for _, result in found)
    assert {id(request) for request, _ in found} == set(map(id, REQUESTS))
    assert len(scripted.requests) == 400
    assert scripted.connections <= 2


def test_processes_slow_down_together_after_a_429(scripted: Scripted, core: FastpixCore) -> None:
    arrivals = Arrivals(scripted, refused=1)
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes:
        calls = many(live_streams_list, executor=processes, concurrency=4)(core, REQUESTS[:20])
        assert all(isinstance(result, Success) for _, result in calls)
    first, *later = arrivals.times
    assert len(later) == 20
    assert sum(at - first < 1 for at in later) <= 10  # those that the processes had before this one knew


@pytest.mark.parametrize("function", [live_streams_list, with_response(live_streams_list)])
def test_a_call_elsewhere_is_made_again_after_a_429(scripted: Scripted, core: FastpixCore, function: Any) -> None:
    scripted.script(REFUSED, REFUSED, answer(PAGE))
    started = time.monotonic()
    (result,) = [result for _, result in cast("Any", many(function, executor=Pickling())(core, REQUESTS[:1]))]
    assert isinstance(result, Success)
    assert core.pace.stretch is not None
    assert time.monotonic() - started >= 2


def test_an_item_of_a_journal_begins_again_after_a_429(scripted: Scripted, core: FastpixCore, tmp_path: Path) -> None:
    scripted.script(REFUSED, answer(b'{"success":true}'))
    enable = once(live_streams_enable, journal=SqliteJournal(tmp_path / "jobs.db"), key=stream_of)
    for _ in range(2):
        [(_, result)] = many(enable, executor=Pickling())(core, [EnableLiveStreamRequest("a")])
        assert isinstance(result, Success)
    assert len(scripted.requests) == 2


def test_a_worker_reports_a_429_at_once(scripted: Scripted, core: FastpixCore) -> None:
    scripted.script(REFUSED)
    there = FastpixCore.arrived(*core.travelling(is_paced=False))
    for _ in range(2):
        error = live_streams_list(there).failure()
        assert isinstance(error, RateLimitedError)
        assert (error.attempts, error.retry_after) == (1, 1)
    assert len(scripted.requests) == 2


def test_a_function_with_several_calls_has_a_pace_in_its_process(scripted: Scripted, core: FastpixCore) -> None:
    scripted.script(answer(PAGE), REFUSED, answer(PAGE))
    [(_, result)] = many(two_calls, executor=Pickling())(core, REQUESTS[:1])
    assert result == Success(os.getpid())
    assert len(scripted.requests) == 3
    assert core.pace.stretch is None


@pytest.mark.parametrize("settings", [{"timeout": 0.5}, {"retries": Retries(attempts=1)}])
def test_a_429_is_the_result_if_there_is_no_time_or_no_attempt_left(scripted: Scripted, settings: Any) -> None:
    scripted.script(REFUSED)
    core = FastpixCore(username="a", password="b", server_url=scripted.url, **settings)
    results = [result for _, result in many(live_streams_list, executor=Pickling(), concurrency=1)(core, REQUESTS[:2])]
    errors = [result.failure() for result in results]
    assert isinstance(errors[0], RateLimitedError)
    assert isinstance(errors[1], TimedOutError if "timeout" in settings else RateLimitedError)


def test_threads_of_the_user_share_the_core(scripted: Scripted, core: FastpixCore) -> None:
    with ThreadPoolExecutor(3) as threads:
        found = [result.unwrap() for _, result in many(where, executor=threads)(core, range(30))]
        assert {process for process, _ in found} == {os.getpid()}
        assert {thread for _, thread in found} <= {thread.ident for thread in threads._threads}
        calls = many(live_streams_list, executor=threads)(core, REQUESTS[:30])
        assert all(isinstance(result, Success) for _, result in calls)
    assert scripted.connections <= 3


def test_a_core_for_other_processes_must_be_able_to_travel(core: FastpixCore) -> None:
    bound = FastpixCore(client=httpx.Client())
    with pytest.raises(TypeError, match="client= or transport= can't be pickled"):
        next(many(live_streams_list, executor=Pickling())(bound, REQUESTS[:1]))


def test_a_wrong_server_url_is_the_error_of_the_call() -> None:
    core = FastpixCore(username="a", password="b", server_url="nowhere")
    [(_, result)] = many(live_streams_list, executor=Pickling())(core, REQUESTS[:1])
    assert isinstance(result.failure(), ConfigurationError)


def test_a_worker_that_dies_ends_the_job_with_the_exception_of_its_executor(core: FastpixCore) -> None:
    with (
        ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as processes,
        pytest.raises(Exception, match="terminated abruptly"),
    ):
        next(many(is_never_there, executor=processes)(core, [1, 2, 3]))


def test_calls_that_have_not_begun_are_cancelled_when_the_job_breaks_off(core: FastpixCore) -> None:
    executor = Never()

    def requests() -> Iterator[GetAllStreamsRequest]:
        yield from REQUESTS[:3]
        while len(executor.futures) < 3:
            time.sleep(0.001)
        raise SystemExit

    with pytest.raises(SystemExit):
        next(many(live_streams_list, executor=executor)(core, requests()))
    assert all(future.cancelled() for future in executor.futures)


def test_a_call_that_waited_for_its_turn_does_not_start_after_the_job_broke_off(core: FastpixCore) -> None:
    function = OnExecutor(live_streams_list, Never())
    function.cancel()
    with pytest.raises(CancelledError):
        function(core, REQUESTS[0])


class Losing(Pickling):
    """An engine that does the work and loses some of the results, as Dask's executor does when a worker dies."""

    def __init__(self, losses: int) -> None:
        self.losses = losses

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(function, *args, **kwargs)
        if not self.losses:
            return future
        self.losses -= 1
        lost: Future[Any] = Future()
        lost.set_exception(ValueError("too many values to unpack"))
        return lost


def test_a_lost_result_is_asked_for_again_if_there_is_a_journal(
    scripted: Scripted, core: FastpixCore, tmp_path: Path
) -> None:
    scripted.script(answer(b'{"success":true}'))
    enable = once(live_streams_enable, journal=SqliteJournal(tmp_path / "jobs.db"), key=stream_of)
    requests = [EnableLiveStreamRequest("a")]
    [(_, result)] = many(enable, executor=Losing(2))(core, requests)
    assert isinstance(result, Success)
    assert len(scripted.requests) == 1
    with pytest.raises(ValueError, match="too many values"):
        next(many(enable, executor=Losing(3))(core, requests))
    with pytest.raises(ValueError, match="too many values"):
        next(many(live_streams_enable, executor=Losing(1))(core, requests))
    assert len(scripted.requests) == 2


def test_an_executor_is_only_for_a_blocking_core_and_must_be_one() -> None:
    with pytest.raises(TypeError, match=r"many\(\) takes an executor only for a FastpixCore"):
        many(live_streams_list, executor=Pickling())(AsyncFastpixCore(), [])
    with pytest.raises(TypeError, match=r"executor must be one of concurrent\.futures, not int"):
        cast("Any", many)(live_streams_list, executor=4)


@pytest.mark.parametrize("kind", [FastpixCore, AsyncFastpixCore, Fastpix])
def test_a_core_that_arrives_again_is_the_same_core(kind: Any) -> None:
    first, second = kind(username="a", timeout=3), kind(username="a", timeout=3)
    arrived = pickle.loads(pickle.dumps(first))
    assert arrived is not first
    assert arrived is pickle.loads(pickle.dumps(first)) is pickle.loads(pickle.dumps(second))
    assert arrived is pickle.loads(pickle.dumps(arrived))
    assert arrived.configuration == first.configuration
    assert pickle.loads(pickle.dumps(kind(username="b"))) is not arrived
    other = FastpixCore if kind is AsyncFastpixCore else AsyncFastpixCore
    assert type(pickle.loads(pickle.dumps(other(username="a", timeout=3)))) is other


def test_a_core_that_was_closed_where_it_arrived_is_another_one_the_next_time(core: FastpixCore) -> None:
    with pickle.loads(pickle.dumps(core)) as arrived:
        assert isinstance(live_streams_list(arrived), Success)
    again = pickle.loads(pickle.dumps(core))
    assert again is not arrived
    assert isinstance(live_streams_list(again), Success)


class Vault:
    """Credentials that change."""

    def __init__(self) -> None:
        self.token = "first"

    def __call__(self) -> tuple[str, str]:
        return "name", self.token


def test_a_core_whose_credentials_have_changed_arrives_with_them() -> None:
    vault = Vault()
    core = FastpixCore(credentials=vault)
    assert pickle.loads(pickle.dumps(core)).configuration.credentials() == ("name", "first")
    vault.token = "second"
    assert pickle.loads(pickle.dumps(core)).configuration.credentials() == ("name", "second")


class Tenant(FastpixCore):
    def __init__(self, name: str) -> None:
        super().__init__(username=name)


def test_a_core_of_a_class_with_a_constructor_of_its_own_is_another_one_each_time() -> None:
    core = Tenant("a")
    first, second = pickle.loads(pickle.dumps(core)), pickle.loads(pickle.dumps(core))
    assert first is not second
    assert first.configuration == second.configuration == core.configuration


def test_a_copy_of_a_core_works(core: FastpixCore) -> None:
    assert isinstance(live_streams_list(copy.copy(core)), Success)


def test_a_job_that_is_ended_early_starts_no_more_calls(core: FastpixCore) -> None:
    executor = Never()
    calls = many(live_streams_list, executor=executor, concurrency=3)(core, REQUESTS)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(next, calls)
        while len(executor.futures) < 3:
            time.sleep(0.001)
        executor.futures[0].set_result(Success(1))
        first.result()
        calls.close()
    assert all(future.cancelled() for future in executor.futures[1:])
    assert len(executor.futures) == 3


def test_a_function_of_a_script_is_carried_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cloudpickle", Closures("cloudpickle"))
    monkeypatch.setattr(credentials_of_a_script, "__module__", "__main__")
    arrived = pickle.loads(pickle.dumps(FastpixCore(credentials=credentials_of_a_script)))
    assert arrived.configuration.credentials == ("a", "b")


def test_without_cloudpickle_a_function_of_a_script_travels_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    monkeypatch.setattr(credentials_of_a_script, "__module__", "__main__")
    monkeypatch.setattr(sys.modules["__main__"], "credentials_of_a_script", credentials_of_a_script, raising=False)
    arrived = pickle.loads(pickle.dumps(FastpixCore(credentials=credentials_of_a_script)))
    assert arrived.configuration.credentials is credentials_of_a_script


def credentials_of_a_script() -> tuple[str, str]:
    return "a", "b"


def test_a_core_without_a_pace_and_one_with_are_two() -> None:
    core = FastpixCore(username="a")
    paced, unpaced = (FastpixCore.arrived(*core.travelling(is_paced=is_paced)) for is_paced in (True, False))
    assert paced is not unpaced
    assert pickle.loads(pickle.dumps(unpaced)) is unpaced


def test_so_many_cores_are_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_module, "MOST_ARRIVED", 3)
    cores = [FastpixCore(username=str(number)) for number in range(4)]
    arrived = [pickle.loads(pickle.dumps(core)) for core in cores]
    assert pickle.loads(pickle.dumps(cores[3])) is arrived[3]
    assert pickle.loads(pickle.dumps(cores[0])) is not arrived[0]


@pytest.mark.parametrize("name", Hooks.__struct_fields__)
def test_functions_of_a_module_travel_and_others_are_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    by_name = pickle.loads(pickle.dumps(FastpixCore(hooks=cast("Any", Hooks)(**{name: hook}))))
    assert getattr(by_name.configuration.hooks, name) is hook
    with pytest.raises(
        TypeError, match=rf"^hooks\.{name} can't be pickled: .*<lambda>.*; define the function at the top"
    ):
        pickle.dumps(FastpixCore(hooks=cast("Any", Hooks)(**{name: lambda: None})))
    with pytest.raises(TypeError, match=r"^credentials can't be pickled: "):
        pickle.dumps(FastpixCore(credentials=lambda: ("a", "b")))


class Closures(ModuleType):
    """Stands for cloudpickle: it carries a function as the number that it returns."""

    @staticmethod
    def dumps(function: Callable[[], Any]) -> bytes:
        return pickle.dumps(function())


@pytest.mark.parametrize("name", ["cloudpickle", "ray.cloudpickle", "joblib.externals.cloudpickle"])
def test_cloudpickle_or_a_copy_of_it_carries_other_functions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    monkeypatch.setitem(sys.modules, name, Closures(name))
    core = FastpixCore(credentials=lambda: ("a", "b"))
    arrived = pickle.loads(pickle.dumps(core))
    assert arrived.configuration.credentials == ("a", "b")
    assert pickle.loads(pickle.dumps(core)) is arrived
    with pytest.raises(TypeError, match=r"^credentials can't be pickled: it was not there$"):
        pickle.dumps(FastpixCore(credentials=raises))


def raises() -> tuple[str, str]:
    raise FileNotFoundError("it was not there")


raises.__qualname__ = "another name"  # so that pickle does not find it
