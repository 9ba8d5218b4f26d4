"""What the official SDK is made of, read from its source: its operations, their models, and the errors they raise."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Literal, NamedTuple, cast, get_args, get_origin, get_type_hints

SDK: Any = import_module("fastpix_python")

OPERATION_ID = re.compile(r'operation_id="([^"]+)"')
MODEL = re.compile(r"unmarshal_json_response\(\s*models\.(\w+)")
ERROR = re.compile(
    r'\[?("4\d\d"(?:, "4\d\d")*)\]?,\s+'
    r"(?:errors\.\w+,\s+errors\.(\w+)|CONTENT_TYPE_JSON\):.*?raise errors\.(\w+))",
    re.DOTALL,
)
"""Statuses with their error, in a table of errors or in an ``if``."""
UNTYPED = "FastpixDefaultError"
"""The error for all other statuses."""


class SdkOperation(NamedTuple):
    """An operation as the SDK has it."""

    function: Any
    """Its method."""
    group: str
    """The attribute of the SDK that has its method."""
    method: str
    """The name of its method."""
    id: str
    """Its id in the description of the API."""
    model: Any
    """The class that reads its successful answer."""
    errors: dict[int, str]
    """The names of the errors that it raises, by status."""
    parameters: dict[str, bool]
    """Its parameters, and whether they are required."""
    sends_json: bool
    """Whether its request has a body."""

    def error(self, status: int) -> str:
        """Return the name of the error that it raises for a status."""
        return self.errors.get(status, UNTYPED)

    def call(self, sdk: Any, **arguments: Any) -> Any:
        return getattr(getattr(sdk, self.group), self.method)(**arguments)


def operations() -> Iterator[SdkOperation]:
    """Yield the operations of the SDK. Each also has an async twin, which is left out."""
    for group, (module, name) in SDK.Fastpix._sub_sdk_map.items():
        for method, function in inspect.getmembers(getattr(import_module(module), name), inspect.isfunction):
            if not method.endswith("_async") and OPERATION_ID.search(inspect.getsource(function)):
                yield operation_of(group, method, function)


def operation_of(group: str, method: str, function: Any) -> SdkOperation:
    source = inspect.getsource(function)
    [id], [model, *_] = OPERATION_ID.findall(source), MODEL.findall(source)
    found = ERROR.findall(source)
    errors = {int(status): one or other for statuses, one, other in found for status in re.findall(r"\d+", statuses)}
    _, *parameters = inspect.signature(function).parameters.values()
    required = {parameter.name: parameter.default is parameter.empty for parameter in parameters}
    return SdkOperation(
        function=function,
        group=group,
        method=method,
        id=id,
        model=getattr(SDK.models, model),
        errors=errors,
        parameters=required,
        sends_json="serialize_request_body" in source,
    )


def choices(operation: SdkOperation, name: str) -> tuple[str, ...]:
    """Return the values that the SDK takes for a parameter. Empty if it takes any."""
    return choices_of(get_type_hints(operation.function)[name])


def choices_of(hint: Any) -> tuple[str, ...]:
    if get_origin(hint) is Literal:
        return cast("tuple[str, ...]", get_args(hint))
    return tuple(choice for part in get_args(hint) for choice in choices_of(part))


OPERATIONS = {operation.method: operation for operation in operations()}
"""The operations by the names of their methods, which differ in all groups."""
MODELS = {operation.id: operation.model for operation in OPERATIONS.values()}
