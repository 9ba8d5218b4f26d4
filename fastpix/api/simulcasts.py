"""Simulcasts: other platforms that a live stream is sent on to."""

from typing import TypeAlias

from msgspec import UNSET, UnsetType

from fastpix.api.common import Ack, Data, Metadata, Model, Secret
from fastpix.api.live_streams import Simulcast
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import delete, get, post, put
from fastpix.reply import Reply

__all__ = [
    "CreateSimulcastRequest",
    "CreateSimulcastResponse",
    "DeleteSimulcastRequest",
    "DeleteSimulcastResponse",
    "GetSimulcastRequest",
    "GetSimulcastResponse",
    "Metadata",
    "UpdateSimulcastRequest",
    "UpdateSimulcastResponse",
    "simulcasts_create",
    "simulcasts_delete",
    "simulcasts_get",
    "simulcasts_update",
]


class CreateSimulcastRequest(Model):
    """A platform to send a stream on to.

    Attributes:
        url: of the platform, ``rtmp://`` or ``rtmps://``.
        stream_key: what the platform knows the stream by. Secret.
        metadata: at most 10 entries of at most 255 characters.
    """

    stream_id: str
    url: str
    stream_key: Secret
    metadata: Metadata | UnsetType = UNSET


class GetSimulcastRequest(Model):
    """Which simulcast of which stream."""

    stream_id: str
    simulcast_id: str


class UpdateSimulcastRequest(Model):
    """What to change of a simulcast.

    Attributes:
        is_enabled: whether the stream is sent on; default ``True``.
        metadata: at most 10 entries of at most 255 characters.
    """

    stream_id: str
    simulcast_id: str
    is_enabled: bool | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class DeleteSimulcastRequest(Model):
    """Which simulcast of which stream."""

    stream_id: str
    simulcast_id: str


CreateSimulcastResponse: TypeAlias = Data[Simulcast]
GetSimulcastResponse: TypeAlias = Data[Simulcast]
UpdateSimulcastResponse: TypeAlias = Data[Simulcast]
DeleteSimulcastResponse: TypeAlias = Ack


@post("/live/streams/{streamId}/simulcast", id="create-simulcast-of-stream")
def simulcasts_create(
    core: FastpixCore, request: CreateSimulcastRequest, options: RequestOptions | None = None
) -> Reply[CreateSimulcastResponse]:
    """Send a live stream on to another platform; the stream must be ``idle``.

    It is sent once: if no answer comes, the error's ``may_have_been_applied`` is true, and `live_streams_get`
    tells whether it is there.

    Fails with `BadRequestError` (``Simulcast is not available for trial streams``, or the stream is not idle),
    with `NotFoundError` (``stream not found``), and with `UnprocessableError` for a refused url.
    Follows ``create-simulcast-of-stream`` of the API.
    """
    ...


@get("/live/streams/{streamId}/simulcast/{simulcastId}", id="get-specific-simulcast-of-stream")
def simulcasts_get(
    core: FastpixCore, request: GetSimulcastRequest, options: RequestOptions | None = None
) -> Reply[GetSimulcastResponse]:
    """Get one simulcast of a live stream.

    Fails with `NotFoundError` (``stream/simulcast not found``).
    Follows ``get-specific-simulcast-of-stream`` of the API.
    """
    ...


@put("/live/streams/{streamId}/simulcast/{simulcastId}", id="update-specific-simulcast-of-stream")
def simulcasts_update(
    core: FastpixCore, request: UpdateSimulcastRequest, options: RequestOptions | None = None
) -> Reply[UpdateSimulcastResponse]:
    """Switch a simulcast on or off, or change its metadata, while the stream is ``active`` or ``idle``.

    Fails with `BadRequestError` if the stream is disabled, and with `NotFoundError`
    (``stream/simulcast not found``).
    Follows ``update-specific-simulcast-of-stream`` of the API.
    """
    ...


@delete("/live/streams/{streamId}/simulcast/{simulcastId}", id="delete-simulcast-of-stream")
def simulcasts_delete(
    core: FastpixCore, request: DeleteSimulcastRequest, options: RequestOptions | None = None
) -> Reply[DeleteSimulcastResponse]:
    """Send a live stream no longer on to another platform.

    Fails with `NotFoundError` (``stream/simulcast not found``).
    Follows ``delete-simulcast-of-stream`` of the API.
    """
    ...
