"""`Item`: an item in a journal, as steps of a call."""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec

from fastpix._call.call import Steps
from fastpix._call.endpoint import Endpoint
from fastpix._call.interrupts import suppressed
from fastpix._call.messages import Response
from fastpix._call.redaction import words_of
from fastpix._call.response import read
from fastpix.errors import JournalError
from fastpix.journal.entries import Begun, Journal
from fastpix.operation import raise_or_return
from fastpix.workflow import ask

__all__ = ["Item", "bytes_of", "value_of"]

Ok = TypeVar("Ok")
T = TypeVar("T")

logger: logging.Logger = logging.getLogger("fastpix")


class Item:
    """An item in a journal.

    Attributes:
        key: Its key.
    """

    def __init__(self, journal: Journal, key: str) -> None:
        self._journal = journal
        self.key: str = key

    def begin(self) -> Steps[Begun]:
        """Begin the item.

        Raises:
            JournalError: The journal cannot be used.
        """
        return self._asked(partial(self._journal.begin, self.key))

    def finish(self, attempt: int, value: bytes | None) -> Steps[None]:
        """Finish an attempt. Without a value, it certainly had no effect.

        Raises:
            JournalError: The journal cannot be used.
        """
        return self._asked(partial(self._journal.finish, self.key, attempt, value))

    def note(self, attempt: int, value: bytes | None) -> Steps[None]:
        """Finish an attempt whose outcome is known. If the journal cannot be used, the item stays in doubt."""
        try:
            yield from self.finish(attempt, value)
        except JournalError as error:
            with suppressed():  # a logging handler of the user may raise
                logger.warning("the outcome of an item is not in the journal: %s", error)

    def _asked(self, function: Callable[[], T]) -> Steps[T]:
        try:
            return (yield from ask(function, is_abandonable=False))
        except Exception as problem:
            told = f"the journal cannot be used: {type(problem).__name__}: {words_of(problem)}"
            raise JournalError(told, reason="unavailable", key=self.key) from problem


def bytes_of(value: object) -> bytes:
    """Return the value of an operation for `Done`."""
    if isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else msgspec.json.encode(value)


def value_of(endpoint: Endpoint[Ok], stored: bytes) -> Ok:
    """Return the value of an operation from `Done`.

    Raises:
        FastpixError: It cannot be read.
    """
    return raise_or_return(read(endpoint, Response(200, [], stored), now=time.time)).value
