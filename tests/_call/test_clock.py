import asyncio
import socket
from threading import Event

from freezegun import freeze_time

from fastpix import AsyncFastpixCore, FastpixCore, RequestOptions, Success
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable, live_streams_list
from fastpix.errors import TimedOutError
from tests.servers import PAGE, Scripted, Stopwatch, answer

LISTED = answer(PAGE)


def test_a_frozen_clock_changes_no_call(scripted: Scripted) -> None:
    scripted.script(LISTED)
    with FastpixCore(username="a", password="b", server_url=scripted.url) as core:
        for moment in ("2020-01-01", "2038-01-01"):
            with freeze_time(moment):
                assert isinstance(live_streams_list(core), Success)
            assert isinstance(live_streams_list(core), Success)
    assert scripted.connections == 1


def answer_slowly(connection: socket.socket, over: Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n")
    for byte in b'{"success":true}':
        over.wait(0.1)
        connection.sendall(bytes([byte]))


def test_a_frozen_clock_stops_no_deadline(scripted: Scripted) -> None:
    scripted.script(answer_slowly)
    core = FastpixCore(username="a", password="b", server_url=scripted.url)
    with core, Stopwatch() as watch, freeze_time("2020-01-01"):
        error = live_streams_enable(core, EnableLiveStreamRequest("abc"), RequestOptions(timeout=0.3)).failure()
    assert isinstance(error, TimedOutError)
    assert watch.seconds < 10


def test_a_frozen_clock_changes_no_call_of_the_async_core(scripted: Scripted) -> None:
    scripted.script(LISTED)

    async def calls() -> None:
        async with AsyncFastpixCore(username="a", password="b", server_url=scripted.url) as core:
            for moment in ("2020-01-01", "2038-01-01"):
                with freeze_time(moment, real_asyncio=True):
                    assert isinstance(await live_streams_list(core), Success)
                assert isinstance(await live_streams_list(core), Success)

    asyncio.run(calls())
    assert scripted.connections == 1
