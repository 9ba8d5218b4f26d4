"""Calls with correct arguments and with wrong ones."""

from collections.abc import Callable, Coroutine
from typing import Any, assert_type

from fastpix import (
    AsyncFastpix,
    AsyncFastpixCore,
    Deviation,
    Fastpix,
    FastpixCore,
    Hooks,
    Reply,
    RequestOptions,
    WithResponse,
    bind_core,
    with_response,
)
from fastpix.api.common import Ack, Data, Page
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    EnableLiveStreamRequest,
    GetAllStreamsRequest,
    GetAllStreamsResponse,
    GetLiveStreamRequest,
    InputMediaSettings,
    ListLiveClipsRequest,
    ListLiveClipsResponse,
    LiveStream,
    PlaybackSettings,
    live_streams_create,
    live_streams_delete,
    live_streams_enable,
    live_streams_get,
    live_streams_list,
    live_streams_list_clips,
)
from fastpix.api.media import CreatedMedia, CreateMediaRequest, VideoInput, WatermarkInput, media_create
from fastpix.api.metrics import ListOverallRequest
from fastpix.api.playlists import (
    CreateManualPlaylistRequest,
    CreateSmartPlaylistRequest,
    Playlist,
    PlaylistFilterSettings,
    playlists_create,
)
from fastpix.api.uploads import UploadVideoInput
from own_operations import (
    Channel,
    CreateChannel,
    GetScheduleRequest,
    OwnAsyncFastpix,
    OwnFastpix,
    playout_create,
    playout_epg,
    playout_export,
    playout_get,
)

CREATION = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings(max_resolution="720p"))


def functions(core: FastpixCore, options: RequestOptions) -> None:
    assert_type(live_streams_list_clips(core, ListLiveClipsRequest("a")), Reply[ListLiveClipsResponse])
    assert_type(live_streams_create(core, CREATION, options), Reply[Data[LiveStream]])
    assert_type(live_streams_list(core), Reply[Page[LiveStream]])
    assert_type(live_streams_delete(core, request=DeleteLiveStreamRequest("a"), options=options), Reply[Ack])
    assert_type(with_response(live_streams_list)(core), Reply[WithResponse[GetAllStreamsResponse]])


async def functions_awaited(core: AsyncFastpixCore) -> None:
    assert_type(await live_streams_list(core), Reply[Page[LiveStream]])
    assert_type(await with_response(live_streams_list)(core), Reply[WithResponse[Page[LiveStream]]])
    call: Coroutine[Any, Any, Reply[Page[LiveStream]]] = live_streams_list(core)
    assert_type(await call, Reply[Page[LiveStream]])


def facade(fastpix: Fastpix) -> None:
    assert_type(fastpix.live_streams.list(), Page[LiveStream])
    assert_type(fastpix.live_streams.create(CREATION), Data[LiveStream])
    assert_type(live_streams_list(fastpix), Reply[Page[LiveStream]])
    method: Callable[[DeleteLiveStreamRequest], Ack] = fastpix.live_streams.delete
    assert_type(method(DeleteLiveStreamRequest("a")), Ack)
    with fastpix as entered:
        assert_type(entered, Fastpix)


async def facade_awaited(fastpix: AsyncFastpix) -> None:
    assert_type(await fastpix.live_streams.list(GetAllStreamsRequest(limit=5)), Page[LiveStream])
    assert_type(await fastpix.live_streams.create(CREATION), Data[LiveStream])


def unions(core: FastpixCore) -> None:
    inputs = [VideoInput("https://a.b/c")]
    assert_type(media_create(core, CreateMediaRequest(inputs, "public")), Reply[Data[CreatedMedia]])
    assert_type(playlists_create(core, CreateManualPlaylistRequest("a", "b")), Reply[Data[Playlist]])
    smart = CreateSmartPlaylistRequest("a", "b", "createdDate ASC", PlaylistFilterSettings())
    assert_type(playlists_create(core, smart), Reply[Data[Playlist]])


def own_operations(core: FastpixCore, fastpix: OwnFastpix) -> None:
    schedule = GetScheduleRequest("a", format="csv")
    assert_type(playout_export(core, schedule), Reply[str])
    assert_type(playout_epg(core, schedule), Reply[bytes])
    assert_type(playout_get(core, schedule), Reply[dict[str, object]])
    assert_type(playout_create(core, CreateChannel("a")), Reply[Data[Channel]])
    assert_type(with_response(playout_export)(core, schedule), Reply[WithResponse[str]])
    assert_type(fastpix.playout.export(schedule), str)
    assert_type(fastpix.playout.create(CreateChannel("a")), Data[Channel])


async def own_operations_awaited(core: AsyncFastpixCore, fastpix: OwnAsyncFastpix) -> None:
    assert_type(await playout_export(core, GetScheduleRequest("a")), Reply[str])
    assert_type(await fastpix.playout.export(GetScheduleRequest("a")), str)


def deviations(core: FastpixCore) -> None:
    hooks = Hooks(on_deviations=lambda attempt, told: print(attempt.operation_id, [found.path for found in told]))
    FastpixCore(hooks=hooks, strict=True)
    seen = with_response(live_streams_list)(core, options=RequestOptions(strict=False)).unwrap()
    assert_type(seen.deviations, tuple[Deviation, ...])
    assert_type(seen.deviations[0].value, object)


def refused(core: FastpixCore, fastpix: Fastpix) -> None:
    live_streams_list(core, GetLiveStreamRequest("a"))  # error
    live_streams_get(core)  # error
    live_streams_get("core", GetLiveStreamRequest("a"))  # error
    live_streams_list(core, options={"timeout": 5})  # error
    fastpix.live_streams.get(EnableLiveStreamRequest("a"))  # error
    GetAllStreamsRequest(order_by="newest")  # error
    InputMediaSettings(max_resolution="4k")  # error
    CreateLiveStreamRequest(PlaybackSettings())  # error
    CreateLiveStreamRequest(InputMediaSettings(), PlaybackSettings())  # error
    GetLiveStreamRequest("a").stream_id = "b"  # error
    FastpixCore("name", "word")  # error
    CreateMediaRequest([UploadVideoInput()], "public")  # error
    CreateMediaRequest([WatermarkInput("https://a.b/c", start_time=1)], "public")  # error
    CreateManualPlaylistRequest("a", "b", play_order="createdDate ASC")  # error
    CreateSmartPlaylistRequest("a", "b", "createdDate ASC")  # error
    playout_export(core, CreateChannel("a"))  # error
    ListOverallRequest("playback")  # error


async def forgotten(core: AsyncFastpixCore) -> None:
    live_streams_enable(core, EnableLiveStreamRequest("a"))  # error: mypy pyright pyrefly
    live_streams_list(core).map(len)  # error


async def bound(core: FastpixCore, async_core: AsyncFastpixCore) -> None:
    enable, async_enable = bind_core(core, live_streams_enable), bind_core(async_core, live_streams_enable)
    assert_type(enable(EnableLiveStreamRequest("a")), Reply[Ack])
    assert_type(await async_enable(EnableLiveStreamRequest("a")), Reply[Ack])
    assert_type(bind_core(core, live_streams_list)(), Reply[Page[LiveStream]])
    enable(GetLiveStreamRequest("a"))  # error
    enable()  # error
