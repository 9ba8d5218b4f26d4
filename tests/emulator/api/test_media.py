from typing import Any

import httpx
import pytest

from fastpix import FastpixCore, Success
from fastpix.api.common import AccessRestrictionSettings, Ack, Moderation, RestrictionSettings
from fastpix.api.media import (
    AudioInput,
    CreateMediaRequest,
    DeleteMediaRequest,
    GenerateSubtitles,
    GetMediaInputInfoRequest,
    GetMediaRequest,
    ListMediaClipsRequest,
    ListMediaRequest,
    Media,
    MediaInsight,
    SubtitleInput,
    Summary,
    UpdateMediaRequest,
    UpdateMp4SupportRequest,
    UpdateSourceAccessRequest,
    VideoInput,
    WatermarkInput,
    media_create,
    media_delete,
    media_get,
    media_get_input_info,
    media_list,
    media_list_clips,
    media_update,
    media_update_mp4_support,
    media_update_source_access,
)
from fastpix.api.media_ai import (
    CreateAdvancedSummaryRequest,
    GetAdvancedSummaryRequest,
    GetMediaSummaryRequest,
    media_ai_create_advanced_summary,
    media_ai_get_advanced_summary,
    media_ai_get_summary,
)
from fastpix.emulator import Content, Emulator, Seed, SeedDrmConfiguration, SeedFile, SeedMedia
from tests.emulator.acts import NOWHERE, bad_fields, new_media, read_media, ready_media, refusal, signer
from tests.pages import paging


def listed(core: FastpixCore) -> list[Media]:
    return media_list(core).unwrap().data


def test_a_media_is_created_processed_and_ready_as_the_clock_goes_on(core: FastpixCore, emulator: Emulator) -> None:
    media_id = new_media(core)
    seen = [read_media(core, media_id).status]
    for _ in range(3):
        emulator.clock.advance(seconds=0.3)
        seen.append(read_media(core, media_id).status)
    assert seen == ["Created", "Processing", "Ready", "Ready"]


def test_the_time_of_a_change_is_the_time_at_which_it_was_due(core: FastpixCore, emulator: Emulator) -> None:
    media_id = new_media(core)
    emulator.clock.advance(hours=5)
    media = read_media(core, media_id)
    assert media.created_at is not None
    assert media.updated_at is not None
    assert (media.updated_at - media.created_at).total_seconds() == pytest.approx(0.5)


def test_a_new_media_hides_what_it_holds(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(files=[SeedFile("https://example.com/small.mp4", Content(duration=2.5, width=640, height=360))]))
    media_id = new_media(core, "https://example.com/small.mp4")
    for media in (read_media(core, media_id), *listed(core)):
        assert (media.thumbnail, media.aspect_ratio, media.tracks, media.duration) == (None, None, [], 0)
        assert (media.source_resolution, media.generated_subtitles, media.mp4_support) == ("1080p", [], None)
        assert [dict(playback_id).keys() for playback_id in media.playback_ids or ()] == [{"id", "accessPolicy"}]
    emulator.clock.advance(seconds=1)
    media = read_media(core, media_id)
    assert (media.duration, media.source_resolution, media.aspect_ratio) == (2.5, "360p", "16:9")
    assert media.thumbnail == f"https://images.fastpix.com/{(media.playback_ids or [])[0].id}/thumbnail.png"


