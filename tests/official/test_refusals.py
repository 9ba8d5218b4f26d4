"""Refusals: each is the error that the official SDK has for it, with its status, its message and its fields."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from fastpix.emulator import Emulator, Seed, SeedMedia, SeedStream, SeedUpload
from tests.official.disagreements import WITHOUT_DESCRIPTION, dropped
from tests.official.sdk import OPERATIONS, SDK, UNTYPED, SdkOperation

UUID = "00000000-0000-4000-8000-000000000000"
HEX = "0" * 32
VIDEO = {"type": "video", "url": "https://example.com/video.mp4"}
TRACK = {"type": "subtitle", "url": "https://example.com/a.vtt", "language_code": "de-DE", "language_name": "German"}

IDS = {
    "media_id": UUID,
    "source_media_id": UUID,
    "track_id": UUID,
    "upload_id": UUID,
    "playback_id": UUID,
    "playlist_id": UUID,
    "drm_configuration_id": UUID,
    "signing_key_id": UUID,
    "view_id": UUID,
    "stream_id": HEX,
    "livestream_id": HEX,
    "simulcast_id": HEX,
}
"""An id that nothing has, for each parameter that is an id."""
ARGUMENTS: dict[str, Any] = IDS | {
    "access_policy": "public",
    "chapters": True,
    "description": "d",
    "dimensions_id": "browser_name",
    "generate": True,
    "input_media_settings": {},
    "inputs": [VIDEO],
    "language_code": "en-US",
    "language_name": "English",
    "media_ids": [UUID],
    "metric_id": "views",
    "moderation": {"type": "video"},
    "mp4_support": "none",
    "name": "n",
    "named_entities": True,
    "playback_settings": {},
    "reference_id": "r",
    "request": {"cors_origin": "*"},
    "source_access": True,
    "stream_key": "key",
    "timespan": "24:hours",
    "tracks": TRACK,
    "type_": "manual",
    "url": "rtmp://example.com/live",
}
"""A good value for each parameter that is required, or that the service needs."""
NEEDED = {"moderation", "request", "source_access", "stream_key", "tracks", "url"}
"""The parameters that the service needs and the SDK does not require."""
NOT_FOUND = {
    "media_id": "media workspace relation not found",
    "source_media_id": "media workspace relation not found",
    "upload_id": "upload not found",
    "playlist_id": "playlist not found",
    "signing_key_id": "Signing key Not Found",
    "view_id": "View not found",
    "stream_id": "stream not found",
}
"""The message for a noun that does not exist."""
INVALID = "payload validation failed"


def arguments_of(operation: SdkOperation) -> dict[str, Any]:
    """Return arguments with which an operation is complete."""
    return {name: ARGUMENTS[name] for name, required in operation.parameters.items() if required or name in NEEDED}


def subject_of(operation: SdkOperation) -> str | None:
    """Return the parameter that names what an operation is about."""
    return next((name for name in ("media_id", *IDS) if operation.parameters.get(name)), None)


def about(*subjects: str) -> pytest.MarkDecorator:
    """Run a test once for each operation that is about one of these."""
    found = [operation for operation in OPERATIONS.values() if subject_of(operation) in subjects]
    return pytest.mark.parametrize("operation", found, ids=lambda operation: operation.method)


@contextmanager
def refused(error: str, status: int, message: str, *fields: str) -> Generator[None]:
    """Check that the block raises an error of the SDK with this status, this message and these fields."""
    with pytest.raises(getattr(SDK.errors, error)) as caught:
        yield
    problem: Any = caught.value
    response: httpx.Response = getattr(problem, "raw_response", None) or problem.http_res
    answered, read = response.json(), body_of(problem)
    assert response.status_code == answered["error"]["code"] == status
    assert (read["success"], read["error"]["message"]) == (False, message)
    assert tuple(field["field"] for field in read["error"].get("fields") or ()) == fields
    assert [*dropped(answered, read)] == ["error.description"] * (error in WITHOUT_DESCRIPTION)


def body_of(problem: Any) -> Any:
    """Return the body of a refusal as the SDK has read it."""
    if isinstance(problem, SDK.errors.ValidationErrorResponse):
        return problem.response_data
    if isinstance(problem, SDK.errors.FastpixDefaultError):
        return json.loads(problem.body)
    return problem.data.model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize("method", OPERATIONS)
def test_wrong_credentials(sdk: Any, method: str) -> None:
    operation = OPERATIONS[method]
    sdk.sdk_configuration.security = SDK.models.Security(username="nobody", password="wrong")
    with refused(operation.error(401), 401, "unauthorized"):
        operation.call(sdk, **arguments_of(operation))


@about(*NOT_FOUND)
def test_what_does_not_exist(sdk: Any, operation: SdkOperation) -> None:
    with refused(operation.error(404), 404, NOT_FOUND[subject_of(operation) or ""]):
        operation.call(sdk, **arguments_of(operation))


@about(
    "media_id", "source_media_id", "upload_id", "playlist_id", "signing_key_id", "drm_configuration_id", "livestream_id"
)
def test_an_id_of_another_form(sdk: Any, operation: SdkOperation) -> None:
    subject = subject_of(operation) or ""
    name = {"livestream_id": "livestreamId", "source_media_id": "mediaId"}.get(subject, camel(subject))
    with refused(operation.error(422), 422, INVALID, name):
        operation.call(sdk, **(arguments_of(operation) | {subject: "no-id"}))


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


@pytest.mark.parametrize("limit", [0, 51])
@pytest.mark.parametrize(
    "method", [name for name, it in OPERATIONS.items() if "limit" in it.parameters and it.method != "create_a_playlist"]
)
def test_a_limit_out_of_bounds(sdk: Any, method: str, limit: int) -> None:
    operation = OPERATIONS[method]
    with refused(operation.error(422), 422, INVALID, "limit"):
        operation.call(sdk, **arguments_of(operation), limit=limit)


def test_a_track_that_does_not_exist(sdk: Any, media_id: str) -> None:
    with refused("MediaNotFoundError", 404, "track not found"):
        sdk.manage_videos.delete_media_track(media_id=media_id, track_id=UUID)


def test_a_playback_id_of_a_media_that_does_not_exist(sdk: Any, media_id: str) -> None:
    with refused("MediaOrPlaybackNotFoundError", 404, "Media/PlaybackId not Found"):
        sdk.playback.get_playback_id(media_id=media_id, playback_id=UUID)


def test_a_playback_id_of_a_stream_that_does_not_exist(sdk: Any, stream_id: str) -> None:
    with refused("NotFoundErrorPlaybackID", 404, "stream/playbackId not found"):
        sdk.live_playback.get_live_stream_playback_id(stream_id=stream_id, playback_id=UUID)


def test_a_simulcast_that_does_not_exist(sdk: Any, stream_id: str) -> None:
    with refused("NotFoundErrorSimulcast", 404, "stream/simulcast not found"):
        sdk.simulcast_stream.get_specific_simulcast_of_stream(stream_id=stream_id, simulcast_id=HEX)


def test_a_drm_configuration_that_does_not_exist(sdk: Any) -> None:
    with refused("BadRequestError", 400, "DRM ID does not exist"):
        sdk.drm_configurations.get_drm_configuration_by_id(drm_configuration_id=UUID)


def test_a_workspace_without_drm(sdk: Any) -> None:
    with refused("BadRequestError", 400, "DRM ID does not exist"):
        sdk.drm_configurations.get_drm_configuration()


def test_drm_without_a_configuration(sdk: Any, media_id: str) -> None:
    with refused("ValidationErrorResponse", 422, INVALID, "drmConfigurationId"):
        sdk.playback.create_media_playback_id(media_id=media_id, access_policy="drm")


def test_drm_with_a_configuration_that_does_not_exist(sdk: Any, media_id: str) -> None:
    with refused(UNTYPED, 400, "DRM ID does not exist"):
        sdk.playback.create_media_playback_id(media_id=media_id, access_policy="drm", drm_configuration_id=UUID)


def test_a_media_that_is_not_ready(sdk: Any, emulator: Emulator) -> None:
    [id] = emulator.seed(Seed(media=[SeedMedia(status="Created")])).media_ids
    with refused("TrackDuplicateRequestError", 400, "media is not ready"):
        sdk.manage_videos.add_media_track(media_id=id, tracks=TRACK)
    with refused(UNTYPED, 400, "media is not ready"):
        sdk.playback.create_media_playback_id(media_id=id, access_policy="public")
    playback_id = sdk.playback.list_playback_ids(media_id=id).data[0].id
    with refused(UNTYPED, 400, "playback id is not ready for updates"):
        sdk.playback.update_domain_restrictions(media_id=id, playback_id=playback_id)
    with refused(UNTYPED, 400, "playback id is not ready for updates"):
        sdk.playback.update_user_agent_restrictions(media_id=id, playback_id=playback_id)


def test_a_language_that_is_taken(sdk: Any, media_id: str) -> None:
    sdk.manage_videos.add_media_track(media_id=media_id, tracks=TRACK)
    [_, audio, _] = sdk.manage_videos.get_media(media_id=media_id).data.tracks
    with refused("TrackDuplicateRequestError", 400, "duplicate language name"):
        sdk.manage_videos.add_media_track(media_id=media_id, tracks=TRACK)
    with refused("TrackDuplicateRequestError", 400, "duplicate language name"):
        sdk.manage_videos.update_media_track(media_id=media_id, track_id=audio.id, language_name="German")
    with refused("TrackDuplicateRequestError", 400, "Duplicate language"):
        sdk.manage_videos.generate_subtitle_track(
            media_id=media_id, track_id=audio.id, language_name="German", language_code="de-DE"
        )


def test_a_language_code_without_a_region(sdk: Any, media_id: str) -> None:
    with refused("ValidationErrorResponse", 422, INVALID, "tracks.languageCode"):
        sdk.manage_videos.add_media_track(media_id=media_id, tracks={**TRACK, "language_code": "de"})


def test_the_same_mp4_support_again(sdk: Any, media_id: str) -> None:
    sdk.manage_videos.updated_mp4_support(media_id=media_id, mp4_support="capped_4k")
    with refused("DuplicateMp4SupportError", 400, "mp4Support value already exists"):
        sdk.manage_videos.updated_mp4_support(media_id=media_id, mp4_support="capped_4k")


def test_a_summary_that_was_not_requested(sdk: Any, media_id: str) -> None:
    with refused(UNTYPED, 400, "Summary not enabled"):
        sdk.manage_videos.get_summary(media_id=media_id)


def test_an_ai_output_that_was_requested_before(sdk: Any, media_id: str) -> None:
    sdk.in_video_ai_features.update_media_chapters(media_id=media_id, chapters=True)
    with refused(UNTYPED, 400, "chapters already exist"):
        sdk.in_video_ai_features.update_media_chapters(media_id=media_id, chapters=True)


def test_a_domain_without_a_dot(sdk: Any, media_id: str) -> None:
    id = sdk.playback.list_playback_ids(media_id=media_id).data[0].id
    with refused(UNTYPED, 422, INVALID, "allow"):
        sdk.playback.update_domain_restrictions(media_id=media_id, playback_id=id, allow=["localhost"])


def test_an_upload_that_is_cancelled(sdk: Any, emulator: Emulator) -> None:
    [upload_id] = emulator.seed(Seed(uploads=[SeedUpload()])).upload_ids
    sdk.manage_videos.cancel_upload(upload_id=upload_id)
    with refused("BadRequestError", 400, "upload is already cancelled"):
        sdk.manage_videos.cancel_upload(upload_id=upload_id)


def test_an_upload_without_an_origin(sdk: Any) -> None:
    with refused("ValidationErrorResponse", 422, INVALID, "corsOrigin"):
        sdk.input_video.direct_upload_video_media()


def test_a_media_of_the_wrong_inputs(sdk: Any) -> None:
    with refused("ValidationErrorResponse", 422, INVALID, "inputs"):
        sdk.input_video.create_media(
            inputs=[{"type": "watermark", "url": "https://example.com/a.png"}], access_policy="public"
        )


def test_a_resolution_that_only_the_sdk_has(sdk: Any) -> None:
    with refused("ValidationErrorResponse", 422, INVALID, "maxResolution"):
        sdk.input_video.create_media(inputs=[VIDEO], access_policy="public", max_resolution="360p")


def test_a_playlist_that_only_the_sdk_has(sdk: Any) -> None:
    with refused("ValidationErrorResponse", 422, INVALID, "playOrder"):
        sdk.playlist.create_a_playlist(name="n", reference_id="r", type_="manual", play_order="createdDate ASC")
    with refused("ValidationErrorResponse", 422, INVALID, "metadata"):
        sdk.playlist.create_a_playlist(name="n", reference_id="r", type_="smart", play_order="createdDate ASC")


def test_a_reference_id_that_is_taken(sdk: Any) -> None:
    sdk.playlist.create_a_playlist(name="one", reference_id="r", type_="manual")
    with refused("DuplicateReferenceIDErrorResponse", 409, "playlist create failed"):
        sdk.playlist.create_a_playlist(name="two", reference_id="r", type_="manual")


def test_a_playlist_that_takes_no_media(sdk: Any, emulator: Emulator) -> None:
    media = [SeedMedia(count=2), SeedMedia(status="Processing")]
    one, two, not_ready = emulator.seed(Seed(media=media)).media_ids
    small = sdk.playlist.create_a_playlist(name="small", reference_id="s", type_="manual", limit=1).data.id
    with refused(UNTYPED, 400, "media is not ready"):
        sdk.playlist.add_media_to_playlist(playlist_id=small, media_ids=[not_ready])
    with refused(UNTYPED, 400, "playlist limit reached"):
        sdk.playlist.add_media_to_playlist(playlist_id=small, media_ids=[one, two])
    with refused(UNTYPED, 400, "media order is not valid"):
        sdk.playlist.change_media_order_in_playlist(playlist_id=small, media_ids=[one])


def test_a_playlist_by_a_rule_takes_no_media_by_hand(sdk: Any, media_id: str) -> None:
    rule = {"created_date": {"start_date": "2026-01-01", "end_date": "2026-12-31"}}
    playlist_id = sdk.playlist.create_a_playlist(
        name="n", reference_id="r", type_="smart", metadata=rule, play_order="createdDate ASC"
    ).data.id
    with refused(UNTYPED, 400, "playlist is not manual"):
        sdk.playlist.add_media_to_playlist(playlist_id=playlist_id, media_ids=[media_id])


def test_a_stream_in_another_state(sdk: Any, stream_id: str) -> None:
    with refused("BadRequest", 400, "stream is already enabled"):
        sdk.manage_live_stream.enable_live_stream(stream_id=stream_id)
    with refused("UnauthorizedError", 400, "stream cannot be completed"):
        sdk.manage_live_stream.complete_live_stream(stream_id=stream_id)
    sdk.manage_live_stream.disable_live_stream(stream_id=stream_id)
    with refused("StreamAlreadyDisabledError", 400, "stream already disabled"):
        sdk.manage_live_stream.disable_live_stream(stream_id=stream_id)
    with refused(UNTYPED, 400, "stream is disabled"):
        sdk.manage_live_stream.update_live_stream(stream_id=stream_id, metadata={"k": "v"})


def test_a_stream_of_a_trial_plan(sdk: Any, emulator: Emulator) -> None:
    [stream_id] = emulator.seed(Seed(streams=[SeedStream(status="disabled", trial=True)])).stream_ids
    with refused("BadRequest", 400, "stream cannot be enabled on trial plan"):
        sdk.manage_live_stream.enable_live_stream(stream_id=stream_id)
    with refused("SimulcastUnavailableError", 400, "Simulcast is not available for trial streams"):
        sdk.simulcast_stream.create_simulcast_of_stream(
            stream_id=stream_id, url="rtmp://example.com/live", stream_key="key"
        )


def test_a_simulcast_in_another_state(sdk: Any, emulator: Emulator, stream_id: str) -> None:
    target = {"url": "rtmp://example.com/live", "stream_key": "key"}
    simulcast_id = sdk.simulcast_stream.create_simulcast_of_stream(stream_id=stream_id, **target).data.simulcast_id
    emulator.connect_encoder(stream_id)
    with refused("SimulcastUnavailableError", 400, "stream is not idle"):
        sdk.simulcast_stream.create_simulcast_of_stream(stream_id=stream_id, **target)
    with refused(UNTYPED, 400, "stream is not active or idle"):
        sdk.simulcast_stream.update_specific_simulcast_of_stream(
            stream_id=stream_id, simulcast_id=simulcast_id, is_enabled=False
        )


def test_a_simulcast_to_a_page(sdk: Any, stream_id: str) -> None:
    with refused("ValidationErrorResponse", 422, INVALID, "url"):
        sdk.simulcast_stream.create_simulcast_of_stream(
            stream_id=stream_id, url="https://example.com", stream_key="key"
        )


def test_a_reconnect_window_out_of_bounds(sdk: Any) -> None:
    with refused("ValidationErrorResponse", 422, INVALID, "inputMediaSettings.reconnectWindow"):
        sdk.start_live_stream.create_new_stream(playback_settings={}, input_media_settings={"reconnect_window": 59})


def test_a_filter_by_no_dimension(sdk: Any) -> None:
    with refused("ValidationErrorResponse", 422, INVALID, "filterby[]"):
        sdk.views.list_video_views(timespan="24:hours", filterby="shoe_size:44")


def test_an_offset_of_0(sdk: Any) -> None:
    with refused("ValidationErrorResponse", 422, INVALID, "offset"):
        sdk.manage_videos.list_media(offset=0)


class MoreKeys:
    """Adds a key to the body of each request. It is a hook of the SDK, which sends no such key by itself."""

    def before_request(self, _: Any, request: httpx.Request) -> httpx.Request:
        body = json.loads(request.content) | {"surprise": 1}
        headers = {name: request.headers[name] for name in ("authorization", "accept")}
        return httpx.Request(request.method, request.url, headers=headers, json=body, extensions=request.extensions)


@pytest.mark.parametrize("method", [name for name, it in OPERATIONS.items() if it.sends_json])
def test_a_body_with_an_unknown_key(sdk: Any, method: str) -> None:
    sdk.sdk_configuration.__dict__["_hooks"].register_before_request_hook(MoreKeys())
    operation = OPERATIONS[method]
    with refused(operation.error(422), 422, INVALID, "surprise"):
        operation.call(sdk, **arguments_of(operation))
