"""Views: list and get them, list the most watched titles, and count the current viewers."""

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
"""A dimension that `views_list_concurrent_by_dimension` can group by."""


class ListViewsRequest(SpanPageRequest):
    """Selects views by time, viewer, error and dimensions, and a page of the list.

    `order_by`: The column that the list is sorted by. Default: ``view_end``.
    """

    viewer_id: str | UnsetType = UNSET
    """The id of a viewer. The list then has only the views of this viewer."""
    error_code: str | UnsetType = UNSET
    """An error code. The list then has only the views with this error code."""


class GetViewRequest(Model):
    """Selects a view."""

    view_id: str
    """The id of the view."""


class ListTopContentRequest(SpanRequest):
    """Selects views by time and by their dimensions, and the number of titles."""

    limit: Limit | UnsetType = UNSET
    """The number of titles in the result, 1 to 50. Default: 10."""


class GetConcurrentTimeseriesRequest(Model):
    """Selects the last 30 minutes. The operation has no parameters."""


class ListConcurrentByDimensionRequest(Model):
    """Selects a dimension, and the number of its values in the result."""

    dimension: CurrentDimension | UnsetType = UNSET
    """The dimension that the current viewers are grouped by."""
    limit: Limit | UnsetType = UNSET
    """The number of values of the dimension in the result, 1 to 50. Default: 10."""


class ViewSummary(Answer):
    """The summary of a view, as in a list."""

    view_id: str
    """The id of the view."""
    operating_system: str | None = ABSENT
    """The operating system of the viewer, such as ``Android``."""
    application: str | None = ABSENT
    """The name of the viewer's browser, such as ``Chrome``."""
    view_start_time: Timestamp | None = ABSENT
    """The time when the view started, in UTC. The `datetime` is naive: the API writes no time zone."""
    view_end_time: Timestamp | None = ABSENT
    """The time when the view ended, in UTC. The `datetime` is naive: the API writes no time zone."""
    video_title: str | None = ABSENT
    """The title of the video."""
    error_code: str | None = ABSENT
    """The code of the playback error. ``None`` if there was no error."""
    error_message: str | None = ABSENT
    """The message about the playback error. ``None`` if there was no error."""
    error_id: int | str | None = ABSENT
    """The id of the playback error, as a number or text. ``None`` if there was no error."""
    country: str | None = ABSENT
    """The country of the viewer, such as ``IN``."""
    view_watch_time: Number | None = ABSENT
    """The total watch time in milliseconds: startup, playing and rebuffering."""
    qoe_score: Number | None = msgspec.field(name="QoeScore", default=ABSENT)
    """The score for the whole experience of the viewer (quality of experience), from 0 to 1."""


class CustomDimension(Answer):
    """The value of one of your own dimensions."""

    dimension_name: str | None = ABSENT
    """The id of the dimension, ``custom_1`` to ``custom_10``."""
    display_name: str | None = ABSENT
    """The name that you gave the dimension."""
    value: str | None = ABSENT
    """The value in this view."""


class CustomDimensions(Answer):
    """The values of your own dimensions in a view."""

    dimensions: list[CustomDimension] | None = msgspec.field(name="Custom", default=ABSENT)
    """One item for each dimension."""


class ViewEvent(Answer):
    """An event in a view."""

    playhead_time: int | None = msgspec.field(name="pt", default=ABSENT)
    """The position of the playhead, in milliseconds from the start of the video."""
    name: str | None = msgspec.field(name="e", default=ABSENT)
    """The name of the event, such as ``play``, ``playing`` or ``viewCompleted``."""
    viewer_time: int | str | None = msgspec.field(name="vt", default=ABSENT)
    """The time of the event, in milliseconds since 1970, as a number or text."""
    details: dict[str, object] | None = msgspec.field(name="d", default=ABSENT)
    """Details under short keys, such as ``br`` (bitrate), ``h`` (height), ``w`` (width) and ``cd`` (codec)."""
    event_time: int | str | None = ABSENT
    """The time of the event. The official SDK declares this field, but no response with it has been seen yet."""


