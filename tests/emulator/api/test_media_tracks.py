from typing import Any

import httpx
import pytest

from fastpix import FastpixCore, Success
from fastpix.api.common import Ack, Track
from fastpix.api.media import CreateMediaRequest, SubtitleInput, VideoInput, media_create, media_list
from fastpix.api.media_tracks import (
    AddMediaTrackRequest,
    DeleteMediaTrackRequest,
    GenerateSubtitlesRequest,
    MediaTrack,
    NewTrack,
    UpdateMediaTrackRequest,
    media_tracks_add,
    media_tracks_delete,
    media_tracks_generate_subtitles,
    media_tracks_update,
)
from fastpix.api.playback_ids import DeletePlaybackIdRequest, playback_ids_delete
from fastpix.emulator import Emulator, Seed, SeedMedia
from fastpix.reply import Reply
from tests.emulator.acts import NOWHERE, bad_fields, new_media, read_media, ready_media, refusal

URL = "https://example.com/track"


def adding(core: FastpixCore, media_id: str, name: str, code: str = "it", **settings: Any) -> Reply[Any]:
    track = NewTrack(URL, settings.pop("type", "audio"), code, name, **settings)
    return media_tracks_add(core, AddMediaTrackRequest(media_id, track))


def add(core: FastpixCore, media_id: str, name: str = "Italian", **settings: Any) -> MediaTrack:
    added: MediaTrack = adding(core, media_id, name, **settings).unwrap().data
    return added


def updating(core: FastpixCore, media_id: str, track_id: str, **changes: Any) -> Reply[Any]:
    return media_tracks_update(core, UpdateMediaTrackRequest(media_id=media_id, track_id=track_id, **changes))


def generating(core: FastpixCore, media_id: str, track_id: str, name: str = "English", **settings: Any) -> Reply[Any]:
    request = GenerateSubtitlesRequest(media_id, track_id, name, "en-US", **settings)
    return media_tracks_generate_subtitles(core, request)


def deleting(core: FastpixCore, media_id: str, track_id: str) -> Reply[Any]:
    return media_tracks_delete(core, DeleteMediaTrackRequest(media_id, track_id))


def tracks(core: FastpixCore, media_id: str) -> list[Track]:
    return read_media(core, media_id).tracks or []


def audio_track(core: FastpixCore, media_id: str) -> str:
    return str(next(track.id for track in tracks(core, media_id) if track.type == "audio"))


