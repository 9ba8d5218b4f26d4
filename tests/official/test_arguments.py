"""All values and all settings that the official SDK can send are taken."""

from typing import Any

import pytest

from fastpix.emulator import Emulator, Seed, SeedMedia, SeedView
from tests.official.conftest import Answers
from tests.official.disagreements import DISAGREEMENTS
from tests.official.sdk import OPERATIONS, SDK, choices

VIDEO = {"type": "video", "url": "https://example.com/video.mp4"}
WATERMARK = {
    "type": "watermark",
    "url": "https://example.com/mark.png",
    "placement": {"x_align": "left", "x_margin": "10%", "y_align": "top", "y_margin": "10px"},
    "width": "25%",
    "height": "25%",
    "opacity": "80%",
}
AUDIO = {
    "type": "audio",
    "swap_track_url": "https://example.com/audio.mp3",
    "impose_tracks": [
        {
            "url": "https://example.com/more.mp3",
            "start_time": 0,
            "end_time": 5,
            "fade_in_level": 1,
            "fade_out_level": 2,
        }
    ],
}
SUBTITLE = {
    "type": "subtitle",
    "url": "https://example.com/it.vtt",
    "language_code": "it-IT",
    "language_name": "Italian",
}
EDITS = {
    "start_time": 1,
    "end_time": 6,
    "intro_url": "https://example.com/intro.mp4",
    "outro_url": "https://example.com/outro.mp4",
    "expunge_segments": ["2-3"],
    "segments": [
        {"url": "https://example.com/a.mp4", "insert_at": 3},
        {"url": "https://example.com/b.mp4", "insert_at_end": True},
    ],
}
RESTRICTIONS = {
    "domains": {"default_policy": "deny", "allow": ["example.com"], "deny": []},
    "user_agents": {"default_policy": "allow", "allow": [], "deny": ["PostmanRuntime"]},
}
SETTINGS: dict[str, Any] = {
    "access_policy": "private",
    "metadata": {"k": "v"},
    "subtitles": {"language_name": "English", "language_code": "en", "metadata": {"k": "v"}},
    "mp4_support": "audioOnly,capped_4k",
    "source_access": True,
    "optimize_audio": True,
    "max_resolution": "720p",
    "summary": {"generate": True, "summary_length": 100},
    "chapters": True,
    "named_entities": True,
    "moderation": {"type": "av"},
    "access_restrictions": RESTRICTIONS,
}
DATA: dict[str, Any] = {"timespan": "24:hours", "metric_id": "views", "dimensions_id": "browser_name"}
OF_DATA = [it for it in OPERATIONS.values() if it.group in {"views", "metrics", "dimensions", "errors"}]
VALUES = {f"{it.method}-{name}": (it.method, name) for it in OF_DATA for name in it.parameters if choices(it, name)}
NOT_ANSWERED = {it.value for it in DISAGREEMENTS if it.place == "data.languageCode"}


@pytest.mark.parametrize(("method", "name"), VALUES.values(), ids=VALUES)
def test_each_value_of_an_argument_of_the_data(sdk: Any, emulator: Emulator, method: str, name: str) -> None:
    emulator.seed(Seed(views=[SeedView(), SeedView(fields={"errorCode": "1"})]))
    operation = OPERATIONS[method]
    needed = {argument: value for argument, value in DATA.items() if operation.parameters.get(argument)}
    others = {"value": "x"} if (method, name) == ("list_comparison_values", "dimension") else {}
    for value in choices(operation, name):
        assert operation.call(sdk, **(needed | others | {name: value})).success


@pytest.mark.parametrize("method", ["list_breakdown_values", "list_overall_values", "get_timeseries_data"])
def test_each_measurement_of_each_metric(sdk: Any, emulator: Emulator, method: str) -> None:
    emulator.seed(Seed(views=[SeedView(count=2)]))
    operation = OPERATIONS[method]
    for metric in choices(operation, "metric_id"):
        for measurement in ("95th", "median", "avg", "count", "sum"):
            found = operation.call(sdk, timespan="24:hours", metric_id=metric, measurement=measurement)
            assert found.success


