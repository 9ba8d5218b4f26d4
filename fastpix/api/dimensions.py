"""Dimensions: what views can be filtered and grouped by, and the values that occur."""

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


class ListDimensionsRequest(Model):
    """There is nothing to choose."""


class ListFilterValuesRequest(SpanRequest):
    """Of which dimension the values are listed; ``custom_1`` to ``custom_10`` are your own."""

    dimensions_id: Dimension


class DimensionValue(Answer):
    """A value of a dimension: in how many views it occurs, and of how many viewers."""

    value: str | None = ABSENT
    unique_count: int | None = ABSENT
    count: int | None = ABSENT


ListDimensionsResponse: TypeAlias = Data[list[str]]
ListFilterValuesResponse: TypeAlias = SpanData[list[DimensionValue]]


@get("/data/dimensions", id="list_dimensions")
def dimensions_list(
    core: FastpixCore, request: ListDimensionsRequest = ListDimensionsRequest(), options: RequestOptions | None = None
) -> Reply[ListDimensionsResponse]:
    """List the names of all dimensions.

    Follows ``list_dimensions`` of the API.
    """
    ...


@get("/data/dimensions/{dimensionsId}", id="list_filter_values_for_dimension")
def dimensions_list_filter_values(
    core: FastpixCore, request: ListFilterValuesRequest, options: RequestOptions | None = None
) -> Reply[ListFilterValuesResponse]:
    """List the values of a dimension that occur in a span of time, and how often.

    Fails with `UnprocessableError` for an unknown dimension, timespan or filter.
    Follows ``list_filter_values_for_dimension`` of the API.

    Example:
        ``dimensions_list_filter_values(core, ListFilterValuesRequest(dimensions_id="browser_name",
        timespan="7:days"))``
    """
    ...
