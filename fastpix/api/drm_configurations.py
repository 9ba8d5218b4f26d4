"""DRM configurations: list and get the configurations that FastPix creates for a workspace on request."""

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
    """Selects a page of the DRM configurations in the workspace."""


class GetDrmConfigurationRequest(Model):
    """Selects a DRM configuration."""

    drm_configuration_id: str
    """The id of the DRM configuration, a UUID."""


class DrmConfiguration(Answer):
    """A DRM configuration."""

    id: str
    """The id of the DRM configuration. A new playback id with DRM needs it as ``drm_configuration_id``."""


ListDrmConfigurationsResponse: TypeAlias = Page[DrmConfiguration]
GetDrmConfigurationResponse: TypeAlias = Data[DrmConfiguration]


@get("/on-demand/drm-configurations", id="getDrmConfiguration")
def drm_configurations_list(
    core: FastpixCore,
    request: ListDrmConfigurationsRequest = ListDrmConfigurationsRequest(),
    options: RequestOptions | None = None,
) -> Reply[ListDrmConfigurationsResponse]:
    """List the DRM configurations of the workspace, one page at a time.

    Fails with:
        BadRequestError: the workspace has no DRM configuration (``DRM ID does not exist``).

    API operation: ``getDrmConfiguration``.

    Example:
        >>> drm_configurations_list(core, ListDrmConfigurationsRequest(limit=50))
    """
    ...


@get("/on-demand/drm-configurations/{drmConfigurationId}", id="getDrmConfigurationById")
def drm_configurations_get(
    core: FastpixCore, request: GetDrmConfigurationRequest, options: RequestOptions | None = None
) -> Reply[GetDrmConfigurationResponse]:
    """Get one DRM configuration.

    Fails with:
        BadRequestError: the DRM configuration does not exist (``DRM ID does not exist``).
        UnprocessableError: the id is not a UUID.

    API operation: ``getDrmConfigurationById``.

    Example:
        >>> drm_configurations_get(core, GetDrmConfigurationRequest("e3dfdf15-16bb-4835-98b9-484c1e4320cc"))
    """
    ...
