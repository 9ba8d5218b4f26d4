"""What a media file holds, as PyAV reads it. Without the extra ``media``, or for another file, nothing is known."""

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from fastpix.api.common import ABSENT, Track

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

__all__ = ["LONGEST_DURATION", "Probed", "Reader", "audio_of", "format_of", "opened", "probe", "start_of", "video_of"]

LONGEST_DURATION = 1_000_000
"""The seconds of the longest media."""
LARGEST_SIDE = 16_384
"""The most pixels in a row or a column of a video, as in `Content`."""
PATIENCE = 3.0
"""The seconds that a file may be read for."""
MOST_BYTES = 64 * 1024 * 1024
"""The most bytes that are read at the beginning of a file, or for one picture."""
MOST_OF_ALL = 1024 * 1024 * 1024
"""The most bytes that are read if a file does not tell its duration."""
HEAD = 400
"""The bytes that tell a format."""
MICROSECONDS = 1_000_000
"""The units of the duration of a file in a second."""
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")

FORMATS: dict[str, tuple[str, str]] = {
    "mov": ("mov", r".{4}(ftypqt  |moov|mdat|wide|free|skip)"),
    "m4a": ("mov", r".{4}ftypM4[AB] "),
    "3gp": ("mov", r".{4}ftyp3g"),
    "mp4": ("mov", r".{4}ftyp"),
    "webm": ("matroska", r"\x1aE\xdf\xa3.{0,64}\x42\x82.webm"),
    "matroska": ("matroska", r"\x1aE\xdf\xa3"),
    "mpegts": ("mpegts", r"(.{4})?\x47.{187}(.{4})?\x47.{10}"),
    "mpeg": ("mpeg", r"\x00\x00\x01\xba"),
    "avi": ("avi", r"RIFF.{4}AVI "),
    "flv": ("flv", r"FLV\x01"),
    "asf": ("asf", r"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    "mxf": ("mxf", r"\x06\x0e\x2b\x34\x02\x05\x01\x01"),
    "ogg": ("ogg", r"OggS"),
    "wav": ("wav", r"(RIFF|RF64).{4}WAVE"),
    "aiff": ("aiff", r"FORM.{4}AIF[FC]"),
    "flac": ("flac", r"fLaC"),
    "mp3": ("mp3", r"ID3|\xff[\xf2\xf3\xfa\xfb]"),
    "aac": ("aac", r"\xff[\xf0\xf1\xf8\xf9]"),
}
"""The formats that are read: PyAV's name for how, and how a file begins. None of them names other files to be read.

PyAV does not guess the format: it takes some random bytes for music, and text for a list of URLs to be fetched.
"""


class Probed(msgspec.Struct, frozen=True):
    """What a media file holds."""

    format: str
    """The container format, such as ``mp4``."""
    duration: float
    """The duration in seconds. 0 for a single picture."""
    width: int
    """The width of the picture in pixels, as it is displayed. 0 without video."""
    height: int
    """The height of the picture in pixels, as it is displayed. 0 without video."""
    tracks: list[Track]
    """The tracks for video, sound and subtitles, without ids."""


class Reader:
    """The bytes of a file, as many of them and as long as they may be read. PyAV calls its methods.

    Args:
        file: The file.
        patience: The seconds that it may be read for. Default: 3.
        most: The bytes that may be read. Default: 64 MiB.
    """

    def __init__(self, file: BinaryIO, patience: float | None = None, most: int | None = None) -> None:
        self._file = file
        self._end = monotonic() + (PATIENCE if patience is None else patience)
        self.tell: Callable[[], int] = file.tell
        self.left: int = MOST_BYTES if most is None else most

    def read(self, size: int) -> bytes:
        self._check()
        content = self._file.read(size)
        self.left -= len(content)
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        self._check()
        return self._file.seek(offset, whence)

    def _check(self) -> None:
        if self.left <= 0 or monotonic() > self._end:
            raise TimeoutError("the file takes too long to read")


def probe(path: Path) -> Probed | None:
    """Return what a media file holds.

    Return ``None`` if PyAV is not installed, or can't read the file as video or sound. Whatever is wrong with the
    file, it is read only for some seconds, and up to a limit.
    """
    with suppress(Exception), opened(path) as (container, reader):
        return _probed(container, reader, format_of(path))
    return None


def format_of(path: Path) -> str:
    """Return the format that a file begins as. Empty if it is none of the known ones."""
    with path.open("rb") as file:
        head = file.read(HEAD).decode("latin-1")
    return next((name for name, (_, begin) in FORMATS.items() if re.match(begin, head, re.DOTALL)), "")


@contextmanager
def opened(
    path: Path, patience: float | None = None, most: int | None = None
) -> "Generator[tuple[InputContainer, Reader]]":
    """Open a media file.

    Args:
        path: The file.
        patience: The seconds that it may be read for. Default: 3.
        most: The bytes that may be read. Default: 64 MiB.

    Raises:
        Exception: PyAV is not installed, or can't read the file.
    """
    demuxer, _ = FORMATS[format_of(path)]
    import av

    with path.open("rb") as file:
        reader = Reader(file, patience, most)
        nothing_else = {"protocol_whitelist": "none"}
        with av.open(
            reader, "r", format=demuxer, container_options=nothing_else, metadata_errors="replace"
        ) as container:
            yield container, reader


def start_of(container: "InputContainer") -> Fraction:
    """Return the time at which a file begins, in seconds."""
    return Fraction(container.start_time or 0, MICROSECONDS)


def video_of(container: "InputContainer") -> "VideoStream | None":
    """Return the first video of a file that can be decoded. The cover of a song is none."""
    return next((stream for stream in container.streams.video if _is_track(stream) and _has_codec(stream)), None)


def audio_of(container: "InputContainer") -> "AudioStream | None":
    """Return the first sound of a file that can be decoded."""
    return next(filter(_has_codec, container.streams.audio), None)


def _has_codec(stream: "Stream") -> bool:
    """Return whether there is a codec. Without one, PyAV before 18.1 ends the process if the stream is decoded."""
    return bool(stream.codec_context)


def _is_track(stream: "Stream") -> bool:
    from av.stream import Disposition

    return stream.type in ("video", "audio", "subtitle") and not stream.disposition & Disposition.attached_pic


def _probed(container: "InputContainer", reader: Reader, format: str) -> Probed | None:
    duration = _duration(container, reader)
    videos = [stream for stream in container.streams.video if _is_track(stream)]
    if not all(map(_has_codec, videos)):
        return None
    sizes = [_displayed(container, video) for video in videos]
    is_possible = 0 <= duration <= LONGEST_DURATION and all(0 < side <= LARGEST_SIDE for size in sizes for side in size)
    if not is_possible or not (videos or container.streams.audio):
        return None
    pictures = [_picture(video, *size) for video, size in zip(videos, sizes, strict=True)]
    others = [_track(stream) for stream in container.streams if stream.type != "video" and _is_track(stream)]
    width, height = sizes[0] if sizes else (0, 0)
    return Probed(format, duration, width, height, [*pictures, *others])


def _picture(video: "VideoStream", width: int, height: int) -> Track:
    rate = float(video.average_rate or video.guessed_rate or 0)
    return Track(type="video", width=width, height=height, frame_rate=f"{rate:.3f}", status="available")


def _track(stream: "Stream") -> Track:
    language = stream.language or ""
    is_known = language != "und" and LANGUAGE.fullmatch(language) is not None
    return Track(
        type="audio" if stream.type == "audio" else "subtitle",
        status="available",
        language_code=language if is_known else "und",
        language_name=language if is_known else "default",
        title=stream.metadata.get("title", ABSENT),
    )


def _displayed(container: "InputContainer", video: "VideoStream") -> tuple[int, int]:
    """Return the width and height of a video, as one of its frames says that it is displayed."""
    with suppress(Exception):
        frame = next(container.decode(video))
        return (frame.height, frame.width) if frame.rotation % 180 else (frame.width, frame.height)
    return video.codec_context.width, video.codec_context.height


def _duration(container: "InputContainer", reader: Reader) -> float:
    """Return the duration in seconds. If the file does not tell it, read all of it, as for that of a browser's recorder.

    Raises:
        ValueError: There is nothing in the file.
    """
    if container.duration:
        return container.duration / MICROSECONDS
    reader.left = MOST_OF_ALL
    ends = (
        (packet.pts + (packet.duration or 0)) * packet.time_base
        for packet in container.demux()
        if packet.pts is not None
    )
    return float(max(ends)) - (container.start_time or 0) / MICROSECONDS
