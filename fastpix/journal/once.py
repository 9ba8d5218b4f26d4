"""`once`: call an operation once for each item, even if the process is killed and started again.

The steps of a call with a journal:

    begin ─┬─ Done ───────────────────────────────────────────────────── return the value
           ├─ Go ── call ─┬─ a success ───────────────────────────────── finish, return the value
           │              ├─ a failure, certainly not applied ────────── finish, return the failure
           │              └─ a failure in doubt ── look ─┬─ found ────── finish, return what was found
           │                                             └─ not found ── return the failure
           └─ InDoubt ── look ─┬─ found ──────────────────────────────── finish, return what was found
                               ├─ not found, may still be running ────── wait, begin again
                               └─ not found ──────────────────────────── finish, begin again
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial, update_wrapper
from typing import Any, Literal, ParamSpec, TypeVar, cast

import msgspec

from fastpix._call.arguments import check_operation, request_and_options
from fastpix._call.call import Steps, Wait
from fastpix._call.clock import now
from fastpix._call.redaction import shown
from fastpix._call.validation import refusal
from fastpix.configuration import RequestOptions, Timeout, check_number
from fastpix.errors import FastpixError, JournalError, NotFoundError
from fastpix.journal.entries import Done, Go, InDoubt, Journal
from fastpix.journal.item import Item, bytes_of, value_of
from fastpix.journal.search import Listing, check_listing, metadata_of, search
from fastpix.operation import AnyCore, Operation
from fastpix.workflow import Workflow, call

__all__ = ["Once", "once"]

P = ParamSpec("P")
Ok = TypeVar("Ok")

MARGIN = 10.0
"""The seconds after the deadline of a call in which the server may still carry it out, and list what it has created."""
SHORTEST_PAUSE = 0.25
"""The first pause in seconds before a look at an item that may still be running. Pauses grow with its age."""


def once(
    operation: Operation[P, Ok],
    *,
    journal: Journal,
    key: str | Callable[[Any], str],
    among: Listing | None = None,
    lease: float | None = None,
) -> "Once[P, Ok]":
    """Return a function that calls an operation once for each item, even if processes are killed and started again.

    The function has the parameters of the operation. With an `AsyncFastpixCore`, await it. It writes to the journal that
    an item has begun, calls the operation, and writes down the value. For an item that is done, it returns that value and
    sends nothing. An item that certainly had no effect, such as one that the server rejected, can begin again.

    If it is in doubt whether an item was applied, it depends on the operation:

    * If the operation is idempotent, such as a delete, it is called again.
    * With ``among``, the item is looked for in that list. If it is there, it is done. If it is not there after the
      ``lease``, the operation is called again.
    * Otherwise the result is a `JournalError` with the reason ``doubt``, after the ``lease``. Find out yourself, and call
      ``journal.finish``.

    It can also fail as the operation can.

    Fails with:
        JournalError: the item is in doubt, or the journal cannot be used. Then nothing was sent.
        RequestValidationError: the request has no key.

    Args:
        operation: An operation, such as ``media_create``.
        journal: The journal, such as a `SqliteJournal`. It must be for one workspace and one kind of key only.
        key: What identifies an item. A text is the name of an entry in the ``metadata`` of the request, such as
            ``"row"``. Otherwise it is a function of the request that returns a text. Two requests with the same key are
            the same item.
        among: The operation that lists what ``operation`` creates, such as ``media_list``. Its items have ``metadata``,
            and ``key`` is a text. The newest items are searched, back to 5 minutes before the item began. Default: none.
        lease: For so many seconds an item that has begun may still be running in another process, from 0 to 1,000,000.
            Default: the deadline of a call, and 10 seconds more. With a shorter one, or if a process pauses or a clock is
            set while it calls, an item may be done twice.

    Raises:
        TypeError: An argument is of another kind.
        ConfigurationError: ``lease`` is out of its bounds.

    Example:
        ``many(once(media_create, journal=SqliteJournal("import.db"), key="row", among=media_list))(core, requests)``
    """
    return Once(operation, journal, key, among, lease)


class Once(Workflow[P, Ok]):
    """A function that calls an operation once for each item. `once` makes it."""

    has_journal: Literal[True] = True
    """It can be called again after anything."""

    def __init__(
        self,
        operation: Operation[P, Ok],
        journal: Journal,
        key: str | Callable[[Any], str],
        among: Listing | None,
        lease: float | None,
    ) -> None:
        check_operation(operation, "once() takes")
        if not all(callable(getattr(journal, name, None)) for name in ("begin", "finish")):
            raise TypeError(f"once() takes a journal with the methods begin and finish, not {type(journal).__name__}")
        given = cast("object", key)
        if not (callable(given) or (isinstance(given, str) and given)):
            raise TypeError(f"key must be the name of an entry, or a function of a request, not {shown(given)}")
        if among is not None:
            check_listing(among, operation)
            if callable(key):
                raise TypeError("with among, key must be the name of an entry in the metadata, not a function")
        if lease is not None:
            check_number("lease", lease, least=0)
        super().__init__(self._once)
        update_wrapper(cast("Callable[..., object]", self), operation)
        self._operation = operation
        self._journal = journal
        self._key = key
        self._among = among
        self._lease = lease

    def __reduce__(self) -> tuple[object, ...]:
        return Once, (self._operation, self._journal, self._key, self._among, self._lease)

    def _once(self, core: AnyCore, /, *args: P.args, **kwargs: P.kwargs) -> Steps[Ok]:
        request, options = request_and_options(self._operation, *args, **kwargs)
        value = self._value_of_key(request)
        item = Item(self._journal, f"{self._operation.__name__}:{value}")
        look = partial(self._look, core, value, options)
        usual = core.configuration.timeout if options is None or options.timeout is None else options.timeout
        lease = Timeout.of(usual).total + MARGIN if self._lease is None else self._lease
        was_in_doubt = False
        while True:
            begun = yield from item.begin()
            if isinstance(begun, Done):
                return value_of(self._operation.endpoint, begun.value)
            if isinstance(begun, Go):
                steps = self._call(core, request, options, was_in_doubt=was_in_doubt)
                return (yield from _attempt(steps, item, begun.attempt, look))
            was_in_doubt = True
            try:
                found = yield from self._settled(item, begun, lease, look)
            except FastpixError as error:
                error.may_have_been_applied = True
                raise
            if found is not None:
                return found

    def _call(self, core: AnyCore, request: Any, options: RequestOptions | None, *, was_in_doubt: bool) -> Steps[Ok]:
        """Call the operation. If a delete was in doubt, a 404 means that it was applied."""
        try:
            return (yield from call(core, self._operation, request, options))
        except NotFoundError:
            if not was_in_doubt or self._operation.endpoint.method != "DELETE":
                raise
        return value_of(self._operation.endpoint, b"")

    def _settled(
        self, item: Item, begun: InDoubt, lease: float, look: Callable[[float], Steps[Ok | None]]
    ) -> Steps[Ok | None]:
        """Return what an attempt in doubt has created. Otherwise wait, or let the item begin again."""
        if not self._operation.endpoint.idempotent:
            found = yield from look(begun.age)
            if found is not None:
                yield from item.note(begun.attempt, bytes_of(found))
                return found
            if begun.age < lease:
                yield Wait(min(lease - begun.age, max(SHORTEST_PAUSE, begun.age / 2)))
                return None
            if self._among is None:
                raise _in_doubt(item.key, begun.age)
        yield from item.finish(begun.attempt, None)
        return None

    def _value_of_key(self, request: Any) -> str:
        """Return what identifies an item.

        Raises:
            RequestValidationError: It is not a text, or empty.
        """
        key = self._key
        value = key(request) if callable(key) else metadata_of(request).get(key)
        if not isinstance(value, str) or not value:
            raise refusal("key" if callable(key) else f"metadata[{key!r}]", "a text that identifies the item", value)
        return value

    def _look(self, core: AnyCore, value: str, options: RequestOptions | None, age: float) -> Steps[Ok | None]:
        """Look for what an attempt has created, which began ``age`` seconds ago."""
        if self._among is None:
            return None
        found = yield from search(core, self._among, (str(self._key), value), age, options)
        if found is None:
            return None
        return value_of(self._operation.endpoint, b'{"success":true,"data":%s}' % msgspec.json.encode(found))


def _attempt(steps: Steps[Ok], item: Item, attempt: int, look: Callable[[float], Steps[Ok | None]]) -> Steps[Ok]:
    """Call the operation, and note the outcome. If the outcome is in doubt, look for what was created."""
    started = now()
    try:
        value = yield from steps
    except FastpixError as error:
        if not error.may_have_been_applied:
            yield from item.note(attempt, None)
            raise
        found = None
        with suppress(FastpixError):
            found = yield from look(now() - started)
        if found is None:
            raise
        value = found
    yield from item.note(attempt, bytes_of(value))
    return value


def _in_doubt(key: str, age: float) -> JournalError:
    told = f"an attempt that began {age:.0f} s ago may have been applied, and nothing says whether it was"
    return JournalError(told, reason="doubt", key=key)
