"""Workflows: several calls as one function of either kind of core."""

import pickle
from typing import Any, cast

import pytest

from fastpix import AsyncFastpixCore, Failure, FastpixCore, Resource, Success
from fastpix._call.call import Steps
from fastpix.api.live_streams import DeleteLiveStreamRequest, live_streams_delete, live_streams_list
from fastpix.emulator import Emulator, Seed, SeedStream
from fastpix.errors import ConfigurationError, NotFoundError, UnauthorizedError
from fastpix.operation import AnyCore, CoreT_co
from fastpix.workflow import call, workflow


@workflow
def delete_first(core: AnyCore, *, must: bool = True) -> Steps[str]:
    """Delete the first stream, and return its id."""
    page = yield from call(core, live_streams_list)
    if not page.data and must:
        raise ConfigurationError("there is none")
    stream_id = page.data[0].stream_id if page.data else "0" * 32
    yield from call(core, live_streams_delete, DeleteLiveStreamRequest(stream_id))
    return stream_id


class Streams(Resource[CoreT_co]):
    delete_first = delete_first


def test_it_returns_the_value_and_each_failure(emulator: Emulator, core: FastpixCore) -> None:
    [stream_id] = emulator.seed(Seed(streams=[SeedStream()])).stream_ids
    assert delete_first(core) == Success(stream_id)
    error = delete_first(core).failure()
    assert isinstance(error, ConfigurationError)
    assert str(error) == "delete_first: there is none"
    assert error.__traceback__ is None
    error = delete_first(core, must=False).failure()
    assert isinstance(error, NotFoundError)
    assert error.function == "live_streams_delete"


@pytest.mark.anyio
async def test_with_an_async_core_it_is_awaited(emulator: Emulator, async_core: AsyncFastpixCore) -> None:
    [stream_id] = emulator.seed(Seed(streams=[SeedStream()])).stream_ids
    assert await delete_first(async_core) == Success(stream_id)
    assert isinstance(await delete_first(async_core), Failure)
    emulator.seed(Seed(streams=[SeedStream()]))
    assert len(await Streams(async_core).delete_first()) == 32
    with pytest.raises(ConfigurationError):
        await Streams(async_core).delete_first()


def test_a_forgotten_await_names_it(async_core: AsyncFastpixCore) -> None:
    forgotten = delete_first(async_core)
    assert cast("Any", forgotten).__qualname__ == "delete_first"
    forgotten.close()


def test_a_resource_has_it_as_a_method_that_raises(emulator: Emulator, core: FastpixCore) -> None:
    [stream_id] = emulator.seed(Seed(streams=[SeedStream()])).stream_ids
    streams = Streams(core)
    assert streams.delete_first() == stream_id
    with pytest.raises(ConfigurationError):
        streams.delete_first()
    assert Streams.delete_first is delete_first
    assert streams.delete_first.__doc__ == "Delete the first stream, and return its id."


def test_a_failed_call_ends_it(emulator: Emulator) -> None:
    core = FastpixCore(username="wrong", password=emulator.password, transport=emulator.transport())
    assert isinstance(delete_first(core).failure(), UnauthorizedError)


def test_it_is_itself_in_another_process() -> None:
    assert pickle.loads(pickle.dumps(delete_first)) is delete_first


def test_its_first_argument_is_a_core_and_the_others_are_its_own(core: FastpixCore) -> None:
    with pytest.raises(TypeError, match=r"delete_first\(\) takes a FastpixCore or an AsyncFastpixCore"):
        cast("Any", delete_first)("core")
    with pytest.raises(TypeError, match="nonsense"):
        cast("Any", delete_first)(core, nonsense=1)
