"""The wheel, built and installed as a user has it."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent


def installed(folder: Path, *others: str) -> str:
    """Create an environment with the wheel, its requirements and other packages. Return the path of its Python."""
    build = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "bare", with_pip=True)
    python = str(folder / "bare" / "bin" / "python")
    constraints = str(ROOT / ".ci" / "constraints.txt")
    install = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", constraints, str(wheel), *others]
    subprocess.run([python, *install], check=True)
    return python
