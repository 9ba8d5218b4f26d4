"""`FastpixCore` and `AsyncFastpixCore`: a configuration, and the only code that sends, waits and asks for credentials.

A `Call` is the same for both cores: a generator of steps without input or output. Each core carries out these steps
in its own way, blocking or async. The transport takes longer to import than all other modules together, so it is
imported when a core is made. The certificates for https are loaded then, too.
"""

import os
import time
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, TypeVar, cast
from weakref import WeakKeyDictionary

import msgspec

from fastpix._call.call import Ask, Call, Outcome, Send, Steps, Told, WithResponse, driven_by
from fastpix._call.clock import now
from fastpix._call.endpoint import Endpoint
from fastpix._call.interrupts import pass_interrupt
from fastpix._call.messages import NeverBeganError, Response
from fastpix._call.pace import Pace, Paces, Unpaced
from fastpix._call.redaction import clear_library_frames, shown
from fastpix._call.request import fixed_authorization, origin_of
from fastpix._call.retry import Budgets
from fastpix._http.per_process import PerProcess
from fastpix.configuration import DEFAULT_SERVER_URL, Configuration, Hooks, RequestOptions, Retries, Timeout, check
from fastpix.errors import ConfigurationError
from fastpix.reply import Reply

if TYPE_CHECKING:
    from fastpix._http import kinds

__all__ = ["AsyncFastpixCore", "Core", "FastpixCore", "refill_budgets"]

MEBIBYTE = 1024 * 1024
MOST_ARRIVED = 100
"""The number of cores that are kept because they have arrived. The oldest is given up for another."""

Client = TypeVar("Client", "kinds.SyncClient", "kinds.AsyncClient")
Transport = TypeVar("Transport", "kinds.SyncTransport", "kinds.AsyncTransport")
Pair = TypeVar("Pair", tuple[str, str], tuple[str, str] | Awaitable[tuple[str, str]])
Ok = TypeVar("Ok")
T = TypeVar("T")


Travelling: TypeAlias = tuple[bytes, bool]
"""What a core is made of in another process: the pickle of its settings, and whether its calls wait after a 429."""
Arrived: TypeAlias = tuple[type, bytes, bool]
"""What a core that has arrived is recognized by: its class, and what it was made of."""

_of_process = PerProcess(Budgets)
_of_clients: WeakKeyDictionary[object, PerProcess[Budgets]] = WeakKeyDictionary()

_arrived: dict[Arrived, "Core[Any, Any, Any]"] = {}
"""The cores that have arrived in this process."""


