"""`make versions`: the suite with the lowest and the newest versions of what the library needs, on two Pythons; and with httpx2.

The lowest are those that pyproject.toml names, the newest those that the index has. The Pythons are that of the development
environment, where `make test` has run with the versions of .ci/constraints.txt, and the newest that is found.
Last it runs with the newest versions where ``httpx2.alias_httpx()`` has put httpx2 in the place of httpx.
Left out: benchmarks, faults, and what uses the official SDK or pytest-httpx, which need certain versions themselves.
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
    "celery",
    "fakeredis",
    "freezegun",
    "hypothesis",
    "opentelemetry-instrumentation-httpx",
    "opentelemetry-sdk",
    "pytest",
    "pytest-timeout",
    "pytest-xdist",
    "pyyaml",
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
)
NEWEST_TOOLS = ("fastapi", "httpx2")
WITH_THEM = ("tests/test_forks_of_httpx.py", "tests/test_frameworks.py", "tests/test_readme.py")
"""These do not work with the lowest Starlette and anyio."""
CONSTRAINTS = (ROOT / ".ci" / "constraints.txt").read_text().splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
REQUIRED: list[str] = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["emulator"]]


def name_of(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def needed(requirements: list[str], found: frozenset[str] = frozenset()) -> frozenset[str]:
    """The names of the packages that requirements bring, and of those that these bring."""
    for requirement in requirements:
        name = name_of(requirement)
        if "extra ==" not in requirement and name not in found:
            try:
                found = needed(metadata.requires(name) or [], found | {name})
            except metadata.PackageNotFoundError:  # for another Python or system
                continue
    return found


def constraints(which: Which) -> list[str]:
    """For the tools, the versions of the development environment; for what the library needs, those asked for."""
    free = needed(REQUIRED)
    tools = [line for line in CONSTRAINTS if name_of(line) not in free]
    return tools if which == "newest" else [*tools, *(re.sub(r">=([\d.]+).*", r"==\1", line) for line in REQUIRED)]


def newest_python() -> str:
    """The newest released Python on the path or in pyenv's folder."""
    folders = [*map(Path, os.environ["PATH"].split(os.pathsep)), *Path.home().glob(".pyenv/versions/*/bin")]
    pythons = [str(file) for folder in folders for file in folder.glob("python3.[0-9]*") if "-" not in file.name]
    return max([sys.executable, *pythons], key=version)


def version(python: str) -> tuple[int, ...]:
    """Empty for what does not run, such as a shim of pyenv's for a Python that is not chosen, and for a prerelease."""
    ask = [python, "-c", "import sys; print(*sys.version_info[:4])"]
    *numbers, level = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.split() or [""]
    return tuple(map(int, numbers)) if level == "final" else ()


def holds(python: str, which: Which, *plugins: str) -> bool:
    """Makes an environment, and runs the suite in it."""
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
        ignored = [f"--ignore={path}" for path in elsewhere]
        loaded = [f"-p{plugin}" for plugin in ("no:cacheprovider", *plugins)]
        done = subprocess.run([*own, "pytest", *loaded, "-n", "2", *ignored], cwd=ROOT, check=False)
    return done.returncode == 0


def main() -> None:
    newest = newest_python()
    results = [
        holds(sys.executable, "lowest"),
        holds(newest, "lowest"),
        holds(newest, "newest"),
        holds(sys.executable, "newest", "tests.aliased"),
    ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
