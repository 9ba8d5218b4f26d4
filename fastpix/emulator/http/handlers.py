"""The registry of handlers. A handler takes a workspace and a request, and returns a response or refuses."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar

import msgspec

from fastpix._call.endpoint import Endpoint
from fastpix.emulator.workspace import Workspace
from fastpix.operation import Operation

__all__ = ["HANDLERS", "Basis", "Handler", "handles"]

Request = TypeVar("Request", bound=msgspec.Struct)
Ok = TypeVar("Ok", bound=msgspec.Struct)
Function: TypeAlias = "Callable[[Workspace, Any], msgspec.Struct]"


class Basis(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the behaviour of an operation is based on."""

    recorded: str = ""
    """What was seen in responses of the service."""
    documented: str = ""
    """What the documentation, the API description or the official SDKs say."""
    guessed: str = ""
    """What nobody says, and the local FastPix does."""


class Handler(NamedTuple):
    """An operation of the API, and the function that does what it says."""

    endpoint: Endpoint[Any]
    function: Function
    status: int
    """The HTTP status of a success."""
    incomplete: int
    """The HTTP status for a body that lacks a field."""
    basis: Basis


HANDLERS: dict[str, Handler] = {}
"""All handlers by operation id."""


def handles(
    operation: Operation[..., Ok],
    *,
    recorded: str = "",
    documented: str = "",
    guessed: str = "",
    status: int | None = None,
    incomplete: int = 422,
) -> Callable[[Callable[[Workspace, Request], Ok]], Callable[[Workspace, Request], Ok]]:
    """Return a decorator that registers a function as the handler of an operation.

    Args:
        operation: The operation.
        recorded: What was seen in responses of the service.
        documented: What the documentation, the API description or the official SDKs say.
        guessed: What nobody says, and the local FastPix does.
        status: The HTTP status of a success. Default: 201 for POST, otherwise 200.
        incomplete: The HTTP status for a body that lacks a field. Default: 422.
    """
    success = status or (201 if operation.endpoint.method == "POST" else 200)

    def register(function: Callable[[Workspace, Request], Ok]) -> Callable[[Workspace, Request], Ok]:
        HANDLERS[operation.endpoint.id] = Handler(
            operation.endpoint, function, success, incomplete, Basis(recorded, documented, guessed)
        )
        return function

    return register
