"""The workspace of a local FastPix, and the registry of handlers.

A handler takes a workspace and a request. It returns a struct, or raises a `RefusedError`.
"""

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
    """The id of a workspace and its access token."""

    workspace_id: str
    """The id of the workspace."""
    username: str
    """The id of the access token."""
    password: str
    """The secret of the access token."""


class Workspace(msgspec.Struct, frozen=True):
    """The state that handlers work on."""

    store: Store
    """The data of the workspace."""
    credentials: Credentials
    """The id of the workspace and its access token."""
    trial: bool = False
    """Whether new streams belong to a trial plan, so they can't be enabled. Default: ``False``."""

    def now(self) -> Timestamp:
        """Return the present time as text in the service's format, such as ``2026-11-24T10:00:00.000000Z``."""
        return cast("Timestamp", datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"))


HANDLERS: dict[str, tuple[Operation[..., Any], Handler]] = {}
"""The operations that the local FastPix has, with their handlers, by operation id."""


def handles(
    operation: Operation[..., Ok],
) -> Callable[[Callable[[Workspace, Request], Ok]], Callable[[Workspace, Request], Ok]]:
    """Return a decorator that registers a function as the handler of an operation."""

    def register(
        handler: Callable[[Workspace, Request], Ok],
    ) -> Callable[[Workspace, Request], Ok]:
        HANDLERS[operation.endpoint.id] = (operation, handler)
        return handler

    return register


def new_id() -> str:
    """Return a new id in the format of stream ids: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_uuid() -> str:
    """Return a new id in the format of media ids and playback ids: a UUID."""
    return str(uuid4())
