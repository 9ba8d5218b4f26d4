"""Exceptions of signal handlers. One that is raised into a call is not of the call, and passes through it."""

from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import cast

__all__ = ["pass_interrupt", "suppressed"]

MOST_CAUSES = 100


def pass_interrupt(error: BaseException | None) -> None:
    """Raises what a signal handler raised, if that is this exception or the cause of it."""
    each = error
    for _ in range(MOST_CAUSES):  # a chain of causes may be a ring
        if each is None:
            return
        if _is_of_handler(each.__traceback__):
            raise each from each.__cause__
        each = each.__cause__


@contextmanager
def suppressed() -> Generator[None]:
    """Lets no other exception out."""
    try:
        yield
    except Exception as error:
        pass_interrupt(error)


def _is_of_handler(traceback: TracebackType | None) -> bool:
    """Whether a frame was handed the one before it: Python gives the frame that it interrupts to a signal handler."""
    before: FrameType | None = None
    while traceback is not None:
        frame = traceback.tb_frame
        if before is not None and _was_handed(frame, before):
            return True
        before, traceback = frame, traceback.tb_next
    return False


def _was_handed(frame: FrameType, wanted: FrameType) -> bool:
    return any(item is wanted for value in frame.f_locals.values() for item in _items(value))


def _items(value: object) -> tuple[object, ...]:
    """Those of ``*arguments``, or the one."""
    return cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
