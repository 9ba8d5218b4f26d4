"""The Studio in Chromium: it shows what there is, plays, uploads, and its buttons work, also by keyboard and on a phone."""

import os
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from av.filter import Graph
from playwright.sync_api import Page

from fastpix import FastpixCore, Retries
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    GetLiveStreamRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_get,
    live_streams_list,
)
from fastpix.api.uploads import PushMediaSettings
from fastpix.emulator import Emulator, Fault, Inbox, Seed, SeedStream
from fastpix.errors import ServerError
from fastpix.uploads import upload

PICTURE = Path(__file__).parent / "studio.png"
"""The picture in README. ``make picture`` makes it."""
SIZE = (640, 360)
RATE = 25
SECONDS = 4


def film(source: str) -> bytes:
    """Return a film of what a source of FFmpeg draws."""
    graph = Graph()
    graph.link_nodes(
        graph.add(source, f"size={SIZE[0]}x{SIZE[1]}:rate={RATE}"),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ).configure()
    made = BytesIO()
    opened: Any = av.open(made, "w", format="mp4")
    with opened as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        stream.width, stream.height = SIZE
        for number in range(SECONDS * RATE):
            frame: Any = graph.vpull()
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return made.getvalue()


@pytest.fixture(scope="module")
def test_film() -> bytes:
    return film("testsrc2")


@pytest.fixture
def core(emulator: Emulator, server_url: str) -> Iterator[FastpixCore]:
    retries = Retries(attempts=1)
    with FastpixCore(
        username=emulator.username, password=emulator.password, server_url=server_url, retries=retries
    ) as core:
        yield core


@pytest.fixture
def studio(page: Page, server_url: str) -> Page:
    page.goto(server_url.removesuffix("v1/"))
    page.wait_for_selector("#connection.live")
    return page


def put(core: FastpixCore, content: bytes, title: str, policy: Any = "public") -> str:
    return upload(core, content, PushMediaSettings(access_policy=policy, title=title)).unwrap().upload_id


def test_it_shows_what_there_is_and_what_happens(
    studio: Page, core: FastpixCore, emulator: Emulator, test_film: bytes
) -> None:
    live_streams_get(core, GetLiveStreamRequest("0" * 32))
    stream = live_streams_create(core, CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())).unwrap().data
    put(core, test_film, "A <b>film</b>", "private")
    studio.wait_for_selector("#media .badge.good")
    assert "A <b>film</b>" in studio.inner_text("#media")
    studio.wait_for_function("() => document.querySelector('#media img')?.naturalWidth === 480")
    assert "640x360 · video" in studio.inner_text("#media")
    assert stream.stream_id in studio.inner_text("#streams")
    assert "complete" in studio.inner_text("#uploads")
    told = studio.inner_text("#requests")
    assert "live_streams_get" in told
    assert "404" in told
    studio.click("#requests li:nth-child(1) summary")
    assert '"title": "A <b>film</b>"' in studio.inner_text("#requests pre")
    whole = studio.content()
    assert [
        secret for secret in (stream.stream_key, stream.srt_secret, emulator.password) if str(secret) in whole
    ] == []


@pytest.mark.parametrize("policy", ["public", "private"])
def test_a_video_plays_in_it_and_is_seen(
    studio: Page, core: FastpixCore, emulator: Emulator, test_film: bytes, policy: str
) -> None:
    put(core, test_film, "A film", policy)
    studio.click("#media .picture:not(:disabled)")
    studio.wait_for_function("() => document.querySelector('dialog video').currentTime > 1")
    assert (
        studio.evaluate("() => document.querySelector('dialog video').getVideoPlaybackQuality().totalVideoFrames") > 5
    )
    studio.keyboard.press("Escape")
    studio.wait_for_function("() => !document.querySelector('dialog').open")
    emulator.clock.advance(seconds=SECONDS)
    studio.wait_for_function("() => document.querySelector('#count-views').textContent === '1'")


