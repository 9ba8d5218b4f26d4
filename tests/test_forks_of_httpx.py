"""httpx2, the maintained fork of httpx: its clients and transports are accepted like those of httpx."""

import os
import subprocess
import sys
from typing import Any

import httpx2
import pytest

from fastpix import AsyncFastpixCore, FastpixCore, RequestOptions, Retries, Success
from fastpix._call.request import USER_AGENT
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable, live_streams_list
from fastpix.errors import ConfigurationError, ConnectionFailedError, NotFoundError, TimedOutError
from tests.servers import PAGE, Scripted, answer, hang_up, unused_url

ENABLE = EnableLiveStreamRequest("abc")
ONCE = RequestOptions(retries=Retries(attempts=1))
WHO: Any = {"username": "a", "password": "b"}


class Client(httpx2.Client):
    """A user's subclass that has the same name as its base class."""


def test_a_client_is_used_with_its_settings(scripted: Scripted) -> None:
    scripted.script(answer(PAGE))
    with Client(headers={"x-own": "1", "user-agent": "mine"}, params={"a": "b"}, cookies={"c": "d"}) as client:
        live_streams_list(FastpixCore(**WHO, server_url=scripted.url, client=client)).unwrap()
        with Client() as plain:
            live_streams_list(FastpixCore(**WHO, server_url=scripted.url, client=plain)).unwrap()
    first, second = scripted.requests
    assert b"GET /v1/live/streams?a=b HTTP/1.1" in first
    for line in (b"x-own: 1", b"user-agent: mine", b"cookie: c=d"):
        assert line in first.lower()
    assert USER_AGENT.encode() in second


@pytest.mark.anyio
async def test_so_is_an_async_client(scripted: Scripted) -> None:
    async with httpx2.AsyncClient() as client:
        core = AsyncFastpixCore(**WHO, server_url=scripted.url, client=client)
        assert isinstance(await live_streams_enable(core, ENABLE), Success)


@pytest.mark.anyio
async def test_transports_are_used_with_nothing_in_between() -> None:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=PAGE))
    assert isinstance(live_streams_list(FastpixCore(**WHO, transport=transport)), Success)
    assert isinstance(await live_streams_list(AsyncFastpixCore(**WHO, transport=transport)), Success)


def test_errors_are_of_their_classes_and_retried(scripted: Scripted) -> None:
    scripted.script(hang_up, answer())
    quick = RequestOptions(retries=Retries(base=0.001))
    with httpx2.Client() as client:
        core = FastpixCore(**WHO, server_url=scripted.url, client=client)
        assert isinstance(live_streams_enable(core, ENABLE, quick), Success)
        elsewhere = RequestOptions(retries=Retries(attempts=1), server_url=unused_url())
        refused = live_streams_enable(core, ENABLE, elsewhere).failure()
    assert isinstance(refused, ConnectionFailedError)
    assert not refused.may_have_been_applied
    assert len(scripted.requests) == 2


def test_its_time_limits_hold(scripted: Scripted) -> None:
    def late(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("too late")

    core = FastpixCore(**WHO, transport=httpx2.MockTransport(late))
    assert isinstance(live_streams_enable(core, ENABLE, ONCE).failure(), TimedOutError)


def test_a_hook_that_raises_for_a_status_is_a_refusal(scripted: Scripted) -> None:
    scripted.script(answer(b"", 404))
    with httpx2.Client(event_hooks={"response": [httpx2.Response.raise_for_status]}) as client:
        core = FastpixCore(**WHO, server_url=scripted.url, client=client)
        assert isinstance(live_streams_enable(core, ENABLE).failure(), NotFoundError)


def test_a_client_of_the_other_kind_is_refused_by_its_full_name() -> None:
    given: Any = httpx2.AsyncClient()
    with pytest.raises(ConfigurationError, match=r"^client must be an httpx\.Client, .* not httpx2\.AsyncClient$"):
        FastpixCore(**WHO, client=given)


ALIASED = """
import asyncio, sys
from httpx2 import alias_httpx
alias_httpx()
import httpx
from fastpix import AsyncFastpixCore, FastpixCore
from fastpix.api.live_streams import live_streams_list

settings = {"username": "a", "password": "b", "server_url": sys.argv[1]}


async def call():
    async with AsyncFastpixCore(**settings) as core:
        (await live_streams_list(core)).unwrap()


asyncio.run(call())
with httpx.Client() as client, FastpixCore(**settings) as own, FastpixCore(**settings, client=client) as theirs:
    for core in (own, theirs):
        live_streams_list(core).unwrap()
assert httpx.__name__ == "httpx2"
"""


@pytest.mark.parametrize("variable", ["", "httpx"])
def test_it_may_take_the_name_of_httpx(scripted: Scripted, variable: str) -> None:
    scripted.script(answer(PAGE))
    environment = os.environ | {"FASTPIX_TRANSPORT": variable}
    subprocess.run([sys.executable, "-c", ALIASED, scripted.url], check=True, timeout=60, env=environment)
    assert len(scripted.requests) == 3
