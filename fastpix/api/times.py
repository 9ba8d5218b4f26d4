"""Timestamps and durations: the API writes both in several forms, and they are read from any of them."""

import re
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeAlias, get_args, get_origin

from msgspec import Meta

from fastpix._call.hints import choices_of

__all__ = ["Duration", "Timestamp", "is_timestamp", "seconds_of", "time_of"]

TIMESTAMP = Meta(extra_json_schema={"format": "date-time"})

if TYPE_CHECKING:
    Timestamp: TypeAlias = datetime
    """A moment, as the type of a field of an `Answer`, alone or with ``None``; not of an item of a list.

    The field holds the text that came, and reads as a `datetime` by `time_of`.
    """
else:
    Timestamp = Annotated[str, TIMESTAMP]

Duration: TypeAlias = str | int | float
"""As the API wrote it: a number of seconds (described since September 2026), or ``"00:03:03"``. Both occur."""

CLOCK = r"[0-9]{1,9}:[0-5]?[0-9]:[0-5]?[0-9](\.[0-9]{1,9})?"
MILLISECONDS = r"[0-9]{13}"


def is_timestamp(hint: object) -> bool:
    """Whether a field of this type is a `Timestamp`; in a module with annotations as text, by its name."""
    if isinstance(hint, str):
        choices = hint.removeprefix("Optional[").removesuffix("]").split("|")
        return "Timestamp" in (choice.strip().rpartition(".")[2] for choice in choices)
    return any(TIMESTAMP in get_args(choice) for choice in choices_of(hint, lambda part: get_origin(part) is Annotated))


def time_of(text: str | None) -> datetime | None:
    """A timestamp as a `datetime`.

    Args:
        text: any form that `datetime.fromisoformat` reads, such as ``2026-05-20T12:50:13.467598Z``, or 13 digits:
            milliseconds since 1970.

    Returns:
        The moment, with the zone that the text names; digits are in UTC. Without a zone in the text there is none in the
        `datetime`. ``None`` for ``None``, and for any other text.
    """
    if text is None:
        return None
    if re.fullmatch(MILLISECONDS, text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def seconds_of(duration: Duration | None) -> float | None:
    """A duration in seconds.

    Args:
        duration: as an answer has it: a number of seconds, or text in the form ``HH:MM:SS``, with or without a fraction.

    Returns:
        The seconds; ``None`` for ``None``, for a text in another form, and for a number too large for a ``float``.
    """
    if duration is None:
        return None
    if not isinstance(duration, str):
        return float(duration) if abs(duration) <= sys.float_info.max else None
    if not re.fullmatch(CLOCK, duration):
        return None
    hours, minutes, seconds = duration.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
