import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st

from fastpix import FastpixCore
from fastpix.api.common import text_of
from fastpix.api.playback_errors import ListErrorsRequest, PlaybackErrors, playback_errors_list
from fastpix.emulator import Emulator, Seed, SeedView
from tests.emulator.watched import NOW, VIEWS, for_all, hold_at, viewers, watched

RECORDED = Path(__file__).parent.parent.parent / "observed" / "list_errors.json"


def errors(core: FastpixCore, **selection: Any) -> PlaybackErrors:
    return playback_errors_list(core, ListErrorsRequest(**selection)).unwrap().data


@for_all(views=VIEWS)
def test_errors_are_the_codes_and_messages_of_the_views(views: list[SeedView]) -> None:
    groups = defaultdict[tuple[str, str], list[SeedView]](list)
    for view in views:
        if "errorCode" in view.fields:
            groups[view.fields["errorCode"], view.fields.get("errorMessage", "")].append(view)
    with watched(*views) as (core, _):
        found, top = errors(core).errors or [], errors(core, limit=50).top_errors or []
        seen: dict[Any, Any] = {
            (one.code, one.message): (one.count, one.percentage, one.last_seen and one.last_seen.isoformat())
            for one in found
        }
        assert {key: count for key, (count, _, _) in seen.items()} == {key: len(group) for key, group in groups.items()}
        for key, group in groups.items():
            assert seen[key][1] == pytest.approx(len(group) / len(views))
        assert [(one.code, one.message, one.count, one.percentage, one.last_seen) for one in top] == [
            (one.code, one.message, one.count, one.percentage, one.last_seen) for one in found
        ]
        for one in top:
            share = viewers(groups[one.code or "", one.message or ""]) / viewers(views)
            assert one.unique_viewers_effected_percentage == pytest.approx(share)


@for_all(views=VIEWS, limit=st.integers(1, 5))
def test_the_top_errors_are_the_most_frequent_ones(views: list[SeedView], limit: int) -> None:
    with watched(*views) as (core, _):
        counts = sorted((one.count or 0 for one in errors(core).errors or ()), reverse=True)
        assert [one.count for one in errors(core, limit=limit).top_errors or ()] == counts[:limit]
        assert [one.count for one in errors(core).top_errors or ()] == counts[:1]


def test_an_error_tells_when_it_was_seen_last(core: FastpixCore, emulator: Emulator) -> None:
    hold_at(emulator, NOW + 0.561)
    failed = {"errorCode": "networkError", "errorMessage": "fragLoadError"}
    emulator.seed(
        Seed(
            views=[
                SeedView(ended_ago=10, fields={**failed, "errorContext": "last", "errorId": 7}),
                SeedView(ended_ago=20, fields={**failed, "errorContext": "first"}),
            ]
        )
    )
    (one,), (top,) = errors(core).errors or [], errors(core).top_errors or []
    assert text_of(one, "last_seen") == text_of(top, "last_seen") == "2026-05-28 20:26:30.561"
    assert (one.id, one.description, one.notes, one.count) == ("7", "last", "", 2)


def test_the_time_of_an_error_has_no_zeros_at_its_end(core: FastpixCore, emulator: Emulator) -> None:
    hold_at(emulator, NOW + 0.02)
    emulator.seed(Seed(views=[SeedView(ended_ago=0, fields={"errorCode": "networkError"})]))
    assert [text_of(one, "last_seen") for one in errors(core).errors or ()] == ["2026-05-28 20:26:40.02"]


def test_an_error_needs_no_message(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(views=[SeedView(fields={"errorCode": "1002"}), SeedView()]))
    (one,), (top,) = errors(core).errors or [], errors(core).top_errors or []
    assert (one.code, one.message, one.description, one.id) == ("1002", "", "", "1")
    assert (top.code, top.message, top.percentage) == ("1002", "", 0.5)


def test_without_errors_there_are_none(core: FastpixCore, emulator: Emulator) -> None:
    assert errors(core) == PlaybackErrors([], [])
    emulator.seed(Seed(views=[SeedView(), SeedView(fields={"errorMessage": "fragLoadError"})]))
    assert errors(core) == PlaybackErrors([], [])


def test_shares_are_of_the_views_that_the_filters_leave(core: FastpixCore, emulator: Emulator) -> None:
    failed = {"errorCode": "networkError", "cdn": "a", "viewerId": "me"}
    emulator.seed(Seed(views=[SeedView(fields=failed), SeedView(fields={"cdn": "a"}), SeedView(count=2)]))
    for filters, share in (([], 1 / 4), (["cdn:a"], 1 / 2)):
        (top,) = errors(core, filter_by=filters).top_errors or []
        assert (top.percentage, top.unique_viewers_effected_percentage) == (share, share)
    assert errors(core, filter_by=["!cdn:a"]) == PlaybackErrors([], [])


def test_errors_have_the_recorded_shape(web: httpx.Client, emulator: Emulator) -> None:
    recorded = json.loads(RECORDED.read_bytes())
    one = {"errorCode": "networkError", "errorMessage": "fragLoadError", "viewerId": "me"}
    other = {**one, "errorMessage": "manifestLoadError", "viewerId": "you"}
    plain = {"viewerId": "me"}
    emulator.seed(Seed(views=[SeedView(count=8, fields=plain), SeedView(fields=one), SeedView(fields=other)]))
    answered = web.get("/v1/data/errors", params={"limit": 2}).json()
    assert answered.keys() == recorded.keys()
    assert answered["data"].keys() == recorded["data"].keys()
    for name in answered["data"]:
        for mine, theirs in zip(*(sorted_by_message(body["data"][name]) for body in (answered, recorded)), strict=True):
            assert mine.keys() == theirs.keys()
            for key in theirs.keys() - {"lastSeen", "description"}:
                assert mine[key] == theirs[key]
            assert isinstance(mine["lastSeen"], str)


def sorted_by_message(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda error: error["message"])


@pytest.mark.parametrize("limit", ["0", "51", "many"])
def test_a_limit_out_of_bounds_is_refused(web: httpx.Client, limit: str) -> None:
    answered = web.get("/v1/data/errors", params={"limit": limit})
    assert answered.status_code == 422
    assert [bad["field"] for bad in answered.json()["error"]["fields"]] == ["limit"]
