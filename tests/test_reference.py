"""The reference: each page is current, each link in it leads somewhere, each example is a request that the library sends."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from fastpix import Failure, FastpixCore, Retries, errors
from fastpix.errors import ConnectionFailedError
from fastpix.operation import Operation
from tests.operations import OPERATIONS, RESOURCES
from tests.reference import FOLDER, docs_of, migration, official_methods, written
from tests.wheel import ROOT

WRITTEN = [ROOT / "README.md", *FOLDER.glob("*.md")]
PROSE = [*WRITTEN, ROOT / "CHANGELOG.md", *(ROOT / "tests").rglob("*.md")]
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
EXAMPLE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)

every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    headings = HEADING.findall(EXAMPLE.sub("", path.read_text()))
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.fixture(scope="module")
def current() -> dict[Path, str]:
    return written()


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_is_current(current: dict[Path, str], path: Path) -> None:
    assert path.read_text() == current[path], "run `make reference`"


def test_there_is_no_page_of_a_module_that_is_gone(current: dict[Path, str]) -> None:
    assert {*WRITTEN} == {*current}


@pytest.mark.parametrize("path", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_link_leads_somewhere(path: Path) -> None:
    for target in LINK.findall(path.read_text()):
        if not target.startswith("https://"):
            page, _, anchor = target.partition("#")
            file = path.parent / page if page else path
            assert file.exists(), target
            assert not anchor or anchor in anchors(file), target


@every_operation
def test_an_example_is_a_request_that_is_sent(operation: Operation[..., Any]) -> None:
    core = FastpixCore(username="name", password="word", server_url="http://127.0.0.1:9", retries=Retries(attempts=1))
    names: dict[str, Any] = {**vars(inspect.getmodule(operation)), "core": core}
    *first, last = docs_of(operation).example.splitlines()
    assert last.startswith(f"{operation.__name__}(core")
    exec("\n".join([*first, f"result = {last}"]), names)
    match names["result"]:
        case Failure(ConnectionFailedError(function=function)):
            assert function == operation.__name__
        case result:
            pytest.fail(f"{result!r}")


@every_operation
def test_the_errors_that_are_named_exist(operation: Operation[..., Any]) -> None:
    failures = docs_of(operation).failures
    assert failures
    for error, reason in failures:
        if reason:
            assert issubclass(getattr(errors, error), errors.FastpixError)
            assert reason.endswith(".")
        else:
            assert (error, len(failures)) == ("Only the errors that every call can fail with.", 1)


def test_each_operation_of_the_official_sdk_is_in_the_table_of_names() -> None:
    methods = official_methods()
    assert {*methods} == {op.endpoint.id for op in OPERATIONS.values() if not op.endpoint.path.startswith("/ai/")}
    table = migration()
    assert all(f"| `{method}` |" in table for method in methods.values())
    assert table.count("\n| none |") == 4


def test_an_operation_stands_on_the_page_of_its_module(current: dict[Path, str]) -> None:
    for resource in RESOURCES:
        name = resource.__name__.rpartition(".")[2]
        own = [operation.__name__ for operation in OPERATIONS.values() if operation.__module__ == resource.__name__]
        headings = HEADING.findall(current.get(FOLDER / f"{name}.md", ""))
        assert [heading for heading in headings if heading in OPERATIONS] == own
