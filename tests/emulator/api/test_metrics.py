import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st

from fastpix import FastpixCore
from fastpix.api.common import text_of
from fastpix.api.metrics import (
    Breakdown,
    Comparison,
    GetTimeseriesRequest,
    ListBreakdownRequest,
    ListComparisonRequest,
    ListOverallRequest,
    Overall,
    TimeseriesPoint,
    metrics_get_timeseries_data,
    metrics_list_breakdown_values,
    metrics_list_comparison_values,
    metrics_list_overall_values,
)
from fastpix.emulator import Emulator, Seed, SeedView
from tests.emulator.acts import bad_fields
from tests.emulator.watched import NOW, VIEWS, for_all, hold_at, total, viewers, watched
from tests.pages import paging

RECORDED = Path(__file__).parent.parent.parent / "observed" / "list_breakdown_values.json"
METRICS: Any = st.sampled_from(["views", "unique_viewers", "playing_time", "startup_score", "exit_before_video_start"])
MEASUREMENTS: Any = st.sampled_from(["95th", "median", "avg", "count", "sum"])
STEPS: dict[Any, int] = {"minute": 60, "ten_minutes": 600, "hour": 3600, "day": 86_400}


def rows(core: FastpixCore, metric: Any, **settings: Any) -> list[Breakdown]:
    request = ListBreakdownRequest(metric, limit=50, **settings)
    return metrics_list_breakdown_values(core, request).unwrap().data


def overall(core: FastpixCore, metric: Any, **settings: Any) -> Overall:
    return metrics_list_overall_values(core, ListOverallRequest(metric, **settings)).unwrap().data


def points(core: FastpixCore, metric: Any, **settings: Any) -> list[TimeseriesPoint]:
    return metrics_get_timeseries_data(core, GetTimeseriesRequest(metric, **settings)).unwrap().data


def comparisons(core: FastpixCore, **settings: Any) -> list[Comparison]:
    return metrics_list_comparison_values(core, ListComparisonRequest(**settings)).unwrap().data


@for_all(views=VIEWS, measurement=MEASUREMENTS)
def test_overall_counts_views_and_viewers_and_sums_times(views: list[SeedView], measurement: Any) -> None:
    with watched(*views) as (core, _):
        found = overall(core, "startup_score", measurement=measurement)
        assert (found.total_views, found.unique_views) == (len(views), viewers(views))
        assert (found.total_watch_time, found.total_play_time) == (
            total(views, "watchTime"),
            total(views, "viewPlayingTime"),
        )
        assert found.global_value == found.value


@for_all(views=VIEWS, metric=METRICS, measurement=MEASUREMENTS)
def test_a_filter_changes_the_value_and_not_the_global_value(
    views: list[SeedView], metric: Any, measurement: Any
) -> None:
    with watched(*views) as (core, _):
        everything = overall(core, metric, measurement=measurement)
        filtered = overall(core, metric, measurement=measurement, filter_by=["browser_name:Chrome"])
        assert filtered.global_value == everything.value
    with watched(*(view for view in views if view.fields["browserName"] == "Chrome")) as (core, _):
        alone = overall(core, metric, measurement=measurement)
        assert filtered.value == alone.value
        assert (filtered.total_views, filtered.unique_views) == (alone.total_views, alone.unique_views)


@for_all(views=VIEWS)
def test_the_rows_of_a_breakdown_are_the_views_with_each_value(views: list[SeedView]) -> None:
    groups = defaultdict[str, list[SeedView]](list)
    for view in views:
        groups[view.fields["browserName"] or "null"].append(view)
    with watched(*views) as (core, _):
        found = rows(core, "views", group_by="browser_name")
        assert {row.field: (row.views, row.value, row.total_watch_time, row.total_playing_time) for row in found} == {
            name: (len(group), len(group), total(group, "watchTime"), total(group, "viewPlayingTime"))
            for name, group in groups.items()
        }
        whole = overall(core, "views")
        assert sum(row.views or 0 for row in found) == whole.total_views
        assert sum(row.total_watch_time or 0 for row in found) == whole.total_watch_time
        assert sum(row.total_playing_time or 0 for row in found) == whole.total_play_time
        assert rows(core, "views") == found


@for_all(views=VIEWS, metric=METRICS, measurement=MEASUREMENTS)
def test_a_row_of_a_breakdown_is_what_a_filter_by_its_value_gives(
    views: list[SeedView], metric: Any, measurement: Any
) -> None:
    with watched(*views) as (core, _):
        found = rows(core, metric, group_by="video_title", measurement=measurement)
        without = [f"!video_title:{row.field}" for row in found if row.field != "null"]
        for row in found:
            chosen = without if row.field == "null" else [f"video_title:{row.field}"]
            alone = overall(core, metric, measurement=measurement, filter_by=chosen)
            assert (row.value, row.views) == (alone.value, alone.total_views)


