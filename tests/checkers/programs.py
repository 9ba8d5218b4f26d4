"""Programs of users and the examples of README.md: each checker must report the marked lines and no others.

``# error`` at the end of a line marks it for all checkers. ``# error: mypy pyright`` marks it for these two only.
"""

import re
import shutil
from pathlib import Path

from tests.checkers.checkers import CHECKERS, Checker, Place
from tests.test_readme import EXAMPLES

USER = Path(__file__).parent / "user"
OWN_OPERATIONS = Path(__file__).parent.parent / "own_operations.py"
PACKAGES = ("django-stubs", "fastapi", "flask", "opentelemetry-sdk", "pytest", "redis", "rich", "types-tqdm")
"""The packages that the programs import in addition to this library."""


def marked(checker: Checker) -> set[Place]:
    """Return the places where a checker must report an error."""
    lines = [
        (Place(file.name, number), line)
        for file in USER.glob("*.py")
        for number, line in enumerate(file.read_text().splitlines(), 1)
    ]
    marks = [(place, re.search(r"# error(?:: (.*))?$", line)) for place, line in lines]
    return {place for place, mark in marks if mark and (mark[1] is None or checker.name in mark[1].split())}


def check(folder: Path, python: str) -> list[str]:
    """Run all checkers and return the problems."""
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
