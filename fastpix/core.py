"""`FastpixCore` and `AsyncFastpixCore`: configuration, and the only places that send and that wait.

Each drives the steps of an `Exchange` with its own two verbs; everything else is the same for both.
"""

import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import suppress
from threading import Lock
from types import TracebackType
from typing import ClassVar, Generic, NamedTuple, Self, TypeVar
from weakref import WeakKeyDictionary, finalize

import anyio
import httpx
from anyio.lowlevel import RunVar

from fastpix.body import Body
from fastpix.configuration import DEFAULT_SERVER_URL, Configuration, Hooks, Retries, Timeout, check
from fastpix.errors import ConfigurationError
from fastpix.exchange import Send, Steps
from fastpix.response import Response
from fastpix.retry import Budget
from fastpix.transport import Deadline, DeadlineTransport, ssl_context

__all__ = ["AsyncFastpixCore", "Core", "FastpixCore"]

MEBIBYTE = 1024 * 1024
BACKSTOP_SECONDS = 0.1
"""How long after the limits of httpx, which know what they ended, an async attempt is cut off whatever it does."""

Client = TypeVar("Client", httpx.Client, httpx.AsyncClient)
T = TypeVar("T")


class Core(Generic[Client]):
    """What both cores are: an immutable configuration, and connections that are made when first needed.

    It can be pickled; its connections stay behind, its credentials and hooks travel with it.
    It can't if it was given a client.

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

    Raises:
        ConfigurationError: an argument is of the wrong type, or a number out of its bounds.
    """

    _kind_of_client: ClassVar[type[httpx.Client] | type[httpx.AsyncClient]]

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
        if client is not None and not isinstance(client, self._kind_of_client):
            kind = self._kind_of_client.__name__
            raise ConfigurationError(f"client must be an httpx.{kind}, not {type(client).__name__}")
        self._users_client: Client | None = client
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
        if self._users_client is not None:
            raise TypeError("a core with a client of yours can't be pickled: make one on the other side")
        return self._configuration

    def __setstate__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._users_client = None
        self._start()

    def _check_open(self) -> None:
        if self._closed:
            raise ConfigurationError("this core has been closed: make another one")

    def _prepared(self, client: Client, step: Send, limits: Mapping[str, object]) -> httpx.Request:
        """The request with its time limits, and with the settings of the client if it is the user's."""
        if self._users_client is not None:
            return _for_users_client(client, step.request, _limits(step))
        step.request.extensions["timeout"] = limits
        return step.request


class FastpixCore(Core[httpx.Client]):
    """Configuration for calls that block, to be the first argument of each function; see `Core` for its own.

    One for the life of a process is best, shared by all threads. ``with`` or `close` gives its
    connections back early; neither is needed.
    """

    _kind_of_client = httpx.Client

    def _start(self) -> None:
        super()._start()
        self._lock = Lock()
        self._own_client: tuple[int, httpx.Client] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections. Calls after it are a `ConfigurationError`."""
        with self._lock:
            self._closed = True
            own, self._own_client = self._own_client, None
        if own is not None:
            own[1].close()

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
            client = self._client()
            request = self._prepared(client, step, _deadlines(step))
            response = client.send(request, auth=None, stream=True, follow_redirects=False)
            body = Body(response, step.max_bytes)
            try:
                parts = response.iter_raw()
                while body.is_wanted and (part := next(parts, None)) is not None:
                    body.add(part)
                    _seconds_left(step)
            finally:
                response.close()
            return body.complete()
        except Exception as error:
            return error

    def _client(self) -> httpx.Client:
        self._check_open()
        if self._users_client is not None:
            return self._users_client
        with self._lock:
            own = self._own_client
            if own is None or own[0] != os.getpid():
                own = self._own_client = (os.getpid(), httpx.Client(transport=DeadlineTransport()))
                finalize(self, own[1].close)
            return own[1]


class AsyncFastpixCore(Core[httpx.AsyncClient]):
    """Configuration for calls that are awaited, under asyncio or trio; see `Core` for its arguments.

    One at module level serves any number of event loops, one after the other or side by side: each has
    connections of its own, closed when it ends. ``async with`` or `aclose` gives them back earlier.
    """

    _kind_of_client = httpx.AsyncClient

    def _start(self) -> None:
        super()._start()
        self._own_clients: WeakKeyDictionary[_EventLoop, _OwnClient] = WeakKeyDictionary()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections of the running event loop. Calls after it are a `ConfigurationError`."""
        self._closed = True
        own = self._own_clients.pop(_event_loop(), None)
        if own is not None:
            await own.lifetime.aclose()

    async def run(self, steps: Steps[T]) -> T:
        """Drives the steps of a call to their result."""
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
        try:
            with anyio.fail_after(_seconds_left(step) + BACKSTOP_SECONDS):
                client = await self._client()
                request = self._prepared(client, step, _limits(step))
                response = await client.send(request, auth=None, stream=True, follow_redirects=False)
                body = Body(response, step.max_bytes)
                parts = response.aiter_raw()
                try:
                    while body.is_wanted and (part := await anext(parts, None)) is not None:
                        body.add(part)
                finally:
                    await response.aclose()
                    await _end(parts)
                return body.complete()
        except Exception as error:
            return error

    async def _client(self) -> httpx.AsyncClient:
        self._check_open()
        if self._users_client is not None:
            return self._users_client
        loop = _event_loop()
        own = self._own_clients.get(loop)
        if own is None:
            client = httpx.AsyncClient(verify=ssl_context())
            own = self._own_clients[loop] = _OwnClient(client, _until_the_loop_ends(client))
            await anext(own.lifetime)
        return own.client


