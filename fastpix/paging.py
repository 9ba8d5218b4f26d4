"""`pages` and `each`: all pages of a list, or all items of it, from an operation that returns one page.

    for result in each(live_streams_list)(core):
        match result:
            case Success(stream): ...
            case Failure(error): ...

With an `AsyncFastpixCore`, use ``async for``.

A walk over a list is a generator that uses no network. It yields the request for a page, and is sent the result. It
yields a batch: a list of results to pass on. A driver for each kind of core sends the requests.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import aclosing
from enum import IntEnum
from functools import partial, update_wrapper
from math import inf
from typing import Any, Generic, ParamSpec, TypeAlias, TypeVar, cast, get_args, get_origin, overload

import msgspec
from msgspec import UNSET, Meta, UnsetType

from fastpix._call.arguments import check_operation, request_and_options, wrong_core
from fastpix.api.common import OrderedPageRequest, Page, Pagination
from fastpix.core import AsyncFastpixCore, FastpixCore
from fastpix.operation import AnyCore, Operation
from fastpix.reply import Failure, Reply, Success

__all__ = ["Items", "Pages", "Walk", "each", "pages", "walk"]

P = ParamSpec("P")
T = TypeVar("T")
PageT = TypeVar("PageT", bound=Page[Any])
Batch: TypeAlias = list[Any]
"""Results to pass on."""
Walk: TypeAlias = Generator[msgspec.Struct | Batch, Reply[Page[Any]] | None, None]

MOST_FRUITLESS = 3
MOST_EMPTY = 100
"""A walk ends after so many empty pages in a row, whatever number of pages the service names."""


def pages(operation: Operation[P, PageT], *, prefetch: bool = False) -> "Pages[P, PageT]":
    """Return a function that reads all pages of a list.

    The function has the parameters of the operation. It returns a generator of results, or an async generator for an
    `AsyncFastpixCore`. It requests a page when you need it. A `Failure` is the last result. Its ``error.page`` is the
    number of the page that could not be read: the ``offset`` of a request that goes on from there.

    Each page is read once, as the service returns it. If items are deleted or created meanwhile, they move to other
    pages, and you may miss some or see some twice. Use `each` then.

    Args:
        operation: An operation that returns a `Page` and whose request has an ``offset``, such as ``media_list``.
            A request without a ``limit`` gets the largest one. A request with an ``offset`` begins there.
        prefetch: Whether to request the next page while you use the current one. Default: ``False``.

    Raises:
        TypeError: ``operation`` is not such an operation.

    Example:
        ``for page in pages(media_list)(core, ListMediaRequest(order_by="asc")): ...``
    """
    return Pages(operation, prefetch)


def each(operation: Operation[P, Page[T]], *, prefetch: bool = False) -> "Items[P, T]":
    """Return a function that reads all items of a list, each of them once.

    The function has the parameters of the operation. It returns a generator of results, or an async generator for an
    `AsyncFastpixCore`. It requests a page when you need its first item. A `Failure` is the last result. Its
    ``error.page`` is the number of the page to go on with, as the ``offset`` of a request. If you have deleted items,
    begin again with the first page.

    You can delete and create objects meanwhile. No item that exists all the time is missed, and none is returned
    twice, because the function remembers the ids of all items. Whether it returns an item that was created meanwhile
    depends on the order.

    When items may have moved to a page that was already read, the function reads the list again, and returns the
    items that it has not returned. This happens after the list became shorter, or a page before the last one was
    short. If the order is not newest first, it also happens after the list became longer. In the order ``asc``, it
    always happens if there is more than one page. In a list that changes all the time, an item can be missed: the
    function does not go on when three more readings in a row have found no fewer new items than those before.

    Args:
        operation: An operation that returns a `Page` of items with an id and whose request has an ``offset``, such as
            ``live_streams_list``. A request without a ``limit`` gets the largest one. A request with an ``offset``
            begins there, and never reads the pages before it.
        prefetch: Whether to request the next page while you use the items of the current one. Default: ``False``.

    Raises:
        TypeError: ``operation`` is not such an operation.

    Example:
        ``titles = [result.map(lambda media: media.title) for result in each(media_list)(core)]``
    """
    return Items(operation, prefetch)


def walk(operation: Operation[..., Page[Any]], request: msgspec.Struct) -> Walk:
    """Return the walk that `each` makes over a list, for a function that carries out its steps itself."""
    return _item_walk(_whole(request), _id_field(operation))


class _Walks:
    """The base of `Pages` and `Items`."""

    def __init__(self, operation: Operation[..., Any], prefetch: bool, walk: Callable[[Any], Walk]) -> None:
        update_wrapper(cast("Callable[..., object]", self), operation)
        self._operation = operation
        self._prefetch = prefetch
        self._walk = walk

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self._operation, self._prefetch)

    def _start(self, core: object, *args: Any, **kwargs: Any) -> Any:
        operation: Any = self._operation
        request, options = request_and_options(operation, *args, **kwargs)
        walk, call = self._walk(_whole(request)), partial(operation, core, options=options)
        if isinstance(core, FastpixCore):
            batches = _batches(call, walk)
            return _results(_ahead(batches) if self._prefetch else batches)
        if isinstance(core, AsyncFastpixCore):
            async_batches = _async_batches(call, walk)
            return _async_results(_async_ahead(async_batches) if self._prefetch else async_batches)
        raise wrong_core(core, self._operation.__name__)


class Pages(_Walks, Generic[P, PageT]):
    """A function that reads all pages of a list. `pages` makes it."""

    def __init__(self, operation: Operation[P, PageT], prefetch: bool) -> None:
        _check(operation, "pages")
        super().__init__(operation, prefetch, _page_walk)

    @overload
    def __call__(self, core: FastpixCore, *args: P.args, **kwargs: P.kwargs) -> Generator[Reply[PageT]]: ...
    @overload
    def __call__(self, core: AsyncFastpixCore, *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[Reply[PageT]]: ...
    def __call__(self, core: AnyCore, *args: P.args, **kwargs: P.kwargs) -> Any:
        return self._start(core, *args, **kwargs)


class Items(_Walks, Generic[P, T]):
    """A function that reads all items of a list. `each` makes it."""

    def __init__(self, operation: Operation[P, Page[T]], prefetch: bool) -> None:
        _check(operation, "each")
        super().__init__(operation, prefetch, partial(_item_walk, id_field=_id_field(operation)))

    @overload
    def __call__(self, core: FastpixCore, *args: P.args, **kwargs: P.kwargs) -> Generator[Reply[T]]: ...
    @overload
    def __call__(self, core: AsyncFastpixCore, *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[Reply[T]]: ...
    def __call__(self, core: AnyCore, *args: P.args, **kwargs: P.kwargs) -> Any:
        return self._start(core, *args, **kwargs)


def _check(operation: Operation[..., Any], name: str) -> None:
    check_operation(operation, f"{name}() takes")
    kind = operation.endpoint.response_type
    has_offset = all("offset" in each.__struct_fields__ for each in operation.endpoint.request_types)
    if not (has_offset and issubclass(get_origin(kind) or kind, Page)):
        wanted = "that returns a Page and whose request has an offset, such as live_streams_list"
        raise TypeError(f"{name}() takes an operation {wanted}, not {operation.__name__}")


def _id_field(operation: Operation[..., Page[Any]]) -> str:
    """Return the name of the field with the id of an item: the first required one."""
    data = next(each for each in msgspec.structs.fields(operation.endpoint.response_type) if each.name == "data")
    (item,) = get_args(data.type)
    fields = msgspec.structs.fields(item) if issubclass(get_origin(item) or item, msgspec.Struct) else ()
    name = next((each.name for each in fields if each.required), None)
    if name is None:
        told = f"the items of {operation.__name__} have no id, so items that move could not be recognized: use pages()"
        raise TypeError(f"each() takes an operation whose items have an id. {told}")
    return name


def _whole(request: Any) -> Any:
    """Return the request with the first page and the largest limit, where it names none.

    Anything that is not a request of the operation is returned unchanged. The operation then fails with an error.
    """
    fields = msgspec.structs.fields(request) if isinstance(request, msgspec.Struct) else ()
    hints = {each.name: each.type for each in fields}
    given = {"offset": 1, "limit": _largest(hints.get("limit"))}
    unset = {name: value for name, value in given.items() if getattr(request, name, None) is UNSET}
    return msgspec.structs.replace(request, **unset) if unset else request


def _largest(hint: object) -> int | UnsetType:
    """Return the upper bound in the type of a field, or ``UNSET`` if there is none."""
    annotations = [meta for choice in (hint, *get_args(hint)) for meta in getattr(choice, "__metadata__", ())]
    bounds = [meta.le for meta in annotations if isinstance(meta, Meta) and isinstance(meta.le, int)]
    return bounds[0] if bounds else UNSET


class _Moved(IntEnum):
    """Whether items may have moved towards the first page while a list was read, so that some were missed."""

    NO = 0
    MAYBE = 1
    CERTAINLY = 2


def _item_walk(asked: Any, id_field: str) -> Walk:
    """Read the list until no item can have been missed. Pass on each item once.

    If the list keeps changing, the walk ends after some readings that find no fewer new items than those before them.
    """
    known: set[object] = set()

    def new(page: Page[Any]) -> Batch:
        found = {getattr(item, id_field): item for item in page.data}
        fresh = [Success(item) for name, item in found.items() if name not in known]
        known.update(found)
        return fresh

    fewest, fruitless = inf, 0
    while fruitless < MOST_FRUITLESS:
        before = len(known)
        moved = yield from _reading(asked, new, is_first=before == 0)
        found = len(known) - before
        if moved == _Moved.NO or (moved == _Moved.MAYBE and not found):
            return
        fruitless = 0 if found < fewest else fruitless + 1
        fewest = min(fewest, found)


def _page_walk(asked: Any) -> Walk:
    yield from _reading(asked, lambda page: [Success(page)], is_first=True)


def _reading(
    asked: Any, batch_of: Callable[[Page[Any]], Batch], *, is_first: bool
) -> Generator[msgspec.Struct | Batch, Reply[Page[Any]] | None, _Moved]:
    """Read the list once. Return whether items have moved."""
    first = asked.offset if isinstance(getattr(asked, "offset", None), int) else 1
    number, request, before, empty, moved = first, asked, None, 0, _Moved.NO
    while True:
        result = cast("Reply[Page[Any]]", (yield request))
        if isinstance(result, Failure):
            result.failure().page = number if is_first and moved == _Moved.NO else first
            yield [result]
            return _Moved.NO
        page = result.unwrap()
        moved = max(moved, _moved(page, before, asked, number))
        if before is not None and _is_same(page, before, number):
            return moved
        yield batch_of(page)
        empty = 0 if page.data else empty + 1
        if _is_last(page, number) or empty == MOST_EMPTY:
            return moved
        number, before = number + 1, page
        request = msgspec.structs.replace(asked, offset=number)


def _position(page: Page[Any]) -> Pagination:
    return page.pagination or Pagination()


def _is_last(page: Page[Any], number: int) -> bool:
    pages = _position(page).offset_count
    return not page.data if pages is None else number >= pages


def _is_same(page: Page[Any], before: Page[Any], number: int) -> bool:
    """Return whether a service that was asked for a page after the last one returned the last one again.

    A page can also have the items of the page before it because so many items were created meanwhile.
    """
    position = _position(page)
    is_other = position.offset_count is None if position.current_offset is None else position.current_offset != number
    return is_other and page.data == before.data


def _moved(page: Page[Any], before: Page[Any] | None, asked: Any, number: int) -> _Moved:
    """Return whether items may have moved towards the first page since the page before was read.

    In a list that is newest first, the number of items decreases then. In a list that is oldest first, it may stay the
    same, because new items appear after the last one.
    """
    limit = getattr(asked, "limit", UNSET)
    is_short = isinstance(limit, int) and len(page.data) < limit and not _is_last(page, number)
    if before is None:
        return _Moved.MAYBE if is_short else _Moved.NO
    now, then = _position(page).total_records, _position(before).total_records
    if now is None or then is None:
        return _Moved.MAYBE
    if now < then:
        return _Moved.CERTAINLY
    is_unclear = asked.order_by == "asc" if isinstance(asked, OrderedPageRequest) else now != then
    return _Moved.MAYBE if is_short or is_unclear else _Moved.NO


def _batches(call: Callable[[Any], Reply[Page[Any]]], walk: Walk) -> Generator[Batch]:
    outcome: Reply[Page[Any]] | None = None
    while True:
        try:
            step = walk.send(outcome)
        except StopIteration:
            return
        if isinstance(step, list):
            yield step
            outcome = None
        else:
            outcome = call(step)


async def _async_batches(call: Callable[[Any], Awaitable[Reply[Page[Any]]]], walk: Walk) -> AsyncGenerator[Batch]:
    outcome: Reply[Page[Any]] | None = None
    while True:
        try:
            step = walk.send(outcome)
        except StopIteration:
            return
        if isinstance(step, list):
            yield step
            outcome = None
        else:
            outcome = await call(step)


def _ahead(batches: Generator[Batch]) -> Generator[Batch]:
    """Get each batch in a thread while the one before it is used."""
    from fastpix._background import Threads

    threads: Threads[Batch | None] = Threads(1)
    read = partial(next, batches, None)
    try:
        threads.start(read)
        while (batch := threads.next()) is not None:
            threads.start(read)
            yield batch
    finally:
        threads.stop(wait=False)


async def _async_ahead(batches: AsyncGenerator[Batch]) -> AsyncGenerator[Batch]:
    """Get each batch in a task while the one before it is used."""
    from fastpix._background import Tasks

    tasks: Tasks[Batch | None] = Tasks()

    async def read() -> Batch | None:
        return await anext(batches, None)

    try:
        tasks.start(read())
        while (batch := await tasks.next()) is not None:
            tasks.start(read())
            yield batch
    finally:
        await tasks.stop()
        await batches.aclose()


def _results(batches: Generator[Batch]) -> Generator[Reply[Any]]:
    for batch in batches:
        yield from batch


async def _async_results(batches: AsyncGenerator[Batch]) -> AsyncGenerator[Reply[Any]]:
    async with aclosing(batches):
        async for batch in batches:
            for result in batch:
                yield result
