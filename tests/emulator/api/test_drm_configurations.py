from fastpix import FastpixCore
from fastpix.api.drm_configurations import (
    GetDrmConfigurationRequest,
    ListDrmConfigurationsRequest,
    drm_configurations_get,
    drm_configurations_list,
)
from fastpix.emulator import Emulator, Seed, SeedDrmConfiguration
from fastpix.errors import ApiError
from tests.emulator.acts import NOWHERE, bad_fields, refusal
from tests.pages import paging


def seeded(emulator: Emulator, count: int) -> list[str]:
    return emulator.seed(Seed(drm_configurations=[SeedDrmConfiguration(count=count)])).drm_configuration_ids


def test_a_workspace_without_configurations_has_no_list(core: FastpixCore) -> None:
    error = drm_configurations_list(core).failure()
    assert isinstance(error, ApiError)
    assert (error.status, error.message, error.description) == (
        400,
        "DRM ID does not exist",
        "The DRM configuration ID does not exist for the workspace.",
    )


def test_configurations_are_listed_in_pages(core: FastpixCore, emulator: Emulator) -> None:
    ids = seeded(emulator, 3)
    page = drm_configurations_list(core).unwrap()
    assert (paging(page), {one.id for one in page.data}) == ((3, 1, 1), {*ids})
    pages = [drm_configurations_list(core, ListDrmConfigurationsRequest(limit=2, offset=number)) for number in (1, 2)]
    assert [paging(one.unwrap()) for one in pages] == [(3, 1, 2), (3, 2, 2)]
    assert [one for found in pages for one in found.unwrap().data] == page.data


def test_a_configuration_is_read(core: FastpixCore, emulator: Emulator) -> None:
    _, known = seeded(emulator, 2)
    assert dict(drm_configurations_get(core, GetDrmConfigurationRequest(known)).unwrap().data) == {"id": known}


def test_a_configuration_that_does_not_exist_is_refused(core: FastpixCore, emulator: Emulator) -> None:
    for _ in range(2):
        refused = drm_configurations_get(core, GetDrmConfigurationRequest(NOWHERE))
        assert refusal(refused) == (400, "DRM ID does not exist")
        assert bad_fields(drm_configurations_get(core, GetDrmConfigurationRequest("x"))) == ["drmConfigurationId"]
        seeded(emulator, 1)
