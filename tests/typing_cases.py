"""What a type checker must accept, with exact types, and what it must refuse. Read by pyright and mypy, never run.

A line that must be refused is ignored by rule, and both checkers complain of an ignore that nothing needs: so
if such a line were accepted, the check would fail.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Literal, assert_never, assert_type

from fastpix import (
    AsyncFastpix,
    AsyncFastpixCore,
    Deviation,
    Failure,
    Fastpix,
    FastpixCore,
    Hooks,
    Reply,
    RequestOptions,
    Success,
    WithResponse,
    with_response,
)
from fastpix.api.common import Ack, Data, Mp4Rendition, Page
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
    LiveClip,
    LiveStream,
    PlaybackSettings,
    live_streams_create,
    live_streams_delete,
    live_streams_enable,
    live_streams_get,
    live_streams_list,
    live_streams_list_clips,
)
from fastpix.api.media import (
    CreatedMedia,
    CreateMediaRequest,
    Media,
    VideoInput,
    WatermarkInput,
    media_create,
)
from fastpix.api.metrics import ListOverallRequest
from fastpix.api.playlists import (
    CreateManualPlaylistRequest,
    CreateSmartPlaylistRequest,
    Playlist,
    PlaylistFilterSettings,
    playlists_create,
)
from fastpix.api.uploads import UploadVideoInput
from fastpix.errors import (
    ApiError,
    ConfigurationError,
    ConnectionFailedError,
    Err,
    NotFoundError,
    RequestValidationError,
    ResponseValidationError,
    TimedOutError,
    UnexpectedClientError,
)
from tests.own_operations import (
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


def unions(core: FastpixCore) -> None:
    inputs = [VideoInput("https://a.b/c")]
    assert_type(media_create(core, CreateMediaRequest(inputs, "public")), Reply[Data[CreatedMedia]])
    assert_type(playlists_create(core, CreateManualPlaylistRequest("a", "b")), Reply[Data[Playlist]])
    smart = CreateSmartPlaylistRequest("a", "b", "createdDate ASC", PlaylistFilterSettings())
    assert_type(playlists_create(core, smart), Reply[Data[Playlist]])


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
    hooks = Hooks(
        on_deviations=lambda attempt, told: print(attempt.operation_id, [deviation.path for deviation in told])
    )
    FastpixCore(hooks=hooks, strict=True)
    seen = with_response(live_streams_list)(core, options=RequestOptions(strict=False)).unwrap()
    assert_type(seen.deviations, tuple[Deviation, ...])
    assert_type(seen.deviations[0].value, object)


def match_is_exhaustive(core: FastpixCore) -> int:
    match live_streams_list(core):
        case Success(page):
            assert_type(page, Page[LiveStream])
            return len(page.data)
        case Failure(error):
            return which(error)


def which(error: Err) -> int:
    match error:
        case RequestValidationError(field, _, _):
            return len(field)
        case NotFoundError():
            return 404
        case ApiError(status, _):
            assert_type(status, int)
            return status
        case ConnectionFailedError() | TimedOutError():
            return int(error.may_have_been_applied)
        case ResponseValidationError(path):
            return len(path)
        case ConfigurationError() | UnexpectedClientError():
            return 0
        case _:
            assert_never(error)


def composed(core: FastpixCore) -> None:
    page = live_streams_list(core)
    assert_type(page.map(lambda page: page.data).value_or(None), list[LiveStream] | None)
    assert_type(page.bind(lambda page: clips_of(core, page.data[0])), Reply[Page[LiveClip]])
    texts = live_streams_list(core).alt(lambda error: f"{error.operation_id}: {error}")
    assert_type(texts.failure(), str)
    recovered = live_streams_list(core).lash(lambda _: live_streams_list(core))
    assert_type(recovered, Reply[Page[LiveStream]])


def clips_of(core: FastpixCore, stream: LiveStream) -> Reply[Page[LiveClip]]:
    return live_streams_list_clips(core, ListLiveClipsRequest(stream.stream_id))


def open_enumerations(stream: LiveStream, media: Media) -> None:
    renditions: list[Mp4Rendition] | str | None = media.mp4_support
    assert renditions is None or isinstance(renditions, str | list)
    assert_type(media.duration_seconds, float | None)
    known: Literal["idle", "preparing", "active", "disabled"] = "idle"
    assert stream.status in (known, "a status of next year")
    assert_type(stream.stream_id, str)
    assert_type(stream.max_duration, int | None)


def refused(core: FastpixCore, async_core: AsyncFastpixCore, fastpix: Fastpix) -> None:
    live_streams_list(core, GetLiveStreamRequest("a"))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType] - another operation's request
    live_streams_get(core)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue] - no request
    live_streams_get("core", GetLiveStreamRequest("a"))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType] - no core
    live_streams_list(core, options={"timeout": 5})  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType] - no options
    fastpix.live_streams.get(EnableLiveStreamRequest("a"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - another operation's request
    GetAllStreamsRequest(order_by="newest")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - no such order
    InputMediaSettings(max_resolution="4k")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - no such resolution
    CreateLiveStreamRequest(PlaybackSettings())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - half of it
    GetLiveStreamRequest("a").stream_id = "b"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] - frozen
    FastpixCore("name", "word")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - keyword-only
    live_streams_enable(async_core, EnableLiveStreamRequest("a"))  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine] - forgotten await
    live_streams_list(async_core).map(len)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - forgotten await
    CreateMediaRequest([UploadVideoInput()], "public")  # type: ignore[list-item]  # pyright: ignore[reportArgumentType] - a video to pull has a url
    CreateMediaRequest([WatermarkInput("https://a.b/c", start_time=1)], "public")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - a watermark has no start
    CreateManualPlaylistRequest("a", "b", play_order="createdDate ASC")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - only of a smart one
    CreateSmartPlaylistRequest("a", "b", "createdDate ASC")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - a smart one has a filter
    playout_export(core, CreateChannel("a"))  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType] - another operation's request
    ListOverallRequest("playback")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - no such metric
