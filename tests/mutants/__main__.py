"""`make mutants`: puts random faults into the code, one at a time, and tells which of them no test notices.

A mutant is run against the tests that reach its line, and if they pass, against all others. Left out are the tests of
faults, as they may fail on a busy machine whatever the code is. The figures of the last run are in judged.md, with a
judgement of each survivor.
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

from tests.mutants.mutants import Mutant, mutants
from tests.mutants.reach import Reach
from tests.wheel import ROOT

LEFT_OUT = ("fastpix/api", "fastpix/emulator/demo.py")
"""Declarations, which tests hold against the contract one by one, and what prints to a person."""
WITH_CODE = (Path("fastpix/api/common.py"), Path("fastpix/api/times.py"))
PYTEST = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "--tb=no"]
ELSEWHERE = [f"--ignore=tests/{name}" for name in ("benchmarks", "faults")]
MEASURED = ["-n", "2", "--dist", "loadfile", "--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
SIDE_BY_SIDE = 2
SECONDS = 900
"""For all tests. Those that hang have a limit of their own."""
BOUNDED = ["/bin/sh", "-c", 'ulimit -v 8388608; exec "$@"', "sh"]
"""The address space of one test process, in KiB: it ends a mutant that allocates without end."""
NO_TESTS = 5


@dataclass(frozen=True)
class Verdict:
    """What came of a mutant."""

    mutant: Mutant
    is_noticed: bool


def modules() -> list[Path]:
    found = (path.relative_to(ROOT) for path in sorted((ROOT / "fastpix").rglob("*.py")))
    return [path for path in found if path in WITH_CODE or not str(path).startswith(LEFT_OUT)]


def sample(number: int, seed: int, paths: list[Path]) -> list[Mutant]:
    """Random mutants, the same for the same code and seed."""
    every = [mutant for path in paths for mutant in mutants(path)]
    random.Random(seed).shuffle(every)
    return list(islice(filter(Mutant.compiles, every), number))


def run(arguments: list[str], folder: Path) -> bool:
    """Whether the tests pass in a folder."""
    process = subprocess.Popen(
        [*BOUNDED, *PYTEST, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "FASTPIX_TESTS": "whole"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        return False
    finally:
        with suppress(ProcessLookupError):  # what the tests have started ends with them
            os.killpg(process.pid, signal.SIGKILL)
    if code == NO_TESTS:
        raise RuntimeError(f"no tests were run of {arguments}")
    return code == 0


class Copies:
    """Copies of the tree, each for one mutant at a time."""

    def __init__(self, folder: Path) -> None:
        self._free: SimpleQueue[Path] = SimpleQueue()
        for number in range(SIDE_BY_SIDE):
            copy = folder / str(number)
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".git", ".hypothesis", "*_cache"))
            self._free.put(copy)

    def reach(self) -> Reach:
        """Runs the tests without a fault, which must pass."""
        copy = self._free.get()
        if not run([*MEASURED, *ELSEWHERE], copy):
            sys.exit("the tests fail without any fault")
        self._free.put(copy)
        return Reach(copy)

    def judge(self, reach: Reach, mutant: Mutant) -> Verdict:
        copy = self._free.get()
        file = copy / mutant.path
        original = file.read_text()
        try:
            file.write_text(mutant.source)
            near = reach.tests(mutant.path, mutant.line)
            passes = (not near or run(near, copy)) and run([*(f"--deselect={test}" for test in near), *ELSEWHERE], copy)
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
        "paths", nargs="*", type=Path, help="modules (default: the pipeline, the wire and the emulator)"
    )
    parser.add_argument("--number", type=int, default=300, help="of mutants (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=random.randrange(1000), help="another one, other mutants")
    arguments = parser.parse_args()
    chosen = sample(arguments.number, arguments.seed, arguments.paths or modules())
    counts: dict[Path, Counter[bool]] = defaultdict(Counter)
    for number, verdict in enumerate(judged(chosen), 1):
        mutant = verdict.mutant
        counts[mutant.path][verdict.is_noticed] += 1
        print(f"{number:4} {'noticed ' if verdict.is_noticed else 'SURVIVED'} {mutant.path}:{mutant.line}", flush=True)
        if not verdict.is_noticed:
            print(mutant.diff(), flush=True)
    print("\n| module | noticed | of |\n|---|---|---|")
    for path, count in sorted(counts.items()):
        print(f"| {path} | {count[True]} | {count.total()} |")
    noticed = sum(count[True] for count in counts.values())
    print(
        f"\n{noticed} of {len(chosen)} were noticed: {noticed / len(chosen):.1%}. Again with --seed {arguments.seed}."
    )


if __name__ == "__main__":
    main()
