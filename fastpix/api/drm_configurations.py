"""DRM configurations of the workspace: made by FastPix on demand, read here."""

from typing import TypeAlias

from fastpix.api.common import Answer, Data, Model, Page, PageRequest
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import get
from fastpix.reply import Reply

__all__ = [
    "DrmConfiguration",
    "GetDrmConfigurationRequest",
    "GetDrmConfigurationResponse",
    "ListDrmConfigurationsRequest",
    "ListDrmConfigurationsResponse",
    "drm_configurations_get",
    "drm_configurations_list",
]


class ListDrmConfigurationsRequest(PageRequest):
    """Which page of the DRM configurations: ``limit`` configurations on it, 1 to 50 (default 10); ``offset`` is its number, from 1."""


class GetDrmConfigurationRequest(Model):
    """Which DRM configuration."""

    drm_configuration_id: str


class DrmConfiguration(Answer):
    """A DRM configuration; its id is what playback ids with DRM name."""

    id: str


ListDrmConfigurationsResponse: TypeAlias = Page[DrmConfiguration]
GetDrmConfigurationResponse: TypeAlias = Data[DrmConfiguration]


@get("/on-demand/drm-configurations", id="getDrmConfiguration")
def drm_configurations_list(
    core: FastpixCore,
    request: ListDrmConfigurationsRequest = ListDrmConfigurationsRequest(),
    options: RequestOptions | None = None,
) -> Reply[ListDrmConfigurationsResponse]:
    """List the DRM configurations of the workspace, a page at a time.

    Fails with `BadRequestError` (``DRM ID does not exist``) if the workspace has none.
    Follows ``getDrmConfiguration`` of the API.
    """
    ...


@get("/on-demand/drm-configurations/{drmConfigurationId}", id="getDrmConfigurationById")
def drm_configurations_get(
    core: FastpixCore, request: GetDrmConfigurationRequest, options: RequestOptions | None = None
) -> Reply[GetDrmConfigurationResponse]:
    """Get one DRM configuration.

    Fails with `BadRequestError` (``DRM ID does not exist``), and with `UnprocessableError` if the id is no UUID.
    Follows ``getDrmConfigurationById`` of the API.
    """
    ...
