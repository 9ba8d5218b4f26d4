"""`FastpixCore` and `AsyncFastpixCore`: configuration, and the only places that send and that wait.

Each drives the steps of an `Exchange` with its own two verbs; everything else is the same for both.
What speaks to the network takes longer to load than all the rest, so it is loaded when a core is made, with the
certificates for https: httpcore, or httpx if a client or a transport of the user's is to be used.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from fastpix.body import Body
from fastpix.configuration import DEFAULT_SERVER_URL, Configuration, Hooks, Retries, Timeout, check
from fastpix.deadline import Deadline
from fastpix.errors import ConfigurationError
from fastpix.exchange import Send, Steps
from fastpix.messages import Response
from fastpix.retry import Budget

if TYPE_CHECKING:
    import httpx

    from fastpix.async_connections import AsyncIncoming, Loops
    from fastpix.borrowed import AsyncBorrowed, AsyncBorrowedIncoming, Borrowed, BorrowedIncoming
    from fastpix.connections import Incoming, Processes

__all__ = ["AsyncFastpixCore", "Core", "FastpixCore"]

MEBIBYTE = 1024 * 1024
BACKSTOP_SECONDS = 0.1
"""How long after its own limits, which know what they ended, an async attempt is cut off whatever it does."""

Client = TypeVar("Client", "httpx.Client", "httpx.AsyncClient")
Transport = TypeVar("Transport", "httpx.BaseTransport", "httpx.AsyncBaseTransport")
T = TypeVar("T")


class Core(Generic[Client, Transport]):
    """What both cores are: an immutable configuration, and connections that are made when first needed.

    It can be pickled; its connections stay behind, its credentials and hooks travel with it.
    It can't if it was given a client or a transport.
    """

    def __init__(
        self,
        *,
        username: str | None = None,
        password: str | None = None,
        credentials: Callable[[], tuple[str, str]] | None = None,
        server_url: str | None = None,
        allow_http: bool = False,
        timeout: float | Timeout = 60.0,
        retries: Retries | None = None,
        hooks: Hooks | None = None,
        max_response_bytes: int = 64 * MEBIBYTE,
        strict: bool = False,
        client: Client | None = None,
        transport: Transport | None = None,
    ) -> None:
        """Makes a core; nothing is sent yet.

        An argument of a wrong type, or a number out of its bounds, is refused here. Environment variables are read here.
        Missing credentials and an unusable ``server_url`` are a `Failure` of each call, with a `ConfigurationError`: so a
        module that makes a core can be imported without them. `RequestOptions` may still give another ``server_url``.

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
            strict: whether any value of an undocumented type in an answer is a `ResponseValidationError`. Otherwise
                such a value reads as ``None`` and is told to ``hooks.on_deviations`` and to the logger ``fastpix``;
                only an essential one, such as an id, is an error.
            client: a client of yours to send with. Its settings hold, it is never closed here, and its own
                time limits apply beside those of ``timeout``.
            transport: a transport of httpx to send with, such as that of `fastpix.emulator.Emulator`, in place of a
                client: with nothing in between. It is never closed here.

        Raises:
            ConfigurationError: an argument is of the wrong type, or a number out of its bounds.
        """
        self._configuration = Configuration(
            username=os.environ.get("FASTPIX_USERNAME") if username is None else username,
            password=os.environ.get("FASTPIX_PASSWORD") if password is None else password,
            credentials=credentials,
            server_url=(os.environ.get("FASTPIX_SERVER_URL") or DEFAULT_SERVER_URL)
            if server_url is None
            else server_url,
            allow_http=allow_http,
            timeout=Timeout.of(timeout),
            retries=Retries() if retries is None else retries,
            hooks=Hooks() if hooks is None else hooks,
            max_response_bytes=max_response_bytes,
            strict=strict,
        )
        check(self._configuration)
        self._client: Client | None = client
        self._transport: Transport | None = transport
        self._start()

    if not TYPE_CHECKING:  # Python's own complaint would name `Core`, and not what there is

        def __new__(cls, *values: object, **settings: object) -> Self:
            """Refuses what is no setting, in the name of the class that was called."""
            known = Core.__init__.__kwdefaults__
            if cls.__init__ is Core.__init__ and (values or settings.keys() - known):
                wrong = [f"Unexpected keyword argument {name!r}" for name in settings if name not in known]
                raise TypeError(
                    f"{cls.__name__}({', '.join(known)}): {(wrong or ['Extra positional arguments provided'])[0]}"
                )
            return super().__new__(cls)

        __new__.__wrapped__ = __init__  # for `inspect.signature`

    def _start(self) -> None:
        """What is not configuration: made anew on the other side of a pickle."""
        self._budgets: dict[int, Budget] = {}
        self._closed = False

    @property
    def configuration(self) -> Configuration:
        """What the core was made with."""
        return self._configuration

    @property
    def budget(self) -> Budget:
        """The retries that all calls of this core share, in this process."""
        process = os.getpid()
        return self._budgets.get(process) or self._budgets.setdefault(process, Budget())

    def __repr__(self) -> str:
        return repr(self._configuration).replace("Configuration", type(self).__name__, 1)

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


class FastpixCore(Core["httpx.Client", "httpx.BaseTransport"]):
    """Configuration for calls that block, to be the first argument of each function.

    One for the life of a process is best, shared by all threads. ``with`` or `close` gives its
    connections back early; neither is needed.
    """

    def _start(self) -> None:
        super()._start()
        self._network = _network(self._client, self._transport, self._configuration.server_url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections. Calls after it are a `ConfigurationError`."""
        self._closed = True
        self._network.close()

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
            way = self._network.here()
            with way.place(step.deadline):
                until = min(step.deadline, time.monotonic() + step.attempt)
                return _received(way.send(step.request, until, step.connect), step.max_bytes, Deadline(until))
        except Exception as error:
            return error


