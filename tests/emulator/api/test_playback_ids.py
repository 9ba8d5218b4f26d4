from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fastpix import FastpixCore, Success
from fastpix.api.common import AccessRestrictionSettings, Ack, PlaybackId, Restriction, RestrictionSettings
from fastpix.api.playback_ids import (
    CreatedPlaybackId,
    CreatePlaybackIdRequest,
    DeletePlaybackIdRequest,
    GetPlaybackIdRequest,
    ListPlaybackIdsRequest,
    UpdateDomainRestrictionsRequest,
    UpdateUserAgentRestrictionsRequest,
    playback_ids_create,
    playback_ids_delete,
    playback_ids_get,
    playback_ids_list,
    playback_ids_update_domain_restrictions,
    playback_ids_update_user_agent_restrictions,
)
from fastpix.emulator import Emulator, Seed, SeedDrmConfiguration, SeedMedia
from tests.emulator.acts import NOWHERE, bad_fields, new_media, read_media, ready_media, refusal

OPEN: dict[str, object] = {"defaultPolicy": "allow", "allow": [], "deny": []}
WITH_PLAYBACK_ID: list[tuple[Any, Any]] = [
    (playback_ids_get, GetPlaybackIdRequest),
    (playback_ids_delete, DeletePlaybackIdRequest),
    (playback_ids_update_domain_restrictions, UpdateDomainRestrictionsRequest),
    (playback_ids_update_user_agent_restrictions, UpdateUserAgentRestrictionsRequest),
]

OF_MEDIA: list[tuple[Any, Callable[[str], Any]]] = [
    (playback_ids_list, ListPlaybackIdsRequest),
    (playback_ids_create, lambda media_id: CreatePlaybackIdRequest(media_id, "public")),
]


def create(core: FastpixCore, media_id: str, access_policy: Any = "public", **settings: Any) -> CreatedPlaybackId:
    request = CreatePlaybackIdRequest(media_id, access_policy, **settings)
    return playback_ids_create(core, request).unwrap().data


def listed(core: FastpixCore, media_id: str) -> list[PlaybackId]:
    return playback_ids_list(core, ListPlaybackIdsRequest(media_id)).unwrap().data


def read(core: FastpixCore, media_id: str, playback_id: str) -> PlaybackId:
    return playback_ids_get(core, GetPlaybackIdRequest(media_id, playback_id)).unwrap().data