def test_each_language_of_generated_subtitles(sdk: Any, emulator: Emulator) -> None:
    codes = [
        code for code in choices(OPERATIONS["generate_subtitle_track"], "language_code") if code not in NOT_ANSWERED
    ]
    for code, media_id in zip(codes, emulator.seed(Seed(media=[SeedMedia(count=len(codes))])).media_ids, strict=True):
        _, audio = sdk.manage_videos.get_media(media_id=media_id).data.tracks
        track = sdk.manage_videos.generate_subtitle_track(
            media_id=media_id, track_id=audio.id, language_name="Some", language_code=code
        ).data
        assert track.language_code == code


@pytest.mark.parametrize("setting", ["mp4_support", "access_policy"])
def test_each_value_of_a_setting_of_a_media(sdk: Any, setting: str) -> None:
    for value in {*choices(OPERATIONS["create_media"], setting)} - {"drm"}:
        assert sdk.input_video.create_media(inputs=[VIDEO], **({"access_policy": "public"} | {setting: value})).success


def test_each_resolution_of_a_playback_id(sdk: Any, media_id: str) -> None:
    for value in choices(OPERATIONS["create_media_playback_id"], "resolution"):
        created = sdk.playback.create_media_playback_id(media_id=media_id, access_policy="public", resolution=value)
        assert created.data.resolution == value


def test_all_settings_of_a_media(sdk: Any, emulator: Emulator, answers: Answers) -> None:
    inputs = [VIDEO | EDITS, WATERMARK, AUDIO, SUBTITLE]
    created = sdk.input_video.create_media(inputs=inputs, **SETTINGS).data
    assert [one["type"] for one in created.inputs] == ["video", "watermark", "audio", "subtitle"]
    emulator.clock.advance(minutes=1)
    media = sdk.manage_videos.get_media(media_id=created.id).data
    assert (media.status, media.duration, media.max_resolution) == ("Ready", 5, "720p")
    assert (media.source_access, media.optimize_audio) == (True, True)
    assert {(file.type, file.status) for file in media.mp4_support} == {("capped_4k", "ready"), ("audioOnly", "ready")}
    assert [track.type for track in media.tracks] == ["video", "audio", "subtitle", "subtitle"]
    assert media.playback_ids[0].access_restrictions.domains.allow == ["example.com"]
    for output in ("summary", "chapters", "namedEntities", "moderation"):  # the SDK drops them
        assert answers[-1][1]["data"][output]["status"] == "available"


def test_all_settings_of_an_upload(sdk: Any) -> None:
    settings = {**SETTINGS, "inputs": [WATERMARK, AUDIO, SUBTITLE], "start_time": 0, "end_time": 60}
    upload = sdk.input_video.direct_upload_video_media(
        request={"cors_origin": "https://example.com", "push_media_settings": settings}
    ).data
    assert upload.push_media_settings.optimize_audio
    assert upload.push_media_settings.playback_ids[0].access_restrictions.domains.allow == ["example.com"]


def test_the_edits_of_an_upload_have_no_url(sdk: Any) -> None:
    """The SDK requires a url, the description has none, and what the service does is not known."""
    settings = {"access_policy": "public", "inputs": [VIDEO | {"intro_url": "https://example.com/intro.mp4"}]}
    with pytest.raises(SDK.errors.ValidationErrorResponse):
        sdk.input_video.direct_upload_video_media(
            request={"cors_origin": "https://example.com", "push_media_settings": settings}
        )


def test_none_is_no_argument(sdk: Any, emulator: Emulator, media_id: str) -> None:
    emulator.seed(Seed(views=[SeedView()]))
    assert sdk.manage_videos.list_media(limit=None, offset=None, order_by=None).data[0].id == media_id
    assert sdk.manage_videos.updated_media(media_id=media_id, metadata=None).data.metadata == {}
    assert sdk.signing_keys.list_signing_keys(limit=None, offset=None).data == []
    assert len(sdk.views.list_video_views(timespan="24:hours", limit=None, viewer_id=None, error_code=None).data) == 1
    stream = sdk.start_live_stream.create_new_stream(
        playback_settings={"access_policy": None}, input_media_settings={"max_resolution": None, "metadata": None}
    ).data
    assert (stream.max_resolution, stream.metadata) == ("1080p", None)


def test_a_whole_number_with_a_point(sdk: Any) -> None:
    assert sdk.signing_keys.list_signing_keys(limit=10.0, offset=1.0).data == []
