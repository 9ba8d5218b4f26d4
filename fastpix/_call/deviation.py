"""Places where answers are not as documented, and which of them this process has told."""

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
"""At most so many places are logged in the life of a process: what is kept of them can't grow for ever."""
_told: dict[tuple[str, str], object] = {}


class Deviation(Redacted, frozen=True, gc=False):
    """A place of an answer whose value is not of a documented type. Its ``repr`` and ``str`` hide the value.

    A field there reads as if it were absent. If an inner struct can't do without the field, that struct is left out.

    Attributes:
        path: the JSON path, such as ``$.data[*].duration``: ``[*]`` is any item of a list, any key of a map.
        expected: the documented types in the words of JSON, such as ``string or null``.
        value: what stands there, as plain Python values; ``UNSET`` if nothing does. It may hold secrets.
    """

    path: str
    expected: str
    value: object

    @property
    def found(self) -> str:
        """The JSON type of the value; ``nothing`` if there is none."""
        return "nothing" if self.value is UNSET else JSON_TYPES.get(type(self.value), "a number out of range")

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("path", self.path), ("expected", self.expected), ("found", self.found)]

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.found}"


def is_news(operation_id: str, path: str) -> bool:
    """Whether this place of an operation's answers has not been told: of threads that race, to one of them."""
    news = object()
    return len(_told) < MOST_TOLD and _told.setdefault((operation_id, path), news) is news
