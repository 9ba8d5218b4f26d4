"""httpx and httpcore, and forks of theirs such as httpx2, known by what they export. None of them need be loaded."""

import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["library_of", "names_of"]

COMMON = ("ConnectTimeout", "RemoteProtocolError")
"""What httpx and httpcore both export, and no other library does."""


def library_of(thing: object, name: str) -> Any:
    """The library that calls this kind of thing so; ``None`` if none does. What inherits from it is of the same kind."""
    return next((library for kind, library in _kinds(thing) if kind == name), None)


def names_of(thing: object) -> set[str]:
    """What the library of this kind of thing calls it, and what it inherits from."""
    return {kind for kind, _ in _kinds(thing)}


def _kinds(thing: object) -> Iterator[tuple[str, Any]]:
    for kind in type(thing).__mro__:
        library = sys.modules.get(kind.__module__.partition(".")[0])
        if getattr(library, kind.__name__, None) is kind and all(hasattr(library, name) for name in COMMON):
            yield kind.__name__, library
