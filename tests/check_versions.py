"""`make versions`: runs the tests with the lowest and the newest versions of the dependencies.

pyproject.toml names the lowest versions. The package index has the newest versions. The tests run on two Pythons: that
of the development environment, where `make test` has run with the versions of .ci/constraints.txt, and the newest one
that is found. The last run has the newest versions, and httpx2 in the place of httpx (``httpx2.alias_httpx()``).

The rules of the local FastPix, its command and README are tested once, with the newest versions on the newest Python.

Left out are the benchmarks, the fault tests, the mutation tests, and the tests that use the official SDK or
pytest-httpx, which need certain versions themselves.
"""

import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from tests.wheel import ROOT

Which = Literal["lowest", "newest"]
TOOLS = (
    "av",
    "celery",
    "fakeredis",
    "freezegun",
    "google-crc32c",
    "hypothesis",
    "opentelemetry-instrumentation-httpx",
    "opentelemetry-sdk",
    "pytest",
    "pytest-asyncio",
    "pytest-timeout",
    "pytest-xdist",
    "pyyaml",
    "rich",
    "rq",
    "sentry-sdk",
    "trio",
    "trustme",
)
ELSEWHERE = (
    "tests/benchmarks",
    "tests/faults",
    "tests/mutants",
    "tests/test_mocks.py",
    "tests/test_official_models.py",
    "tests/test_reference.py",
)
RULES = (
    *(f"tests/emulator/{name}" for name in ("api", "model", "playback", "storage", "studio", "webhooks")),
    *(f"tests/emulator/test_{name}.py" for name in ("laws", "process", "waits")),
    "tests/test_readme.py",
)
"""Tests of the rules of the local FastPix, of its command, and of README. They take much time, and depend little on other
packages.
"""
NEWEST_TOOLS = ("django", "fastapi", "flask", "httpx2", "joserfc", "tqdm")
WITH_THEM = (
    "tests/examples",
    "tests/playback/test_signer.py",
    "tests/test_forks_of_httpx.py",
    "tests/test_frameworks.py",
    "tests/test_readme.py",
)
"""Tests that need `NEWEST_TOOLS`, which do not work with the lowest versions of Starlette, anyio and cryptography."""
CONSTRAINTS = (ROOT / ".ci" / "constraints.txt").read_text().splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
REQUIRED: list[str] = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["emulator"]]


def name_of(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def needed(requirements: list[str], found: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the names of the packages that the requirements install, directly and indirectly."""
    for requirement in requirements:
        name = name_of(requirement)
        if "extra ==" not in requirement and name not in found:
            try:
                found = needed(metadata.requires(name) or [], found | {name})
            except metadata.PackageNotFoundError:  # a requirement for another Python version or system
                continue
    return found


def constraints(which: Which) -> list[str]:
    """Return the constraints: for tools, the versions of the development environment, for dependencies those asked
    for.
    """
    free = needed(REQUIRED)
    tools = [line for line in CONSTRAINTS if name_of(line) not in free]
    return tools if which == "newest" else [*tools, *(re.sub(r">=([\d.]+).*", r"==\1", line) for line in REQUIRED)]


def newest_python() -> str:
    """Return the newest released Python on the path or in the folder of pyenv."""
    folders = [*map(Path, os.environ["PATH"].split(os.pathsep)), *Path.home().glob(".pyenv/versions/*/bin")]
    pythons = [str(file) for folder in folders for file in folder.glob("python3.[0-9]*") if "-" not in file.name]
    return max([sys.executable, *pythons], key=version)


def version(python: str) -> tuple[int, ...]:
    """Return the version of a Python. It is empty for a prerelease, and for a command that does not run.

    A shim of pyenv does not run if its Python is not selected.
    """
    ask = [python, "-c", "import sys; print(*sys.version_info[:4])"]
    *numbers, level = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.split() or [""]
    return tuple(map(int, numbers)) if level == "final" else ()


def holds(python: str, which: Which, *plugins: str, rules: bool = True) -> bool:
    """Create an environment and run the tests in it, in their short length. Return ``True`` if they pass.

    Args:
        python: The Python.
        which: The versions of the dependencies.
        plugins: Plugins of pytest to load.
        rules: Whether to run the tests of the rules of the local FastPix.
    """
    print(f"--- the {which} versions on Python {'.'.join(map(str, version(python)))}", *plugins, flush=True)
    with TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        limits = Path(folder, "constraints.txt")
        limits.write_text("\n".join(constraints(which)))
        own = [f"{folder}/bin/python", "-m"]
        pip = [*own, "pip", "install", "-q", "--disable-pip-version-check", "-c", str(limits)]
        tools, elsewhere = (
            (TOOLS, (*ELSEWHERE, *WITH_THEM)) if which == "lowest" else ((*TOOLS, *NEWEST_TOOLS), ELSEWHERE)
        )
        subprocess.run([*pip, "-e", f"{ROOT}[emulator]", *tools], check=True)
        ignored = [f"--ignore={path}" for path in (*elsewhere, *(() if rules else RULES))]
        loaded = [f"-p{plugin}" for plugin in ("no:cacheprovider", *plugins)]
        command, short = [*own, "pytest", *loaded, "-n", "3", *ignored], {**os.environ, "FASTPIX_TESTS": "short"}
        done = subprocess.run(command, cwd=ROOT, env=short, check=False)
    return done.returncode == 0


def main() -> None:
    newest = newest_python()
    results = [
        holds(sys.executable, "lowest", rules=False),
        holds(newest, "lowest", rules=False),
        holds(newest, "newest"),
        holds(sys.executable, "newest", "tests.aliased", rules=False),
    ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
