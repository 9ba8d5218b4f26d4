"""The renditions of a media: its resolutions for players, and its segments."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple, get_args

from fastpix.api.common import Resolution
from fastpix.emulator.http.wire import BadField, invalid
from fastpix.emulator.model.media import MediaRecord

__all__ = ["AUDIO", "SEGMENT", "Rendition", "fitted", "part_of", "renditions", "segment_count", "selected"]

AUDIO = "audio"
"""The name of the rendition of a media without video."""
SEGMENT = 4
"""The seconds of a segment."""
RESOLUTIONS: tuple[str, ...] = get_args(Resolution)
RUNGS = sorted(int(name.removesuffix("p")) for name in RESOLUTIONS)
BITS_PER_PIXEL = 3
"""Bits in a second, for each pixel of a picture. Players choose by it."""
AUDIO_BITS = 128_000


class Rendition(NamedTuple):
    """A rendition of a media."""

    name: str
    """Its name, such as ``720p``."""
    size: tuple[int, int] | None
    """The width and height of its picture. ``None`` without video."""

    @property
    def bandwidth(self) -> int:
        """Its bits in a second, as a manifest tells them."""
        return AUDIO_BITS + (self.size[0] * self.size[1] * BITS_PER_PIXEL if self.size else 0)


def renditions(record: MediaRecord) -> list[Rendition]:
    """Return the renditions of a media, the lowest resolution first. None is larger than its source."""
    content = record.content
    source = min(content.width, content.height)
    if not source:
        return [Rendition(AUDIO, None)]
    top = min(source, _pixels(record.media.max_resolution or "1080p"))
    rungs = [*(rung for rung in RUNGS if rung < top), top]
    return [
        Rendition(f"{rung}p", fitted((content.width, content.height), Fraction(rung, source), even=True))
        for rung in rungs
    ]


def fitted(size: tuple[int, int], scale: Fraction, *, even: bool = False) -> tuple[int, int]:
    """Return a size in another scale, in whole pixels, or in even numbers of them."""
    step = 2 if even else 1
    width, height = (max(int(side * scale / step) * step, step) for side in size)
    return width, height


def selected(found: list[Rendition], query: Mapping[str, str]) -> list[Rendition]:
    """Return the renditions that a query asks for, in the order that it asks for. At least one is left.

    Raises:
        RefusedError: A parameter is not valid (422).
    """
    bad = [
        BadField(name, f"must be one of {', '.join(RESOLUTIONS)}")
        for name in ("minResolution", "maxResolution", "resolution")
        if name in query and query[name] not in RESOLUTIONS
    ]
    order = query.get("renditionOrder", "asc")
    if order not in ("asc", "desc"):
        bad.append(BadField("order", "must be asc or desc"))
    if bad:
        raise invalid(*bad)
    least, most = _pixels(query.get("minResolution", "0p")), _pixels(query.get("maxResolution", "99999p"))
    if "resolution" in query:
        least = most = _pixels(query["resolution"])
    within = [one for one in found if least <= _rung(one) <= most] or [_nearest(found, most)]
    return within if order == "asc" else within[::-1]


def _nearest(found: list[Rendition], most: int) -> Rendition:
    """Return the highest rendition up to a resolution, or the lowest of all."""
    return max((one for one in found if _rung(one) <= most), key=_rung, default=found[0])


def _rung(rendition: Rendition) -> int:
    return min(rendition.size) if rendition.size else 0


def _pixels(resolution: str) -> int:
    return int(resolution.removesuffix("p"))


def segment_count(record: MediaRecord) -> int:
    """Return the number of segments of a media."""
    return -int(-_exact(record.content.duration) // SEGMENT)


def part_of(record: MediaRecord, index: int | None = None) -> tuple[Fraction, Fraction, Fraction]:
    """Return where a media begins in its file, and where a segment begins and ends in the media. Default: all of it."""
    start, duration = (
        _exact(seconds) for seconds in (record.file.start if record.file else 0, record.content.duration)
    )
    if index is None:
        return start, Fraction(0), duration
    return start, Fraction(index * SEGMENT), min(Fraction((index + 1) * SEGMENT), duration)


def _exact(seconds: float) -> Fraction:
    return Fraction(seconds).limit_denominator(1_000_000)
