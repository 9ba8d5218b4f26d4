"""Metrics: overall values, values by dimension, values over time, and a comparison of all metrics."""

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
"""How the values of many views become one value. ``95th`` is the 95th percentile."""
Metric: TypeAlias = Literal[
    "views", "unique_viewers", "playing_time", "quality_of_experience_score", "playback_score",
    "playback_failure_percentage", "exit_before_video_start", "video_startup_failure_percentage",
    "startup_score", "video_startup_time", "player_startup_time", "page_load_time", "total_startup_time",
    "live_stream_latency", "average_bitrate", "buffer_count", "render_quality_score", "avg_upscaling",
    "avg_downscaling", "max_upscaling", "max_downscaling", "jump_latency", "stability_score", "buffer_ratio",
    "buffer_frequency", "buffer_fill",
]  # fmt: skip
"""The id of a metric."""


class ListBreakdownRequest(SpanPageRequest):
    """Selects a metric, a dimension, views, and a page of the list.

    `order_by`: The column that the list is sorted by. Default: ``views``.
    """

    metric_id: Metric
    """The id of the metric."""
    group_by: str | UnsetType = UNSET
    """The dimension to group by. One of the values of `Dimension`, such as ``browser_name``."""
    measurement: Measurement | UnsetType = UNSET
    """How the values of many views become one value. Default: ``avg``."""


class ListOverallRequest(SpanRequest):
    """Selects a metric, and views by time and by their dimensions."""

    metric_id: Metric
    """The id of the metric."""
    measurement: Measurement | UnsetType = UNSET
    """How the values of many views become one value. Default: ``avg``."""


class GetTimeseriesRequest(SpanRequest):
    """Selects a metric, the length of a time step, and views by time and by their dimensions."""

    metric_id: Metric
    """The id of the metric."""
    group_by: Literal["minute", "ten_minutes", "hour", "day"] | UnsetType = UNSET
    """The length of a time step. Default: ``minute``."""
    sort_order: SortOrder | UnsetType = UNSET
    """The order of the steps. ``asc``: oldest first. ``desc``: newest first. Default: ``asc``."""
    measurement: Measurement | UnsetType = UNSET
    """How the values of many views become one value. Default: ``avg``."""


class ListComparisonRequest(SpanRequest):
    """Selects one value of a dimension, and views by time and by their dimensions."""

    dimension: Dimension | UnsetType = UNSET
    """The dimension, such as ``browser_name``."""
    value: str | UnsetType = UNSET
    """The value of the dimension, such as ``Chrome``. `dimensions_list_filter_values` lists the values."""


class Aggregation(Answer):
    """How the API aggregated the views."""

    aggregation: str | None = ABSENT
    """The field that the API aggregated by, such as ``view_end``."""
    granularity: str | None = ABSENT
    """The length of a time step, such as ``day``. ``None`` if the response has no time steps."""


class Breakdown(Answer):
    """A metric for one value of a dimension."""

    views: int | None = ABSENT
    """The number of views."""
    value: Number | None = ABSENT
    """The value of the metric. Scores are from 0 to 1, times in milliseconds."""
    total_watch_time: int | None = ABSENT
    """The watch time of all views, in milliseconds."""
    total_playing_time: int | None = ABSENT
    """The time that the videos of all views were playing, in milliseconds."""
    field: str | None = ABSENT
    """The value of the dimension. For views without a value it is the text ``null``."""


class Overall(Answer):
    """A metric for all selected views together."""

    value: Number | None = ABSENT
    """The value of the metric. Scores are from 0 to 1, times in milliseconds."""
    total_watch_time: int | None = ABSENT
    """The watch time of all views, in milliseconds."""
    unique_views: int | None = ABSENT
    """The number of different viewers."""
    total_views: int | None = ABSENT
    """The number of views."""
    total_play_time: int | None = ABSENT
    """The time that the videos of all views were playing, in milliseconds."""
    global_value: Number | None = ABSENT
    """The value of the metric for all views of the timespan: the filters do not apply."""


class TimeseriesPoint(Answer):
    """A metric in one time step."""

    interval_time: Timestamp | None = ABSENT
    """The timestamp of the step."""
    metric_value: Number | None = ABSENT
    """The value of the metric. Scores are from 0 to 1, times in milliseconds."""
    number_of_views: int | None = ABSENT
    """The number of views in the step."""


