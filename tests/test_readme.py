"""Every example of README.md runs against a local FastPix, and its tables and commands match the project."""

import ast
import inspect
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import Any

import pytest

from fastpix import FastpixCore, errors
from fastpix._call.retry import REPEATABLE_STATUSES
from fastpix.emulator import Emulator, Seed, SeedStream
from tests.operations import OPERATIONS
from tests.wheel import ROOT

README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MAKE = shutil.which("make")
BENCHMARKS = (ROOT / "tests" / "benchmarks" / "README.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
ALL_PAGES = next(number for number, example in enumerate(EXAMPLES) if "takewhile" in example)
FIVE_OPERATIONS = 0


@pytest.fixture
def _environment(server_url: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start a local FastPix, and set the environment variables with which a core finds it."""
    monkeypatch.setenv("FASTPIX_SERVER_URL", server_url)
    monkeypatch.setenv("FASTPIX_USERNAME", emulator.username)
    monkeypatch.setenv("FASTPIX_PASSWORD", emulator.password)


def run(number: int) -> dict[str, Any]:
    """Run an example and return the names that it defines."""
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(EXAMPLES[number], f"README example {number}", "exec"), names)
    return names


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
@pytest.mark.usefixtures("_environment")
def test_an_example_runs(number: int) -> None:
    run(number)


@pytest.mark.usefixtures("_environment")
def test_the_example_of_all_pages_gives_each_stream_once(emulator: Emulator) -> None:
    seeded = emulator.seed(Seed([SeedStream(count=101)])).stream_ids
    streams = run(ALL_PAGES)["streams"]
    assert sorted(stream.stream_id for stream in streams) == sorted(seeded)


def test_the_five_operations_take_a_statement_each() -> None:
    assert [type(statement) for statement in ast.parse(EXAMPLES[FIVE_OPERATIONS]).body] == [
        *[ast.ImportFrom] * 2,
        *[ast.Assign] * 7,
    ]


def test_the_table_of_operations_is_complete() -> None:
    rows = re.findall(r"^\| \[(\w+)\]\S+ \| ((?:`\w+` ?)+)\|$", README, re.MULTILINE)
    named = [f"{resource}_{name}" for resource, names in rows for name in re.findall(r"\w+", names)]
    assert sorted(named) == sorted(OPERATIONS)


def test_the_commands_named_are_targets() -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE))
    assert {"demo", "emulator", "test", "check"} <= named
    assert all(re.search(rf"^{target}:.*## ", MAKEFILE, re.MULTILINE) for target in named)


def made(*arguments: str, folder: Path = ROOT) -> str:
    """Return the output of ``make``."""
    done = subprocess.run(
        [str(MAKE), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},  # without the variables of a `make` that runs the tests
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
def test_bare_make_lists_the_targets() -> None:
    assert made("-n") == made("-n", "help")
    listed = re.findall(r"^  make ([a-z]+) +\S", made("help"), re.MULTILINE)
    assert sorted(listed) == sorted(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
@pytest.mark.parametrize("target", ["demo", "test", "emulator"])
def test_a_target_makes_an_environment_first(target: str, tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    made_first, *_, last = re.findall(r"-m (venv \S+|pip|pytest|fastpix\.\S+)", made("-n", target, folder=tmp_path))
    assert re.fullmatch(r"venv \.venv/(run|dev)", made_first)
    assert last == {"demo": "fastpix.emulator.demo", "emulator": "fastpix.emulator"}.get(target, "pytest")


def test_the_python_and_the_extras_that_are_named_are_declared() -> None:
    (least,) = set(re.findall(r"Python (\S+) or newer", README))
    assert PROJECT["requires-python"] == f">={least}"
    assert set(re.findall(r"'\.\[(\w+)\]'", README)) == PROJECT["optional-dependencies"].keys()
    assert {re.split(r"\W", line)[0] for line in PROJECT["optional-dependencies"]["emulator"]} == {
        "starlette",
        "uvicorn",
    }


def test_a_check_is_all_that_is_said_of_it_and_ci_runs_it() -> None:
    (parts,) = re.findall(r"^check: (.*?) ##", MAKEFILE, re.MULTILINE)
    assert parts == "format lint types test faults instructions wheel versions"
    assert (ROOT / ".ci" / "run").read_text().endswith("\nmake check\nmake strangers\n")
    coverage = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]
    assert (coverage["run"]["branch"], coverage["report"]["fail_under"]) == (True, 100)
    assert re.search(r"^check: MEASURED := --cov\b", MAKEFILE, re.MULTILINE)


def test_figures_are_measured_beside_the_sdk_that_is_named() -> None:
    (version,) = re.findall(r"fastpix-python==([\d.]+)", MAKEFILE)
    assert f"with the official SDK {version} and" in README
    assert f"beside the official SDK {version}," in BENCHMARKS


def test_the_figures_reach_the_goals_that_they_are_said_to() -> None:
    rows = re.findall(r"\| ([\d.,]+) \| ([≤≥]) ([\d.]+) \| (reached|missed)[^|]*\|$", BENCHMARKS, re.MULTILINE)
    reached = [
        float(ratio) <= float(goal) if bound == "≤" else float(ratio) >= float(goal) for ratio, bound, goal, _ in rows
    ]
    assert reached == [said == "reached" for *_, said in rows]
    assert (len(rows), reached.count(False)) == (33, 4)


def test_the_figures_are_those_of_the_benchmarks() -> None:
    _, section = README.split("## Measured")
    measured = re.findall(r"^\| [^|]+ \| ([\d.,]+ \S+) \| ([\d.,]+ \S+) \| ([\d.]+) \|$", section, re.MULTILINE)
    rows = re.findall(r"\| ([\d.,]+ \S+) \| ([\d.,]+ \S+) \| ([\d.]+) \| [≤≥]", BENCHMARKS)
    assert len(measured) == 5
    for ours, theirs, ratio in measured:
        assert any(
            (ours, theirs) == row[:2] and float(ratio) in {float(row[2]), round(1 / float(row[2]), 2)} for row in rows
        )


@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_shell_reads_where_the_local_fastpix_is(tmp_path: Path, shell: str, unbuffered: str) -> None:
    (lines,) = re.findall(r"```sh\n(python -m fastpix\.emulator .*?)```", README, re.DOTALL)
    python = quote(sys.executable)
    serving = lines.replace("python -m fastpix.emulator", f'{python} -m fastpix.emulator --username "it\'s me"')
    ask = (
        "import fastpix as f, fastpix.api.live_streams as l; print(l.live_streams_list(f.FastpixCore()).unwrap().data)"
    )
    script = f"set -eu; export PYTHONUNBUFFERED={unbuffered}\n{serving}\n{python} -c {quote(ask)}; kill $!; wait; grep -vc ^export fastpix.env || true"
    with subprocess.Popen(
        [str(shutil.which(shell)), "-c", script],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.communicate(timeout=30)[0] == "[]\n0\n"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def test_the_table_of_what_is_sent_again_names_every_status() -> None:
    (row,) = (line for line in README.splitlines() if "a lost response |" in line)
    assert {int(status) for status in re.findall(r"\b\d{3}\b", row)} == REPEATABLE_STATUSES


def test_the_table_of_errors_is_complete() -> None:
    rows = re.findall(r"^\| `(\w+Error)` \|", README, re.MULTILINE)
    classes = {*errors.__all__} - {"Err", "FastpixError", "FieldError", "TransportError"}
    assert sorted(rows) == sorted(classes)


def test_the_table_of_settings_is_complete() -> None:
    (table,) = re.findall(r"^\| setting \|.*?\n\n", README, re.MULTILINE | re.DOTALL)
    first = " ".join(re.findall(r"^\| (`.+?) \|", table, re.MULTILINE))
    assert sorted(re.findall(r"`(\w+)`", first)) == sorted(inspect.signature(FastpixCore).parameters)