class View(Answer):
    """A view with everything that the player reported.

    Durations are in milliseconds, scores and ratios from 0 to 1, bitrates in bits per second.
    """

    view_id: str
    """The id of the view."""
    asn_id: int | None = ABSENT
    """The number of the autonomous system (AS) of the viewer's network, such as ``55836``."""
    asn_name: str | None = ABSENT
    """The name of the autonomous system (AS) of the viewer's network."""
    average_bitrate: Number | None = ABSENT
    """The average bitrate of the video that the viewer watched, in bits per second."""
    avg_downscaling: Number | None = ABSENT
    """The average downscaling of the video in the player, as a ratio, such as ``0.046``."""
    avg_request_latency: Number | None = ABSENT
    """The average latency of the player's requests, in milliseconds."""
    avg_request_throughput: Number | None = ABSENT
    """The average data transfer rate of the player's requests."""
    avg_upscaling: Number | None = ABSENT
    """The average upscaling of the video in the player, as a ratio, such as ``0.088``."""
    beacon_domain: str | None = ABSENT
    """The domain that the player sent its analytics data to."""
    browser_engine: str | None = ABSENT
    """The rendering engine of the browser, such as ``Blink`` or ``WebKit``."""
    browser_name: str | None = ABSENT
    """The name of the browser, such as ``Chrome``."""
    browser_version: str | None = ABSENT
    """The version of the browser, such as ``Chrome 5.8.3``."""
    buffer_count: int | None = ABSENT
    """The number of times that playback stopped to load more data (rebuffering)."""
    buffer_fill: int | None = ABSENT
    """The time that the viewer waited for rebuffering, in milliseconds."""
    buffer_frequency: Number | None = ABSENT
    """The number of rebuffering events per millisecond."""
    buffer_ratio: Number | None = ABSENT
    """The part of the playback time that the viewer waited for rebuffering, from 0 to 1."""
    cdn: str | None = ABSENT
    """The content delivery network (CDN) that delivered the video, such as ``cloudflare``."""
    city: str | None = ABSENT
    """The city of the viewer."""
    connection_type: str | None = ABSENT
    """The type of the viewer's network connection, such as ``wifi`` or ``cellular``."""
    continent: str | None = ABSENT
    """The continent of the viewer, such as ``AS``."""
    country: str | None = ABSENT
    """The country of the viewer, such as ``India``."""
    country_code: str | None = ABSENT
    """The country of the viewer as a two-letter ISO code, such as ``IN``."""
    custom: CustomDimensions | None = ABSENT
    """The values of your own dimensions."""
    custom_1: str | None = ABSENT
    """Your dimension ``custom_1``. Only the official SDK declares this field. The API documents `custom` instead."""
    custom_2: str | None = ABSENT
    """Your dimension ``custom_2``. Only the official SDK declares this field. The API documents `custom` instead."""
    custom_3: str | None = ABSENT
    """Your dimension ``custom_3``. Only the official SDK declares this field. The API documents `custom` instead."""
    custom_4: str | None = ABSENT
    """Your dimension ``custom_4``. Only the official SDK declares this field. The API documents `custom` instead."""
    custom_5: str | None = ABSENT
    """Your dimension ``custom_5``. Only the official SDK declares this field. The API documents `custom` instead."""
    custom_6: str | None = ABSENT
    """Your dimension ``custom_6``. Only the official SDK declares this field. The API documents `custom` instead."""
    custom_7: str | None = ABSENT
    """Your dimension ``custom_7``. Only the official SDK declares this field. The API documents `custom` instead."""
    custom_8: str | None = ABSENT
    """Your dimension ``custom_8``. Only the official SDK declares this field. The API documents `custom` instead."""
    custom_9: str | None = ABSENT
    """Your dimension ``custom_9``. Only the official SDK declares this field. The API documents `custom` instead."""
    custom_10: str | None = ABSENT
    """Your dimension ``custom_10``. Only the official SDK declares this field. The API documents `custom` instead."""
    device_manufacturer: str | None = ABSENT
    """The manufacturer of the viewer's device, such as ``Apple``."""
    device_model: str | None = ABSENT
    """The model of the viewer's device."""
    device_name: str | None = ABSENT
    """The name of the viewer's device."""
    device_type: str | None = ABSENT
    """The type of the viewer's device, such as ``Desktop`` or ``Mobile``."""
    drm_type: str | None = ABSENT
    """The DRM system that protected the playback."""
    dropped_frame_count: int | None = ABSENT
    """The number of frames that the player dropped."""
    error_code: str | None = ABSENT
    """The code of the playback error. ``None`` if there was no error."""
    error_context: str | None = ABSENT
    """The component or stage where the playback error occurred, such as ``player``."""
    error_id: int | str | None = ABSENT
    """The id of the type of the playback error, as a number or text."""
    error_message: str | None = ABSENT
    """The message of the player about the playback error."""
    exit_before_video_start: bool | None = ABSENT
    """``True`` if the viewer left before the video started."""
    experiment_name: str | None = ABSENT
    """The name of the experiment (A/B test) that the view belongs to."""
    fp_api_version: str | None = ABSENT
    """The version of the FastPix API that the data was collected with."""
    fp_embed: bool | str | None = ABSENT
    """The FastPix player embed that played the video: a boolean or text."""
    fp_embed_version: str | None = ABSENT
    """The version of the FastPix player embed."""
    fp_live_stream_id: str | None = ABSENT
    """The id of the FastPix live stream, if the viewer watched a live stream."""
    fp_playback_id: str | None = ABSENT
    """The FastPix playback id that the video was played with."""
    fp_sdk: str | None = ABSENT
    """The name of the FastPix SDK in the player, such as ``shakaplayer-fastpix``."""
    fp_sdk_version: str | None = ABSENT
    """The version of the FastPix SDK in the player."""
    fp_viewer_id: str | None = ABSENT
    """The anonymous id that the FastPix SDK gave the viewer. Your own id is `viewer_id`."""
    insert_timestamp: Timestamp | None = ABSENT
    """The time when the view started, in UTC, according to the API documentation."""
    ip_address: str | None = ABSENT
    """The IP address of the viewer."""
    jump_latency: Number | None = ABSENT
    """The delay of playback when the viewer seeks, in milliseconds."""
    latitude: str | None = ABSENT
    """The latitude of the viewer, as text, such as ``17.3669``."""
    live_stream_latency: Number | None = ABSENT
    """The average time from the ingest of a live stream to its display, in milliseconds."""
    longitude: str | None = ABSENT
    """The longitude of the viewer, as text, such as ``78.5242``."""
    max_downscaling: Number | None = ABSENT
    """The highest downscaling of the video in the player, as a ratio, such as ``0.785``."""
    max_request_latency: Number | None = ABSENT
    """The highest latency of the player's requests, in milliseconds."""
    max_upscaling: Number | None = ABSENT
    """The highest upscaling of the video in the player, as a ratio, such as ``0.080``."""
    media_id: str | None = ABSENT
    """The id of the media, if FastPix hosts the video."""
    os_name: str | None = ABSENT
    """The name of the viewer's operating system, such as ``Android``."""
    os_version: str | None = ABSENT
    """The version of the viewer's operating system, such as ``Android 14``."""
    page_context: str | None = ABSENT
    """The type of the page that contains the player, such as ``iframe``."""
    page_load_time: int | None = ABSENT
    """The time that the page needed to load, in milliseconds."""
    playback_score: Number | None = ABSENT
    """The score for the success of the playback, from 0 to 1."""
    player_autoplay_on: bool | None = ABSENT
    """``True`` if the player started playback automatically."""
    player_height: Number | str | None = ABSENT
    """The height of the player in pixels, as a number or text."""
    player_initialization_time: int | None = ABSENT
    """The time that the player needed to initialize, in milliseconds."""
    player_instance_id: str | None = ABSENT
    """The id of the player instance that played the video."""
    player_language: str | None = ABSENT
    """The language of the text in the player's user interface."""
    player_name: str | None = ABSENT
    """The name that you use for this player, to distinguish several players."""
    player_poster: str | None = ABSENT
    """The image that the player shows before playback starts."""
    player_preload_on: bool | None = ABSENT
    """``True`` if the player is set to load the video together with the page."""
    player_remote_played: bool | None = ABSENT
    """``True`` if the video was played on a remote device, such as AirPlay or Chromecast."""
    player_resolution: str | None = ABSENT
    """The resolution of the player, such as ``393x383``."""
    player_software_name: str | None = ABSENT
    """The name of the player software, such as ``Shaka Player``."""
    player_software_version: str | None = ABSENT
    """The version of the player software."""
    player_source_domain: str | None = ABSENT
    """The domain that the player was loaded from."""
    player_source_height: int | None = ABSENT
    """The height of the source video in pixels."""
    player_source_width: int | None = ABSENT
    """The width of the source video in pixels."""
    player_version: str | None = ABSENT
    """The version of the player."""
    player_view_count: int | str | None = ABSENT
    """The number of times that the player was initialized or viewed, as a number or text."""
    player_width: Number | str | None = ABSENT
    """The width of the player in pixels, as a number or text."""
    property_id: int | str | None = ABSENT
    """The id of the FastPix property that the view belongs to, as a number or text."""
    quality_of_experience_score: Number | None = ABSENT
    """The score for the whole experience of the viewer, from 0 to 1."""
    region: str | None = ABSENT
    """The region of the viewer, such as ``Telangana``."""
    render_quality_score: Number | None = ABSENT
    """The score for the perceived quality of the video, from 0 to 1."""
    session_id: str | None = ABSENT
    """The id of the viewer's session."""
    sign: str | None = ABSENT
    """A signature, according to the API documentation. Recorded responses contain ``1``."""
    stability_score: Number | None = ABSENT
    """The score for the smoothness of the playback, from 0 to 1."""
    startup_score: Number | None = ABSENT
    """The score for the startup of the player, from 0 to 1."""
    sub_property_id: str | None = ABSENT
    """The id of the sub-property that the view belongs to."""
    total_startup_time: int | None = ABSENT
    """The time from the viewer's start of the session until playback started, in milliseconds."""
    updated_timestamp: Timestamp | None = ABSENT
    """The time of the last update of the view's record, in UTC."""
    used_full_screen: bool | None = ABSENT
    """``True`` if the viewer used the full-screen mode."""
    user_agent: str | None = ABSENT
    """The user agent of the viewer's device."""
    video_content_type: str | None = ABSENT
    """The type of the video's content."""
    video_duration: int | None = ABSENT
    """The duration of the video in milliseconds. Usually you supply it as custom metadata."""
    video_encoding_variant: str | None = ABSENT
    """The encoding variant of the video, such as ``1080p_h264``."""
    video_id: str | None = ABSENT
    """Your own id of the video."""
    video_language: str | None = ABSENT
    """The main audio language of the video."""
    video_producer: str | None = ABSENT
    """The creator of the video."""
    video_resolution: str | None = ABSENT
    """The resolution of the video, such as ``720X1280``."""
    video_series: str | None = ABSENT
    """The name of the series that the video belongs to."""
    video_source_domain: str | None = ABSENT
    """The domain of the video source."""
    video_source_duration: int | None = ABSENT
    """The duration of the video source, in milliseconds."""
    video_source_hostname: str | None = ABSENT
    """The hostname of the video source."""
    video_source_stream_type: str | None = ABSENT
    """The type of the stream, such as ``on-demand``. The API documents the field as currently unused."""
    video_source_type: str | None = ABSENT
    """The format of the video source, as the player detected it, such as ``application/dash+xml``."""
    video_source_url: str | None = ABSENT
    """The URL of the video source."""
    video_startup_failed: bool | None = ABSENT
    """``True`` if an error occurred before the first frame."""
    video_startup_time: int | None = ABSENT
    """The startup time of the video, in milliseconds."""
    video_title: str | None = ABSENT
    """The title of the video."""
    video_variant_id: str | None = ABSENT
    """The id of the video variant that was played."""
    video_variant_name: str | None = ABSENT
    """The name of the video variant that was played, such as ``1080p H.264``."""
    view_end: Timestamp | None = ABSENT
    """The time when the view ended, in UTC."""
    view_has_ad: bool | None = ABSENT
    """``True`` if an advertisement played, or tried to play."""
    view_has_error: bool | None = ABSENT
    """``True`` if a playback error occurred."""
    view_max_playhead_position: int | None = ABSENT
    """The furthest position in the video that the playhead reached, in milliseconds."""
    view_page_url: str | None = ABSENT
    """The URL of the page that contains the player."""
    view_playing_time: int | None = ABSENT
    """The time that the video was playing, in milliseconds. Startup, rebuffering and seeking do not count."""
    view_seeked_count: int | None = ABSENT
    """The number of times that the viewer tried to seek."""
    view_seeked_duration: int | None = ABSENT
    """The time that the viewer waited for playback after seeking, in milliseconds."""
    view_session_id: str | None = ABSENT
    """The id of the playback session."""
    view_start: Timestamp | None = ABSENT
    """The time when the view started, in UTC."""
    view_total_content_playback_time: int | None = ABSENT
    """The total duration of the content that was played, in milliseconds."""
    viewer_id: str | None = ABSENT
    """Your own id of the viewer. The id that the FastPix SDK gave the viewer is `fp_viewer_id`."""
    watch_time: int | None = ABSENT
    """The total watch time in milliseconds: startup, playing and rebuffering."""
    workspace_id: str | None = ABSENT
    """The id of the workspace."""
    events: list[ViewEvent] | None = ABSENT
    """The events of the view, in the order in which they occurred."""


