"""Media files for tests, made by PyAV: small pictures, and silence."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

import av
from av.stream import Disposition

RED = (200, 0, 0)
BLUE = (0, 0, 200)
RATE = 10
"""Frames per second."""
SAMPLES = 48_000
"""Samples per second."""
MILLISECOND = Fraction(1, 1000)
SOUNDS = {"wav": "pcm_s16le", "webm": "libopus", "mp3": "libmp3lame"}
Color: TypeAlias = tuple[int, int, int]


class Pipe:
    """What can only be written to, as the place where a browser records."""

    def __init__(self) -> None:
        self.content = b""

    def write(self, piece: bytes) -> int:
        self.content += bytes(piece)
        return len(piece)


def movie(
    format: str = "mp4",
    codec: str = "libx264",
    *,
    colors: Sequence[Color] = (RED,) * RATE,
    audio: Sequence[str] = (),
    subtitles: str = "",
    size: tuple[int, int] = (64, 48),
    rotation: int = 0,
    is_cover: bool = False,
    is_piped: bool = False,
    seconds: int = 1,
    rate: int = RATE,
    gap: int = 1,
    late: int = 0,
    first: int = 0,
) -> bytes:
    """Return a file with a frame of each color, and with tracks of these languages, whose sound has some seconds.

    With a gap, only each ``gap``-th picture is there. The sound begins ``late``, in seconds, and the
    pictures with the number ``first``.
    """
    made, pipe = BytesIO(), Pipe()
    opened: Any = av.open(pipe if is_piped else made, "w", format=format)
    with opened as container:
        video = container.add_stream(codec, rate=rate)
        video.width, video.height = size
        video.pix_fmt = "yuvj420p" if is_cover else "yuv420p"
        if rotation:
            video.set_display_rotation(rotation)
        if is_cover:
            video.disposition = Disposition.attached_pic
        sounds = [_sound(container, format, language) for language in audio]
        written = container.add_mux_stream("subrip") if subtitles else None
        if written:
            written.metadata.update(language=subtitles, title="For all")
        container.start_encoding()
        for number, color in [*enumerate(colors, first)][::gap]:
            container.mux(video.encode(_frame(number, color, size, video.pix_fmt, rate)))
        container.mux(video.encode())
        for sound in sounds:
            _mux_silence(container, sound, seconds, late)
        if written:
            container.mux(_text(written))
    return pipe.content or made.getvalue()


def sound(format: str, *languages: str) -> bytes:
    """Return a file with a second of silence."""
    made = BytesIO()
    with av.open(made, "w", format=format) as container:
        for one in [_sound(container, format, language) for language in languages]:
            _mux_silence(container, one)
    return made.getvalue()


def look(picture: bytes, folder: Path) -> tuple[int, int, Color]:
    """Return the width and the height of a picture, and the color in its middle."""
    path = folder / "picture"
    path.write_bytes(picture)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0)).reformat(format="rgb24")
    plane = frame.planes[0]
    middle = plane.line_size * (frame.height // 2) + 3 * (frame.width // 2)
    red, green, blue = bytes(plane)[middle : middle + 3]
    return frame.width, frame.height, (red, green, blue)


def is_near(one: Color, other: Color) -> bool:
    return all(abs(a - b) < 25 for a, b in zip(one, other, strict=True))


def _frame(number: int, color: Color, size: tuple[int, int], form: str, rate: int) -> av.VideoFrame:
    frame = av.VideoFrame(*size, "rgb24")
    plane = frame.planes[0]
    plane.update(bytes(color) * (plane.buffer_size // 3))
    frame = frame.reformat(format=form)
    frame.pts, frame.time_base = number, Fraction(1, rate)
    return frame


def _text(stream: Any) -> Any:
    packet: Any = av.Packet(b"hello")
    packet.stream, packet.time_base, packet.pts, packet.dts, packet.duration = stream, MILLISECOND, 0, 0, 500
    return packet


def _sound(container: Any, format: str, language: str) -> Any:
    stream = container.add_stream(SOUNDS.get(format, "aac"), rate=SAMPLES, layout="mono")
    if language:
        stream.metadata["language"] = language
    return stream


def _mux_silence(container: Any, stream: Any, seconds: int = 1, late: int = 0) -> None:
    for frame in _silence(stream, seconds, late):
        container.mux(stream.encode(frame))


def _silence(stream: Any, seconds: int, late: int) -> Iterator[av.AudioFrame | None]:
    """Yield some seconds of silence."""
    samples = stream.codec_context.frame_size or 1000
    for start in range(late * SAMPLES, (late + seconds) * SAMPLES, samples):
        frame = av.AudioFrame(stream.codec_context.format.name, "mono", samples)
        frame.sample_rate, frame.pts, frame.time_base = SAMPLES, start, Fraction(1, SAMPLES)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        yield frame
    yield None
