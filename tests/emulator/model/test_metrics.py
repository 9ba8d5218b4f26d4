from statistics import fmean, median
from typing import Any, get_args

import pytest
from hypothesis import strategies as st

from fastpix import FastpixCore
from fastpix.api.metrics import ListOverallRequest, Metric, metrics_list_overall_values
from fastpix.emulator import Emulator, Seed, SeedView
from fastpix.emulator.model.metrics import MEASURES
from tests.emulator.watched import VIEWS, for_all, total, viewers, watched

FIELD_OF = {
    "playing_time": "viewPlayingTime",
    "playback_failure_percentage": "viewHasError",
    "exit_before_video_start": "exitBeforeVideoStart",
    "video_startup_failure_percentage": "videoStartupFailed",
    "player_startup_time": "playerInitializationTime",
    "quality_of_experience_score": "qualityOfExperienceScore",
    "playback_score": "playbackScore",
    "startup_score": "startupScore",
    "video_startup_time": "videoStartupTime",
    "page_load_time": "pageLoadTime",
    "total_startup_time": "totalStartupTime",
    "live_stream_latency": "liveStreamLatency",
    "average_bitrate": "averageBitrate",
    "buffer_count": "bufferCount",
    "render_quality_score": "renderQualityScore",
    "avg_upscaling": "avgUpscaling",
    "avg_downscaling": "avgDownscaling",
    "max_upscaling": "maxUpscaling",
    "max_downscaling": "maxDownscaling",
    "jump_latency": "jumpLatency",
    "stability_score": "stabilityScore",
    "buffer_ratio": "bufferRatio",
    "buffer_frequency": "bufferFrequency",
    "buffer_fill": "bufferFill",
}
"""The field of a view that a metric is made from."""


def value(core: FastpixCore, metric: Any, **settings: Any) -> int | float | None:
    return metrics_list_overall_values(core, ListOverallRequest(metric, **settings)).unwrap().data.value


def test_all_metrics_are_measured() -> None:
    assert MEASURES.keys() == {*get_args(Metric)} == FIELD_OF.keys() | {"views", "unique_viewers"}
    assert all(name == measure.metric for name, measure in MEASURES.items())


@pytest.mark.parametrize(("metric", "field"), FIELD_OF.items())
def test_a_metric_is_made_from_a_field_of_the_views_that_have_it(
    core: FastpixCore, emulator: Emulator, metric: str, field: str
) -> None:
    is_flag = field in {"viewHasError", "exitBeforeVideoStart", "videoStartupFailed"}
    emulator.seed(
        Seed(
            views=[
                SeedView(fields={field: True if is_flag else 7}),
                SeedView(fields={field: False if is_flag else 4}),
                SeedView(fields={field: None}),
            ]
        )
    )
    measurements = [value(core, metric, measurement=one) for one in ("avg", "median", "sum", "count", "95th")]
    assert measurements == pytest.approx([0.5, 0.5, 1, 2, 0.95] if is_flag else [5.5, 5.5, 11, 2, 6.85])


def percentile(values: list[float], share: float) -> float:
    """Return the value that a share of the values is below of, between two values if need be."""
    whole, part = divmod((len(values) - 1) * share, 1)
    low, high = sorted(values)[int(whole) :][:1], sorted(values)[int(whole) + 1 :][:1]
    return low[0] + ((high or low)[0] - low[0]) * part


@for_all(views=VIEWS)
def test_each_measurement_is_what_it_is_called(views: list[SeedView]) -> None:
    scores = [float(score) for view in views if (score := view.fields["startupScore"]) is not None]
    expected: dict[Any, float] = {
        "count": len(scores),
        "sum": sum(scores),
        "avg": fmean(scores) if scores else 0,
        "median": median(scores) if scores else 0,
        "95th": percentile(scores, 0.95) if scores else 0,
    }
    with watched(*views) as (core, _):
        for measurement, result in expected.items():
            assert value(core, "startup_score", measurement=measurement) == pytest.approx(result)
        assert value(core, "startup_score") == pytest.approx(expected["avg"])


@for_all(views=VIEWS, measurement=st.sampled_from([{}, *({"measurement": one} for one in ("avg", "sum", "95th"))]))
def test_views_and_viewers_are_counted_whatever_the_measurement(views: list[SeedView], measurement: Any) -> None:
    with watched(*views) as (core, _):
        assert value(core, "views", **measurement) == len(views)
        assert value(core, "unique_viewers", **measurement) == viewers(views)
        assert value(core, "playing_time", measurement="sum") == total(views, "viewPlayingTime")


def test_the_default_measurement_is_the_average(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(views=[SeedView(fields={"viewPlayingTime": time}) for time in (1000, 2000)]))
    assert value(core, "playing_time") == value(core, "playing_time", measurement="avg") == 1500


def test_large_values_can_be_summed(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(views=[SeedView(count=2, fields={"averageBitrate": 1e15})]))
    assert repr(value(core, "average_bitrate", measurement="sum")) == "2000000000000000"


def test_a_number_without_a_fraction_is_whole(core: FastpixCore, emulator: Emulator) -> None:
    assert repr(value(core, "startup_score")) == "0"
    emulator.seed(Seed(views=[SeedView(fields={"startupScore": score}) for score in (1.0, 0.5)]))
    assert repr(value(core, "startup_score", measurement="95th")) == "0.975"
    assert repr(value(core, "playing_time", measurement="median")) == "30000"
