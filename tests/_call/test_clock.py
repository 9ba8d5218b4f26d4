import asyncio

from freezegun import freeze_time

from fastpix import AsyncFastpixCore, FastpixCore, RequestOptions, Success
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable, live_streams_list
from fastpix.errors import TimedOutError
from tests.servers import PAGE, Scripted, Stopwatch, answer, hang

LISTED = answer(PAGE)


def test_a_frozen_clock_changes_no_call(scripted: Scripted) -> None:
    scripted.script(LISTED)
    with FastpixCore(username="a", password="b", server_url=scripted.url) as core:
        for moment in ("2020-01-01", "2038-01-01"):
            with freeze_time(moment):
                assert isinstance(live_streams_list(core), Success)
            assert isinstance(live_streams_list(core), Success)
    assert scripted.connections == 1


def test_a_frozen_clock_stops_no_deadline(scripted: Scripted) -> None:
    scripted.script(hang)
    core = FastpixCore(username="a", password="b", server_url=scripted.url)
    with core, Stopwatch() as watch, freeze_time("2020-01-01"):
        error = live_streams_enable(core, EnableLiveStreamRequest("abc"), RequestOptions(timeout=0.3)).failure()
    assert isinstance(error, TimedOutError)
    assert watch.seconds < 10


def test_a_frozen_clock_changes_no_call_of_the_async_core(scripted: Scripted) -> None:
    scripted.script(LISTED)

    async def calls() -> None:
        async with AsyncFastpixCore(username="a", password="b", server_url=scripted.url) as core:
            with freeze_time("2020-01-01", real_asyncio=True):
                assert isinstance(await live_streams_list(core), Success)
            assert isinstance(await live_streams_list(core), Success)

    asyncio.run(calls())
