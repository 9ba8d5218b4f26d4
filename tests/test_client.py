import inspect
import pickle
import pydoc
from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest

from fastpix import AsyncFastpix, Fastpix, FastpixCore, RequestOptions, Success, with_response
from fastpix.api.common import Page
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    GetAllStreamsRequest,
    InputMediaSettings,
    LiveStream,
    PlaybackSettings,
    live_streams_list,
)
from fastpix.client import LiveStreams
from fastpix.emulator import Emulator
from fastpix.errors import NotFoundError, RequestValidationError, UnprocessableError

CREATION = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())


def help_on(thing: object) -> str:
    """Return the text that `help` shows."""
    return pydoc.plain(pydoc.render_doc(thing))


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


@pytest.mark.anyio
async def test_methods_take_options(fastpix: Fastpix, emulator: Emulator) -> None:
    request, unchecked = GetAllStreamsRequest(limit=51), RequestOptions(validate=False)
    with pytest.raises(UnprocessableError):
        fastpix.live_streams.list(request, unchecked)
    with pytest.raises(UnprocessableError):
        fastpix.live_streams.list(request, options=unchecked)
    async with httpx.AsyncClient(transport=emulator.transport()) as client:
        fastpix_async = AsyncFastpix(username=emulator.username, password=emulator.password, client=client)
        with pytest.raises(UnprocessableError):
            await fastpix_async.live_streams.list(request, unchecked)
        with pytest.raises(UnprocessableError):
            await fastpix_async.live_streams.list(request, options=unchecked)


def test_a_facade_is_a_core_for_functions_too(fastpix: Fastpix) -> None:
    assert isinstance(live_streams_list(fastpix), Success)


def test_with_response_takes_no_method(fastpix: Fastpix) -> None:
    with pytest.raises(TypeError, match=r"with_response\(\) takes an operation, such as live_streams_list, not Method"):
        with_response(cast("Any", fastpix.live_streams.list))


def test_methods_are_documented_as_their_functions(fastpix: Fastpix) -> None:
    assert fastpix.live_streams.list.__doc__ == live_streams_list.__doc__
    assert "Create a live stream" in help_on(LiveStreams)


def test_the_signature_of_a_method_has_no_core_and_gives_the_value(fastpix: Fastpix) -> None:
    bound, unbound = inspect.signature(fastpix.live_streams.list), inspect.signature(LiveStreams.list)
    assert [*bound.parameters] == ["request", "options"]
    assert [*unbound.parameters] == ["self", "request", "options"]
    assert bound.return_annotation == unbound.return_annotation == Page[LiveStream]
    assert bound.parameters["request"].default == GetAllStreamsRequest()
    assert "request: fastpix.api.live_streams.GetAllStreamsRequest = " in help_on(fastpix.live_streams.list)


def test_help_of_the_facades_class_is_that_of_its_resources() -> None:
    for facade in (Fastpix, AsyncFastpix):
        resource: object = getattr(facade, "live_streams")  # noqa: B009 - mypy has no word for it
        assert resource is LiveStreams
        assert "Create a live stream" in help_on(resource)


def test_a_method_is_named_as_the_class_has_it(fastpix: Fastpix) -> None:
    method = fastpix.live_streams.list
    assert (method.__name__, method.__qualname__, method.__module__) == ("list", "LiveStreams.list", "fastpix.client")
    assert repr(method).startswith("<method LiveStreams.list of Fastpix(username=")


def test_a_method_of_the_class_takes_the_resource(fastpix: Fastpix) -> None:
    assert LiveStreams.list(fastpix.live_streams) == fastpix.live_streams.list()


def test_a_method_stays_with_its_resource_in_a_class_of_the_users(fastpix: Fastpix) -> None:
    class Service:
        streams = fastpix.live_streams.list

    assert Service().streams() == fastpix.live_streams.list()


def test_a_subclass_can_call_the_method_that_it_replaces(fastpix: Fastpix) -> None:
    class OwnStreams(LiveStreams[FastpixCore]):
        def list(self) -> object:  # type: ignore[override]  # as users do
            return [super().list(), LiveStreams.list(self)]

    assert OwnStreams(fastpix).list() == [fastpix.live_streams.list()] * 2


def test_only_a_method_of_the_async_facade_is_a_coroutine_function(fastpix: Fastpix) -> None:
    assert inspect.iscoroutinefunction(AsyncFastpix().live_streams.list)
    assert not inspect.iscoroutinefunction(fastpix.live_streams.list)


def test_a_forgotten_await_names_the_method() -> None:
    with pytest.warns(RuntimeWarning, match=r"coroutine 'LiveStreams\.list' was never awaited"):
        AsyncFastpix().live_streams.list()  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine] - wrong on purpose


def test_a_method_is_pickled_after_a_call_as_before(server_url: str, emulator: Emulator) -> None:
    fastpix = Fastpix(username=emulator.username, password=emulator.password, server_url=server_url)
    with fastpix, pickle.loads(pickle.dumps(fastpix.live_streams.list)).__self__.core as before:
        assert before.live_streams.list() == fastpix.live_streams.list()
        copied = pickle.loads(pickle.dumps(fastpix.live_streams.list))
        assert copied() == fastpix.live_streams.list()
        copied.__self__.core.close()


def test_reprs_name_things_and_hide_secrets(fastpix: Fastpix, emulator: Emulator) -> None:
    assert repr(fastpix.live_streams).startswith("<LiveStreams of Fastpix(username=")
    assert emulator.password not in repr(fastpix.live_streams)
