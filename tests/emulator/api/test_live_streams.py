"""The local FastPix behaves as FACTS describes the real service. The same tests run in process and behind a socket."""

import re
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from fastpix import FastpixCore, RequestOptions, Success
from fastpix.api.common import AccessRestrictionSettings, Ack, RestrictionSettings, text_of
from fastpix.api.live_streams import (
    CompleteLiveStreamRequest,
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    DisableLiveStreamRequest,
    EnableLiveStreamRequest,
    GetAllStreamsRequest,
    GetLiveStreamRequest,
    GetViewerCountRequest,
    InputMediaSettings,
    ListLiveClipsRequest,
    LiveStream,
    PlaybackSettings,
    UpdateLiveStreamRequest,
    live_streams_complete,
    live_streams_create,
    live_streams_delete,
    live_streams_disable,
    live_streams_enable,
    live_streams_get,
    live_streams_get_viewer_count,
    live_streams_list,
    live_streams_list_clips,
    live_streams_update,
)
from fastpix.api.media import DeleteMediaRequest, media_delete
from fastpix.emulator import Emulator, Seed, SeedStream
from fastpix.errors import ApiError, Err, FieldError
from tests.emulator.acts import signer
from tests.pages import paging

UNCHECKED = RequestOptions(validate=False)
NOBODY = "0" * 32
RECORDED = Path(__file__).parent.parent / "observed" / "get-all-streams.json"
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def created(core: FastpixCore, **settings: object) -> LiveStream:
    request = CreateLiveStreamRequest(PlaybackSettings(), msgspec.convert(settings, InputMediaSettings))
    return live_streams_create(core, request).unwrap().data


def refusal(error: Err) -> tuple[int, str]:
    assert isinstance(error, ApiError)
    assert error.code == error.status
    return error.status, error.message


def status_of(core: FastpixCore, stream: LiveStream) -> str | None:
    return live_streams_get(core, GetLiveStreamRequest(stream.stream_id)).unwrap().data.status


def manifest_of(stream: LiveStream) -> str:
    (playback_id,) = stream.playback_ids or []
    return f"/{playback_id.id}.m3u8"


def test_a_new_stream_has_the_services_shapes_and_defaults(core: FastpixCore) -> None:
    stream = created(core)
    hexadecimal = "[0-9a-f]{32}"
    assert re.fullmatch(hexadecimal, stream.stream_id)
    assert re.fullmatch(f"{hexadecimal}k{stream.stream_id}", stream.stream_key)
    assert re.fullmatch(f"{hexadecimal}k{stream.stream_id}", stream.srt_secret or "")
    assert stream.srt_playback_response is not None
    assert stream.srt_playback_response.srt_playback_stream_id == f"play{stream.stream_id}"
    srt_playback_secret = stream.srt_playback_response.srt_playback_secret or ""
    assert re.fullmatch(f"{hexadecimal}k{stream.stream_id}", srt_playback_secret)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text_of(stream, "created_at") or "")
    assert (stream.status, stream.max_resolution, stream.max_duration, stream.reconnect_window) == (
        "idle",
        "1080p",
        0,
        60,
    )
    assert (stream.enable_recording, stream.enable_dvr_mode, stream.low_latency, stream.closed_captions) == (
        True,
        False,
        False,
        False,
    )
    assert (stream.media_policy, stream.metadata, stream.trial) == ("public", None, False)
    assert [playback.access_policy for playback in stream.playback_ids or []] == ["public"]
    assert re.fullmatch(UUID, (stream.playback_ids or [])[0].id)


def test_settings_are_kept(core: FastpixCore) -> None:
    settings = {
        "maxResolution": "480p",
        "reconnectWindow": 1800,
        "mediaPolicy": "private",
        "metadata": {"a": "b"},
        "enableDvrMode": True,
        "enableRecording": False,
    }
    stream = created(core, **settings)
    assert settings.items() <= dict(stream).items()
    assert live_streams_get(core, GetLiveStreamRequest(stream.stream_id)).unwrap().data == stream


def test_restrictions_of_a_new_stream_are_read_back(core: FastpixCore) -> None:
    nowhere = AccessRestrictionSettings(domains=RestrictionSettings(default_policy="deny", allow=["example.com"]))
    request = CreateLiveStreamRequest(PlaybackSettings(access_restrictions=nowhere), InputMediaSettings())
    stream = live_streams_create(core, request).unwrap().data
    (playback_id,) = stream.playback_ids or []
    assert dict(playback_id)["accessRestrictions"] == {
        "domains": {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []},
        "userAgents": {"defaultPolicy": "allow", "allow": [], "deny": []},
    }
    assert live_streams_get(core, GetLiveStreamRequest(stream.stream_id)).unwrap().data == stream


