"""What is read from media files, and from files that are none."""

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from fastpix.emulator.storage import pictures
from fastpix.emulator.storage import probe as probes
from fastpix.emulator.storage.pictures import PictureFormat, picture
from fastpix.emulator.storage.probe import Probed, format_of, probe
from tests.emulator.storage.movies import BLUE, RATE, RED, Color, is_near, look, movie, sound


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


def read(path: Path, content: bytes) -> Probed:
    path.write_bytes(content)
    found = probe(path)
    assert found is not None
    return found


def languages(found: Probed) -> list[tuple[str | None, str | None, str | None]]:
    return [(track.type, track.language_code, track.language_name) for track in found.tracks]


@pytest.mark.parametrize(
    ("format", "codec", "named"),
    [
        ("mp4", "libx264", "mp4"),
        ("mp4", "mpeg4", "mp4"),
        ("mov", "libx264", "mov"),
        ("3gp", "libx264", "3gp"),
        ("webm", "libvpx", "webm"),
        ("matroska", "libx264", "matroska"),
        ("avi", "mpeg4", "avi"),
        ("flv", "libx264", "flv"),
        ("asf", "mpeg4", "asf"),
        ("mpegts", "libx264", "mpegts"),
    ],
)
def test_a_video_is_read(path: Path, format: str, codec: str, named: str) -> None:
    found = read(path, movie(format, codec))
    assert (found.format, found.width, found.height) == (named, 64, 48)
    assert found.duration == pytest.approx(1, abs=0.25)
    assert [(track.type, track.width, track.height, track.frame_rate) for track in found.tracks] == [
        ("video", 64, 48, "10.000")
    ]


@pytest.mark.parametrize(("format", "named"), [("ipod", "m4a"), ("wav", "wav"), ("mp3", "mp3"), ("adts", "aac")])
def test_sound_is_read(path: Path, format: str, named: str) -> None:
    found = read(path, sound(format, ""))
    assert (found.format, found.width, found.height) == (named, 0, 0)
    assert found.duration == pytest.approx(1, abs=0.05)
    assert languages(found) == [("audio", "und", "default")]


def test_the_languages_of_tracks_are_told(path: Path) -> None:
    assert languages(read(path, movie(audio=["eng", "deu", ""]))) == [
        ("video", None, None),
        ("audio", "eng", "eng"),
        ("audio", "deu", "deu"),
        ("audio", "und", "default"),
    ]


@pytest.mark.parametrize(("language", "told"), [("en-US", "en-US"), ("<b>", "und"), ("a" * 100, "und")])
def test_only_what_can_be_a_language_is_told(path: Path, language: str, told: str) -> None:
    assert read(path, movie("matroska", audio=[language])).tracks[1].language_code == told


def test_subtitles_are_tracks(path: Path) -> None:
    *_, subtitles = read(path, movie("matroska", subtitles="fra")).tracks
    assert (subtitles.type, subtitles.language_code, subtitles.title) == ("subtitle", "fra", "For all")


def test_the_cover_of_a_song_is_no_video(path: Path) -> None:
    found = read(path, movie("mp3", "mjpeg", colors=[RED], audio=[""], is_cover=True))
    assert [track.type for track in found.tracks] == ["audio"]
    assert picture(path, 0, "png") is None


@pytest.mark.parametrize(("rotation", "size"), [(90, (48, 64)), (-90, (48, 64)), (180, (64, 48)), (0, (64, 48))])
def test_a_video_is_as_large_as_it_is_displayed(
    path: Path, tmp_path: Path, rotation: int, size: tuple[int, int]
) -> None:
    found = read(path, movie(rotation=rotation))
    assert (found.width, found.height) == size
    assert look(picture(path, 0, "png") or b"", tmp_path)[:2] == size


def test_a_file_that_does_not_tell_its_duration_is_read_as_a_whole(path: Path) -> None:
    recorded = movie("webm", "libvpx", is_piped=True)
    assert read(path, recorded).duration == 1
    assert read(path, recorded[:-20]).duration == pytest.approx(0.9)


@pytest.mark.parametrize("format", ["webm", "mp4"])
def test_a_file_without_frames_is_not_read(path: Path, format: str) -> None:
    path.write_bytes(movie(format, "libvpx" if format == "webm" else "libx264", colors=[]))
    assert format_of(path) == format
    assert probe(path) is None
    assert picture(path, 0, "png") is None


