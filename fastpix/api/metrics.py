"""Metrics of views: over all, by the values of a dimension, over time, and of one value against the rest."""

from typing import Literal, TypeAlias

from msgspec import UNSET, UnsetType

from fastpix.api.common import (
    ABSENT,
    Answer,
    Number,
    SortOrder,
    SpanData,
    SpanPage,
    SpanPageRequest,
    SpanRequest,
)
from fastpix.api.dimensions import Dimension
from fastpix.api.times import Timestamp
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import get
from fastpix.reply import Reply

__all__ = [
    "Aggregation",
    "Breakdown",
    "Comparison",
    "Dimension",
    "GetTimeseriesRequest",
    "GetTimeseriesResponse",
    "ListBreakdownRequest",
    "ListBreakdownResponse",
    "ListComparisonRequest",
    "ListComparisonResponse",
    "ListOverallRequest",
    "ListOverallResponse",
    "Measurement",
    "Metric",
    "Number",
    "Overall",
    "SortOrder",
    "TimeseriesPoint",
    "Timestamp",
    "metrics_get_timeseries_data",
    "metrics_list_breakdown_values",
    "metrics_list_comparison_values",
    "metrics_list_overall_values",
]

Measurement: TypeAlias = Literal["95th", "median", "avg", "count", "sum"]
Metric: TypeAlias = Literal[
    "views", "unique_viewers", "playing_time", "quality_of_experience_score", "playback_score",
    "playback_failure_percentage", "exit_before_video_start", "video_startup_failure_percentage",
    "startup_score", "video_startup_time", "player_startup_time", "page_load_time", "total_startup_time",
    "live_stream_latency", "average_bitrate", "buffer_count", "render_quality_score", "avg_upscaling",
    "avg_downscaling", "max_upscaling", "max_downscaling", "jump_latency", "stability_score", "buffer_ratio",
    "buffer_frequency", "buffer_fill",
]  # fmt: skip


class ListBreakdownRequest(SpanPageRequest):
    """Which metric, and how it is broken down; see `SpanPageRequest` for the rest.

    Attributes:
        group_by: the dimension whose values are told apart.
        measurement: how many views become one figure; default ``avg``.
    """

    metric_id: Metric
    group_by: str | UnsetType = UNSET
    measurement: Measurement | UnsetType = UNSET


class ListOverallRequest(SpanRequest):
    """Which metric; ``measurement`` is how many views become one figure, default ``avg``."""

    metric_id: Metric
    measurement: Measurement | UnsetType = UNSET


class GetTimeseriesRequest(SpanRequest):
    """Which metric, and in which steps.

    Attributes:
        group_by: how long a step is; default ``minute``.
        sort_order: default ``asc``, the oldest first.
        measurement: how many views become one figure; default ``avg``.
    """

    metric_id: Metric
    group_by: Literal["minute", "ten_minutes", "hour", "day"] | UnsetType = UNSET
    sort_order: SortOrder | UnsetType = UNSET
    measurement: Measurement | UnsetType = UNSET


class ListComparisonRequest(SpanRequest):
    """Which value of which dimension is compared, such as ``browser_name`` and ``Chrome``."""

    dimension: Dimension | UnsetType = UNSET
    value: str | UnsetType = UNSET


class Aggregation(Answer):
    """How views became figures; ``granularity`` is how long a step of time is, where there are steps."""

    aggregation: str | None = ABSENT
    granularity: str | None = ABSENT


class Breakdown(Answer):
    """A metric for one value of a dimension.

    Attributes:
        field: the value; the text ``null`` for views that have none.
        value: of the metric: scores from 0 to 1, times in milliseconds.
        total_watch_time: milliseconds, as ``total_playing_time``.
    """

    views: int | None = ABSENT
    value: Number | None = ABSENT
    total_watch_time: int | None = ABSENT
    total_playing_time: int | None = ABSENT
    field: str | None = ABSENT


