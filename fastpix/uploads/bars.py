"""Bars on the terminal that show the progress of uploads. They need the extra ``progress``, which brings rich."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from fastpix.uploads.progress import OnProgress, UploadProgress

__all__ = ["UploadBars"]


class UploadBars:
    """Bars for one upload or several. They are written to standard error. Without a terminal there is one line at the end.

        with UploadBars() as bars:
            upload(core, "talk.mp4", on_progress=bars.add("talk.mp4"))

    Args:
        console: The console to write to. Default: standard error.
    """

    def __init__(self, console: Console | None = None) -> None:
        columns = TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn()
        self._bars = Progress(
            *columns, TimeRemainingColumn(), TextColumn("{task.fields[stage]}"), console=console or Console(stderr=True)
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bars.stop()

    def add(self, name: str) -> OnProgress:
        """Add a bar, and return the function for the ``on_progress`` of an upload.

        Args:
            name: The text before the bar, such as the name of the file.
        """
        bar = self._bars.add_task(name, total=None, stage="")

        def show(progress: UploadProgress) -> None:
            self._bars.update(bar, completed=progress.sent, total=progress.total, stage=progress.stage)

        return show
