"""Operations as Ray tasks. Ray accepts only functions, and sends them to its workers with cloudpickle."""

from collections.abc import Iterator

import pytest
import ray

from fastpix import FastpixCore, Reply, RequestOptions, Success
from fastpix.api.common import Page
from fastpix.api.live_streams import GetAllStreamsRequest, LiveStream, live_streams_list
from fastpix.emulator import Emulator, Seed, SeedStream
from fastpix.operation import get


@pytest.fixture(scope="module", autouse=True)
def _cluster() -> Iterator[None]:
    ray.init("local", num_cpus=1, include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1")
    yield
    ray.shutdown()


@pytest.fixture
def core(server_url: str, emulator: Emulator) -> Iterator[FastpixCore]:
    emulator.seed(Seed(streams=[SeedStream()]))
    with FastpixCore(username=emulator.username, password=emulator.password, server_url=server_url) as core:
        yield core


def test_an_operation_runs_on_a_worker(core: FastpixCore) -> None:
    here = live_streams_list(core)
    assert isinstance(here, Success)
    assert ray.get(ray.remote(live_streams_list).remote(core)) == here


def test_an_operation_that_a_worker_can_not_import_runs_there_too(core: FastpixCore) -> None:
    @get("/live/streams", id="own-list")
    def own_list(
        core: FastpixCore, request: GetAllStreamsRequest = GetAllStreamsRequest(), options: RequestOptions | None = None
    ) -> Reply[Page[LiveStream]]:
        raise NotImplementedError

    assert ray.get(ray.remote(own_list).remote(core)) == own_list(core) == live_streams_list(core)