class _EventLoop:
    """Stands for one run of asyncio or trio, and is forgotten with it."""


_current_event_loop: RunVar[_EventLoop] = RunVar("fastpix.event_loop")


def _event_loop() -> _EventLoop:
    try:
        return _current_event_loop.get()
    except LookupError:
        loop = _EventLoop()
        _current_event_loop.set(loop)
        return loop


class _OwnClient(NamedTuple):
    client: httpx.AsyncClient
    lifetime: AsyncGenerator[None, None]


async def _until_the_loop_ends(client: httpx.AsyncClient) -> AsyncGenerator[None, None]:
    """Both asyncio and trio finish the generators begun in them before they end: the hook to close on time."""
    try:
        yield
    finally:
        await client.aclose()


async def _end(parts: AsyncIterator[bytes]) -> None:
    """Ends the generators within generators of httpx in order, by the closed connection that they find."""
    with suppress(Exception):
        await anext(parts, None)


def _seconds_left(step: Send) -> float:
    return Deadline(step.until).remaining()


def _limits(step: Send) -> dict[str, float]:
    """The time limits of one attempt, in the form httpx documents for the ``timeout`` extension."""
    left = _seconds_left(step)
    return {"connect": min(step.connect, left), "read": left, "write": left, "pool": left}


def _deadlines(step: Send) -> dict[str, object]:
    """The same for `DeadlineTransport`."""
    connect = Deadline(min(time.monotonic() + step.connect, step.until))
    until = Deadline(step.until)
    return {"connect": connect, "read": until, "write": until, "pool": until.remaining()}


def _for_users_client(
    client: httpx.Client | httpx.AsyncClient, request: httpx.Request, limits: dict[str, float]
) -> httpx.Request:
    """The request with the client's own headers, parameters, cookies and time limits merged in."""
    own_limits: Mapping[str, float | None] = client.timeout.as_dict()
    headers = request.headers.copy()
    if not client.headers.get("user-agent", "").startswith("python-httpx/"):
        headers["user-agent"] = client.headers["user-agent"]
    merged = client.build_request(
        request.method,
        request.url,
        headers=headers,
        content=request.content or None,
        extensions={
            **request.extensions,
            "timeout": {phase: min(limit, own_limits.get(phase) or limit) for phase, limit in limits.items()},
        },
    )
    if client.params:  # httpx puts them in place of the query that is there
        query = b"&".join(filter(None, [request.url.query, str(client.params).encode()]))
        merged.url = request.url.copy_with(query=query)
    return merged