def test_disable_and_enable_follow_the_state(core: FastpixCore) -> None:
    stream = created(core)
    enable, disable = EnableLiveStreamRequest(stream.stream_id), DisableLiveStreamRequest(stream.stream_id)
    assert refusal(live_streams_enable(core, enable).failure()) == (400, "stream is already enabled")
    assert isinstance(live_streams_disable(core, disable), Success)
    assert status_of(core, stream) == "disabled"
    assert refusal(live_streams_disable(core, disable).failure()) == (400, "stream already disabled")
    assert isinstance(live_streams_enable(core, enable), Success)
    assert status_of(core, stream) == "idle"


@pytest.mark.parametrize("status", ["idle", "preparing", "active", "disabled"])
@pytest.mark.parametrize(
    ("operation", "from_", "to", "message"),
    [
        (live_streams_enable, {"disabled"}, "idle", "stream is already enabled"),
        (live_streams_disable, {"idle", "preparing", "active"}, "disabled", "stream already disabled"),
        (live_streams_complete, {"active"}, "idle", "stream cannot be completed"),
    ],
)
def test_a_status_changes_from_some_and_no_others(
    emulator: Emulator, core: FastpixCore, status: Any, operation: Any, from_: set[str], to: str, message: str
) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream(status=status)])).stream_ids
    result = operation(core, operation.endpoint.request_type(stream_id))
    after = live_streams_get(core, GetLiveStreamRequest(stream_id)).unwrap().data.status
    if status in from_:
        assert (result, after) == (Success(Ack(success=True)), to)
    else:
        assert (refusal(result.failure()), after) == ((400, message), status)


def test_a_trial_stream_can_not_be_enabled(core: FastpixCore, emulator: Emulator) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream(trial=True, status="disabled")])).stream_ids
    error = live_streams_enable(core, EnableLiveStreamRequest(stream_id)).failure()
    assert refusal(error) == (400, "stream cannot be enabled on trial plan")
    (enabled,) = emulator.seed(Seed(streams=[SeedStream(trial=True)])).stream_ids
    error = live_streams_enable(core, EnableLiveStreamRequest(enabled)).failure()
    assert refusal(error) == (400, "stream is already enabled")


def test_streams_of_a_trial_workspace_are_trials() -> None:
    trial = Emulator(trial=True)
    with httpx.Client(transport=trial.transport()) as client:
        core = FastpixCore(username=trial.username, password=trial.password, client=client)
        assert created(core).trial
    trial.close()


def test_what_is_not_there_is_not_found(core: FastpixCore) -> None:
    for result in (
        live_streams_get(core, GetLiveStreamRequest(NOBODY)),
        live_streams_delete(core, DeleteLiveStreamRequest(NOBODY)),
        live_streams_enable(core, EnableLiveStreamRequest(NOBODY)),
        live_streams_disable(core, DisableLiveStreamRequest(NOBODY)),
    ):
        assert refusal(result.failure()) == (404, "stream not found")


def test_a_deleted_stream_is_gone(core: FastpixCore, web: httpx.Client) -> None:
    stream = created(core)
    assert isinstance(live_streams_delete(core, DeleteLiveStreamRequest(stream.stream_id)), Success)
    assert live_streams_list(core).unwrap().data == []
    refused = web.get(manifest_of(stream))
    assert (refused.status_code, refused.json()["error"]["message"]) == (404, "Media/PlaybackId not Found")


def test_pages_are_numbered_from_one_and_newest_first(core: FastpixCore) -> None:
    streams = [created(core).stream_id for _ in range(7)]
    seen: list[str] = []
    for number in (1, 2, 3):
        page = live_streams_list(core, GetAllStreamsRequest(limit=3, offset=number)).unwrap()
        assert paging(page) == (7, number, 3)
        seen += [stream.stream_id for stream in page.data]
    assert seen == streams[::-1]
    oldest = live_streams_list(core, GetAllStreamsRequest(limit=1, order_by="asc")).unwrap()
    assert oldest.data[0].stream_id == streams[0]
    for offset in (9, 10**19):
        assert live_streams_list(core, GetAllStreamsRequest(offset=offset)).unwrap().data == []


