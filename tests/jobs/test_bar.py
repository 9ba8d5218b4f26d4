"""The bar that shows the progress of a job."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from fastpix import FastpixCore
from fastpix.jobs import import_media
from fastpix.jobs.bar import JobBar
from fastpix.journal import SqliteJournal

URLS = [f"https://example.com/{number}.mp4" for number in range(20)]


def test_it_shows_how_many_items_are_done_and_how_many_have_failed(core: FastpixCore, tmp_path: Path) -> None:
    shown = io.StringIO()
    journal = SqliteJournal(tmp_path / "jobs.db")
    with JobBar("import [a[/b]", Console(file=shown, force_terminal=True, width=120)) as bar:
        import_media(core, [*URLS, "x" * 2, ""], journal=journal, on_progress=bar.show)
    last = shown.getvalue().split("\n")[-2]
    assert all(fact in last for fact in ("import [a[/b]", "21/22", "0 failed"))


def test_standard_output_stays_free(core: FastpixCore, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with JobBar("import") as bar:
        import_media(core, URLS, journal=SqliteJournal(tmp_path / "jobs.db"), on_progress=bar.show)
    out, err = capsys.readouterr()
    assert out == ""
    assert "20/20" in err
