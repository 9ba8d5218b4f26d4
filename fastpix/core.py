"""`FastpixCore` and `AsyncFastpixCore`: configuration, and the only places that send and that wait.

Each drives the steps of a `Call` with its own two verbs; everything else is the same for both. What speaks to the
network takes longer to load than all the rest, so it is loaded when a core is made, with the certificates for https.
"""

import os
import time
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast
from weakref import WeakKeyDictionary

import msgspec

from fastpix._call.call import Ask, Call, Outcome, Send, Steps, Told, WithResponse, driven_by
from fastpix._call.clock import now
from fastpix._call.endpoint import Endpoint
from fastpix._call.interrupts import pass_interrupt
from fastpix._call.messages import NeverBeganError, Response
from fastpix._call.redaction import clear_library_frames
from fastpix._call.request import fixed_authorization
from fastpix._call.retry import Budgets
from fastpix._http.per_process import PerProcess
from fastpix.configuration import DEFAULT_SERVER_URL, Configuration, Hooks, RequestOptions, Retries, Timeout, check
from fastpix.errors import ConfigurationError
from fastpix.reply import Reply

if TYPE_CHECKING:
    from fastpix._http import kinds

__all__ = ["AsyncFastpixCore", "Core", "FastpixCore"]

MEBIBYTE = 1024 * 1024

Client = TypeVar("Client", "kinds.SyncClient", "kinds.AsyncClient")
Transport = TypeVar("Transport", "kinds.SyncTransport", "kinds.AsyncTransport")
Pair = TypeVar("Pair", tuple[str, str], tuple[str, str] | Awaitable[tuple[str, str]])
Ok = TypeVar("Ok")
T = TypeVar("T")


_of_process = PerProcess(Budgets)
_of_clients: WeakKeyDictionary[object, PerProcess[Budgets]] = WeakKeyDictionary()


class Core(Generic[Client, Transport, Pair]):
    """What both cores are: an immutable configuration, and connections that are made when first needed.

    It can be pickled; its connections stay behind, its credentials and hooks travel with it.
    It can't if it was given a client or a transport.
    """

    def __init__(
        self,
        *,
        username: str | None = None,
        password: str | None = None,
        credentials: Callable[[], Pair] | None = None,
        server_url: str | None = None,
        allow_http: bool = False,
        timeout: float | Timeout = 60.0,
        retries: Retries | None = None,
        hooks: Hooks | None = None,
        max_response_bytes: int = 64 * MEBIBYTE,
        max_connections: int = 100,
        strict: bool = False,
        client: Client | None = None,
        transport: Transport | None = None,
    ) -> None:
        """Makes a core; nothing is sent yet.

        An argument of a wrong type, or a number out of its bounds, is refused here. Environment variables are read here:
        those below, and ``FASTPIX_TRANSPORT=httpx``, which makes a core without a client or a transport of yours send through
        httpx, so that what patches httpx sees its calls.
        Missing credentials and an unusable ``server_url`` are a `Failure` of each call, with a `ConfigurationError`: so a
        module that makes a core can be imported without them. `RequestOptions` may still give another ``server_url``.

        Args:
            username: the id of an access token; ``FASTPIX_USERNAME`` if not given.
            password: its secret; ``FASTPIX_PASSWORD`` if not given.
            credentials: a function asked for both before each attempt, for secrets that rotate. An `AsyncFastpixCore`
                takes an async one as well, and runs one that is not in a thread, for as long as the deadline allows.
            server_url: where the API is; ``FASTPIX_SERVER_URL``, or the public one, if not given.
            allow_http: consent to send credentials in the clear to a host other than this one.
            timeout: seconds for a whole call, or a `Timeout`.
            retries: when and how often to send again.
            hooks: functions called around each attempt.
            max_response_bytes: a longer answer, after decompression, is a failure.
            max_connections: how many requests are under way at once, in a process or an event loop; the others wait for
                a slot, within their deadline. With a client of yours, its own limit holds as well.
            strict: whether any value of an undocumented type in an answer is a `ResponseValidationError`. Otherwise
                such a value reads as ``None`` and is told to ``hooks.on_deviations`` and to the logger ``fastpix``;
                only an essential one, such as an id, is an error.
            client: a client of yours to send with, of httpx or httpx2. Its settings hold, it is never closed here, and its own
                time limits apply beside those of ``timeout``.
            transport: a transport of either to send with, such as that of `fastpix.emulator.Emulator`, in place of a
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
            max_connections=max_connections,
            strict=strict,
        )
        del username, password, credentials  # a traceback may show what is in a frame
        check(self._configuration)
        self._start(client, transport)

    if not TYPE_CHECKING:  # Python's own complaint would name `Core`, and not what there is

        def __new__(cls, *values: object, **settings: object) -> Self:
            """Refuses what is no setting, in the name of the class that was called."""
            known = Core.__init__.__kwdefaults__
            if cls.__init__ is Core.__init__ and (values or settings.keys() - known):
                wrong = [f"Unexpected keyword argument {name!r}" for name in settings if name not in known]
                settings.clear()
                values = ()
                raise TypeError(
                    f"{cls.__name__}({', '.join(known)}): {(wrong or ['Extra positional arguments provided'])[0]}"
                )
            return super().__new__(cls)

        __new__.__wrapped__ = __init__  # for `inspect.signature`

    def _start(self, client: Client | None = None, transport: Transport | None = None) -> None:
        """Makes what is not configuration: anew on the other side of a pickle."""
        self._is_portable = client is None and transport is None
        self._credentials = fixed_authorization(self._configuration)
        self._budgets = _budgets_of(transport if client is None else client)
        self._closed = False

    @property
    def configuration(self) -> Configuration:
        """What the core was made with."""
        return self._configuration

    def __repr__(self) -> str:
        return repr(self._configuration).replace("Configuration", type(self).__name__, 1)

    def __getstate__(self) -> Configuration:
        if not self._is_portable:
            raise TypeError(
                "a core with a client of yours, or a transport, can't be pickled: make one on the other side"
            )
        return self._configuration

    def __setstate__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._start()

    def _steps(
        self, endpoint: Endpoint[Ok], request: msgspec.Struct, options: RequestOptions | None
    ) -> Steps[Reply[WithResponse[Ok]]]:
        call = Call(endpoint, self._configuration, self._budgets.get(), credentials=self._credentials)
        around = self._configuration.hooks.around_call
        steps = call.steps(request, options)
        return steps if around is None else driven_by(around, endpoint, steps)

    def _check_open(self) -> None:
        if self._closed:
            raise ConfigurationError("this core has been closed: make another one")


class FastpixCore(Core["kinds.SyncClient", "kinds.SyncTransport", tuple[str, str]]):
    """Configuration for calls that block, to be the first argument of each function.

    One for the life of a process is best, shared by all threads. ``with`` or `close` gives its
    connections back early; neither is needed.
    """

    def _start(self, client: "kinds.SyncClient | None" = None, transport: "kinds.SyncTransport | None" = None) -> None:
        from fastpix._http.transport import transport_of

        super()._start(client, transport)
        settings = self._configuration
        self._transport = transport_of(client, transport, settings.server_url, settings.max_connections)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections. Calls after it are a `ConfigurationError`."""
        self._closed = True
        self._transport.close()

    def call(
        self, endpoint: Endpoint[Ok], request: msgspec.Struct, options: RequestOptions | None = None
    ) -> Reply[WithResponse[Ok]]:
        """Asks an endpoint. It is what each operation does: a function gives the value of this alone."""
        return self.run(self._steps(endpoint, request, options))

    def run(self, steps: Steps[T]) -> T:
        """Drives the steps of a call to their result."""
        outcome: Outcome = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                result: T = end.value
                return result
            if isinstance(step, Send):
                outcome = self._send(step)
            elif isinstance(step, Ask):
                outcome = self._ask(step)
            else:
                time.sleep(step.seconds)
                outcome = None

    def _send(self, step: Send) -> Response | Exception:
        try:
            self._check_open()
            return self._transport.send(step.request, step.limits)
        except Exception as error:
            pass_interrupt(error)
            return error
        except BaseException as error:
            clear_library_frames(error)
            raise

    def _ask(self, step: Ask) -> Told | Exception:
        try:
            credentials = step.credentials()
        except Exception as error:
            pass_interrupt(error)
            return error
        if isinstance(credentials, Coroutine):
            cast("Coroutine[Any, Any, object]", credentials).close()
            return ConfigurationError("credentials must not be an async function: only an AsyncFastpixCore awaits it")
        return Told(credentials)


