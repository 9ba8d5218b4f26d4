"""One workspace: what it stores, its clock, its plan. Handlers take it and a request, and return a struct or refuse."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar, cast
from uuid import uuid4

import msgspec

from fastpix.api.times import Timestamp
from fastpix.emulator.store import Store
from fastpix.operation import Operation

__all__ = ["HANDLERS", "Credentials", "Handler", "Workspace", "handles", "new_id", "new_uuid"]

Request = TypeVar("Request", bound=msgspec.Struct)
Ok = TypeVar("Ok", bound=msgspec.Struct)
Handler: TypeAlias = "Callable[[Workspace, Any], msgspec.Struct]"


class Credentials(msgspec.Struct, frozen=True):
    """The workspace's id, and the access token that its API asks for."""

    workspace_id: str
    username: str
    password: str


class Workspace(msgspec.Struct, frozen=True):
    """What handlers work on.

    Attributes:
        trial: whether the plan is a trial, on which streams can't be enabled.
    """

    store: Store
    credentials: Credentials
    trial: bool = False

    def now(self) -> Timestamp:
        """The text that an answer holds, in the service's own form."""
        return cast("Timestamp", datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"))


HANDLERS: dict[str, tuple[Operation[..., Any], Handler]] = {}
"""The operations that the local FastPix has, by id."""


def handles(
    operation: Operation[..., Ok],
) -> Callable[[Callable[[Workspace, Request], Ok]], Callable[[Workspace, Request], Ok]]:
    """Makes a function the local FastPix's side of an operation."""

    def register(
        handler: Callable[[Workspace, Request], Ok],
    ) -> Callable[[Workspace, Request], Ok]:
        HANDLERS[operation.endpoint.id] = (operation, handler)
        return handler

    return register


def new_id() -> str:
    """An id of the shape that streams have."""
    return secrets.token_hex(16)


def new_uuid() -> str:
    """An id of the shape that media and playback ids have."""
    return str(uuid4())
