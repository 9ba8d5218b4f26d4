"""Timestamps and durations. The API writes each in several forms, and the library reads all of them."""

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
    """The type of a timestamp field in an `Answer`. Use it alone or with ``None``, but not for the items of a list.

    The field stores the original text, and reads as the `datetime` that `time_of` returns.
    """
else:
    Timestamp = Annotated[str, TIMESTAMP]

Duration: TypeAlias = str | int | float
"""A number of seconds (described since September 2026), or a text such as ``"00:03:03"``. Both forms occur."""

CLOCK = r"[0-9]{1,9}:[0-5]?[0-9]:[0-5]?[0-9](\.[0-9]{1,9})?"
MILLISECONDS = r"[0-9]{13}"


def is_timestamp(hint: object) -> bool:
    """Return whether a type hint is a `Timestamp`. A hint that is text, from postponed annotations, is compared by name."""
    if isinstance(hint, str):
        choices = hint.removeprefix("Optional[").removesuffix("]").split("|")
        return "Timestamp" in (choice.strip().rpartition(".")[2] for choice in choices)
    return any(TIMESTAMP in get_args(choice) for choice in choices_of(hint, lambda part: get_origin(part) is Annotated))


def time_of(text: str | None) -> datetime | None:
    """Parse a timestamp.

    Args:
        text: any form that `datetime.fromisoformat` reads, such as ``2026-05-20T12:50:13.467598Z``, or 13 digits:
            milliseconds since 1970, in UTC.

    Returns:
        A `datetime` with the time zone of the text, or without a time zone if the text has none. ``None`` if the text is
        ``None`` or has another form.
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
    """Convert a duration to seconds.

    Args:
        duration: a number of seconds, or a text in the form ``HH:MM:SS``, with or without a fraction.

    Returns:
        The seconds. ``None`` if the duration is ``None``, a text in another form, or a number too large for a ``float``.
    """
    if duration is None:
        return None
    if not isinstance(duration, str):
        return float(duration) if abs(duration) <= sys.float_info.max else None
    if not re.fullmatch(CLOCK, duration):
        return None
    hours, minutes, seconds = duration.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