def test_a_playback_id_is_added_at_the_end(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    (first,) = listed(core, media_id)
    created = create(core, media_id, "private")
    second = read(core, media_id, created.id)
    assert listed(core, media_id) == [first, second]
    assert [(one.id, one.access_policy) for one in (first, second)] == [(first.id, "public"), (created.id, "private")]
    assert [one.id for one in read_media(core, media_id).playback_ids or ()] == [first.id, created.id]


def test_a_playback_id_is_restricted_to_nobody_by_default(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    created = create(core, media_id)
    restrictions = {"domains": OPEN, "userAgents": OPEN}
    described = {"id": created.id, "accessPolicy": "public", "accessRestrictions": restrictions}
    assert dict(created) == {**described, "resolution": None}
    assert dict(read(core, media_id, created.id)) == described


def test_settings_are_kept(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    wanted = AccessRestrictionSettings(domains=RestrictionSettings(default_policy="deny", allow=["example.com"]))
    created = create(core, media_id, resolution="720p", access_restrictions=wanted)
    assert created.resolution == "720p"
    expected = {"domains": {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []}, "userAgents": OPEN}
    for described in (created, read(core, media_id, created.id), listed(core, media_id)[-1]):
        assert dict(described)["accessRestrictions"] == expected


def test_a_list_has_no_pages(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media_id = ready_media(core, emulator)
    for _ in range(11):
        create(core, media_id)
    answered = web.get(f"/v1/on-demand/{media_id}/playback-ids").json()
    assert (answered.keys(), len(answered["data"])) == ({"success", "data"}, 12)


def test_each_playback_id_plays_as_its_own_policy_says(
    core: FastpixCore, emulator: Emulator, web: httpx.Client
) -> None:
    media_id = ready_media(core, emulator, access_policy="private")
    (private,), public = listed(core, media_id), create(core, media_id)
    assert [web.get(f"/{one.id}.m3u8").status_code for one in (private, public)] == [401, 200]


def test_a_deleted_playback_id_is_gone_and_does_not_play(
    core: FastpixCore, emulator: Emulator, web: httpx.Client
) -> None:
    media_id = ready_media(core, emulator)
    kept, gone = create(core, media_id), listed(core, media_id)[0]
    request = DeletePlaybackIdRequest(media_id, gone.id)
    assert playback_ids_delete(core, request) == Success(Ack(success=True))
    assert [one.id for one in listed(core, media_id)] == [kept.id]
    assert [web.get(f"/{one.id}.m3u8").status_code for one in (kept, gone)] == [200, 404]
    assert refusal(playback_ids_delete(core, request)) == (404, "Media/PlaybackId not Found")


def test_each_restriction_is_set_without_the_other(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    other, changed = listed(core, media_id)[0], create(core, media_id)
    domains = UpdateDomainRestrictionsRequest(media_id, changed.id, default_policy="deny", allow=["example.com"])
    answered = playback_ids_update_domain_restrictions(core, domains).unwrap().data
    assert answered == Restriction("deny", ["example.com"], [])
    agents = UpdateUserAgentRestrictionsRequest(media_id, changed.id, allow=["Mozilla"])
    answered = playback_ids_update_user_agent_restrictions(core, agents).unwrap().data
    assert answered == Restriction("allow", ["Mozilla"], [])
    assert dict(read(core, media_id, changed.id))["accessRestrictions"] == {
        "domains": {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []},
        "userAgents": {"defaultPolicy": "allow", "allow": ["Mozilla"], "deny": []},
    }
    assert read(core, media_id, other.id) == other


def test_a_change_of_playback_ids_is_a_change_of_the_media(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    before = read_media(core, media_id).updated_at
    emulator.clock.advance(minutes=1)
    create(core, media_id)
    after = read_media(core, media_id).updated_at
    assert before is not None
    assert after is not None
    assert (after - before).total_seconds() == pytest.approx(60.5)


def test_a_domain_without_a_dot_is_refused(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    (playback_id,) = listed(core, media_id)
    for name in ("allow", "deny"):
        local: dict[str, Any] = {name: ["localhost"]}
        request = UpdateDomainRestrictionsRequest(media_id, playback_id.id, **local)
        assert bad_fields(playback_ids_update_domain_restrictions(core, request)) == [name]
        restrictions = AccessRestrictionSettings(domains=RestrictionSettings(**local))
        wanted = CreatePlaybackIdRequest(media_id, "public", access_restrictions=restrictions)
        assert bad_fields(playback_ids_create(core, wanted)) == [f"accessRestrictions.domains.{name}"]
    assert listed(core, media_id) == [playback_id]


def test_wrapped_restrictions_are_refused_rather_than_forgotten(
    core: FastpixCore, emulator: Emulator, web: httpx.Client
) -> None:
    media_id = ready_media(core, emulator)
    (playback_id,) = listed(core, media_id)
    path = f"/v1/on-demand/{media_id}/playback-ids/{playback_id.id}"
    for name, wrapped in (("domains", "domains"), ("user-agents", "userAgents")):
        refused = web.patch(f"{path}/{name}", json={wrapped: {"deny": ["example.com"]}})
        assert refused.status_code == 422
        assert [bad["field"] for bad in refused.json()["error"]["fields"]] == [wrapped]
    assert listed(core, media_id) == [playback_id]


@pytest.mark.parametrize("status", ["Created", "Processing", "Failed"])
def test_a_media_that_is_not_ready_is_refused(core: FastpixCore, emulator: Emulator, status: Any) -> None:
    (media_id,) = emulator.seed(Seed(media=[SeedMedia(status=status)])).media_ids
    (playback_id,) = listed(core, media_id)
    refused = playback_ids_create(core, CreatePlaybackIdRequest(media_id, "public"))
    assert refusal(refused) == (400, "media is not ready")
    for operation, request_type in WITH_PLAYBACK_ID[2:]:
        code, message = refusal(operation(core, request_type(media_id=media_id, playback_id=playback_id.id)))
        assert code == 400
        assert "not ready for updates" in message


def test_drm_needs_a_configuration(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)

    def attempt(**settings: Any) -> Any:
        return playback_ids_create(core, CreatePlaybackIdRequest(media_id, "drm", **settings))

    assert bad_fields(attempt()) == ["drmConfigurationId"]
    assert bad_fields(attempt(drm_configuration_id="x")) == ["drmConfigurationId"]
    assert refusal(attempt(drm_configuration_id=NOWHERE)) == (400, "DRM ID does not exist")
    (known,) = emulator.seed(Seed(drm_configurations=[SeedDrmConfiguration()])).drm_configuration_ids
    assert attempt(drm_configuration_id=known).unwrap().data.access_policy == "drm"


@pytest.mark.parametrize(("operation", "request_type"), WITH_PLAYBACK_ID)
def test_what_does_not_exist_is_not_found(
    core: FastpixCore, emulator: Emulator, operation: Any, request_type: Any
) -> None:
    one, other = ready_media(core, emulator), ready_media(core, emulator)
    (of_other,) = listed(core, other)
    for playback_id in (NOWHERE, of_other.id):
        refused = operation(core, request_type(media_id=one, playback_id=playback_id))
        assert refusal(refused) == (404, "Media/PlaybackId not Found")
    refused = operation(core, request_type(media_id=NOWHERE, playback_id=of_other.id))
    assert refusal(refused) == (404, "media workspace relation not found")
    assert bad_fields(operation(core, request_type(media_id="x", playback_id=of_other.id))) == ["mediaId"]


@pytest.mark.parametrize(("operation", "request_"), OF_MEDIA)
def test_a_media_that_does_not_exist_is_not_found(core: FastpixCore, operation: Any, request_: Any) -> None:
    assert refusal(operation(core, request_(NOWHERE))) == (404, "media workspace relation not found")
    assert bad_fields(operation(core, request_("x"))) == ["mediaId"]


@pytest.mark.parametrize(("operation", "request_type"), WITH_PLAYBACK_ID)
def test_a_playback_id_is_a_uuid(core: FastpixCore, emulator: Emulator, operation: Any, request_type: Any) -> None:
    media_id = ready_media(core, emulator)
    assert bad_fields(operation(core, request_type(media_id=media_id, playback_id="x"))) == ["playbackId"]


def test_the_thumbnail_is_that_of_a_playback_id_of_the_media(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    (first,), kept = listed(core, media_id), create(core, media_id)
    playback_ids_delete(core, DeletePlaybackIdRequest(media_id, first.id)).unwrap()
    assert read_media(core, media_id).thumbnail == f"https://images.fastpix.com/{kept.id}/thumbnail.png"


def test_a_media_can_lose_all_of_its_playback_ids(core: FastpixCore, emulator: Emulator) -> None:
    media_id = new_media(core)
    (playback_id,) = listed(core, media_id)
    playback_ids_delete(core, DeletePlaybackIdRequest(media_id, playback_id.id)).unwrap()
    emulator.clock.advance(seconds=1)
    assert (listed(core, media_id), read_media(core, media_id).status) == ([], "Ready")