class TopContent(Answer):
    """A title, and the number of its views."""

    video_title: str | None = ABSENT
    """The title. For views without a title it is the text ``null``."""
    views: int | None = ABSENT
    """The number of views."""
    unique_views: int | None = ABSENT
    """The number of different viewers."""


class ConcurrentPoint(Answer):
    """The number of concurrent viewers at one point in time."""

    interval_time: Timestamp | None = ABSENT
    """The point in time."""
    metric_value: int | None = ABSENT
    """Reserved for later use, according to the official SDK. Currently ``None``."""
    number_of_views: int | None = ABSENT
    """The number of concurrent viewers."""


class ConcurrentViewers(Answer):
    """The number of current viewers for one value of a dimension."""

    concurrent_viewers: int | None = msgspec.field(name="concurrent_viewers", default=ABSENT)
    """The number of current viewers."""
    dimension_name: str | None = msgspec.field(name="dimension_name", default=ABSENT)
    """The name of the dimension, according to the official SDK. No other field is documented for its value."""
    metric_value: int | None = ABSENT
    """An additional value, if there is one."""


ListViewsResponse: TypeAlias = SpanPage[ViewSummary]
GetViewResponse: TypeAlias = Data[View]
ListTopContentResponse: TypeAlias = SpanData[list[TopContent]]
GetConcurrentTimeseriesResponse: TypeAlias = SpanData[list[ConcurrentPoint]]
ListConcurrentByDimensionResponse: TypeAlias = SpanData[list[ConcurrentViewers]]