@for_all(
    views=VIEWS,
    column=st.sampled_from(["views", "value", "total_watch_time", "total_playing_time", "field"]),
    order=st.sampled_from(["asc", "desc"]),
    limit=st.integers(1, 4),
)
def test_a_breakdown_is_sorted_by_a_column_and_in_pages(
    views: list[SeedView], column: str, order: Any, limit: int
) -> None:
    settings: Any = {"group_by": "browser_name", "order_by": column, "sort_order": order}
    with watched(*views) as (core, _):
        found = rows(core, "startup_score", **settings)
        values = [getattr(row, column) for row in found]
        assert values == sorted(values, reverse=order == "desc")
        paged: list[Breakdown] = []
        for number in range(1, 6):
            request = ListBreakdownRequest("startup_score", limit=limit, offset=number, **settings)
            page = metrics_list_breakdown_values(core, request).unwrap()
            assert paging(page) == (len(found), number, -(-len(found) // limit))
            paged += page.data
        assert paged == found


def test_a_breakdown_begins_with_the_fewest_views(core: FastpixCore, emulator: Emulator) -> None:
    countries = {"DE": 2, "IN": 1, "US": 3}
    emulator.seed(Seed(views=[SeedView(count=count, fields={"country": name}) for name, count in countries.items()]))
    assert [row.field for row in rows(core, "views", group_by="country")] == ["IN", "DE", "US"]


def test_a_breakdown_has_the_recorded_shape(web: httpx.Client, emulator: Emulator) -> None:
    recorded = json.loads(RECORDED.read_bytes())
    emulator.seed(Seed(views=[SeedView(count=2), SeedView(fields={"qualityOfExperienceScore": 0.5})]))
    answered = web.get("/v1/data/metrics/quality_of_experience_score/breakdown").json()
    assert answered.keys() == recorded.keys()
    assert (answered["metadata"], answered["pagination"]) == (recorded["metadata"], recorded["pagination"])
    for mine, theirs in zip(answered["data"], recorded["data"], strict=True):
        assert {name: type(value) for name, value in mine.items()} == {
            name: type(value) for name, value in theirs.items()
        }


def test_an_overall_value_has_the_documented_shape(web: httpx.Client, emulator: Emulator) -> None:
    emulator.seed(Seed(views=[SeedView(fields={"playbackScore": 0.5})]))
    answered = web.get("/v1/data/metrics/playback_score/overall").json()
    assert answered.keys() == {"success", "metadata", "data", "timespan"}
    assert answered["metadata"] == {"aggregation": "view_end"}
    assert answered["data"] == {
        "value": 0.5,
        "totalWatchTime": 30_000,
        "uniqueViews": 1,
        "totalViews": 1,
        "totalPlayTime": 30_000,
        "globalValue": 0.5,
    }


@pytest.mark.parametrize(
    ("metric", "query", "field"),
    [
        ("views/breakdown", {"groupBy": "colour"}, "groupBy"),
        ("views/breakdown", {"orderBy": "colour"}, "orderBy"),
        ("views/breakdown", {"sortOrder": "up"}, "sortOrder"),
        ("views/breakdown", {"limit": "51"}, "limit"),
        ("views/breakdown", {"limit": "0"}, "limit"),
        ("views/breakdown", {"offset": "0"}, "offset"),
        ("views/breakdown", {"measurement": "max"}, "measurement"),
        ("views/overall", {"measurement": "max"}, "measurement"),
        ("views/timeseries", {"groupBy": "week"}, "groupBy"),
        ("colour/breakdown", {}, "metricId"),
        ("colour/overall", {}, "metricId"),
        ("colour/timeseries", {}, "metricId"),
        ("comparison", {"dimension": "colour", "value": "red"}, "dimension"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(
    web: httpx.Client, metric: str, query: dict[str, str], field: str
) -> None:
    answered = web.get(f"/v1/data/metrics/{metric}", params=query)
    assert answered.status_code == 422
    assert [bad["field"] for bad in answered.json()["error"]["fields"]] == [field]


@for_all(views=VIEWS, metric=METRICS, measurement=MEASUREMENTS, length=st.sampled_from([*STEPS]))
def test_each_view_is_in_one_step_of_a_time_series(
    views: list[SeedView], metric: Any, measurement: Any, length: Any
) -> None:
    with watched(*views) as (core, _):
        found = points(core, metric, measurement=measurement, group_by=length)
        starts = [int(point.interval_time.timestamp()) for point in found if point.interval_time]
        expected = {(NOW - int(view.ended_ago)) // STEPS[length] * STEPS[length] for view in views}
        assert starts == sorted(expected)
        for start, point in zip(starts, found, strict=True):
            step = overall(core, metric, measurement=measurement, timespan=(start, start + STEPS[length] - 1))
            assert (point.metric_value, point.number_of_views) == (step.value, step.total_views)
        assert sum(point.number_of_views or 0 for point in found) == len(views)
        newest_first = points(core, metric, measurement=measurement, group_by=length, sort_order="desc")
        assert newest_first == found[::-1]


def test_the_steps_of_a_time_series_are_minutes_unless_the_request_says_otherwise(
    core: FastpixCore, emulator: Emulator
) -> None:
    hold_at(emulator, NOW + 0.5)
    emulator.seed(Seed(views=[SeedView(ended_ago=ago) for ago in (0, 60)]))
    answered = metrics_get_timeseries_data(core, GetTimeseriesRequest("views")).unwrap()
    assert dict(answered)["metadata"] == {"granularity": "minute", "aggregation": "view_end"}
    assert [(text_of(point, "interval_time") or "")[:16] for point in answered.data] == [
        "2026-05-28T20:25",
        "2026-05-28T20:26",
    ]
    assert [dict(point).keys() for point in answered.data] == [{"intervalTime", "metricValue", "numberOfViews"}] * 2
    daily = metrics_get_timeseries_data(core, GetTimeseriesRequest("views", group_by="day")).unwrap()
    assert (daily.metadata and daily.metadata.granularity, len(daily.data)) == ("day", 1)


def test_a_comparison_has_the_documented_names(core: FastpixCore) -> None:
    first, *others = comparisons(core)
    assert dict(first) == {
        "value": 0,
        "type": "number",
        "name": "Views",
        "metric": "views",
        "measurement": "count",
        "items": [
            {
                "value": 0,
                "type": "number",
                "name": "Unique Viewers",
                "metric": "uniqueViewers",
                "measurement": "count",
                "items": None,
            },
            {
                "value": 0,
                "type": "milliseconds",
                "name": "Playing Time",
                "metric": "playingTime",
                "measurement": "sum",
                "items": None,
            },
        ],
    }
    assert {(one.metric, one.type, one.measurement) for one in others} == {
        (name, "score", "avg")
        for name in (
            "quality_of_experience_score",
            "playback_score",
            "startup_score",
            "render_quality_score",
            "stability_score",
        )
    }


@for_all(views=VIEWS, chosen=st.sampled_from([{}, {"dimension": "browser_name", "value": "Chrome"}]))
def test_a_comparison_has_each_metric_once_with_its_value(views: list[SeedView], chosen: dict[str, str]) -> None:
    with watched(*views) as (core, _):
        whole = comparisons(core, **chosen)
        flat = [one for group in whole for one in (group, *(group.items or ()))]
        names = ["".join("_" + c.lower() if c.isupper() else c for c in one.metric or "") for one in flat]
        assert len(names) == len({*names}) == 26
        filters = ["browser_name:Chrome"] if chosen else []
        for name, one in zip(names, flat, strict=True):
            assert one.value == overall(core, name, measurement=one.measurement, filter_by=filters).value
        assert comparisons(core, filter_by=filters) == whole


def test_a_comparison_tells_name_and_unit_of_each_metric(core: FastpixCore) -> None:
    flat = [one for group in comparisons(core) for one in (group, *(group.items or ()))]
    units = {
        "score": r".*_score",
        "milliseconds": r".*(Time|Latency)|bufferFill",
        "percentage": r".*Percentage|exitBeforeVideoStart",
        "bitrate": "averageBitrate",
        "number": r"views|uniqueViewers|buffer(Count|Ratio|Frequency)|(avg|max)(Up|Down)scaling",
    }
    for one in flat:
        assert re.fullmatch(units[one.type or ""], one.metric or "")
        assert (one.name or "").replace(" of ", " Of ").istitle()
    assert len({one.name for one in flat}) == len(flat)


def test_a_comparison_needs_a_dimension_and_its_value(core: FastpixCore) -> None:
    assert bad_fields(metrics_list_comparison_values(core, ListComparisonRequest(dimension="cdn"))) == ["value"]
    assert bad_fields(metrics_list_comparison_values(core, ListComparisonRequest(value="a"))) == ["dimension"]