def test_ten_a_page_is_the_default(core: FastpixCore, emulator: Emulator) -> None:
    *_, stream_id = emulator.seed(Seed(streams=[SeedStream(count=11, clips=11)])).stream_ids
    assert len(live_streams_list(core).unwrap().data) == 10
    assert len(live_streams_list_clips(core, ListLiveClipsRequest(stream_id)).unwrap().data) == 10


def test_clips_are_on_pages_as_streams_are(core: FastpixCore, emulator: Emulator) -> None:
    stream_id, _ = emulator.seed(Seed(streams=[SeedStream(count=2, clips=7)])).stream_ids
    seen: list[str | None] = []
    for number in (1, 2, 3, 4):
        page = live_streams_list_clips(core, ListLiveClipsRequest(stream_id, limit=3, offset=number)).unwrap()
        assert paging(page) == (7, number, 3)
        assert {clip.stream_id for clip in page.data} <= {stream_id}
        seen += [clip.id for clip in page.data]
    assert all(re.fullmatch(UUID, clip_id or "") for clip_id in seen)
    oldest_first = live_streams_list_clips(core, ListLiveClipsRequest(stream_id, order_by="asc")).unwrap().data
    assert seen == [clip.id for clip in oldest_first][::-1]


def test_an_empty_list_has_no_pages(core: FastpixCore) -> None:
    assert paging(live_streams_list(core).unwrap()) == (0, 1, 0)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (GetAllStreamsRequest(limit=100), "limit"),
        (GetAllStreamsRequest(offset=0), "offset"),
        (GetAllStreamsRequest(order_by="up"), "orderBy"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - wrong on purpose
    ],
)
def test_a_query_out_of_bounds_is_refused_by_name(
    core: FastpixCore, request_: GetAllStreamsRequest, field: str
) -> None:
    error = live_streams_list(core, request_, UNCHECKED).failure()
    assert refusal(error) == (422, "payload validation failed")
    assert isinstance(error, ApiError)
    assert (error.fields, error.description) == ((FieldError(field, "is invalid"),), None)


def test_a_query_that_the_operation_does_not_have_is_ignored(core: FastpixCore, web: httpx.Client) -> None:
    created(core)
    assert len(web.get("/v1/live/streams", params={"colour": "red"}).json()["data"]) == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"{}", 422, "playbackSettings"),
        (b'{"playbackSettings":{}}', 422, "inputMediaSettings"),
        (
            b'{"playbackSettings":{},"inputMediaSettings":{"reconnectWindow":5}}',
            422,
            "inputMediaSettings.reconnectWindow",
        ),
        (
            b'{"playbackSettings":{},"inputMediaSettings":{"reconnectWindow":"60"}}',
            422,
            "inputMediaSettings.reconnectWindow",
        ),
        (b"[]", 422, ""),
        (b"{", 400, None),
    ],
)
def test_a_body_that_is_wrong_is_refused_by_name(
    core: FastpixCore, web: httpx.Client, emulator: Emulator, body: bytes, status: int, field: str | None
) -> None:
    url = f"{core.configuration.server_url}live/streams"
    answered = web.post(url, content=body, auth=(emulator.username, emulator.password))
    assert answered.status_code == status
    assert [bad["field"] for bad in answered.json()["error"].get("fields", [])] == ([] if field is None else [field])
    assert live_streams_list(core).unwrap().data == []


def test_a_success_is_in_the_envelope_of_the_service(core: FastpixCore, web: httpx.Client, emulator: Emulator) -> None:
    url, auth = f"{core.configuration.server_url}live/streams", (emulator.username, emulator.password)
    made = web.post(url, json={"playbackSettings": {}, "inputMediaSettings": {}}, auth=auth)
    stream = made.json()["data"]
    one = f"{url}/{stream['streamId']}"
    pagination = {"totalRecords": 1, "currentOffset": 1, "offsetCount": 1}
    for answered, status, envelope in (
        (made, 201, {"data": stream}),
        (web.get(url, auth=auth), 200, {"data": [stream], "pagination": pagination}),
        (web.get(one, auth=auth), 200, {"data": stream}),
        (web.put(f"{one}/live-disable", auth=auth), 200, {}),
        (web.delete(one, auth=auth), 200, {}),
    ):
        assert answered.headers["content-type"] == "application/json"
        assert (answered.status_code, answered.json()) == (status, {"success": True, **envelope})


