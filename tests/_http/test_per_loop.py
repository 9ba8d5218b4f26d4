"""Event loops that a program closes itself, and event loops that a forked child inherits, in separate processes."""

import asyncio
import os
import subprocess
import sys
from typing import Any
from weakref import ReferenceType, ref

import pytest

from fastpix._http.per_loop import ClosedWithLoop, PerLoop
from tests.servers import Scripted

BEGIN = """
import asyncio, gc, os, sys
from fastpix import AsyncFastpixCore
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable
core = AsyncFastpixCore(username="a", password="b", server_url=sys.argv[1])

async def call():
    (await live_streams_enable(core, EnableLiveStreamRequest("abc"))).unwrap()
"""
CLOSED_BY_HAND = """
def job():
    loop = asyncio.new_event_loop()
    loop.run_until_complete(call())
    loop.close()

def descriptors():
    gc.collect()
    return len(os.listdir("/proc/self/fd"))

job()
before = descriptors()
for _ in range(30):
    job()
assert descriptors() <= before, (before, descriptors())
"""
INHERITED = """
loop = asyncio.new_event_loop()
loop.run_until_complete(call())
child = os.fork()
if child == 0:
    loop.run_until_complete(call())
    loop.run_until_complete(loop.shutdown_asyncgens())
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
loop.run_until_complete(call())
loop.run_until_complete(loop.shutdown_asyncgens())
loop.close()
"""


def run(program: str, scripted: Scripted) -> None:
    subprocess.run([sys.executable, "-c", BEGIN + program, scripted.url], check=True, timeout=60)


@pytest.mark.skipif(sys.platform != "linux", reason="counts file descriptors in /proc, which only Linux has")
def test_loops_closed_by_hand_leave_no_descriptor(scripted: Scripted) -> None:
    run(CLOSED_BY_HAND, scripted)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_forked_child_shares_no_connection_of_an_inherited_loop(scripted: Scripted) -> None:
    run(INHERITED, scripted)
    assert len(scripted.requests) == 3
    assert scripted.connections == 2, "the parent reuses its connection after the child has ended"


class Value:
    """A value that refers to its event loop, as connections do."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()


async def value_of(values: PerLoop[Value]) -> ReferenceType[Value]:
    assert values.get() is values.get()
    return ref(values.get())


def test_the_value_of_a_closed_loop_is_forgotten_with_the_next_loop() -> None:
    values = PerLoop(Value)
    loop = asyncio.new_event_loop()
    first = loop.run_until_complete(value_of(values))
    asyncio.run(value_of(values))
    loop.close()
    assert first() is not None
    asyncio.run(value_of(values))
    assert first() is None


@pytest.mark.parametrize("is_parent", [True, False])
@pytest.mark.anyio
async def test_only_the_process_that_made_a_connection_closes_it(
    anyio_backend: str, monkeypatch: pytest.MonkeyPatch, is_parent: bool
) -> None:
    closed: list[int] = []

    async def close(value: int) -> None:
        closed.append(value)

    values = ClosedWithLoop(lambda: 1, close)
    await values.get()
    if not is_parent:
        monkeypatch.setattr(os, "getpid", lambda: -1)
    private: Any = values
    (owned,) = private._owned._values.values()
    await owned.lifetime.aclose()
    assert closed == ([1] if is_parent else [])
