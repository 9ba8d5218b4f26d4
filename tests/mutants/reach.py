"""Which tests reach which line, as coverage saw it."""

from collections import Counter
from pathlib import Path

from coverage import CoverageData

Contexts = dict[int, list[str]]
"""By line, the tests that reach it. Those of a line that runs when its module is imported are the empty text."""


class Reach:
    """What coverage has written in a folder, with a context for each test."""

    def __init__(self, folder: Path) -> None:
        data = CoverageData(str(folder / ".coverage"))
        data.read()
        self._by_path: dict[Path, Contexts] = {
            Path(file).relative_to(folder): data.contexts_by_lineno(file) for file in data.measured_files()
        }
        self._breadth = Counter(
            test for lines in self._by_path.values() for contexts in lines.values() for test in tests_of(contexts)
        )

    def tests(self, path: Path, line: int) -> list[str]:
        """Those that reach a line, those of few lines first; all of its module for one that runs at its import."""
        lines = self._by_path.get(path, {})
        found = tests_of(lines.get(line, [])) or {test for each in lines.values() for test in tests_of(each)}
        return sorted(found, key=lambda test: (self._breadth[test], test))


def tests_of(contexts: list[str]) -> set[str]:
    """pytest-cov names a context after a test and its phase, as in ``tests/test_a.py::test_b|run``."""
    return {context.rpartition("|")[0] for context in contexts if context}
