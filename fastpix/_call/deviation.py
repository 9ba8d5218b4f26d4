"""Deviations: places where a response does not match the documentation. Records which places have been logged."""

from types import NoneType

from msgspec import UNSET

from fastpix._call.redaction import Redacted

__all__ = ["JSON_TYPES", "MOST_TOLD", "Deviation", "is_news"]

JSON_TYPES: dict[type, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    list: "array",
    dict: "object",
    NoneType: "null",
}
MOST_TOLD = 1000
"""The number of places after which a process logs no new ones. It bounds the memory for the record of places."""
_told: dict[tuple[str, str], object] = {}


class Deviation(Redacted, frozen=True, gc=False):
    """A place in a response where the value does not have a documented type. ``repr`` and ``str`` hide the value.

    If the place is a field, the result is read as if the field were absent. If the field is required in an inner
    struct, that struct is left out. Invalid text outside of required fields is kept, with U+FFFD for the invalid parts.
    """

    path: str
    """The JSON path, such as ``$.data[*].duration``. ``[*]`` stands for any item of a list or any key of a map."""
    expected: str
    """The documented types by their JSON names, such as ``string or null``."""
    value: object
    """The actual value in plain Python types, or ``UNSET`` if there is no value. It may contain secrets."""

    @property
    def found(self) -> str:
        """The JSON type of the value. It is ``nothing`` if there is no value."""
        return "nothing" if self.value is UNSET else JSON_TYPES.get(type(self.value), "a number out of range")

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("path", self.path), ("expected", self.expected), ("found", self.found)]

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.found}"


def is_news(operation_id: str, path: str) -> bool:
    """Return whether this place in the responses of an operation is to be logged now, and record it.

    Return ``True`` once for each place, until `MOST_TOLD` places are recorded. Of threads that race, one gets ``True``.
    """
    news = object()
    return len(_told) < MOST_TOLD and _told.setdefault((operation_id, path), news) is news
