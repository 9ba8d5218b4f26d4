"""Simulcasts: forward a live stream to other platforms."""

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
    """Selects a stream, and gives a target on another platform."""

    stream_id: str
    """The id of the stream."""
    url: str
    """The URL of the other platform, ``rtmp://`` or ``rtmps://``, without the stream key."""
    stream_key: Secret
    """The stream key on the other platform. Secret."""
    metadata: Metadata | UnsetType = UNSET
    """Your own key-value pairs: at most 10, each value with at most 255 characters."""


class GetSimulcastRequest(Model):
    """Selects a simulcast of a stream."""

    stream_id: str
    """The id of the stream."""
    simulcast_id: str
    """The id of the simulcast."""


class UpdateSimulcastRequest(Model):
    """Selects a simulcast of a stream, and gives its new settings."""

    stream_id: str
    """The id of the stream."""
    simulcast_id: str
    """The id of the simulcast."""
    is_enabled: bool | UnsetType = UNSET
    """``True`` enables the simulcast, ``False`` disables it. Default: ``True``."""
    metadata: Metadata | UnsetType = UNSET
    """Your own key-value pairs: at most 10, each value with at most 255 characters."""


class DeleteSimulcastRequest(Model):
    """Selects a simulcast of a stream."""

    stream_id: str
    """The id of the stream."""
    simulcast_id: str
    """The id of the simulcast."""


CreateSimulcastResponse: TypeAlias = Data[Simulcast]
GetSimulcastResponse: TypeAlias = Data[Simulcast]
UpdateSimulcastResponse: TypeAlias = Data[Simulcast]
DeleteSimulcastResponse: TypeAlias = Ack


@post("/live/streams/{streamId}/simulcast", id="create-simulcast-of-stream")
def simulcasts_create(
    core: FastpixCore, request: CreateSimulcastRequest, options: RequestOptions | None = None
) -> Reply[CreateSimulcastResponse]:
    """Forward a live stream to a target on another platform. The stream must be ``idle``.

    The library does not retry this call after a lost response. The error's ``may_have_been_applied`` is then ``True``,
    and `live_streams_get` shows whether the simulcast exists.

    Fails with:
        BadRequestError: the stream is not ``idle``, or belongs to a trial plan
            (``Simulcast is not available for trial streams``).
        NotFoundError: the stream does not exist (``stream not found``).
        UnprocessableError: the service rejects the ``url``.

    API operation: ``create-simulcast-of-stream``.

    Example:
        >>> stream_id = "8717422d89288ad5958d4a86e9afe2a2"
        >>> request = CreateSimulcastRequest(stream_id, "rtmps://live.example.com/app/", "the-stream-key")
        >>> simulcasts_create(core, request)
    """
    ...


@get("/live/streams/{streamId}/simulcast/{simulcastId}", id="get-specific-simulcast-of-stream")
def simulcasts_get(
    core: FastpixCore, request: GetSimulcastRequest, options: RequestOptions | None = None
) -> Reply[GetSimulcastResponse]:
    """Get one simulcast of a live stream.

    Fails with:
        NotFoundError: the stream does not exist or has no such simulcast (``stream/simulcast not found``).

    API operation: ``get-specific-simulcast-of-stream``.

    Example:
        >>> stream_id = "8717422d89288ad5958d4a86e9afe2a2"
        >>> simulcasts_get(core, GetSimulcastRequest(stream_id, "c0da2202b40efcc3dd25718c40aba9c8"))
    """
    ...


@put("/live/streams/{streamId}/simulcast/{simulcastId}", id="update-specific-simulcast-of-stream")
def simulcasts_update(
    core: FastpixCore, request: UpdateSimulcastRequest, options: RequestOptions | None = None
) -> Reply[UpdateSimulcastResponse]:
    """Enable or disable a simulcast, or change its metadata. The stream must be ``active`` or ``idle``.

    Fails with:
        BadRequestError: the stream is disabled.
        NotFoundError: the stream does not exist or has no such simulcast (``stream/simulcast not found``).

    API operation: ``update-specific-simulcast-of-stream``.

    Example:
        >>> stream_id = "8717422d89288ad5958d4a86e9afe2a2"
        >>> request = UpdateSimulcastRequest(stream_id, "c0da2202b40efcc3dd25718c40aba9c8", is_enabled=False)
        >>> simulcasts_update(core, request)
    """
    ...


@delete("/live/streams/{streamId}/simulcast/{simulcastId}", id="delete-simulcast-of-stream")
def simulcasts_delete(
    core: FastpixCore, request: DeleteSimulcastRequest, options: RequestOptions | None = None
) -> Reply[DeleteSimulcastResponse]:
    """Delete a simulcast. FastPix no longer forwards the live stream to its target.

    Fails with:
        NotFoundError: the stream does not exist or has no such simulcast (``stream/simulcast not found``).

    API operation: ``delete-simulcast-of-stream``.

    Example:
        >>> stream_id = "8717422d89288ad5958d4a86e9afe2a2"
        >>> simulcasts_delete(core, DeleteSimulcastRequest(stream_id, "c0da2202b40efcc3dd25718c40aba9c8"))
    """
    ...
