"""The metrics of the Data API as one table, and how the values of many views become one value."""

from statistics import fmean, median, quantiles
from typing import NamedTuple

from fastpix.api.metrics import Measurement
from fastpix.api.views import View
from fastpix.emulator.model.views import viewers

__all__ = ["MEASURES", "Measure", "measured"]


class Measure(NamedTuple):
    """A metric."""

    metric: str
    """Its id."""
    name: str
    """Its name for people."""
    field: str
    """The field of a view that it is made from. Empty for the two metrics that count."""
    unit: str
    """The unit of its value."""
    measurement: Measurement
    """How values become one value in a comparison."""
    part_of: str = ""
    """The metric that it is a part of in a comparison."""


MEASURES = {
    measure.metric: measure
    for measure in (
        #       metric                              name                          field                         unit            measurement  part of
        Measure("views",                            "Views",                      "",                           "number",       "count"),
        Measure("unique_viewers",                   "Unique Viewers",             "",                           "number",       "count", "views"),
        Measure("playing_time",                     "Playing Time",               "view_playing_time",          "milliseconds", "sum",   "views"),
        Measure("quality_of_experience_score",      "Quality of Experience",      "quality_of_experience_score", "score",       "avg"),
        Measure("playback_score",                   "Playback Score",             "playback_score",             "score",        "avg"),
        Measure("playback_failure_percentage",      "Playback Failures",          "view_has_error",             "percentage",   "avg",   "playback_score"),
        Measure("exit_before_video_start",          "Exits Before Video Start",   "exit_before_video_start",    "percentage",   "avg",   "playback_score"),
        Measure("video_startup_failure_percentage", "Video Startup Failures",     "video_startup_failed",       "percentage",   "avg",   "playback_score"),
        Measure("startup_score",                    "Startup Score",              "startup_score",              "score",        "avg"),
        Measure("video_startup_time",               "Video Startup Time",         "video_startup_time",         "milliseconds", "avg",   "startup_score"),
        Measure("player_startup_time",              "Player Startup Time",        "player_initialization_time", "milliseconds", "avg",   "startup_score"),
        Measure("page_load_time",                   "Page Load Time",             "page_load_time",             "milliseconds", "avg",   "startup_score"),
        Measure("total_startup_time",               "Total Startup Time",         "total_startup_time",         "milliseconds", "avg",   "startup_score"),
        Measure("render_quality_score",             "Render Quality Score",       "render_quality_score",       "score",        "avg"),
        Measure("average_bitrate",                  "Average Bitrate",            "average_bitrate",            "bitrate",      "avg",   "render_quality_score"),
        Measure("avg_upscaling",                    "Average Upscaling",          "avg_upscaling",              "number",       "avg",   "render_quality_score"),
        Measure("avg_downscaling",                  "Average Downscaling",        "avg_downscaling",            "number",       "avg",   "render_quality_score"),
        Measure("max_upscaling",                    "Maximum Upscaling",          "max_upscaling",              "number",       "avg",   "render_quality_score"),
        Measure("max_downscaling",                  "Maximum Downscaling",        "max_downscaling",            "number",       "avg",   "render_quality_score"),
        Measure("stability_score",                  "Stability Score",            "stability_score",            "score",        "avg"),
        Measure("buffer_count",                     "Buffer Count",               "buffer_count",               "number",       "avg",   "stability_score"),
        Measure("buffer_ratio",                     "Buffer Ratio",               "buffer_ratio",               "number",       "avg",   "stability_score"),
        Measure("buffer_frequency",                 "Buffer Frequency",           "buffer_frequency",           "number",       "avg",   "stability_score"),
        Measure("buffer_fill",                      "Buffer Fill",                "buffer_fill",                "milliseconds", "avg",   "stability_score"),
        Measure("jump_latency",                     "Jump Latency",               "jump_latency",               "milliseconds", "avg",   "stability_score"),
        Measure("live_stream_latency",              "Live Stream Latency",        "live_stream_latency",        "milliseconds", "avg",   "stability_score"),
    )
}  # fmt: skip
"""All metrics by id."""


def measured(metric: str, views: list[View], measurement: Measurement = "avg") -> float:
    """Return the value of a metric for some views.

    Args:
        metric: The id of the metric.
        views: The views. A view without a value does not count.
        measurement: How their values become one value. ``views`` and ``unique_viewers`` always count. Default: ``avg``.
    """
    measure = MEASURES[metric]
    if not measure.field:
        return len(views) if metric == "views" else viewers(views)
    values = [float(value) for value in (getattr(view, measure.field) for view in views) if value is not None]
    return _combined(values, measurement)


def _combined(values: list[float], measurement: Measurement) -> float:
    match measurement:
        case "count":
            return len(values)
        case "sum":
            return sum(values)
        case "avg":
            return fmean(values) if values else 0
        case "median":
            return median(values) if values else 0
        case _:
            return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else sum(values)
