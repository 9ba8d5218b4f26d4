"""Recognizes httpx, httpcore and their forks, such as httpx2, by the names that they export, without importing them."""

import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["is_library", "library_of", "names_of"]

COMMON = ("ConnectTimeout", "RemoteProtocolError")
"""Names that httpx, httpcore and their forks export. No other library is known to export both names."""


def library_of(thing: object, name: str) -> Any:
    """Return the library that has a class ``name`` of which ``thing`` is an instance, or ``None``. Subclasses count."""
    return next((library for kind, library in _kinds(thing) if kind == name), None)


def names_of(thing: object) -> set[str]:
    """Return the names of all classes of these libraries of which ``thing`` is an instance."""
    return {kind for kind, _ in _kinds(thing)}


def is_library(name: str) -> bool:
    """Return whether a package with this name is loaded and is one of these libraries."""
    package = sys.modules.get(name)
    return all(hasattr(package, each) for each in COMMON)


def _kinds(thing: object) -> Iterator[tuple[str, Any]]:
    for kind in type(thing).__mro__:
        name = kind.__module__.partition(".")[0]
        library = sys.modules.get(name)
        if getattr(library, kind.__name__, None) is kind and is_library(name):
            yield kind.__name__, library
