"""Live streams through all their states, with their playback ids and simulcasts."""

from typing import Any

import pytest

from fastpix.emulator import Emulator, Seed, SeedStream, SeedView

TARGET = {"url": "rtmps://example.com/live", "stream_key": "key"}


@pytest.fixture
def simulcast_id(sdk: Any, stream_id: str) -> str:
    id: str = sdk.simulcast_stream.create_simulcast_of_stream(stream_id=stream_id, **TARGET).data.simulcast_id
    return id


def stream_of(sdk: Any, stream_id: str) -> Any:
    return sdk.manage_live_stream.get_live_stream_by_id(stream_id=stream_id).data


def first_playback_id(sdk: Any, stream_id: str) -> Any:
    return stream_of(sdk, stream_id).playback_ids[0].id


def go_live(emulator: Emulator, stream_id: str) -> None:
    emulator.connect_encoder(stream_id)
    emulator.clock.advance(minutes=1)


def test_create_new_stream(sdk: Any) -> None:
    created = sdk.start_live_stream.create_new_stream(
        playback_settings={
            "access_policy": "private",
            "access_restrictions": {
                "domains": {"default_policy": "deny", "allow": ["example.com"], "deny": []},
                "user_agents": {"default_policy": "allow", "allow": [], "deny": ["PostmanRuntime"]},
            },
        },
        input_media_settings={
            "max_resolution": "720p",
            "reconnect_window": 100,
            "media_policy": "private",
            "metadata": {"k": "v"},
            "enable_dvr_mode": True,
            "enable_recording": False,
        },
    ).data
    assert (created.status, created.max_resolution, created.reconnect_window) == ("idle", "720p", 100)
    assert (created.media_policy, created.metadata) == ("private", {"k": "v"})
    assert (created.enable_dvr_mode, created.enable_recording) == (True, False)
    [playback_id] = created.playback_ids
    assert playback_id.access_policy == "private"
    assert playback_id.access_restrictions.domains.allow == ["example.com"]
    assert playback_id.access_restrictions.user_agents.deny == ["PostmanRuntime"]


def test_create_new_stream_with_defaults(sdk: Any) -> None:
    created = sdk.start_live_stream.create_new_stream(playback_settings={}, input_media_settings={}).data
    assert (created.max_resolution, created.reconnect_window, created.max_duration) == ("1080p", 60, 0)
    assert (created.enable_recording, created.media_policy) == (True, "public")
    assert created.srt_playback_response.srt_playback_stream_id == f"play{created.stream_id}"


def test_get_all_streams(sdk: Any, emulator: Emulator) -> None:
    states: Any = ("idle", "preparing", "active", "disabled")
    ids = emulator.seed(Seed(streams=[SeedStream(status=status, metadata={"k": "v"}) for status in states])).stream_ids
    found = sdk.manage_live_stream.get_all_streams(limit=3, offset=1, order_by="asc")
    assert [(stream.stream_id, stream.status) for stream in found.data] == [*zip(ids, states, strict=True)][:3]
    page = found.pagination
    assert (page.total_records, page.current_offset, page.offset_count) == (4, 1, 2)


def test_get_live_stream_viewer_count_by_id(sdk: Any, emulator: Emulator, stream_id: str) -> None:
    emulator.seed(Seed(views=[SeedView(count=2, ended_ago=-60, fields={"fpLiveStreamId": stream_id})]))
    emulator.clock.advance(seconds=40)
    assert sdk.manage_live_stream.get_live_stream_viewer_count_by_id(stream_id=stream_id).data.views == 2


def test_get_live_stream_by_id(sdk: Any, stream_id: str) -> None:
    stream = sdk.manage_live_stream.get_live_stream_by_id(stream_id=stream_id).data
    assert (stream.stream_id, stream.status, stream.simulcast_responses, stream.media_ids) == (
        stream_id,
        "idle",
        None,
        None,
    )


def test_delete_live_stream(sdk: Any, stream_id: str) -> None:
    assert sdk.manage_live_stream.delete_live_stream(stream_id=stream_id).success
    assert sdk.manage_live_stream.get_all_streams().data == []


def test_update_live_stream(sdk: Any, stream_id: str) -> None:
    changed = sdk.manage_live_stream.update_live_stream(
        stream_id=stream_id, metadata={"k": "v"}, reconnect_window=100
    ).data
    assert (changed.metadata, changed.reconnect_window) == ({"k": "v"}, 100)


def test_update_live_stream_without_metadata(sdk: Any, stream_id: str) -> None:
    changed = sdk.manage_live_stream.update_live_stream(stream_id=stream_id, reconnect_window=100).data
    assert changed.reconnect_window == 100


def test_enable_live_stream(sdk: Any, emulator: Emulator) -> None:
    [stream_id] = emulator.seed(Seed(streams=[SeedStream(status="disabled")])).stream_ids
    assert sdk.manage_live_stream.enable_live_stream(stream_id=stream_id).success
    assert stream_of(sdk, stream_id).status == "idle"


def test_disable_live_stream(sdk: Any, stream_id: str) -> None:
    assert sdk.manage_live_stream.disable_live_stream(stream_id=stream_id).success
    assert stream_of(sdk, stream_id).status == "disabled"


