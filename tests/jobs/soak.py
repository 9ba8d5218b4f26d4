"""`make soak`, its part for jobs: imports 100,000 rows of a CSV file, and 5,000 by a process that is killed ten times.

The CPU time per row must be that of 1,000 rows, and the memory must not grow with the rows. Each media must be there once.
"""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from fastpix import FastpixCore, each
from fastpix.api.media import media_list
from fastpix.jobs import import_media
from fastpix.jobs.rows import KEY
from fastpix.journal import SqliteJournal
from tests.emulator.processes import running
from tests.memory import peak

__all__ = ["Imported", "imported", "soak"]

KIBIBYTE = 1024
ALLOWED_GROWTH = 4 * KIBIBYTE
"""The KiB by which the memory may grow from 1,000 rows to 100,000."""
ALLOWED_COST = 1.1


class Imported(NamedTuple):
    """What an import took.

    Attributes:
        rows: The number of rows.
        kills: The number of kills.
        seconds: The duration.
        cpu: The CPU time of a row in microseconds, in the process that imports. 0 if it was killed.
        memory: The peak of its memory in KiB.
        again: The seconds of another import with the same journal, when everything is done.
        twice: The number of media that are there more than once.
        lost: The number of rows without a media.
    """

    rows: int
    kills: int
    seconds: float
    cpu: float
    memory: int
    again: float
    twice: int
    lost: int


def imported(rows: int, *, kills: int = 0, seed: int = 1) -> Imported:
    """Import so many rows in a process that is killed so many times."""
    chance = random.Random(seed)
    with TemporaryDirectory() as folder, running("--username", "a", "--password", "b") as variables:
        source, journal = Path(folder, "library.csv"), Path(folder, "jobs.db")
        lines = (f"{number},https://example.com/{number}.mp4\n" for number in range(rows))
        source.write_text("key,url\n" + "".join(lines))
        command = [sys.executable, "-m", "tests.jobs.soak", variables["FASTPIX_SERVER_URL"], str(source), str(journal)]
        started, killed, told = time.monotonic(), 0, ["0", "0"]
        while True:
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                try:
                    told = process.communicate(timeout=chance.uniform(0.4, 1.5) if killed < kills else None)[0].split()
                    if not process.returncode:
                        break
                except subprocess.TimeoutExpired:
                    process.kill()
                    killed += 1
        seconds = time.monotonic() - started
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        again = time.monotonic() - started - seconds
        core = FastpixCore(username="a", password="b", server_url=variables["FASTPIX_SERVER_URL"])
        found = Counter((result.unwrap().metadata or {})[KEY] for result in each(media_list)(core))
    twice = sum(times > 1 for times in found.values())
    return Imported(rows, killed, seconds, float(told[0]), int(told[1]), again, twice, rows - len(found))


def work(url: str, source: str, journal: str) -> None:
    """Import a file. Print the CPU time of a row, and the peak of the memory."""
    core = FastpixCore(username="a", password="b", server_url=url)
    before = time.process_time()
    report = import_media(core, source, journal=SqliteJournal(journal), lease=1)
    used = time.process_time() - before
    if report.failed:  # start again
        sys.exit(str(report.failures[0].error))
    print(used / report.done * 1e6, peak() // KIBIBYTE)


def soak() -> bool:
    """Import 1,000, 5,000 and 100,000 rows, and show what that took. Return whether it is as promised."""
    print(" ".join(f"{name:>9}" for name in Imported._fields))
    told: list[Imported] = []
    for rows, kills in ((1_000, 0), (5_000, 10), (100_000, 0)):
        told.append(imported(rows, kills=kills))
        print(" ".join(f"{fact:9.0f}" for fact in told[-1]), flush=True)
    few, _, many = told
    is_flat = many.memory - few.memory <= ALLOWED_GROWTH and many.cpu <= few.cpu * ALLOWED_COST
    return is_flat and not any(each.twice or each.lost for each in told)


if __name__ == "__main__":
    if sys.argv[1:]:
        work(*sys.argv[1:])
    else:
        sys.exit(0 if soak() else 1)
