"""Creates streams through faults by a process that is killed at random moments and started again with the same requests.

With a journal, each stream must exist once in the end. Without one, the process goes on with what has not succeeded.
"""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from fastpix import FastpixCore, Retries, Success, many
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_list,
)
from fastpix.journal import SqliteJournal, once
from tests.faults.soak import on_the_server, stormy

__all__ = ["Ended", "create_through_kills"]

AT_ONCE = 10
LEASE = 1.0
"""The local FastPix carries out a request of a killed process within milliseconds."""
LIFE = (0.4, 0.9)
"""The seconds after which a process is killed, at least and at most. It needs about 0.3 to start."""
MOST_RUNS = 30


class Ended(NamedTuple):
    """What became of the creates when all have succeeded.

    Attributes:
        kills: The number of kills.
        runs: The number of processes.
        twice: The number of creates that are on the server more than once.
        lost: The number of creates that have succeeded and are not on the server.
        unsaid: The number of creates that are on the server and have never succeeded.
    """

    kills: int
    runs: int
    twice: int
    lost: int
    unsaid: int


def create_through_kills(creates: int, kills: int, *, journaled: bool = True, seed: int = 1) -> Ended:
    chance = random.Random(seed)
    done: set[int] = set()
    killed = runs = 0
    with stormy(seed) as (emulator, url), TemporaryDirectory() as folder:
        while len(done) < creates and runs < kills + MOST_RUNS:
            left = range(creates) if journaled else sorted(set(range(creates)) - done)
            life = chance.uniform(*LIFE) if killed < kills else None
            command = [
                sys.executable,
                "-m",
                "tests.faults.kills",
                url,
                str(Path(folder, "jobs.db") if journaled else ""),
            ]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
                try:
                    out, _ = process.communicate("\n".join(map(str, left)), timeout=life)
                except subprocess.TimeoutExpired:
                    process.kill()
                    out, _ = process.communicate()
                    killed += 1
            runs += 1
            done.update(int(line) for line in out.splitlines(keepends=True) if line.endswith("\n"))
        server = on_the_server(emulator)
    twice = sum(times > 1 for times in server.values())
    return Ended(killed, runs, twice, len(done - server.keys()), len(server.keys() - done))


def work(url: str, journal: str) -> None:
    """Create a stream for each number of standard input. Print the numbers of those that succeed."""
    core = FastpixCore(username="name", password="word", server_url=url, retries=Retries(base=0.001))
    create = (
        once(live_streams_create, journal=SqliteJournal(journal), key="n", among=live_streams_list, lease=LEASE)
        if journal
        else live_streams_create
    )
    for request, result in many(create, concurrency=AT_ONCE)(core, requests()):
        if isinstance(result, Success):
            print(dict(request.input_media_settings.metadata or {})["n"], flush=True)


def requests() -> Iterator[CreateLiveStreamRequest]:
    for number in sys.stdin.read().split():
        yield CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings(metadata={"n": number}))


def main() -> None:
    print(f"{'1,000 creates':24} " + " ".join(f"{name:>9}" for name in Ended._fields))
    for name, journaled in (("with a journal", True), ("without one", False)):
        ended = create_through_kills(1000, 20, journaled=journaled)
        print(f"{name:24} " + " ".join(f"{figure:9}" for figure in ended), flush=True)
        if journaled and (ended.twice or ended.lost or ended.unsaid):
            sys.exit(1)


if __name__ == "__main__":
    if sys.argv[1:]:
        work(*sys.argv[1:])
    else:
        main()