@get("/data/viewlist", id="list_video_views")
def views_list(
    core: FastpixCore, request: ListViewsRequest = ListViewsRequest(), options: RequestOptions | None = None
) -> Reply[ListViewsResponse]:
    """List the views of a timespan, one page at a time.

    Fails with:
        UnprocessableError: the service rejects the timespan, a filter or the column in ``order_by``.

    API operation: ``list_video_views``.

    Example:
        >>> views_list(core, ListViewsRequest(timespan="7:days", filter_by=["browser_name:Chrome"]))
    """
    ...


@get("/data/viewlist/{viewId}", id="get_video_view_details")
def views_get(
    core: FastpixCore, request: GetViewRequest, options: RequestOptions | None = None
) -> Reply[GetViewResponse]:
    """Get one view with all its details and events.

    Fails with:
        NotFoundError: the view does not exist (``View not found``).

    API operation: ``get_video_view_details``.

    Example:
        >>> views_get(core, GetViewRequest("dcf0ae08-16a7-4a8c-805d-993f309dbf96"))
    """
    ...


@get("/data/viewlist/top-content", id="list_by_top_content")
def views_list_top_content(
    core: FastpixCore, request: ListTopContentRequest = ListTopContentRequest(), options: RequestOptions | None = None
) -> Reply[ListTopContentResponse]:
    """List the most watched titles of a timespan.

    Fails with:
        UnprocessableError: the service rejects the timespan or a filter.

    API operation: ``list_by_top_content``.

    Example:
        >>> views_list_top_content(core, ListTopContentRequest(timespan="7:days", limit=5))
    """
    ...


