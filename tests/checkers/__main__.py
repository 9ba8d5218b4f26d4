"""`make types`: runs both strict checkers on the package and its tests, and all four checkers on programs of users."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.checkers import exactness, programs
from tests.wheel import ROOT, installed

PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # --verifytypes looks for a Python on the path


def own(title: str, *command: str) -> list[str]:
    print(f"--- {title}", flush=True)
    environment = {**os.environ, "PATH": PATH}
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment, check=False)
    return [] if done.returncode == 0 else [f"{title} failed: see its output above"]


def main() -> None:
    problems = own("mypy", "mypy", "fastpix", "tests")
    problems += own("pyright", "pyright")
    problems += own("pyright, public types", "pyright", "--verifytypes", "fastpix", "--ignoreexternal")
    with TemporaryDirectory() as folder:
        print("--- mypy, pyright, ty and pyrefly on programs of users, with the wheel", flush=True)
        python = installed(Path(folder), *programs.PACKAGES)
        for name in ("programs", "chains"):
            Path(folder, name).mkdir()
        problems += programs.check(Path(folder, "programs"), python)
        problems += exactness.check(Path(folder, "chains"), python, write="write" in sys.argv)
    print(*problems, sep="\n")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
