from typing import Any

import httpx
import pytest

from fastpix import FastpixCore, RequestOptions, Success
from fastpix.api.common import AccessRestrictionSettings, Ack, PlaybackId, Restriction, RestrictionSettings
from fastpix.api.live_playback_ids import (
    CreateLivePlaybackIdRequest,
    DeleteLivePlaybackIdRequest,
    GetLivePlaybackIdRequest,
    UpdateLiveDomainRestrictionsRequest,
    UpdateLiveUserAgentRestrictionsRequest,
    live_playback_ids_create,
    live_playback_ids_delete,
    live_playback_ids_get,
    live_playback_ids_update_domain_restrictions,
    live_playback_ids_update_user_agent_restrictions,
)
from tests.emulator.acts import NO_STREAM, NOWHERE, bad_fields, new_stream, read_stream, refusal

OPEN: dict[str, object] = {"defaultPolicy": "allow", "allow": [], "deny": []}
UNCHECKED = RequestOptions(validate=False)


def create(core: FastpixCore, stream_id: str, **settings: Any) -> PlaybackId:
    return live_playback_ids_create(core, CreateLivePlaybackIdRequest(stream_id, **settings)).unwrap().data


def read(core: FastpixCore, stream_id: str, playback_id: str) -> dict[str, object]:
    return dict(live_playback_ids_get(core, GetLivePlaybackIdRequest(stream_id, playback_id)).unwrap().data)


def test_the_newest_playback_id_is_the_first_one_of_the_stream(core: FastpixCore) -> None:
    stream = new_stream(core)
    created = [create(core, stream.stream_id), create(core, stream.stream_id, access_policy="private")]
    assert [playback_id.access_policy for playback_id in created] == ["public", "private"]
    assert read_stream(core, stream).playback_ids == [created[1], created[0], *(stream.playback_ids or ())]


def test_a_playback_id_is_read_as_it_was_created(core: FastpixCore) -> None:
    stream = new_stream(core)
    created = create(core, stream.stream_id, access_policy="private")
    assert read(core, stream.stream_id, created.id) == {"id": created.id, "accessPolicy": "private"}


def test_restrictions_of_a_new_playback_id_are_read_back_here_and_in_the_stream(core: FastpixCore) -> None:
    stream = new_stream(core)
    wanted = AccessRestrictionSettings(user_agents=RestrictionSettings(deny=["PostmanRuntime"]))
    created = create(core, stream.stream_id, access_restrictions=wanted)
    expected = {"domains": OPEN, "userAgents": {**OPEN, "deny": ["PostmanRuntime"]}}
    assert dict(created)["accessRestrictions"] == expected
    assert read(core, stream.stream_id, created.id)["accessRestrictions"] == expected
    assert (read_stream(core, stream).playback_ids or [])[0] == created


def test_each_restriction_is_set_without_the_other(core: FastpixCore) -> None:
    stream = new_stream(core)
    ids = stream.stream_id, create(core, stream.stream_id).id
    domains = UpdateLiveDomainRestrictionsRequest(*ids, default_policy="deny", allow=["example.com"])
    answered = live_playback_ids_update_domain_restrictions(core, domains).unwrap().data
    assert answered == Restriction("deny", ["example.com"], [])
    assert read(core, *ids)["accessRestrictions"] == {"domains": dict(answered)}
    agents = UpdateLiveUserAgentRestrictionsRequest(*ids, deny=["curl"])
    answered = live_playback_ids_update_user_agent_restrictions(core, agents).unwrap().data
    assert answered == Restriction("allow", [], ["curl"])
    assert read(core, *ids)["accessRestrictions"] == {
        "domains": {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []},
        "userAgents": {"defaultPolicy": "allow", "allow": [], "deny": ["curl"]},
    }


def test_a_new_restriction_replaces_the_one_before_as_a_whole(core: FastpixCore) -> None:
    stream = new_stream(core)
    ids = stream.stream_id, create(core, stream.stream_id).id
    for request in (
        UpdateLiveDomainRestrictionsRequest(*ids, default_policy="deny", allow=["example.com"]),
        UpdateLiveDomainRestrictionsRequest(*ids, deny=["example.org"]),
    ):
        live_playback_ids_update_domain_restrictions(core, request).unwrap()
    assert read(core, *ids)["accessRestrictions"] == {"domains": {**OPEN, "deny": ["example.org"]}}


