"""The fixtures of the pytest plugin, used here, and in sessions of their own with other plugins."""

import os
import subprocess
import sys
from pathlib import Path

import anyio
import httpx
import pytest

from fastpix import AsyncFastpixCore, FastpixCore, Hooks, Retries, Success, pytest_plugin
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_list,
)
from fastpix.emulator import Emulator, Inbox, Seed, SeedStream, Sent, Server
from fastpix.webhooks import read

fastpix_async_core = pytest_plugin.fastpix_async_core
fastpix_core = pytest_plugin.fastpix_core
fastpix_emulator = pytest_plugin.fastpix_emulator
fastpix_sent = pytest_plugin.fastpix_sent
fastpix_server = pytest_plugin.fastpix_server
fastpix_webhooks = pytest_plugin.fastpix_webhooks
CREATE = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())


def test_a_core_uses_an_emulator_of_the_test(fastpix_emulator: Emulator, fastpix_core: FastpixCore) -> None:
    fastpix_emulator.seed(Seed(streams=[SeedStream(count=2)]))
    assert len(live_streams_list(fastpix_core).unwrap().data) == 2
    assert "fastpix.invalid" in fastpix_core.configuration.server_url


def test_each_test_has_an_emulator_of_its_own(fastpix_core: FastpixCore) -> None:
    assert live_streams_list(fastpix_core).unwrap().data == []


def test_an_async_core_has_the_same_state(fastpix_core: FastpixCore, fastpix_async_core: AsyncFastpixCore) -> None:
    async def create() -> None:
        assert isinstance(await live_streams_create(fastpix_async_core, CREATE), Success)

    anyio.run(create)
    assert len(live_streams_list(fastpix_core).unwrap().data) == 1


def test_webhooks_arrive_in_the_turn_of_the_test(
    fastpix_core: FastpixCore, fastpix_emulator: Emulator, fastpix_webhooks: Inbox
) -> None:
    live_streams_create(fastpix_core, CREATE).unwrap()
    assert fastpix_webhooks.types == ["video.live_stream.created"]
    stream_id = live_streams_list(fastpix_core).unwrap().data[0].stream_id
    fastpix_emulator.connect_encoder(stream_id)
    fastpix_emulator.clock.advance(seconds=9)
    assert fastpix_webhooks.types[-2:] == ["video.live_stream.active", "video.live_stream.recording"]


def test_webhooks_of_an_async_core_arrive_as_well(
    fastpix_async_core: AsyncFastpixCore, fastpix_webhooks: Inbox
) -> None:
    async def create() -> None:
        await live_streams_create(fastpix_async_core, CREATE)
        assert fastpix_webhooks.types == ["video.live_stream.created"]

    anyio.run(create)


def test_the_code_under_test_finds_the_secret_of_its_webhooks(
    fastpix_core: FastpixCore, fastpix_webhooks: Inbox
) -> None:
    read_ones: list[object] = []

    def handler(body: bytes, headers: dict[str, str]) -> int:
        read_ones.append(read(body, headers).unwrap())
        return 204

    fastpix_webhooks.forward_to(handler)
    live_streams_create(fastpix_core, CREATE).unwrap()
    assert read_ones == fastpix_webhooks.events


def test_webhooks_of_a_server_arrive_before_its_response(fastpix_server: Server, fastpix_webhooks: Inbox) -> None:
    emulator = fastpix_server.emulator
    with FastpixCore(username=emulator.username, password=emulator.password, server_url=fastpix_server.url) as core:
        live_streams_create(core, CREATE).unwrap()
        assert fastpix_webhooks.types == ["video.live_stream.created"]
    emulator.add_webhook(lambda body, headers: 204)


def test_a_server_begins_each_test_without_webhooks(fastpix_server: Server) -> None:
    assert fastpix_server.emulator.webhooks() == []


