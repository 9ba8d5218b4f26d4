"""Uploads over real sockets: silence, broken connections, memory, and a process that is killed."""

import os
import signal
import subprocess
import sys
import tracemalloc
from hashlib import sha256
from pathlib import Path
from random import Random

import anyio
import pytest

from fastpix import AsyncFastpixCore, FastpixCore, RequestOptions, Retries, Success
from fastpix.emulator import Emulator
from fastpix.errors import ConnectionFailedError, TimedOutError
from fastpix.uploads import UploadProgress, UploadSession, send, status, upload
from fastpix.uploads.wire import QUANTUM
from tests.servers import Scripted, answer, hang, hang_up
from tests.uploads.draining import Draining

MEBIBYTE = 1024 * 1024
ONCE = RequestOptions(retries=Retries(attempts=1))
CORE = FastpixCore(username="a", password="b")
PROGRAM = """
import sys
from fastpix import FastpixCore
from fastpix.uploads import upload
core = FastpixCore(username=sys.argv[1], password=sys.argv[2], server_url=sys.argv[3])
def tell(progress):
    print(progress.stage, progress.sent, flush=True)
upload(core, sys.argv[4], state_file=sys.argv[5], part_size=262144, on_progress=tell, bytes_per_second=float(sys.argv[6])).unwrap()
"""


def session(server: Scripted) -> UploadSession:
    return UploadSession("1", f"http://127.0.0.1:{server.port}/file?upload_id=secret")


def test_a_server_that_is_silent_ends_the_attempt(scripted: Scripted) -> None:
    scripted.script(answer(status=308), hang)
    error = send(CORE, session(scripted), b"abc", silence=0.1, options=ONCE).failure()
    assert isinstance(error, TimedOutError)
    assert error.may_have_been_applied


@pytest.mark.anyio
async def test_a_server_that_is_silent_ends_the_attempt_of_an_async_core(scripted: Scripted) -> None:
    scripted.script(answer(status=308), hang)
    core = AsyncFastpixCore(username="a", password="b")
    error = (await send(core, session(scripted), b"abc", silence=0.1, options=ONCE)).failure()
    assert isinstance(error, TimedOutError)
    await core.aclose()


def test_a_server_that_hangs_up_is_asked_again(scripted: Scripted) -> None:
    scripted.script(answer(status=308), hang_up, answer(status=308), answer())
    assert isinstance(send(CORE, session(scripted), b"abc", options=RequestOptions(retries=Retries(base=0))), Success)
    first_lines = [request.partition(b"\r\n")[0] for request in scripted.requests]
    assert first_lines == [b"PUT /file?upload_id=secret HTTP/1.1"] * 4


def test_a_server_that_is_not_there_is_named_without_the_url(scripted: Scripted) -> None:
    gone = UploadSession("1", "http://127.0.0.1:1/file?upload_id=secret")
    error = status(CORE, gone, ONCE).failure()
    assert isinstance(error, ConnectionFailedError)
    assert "127.0.0.1:1" in error.message
    assert "secret" not in f"{error!r}"


def test_no_more_than_two_parts_are_in_memory(tmp_path: Path) -> None:
    path, part_size = tmp_path / "video.mp4", 4 * MEBIBYTE
    with path.open("wb") as file:
        file.truncate(40 * MEBIBYTE)
    with Draining() as server:
        for source in (path, (bytes(MEBIBYTE // 4) for _ in range(160))):
            tracemalloc.start()
            send(CORE, UploadSession("1", server.url), source, part_size=part_size).unwrap()
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak < 2 * part_size + 2 * MEBIBYTE


def test_a_process_that_is_killed_loses_nothing(server_url: str, emulator: Emulator, tmp_path: Path) -> None:
    path, state = tmp_path / "video.mp4", tmp_path / "video.upload"
    path.write_bytes(Random(4).randbytes(4 * QUANTUM + 99))
    arguments = [emulator.username, emulator.password, server_url, str(path), str(state)]
    slow = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments, str(5 * QUANTUM)], stdout=subprocess.PIPE, text=True
    )
    assert slow.stdout is not None
    for line in slow.stdout:
        if int(line.split()[1]) > QUANTUM:
            break
    os.kill(slow.pid, signal.SIGKILL)
    slow.communicate()
    again = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments, "1e9"], check=True, stdout=subprocess.PIPE, text=True
    )
    assert int(again.stdout.split()[1]) >= QUANTUM
    [received] = emulator.uploads()
    assert received.sha256 == sha256(path.read_bytes()).hexdigest()
    assert not state.exists()


@pytest.mark.anyio
async def test_a_cancelled_task_leaves_a_session_that_another_one_goes_on_with(
    server_url: str, emulator: Emulator, tmp_path: Path
) -> None:
    core = AsyncFastpixCore(username=emulator.username, password=emulator.password, server_url=server_url)
    state, data = tmp_path / "video.upload", Random(5).randbytes(3 * QUANTUM)
    with anyio.CancelScope() as scope:

        def watch(progress: UploadProgress) -> None:
            if progress.sent > QUANTUM:
                scope.cancel()

        await upload(core, data, part_size=QUANTUM, state_file=state, on_progress=watch, bytes_per_second=10 * QUANTUM)
    assert scope.cancelled_caught
    assert isinstance(await upload(core, data, state_file=state), Success)
    [received] = emulator.uploads()
    assert received.sha256 == sha256(data).hexdigest()
    await core.aclose()
