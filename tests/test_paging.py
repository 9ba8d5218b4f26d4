"""`pages` and `each`: on the local FastPix, and on lists that change and services that misbehave."""

import pickle
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.pipeline import flow

from fastpix import (
    AsyncFastpix,
    AsyncFastpixCore,
    Fastpix,
    FastpixCore,
    Reply,
    RequestOptions,
    each,
    pages,
)
from fastpix.api.common import Page
from fastpix.api.live_streams import (
    GetAllStreamsRequest,
    GetLiveStreamRequest,
    ListLiveClipsRequest,
    LiveStream,
    live_streams_get,
    live_streams_list,
    live_streams_list_clips,
)
from fastpix.api.metrics import metrics_list_breakdown_values
from fastpix.api.playlists import playlists_list
from fastpix.emulator import Emulator, Seed, SeedStream
from fastpix.errors import RequestValidationError
from fastpix.operation import get
from fastpix.paging import MOST_EMPTY
from tests.own_operations import GetScheduleRequest
from tests.pages import paging


class Service(httpx.BaseTransport):
    """A list of items, newest first. It returns its pages, and records the queries."""

    def __init__(self, items: int, *, most: int = 50, clamps: bool = False) -> None:
        self.items = [*range(items, 0, -1)]
        self.created = items
        self.most = most
        self.clamps = clamps
        self.asked: list[dict[str, str]] = []
        self.answered: Callable[[dict[str, Any]], dict[str, Any]] = lambda answer: answer

    @property
    def core(self) -> FastpixCore:
        return FastpixCore(username="a", password="b", transport=self)

    @property
    def numbers(self) -> list[int]:
        return [int(asked["offset"]) for asked in self.asked]

    def create(self) -> None:
        self.created += 1
        self.items.insert(0, self.created)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        self.asked.append(asked)
        items = self.items[::-1] if asked.get("orderBy") == "asc" else self.items
        limit = min(int(asked.get("limit", 10)), self.most)
        count = -(-len(items) // limit)
        number = min(int(asked["offset"]), max(count, 1)) if self.clamps else int(asked["offset"])
        page = [
            {"streamId": f"s{item}", "streamKey": "k", "id": f"s{item}"}
            for item in items[(number - 1) * limit : number * limit]
        ]
        position = {"totalRecords": len(items), "currentOffset": number, "offsetCount": count}
        answer = self.answered({"success": True, "data": page, "pagination": position})
        return httpx.Response(answer.pop("status", 200), json=answer)

    def delete(self, stream: LiveStream) -> None:
        self.items.remove(int(stream.stream_id[1:]))


def ids(results: Any) -> list[str]:
    return [result.unwrap().stream_id for result in results]


def numbered(*numbers: int) -> list[str]:
    return [f"s{number}" for number in numbers]


def seeded(emulator: Emulator, streams: int) -> None:
    emulator.seed(Seed(streams=[SeedStream(count=streams)]))


def test_pages_reads_each_page_once_with_the_largest_limit(emulator: Emulator, core: FastpixCore) -> None:
    seeded(emulator, 120)
    seen = [result.unwrap() for result in pages(live_streams_list)(core)]
    assert [len(page.data) for page in seen] == [50, 50, 20]
    assert [paging(page).current_offset for page in seen] == [1, 2, 3]


def test_each_reads_each_item_once(emulator: Emulator, core: FastpixCore) -> None:
    seeded(emulator, 120)
    found = ids(each(live_streams_list)(core))
    assert len(found) == len(set(found)) == 120


@pytest.mark.anyio
async def test_an_async_core_makes_both_async(emulator: Emulator, async_core: AsyncFastpixCore) -> None:
    seeded(emulator, 60)
    assert len([result.unwrap().stream_id async for result in each(live_streams_list)(async_core)]) == 60
    assert [len(result.unwrap().data) async for result in pages(live_streams_list)(async_core)] == [50, 10]


def test_a_page_is_requested_when_it_is_needed() -> None:
    service = Service(200)
    walk = each(live_streams_list)(service.core)
    assert service.numbers == []
    assert ids(islice(walk, 50)) == numbered(*range(200, 150, -1))
    assert service.numbers == [1]
    next(walk)
    assert service.numbers == [1, 2]


def test_limit_and_offset_of_the_request_are_kept() -> None:
    service = Service(10)
    request = GetAllStreamsRequest(limit=3, offset=2, order_by="asc")
    assert [len(page.unwrap().data) for page in pages(live_streams_list)(service.core, request)] == [3, 3, 1]
    assert service.numbers == [2, 3, 4]
    assert {(asked["limit"], asked["orderBy"]) for asked in service.asked} == {("3", "asc")}


def test_an_operation_without_a_bound_of_the_limit_gets_none() -> None:
    class Asked(GetScheduleRequest, kw_only=True):
        limit: int = 7
        offset: int = 1

    @get("/things", id="things")
    def things(core: FastpixCore, request: Asked, options: RequestOptions | None = None) -> Reply[Page[LiveStream]]:
        raise NotImplementedError

    service = Service(20)
    assert len(ids(each(things)(service.core, Asked("a")))) == 20
    assert [asked["limit"] for asked in service.asked] == ["7", "7", "7"]


def test_an_empty_list_is_one_request() -> None:
    service = Service(0)
    assert ids(each(live_streams_list)(service.core)) == []
    assert [page.unwrap().data for page in pages(live_streams_list)(service.core)] == [[]]
    assert service.numbers == [1, 1]


def test_options_apply_to_each_request() -> None:
    result = next(each(live_streams_list)(Service(3).core, options=RequestOptions(headers={"a\n": ""})))
    assert isinstance(result.failure(), RequestValidationError)


@given(st.integers(0, 25), st.integers(1, 9), st.sampled_from(["asc", "desc"]), st.data())
def test_deleting_all_leaves_none_and_creating_meanwhile_shows_none_twice(
    items: int, limit: int, order: Any, data: st.DataObject
) -> None:
    """A list that changes for longer than this may end the walk early, as `each` says."""
    service, shown = Service(items), list[str]()
    for result in each(live_streams_list)(service.core, GetAllStreamsRequest(limit=limit, order_by=order)):
        stream = result.unwrap()
        shown.append(stream.stream_id)
        service.delete(stream)
        for _ in range(data.draw(st.integers(0, 3)) if service.created < items + 6 else 0):
            service.create()
    assert len(shown) == len(set(shown))
    assert min(service.items, default=items + 1) > items


@given(st.integers(0, 40), st.integers(1, 9), st.sampled_from(["asc", "desc"]), st.data())
def test_items_that_stay_are_all_shown_whatever_others_delete(
    items: int, limit: int, order: Any, data: st.DataObject
) -> None:
    service, kept = Service(items), set(data.draw(st.lists(st.integers(1, max(items, 1)))))
    shown = list[str]()
    for result in each(live_streams_list)(service.core, GetAllStreamsRequest(limit=limit, order_by=order)):
        shown.append(result.unwrap().stream_id)
        for item in data.draw(st.lists(st.sampled_from(service.items), max_size=2)) if service.items else ():
            if item in service.items and item not in kept:
                service.items.remove(item)
    assert len(shown) == len(set(shown))
    assert {f"s{item}" for item in kept if item <= items} <= set(shown)


@pytest.mark.parametrize(("each_time", "limit"), [(1, 50), (1, 1), (2, 10)])
def test_as_many_new_items_as_a_page_has_do_not_end_it(each_time: int, limit: int) -> None:
    service, shown = Service(100), list[str]()
    for result in each(live_streams_list)(service.core, GetAllStreamsRequest(limit=limit)):
        shown.append(result.unwrap().stream_id)
        for _ in range(each_time if service.created < 500 else 0):
            service.create()
    assert {f"s{number}" for number in range(1, 101)} <= set(shown)
    assert len(shown) == len(set(shown))


def test_a_list_that_never_stands_still_is_not_read_for_ever() -> None:
    service = Service(1000)
    service.answered = lambda answer: service.create() or answer  # type: ignore[func-returns-value]
    assert len([*each(playlists_list)(service.core)]) >= 1000
    assert len(service.asked) <= 6 * 22


def test_a_list_that_gets_shorter_while_it_is_read_again_is_read_once_more() -> None:
    service = Service(6)
    deletions = {3: 6, 4: 5, 5: 4}

    def answered(answer: dict[str, Any]) -> dict[str, Any]:
        deleted = deletions.pop(len(service.asked) + 1, None)
        if deleted is not None:
            service.items.remove(deleted)
        return answer

    service.answered = answered
    shown = ids(each(live_streams_list)(service.core, GetAllStreamsRequest(limit=2)))
    assert "s2" in shown


def test_deleting_while_iterating_costs_about_twice_the_requests() -> None:
    service = Service(1000)
    for result in each(live_streams_list)(service.core):
        service.delete(result.unwrap())
    assert service.items == []
    assert len(service.numbers) <= 2 * 20 + 5


@pytest.mark.parametrize(("created", "order", "requests"), [(0, "desc", 4), (40, "desc", 5), (0, "asc", 8)])
def test_a_list_is_read_again_only_if_items_may_have_been_missed(created: int, order: Any, requests: int) -> None:
    service = Service(200)
    walk = each(live_streams_list)(service.core, GetAllStreamsRequest(order_by=order))
    next(walk)
    for _ in range(created):
        service.create()
    assert len(ids(walk)) == 199
    assert len(service.numbers) == requests


def test_without_a_documented_order_the_list_is_read_again_if_the_number_of_items_changed() -> None:
    service = Service(120)
    walk = each(playlists_list)(service.core)
    next(walk)
    service.create()
    assert sum(1 for _ in walk) == 120  # the new one is found, too
    assert service.numbers == [1, 2, 3, 1, 2, 3]


@pytest.mark.parametrize("position", [{"totalRecords": 5}, {}, None])
def test_without_numbers_of_pages_a_list_is_read_until_an_empty_page(position: Any) -> None:
    service = Service(5)
    service.answered = lambda answer: {**answer, "pagination": position}
    request = GetAllStreamsRequest(limit=2)
    assert len([*pages(live_streams_list)(service.core, request)]) == 4
    assert len(ids(each(live_streams_list)(service.core, request))) == 5


@pytest.mark.parametrize("known", [True, False])
def test_a_service_that_returns_the_last_page_again_is_not_read_for_ever(known: bool) -> None:
    service = Service(5, clamps=True)
    request = GetAllStreamsRequest(limit=2)

    def without(answer: dict[str, Any]) -> dict[str, Any]:
        del answer["pagination"]["offsetCount"]
        if not known:
            del answer["pagination"]["currentOffset"]
        return answer

    service.answered = without
    assert [len(page.unwrap().data) for page in pages(live_streams_list)(service.core, request)] == [2, 2, 1]
    assert len(ids(each(live_streams_list)(service.core, request))) == 5


def test_a_list_that_became_shorter_than_the_page_asked_for_is_read_again() -> None:
    service = Service(6, clamps=True)
    walk = each(live_streams_list)(service.core, GetAllStreamsRequest(limit=2))
    shown = ids(islice(walk, 2))
    service.items = service.items[2:4]
    assert shown + ids(walk) == numbered(6, 5, 4, 3)


def test_an_empty_page_in_the_middle_does_not_end_a_list() -> None:
    service = Service(6)
    service.answered = lambda answer: (
        {**answer, "data": []} if answer["pagination"]["currentOffset"] == 2 and len(service.asked) < 4 else answer
    )
    request = GetAllStreamsRequest(limit=2)
    assert ids(each(live_streams_list)(service.core, request)) == numbered(6, 5, 2, 1, 4, 3)


def test_a_list_of_empty_pages_ends() -> None:
    service = Service(0)
    service.answered = lambda answer: {**answer, "pagination": {"offsetCount": 10**9, "totalRecords": 10**9}}
    assert ids(each(live_streams_list)(service.core)) == []
    assert len(service.asked) == MOST_EMPTY


def test_a_smaller_page_than_asked_for_is_no_end() -> None:
    service = Service(60, most=25)
    assert len(ids(each(live_streams_list)(service.core))) == 60
    assert service.numbers == [1, 2, 3, 1, 2, 3]  # a short page may mean that items moved


def test_a_failure_ends_the_walk_and_says_where_to_go_on() -> None:
    service = Service(150)
    service.answered = lambda answer: {"status": 400} if answer["pagination"]["currentOffset"] == 2 else answer
    *found, failed = each(live_streams_list)(service.core)
    error = failed.failure()
    assert error.page == 2
    assert len(found) == 50
    assert pickle.loads(pickle.dumps(error)).page == 2
    service.answered = lambda answer: answer
    rest = ids(each(live_streams_list)(service.core, GetAllStreamsRequest(offset=error.page)))
    assert len({*ids(found), *rest}) == 150


def test_a_failure_while_the_list_is_read_again_says_to_begin_again() -> None:
    service = Service(150)
    walk = each(live_streams_list)(service.core)
    for result in islice(walk, 100):
        service.delete(result.unwrap())
    service.answered = lambda answer: {"status": 400} if len(service.asked) > 2 else answer
    *_, failed = walk
    assert failed.failure().page == 1


def test_a_wrong_request_is_the_failure_of_the_operation() -> None:
    wrong: Any
    for wrong in (GetLiveStreamRequest("a"), "a", GetAllStreamsRequest(offset=0), GetAllStreamsRequest(offset="b")):  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        (result,) = each(live_streams_list)(Service(3).core, wrong)
        assert isinstance(result.failure(), RequestValidationError)
        assert result.failure().function == "live_streams_list"


def test_what_has_no_pages_or_no_ids_is_refused() -> None:
    wrong: Any = live_streams_get
    for adverb in (each, pages):
        with pytest.raises(TypeError, match=r"\(\) takes an operation that returns a Page .*, not live_streams_get"):
            adverb(wrong)
        with pytest.raises(TypeError, match=r"\(\) takes an operation, such as live_streams_list, not builtin"):
            adverb(len)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    with pytest.raises(TypeError, match="the items of metrics_list_breakdown_values have no id"):
        each(metrics_list_breakdown_values)
    pages(metrics_list_breakdown_values)


def test_arguments_are_checked_at_once(core: FastpixCore) -> None:
    anything: Any = None
    wrong: Any = {"req": 1}
    with pytest.raises(TypeError, match=r"^live_streams_list\(\) got an unexpected keyword argument 'req'"):
        each(live_streams_list)(core, **wrong)
    with pytest.raises(TypeError, match="live_streams_list\\(\\) takes a FastpixCore or an AsyncFastpixCore"):
        each(live_streams_list)(anything)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'request'"):
        each(live_streams_list_clips)(core, anything)
    request = ListLiveClipsRequest("0" * 32)
    assert [*each(live_streams_list_clips)(core, request=request)] == []


@pytest.mark.parametrize("adverb", [each(live_streams_list, prefetch=True), pages(live_streams_list)])
def test_an_adverb_is_the_same_after_pickling(adverb: Any) -> None:
    service = Service(60)
    assert [*pickle.loads(pickle.dumps(adverb))(service.core)] == [*adverb(service.core)]
    assert adverb.__name__ == "live_streams_list"


def test_prefetch_requests_the_next_page_while_this_one_is_used() -> None:
    service = Service(150)
    walk = each(live_streams_list, prefetch=True)(service.core)
    next(walk)
    while service.numbers != [1, 2]:
        pass
    assert len(ids(walk)) == 149
    assert service.numbers == [1, 2, 3]


@pytest.mark.anyio
async def test_prefetch_in_an_event_loop(emulator: Emulator, async_core: AsyncFastpixCore) -> None:
    seeded(emulator, 120)
    found = [result.unwrap() async for result in each(live_streams_list, prefetch=True)(async_core)]
    assert len(found) == 120
    async with aclosing(pages(live_streams_list, prefetch=True)(async_core)) as walk:
        async for _ in walk:
            break


def test_it_has_its_place_in_a_pipeline(emulator: Emulator, core: FastpixCore) -> None:
    seeded(emulator, 3)
    found: list[str] = flow(core, each(live_streams_list), ids)
    assert len(found) == 3
    listed: list[str] = flow(GetAllStreamsRequest(limit=1), partial(each(live_streams_list), core), ids)
    assert sorted(listed) == sorted(found)


def test_the_methods_of_the_facade_raise(emulator: Emulator) -> None:
    seeded(emulator, 60)
    fastpix = Fastpix(username=emulator.username, password=emulator.password, transport=emulator.transport())
    assert len({stream.stream_id for stream in fastpix.live_streams.list.each()}) == 60
    assert [len(page.data) for page in fastpix.live_streams.list.pages(GetAllStreamsRequest(limit=40))] == [40, 20]
    with pytest.raises(RequestValidationError, match="limit must be"):
        next(fastpix.live_streams.list.each(GetAllStreamsRequest(limit=51)))


@pytest.mark.anyio
async def test_the_async_methods_of_the_facade_raise(emulator: Emulator) -> None:
    seeded(emulator, 60)
    fastpix = AsyncFastpix(username=emulator.username, password=emulator.password, transport=emulator.transport())
    assert len([stream async for stream in fastpix.live_streams.list.each()]) == 60
    assert [len(page.data) async for page in fastpix.live_streams.list.pages(GetAllStreamsRequest(limit=40))] == [
        40,
        20,
    ]
    with pytest.raises(RequestValidationError, match="limit must be"):
        await anext(fastpix.live_streams.list.each(GetAllStreamsRequest(limit=51)))
