"""`FastpixCore` and `AsyncFastpixCore`: configuration, and the only places that send and that wait.

Each drives the steps of an `Exchange` with its own two verbs; everything else is the same for both.
What speaks to the network takes longer to import than all the rest, so it is when a core is made.
"""

import os
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

import httpx

from fastpix.body import Body
from fastpix.borrowed import Borrowed, borrowed_client
from fastpix.configuration import DEFAULT_SERVER_URL, Configuration, Hooks, Retries, Timeout, check
from fastpix.deadline import Deadline
from fastpix.errors import ConfigurationError
from fastpix.exchange import Send, Steps
from fastpix.response import Response
from fastpix.retry import Budget

__all__ = ["AsyncFastpixCore", "Core", "FastpixCore"]

MEBIBYTE = 1024 * 1024
BACKSTOP_SECONDS = 0.1
"""How long after the limits of httpx, which know what they ended, an async attempt is cut off whatever it does."""

Client = TypeVar("Client", httpx.Client, httpx.AsyncClient)
Transport = TypeVar("Transport", httpx.BaseTransport, httpx.AsyncBaseTransport)
T = TypeVar("T")


class Core(Generic[Client, Transport]):
    """What both cores are: an immutable configuration, and connections that are made when first needed.

    It can be pickled; its connections stay behind, its credentials and hooks travel with it.
    It can't if it was given a client or a transport.

    Args:
        username: the id of an access token; ``FASTPIX_USERNAME`` if not given.
        password: its secret; ``FASTPIX_PASSWORD`` if not given.
        credentials: a function asked for both before each attempt, for secrets that rotate.
        server_url: where the API is; ``FASTPIX_SERVER_URL``, or the public one, if not given.
        allow_http: consent to send credentials in the clear to a host other than this one.
        timeout: seconds for a whole call, or a `Timeout`.
        retries: when and how often to send again.
        hooks: functions called around each attempt.
        max_response_bytes: a longer answer, after decompression, is a failure.
        client: a client of yours to send with. Its settings hold, it is never closed here, and its own
            time limits apply beside those of ``timeout``.
        transport: a transport of httpx to send with, such as that of `fastpix.emulator.Emulator`, in place of a
            client: with nothing in between. It is never closed here.

    Raises:
        ConfigurationError: an argument is of the wrong type, or a number out of its bounds.
    """

    _kind_of_client: ClassVar[type[httpx.Client] | type[httpx.AsyncClient]]
    _kind_of_transport: ClassVar[type[httpx.BaseTransport] | type[httpx.AsyncBaseTransport]]

    def __init__(
        self,
        *,
        username: str | None = None,
        password: str | None = None,
        credentials: Callable[[], tuple[str, str]] | None = None,
        server_url: str | None = None,
        allow_http: bool = False,
        timeout: float | Timeout = 60.0,
        retries: Retries = Retries(),
        hooks: Hooks = Hooks(),
        max_response_bytes: int = 64 * MEBIBYTE,
        client: Client | None = None,
        transport: Transport | None = None,
    ) -> None:
        self._configuration = Configuration(
            username=username or os.environ.get("FASTPIX_USERNAME"),
            password=password or os.environ.get("FASTPIX_PASSWORD"),
            credentials=credentials,
            server_url=server_url or os.environ.get("FASTPIX_SERVER_URL") or DEFAULT_SERVER_URL,
            allow_http=allow_http,
            timeout=Timeout.of(timeout),
            retries=retries or Retries(),
            hooks=hooks or Hooks(),
            max_response_bytes=max_response_bytes,
        )
        check(self._configuration)
        _check_kind("client", client, self._kind_of_client)
        _check_kind("transport", transport, self._kind_of_transport)
        if client is not None and transport is not None:
            raise ConfigurationError("client and transport can't both be given: a client has a transport of its own")
        self._client: Client | None = client
        self._transport: Transport | None = transport
        self._start()

    def _start(self) -> None:
        """What is not configuration: made anew on the other side of a pickle."""
        self._budget = Budget()
        self._closed = False

    @property
    def configuration(self) -> Configuration:
        """What the core was made with."""
        return self._configuration

    @property
    def budget(self) -> Budget:
        """The retries that all calls of this core share."""
        return self._budget

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._configuration!r})"

    def __getstate__(self) -> Configuration:
        if self._client is not None or self._transport is not None:
            raise TypeError(
                "a core with a client of yours, or a transport, can't be pickled: make one on the other side"
            )
        return self._configuration

    def __setstate__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._client = None
        self._transport = None
        self._start()

    def _check_open(self) -> None:
        if self._closed:
            raise ConfigurationError("this core has been closed: make another one")


