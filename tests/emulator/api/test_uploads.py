from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from fastpix import FastpixCore, RequestOptions
from fastpix.api.common import AccessRestrictionSettings, RestrictionSettings
from fastpix.api.uploads import (
    AccessPolicy,
    CancelUploadRequest,
    CreateUploadRequest,
    ListUploadsRequest,
    PushMediaSettings,
    Upload,
    UploadVideoInput,
    WatermarkInput,
    uploads_cancel,
    uploads_create,
    uploads_list,
)
from fastpix.emulator import Emulator, Seed, SeedDrmConfiguration, SeedUpload
from fastpix.reply import Reply
from tests.emulator.acts import NOWHERE, bad_fields, core_on, refusal
from tests.pages import paging

OPEN: dict[str, object] = {"defaultPolicy": "allow", "allow": [], "deny": []}


def creating(core: FastpixCore, access_policy: AccessPolicy = "public", **settings: Any) -> Reply[Any]:
    wanted = PushMediaSettings(access_policy=access_policy, **settings)
    return uploads_create(core, CreateUploadRequest("*", wanted))


def create(core: FastpixCore, **settings: Any) -> Upload:
    created: Upload = creating(core, **settings).unwrap().data
    return created


def cancelling(core: FastpixCore, upload_id: str) -> Reply[Any]:
    return uploads_cancel(core, CancelUploadRequest(upload_id))


def listed(core: FastpixCore) -> list[Upload]:
    return uploads_list(core).unwrap().data


def test_a_new_upload_waits_for_its_file(place: str, core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    upload = create(core, metadata={"source": "test"})
    described = dict(upload)
    url = httpx.URL(str(described.pop("url")))
    assert described == {
        "uploadId": upload.upload_id,
        "trial": False,
        "status": "waiting",
        "timeout": 14400,
        "corsOrigin": "*",
        "pushMediaSettings": {
            "playbackIds": [
                {"accessPolicy": "public", "accessRestrictions": {"domains": OPEN, "userAgents": OPEN}},
            ],
            "metadata": {"source": "test"},
            "mediaQuality": "standard",
            "sourceAccess": False,
            "optimizeAudio": False,
        },
    }
    assert url.path.endswith(f"/{emulator.workspace_id}/{upload.upload_id}")
    assert url.params["upload_id"]
    assert url.host == ("127.0.0.1" if place == "behind a socket" else "fastpix.invalid")
    assert listed(core) == [upload]


def test_settings_are_kept(core: FastpixCore) -> None:
    wanted = AccessRestrictionSettings(user_agents=RestrictionSettings(deny=["curl"]))
    upload = create(
        core,
        access_policy="private",
        access_restrictions=wanted,
        media_quality="pro",
        source_access=True,
        optimize_audio=True,
        inputs=[UploadVideoInput(), WatermarkInput("https://example.com/w.png")],
    )
    assert dict(upload)["pushMediaSettings"] == {
        "playbackIds": [
            {
                "accessPolicy": "private",
                "accessRestrictions": {"domains": OPEN, "userAgents": {**OPEN, "deny": ["curl"]}},
            }
        ],
        "metadata": {},
        "mediaQuality": "pro",
        "sourceAccess": True,
        "optimizeAudio": True,
    }


def test_the_media_of_an_upload_is_public_by_default(core: FastpixCore) -> None:
    upload = uploads_create(core, CreateUploadRequest("https://example.com")).unwrap().data
    assert upload.cors_origin == "https://example.com"
    assert upload.push_media_settings is not None
    assert [future.access_policy for future in upload.push_media_settings.playback_ids or ()] == ["public"]


def test_each_upload_has_a_url_of_its_own(core: FastpixCore) -> None:
    one, other = create(core), create(core)
    assert one.upload_id != other.upload_id
    assert httpx.URL(one.url).params["upload_id"] != httpx.URL(other.url).params["upload_id"]


def test_an_idempotency_key_makes_no_difference(core: FastpixCore) -> None:
    options = RequestOptions(headers={"Idempotency-Key": "one"})
    created = [uploads_create(core, CreateUploadRequest("*"), options).unwrap().data for _ in range(2)]
    assert listed(core) == created[::-1]


def test_an_upload_expires_after_four_hours(core: FastpixCore, emulator: Emulator) -> None:
    upload = create(core)
    emulator.clock.advance(hours=3)
    later = create(core)
    emulator.clock.advance(minutes=59, seconds=59)
    assert listed(core) == [later, upload]
    emulator.clock.advance(seconds=1)
    assert listed(core) == [later]
    assert refusal(cancelling(core, upload.upload_id)) == (404, "upload not found")
    emulator.clock.advance(hours=3)
    assert listed(core) == []


def test_a_cancelled_upload_is_described_with_flat_settings(core: FastpixCore) -> None:
    upload = create(core, title="A talk", creator_id="me", metadata={"a": "b"}, max_resolution="720p")
    assert dict(cancelling(core, upload.upload_id).unwrap().data) == {
        "uploadId": upload.upload_id,
        "url": upload.url,
        "trial": False,
        "status": "cancelled",
        "corsOrigin": "*",
        "maxResolution": "720p",
        "accessPolicy": "public",
        "metadata": {"a": "b"},
        "title": "A talk",
        "creatorId": "me",
    }


def test_the_settings_of_a_cancelled_upload_have_defaults(core: FastpixCore) -> None:
    cancelled = cancelling(core, create(core).upload_id).unwrap().data
    assert (cancelled.max_resolution, cancelled.metadata) == ("1080p", {})
    assert not dict(cancelled).keys() & {"title", "creatorId", "timeout", "pushMediaSettings"}


def test_an_upload_is_cancelled_once(core: FastpixCore, emulator: Emulator) -> None:
    upload, other = create(core), create(core)
    cancelling(core, upload.upload_id).unwrap()
    assert listed(core) == [other]
    for hours in (0, 5):
        emulator.clock.advance(hours=hours)
        assert refusal(cancelling(core, upload.upload_id)) == (400, "upload is already cancelled")


def test_an_upload_that_does_not_exist_is_not_found(core: FastpixCore) -> None:
    assert refusal(cancelling(core, NOWHERE)) == (404, "upload not found")
    assert bad_fields(cancelling(core, "x")) == ["uploadId"]


def test_lists_are_in_pages_newest_first(core: FastpixCore) -> None:
    uploads = [create(core) for _ in range(5)]
    page = uploads_list(core, ListUploadsRequest(limit=2, offset=2)).unwrap()
    assert (paging(page), page.data) == ((5, 2, 3), [uploads[2], uploads[1]])
    assert uploads_list(core, ListUploadsRequest(limit=2, order_by="asc")).unwrap().data == uploads[:2]


def test_an_empty_list_has_no_pages(core: FastpixCore) -> None:
    assert paging(uploads_list(core).unwrap()) == (0, 1, 0)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"corsOrigin": "*", "accessPolicy": "public", "title": "A"}, ["accessPolicy", "title"]),
        ({"pushMediaSettings": {"accessPolicy": "public"}}, ["corsOrigin"]),
        ({"corsOrigin": "*", "pushMediaSettings": {}}, ["pushMediaSettings.accessPolicy"]),
        (
            {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public", "mediaQuality": "best"}},
            ["pushMediaSettings.mediaQuality"],
        ),
        (
            {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public", "size": 1}},
            ["pushMediaSettings.size"],
        ),
    ],
)
def test_a_body_with_unknown_or_wrong_fields_is_refused_by_name(
    core: FastpixCore, web: httpx.Client, body: Any, fields: list[str]
) -> None:
    refused = web.post("/v1/on-demand/upload", json=body)
    assert refused.status_code == 422
    assert [bad["field"] for bad in refused.json()["error"]["fields"]] == fields
    assert listed(core) == []


