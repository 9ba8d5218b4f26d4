"""Every example of the README runs, against a local FastPix."""

import ast
import re
from pathlib import Path

import pytest

from fastpix._call.retry import REPEATABLE_STATUSES
from fastpix.emulator import Emulator
from tests.operations import OPERATIONS

README = (Path(__file__).parent.parent / "README.md").read_text()
MAKEFILE = (Path(__file__).parent.parent / "Makefile").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_runs(number: int, server_url: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_SERVER_URL", server_url)
    monkeypatch.setenv("FASTPIX_USERNAME", emulator.username)
    monkeypatch.setenv("FASTPIX_PASSWORD", emulator.password)
    exec(compile(EXAMPLES[number], f"README example {number}", "exec"), {"__name__": "readme"})


def test_the_five_operations_take_a_statement_each() -> None:
    assert [type(statement) for statement in ast.parse(EXAMPLES[0]).body] == [*[ast.ImportFrom] * 2, *[ast.Assign] * 7]


def test_the_table_of_operations_is_complete() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ((?:`\w+` ?)+)\|$", README, re.MULTILINE)
    named = [f"{resource}_{name}" for resource, names in rows for name in re.findall(r"\w+", names)]
    assert sorted(named) == sorted(OPERATIONS)


def test_the_commands_named_are_targets() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)", README))
    assert {"demo", "test", "check"} <= named
    assert all(re.search(rf"^{target}:.*## ", MAKEFILE, re.MULTILINE) for target in named)


def test_the_table_of_what_is_sent_again_names_every_status() -> None:
    (row,) = (line for line in README.splitlines() if "the answer was lost |" in line)
    assert {int(status) for status in re.findall(r"\b\d{3}\b", row)} == REPEATABLE_STATUSES
