"""Views: who watched what and how it went, the most watched titles, and who watches now."""

from typing import Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from fastpix.api.common import (
    ABSENT,
    Answer,
    Data,
    Limit,
    Model,
    Number,
    SpanData,
    SpanPage,
    SpanPageRequest,
    SpanRequest,
)
from fastpix.api.times import Timestamp
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import get
from fastpix.reply import Reply

__all__ = [
    "ConcurrentPoint",
    "ConcurrentViewers",
    "CurrentDimension",
    "CustomDimension",
    "CustomDimensions",
    "GetConcurrentTimeseriesRequest",
    "GetConcurrentTimeseriesResponse",
    "GetViewRequest",
    "GetViewResponse",
    "Limit",
    "ListConcurrentByDimensionRequest",
    "ListConcurrentByDimensionResponse",
    "ListTopContentRequest",
    "ListTopContentResponse",
    "ListViewsRequest",
    "ListViewsResponse",
    "Number",
    "Timestamp",
    "TopContent",
    "View",
    "ViewEvent",
    "ViewSummary",
    "views_get",
    "views_get_concurrent_timeseries",
    "views_list",
    "views_list_concurrent_by_dimension",
    "views_list_top_content",
]

CurrentDimension: TypeAlias = Literal[
    "country", "region", "asn_id", "cdn", "video_title", "video_series", "video_id", "sub_property_id",
    "video_source_stream_type", "os_name", "player_name", "media_id", "fp_playback_id", "view_id",
]  # fmt: skip


class ListViewsRequest(SpanPageRequest):
    """Which views, and which page of them; see `SpanPageRequest` for the rest.

    Attributes:
        viewer_id: only those of one viewer.
        error_code: only those that met an error.
    """

    viewer_id: str | UnsetType = UNSET
    error_code: str | UnsetType = UNSET


class GetViewRequest(Model):
    """Which view."""

    view_id: str


class ListTopContentRequest(SpanRequest):
    """Which views are counted; ``limit`` is how many titles are told, 1 to 50, default 10."""

    limit: Limit | UnsetType = UNSET


class GetConcurrentTimeseriesRequest(Model):
    """There is nothing to choose."""


class ListConcurrentByDimensionRequest(Model):
    """By which dimension the present views are told apart, and how many of its values are told (1 to 50)."""

    dimension: CurrentDimension | UnsetType = UNSET
    limit: Limit | UnsetType = UNSET


class ViewSummary(Answer):
    """A view, in short.

    Attributes:
        view_start_time: in UTC; the API names no zone, so the `datetime` has none.
        view_end_time: as ``view_start_time``.
        view_watch_time: milliseconds.
        qoe_score: quality of experience, from 0 to 1.
    """

    view_id: str
    operating_system: str | None = ABSENT
    application: str | None = ABSENT
    view_start_time: Timestamp | None = ABSENT
    view_end_time: Timestamp | None = ABSENT
    video_title: str | None = ABSENT
    error_code: str | None = ABSENT
    error_message: str | None = ABSENT
    error_id: int | str | None = ABSENT
    country: str | None = ABSENT
    view_watch_time: Number | None = ABSENT
    qoe_score: Number | None = msgspec.field(name="QoeScore", default=ABSENT)


class CustomDimension(Answer):
    """A dimension of your own, such as ``custom_1``."""

    dimension_name: str | None = ABSENT
    display_name: str | None = ABSENT
    value: str | None = ABSENT


class CustomDimensions(Answer):
    """The dimensions of your own that a view has."""

    dimensions: list[CustomDimension] | None = msgspec.field(name="Custom", default=ABSENT)


class ViewEvent(Answer):
    """What happened in a view.

    Attributes:
        playhead_time: milliseconds from the start of the video.
        name: such as ``play``, ``playing`` or ``viewCompleted``.
        viewer_time: milliseconds since 1970.
        details: what is special of it, under short keys, such as ``br`` (bitrate), ``h`` and ``w``.
        event_time: declared by the official SDK; not seen in an answer yet.
    """

    playhead_time: int | None = msgspec.field(name="pt", default=ABSENT)
    name: str | None = msgspec.field(name="e", default=ABSENT)
    viewer_time: int | str | None = msgspec.field(name="vt", default=ABSENT)
    details: dict[str, object] | None = msgspec.field(name="d", default=ABSENT)
    event_time: int | str | None = ABSENT


