"""The clock that deadlines and ages are measured with.

Libraries that freeze time in tests replace what the names of modules mean, in some modules earlier than in others.
An attribute of a class stays, so that all of a call goes by one clock.
"""

import time

__all__ = ["now"]


class _Clock:
    monotonic = staticmethod(time.monotonic)


def now() -> float:
    """The monotonic time in seconds."""
    return _Clock.monotonic()
