"""The requests that a local FastPix received, so that a test can look at them."""

from typing import Any

import httpx
import msgspec

from fastpix.emulator.http.wire import query_of

__all__ = ["Sent"]


class Sent(msgspec.Struct, frozen=True):
    """A request below the server URL that the local FastPix received."""

    function: str | None
    """The name of the operation's function, such as ``live_streams_list``. ``None`` if there is no such operation."""
    operation_id: str | None
    """The API's id of the operation, such as ``get-all-streams``. ``None`` if there is no such operation."""
    request: httpx.Request
    """The request, with its method, URL, headers and content."""
    status: int | None
    """The status of the response. ``None`` if the connection was reset or lost without a response."""

    @property
    def query(self) -> dict[str, list[str]]:
        """The values of each name in the query of the URL, such as ``{"limit": ["20"]}``."""
        return query_of(self.request)

    @property
    def body(self) -> Any:
        """The body, decoded from JSON. ``None`` if there is no body.

        Raises:
            msgspec.DecodeError: The body is not JSON.
        """
        return msgspec.json.decode(self.request.content) if self.request.content else None