def test_an_added_track_is_prepared_and_available(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    added = add(core, media_id, title="Commentary")
    assert dict(added) == {
        "id": added.id,
        "type": "audio",
        "url": URL,
        "languageCode": "it",
        "languageName": "Italian",
        "title": "Commentary",
    }
    described = {name: value for name, value in dict(added).items() if name != "url"}
    assert dict(tracks(core, media_id)[-1]) == {**described, "status": "preparing"}
    (in_list,) = media_list(core).unwrap().data
    assert [track.status for track in in_list.tracks or ()] == ["Ready", "Ready", "preparing"]
    emulator.clock.advance(seconds=0.2)
    assert dict(tracks(core, media_id)[-1]) == {**described, "status": "available"}
    assert [track.type for track in tracks(core, media_id)] == ["video", "audio", "audio"]


def test_each_track_is_prepared_by_itself(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    add(core, media_id, "Italian")
    seen: list[list[str | None]] = []
    for seconds in (0.15, 0.1, 0.15):
        emulator.clock.advance(seconds=seconds)
        if not seen:
            add(core, media_id, "French", code="fr")
        seen.append([track.status for track in tracks(core, media_id)[2:]])
    assert seen == [["preparing", "preparing"], ["available", "preparing"], ["available", "available"]]


def test_steps_of_the_clock_add_up(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    add(core, media_id)
    for _ in range(2):
        emulator.clock.advance(seconds=0.1)
    assert tracks(core, media_id)[-1].status == "available"


def test_a_track_without_a_title_has_none(core: FastpixCore, emulator: Emulator) -> None:
    assert "title" not in dict(add(core, ready_media(core, emulator)))


def test_subtitles_are_available_as_soon_as_their_track_is(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    add(core, media_id, type="subtitle")
    assert read_media(core, media_id).subtitle_available is False
    emulator.clock.advance(seconds=1)
    media = read_media(core, media_id)
    assert (media.subtitle_available, media.generated_subtitles) == (True, [])


def test_a_changed_track_is_prepared_again(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    added = add(core, media_id, type="subtitle")
    emulator.clock.advance(seconds=1)
    answered = updating(
        core, media_id, added.id, language_code="fr-FR", language_name="French", title="Sous-titres"
    ).unwrap()
    assert dict(answered.data) == {
        "id": added.id,
        "type": "subtitle",
        "url": URL,
        "languageCode": "fr-FR",
        "languageName": "French",
        "title": "Sous-titres",
    }
    assert tracks(core, media_id)[-1].status == "preparing"
    emulator.clock.advance(seconds=1)
    track = tracks(core, media_id)[-1]
    assert (track.status, track.language_name, track.title) == ("available", "French", "Sous-titres")


def test_an_update_changes_what_it_gives(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    added = add(core, media_id, title="A")
    changed = updating(core, media_id, added.id, title="B").unwrap().data
    assert (changed.language_code, changed.language_name, changed.title) == ("it", "Italian", "B")
    same_name = updating(core, media_id, added.id, language_name="Italian", language_code="it-CH").unwrap().data
    assert (same_name.language_code, same_name.title) == ("it-CH", "B")


def test_a_track_that_came_with_the_file_can_be_changed(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    track_id = audio_track(core, media_id)
    changed = updating(core, media_id, track_id, language_code="it", language_name="Italian").unwrap().data
    assert dict(changed) == {"id": track_id, "type": "audio", "languageCode": "it", "languageName": "Italian"}


def test_the_file_of_a_track_cannot_be_changed(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media_id = ready_media(core, emulator)
    added = add(core, media_id)
    body = {"url": "https://example.com/other", "languageCode": "it", "languageName": "Other"}
    refused = web.patch(f"/v1/on-demand/{media_id}/tracks/{added.id}", json=body)
    assert refused.status_code == 422
    assert [bad["field"] for bad in refused.json()["error"]["fields"]] == ["url"]
    assert tracks(core, media_id)[-1].language_name == "Italian"


def test_a_deleted_track_is_gone(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    before = tracks(core, media_id)
    added = add(core, media_id)
    assert deleting(core, media_id, added.id) == Success(Ack(success=True))
    emulator.clock.advance(hours=1)
    assert tracks(core, media_id) == before
    assert refusal(deleting(core, media_id, added.id)) == (404, "track not found")
    assert add(core, media_id).language_name == "Italian"


def test_subtitles_are_generated_from_sound(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    generated = generating(core, media_id, audio_track(core, media_id), metadata={"a": "b"}, title="CC").unwrap().data
    assert dict(generated) == {
        "id": generated.id,
        "type": "subtitle",
        "languageCode": "en-US",
        "languageName": "English",
        "metadata": {"a": "b"},
        "title": "CC",
    }
    media = read_media(core, media_id)
    assert [dict(one) for one in media.generated_subtitles or ()] == [{"status": "preparing"}]
    assert media.subtitle_available is False
    emulator.clock.advance(seconds=1)
    media = read_media(core, media_id)
    (playback_id,) = media.playback_ids or []
    (told,) = [dict(one) for one in media.generated_subtitles or ()]
    assert told["status"] == "available"
    assert str(told["url"]).endswith(f"/{playback_id.id}/text/{generated.id}.vtt")
    assert media.subtitle_available is True
    assert ((media.tracks or [])[-1].type, (media.tracks or [])[-1].title) == ("subtitle", "CC")


def test_deleted_subtitles_are_not_listed_any_more(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    generated = generating(core, media_id, audio_track(core, media_id)).unwrap().data
    deleting(core, media_id, generated.id).unwrap()
    emulator.clock.advance(seconds=1)
    media = read_media(core, media_id)
    assert (media.generated_subtitles, media.subtitle_available) == ([], False)


def test_a_success_of_generation_is_a_200(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media_id = ready_media(core, emulator)
    path = f"/v1/on-demand/{media_id}/tracks"
    body = {"languageName": "English", "languageCode": "en-US"}
    assert web.post(f"{path}/{audio_track(core, media_id)}/generate-subtitles", json=body).status_code == 200
    track = {"url": URL, "type": "audio", "languageName": "Italian", "languageCode": "it"}
    assert web.post(path, json={"tracks": track}).status_code == 201


def test_subtitles_are_not_generated_from_subtitles_or_from_a_video(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    added = add(core, media_id, type="subtitle")
    assert bad_fields(generating(core, media_id, added.id)) == ["trackId"]
    video = str(tracks(core, media_id)[0].id)
    assert refusal(generating(core, media_id, video)) == (404, "track not found")


def test_a_language_name_is_unique_in_a_media(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    first, second = add(core, media_id, "Italian"), add(core, media_id, "French", code="fr")
    for name in ("Italian", "default"):
        assert refusal(adding(core, media_id, name)) == (400, "duplicate language name")
        assert refusal(updating(core, media_id, second.id, language_name=name)) == (400, "duplicate language name")
        assert refusal(generating(core, media_id, first.id, name)) == (400, "Duplicate language")
    assert [track.language_name for track in tracks(core, media_id)] == [None, "default", "Italian", "French"]
    assert add(core, ready_media(core, emulator), "Italian").language_name == "Italian"


@pytest.mark.parametrize("code", ["it", "en", "de-DE", "af", "az-Cyrl", "zh-Hant-TW", "es-419", "fil"])
def test_a_language_is_a_code_of_bcp_47(core: FastpixCore, emulator: Emulator, code: str) -> None:
    media_id = ready_media(core, emulator)
    added = add(core, media_id, "Some", code=code)
    assert (added.language_code, tracks(core, media_id)[-1].language_code) == (code, code)


@pytest.mark.parametrize("code", ["de", "ja", "", "DE-de", "de_DE", "german", "de-DEU", "d"])
def test_another_language_code_is_refused(core: FastpixCore, emulator: Emulator, code: str) -> None:
    media_id = ready_media(core, emulator)
    assert bad_fields(adding(core, media_id, "German", code)) == ["tracks.languageCode"]
    refused = updating(core, media_id, audio_track(core, media_id), language_code=code)
    assert bad_fields(refused) == ["languageCode"]


@pytest.mark.parametrize("name", ["Français", "", "German 2", "中文", "German\n"])
def test_a_language_name_has_ascii_letters_only(core: FastpixCore, emulator: Emulator, name: str) -> None:
    media_id = ready_media(core, emulator)
    track_id = audio_track(core, media_id)
    assert bad_fields(adding(core, media_id, name)) == ["tracks.languageName"]
    assert bad_fields(updating(core, media_id, track_id, language_name=name)) == ["languageName"]
    assert bad_fields(generating(core, media_id, track_id, name)) == ["languageName"]


def test_a_media_that_is_not_ready_takes_no_tracks(core: FastpixCore, emulator: Emulator) -> None:
    subtitles = SubtitleInput("https://example.com/s.vtt", "English", "en-US")
    request = CreateMediaRequest([VideoInput("https://example.com/v.mp4"), subtitles], access_policy="public")
    media_id = media_create(core, request).unwrap().data.id
    (failed,) = emulator.seed(Seed(media=[SeedMedia(status="Failed")])).media_ids
    for one in (media_id, failed):
        assert refusal(adding(core, one, "Italian")) == (400, "media is not ready")
        assert refusal(generating(core, one, NOWHERE)) == (404, "track not found")
    emulator.clock.advance(seconds=1)
    assert [track.type for track in tracks(core, media_id)] == ["video", "audio", "subtitle"]


@pytest.mark.parametrize("attempt", [updating, generating, deleting])
def test_what_does_not_exist_is_not_found(core: FastpixCore, emulator: Emulator, attempt: Any) -> None:
    media_id = ready_media(core, emulator)
    of_other = audio_track(core, ready_media(core, emulator))
    video = str(tracks(core, media_id)[0].id)
    for track_id in (NOWHERE, of_other, video):
        assert refusal(attempt(core, media_id, track_id)) == (404, "track not found")
    assert refusal(attempt(core, NOWHERE, of_other)) == (404, "media workspace relation not found")
    assert bad_fields(attempt(core, "x", of_other)) == ["mediaId"]
    assert bad_fields(attempt(core, media_id, "x")) == ["trackId"]


def test_a_track_needs_a_media(core: FastpixCore) -> None:
    assert refusal(adding(core, NOWHERE, "Italian")) == (404, "media workspace relation not found")
    assert bad_fields(adding(core, "x", "Italian")) == ["mediaId"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"url": URL, "type": "audio", "languageName": "Italian", "languageCode": "it"}, ["tracks"]),
        ({"tracks": {"url": URL, "type": "video", "languageName": "A", "languageCode": "it"}}, ["tracks.type"]),
        (
            {"tracks": {"url": URL, "type": "audio", "languageName": "A", "languageCode": "it", "kind": 1}},
            ["tracks.kind"],
        ),
    ],
)
def test_a_body_with_unknown_or_wrong_fields_is_refused_by_name(
    core: FastpixCore, emulator: Emulator, web: httpx.Client, body: Any, fields: list[str]
) -> None:
    media_id = ready_media(core, emulator)
    refused = web.post(f"/v1/on-demand/{media_id}/tracks", json=body)
    assert refused.status_code == 422
    assert [bad["field"] for bad in refused.json()["error"]["fields"]] == fields


def test_nothing_happens_to_a_media_after_its_new_track_was_deleted(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    deleting(core, media_id, add(core, media_id).id).unwrap()
    before = read_media(core, media_id)
    emulator.clock.advance(hours=1)
    assert read_media(core, media_id) == before


def test_subtitles_of_a_media_without_playback_ids_have_no_url(core: FastpixCore, emulator: Emulator) -> None:
    media_id = new_media(core)
    (playback_id,) = read_media(core, media_id).playback_ids or []
    playback_ids_delete(core, DeletePlaybackIdRequest(media_id, str(playback_id.id))).unwrap()
    emulator.clock.advance(seconds=1)
    generating(core, media_id, audio_track(core, media_id)).unwrap()
    emulator.clock.advance(seconds=1)
    (generated,) = read_media(core, media_id).generated_subtitles or []
    assert (generated.status, generated.url) == ("available", None)
