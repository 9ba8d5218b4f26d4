"""What the official SDK is made of, read from its source: its operations, their models, and the errors they raise."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

SDK: Any = import_module("fastpix_python")
errors: Any = SDK.errors

OPERATION_ID = re.compile(r'operation_id="([^"]+)"')
MODEL = re.compile(r"unmarshal_json_response\(\s*models\.(\w+)")


class SdkOperation(NamedTuple):
    id: str
    """The id of the operation in the description of the API."""
    model: Any
    """The class that reads its successful answer."""


def methods() -> Iterator[tuple[str, SdkOperation]]:
    """Yield the methods of the SDK that call an operation, each with its operation. The async twins are left out."""
    for module, name in SDK.Fastpix._sub_sdk_map.values():
        for method, function in vars(getattr(import_module(module), name)).items():
            if inspect.isfunction(function) and not method.startswith("_") and not method.endswith("_async"):
                source = inspect.getsource(function)
                [id], [model, *_] = OPERATION_ID.findall(source), MODEL.findall(source)
                yield method, SdkOperation(id, getattr(SDK.models, model))


OPERATIONS = dict(methods())
"""The operations by the names of their methods, which differ in all groups of the SDK."""
MODELS = {operation.id: operation.model for operation in OPERATIONS.values()}
