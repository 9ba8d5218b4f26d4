import pytest

from fastpix.emulator import demo


def test_the_demo_shows_the_main_job(capsys: pytest.CaptureFixture[str]) -> None:
    demo.main()
    shown = capsys.readouterr().out
    for expected in (
        "page 2 of 2: ",
        "'morning show', disabled",
        "'morning show', idle",
        "Created, 0 s, no tracks yet",
        "Ready, 10 s, video available, audio available",
        "subtitle preparing",
        "subtitle available",
        "'Talks' has 1 media: ['A talk']",
        "4 views, added by a seed",
        "startup_score 0.90 of 4 views",
        "200 for ...m3u8?start=10s&end=40s",
        "1 stream left",
        "RequestValidationError",
        "NotFoundError",
        "UnauthorizedError",
        "ConnectionFailedError",
        "4 streams",
        "2 of 4 streams",
    ):
        assert expected in shown
    assert "\033[" not in shown


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert demo.painted("x", demo.BOLD) == "\033[1mx\033[0m"
