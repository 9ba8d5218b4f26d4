"""The official SDK, imported by name, so that type checkers read it as ``Any``."""

from importlib import import_module
from typing import Any

__all__ = ["official"]

official: Any = import_module("fastpix_python")
