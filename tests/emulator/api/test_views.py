import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import strategies as st

from fastpix import FastpixCore
from fastpix.api.common import text_of
from fastpix.api.live_streams import GetViewerCountRequest, live_streams_get_viewer_count
from fastpix.api.metrics import ListBreakdownRequest, metrics_list_breakdown_values
from fastpix.api.views import (
    ConcurrentViewers,
    GetViewRequest,
    ListConcurrentByDimensionRequest,
    ListTopContentRequest,
    ListViewsRequest,
    TopContent,
    View,
    ViewSummary,
    views_get,
    views_get_concurrent_timeseries,
    views_list,
    views_list_concurrent_by_dimension,
    views_list_top_content,
)
from fastpix.emulator import Emulator, Seed, SeedStream, SeedView
from tests.emulator.acts import NO_STREAM, NOWHERE, refusal
from tests.emulator.watched import DAY, FIELDS, NOW, VIEWS, for_all, hold_at, viewers, watched
from tests.pages import paging

RECORDED = Path(__file__).parent.parent.parent / "observed" / "list_video_views.json"
PRESENT = st.lists(
    st.builds(
        SeedView,
        ended_ago=st.integers(-40, 40).filter(bool),
        fields=st.fixed_dictionaries(
            {
                "watchTime": st.integers(0, 40).map(lambda minutes: minutes * 60_000 + 7000),
                "country": st.sampled_from(["Germany", "India"]) | st.none(),
            }
        ),
    ),
    max_size=12,
)
"""Views around the present minutes."""


def listed(core: FastpixCore, **selection: Any) -> list[ViewSummary]:
    return views_list(core, ListViewsRequest(limit=50, **selection)).unwrap().data


def read(core: FastpixCore, view_id: str) -> View:
    return views_get(core, GetViewRequest(view_id)).unwrap().data


def top_content(core: FastpixCore, **selection: Any) -> list[TopContent]:
    return views_list_top_content(core, ListTopContentRequest(**selection)).unwrap().data


def watching(core: FastpixCore, **settings: Any) -> list[ConcurrentViewers]:
    return views_list_concurrent_by_dimension(core, ListConcurrentByDimensionRequest(**settings)).unwrap().data


def seeded(emulator: Emulator, **fields: Any) -> str:
    (view_id,) = emulator.seed(Seed(views=[SeedView(fields=fields)])).view_ids
    return view_id


@for_all(
    views=VIEWS,
    column=st.sampled_from(["browserName", "watchTime", "startupScore", "exitBeforeVideoStart", "viewPlayingTime"]),
    order=st.sampled_from(["asc", "desc"]),
)
def test_a_list_is_sorted_by_a_column_views_without_a_value_first(
    views: list[SeedView], column: str, order: Any
) -> None:
    name = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", column)
    with watched(*views) as (core, ids):
        fields = {id: view.fields for id, view in zip(ids, views, strict=True)}
        found = [view.view_id for view in listed(core, order_by=name, sort_order=order)]
        values = [fields[id][column] for id in found]
        assert values == sorted(values, key=lambda value: (value is not None, value), reverse=order == "desc")
        assert sorted(found) == sorted(ids)


