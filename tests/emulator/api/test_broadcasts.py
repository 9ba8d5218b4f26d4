import httpx
import msgspec
import pytest

from fastpix import FastpixCore
from fastpix.api.live_streams import (
    CompleteLiveStreamRequest,
    DeleteLiveStreamRequest,
    DisableLiveStreamRequest,
    EnableLiveStreamRequest,
    UpdateLiveStreamRequest,
    live_streams_complete,
    live_streams_delete,
    live_streams_disable,
    live_streams_enable,
    live_streams_update,
)
from fastpix.api.media import DeleteMediaRequest, Media, media_delete, media_list
from fastpix.emulator import Emulator, Seed, SeedStream
from fastpix.emulator.http.wire import RefusedError
from tests.emulator.acts import NO_STREAM, new_stream, read_media, read_stream, refusal


def live_stream(core: FastpixCore, emulator: Emulator, **settings: object) -> str:
    """Create a stream with an encoder that has sent for less than a second."""
    stream_id = new_stream(core, **settings).stream_id
    emulator.connect_encoder(stream_id)
    emulator.clock.advance(seconds=0.1)
    return stream_id


def status_of(core: FastpixCore, stream_id: str) -> str | None:
    return read_stream(core, stream_id).status


def recordings(core: FastpixCore) -> list[Media]:
    return media_list(core).unwrap().data


