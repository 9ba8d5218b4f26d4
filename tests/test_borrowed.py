"""What a user hands in to send with: a client, a transport."""

import gzip
from typing import Any

import httpx
import pytest

from fastpix import AsyncFastpixCore, FastpixCore, RequestOptions, inspect
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable
from fastpix.errors import ResponseValidationError

ENABLE = EnableLiveStreamRequest("abc")
COMPRESSED = gzip.compress(b'{"success":true}')


def answered(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, headers={"content-encoding": "gzip", "x-request-id": "r-1"}, content=COMPRESSED)


def core_on(**settings: Any) -> FastpixCore:
    return FastpixCore(username="a", password="b", **settings)


@pytest.mark.parametrize("way", ["client", "transport"])
def test_a_body_that_was_read_before_is_whole_and_not_decompressed_twice(way: str) -> None:
    transport = httpx.MockTransport(answered)
    with httpx.Client(transport=transport) as client:
        core = core_on(client=client) if way == "client" else core_on(transport=transport)
        seen = inspect(live_streams_enable)(core, ENABLE).unwrap()
        assert seen.body == b'{"success":true}'
        assert seen.headers["x-request-id"] == "r-1"
        assert "content-encoding" not in seen.headers
        error = live_streams_enable(core_on(transport=transport, max_response_bytes=4), ENABLE).failure()
    assert isinstance(error, ResponseValidationError)


@pytest.mark.anyio
async def test_the_same_for_an_async_core() -> None:
    core = AsyncFastpixCore(username="a", password="b", transport=httpx.MockTransport(answered))
    assert (await inspect(live_streams_enable)(core, ENABLE)).unwrap().body == b'{"success":true}'


def test_a_client_whose_hook_reads_the_answer_is_fine() -> None:
    def read(response: httpx.Response) -> None:
        response.read()

    with httpx.Client(transport=httpx.MockTransport(answered), event_hooks={"response": [read]}) as client:
        assert live_streams_enable(core_on(client=client), ENABLE).unwrap().success


def test_a_transport_gets_the_time_limits_that_are_left() -> None:
    seen: list[dict[str, float]] = []

    def look(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return answered(request)

    core = core_on(transport=httpx.MockTransport(look))
    live_streams_enable(core, ENABLE, RequestOptions(timeout=7)).unwrap()
    assert 5 < seen[0]["read"] <= 7
    assert seen[0]["connect"] <= 5