class AsyncFastpixCore(Core["httpx.AsyncClient", "httpx.AsyncBaseTransport"]):
    """Configuration for calls that are awaited, under asyncio or trio.

    One at module level serves any number of event loops, one after the other or side by side: each has
    connections of its own, closed when it ends. ``async with`` or `aclose` gives them back earlier; under trio
    a core that is dropped before its run ends needs one of the two.
    """

    def _start(self) -> None:
        super()._start()
        self._network = _async_network(self._client, self._transport, self._configuration.server_url)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections of the running event loop. Calls after it are a `ConfigurationError`."""
        self._closed = True
        await self._network.aclose()

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
            way = await self._network.here()
            async with way.place(step.deadline):
                until = min(step.deadline, time.monotonic() + step.attempt)
                with anyio.fail_after(Deadline(until).left_to_begin() + BACKSTOP_SECONDS):
                    return await _async_received(await way.send(step.request, until, step.connect), step.max_bytes)
        except Exception as error:
            return error


def _received(incoming: "Incoming | BorrowedIncoming", max_bytes: int, deadline: Deadline) -> Response:
    body = Body(incoming.status, incoming.headers, max_bytes)
    try:
        parts = iter(incoming)
        while body.is_wanted and (part := next(parts, None)) is not None:
            body.add(part)
            deadline.remaining()
    finally:
        incoming.close()
    return body.complete()


async def _async_received(incoming: "AsyncIncoming | AsyncBorrowedIncoming", max_bytes: int) -> Response:
    body = Body(incoming.status, incoming.headers, max_bytes)
    parts = aiter(incoming)
    try:
        while body.is_wanted and (part := await anext(parts, None)) is not None:
            body.add(part)
    finally:
        await incoming.aclose()
        with suppress(Exception):  # generators within generators end in order: what had come, the closed connection
            while await anext(parts, None) is not None:
                pass
    return body.complete()


def _network(
    client: "httpx.Client | None", transport: "httpx.BaseTransport | None", server_url: str
) -> "Processes | Borrowed":
    if client is None and transport is None:
        from fastpix.connections import Processes
        from fastpix.network import load_ahead

        load_ahead(server_url)
        return Processes()
    from fastpix.borrowed import Borrowed

    return Borrowed(client, transport)


def _async_network(
    client: "httpx.AsyncClient | None", transport: "httpx.AsyncBaseTransport | None", server_url: str
) -> "Loops | AsyncBorrowed":
    if client is None and transport is None:
        from fastpix.async_connections import Loops
        from fastpix.network import load_ahead

        load_ahead(server_url)
        return Loops()
    from fastpix.borrowed import AsyncBorrowed

    return AsyncBorrowed(client, transport)
