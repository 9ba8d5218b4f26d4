"""Pictures from a media file, as PyAV decodes them."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from fastpix.emulator.storage.probe import opened, video_of

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ["PictureFormat", "picture"]

PictureFormat: TypeAlias = Literal["png", "jpg"]
"""The format of a picture, as the end of its URL names it."""

ENCODERS: dict[PictureFormat, tuple[str, str]] = {
    "png": ("png", "rgb24"),
    "jpg": ("mjpeg", "yuvj420p"),
}
"""For each format, PyAV's names for the encoder and for the form of its pixels."""
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


def picture(path: Path, seconds: float, format: PictureFormat) -> bytes | None:
    """Return the picture that a video shows at a time, in the size of the video.

    Args:
        path: The file.
        seconds: The time. If the frames there can't be decoded in some seconds, an earlier one stands for them.
        format: The format of the picture.

    Return ``None`` if PyAV is not installed, or can't decode the video.
    """
    with suppress(Exception):
        frame = _frame_at(path, seconds, seeks=True) or _frame_at(path, seconds, seeks=False)
        if frame is not None and frame.width * frame.height <= MOST_PIXELS:
            return _encoded(_turned(frame), format)
    return None


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
        wanted = (video.start_time or 0) + int(seconds / video.time_base)
        if seeks:
            container.seek(wanted, stream=video)
        for frame in container.decode(video):
            is_late = frame.pts is None or frame.pts > wanted
            if (found is not None and is_late) or (found is None and seeks and (is_late or not frame.key_frame)):
                break
            found = frame
    return found


def _turned(frame: "VideoFrame") -> "VideoFrame":
    """Return a frame as it is displayed."""
    from av.filter import Graph

    turns = TURNS.get(frame.rotation)
    if turns is None:
        return frame
    graph = Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=SECOND)
    graph.link_nodes(source, *(graph.add(*turn) for turn in turns), graph.add("buffersink")).configure()
    graph.vpush(frame)
    return graph.vpull()


def _encoded(frame: "VideoFrame", format: PictureFormat) -> bytes:
    from av.codec import CodecContext

    name, pixels = ENCODERS[format]
    encoder: Any = CodecContext.create(name, "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = frame.width, frame.height, pixels, SECOND
    picture = frame.reformat(format=pixels)
    picture.pts, picture.time_base = 0, SECOND
    return b"".join(map(bytes, [*encoder.encode(picture), *encoder.encode()]))
