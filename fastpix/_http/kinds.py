"""Protocols that describe the clients and transports of httpx and of its forks to type checkers."""

from typing import Any, Protocol

__all__ = ["AsyncClient", "AsyncTransport", "SyncClient", "SyncTransport"]


class SyncClient(Protocol):
    """The protocol of ``httpx.Client`` and ``httpx2.Client``."""

    def send(self, request: Any, *, stream: bool = ..., auth: Any = ..., follow_redirects: Any = ...) -> Any: ...
    def close(self) -> None: ...


class AsyncClient(Protocol):
    """The protocol of ``httpx.AsyncClient`` and ``httpx2.AsyncClient``."""

    async def send(self, request: Any, *, stream: bool = ..., auth: Any = ..., follow_redirects: Any = ...) -> Any: ...
    async def aclose(self) -> None: ...


class SyncTransport(Protocol):
    """The protocol of ``httpx.BaseTransport`` and ``httpx2.BaseTransport``."""

    def handle_request(self, request: Any, /) -> Any: ...
    def close(self) -> None: ...


class AsyncTransport(Protocol):
    """The protocol of ``httpx.AsyncBaseTransport`` and ``httpx2.AsyncBaseTransport``."""

    async def handle_async_request(self, request: Any, /) -> Any: ...
    async def aclose(self) -> None: ...
