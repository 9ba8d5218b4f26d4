"""The distribution, built and installed as a user has it."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent


def installed(folder: Path, *others: str) -> str:
    """Makes an environment that has the wheel, what it requires, and other packages; gives its Python."""
    build = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "bare", with_pip=True)
    python = str(folder / "bare" / "bin" / "python")
    constraints = str(ROOT / ".ci" / "constraints.txt")
    install = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", constraints, str(wheel), *others]
    subprocess.run([python, *install], check=True)
    return python