def test_a_file_is_uploaded_from_it(studio: Page, emulator: Emulator, tmp_path: Path, test_film: bytes) -> None:
    (tmp_path / "film.mp4").write_bytes(test_film)
    studio.set_input_files("#file", tmp_path / "film.mp4")
    studio.wait_for_selector("#uploads .badge.good")
    studio.wait_for_selector("#media .picture:not(:disabled)")
    (received,) = emulator.uploads()
    path = emulator.file_of(received.upload_id)
    assert path is not None
    assert path.read_bytes() == test_film
    assert studio.evaluate("() => document.querySelector('#uploads progress').value") == 1


def test_the_clock_has_buttons(studio: Page, emulator: Emulator) -> None:
    studio.click("#hold")
    studio.wait_for_selector("#hold[aria-pressed=true]")
    held = emulator.clock.now()
    studio.click("[data-advance='3600']")
    studio.wait_for_function(
        "(before) => document.querySelector('#time').textContent !== before", arg=f"{held:%F %T} UTC"
    )
    assert (emulator.clock.now() - held).total_seconds() == 3600
    assert studio.inner_text("#time") == f"{emulator.clock.now():%F %T} UTC"
    studio.click("#hold")
    studio.wait_for_selector("#hold[aria-pressed=false]")


def test_faults_have_switches(studio: Page, core: FastpixCore, emulator: Emulator) -> None:
    studio.click("text='503'")
    studio.wait_for_selector("[role=switch][aria-checked=true]")
    studio.click("text='lost'")
    studio.wait_for_function("() => document.querySelectorAll('[aria-checked=true]').length === 2")
    studio.click("text='lost'")
    studio.wait_for_function("() => document.querySelectorAll('[aria-checked=true]').length === 1")
    assert [plan.outcomes for plan in emulator.planned_faults()] == [[Fault(status=503)]]
    assert isinstance(live_streams_list(core).failure(), ServerError)
    studio.wait_for_function("() => document.querySelectorAll('[aria-checked=true]').length === 0")
    studio.select_option("#operation", "get-all-streams")
    studio.click("text='3 s late'")
    studio.wait_for_selector("[role=switch][aria-checked=true]")
    (plan,) = emulator.planned_faults()
    assert plan.operation == "get-all-streams"


def test_an_encoder_and_a_webhook_have_buttons(studio: Page, emulator: Emulator) -> None:
    inbox = Inbox()
    emulator.add_webhook(inbox, secret=inbox.secret)
    emulator.seed(Seed(streams=[SeedStream()]))
    studio.click("text='Connect encoder'")
    studio.wait_for_selector("#streams .badge.good")
    studio.wait_for_selector("#webhooks li")
    before = len(inbox.types)
    studio.click("#webhooks li:nth-child(1) button")
    studio.wait_for_function("(count) => document.querySelectorAll('#webhooks li').length > count", arg=before)
    assert len(inbox.types) > before
    studio.click("text='Disconnect encoder'")
    studio.wait_for_selector("text='Connect encoder'")


def test_a_refusal_is_told(studio: Page, emulator: Emulator) -> None:
    emulator.seed(Seed(streams=[SeedStream(status="disabled")]))
    studio.click("text='Connect encoder'")
    studio.wait_for_function("() => document.querySelector('#told').textContent.includes('stream is not idle')")


def test_it_is_used_by_keyboard(studio: Page, core: FastpixCore, test_film: bytes) -> None:
    put(core, test_film, "A film")
    studio.wait_for_selector("#media .picture:not(:disabled)")
    reached: list[str] = []
    for _ in range(40):
        studio.keyboard.press("Tab")
        reached.append(
            studio.evaluate(
                "() => document.activeElement.ariaLabel || document.activeElement.id || document.activeElement.textContent"
            )
        )
        if reached[-1] == "Play A film":
            break
    assert reached[0] == "Skip to the media"
    assert {"hold", "file", "Play A film"} <= set(reached)
    studio.keyboard.press("Enter")
    studio.wait_for_selector("dialog[open]")
    studio.keyboard.press("Escape")
    studio.wait_for_function("() => document.activeElement.ariaLabel === 'Play A film'")