def test_complete_live_stream(sdk: Any, emulator: Emulator, stream_id: str) -> None:
    go_live(emulator, stream_id)
    emulator.clock.advance(seconds=30)
    assert sdk.manage_live_stream.complete_live_stream(stream_id=stream_id).success
    assert stream_of(sdk, stream_id).status == "idle"


def test_a_broadcast_becomes_a_media(sdk: Any, emulator: Emulator, stream_id: str) -> None:
    emulator.connect_encoder(stream_id)
    assert stream_of(sdk, stream_id).status == "preparing"
    emulator.clock.advance(seconds=1)
    assert stream_of(sdk, stream_id).status == "active"
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(minutes=2)
    stream = stream_of(sdk, stream_id)
    [media_id] = stream.media_ids
    recording = sdk.manage_videos.get_media(media_id=media_id).data
    assert (stream.status, recording.status, recording.stream_id) == ("idle", "Ready", stream_id)
    assert recording.duration == 0.9  # the reconnect window does not belong to it


def test_create_playback_id_of_stream(sdk: Any, stream_id: str) -> None:
    created = sdk.live_playback.create_playback_id_of_stream(
        stream_id=stream_id,
        access_policy="private",
        access_restrictions={"domains": {"default_policy": "deny", "allow": ["example.com"]}},
    ).data
    assert (created.access_policy, created.access_restrictions.domains.allow) == ("private", ["example.com"])
    assert first_playback_id(sdk, stream_id) == created.id


def test_create_playback_id_of_stream_without_restrictions(sdk: Any, stream_id: str) -> None:
    created = sdk.live_playback.create_playback_id_of_stream(stream_id=stream_id, access_policy="public").data
    assert created.access_policy == "public"


def test_get_live_stream_playback_id(sdk: Any, stream_id: str) -> None:
    id = first_playback_id(sdk, stream_id)
    found = sdk.live_playback.get_live_stream_playback_id(stream_id=stream_id, playback_id=id).data
    assert (found.id, found.access_policy) == (id, "public")


def test_delete_playback_id_of_stream(sdk: Any, stream_id: str) -> None:
    id = first_playback_id(sdk, stream_id)
    assert sdk.live_playback.delete_playback_id_of_stream(stream_id=stream_id, playback_id=id).success
    assert stream_of(sdk, stream_id).playback_ids == []


def test_update_live_stream_domain_restrictions(sdk: Any, stream_id: str) -> None:
    answer = sdk.live_playback.update_live_stream_domain_restrictions(
        stream_id=stream_id,
        playback_id=first_playback_id(sdk, stream_id),
        default_policy="deny",
        allow=["example.com"],
        deny=[],
    ).data
    assert (answer.default_policy, answer.allow, answer.deny) == ("deny", ["example.com"], [])
    assert stream_of(sdk, stream_id).playback_ids[0].access_restrictions.domains.allow == ["example.com"]


def test_update_live_stream_user_agent_restrictions(sdk: Any, stream_id: str) -> None:
    answer = sdk.live_playback.update_live_stream_user_agent_restrictions(
        stream_id=stream_id, playback_id=first_playback_id(sdk, stream_id), deny=["PostmanRuntime"]
    ).data
    assert (answer.default_policy, answer.allow, answer.deny) == ("allow", [], ["PostmanRuntime"])
    assert stream_of(sdk, stream_id).playback_ids[0].access_restrictions.user_agents.deny == ["PostmanRuntime"]


def test_create_simulcast_of_stream(sdk: Any, stream_id: str) -> None:
    created = sdk.simulcast_stream.create_simulcast_of_stream(stream_id=stream_id, **TARGET, metadata={"k": "v"}).data
    assert (created.url, created.stream_key, created.is_enabled) == (TARGET["url"], "key", True)
    assert created.metadata == {"k": "v"}


def test_get_specific_simulcast_of_stream(sdk: Any, stream_id: str, simulcast_id: str) -> None:
    found = sdk.simulcast_stream.get_specific_simulcast_of_stream(stream_id=stream_id, simulcast_id=simulcast_id).data
    assert (found.simulcast_id, found.url) == (simulcast_id, TARGET["url"])
    assert [one.simulcast_id for one in stream_of(sdk, stream_id).simulcast_responses] == [simulcast_id]


def test_update_specific_simulcast_of_stream(sdk: Any, stream_id: str, simulcast_id: str) -> None:
    changed = sdk.simulcast_stream.update_specific_simulcast_of_stream(
        stream_id=stream_id, simulcast_id=simulcast_id, is_enabled=False, metadata={"k": "v"}
    ).data
    assert (changed.simulcast_id, changed.is_enabled, changed.metadata) == (simulcast_id, False, {"k": "v"})


def test_delete_simulcast_of_stream(sdk: Any, stream_id: str, simulcast_id: str) -> None:
    assert sdk.simulcast_stream.delete_simulcast_of_stream(stream_id=stream_id, simulcast_id=simulcast_id).success
    assert stream_of(sdk, stream_id).simulcast_responses is None
