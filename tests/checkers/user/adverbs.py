"""Functions of operations: pages, each, until and many."""

from collections.abc import AsyncGenerator, Generator
from functools import partial
from typing import assert_type

from fastpix import (
    AsyncFastpix,
    AsyncFastpixCore,
    Failure,
    Fastpix,
    FastpixCore,
    Progress,
    Reply,
    Result,
    Success,
    each,
    many,
    pages,
    until,
)
from fastpix.api.common import Ack, Data, Page, SpanPage
from fastpix.api.live_streams import (
    DeleteLiveStreamRequest,
    GetAllStreamsRequest,
    GetLiveStreamRequest,
    LiveStream,
    live_streams_delete,
    live_streams_get,
    live_streams_list,
    live_streams_list_clips,
)
from fastpix.api.media import GetMediaRequest, Media, media_get
from fastpix.api.views import ListViewsRequest, ViewSummary, views_list
from fastpix.errors import NotFoundError
from fastpix.states import Failed, Verdict, media_ready, stream_active


def count(core: FastpixCore, name: str) -> Result[int, KeyError]:
    return Success(len(name)) if name else Failure(KeyError(name))


async def count_async(core: AsyncFastpixCore, name: str) -> Reply[int]:
    return Success(len(name))


def is_long(response: Data[Media]) -> Verdict:
    return Failed("no duration") if response.data.duration is None else True


def lists(core: FastpixCore, fastpix: Fastpix) -> None:
    assert_type(each(live_streams_list)(core), Generator[Reply[LiveStream]])
    assert_type(each(live_streams_list, prefetch=True)(core, GetAllStreamsRequest()), Generator[Reply[LiveStream]])
    assert_type(each(views_list)(core, request=ListViewsRequest()), Generator[Reply[ViewSummary]])
    assert_type(pages(live_streams_list)(core), Generator[Reply[Page[LiveStream]]])
    assert_type(pages(views_list)(core, ListViewsRequest()), Generator[Reply[SpanPage[ViewSummary]]])
    assert_type(fastpix.live_streams.list.each(GetAllStreamsRequest(limit=5)), Generator[LiveStream])
    assert_type(fastpix.live_streams.list.pages(), Generator[Page[LiveStream]])


async def lists_awaited(core: AsyncFastpixCore, fastpix: AsyncFastpix) -> None:
    assert_type(each(live_streams_list)(core), AsyncGenerator[Reply[LiveStream]])
    assert_type(pages(live_streams_list)(core), AsyncGenerator[Reply[Page[LiveStream]]])
    async for stream in fastpix.live_streams.list.each():
        assert_type(stream, LiveStream)
    async for page in fastpix.live_streams.list.pages(GetAllStreamsRequest()):
        assert_type(page, Page[LiveStream])


def waits(core: FastpixCore) -> None:
    assert_type(until(media_get, media_ready, timeout=60)(core, GetMediaRequest("a")), Reply[Data[Media]])
    assert_type(until(media_get, is_long)(core, GetMediaRequest("a")), Reply[Data[Media]])
    wait = until(live_streams_get, lambda stream: stream.data.status == "active")
    assert_type(wait(core, GetLiveStreamRequest("a")), Reply[Data[LiveStream]])


async def waits_awaited(core: AsyncFastpixCore) -> None:
    assert_type(await until(media_get, media_ready)(core, GetMediaRequest("a")), Reply[Data[Media]])


def many_calls(core: FastpixCore) -> None:
    deletions = [DeleteLiveStreamRequest("a")]
    assert_type(many(live_streams_delete)(core, deletions), Generator[tuple[DeleteLiveStreamRequest, Reply[Ack]]])
    assert_type(many(count, concurrency=3)(core, ["a"]), Generator[tuple[str, Result[int, KeyError]]])
    wait = many(until(media_get, media_ready), in_order=True, stop_at=NotFoundError)
    assert_type(wait(core, [GetMediaRequest("a")]), Generator[tuple[GetMediaRequest, Reply[Data[Media]]]])


async def many_calls_awaited(core: AsyncFastpixCore) -> None:
    deletions = (DeleteLiveStreamRequest(name) for name in "abc")
    assert_type(many(live_streams_delete)(core, deletions), AsyncGenerator[tuple[DeleteLiveStreamRequest, Reply[Ack]]])
    assert_type(many(count_async)(core, ["a"]), AsyncGenerator[tuple[str, Reply[int]]])
    async for request, result in many(until(media_get, media_ready))(core, [GetMediaRequest("a")]):
        assert_type(request, GetMediaRequest)
        assert_type(result, Reply[Data[Media]])


def bound_to_a_core(core: FastpixCore) -> None:
    assert_type(partial(live_streams_get, core)(GetLiveStreamRequest("a")), Reply[Data[LiveStream]])


def progress(told: Progress) -> int:
    return told.done - told.failed


def refused(core: FastpixCore, async_core: AsyncFastpixCore, fastpix: Fastpix) -> None:
    each(live_streams_get)  # error
    pages(live_streams_get)  # error
    each(live_streams_list_clips)(core)  # error
    each(live_streams_list)(core, GetLiveStreamRequest("a"))  # error
    each(live_streams_list, 50)  # error
    fastpix.live_streams.get.each(GetLiveStreamRequest("a"))  # error
    fastpix.live_streams.get.pages(GetLiveStreamRequest("a"))  # error: pyright ty pyrefly
    until(media_get, stream_active)  # error
    until(media_get, lambda media: media.data.status)  # error
    until(media_get, media_ready)(core, GetLiveStreamRequest("a"))  # error
    many(live_streams_get)(core, ["a"])  # error
    many(count)(core, [1])  # error
    many(count)(async_core, ["a"])  # error
    many(count_async)(core, ["a"])  # error
    many(count, workers=3)  # error: mypy pyright pyrefly
    many(len)  # error
