"""`Journal`: what `once` needs from a journal, and what a journal answers."""

from typing import Protocol, TypeAlias

import msgspec

from fastpix._call.redaction import Redacted

__all__ = ["Begun", "Done", "Go", "InDoubt", "Journal"]


class Go(msgspec.Struct, frozen=True):
    """The item is yours to do. Nobody else gets it before it is finished."""

    attempt: int
    """The number of this attempt, from 1."""


class Done(Redacted, frozen=True):
    """The item is done."""

    value: bytes
    """The value that it was finished with."""

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("bytes", len(self.value))]


class InDoubt(msgspec.Struct, frozen=True):
    """An attempt has begun and is not finished. It may be running, or its process has died."""

    attempt: int
    """The number of that attempt."""
    age: float
    """The seconds since it began."""


Begun: TypeAlias = Go | Done | InDoubt


class Journal(Protocol):
    """A record of which items have begun and which are done.

    It may raise any exception if it cannot be used. It must work in all threads, and for a cluster it must be possible to
    pickle it.
    """

    def begin(self, key: str) -> Begun:
        """Begin an item, if it has never begun, or if its last attempt certainly had no effect.

        For one item, `Go` is the answer to one caller at a time. It must be stored before this method returns.

        Args:
            key: The name of the item.

        Returns:
            `Go` if the caller may do the item now, `Done` if it is done, or `InDoubt` if neither is certain.
        """
        ...

    def finish(self, key: str, attempt: int, value: bytes | None) -> None:
        """Finish an attempt. Do nothing if the item is done, or another attempt has begun since.

        Args:
            key: The name of the item.
            attempt: The number of the attempt, from `Go` or `InDoubt`.
            value: The value for `Done`. ``None`` if the attempt certainly had no effect. Then the item can begin again.
        """
        ...
