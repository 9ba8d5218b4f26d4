"""The bars that show the progress of uploads."""

import io

import pytest
from rich.console import Console

from fastpix import FastpixCore
from fastpix.uploads import upload
from fastpix.uploads.bars import UploadBars


def test_each_upload_has_a_bar(core: FastpixCore) -> None:
    shown = io.StringIO()
    with UploadBars(Console(file=shown, force_terminal=True, width=120)) as bars:
        upload(core, b"a" * 1000, on_progress=bars.add("talk [a[/b].mp4")).unwrap()
        upload(core, [b"a" * 2000], on_progress=bars.add("tour.mp4")).unwrap()
    *_, talk, tour, _ = shown.getvalue().split("\n")
    for line, facts in ((talk, ["talk [a[/b].mp4", "1.0/1.0 kB", "finalizing"]), (tour, ["tour.mp4", "2.0/2.0 kB"])):
        assert all(fact in line for fact in facts)


def test_standard_output_stays_free(core: FastpixCore, capsys: pytest.CaptureFixture[str]) -> None:
    with UploadBars() as bars:
        upload(core, b"a" * 1000, on_progress=bars.add("talk.mp4")).unwrap()
    out, err = capsys.readouterr()
    assert out == ""
    assert "talk.mp4" in err
