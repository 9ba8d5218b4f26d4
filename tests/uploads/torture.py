"""`make torture`: 200 uploads through an unreliable network, by processes that are killed at random moments.

After each kill, a new process goes on with the state file. In the end, each file must be there to the byte, no more than one
part may have been sent again for each fault and each kill, and no process may have used the memory of more than two parts.
Then a file of 5 GiB is uploaded once.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx

from fastpix import Failure, FastpixCore, RequestOptions, Retries
from fastpix.uploads import upload
from tests.emulator.processes import running
from tests.memory import peak
from tests.uploads.unreliable import Facts, Unreliable

__all__ = ["Task", "Told", "tortured"]

MEBIBYTE = 1024 * 1024
PART_SIZE = 2 * MEBIBYTE
PROBABILITY = 0.15
LONGEST_LIFE = 1.5
"""The most seconds until a process is killed."""
MOST_KILLS = 3
ALLOWED_GROWTH = 2 * PART_SIZE + 8 * MEBIBYTE
LARGE = 5 * 1024 * MEBIBYTE
BLOCK = 64 * 1024


class Task(NamedTuple):
    """An upload."""

    number: int
    size: int


class Told(NamedTuple):
    """What became of an upload."""

    size: int
    is_equal: bool
    """Whether the SHA-256 on the server is that of the file."""
    facts: Facts
    kills: int
    growth: int
    """The most memory that a process needed for the upload, in bytes."""

    @property
    def problems(self) -> list[str]:
        again = self.facts.sent - self.size
        allowed = (self.facts.faults + self.kills) * PART_SIZE
        return [
            *(["the file differs"] * (not self.is_equal)),
            *([f"{again} bytes were sent again for {self.facts.faults} faults"] * (again > allowed)),
            *([f"the memory grew by {self.growth} bytes"] * (self.growth > ALLOWED_GROWTH)),
        ]


@contextmanager
def served(probability: float, seed: int) -> Generator[tuple[Unreliable, httpx.Client]]:
    """Serve a local FastPix in another process, behind an unreliable network."""
    with running("--username", "a", "--password", "b") as variables:
        url = httpx.URL(variables["FASTPIX_SERVER_URL"])
        with Unreliable(url.port or 0, probability, seed) as proxy, httpx.Client(base_url=url) as client:
            yield proxy, client


def tortured(uploads: int, *, smallest: int, largest: int, seed: int, show: bool = False) -> list[Told]:
    """Upload files of random sizes, and return what became of them."""
    random = Random(seed)
    tasks = [Task(number, random.randint(smallest, largest)) for number in range(uploads)]
    told: list[Told] = []
    with (
        TemporaryDirectory() as place,
        served(PROBABILITY, seed) as (proxy, client),
        ThreadPoolExecutor(3) as threads,
    ):
        for done in threads.map(partial(_upload, Path(place), proxy, client, seed), tasks):
            told.append(done)
            if show:
                print(f"\r{len(told)} of {uploads} uploads", end="", file=sys.stderr, flush=True)
    return told


def _upload(place: Path, proxy: Unreliable, client: httpx.Client, seed: int, task: Task) -> Told:
    """Upload a file by processes of which each but the last may be killed."""
    random = Random(seed * 1000 + task.number)
    path, state = place / f"{task.number}.mp4", place / f"{task.number}.upload"
    path.write_bytes(random.randbytes(task.size))
    digest = sha256(path.read_bytes()).hexdigest()
    kills, growth, upload_id = 0, 0, ""
    while True:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.uploads.torture", proxy.url, str(path), str(state)],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            out, _ = worker.communicate(timeout=None if kills >= MOST_KILLS else random.uniform(0.3, LONGEST_LIFE))
        except subprocess.TimeoutExpired:
            kills += 1
            os.kill(worker.pid, signal.SIGKILL)
            worker.communicate()
            continue
        if not worker.returncode:
            upload_id, growth = out.split()[0], max(growth, int(out.split()[1]))
            break
    path.unlink()
    known = {each["uploadId"]: each for each in client.get("/_emulator/uploads").json()}
    return Told(task.size, known[upload_id]["sha256"] == digest, proxy.facts(upload_id), kills, growth)


def work(url: str, path: str, state: str) -> None:
    """Upload one file, in a process of its own. Print the id of the upload, and by how much the memory grew."""
    core = FastpixCore(username="a", password="b", server_url=url)
    before = peak()
    result = upload(
        core,
        path,
        part_size=PART_SIZE,
        state_file=state,
        options=RequestOptions(retries=Retries(attempts=10, base=0.01)),
    )
    if isinstance(result, Failure):
        sys.exit(f"{path}: {result.failure()}")
    print(result.unwrap().upload_id, peak() - before)


def upload_large() -> str:
    """Upload a sparse file of 5 GiB, and return what became of it in words."""
    with TemporaryDirectory() as place:
        free = shutil.disk_usage(place).free
        if free < LARGE + LARGE // 10:
            return f"5 GiB: left out, because only {free / 2**30:.1f} GiB of the disk are free"
        path = Path(place, "large.mp4")
        with path.open("wb") as file:
            file.truncate(LARGE)
        with served(0, 1) as (proxy, client):
            started = time.monotonic()
            command = [sys.executable, "-m", "tests.uploads.torture", proxy.url, str(path), str(path) + ".upload"]
            worker = subprocess.run(command, check=True, capture_output=True, text=True)
            seconds, growth = time.monotonic() - started, int(worker.stdout.split()[1])
            [known] = client.get("/_emulator/uploads").json()
        digest = sha256()
        for _ in range(LARGE // MEBIBYTE):
            digest.update(bytes(MEBIBYTE))
        told = "equal" if known["sha256"] == digest.hexdigest() else "DIFFERENT"
        return f"5 GiB: {told}, {seconds:.0f} s, memory grew by {growth / MEBIBYTE:.1f} MiB"


def main() -> None:
    started = time.monotonic()
    told = tortured(200, smallest=MEBIBYTE, largest=64 * MEBIBYTE, seed=1, show=True)
    faults, kills = sum(each.facts.faults for each in told), sum(each.kills for each in told)
    sizes, again = sum(each.size for each in told), sum(each.facts.sent - each.size for each in told)
    print(f"\r{len(told)} uploads of {sizes / 2**30:.2f} GiB in {time.monotonic() - started:.0f} s")
    print(f"{faults} faults, {kills} kills, {sum(each.is_equal for each in told)} of {len(told)} files equal")
    print(f"sent again: {again / MEBIBYTE:.1f} MiB, {again / (faults + kills) / PART_SIZE:.2f} parts per fault or kill")
    print(f"memory grew by at most {max(each.growth for each in told) / MEBIBYTE:.1f} MiB")
    large = upload_large()
    problems = [problem for each in told for problem in each.problems]
    print(large, *problems, sep="\n")
    sys.exit("DIFFERENT" in large or bool(problems))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        work(*sys.argv[1:])
    else:
        main()
