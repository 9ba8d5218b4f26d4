"""A bar on the terminal that shows the progress of a job. It needs the extra ``progress``, which brings rich."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from fastpix.concurrency import Progress

__all__ = ["JobBar"]


class JobBar:
    """A bar for a job, or for `many`. It is written to standard error. Without a terminal there is one line at the end.

        with JobBar("import") as bar:
            import_media(core, "library.csv", journal=journal, on_progress=bar.show)

    Args:
        name: The text before the bar.
        console: The console to write to. Default: standard error.
    """

    def __init__(self, name: str, console: Console | None = None) -> None:
        columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()
        failed = TextColumn("{task.fields[failed]} failed")
        self._bars = Bars(*columns, failed, TimeRemainingColumn(), console=console or Console(stderr=True))
        self._bar: TaskID = self._bars.add_task(name, total=None, failed=0)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bars.stop()

    def show(self, progress: Progress) -> None:
        """Show how far the job has come. It is the function for ``on_progress``."""
        self._bars.update(self._bar, completed=progress.done, total=progress.total, failed=progress.failed)
