"""The exactness of the types of method chains in each checker: the table exactness.md, and the rules for it."""

import textwrap
from pathlib import Path
from typing import NamedTuple

from tests.checkers.checkers import CHECKERS, Place

__all__ = ["check"]

TABLE = Path(__file__).parent / "exactness.md"
INTRODUCTION = """\
# How exact the types of method chains are

The checked project has no stubs and no plugins. `page` is a `Reply[Page[LiveStream]]`, and `call` is a coroutine that
returns one.

* *exact*: the checker infers the type that a reader would write.
* *wider*: the checker infers a type that contains the exact type.
* *Any*: the checker infers `Any`, and finds no mistake in the code that uses the value.

`python -m tests.checkers write` writes this table. `make types` fails if the table is out of date, or if mypy or
pyright infers *Any* in a row without a `lambda`.
"""
SETUP = """\
from typing import TypeVar, assert_type

from returns.future import FutureResult

from fastpix import AsyncFastpixCore, FastpixCore, Reply, Result, Success
from fastpix.api.common import Page
from fastpix.api.live_streams import (
    ListLiveClipsRequest, LiveClip, LiveStream, live_streams_list, live_streams_list_clips
)
from fastpix.errors import Err


Ok = TypeVar("Ok")
Error = TypeVar("Error")


class Nothing:
    pass


def streams(page: Page[LiveStream]) -> list[LiveStream]:
    return page.data


def clips(page: Page[LiveStream]) -> Reply[Page[LiveClip]]:
    return live_streams_list_clips(FastpixCore(), ListLiveClipsRequest(page.data[0].stream_id))


def first(page: Page[LiveStream]) -> Result[LiveStream, str]:
    return Success(page.data[0])


def generic(result: Result[Ok, Error]) -> Ok:
    return result.unwrap()


def words(error: Err) -> str:
    return str(error)


def nothing(value: Nothing) -> None:
    print(value)


def again(error: Err) -> Reply[Page[LiveStream]]:
    return live_streams_list(FastpixCore())


"""


class Row(NamedTuple):
    """A row of the table.

    Attributes:
        code: The expression, as a user writes it.
        type: Its exact type.
        probe: A statement that is an error unless the type, or the type of its content, is ``Any``.
    """

    code: str
    type: str
    probe: str = "_: Nothing = {code}"


OF_VALUE = "_: Nothing = {code}.unwrap()"
ROWS = (
    Row("page.map(streams)", "Reply[list[LiveStream]]", OF_VALUE),
    Row("page.map(lambda page: page.data)", "Reply[list[LiveStream]]", OF_VALUE),
    Row("page.bind(clips)", "Reply[Page[LiveClip]]", OF_VALUE),
    Row("page.bind(lambda page: clips(page))", "Reply[Page[LiveClip]]", OF_VALUE),
    Row("page.bind(first).unwrap()", "LiveStream"),
    Row("page.bind(first).failure()", "Err | str"),
    Row("page.alt(words).unwrap()", "Page[LiveStream]"),
    Row("page.alt(words).failure()", "str"),
    Row("page.alt(lambda error: error.message).failure()", "str"),
    Row("page.lash(again)", "Reply[Page[LiveStream]]", OF_VALUE),
    Row("page.lash(lambda error: again(error))", "Reply[Page[LiveStream]]", OF_VALUE),
    Row("page.bind_result(clips)", "Reply[Page[LiveClip]]", OF_VALUE),
    Row("page.apply(Success(streams))", "Reply[list[LiveStream]]", OF_VALUE),
    Row("page.swap().unwrap()", "Err"),
    Row("page.value_or(None)", "Page[LiveStream] | None"),
    Row("page.unwrap()", "Page[LiveStream]"),
    Row("page.failure()", "Err"),
    Row("page.map(streams).failure()", "Err"),
    Row("page.bind(clips).failure()", "Err"),
    Row("page.lash(again).failure()", "Err"),
    Row("generic(page)", "Page[LiveStream]"),
    Row("page.map(streams).bind(lambda found: page).alt(words).unwrap()", "Page[LiveStream]"),
    Row("FutureResult(call)", "FutureResult[Page[LiveStream], Err]", "{code}.map(nothing)"),
    Row("FutureResult.from_result(page)", "FutureResult[Page[LiveStream], Err]", "{code}.map(nothing)"),
)


def program() -> str:
    """Return a program with two lines per row: one is an error unless the type is exact, the other is the probe."""
    body = "".join(f"assert_type({row.code}, {row.type})\n{row.probe.format(code=row.code)}\n" for row in ROWS)
    head = "def rows(core: FastpixCore, async_core: AsyncFastpixCore) -> None:\n"
    begin = "page = live_streams_list(core)\ncall = live_streams_list(async_core)\n"
    return SETUP + head + textwrap.indent(begin + body, "    ")


def measured(folder: Path, python: str) -> dict[str, list[str]]:
    """Return the result of each checker for each row."""
    (folder / "chains.py").write_text(program())
    start = program().count("\n") - 2 * len(ROWS) + 1
    found: dict[str, list[str]] = {row.code: [] for row in ROWS}
    for checker in CHECKERS:
        errors = checker.errors(folder, python)
        if stray := {line for _, line in errors if line < start}:
            raise RuntimeError(f"{checker.name} reports an error at the lines {stray} of\n{program()}")
        for number, row in enumerate(ROWS):
            line = start + 2 * number
            is_exact = Place("chains.py", line) not in errors
            says_something = Place("chains.py", line + 1) in errors
            found[row.code].append("Any" if not says_something else "exact" if is_exact else "wider")
    return found


def check(folder: Path, python: str, *, write: bool) -> list[str]:
    """Measure the exactness, and return the problems. If ``write`` is true, write the table before it is compared."""
    found = measured(folder, python)
    head = ["call", *(checker.name for checker in CHECKERS)]
    rows = [head, ["---"] * len(head), *([f"`{code}`", *words] for code, words in found.items())]
    table = f"{INTRODUCTION}\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)
    if write:
        TABLE.write_text(table)
    problems = [] if TABLE.read_text() == table else [f"{TABLE} is out of date. The measured table is:\n{table}"]
    for code, words in found.items():
        if "lambda" not in code and "Any" in words[:2]:
            problems.append(f"{code} is Any in mypy or pyright")
    return problems