def test_a_refusal_is_in_the_envelope_of_the_service(core: FastpixCore, web: httpx.Client, emulator: Emulator) -> None:
    url, auth = f"{core.configuration.server_url}live/streams", (emulator.username, emulator.password)
    (enabled,) = emulator.seed(Seed(streams=[SeedStream()])).stream_ids
    fields = [{"field": "limit", "message": "is invalid"}]
    for answered, error in (
        (web.get(f"{url}/{NOBODY}", auth=auth), {"code": 404, "message": "stream not found"}),
        (web.put(f"{url}/{enabled}/live-enable", auth=auth), {"code": 400, "message": "stream is already enabled"}),
        (web.post(url, content=b"{", auth=auth), {"code": 400, "message": "Bad Request"}),
        (web.get(url, auth=("", "")), {"code": 401, "message": "unauthorized"}),
        (web.get(url, params={"limit": 0}, auth=auth), {"code": 422, "message": "payload validation failed"}),
    ):
        told = answered.json()
        assert answered.headers["content-type"] == "application/json"
        more = (
            {"fields": fields} if error["code"] == 422 else {"description": told["error"].get("description") or "none"}
        )
        assert (answered.status_code, told) == (error["code"], {"success": False, "error": {**error, **more}})


def test_wrong_credentials_are_unauthorized(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    url = core.configuration.server_url
    for username, password in ((emulator.username, "wrong"), ("wrong", emulator.password), ("é", "é")):
        stranger = FastpixCore(username=username, password=password, server_url=url, client=web)
        assert refusal(live_streams_list(stranger).failure()) == (401, "unauthorized")


def test_a_clip_comes_to_exist_when_a_player_asks_for_it(
    core: FastpixCore, web: httpx.Client, emulator: Emulator
) -> None:
    stream = created(core)
    manifest = manifest_of(stream)
    whole = web.get(manifest)
    assert whole.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert "#EXT-X-ENDLIST" not in whole.text
    request = ListLiveClipsRequest(livestream_id=stream.stream_id)
    assert web.post(manifest, params={"start": "10s", "end": "40s"}).status_code == 404
    assert live_streams_list_clips(core, request).unwrap().data == []
    cut = web.get(manifest, params={"start": "10s", "end": "3705s"})
    assert cut.text.startswith("#EXTM3U\n")
    assert "#EXTINF:5.0,\n" in cut.text
    assert cut.text.endswith("#EXT-X-ENDLIST\n")
    web.get(manifest, params={"start": "10", "end": "3705"})
    emulator.clock.advance(seconds=1)
    (clip,) = live_streams_list_clips(core, request).unwrap().data
    assert (clip.stream_id, clip.duration, clip.status) == (stream.stream_id, 3695, "Ready")
    web.get(manifest, params={"start": "0", "end": "30", "clipAccess": "private"})
    newest, _ = live_streams_list_clips(core, request).unwrap().data
    assert newest.playback_ids is not None
    assert newest.playback_ids[0].access_policy == "private"
    assert [playback.access_policy for playback in clip.playback_ids or []] == ["public"]
    assert clip.workspace_id == web.get("/_emulator/").json()["workspaceId"]


def test_each_part_of_each_stream_is_a_clip_of_its_own(
    core: FastpixCore, web: httpx.Client, emulator: Emulator
) -> None:
    one, other = created(core), created(core)
    for stream, end in ((one, "30"), (one, "40"), (other, "30"), (one, "30s"), (one, "86410")):
        assert web.get(manifest_of(stream), params={"start": "10", "end": end}).status_code == 200
    emulator.clock.advance(seconds=1)
    clips = [live_streams_list_clips(core, ListLiveClipsRequest(stream.stream_id)).unwrap() for stream in (one, other)]
    assert [[clip.duration for clip in page.data] for page in clips] == [[86_400, 30, 20], [20]]


@pytest.mark.parametrize("policy", ["public", "private"])
def test_a_clip_has_the_policy_of_recordings_unless_the_player_asks_for_another_one(
    core: FastpixCore, web: httpx.Client, policy: str
) -> None:
    stream = created(core, mediaPolicy=policy)
    other = "public" if policy == "private" else "private"
    for query in ({}, {"clipAccess": policy}, {"clipAccess": other}):
        web.get(manifest_of(stream), params={"start": "0", "end": "9", **query})
    clips = live_streams_list_clips(core, ListLiveClipsRequest(stream.stream_id)).unwrap().data
    assert [id.access_policy for clip in clips for id in clip.playback_ids or ()] == [other, policy]


def test_a_part_whose_clip_was_deleted_is_a_clip_again(core: FastpixCore, web: httpx.Client) -> None:
    stream = created(core)
    request = ListLiveClipsRequest(stream.stream_id)
    for _ in range(2):
        web.get(manifest_of(stream), params={"start": "0", "end": "9"})
        (clip,) = live_streams_list_clips(core, request).unwrap().data
        media_delete(core, DeleteMediaRequest(clip.id)).unwrap()
    assert live_streams_list_clips(core, request).unwrap().data == []


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"start": "0", "end": "9", "clipAccess": "drm"}, ["clipAccess"]),
        ({"start": "10s"}, ["end"]),
        ({"end": "10s"}, ["start"]),
        ({"start": "x", "end": "-1"}, ["start", "end"]),
        ({"start": "20s", "end": "10s"}, ["end"]),
        ({"start": "0", "end": "86401"}, ["end"]),
    ],
)
def test_a_part_that_is_none_is_refused(
    core: FastpixCore, web: httpx.Client, query: dict[str, str], fields: list[str]
) -> None:
    stream = created(core)
    answered = web.get(manifest_of(stream), params=query)
    assert answered.status_code == 422
    assert [bad["field"] for bad in answered.json()["error"]["fields"]] == fields
    assert live_streams_list_clips(core, ListLiveClipsRequest(stream.stream_id)).unwrap().data == []


