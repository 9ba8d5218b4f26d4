"""Moments in the headers of an answer, as RFC 9110 has them."""

import re
from collections.abc import Callable

__all__ = ["retry_after"]

DELAY = r"[ \t]*\d+[ \t]*"
YEAR_OF_TWO_DIGITS = r"-\d\d(?= )"
FAR_YEARS = 50


def retry_after(value: str | None, now: Callable[[], float]) -> float | None:
    """Seconds from both forms of ``Retry-After`` (10.2.3); ``None`` for what is neither, or in the past."""
    if value is None:
        return None
    try:
        seconds = float(value) if value.isascii() and re.fullmatch(DELAY, value) else _seconds_until(value, now())
    except (ValueError, OverflowError):
        return None
    return seconds if seconds >= 0 else None


def _seconds_until(value: str, now: float) -> float:
    """Until the moment of a date, in any of the three forms (5.6.7). One that names no zone is in GMT."""
    from datetime import UTC, datetime
    from email.utils import parsedate_tz

    parsed = parsedate_tz(value)
    if parsed is None:
        raise ValueError
    year, month, day, hour, minute, second = parsed[:6]
    if re.search(YEAR_OF_TWO_DIGITS, value):
        latest = datetime.fromtimestamp(now, UTC).year + FAR_YEARS
        year = latest - (latest - year) % 100
    moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)  # a leap second is the 60th
    return moment.timestamp() - (parsed[9] or 0) - now
