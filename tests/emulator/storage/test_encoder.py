"""Parts of files that are encoded for players: pictures that are far apart, and sound that begins late or is missing."""

from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest

from fastpix.emulator.storage import encoder, probe
from fastpix.emulator.storage.encoder import Part, encoded
from tests.emulator.storage.movies import BLUE, RED, movie, sound

ZERO = Fraction(0)
SIZE = (32, 24)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def frames(content: bytes, kind: str) -> list[Any]:
    with av.open(BytesIO(content), "r") as container:
        streams = getattr(container.streams, kind)
        return [*container.decode(streams[0])] if streams else []


def times(content: bytes, kind: str) -> list[float]:
    return [float(frame.pts * frame.time_base) for frame in frames(content, kind)]


def part(first: float, last: float, *, has_audio: bool = False, start: float = 0) -> Part:
    return Part(Fraction(start), Fraction(first), Fraction(last), SIZE, has_audio)


@pytest.mark.parametrize("format", ["mp4", "matroska", "mpegts"])
def test_the_last_picture_before_a_part_stands_at_its_beginning(file: Path, format: str) -> None:
    file.write_bytes(movie(format, rate=1, colors=[RED] * 12, gap=5))  # at 0, 5 and 10 seconds
    assert [round(time) for time in times(encoded(file, part(4, 8), "mpegts"), "video")] == [4, 5]
    assert [round(time) for time in times(encoded(file, part(6, 9), "mpegts"), "video")] == [6]
    assert [round(time) for time in times(encoded(file, part(8, 12), "mpegts"), "video")] == [8, 10]
    assert [round(time) for time in times(encoded(file, part(11, 12), "mpegts"), "video")] == [11]


def test_what_is_sought_too_far_is_decoded_from_the_beginning(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_bytes(movie("mpegts", colors=[RED] * 10 + [BLUE] * 30))
    since_when: list[Fraction | None] = []
    decoded = encoder._decoded  # pyright: ignore[reportPrivateUsage]

    def too_far(path: Path, part: Part, since: Fraction | None) -> Any:
        since_when.append(since)
        return decoded(path, part, None if since is None else since + 2)

    monkeypatch.setattr(encoder, "_decoded", too_far)
    found = times(encoded(file, part(1, 2), "mpegts"), "video")
    assert found == pytest.approx([1 + number / 10 for number in range(10)], abs=0.002)
    assert since_when in ([1, None], [1])


def test_sound_that_begins_late_keeps_its_time(file: Path) -> None:
    file.write_bytes(movie("matroska", colors=[RED] * 30, audio=["eng"], late=1))
    sounds = times(encoded(file, part(0, 3, has_audio=True), "mpegts"), "audio")
    assert sounds[0] == pytest.approx(1, abs=0.06)
    assert sounds[-1] == pytest.approx(2, abs=0.06)


@pytest.mark.parametrize("format", ["mp4", "matroska", "mpegts"])
def test_a_video_that_begins_late_keeps_its_time(file: Path, format: str) -> None:
    file.write_bytes(movie(format, colors=[RED] * 20, audio=["eng"], seconds=3, first=10))
    content = encoded(file, part(0, 3, has_audio=True), "mpegts")
    assert times(content, "audio")[0] == pytest.approx(0, abs=0.06)
    assert times(content, "video")[0] == pytest.approx(1, abs=0.06)


def test_a_part_is_encoded_however_long_the_file_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_bytes(movie("mpegts", colors=[RED, BLUE] * 100, audio=["eng"], seconds=20))
    monkeypatch.setattr(probe, "MOST_BYTES", 1000)
    content = encoded(file, part(8, 10, has_audio=True), "mpegts")
    assert len(frames(content, "video")) == 20
    assert len(frames(content, "audio")) == pytest.approx(94, abs=1)


def test_a_part_without_sound_has_pictures(file: Path) -> None:
    file.write_bytes(movie(colors=[RED] * 30, audio=["eng"]))  # one second of sound
    content = encoded(file, part(2, 3, has_audio=True), "mpegts")
    assert (len(frames(content, "video")), len(frames(content, "audio"))) == (10, 0)


def test_a_track_that_does_not_exist_is_left_out(file: Path) -> None:
    file.write_bytes(sound("mp3", "eng"))
    assert frames(encoded(file, part(0, 1, has_audio=True), "mpegts"), "video") == []
    file.write_bytes(movie())
    assert frames(encoded(file, part(0, 1, has_audio=True), "mpegts"), "audio") == []


def test_a_file_of_an_unknown_format_is_an_error(file: Path) -> None:
    file.write_bytes(bytes(100))
    with pytest.raises(KeyError):
        encoded(file, part(0, 1), "mpegts")
