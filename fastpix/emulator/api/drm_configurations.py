"""DRM configurations on the local FastPix. A seed adds them. The service adds them on request."""

from typing import NoReturn

from msgspec import UnsetType

from fastpix.api.common import Data, Page
from fastpix.api.drm_configurations import (
    DrmConfiguration,
    GetDrmConfigurationRequest,
    ListDrmConfigurationsRequest,
    drm_configurations_get,
    drm_configurations_list,
)
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import RefusedError, check_uuid, invalid
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace, page

__all__ = ["DrmRecord", "check_drm", "get", "list_configurations", "refuse"]


class DrmRecord(Document):
    """A DRM configuration."""

    id: str
    """Its id."""


@handles(drm_configurations_list, recorded="the 400 of a workspace without one", documented="the response")
def list_configurations(workspace: Workspace, request: ListDrmConfigurationsRequest) -> Page[DrmConfiguration]:
    if not workspace.documents.count(DrmRecord):
        refuse()
    return page(workspace, DrmRecord, request, lambda record: DrmConfiguration(record.id))


@handles(
    drm_configurations_get,
    recorded="the 422 for an id that is no UUID, and the 400 for one that does not exist",
    documented="the response",
)
def get(workspace: Workspace, request: GetDrmConfigurationRequest) -> Data[DrmConfiguration]:
    return Data(DrmConfiguration(_found(workspace, request.drm_configuration_id)), success=True)


def check_drm(workspace: Workspace, access_policy: str, drm_configuration_id: str | UnsetType, at: str = "") -> None:
    """Raise a `RefusedError` if an access policy needs a DRM configuration, and there is none with this id."""
    if access_policy != "drm":
        return
    if isinstance(drm_configuration_id, UnsetType):
        raise invalid(f"{at}drmConfigurationId")
    _found(workspace, drm_configuration_id, at)


def _found(workspace: Workspace, id: str, at: str = "") -> str:
    check_uuid(**{f"{at}drmConfigurationId": id})
    if workspace.documents.get(DrmRecord, id) is None:
        refuse()
    return id


def refuse() -> NoReturn:
    raise RefusedError(400, "DRM ID does not exist", "The DRM configuration ID does not exist for the workspace.")