def test_finished_tracks_are_ready_in_a_list_and_available_in_detail(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    detailed, (in_list,) = read_media(core, media_id), listed(core)
    assert [(track.type, track.status) for track in detailed.tracks or ()] == [
        ("video", "available"),
        ("audio", "available"),
    ]
    assert [track.status for track in in_list.tracks or ()] == ["Ready", "Ready"]
    assert [track.language_code for track in detailed.tracks or ()] == [None, "und"]


def test_sound_without_video_is_audio_only(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(files=[SeedFile("https://example.com/a.mp3", Content(duration=60, width=0, height=0))]))
    media = read_media(core, ready_media(core, emulator, url="https://example.com/a.mp3"))
    assert (media.is_audio_only, [track.type for track in media.tracks or ()]) == (True, ["audio"])
    assert media.aspect_ratio is None


def test_a_video_without_sound_has_one_track(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(media=[SeedMedia(content=Content(audio=False))]))
    assert [track.type for media in listed(core) for track in media.tracks or ()] == ["video"]


def test_a_video_that_cannot_be_processed_fails(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(files=[SeedFile("https://example.com/gone.mp4", Content(fails=True))]))
    media = read_media(core, ready_media(core, emulator, url="https://example.com/gone.mp4"))
    assert (media.status, media.tracks, media.thumbnail) == ("Failed", [], None)


def test_what_a_media_was_to_have_fails_with_it(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(files=[SeedFile("https://example.com/gone.mp4", Content(fails=True))]))
    media_id = new_media(
        core, "https://example.com/gone.mp4", chapters=True, summary=Summary(generate=True), mp4_support="audioOnly"
    )
    media_ai_create_advanced_summary(core, CreateAdvancedSummaryRequest(media_id)).unwrap()
    emulator.clock.advance(seconds=1)
    media = read_media(core, media_id)
    assert media.chapters == MediaInsight(status="failed", failed_reason="the media has failed")
    assert [getattr(file, "status", file) for file in media.mp4_support or ()] == ["failed"]
    summary = media_ai_get_advanced_summary(core, GetAdvancedSummaryRequest(media_id)).unwrap().data
    assert (summary.status, summary.result) == ("FAILED", None)
    assert refusal(media_ai_get_summary(core, GetMediaSummaryRequest(media_id))) == (400, "Summary failed")


def test_settings_are_kept(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(
        core,
        emulator,
        title="A talk",
        creator_id="me",
        metadata={"a": "b"},
        max_resolution="720p",
        media_quality="pro",
        source_access=True,
        optimize_audio=True,
        access_policy="private",
    )
    media = read_media(core, media_id)
    assert (media.title, media.creator_id, media.metadata) == ("A talk", "me", {"a": "b"})
    assert (media.max_resolution, media.media_quality, media.source_access) == ("720p", "pro", True)
    assert (media.optimize_audio, [id.access_policy for id in media.playback_ids or ()]) == (True, ["private"])


def test_what_was_not_given_is_absent_rather_than_null(core: FastpixCore, emulator: Emulator) -> None:
    keys = dict(read_media(core, ready_media(core, emulator))).keys()
    assert not keys & {"title", "creatorId", "mp4Support", "streamId", "sourceMediaId", "summary", "frameRate"}


def test_restrictions_are_kept_and_read_back(core: FastpixCore) -> None:
    wanted = AccessRestrictionSettings(
        domains=RestrictionSettings(default_policy="deny", allow=["example.com"]),
        user_agents=RestrictionSettings(deny=["curl"]),
    )
    media = read_media(core, new_media(core, access_restrictions=wanted))
    assert [dict(playback_id)["accessRestrictions"] for playback_id in media.playback_ids or ()] == [
        {
            "domains": {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []},
            "userAgents": {"defaultPolicy": "allow", "allow": [], "deny": ["curl"]},
        }
    ]
    local = AccessRestrictionSettings(domains=RestrictionSettings(allow=["localhost"]))
    request = CreateMediaRequest([VideoInput("https://a.b/c")], access_policy="public", access_restrictions=local)
    assert bad_fields(media_create(core, request)) == ["accessRestrictions.domains.allow"]


def test_a_new_media_tells_its_inputs(core: FastpixCore, emulator: Emulator) -> None:
    inputs: list[VideoInput | WatermarkInput | AudioInput | SubtitleInput] = [
        VideoInput("https://example.com/v.mp4"),
        WatermarkInput("https://example.com/w.png"),
        AudioInput("https://example.com/a.mp3"),
        SubtitleInput("https://example.com/s.vtt", "English", "en-US"),
    ]
    created = media_create(core, CreateMediaRequest(inputs, access_policy="public")).unwrap().data
    assert [(one.type, one.url) for one in created.inputs or ()] == [
        ("video", "https://example.com/v.mp4"),
        ("watermark", "https://example.com/w.png"),
        ("audio", "https://example.com/a.mp3"),
        ("subtitle", "https://example.com/s.vtt"),
    ]
    assert (created.status, created.trial) == ("Created", False)
    emulator.clock.advance(seconds=1)
    media = read_media(core, created.id)
    assert [track.type for track in media.tracks or ()] == ["video", "audio", "subtitle"]
    assert media.subtitle_available is True


def test_a_media_needs_a_video(core: FastpixCore) -> None:
    request = CreateMediaRequest([WatermarkInput("https://example.com/w.png")], access_policy="public")
    assert bad_fields(media_create(core, request)) == ["inputs"]


def test_subtitles_are_generated_after_the_media_is_ready(
    core: FastpixCore, emulator: Emulator, web: httpx.Client
) -> None:
    media_id = new_media(core, subtitles=GenerateSubtitles(language_name="Italian", language_code="it"))
    emulator.clock.advance(seconds=0.5)
    media = read_media(core, media_id)
    assert [dict(subtitle) for subtitle in media.generated_subtitles or ()] == [{"status": "preparing"}]
    assert media.subtitle_available is False
    emulator.clock.advance(seconds=1)
    media = read_media(core, media_id)
    (generated,) = media.generated_subtitles or []
    track = (media.tracks or [])[-1]
    assert (generated.status, track.language_name, track.status) == ("available", "Italian", "available")
    assert str(generated.url).endswith(f"/{(media.playback_ids or [])[0].id}/text/{track.id}.vtt")
    assert web.get(str(generated.url)).text.startswith("WEBVTT")


def test_ai_outputs_of_a_new_media_come_to_be_after_it_is_ready(core: FastpixCore, emulator: Emulator) -> None:
    wanted: dict[str, Any] = {
        "summary": Summary(generate=True),
        "chapters": True,
        "named_entities": True,
        "moderation": Moderation(),
    }
    media_id = new_media(core, **wanted)
    emulator.clock.advance(seconds=0.5)
    media = read_media(core, media_id)
    assert {getattr(media, name).status for name in wanted} == {"preparing"}
    emulator.clock.advance(seconds=1)
    media = read_media(core, media_id)
    assert {getattr(media, name).status for name in wanted} == {"available"}
    assert all(getattr(media, name).data for name in wanted)


def test_a_clip_of_a_media_is_a_media(core: FastpixCore, emulator: Emulator) -> None:
    source = ready_media(core, emulator)
    request = CreateMediaRequest(
        [VideoInput(f"fp_mediaId://{source}", start_time=2.5, end_time=7)], access_policy="public"
    )
    clip_id = media_create(core, request).unwrap().data.id
    emulator.clock.advance(seconds=1)
    clip = read_media(core, clip_id)
    assert (clip.source_media_id, clip.duration, clip.status) == (source, 4.5, "Ready")
    page = media_list_clips(core, ListMediaClipsRequest(media_id=source)).unwrap()
    assert (paging(page), [one.id for one in page.data]) == ((1, 1, 1), [clip_id])
    assert media_list_clips(core, ListMediaClipsRequest(media_id=clip_id)).unwrap().data == []
    media_delete(core, DeleteMediaRequest(clip_id)).unwrap()
    assert media_list_clips(core, ListMediaClipsRequest(media_id=source)).unwrap().data == []
    nothing = CreateMediaRequest([VideoInput(f"fp_mediaId://{NOWHERE}")], access_policy="public")
    assert refusal(media_create(core, nothing)) == (404, "media workspace relation not found")
    logo = WatermarkInput("https://example.com/w.png")
    for start, end, field in ((3, 2, "endTime"), (-1, 2, "startTime")):
        video = VideoInput("https://a.b/c", start_time=start, end_time=end)
        wrong = CreateMediaRequest([logo, video], access_policy="public")
        assert bad_fields(media_create(core, wrong)) == [f"inputs[1].{field}"]


def test_drm_needs_a_configuration(core: FastpixCore, emulator: Emulator) -> None:
    def create(**settings: Any) -> Any:
        return media_create(core, CreateMediaRequest([VideoInput("https://a.b/c")], access_policy="drm", **settings))

    assert bad_fields(create()) == ["drmConfigurationId"]
    assert bad_fields(create(drm_configuration_id="x")) == ["drmConfigurationId"]
    assert refusal(create(drm_configuration_id=NOWHERE)) == (400, "DRM ID does not exist")
    (known,) = emulator.seed(Seed(drm_configurations=[SeedDrmConfiguration()])).drm_configuration_ids
    created = create(drm_configuration_id=known).unwrap().data
    assert [playback_id.access_policy for playback_id in created.playback_ids or ()] == ["drm"]
    files = UpdateMp4SupportRequest(created.id, "capped_4k")
    assert refusal(media_update_mp4_support(core, files)) == (400, "mp4Support is not available for DRM")


def test_an_update_changes_what_it_gives(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator, title="A", metadata={"a": "1", "b": "2"})
    updated = media_update(core, UpdateMediaRequest(media_id, metadata={"c": "3"}, creator_id="me")).unwrap().data
    assert (updated.title, updated.metadata, updated.creator_id) == ("A", {"c": "3"}, "me")
    assert read_media(core, media_id) == updated
    updated = media_update(core, UpdateMediaRequest(media_id, title="B")).unwrap().data
    assert (updated.title, updated.metadata) == ("B", {"c": "3"})


def test_source_access_can_be_changed(core: FastpixCore) -> None:
    request = UpdateSourceAccessRequest(new_media(core), source_access=True)
    assert media_update_source_access(core, request).unwrap().data.source_access is True


def test_files_for_download_are_prepared_and_ready(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)

    def files() -> list[Any]:
        return [dict(file) for file in read_media(core, media_id).mp4_support or () if not isinstance(file, str)]

    def update(setting: Any) -> Any:
        return media_update_mp4_support(core, UpdateMp4SupportRequest(media_id, setting))

    assert refusal(update("none")) == (400, "mp4Support value already exists")
    update("audioOnly,capped_4k").unwrap()
    assert files() == [
        {"type": "capped_4k", "status": "preparing", "height": 1080, "width": 1920, "ext": "mp4"},
        {"type": "audioOnly", "status": "preparing", "ext": "m4a"},
    ]
    assert refusal(update("audioOnly,capped_4k")) == (400, "mp4Support value already exists")
    emulator.clock.advance(seconds=1)
    assert [file["status"] for file in files()] == ["ready", "ready"]
    assert "mp4Support" not in dict(update("none").unwrap().data)
    emulator.clock.advance(seconds=1)
    assert files() == []


def test_an_update_of_files_needs_a_value(core: FastpixCore, web: httpx.Client) -> None:
    answered = web.patch(f"/v1/on-demand/{new_media(core)}/update-mp4Support", json={})
    assert (answered.status_code, answered.json()["error"]["code"]) == (400, 400)


def test_a_media_that_failed_gets_nothing_any_more(core: FastpixCore, emulator: Emulator) -> None:
    (media_id,) = emulator.seed(Seed(media=[SeedMedia(status="Failed")])).media_ids
    files = media_update_mp4_support(core, UpdateMp4SupportRequest(media_id, "capped_4k"))
    assert refusal(files) == (400, "media has failed")
    job = media_ai_create_advanced_summary(core, CreateAdvancedSummaryRequest(media_id))
    assert refusal(job) == (400, "media has failed")


def test_files_of_a_new_media_wait_until_it_is_ready(core: FastpixCore, emulator: Emulator) -> None:
    media_id = new_media(core, mp4_support="audioOnly")
    seen: list[Any] = []
    for seconds in (0, 0.5, 0.2):
        emulator.clock.advance(seconds=seconds)
        media = read_media(core, media_id)
        seen.append((media.status, [getattr(file, "status", file) for file in media.mp4_support or ()]))
    assert seen == [("Created", ["preparing"]), ("Ready", ["preparing"]), ("Ready", ["ready"])]


def test_input_info_tells_the_url_and_the_tracks(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator, url="https://example.com/a/talk.mov?x=.y")
    info = media_get_input_info(core, GetMediaInputInfoRequest(media_id)).unwrap().data
    assert info.configuration is not None
    assert info.file is not None
    assert (info.configuration.url, info.file.container_format) == ("https://example.com/a/talk.mov?x=.y", "mov")
    assert [track.type for track in info.file.tracks or ()] == ["video", "audio"]
    plain = media_get_input_info(core, GetMediaInputInfoRequest(new_media(core, "https://example.com/talk"))).unwrap()
    assert plain.data.file is not None
    assert plain.data.file.container_format == "mp4"


def test_a_deleted_media_is_gone_and_does_not_play(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media_id = ready_media(core, emulator)
    (playback_id,) = read_media(core, media_id).playback_ids or []
    assert web.get(f"/{playback_id.id}.m3u8").text.endswith("#EXT-X-ENDLIST\n")
    assert media_delete(core, DeleteMediaRequest(media_id)) == Success(Ack(success=True))
    assert refusal(media_get(core, GetMediaRequest(media_id))) == (404, "media workspace relation not found")
    assert listed(core) == []
    assert web.get(f"/{playback_id.id}.m3u8").status_code == 404


def test_a_media_that_is_deleted_while_it_is_processed_stays_deleted(core: FastpixCore, emulator: Emulator) -> None:
    for seconds in (0, 0.2, 0.55):
        media_id = new_media(core, mp4_support="capped_4k", chapters=True)
        emulator.clock.advance(seconds=seconds)
        media_delete(core, DeleteMediaRequest(media_id)).unwrap()
        emulator.clock.advance(hours=1)
    assert listed(core) == []


def test_a_media_that_is_not_ready_does_not_play(core: FastpixCore, web: httpx.Client, emulator: Emulator) -> None:
    media_id = new_media(core, access_policy="private")
    (playback_id,) = read_media(core, media_id).playback_ids or []
    assert web.get(f"/{playback_id.id}.m3u8").status_code == 401
    token = {"token": signer(core, emulator).sign(str(playback_id.id))}
    refused = web.get(f"/{playback_id.id}.m3u8", params=token)
    assert (refused.status_code, refused.json()["error"]["message"]) == (400, "media is not ready")
    emulator.clock.advance(seconds=1)
    assert "#EXTINF:10.0," in web.get(f"/{playback_id.id}.m3u8", params=token).text


def test_lists_are_in_pages_newest_first(core: FastpixCore, emulator: Emulator) -> None:
    media_ids = emulator.seed(Seed(media=[SeedMedia(count=7)])).media_ids
    page = media_list(core, ListMediaRequest(limit=3, offset=3)).unwrap()
    assert (paging(page), [media.id for media in page.data]) == ((7, 3, 3), [media_ids[0]])
    oldest = media_list(core, ListMediaRequest(limit=2, order_by="asc")).unwrap().data
    assert [media.id for media in oldest] == media_ids[:2]


OF_A_MEDIA: dict[Any, dict[str, Any]] = {
    media_get: {},
    media_delete: {},
    media_update: {},
    media_get_input_info: {},
    media_list_clips: {},
    media_update_source_access: {"source_access": True},
    media_update_mp4_support: {"mp4_support": "none"},
}
"""The operations on a media, with the other fields that their requests need."""


@pytest.mark.parametrize("operation", OF_A_MEDIA, ids=lambda operation: operation.__name__)
def test_a_media_that_does_not_exist_is_not_found(core: FastpixCore, operation: Any) -> None:
    def call(media_id: str) -> Any:
        return operation(core, operation.endpoint.request_type(media_id=media_id, **OF_A_MEDIA[operation]))

    assert refusal(call(NOWHERE)) == (404, "media workspace relation not found")
    assert bad_fields(call("x")) == ["mediaId"]


@pytest.mark.parametrize(
    ("method", "path", "body", "fields"),
    [
        ("POST", "on-demand", {"inputs": [], "accessPolicy": "public", "nonsense": 1}, ["nonsense"]),
        (
            "POST",
            "on-demand",
            {"inputs": [{"type": "video", "url": "https://a.b/c", "size": 1}], "accessPolicy": "public"},
            ["inputs[0].size"],
        ),
        ("PATCH", "on-demand/{id}", {"title": "a", "mediaId": "b", "x": 1}, ["mediaId", "x"]),
        ("PATCH", "on-demand/{id}/update-mp4Support", {"mp4Support": "all"}, ["mp4Support"]),
        ("PATCH", "on-demand/{id}/source-access", {"sourceAccess": "yes"}, ["sourceAccess"]),
    ],
)
def test_a_body_with_unknown_or_wrong_fields_is_refused_by_name(
    core: FastpixCore, web: httpx.Client, method: str, path: str, body: Any, fields: list[str]
) -> None:
    media_id = new_media(core)
    before = read_media(core, media_id)
    answered = web.request(method, f"/v1/{path.format(id=media_id)}", json=body)
    assert answered.status_code == 422
    assert [bad["field"] for bad in answered.json()["error"]["fields"]] == fields
    assert read_media(core, media_id) == before


def test_seeded_media_go_on_from_their_status(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(media=[SeedMedia(status="Processing"), SeedMedia(status="Failed")]))
    assert [media.status for media in listed(core)] == ["Failed", "Processing"]
    emulator.clock.advance(seconds=1)
    assert [media.status for media in listed(core)] == ["Failed", "Ready"]
