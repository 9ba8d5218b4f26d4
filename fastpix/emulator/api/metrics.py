"""Metrics on the local FastPix, computed from the views that the seed added."""

from collections import defaultdict
from collections.abc import Iterable
from typing import cast

from msgspec import UNSET, UnsetType

from fastpix.api.common import Number, SpanData
from fastpix.api.metrics import (
    Aggregation,
    Breakdown,
    Comparison,
    GetTimeseriesRequest,
    GetTimeseriesResponse,
    ListBreakdownRequest,
    ListBreakdownResponse,
    ListComparisonRequest,
    ListOverallRequest,
    ListOverallResponse,
    Measurement,
    Overall,
    TimeseriesPoint,
    metrics_get_timeseries_data,
    metrics_list_breakdown_values,
    metrics_list_comparison_values,
    metrics_list_overall_values,
)
from fastpix.api.views import View
from fastpix.emulator.clock import text_of_time
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import invalid
from fastpix.emulator.model.metrics import MEASURES, Measure, measured
from fastpix.emulator.model.views import DIMENSIONS, dimension_of, grouped, selected, viewers, views_between
from fastpix.emulator.workspace import Workspace, given, number, paged

__all__ = ["get_timeseries", "list_breakdown", "list_comparison", "list_overall"]

STEPS = {"minute": 60, "ten_minutes": 600, "hour": 3600, "day": 86_400}
COLUMNS = {"views", "value", "total_watch_time", "total_playing_time", "field"}


@handles(
    metrics_list_breakdown_values,
    recorded="the fields, the pages, and the text null for views without a value",
    documented="the filters",
    guessed="the columns to sort by are the fields of the response; browser_name is the default dimension",
)
def list_breakdown(workspace: Workspace, request: ListBreakdownRequest) -> ListBreakdownResponse:
    views, span = selected(workspace, request)
    dimension = given(request.group_by, "browser_name")
    if dimension not in DIMENSIONS:
        raise invalid("groupBy")
    column = given(request.order_by, "views")
    if column not in COLUMNS:
        raise invalid("orderBy")
    groups = grouped(views, lambda view: dimension_of(view, dimension) or "null")
    rows = [_breakdown(request, value, found) for value, found in groups.items()]
    rows.sort(key=lambda row: cast("float", getattr(row, column)), reverse=request.sort_order == "desc")
    found = paged(rows, request)
    return ListBreakdownResponse(
        found.data, found.pagination, success=True, timespan=[*span], metadata=Aggregation("view_end")
    )


def _breakdown(request: ListBreakdownRequest, value: str, views: list[View]) -> Breakdown:
    return Breakdown(
        views=len(views),
        value=_value(request.metric_id, views, request.measurement),
        total_watch_time=_sum(view.watch_time for view in views),
        total_playing_time=_sum(view.view_playing_time for view in views),
        field=value,
    )


@handles(
    metrics_list_overall_values, documented="the fields", guessed="globalValue is that of all views of the timespan"
)
def list_overall(workspace: Workspace, request: ListOverallRequest) -> ListOverallResponse:
    views, span = selected(workspace, request)
    overall = Overall(
        value=_value(request.metric_id, views, request.measurement),
        total_watch_time=_sum(view.watch_time for view in views),
        unique_views=viewers(views),
        total_views=len(views),
        total_play_time=_sum(view.view_playing_time for view in views),
        global_value=_value(request.metric_id, views_between(workspace, span), request.measurement),
    )
    return ListOverallResponse(overall, success=True, timespan=[*span], metadata=Aggregation("view_end"))


@handles(
    metrics_get_timeseries_data,
    recorded="a timespan in milliseconds",
    documented="the fields",
    guessed="a step without views is left out",
)
def get_timeseries(workspace: Workspace, request: GetTimeseriesRequest) -> GetTimeseriesResponse:
    views, span = selected(workspace, request)
    length = STEPS[given(request.group_by, "minute")]
    steps = defaultdict[int, list[View]](list)
    for view in views:
        ended = 0 if view.view_end is None else view.view_end.timestamp()
        steps[int(ended) // length * length].append(view)
    points = [
        TimeseriesPoint(text_of_time(start), _value(request.metric_id, found, request.measurement), len(found))
        for start, found in sorted(steps.items(), reverse=request.sort_order == "desc")
    ]
    metadata = Aggregation("view_end", granularity=given(request.group_by, "minute"))
    return GetTimeseriesResponse(points, success=True, timespan=[time * 1000 for time in span], metadata=metadata)


@handles(
    metrics_list_comparison_values,
    documented="the fields, the metrics that consist of others, and both spellings of their ids",
    guessed="which metrics those are; a request without a dimension compares all views",
)
def list_comparison(workspace: Workspace, request: ListComparisonRequest) -> SpanData[list[Comparison]]:
    if (request.dimension is UNSET) != (request.value is UNSET):
        raise invalid("dimension" if request.dimension is UNSET else "value")
    views, span = selected(workspace, request)
    if request.dimension is not UNSET:
        views = [view for view in views if dimension_of(view, request.dimension) == request.value]
    whole = [_comparison(measure, views) for measure in MEASURES.values() if not measure.part_of]
    return SpanData(whole, success=True, timespan=[*span])


def _comparison(measure: Measure, views: list[View]) -> Comparison:
    parts = [_comparison(part, views) for part in MEASURES.values() if part.part_of == measure.metric]
    return Comparison(
        value=_value(measure.metric, views, measure.measurement),
        type=measure.unit,
        name=measure.name,
        metric=_in_camel_case(measure.metric) if measure.part_of else measure.metric,
        measurement=measure.measurement,
        items=parts or None,
    )


def _in_camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _value(metric: str, views: list[View], measurement: Measurement | UnsetType) -> Number:
    return number(measured(metric, views, given(measurement, "avg")))


def _sum(values: Iterable[int | None]) -> int:
    return sum(value or 0 for value in values)