def test_restrictions_change_one_playback_id_and_no_other(core: FastpixCore) -> None:
    stream = new_stream(core)
    changed, other = create(core, stream.stream_id), create(core, stream.stream_id)
    request = UpdateLiveUserAgentRestrictionsRequest(stream.stream_id, changed.id, deny=["curl"])
    live_playback_ids_update_user_agent_restrictions(core, request).unwrap()
    assert read(core, stream.stream_id, other.id) == {"id": other.id, "accessPolicy": "public"}


def test_a_domain_without_a_dot_is_refused(core: FastpixCore) -> None:
    stream = new_stream(core)
    created = create(core, stream.stream_id)
    for name in ("allow", "deny"):
        local: dict[str, Any] = {name: ["a.com", "localhost"]}
        request = UpdateLiveDomainRestrictionsRequest(stream.stream_id, created.id, **local)
        assert bad_fields(live_playback_ids_update_domain_restrictions(core, request)) == [name]
    restrictions = AccessRestrictionSettings(domains=RestrictionSettings(deny=["localhost"]))
    wanted = CreateLivePlaybackIdRequest(stream.stream_id, access_restrictions=restrictions)
    assert bad_fields(live_playback_ids_create(core, wanted)) == ["accessRestrictions.domains.deny"]
    assert len(read_stream(core, stream).playback_ids or ()) == 2
    assert "accessRestrictions" not in read(core, stream.stream_id, created.id)


def test_a_deleted_playback_id_is_gone_and_does_not_play(core: FastpixCore, web: httpx.Client) -> None:
    stream = new_stream(core)
    created = create(core, stream.stream_id)
    assert web.get(f"/{created.id}.m3u8").status_code == 200
    request = DeleteLivePlaybackIdRequest(stream.stream_id, created.id)
    assert live_playback_ids_delete(core, request) == Success(Ack(success=True))
    assert web.get(f"/{created.id}.m3u8").status_code == 404
    assert read_stream(core, stream).playback_ids == stream.playback_ids
    assert refusal(live_playback_ids_delete(core, request)) == (404, "stream/playbackId not found")


@pytest.mark.parametrize(
    ("operation", "request_type"),
    [
        (live_playback_ids_get, GetLivePlaybackIdRequest),
        (live_playback_ids_delete, DeleteLivePlaybackIdRequest),
        (live_playback_ids_update_domain_restrictions, UpdateLiveDomainRestrictionsRequest),
        (live_playback_ids_update_user_agent_restrictions, UpdateLiveUserAgentRestrictionsRequest),
    ],
)
def test_what_does_not_exist_is_not_found(core: FastpixCore, operation: Any, request_type: Any) -> None:
    (one, other) = new_stream(core), new_stream(core)
    (of_other,) = other.playback_ids or []
    for playback_id in (NOWHERE, of_other.id):
        refused = operation(core, request_type(stream_id=one.stream_id, playback_id=playback_id))
        assert refusal(refused) == (404, "stream/playbackId not found")
    refused = operation(core, request_type(stream_id=NO_STREAM, playback_id=of_other.id))
    assert refusal(refused) == (404, "stream not found")


def test_a_playback_id_needs_a_stream(core: FastpixCore) -> None:
    assert refusal(live_playback_ids_create(core, CreateLivePlaybackIdRequest(NO_STREAM))) == (404, "stream not found")


def test_a_stream_has_no_drm(core: FastpixCore) -> None:
    request: Any = CreateLivePlaybackIdRequest(new_stream(core).stream_id, access_policy="drm")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - wrong on purpose
    assert bad_fields(live_playback_ids_create(core, request, UNCHECKED)) == ["accessPolicy"]


def test_wrapped_restrictions_are_refused_rather_than_forgotten(core: FastpixCore, web: httpx.Client) -> None:
    stream = new_stream(core)
    (playback_id,) = stream.playback_ids or []
    path = f"/v1/live/streams/{stream.stream_id}/playback-ids/{playback_id.id}"
    for name, wrapped in (("domains", "domains"), ("user-agents", "userAgents")):
        refused = web.patch(f"{path}/{name}", json={wrapped: {"deny": ["example.com"]}})
        assert refused.status_code == 422
        assert [bad["field"] for bad in refused.json()["error"]["fields"]] == [wrapped]
    assert read_stream(core, stream) == stream
