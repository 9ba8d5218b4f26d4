import inspect as python_inspect
from collections.abc import Iterator

import httpx
import pytest

from fastpix import AsyncFastpix, Fastpix, RequestOptions, Success
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    GetAllStreamsRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_list,
)
from fastpix.client import LiveStreams
from fastpix.emulator import Emulator
from fastpix.errors import NotFoundError, RequestValidationError

CREATION = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())


@pytest.fixture
def fastpix(emulator: Emulator) -> Iterator[Fastpix]:
    with httpx.Client(transport=emulator.transport()) as client:
        yield Fastpix(username=emulator.username, password=emulator.password, client=client)


def test_methods_return_the_value_and_raise_the_error(fastpix: Fastpix) -> None:
    stream = fastpix.live_streams.create(CREATION).data
    assert fastpix.live_streams.list().data == [stream]
    fastpix.live_streams.delete(DeleteLiveStreamRequest(stream.stream_id))
    with pytest.raises(NotFoundError):
        fastpix.live_streams.delete(DeleteLiveStreamRequest(stream.stream_id))
    with pytest.raises(RequestValidationError):
        fastpix.live_streams.list(GetAllStreamsRequest(limit=51), RequestOptions())


@pytest.mark.anyio
async def test_async_methods_are_awaited(emulator: Emulator) -> None:
    async with httpx.AsyncClient(transport=emulator.transport()) as client:
        fastpix = AsyncFastpix(username=emulator.username, password=emulator.password, client=client)
        stream = (await fastpix.live_streams.create(CREATION)).data
        assert (await fastpix.live_streams.list(request=GetAllStreamsRequest(limit=1))).data == [stream]
        with pytest.raises(NotFoundError):
            await fastpix.live_streams.delete(DeleteLiveStreamRequest("0" * 32))


def test_a_facade_is_a_core_for_functions_too(fastpix: Fastpix) -> None:
    assert isinstance(live_streams_list(fastpix), Success)


def test_methods_are_documented_as_their_functions(fastpix: Fastpix) -> None:
    assert fastpix.live_streams.list.__doc__ == live_streams_list.__doc__
    assert LiveStreams.list is live_streams_list
    assert python_inspect.iscoroutinefunction(AsyncFastpix().live_streams.list)


def test_reprs_name_things_and_hide_secrets(fastpix: Fastpix, emulator: Emulator) -> None:
    assert repr(fastpix.live_streams).startswith("<LiveStreams of Fastpix(username=")
    assert emulator.password not in repr(fastpix.live_streams)
