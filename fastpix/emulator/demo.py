"""The demo that ``make demo`` runs: the day of a video backend, and live streams, sync and async."""

import asyncio
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from io import BytesIO
from threading import Event, Thread
from typing import Any

import httpx

from fastpix import (
    AsyncFastpix,
    AsyncFastpixCore,
    Failure,
    Fastpix,
    FastpixCore,
    FastpixError,
    RequestOptions,
    Result,
    Retries,
    Success,
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
from fastpix.api.media import DeleteMediaRequest, GetMediaRequest, media_delete, media_get
from fastpix.api.metrics import ListOverallRequest, metrics_list_overall_values
from fastpix.api.signing_keys import CreateSigningKeyRequest, signing_keys_create
from fastpix.api.uploads import PushMediaSettings
from fastpix.api.views import views_list
from fastpix.emulator import Emulator
from fastpix.emulator.server import serving
from fastpix.emulator.webhooks.webhook import new_secret
from fastpix.playback import playback_signer, stream_url, thumbnail_url
from fastpix.uploads import upload
from fastpix.webhooks import MediaEvent, read

BOLD, DIM, GREEN, YELLOW = 1, 2, 32, 33
SIZE, RATE, SAMPLES, SECONDS = (640, 360), 25, 48_000, 4
"""The film: width and height in pixels, frames and samples per second, and seconds."""
LONGEST_WAIT = 30.0
"""The seconds that the demo waits for a webhook."""
NEXT = (
    ("make emulator WITH=--open", "a local FastPix for your own program, and a page that shows it"),
    ("make test", "the tests, in two to three minutes"),
)


def painted(text: str, colour: int) -> str:
    return f"\033[{colour}m{text}\033[0m" if sys.stdout.isatty() else text


def title(text: str) -> None:
    print(f"\n{painted(text, BOLD)}")


def show(call: str, outcome: str) -> None:
    print(f"  {painted('ok', GREEN)} {call:<34} {outcome}")


def show_failure(call: str, error: object) -> None:
    print(f"  {painted('no', YELLOW)} {call:<34} {painted(named_error(error), DIM)}")


def named_error(error: object) -> str:
    return f"{type(error).__name__}: {error}" if isinstance(error, FastpixError) else str(error)


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


def film() -> bytes:
    """Make a film: a test picture and a tone."""
    import av
    from av.filter import Graph

    made = BytesIO()
    opened: Any = av.open(made, "w", format="mp4")
    with opened as container:
        pictures = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        pictures.width, pictures.height = SIZE
        sound = container.add_stream("aac", rate=SAMPLES, layout="mono")
        sources = (
            (pictures, SECONDS * RATE, ("testsrc2", f"size={SIZE[0]}x{SIZE[1]}:rate={RATE}"), "format", "yuv420p"),
            (sound, SECONDS * SAMPLES // 1024, ("sine", f"sample_rate={SAMPLES}"), "aformat", "sample_fmts=fltp"),
        )
        container.start_encoding()
        for stream, count, source, form, wanted in sources:
            graph: Any = Graph()
            end = "buffersink" if stream is pictures else "abuffersink"
            graph.link_nodes(graph.add(*source), graph.add(form, wanted), graph.add(end)).configure()
            for _ in range(count):
                container.mux(stream.encode(graph.vpull() if stream is pictures else graph.pull()))
            container.mux(stream.encode(None))
    return made.getvalue()


def frames_in(segment: bytes) -> int:
    """Decode a segment, and return the number of its pictures."""
    import av

    with av.open(BytesIO(segment), "r") as container:
        return sum(1 for _ in container.decode(video=0))


class Hooks(BaseHTTPRequestHandler):
    """A server of webhooks, as a backend has one. It wakes the program up when a media is ready."""

    secret: str = new_secret()
    ready: Event = Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        match read(body, self.headers, self.secret):
            case Success(MediaEvent("video.media.ready")):
                self.ready.set()
                status = 204
            case Success(_):
                status = 204
            case Failure(error):
                status = error.status
        self.send_response(status)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Print nothing: the demo has its own lines."""


@contextmanager
def hooks() -> Generator[str]:
    """Serve webhooks during a ``with`` block, which gets the URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hooks) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hooks"
        server.shutdown()


def with_media(core: FastpixCore, emulator: Emulator, origin: str) -> None:
    title("The day of a video backend: upload, wait, sign, play, look")
    content = film()
    show("a film, made here", f"{SECONDS} s, {SIZE[0]}x{SIZE[1]}, {len(content):,} bytes")
    settings = PushMediaSettings(access_policy="private", title="A film")
    uploaded = upload(core, content, settings).unwrap()
    show("upload", f"{uploaded.upload_id[:8]}..., all bytes have arrived")
    if not Hooks.ready.wait(LONGEST_WAIT):
        show_failure("a webhook", f"none has come within {LONGEST_WAIT:g} s")
        return
    show("a webhook, verified", "video.media.ready")
    media = media_get(core, GetMediaRequest(uploaded.upload_id)).unwrap().data
    tracks = ", ".join(str(track.type) for track in media.tracks or ())
    show("media_get", f"{media.title!r}, {media.status}, {media.duration_seconds:g} s, {tracks}")
    playback_id = str((media.playback_ids or [])[0].id)
    report("playing without a token", play(playback_id, origin))
    key = signing_keys_create(core, CreateSigningKeyRequest()).unwrap().data
    token = playback_signer(key.id, key.private_key).unwrap().sign(playback_id)
    show("signing_keys_create, sign", f"a token of {len(token)} characters, for 15 minutes")
    report("playing with the token", play(playback_id, origin, token))
    picture = httpx.get(thumbnail_url(playback_id, width=320, token=token, origin=origin))
    show("thumbnail_url", f"{picture.headers['content-type']}, {len(picture.content):,} bytes")
    emulator.clock.advance(minutes=1)
    (view,) = views_list(core).unwrap().data
    show("views_list, a minute later", f"{view.video_title!r} was seen for {(view.view_watch_time or 0) / 1000:g} s")
    score = metrics_list_overall_values(core, ListOverallRequest("startup_score")).unwrap().data
    show("metrics_list_overall_values", f"startup_score {score.value:g}, from {score.total_views} view")
    media_delete(core, DeleteMediaRequest(media.id)).unwrap()
    report("media_get, after media_delete", media_get(core, GetMediaRequest(media.id)))


def play(playback_id: str, origin: str, token: str | None = None) -> Result[str, str]:
    """Play a media as a player does: fetch its manifest, its best rendition, and a segment, and decode it."""
    answered = httpx.get(stream_url(playback_id, token=token, rendition_order="desc", origin=origin))
    if not answered.is_success:
        return Failure(f"{answered.status_code}: {answered.json()['error']['description']}")
    rendition = httpx.get(answered.url.join(first_url(answered.text)))
    segment = httpx.get(rendition.url.join(first_url(rendition.text)))
    return Success(f"{frames_in(segment.content)} pictures of the first segment decoded")


def first_url(playlist: str) -> str:
    return next(line for line in playlist.splitlines() if line and not line.startswith("#"))


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


def report(call: str, result: Result[object, object]) -> None:
    match result:
        case Success(value):
            show(call, str(value))
        case Failure(error):
            show_failure(call, error)


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
    if find_spec("av") is None:
        sys.exit(
            "the demo makes and plays a film, and the package av is missing. Run: pip install 'fastpix[emulator,media]'"
        )
    started = time.monotonic()
    emulator = Emulator()
    username, password = emulator.username, emulator.password
    with serving(emulator) as server:
        server_url = server.url
        title(f"A local FastPix listens at {server_url}")
        core = FastpixCore(username=username, password=password, server_url=server_url)
        print(f"  {painted(repr(core), DIM)}")
        with hooks() as url:
            emulator.add_webhook(url, secret=Hooks.secret)
            with_media(core, emulator, server.origin)
            emulator.remove_webhook(emulator.webhooks()[0].id)
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
    print(f"\n{painted(f'Done in {time.monotonic() - started:.1f} s.', DIM)} What comes next:")
    for command, meaning in NEXT:
        print(f"  {command:<28} {painted(meaning, DIM)}")


if __name__ == "__main__":
    main()