def test_what_was_sent_can_be_looked_at(
    fastpix_emulator: Emulator, fastpix_core: FastpixCore, fastpix_sent: list[Sent]
) -> None:
    fastpix_emulator.fail(live_streams_list, [503])
    fastpix_emulator.fail(live_streams_create, ["lost"])
    assert isinstance(live_streams_list(fastpix_core), Success)
    live_streams_create(fastpix_core, CREATE)
    assert [(sent.function, sent.operation_id, sent.status) for sent in fastpix_sent] == [
        ("live_streams_list", "get-all-streams", 503),
        ("live_streams_list", "get-all-streams", 200),
        ("live_streams_create", "create-new-stream", None),
    ]
    assert (fastpix_sent[0].body, fastpix_sent[0].query) == (None, {})
    assert fastpix_sent[2].body["playbackSettings"] == {}
    assert fastpix_sent[2].request.headers["authorization"].startswith("Basic ")
    assert "Basic" not in repr(fastpix_sent)


def test_a_server_shares_its_state_with_the_other_fixtures(
    fastpix_server: Server, fastpix_emulator: Emulator, fastpix_core: FastpixCore, fastpix_sent: list[Sent]
) -> None:
    fastpix_emulator.fail(live_streams_list, [502])
    fastpix_emulator.seed(Seed(streams=[SeedStream()]))
    auth = (fastpix_emulator.username, fastpix_emulator.password)
    statuses = [httpx.get(f"{fastpix_server.url}live/streams?limit=5", auth=auth).status_code for _ in range(2)]
    assert statuses == [502, 200]
    assert [sent.query for sent in fastpix_sent] == [{"limit": ["5"]}] * 2
    assert len(live_streams_list(fastpix_core).unwrap().data) == 1


def test_a_server_is_empty_at_the_start_of_each_test(
    fastpix_server: Server, fastpix_sent: list[Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fastpix_sent == []
    for name, value in fastpix_server.environment.items():
        monkeypatch.setenv(name, value)
    assert live_streams_list(FastpixCore()).unwrap().data == []
    assert len(fastpix_sent) == 1


def test_a_core_does_not_wait_before_a_retry(fastpix_emulator: Emulator, fastpix_core: FastpixCore) -> None:
    waits: list[float | None] = []
    core = FastpixCore(
        username=fastpix_emulator.username,
        password=fastpix_emulator.password,
        retries=fastpix_core.configuration.retries,
        hooks=Hooks(on_error=lambda attempt, error: waits.append(attempt.wait)),
        transport=fastpix_emulator.transport(),
    )
    fastpix_emulator.fail(live_streams_list, [503, 503])
    assert isinstance(live_streams_list(core), Success)
    assert waits == [0, 0]


def core_of(server: Server) -> FastpixCore:
    return FastpixCore(
        username=server.emulator.username,
        password=server.emulator.password,
        server_url=server.url,
        retries=Retries(base=0),
    )


def test_a_test_may_use_up_the_retry_budget_of_a_server(fastpix_server: Server) -> None:
    fastpix_server.emulator.fail(live_streams_list, [503] * 200)
    while live_streams_list(core_of(fastpix_server)).failure().attempts > 1:
        pass


def test_the_next_test_has_a_full_one(fastpix_server: Server) -> None:
    fastpix_server.emulator.fail(live_streams_list, [503, 503])
    assert isinstance(live_streams_list(core_of(fastpix_server)), Success)


def session(folder: Path, program: str, *arguments: str, conftest: str = "") -> str:
    """Run pytest as a user does, and return what it prints."""
    (folder / "test_of_a_user.py").write_text(program)
    (folder / "conftest.py").write_text(conftest)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV", "FASTPIX"))
    }
    settings = ["-p", "no:cacheprovider", "-W", "error", "-o", "asyncio_default_fixture_loop_scope=function"]
    command = [sys.executable, "-m", "pytest", *settings, *arguments, "."]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=100
    )
    return done.stdout + done.stderr


