"""All operations of the library, collected from its modules."""

import pkgutil
from importlib import import_module
from typing import Any

import fastpix.api
from fastpix.operation import Operation

RESOURCES = [import_module(found.name) for found in pkgutil.iter_modules(fastpix.api.__path__, "fastpix.api.")]
OPERATIONS: dict[str, Operation[..., Any]] = {
    name: value for resource in RESOURCES for name, value in vars(resource).items() if isinstance(value, Operation)
}
