"""Clients and transports of httpx, and of forks of it, as type checkers know them: by what they can do."""

from typing import Any, Protocol

__all__ = ["AsyncClient", "AsyncTransport", "SyncClient", "SyncTransport"]


class SyncClient(Protocol):
    """What ``httpx.Client`` and ``httpx2.Client`` are."""

    def send(self, request: Any, *, stream: bool = ..., auth: Any = ..., follow_redirects: Any = ...) -> Any: ...
    def close(self) -> None: ...


class AsyncClient(Protocol):
    """What ``httpx.AsyncClient`` and ``httpx2.AsyncClient`` are."""

    async def send(self, request: Any, *, stream: bool = ..., auth: Any = ..., follow_redirects: Any = ...) -> Any: ...
    async def aclose(self) -> None: ...


class SyncTransport(Protocol):
    """What ``httpx.BaseTransport`` and ``httpx2.BaseTransport`` are."""

    def handle_request(self, request: Any, /) -> Any: ...
    def close(self) -> None: ...


class AsyncTransport(Protocol):
    """What ``httpx.AsyncBaseTransport`` and ``httpx2.AsyncBaseTransport`` are."""

    async def handle_async_request(self, request: Any, /) -> Any: ...
    async def aclose(self) -> None: ...
