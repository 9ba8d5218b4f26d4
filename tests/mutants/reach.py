"""The tests that reach each line, as recorded by coverage."""

from collections import Counter
from pathlib import Path

from coverage import CoverageData

Contexts = dict[int, list[str]]
"""The contexts by line number: one for each test that reaches the line, and an empty string for an import."""


class Reach:
    """The coverage data in a folder, with a context for each test."""

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
        """Return the tests that reach a line. Tests that reach few lines come first.

        For a line that runs only during an import, return all tests that reach its module.
        """
        lines = self._by_path.get(path, {})
        found = tests_of(lines.get(line, [])) or {test for each in lines.values() for test in tests_of(each)}
        return sorted(found, key=lambda test: (self._breadth[test], test))


def tests_of(contexts: list[str]) -> set[str]:
    """Return the tests of contexts.

    pytest-cov names a context after test and phase: ``tests/test_a.py::test_b|run``.
    """
    return {context.rpartition("|")[0] for context in contexts if context}
