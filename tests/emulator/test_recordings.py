"""The local FastPix answers as recorded in May 2026, and as the examples of November 2026 show: keys, types and nulls."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fastpix._call.validation import mapping, sequence
from fastpix.emulator import Content, Delays, Emulator, Seed, SeedFile, SeedMedia, SeedStream, SeedView
from fastpix.emulator.workspace import Forms

TESTS = Path(__file__).parent.parent
OBSERVED = {path.stem: json.loads(path.read_bytes()) for path in sorted((TESTS / "observed").glob("*.json"))}
NOVEMBER: dict[str, Any] = json.loads((TESTS / "november" / "examples.json").read_bytes())
VIDEO = "https://example.com/v.mp4"


class Service:
    """A local FastPix with the state that the recordings need: a media, a stream, and views."""

    def __init__(self, forms: Forms) -> None:
        self.emulator = Emulator(forms=forms, delays=Delays.all(1))
        self.emulator.clock.hold()
        auth = (self.emulator.username, self.emulator.password)
        self._web = httpx.Client(transport=self.emulator.transport(), base_url="https://api.fastpix.com/v1/", auth=auth)

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request, and return the body of the response."""
        return self._web.request(method, path, json=body).json()

    def media(self, **settings: Any) -> str:
        body = {"inputs": [{"type": "video", "url": VIDEO}], "accessPolicy": "public", **settings}
        media_id: str = self("POST", "on-demand", body)["data"]["id"]
        return media_id

    def ready(self, **settings: Any) -> str:
        media_id = self.media(**settings)
        self.wait()
        return media_id

    def wait(self) -> None:
        self.emulator.clock.advance(minutes=1)

    def stream(self, **settings: Any) -> Any:
        body = {"playbackSettings": {"accessPolicy": "public"}, "inputMediaSettings": {}, **settings}
        return self("POST", "live/streams", body)

    def stream_and_playback_id(self) -> str:
        stream = self.stream()["data"]
        return f"live/streams/{stream['streamId']}/playback-ids/{stream['playbackIds'][0]['id']}"

    def media_and_playback_id(self) -> str:
        media_id = self.ready()
        (playback_id,) = self("GET", f"on-demand/{media_id}/playback-ids")["data"]
        return f"on-demand/{media_id}/playback-ids/{playback_id['id']}"

    def audio(self, media_id: str, **settings: str) -> str:
        track = {"url": VIDEO, "type": "audio", "languageCode": "it", "languageName": "Italian", **settings}
        track_id: str = self("POST", f"on-demand/{media_id}/tracks", {"tracks": track})["data"]["id"]
        return f"on-demand/{media_id}/tracks/{track_id}"

    def subtitles(self, media_id: str) -> Any:
        language = {"languageName": "English", "languageCode": "en-US"}
        return self("POST", f"{self.audio(media_id)}/generate-subtitles", language)

    def playlist(self) -> str:
        body = {"name": "a", "referenceId": "a", "type": "manual", "description": "b"}
        playlist_id: str = self("POST", "on-demand/playlists", body)["data"]["id"]
        return f"on-demand/playlists/{playlist_id}"

    def simulcast(self) -> str:
        stream_id = self.stream()["data"]["streamId"]
        body = {"url": "rtmp://example.com/app/", "streamKey": "k", "metadata": {"a": "b"}}
        simulcast_id = self("POST", f"live/streams/{stream_id}/simulcast", body)["data"]["simulcastId"]
        return f"live/streams/{stream_id}/simulcast/{simulcast_id}"

    def views(self) -> None:
        error = {"errorCode": "networkError", "errorMessage": "fragLoadError", "qualityOfExperienceScore": 0.5}
        titled = {"videoTitle": "A", "playbackScore": 0.5, "qualityOfExperienceScore": 0.5}
        self.emulator.seed(Seed(views=[SeedView(count=3, fields=titled), SeedView(fields=titled | error)]))


