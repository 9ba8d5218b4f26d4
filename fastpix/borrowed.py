"""A client or a transport of the user's as a core's way to the network. Its settings hold, and it is never closed."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import nullcontext, suppress
from functools import partial
from typing import Any, Self, cast

import httpx

from fastpix.deadline import limits
from fastpix.errors import ConfigurationError
from fastpix.messages import Headers, Request
from fastpix.request import USER_AGENT

__all__ = ["AsyncBorrowed", "AsyncBorrowedIncoming", "Borrowed", "BorrowedIncoming", "OtherRequestError"]

NO_PLACE = nullcontext()
OURS: dict[str, Any] = {"auth": None, "stream": True, "follow_redirects": False}
"""What stays ours with a client: credentials, and that redirects are not followed."""


class OtherRequestError(Exception):
    """Something that the client does beside our request failed."""


class Borrowed:
    """A client or a transport for a sync core."""

    def __init__(self, client: httpx.Client | None, transport: httpx.BaseTransport | None) -> None:
        _check(client, httpx.Client, transport, httpx.BaseTransport)
        self._client = client
        self._send: Callable[[httpx.Request], httpx.Response] = (
            partial(cast("httpx.Client", client).send, **OURS) if transport is None else transport.handle_request
        )

    def here(self) -> Self:
        return self

    def place(self, _deadline: float) -> nullcontext[None]:
        """Nothing: how many calls may be under way is its owner's to say."""
        return NO_PLACE

    def send(self, request: Request, until: float, connect: float) -> "BorrowedIncoming":
        prepared = _prepared(request, self._client, limits(until, connect))
        try:
            return BorrowedIncoming(self._send(prepared))
        except httpx.RequestError as error:
            _check_own(error, prepared)
            raise

    def close(self) -> None:
        """Nothing: that is its owner's to do."""


class AsyncBorrowed:
    """A client or a transport for an async core."""

    def __init__(self, client: httpx.AsyncClient | None, transport: httpx.AsyncBaseTransport | None) -> None:
        _check(client, httpx.AsyncClient, transport, httpx.AsyncBaseTransport)
        self._client = client
        self._send: Callable[[httpx.Request], Coroutine[Any, Any, httpx.Response]] = (
            partial(cast("httpx.AsyncClient", client).send, **OURS)
            if transport is None
            else transport.handle_async_request
        )

    async def here(self) -> Self:
        return self

    def place(self, _deadline: float) -> nullcontext[None]:
        """Nothing: how many calls may be under way is its owner's to say."""
        return NO_PLACE

    async def send(self, request: Request, until: float, connect: float) -> "AsyncBorrowedIncoming":
        prepared = _prepared(request, self._client, limits(until, connect))
        try:
            return AsyncBorrowedIncoming(await self._send(prepared))
        except httpx.RequestError as error:
            _check_own(error, prepared)
            raise

    async def aclose(self) -> None:
        """Nothing: that is its owner's to do."""


class _Head:
    """What is there of an answer. If its body was read and decompressed before, no header says that it is compressed."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status: int = response.status_code + 0  # of a transport that gives none, this is the error
        self.headers: Headers = response.headers.raw
        self._content = response.content if response.is_stream_consumed else None
        if self._content is not None:
            self.headers = [pair for pair in self.headers if pair[0].lower() != b"content-encoding"]


class BorrowedIncoming(_Head):
    """An answer whose body may be still to come."""

    def __iter__(self) -> Iterator[bytes]:
        if self._content is not None:
            return iter((self._content,))
        return iter(cast("httpx.SyncByteStream", self._response.stream))

    def close(self) -> None:
        self._response.close()


class AsyncBorrowedIncoming(_Head):
    """An answer whose body may be still to come."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._content is not None:
            yield self._content
            return
        async for part in cast("httpx.AsyncByteStream", self._response.stream):
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


def _check(client: object, kind_of_client: type, transport: object, kind_of_transport: type) -> None:
    for name, given, kind in (("client", client, kind_of_client), ("transport", transport, kind_of_transport)):
        if given is not None and not isinstance(given, kind):
            raise ConfigurationError(f"{name} must be an httpx.{kind.__name__}, not {type(given).__name__}")
    if client is not None and transport is not None:
        raise ConfigurationError("client and transport can't both be given: a client has a transport of its own")


def _check_own(error: httpx.RequestError, request: httpx.Request) -> None:
    """An error of another request, as one that a client's hook sends, says nothing about ours."""
    with suppress(RuntimeError):  # what httpx raises if an error has no request
        if error.request is not request:
            raise OtherRequestError(f"{type(error).__name__} of another request") from error


def _prepared(
    request: Request, client: httpx.Client | httpx.AsyncClient | None, timeout: dict[str, float]
) -> httpx.Request:
    prepared = request.to_httpx()
    prepared.extensions["timeout"] = timeout
    if client is not None:
        _add_settings(client, prepared)
    return prepared


def _add_settings(client: httpx.Client | httpx.AsyncClient, request: httpx.Request) -> None:
    """Adds the client's headers, cookies, parameters and time limits to a request, which comes first."""
    theirs = client.headers
    agent = theirs.get("user-agent", "")
    if agent and not agent.startswith("python-httpx/") and request.headers.get("user-agent") == USER_AGENT:
        request.headers["user-agent"] = agent
    ours = {name.lower() for name, _ in request.headers.raw}
    added = [(name, value) for name, value in theirs.raw if name.lower() not in ours]
    request.headers = httpx.Headers([*request.headers.raw, *added])
    if client.cookies:
        client.cookies.set_cookie_header(request)
    if client.params:
        query = b"&".join(filter(None, [request.url.query, str(client.params).encode()]))
        request.url = request.url.copy_with(query=query)
    timeout, own = request.extensions["timeout"], client.timeout.as_dict()
    request.extensions["timeout"] = {phase: min(limit, own.get(phase) or limit) for phase, limit in timeout.items()}