def test_a_stream_becomes_active_some_time_after_its_encoder_connected(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = new_stream(core).stream_id
    emulator.connect_encoder(stream_id)
    assert status_of(core, stream_id) == "preparing"
    emulator.clock.advance(seconds=0.05)
    assert status_of(core, stream_id) == "preparing"
    emulator.clock.advance(seconds=0.05)
    assert status_of(core, stream_id) == "active"


def test_a_broadcast_ends_when_the_reconnect_window_has_passed(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = live_stream(core, emulator, reconnectWindow=300)
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(seconds=299)
    assert (status_of(core, stream_id), recordings(core)) == ("active", [])
    emulator.clock.advance(seconds=1)
    assert (status_of(core, stream_id), len(recordings(core))) == ("idle", 1)


def test_a_reconnect_window_is_a_minute_by_default_and_can_be_changed(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = live_stream(core, emulator)
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(seconds=60)
    assert status_of(core, stream_id) == "idle"
    live_streams_update(core, UpdateLiveStreamRequest(stream_id, reconnect_window=100)).unwrap()
    emulator.connect_encoder(stream_id)
    emulator.clock.advance(seconds=1)
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(seconds=99)
    assert status_of(core, stream_id) == "active"
    emulator.clock.advance(seconds=1)
    assert status_of(core, stream_id) == "idle"


def test_an_encoder_that_connects_again_within_the_window_goes_on(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = live_stream(core, emulator)
    for _ in range(3):
        emulator.disconnect_encoder(stream_id)
        emulator.clock.advance(seconds=59)
        emulator.connect_encoder(stream_id)
        assert status_of(core, stream_id) == "active"
    emulator.clock.advance(hours=1)
    assert (status_of(core, stream_id), recordings(core)) == ("active", [])


def test_each_disconnection_opens_a_whole_window(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = live_stream(core, emulator)
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(seconds=50)
    emulator.connect_encoder(stream_id)
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(seconds=59)
    assert status_of(core, stream_id) == "active"
    emulator.clock.advance(seconds=1)
    assert status_of(core, stream_id) == "idle"


def test_an_encoder_that_connects_after_the_window_starts_another_broadcast(
    core: FastpixCore, emulator: Emulator
) -> None:
    stream_id = live_stream(core, emulator)
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(seconds=61)
    emulator.connect_encoder(stream_id)
    assert status_of(core, stream_id) == "preparing"
    emulator.clock.advance(seconds=1)
    live_streams_complete(core, CompleteLiveStreamRequest(stream_id)).unwrap()
    first, second = read_stream(core, stream_id).media_ids or []
    assert [media.id for media in recordings(core)] == [second, first]


def test_a_broadcast_is_recorded_as_a_media(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = live_stream(core, emulator, maxResolution="720p", mediaPolicy="private")
    emulator.clock.advance(seconds=30)
    assert read_stream(core, stream_id).media_ids is None
    live_streams_complete(core, CompleteLiveStreamRequest(stream_id)).unwrap()
    (media_id,) = read_stream(core, stream_id).media_ids or []
    new = read_media(core, media_id)
    assert (new.status, new.stream_id, new.tracks) == ("Created", stream_id, [])
    emulator.clock.advance(seconds=1)
    media = read_media(core, media_id)
    assert (media.status, media.stream_id, media.max_resolution) == ("Ready", stream_id, "720p")
    assert media.duration_seconds == pytest.approx(30)
    assert [(track.type, track.width, track.height) for track in media.tracks or ()] == [
        ("video", 1280, 720),
        ("audio", None, None),
    ]
    assert [playback_id.access_policy for playback_id in media.playback_ids or ()] == ["private"]


@pytest.mark.parametrize(("resolution", "width"), [("1080p", 1920), ("720p", 1280), ("480p", 854)])
def test_a_recording_has_the_size_of_its_stream(
    core: FastpixCore, emulator: Emulator, resolution: str, width: int
) -> None:
    stream_id = live_stream(core, emulator, maxResolution=resolution)
    live_streams_complete(core, CompleteLiveStreamRequest(stream_id)).unwrap()
    emulator.clock.advance(seconds=1)
    (media,) = recordings(core)
    assert (media.source_resolution, (media.tracks or [])[0].width) == (resolution, width)


def test_a_recording_is_created_when_the_window_ended_however_late_somebody_looks(
    core: FastpixCore, emulator: Emulator
) -> None:
    stream_id = live_stream(core, emulator)
    before = emulator.clock.now()
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(days=3)
    (media,) = recordings(core)
    assert media.created_at is not None
    assert media.status == "Ready"
    assert (media.created_at - before).total_seconds() == pytest.approx(60)


def test_a_stream_that_records_nothing_leaves_no_media(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = live_stream(core, emulator, enableRecording=False)
    live_streams_complete(core, CompleteLiveStreamRequest(stream_id)).unwrap()
    assert (recordings(core), read_stream(core, stream_id).media_ids) == ([], None)


def test_a_broadcast_that_did_not_begin_leaves_no_media(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = new_stream(core).stream_id
    emulator.connect_encoder(stream_id)
    refused = live_streams_complete(core, CompleteLiveStreamRequest(stream_id))
    assert refusal(refused) == (400, "stream cannot be completed")
    live_streams_disable(core, DisableLiveStreamRequest(stream_id)).unwrap()
    emulator.clock.advance(hours=1)
    assert (status_of(core, stream_id), recordings(core)) == ("disabled", [])


def test_a_completed_broadcast_is_over(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = live_stream(core, emulator)
    live_streams_complete(core, CompleteLiveStreamRequest(stream_id)).unwrap()
    assert status_of(core, stream_id) == "idle"
    with pytest.raises(RefusedError, match="stream has no encoder"):
        emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(hours=1)
    assert (status_of(core, stream_id), len(recordings(core))) == ("idle", 1)
    live_streams_disable(core, DisableLiveStreamRequest(stream_id)).unwrap()
    assert (status_of(core, stream_id), len(recordings(core))) == ("disabled", 1)


def test_a_stream_that_is_disabled_while_its_window_runs_stays_disabled(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = live_stream(core, emulator)
    emulator.disconnect_encoder(stream_id)
    live_streams_disable(core, DisableLiveStreamRequest(stream_id)).unwrap()
    emulator.clock.advance(hours=1)
    assert (status_of(core, stream_id), len(recordings(core))) == ("disabled", 1)


def test_a_broadcast_can_be_completed_while_its_window_runs(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = live_stream(core, emulator)
    emulator.disconnect_encoder(stream_id)
    live_streams_complete(core, CompleteLiveStreamRequest(stream_id)).unwrap()
    emulator.connect_encoder(stream_id)
    emulator.clock.advance(seconds=61)
    assert (status_of(core, stream_id), len(recordings(core))) == ("active", 1)


def test_a_stream_that_is_disabled_while_it_is_active_is_recorded(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = live_stream(core, emulator)
    live_streams_disable(core, DisableLiveStreamRequest(stream_id)).unwrap()
    assert (status_of(core, stream_id), len(recordings(core))) == ("disabled", 1)
    with pytest.raises(RefusedError, match="stream is not idle"):
        emulator.connect_encoder(stream_id)
    emulator.clock.advance(hours=1)
    live_streams_enable(core, EnableLiveStreamRequest(stream_id)).unwrap()
    assert (status_of(core, stream_id), len(recordings(core))) == ("idle", 1)
    emulator.connect_encoder(stream_id)
    emulator.clock.advance(seconds=1)
    assert status_of(core, stream_id) == "active"


def test_a_stream_that_is_deleted_while_it_is_active_leaves_its_recording(
    core: FastpixCore, emulator: Emulator
) -> None:
    stream_id = live_stream(core, emulator)
    emulator.disconnect_encoder(stream_id)
    live_streams_delete(core, DeleteLiveStreamRequest(stream_id)).unwrap()
    emulator.clock.advance(hours=1)
    assert [(media.status, media.stream_id) for media in recordings(core)] == [("Ready", stream_id)]


def test_a_stream_that_is_deleted_before_it_is_active_stays_deleted(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = new_stream(core).stream_id
    emulator.connect_encoder(stream_id)
    live_streams_delete(core, DeleteLiveStreamRequest(stream_id)).unwrap()
    emulator.clock.advance(hours=1)
    assert recordings(core) == []
    with pytest.raises(RefusedError, match="stream not found"):
        emulator.connect_encoder(stream_id)


def test_the_encoder_of_one_stream_is_not_that_of_another(core: FastpixCore, emulator: Emulator) -> None:
    stream_id, other = live_stream(core, emulator), live_stream(core, emulator)
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(seconds=60)
    assert (status_of(core, stream_id), status_of(core, other)) == ("idle", "active")


def test_a_seeded_active_stream_has_an_encoder(core: FastpixCore, emulator: Emulator) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream(status="active")])).stream_ids
    emulator.clock.advance(seconds=5)
    emulator.disconnect_encoder(stream_id)
    live_streams_complete(core, CompleteLiveStreamRequest(stream_id)).unwrap()
    emulator.clock.advance(seconds=1)
    assert [media.duration_seconds for media in recordings(core)] == [pytest.approx(5)]


def test_an_encoder_needs_a_stream_that_has_none(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = new_stream(core).stream_id
    with pytest.raises(RefusedError, match="stream has no encoder"):
        emulator.disconnect_encoder(stream_id)
    emulator.connect_encoder(stream_id)
    with pytest.raises(RefusedError, match="stream is not idle"):
        emulator.connect_encoder(stream_id)
    emulator.clock.advance(seconds=1)
    with pytest.raises(RefusedError, match="stream is not idle"):
        emulator.connect_encoder(stream_id)
    emulator.disconnect_encoder(stream_id)
    with pytest.raises(RefusedError, match="stream has no encoder"):
        emulator.disconnect_encoder(stream_id)
    for move in (emulator.connect_encoder, emulator.disconnect_encoder):
        with pytest.raises(RefusedError, match="stream not found"):
            move(NO_STREAM)


def test_what_is_due_for_a_stream_that_is_gone_does_nothing(core: FastpixCore, emulator: Emulator) -> None:
    emulator.disconnect_encoder(live_stream(core, emulator))
    emulator.connect_encoder(new_stream(core).stream_id)
    state = emulator.export_state()
    rows = [row for row in state.documents if row.kind != "StreamRecord"]
    assert {"Due", "StreamRecord"} <= {row.kind for row in state.documents}
    emulator.import_state(msgspec.structs.replace(state, documents=rows))
    emulator.clock.advance(hours=1)
    assert recordings(core) == []


def test_a_stream_whose_encoder_is_gone_does_not_become_active(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = new_stream(core).stream_id
    emulator.connect_encoder(stream_id)
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(seconds=59)
    assert status_of(core, stream_id) == "preparing"
    emulator.clock.advance(seconds=1)
    assert (status_of(core, stream_id), recordings(core)) == ("idle", [])


def test_an_encoder_can_connect_again_while_the_stream_is_preparing(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = new_stream(core).stream_id
    emulator.connect_encoder(stream_id)
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(seconds=59)
    emulator.connect_encoder(stream_id)
    assert status_of(core, stream_id) == "preparing"
    emulator.clock.advance(seconds=1)
    assert status_of(core, stream_id) == "active"


def test_a_broadcast_on_a_trial_plan_is_cut_after_five_minutes(core: FastpixCore, emulator: Emulator) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream(trial=True)])).stream_ids
    for number in (1, 2):
        emulator.connect_encoder(stream_id)
        emulator.clock.advance(minutes=5)
        assert status_of(core, stream_id) == "active"
        emulator.clock.advance(seconds=0.1)
        assert (status_of(core, stream_id), len(recordings(core))) == ("idle", number)
    assert recordings(core)[0].duration_seconds == 0
    emulator.clock.advance(seconds=1)
    assert recordings(core)[0].duration_seconds == pytest.approx(300)


def test_five_minutes_on_a_trial_plan_begin_with_each_broadcast(core: FastpixCore, emulator: Emulator) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream(trial=True)])).stream_ids
    for _ in range(2):
        emulator.connect_encoder(stream_id)
        emulator.clock.advance(minutes=4)
        live_streams_complete(core, CompleteLiveStreamRequest(stream_id)).unwrap()
    assert len(recordings(core)) == 2


def test_a_recording_on_a_trial_plan_is_removed_after_a_day(
    core: FastpixCore, emulator: Emulator, web: httpx.Client
) -> None:
    trial, paid = emulator.seed(Seed(streams=[SeedStream(trial=True), SeedStream()])).stream_ids
    for stream_id in (trial, paid):
        emulator.connect_encoder(stream_id)
        emulator.clock.advance(seconds=1)
        live_streams_complete(core, CompleteLiveStreamRequest(stream_id)).unwrap()
    emulator.clock.advance(hours=23)
    kept, removed = recordings(core)
    emulator.clock.advance(hours=1)
    assert recordings(core) == [kept]
    (kept_id,), (removed_id,) = kept.playback_ids or [], removed.playback_ids or []
    assert [web.get(f"/{one.id}.m3u8").status_code for one in (kept_id, removed_id)] == [200, 404]


def test_a_recording_on_a_trial_plan_can_be_deleted_earlier(core: FastpixCore, emulator: Emulator) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream(trial=True)])).stream_ids
    emulator.connect_encoder(stream_id)
    emulator.clock.advance(seconds=1)
    live_streams_complete(core, CompleteLiveStreamRequest(stream_id)).unwrap()
    (recording,) = recordings(core)
    media_delete(core, DeleteMediaRequest(recording.id)).unwrap()
    emulator.clock.advance(days=2)
    assert recordings(core) == []


def test_a_seeded_broadcast_on_a_trial_plan_is_cut_after_five_minutes(core: FastpixCore, emulator: Emulator) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream(trial=True, status="active")])).stream_ids
    emulator.clock.advance(minutes=6)
    assert status_of(core, stream_id) == "idle"


def test_a_recording_ends_where_the_encoder_ended(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = live_stream(core, emulator)
    emulator.clock.advance(seconds=30)
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(minutes=5)
    assert [media.duration_seconds for media in recordings(core)] == [pytest.approx(30)]


def test_a_seeded_preparing_stream_becomes_active(core: FastpixCore, emulator: Emulator) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream(status="preparing")])).stream_ids
    assert status_of(core, stream_id) == "preparing"
    emulator.clock.advance(hours=1)
    assert status_of(core, stream_id) == "active"