def with_ai(service: Service, path: str, body: Any) -> Any:
    return service("PATCH", f"on-demand/{service.ready()}/{path}", body)


def updated_media(service: Service) -> Any:
    media_id = service.ready()
    service.subtitles(media_id)
    body = {"title": "a", "creatorId": "b", "metadata": {"c": "d"}}
    return service("PATCH", f"on-demand/{media_id}", body)


def streams(service: Service) -> Any:
    service.stream(inputMediaSettings={"metadata": {"a": "b"}})
    service.simulcast()
    return service("GET", "live/streams")


def all_streams(service: Service) -> Any:
    """Return two streams, as recorded: one without metadata, and one with metadata and a simulcast."""
    service.stream()
    stream_id = service.stream(inputMediaSettings={"metadata": {"a": "b"}})["data"]["streamId"]
    body = {"url": "rtmp://example.com/app/", "streamKey": "k", "metadata": {"a": "b"}}
    service("POST", f"live/streams/{stream_id}/simulcast", body)
    return service("GET", "live/streams")


def playlist_with_media(service: Service) -> tuple[str, str]:
    media_id, playlist = service.ready(), service.playlist()
    service("PATCH", f"{playlist}/media", {"mediaIds": [media_id]})
    return playlist, media_id


def reordered(service: Service) -> Any:
    playlist, media_id = playlist_with_media(service)
    return service("PUT", f"{playlist}/media", {"mediaIds": [media_id]})


def emptied(service: Service) -> Any:
    playlist, media_id = playlist_with_media(service)
    return service("DELETE", f"{playlist}/media", {"mediaIds": [media_id]})


def with_views(service: Service, path: str) -> Any:
    service.views()
    return service("GET", path)


def signing_keys(service: Service) -> Any:
    service("POST", "iam/signing-keys", {})
    return service("GET", "iam/signing-keys")


def deleted_signing_key(service: Service) -> Any:
    key = service("POST", "iam/signing-keys", {})["data"]["id"]
    return service("DELETE", f"iam/signing-keys/{key}")


def stream_path(service: Service, action: str) -> Any:
    stream_id = service.stream()["data"]["streamId"]
    return service("PUT", f"live/streams/{stream_id}/{action}")


def enabled(service: Service) -> Any:
    (stream_id,) = service.emulator.seed(Seed(streams=[SeedStream(status="disabled")])).stream_ids
    return service("PUT", f"live/streams/{stream_id}/live-enable")


def uploaded(service: Service) -> Any:
    settings = {"accessPolicy": "public", "metadata": {"a": "b"}}
    return service("POST", "on-demand/upload", {"corsOrigin": "*", "pushMediaSettings": settings})


def listed_media(service: Service) -> Any:
    service.ready(metadata={"a": "b"})
    return service("GET", "on-demand")


def deleted_playback_id(service: Service, path: str) -> Any:
    path, _, playback_id = path.rpartition("/")
    return service("DELETE", f"{path}?playbackId={playback_id}")


def updated_track(service: Service) -> Any:
    language = {"languageCode": "en", "languageName": "English"}
    return service("PATCH", service.audio(service.ready()), language)