class View(Answer):
    """A view, with all that the player told: who, where, with what, how well, and step by step (``events``).

    Durations are in milliseconds, scores and ratios from 0 to 1, bitrates in bits per second.
    """

    view_id: str
    asn_id: int | None = ABSENT
    asn_name: str | None = ABSENT
    average_bitrate: Number | None = ABSENT
    avg_downscaling: Number | None = ABSENT
    avg_request_latency: Number | None = ABSENT
    avg_request_throughput: Number | None = ABSENT
    avg_upscaling: Number | None = ABSENT
    beacon_domain: str | None = ABSENT
    browser_engine: str | None = ABSENT
    browser_name: str | None = ABSENT
    browser_version: str | None = ABSENT
    buffer_count: int | None = ABSENT
    buffer_fill: int | None = ABSENT
    buffer_frequency: Number | None = ABSENT
    buffer_ratio: Number | None = ABSENT
    cdn: str | None = ABSENT
    city: str | None = ABSENT
    connection_type: str | None = ABSENT
    continent: str | None = ABSENT
    country: str | None = ABSENT
    country_code: str | None = ABSENT
    custom: CustomDimensions | None = ABSENT
    custom_1: str | None = ABSENT
    custom_2: str | None = ABSENT
    custom_3: str | None = ABSENT
    custom_4: str | None = ABSENT
    custom_5: str | None = ABSENT
    custom_6: str | None = ABSENT
    custom_7: str | None = ABSENT
    custom_8: str | None = ABSENT
    custom_9: str | None = ABSENT
    custom_10: str | None = ABSENT
    device_manufacturer: str | None = ABSENT
    device_model: str | None = ABSENT
    device_name: str | None = ABSENT
    device_type: str | None = ABSENT
    drm_type: str | None = ABSENT
    dropped_frame_count: int | None = ABSENT
    error_code: str | None = ABSENT
    error_context: str | None = ABSENT
    error_id: int | str | None = ABSENT
    error_message: str | None = ABSENT
    exit_before_video_start: bool | None = ABSENT
    experiment_name: str | None = ABSENT
    fp_api_version: str | None = ABSENT
    fp_embed: bool | str | None = ABSENT
    fp_embed_version: str | None = ABSENT
    fp_live_stream_id: str | None = ABSENT
    fp_playback_id: str | None = ABSENT
    fp_sdk: str | None = ABSENT
    fp_sdk_version: str | None = ABSENT
    fp_viewer_id: str | None = ABSENT
    insert_timestamp: Timestamp | None = ABSENT
    ip_address: str | None = ABSENT
    jump_latency: Number | None = ABSENT
    latitude: str | None = ABSENT
    live_stream_latency: Number | None = ABSENT
    longitude: str | None = ABSENT
    max_downscaling: Number | None = ABSENT
    max_request_latency: Number | None = ABSENT
    max_upscaling: Number | None = ABSENT
    media_id: str | None = ABSENT
    os_name: str | None = ABSENT
    os_version: str | None = ABSENT
    page_context: str | None = ABSENT
    page_load_time: int | None = ABSENT
    playback_score: Number | None = ABSENT
    player_autoplay_on: bool | None = ABSENT
    player_height: Number | str | None = ABSENT
    player_initialization_time: int | None = ABSENT
    player_instance_id: str | None = ABSENT
    player_language: str | None = ABSENT
    player_name: str | None = ABSENT
    player_poster: str | None = ABSENT
    player_preload_on: bool | None = ABSENT
    player_remote_played: bool | None = ABSENT
    player_resolution: str | None = ABSENT
    player_software_name: str | None = ABSENT
    player_software_version: str | None = ABSENT
    player_source_domain: str | None = ABSENT
    player_source_height: int | None = ABSENT
    player_source_width: int | None = ABSENT
    player_version: str | None = ABSENT
    player_view_count: int | str | None = ABSENT
    player_width: Number | str | None = ABSENT
    property_id: int | str | None = ABSENT
    quality_of_experience_score: Number | None = ABSENT
    region: str | None = ABSENT
    render_quality_score: Number | None = ABSENT
    session_id: str | None = ABSENT
    sign: str | None = ABSENT
    stability_score: Number | None = ABSENT
    startup_score: Number | None = ABSENT
    sub_property_id: str | None = ABSENT
    total_startup_time: int | None = ABSENT
    updated_timestamp: Timestamp | None = ABSENT
    used_full_screen: bool | None = ABSENT
    user_agent: str | None = ABSENT
    video_content_type: str | None = ABSENT
    video_duration: int | None = ABSENT
    video_encoding_variant: str | None = ABSENT
    video_id: str | None = ABSENT
    video_language: str | None = ABSENT
    video_producer: str | None = ABSENT
    video_resolution: str | None = ABSENT
    video_series: str | None = ABSENT
    video_source_domain: str | None = ABSENT
    video_source_duration: int | None = ABSENT
    video_source_hostname: str | None = ABSENT
    video_source_stream_type: str | None = ABSENT
    video_source_type: str | None = ABSENT
    video_source_url: str | None = ABSENT
    video_startup_failed: bool | None = ABSENT
    video_startup_time: int | None = ABSENT
    video_title: str | None = ABSENT
    video_variant_id: str | None = ABSENT
    video_variant_name: str | None = ABSENT
    view_end: Timestamp | None = ABSENT
    view_has_ad: bool | None = ABSENT
    view_has_error: bool | None = ABSENT
    view_max_playhead_position: int | None = ABSENT
    view_page_url: str | None = ABSENT
    view_playing_time: int | None = ABSENT
    view_seeked_count: int | None = ABSENT
    view_seeked_duration: int | None = ABSENT
    view_session_id: str | None = ABSENT
    view_start: Timestamp | None = ABSENT
    view_total_content_playback_time: int | None = ABSENT
    viewer_id: str | None = ABSENT
    watch_time: int | None = ABSENT
    workspace_id: str | None = ABSENT
    events: list[ViewEvent] | None = ABSENT


