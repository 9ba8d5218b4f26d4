"""Frameworks that call functions of a user: they detect coroutine functions, and encode the results of routes."""

import asyncio
import json
from collections.abc import Callable
from inspect import iscoroutinefunction, signature
from pathlib import Path
from typing import Annotated, Any, cast

import httpx
import pytest
from fastapi import Depends, FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.testclient import TestClient
from starlette.background import BackgroundTask

from fastpix import AsyncFastpixCore, Failure, FastpixCore, Success, bind_core
from fastpix.api.common import Page
from fastpix.api.live_streams import (
    DeleteLiveStreamRequest,
    LiveStream,
    live_streams_delete,
    live_streams_list,
)
from fastpix.emulator import Emulator, Seed, SeedStream
from tests.pages import paging
from tests.test_observed import SUCCESSES, read_answer


@pytest.fixture
def streams(emulator: Emulator) -> list[str]:
    return list(emulator.seed(Seed(streams=[SeedStream(count=2)])).stream_ids)


def test_a_background_task_is_awaited(async_core: AsyncFastpixCore, core: FastpixCore, streams: list[str]) -> None:
    first, second = map(DeleteLiveStreamRequest, streams)
    asyncio.run(BackgroundTask(bind_core(async_core, live_streams_delete), first)())
    asyncio.run(BackgroundTask(bind_core(core, live_streams_delete), request=second)())
    assert paging(live_streams_list(core).unwrap()).total_records == 0


def test_a_bound_function_looks_as_the_operation_does(async_core: AsyncFastpixCore, core: FastpixCore) -> None:
    of_async, of_sync = bind_core(async_core, live_streams_list), bind_core(core, live_streams_list)
    asked = [iscoroutinefunction(each) for each in (live_streams_list, of_async, of_sync)]
    assert asked == [False, True, False]
    of_operation = [*signature(live_streams_list).parameters.values()][1:]
    for bound in (of_async, of_sync):
        assert (bound.__name__, bound.__doc__) == ("live_streams_list", live_streams_list.__doc__)
        assert [*signature(bound).parameters.values()] == of_operation
    assert isinstance(of_sync(), Success)


def test_what_is_bound_must_be_an_operation_and_a_core(core: FastpixCore) -> None:
    wrong: Any = print
    with pytest.raises(
        TypeError, match=r"bind_core\(\) takes a core and an operation, such as live_streams_list, not "
    ):
        bind_core(core, wrong)
    with pytest.raises(
        TypeError, match=r"takes a FastpixCore or an AsyncFastpixCore as first argument, not builtin_function"
    ):
        bind_core(wrong, live_streams_list)


@pytest.mark.parametrize("kind", [FastpixCore, AsyncFastpixCore])
@pytest.mark.usefixtures("streams")
def test_fastapi_depends_on_a_call_and_encodes_its_answer(emulator: Emulator, kind: Any) -> None:
    core: Any = kind(username=emulator.username, password=emulator.password, transport=emulator.transport())
    app = FastAPI()
    bind: Any = bind_core
    listed: Callable[..., Any] = bind(core, live_streams_list)

    @app.get("/page")
    def page(result: Annotated[Any, Depends(listed)]) -> Page[LiveStream]:
        found: Page[LiveStream] = result.unwrap()
        return found

    @app.get("/streams", response_model=None)
    def streams(result: Annotated[Any, Depends(listed)]) -> Any:
        return {"streams": result.unwrap().data}

    @app.get("/plain", response_model=None)
    def plain(result: Annotated[Any, Depends(listed)]) -> Any:
        return result.unwrap()

    raw = httpx.Client(transport=emulator.transport(), auth=(emulator.username, emulator.password))
    expected = raw.get("https://here/v1/live/streams").json()
    with TestClient(app) as client:
        assert client.get("/page").json() == expected
        assert client.get("/streams").json() == {"streams": expected["data"]}
        assert client.get("/plain").json() == expected
        assert client.get("/openapi.json").json()["paths"].keys() == {"/page", "/streams", "/plain"}


def test_an_answer_is_a_dict_of_the_apis_names(core: FastpixCore, streams: list[str]) -> None:
    page = live_streams_list(core).unwrap()
    found = cast("dict[str, Any]", dict(page))
    assert {stream["streamId"] for stream in found["data"]} == set(streams)
    assert not isinstance(live_streams_list(core), Failure)


@pytest.mark.parametrize("path", SUCCESSES, ids=lambda path: path.stem)
def test_any_answer_is_sent_as_the_api_sent_it(path: Path) -> None:
    sent = json.loads(path.read_bytes())
    value = read_answer(path, sent).unwrap().value
    assert jsonable_encoder(value) == dict(value) == sent
