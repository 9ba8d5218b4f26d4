"""The report of a job: how many items are done, which ones failed and why."""

import csv
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

import msgspec

from fastpix.concurrency import Progress
from fastpix.errors import ConfigurationError, Err
from fastpix.reply import Failure, Reply

__all__ = ["FailedItem", "Report", "Reporter"]

MOST_FAILURES = 100
COLUMNS = ("item", "media_id", "error", "message", "in_doubt")


class FailedItem(msgspec.Struct, frozen=True):
    """An item that failed."""

    item: str
    """What identifies the item: its key, the id of its media, or its row."""
    error: Err
    """Why it failed. ``error.may_have_been_applied`` says whether it is in doubt."""


class Report(msgspec.Struct, frozen=True):
    """What became of the items of a job."""

    done: int
    """The number of items that are done, now or by an earlier run. In a dry run, of those that could be sent."""
    failed: int
    """The number of items that failed."""
    failures: tuple[FailedItem, ...]
    """The first 100 of them. The report file has all."""
    is_complete: bool
    """Whether the job has come to the last item. It has not if it was stopped."""


class Reporter:
    """Counts the items of a job, and writes each of them to the report file.

    Args:
        path: The path of the report file, if one is wanted. The file is written anew.
        on_progress: Called after each item.
        total: The number of items, if it is known.
    """

    def __init__(
        self, path: str | os.PathLike[str] | None, on_progress: Callable[[Progress], object] | None, total: int | None
    ) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._on_progress = on_progress
        self._total = total
        self._done, self._failed = 0, 0
        self._failures: list[FailedItem] = []
        self.is_complete: bool = False

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._file = Path(self._path).open(
                    "w", encoding="utf-8", errors="backslashreplace", newline="", buffering=1
                )
            except (OSError, TypeError) as problem:
                raise ConfigurationError(f"the report_file cannot be written: {problem}") from None
            csv.writer(self._file).writerow(COLUMNS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, item: str, media_id: str, result: Reply[Any]) -> None:
        """Add an item and its result."""
        error = result.failure() if isinstance(result, Failure) else None
        if error is None:
            self._done += 1
            row = (item, media_id, "", "", "")
        else:
            self._failed += 1
            row = (item, media_id, type(error).__name__, str(error), "yes" if error.may_have_been_applied else "no")
            if len(self._failures) < MOST_FAILURES:
                self._failures.append(FailedItem(item, error))
        if self._file is not None:
            csv.writer(self._file).writerow(row)
        if self._on_progress is not None:
            self._on_progress(Progress(self._done + self._failed, self._failed, self._total))

    def report(self) -> Report:
        return Report(self._done, self._failed, tuple(self._failures), self.is_complete)