def test_a_single_picture_lasts_no_time(path: Path) -> None:
    assert read(path, movie("webm", "libvpx", colors=[RED], is_piped=True)).duration == pytest.approx(0, abs=0.1)


def test_what_is_left_of_a_file_is_read_if_its_head_is_there(path: Path) -> None:
    whole = movie("webm", "libvpx")
    assert read(path, whole[: len(whole) * 3 // 4]).width == 64
    path.write_bytes(movie()[:500])
    assert (format_of(path), probe(path)) == ("mp4", None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a",
        b"\0" * 100_000,
        b"hello " * 10_000,
        Random(1).randbytes(500_000),
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=video 9 RTP/AVP 96\r\n",
        b"\xff\xfb" + Random(2).randbytes(10_000),
        b"\0\0\0\x18ftypisom" + Random(3).randbytes(10_000),
        b"\x1aE\xdf\xa3" + Random(4).randbytes(10_000),
    ],
)
def test_another_file_is_not_read(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert probe(path) is None
    assert picture(path, 1, "jpg") is None


def test_a_file_that_is_gone_is_not_read(path: Path) -> None:
    assert probe(path) is None
    assert picture(path, 0, "png") is None


def test_a_video_without_a_codec_is_not_read(path: Path) -> None:
    path.write_bytes(movie("webm", "libvpx", audio=[""]).replace(b"V_VP8", b"V_XYZ"))
    assert probe(path) is None
    assert picture(path, 0, "png") is None


def test_damaged_files_do_no_harm(path: Path) -> None:
    random = Random(1)
    for format, codec in (("mp4", "libx264"), ("webm", "libvpx")):
        whole = movie(format, codec)
        for _ in range(40):
            damaged = bytearray(whole)
            for _ in range(random.choice([1, 8, 64])):
                damaged[random.randrange(len(damaged))] = random.randrange(256)
            path.write_bytes(damaged)
            if probe(path):
                picture(path, 0.5, "png")


@pytest.mark.parametrize(("limit", "value"), [("MOST_BYTES", 1000), ("PATIENCE", -1.0), ("LARGEST_SIDE", 63)])
def test_a_file_is_read_up_to_a_limit(path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: float) -> None:
    path.write_bytes(movie())
    monkeypatch.setattr(probes, limit, value)
    assert probe(path) is None


def test_a_picture_has_a_limit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(movie())
    monkeypatch.setattr(pictures, "MOST_PIXELS", 64 * 48 - 1)
    assert picture(path, 0, "png") is None


@pytest.mark.parametrize("format", ["png", "jpg"])
@pytest.mark.parametrize(("container", "codec"), [("mp4", "libx264"), ("webm", "libvpx"), ("mpegts", "libx264")])
@pytest.mark.parametrize(("seconds", "color"), [(0, RED), (0.85, RED), (1.15, BLUE), (9, BLUE)])
def test_a_picture_is_what_is_seen_at_a_time(
    path: Path, tmp_path: Path, format: PictureFormat, container: str, codec: str, seconds: float, color: Color
) -> None:
    path.write_bytes(movie(container, codec, colors=[RED] * RATE + [BLUE] * RATE))
    drawn = picture(path, seconds, format)
    assert drawn is not None
    assert drawn.startswith(b"\x89PNG" if format == "png" else b"\xff\xd8\xff")
    width, height, seen = look(drawn, tmp_path)
    assert (width, height) == (64, 48)
    assert is_near(seen, color)


def test_the_first_picture_stands_for_one_that_is_lost(path: Path, tmp_path: Path) -> None:
    whole = movie("mpegts", colors=[RED] * RATE * 4)
    path.write_bytes(whole[: len(whole) // 4])
    drawn = picture(path, 3, "png")
    assert drawn is not None
    assert is_near(look(drawn, tmp_path)[2], RED)


def test_nothing_is_read_without_pyav(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(movie())
    monkeypatch.setitem(sys.modules, "av", None)
    assert probe(path) is None
    assert picture(path, 0, "png") is None


def test_pyav_is_imported_when_it_is_used() -> None:
    program = "import sys, fastpix.emulator; print('av' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout == b"False\n"
