from typing import Any

import httpx
import pytest

from fastpix import FastpixCore, Success
from fastpix.api.common import Ack
from fastpix.api.live_streams import DisableLiveStreamRequest, Simulcast, live_streams_disable
from fastpix.api.simulcasts import (
    CreateSimulcastRequest,
    DeleteSimulcastRequest,
    GetSimulcastRequest,
    UpdateSimulcastRequest,
    simulcasts_create,
    simulcasts_delete,
    simulcasts_get,
    simulcasts_update,
)
from fastpix.emulator import Emulator, Seed, SeedStream
from tests.emulator.acts import NO_STREAM, bad_fields, new_stream, read_stream, refusal

URL = "rtmps://live.example.com/app/"


def create(core: FastpixCore, stream_id: str, **settings: Any) -> Simulcast:
    return simulcasts_create(core, CreateSimulcastRequest(stream_id, URL, "a-key", **settings)).unwrap().data


def test_a_new_simulcast_is_enabled_and_part_of_its_stream(core: FastpixCore) -> None:
    stream_id = new_stream(core).stream_id
    assert "simulcastResponses" not in dict(read_stream(core, stream_id))
    first = create(core, stream_id, metadata={"name": "Tech"})
    second = create(core, stream_id)
    assert dict(first) == {
        "simulcastId": first.simulcast_id,
        "url": URL,
        "streamKey": "a-key",
        "isEnabled": True,
        "metadata": {"name": "Tech"},
    }
    assert (len(first.simulcast_id), int(first.simulcast_id, 16) > 0) == (32, True)
    assert "metadata" not in dict(second)
    assert read_stream(core, stream_id).simulcast_responses == [first, second]
    assert simulcasts_get(core, GetSimulcastRequest(stream_id, second.simulcast_id)).unwrap().data == second


def test_a_simulcast_is_switched_off_and_on(core: FastpixCore) -> None:
    stream_id = new_stream(core).stream_id
    other, created = create(core, stream_id), create(core, stream_id, metadata={"a": "b"})
    for is_enabled in (False, True):
        request = UpdateSimulcastRequest(stream_id, created.simulcast_id, is_enabled=is_enabled)
        changed = simulcasts_update(core, request).unwrap().data
        assert (changed.is_enabled, changed.metadata, changed.url) == (is_enabled, {"a": "b"}, URL)
        assert read_stream(core, stream_id).simulcast_responses == [other, changed]


def test_metadata_is_replaced_as_a_whole(core: FastpixCore) -> None:
    stream_id = new_stream(core).stream_id
    created = create(core, stream_id, metadata={"a": "1", "b": "2"})
    request = UpdateSimulcastRequest(stream_id, created.simulcast_id, metadata={"c": "3"})
    assert simulcasts_update(core, request).unwrap().data.metadata == {"c": "3"}


def test_an_update_that_does_not_say_otherwise_switches_a_simulcast_on(core: FastpixCore) -> None:
    stream_id = new_stream(core).stream_id
    created = create(core, stream_id)
    simulcasts_update(core, UpdateSimulcastRequest(stream_id, created.simulcast_id, is_enabled=False)).unwrap()
    request = UpdateSimulcastRequest(stream_id, created.simulcast_id, metadata={"a": "b"})
    assert simulcasts_update(core, request).unwrap().data.is_enabled is True


def test_a_deleted_simulcast_is_gone(core: FastpixCore) -> None:
    stream_id = new_stream(core).stream_id
    first, second = create(core, stream_id), create(core, stream_id)
    request = DeleteSimulcastRequest(stream_id, first.simulcast_id)
    assert simulcasts_delete(core, request) == Success(Ack(success=True))
    assert read_stream(core, stream_id).simulcast_responses == [second]
    assert refusal(simulcasts_delete(core, request)) == (404, "stream/simulcast not found")
    simulcasts_delete(core, DeleteSimulcastRequest(stream_id, second.simulcast_id)).unwrap()
    assert "simulcastResponses" not in dict(read_stream(core, stream_id))