def test_drm_needs_a_configuration(core: FastpixCore, emulator: Emulator) -> None:
    assert refusal(creating(core, access_policy="drm", drm_configuration_id=NOWHERE)) == (400, "DRM ID does not exist")
    assert refusal(creating(core, access_policy="drm"))[0] == 422
    (known,) = emulator.seed(Seed(drm_configurations=[SeedDrmConfiguration()])).drm_configuration_ids
    settings = create(core, access_policy="drm", drm_configuration_id=known).push_media_settings
    assert settings is not None
    assert [future.access_policy for future in settings.playback_ids or ()] == ["drm"]


def test_uploads_of_a_trial_workspace_are_trials() -> None:
    with closing(Emulator(trial=True)) as emulator:
        core = core_on(emulator)
        upload = create(core)
        assert (upload.trial, cancelling(core, upload.upload_id).unwrap().data.trial) == (True, True)


def test_seeded_uploads_expire_as_others_do(core: FastpixCore, emulator: Emulator) -> None:
    emulator.clock.advance(hours=1)
    ids = emulator.seed(Seed(uploads=[SeedUpload(count=2, cors_origin="https://example.com")])).upload_ids
    assert [upload.upload_id for upload in listed(core)] == ids[::-1]
    assert {upload.cors_origin for upload in listed(core)} == {"https://example.com"}
    emulator.clock.advance(hours=4)
    assert listed(core) == []


def test_a_page_far_after_the_last_one_is_empty(tmp_path: Path) -> None:
    with closing(Emulator(str(tmp_path / "fastpix.db"))) as emulator:
        core = core_on(emulator)
        assert uploads_list(core, ListUploadsRequest(limit=50, offset=10**18)).unwrap().data == []


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"access_policy": "drm"}, "pushMediaSettings.drmConfigurationId"),
        (
            {"access_restrictions": AccessRestrictionSettings(domains=RestrictionSettings(deny=["localhost"]))},
            "pushMediaSettings.accessRestrictions.domains.deny",
        ),
    ],
)
def test_a_refused_setting_is_named_by_its_whole_path(core: FastpixCore, settings: dict[str, Any], field: str) -> None:
    assert bad_fields(creating(core, **settings)) == [field]