@for_all(views=VIEWS, limit=st.integers(1, 7))
def test_a_list_is_in_pages_and_begins_with_the_view_that_ended_first(views: list[SeedView], limit: int) -> None:
    with watched(*views) as (core, ids):
        ended = {id: -view.ended_ago for id, view in zip(ids, views, strict=True)}
        paged: list[ViewSummary] = []
        for number in range(1, 14):
            page = views_list(core, ListViewsRequest(limit=limit, offset=number)).unwrap()
            assert paging(page) == (len(views), number, -(-len(views) // limit))
            paged += page.data
        assert paged == listed(core)
        assert [ended[view.view_id] for view in paged] == sorted(ended.values())
        assert [ended[view.view_id] for view in listed(core, sort_order="desc")] == sorted(ended.values())[::-1]


def test_a_page_has_ten_views_unless_the_request_says_otherwise(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(views=[SeedView(count=11)]))
    page = views_list(core).unwrap()
    assert (paging(page), len(page.data)) == ((11, 1, 2), 10)


def test_a_list_can_be_sorted_by_each_field_of_a_view(core: FastpixCore, emulator: Emulator) -> None:
    seeded(emulator, custom={"Custom": []}, propertyId=7)
    seeded(emulator, propertyId="seven", events=[{"pt": 0}])
    for column in View.__struct_fields__:
        assert len(listed(core, order_by=column)) == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"orderBy": "colour"}, "orderBy"),
        ({"orderBy": "viewEnd"}, "orderBy"),
        ({"sortOrder": "up"}, "sortOrder"),
        ({"limit": "51"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"offset": "0"}, "offset"),
    ],
)
def test_a_list_in_no_order_or_page_is_refused(web: httpx.Client, query: dict[str, str], field: str) -> None:
    answered = web.get("/v1/data/viewlist", params=query)
    assert answered.status_code == 422
    assert [bad["field"] for bad in answered.json()["error"]["fields"]] == [field]


@for_all(views=VIEWS)
def test_a_list_can_have_the_views_of_one_viewer_or_error(views: list[SeedView]) -> None:
    with watched(*views) as (core, ids):
        fields = {id: view.fields for id, view in zip(ids, views, strict=True)}
        for selection in ({"viewer_id": "me"}, {"error_code": "mediaError"}):
            found = {view.view_id for view in listed(core, **selection)}
            (value,) = selection.values()
            assert found == {id for id, own in fields.items() if value in (own["viewerId"], own.get("errorCode"))}
        assert listed(core, viewer_id="browser 1") == []


def test_a_list_has_the_recorded_shape(web: httpx.Client, emulator: Emulator) -> None:
    recorded = json.loads(RECORDED.read_bytes())
    emulator.seed(Seed(views=[SeedView(count=10, fields={"videoTitle": "A talk", "qualityOfExperienceScore": 0.9})]))
    answered = web.get("/v1/data/viewlist", params={"limit": 5}).json()
    assert answered.keys() == recorded.keys()
    assert answered["pagination"] == recorded["pagination"]
    for mine, theirs in zip(answered["data"], recorded["data"], strict=True):
        assert {name: type(value) for name, value in mine.items()} == {
            name: type(value) for name, value in theirs.items()
        }


def test_the_times_of_a_list_are_in_milliseconds_without_a_zone(core: FastpixCore, emulator: Emulator) -> None:
    hold_at(emulator, NOW + 0.25)
    seeded(emulator, watchTime=1500)
    (view,) = listed(core)
    assert text_of(view, "view_start_time") == "2026-05-28T20:25:38.750"
    assert text_of(view, "view_end_time") == "2026-05-28T20:25:40.250"


def test_a_summary_repeats_the_view(core: FastpixCore, emulator: Emulator) -> None:
    view = read(core, seeded(emulator, errorCode="a", errorMessage="b", errorId=3, osName="iOS", videoTitle="c"))
    (summary,) = listed(core)
    assert (summary.view_id, summary.operating_system, summary.application) == (view.view_id, "iOS", "Chrome")
    assert (summary.error_code, summary.error_message, summary.error_id) == ("a", "b", 3)
    assert (summary.video_title, summary.country) == ("c", "DE")
    assert (summary.view_watch_time, summary.qoe_score) == (view.watch_time, view.quality_of_experience_score)
    assert (view.error_code, view.view_has_error) == ("a", True)


def test_a_view_that_does_not_exist_is_not_found(core: FastpixCore) -> None:
    for view_id in (NOWHERE, "x", "top", "current-views"):
        assert refusal(views_get(core, GetViewRequest(view_id))) == (404, "View not found")


