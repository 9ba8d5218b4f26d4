"""Views on the local FastPix: how they are added, and how a timespan and filters select them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, cast, get_args

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from fastpix.api.common import SpanRequest, Timespan
from fastpix.api.dimensions import Dimension
from fastpix.api.views import View
from fastpix.emulator.clock import MICROSECOND, text_of_time, to_microseconds
from fastpix.emulator.http.wire import invalid
from fastpix.emulator.store.documents import Document
from fastpix.emulator.workspace import Workspace, new_uuid

__all__ = [
    "DIMENSIONS",
    "ViewRecord",
    "add_view",
    "current_views",
    "dimension_of",
    "grouped",
    "selected",
    "span_of",
    "viewers",
    "views_between",
]

DIMENSIONS: tuple[str, ...] = get_args(Dimension)
OTHER_NAMES = {"playback_failed": "view_has_error"}
"""The dimensions that have another name as a field of a view."""
UNITS = {"minutes": 60, "hours": 3600, "days": 86_400}
DEFAULT_SPAN = "24:hours"
LAST_SECOND = 253_402_300_799
"""The last second of the year 9999."""

Span: TypeAlias = tuple[int, int]


TIMES = {"viewStart", "insertTimestamp", "viewEnd", "updatedTimestamp"}
"""The fields of a view that follow from its end and its ``watchTime``."""
FIELDS_OF_VIEW = {*View.__struct_encode_fields__}
OF_EACH_VIEW = {"viewId", "fpViewerId", "workspaceId", "viewPlayingTime"}
PLAIN_VIEW: dict[str, object] = {
    **{
        name: None
        for name in View.__struct_encode_fields__
        if name not in OF_EACH_VIEW and not name.startswith("custom")
    },
    "custom": None,
    "averageBitrate": 2_500_000,
    "avgDownscaling": 0,
    "avgUpscaling": 0,
    "browserName": "Chrome",
    "bufferCount": 0,
    "bufferFill": 0,
    "bufferFrequency": 0,
    "bufferRatio": 0,
    "continent": "EU",
    "country": "Germany",
    "countryCode": "DE",
    "deviceType": "Desktop",
    "events": [],
    "exitBeforeVideoStart": False,
    "jumpLatency": 0,
    "maxDownscaling": 0,
    "maxUpscaling": 0,
    "osName": "Linux",
    "pageLoadTime": 300,
    "playbackScore": 1,
    "playerInitializationTime": 100,
    "qualityOfExperienceScore": 1,
    "renderQualityScore": 1,
    "sign": "1",
    "stabilityScore": 1,
    "startupScore": 1,
    "totalStartupTime": 600,
    "videoStartupFailed": False,
    "videoStartupTime": 200,
    "watchTime": 30_000,
    "viewHasAd": False,
}
"""The fields of a view of 30 seconds without errors."""
LONGEST_VIEW = 10**11
"""The longest ``watchTime`` of a view, in milliseconds."""


class ViewRecord(Document):
    """A view. Its position is the time at which it ended, in seconds since 1970."""

    view: View
    """The view."""
    started: float
    """The time at which it started, in seconds since 1970."""
    ended: float
    """The time at which it ended, or will end."""


def add_view(workspace: Workspace, given: dict[str, Any], ended: float, started: float | None = None) -> View:
    """Store a view, or replace the one with the same id.

    Args:
        workspace: The workspace.
        given: Fields of the view in the spelling of the API. The others are those of a view of 30 seconds without
            errors, by a viewer of its own.
        ended: The time at which it ended or will end, in seconds since 1970.
        started: The time at which it started. Default: its ``watchTime`` before its end, or now.

    Raises:
        msgspec.ValidationError: A view has no such field, its times are given, or a value is not valid.
    """
    for name in given.keys() & TIMES | given.keys() - FIELDS_OF_VIEW:
        raise msgspec.ValidationError(f"a view has no field {name!r} that can be given")
    fields = PLAIN_VIEW | {"viewHasError": given.get("errorCode") is not None} | given
    own: dict[str, object] = {"viewId": new_uuid(), "fpViewerId": new_uuid(), "workspaceId": workspace.id}
    view = msgspec.convert(own | fields, View)
    length = view.watch_time or 0
    if not 0 <= length <= LONGEST_VIEW:
        raise msgspec.ValidationError(f"watchTime must be from 0 to {LONGEST_VIEW}, not {length}")
    ended = to_microseconds(ended)
    started = to_microseconds(min(ended - length / 1000, workspace.time) if started is None else started)
    view = replace(
        view,
        view_start=_time(started),
        insert_timestamp=_time(started),
        view_end=_time(ended),
        updated_timestamp=_time(ended),
        view_playing_time=view.view_playing_time if "viewPlayingTime" in given else length,
    )
    workspace.documents.delete(ViewRecord, view.view_id)
    workspace.documents.put(view.view_id, ViewRecord(view, started, ended), position=ended)
    return view


def _time(seconds: float) -> str:
    """Return a time as the service writes it in a view: ``2025-09-24 07:33:53.390000+00:00``."""
    return cast("str", text_of_time(seconds)).replace("T", " ").replace("Z", "+00:00")


def span_of(workspace: Workspace, timespan: Timespan | UnsetType) -> Span:
    """Return start and end of a timespan in seconds since 1970. The default is the last 24 hours.

    Raises:
        RefusedError: The timespan ends before it starts, or is not between the years 1970 and 9999 (422).
    """
    if isinstance(timespan, tuple):
        if not 0 <= timespan[0] <= timespan[1] <= LAST_SECOND:
            raise invalid("timespan[]")
        return timespan
    number, _, unit = (DEFAULT_SPAN if isinstance(timespan, UnsetType) else timespan).partition(":")
    return int(workspace.time) - int(number) * UNITS[unit], int(workspace.time)


def views_between(workspace: Workspace, span: Span) -> list[View]:
    """Return the views that have ended in a timespan, in the order in which they ended. Both seconds belong to it."""
    last = min(span[1] + 1 - MICROSECOND, workspace.time)
    return [record.view for record in workspace.documents.between(ViewRecord, first=span[0], last=last)]


def selected(workspace: Workspace, request: SpanRequest) -> tuple[list[View], Span]:
    """Return the views that a request selects, and its timespan.

    Raises:
        RefusedError: The timespan or a filter is not valid (422).
    """
    span = span_of(workspace, request.timespan)
    views = views_between(workspace, span)
    for text in () if request.filter_by is UNSET else request.filter_by:
        views = [*filter(_filter(text), views)]
    return views, span


def _filter(text: str) -> Callable[[View], bool]:
    """Return the test that a filter stands for, such as ``browser_name:Chrome``. ``!`` before either part negates it."""
    name, colon, value = text.partition(":")
    excludes = name.startswith("!") or value.startswith("!")
    name, value = name.removeprefix("!"), value.removeprefix("!")
    if not colon or name not in DIMENSIONS:
        raise invalid("filterby[]")
    return lambda view: ((dimension_of(view, name) or "null") == value) is not excludes


def dimension_of(view: View, name: str) -> str | None:
    """Return the value of a dimension of a view as text. ``None`` if it has none."""
    value: object = getattr(view, OTHER_NAMES.get(name, name))
    if value is None and view.custom is not None:
        own = {one.dimension_name: one.value for one in view.custom.dimensions or ()}
        value = own.get(name)
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def grouped(views: Iterable[View], key: Callable[[View], str | None]) -> dict[str, list[View]]:
    """Return the views by a key, the largest group first. Views whose key is ``None`` are left out."""
    groups = defaultdict[str, list[View]](list)
    for view in views:
        group = key(view)
        if group is not None:
            groups[group].append(view)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def viewers(views: Iterable[View]) -> int:
    """Return the number of different viewers."""
    return len({view.viewer_id or view.fp_viewer_id for view in views})


def current_views(workspace: Workspace, time: float | None = None) -> list[View]:
    """Return the views that have started and have not ended at a time. The default is now."""
    time = workspace.time if time is None else time
    records = workspace.documents.between(ViewRecord, first=time, last=float("inf"))
    return [record.view for record in records if record.started <= time < record.ended]