OURS: dict[str, Callable[[Service], Any]] = {
    "Generate-subtitle-track": lambda service: service.subtitles(service.ready()),
    "change-media-order-in-playlist": reordered,
    "complete-live-stream": lambda service: stream_path(service, "finish"),
    "create-a-playlist": lambda service: service("GET", service.playlist()),
    "delete-a-playlist": lambda service: service("DELETE", service.playlist()),
    "delete-media-from-playlist": emptied,
    "delete-media-playback-id": lambda service: deleted_playback_id(service, service.media_and_playback_id()),
    "delete-media": lambda service: service("DELETE", f"on-demand/{service.media()}"),
    "delete-playbackId-of-stream": lambda service: deleted_playback_id(service, service.stream_and_playback_id()),
    "delete-simulcast-of-stream": lambda service: service("DELETE", service.simulcast()),
    "delete_signing_key": deleted_signing_key,
    "direct-upload-video-media": uploaded,
    "enable-live-stream": enabled,
    "get-all-streams": all_streams,
    "get-live-stream-playback-id": lambda service: service("GET", service.stream_and_playback_id()),
    "get-live-stream-viewer-count-by-id": lambda service: service(
        "GET", f"live/streams/{service.stream()['data']['streamId']}/viewer-count"
    ),
    "get-media-summary": lambda service: service("GET", f"on-demand/{service.ready()}/summary"),
    "get-playback-id": lambda service: service("GET", service.media_and_playback_id()),
    "get-specific-simulcast-of-stream": lambda service: service("GET", service.simulcast()),
    "getDrmConfiguration": lambda service: service("GET", "on-demand/drm-configurations"),
    "list-live-clips": lambda service: service("GET", f"on-demand/{'0' * 32}/live-clips"),
    "list-media": listed_media,
    "list_breakdown_values": lambda service: with_views(service, "data/metrics/playback_score/breakdown"),
    "list_dimensions": lambda service: service("GET", "data/dimensions"),
    "list_errors": lambda service: with_views(service, "data/errors"),
    "list_filter_values_for_dimension": lambda service: with_views(service, "data/dimensions/browser_name"),
    "list_signing_keys": signing_keys,
    "list_video_views": lambda service: with_views(service, "data/viewlist?filterby[]=playback_failed:false"),
    "update-a-playlist": lambda service: service("PUT", service.playlist(), {"name": "b", "description": "c"}),
    "update-media-moderation": lambda service: with_ai(service, "moderation", {"moderation": {"type": "video"}}),
    "update-media-summary": lambda service: with_ai(service, "summary", {"generate": True}),
    "update-media-track": updated_track,
    "update-user-agent-restrictions": lambda service: service(
        "PATCH", f"{service.media_and_playback_id()}/user-agents", {"allow": ["Mozilla"]}
    ),
    "updated-media": updated_media,
}
"""How a local FastPix with the forms of May comes to the response that was recorded for each operation."""


def shape(value: object, key: object = "") -> Any:
    """Return keys and types of a value. The keys of metadata are the user's own, and a list has the shapes of its items."""
    fields, items = mapping(value), sequence(value)
    if key == "metadata" and not {"createdDate", "aggregation"} & fields.keys():
        return "map"
    if isinstance(value, dict):
        return {str(name): shape(part, name) for name, part in fields.items()}
    if isinstance(value, list):
        return sorted({json.dumps(shape(item), sort_keys=True) for item in items})
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, int | float) else "text"


def test_there_is_a_way_to_each_recorded_answer() -> None:
    assert OURS.keys() == OBSERVED.keys()


@pytest.mark.parametrize("name", OBSERVED)
def test_the_answer_has_the_shape_of_the_one_recorded_in_may(name: str) -> None:
    ours = OURS[name](Service("2026-05"))
    assert shape(ours) == shape(OBSERVED[name])
    if "error" in ours:
        assert ours == OBSERVED[name]


def november_media(service: Service) -> Any:
    media_id = service.ready(title="t", mp4Support="audioOnly,capped_4k")
    track = service.audio(media_id, title="Commentary")
    service.wait()
    tracks = service("GET", f"on-demand/{media_id}")["data"]["tracks"]
    (default,) = [track["id"] for track in tracks if track.get("languageName") == "default"]
    service("DELETE", f"on-demand/{media_id}/tracks/{default}")
    assert track.rpartition("/")[2] != default
    return service("GET", f"on-demand/{media_id}")


def restricted_stream(service: Service) -> Any:
    return service("POST", "live/streams", NOVEMBER["create-new-stream-request"])


def restricted_live_playback_id(service: Service) -> Any:
    path = service.stream_and_playback_id()
    service("PATCH", f"{path}/domains", {"deny": ["bad.example"]})
    return service("GET", path)


