"""The comparison of figures: pairs that are measured in one run, and the median of their ratios."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Literal, NamedTuple

__all__ = ["Child", "Pairing", "Row", "child", "cpu", "paired", "report", "serving"]

PAIRS = 31
NOWHERE = "/"


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        figure: What is measured, and what it is compared with.
        ours: The median of this library, in ``unit``.
        theirs: The median of the other side, in ``unit``.
        ratio: The median of the ratios of all pairs.
        goal: The limit of the ratio. ``bound`` says whether it is a maximum or a minimum.
        floor: The best ratio that the public interfaces of the libraries allow. It is printed if a row misses its goal.
    """

    figure: str
    ours: float
    theirs: float
    unit: str
    ratio: float
    goal: float
    bound: Literal["<=", ">="] = "<="
    floor: float | None = None

    @property
    def reached(self) -> bool:
        return self.ratio <= self.goal if self.bound == "<=" else self.ratio >= self.goal


class Pairing(NamedTuple):
    ours: float
    theirs: float
    ratio: float

    def row(self, figure: str, goal: float, unit: str, scale: float = 1.0, floor: float | None = None) -> Row:
        return Row(figure, self.ours * scale, self.theirs * scale, unit, self.ratio, goal, floor=floor)


def paired(ours: Callable[[], float], theirs: Callable[[], float], pairs: int = PAIRS) -> Pairing:
    """Measure both sides in alternating order, so that a noisy moment of the machine affects both."""
    measured: list[tuple[float, float]] = []
    for number in range(pairs + 1):
        if number % 2:
            their, our = theirs(), ours()
        else:
            our, their = ours(), theirs()
        measured.append((our, their))
    measured = measured[1:]  # the first pair is a warm-up
    return Pairing(
        median(our for our, _ in measured),
        median(their for _, their in measured),
        median(our / their for our, their in measured),
    )


def cpu(call: Callable[[], object], times: int) -> Callable[[], float]:
    """Return a function that measures the mean CPU seconds of a call."""

    def measure() -> float:
        started = time.process_time()
        for _ in range(times):
            call()
        return (time.process_time() - started) / times

    return measure


class Child(NamedTuple):
    """The costs of a process (wall-clock seconds and peak memory in bytes), and its output."""

    seconds: float
    peak: float
    printed: str


def child(program: str, environment: dict[str, str] | None = None, given: bytes = b"") -> Child:
    """Run a program in a new process outside the checkout, so that it imports only installed packages."""
    started = time.perf_counter()
    command, environment = [sys.executable, "-c", program], {**os.environ, **(environment or {})}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=NOWHERE, env=environment)
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        process.stdin.write(given)
        process.stdin.close()
        printed = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the program failed with exit code {process.returncode}: {program}")
    return Child(seconds, usage.ru_maxrss * 1024, printed)


@contextmanager
def serving(*arguments: str, server: str = "server") -> Generator[str]:
    """Run a server of this folder in a process of its own, and yield its URL."""
    command = [sys.executable, "-m", f"tests.benchmarks.{server}", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            if not url.startswith("http"):
                raise RuntimeError("the server of the benchmarks did not start")
            yield url
        finally:
            process.kill()


def report(rows: Iterator[Row]) -> None:
    """Print each row as JSON as soon as it is measured. `tests.benchmarks.__main__` reads these lines."""
    for row in rows:
        print(json.dumps({**row._asdict(), "reached": row.reached}), flush=True)