class TopContent(Answer):
    """How often a title was watched, and by how many; the title is the text ``null`` for views that have none."""

    video_title: str | None = ABSENT
    views: int | None = ABSENT
    unique_views: int | None = ABSENT


class ConcurrentPoint(Answer):
    """How many watched at a time."""

    interval_time: Timestamp | None = ABSENT
    metric_value: int | None = ABSENT
    number_of_views: int | None = ABSENT


class ConcurrentViewers(Answer):
    """How many watch now, for one value of a dimension."""

    concurrent_viewers: int | None = msgspec.field(name="concurrent_viewers", default=ABSENT)
    dimension_name: str | None = msgspec.field(name="dimension_name", default=ABSENT)
    metric_value: int | None = ABSENT


ListViewsResponse: TypeAlias = SpanPage[ViewSummary]
GetViewResponse: TypeAlias = Data[View]
ListTopContentResponse: TypeAlias = SpanData[list[TopContent]]
GetConcurrentTimeseriesResponse: TypeAlias = SpanData[list[ConcurrentPoint]]
ListConcurrentByDimensionResponse: TypeAlias = SpanData[list[ConcurrentViewers]]


@get("/data/viewlist", id="list_video_views")
def views_list(
    core: FastpixCore, request: ListViewsRequest = ListViewsRequest(), options: RequestOptions | None = None
) -> Reply[ListViewsResponse]:
    """List the views of a span of time, a page at a time.

    Fails with `UnprocessableError` for an unknown timespan, filter or column.
    Follows ``list_video_views`` of the API.

    Example:
        ``views_list(core, ListViewsRequest(timespan="7:days", filter_by=["browser_name:Chrome"]))``
    """
    ...


@get("/data/viewlist/{viewId}", id="get_video_view_details")
def views_get(
    core: FastpixCore, request: GetViewRequest, options: RequestOptions | None = None
) -> Reply[GetViewResponse]:
    """Get one view with all its details and events.

    Fails with `NotFoundError` (``View not found``).
    Follows ``get_video_view_details`` of the API.
    """
    ...


@get("/data/viewlist/top-content", id="list_by_top_content")
def views_list_top_content(
    core: FastpixCore, request: ListTopContentRequest = ListTopContentRequest(), options: RequestOptions | None = None
) -> Reply[ListTopContentResponse]:
    """List the most watched titles of a span of time.

    Fails with `UnprocessableError` for an unknown timespan or filter.
    Follows ``list_by_top_content`` of the API.
    """
    ...


@get("/data/viewlist/current-views/getTimeseriesViews", id="get_/data/viewlist/current-views/getTimeseriesViews")
def views_get_concurrent_timeseries(
    core: FastpixCore,
    request: GetConcurrentTimeseriesRequest = GetConcurrentTimeseriesRequest(),
    options: RequestOptions | None = None,
) -> Reply[GetConcurrentTimeseriesResponse]:
    """Tell how many watched, step by step, up to now.

    Follows ``get_/data/viewlist/current-views/getTimeseriesViews`` of the API.
    """
    ...


@get("/data/viewlist/current-views/filter", id="get_/data/viewlist/current-views/filter")
def views_list_concurrent_by_dimension(
    core: FastpixCore,
    request: ListConcurrentByDimensionRequest = ListConcurrentByDimensionRequest(),
    options: RequestOptions | None = None,
) -> Reply[ListConcurrentByDimensionResponse]:
    """Tell how many watch now, by the values of a dimension.

    Fails with `UnprocessableError` for an unknown dimension.
    Follows ``get_/data/viewlist/current-views/filter`` of the API.
    """
    ...
