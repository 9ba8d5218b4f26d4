"""The four type checkers as a user runs them: without stubs and plugins, and in strict mode where a checker has one."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

__all__ = ["CHECKERS", "Checker", "Place"]

HERE = Path(sys.executable).parent
SETTINGS = {"pyrightconfig.json": '{"typeCheckingMode": "strict"}', "pyrefly.toml": "", "ty.toml": ""}


class Place(NamedTuple):
    """The place of an error that a checker reports."""

    file: str
    line: int


class Checker(NamedTuple):
    """A type checker.

    Attributes:
        arguments: The arguments of its command. ``{python}`` stands for the Python of the user's environment.
        error: A regular expression that matches an error in its report.
    """

    name: str
    arguments: tuple[str, ...]
    error: str

    def errors(self, folder: Path, python: str) -> set[Place]:
        """Return the places where the checker reports an error in the programs of a folder."""
        for name, text in SETTINGS.items():
            (folder / name).write_text(text)
        command = [str(HERE / self.name), *(argument.format(python=python) for argument in self.arguments)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{self.name} ended with exit code {done.returncode}: {done.stdout}{done.stderr}")
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
