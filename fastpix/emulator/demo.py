"""The demo that ``make demo`` runs: operations on live streams, as functions and as methods, sync and async."""

import asyncio
import sys
import time

import httpx

from fastpix import (
    AsyncFastpix,
    AsyncFastpixCore,
    Failure,
    Fastpix,
    FastpixCore,
    FastpixError,
    Reply,
    RequestOptions,
    Retries,
)
from fastpix.api.common import Page, Pagination
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    DisableLiveStreamRequest,
    EnableLiveStreamRequest,
    GetAllStreamsRequest,
    GetLiveStreamRequest,
    InputMediaSettings,
    ListLiveClipsRequest,
    LiveStream,
    PlaybackSettings,
    live_streams_create,
    live_streams_delete,
    live_streams_disable,
    live_streams_enable,
    live_streams_get,
    live_streams_list,
    live_streams_list_clips,
)
from fastpix.emulator import Emulator
from fastpix.emulator.app import serving

BOLD, DIM, GREEN, YELLOW = 1, 2, 32, 33


def painted(text: str, colour: int) -> str:
    return f"\033[{colour}m{text}\033[0m" if sys.stdout.isatty() else text


def title(text: str) -> None:
    print(f"\n{painted(text, BOLD)}")


def show(call: str, outcome: str) -> None:
    print(f"  {painted('ok', GREEN)} {call:<34} {outcome}")


def show_failure(call: str, error: FastpixError) -> None:
    print(f"  {painted('no', YELLOW)} {call:<34} {type(error).__name__}\n    {painted(str(error), DIM)}")


def settings(name: str) -> CreateLiveStreamRequest:
    return CreateLiveStreamRequest(
        playback_settings=PlaybackSettings(access_policy="public"),
        input_media_settings=InputMediaSettings(metadata={"name": name}, enable_dvr_mode=True),
    )


def named(stream: LiveStream) -> str:
    name = (stream.metadata or {}).get("name")
    return f"{stream.stream_id[:8]}... {name!r}, {stream.status}"


def cut_clip(server_url: str, stream: LiveStream) -> str:
    """Request a part of the stream from its playback URL, as a player would. The service then makes a clip of it."""
    part = "start=10s&end=40s"
    playback_id = (stream.playback_ids or [])[0].id
    url = httpx.URL(server_url).copy_with(path=f"/{playback_id}.m3u8", query=part.encode())
    return f"{httpx.get(url).status_code} for ...m3u8?{part}"


def pagination_of(page: Page[LiveStream]) -> Pagination:
    return page.pagination or Pagination()


def read_again(core: FastpixCore, stream: LiveStream) -> LiveStream:
    return live_streams_get(core, GetLiveStreamRequest(stream.stream_id)).unwrap().data


def with_functions(core: FastpixCore, server_url: str) -> None:
    title("Functions: each takes a core and a request, and returns a Result")
    streams: list[LiveStream] = []
    for name in ("morning show", "evening show"):
        created = live_streams_create(core, settings(name)).unwrap().data
        streams.append(created)
        show("live_streams_create", named(created))
    for number in (1, 2):
        page = live_streams_list(core, GetAllStreamsRequest(limit=1, offset=number)).unwrap()
        show("live_streams_list", f"page {number} of {pagination_of(page).offset_count}: {named(page.data[0])}")
    first, second = streams
    live_streams_disable(core, DisableLiveStreamRequest(first.stream_id)).unwrap()
    show("live_streams_disable", named(read_again(core, first)))
    live_streams_enable(core, EnableLiveStreamRequest(first.stream_id)).unwrap()
    show("live_streams_enable", named(read_again(core, first)))
    show("GET the playback url", cut_clip(server_url, first))
    for clip in live_streams_list_clips(core, ListLiveClipsRequest(livestream_id=first.stream_id)).unwrap().data:
        show("live_streams_list_clips", f"{clip.id[:8]}... {clip.duration}, {clip.status}")
    live_streams_delete(core, DeleteLiveStreamRequest(second.stream_id)).unwrap()
    left = pagination_of(live_streams_list(core).unwrap()).total_records
    show("live_streams_delete", f"{named(second)}; {left} stream left")


def report(call: str, reply: Reply[object]) -> None:
    if isinstance(reply, Failure):
        show_failure(call, reply.failure())
    else:
        show(call, repr(reply.unwrap()))


def with_failures(core: FastpixCore, server_url: str) -> None:
    title("Failures are values: the class of the error says what went wrong")
    stranger = FastpixCore(username="nobody", password="wrong", server_url=server_url)  # noqa: S106 - wrong on purpose
    report("an invalid limit, not sent", live_streams_list(core, GetAllStreamsRequest(limit=500)))
    report("an invalid id, not sent", live_streams_get(core, GetLiveStreamRequest("../../iam/signing-keys")))
    report("a stream that does not exist", live_streams_get(core, GetLiveStreamRequest("0" * 32)))
    report("wrong credentials", live_streams_list(stranger))


def with_server_gone(core: FastpixCore) -> None:
    once = RequestOptions(retries=Retries(attempts=2, base=0.05))
    report("a server that was stopped", live_streams_list(core, options=once))


async def with_async(core: AsyncFastpixCore) -> None:
    title("The same functions on an async core: each call is awaited")
    replies = await asyncio.gather(*(live_streams_create(core, settings(f"channel {n}")) for n in (1, 2, 3)))
    for reply in replies:
        show("await live_streams_create", reply.map(lambda answer: named(answer.data)).unwrap())
    page = (await live_streams_list(core, GetAllStreamsRequest(limit=50))).unwrap()
    show("await live_streams_list", f"{pagination_of(page).total_records} streams")


def with_facade(fastpix: Fastpix) -> None:
    title("The class facade: methods return the value and raise the error")
    stream = fastpix.live_streams.create(settings("facade")).data
    show("fastpix.live_streams.create", named(stream))
    fastpix.live_streams.delete(DeleteLiveStreamRequest(stream.stream_id))
    show("fastpix.live_streams.delete", f"{pagination_of(fastpix.live_streams.list()).total_records} streams left")
    try:
        fastpix.live_streams.delete(DeleteLiveStreamRequest(stream.stream_id))
    except FastpixError as error:
        show_failure("fastpix.live_streams.delete", error)


async def with_async_facade(fastpix: AsyncFastpix) -> None:
    page = await fastpix.live_streams.list(GetAllStreamsRequest(limit=2))
    show("await fastpix.live_streams.list", f"{len(page.data)} of {pagination_of(page).total_records} streams")


def main() -> None:
    started = time.monotonic()
    emulator = Emulator()
    username, password = emulator.username, emulator.password
    with serving(emulator) as server_url:
        title(f"A local FastPix listens at {server_url}")
        core = FastpixCore(username=username, password=password, server_url=server_url)
        print(f"  {painted(repr(core), DIM)}")
        with_functions(core, server_url)
        with_failures(core, server_url)
        async_core = AsyncFastpixCore(username=username, password=password, server_url=server_url)
        asyncio.run(with_async(async_core))
        with Fastpix(username=username, password=password, server_url=server_url) as fastpix:
            with_facade(fastpix)
        async_fastpix = AsyncFastpix(username=username, password=password, server_url=server_url)
        asyncio.run(with_async_facade(async_fastpix))
    title("After the server was stopped: two attempts, then a failure")
    with_server_gone(core)
    core.close()
    emulator.close()
    print(f"\n{painted(f'Done in {time.monotonic() - started:.1f} s.', DIM)}")


if __name__ == "__main__":
    main()
