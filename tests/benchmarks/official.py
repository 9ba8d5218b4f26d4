"""The official SDK, unknown to type checkers, as it is in the environment of benchmarks alone."""

from importlib import import_module
from typing import Any

__all__ = ["official"]

official: Any = import_module("fastpix_python")
