"""`make mutants`: puts random faults into the code, one at a time, and lists those that no test notices.

A mutant is run against the tests that reach its line, in their short form. If these pass, it is run against all tests
in full length. Left out are the benchmarks, and the fault tests, which may fail on a busy machine even if the code is
correct. judged.md has the figures of the last runs, and a judgement of each survivor.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Literal

from tests.mutants.mutants import Mutant, mutants
from tests.mutants.reach import Reach
from tests.wheel import ROOT

LEFT_OUT = ("fastpix/api", "fastpix/emulator/demo.py")
"""Declarations, which other tests compare with the contract one by one, and the demo, whose output is for people."""
WITH_CODE = (Path("fastpix/api/common.py"), Path("fastpix/api/times.py"))
PYTEST = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "--tb=no"]
ELSEWHERE = [f"--ignore=tests/{name}" for name in ("benchmarks", "faults")]
MEASURED = ["-n", "2", "--dist", "loadfile", "--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
SIDE_BY_SIDE = 2
SECONDS = 900
"""The limit for a run of all tests. A single test that hangs has a timeout of its own."""
BOUNDED = ["/bin/sh", "-c", 'ulimit -v 8388608; exec "$@"', "sh"]
"""Limits the address space of a test process, in KiB, so that a mutant that allocates without end fails."""
NO_TESTS = 5


@dataclass(frozen=True)
class Verdict:
    """The result of a mutant."""

    mutant: Mutant
    is_noticed: bool


def modules() -> list[Path]:
    found = (path.relative_to(ROOT) for path in sorted((ROOT / "fastpix").rglob("*.py")))
    return [path for path in found if path in WITH_CODE or not str(path).startswith(LEFT_OUT)]


def sample(number: int, seed: int, paths: list[Path]) -> list[Mutant]:
    """Return random mutants. The same code and seed give the same mutants."""
    every = [mutant for path in paths for mutant in mutants(path)]
    random.Random(seed).shuffle(every)
    return list(islice(filter(Mutant.compiles, every), number))


def run(arguments: list[str], folder: Path, length: Literal["short", "whole"] = "short") -> bool:
    """Run tests in a folder. Return ``True`` if they pass."""
    process = subprocess.Popen(
        [*BOUNDED, *PYTEST, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "FASTPIX_TESTS": length},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        return False
    finally:
        with suppress(ProcessLookupError):  # also ends the processes that the tests have started
            os.killpg(process.pid, signal.SIGKILL)
    if code == NO_TESTS:
        raise RuntimeError(f"pytest found no tests to run with the arguments {arguments}")
    return code == 0


class Copies:
    """Copies of the project, each for one mutant at a time."""

    def __init__(self, folder: Path) -> None:
        self._free: SimpleQueue[Path] = SimpleQueue()
        for number in range(SIDE_BY_SIDE):
            copy = folder / str(number)
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".git", ".hypothesis", "*_cache"))
            self._free.put(copy)

    def reach(self) -> Reach:
        """Run the tests on the unchanged code, where they must pass, and return which lines they reach."""
        copy = self._free.get()
        if not run([*MEASURED, *ELSEWHERE], copy):
            sys.exit("the tests fail on the unchanged code")
        self._free.put(copy)
        return Reach(copy)

    def judge(self, reach: Reach, mutant: Mutant) -> Verdict:
        copy = self._free.get()
        file = copy / mutant.path
        original = file.read_text()
        try:
            file.write_text(mutant.source)
            near = reach.tests(mutant.path, mutant.line)
            passes = (not near or run(near, copy)) and run(ELSEWHERE, copy, "whole")
        finally:
            file.write_text(original)
            self._free.put(copy)
        return Verdict(mutant, is_noticed=not passes)


def judged(chosen: list[Mutant]) -> Iterator[Verdict]:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        copies = Copies(Path(folder))
        reach = copies.reach()
        yield from threads.map(partial(copies.judge, reach), chosen)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "paths", nargs="*", type=Path, help="modules to mutate (default: all but declarations and the demo)"
    )
    parser.add_argument("--number", type=int, default=300, help="number of mutants (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=random.randrange(1000), help="seed of the choice (default: random)")
    arguments = parser.parse_args()
    chosen = sample(arguments.number, arguments.seed, arguments.paths or modules())
    counts: dict[Path, Counter[bool]] = defaultdict(Counter)
    for number, verdict in enumerate(judged(chosen), 1):
        mutant = verdict.mutant
        counts[mutant.path][verdict.is_noticed] += 1
        print(f"{number:4} {'noticed ' if verdict.is_noticed else 'SURVIVED'} {mutant.path}:{mutant.line}", flush=True)
        if not verdict.is_noticed:
            print(mutant.diff(), flush=True)
    print("\n| module | noticed | mutants |\n|---|---|---|")
    for path, count in sorted(counts.items()):
        print(f"| {path} | {count[True]} | {count.total()} |")
    noticed = sum(count[True] for count in counts.values())
    print(
        f"\n{noticed} of {len(chosen)} mutants were noticed ({noticed / len(chosen):.1%}) with --seed {arguments.seed}"
    )


if __name__ == "__main__":
    main()