class AsyncFastpixCore(Core["kinds.AsyncClient", "kinds.AsyncTransport", tuple[str, str] | Awaitable[tuple[str, str]]]):
    """Configuration for calls that are awaited, under asyncio or trio.

    One at module level serves any number of event loops, one after the other or side by side: each has
    connections of its own, closed when it ends. ``async with`` or `aclose` gives them back earlier; under trio
    a core that is dropped before its run ends needs one of the two.
    """

    def _start(
        self, client: "kinds.AsyncClient | None" = None, transport: "kinds.AsyncTransport | None" = None
    ) -> None:
        from fastpix._http.transport import async_transport_of

        super()._start(client, transport)
        settings = self._configuration
        self._transport = async_transport_of(client, transport, settings.server_url, settings.max_connections)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections of the running event loop. Calls after it are a `ConfigurationError`."""
        self._closed = True
        await self._transport.close()

    async def call(
        self, endpoint: Endpoint[Ok], request: msgspec.Struct, options: RequestOptions | None = None
    ) -> Reply[WithResponse[Ok]]:
        """As that of `FastpixCore`, to be awaited."""
        return await self.run(self._steps(endpoint, request, options))

    async def run(self, steps: Steps[T]) -> T:
        """Drives the steps of a call to their result."""
        import anyio

        outcome: Outcome = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                result: T = end.value
                return result
            if isinstance(step, Send):
                outcome = await self._send(step)
            elif isinstance(step, Ask):
                outcome = await self._ask(step)
            else:
                await anyio.sleep(step.seconds)
                outcome = None

    async def _send(self, step: Send) -> Response | Exception:
        try:
            self._check_open()
            return await self._transport.send(step.request, step.limits)
        except Exception as error:
            pass_interrupt(error)
            return error
        except BaseException as error:
            clear_library_frames(error)
            raise

    async def _ask(self, step: Ask) -> Told | Exception:
        """The function is called in a thread, as one that blocks must stop neither the loop nor the deadline."""
        import anyio
        import anyio.to_thread

        try:
            with anyio.move_on_after(step.deadline - now()):
                told = await anyio.to_thread.run_sync(lambda: Told(step.credentials()), abandon_on_cancel=True)
                given: Any = told.credentials
                return Told(await given) if hasattr(given, "__await__") else told
        except Exception as error:
            pass_interrupt(error)
            return error
        return NeverBeganError("the deadline has passed")


def _budgets_of(client: object) -> PerProcess[Budgets]:
    """Those that all cores of a process share, or all cores with this client or transport of the user's."""
    if client is None:
        return _of_process
    try:
        return _of_clients.setdefault(client, PerProcess(Budgets))
    except TypeError:  # an object that nothing can be kept for
        return PerProcess(Budgets)