class Core(Generic[Client, Transport, Pair]):
    """The base of both cores: an immutable configuration, and a transport that connects on first use.

    A core can be pickled, unless you gave it a client or a transport. The pickle has the credentials and the hooks
    of the core, and none of its connections. In each process where it arrives it is one core, however often it arrives, so
    that all calls there share its connections and its pace. If it has been closed there, it is another one.
    """

    def __init__(
        self,
        *,
        username: str | None = None,
        password: str | None = None,
        credentials: Callable[[], Pair] | None = None,
        server_url: str | None = None,
        allow_http: bool | None = None,
        timeout: float | Timeout = 60.0,
        retries: Retries | None = None,
        hooks: Hooks | None = None,
        max_response_bytes: int = 64 * MEBIBYTE,
        max_connections: int = 100,
        strict: bool = False,
        client: Client | None = None,
        transport: Transport | None = None,
    ) -> None:
        """Make a core. Nothing is sent.

        All arguments are keyword arguments, and all are optional. Missing credentials, and a ``server_url`` that
        cannot be used, are not an error here. Each call then fails with a `ConfigurationError`. So a module that
        makes a core can be imported without credentials.

        The ``FASTPIX_...`` environment variables are read here, not when a call is made.
        ``FASTPIX_TRANSPORT=httpx`` makes a core without ``client`` and ``transport`` send its requests through
        httpx, so that tools that patch httpx see them.

        Args:
            username: The id of an access token. Default: the environment variable ``FASTPIX_USERNAME``.
            password: The secret of the access token. Default: the environment variable ``FASTPIX_PASSWORD``.
            credentials: A function without arguments that returns ``(username, password)``. The core calls it
                before each attempt, so that secrets can rotate, unless the request has an ``Authorization`` header
                already. If it is given, ``username`` and ``password`` are not used. An `AsyncFastpixCore` calls the
                function in a thread, until the deadline at most. It also takes an async function.
            server_url: The base URL of the API. Default: the environment variable ``FASTPIX_SERVER_URL``, or
                ``https://api.fastpix.com/v1/``. `RequestOptions` can replace it for one call.
            allow_http: Whether an ``http://`` URL may name a host other than this machine. The credentials are then
                sent unencrypted. Default: ``True`` if the environment variable ``FASTPIX_ALLOW_HTTP`` is ``1``,
                otherwise ``False``.
            timeout: The deadline for the whole call in seconds, or a `Timeout`. From 0 to 1,000,000. Default: 60.
            retries: The number of attempts and the waits between them. Default: ``Retries()``, which is 3 attempts.
            hooks: Functions to call around calls and attempts. Default: no hooks.
            max_response_bytes: The longest response body, in bytes after decompression, 1 or more. A longer body of
                a successful response is a `ResponseValidationError`. A longer body of an error response is dropped,
                so the error has no details from it. Default: 67,108,864 (64 MiB).
            max_connections: The number of slots: how many requests this core sends at the same time, in each
                process or, for an `AsyncFastpixCore`, in each event loop. More calls wait for a slot, until their
                deadline at most. From 1 to 1,000,000. The limits of a client of yours apply as well. Default: 100.
            strict: Whether any deviation in a response is a `ResponseValidationError`. A deviation is a value that
                does not match the documentation. Without ``strict``, only a required field that cannot be read,
                such as an id, is an error. Any other value of an undocumented type is read as ``None`` (an item of
                an inner list is left out) and reported to ``hooks.on_deviations`` and to the logger ``fastpix``.
                Default: ``False``.
            client: A client of httpx or httpx2 to send requests with: ``httpx.Client`` for a `FastpixCore`,
                ``httpx.AsyncClient`` for an `AsyncFastpixCore`. Its settings apply, except that it adds no
                credentials and follows no redirects. Its time limits apply in addition to ``timeout``. The core
                never closes it.
            transport: A transport of httpx or httpx2 to send requests with, such as ``httpx.HTTPTransport()`` or
                the one of `fastpix.emulator.Emulator`. Not together with ``client``. The core never closes it.

        Raises:
            ConfigurationError: An argument has a wrong type, a number is out of its bounds, both ``client`` and
                ``transport`` are given, ``FASTPIX_TRANSPORT`` is neither empty nor ``httpx``, or
                ``FASTPIX_ALLOW_HTTP`` is neither empty nor ``1``.
            TypeError: An argument is positional, or there is no argument of that name.
        """
        self._configuration = Configuration(
            username=os.environ.get("FASTPIX_USERNAME") if username is None else username,
            password=os.environ.get("FASTPIX_PASSWORD") if password is None else password,
            credentials=credentials,
            server_url=(os.environ.get("FASTPIX_SERVER_URL") or DEFAULT_SERVER_URL)
            if server_url is None
            else server_url,
            allow_http=_is_http_allowed() if allow_http is None else allow_http,
            timeout=Timeout.of(timeout),
            retries=Retries() if retries is None else retries,
            hooks=Hooks() if hooks is None else hooks,
            max_response_bytes=max_response_bytes,
            max_connections=max_connections,
            strict=strict,
        )
        del username, password, credentials  # a traceback may show the values of a frame's variables
        check(self._configuration)
        self._arrived_as: Arrived | None = None
        self._is_paced = True
        self._start(client, transport)

    if not TYPE_CHECKING:  # Python's own error would name `Core`, and not list the arguments

        def __new__(cls, *values: object, **settings: object) -> Self:
            """Reject unknown and positional arguments, with the name of the class that was called."""
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
        """Set the state that is not configuration. It is not pickled, so unpickling sets it again."""
        self._is_portable = client is None and transport is None
        self._credentials = fixed_authorization(self._configuration)
        self._budgets = _budgets_of(transport if client is None else client)
        self._paces = Paces(kind=Pace if self._is_paced else Unpaced)
        self._closed = False

    @property
    def configuration(self) -> Configuration:
        """The settings that the core was made with, including those from the environment."""
        return self._configuration

    def __repr__(self) -> str:
        return repr(self._configuration).replace("Configuration", type(self).__name__, 1)

    def __reduce__(self) -> tuple[Callable[..., Self], "Travelling"]:
        return self.arrived, self.travelling(is_paced=self._is_paced)

    def travelling(self, *, is_paced: bool) -> "Travelling":
        """Return arguments of `arrived` that can be pickled.

        Args:
            is_paced: Whether the calls there wait after a 429. Otherwise they fail at once.

        Raises:
            TypeError: The core cannot travel. The message names the setting.
        """
        from fastpix._call.pickling import pickled

        if not self._is_portable:
            raise TypeError(
                "a core made with client= or transport= can't be pickled: make a core in the process that uses it"
            )
        return pickled(self._configuration), is_paced

    @classmethod
    def arrived(cls, settings: bytes, is_paced: bool) -> Self:
        """Return the core that another process has sent with `travelling`.

        It is the core that has arrived before with the same settings. A class with an ``__init__`` of its own may have more
        than settings, so each of its cores is another one.
        """
        key = cls, settings, is_paced
        known = _arrived.get(key)
        if known is not None:
            return cast("Self", known)
        from fastpix._call.pickling import unpickled

        core = cls.__new__(cls)
        core.__setstate__((unpickled(settings), key))
        if cast("Any", cls).__init__ is not cast("Any", Core).__init__:
            return core
        if len(_arrived) >= MOST_ARRIVED:
            oldest, *_ = _arrived  # one step, so that no other thread changes them meanwhile
            _arrived.pop(oldest, None)
        return cast("Self", _arrived.setdefault(key, core))

    def __setstate__(self, arrived: "tuple[Configuration, Arrived]") -> None:
        self._configuration, self._arrived_as = arrived
        _, _, self._is_paced = self._arrived_as
        self._start()

    @property
    def pace(self) -> Pace:
        """The pace of the calls to the ``server_url``. `fastpix.many` uses it for calls in other processes."""
        origin = origin_of(self._configuration)
        return Pace() if origin is None else self._paces.of(origin)

    def new_call(self, endpoint: Endpoint[Ok]) -> Call[Ok]:
        """Return a call of an endpoint with the settings of this core."""
        return Call(endpoint, self._configuration, self._budgets.get(), self._paces, credentials=self._credentials)

    def steps(
        self, endpoint: Endpoint[Ok], request: msgspec.Struct, options: RequestOptions | None
    ) -> Steps[Reply[WithResponse[Ok]]]:
        """Return the steps of a call, for `run`."""
        return self.hooked(endpoint, self.new_call(endpoint).steps(request, options))

    def hooked(self, endpoint: Endpoint[Any], steps: Steps[Reply[T]]) -> Steps[Reply[T]]:
        """Return the steps that the ``around_call`` hook makes of these steps."""
        around = self._configuration.hooks.around_call
        return steps if around is None else driven_by(around, endpoint, steps)

    def _end(self) -> None:
        """Let calls fail from now on. If this core arrives again, it will be another one."""
        self._closed = True
        if self._arrived_as is not None:
            _arrived.pop(self._arrived_as, None)

    def _check_open(self) -> None:
        if self._closed:
            raise ConfigurationError("this core has been closed: make another one")


