"""What the Studio shows: all that is there, and no secret of it."""

import httpx
import msgspec
import pytest

from fastpix import FastpixCore
from fastpix.api.live_streams import GetLiveStreamRequest, live_streams_get
from fastpix.api.signing_keys import CreateSigningKeyRequest, signing_keys_create
from fastpix.api.simulcasts import CreateSimulcastRequest, simulcasts_create
from fastpix.api.uploads import CreateUploadRequest, PushMediaSettings, uploads_create
from fastpix.api.views import views_list
from fastpix.emulator import Emulator, Fault, Inbox, Seed, SeedMedia, SeedStream, SeedView
from fastpix.emulator.studio.snapshot import Snapshot
from fastpix.uploads import upload
from tests.emulator.acts import new_media, new_stream, playback_id_of, read_media, uploaded
from tests.emulator.storage.acts import BLOCK, new_upload, put_part
from tests.emulator.storage.movies import movie


@pytest.fixture
def place() -> str:
    return "in process"


def text_of(snapshot: Snapshot) -> str:
    return msgspec.json.encode(snapshot).decode()


def test_everything_is_shown_newest_first(core: FastpixCore, emulator: Emulator, inbox: Inbox) -> None:
    emulator.clock.advance(seconds=1)
    stream = new_stream(core, metadata={"name": "Morning show"})
    media_id = new_media(core, title="A talk")
    emulator.clock.advance(seconds=1)
    media = uploaded(core, emulator, movie(audio=["eng"]), title="A movie")
    emulator.seed(Seed(views=[SeedView(count=2)]))
    live_streams_get(core, GetLiveStreamRequest("0" * 32))
    emulator.fail("upload", [503])
    shown = emulator.snapshot()
    assert (shown.totals.streams, shown.totals.media, shown.totals.uploads, shown.totals.views) == (1, 2, 1, 2)
    (only,) = shown.streams
    assert (only.id, only.name, only.status, only.is_connected) == (stream.stream_id, "Morning show", "idle", False)
    movie_shown, talk = shown.media
    assert (movie_shown.title, movie_shown.size, movie_shown.tracks) == ("A movie", "64x48", "video, audio eng")
    assert movie_shown.grant.startswith(playback_id_of(media))
    assert (talk.id, talk.title, talk.status, talk.grant) == (media_id, "A talk", "Ready", "")
    (received,) = shown.uploads
    assert (received.id, received.status, received.received) == (media.id, "complete", received.total)
    assert shown.requests[0].function == "live_streams_get"
    assert (shown.requests[0].status, shown.requests[0].body) == (404, None)
    assert [one.number for one in shown.requests] == [*range(len(emulator.sent) - 1, -1, -1)]
    assert {one.type for one in shown.deliveries} == set(inbox.types)
    assert shown.deliveries[0].outcomes == ["204"]
    assert [one.url for one in shown.webhooks] == ["a function"]
    assert [plan.outcomes for plan in shown.faults] == [[Fault(status=503)]]
    assert shown.is_held
    assert shown.ahead == emulator.clock.now().timestamp()


def test_a_clock_that_runs_is_told_as_a_difference(emulator: Emulator) -> None:
    emulator.clock.release()
    emulator.clock.advance(hours=1)
    shown = emulator.snapshot()
    assert not shown.is_held
    assert shown.ahead == pytest.approx(3600, abs=5)
    assert emulator.snapshot() == shown


def test_an_encoder_is_shown_while_it_is_connected(core: FastpixCore, emulator: Emulator) -> None:
    stream = new_stream(core)

    def is_connected() -> bool:
        return emulator.snapshot().streams[0].is_connected

    emulator.connect_encoder(stream.stream_id)
    assert is_connected()
    emulator.clock.advance(seconds=1)
    assert is_connected()
    emulator.disconnect_encoder(stream.stream_id)
    assert not is_connected()


