"""Both sides of a comparison of calls: this library, and the code of a careful user of httpx."""

from collections.abc import Callable

import httpx

from fastpix import FastpixCore, RequestOptions
from fastpix.api.live_streams import GetAllStreamsRequest, live_streams_list

__all__ = ["BASE", "OPTIONS", "Canned", "idiomatic", "ours", "parameters"]

BASE = "https://api.fastpix.com/v1"
OPTIONS = RequestOptions()


class Canned(httpx.BaseTransport):
    """A transport that responds at once in place of a server."""

    def __init__(self, page: bytes) -> None:
        self._page = page
        self._headers = [(b"content-type", b"application/json"), (b"content-length", str(len(page)).encode())]

    def handle_request(self, request: httpx.Request) -> httpx.Response:  # noqa: ARG002 - httpx defines the parameter
        return httpx.Response(200, headers=self._headers, stream=httpx.ByteStream(self._page))


def parameters(limit: int) -> dict[str, str | int]:
    return {"limit": limit, "offset": 1, "orderBy": "desc"}


def ours(core: FastpixCore, limit: int) -> Callable[[], object]:
    return lambda: live_streams_list(
        core, GetAllStreamsRequest(limit=limit, offset=1, order_by="desc"), OPTIONS
    ).unwrap()


def idiomatic(client: httpx.Client, url: str, limit: int) -> Callable[[], object]:
    return lambda: client.get(f"{url}/live/streams", params=parameters(limit), auth=("a", "b")).json()
