"""A core that is used on both sides of a fork, in separate processes."""

import subprocess
import sys

import pytest

from fastpix.emulator import Emulator, Seed, SeedStream
from tests.servers import Scripted, answer, hang

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
BEGIN = """
import os, sys
from fastpix import FastpixCore, Retries
from fastpix.api.live_streams import GetLiveStreamRequest, live_streams_get

url, username, password, *ids = sys.argv[1:]
core = FastpixCore(username=username, password=password, server_url=url, retries=Retries(base=0.001))

def ask(stream_id):
    return live_streams_get(core, GetLiveStreamRequest(stream_id))

def is_right(stream_id):
    return ask(stream_id).unwrap().data.stream_id == stream_id

def end(is_child, ok):
    if is_child:
        os._exit(0 if ok else 1)
    assert ok
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""
SIDE_BY_SIDE = """
assert is_right(ids[0])
child = os.fork()
end(child == 0, all([is_right(ids[child == 0]) for _ in range(100)]))
"""
ONE_AFTER_THE_OTHER = """
ask("a").unwrap()
child = os.fork()
if child == 0:
    ask("a").unwrap()
end(child == 0, True)
ask("a").unwrap()
"""
IN_AN_OUTAGE = """
while ask("a").failure().attempts > 1:
    pass
child = os.fork()
end(child == 0, ask("a").failure().attempts == (3 if child == 0 else 1))
"""
WITH_A_CALL_UNDER_WAY = """
import threading
core = FastpixCore(username=username, password=password, server_url=url, timeout=10, max_connections=1)
threading.Thread(target=ask, args=["a"], daemon=True).start()
sys.stdin.readline()
child = os.fork()
if child == 0:
    ask("a").unwrap()
    os._exit(0)
os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def run(program: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-c", BEGIN + program, *arguments], check=True, timeout=60)


def test_parent_and_child_each_get_the_answers_to_their_own_requests(server_url: str, emulator: Emulator) -> None:
    ids = emulator.seed(Seed(streams=[SeedStream(count=2)])).stream_ids
    run(SIDE_BY_SIDE, server_url, emulator.username, emulator.password, *ids)


@pytest.mark.parametrize("transport", ["", "httpx"])
def test_a_child_makes_its_own_connection_and_leaves_that_of_its_parent_open(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, transport: str
) -> None:
    if transport:
        monkeypatch.setenv("FASTPIX_TRANSPORT", transport)
    scripted.script(answer(b'{"success":true,"data":{"streamId":"a","streamKey":"k"}}'))
    run(ONE_AFTER_THE_OTHER, scripted.url, "a", "b")
    assert (len(scripted.requests), scripted.connections) == (3, 2)


def test_a_child_begins_with_a_full_budget_for_retries(scripted: Scripted) -> None:
    scripted.script(answer(b"", 503))
    run(IN_AN_OUTAGE, scripted.url, "a", "b")


def test_a_child_has_slots_of_its_own(scripted: Scripted) -> None:
    scripted.script(hang, answer(b'{"success":true,"data":{"streamId":"a","streamKey":"k"}}'))
    command = [sys.executable, "-c", BEGIN + WITH_A_CALL_UNDER_WAY, scripted.url, "a", "b"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as running:
        scripted.wait_for(1)
        running.communicate(b"go on\n", timeout=60)
    assert running.returncode == 0
