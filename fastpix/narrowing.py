"""Values of unknown type as containers, with exact types."""

from typing import cast

__all__ = ["each", "mapping", "sequence"]


def mapping(value: object) -> dict[object, object]:
    """The value if it is a dict, else an empty one."""
    return cast("dict[object, object]", value) if isinstance(value, dict) else {}


def sequence(value: object) -> list[object]:
    """The items if it is a list or a tuple, else none."""
    return list(cast("list[object]", value)) if isinstance(value, list | tuple) else []


def each(value: object) -> list[object]:
    """The items if it is a list or a tuple, else the value alone."""
    return list(cast("list[object]", value)) if isinstance(value, list | tuple) else [value]
