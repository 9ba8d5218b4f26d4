"""Looks for what an operation has created, by an entry of its metadata."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias, cast, get_args, get_origin

import msgspec

from fastpix._call.call import Steps, Wait
from fastpix.api.common import Data, OrderedPageRequest, Page
from fastpix.configuration import RequestOptions
from fastpix.errors import RateLimitedError
from fastpix.operation import AnyCore, Operation, raise_or_return
from fastpix.paging import Walk, walk
from fastpix.reply import Reply, Success

__all__ = ["Listing", "check_listing", "metadata_of", "search"]

CLOCK_DIFFERENCE = 300.0
"""The seconds by which the clocks of this machine, of the journal and of the service may differ."""

MOST_FAILURES = 3
"""The number of failures in a row after which a page cannot be read."""
PAUSE = 0.25
"""The seconds before a page is asked for again."""


class _Listed(Protocol):
    """An item of a list, such as a `Media`."""

    @property
    def metadata(self) -> dict[str, str | None] | None: ...


Listing: TypeAlias = Operation[..., Page[Any]]


def metadata_of(request: msgspec.Struct) -> Mapping[str, object]:
    """Return the metadata of a request, or of the settings in it. It is empty if there is none."""
    parts = [request, *(getattr(request, name) for name in request.__struct_fields__)]
    given: list[object] = [getattr(part, "metadata", None) for part in parts]
    empty: Mapping[str, object] = {}
    return next((cast("Mapping[str, object]", metadata) for metadata in given if isinstance(metadata, Mapping)), empty)


def check_listing(listing: Listing, operation: Operation[..., Any]) -> None:
    """Check that ``listing`` lists what ``operation`` creates, newest first and with metadata.

    Raises:
        TypeError: It does not.
    """
    created, listed = operation.endpoint.response_type, listing.endpoint.response_type
    is_ordered = all(issubclass(kind, OrderedPageRequest) for kind in listing.endpoint.request_types)
    if not (is_ordered and get_origin(created) is Data and "metadata" in _fields_of_item(listed)):
        wanted = f"the operation that lists what {operation.__name__} creates, with its metadata, such as media_list"
        raise TypeError(f"among must be {wanted}, not {listing.__name__}")


def _fields_of_item(listed: Any) -> tuple[str, ...]:
    (item,) = get_args(listed) or (None,)
    return getattr(item, "__struct_fields__", ())


def search(
    core: AnyCore, listing: Listing, entry: tuple[str, str], age: float, options: RequestOptions | None
) -> Steps[_Listed | None]:
    """Return the newest item that has an entry in its metadata, or ``None``.

    Args:
        core: The core.
        listing: The operation that lists the items.
        entry: The name and the value of the entry.
        age: The seconds since the item can have been created. Older items are not searched.
        options: Settings for the calls.

    Raises:
        FastpixError: A page could not be read.
    """
    name, value = entry
    oldest = datetime.fromtimestamp(time.time() - age - CLOCK_DIFFERENCE, UTC)
    (kind,) = listing.endpoint.request_types
    steps: Walk = walk(listing, cast("Any", kind)(order_by="desc"))
    outcome: Reply[Page[Any]] | None = None
    while True:
        try:
            step = steps.send(outcome)
        except StopIteration:
            return None
        if not isinstance(step, list):
            outcome = yield from _page(core, listing, step, options)
            continue
        items: list[_Listed] = [raise_or_return(result) for result in step]
        for item in items:
            if (item.metadata or {}).get(name) == value:
                return item
        if items and all(_is_before(item, oldest) for item in items):
            return None
        outcome = None


def _page(
    core: AnyCore, listing: Listing, request: msgspec.Struct, options: RequestOptions | None
) -> Steps[Reply[Page[Any]]]:
    """Read a page. One failure in a long list would leave the item in doubt, so try again, whatever the failure is."""
    failures = 0
    while True:
        answered = yield from core.steps(listing.endpoint, request, options)
        failures += 1
        if (
            isinstance(answered, Success)
            or isinstance(answered.failure(), RateLimitedError)
            or failures == MOST_FAILURES
        ):
            return answered.map(lambda answered: answered.value)
        yield Wait(PAUSE)


def _is_before(item: _Listed, moment: datetime) -> bool:
    created: object = getattr(item, "created_at", None)
    return isinstance(created, datetime) and (created if created.tzinfo else created.replace(tzinfo=UTC)) < moment
