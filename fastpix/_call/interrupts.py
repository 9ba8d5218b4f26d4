"""Exceptions that a signal handler raises during a call. They are not errors of the call, so they pass through it."""

from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import cast

__all__ = ["pass_interrupt", "suppressed"]

MOST_CAUSES = 100


def pass_interrupt(error: BaseException | None) -> None:
    """Raise the exception of a signal handler if it is ``error`` itself or a cause of it."""
    each = error
    for _ in range(MOST_CAUSES):  # a chain of causes can be circular
        if each is None:
            return
        if _is_of_handler(each.__traceback__):
            raise each from each.__cause__
        each = each.__cause__


@contextmanager
def suppressed() -> Generator[None]:
    """Suppress each `Exception`, except the exception of a signal handler."""
    try:
        yield
    except Exception as error:
        pass_interrupt(error)


def _is_of_handler(traceback: TracebackType | None) -> bool:
    """Return whether the exception comes from a signal handler.

    Python passes the interrupted frame to a signal handler as an argument. So the frame of a handler has the previous
    frame of the traceback among its local variables.
    """
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
    """Return the items of a tuple such as ``*arguments``, or the value as the only item."""
    return cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