def test_a_session_that_uses_no_fixture_imports_nothing_for_them(tmp_path: Path) -> None:
    program = """
import sys

def test_nothing(request):
    ours = {"fastpix", "httpx", "httpcore", "msgspec", "uvicorn", "h11"}
    assert {name for name in sys.modules if name.partition(".")[0] in ours} == {"fastpix", "fastpix.pytest_plugin"}
    hooks = [name for name in dir(sys.modules["fastpix.pytest_plugin"]) if name.startswith("pytest_")]
    assert hooks == []
"""
    told = session(tmp_path, program, "-p", "no:pytest_httpx", "-p", "no:respx", "-p", "no:hypothesispytest")
    assert "1 passed" in told, told


WITH_OTHER_PLUGINS = """
import asyncio

import anyio
import pytest
from fastpix.api.live_streams import live_streams_list
from fastpix.emulator import Seed, SeedStream

URLS = []


@pytest.mark.asyncio
@pytest.mark.parametrize("number", range(4))
async def test_under_pytest_asyncio(fastpix_emulator, fastpix_async_core, number):
    fastpix_emulator.seed(Seed(streams=[SeedStream(count=number + 1)]))
    pages = await asyncio.gather(*[live_streams_list(fastpix_async_core) for _ in range(3)])
    assert [len(page.unwrap().data) for page in pages] == [number + 1] * 3


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.mark.anyio
@pytest.mark.parametrize("number", range(4))
async def test_under_anyio(fastpix_emulator, fastpix_async_core, number):
    fastpix_emulator.seed(Seed(streams=[SeedStream(count=number + 1)]))
    await anyio.lowlevel.checkpoint()
    assert len((await live_streams_list(fastpix_async_core)).unwrap().data) == number + 1


@pytest.mark.parametrize("number", range(8))
def test_with_a_server(fastpix_server, fastpix_emulator, fastpix_core, fastpix_sent, number):
    assert live_streams_list(fastpix_core).unwrap().data == []
    fastpix_emulator.seed(Seed(streams=[SeedStream(count=number + 1)]))
    assert len(live_streams_list(fastpix_core).unwrap().data) == number + 1
    URLS.append(fastpix_server.url)
    assert len(set(URLS)) == 1
    assert len(fastpix_sent) == 2
"""


def test_it_works_with_pytest_asyncio_and_anyio_on_the_workers_of_xdist(tmp_path: Path) -> None:
    told = session(tmp_path, WITH_OTHER_PLUGINS, "-n", "2")
    assert "20 passed" in told, told


def test_a_server_that_can_not_be_made_tells_what_to_install(tmp_path: Path) -> None:
    without_uvicorn = "import sys\nsys.modules['uvicorn'] = None\n"
    program = """
def test_in_process(fastpix_core):
    from fastpix.api.live_streams import live_streams_list
    live_streams_list(fastpix_core).unwrap()

def test_behind_a_port(fastpix_server):
    pass
"""
    told = session(tmp_path, program, conftest=without_uvicorn)
    assert "fastpix_server needs the package uvicorn. Run: pip install 'fastpix[emulator]'" in told, told
    assert "1 passed, 1 error" in told, told


def test_it_tells_so_as_a_failure_of_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "fastpix.emulator.server")
    with pytest.raises(pytest.fail.Exception, match="needs the package uvicorn"):
        vars(pytest_plugin)["_serving"]()


def test_the_plugin_can_be_turned_off(tmp_path: Path) -> None:
    told = session(tmp_path, "def test_a(fastpix_core): pass", "-p", "no:fastpix")
    assert "fixture 'fastpix_core' not found" in told, told


def test_pytest_lists_the_fixtures_with_their_docs(tmp_path: Path) -> None:
    told = session(tmp_path, "def test_nothing(): pass", "--fixtures")
    for name in (
        "fastpix_emulator",
        "fastpix_core",
        "fastpix_async_core",
        "fastpix_sent",
        "fastpix_server [session scope]",
    ):
        assert f"\n{name} -- " in told, told
    assert "no docstring available" not in told.partition("fastpix_emulator")[2].partition("---")[0]
