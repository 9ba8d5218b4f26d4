"""The ``Retry-After`` header of RFC 9110."""

import re
from collections.abc import Callable

__all__ = ["retry_after"]

DELAY = r"[ \t]*\d+[ \t]*"
YEAR_OF_TWO_DIGITS = r"-\d\d(?= )"
FAR_YEARS = 50


def retry_after(value: str | None, now: Callable[[], float]) -> float | None:
    """Return the seconds to wait for a ``Retry-After`` header (section 10.2.3), which is a number or a date.

    Return ``None`` if there is no header, if it is neither of the two, or if the date is in the past.
    """
    if value is None:
        return None
    try:
        seconds = float(value) if value.isascii() and re.fullmatch(DELAY, value) else _seconds_until(value, now())
    except (ValueError, OverflowError):
        return None
    return seconds if seconds >= 0 else None


def _seconds_until(value: str, now: float) -> float:
    """Return the seconds until a date in one of the three forms of section 5.6.7. A date without a zone is in GMT."""
    from datetime import UTC, datetime
    from email.utils import parsedate_tz

    parsed = parsedate_tz(value)
    if parsed is None:
        raise ValueError
    year, month, day, hour, minute, second = parsed[:6]
    if re.search(YEAR_OF_TWO_DIGITS, value):
        latest = datetime.fromtimestamp(now, UTC).year + FAR_YEARS
        year = latest - (latest - year) % 100
    moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)  # a leap second is second 60
    return moment.timestamp() - (parsed[9] or 0) - now
