"""One local FastPix behind a socket, the official SDK that uses it, and what it has answered during a test."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fastpix.emulator import Emulator, Seed, SeedMedia, SeedStream
from fastpix.emulator.server import serving
from tests.official.disagreements import KNOWN, losses
from tests.official.sdk import OPERATIONS, SDK


class Answers(list[tuple[str, Any]]):
    """The successful answers, each with the id of its operation. It is a hook of the SDK."""

    def after_success(self, call: Any, response: httpx.Response) -> httpx.Response:
        self.append((call.operation_id, response.json()))
        return response


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Emulator, str]]:
    emulator = Emulator()
    with serving(emulator) as server:
        yield emulator, server.url
    emulator.close()


@pytest.fixture(scope="session")
def clients() -> Iterator[dict[str, Any]]:
    """The HTTP clients of all SDKs, because it takes long to make one."""
    with httpx.Client(trust_env=False) as client:
        yield {"client": client, "async_client": httpx.AsyncClient(trust_env=False)}


@pytest.fixture
def emulator(served: tuple[Emulator, str]) -> Emulator:
    """An empty local FastPix whose clock stands still."""
    emulator, _ = served
    emulator.reset()
    emulator.clock.hold()
    return emulator


@pytest.fixture
def server_url(served: tuple[Emulator, str]) -> str:
    return served[1]


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def sdk(emulator: Emulator, server_url: str, clients: dict[str, Any], answers: Answers) -> Iterator[Any]:
    """The official SDK. It does not retry, so that a test sees an answer with the status 500."""
    security = SDK.models.Security(username=emulator.username, password=emulator.password)
    with SDK.Fastpix(security=security, server_url=server_url, retry_config=None, **clients) as sdk:
        sdk.sdk_configuration.__dict__["_hooks"].register_after_success_hook(answers)
        yield sdk


@pytest.fixture
def media_id(emulator: Emulator) -> str:
    """The id of a media that is ready."""
    [id] = emulator.seed(Seed(media=[SeedMedia()])).media_ids
    return id


@pytest.fixture
def stream_id(emulator: Emulator) -> str:
    """The id of a live stream that is idle."""
    [id] = emulator.seed(Seed(streams=[SeedStream()])).stream_ids
    return id


@pytest.fixture(autouse=True)
def _drives_its_operation(request: pytest.FixtureRequest, answers: Answers) -> Iterator[None]:
    """Check that a test with the name of a method has had a successful answer of its operation."""
    yield
    operation = OPERATIONS.get(request.node.name.removeprefix("test_"))
    if operation is not None:
        assert operation.id in dict(answers)


@pytest.fixture(autouse=True)
def _loses_nothing_else(answers: Answers) -> Iterator[None]:
    """Check that the models of the SDK have a place for all that was answered, except where they are known to have none."""
    yield
    for id, answer in answers:
        assert {(id, place) for place in losses(id, answer)} <= KNOWN