def titled_track(service: Service) -> Any:
    return service("PATCH", service.audio(service.ready()), NOVEMBER["update-media-track-request"])


def job(service: Service, name: str) -> Any:
    media_id = service.ready()
    service("POST", f"ai/{media_id}/{name}")
    service.wait()
    return service("GET", f"ai/{media_id}/{name}")


def just_created(service: Service) -> Any:
    service.media()
    return service("GET", "on-demand")


OURS_IN_NOVEMBER: dict[str, Callable[[Service], Any]] = {
    "get-media": november_media,
    "list-media-just-created": just_created,
    "create-new-stream": restricted_stream,
    "get-live-stream-playback-id": restricted_live_playback_id,
    "live-domains": lambda service: service(
        "PATCH", f"{service.stream_and_playback_id()}/domains", NOVEMBER["live-domains-request"]
    ),
    "update-media-track": titled_track,
    "create-advanced-summary": lambda service: service("POST", f"ai/{service.ready()}/advanced-summary"),
    "get-media-advanced-summary": lambda service: job(service, "advanced-summary"),
    "get-attributed-transcript": lambda service: job(service, "attributed-transcript"),
}
"""The same with the forms of November. `get-media-no-mp4` is no whole answer, and the others are requests."""


def test_there_is_a_way_to_each_example_of_november() -> None:
    answers = {name for name, body in NOVEMBER.items() if isinstance(body, dict) and "success" in body}
    assert OURS_IN_NOVEMBER.keys() == answers - {"get-media-no-mp4"}


@pytest.mark.parametrize("name", OURS_IN_NOVEMBER)
def test_the_answer_has_the_shape_of_the_example_of_november(name: str) -> None:
    ours = OURS_IN_NOVEMBER[name](Service("2026-11"))
    if name == "get-media":
        assert ours["data"].pop("thumbnail")  # the example leaves it out, and every recorded media that is ready has it
    assert shape(ours) == shape(NOVEMBER[name])


def differences(one: object, other: object, at: str = "") -> Iterator[str]:
    """Yield the places at which two values have other keys or types."""
    fields, items = mapping(one), sequence(one)
    for name in sorted(map(str, fields.keys() | mapping(other).keys())):
        yield from differences(fields.get(name), mapping(other).get(name), f"{at}.{name}")
    for index, (a, b) in enumerate(zip(items, sequence(other), strict=False)):
        yield from differences(a, b, f"{at}[{index}]")
    if type(one) is not type(other):
        yield at


def test_the_forms_of_may_differ_in_what_changed_since() -> None:
    def media(service: Service) -> Any:
        (media_id,) = service.emulator.seed(
            Seed(
                files=[SeedFile(VIDEO, Content(duration=3725.5))],
                media=[SeedMedia(mp4_support="audioOnly,capped_4k", content=Content(duration=3725.5))],
            )
        ).media_ids
        service.audio(media_id, title="Commentary")
        return service("GET", f"on-demand/{media_id}")["data"]

    def input_tracks(service: Service) -> Any:
        media_id = service.ready()
        service.audio(media_id, title="Commentary")
        return service("GET", f"on-demand/{media_id}/input-info")["data"]["file"]["tracks"]

    assert [*differences(input_tracks(Service("2026-11")), input_tracks(Service("2026-05")))] == ["[2].title"]
    now, may = media(Service("2026-11")), media(Service("2026-05"))
    assert [*differences(now, may)] == [".duration", ".mp4Support", ".optimizeAudio", ".tracks[2].title"]
    assert (may["duration"], may["mp4Support"]) == ("01:02:05", "audioOnly,capped_4k")
    assert now["duration"] == 3725.5
    assert [*differences(streams(Service("2026-11")), streams(Service("2026-05")))] == [
        ".data[0].mediaQuality",
        ".data[1].mediaQuality",
    ]
