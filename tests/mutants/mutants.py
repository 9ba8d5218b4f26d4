"""The faults that mutmut can put into a module, one at a time.

The operators come from mutmut. Its runner is not used. It skips decorated functions and all code outside of functions,
which here is most of the content of a declaration. It also does not support processes that tests start.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import libcst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from tests.wheel import ROOT

FOR_CHECKERS = {"cast", "TypeVar"}
"""Calls whose arguments only type checkers read."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """A module with one fault."""

    path: Path
    line: int
    _module: libcst.Module
    _node: libcst.CSTNode
    _replacement: libcst.CSTNode

    @cached_property
    def source(self) -> str:
        return cast("libcst.Module", self._module.deep_replace(self._node, self._replacement)).code

    def compiles(self) -> bool:
        try:
            compile(self.source, str(self.path), "exec", dont_inherit=True)
        except SyntaxError:
            return False
        return self.source != self._module.code

    def diff(self) -> str:
        """Return the changed lines only."""
        before, after = self._module.code.splitlines(), self.source.splitlines()
        lines = difflib.unified_diff(before, after, n=0, lineterm="")
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield all mutants of a module. A few of them do not compile."""
    wrapper = MetadataWrapper(libcst.parse_module((ROOT / path).read_text()))
    lines = wrapper.resolve(PositionProvider)
    for node in _nodes(wrapper.module):
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                for replacement in operator(node):
                    yield Mutant(path, lines[node].start.line, wrapper.module, node, replacement)


def _nodes(node: libcst.CSTNode) -> Iterator[libcst.CSTNode]:
    """Yield all nodes except those that have no effect when the module runs."""
    match node:
        case libcst.Annotation():
            return
        case libcst.Call(func=libcst.Name(name)) if name in FOR_CHECKERS:
            return
        case libcst.If(test=libcst.Name("TYPE_CHECKING")):
            return
        case _:
            yield node
            for child in node.children:
                yield from _nodes(child)
