"""Media: create, read, change and delete them, with their tracks, playback ids, AI outputs, clips and uploads."""

from typing import Any

from fastpix.emulator import Emulator, Seed, SeedDrmConfiguration, SeedMedia, SeedStream, SeedUpload
from tests.official.conftest import Answers

VIDEO = {"type": "video", "url": "https://example.com/video.mp4"}
GERMAN = {
    "type": "subtitle",
    "url": "https://example.com/german.vtt",
    "language_code": "de-DE",
    "language_name": "German",
}


def audio_of(sdk: Any, media_id: str) -> Any:
    tracks = sdk.manage_videos.get_media(media_id=media_id).data.tracks
    return next(track.id for track in tracks if track.type == "audio")


def first_playback_id(sdk: Any, media_id: str) -> Any:
    return sdk.playback.list_playback_ids(media_id=media_id).data[0].id


def restrictions_of(sdk: Any, media_id: str) -> Any:
    return sdk.playback.list_playback_ids(media_id=media_id).data[0].access_restrictions


def status_of(sdk: Any, answers: Answers, media_id: str, output: str) -> Any:
    """Return the status of an AI output of a media, which the SDK drops."""
    sdk.manage_videos.get_media(media_id=media_id)
    return answers[-1][1]["data"][output]["status"]


def test_create_media(sdk: Any, emulator: Emulator) -> None:
    created = sdk.input_video.create_media(inputs=[VIDEO], access_policy="public", metadata={"k": "v"}).data
    assert (created.status, created.metadata, created.playback_ids[0].access_policy) == (
        "Created",
        {"k": "v"},
        "public",
    )
    emulator.clock.advance(minutes=1)
    assert sdk.manage_videos.get_media(media_id=created.id).data.status == "Ready"


def test_direct_upload_video_media(sdk: Any) -> None:
    settings = {"access_policy": "public", "metadata": {"k": "v"}, "mp4_support": "capped_4k", "optimize_audio": True}
    upload = sdk.input_video.direct_upload_video_media(
        request={"cors_origin": "https://example.com", "push_media_settings": settings}
    ).data
    assert (upload.status, upload.timeout, upload.cors_origin) == ("waiting", 14_400, "https://example.com")
    assert upload.push_media_settings.metadata == {"k": "v"}


def test_list_media(sdk: Any, emulator: Emulator) -> None:
    ids = emulator.seed(Seed(media=[SeedMedia(count=3, mp4_support="capped_4k")])).media_ids
    first = sdk.manage_videos.list_media(limit=2, offset=1, order_by="asc")
    assert [media.id for media in first.data] == ids[:2]
    assert [media.id for media in sdk.manage_videos.list_media(limit=2, offset=2, order_by="asc").data] == ids[2:]
    page = first.pagination
    assert (page.total_records, page.current_offset, page.offset_count) == (3, 1, 2)


def test_list_media_in_all_states(sdk: Any, emulator: Emulator) -> None:
    states: Any = ("Created", "Processing", "Ready", "Failed")
    emulator.seed(Seed(media=[SeedMedia(status=status) for status in states]))
    assert {media.status for media in sdk.manage_videos.list_media().data} == {*states}


def test_list_live_clips(sdk: Any, emulator: Emulator) -> None:
    [stream_id] = emulator.seed(Seed(streams=[SeedStream(clips=2)])).stream_ids
    clips = sdk.manage_videos.list_live_clips(livestream_id=stream_id, limit=1).data
    assert [(clip.stream_id, clip.duration) for clip in clips] == [(stream_id, 30)]


def test_get_media(sdk: Any, media_id: str) -> None:
    media = sdk.manage_videos.get_media(media_id=media_id).data
    assert (media.id, media.status, media.duration, media.aspect_ratio) == (media_id, "Ready", 10, "16:9")
    video, audio = media.tracks
    assert (video.type, video.width, video.height, video.frame_rate) == ("video", 1920, 1080, "30.000")
    assert (audio.type, audio.language_code, audio.status) == ("audio", "und", "available")


def test_updated_media(sdk: Any, media_id: str) -> None:
    assert sdk.manage_videos.updated_media(media_id=media_id, metadata={"k": "new"}).data.metadata == {"k": "new"}
    assert sdk.manage_videos.get_media(media_id=media_id).data.metadata == {"k": "new"}


def test_delete_media(sdk: Any, media_id: str) -> None:
    assert sdk.manage_videos.delete_media(media_id=media_id).success
    assert sdk.manage_videos.list_media().data == []


