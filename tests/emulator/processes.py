"""The command ``python -m fastpix.emulator`` in a process of its own."""

import shlex
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import httpx

from fastpix import FastpixCore

COMMAND = [sys.executable, "-m", "fastpix.emulator"]


def control(variables: dict[str, str]) -> str:
    return variables["FASTPIX_SERVER_URL"].removesuffix("v1/") + "_emulator/"


def variables_in(line: str) -> dict[str, str]:
    """Return the variables of the line that the command prints when it is ready."""
    export, *assignments = shlex.split(line)
    assert export == "export"
    return dict(assignment.split("=", 1) for assignment in assignments)


@contextmanager
def running(*arguments: str) -> Generator[dict[str, str]]:
    """Run the command, yield the variables that it prints, and end it with SIGINT, as Ctrl+C does."""
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            variables = variables_in(process.stdout.readline())
            assert httpx.get(control(variables)).status_code == 200
            yield variables
            process.send_signal(signal.SIGINT)
            rest, told = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, rest) == (0, "")
    assert "A local FastPix is listening." in told
    assert "Traceback" not in told


def core_of(variables: dict[str, str]) -> FastpixCore:
    return FastpixCore(
        username=variables["FASTPIX_USERNAME"],
        password=variables["FASTPIX_PASSWORD"],
        server_url=variables["FASTPIX_SERVER_URL"],
    )
