"""`many` on Dask, Ray and loky: few connections, functions that plain pickle cannot carry, and workers that are killed."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
import ray
from dask import config as dask_config
from distributed import Client
from loky import get_reusable_executor

from fastpix import Attempt, FastpixCore, Hooks, Success, many
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    GetAllStreamsRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_list,
)
from fastpix.api.media import media_list
from fastpix.api.uploads import PushMediaSettings
from fastpix.emulator import Emulator
from fastpix.emulator.environment import Server
from fastpix.emulator.server import serving
from fastpix.jobs import upload_once
from fastpix.journal import SqliteJournal, once
from tests.examples.ray_executor import RayExecutor
from tests.faults.soak import on_the_server
from tests.pages import paging
from tests.servers import PAGE, Scripted, answer
from tests.strangers.dask_cluster import cluster_of, kill_workers
from tests.wheel import ROOT

WORKERS = 2
README = ROOT / "README.md"


@pytest.fixture(scope="module")
def dask() -> Iterator[Client]:
    with cluster_of(WORKERS) as client:
        yield client


@pytest.fixture(params=["dask", "loky", "ray"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    if request.param == "dask":
        yield request.getfixturevalue("dask").get_executor()
    elif request.param == "loky":
        with get_reusable_executor(WORKERS, kill_workers=True) as executor:
            yield executor
    else:
        ray.init("local", num_cpus=WORKERS, include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1")
        yield RayExecutor()
        ray.shutdown()


def test_a_worker_needs_two_connections_for_hundreds_of_calls(executor: Executor, scripted: Scripted) -> None:
    scripted.script(answer(PAGE))
    core = FastpixCore(username="a", password="b", server_url=scripted.url)
    requests = [GetAllStreamsRequest(limit=number % 50 + 1) for number in range(400)]
    found = [*many(live_streams_list, executor=executor)(core, requests)]
    assert all(isinstance(result, Success) for _, result in found)
    assert len(scripted.requests) == 400
    assert scripted.connections <= 2 * WORKERS


def test_a_lambda_travels_as_a_hook_and_is_the_same_core_each_time(executor: Executor, scripted: Scripted) -> None:
    scripted.script(answer(PAGE))
    name = "x-from-a-closure"

    def add_header(attempt: Attempt, request: httpx.Request) -> None:
        request.headers[name] = "yes"

    hooks = Hooks(before_request=add_header, after_response=lambda attempt, response: None)
    core = FastpixCore(credentials=lambda: ("a", "b"), hooks=hooks, server_url=scripted.url)
    found = [*many(live_streams_list, executor=executor)(core, [GetAllStreamsRequest()] * 50)]
    assert all(isinstance(result, Success) for _, result in found)
    assert all(b"x-from-a-closure: yes" in request.lower() for request in scripted.requests)
    assert scripted.connections <= 2 * WORKERS


def request_of(number: int) -> CreateLiveStreamRequest:
    return CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings(metadata={"n": str(number)}))


def test_on_dask_each_stream_is_created_once_though_workers_are_killed(dask: Client, tmp_path: Path) -> None:
    with serving(Emulator(username="name", password="word")) as server:
        _create_with_kills(dask, server, SqliteJournal(tmp_path / "jobs.db"))


def _create_with_kills(dask: Client, server: Server, journal: SqliteJournal) -> None:
    core = FastpixCore(username="name", password="word", server_url=server.url)
    create = once(live_streams_create, journal=journal, key="n", among=live_streams_list, lease=2)
    results: list[Any] = []
    with ThreadPoolExecutor(1) as killer:
        killed = killer.submit(kill_workers, dask, 3, lambda: len(results) == 400)
        calls = many(create, executor=dask.get_executor(), concurrency=20)(core, map(request_of, range(400)))
        results.extend(result for _, result in calls)
    assert killed.result() == 3
    assert all(isinstance(result, Success) for result in results)
    assert on_the_server(server.emulator) == Counter(range(400))


def test_dask_takes_equal_creates_for_two(dask: Client, emulator: Emulator, server_url: str) -> None:
    core = FastpixCore(username=emulator.username, password=emulator.password, server_url=server_url)
    found = [*many(live_streams_create, executor=dask.get_executor())(core, [request_of(1)] * 2)]
    assert len({result.unwrap().data.stream_id for _, result in found}) == 2


def test_dask_shows_a_job_on_its_dashboard(dask: Client) -> None:
    assert dask.dashboard_link.startswith("http://127.0.0.1:")
    assert httpx.get(dask.dashboard_link).status_code == 200


def test_on_dask_each_file_is_uploaded_once_though_a_worker_is_killed(
    dask: Client, emulator: Emulator, server_url: str, tmp_path: Path
) -> None:
    dask.cluster.scale(4)
    core = FastpixCore(username=emulator.username, password=emulator.password, server_url=server_url)
    paths = [tmp_path / f"{number}.mp4" for number in range(200)]
    for path in paths:
        path.write_bytes(os.urandom(300_000))
    journal = SqliteJournal(tmp_path / "jobs.db")
    upload = upload_once(PushMediaSettings("public"), journal=journal, state_folder=tmp_path)
    results: list[Any] = []
    with ThreadPoolExecutor(1) as killer:
        killed = killer.submit(kill_workers, dask, 1, lambda: len(results) == 200)
        results.extend(many(upload, executor=dask.get_executor(), concurrency=8)(core, paths))
    assert killed.result() == 1
    for path, result in results:
        stored = emulator.file_of(result.unwrap().upload_id)
        assert stored is not None
        assert sha256(stored.read_bytes()).digest() == sha256(path.read_bytes()).digest()
    assert paging(media_list(core).unwrap()).total_records == 200


def test_the_example_of_dask_imports_a_library(
    dask: Client, emulator: Emulator, server_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FASTPIX_SERVER_URL", server_url)
    monkeypatch.setenv("FASTPIX_USERNAME", emulator.username)
    monkeypatch.setenv("FASTPIX_PASSWORD", emulator.password)
    rows = [f"https://example.com/{number}.mp4\n" for number in range(20)]
    Path("library.csv").write_text("url\n" + "".join(rows))
    example = re.findall(r"^```py\n(from dask.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)[0]
    names: dict[str, Any] = {"__name__": "readme"}
    with dask_config.set({"scheduler-address": dask.cluster.scheduler_address}):
        exec(compile(example, "README", "exec"), names)
        names["client"].close()
    assert (names["report"].done, names["report"].failed) == (20, 0)
    assert paging(media_list(FastpixCore()).unwrap()).total_records == 20
