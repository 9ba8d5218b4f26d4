"""A reply is a `Result` of `returns` at run time. `tests/checkers` tests its static types."""

import asyncio
import traceback
from typing import Any, cast, get_args

import pytest
import returns.result
from returns.functions import raise_exception
from returns.future import FutureResult
from returns.io import IOSuccess
from returns.pipeline import flow, is_successful
from returns.pointfree import bind, map_
from returns.primitives.exceptions import UnwrapFailedError

from fastpix import AsyncFastpixCore, Failure, FastpixCore, FastpixError, Reply, Result, Success
from fastpix.api.common import Page
from fastpix.api.live_streams import (
    GetAllStreamsRequest,
    ListLiveClipsRequest,
    LiveClip,
    LiveStream,
    live_streams_list,
    live_streams_list_clips,
)
from fastpix.emulator import Emulator

WRONG = GetAllStreamsRequest(limit=51)


def test_the_classes_are_those_of_returns() -> None:
    ours: list[Any] = [Success, Failure, Result]  # to a type checker, they are other classes
    assert ours == [returns.result.Success, returns.result.Failure, returns.result.Result]


def test_each_takes_its_parameters_at_run_time() -> None:
    for kind, parameters in ((Success, int), (Failure, FastpixError), (Reply, int), (Result, (int, str))):
        assert get_args(cast("Any", kind)[parameters])
    with pytest.raises(TypeError):
        print(cast("Any", Success)[int, str])


def test_a_result_is_true_and_is_run_through_once(core: FastpixCore) -> None:
    good, bad = live_streams_list(core), live_streams_list(core, WRONG)
    assert good
    assert bad
    assert [page.data for page in good] == [[]]
    with pytest.raises(UnwrapFailedError) as caught:
        list(bad)
    assert (str(caught.value), caught.value.__cause__) == ("", bad.failure())


def test_unwrap_has_no_words_and_the_reason_is_in_its_traceback(core: FastpixCore) -> None:
    failed = live_streams_list(core, WRONG)
    with pytest.raises(UnwrapFailedError) as caught:
        failed.unwrap()
    assert (str(caught.value), caught.value.__cause__) == ("", failed.failure())
    assert "limit must be an int from 1 to 50, not 51" in "".join(traceback.format_exception(caught.value))


def test_raise_exception_raises_the_error_itself(core: FastpixCore) -> None:
    with pytest.raises(FastpixError, match="live_streams_list: limit must be an int from 1 to 50, not 51"):
        live_streams_list(core, WRONG).alt(raise_exception)


def test_a_reply_goes_through_the_pipelines_of_returns(server_url: str, emulator: Emulator, core: FastpixCore) -> None:
    def clips(page: Page[LiveStream]) -> Reply[Page[LiveClip]]:
        return live_streams_list_clips(core, ListLiveClipsRequest(page.data[0].stream_id if page.data else ".."))

    piped: Any = flow  # the types of `flow` need the mypy plugin of returns
    assert is_successful(piped(live_streams_list(core), map_(len_of)))
    assert not is_successful(piped(live_streams_list(core), bind(clips)))
    settings: Any = {"username": emulator.username, "password": emulator.password, "server_url": server_url}

    async def future() -> object:
        async with AsyncFastpixCore(**settings) as async_core:
            return await FutureResult(live_streams_list(async_core)).map(len_of)

    assert asyncio.run(future()) == IOSuccess(0)


def len_of(page: Page[LiveStream]) -> int:
    return len(page.data)
