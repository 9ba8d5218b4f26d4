"""httpx and httpcore, and forks of theirs such as httpx2, known by what they export. None of them need be loaded."""

import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["is_library", "library_of", "names_of"]

COMMON = ("ConnectTimeout", "RemoteProtocolError")
"""What httpx and httpcore both export, and no other library does."""


def library_of(thing: object, name: str) -> Any:
    """The library that calls this kind of thing so; ``None`` if none does. What inherits from it is of the same kind."""
    return next((library for kind, library in _kinds(thing) if kind == name), None)


def names_of(thing: object) -> set[str]:
    """What the library of this kind of thing calls it, and what it inherits from."""
    return {kind for kind, _ in _kinds(thing)}


def is_library(name: str) -> bool:
    """Whether a package of this name is loaded and is one of them."""
    package = sys.modules.get(name)
    return all(hasattr(package, each) for each in COMMON)


def _kinds(thing: object) -> Iterator[tuple[str, Any]]:
    for kind in type(thing).__mro__:
        name = kind.__module__.partition(".")[0]
        library = sys.modules.get(name)
        if getattr(library, kind.__name__, None) is kind and is_library(name):
            yield kind.__name__, library