def test_add_media_track(sdk: Any, emulator: Emulator, media_id: str) -> None:
    track = sdk.manage_videos.add_media_track(media_id=media_id, tracks={**GERMAN, "title": "Untertitel"}).data
    assert (track.type, track.language_code, track.url) == ("subtitle", "de-DE", GERMAN["url"])
    emulator.clock.advance(minutes=1)
    added = sdk.manage_videos.get_media(media_id=media_id).data.tracks[-1]
    assert (added.id, added.status, added.title) == (track.id, "available", "Untertitel")


def test_update_media_track(sdk: Any, media_id: str) -> None:
    track = sdk.manage_videos.update_media_track(
        media_id=media_id,
        track_id=audio_of(sdk, media_id),
        language_code="it",
        language_name="Italian",
        title="Commento",
    ).data
    assert (track.type, track.language_code, track.language_name, track.title) == ("audio", "it", "Italian", "Commento")


def test_delete_media_track(sdk: Any, media_id: str) -> None:
    assert sdk.manage_videos.delete_media_track(media_id=media_id, track_id=audio_of(sdk, media_id)).success
    assert [track.type for track in sdk.manage_videos.get_media(media_id=media_id).data.tracks] == ["video"]


def test_generate_subtitle_track(sdk: Any, emulator: Emulator, media_id: str) -> None:
    track = sdk.manage_videos.generate_subtitle_track(
        media_id=media_id,
        track_id=audio_of(sdk, media_id),
        language_name="English",
        language_code="en-US",
        metadata={"k": "v"},
        title="Captions",
    ).data
    assert (track.type, track.language_code, track.title) == ("subtitle", "en-US", "Captions")
    emulator.clock.advance(minutes=1)
    media = sdk.manage_videos.get_media(media_id=media_id).data
    assert (media.subtitle_available, media.generated_subtitles[0]["status"]) == (True, "available")
    assert media.generated_subtitles[0]["url"].endswith(f"/{track.id}.vtt")


def test_updated_source_access(sdk: Any, media_id: str) -> None:
    assert sdk.manage_videos.updated_source_access(media_id=media_id, source_access=True).data.source_access
    assert not sdk.manage_videos.updated_source_access(media_id=media_id, source_access=False).data.source_access


def test_updated_mp4_support(sdk: Any, emulator: Emulator, media_id: str) -> None:
    wanted = sdk.manage_videos.updated_mp4_support(media_id=media_id, mp4_support="audioOnly,capped_4k").data
    assert {file.status for file in wanted.mp4_support} == {"preparing"}
    emulator.clock.advance(minutes=1)
    video, audio = sdk.manage_videos.get_media(media_id=media_id).data.mp4_support
    assert (video.type, video.ext, video.height, video.status) == ("capped_4k", "mp4", 1080, "ready")
    assert (audio.type, audio.ext, audio.height, audio.status) == ("audioOnly", "m4a", None, "ready")
    assert not sdk.manage_videos.updated_mp4_support(media_id=media_id, mp4_support="none").data.mp4_support


def test_retrieve_media_input_info(sdk: Any, media_id: str) -> None:
    info = sdk.manage_videos.retrieve_media_input_info(media_id=media_id).data
    assert (info.configuration.url, info.file.container_format) == (VIDEO["url"], "mp4")
    assert [track.type for track in info.file.tracks] == ["video", "audio"]


def test_get_summary(sdk: Any, emulator: Emulator, media_id: str) -> None:
    sdk.in_video_ai_features.update_media_summary(media_id=media_id, generate=True)
    emulator.clock.advance(minutes=1)
    assert sdk.manage_videos.get_summary(media_id=media_id).data


def test_list_uploads(sdk: Any, emulator: Emulator) -> None:
    ids = emulator.seed(Seed(uploads=[SeedUpload(count=2)])).upload_ids
    found = sdk.manage_videos.list_uploads(limit=10, offset=1, order_by="asc")
    assert [upload.upload_id for upload in found.data] == ids
    assert found.pagination.total_records == 2


def test_cancel_upload(sdk: Any, emulator: Emulator) -> None:
    [upload_id] = emulator.seed(Seed(uploads=[SeedUpload()])).upload_ids
    cancelled = sdk.manage_videos.cancel_upload(upload_id=upload_id).data
    assert (cancelled.upload_id, cancelled.status) == (upload_id, "cancelled")
    assert sdk.manage_videos.list_uploads().data == []


