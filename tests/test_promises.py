"""The law of promises: each word of README is in promises.toml, beside the tests that fail when what it says is broken.

A promise without words in README, words without a place in the table, and a test that is gone each fail here. Words that
promise nothing have an empty list. Examples are left out, as `test_readme` runs them, and so is the table that
`make reference` writes.
"""

import ast
import re
import tomllib
from functools import cache

import pytest

from tests.wheel import ROOT

README = (ROOT / "README.md").read_text()
PROMISES: dict[str, dict[str, list[str]]] = tomllib.loads((ROOT / "tests" / "promises.toml").read_text())
LEFT_OUT = re.compile(
    r"^```.*?^```$|^<!-- operations: .*?^<!-- end of operations -->$|^</?details>$", re.MULTILINE | re.DOTALL
)
SUMMARY = re.compile(r"^<summary>(.*)</summary>$", re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)
RULE = re.compile(r"^\|[-|]+\|$", re.MULTILINE)
BULLET = re.compile(r"^\* ", re.MULTILINE)


def sections() -> dict[str, str]:
    """What README says under each heading, as plain words in one line."""
    _, *parts = HEADING.split(SUMMARY.sub(r"\1", LEFT_OUT.sub("", README)))
    return {heading: words(text) for heading, text in zip(parts[::2], parts[1::2], strict=True)}


def words(text: str) -> str:
    return " ".join(BULLET.sub("", ROW.sub(r"\1", RULE.sub("", text))).split())


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_section_has_its_promises() -> None:
    assert list(PROMISES) == [heading for heading, text in sections().items() if text]


@pytest.mark.parametrize("heading", PROMISES)
def test_each_word_is_of_a_promise_or_of_what_promises_nothing(heading: str) -> None:
    rest = sections()[heading]
    for promise in PROMISES[heading]:
        before, found, rest = rest.partition(promise)
        assert found, f"README does not say, here: {promise}"
        assert not re.search(r"\w", before), f"promises.toml has no: {before}"
    assert not re.search(r"\w", rest), f"promises.toml has no: {rest}"


@pytest.mark.parametrize("heading", PROMISES)
def test_each_test_of_a_promise_exists(heading: str) -> None:
    named = [test for tests in PROMISES[heading].values() for test in tests]
    assert [test for test in named if test.partition("::")[2] not in names_in(test.partition("::")[0])] == []
