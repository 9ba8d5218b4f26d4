"""The clock of a local FastPix, and the delays of what takes time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Self, TypeAlias, cast

import msgspec
from msgspec import Meta

from fastpix.api.times import Timestamp
from fastpix.emulator.store.documents import Document, Documents, Store

__all__ = [
    "END_OF_TIME",
    "Clock",
    "ClockState",
    "Delay",
    "Delays",
    "Reads",
    "text_of_duration",
    "text_of_nanoseconds",
    "text_of_time",
    "time_of",
    "to_microseconds",
]


MICROSECOND = 0.000001
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


class ClockState(Document):
    """How the clock differs from that of the machine."""

    held_at: float | None = None
    """The time at which the clock stands still, in seconds since 1970. ``None`` if it runs."""
    ahead: float = 0.0
    """The seconds that a running clock is ahead of the machine's."""

    @property
    def time(self) -> float:
        """The present time, in seconds since 1970."""
        return to_microseconds(time.time() + self.ahead) if self.held_at is None else self.held_at

    @property
    def is_possible(self) -> bool:
        """Whether the time is from 1970 until the year 9999."""
        return 0 <= self.time < END_OF_TIME


class Clock:
    """The clock of a local FastPix. It runs with the machine's clock until a test holds it.

    All processes that share a file share its clock.
    """

    def __init__(self, store: Store, moved: Callable[[], object]) -> None:
        self._store = store
        self._moved = moved

    def now(self) -> datetime:
        """Return the present time in UTC."""
        with self._store.transaction(write=False) as documents:
            return datetime.fromtimestamp(time_of(documents), UTC)

    def hold(self) -> None:
        """Stop the clock. From now on, only `advance` moves it."""
        with self._store.transaction(write=True) as documents:
            documents.put("", ClockState(held_at=time_of(documents)))

    def release(self) -> None:
        """Let the clock run again, from the time at which it stands. A clock that runs goes on running."""
        with self._store.transaction(write=True) as documents:
            state = documents.get(ClockState, "") or ClockState()
            if state.held_at is not None:
                documents.put("", ClockState(ahead=state.held_at - time.time()))

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move the clock forward. Everything that is due by then happens, in its order, before this returns.

        A clock that stands still stands still afterwards, and a clock that runs goes on running.

        Args:
            days: Days to move the clock by. They are added to the other arguments. Default: 0.
            hours: Hours to move the clock by. Default: 0.
            minutes: Minutes to move the clock by. Default: 0.
            seconds: Seconds to move the clock by. Default: 0.

        Raises:
            ValueError: The sum is negative, or the clock would leave the year 9999.
        """
        step = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        with self._store.transaction(write=True) as documents:
            state = documents.get(ClockState, "") or ClockState()
            if not 0 <= step <= END_OF_TIME - time_of(documents):
                raise ValueError(f"a clock can be moved forward until the year 9999, not by {step:g} seconds")
            held_at = None if state.held_at is None else to_microseconds(state.held_at + step)
            documents.put("", ClockState(held_at, state.ahead + step))
        self._moved()


def time_of(documents: Documents) -> float:
    """Return the present time of a local FastPix, in seconds since 1970."""
    return (documents.get(ClockState, "") or ClockState()).time


def to_microseconds(seconds: float) -> float:
    """Round a time to microseconds, so that times that are reached in several steps are equal."""
    return round(seconds, 6)


def text_of_time(seconds: float) -> Timestamp:
    """Return a time as text in the service's format, such as ``2026-11-24T10:00:00.000000Z``."""
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
    return cast("Timestamp", text.replace("+00:00", "Z"))


def text_of_nanoseconds(nanoseconds: int) -> str:
    """Return a time in nanoseconds since 1970 as text, as the service writes it in events."""
    whole = datetime.fromtimestamp(nanoseconds // 10**9, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{nanoseconds % 10**9:09}Z"


def text_of_duration(seconds: float) -> str:
    """Return a duration as ``HH:MM:SS``, without the fraction of a second."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


class Reads(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A delay that is counted in reads. The clock does not matter for it.

    Only reads of a media, a stream or an AI result by its id count, and lists do not.
    """

    reads: Annotated[int, Meta(ge=0, le=1_000_000)]
    """The number of reads that still see the old state, 0 to 1,000,000."""


Delay: TypeAlias = Annotated[float, Meta(ge=0, le=1e9)] | Reads
"""A number of seconds, or `Reads`. 0 is at once: with the next request."""


class Delays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long it takes until something is done. The service takes longer."""

    fetch: Delay = 0.1
    """A media from ``Created`` to ``Processing``. Default: 0.1 seconds."""
    encode: Delay = 0.4
    """A media from ``Processing`` to ``Ready`` or ``Failed``. Default: 0.4 seconds."""
    tracks: Delay = 0.2
    """An added track or generated subtitles, from ``preparing`` to ``available``. Default: 0.2 seconds."""
    files: Delay = 0.2
    """The files of ``mp4_support``, from ``preparing`` to ``ready``. Default: 0.2 seconds."""
    ai: Delay = 0.2
    """A summary, chapters and other results of AI features. Default: 0.2 seconds."""
    ingest: Delay = 0.1
    """A live stream from ``preparing`` to ``active``, after its encoder connected. Default: 0.1 seconds."""

    @classmethod
    def all(cls, delay: Delay) -> Self:
        """Return delays that are all the same.

        Args:
            delay: Seconds, or `Reads`. 0 is at once.
        """
        return cls(*[delay] * len(cls.__struct_fields__))
