"""`make types`: both type checkers, with our stubs of `returns` and as a user has it, and the public types verified."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # where --verifytypes looks for a Python
BARE = '{{"include": ["{package}"], "typeCheckingMode": "strict", "pythonVersion": "3.11", "stubPath": "nowhere"}}'


def run(title: str, *command: str, **environment: str) -> bool:
    print(f"--- {title}", flush=True)
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **environment}, check=False)
    return done.returncode == 0


def main() -> None:
    with TemporaryDirectory() as folder:
        bare = Path(folder, "pyrightconfig.json")
        bare.write_text(BARE.format(package=os.path.relpath(ROOT / "fastpix", folder)))
        passed = [
            run("mypy, with the stubs", "mypy", "fastpix", "tests", MYPYPATH="typings"),
            run("mypy, as a user has it", "mypy", "--cache-dir", f"{folder}/cache", "-p", "fastpix"),
            run("pyright, with the stubs", "pyright"),
            run("pyright, as a user has it", "pyright", "-p", str(bare), "--pythonpath", sys.executable),
            run("pyright, public types", "pyright", "--verifytypes", "fastpix", "--ignoreexternal", PATH=PATH),
        ]
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
