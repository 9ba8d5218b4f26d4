"""The demo that ``make demo`` runs: a media from its URL to its views, and live streams, sync and async."""

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
    until,
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
from fastpix.api.media import CreateMediaRequest, GetMediaRequest, Media, VideoInput, media_create, media_get
from fastpix.api.media_tracks import AddMediaTrackRequest, NewTrack, media_tracks_add
from fastpix.api.metrics import ListOverallRequest, metrics_list_overall_values
from fastpix.api.playback_ids import CreatePlaybackIdRequest, playback_ids_create
from fastpix.api.playlists import (
    AddPlaylistMediaRequest,
    CreateManualPlaylistRequest,
    playlists_add_media,
    playlists_create,
)
from fastpix.api.views import views_list
from fastpix.emulator import Emulator, Seed, SeedView
from fastpix.emulator.server import serving
from fastpix.states import tracks_ready

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


def described(media: Media) -> str:
    tracks = ", ".join(f"{track.type} {track.status}" for track in media.tracks or ()) or "no tracks yet"
    return f"{media.id[:8]}... {media.status}, {media.duration_seconds:g} s, {tracks}"


def with_media(core: FastpixCore, emulator: Emulator) -> None:
    title("A media: each function takes a core and a request, and returns a Result")
    emulator.clock.hold()
    video = VideoInput("https://example.com/talk.mp4")
    media_id = media_create(core, CreateMediaRequest([video], access_policy="public", title="A talk")).unwrap().data.id
    show("media_create", described(read_media(core, media_id)))
    emulator.clock.advance(minutes=1)
    show("a minute later on its clock", described(read_media(core, media_id)))
    emulator.clock.release()
    track = NewTrack("https://example.com/de.vtt", "subtitle", "de-DE", "German")
    media_tracks_add(core, AddMediaTrackRequest(media_id, track)).unwrap()
    show("media_tracks_add", described(read_media(core, media_id)))
    ready = until(media_get, tracks_ready, pause=0.1)(core, GetMediaRequest(media_id)).unwrap().data
    show("until(media_get, tracks_ready)", described(ready))
    private = playback_ids_create(core, CreatePlaybackIdRequest(media_id, "private")).unwrap().data
    show("playback_ids_create", f"{private.id[:8]}... {private.access_policy}")
    playlist = playlists_create(core, CreateManualPlaylistRequest("Talks", "talks-1")).unwrap().data
    playlist = playlists_add_media(core, AddPlaylistMediaRequest(playlist.id, [media_id])).unwrap().data
    titles = [media.title for media in playlist.media_list or ()]
    show("playlists_add_media", f"{playlist.name!r} has {playlist.media_count} media: {titles}")
    watched = {"mediaId": media_id, "videoTitle": "A talk"}
    emulator.seed(Seed(views=[SeedView(count=3, fields=watched), SeedView(fields={**watched, "startupScore": 0.6})]))
    show("views_list", f"{len(views_list(core).unwrap().data)} views, added by a seed")
    score = metrics_list_overall_values(core, ListOverallRequest("startup_score")).unwrap().data
    show("metrics_list_overall_values", f"startup_score {score.value:.2f} of {score.total_views} views")


def read_media(core: FastpixCore, media_id: str) -> Media:
    return media_get(core, GetMediaRequest(media_id)).unwrap().data


def with_functions(core: FastpixCore, server_url: str) -> None:
    title("Live streams")
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
        show("live_streams_list_clips", f"{clip.id[:8]}... {clip.status}")
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
    with serving(emulator) as server:
        server_url = server.url
        title(f"A local FastPix listens at {server_url}")
        core = FastpixCore(username=username, password=password, server_url=server_url)
        print(f"  {painted(repr(core), DIM)}")
        with_media(core, emulator)
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