class Comparison(Answer):
    """A metric for the selected value of a dimension."""

    value: Number | None = ABSENT
    """The value of the metric. `type` gives its unit."""
    type: str | None = ABSENT
    """The unit of the value, such as ``number``, ``milliseconds`` or ``score``."""
    name: str | None = ABSENT
    """The display name of the metric, such as ``Unique Viewers``."""
    metric: str | None = ABSENT
    """The id of the metric. The API documents two spellings, such as ``startup_score`` and ``uniqueViewers``."""
    measurement: str | None = ABSENT
    """How the values of many views became one value, such as ``avg``, ``sum``, ``count`` or ``95th``."""
    items: list["Comparison"] | None = ABSENT
    """The metrics that this metric consists of. ``None`` if there are none."""


class ListBreakdownResponse(SpanPage[Breakdown]):
    """A response with one page of the values of a metric, grouped by the values of a dimension."""

    metadata: Aggregation | None = ABSENT
    """How the API aggregated the views."""


class ListOverallResponse(SpanData[Overall]):
    """A response with a metric for all selected views together."""

    metadata: Aggregation | None = ABSENT
    """How the API aggregated the views."""


class GetTimeseriesResponse(SpanData[list[TimeseriesPoint]]):
    """A response with a metric over time. `timespan` is in milliseconds since 1970."""

    metadata: Aggregation | None = ABSENT
    """How the API aggregated the views."""


ListComparisonResponse: TypeAlias = SpanData[list[Comparison]]


@get("/data/metrics/{metricId}/breakdown", id="list_breakdown_values")
def metrics_list_breakdown_values(
    core: FastpixCore, request: ListBreakdownRequest, options: RequestOptions | None = None
) -> Reply[ListBreakdownResponse]:
    """List the values of a metric, grouped by the values of a dimension, one page at a time.

    Fails with:
        UnprocessableError: the service rejects the metric, the dimension, the timespan or a filter.

    API operation: ``list_breakdown_values``.

    Example:
        >>> request = ListBreakdownRequest("playback_score", group_by="browser_name", timespan="24:hours")
        >>> metrics_list_breakdown_values(core, request)
    """
    ...


@get("/data/metrics/{metricId}/overall", id="list_overall_values")
def metrics_list_overall_values(
    core: FastpixCore, request: ListOverallRequest, options: RequestOptions | None = None
) -> Reply[ListOverallResponse]:
    """Get the value of a metric for all views of a timespan together.

    Fails with:
        UnprocessableError: the service rejects the metric, the timespan or a filter.

    API operation: ``list_overall_values``.

    Example:
        >>> metrics_list_overall_values(core, ListOverallRequest("video_startup_time", measurement="median"))
    """
    ...


@get("/data/metrics/{metricId}/timeseries", id="get_timeseries_data")
def metrics_get_timeseries_data(
    core: FastpixCore, request: GetTimeseriesRequest, options: RequestOptions | None = None
) -> Reply[GetTimeseriesResponse]:
    """Get the values of a metric over a timespan, step by step.

    `timespan` in the response is in milliseconds since 1970. In the request it is in seconds.

    Fails with:
        UnprocessableError: the service rejects the metric, the timespan or a filter.

    API operation: ``get_timeseries_data``.

    Example:
        >>> request = GetTimeseriesRequest("views", group_by="hour", timespan=(1_779_193_816, 1_779_280_216))
        >>> metrics_get_timeseries_data(core, request)
    """
    ...


@get("/data/metrics/comparison", id="list_comparison_values")
def metrics_list_comparison_values(
    core: FastpixCore, request: ListComparisonRequest = ListComparisonRequest(), options: RequestOptions | None = None
) -> Reply[ListComparisonResponse]:
    """List all metrics of the views that have one value of a dimension.

    Fails with:
        UnprocessableError: the service rejects the dimension, the timespan or a filter.

    API operation: ``list_comparison_values``.

    Example:
        >>> metrics_list_comparison_values(core, ListComparisonRequest(dimension="browser_name", value="Chrome"))
    """
    ...
