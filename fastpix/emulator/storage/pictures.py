"""Pictures from a media file, as PyAV decodes them."""

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from fastpix.emulator.storage.probe import opened, start_of, video_of

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ["AnimationFormat", "PictureFormat", "animation", "picture", "sheet", "turned"]

PictureFormat: TypeAlias = Literal["png", "jpg", "webp"]
"""The format of a picture, as the end of its URL names it."""
AnimationFormat: TypeAlias = Literal["gif", "webp"]
"""The format of an animation, as the end of its URL names it."""

ENCODERS: dict[PictureFormat, tuple[str, str]] = {
    "png": ("png", "rgb24"),
    "jpg": ("mjpeg", "yuvj420p"),
    "webp": ("libwebp", "yuv420p"),
}
"""For each format, PyAV's names for the encoder and for the form of its pixels."""
ANIMATORS: dict[AnimationFormat, tuple[str, str]] = {
    "gif": ("gif", "rgb8"),
    "webp": ("libwebp_anim", "yuv420p"),
}
"""The same for animations."""
MOST_PIXELS = 8192 * 8192
"""The most pixels of a picture."""
SECOND = Fraction(1)
AROUND = (("hflip",), ("vflip",))
TURNS: dict[int, tuple[tuple[str, ...], ...]] = {
    90: (("transpose", "cclock"),),
    -90: (("transpose", "clock"),),
    180: AROUND,
    -180: AROUND,
}
"""The filters that turn a frame by so many degrees against the clock."""


def picture(path: Path, seconds: float, format: PictureFormat, size: tuple[int, int] | None = None) -> bytes | None:
    """Return the picture that a video shows at a time.

    Args:
        path: The file.
        seconds: The time. If the frames there can't be decoded in some seconds, an earlier one stands for them.
        format: The format of the picture.
        size: The width and height in pixels. Default: those of the video.

    Return ``None`` if PyAV is not installed, or can't decode the video.
    """
    with suppress(Exception):
        return _encoded(_shown(path, seconds, size), format)
    return None


def sheet(
    path: Path, times: Sequence[float], columns: int, size: tuple[int, int], format: PictureFormat
) -> bytes | None:
    """Return one picture with those that a video shows at some times, in rows.

    Args:
        path: The file.
        times: The times.
        columns: The number of pictures in a row.
        size: The width and height of each in pixels.
        format: The format of the picture.

    Return ``None`` if PyAV is not installed, or can't decode the video.
    """
    with suppress(Exception):
        tiles = [_shown(path, seconds, size) for seconds in times]
        layout = f"{columns}x{-(-len(times) // columns)}"
        return _encoded(_filtered(tiles, ("tile", layout)), format)
    return None


def animation(
    path: Path, times: Sequence[float], rate: int, size: tuple[int, int], format: AnimationFormat
) -> bytes | None:
    """Return an animation of what a video shows at some times.

    Args:
        path: The file.
        times: The times.
        rate: The pictures in a second.
        size: The width and height in pixels.
        format: The format of the animation.

    Return ``None`` if PyAV is not installed, or can't decode the video.
    """
    with suppress(Exception):
        return _animated([_shown(path, seconds, size) for seconds in times], rate, format)
    return None


def _shown(path: Path, seconds: float, size: tuple[int, int] | None) -> "VideoFrame":
    """Return what a video shows at a time, as it is displayed.

    Raises:
        Exception: PyAV is not installed, or can't decode the video.
    """
    frame = _frame_at(path, seconds, seeks=True) or _frame_at(path, seconds, seeks=False)
    if frame is None or frame.width * frame.height > MOST_PIXELS:
        raise ValueError("there is no picture that can be shown")
    frame = turned(frame)
    return frame if size is None else frame.reformat(*size, "yuv420p")


def _frame_at(path: Path, seconds: float, *, seeks: bool) -> "VideoFrame | None":
    """Return the last frame until a time, as far as it can be decoded.

    With ``seeks``, decode from the key frame before that time, and return ``None`` if none is found there. Otherwise
    decode from the beginning.
    """
    found = None
    with suppress(Exception), opened(path) as (container, _):
        video = video_of(container)
        if video is None or video.time_base is None:
            return None
        wanted = int((start_of(container) + Fraction(seconds)) / video.time_base)
        if seeks:
            container.seek(wanted, stream=video)
        for frame in container.decode(video):
            is_late = frame.pts is None or frame.pts > wanted
            if (found is not None and is_late) or (found is None and seeks and (is_late or not frame.key_frame)):
                break
            found = frame
    return found


def turned(frame: "VideoFrame") -> "VideoFrame":
    """Return a frame as it is displayed."""
    turns = TURNS.get(frame.rotation)
    return frame if turns is None else _filtered([frame], *turns)


def _filtered(frames: "Sequence[VideoFrame]", *filters: tuple[str, ...]) -> "VideoFrame":
    """Return the frame that filters make of some frames of the same size."""
    from av.filter import Graph

    graph, (first, *_) = Graph(), frames
    source = graph.add_buffer(width=first.width, height=first.height, format=first.format, time_base=SECOND)
    graph.link_nodes(source, *(graph.add(*each) for each in filters), graph.add("buffersink")).configure()
    for number, frame in enumerate(frames):
        frame.pts, frame.time_base = number, SECOND
        graph.vpush(frame)
    graph.vpush(None)
    return graph.vpull()


def _encoded(frame: "VideoFrame", format: PictureFormat) -> bytes:
    from av.codec import CodecContext

    name, pixels = ENCODERS[format]
    encoder: Any = CodecContext.create(name, "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = frame.width, frame.height, pixels, SECOND
    picture = frame.reformat(format=pixels)
    picture.pts, picture.time_base = 0, SECOND
    return b"".join(map(bytes, [*encoder.encode(picture), *encoder.encode()]))


def _animated(frames: "Sequence[VideoFrame]", rate: int, format: AnimationFormat) -> bytes:
    import av

    name, pixels = ANIMATORS[format]
    with TemporaryDirectory(prefix="fastpix-") as folder:
        made = Path(folder, "made")
        opened: Any = av.open(str(made), "w", format=format, options={"loop": "0"})
        with opened as container:
            stream = container.add_stream(name, rate=rate)
            stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, pixels
            for number, frame in enumerate(frames):
                picture = frame.reformat(format=pixels)
                picture.pts, picture.time_base = number, Fraction(1, rate)
                container.mux(stream.encode(picture))
            container.mux(stream.encode(None))
        return made.read_bytes()
