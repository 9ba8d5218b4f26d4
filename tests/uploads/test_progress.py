"""What a callback is told about an upload."""

import pytest

from fastpix.errors import UnexpectedClientError
from fastpix.uploads import UploadProgress
from fastpix.uploads.progress import Reporter


class Watched:
    def __init__(self) -> None:
        self.now = 0.0
        self.seen: list[UploadProgress] = []
        self.reporter = Reporter(self.seen.append, lambda: self.now)

    def at(self, second: float, sent: int, total: int | None = 1000) -> UploadProgress:
        self.now = second
        self.reporter.tell("sending", sent, total)
        return self.seen[-1]


def test_a_stage_is_told_at_once_and_then_ten_times_a_second() -> None:
    watched = Watched()
    for step in range(16):
        watched.at(step / 16, step)
    assert [progress.sent for progress in watched.seen] == [0, 2, 4, 6, 8, 10, 12, 14]
    watched.reporter.tell("finalizing", 1000, 1000)
    watched.reporter.tell("finalizing", 1000, 1000)
    watched.reporter.tell("processing", 1000, 1000)
    assert [progress.stage for progress in watched.seen[8:]] == ["finalizing", "processing"]


def test_the_rate_is_that_of_the_last_seconds() -> None:
    watched = Watched()
    assert watched.at(0, 0) == UploadProgress("sending", 0, 1000, 0.0, None)
    assert watched.at(1, 100) == UploadProgress("sending", 100, 1000, 100.0, 9.0)
    for second in range(2, 12):
        watched.at(second, 100)
    assert watched.at(12, 100) == UploadProgress("sending", 100, 1000, 0.0, None)


def test_a_step_back_begins_the_rate_anew() -> None:
    watched = Watched()
    watched.at(0, 0)
    watched.at(1, 500)
    assert watched.at(2, 200).rate == 0.0
    assert watched.at(3, 300).rate == 100.0


def test_without_a_total_no_time_is_left() -> None:
    watched = Watched()
    watched.at(0, 0, None)
    assert watched.at(1, 10, None) == UploadProgress("sending", 10, None, 10.0, None)


def test_a_callback_that_raises_is_named() -> None:
    with pytest.raises(UnexpectedClientError, match="the on_progress function raised ZeroDivisionError"):
        Reporter(lambda _: 1 / 0).tell("sending", 0, None)


def test_no_callback_is_told_nothing() -> None:
    Reporter(None).tell("sending", 0, None)
