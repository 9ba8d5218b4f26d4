"""A client or a transport of httpx, or of a fork of httpx, as the transport of a core.

A client or a transport that the user gave is never closed here. If the user gave neither, and the environment has
``FASTPIX_TRANSPORT=httpx``, a core has httpx clients of its own.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar, cast

import httpx

from fastpix._call.libraries import library_of
from fastpix._call.loopback import is_loopback
from fastpix._call.messages import Limits, Request, Response
from fastpix._call.request import USER_AGENT
from fastpix._http import kinds
from fastpix._http.body import ResponseBody, async_chunks_of, chunks_of, end_of
from fastpix._http.deadline import Deadline, timeouts
from fastpix._http.per_loop import ClosedWithLoop
from fastpix._http.per_process import PerProcess
from fastpix._http.pool import KEEPALIVE_SECONDS
from fastpix.errors import ConfigurationError

__all__ = ["AsyncHttpxTransport", "HttpxTransport", "OtherRequestError", "OwnAsyncClient", "OwnClient"]

ClientT = TypeVar("ClientT")

OURS: dict[str, Any] = {"auth": None, "stream": True, "follow_redirects": False}
"""Settings that hold for every client: it adds no credentials of its own, and it follows no redirects."""


class OtherRequestError(Exception):
    """Another request of the client failed, such as a request that a hook sends."""


class HttpxTransport:
    """A transport of a sync core that sends through an httpx client or transport."""

    def __init__(self, client: kinds.SyncClient | None, transport: kinds.SyncTransport | None) -> None:
        self._library = _library(client, "Client", transport, "BaseTransport")
        self._client = client
        self._transport = transport

    def send(self, request: Request, limits: Limits) -> Response:
        deadline, content = Deadline.of(limits), chunks_of(request)
        prepared = _prepared(request, content, self._library, self._client, limits)
        try:
            response = self._send(prepared)
        except self._library.HTTPError as error:
            response = _answer_in(error, prepared, self._library)
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

    def _send(self, request: httpx.Request) -> httpx.Response:
        """Send through the client or transport.

        The method is looked up for each request, because a library may patch httpx at any time.
        """
        if self._transport is not None:
            return cast("httpx.Response", self._transport.handle_request(request))
        return cast("httpx.Client", self._client).send(request, **OURS)

    def close(self) -> None:
        """Do nothing: the owner of the client or transport closes it."""


class AsyncHttpxTransport:
    """A transport of an async core that sends through an httpx client or transport."""

    def __init__(self, client: kinds.AsyncClient | None, transport: kinds.AsyncTransport | None) -> None:
        self._library = _library(client, "AsyncClient", transport, "AsyncBaseTransport")
        self._client = client
        self._transport = transport

    async def send(self, request: Request, limits: Limits) -> Response:
        prepared = _prepared(request, async_chunks_of(request), self._library, self._client, limits)
        try:
            response = await self._send(prepared)
        except self._library.HTTPError as error:
            response = _answer_in(error, prepared, self._library)
        body = _body_of(response, limits)
        parts = _async_parts(response)
        try:
            while body.is_wanted and (part := await anext(parts, None)) is not None:
                body.add(part)
        finally:
            await response.aclose()
            await end_of(parts)
        return body.complete()

    async def _send(self, request: httpx.Request) -> httpx.Response:
        if self._transport is not None:
            return cast("httpx.Response", await self._transport.handle_async_request(request))
        return await cast("httpx.AsyncClient", self._client).send(request, **OURS)

    async def close(self) -> None:
        """Do nothing: the owner of the client or transport closes it."""


class OwnClient:
    """The httpx clients of a sync core, for each process.

    One client is for requests to this machine, which never use a proxy. The other is for all other requests.
    """

    def __init__(self) -> None:
        self._clients = {
            is_direct: PerProcess(partial(_client, httpx.Client, is_direct), httpx.Client.close)
            for is_direct in (True, False)
        }

    def send(self, request: Request, limits: Limits) -> Response:
        client = self._clients[_is_direct(request)].get()
        return HttpxTransport(client, None).send(request, limits)

    def close(self) -> None:
        """Close the connections of this process."""
        for clients in self._clients.values():
            clients.end()


class OwnAsyncClient:
    """The httpx clients of an async core, for each event loop.

    One client is for requests to this machine, which never use a proxy. The other is for all other requests.
    """

    def __init__(self) -> None:
        self._clients = {
            is_direct: ClosedWithLoop(partial(_client, httpx.AsyncClient, is_direct), httpx.AsyncClient.aclose)
            for is_direct in (True, False)
        }

    async def send(self, request: Request, limits: Limits) -> Response:
        client = await self._clients[_is_direct(request)].get()
        return await AsyncHttpxTransport(client, None).send(request, limits)

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        for clients in self._clients.values():
            await clients.close()


def _is_direct(request: Request) -> bool:
    """Return whether a request goes to this machine, so that it must not go through a proxy."""
    return is_loopback(request.origin.host.decode())


def _client(kind: Callable[..., ClientT], is_direct: bool) -> ClientT:
    """Return an httpx client with the certificates and the keep-alive time of our own connections.

    A client uses the proxies of the environment only with ``trust_env``.
    """
    from fastpix._http.route import ssl_context

    limits = httpx.Limits(keepalive_expiry=KEEPALIVE_SECONDS)
    return kind(verify=ssl_context(), limits=limits, trust_env=not is_direct)


def _body_of(response: httpx.Response, limits: Limits) -> ResponseBody:
    """Return the object that collects the body of a response.

    A response that is closed already is decompressed, so its ``Content-Encoding`` header is left out.
    """
    status, headers = response.status_code + 0, response.headers.raw  # + 0 raises if a transport gave no status
    if response.is_closed:
        headers = [pair for pair in headers if pair[0].lower() != b"content-encoding"]
    return ResponseBody(status, headers, limits.max_bytes)


def _whole(response: httpx.Response) -> bytes | None:
    """Return the body of a response that has been read already, or ``None``.

    The body is empty if the response was closed unread, which ``raise_for_status`` in a hook does.
    """
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


def _library(client: object, kind_of_client: str, transport: object, kind_of_transport: str) -> Any:
    """Return httpx, or the fork of httpx, that the client or transport belongs to."""
    found: Any = None
    for name, given, kind in (("client", client, kind_of_client), ("transport", transport, kind_of_transport)):
        if given is not None:
            found = library_of(given, kind)
            if found is None:
                what = f"{type(given).__module__.partition('.')[0]}.{type(given).__qualname__}"
                raise ConfigurationError(
                    f"{name} must be an httpx.{kind}, or the {kind} of a fork of httpx, not {what}"
                )
    if client is not None and transport is not None:
        raise ConfigurationError("client and transport must not both be given: a client has its own transport")
    return found


def _answer_in(error: httpx.HTTPError, request: httpx.Request, library: Any) -> httpx.Response:
    """Return the response that a client's hook rejected, as ``raise_for_status`` does. Raise any other error.

    An error of another request, such as a request that a hook sends, says nothing about ours. It raises an
    `OtherRequestError`.
    """
    with suppress(RuntimeError):  # httpx raises it if an error has no request
        if error.request is not request:
            raise OtherRequestError(f"{type(error).__name__} in another request of the client") from error
    if isinstance(error, library.HTTPStatusError):
        return cast("httpx.HTTPStatusError", error).response
    raise error


def _prepared(
    request: Request,
    content: bytes | Iterable[bytes] | AsyncIterable[bytes],
    library: Any,
    client: kinds.SyncClient | kinds.AsyncClient | None,
    limits: Limits,
) -> httpx.Request:
    prepared = request.to_httpx(None if isinstance(content, bytes) else content, library)
    prepared.extensions["timeout"] = timeouts(limits)
    if client is not None and not request.is_signed:
        _add_settings(cast("httpx.Client | httpx.AsyncClient", client), prepared)
    return prepared


def _add_settings(client: httpx.Client | httpx.AsyncClient, request: httpx.Request) -> None:
    """Add the client's headers, cookies, query parameters and time limits to a request.

    Headers of the request take precedence, except that a user agent set on the client replaces ours. Of two time
    limits, the shorter one applies.
    """
    theirs = client.headers
    agent = theirs.get("user-agent", "")
    if agent and not agent.startswith("python-httpx") and request.headers.get("user-agent") == USER_AGENT:
        request.headers["user-agent"] = agent
    ours = {name.lower() for name, _ in request.headers.raw}
    added = [(name, value) for name, value in theirs.raw if name.lower() not in ours]
    request.headers = type(request.headers)([*request.headers.raw, *added])
    if client.cookies:
        client.cookies.set_cookie_header(request)
    if client.params:
        query = b"&".join(filter(None, [request.url.query, str(client.params).encode()]))
        request.url = request.url.copy_with(query=query)
    timeout, own = request.extensions["timeout"], client.timeout.as_dict()
    request.extensions["timeout"] = {phase: min(limit, own.get(phase) or limit) for phase, limit in timeout.items()}
