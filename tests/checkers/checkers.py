"""The four type checkers as a user runs them: no stubs, no plugins, no settings but strict where there is such a thing."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

__all__ = ["CHECKERS", "Checker", "Place"]

HERE = Path(sys.executable).parent
SETTINGS = {"pyrightconfig.json": '{"typeCheckingMode": "strict"}', "pyrefly.toml": "", "ty.toml": ""}


class Place(NamedTuple):
    """Where a checker reports an error."""

    file: str
    line: int


class Checker(NamedTuple):
    """A type checker.

    Attributes:
        arguments: those behind its name; ``{python}`` is that of the user's environment.
        error: what a line of its report looks like that tells of an error.
    """

    name: str
    arguments: tuple[str, ...]
    error: str

    def errors(self, folder: Path, python: str) -> set[Place]:
        """The places in a folder's programs that it reports."""
        for name, text in SETTINGS.items():
            (folder / name).write_text(text)
        command = [str(HERE / self.name), *(argument.format(python=python) for argument in self.arguments)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{self.name} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return {Place(file, int(line)) for file, line in re.findall(self.error, done.stdout, re.MULTILINE)}


CHECKERS = (
    Checker(
        "mypy",
        ("--strict", "--config-file=", "--no-incremental", "--python-executable", "{python}", "."),
        r"^(\w+\.py):(\d+): error:",
    ),
    Checker("pyright", ("--pythonpath", "{python}"), r"/(\w+\.py):(\d+):\d+ - error:"),
    Checker(
        "ty",
        ("check", "--python", "{python}", "--output-format", "concise"),
        r"^(\w+\.py):(\d+):\d+: error\[",
    ),
    Checker(
        "pyrefly",
        ("check", "--python-interpreter-path", "{python}", "--output-format", "min-text"),
        r"^ERROR (\w+\.py):(\d+):",
    ),
)
