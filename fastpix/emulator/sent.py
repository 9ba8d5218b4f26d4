"""The requests that a local FastPix received, so that a test can look at them."""

from typing import Any

import httpx
import msgspec

__all__ = ["Sent"]


class Sent(msgspec.Struct, frozen=True):
    """A request that was sent to an operation of the API."""

    function: str
    """The name of the operation's function, such as ``live_streams_list``. Empty if there is no such operation."""
    operation_id: str
    """The API's id of the operation, such as ``get-all-streams``. Empty if there is no such operation."""
    request: httpx.Request
    """The request, with its method, URL, headers and content."""
    status: int | None
    """The status of the response. ``None`` if a fault on request kept the response back."""

    @property
    def query(self) -> dict[str, str]:
        """The query of the URL."""
        return dict(self.request.url.params)

    @property
    def body(self) -> Any:
        """The body, decoded from JSON. ``None`` if there is no body.

        Raises:
            msgspec.DecodeError: The body is not JSON.
        """
        return msgspec.json.decode(self.request.content) if self.request.content else None
