"""``make bench``: prints a table of all figures.

If standard output is not a terminal, it receives the figures as JSON, and the table goes to standard error.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

GROUPS = ("cold", "calls", "throughput", "decode", "growth", "lists", "limits", "emulator")
PYTHONS = {"emulator": ".venv/official/bin/python"}
"""The Python of a group whose packages must not be there for the other groups, as they make imports slower."""
HEAD = f"{'figure':74} {'ours':>9} {'theirs':>9}      {'ratio':>6} {'goal':>8}"


def measured(group: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a group. It runs in its own process, so that it gains nothing from imports of another group."""
    command = [PYTHONS.get(group, sys.executable), "-m", f"tests.benchmarks.{group}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            yield json.loads(line)
    if process.returncode:
        sys.exit(f"{group} failed")


def line(row: dict[str, Any]) -> str:
    figures = f"{row['ours']:9.2f} {row['theirs']:9.2f} {row['unit']:4}"
    verdict = "reached" if row["reached"] else "MISSED" + (f", floor {row['floor']:.3f}" if row["floor"] else "")
    return f"{row['figure']:74} {figures} {row['ratio']:6.3f} {row['bound']:>3}{row['goal']:5.2f}  {verdict}"


def main() -> None:
    table = sys.stdout if sys.stdout.isatty() else sys.stderr
    print(HEAD, file=table, flush=True)
    rows: list[dict[str, Any]] = []
    for group in sys.argv[1:] or GROUPS:
        for row in measured(group):
            rows.append(row)
            print(line(row), file=table, flush=True)
    if table is not sys.stdout:
        print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