def test_private_and_disabled_streams_do_not_play(core: FastpixCore, web: httpx.Client, emulator: Emulator) -> None:
    request = CreateLiveStreamRequest(PlaybackSettings(access_policy="private"), InputMediaSettings())
    private = live_streams_create(core, request).unwrap().data
    manifest = manifest_of(private)
    assert web.get(manifest).status_code == 401
    assert web.get(manifest, params={"token": ""}).status_code == 401
    (playback_id,) = private.playback_ids or []
    token = {"token": signer(core, emulator).sign(str(playback_id.id))}
    assert web.get(manifest, params=token).status_code == 200
    live_streams_disable(core, DisableLiveStreamRequest(private.stream_id)).unwrap()
    refused = web.get(manifest, params=token)
    assert (refused.status_code, "ready" in refused.json()["error"]["message"]) == (400, True)


def test_clips_of_an_id_that_is_none_are_refused(core: FastpixCore) -> None:
    error = live_streams_list_clips(core, ListLiveClipsRequest("abc")).failure()
    assert refusal(error) == (422, "payload validation failed")
    assert isinstance(error, ApiError)
    assert error.fields == (FieldError("livestreamId", "is invalid"),)
    assert live_streams_list_clips(core, ListLiveClipsRequest(NOBODY)).unwrap().data == []


def test_an_update_replaces_the_metadata_and_leaves_the_rest(core: FastpixCore) -> None:
    stream = created(core, metadata={"a": "1", "b": "2"}, reconnectWindow=100)
    request = UpdateLiveStreamRequest(stream.stream_id, metadata={"c": "3"})
    assert live_streams_update(core, request).unwrap().data == msgspec.structs.replace(stream, metadata={"c": "3"})
    request = UpdateLiveStreamRequest(stream.stream_id, reconnect_window=1800)
    updated = live_streams_update(core, request).unwrap().data
    assert (updated.metadata, updated.reconnect_window) == ({"c": "3"}, 1800)
    live_streams_disable(core, DisableLiveStreamRequest(stream.stream_id)).unwrap()
    assert refusal(live_streams_update(core, request).failure()) == (400, "stream is disabled")
    nobody = UpdateLiveStreamRequest(NOBODY, reconnect_window=60)
    assert refusal(live_streams_update(core, nobody).failure()) == (404, "stream not found")


def test_only_an_active_stream_can_be_completed(core: FastpixCore, emulator: Emulator) -> None:
    (seeded,) = emulator.seed(Seed(streams=[SeedStream(status="active")])).stream_ids
    request = CompleteLiveStreamRequest(seeded)
    assert isinstance(live_streams_complete(core, request), Success)
    assert refusal(live_streams_complete(core, request).failure()) == (400, "stream cannot be completed")
    nobody = CompleteLiveStreamRequest(NOBODY)
    assert refusal(live_streams_complete(core, nobody).failure()) == (404, "stream not found")


def test_nobody_watches(core: FastpixCore) -> None:
    stream = created(core)
    assert live_streams_get_viewer_count(core, GetViewerCountRequest(stream.stream_id)).unwrap().data.views == 0
    nobody = GetViewerCountRequest(NOBODY)
    assert refusal(live_streams_get_viewer_count(core, nobody).failure()) == (404, "stream not found")
