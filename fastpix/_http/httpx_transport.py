"""A client or a transport of httpx, given by the user, as the transport of a core. It is never closed here."""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, cast

import httpx

from fastpix._call.messages import Limits, Request, Response
from fastpix._call.request import USER_AGENT
from fastpix._http.body import ResponseBody, async_chunks_of, chunks_of, end_of
from fastpix._http.deadline import Deadline, timeouts
from fastpix.errors import ConfigurationError

__all__ = ["AsyncHttpxTransport", "HttpxTransport", "OtherRequestError"]

OURS: dict[str, Any] = {"auth": None, "stream": True, "follow_redirects": False}
"""What stays ours with a client: credentials, and that redirects are not followed."""


class OtherRequestError(Exception):
    """Something that the client does beside our request failed."""


class HttpxTransport:
    """A client or a transport for a sync core."""

    def __init__(self, client: httpx.Client | None, transport: httpx.BaseTransport | None) -> None:
        _check(client, httpx.Client, transport, httpx.BaseTransport)
        self._client = client
        self._send: Callable[[httpx.Request], httpx.Response] = (
            partial(cast("httpx.Client", client).send, **OURS) if transport is None else transport.handle_request
        )

    def send(self, request: Request, limits: Limits) -> Response:
        deadline, content = Deadline.of(limits), chunks_of(request)
        prepared = _prepared(request, None if isinstance(content, bytes) else _Chunks(content), self._client, limits)
        try:
            response = self._send(prepared)
        except httpx.HTTPError as error:
            response = _answer_in(error, prepared)
        body = _body_of(response, limits)
        try:
            for part in _parts(response):
                body.add(part)
                deadline.remaining()
                if not body.is_wanted:
                    break
        finally:
            response.close()
        return body.complete()

    def close(self) -> None:
        """Nothing: that is its owner's to do."""


class AsyncHttpxTransport:
    """A client or a transport for an async core."""

    def __init__(self, client: httpx.AsyncClient | None, transport: httpx.AsyncBaseTransport | None) -> None:
        _check(client, httpx.AsyncClient, transport, httpx.AsyncBaseTransport)
        self._client = client
        self._send: Callable[[httpx.Request], Coroutine[Any, Any, httpx.Response]] = (
            partial(cast("httpx.AsyncClient", client).send, **OURS)
            if transport is None
            else transport.handle_async_request
        )

    async def send(self, request: Request, limits: Limits) -> Response:
        content = async_chunks_of(request)
        stream = None if isinstance(content, bytes) else _AsyncChunks(content)
        prepared = _prepared(request, stream, self._client, limits)
        try:
            response = await self._send(prepared)
        except httpx.HTTPError as error:
            response = _answer_in(error, prepared)
        body = _body_of(response, limits)
        parts = _async_parts(response)
        try:
            while body.is_wanted and (part := await anext(parts, None)) is not None:
                body.add(part)
        finally:
            await response.aclose()
            await end_of(parts)
        return body.complete()

    async def close(self) -> None:
        """Nothing: that is its owner's to do."""


class _Chunks(httpx.SyncByteStream):
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)


class _AsyncChunks(httpx.AsyncByteStream):
    def __init__(self, chunks: AsyncIterable[bytes]) -> None:
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._chunks)


def _body_of(response: httpx.Response, limits: Limits) -> ResponseBody:
    """Takes the answer's body. If that was read and decompressed before, no header says that it is compressed."""
    status, headers = response.status_code + 0, response.headers.raw  # of a transport that gives no status, the error
    if response.is_closed:
        headers = [pair for pair in headers if pair[0].lower() != b"content-encoding"]
    return ResponseBody(status, headers, limits.max_bytes)


def _whole(response: httpx.Response) -> bytes | None:
    """What was read before; nothing of an answer that was closed unread, as ``raise_for_status`` in a hook leaves it."""
    if response.is_stream_consumed:
        return response.content
    return b"" if response.is_closed else None


def _parts(response: httpx.Response) -> Iterable[bytes]:
    whole = _whole(response)
    return cast("httpx.SyncByteStream", response.stream) if whole is None else (whole,)


async def _async_parts(response: httpx.Response) -> AsyncIterator[bytes]:
    whole = _whole(response)
    if whole is not None:
        yield whole
        return
    async for part in cast("httpx.AsyncByteStream", response.stream):
        yield part


def _check(client: object, kind_of_client: type, transport: object, kind_of_transport: type) -> None:
    for name, given, kind in (("client", client, kind_of_client), ("transport", transport, kind_of_transport)):
        if given is not None and not isinstance(given, kind):
            raise ConfigurationError(f"{name} must be an httpx.{kind.__name__}, not {type(given).__name__}")
    if client is not None and transport is not None:
        raise ConfigurationError("client and transport can't both be given: a client has a transport of its own")


def _answer_in(error: httpx.HTTPError, request: httpx.Request) -> httpx.Response:
    """The answer that a client's hook refused, as ``raise_for_status`` does. Any other error is raised.

    An error of another request, as one that a hook sends, says nothing about ours.
    """
    with suppress(RuntimeError):  # what httpx raises if an error has no request
        if error.request is not request:
            raise OtherRequestError(f"{type(error).__name__} of another request") from error
    if isinstance(error, httpx.HTTPStatusError):
        return error.response
    raise error


def _prepared(
    request: Request,
    stream: httpx.SyncByteStream | httpx.AsyncByteStream | None,
    client: httpx.Client | httpx.AsyncClient | None,
    limits: Limits,
) -> httpx.Request:
    prepared = request.to_httpx(stream)
    prepared.extensions["timeout"] = timeouts(limits)
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