def test_a_view_describes_thirty_seconds_without_errors(core: FastpixCore, emulator: Emulator) -> None:
    hold_at(emulator, NOW)
    one, other = (read(core, seeded(emulator)) for _ in range(2))
    assert (one.watch_time, one.error_code, one.view_has_error, one.events) == (30_000, None, False, [])
    assert one.workspace_id == emulator.workspace_id
    assert (text_of(one, "view_start"), text_of(one, "view_end")) == (
        "2026-05-28 20:25:10.000000+00:00",
        "2026-05-28 20:25:40.000000+00:00",
    )
    assert (one.insert_timestamp, one.updated_timestamp) == (one.view_start, one.view_end)
    assert one.fp_viewer_id != other.fp_viewer_id


def test_a_view_has_nothing_to_complain_about(web: httpx.Client, emulator: Emulator) -> None:
    view = web.get(f"/v1/data/viewlist/{seeded(emulator)}").json()["data"]

    def values(pattern: str) -> set[Any]:
        return {value for name, value in view.items() if re.fullmatch(pattern, name)}

    assert values(".*Score") == {1}
    assert values("buffer.*|jumpLatency|(avg|max)(Up|Down)scaling") == {0}
    assert values("exitBeforeVideoStart|videoStartupFailed|viewHas(Ad|Error)") == {False}
    assert values("browserName|osName|deviceType|country|countryCode|continent") == {
        *("Chrome", "Linux", "Desktop", "Germany", "DE", "EU")
    }
    assert [view[name] for name in ("averageBitrate", "watchTime", "viewPlayingTime")] == [2_500_000, 30_000, 30_000]
    parts = [view[name] for name in ("pageLoadTime", "playerInitializationTime", "videoStartupTime")]
    assert sum(parts) == view["totalStartupTime"] == 600


def test_a_view_has_all_fields_null_where_it_has_no_value(web: httpx.Client, emulator: Emulator) -> None:
    view = web.get(f"/v1/data/viewlist/{seeded(emulator)}").json()["data"]
    known = {name for name in View.__struct_fields__ if not name.startswith("custom_")}
    assert {re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name) for name in view} == known
    assert (view["propertyId"], view["sign"], view["viewerId"]) == (None, "1", None)


@for_all(fields=FIELDS)
def test_a_view_keeps_the_fields_of_its_seed(fields: dict[str, Any]) -> None:
    with watched(SeedView(fields=fields)) as (core, [view_id]):
        assert fields.items() <= dict(read(core, view_id)).items()


def test_events_and_dimensions_of_your_own_are_kept_as_they_are(web: httpx.Client, emulator: Emulator) -> None:
    fields = {
        "events": [{"pt": 0, "e": "playing", "vt": 1713156224677, "d": {"br": 1, "h": 720}}],
        "custom": {"Custom": [{"dimensionName": "custom_1", "displayName": "Plan", "value": "gold"}]},
    }
    assert fields.items() <= web.get(f"/v1/data/viewlist/{seeded(emulator, **fields)}").json()["data"].items()


@for_all(views=VIEWS, limit=st.none() | st.integers(1, 3))
def test_the_top_content_are_the_titles_with_most_views(views: list[SeedView], limit: int | None) -> None:
    groups = defaultdict[str, list[SeedView]](list)
    for view in views:
        groups[view.fields["videoTitle"] or "null"].append(view)
    with watched(*views) as (core, _):
        found = top_content(core) if limit is None else top_content(core, limit=limit)
        for title in found:
            group = groups[title.video_title or ""]
            assert (title.views, title.unique_views) == (len(group), viewers(group))
        assert [title.views for title in found] == sorted(map(len, groups.values()), reverse=True)[:limit]
        request = ListBreakdownRequest("unique_viewers", group_by="video_title", limit=50)
        rows = metrics_list_breakdown_values(core, request).unwrap().data
        assert {(title.video_title, title.views, title.unique_views) for title in found} <= {
            (row.field, row.views, row.value) for row in rows
        }


def test_the_top_content_is_ten_titles(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(views=[SeedView(fields={"videoTitle": str(number)}) for number in range(11)]))
    assert len(top_content(core)) == 10
    assert len(top_content(core, limit=50)) == 11
    assert dict(top_content(core)[0]).keys() == {"videoTitle", "views", "uniqueViews"}