def test_what_has_arrived_of_an_upload_is_shown(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    assert emulator.snapshot().uploads[0].received == 0
    put_part(web, url, 0, BLOCK, str(2 * BLOCK))
    shown = emulator.snapshot().uploads[0]
    assert (shown.status, shown.received, shown.total) == ("waiting", BLOCK, 2 * BLOCK)


def test_no_secret_is_shown(core: FastpixCore, emulator: Emulator, inbox: Inbox) -> None:
    stream = new_stream(core)
    key = signing_keys_create(core, CreateSigningKeyRequest()).unwrap().data
    simulcast = CreateSimulcastRequest(stream.stream_id, "rtmps://example.com/live", "the secret key")
    simulcasts_create(core, simulcast).unwrap()
    request = CreateUploadRequest("*", PushMediaSettings(access_policy="public"))
    started = uploads_create(core, request).unwrap().data
    upload(core, b"a").unwrap()
    secrets = (
        *(stream.stream_key, stream.srt_secret, key.private_key, "the secret key", inbox.secret),
        *(emulator.password, str(started.url).partition("upload_id=")[2]),
    )
    shown = text_of(emulator.snapshot())
    assert "[redacted]" in shown
    assert [secret for secret in secrets if str(secret) in shown] == []


def test_a_body_that_is_no_json_is_shown_as_text(emulator: Emulator, web: httpx.Client) -> None:
    web.post("/v1/live/streams", content=b"{oops \xff")
    assert emulator.snapshot().requests[0].body == "{oops \ufffd"


def test_a_long_body_is_only_counted(emulator: Emulator, web: httpx.Client) -> None:
    web.post("/v1/live/streams", content=b"[" * 100_000)
    assert emulator.snapshot().requests[0].body == "100000 bytes"


def test_a_body_that_is_nested_too_deeply_is_shown_as_text(emulator: Emulator, web: httpx.Client) -> None:
    web.post("/v1/live/streams", content=b"[" * 9000 + b"]" * 9000)
    assert str(emulator.snapshot().requests[0].body).startswith("[[[")


def test_the_url_of_a_webhook_has_no_secret(emulator: Emulator) -> None:
    emulator.add_webhook("http://user:word@127.0.0.1:1/hooks?token=hidden", probe=False)
    (shown,) = emulator.snapshot().webhooks
    assert shown.url == "http://127.0.0.1:1/hooks?[redacted]"


def test_only_the_newest_are_shown(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(media=[SeedMedia(count=60)], streams=[SeedStream(count=60)]))
    for _ in range(60):
        views_list(core).unwrap()
    shown = emulator.snapshot()
    assert {len(shown.media), len(shown.streams), len(shown.requests)} == {50}
    assert shown.totals.media == 60
    assert [shown.requests[0].number, shown.requests[-1].number] == [59, 10]


def test_numbers_of_requests_go_on_after_a_reset(core: FastpixCore, emulator: Emulator) -> None:
    views_list(core).unwrap()
    emulator.reset()
    views_list(core).unwrap()
    assert [one.number for one in emulator.snapshot().requests] == [1]


def test_the_studio_plays_and_shows_private_media(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, movie(), access_policy="private")
    (shown,) = emulator.snapshot().media
    playback_id, grant = shown.grant.split("/")
    assert playback_id == playback_id_of(media)
    for path in (f"/{playback_id}.m3u8", f"/{playback_id}/thumbnail.jpg"):
        assert web.get(path).status_code == 401
        assert web.get(path, params={"pass": grant}).status_code == 200
        assert web.get(path, params={"pass": f"{grant}0"}).status_code == 401


def test_the_studio_starts_uploads(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    url = web.post("/_emulator/uploads").json()["url"]
    assert url.startswith("/_uploads/")
    assert web.put(url, content=movie()).status_code == 200
    emulator.clock.advance(seconds=1)
    (shown,) = emulator.snapshot().media
    assert read_media(core, shown.id).status == "Ready"
    assert web.get("/_emulator/snapshot").json() == msgspec.to_builtins(emulator.snapshot())