def test_what_is_open_stays_open(studio: Page, core: FastpixCore) -> None:
    request = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())
    live_streams_create(core, request).unwrap()
    studio.click("#requests summary")
    live_streams_create(core, request).unwrap()
    studio.wait_for_function("() => document.querySelectorAll('#requests li').length === 2")
    assert studio.evaluate("() => document.querySelector('#requests li:nth-child(2) details').open") is True


def test_it_fits_on_a_phone(studio: Page, core: FastpixCore, emulator: Emulator, test_film: bytes) -> None:
    emulator.add_webhook(Inbox())
    put(core, test_film, "A film with a title that is much longer than what fits on a phone")
    live_streams_get(core, GetLiveStreamRequest("0" * 32))
    emulator.seed(Seed(streams=[SeedStream(metadata={"name": "word" * 40})]))
    studio.set_viewport_size({"width": 360, "height": 740})
    studio.wait_for_selector("#media .picture:not(:disabled)")
    studio.wait_for_selector("#streams li")
    assert studio.evaluate("() => document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_it_is_light_or_dark(studio: Page, scheme: Any, is_dark: bool) -> None:
    studio.emulate_media(color_scheme=scheme)
    color = studio.evaluate("() => getComputedStyle(document.body).backgroundColor")
    red, green, blue = (int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(","))
    assert (red + green + blue < 3 * 128) is is_dark


def test_it_comes_back_after_a_restart(page: Page) -> None:
    from threading import Thread  # noqa: PLC0415

    from fastpix.emulator.server import listen, uvicorn_server  # noqa: PLC0415

    with listen() as listening:
        port = listening.getsockname()[1]
    for count in (1, 2):
        emulator = Emulator()
        emulator.seed(Seed(streams=[SeedStream(count=count)]))
        server = uvicorn_server(emulator, log_config=None)
        with listen(port=port) as listening:
            thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
            thread.start()
            if count == 1:
                page.goto(f"http://127.0.0.1:{port}/")
            page.wait_for_function("(count) => document.querySelectorAll('#streams li').length === count", arg=count)
            server.should_exit = True
            thread.join()
        page.wait_for_selector("#connection.gone")
        emulator.close()


def test_all_that_it_loads_is_its_own(page: Page, server_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server_url.removesuffix("v1/"))
    page.wait_for_selector("#connection.live")
    own = server_url.removesuffix("v1/")
    assert [url for url in asked if not url.startswith((own, "data:"))] == []
    assert httpx.get(own).status_code == 200


@pytest.mark.skipif("FASTPIX_PICTURE" not in os.environ, reason="make picture makes it")
def test_its_picture(page: Page, core: FastpixCore, emulator: Emulator, server_url: str) -> None:
    inbox = Inbox()
    emulator.add_webhook(inbox, secret=inbox.secret)
    shows = [
        SeedStream(status="active", metadata={"name": "Morning show"}),
        SeedStream(metadata={"name": "Evening show"}),
    ]
    emulator.seed(Seed(streams=shows))
    for title, source in (
        ("Fractals", "mandelbrot"),
        ("Gradients", "gradients"),
        ("Test picture", "testsrc2"),
        ("Life", "life"),
    ):
        put(core, film(source), title)
    live_streams_get(core, GetLiveStreamRequest("0" * 32))
    live_streams_create(
        core, CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings(metadata={"name": "Concert"}))
    )
    emulator.fail("get-all-streams", [503])
    emulator.clock.advance(seconds=10)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(server_url.removesuffix("v1/"))
    page.wait_for_function(
        "() => [...document.querySelectorAll('#media img')].filter((img) => img.naturalWidth).length === 4"
    )
    page.select_option("#operation", "get-all-streams")
    page.screenshot(path=PICTURE)
    assert PICTURE.stat().st_size > 10_000
