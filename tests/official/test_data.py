"""Views, dimensions, metrics and playback errors."""

from typing import Any
from uuid import uuid4

import pytest

from fastpix.emulator import Emulator, Seed, SeedView

VIEW_ID = str(uuid4())
DAY: Any = {"timespan": "24:hours"}
OF_FIREFOX: Any = {**DAY, "filterby": "browser_name:Firefox"}


@pytest.fixture(autouse=True)
def _views(emulator: Emulator) -> None:
    """Two views of a video with Firefox, one of them with an error, and a view with Chrome that is not over."""
    firefox = {"browserName": "Firefox", "videoTitle": "Video", "viewerId": "one", "watchTime": 20_000}
    events = [{"pt": 0, "e": "play", "vt": 1_700_000_000_000, "d": {"br": 100}}]
    emulator.seed(
        Seed(
            views=[
                SeedView(fields={**firefox, "viewId": VIEW_ID, "events": events}),
                SeedView(fields={**firefox, "errorCode": "1001", "errorMessage": "broken", "errorId": 7}),
                SeedView(ended_ago=-10),
            ]
        )
    )


def test_list_video_views(sdk: Any) -> None:
    found = sdk.views.list_video_views(**OF_FIREFOX, limit=1, offset=2, order_by="view_end", sort_order="desc")
    assert [view.video_title for view in found.data] == ["Video"]
    assert found.pagination.total_records == 2


def test_list_video_views_of_a_viewer_with_an_error(sdk: Any) -> None:
    [view] = sdk.views.list_video_views(**DAY, viewer_id="one", error_code=1001).data
    assert (view.error_code, view.error_message) == ("1001", "broken")


def test_list_video_views_with_another_browser(sdk: Any) -> None:
    assert sdk.views.list_video_views(**DAY, filterby="browser_name:!Firefox").data == []


def test_list_video_views_with_no_error_code(sdk: Any) -> None:
    assert len(sdk.views.list_video_views(**DAY, error_code=None).data) == 2


def test_get_video_view_details(sdk: Any) -> None:
    view = sdk.views.get_video_view_details(view_id=VIEW_ID).data
    assert (view.view_id, view.browser_name, view.video_title) == (VIEW_ID, "Firefox", "Video")


def test_list_by_top_content(sdk: Any) -> None:
    found = sdk.views.list_by_top_content(**OF_FIREFOX, limit=5)
    assert [(top.video_title, top.views) for top in found.data] == [("Video", 2)]
    assert len(found.timespan) == 2


def test_get_data_viewlist_current_views_get_timeseries_views(sdk: Any) -> None:
    found = sdk.views.get_data_viewlist_current_views_get_timeseries_views()
    assert len(found.data) == 30
    assert found.data[-1].number_of_views == 1


def test_get_data_viewlist_current_views_filter(sdk: Any) -> None:
    [found] = sdk.views.get_data_viewlist_current_views_filter(dimension="country", limit=5).data
    assert found


def test_list_dimensions(sdk: Any) -> None:
    assert "browser_name" in sdk.dimensions.list_dimensions().data


def test_list_filter_values_for_dimension(sdk: Any) -> None:
    [found] = sdk.dimensions.list_filter_values_for_dimension(dimensions_id="browser_name", **OF_FIREFOX).data
    assert (found.value, found.count) == ("Firefox", 2)


def test_list_breakdown_values(sdk: Any) -> None:
    found = sdk.metrics.list_breakdown_values(
        metric_id="views", **OF_FIREFOX, limit=5, offset=1, group_by="browser_name", order_by="views", sort_order="asc"
    )
    assert [(row.field, row.views, row.total_watch_time) for row in found.data] == [("Firefox", 2, 40_000)]


def test_list_overall_values(sdk: Any) -> None:
    found = sdk.metrics.list_overall_values(metric_id="playing_time", **OF_FIREFOX, measurement="sum").data
    assert (found.value, found.total_views, found.unique_views) == (40_000, 2, 1)


def test_get_timeseries_data(sdk: Any) -> None:
    found = sdk.metrics.get_timeseries_data(
        metric_id="views", **OF_FIREFOX, group_by="hour", sort_order="asc", measurement="count"
    )
    assert sum(point.number_of_views for point in found.data) == 2
    assert found.meta_data.granularity == "hour"


def test_list_comparison_values(sdk: Any) -> None:
    found = sdk.metrics.list_comparison_values(**DAY, dimension="browser_name", value="Firefox").data
    assert {"views", "playback_score"} <= {comparison.metric for comparison in found}


def test_list_errors(sdk: Any) -> None:
    found = sdk.errors.list_errors(**OF_FIREFOX, limit=1).data
    [error], [top] = found.errors, found.top_errors
    assert (error.code, error.message, error.count, error.percentage) == ("1001", "broken", 1, 0.5)
    assert (top.code, top.count) == ("1001", 1)