def span(view: SeedView) -> tuple[float, float]:
    """Return start and end of a view. A view that has not ended has started."""
    ended = NOW + 0.5 - view.ended_ago
    return min(ended - view.fields["watchTime"] / 1000, NOW + 0.5), ended


@for_all(views=PRESENT)
def test_the_current_views_have_begun_and_have_not_ended(views: list[SeedView]) -> None:
    def number_at(time: float) -> int:
        return sum(start <= time < end for start, end in map(span, views))

    with watched(*views) as (core, _):
        answered = views_get_concurrent_timeseries(core).unwrap()
        times = [int(point.interval_time.timestamp()) for point in answered.data if point.interval_time]
        assert times == [NOW - 60 * minutes for minutes in reversed(range(30))]
        assert [point.number_of_views for point in answered.data] == [number_at(time) for time in times]
        assert sum(group.concurrent_viewers or 0 for group in watching(core)) == number_at(NOW + 0.5)


@for_all(views=PRESENT, limit=st.integers(1, 3))
def test_the_current_views_are_grouped_by_country_most_viewers_first(views: list[SeedView], limit: int) -> None:
    counts = Counter(view.fields["country"] or "null" for view in views if view.ended_ago < 0)
    with watched(*views) as (core, _):
        found = watching(core)
        assert {group.dimension_name: group.concurrent_viewers for group in found} == counts
        assert [group.concurrent_viewers for group in found] == sorted(counts.values(), reverse=True)
        assert watching(core, limit=limit) == found[:limit]
        assert watching(core, dimension="country") == found


def test_current_views_have_the_documented_shape(web: httpx.Client, emulator: Emulator) -> None:
    hold_at(emulator, NOW + 0.5)
    emulator.seed(Seed(views=[SeedView(ended_ago=-10, fields={"asnId": 55836})]))
    over_time = web.get("/v1/data/viewlist/current-views/getTimeseriesViews").json()
    assert over_time.keys() == {"success", "data", "timespan"}
    assert over_time["timespan"] == [(NOW - 1800) * 1000, NOW * 1000]
    assert over_time["data"][-1].keys() == {"intervalTime", "metricValue", "numberOfViews"}
    assert (over_time["data"][-1]["metricValue"], over_time["data"][-1]["numberOfViews"]) == (None, 1)
    grouped = web.get("/v1/data/viewlist/current-views/filter", params={"dimension": "asn_id"}).json()
    assert grouped == {
        "success": True,
        "data": [{"concurrent_viewers": 1, "dimension_name": "55836"}],
        "timespan": [NOW * 1000, NOW * 1000],
    }


def test_current_views_can_be_grouped_by_some_dimensions(core: FastpixCore, web: httpx.Client) -> None:
    answered = web.get("/v1/data/viewlist/current-views/filter", params={"dimension": "browser_name"})
    assert [bad["field"] for bad in answered.json()["error"]["fields"]] == ["dimension"]
    assert watching(core, dimension="view_id") == []


def test_a_view_is_either_current_or_has_ended(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(views=[SeedView(ended_ago=0)]))
    assert (len(listed(core)), len(watching(core))) == (1, 0)


def test_a_view_that_has_not_ended_is_not_listed(core: FastpixCore, emulator: Emulator) -> None:
    hold_at(emulator, NOW + 0.25)
    emulator.seed(Seed(views=[SeedView(ended_ago=-0.5)]))
    assert (len(watching(core)), len(listed(core))) == (1, 0)


def test_a_view_is_current_until_the_clock_reaches_its_end(core: FastpixCore, emulator: Emulator) -> None:
    (view_id,) = emulator.seed(Seed(views=[SeedView(ended_ago=-10)])).view_ids
    assert read(core, view_id).view_id == view_id
    seen: list[tuple[int, int]] = []
    for seconds in (0, 9, 2):
        emulator.clock.advance(seconds=seconds)
        seen.append((len(watching(core)), len(listed(core))))
    assert seen == [(1, 0), (1, 0), (0, 1)]


