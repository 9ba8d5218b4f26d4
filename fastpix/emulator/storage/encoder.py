"""Parts of a media file, encoded for players: H.264 and AAC, by PyAV. Each part is encoded when a player asks for it.

The parts of a file fit together: each begins with a picture that can be decoded alone, and their sound has the same
grid of AAC frames.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypeVar, cast

from fastpix.emulator.storage.pictures import turned
from fastpix.emulator.storage.probe import audio_of, opened, start_of, video_of

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.packet import Packet
    from av.video.frame import VideoFrame

__all__ = ["Container", "Part", "encoded"]

T = TypeVar("T")

Container: TypeAlias = Literal["mpegts", "mp4"]
"""The container of a part, by its name in PyAV."""

PATIENCE = 60.0
"""The seconds for which a file may be read for a track of a part."""
MOST_BYTES = 2**62
"""The bytes that may be read for a track of a part: there is no limit but the time."""
TICKS = 10_000
"""The units in a second that times are rounded to, since the start of a file is a rounded time, too."""
CLOCK = 90_000
"""The units of time in a second, in MPEG."""
RATE = 48_000
"""Samples of sound in a second."""
SAMPLES = 1024
"""Samples in an AAC frame."""
AROUND = 2
"""The AAC frames before and after a part that are encoded for its first and its last one, and left out."""
HELD = Fraction(1, 10)
"""The seconds at the beginning of a part without a picture, from which on the last one before it stands there."""
X264 = {"preset": "ultrafast", "tune": "zerolatency", "crf": "26", "g": "100000"}


class Part(NamedTuple):
    """A part of a file, and the form that it is encoded in."""

    start: Fraction
    """Where the media begins in the file, in seconds."""
    first: Fraction
    """Where the part begins in the media, in seconds."""
    last: Fraction
    """Where the part ends in the media, in seconds."""
    size: tuple[int, int] | None
    """The width and height of the picture in pixels, even numbers. ``None`` leaves out the video."""
    has_audio: bool
    """Whether the part has the first sound of the file."""


def encoded(path: Path, part: Part, container: Container) -> bytes:
    """Return a part of a file. Its times are those in the media.

    Raises:
        Exception: PyAV is not installed, can't decode the file, or needs too long for it.
    """
    import av

    options = {"max_delay": "0"} if container == "mpegts" else {"movflags": "faststart"}
    with TemporaryDirectory(prefix="fastpix-") as folder:  # faststart reads the file again, by its name
        made = Path(folder, "made")
        _mux(path, part, av.open(str(made), "w", format=container, container_options=options))
        return made.read_bytes()


def _mux(path: Path, part: Part, container: Any) -> None:
    with container as output:
        tracks: list[Iterator[Packet[Any]]] = []
        if part.size is not None:
            tracks.append(_video(path, part, part.size, output))
        if part.has_audio:
            tracks.append(_audio(path, part, output))
        packets = [[*track] for track in tracks]
        for packet in sorted((one for track in packets for one in track), key=_time):
            output.mux(packet)


def _time(packet: "Packet[Any]") -> Fraction:
    return (packet.dts or 0) * packet.time_base


def _video(path: Path, part: Part, size: tuple[int, int], output: Any) -> "Iterator[Packet[Any]]":
    """Yield the packets of the video. They are encoded at once, since the two tracks have readers of their own."""
    stream: Any = output.add_stream("libx264", options=X264)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.time_base = stream.codec_context.time_base = Fraction(1, CLOCK)
    stream.codec_context.thread_count = 1  # a few pictures are encoded at a time
    return _encoded_video(path, part, stream)


def _encoded_video(path: Path, part: Part, stream: Any) -> "Iterator[Packet[Any]]":
    for seconds, frame in _pictures(path, part):
        picture = turned(frame).reformat(stream.width, stream.height, "yuv420p")
        picture.pts, picture.time_base = round(seconds * CLOCK), Fraction(1, CLOCK)
        picture.pict_type = 0
        yield from stream.encode(picture)
    yield from stream.encode(None)


def _pictures(path: Path, part: Part) -> "Iterator[tuple[Fraction, VideoFrame]]":
    """Yield the pictures of a part, each with its time in the media."""
    before: VideoFrame | None = None
    is_first = True
    for seconds, frame in _since(part.first, lambda since: _decoded(path, part, since)):
        if seconds < part.first:
            before = frame
            continue
        if is_first and before is not None and seconds >= part.first + HELD:
            yield part.first, before
        if seconds >= part.last:
            return
        is_first = False
        yield seconds, frame
    if is_first and before is not None:
        yield part.first, before


def _since(
    first: Fraction, decoded: "Callable[[Fraction | None], Iterator[tuple[Fraction, T]]]"
) -> "Iterator[tuple[Fraction, T]]":
    """Yield what is decoded from a time on. Some formats seek too far, so all that is before is decoded, too."""
    found = decoded(first)
    nearest = next(found, None)
    if nearest is None or nearest[0] > first:
        yield from decoded(None)
    else:
        yield nearest
        yield from found


def _decoded(path: Path, part: Part, since: Fraction | None) -> "Iterator[tuple[Fraction, VideoFrame]]":
    """Yield the pictures of a file, each with its time in the media.

    Args:
        path: The file.
        part: The part.
        since: The time in the media before which the first picture is looked for. ``None`` is the beginning of the file.
    """
    with opened(path, patience=PATIENCE, most=MOST_BYTES) as (container, _):
        video = video_of(container)
        if video is None or video.time_base is None:
            return
        origin = start_of(container) + part.start
        if since is not None:
            container.seek(int((origin + since) / video.time_base), stream=video)
        timed = (frame for frame in container.decode(video) if frame.pts is not None)
        for frame in timed:
            seconds = cast("int", frame.pts) * video.time_base - origin
            yield Fraction(round(seconds * TICKS), TICKS), frame


def _audio(path: Path, part: Part, output: Any) -> "Iterator[Packet[Any]]":
    """Yield the packets of the sound that begin in a part."""
    stream: Any = output.add_stream("aac", rate=RATE, layout="stereo")
    stream.codec_context.bit_rate = 128_000
    return _encoded_audio(path, part, stream)


def _encoded_audio(path: Path, part: Part, stream: Any) -> "Iterator[Packet[Any]]":
    first, last = (-(-moment * RATE // SAMPLES) * SAMPLES for moment in (part.first, part.last))
    for frame in (*_sounds(path, part, int(first) - AROUND * SAMPLES, int(last) + AROUND * SAMPLES), None):
        for packet in stream.encode(frame):
            if first <= packet.pts < last:
                yield packet


def _sounds(path: Path, part: Part, first: int, last: int) -> "Iterator[AudioFrame]":
    """Yield AAC frames of sound, on a grid of `SAMPLES` that begins with the media, between two numbers of samples."""
    from av.audio.fifo import AudioFifo

    fifo = AudioFifo()
    position: int | None = None
    for seconds, frame in _since(max(Fraction(first, RATE), Fraction(0)), lambda since: _resampled(path, part, since)):
        if position is None:
            position = round(seconds * RATE)
        frame.pts = None
        fifo.write(frame)
        behind = max(first, -(-position // SAMPLES) * SAMPLES) - position
        if 0 < behind <= fifo.samples:
            fifo.read(behind)
            position += behind
        while position >= first and position % SAMPLES == 0 and fifo.samples >= SAMPLES:
            if position >= last:
                return
            yield _placed(fifo.read(SAMPLES), position)
            position += SAMPLES
    if position is not None and fifo.samples and first <= position < last:
        yield _placed(fifo.read(), position)


def _placed(frame: Any, position: int) -> "AudioFrame":
    frame.pts, frame.time_base = position, Fraction(1, RATE)
    return cast("AudioFrame", frame)


def _resampled(path: Path, part: Part, since: Fraction | None) -> "Iterator[tuple[Fraction, AudioFrame]]":
    """Yield the sound of a file, each frame with its time in the media. The arguments are those of `_decoded`."""
    from av.audio.resampler import AudioResampler

    with opened(path, patience=PATIENCE, most=MOST_BYTES) as (container, _):
        sound = audio_of(container)
        if sound is None or sound.time_base is None:
            return
        origin = start_of(container) + part.start
        if since is not None:
            container.seek(max(int((origin + since) / sound.time_base), 0), stream=sound)
        resampler = AudioResampler("fltp", "stereo", RATE)
        seconds: Fraction | None = None
        for frame in chain(container.decode(sound), (None,)):
            if seconds is None and frame is not None:
                seconds = Fraction(frame.pts or 0) * sound.time_base - origin
            for changed in resampler.resample(frame):
                yield seconds or Fraction(0), changed
                seconds = (seconds or 0) + Fraction(changed.samples, RATE)
