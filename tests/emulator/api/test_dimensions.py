import json
from pathlib import Path
from typing import Any, get_args

import httpx
from hypothesis import strategies as st

from fastpix import FastpixCore
from fastpix.api.dimensions import (
    Dimension,
    DimensionValue,
    ListFilterValuesRequest,
    dimensions_list,
    dimensions_list_filter_values,
)
from fastpix.api.metrics import ListBreakdownRequest, metrics_list_breakdown_values
from fastpix.emulator import Emulator, Seed, SeedView
from tests.emulator.watched import VIEWS, for_all, viewers, watched

OBSERVED = Path(__file__).parent.parent.parent / "observed"
FIELD_OF = {"browser_name": "browserName", "video_title": "videoTitle", "viewer_id": "viewerId"}


def values(core: FastpixCore, dimension: Any, **selection: Any) -> list[DimensionValue]:
    return dimensions_list_filter_values(core, ListFilterValuesRequest(dimension, **selection)).unwrap().data


def test_the_dimensions_are_the_recorded_ones(web: httpx.Client) -> None:
    assert web.get("/v1/data/dimensions").json() == json.loads((OBSERVED / "list_dimensions.json").read_bytes())


@for_all(views=VIEWS, dimension=st.sampled_from([*FIELD_OF]))
def test_a_value_tells_its_views_and_viewers(views: list[SeedView], dimension: str) -> None:
    def having(value: str | None) -> list[SeedView]:
        return [view for view in views if view.fields[FIELD_OF[dimension]] == value]

    with watched(*views) as (core, _):
        found = values(core, dimension)
        names = {view.fields[FIELD_OF[dimension]] for view in views} - {None}
        assert {value.value: (value.count, value.unique_count) for value in found} == {
            name: (len(having(name)), viewers(having(name))) for name in names
        }
        counts = [value.count or 0 for value in found]
        assert counts == sorted(counts, reverse=True)
        assert sum(counts) == len(views) - len(having(None))


@for_all(views=VIEWS)
def test_a_value_as_a_filter_leaves_its_views(views: list[SeedView]) -> None:
    with watched(*views) as (core, _):
        for value in values(core, "browser_name"):
            assert values(core, "browser_name", filter_by=[f"browser_name:{value.value}"]) == [value]
            others = values(core, "browser_name", filter_by=[f"!browser_name:{value.value}"])
            assert value.value not in [other.value for other in others]


def test_each_dimension_can_be_grouped_by(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(views=[SeedView(count=3, fields={"viewerId": "me"})]))
    for dimension in get_args(Dimension):
        request = ListBreakdownRequest("views", group_by=dimension)
        (row,) = metrics_list_breakdown_values(core, request).unwrap().data
        found = [(value.value, value.count, value.unique_count) for value in values(core, dimension)]
        assert row.views == 3
        assert found == ([] if row.field == "null" else [(row.field, 3, 1)])


def test_dimensions_listed_are_those_of_the_library(core: FastpixCore) -> None:
    assert dimensions_list(core).unwrap().data == [*get_args(Dimension)]


def test_the_values_of_flags_are_words(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(views=[SeedView(count=2), SeedView(fields={"errorCode": "networkError"})]))
    assert [(value.value, value.count) for value in values(core, "playback_failed")] == [("false", 2), ("true", 1)]


def test_values_have_the_recorded_shape(core: FastpixCore, emulator: Emulator) -> None:
    recorded = json.loads((OBSERVED / "list_filter_values_for_dimension.json").read_bytes())
    me, you = ({"browserName": "Chrome", "viewerId": id} for id in ("me", "you"))
    emulator.seed(Seed(views=[SeedView(count=6, fields=me), SeedView(count=4, fields=you)]))
    answered = dict(dimensions_list_filter_values(core, ListFilterValuesRequest("browser_name")).unwrap())
    assert answered.keys() == recorded.keys()
    assert answered["data"] == recorded["data"]


def test_a_dimension_that_does_not_exist_is_refused(web: httpx.Client) -> None:
    answered = web.get("/v1/data/dimensions/colour")
    assert answered.status_code == 422
    assert [bad["field"] for bad in answered.json()["error"]["fields"]] == ["dimensionsId"]