@get("/data/viewlist/current-views/getTimeseriesViews", id="get_/data/viewlist/current-views/getTimeseriesViews")
def views_get_concurrent_timeseries(
    core: FastpixCore,
    request: GetConcurrentTimeseriesRequest = GetConcurrentTimeseriesRequest(),
    options: RequestOptions | None = None,
) -> Reply[GetConcurrentTimeseriesResponse]:
    """Get the number of concurrent viewers over the last 30 minutes, step by step.

    The API documents `timespan` in the response of this operation in milliseconds since 1970, not in seconds.

    Fails with:
        Only the errors that every call can fail with.

    API operation: ``get_/data/viewlist/current-views/getTimeseriesViews``.

    Example:
        >>> views_get_concurrent_timeseries(core)
    """
    ...


@get("/data/viewlist/current-views/filter", id="get_/data/viewlist/current-views/filter")
def views_list_concurrent_by_dimension(
    core: FastpixCore,
    request: ListConcurrentByDimensionRequest = ListConcurrentByDimensionRequest(),
    options: RequestOptions | None = None,
) -> Reply[ListConcurrentByDimensionResponse]:
    """List the numbers of current viewers, grouped by the values of a dimension.

    The API documents `timespan` in the response of this operation in milliseconds since 1970, not in seconds.

    Fails with:
        UnprocessableError: the service rejects the dimension.

    API operation: ``get_/data/viewlist/current-views/filter``.

    Example:
        >>> views_list_concurrent_by_dimension(core, ListConcurrentByDimensionRequest("country", limit=5))
    """
    ...
