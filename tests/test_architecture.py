"""The parts of the library, called rooms, and the rooms that each of them may import."""

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import fastpix

FOLDER = Path(fastpix.__file__).parent
ROOMS = {
    "errors": set[str](),
    "reply": {"errors"},
    "configuration": {"errors", "_call"},  # settings hide secrets, and hooks receive responses
    "_call": {"errors", "reply", "configuration", "__init__"},
    "_http": {"errors", "_call"},
    "core": {"errors", "reply", "configuration", "_call", "_http"},
    "operation": {"reply", "configuration", "core", "_call"},
    "api": {"reply", "configuration", "core", "operation", "_call"},
    "workflow": {"errors", "reply", "configuration", "core", "operation", "_call"},
    "uploads": {"errors", "reply", "configuration", "core", "operation", "workflow", "api", "_call"},
    "journal": {"errors", "reply", "configuration", "operation", "workflow", "paging", "api", "_call"},
    "jobs": {
        *("errors", "reply", "configuration", "core", "operation", "workflow", "paging", "api", "_call"),
        *("concurrency", "journal", "uploads"),
    },
    "webhooks": {"errors", "reply", "api", "_call"},
    "playback": {"errors", "reply", "api", "_call"},
    "client": {"core", "operation", "api", "uploads"},
    "_background": set[str](),
    "paging": {"reply", "core", "operation", "api", "_call"},
    "states": set[str](),
    "polling": {"errors", "reply", "configuration", "core", "operation", "states", "_call"},
    "_executors": {"errors", "reply", "core", "operation", "workflow", "journal", "_call"},
    "concurrency": {"errors", "reply", "configuration", "core", "_background", "_call"},
    "tracing": {"errors", "reply", "_call", "__init__"},
    "emulator": {"errors", "reply", "__init__", "operation", "api", "playback", "uploads", "webhooks", "_call"},
    "pytest_plugin": set[str](),
    "__init__": set[str](),
}
"""Each room (a module or package beside `fastpix/__init__.py`), and the rooms that it may import when it is loaded."""


def name_of(file: Path) -> str:
    parts = ("fastpix", *file.relative_to(FOLDER).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {name_of(file): ast.parse(file.read_text()) for file in FOLDER.rglob("*.py")}


def room_of(module: str) -> str:
    return [*module.split("."), "__init__"][1]


def when_loaded(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run when a module is loaded. Code for type checkers and code in functions is left out."""
    yield node
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        children: list[ast.stmt] = node.orelse
        for child in children:
            yield from when_loaded(child)
    elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for each in ast.iter_child_nodes(node):
            yield from when_loaded(each)


def imported(nodes: Iterator[ast.AST]) -> set[str]:
    """Return the imported modules. For ``from package import module`` within the library, return the module."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (names & TREES.keys()) or {node.module}
    return found


ARROWS = {name: imported(when_loaded(tree)) for name, tree in TREES.items()}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_uses_those_it_may_and_no_others(room: str) -> None:
    used = {
        room_of(used)
        for module, arrows in ARROWS.items()
        if room_of(module) == room
        for used in arrows
        if used.partition(".")[0] == "fastpix"
    }
    assert used - {room} == ROOMS[room]


def test_all_rooms_are_known() -> None:
    assert {room_of(module) for module in TREES} == ROOMS.keys()


def test_no_modules_import_each_other_in_a_circle() -> None:
    TopologicalSorter(ARROWS).prepare()


def test_a_call_has_no_library_that_does_input_or_output() -> None:
    used = {
        used.partition(".")[0] for module, arrows in ARROWS.items() if room_of(module) == "_call" for used in arrows
    }
    assert not used & {"httpx", "httpcore", "h11", "anyio", "socket", "ssl", "asyncio"}


def test_only_the_wire_knows_httpcore_and_only_its_public_names() -> None:
    users = {module for module, tree in TREES.items() if "httpcore" in imported(ast.walk(tree))}
    assert users
    assert {room_of(module) for module in users} == {"_http"}
    for module in users:
        assert not re.search(r"httpcore\._|from httpcore import .*\b_", ast.unparse(TREES[module]))
