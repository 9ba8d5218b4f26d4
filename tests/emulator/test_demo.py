import pytest

from fastpix.emulator import demo


def test_the_demo_shows_the_main_job(capsys: pytest.CaptureFixture[str]) -> None:
    demo.main()
    shown = capsys.readouterr().out
    for expected in (
        "page 2 of 2: ",
        "'morning show', disabled",
        "'morning show', idle",
        "4 s, 640x360",
        "all bytes have arrived",
        "video.media.ready",
        "'A film', Ready, 4 s, video, audio",
        "401: This playback id needs a token.",
        "100 pictures of the first segment decoded",
        "image/jpeg",
        "'A film' was seen for 4 s",
        "startup_score 1, from 1 view",
        "media workspace relation not found",
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
    *_, first, second = shown.splitlines()
    assert first.split()[:3] == ["make", "emulator", "WITH=--open"]
    assert second.split()[:2] == ["make", "test"]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "find_spec", dict[str, object]().get)
    with pytest.raises(SystemExit, match=r"pip install 'fastpix\[emulator,media\]'"):
        demo.main()


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert demo.painted("x", demo.BOLD) == "\033[1mx\033[0m"
