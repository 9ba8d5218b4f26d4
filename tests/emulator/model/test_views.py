"""Timespans and filters select the same views for all operations of the Data API."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st

from fastpix import FastpixCore
from fastpix.api.dimensions import ListFilterValuesRequest, dimensions_list_filter_values
from fastpix.api.metrics import (
    GetTimeseriesRequest,
    ListBreakdownRequest,
    ListComparisonRequest,
    ListOverallRequest,
    metrics_get_timeseries_data,
    metrics_list_breakdown_values,
    metrics_list_comparison_values,
    metrics_list_overall_values,
)
from fastpix.api.playback_errors import ListErrorsRequest, playback_errors_list
from fastpix.api.views import ListTopContentRequest, ListViewsRequest, View, views_list, views_list_top_content
from fastpix.emulator import Emulator, Seed, SeedView
from fastpix.emulator.model.views import viewers
from tests.emulator.acts import bad_fields
from tests.emulator.watched import BROWSERS, NOW, VIEWS, for_all, hold_at, watched

OPERATIONS = [
    (views_list, ListViewsRequest),
    (views_list_top_content, ListTopContentRequest),
    (dimensions_list_filter_values, partial(ListFilterValuesRequest, "cdn")),
    (metrics_list_breakdown_values, partial(ListBreakdownRequest, "views")),
    (metrics_list_overall_values, partial(ListOverallRequest, "views")),
    (metrics_get_timeseries_data, partial(GetTimeseriesRequest, "views")),
    (metrics_list_comparison_values, ListComparisonRequest),
    (playback_errors_list, ListErrorsRequest),
]


def found(core: FastpixCore, **selection: Any) -> list[str]:
    """Return the ids of the views that timespan and filters select."""
    views = views_list(core, ListViewsRequest(limit=50, **selection)).unwrap().data
    return [view.view_id for view in views]


@pytest.mark.parametrize(
    ("timespan", "seconds"),
    [
        ("60:minutes", 3600),
        ("6:hours", 6 * 3600),
        ("24:hours", 24 * 3600),
        ("3:days", 3 * 86_400),
        ("7:days", 7 * 86_400),
        ("30:days", 30 * 86_400),
    ],
)
def test_a_timespan_in_words_ends_now(core: FastpixCore, emulator: Emulator, timespan: Any, seconds: int) -> None:
    hold_at(emulator, NOW + 0.5)
    ids = emulator.seed(Seed(views=[SeedView(ended_ago=ago) for ago in (seconds + 1, seconds, 0)])).view_ids
    page = views_list(core, ListViewsRequest(timespan=timespan)).unwrap()
    assert page.timespan == [NOW - seconds, NOW]
    assert [view.view_id for view in page.data] == ids[1:]


@pytest.mark.parametrize(("operation", "request_"), OPERATIONS)
def test_the_timespan_is_the_last_day_and_only_a_time_series_has_it_in_milliseconds(
    core: FastpixCore, emulator: Emulator, operation: Any, request_: Any
) -> None:
    hold_at(emulator, NOW + 0.5)
    unit = 1000 if operation is metrics_get_timeseries_data else 1
    for given, timespan in (({}, [NOW - 86_400, NOW]), ({"timespan": (5, 7)}, [5, 7])):
        answered = operation(core, request_(**given)).unwrap()
        assert (answered.success, answered.timespan) == (True, [time * unit for time in timespan])


@for_all(ago=st.integers(0, 10**9))
def test_a_pair_of_times_has_both_ends(ago: int) -> None:
    ended = NOW - ago
    with watched(SeedView(ended_ago=ago)) as (core, ids):
        assert found(core, timespan=(ended, ended)) == ids
        assert found(core, timespan=(ended + 1, NOW + 9)) == []
        assert found(core, timespan=(0, ended - 1)) == []


def test_timespans_that_follow_each_other_have_no_view_in_common(core: FastpixCore, emulator: Emulator) -> None:
    hold_at(emulator, NOW)
    ids = emulator.seed(Seed(views=[SeedView(ended_ago=10)])).view_ids
    assert found(core, timespan=(NOW - 10, NOW)) == ids
    assert found(core, timespan=(NOW - 20, NOW - 11)) == []


@for_all(views=VIEWS, cut=st.integers(NOW - 86_400, NOW))
def test_each_view_is_in_one_of_two_timespans_that_follow_each_other(views: list[SeedView], cut: int) -> None:
    with watched(*views) as (core, ids):
        before, after = found(core, timespan=(0, cut - 1)), found(core, timespan=(cut, NOW))
        assert before + after == found(core)
        assert sorted(before + after) == sorted(ids)


@pytest.mark.parametrize(("operation", "request_"), OPERATIONS)
def test_what_no_view_can_be_selected_by_is_refused(core: FastpixCore, operation: Any, request_: Any) -> None:
    assert bad_fields(operation(core, request_(timespan=(7, 5)))) == ["timespan[]"]
    for filter_ in ("colour:red", "browser_name", "!!browser_name:Chrome", "asn_id:1", "Browser_name:Chrome", ""):
        assert bad_fields(operation(core, request_(filter_by=["cdn:a", filter_]))) == ["filterby[]"]


@pytest.mark.parametrize(
    "timespan", [["5"], ["24:hours", "24:hours"], ["1", "2", "3"], ["a", "b"], ["25:hours"], ["-1:days"], [""]]
)
def test_a_timespan_that_is_none_is_refused(web: httpx.Client, timespan: list[str]) -> None:
    answered = web.get("/v1/data/viewlist", params={"timespan[]": timespan})
    assert answered.status_code == 422
    assert [bad["field"].partition("][")[0].rstrip("]") for bad in answered.json()["error"]["fields"]] == ["timespan["]


@pytest.mark.parametrize("name", ["timespan[0]", "timespan[1]", "timespan"])
def test_a_timespan_under_another_name_is_refused_in_the_words_of_the_service(web: httpx.Client, name: str) -> None:
    answered = web.get("/v1/data/viewlist", params={name: "24:hours"})
    assert answered.status_code in {400, 422}
    assert answered.json()["error"]["message"] == "Invalid timespan value"


def test_a_time_far_away_is_no_reason_to_break_down(tmp_path: Path) -> None:
    with closing(Emulator(str(tmp_path / "fastpix.db"))) as emulator:
        web = httpx.Client(transport=emulator.transport(), auth=(emulator.username, emulator.password))
        answered = web.get("https://localhost/v1/data/viewlist", params={"timespan[]": ["0", str(2**63)]})
        assert answered.status_code in {200, 422}


@for_all(views=VIEWS, name=BROWSERS)
def test_a_filter_and_its_negation_in_both_spellings_part_the_views(views: list[SeedView], name: str) -> None:
    with watched(*views) as (core, ids):
        expected = {id for id, view in zip(ids, views, strict=True) if view.fields["browserName"] == name}
        having = found(core, filter_by=[f"browser_name:{name}"])
        without = found(core, filter_by=[f"!browser_name:{name}"])
        assert without == found(core, filter_by=[f"browser_name:!{name}"])
        assert (set(having), set(without)) == (expected, {*ids} - expected)


@for_all(views=VIEWS)
def test_several_filters_all_apply(views: list[SeedView]) -> None:
    with watched(*views) as (core, ids):
        expected = [
            id
            for id, view in zip(ids, views, strict=True)
            if view.fields["browserName"] == "Chrome"
            and view.fields["videoTitle"] != "A talk"
            and view.fields["exitBeforeVideoStart"]
        ]
        filters = ["browser_name:Chrome", "!video_title:A talk", "exit_before_video_start:true"]
        assert sorted(found(core, filter_by=filters)) == sorted(expected)
        assert found(core, filter_by=[]) == found(core)


def test_a_filter_finds_flags_failures_and_dimensions_of_your_own(core: FastpixCore, emulator: Emulator) -> None:
    own = {"Custom": [{"dimensionName": "custom_2", "displayName": "Plan", "value": "gold"}]}
    plain, failed, owned = emulator.seed(
        Seed(
            views=[
                SeedView(fields={"viewHasAd": True}),
                SeedView(fields={"errorCode": "networkError"}),
                SeedView(fields={"custom": own, "viewHasAd": None}),
            ]
        )
    ).view_ids
    assert found(core, filter_by=["playback_failed:true"]) == [failed]
    assert found(core, filter_by=["playback_failed:false"]) == [plain, owned]
    assert found(core, filter_by=["error_code:networkError"]) == [failed]
    assert found(core, filter_by=["custom_2:gold"]) == [owned]
    assert found(core, filter_by=["!custom_2:gold"]) == [plain, failed]
    assert found(core, filter_by=["custom_1:gold"]) == []
    assert found(core, filter_by=["view_has_ad:true"]) == [plain]
    assert found(core, filter_by=["!view_has_ad:false"]) == [plain, owned]


def test_a_dimension_of_your_own_can_have_no_value(core: FastpixCore, emulator: Emulator) -> None:
    nothing: list[dict[str, Any]] = [{}, {"Custom": None}, {"Custom": [{"dimensionName": "custom_1"}]}]
    emulator.seed(Seed(views=[SeedView(fields={"custom": custom}) for custom in nothing]))
    emulator.seed(Seed(views=[SeedView(fields={"custom1": "gold"})]))
    values = dimensions_list_filter_values(core, ListFilterValuesRequest("custom_1")).unwrap().data
    assert [(value.value, value.count) for value in values] == [("gold", 1)]


def test_a_viewer_is_known_by_your_id_and_otherwise_by_that_of_the_player() -> None:
    views = [
        View("1", viewer_id="me", fp_viewer_id="a"),
        View("2", viewer_id="me", fp_viewer_id="b"),
        View("3", fp_viewer_id="b"),
        View("4", fp_viewer_id="b"),
    ]
    assert viewers(views) == 2
    assert viewers([]) == 0