class FastpixCore(Core[httpx.Client, httpx.BaseTransport]):
    """Configuration for calls that block, to be the first argument of each function; see `Core` for its own.

    One for the life of a process is best, shared by all threads. ``with`` or `close` gives its
    connections back early; neither is needed.
    """

    _kind_of_client = httpx.Client
    _kind_of_transport = httpx.BaseTransport

    def _start(self) -> None:
        from fastpix.connections import Processes

        super()._start()
        self._borrowed = _borrowed(self._client, self._transport)
        self._own = Processes()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections. Calls after it are a `ConfigurationError`."""
        self._closed = True
        self._own.close()

    def run(self, steps: Steps[T]) -> T:
        """Drives the steps of a call to their result."""
        outcome: Response | Exception | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                result: T = end.value
                return result
            if isinstance(step, Send):
                outcome = self._send(step)
            else:
                time.sleep(step.seconds)
                outcome = None

    def _send(self, step: Send) -> Response | Exception:
        try:
            self._check_open()
            way = self._borrowed or self._own.here()
            with way.place(step.deadline):
                until = min(step.deadline, time.monotonic() + step.attempt)
                response = way.send(step.request, until, step.connect)
                body = Body(response, step.max_bytes)
                _fill(body, response, Deadline(until))
            return body.complete()
        except Exception as error:
            return error


class AsyncFastpixCore(Core[httpx.AsyncClient, httpx.AsyncBaseTransport]):
    """Configuration for calls that are awaited, under asyncio or trio; see `Core` for its arguments.

    One at module level serves any number of event loops, one after the other or side by side: each has
    connections of its own, closed when it ends. ``async with`` or `aclose` gives them back earlier.
    """

    _kind_of_client = httpx.AsyncClient
    _kind_of_transport = httpx.AsyncBaseTransport

    def _start(self) -> None:
        from fastpix.async_connections import Loops

        super()._start()
        self._borrowed = _async_borrowed(self._client, self._transport)
        self._own = Loops()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections of the running event loop. Calls after it are a `ConfigurationError`."""
        self._closed = True
        await self._own.aclose()

    async def run(self, steps: Steps[T]) -> T:
        """Drives the steps of a call to their result."""
        import anyio

        outcome: Response | Exception | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                result: T = end.value
                return result
            if isinstance(step, Send):
                outcome = await self._send(step)
            else:
                await anyio.sleep(step.seconds)
                outcome = None

    async def _send(self, step: Send) -> Response | Exception:
        import anyio

        try:
            self._check_open()
            way = self._borrowed or await self._own.here()
            async with way.place(step.deadline):
                until = min(step.deadline, time.monotonic() + step.attempt)
                with anyio.fail_after(Deadline(until).remaining() + BACKSTOP_SECONDS):
                    response = await way.send(step.request, until, step.connect)
                    body = Body(response, step.max_bytes)
                    await _fill_async(body, response)
            return body.complete()
        except Exception as error:
            return error


def _fill(body: Body, response: httpx.Response, deadline: Deadline) -> None:
    try:
        parts = iter(cast("httpx.SyncByteStream", response.stream))
        while body.is_wanted and (part := next(parts, None)) is not None:
            body.add(part)
            deadline.remaining()
    finally:
        response.close()


async def _fill_async(body: Body, response: httpx.Response) -> None:
    if not body.is_wanted:
        return await response.aclose()
    parts = aiter(cast("httpx.AsyncByteStream", response.stream))
    try:
        while body.is_wanted and (part := await anext(parts, None)) is not None:
            body.add(part)
    finally:
        await response.aclose()
        with suppress(Exception):  # generators within generators end in order, by the closed connection that they find
            await anext(parts, None)


def _borrowed(client: httpx.Client | None, transport: httpx.BaseTransport | None) -> Borrowed[httpx.Response] | None:
    if client is not None:
        return borrowed_client(client, client.send)
    return None if transport is None else Borrowed(transport.handle_request)


def _async_borrowed(
    client: httpx.AsyncClient | None, transport: httpx.AsyncBaseTransport | None
) -> Borrowed[Coroutine[Any, Any, httpx.Response]] | None:
    if client is not None:
        return borrowed_client(client, client.send)
    return None if transport is None else Borrowed(transport.handle_async_request)


def _check_kind(name: str, given: object, kind: type) -> None:
    if given is not None and not isinstance(given, kind):
        raise ConfigurationError(f"{name} must be an httpx.{kind.__name__}, not {type(given).__name__}")