@pytest.mark.parametrize("status", ["preparing", "active", "disabled"])
def test_only_an_idle_stream_takes_a_simulcast(core: FastpixCore, emulator: Emulator, status: Any) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream(status=status)])).stream_ids
    refused = simulcasts_create(core, CreateSimulcastRequest(stream_id, URL, "a-key"))
    assert refusal(refused) == (400, "stream is not idle")
    assert read_stream(core, stream_id).simulcast_responses is None


def test_a_simulcast_can_be_changed_while_its_stream_is_active(core: FastpixCore, emulator: Emulator) -> None:
    stream_id = new_stream(core).stream_id
    request = UpdateSimulcastRequest(stream_id, create(core, stream_id).simulcast_id, is_enabled=False)
    emulator.connect_encoder(stream_id)
    assert refusal(simulcasts_update(core, request)) == (400, "stream is not active or idle")
    emulator.clock.advance(seconds=1)
    assert read_stream(core, stream_id).status == "active"
    assert simulcasts_update(core, request).unwrap().data.is_enabled is False


def test_a_simulcast_of_a_disabled_stream_is_kept_and_cannot_be_changed(core: FastpixCore) -> None:
    stream_id = new_stream(core).stream_id
    created = create(core, stream_id)
    live_streams_disable(core, DisableLiveStreamRequest(stream_id)).unwrap()
    request = UpdateSimulcastRequest(stream_id, created.simulcast_id, is_enabled=False)
    assert refusal(simulcasts_update(core, request)) == (400, "stream is not active or idle")
    assert read_stream(core, stream_id).simulcast_responses == [created]
    simulcasts_delete(core, DeleteSimulcastRequest(stream_id, created.simulcast_id)).unwrap()


def test_a_trial_stream_takes_no_simulcast(core: FastpixCore, emulator: Emulator) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream(trial=True)])).stream_ids
    refused = simulcasts_create(core, CreateSimulcastRequest(stream_id, URL, "a-key"))
    assert refusal(refused) == (400, "Simulcast is not available for trial streams")


@pytest.mark.parametrize("url", ["https://example.com/app/", "rtmp:///app/", "live.example.com", "", "xrtmp://a.b/c"])
def test_a_target_has_an_rtmp_url(core: FastpixCore, url: str) -> None:
    refused = simulcasts_create(core, CreateSimulcastRequest(new_stream(core).stream_id, url, "a-key"))
    assert bad_fields(refused) == ["url"]


def test_an_update_cannot_change_the_target(core: FastpixCore, web: httpx.Client) -> None:
    stream_id = new_stream(core).stream_id
    created = create(core, stream_id)
    path = f"/v1/live/streams/{stream_id}/simulcast/{created.simulcast_id}"
    refused = web.put(path, json={"isEnabled": False, "url": URL, "streamKey": "other"})
    assert refused.status_code == 422
    assert [bad["field"] for bad in refused.json()["error"]["fields"]] == ["url", "streamKey"]
    assert read_stream(core, stream_id).simulcast_responses == [created]


@pytest.mark.parametrize(
    ("operation", "request_type"),
    [
        (simulcasts_get, GetSimulcastRequest),
        (simulcasts_update, UpdateSimulcastRequest),
        (simulcasts_delete, DeleteSimulcastRequest),
    ],
)
def test_what_does_not_exist_is_not_found(core: FastpixCore, operation: Any, request_type: Any) -> None:
    one, other = new_stream(core).stream_id, new_stream(core).stream_id
    of_other = create(core, other).simulcast_id
    assert refusal(operation(core, request_type(one, of_other))) == (404, "stream/simulcast not found")
    assert refusal(operation(core, request_type(NO_STREAM, of_other))) == (404, "stream not found")


def test_a_simulcast_needs_a_stream(core: FastpixCore) -> None:
    refused = simulcasts_create(core, CreateSimulcastRequest(NO_STREAM, URL, "a-key"))
    assert refusal(refused) == (404, "stream not found")