class Overall(Answer):
    """A metric over all views.

    Attributes:
        value: of the metric: scores from 0 to 1, times in milliseconds.
        global_value: the same without the filters.
        total_watch_time: milliseconds, as ``total_play_time``.
    """

    value: Number | None = ABSENT
    total_watch_time: int | None = ABSENT
    unique_views: int | None = ABSENT
    total_views: int | None = ABSENT
    total_play_time: int | None = ABSENT
    global_value: Number | None = ABSENT


class TimeseriesPoint(Answer):
    """A metric in one step of time."""

    interval_time: Timestamp | None = ABSENT
    metric_value: Number | None = ABSENT
    number_of_views: int | None = ABSENT


class Comparison(Answer):
    """A metric of the compared value; ``items`` are those it is made of."""

    value: Number | None = ABSENT
    type: str | None = ABSENT
    name: str | None = ABSENT
    metric: str | None = ABSENT
    measurement: str | None = ABSENT
    items: list["Comparison"] | None = ABSENT


class ListBreakdownResponse(SpanPage[Breakdown]):
    """A page of a metric by the values of a dimension."""

    metadata: Aggregation | None = ABSENT


class ListOverallResponse(SpanData[Overall]):
    """A metric over all views."""

    metadata: Aggregation | None = ABSENT


class GetTimeseriesResponse(SpanData[list[TimeseriesPoint]]):
    """A metric over time; ``timespan`` is its begin and end, in milliseconds since 1970."""

    metadata: Aggregation | None = ABSENT


ListComparisonResponse: TypeAlias = SpanData[list[Comparison]]


@get("/data/metrics/{metricId}/breakdown", id="list_breakdown_values")
def metrics_list_breakdown_values(
    core: FastpixCore, request: ListBreakdownRequest, options: RequestOptions | None = None
) -> Reply[ListBreakdownResponse]:
    """Break a metric down by the values of a dimension, a page at a time.

    Fails with `UnprocessableError` for an unknown metric, dimension, timespan or filter.
    Follows ``list_breakdown_values`` of the API.

    Example:
        ``metrics_list_breakdown_values(core, ListBreakdownRequest(metric_id="playback_score",
        group_by="browser_name", timespan="24:hours"))``
    """
    ...


@get("/data/metrics/{metricId}/overall", id="list_overall_values")
def metrics_list_overall_values(
    core: FastpixCore, request: ListOverallRequest, options: RequestOptions | None = None
) -> Reply[ListOverallResponse]:
    """Tell a metric over all views of a span of time.

    Fails with `UnprocessableError` for an unknown metric, timespan or filter.
    Follows ``list_overall_values`` of the API.
    """
    ...


@get("/data/metrics/{metricId}/timeseries", id="get_timeseries_data")
def metrics_get_timeseries_data(
    core: FastpixCore, request: GetTimeseriesRequest, options: RequestOptions | None = None
) -> Reply[GetTimeseriesResponse]:
    """Tell a metric step by step over a span of time.

    Fails with `UnprocessableError` for an unknown metric, timespan or filter.
    Follows ``get_timeseries_data`` of the API.

    Example:
        ``metrics_get_timeseries_data(core, GetTimeseriesRequest(metric_id="views", group_by="hour",
        timespan=(1_779_193_816, 1_779_280_216)))``
    """
    ...


@get("/data/metrics/comparison", id="list_comparison_values")
def metrics_list_comparison_values(
    core: FastpixCore, request: ListComparisonRequest = ListComparisonRequest(), options: RequestOptions | None = None
) -> Reply[ListComparisonResponse]:
    """Tell all metrics of the views that have one value of a dimension.

    Fails with `UnprocessableError` for an unknown dimension, timespan or filter.
    Follows ``list_comparison_values`` of the API.

    Example:
        ``metrics_list_comparison_values(core, ListComparisonRequest(dimension="browser_name", value="Chrome"))``
    """
    ...