def test_get_media_clips(sdk: Any, emulator: Emulator, media_id: str) -> None:
    source = {"type": "video", "url": f"fp_mediaId://{media_id}", "start_time": 2, "end_time": 5}
    clip_id = sdk.input_video.create_media(inputs=[source], access_policy="public").data.id
    emulator.clock.advance(minutes=1)
    [clip] = sdk.manage_videos.get_media_clips(source_media_id=media_id, offset=1, limit=5, order_by="asc").data
    assert (clip.id, clip.status, clip.duration) == (clip_id, "Ready", 3)


def test_update_media_summary(sdk: Any, media_id: str) -> None:
    answer = sdk.in_video_ai_features.update_media_summary(media_id=media_id, generate=True, summary_length=30).data
    assert (answer.media_id, answer.is_generated_summary) == (media_id, True)


def test_update_media_chapters(sdk: Any, emulator: Emulator, answers: Answers, media_id: str) -> None:
    answer = sdk.in_video_ai_features.update_media_chapters(media_id=media_id, chapters=True).data
    assert (answer.media_id, answer.is_generated_chapters) == (media_id, True)
    emulator.clock.advance(minutes=1)
    assert status_of(sdk, answers, media_id, "chapters") == "available"


def test_update_media_named_entities(sdk: Any, emulator: Emulator, answers: Answers, media_id: str) -> None:
    answer = sdk.in_video_ai_features.update_media_named_entities(media_id=media_id, named_entities=True).data
    assert (answer.media_id, answer.is_generated_named_entities) == (media_id, True)
    emulator.clock.advance(minutes=1)
    assert status_of(sdk, answers, media_id, "namedEntities") == "available"


def test_update_media_moderation(sdk: Any, emulator: Emulator, answers: Answers, media_id: str) -> None:
    answer = sdk.in_video_ai_features.update_media_moderation(media_id=media_id, moderation={"type": "video"}).data
    assert (answer.media_id, answer.is_moderation_enabled) == (media_id, True)
    emulator.clock.advance(minutes=1)
    assert status_of(sdk, answers, media_id, "moderation") == "available"


def test_create_media_playback_id(sdk: Any, media_id: str) -> None:
    created = sdk.playback.create_media_playback_id(
        media_id=media_id,
        access_policy="private",
        access_restrictions={"domains": {"default_policy": "deny", "allow": ["example.com"]}},
        resolution="720p",
    ).data
    assert (created.access_policy, created.resolution) == ("private", "720p")
    assert created.access_restrictions.domains.allow == ["example.com"]


def test_create_media_playback_id_with_drm(sdk: Any, emulator: Emulator, media_id: str) -> None:
    [drm] = emulator.seed(Seed(drm_configurations=[SeedDrmConfiguration()])).drm_configuration_ids
    created = sdk.playback.create_media_playback_id(
        media_id=media_id, access_policy="drm", drm_configuration_id=drm
    ).data
    assert (created.access_policy, created.resolution) == ("drm", None)


def test_get_playback_id(sdk: Any, media_id: str) -> None:
    id = first_playback_id(sdk, media_id)
    found = sdk.playback.get_playback_id(media_id=media_id, playback_id=id).data
    assert (found.id, found.access_policy, found.access_restrictions.domains.default_policy) == (id, "public", "allow")


def test_list_playback_ids(sdk: Any, media_id: str) -> None:
    sdk.playback.create_media_playback_id(media_id=media_id, access_policy="private")
    found = sdk.playback.list_playback_ids(media_id=media_id).data
    assert [playback_id.access_policy for playback_id in found] == ["public", "private"]


def test_delete_media_playback_id(sdk: Any, media_id: str) -> None:
    id = first_playback_id(sdk, media_id)
    assert sdk.playback.delete_media_playback_id(media_id=media_id, playback_id=id).success
    assert sdk.playback.list_playback_ids(media_id=media_id).data == []


def test_update_domain_restrictions(sdk: Any, media_id: str) -> None:
    id = first_playback_id(sdk, media_id)
    answer = sdk.playback.update_domain_restrictions(
        media_id=media_id, playback_id=id, default_policy="deny", allow=["example.com"], deny=[]
    ).data
    assert (answer.default_policy, answer.allow, answer.deny) == ("deny", ["example.com"], [])
    assert restrictions_of(sdk, media_id).domains.allow == ["example.com"]


def test_update_user_agent_restrictions(sdk: Any, media_id: str) -> None:
    id = first_playback_id(sdk, media_id)
    answer = sdk.playback.update_user_agent_restrictions(
        media_id=media_id, playback_id=id, default_policy="allow", deny=["PostmanRuntime"]
    ).data
    assert (answer.default_policy, answer.allow, answer.deny) == ("allow", [], ["PostmanRuntime"])
    assert restrictions_of(sdk, media_id).user_agents.deny == ["PostmanRuntime"]