class FastpixCore(Core["kinds.SyncClient", "kinds.SyncTransport", tuple[str, str]]):
    """A core for blocking calls. It is the first argument of each function.

    Make one core and use it for the life of the process, in all threads. You can close it with ``with`` or `close`,
    but you need not: the connections are closed when the core is garbage-collected or the process ends.
    """

    def _start(self, client: "kinds.SyncClient | None" = None, transport: "kinds.SyncTransport | None" = None) -> None:
        from fastpix._http.transport import transport_of

        super()._start(client, transport)
        settings = self._configuration
        self._transport = transport_of(client, transport, settings.server_url, settings.max_connections, self._paces)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the core and its connections. A client or transport of yours stays open.

        Connections that are in use are closed when their requests are done, or at once with
        ``FASTPIX_TRANSPORT=httpx``. A later call sends nothing and fails with a `ConfigurationError`.
        """
        self._end()
        self._transport.close()

    def call(
        self, endpoint: Endpoint[Ok], request: msgspec.Struct, options: RequestOptions | None = None
    ) -> Reply[WithResponse[Ok]]:
        """Call an endpoint. Every operation does its work with this method.

        Args:
            endpoint: The ``endpoint`` of an operation.
            request: The request struct. It is checked, so a wrong class is a `Failure`.
            options: Settings for this call. Default: the settings of the core.

        Returns:
            A `Success` with the value and its response, or a `Failure` with the error.
        """
        return self.run(self.steps(endpoint, request, options))

    def run(self, steps: Steps[T]) -> T:
        """Carry out the steps of a call, and return the result of the call."""
        outcome: Outcome = None
        try:
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
        except BaseException:
            steps.close()  # a traceback may keep the steps alive, and with them the call's place in a line
            raise

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
            credentials = step.function()
        except Exception as error:
            pass_interrupt(error)
            return error
        if isinstance(credentials, Coroutine):
            cast("Coroutine[Any, Any, object]", credentials).close()
            return ConfigurationError("credentials must not be an async function: only an AsyncFastpixCore awaits it")
        return Told(credentials)


class AsyncFastpixCore(Core["kinds.AsyncClient", "kinds.AsyncTransport", tuple[str, str] | Awaitable[tuple[str, str]]]):
    """A core for awaited calls, under asyncio or trio. It is the first argument of each function.

    You can make one core at module level and use it in any number of event loops, one after the other or at the
    same time. Each event loop has its own connections. They are closed when ``asyncio.run`` or ``trio.run`` ends.
    If you close an event loop yourself, the core drops that loop's connections the next time you use the core in
    another event loop.

    ``async with`` or `aclose` closes the core earlier. Under trio, use one of them for a core that is
    garbage-collected before ``trio.run`` ends.
    """

    def _start(
        self, client: "kinds.AsyncClient | None" = None, transport: "kinds.AsyncTransport | None" = None
    ) -> None:
        from fastpix._http.transport import async_transport_of

        super()._start(client, transport)
        settings = self._configuration
        self._transport = async_transport_of(
            client, transport, settings.server_url, settings.max_connections, self._paces
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the core and its connections in the running event loop. A client or transport of yours stays open.

        Connections in other event loops are closed when those event loops end. A later call, in any event loop, sends
        nothing and fails with a `ConfigurationError`.
        """
        self._end()
        await self._transport.close()

    async def call(
        self, endpoint: Endpoint[Ok], request: msgspec.Struct, options: RequestOptions | None = None
    ) -> Reply[WithResponse[Ok]]:
        """Call an endpoint, as `FastpixCore.call` does."""
        return await self.run(self.steps(endpoint, request, options))

    async def run(self, steps: Steps[T]) -> T:
        """Carry out the steps of a call, and return the result of the call."""
        import anyio

        outcome: Outcome = None
        try:
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
        except BaseException:
            steps.close()  # a traceback may keep the steps alive, and with them the call's place in a line
            raise

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
        """Call the function in a thread. A function that blocks then delays neither the event loop nor the deadline."""
        import anyio
        import anyio.to_thread

        try:
            with anyio.move_on_after(step.deadline - now()):
                told = await anyio.to_thread.run_sync(
                    lambda: Told(step.function()), abandon_on_cancel=step.is_abandonable
                )
                given: Any = told.value
                return Told(await given) if hasattr(given, "__await__") else told
        except Exception as error:
            pass_interrupt(error)
            return error
        return NeverBeganError("the deadline has passed")


def refill_budgets() -> None:
    """Give each server its full retry budget, as at the start of the process. For tests.

    The budgets of cores with a client or a transport of yours stay as they are.
    """
    _of_process.get().refill()


def _is_http_allowed() -> bool:
    wanted = os.environ.get("FASTPIX_ALLOW_HTTP", "")
    if wanted not in ("", "1"):
        raise ConfigurationError(f"FASTPIX_ALLOW_HTTP must be '1' or unset, not {shown(wanted)}")
    return wanted == "1"


def _budgets_of(client: object) -> PerProcess[Budgets]:
    """Return the retry budgets of all cores with this client or transport. All other cores share their budgets, too."""
    if client is None:
        return _of_process
    try:
        return _of_clients.setdefault(client, PerProcess(Budgets))
    except TypeError:  # the object can't be a key: it is not hashable, or has no weak references
        return PerProcess(Budgets)
