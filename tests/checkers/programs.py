"""Programs as users write them, and README's: each checker reports the lines that are marked, and no other.

``# error`` at the end of a line is for all checkers, ``# error: mypy pyright`` for those alone.
"""

import re
import shutil
from pathlib import Path

from tests.checkers.checkers import CHECKERS, Checker, Place
from tests.test_readme import EXAMPLES

USER = Path(__file__).parent / "user"
OWN_OPERATIONS = Path(__file__).parent.parent / "own_operations.py"
PACKAGES = ("fastapi", "opentelemetry-sdk")
"""What the programs import beside this library."""


def marked(checker: Checker) -> set[Place]:
    """The places where a checker has to report an error."""
    lines = [
        (Place(file.name, number), line)
        for file in USER.glob("*.py")
        for number, line in enumerate(file.read_text().splitlines(), 1)
    ]
    marks = [(place, re.search(r"# error(?:: (.*))?$", line)) for place, line in lines]
    return {place for place, mark in marks if mark and (mark[1] is None or checker.name in mark[1].split())}


def check(folder: Path, python: str) -> list[str]:
    """Runs all checkers, and gives what is wrong."""
    for file in [*USER.glob("*.py"), OWN_OPERATIONS]:
        shutil.copy(file, folder)
    for number, example in enumerate(EXAMPLES):
        (folder / f"readme_{number}.py").write_text(example)
    problems: list[str] = []
    for checker in CHECKERS:
        expected, reported = marked(checker), checker.errors(folder, python)
        problems += [f"{checker.name} reports nothing at {file}:{line}" for file, line in sorted(expected - reported)]
        problems += [f"{checker.name} reports an error at {file}:{line}" for file, line in sorted(reported - expected)]
    return problems
