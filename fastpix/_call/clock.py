"""The clock for deadlines, elapsed times and the age of idle connections.

Libraries that freeze time in tests replace names such as ``time.monotonic`` in modules, in some modules earlier than in
others. They do not replace an attribute of a class. So all parts of a call use the same clock.
"""

import time

__all__ = ["now"]


class _Clock:
    monotonic = staticmethod(time.monotonic)


def now() -> float:
    """Return the monotonic time in seconds."""
    return _Clock.monotonic()