def test_a_view_that_has_not_ended_is_current(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(views=[SeedView(ended_ago=-600)]))
    assert len(watching(core)) == 1


def test_the_viewers_of_a_live_stream_are_its_current_views(core: FastpixCore, emulator: Emulator) -> None:
    one, other = emulator.seed(Seed(streams=[SeedStream(status="active", count=2)])).stream_ids
    emulator.seed(
        Seed(
            views=[
                SeedView(ended_ago=-10, count=3, fields={"fpLiveStreamId": one}),
                SeedView(ended_ago=10, fields={"fpLiveStreamId": one}),
                SeedView(ended_ago=-10),
            ]
        )
    )

    def count(stream_id: str) -> Any:
        return live_streams_get_viewer_count(core, GetViewerCountRequest(stream_id))

    assert [count(stream).unwrap().data.views for stream in (one, other)] == [3, 0]
    assert refusal(count(NO_STREAM)) == (404, "stream not found")
    emulator.clock.advance(seconds=11)
    assert count(one).unwrap().data.views == 0


@pytest.mark.parametrize("ago", [-86_401, 1e9 + 1])
def test_a_view_ends_within_bounds(emulator: Emulator, ago: float) -> None:
    with pytest.raises(msgspec.ValidationError, match="endedAgo"):
        emulator.seed(Seed(views=[SeedView(ended_ago=ago)]))


@pytest.mark.parametrize("milliseconds", [-1, 10**12])
def test_a_view_has_a_length_within_bounds(emulator: Emulator, milliseconds: int) -> None:
    with pytest.raises(msgspec.ValidationError, match="watchTime must be from 0 to 100000000000, not"):
        emulator.seed(Seed(views=[SeedView(fields={"watchTime": milliseconds})]))


@pytest.mark.parametrize("fields", [{"watchTime": "long"}, {"watchTime": True}, {"browserName": 7}, {"viewId": None}])
def test_a_field_of_another_type_is_refused_and_nothing_is_added(
    core: FastpixCore, emulator: Emulator, web: httpx.Client, fields: dict[str, Any]
) -> None:
    answered = web.post("/_emulator/seed", json={"views": [{}, {"fields": fields}]})
    (name,) = fields
    assert answered.status_code == 422
    assert f"$.{name}" in answered.json()["error"]["message"]
    with pytest.raises(msgspec.ValidationError, match=name):
        emulator.seed(Seed(views=[SeedView(), SeedView(fields=fields)]))
    assert listed(core) == []


def test_a_view_without_a_watch_time_ends_as_it_begins(core: FastpixCore, emulator: Emulator) -> None:
    view = read(core, seeded(emulator, watchTime=None))
    assert (view.watch_time, view.view_start) == (None, view.view_end)


@pytest.mark.parametrize("fields", [{"browser_name": "Firefox"}, {"colour": "red"}])
def test_a_field_that_a_view_does_not_have_is_refused(emulator: Emulator, fields: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError, match=next(iter(fields))):
        emulator.seed(Seed(views=[SeedView(fields=fields)]))


@pytest.mark.parametrize("time", [10**18, -(10**18)])
def test_a_watch_time_of_ages_is_refused(emulator: Emulator, time: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        emulator.seed(Seed(views=[SeedView(fields={"watchTime": time})]))


def test_a_view_with_the_error_code_null_has_no_error(core: FastpixCore, emulator: Emulator) -> None:
    assert read(core, seeded(emulator, errorCode=None)).view_has_error is False


def test_a_view_that_is_seeded_again_is_listed_where_it_ended(core: FastpixCore, emulator: Emulator) -> None:
    for ago in (60, 2 * DAY):
        emulator.seed(Seed(views=[SeedView(ended_ago=ago, fields={"viewId": NOWHERE})]))
    assert listed(core) == []
