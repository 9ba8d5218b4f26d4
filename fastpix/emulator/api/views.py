"""Views on the local FastPix. They come from the seed."""

from collections import Counter
from datetime import UTC, datetime
from typing import cast

from msgspec import UNSET

from fastpix.api.common import Data, SpanData, SpanPage
from fastpix.api.views import (
    ConcurrentPoint,
    ConcurrentViewers,
    GetConcurrentTimeseriesRequest,
    GetViewRequest,
    ListConcurrentByDimensionRequest,
    ListTopContentRequest,
    ListViewsRequest,
    TopContent,
    View,
    ViewSummary,
    views_get,
    views_get_concurrent_timeseries,
    views_list,
    views_list_concurrent_by_dimension,
    views_list_top_content,
)
from fastpix.emulator.clock import text_of_time
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import invalid
from fastpix.emulator.model.views import ViewRecord, current_views, dimension_of, grouped, selected, viewers
from fastpix.emulator.workspace import DEFAULT_LIMIT, Workspace, find, given, paged

__all__ = ["get", "get_concurrent_timeseries", "list_concurrent_by_dimension", "list_top_content", "list_views"]

HALF_AN_HOUR = 1800
MINUTE = 60


@handles(
    views_list,
    recorded="the fields, the times without a zone, and the pages",
    documented="the filters by viewer and by error",
    guessed="the columns to sort by are the fields of a view",
)
def list_views(workspace: Workspace, request: ListViewsRequest) -> SpanPage[ViewSummary]:
    views, span = selected(workspace, request)
    if request.viewer_id is not UNSET:
        views = [view for view in views if view.viewer_id == request.viewer_id]
    if request.error_code is not UNSET:
        views = [view for view in views if view.error_code == request.error_code]
    column = given(request.order_by, "view_end")
    if column not in View.__struct_fields__:
        raise invalid("orderBy")
    views.sort(key=lambda view: _sortable(getattr(view, column)), reverse=request.sort_order == "desc")
    found = paged(views, request)
    return SpanPage([_summary(view) for view in found.data], found.pagination, success=True, timespan=[*span])


def _sortable(value: object) -> tuple[bool, float, str]:
    """Return a key that compares values of all types. A view without a value comes first."""
    if isinstance(value, datetime):
        value = value.timestamp()
    if isinstance(value, int | float):
        return True, value, ""
    return value is not None, 0, str(value)


def _summary(view: View) -> ViewSummary:
    return ViewSummary(
        view_id=view.view_id,
        operating_system=view.os_name,
        application=view.browser_name,
        view_start_time=_without_zone(view.view_start),
        view_end_time=_without_zone(view.view_end),
        video_title=view.video_title,
        error_code=view.error_code,
        error_message=view.error_message,
        error_id=view.error_id,
        country=view.country_code,
        view_watch_time=view.watch_time,
        qoe_score=view.quality_of_experience_score,
    )


def _without_zone(time: datetime | None) -> datetime | None:
    """Return a time as the list of views writes it, in UTC and without a zone."""
    return time and cast("datetime", time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds"))


@handles(views_get, documented="the fields, and the short names of events", guessed="the message of the 404")
def get(workspace: Workspace, request: GetViewRequest) -> Data[View]:
    return Data(find(workspace, ViewRecord, request.view_id, "View not found").view, success=True)


@handles(
    views_list_top_content,
    recorded="a view without a title counts for the text null",
    documented="the fields",
    guessed="the most viewed first",
)
def list_top_content(workspace: Workspace, request: ListTopContentRequest) -> SpanData[list[TopContent]]:
    views, span = selected(workspace, request)
    titles = grouped(views, lambda view: "null" if view.video_title is None else view.video_title)
    top = [TopContent(title, len(found), viewers(found)) for title, found in titles.items()]
    return SpanData(top[: given(request.limit, DEFAULT_LIMIT)], success=True, timespan=[*span])


@handles(
    views_get_concurrent_timeseries,
    documented="the fields, the last 30 minutes, and a timespan in milliseconds",
    guessed="one point for each minute",
)
def get_concurrent_timeseries(
    workspace: Workspace, request: GetConcurrentTimeseriesRequest
) -> SpanData[list[ConcurrentPoint]]:
    now = int(workspace.time)
    times = range(now - HALF_AN_HOUR + MINUTE, now + 1, MINUTE)
    points = [ConcurrentPoint(text_of_time(time), None, len(current_views(workspace, time))) for time in times]
    return SpanData(points, success=True, timespan=[(now - HALF_AN_HOUR) * 1000, now * 1000])


@handles(
    views_list_concurrent_by_dimension,
    documented="the fields",
    guessed="dimension_name is the value of the dimension; country is the default; most viewers first",
)
def list_concurrent_by_dimension(
    workspace: Workspace, request: ListConcurrentByDimensionRequest
) -> SpanData[list[ConcurrentViewers]]:
    name = given(request.dimension, "country")
    counts = Counter(dimension_of(view, name) or "null" for view in current_views(workspace))
    ranked = counts.most_common(given(request.limit, DEFAULT_LIMIT))
    now = int(workspace.time) * 1000
    return SpanData([ConcurrentViewers(count, value) for value, count in ranked], success=True, timespan=[now, now])
