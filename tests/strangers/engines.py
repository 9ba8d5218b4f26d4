"""`make soak`, its part for engines: the same calls in threads, in processes and on Dask, beside Dask's own map and gather.

* 300 calls at a limit of 40 per second: how long they take, and how many are refused.
* 400 creates while workers are killed: how many streams exist twice.
* 64 files of 8 MiB: how fast they are uploaded, with their checksums.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, cast

import httpx
from distributed import Client

from fastpix import FastpixCore, Success, many
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    GetAllStreamsRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_list,
)
from fastpix.api.uploads import PushMediaSettings
from fastpix.emulator import Emulator
from fastpix.emulator.server import serving
from fastpix.jobs import upload_once
from fastpix.journal import SqliteJournal, once
from tests.emulator.processes import core_of, running
from tests.faults.soak import on_the_server
from tests.strangers.dask_cluster import cluster_of, kill_workers

__all__: list[str] = []

WORKERS = 4
CALLS, LIMIT = 300, 40
CREATES, KILLS = 400, 3
FILES, SIZE = 64, 8 * 1024 * 1024


@contextmanager
def limited() -> Generator[str]:
    """Serve lists with a limit of the rate, and yield the URL."""
    command = [sys.executable, "-m", "tests.benchmarks.limited", "bucket", str(LIMIT), "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def by_many(executor: Executor | None, core: FastpixCore, requests: list[Any], function: Any) -> list[Any]:
    calls = cast("Callable[..., list[tuple[Any, Any]]]", many(function, executor=executor, concurrency=20))
    return [result for _, result in calls(core, requests)]


def by_gather(client: Client, core: FastpixCore, requests: list[Any], function: Any) -> list[Any]:
    return client.gather(client.map(partial(function, core), requests, pure=False))


def at_a_limit(way: Callable[..., list[Any]]) -> str:
    with limited() as url:
        core = FastpixCore(username="a", password="b", server_url=url)
        started = time.monotonic()
        results = way(core, [GetAllStreamsRequest(limit=number % 50 + 1) for number in range(CALLS)], live_streams_list)
        seconds = time.monotonic() - started
        refused: int = httpx.get(url.removesuffix("v1") + "refusals").json()["all"]
    assert all(isinstance(result, Success) for result in results)
    return f"{seconds:6.1f} s {refused:5} refused"


def with_kills(client: Client, way: Callable[..., list[Any]], function: Any) -> str:
    with serving(Emulator(username="name", password="word")) as server:
        core = FastpixCore(username="name", password="word", server_url=server.url)
        settings = [InputMediaSettings(metadata={"n": str(number)}) for number in range(CREATES)]
        ended: list[Any] = []
        killer = Thread(target=kill_workers, args=(client, KILLS, lambda: bool(ended)))
        killer.start()
        results = way(core, [CreateLiveStreamRequest(PlaybackSettings(), each) for each in settings], function)
        ended.append(results)
        killer.join()
        twice = sum(times > 1 for times in on_the_server(server.emulator).values())
    return f"{twice:3} twice, {sum(isinstance(result, Success) for result in results)} said to be created"


def uploads(way: Callable[..., list[Any]]) -> str:
    with TemporaryDirectory() as folder, running("--username", "a", "--password", "b") as variables:
        paths = [Path(folder, f"{number}.mp4") for number in range(FILES)]
        for path in paths:
            path.write_bytes(os.urandom(SIZE))
        upload = upload_once(
            PushMediaSettings("public"), journal=SqliteJournal(Path(folder, "jobs.db")), state_folder=folder
        )
        started = time.monotonic()
        results = way(core_of(variables), paths, upload)
        seconds = time.monotonic() - started
    assert all(isinstance(result, Success) for result in results)
    return f"{FILES * SIZE / seconds / 2**20:6.0f} MiB/s"


def main() -> None:
    with (
        cluster_of(WORKERS) as client,
        ProcessPoolExecutor(WORKERS, get_context("spawn")) as processes,
        TemporaryDirectory() as folder,
    ):
        ways: dict[str, Callable[..., list[Any]]] = {
            "many, threads": partial(by_many, None),
            "many, processes": partial(by_many, processes),
            "many, Dask": partial(by_many, client.get_executor()),
            "Dask's map and gather": partial(by_gather, client),
        }
        for name, way in ways.items():
            print(f"{name:22} {CALLS} calls at {LIMIT}/s: {at_a_limit(way)}   uploads: {uploads(way)}", flush=True)
        journal = SqliteJournal(Path(folder, "jobs.db"))
        create = once(live_streams_create, journal=journal, key="n", among=live_streams_list, lease=2)
        for name, function in (("many, Dask", create), ("Dask's map and gather", live_streams_create)):
            print(f"{name:22} {CREATES} creates, {KILLS} kills: {with_kills(client, ways[name], function)}", flush=True)


if __name__ == "__main__":
    main()
