"""Dimensions: list the properties that views can be filtered and grouped by, and list their values."""

from typing import Literal, TypeAlias

from fastpix.api.common import ABSENT, Answer, Data, Model, SpanData, SpanRequest
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import get
from fastpix.reply import Reply

__all__ = [
    "Dimension",
    "DimensionValue",
    "ListDimensionsRequest",
    "ListDimensionsResponse",
    "ListFilterValuesRequest",
    "ListFilterValuesResponse",
    "dimensions_list",
    "dimensions_list_filter_values",
]

Dimension: TypeAlias = Literal[
    "browser_name", "browser_version", "os_name", "os_version", "device_name", "device_model", "device_type",
    "device_manufacturer", "player_remote_played", "player_name", "player_version", "player_software_name",
    "player_software_version", "player_resolution", "fp_sdk", "fp_sdk_version", "player_autoplay_on",
    "player_preload_on", "video_title", "video_id", "video_series", "fp_playback_id", "fp_live_stream_id",
    "media_id", "video_source_stream_type", "video_source_type", "video_encoding_variant", "experiment_name",
    "sub_property_id", "drm_type", "asn_name", "cdn", "video_source_hostname", "connection_type",
    "view_session_id", "continent", "country", "region", "viewer_id", "error_code", "exit_before_video_start",
    "view_has_ad", "video_startup_failed", "video_content_type", "page_context", "playback_failed", "custom_1",
    "custom_2", "custom_3", "custom_4", "custom_5", "custom_6", "custom_7", "custom_8", "custom_9", "custom_10",
]  # fmt: skip
"""A property of views. ``custom_1`` to ``custom_10`` are your own dimensions."""


class ListDimensionsRequest(Model):
    """Selects all dimensions. The operation has no parameters."""


class ListFilterValuesRequest(SpanRequest):
    """Selects a dimension, and views by time and by their dimensions."""

    dimensions_id: Dimension
    """The dimension. ``custom_1`` to ``custom_10`` are your own dimensions."""


class DimensionValue(Answer):
    """A value of a dimension, and how often it occurs."""

    value: str | None = ABSENT
    """The value, such as ``Chrome``."""
    unique_count: int | None = ABSENT
    """The number of different viewers whose views have the value."""
    count: int | None = ABSENT
    """The number of views that have the value."""


ListDimensionsResponse: TypeAlias = Data[list[str]]
ListFilterValuesResponse: TypeAlias = SpanData[list[DimensionValue]]


@get("/data/dimensions", id="list_dimensions")
def dimensions_list(
    core: FastpixCore, request: ListDimensionsRequest = ListDimensionsRequest(), options: RequestOptions | None = None
) -> Reply[ListDimensionsResponse]:
    """List the names of all dimensions.

    Fails with:
        Only the errors that every call can fail with.

    API operation: ``list_dimensions``.

    Example:
        >>> dimensions_list(core)
    """
    ...


@get("/data/dimensions/{dimensionsId}", id="list_filter_values_for_dimension")
def dimensions_list_filter_values(
    core: FastpixCore, request: ListFilterValuesRequest, options: RequestOptions | None = None
) -> Reply[ListFilterValuesResponse]:
    """List the values of a dimension in a timespan, and how often each value occurs.

    Fails with:
        UnprocessableError: the service rejects the dimension, the timespan or a filter.

    API operation: ``list_filter_values_for_dimension``.

    Example:
        >>> dimensions_list_filter_values(core, ListFilterValuesRequest("browser_name", timespan="7:days"))
    """
    ...
