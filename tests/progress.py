"""A plugin for pytest that shows progress by file: fast files come first, and a file has its line when its last test ends."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import pytest

SLOW = (
    "tests/_http/test_transports.py",
    "tests/test_core_async.py",
    "tests/test_lifecycle.py",
    "tests/test_readme.py",
    "tests/_http/test_interrupts.py",
    "tests/test_laws.py",
    "tests/test_job_queues.py",
    "tests/emulator/test_process.py",
    "tests/_call/test_tolerance.py",
)
"""The slowest file comes first among them, so that the processes end at about the same time."""


class Progress:
    """What is left of each file, what came of its tests, and how many seconds they took."""

    def __init__(self, plugins: pytest.PytestPluginManager) -> None:
        self._plugins = plugins
        self._left: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._tests: Counter[str] = Counter()

    def expect(self, ids: Sequence[str]) -> None:
        self._left = Counter(map(_file, ids))
        self._tests = self._left.copy()

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Counts a test without a letter for it."""
        return (report.outcome, "", "") if report.when == "call" and not report.skipped else None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.expect([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        if not self._left:
            self.expect(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file = _file(report.nodeid)
        self._seconds[file] += report.duration
        self._failed[file] += report.failed
        self._left[file] -= report.when == "teardown"
        if report.when == "teardown" and not self._left[file]:
            failed = f", {self._failed[file]} FAILED" if self._failed[file] else ""
            reporter: Any = self._plugins.get_plugin("terminalreporter")
            reporter.write_line(f"{file:<40} {self._tests[file]:5} tests {self._seconds[file]:6.1f} s{failed}")


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(config.pluginmanager))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: SLOW.index(_file(item.nodeid)) if _file(item.nodeid) in SLOW else -1)
