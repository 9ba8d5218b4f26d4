"""The second reading of a response, with types of these tests and with the types of every operation."""

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import NoneType
from typing import Annotated, Any, Literal, NewType

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec import UNSET, Meta, UnsetType
from typing_extensions import TypeAliasType

from fastpix._call.shape import InexactError, UnreadableError, readable_choices_of
from fastpix._call.tolerance import read_tolerantly
from fastpix._call.validation import mapping, sequence
from fastpix.api.common import ABSENT, Answer, Data, Page
from fastpix.api.live_streams import LiveStream
from fastpix.api.media import Media
from fastpix.api.media_ai import AdvancedSummary
from fastpix.api.metrics import ListComparisonResponse
from fastpix.api.playlists import Playlist
from fastpix.api.views import View
from fastpix.operation import Operation
from tests.generate import values_of
from tests.lengths import length
from tests.operations import OPERATIONS

every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
few_examples = settings(
    max_examples=length(short=4, whole=12, long=20), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


class Inner(Answer):
    id: str
    title: str | None = ABSENT


class Item(Answer):
    id: str
    number: int | None = ABSENT
    ratio: float | None = ABSENT
    title: str | None = ABSENT
    inner: Inner | None = ABSENT
    inners: list[Inner] | None = ABSENT
    names: list[str] | None = ABSENT
    maybe_names: list[str | None] | None = ABSENT
    entries: dict[str, Inner] | None = ABSENT
    texts: dict[str, str | None] | None = ABSENT
    either: str | list[Inner] | None = ABSENT
    anything: dict[str, object] | None = ABSENT


class Loose(Answer):
    """A struct without required fields."""

    title: str | None = ABSENT


def read(kind: Any, answer: Any) -> tuple[Any, list[str]]:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    value, deviations = read_tolerantly(kind, body)
    return value, [str(deviation) for deviation in deviations]


def item(**fields: Any) -> tuple[Item, list[str]]:
    """Read a page with one item. Return the item and its deviations, each with its path inside the item."""
    page, told = read(Page[Item], {"data": [{"id": "a", **fields}]})
    return page.data[0], [line.removeprefix("$.data[*].") for line in told]


def refusal(kind: Any, answer: Any) -> str:
    with pytest.raises(UnreadableError) as raised:
        read(kind, answer)
    return str(raised.value)


@pytest.mark.parametrize(
    ("field", "value", "expected", "told"),
    [
        ("number", "5", Item("a"), ["number: expected integer or null, got string"]),
        ("number", 5.5, Item("a"), ["number: expected integer or null, got number"]),
        ("number", True, Item("a"), ["number: expected integer or null, got boolean"]),
        ("number", 5.0, Item("a", number=5), []),
        ("number", 9007199254740994.0, Item("a"), ["number: expected integer or null, got number"]),
        ("ratio", 5, Item("a", ratio=5.0), []),
        ("ratio", True, Item("a"), ["ratio: expected number or null, got boolean"]),
        ("title", ["x"], Item("a"), ["title: expected string or null, got array"]),
        ("title", {"x": 1}, Item("a"), ["title: expected string or null, got object"]),
        ("inner", {"title": "x"}, Item("a"), ["inner.id: expected string, got nothing"]),
        ("inner", {"id": None}, Item("a"), ["inner.id: expected string, got null"]),
        ("inner", {"id": "b", "title": 1}, Item("a", inner=Inner("b")), ["inner.title: expected string or null, got integer"]),
        ("inners", [{"id": "b"}, {"id": 5}, 7], Item("a", inners=[Inner("b")]), ["inners[*].id: expected string, got integer", "inners[*]: expected object, got integer"]),
        ("names", ["x", None, 5, "y"], Item("a", names=["x", "y"]), ["names[*]: expected string, got null", "names[*]: expected string, got integer"]),
        ("maybeNames", ["x", None, 5], Item("a", maybe_names=["x", None, None]), ["maybeNames[*]: expected string or null, got integer"]),
        ("entries", {"k": {"id": "b"}, "l": {}}, Item("a", entries={"k": Inner("b")}), ["entries[*].id: expected string, got nothing"]),
        ("texts", {"k": "v", "l": 5}, Item("a", texts={"k": "v", "l": None}), ["texts[*]: expected string or null, got integer"]),
        ("either", "x", Item("a", either="x"), []),
        ("either", [{"id": "b"}], Item("a", either=[Inner("b")]), []),
        ("either", [{"id": 1}], Item("a", either=[]), ["either[*].id: expected string, got integer"]),
        ("either", 5, Item("a"), ["either: expected string or array or null, got integer"]),
        ("anything", {"a": [{"b": 1.5}], "c": None}, Item("a", anything={"a": [{"b": 1.5}], "c": None}), []),
        ("anything", {"a": {"b": ["x", 1]}}, Item("a", anything={"a": {"b": ["x", 1]}}), []),
        ("anything", [], Item("a"), ["anything: expected object or null, got array"]),
        ("unknown", 5, Item("a"), []),
    ],
)  # fmt: skip
def test_a_value_costs_itself(field: str, value: Any, expected: Item, told: list[str]) -> None:
    odd = {"number": "odd"} if field != "number" else {}  # forces the second reading
    found, lines = item(**{field: value}, **odd)
    assert found == expected
    assert [line for line in lines if "number:" not in line or not odd] == told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"data": [{"id": "a"}, {"id": 5}]}, "$.data[1].id: expected string, got integer"),
        ({"data": [{"id": "a"}, {}]}, "$.data[1].id: expected string, got nothing"),
        ({"data": [{"id": "a"}, {"id": "b", "number": "x"}, None]}, "$.data[2]: expected object, got null"),
        ({"data": {"id": "a"}}, "$.data: expected array, got object"),
        ({"data": None}, "$.data: expected array, got null"),
        ({"pagination": 5}, "$.data: expected array, got nothing"),
    ],
)
def test_what_is_essential_is_refused_by_its_path(answer: Any, told: str) -> None:
    assert refusal(Page[Item], answer) == told


def test_the_one_value_is_essential_and_so_is_its_id() -> None:
    assert refusal(Data[Item], {"data": "x"}) == "$.data: expected object, got string"
    assert refusal(Data[Item], {"data": {"id": []}}) == "$.data.id: expected string, got array"
    assert read(Data[Item], {"data": {"id": "a", "title": 1}})[0] == Data(Item("a"))


def test_an_item_without_anything_essential_is_left_out() -> None:
    page, told = read(Page[Loose], {"data": [{"title": "x"}, 5, {"title": 5}]})
    assert page.data == [Loose("x"), Loose()]
    assert told == ["$.data[*]: expected object, got integer", "$.data[*].title: expected string or null, got integer"]


def test_the_envelope_may_be_odd() -> None:
    answer = {"data": [{"id": "a"}], "pagination": {"totalRecords": "1", "currentOffset": 1}, "success": "yes"}
    page, told = read(Page[Item], answer)
    assert (page.data, page.success) == ([Item("a")], None)
    assert (page.pagination.total_records, page.pagination.current_offset) == (None, 1)
    assert told == [
        "$.pagination.totalRecords: expected integer or null, got string",
        "$.success: expected boolean or null, got string",
    ]


def test_a_list_of_texts_is_left_without_the_odd_one() -> None:
    assert read(Data[list[str]], {"data": ["a", 5]}) == (Data(["a"]), ["$.data[*]: expected string, got integer"])


@dataclass
class Point:
    x: int


class Tagged(msgspec.Struct, tag="t"):
    x: int = 0


class Other(msgspec.Struct, tag="u"):
    y: int = 0


class Closed(msgspec.Struct, forbid_unknown_fields=True):
    x: int = 0


class Even(msgspec.Struct):
    x: int = 0
    y: int = 0
    z: str = ""

    def __post_init__(self) -> None:
        if self.x % 2:
            raise ValueError("x is odd")


Text = NewType("Text", str)
Number = TypeAliasType("Number", int | None)


class Own(msgspec.Struct):
    """A struct with types that a user may declare."""

    at: datetime | None = None
    point: Point | None = None
    level: Literal["low", "high"] | None = None
    short: Annotated[str, Meta(max_length=3)] | None = None
    tagged: Tagged | None = None
    numbers: dict[int, int] | None = None
    pair: tuple[int, str] | None = None
    anything: Any = None
    plain: list | None = None  # type: ignore[type-arg]  # pyright: ignore[reportMissingTypeArgument]
    named: dict | None = None  # type: ignore[type-arg]  # pyright: ignore[reportMissingTypeArgument]
    unset: int | UnsetType = UNSET
    levels: list[Literal["low", "high"]] | None = None
    times: dict[str, datetime] | None = None
    either: Tagged | Other | None = None
    span: tuple[int, int] | Literal["all"] | None = None
    closed: Closed | None = None
    evens: list[Even] | None = None
    many: tuple[int, ...] | None = None
    some: set[str] | None = None
    text: Text | None = None


GOOD = {
    "at": "2026-11-25T10:00:00Z",
    "point": {"x": 1},
    "level": "low",
    "short": "abc",
    "tagged": {"type": "t", "x": 2},
    "numbers": {"1": 2},
    "pair": [1, "a"],
    "anything": [1, {"a": None}],
    "plain": [1, "a"],
    "named": {"a": 1},
    "unset": 5,
    "levels": ["low", "high"],
    "times": {"a": "2026-11-25T10:00:00Z"},
    "either": {"type": "u", "y": 2},
    "span": "all",
    "closed": {"x": 1},
    "evens": [{"x": 2}],
    "many": [1, 2, 3],
    "some": ["a", "b"],
    "text": "abc",
}
BAD = {
    "at": "yesterday",
    "point": {"x": "1"},
    "level": "middle",
    "short": "abcd",
    "tagged": {"type": "u"},
    "numbers": {"one": 2},
    "pair": [1],
    "plain": 5,
    "named": [],
    "unset": "5",
    "either": {"type": "v"},
    "span": "some",
    "closed": {"x": 1, "y": 2},
    "text": 5,
}
PARTLY_BAD = [
    ("levels", ["low", "middle", None, "high"], ["low", "high"]),
    ("times", {"a": "2026-11-25T10:00:00Z", "b": "soon"}, {"a": "2026-11-25T10:00:00Z"}),
    ("evens", [{"x": 2}, {"x": 3}, {"x": "4"}], [{"x": 2}, {}]),
    ("many", [1, "2", 3], [1, 3]),
    ("some", ["a", 5], ["a"]),
]


@pytest.mark.parametrize("field", BAD)
def test_types_of_a_users_own_are_read_whole_or_not_at_all(field: str) -> None:
    value, told = read(Own, GOOD | {field: BAD[field]})
    assert value == msgspec.convert({name: part for name, part in GOOD.items() if name != field}, Own, str_keys=True)
    assert [line.partition(":")[0] for line in told] == [f"$.{field}"]


@pytest.mark.parametrize(("field", "bad", "rest"), PARTLY_BAD)
def test_parts_of_types_of_a_users_own_cost_themselves(field: str, bad: Any, rest: Any) -> None:
    value, told = read(Own, GOOD | {field: bad})
    assert value == msgspec.convert(GOOD | {field: rest}, Own, str_keys=True)
    assert {line.partition(":")[0].removesuffix(".x") for line in told} == {f"$.{field}[*]"}


def test_a_good_value_of_any_type_is_read_beside_a_bad_one() -> None:
    value, told = read(Own, GOOD | {"unset": "5"})
    assert value == msgspec.convert({name: part for name, part in GOOD.items() if name != "unset"}, Own, str_keys=True)
    assert len(told) == 1


@pytest.mark.parametrize("field", ["text", "short", "anything", "named", "plain", "pair"])
def test_bad_text_of_any_type_is_told(field: str) -> None:
    values = {"anything": ["a", {"b": "X"}], "named": {"a": "X"}, "plain": ["X"], "pair": [1, "X"]}
    body = json.dumps({field: values.get(field, "X")}).encode().replace(b"X", b"\xff")
    value, told = read(Own, body)
    assert "\ufffd" in str(getattr(value, field))
    assert [line.partition("[")[0].partition(":")[0] for line in told] == [f"$.{field}"]


class Evens(Answer):
    evens: list[Even] | None = ABSENT


def test_a_struct_with_rules_of_its_own_is_read_around_all_that_deviates() -> None:
    odd = {"x": 2, "y": "y", "z": 5}
    page, told = read(Page[Evens], {"data": [{"evens": [odd]}, {"evens": [odd, {"x": 3}]}, {"evens": 5}, 7]})
    assert page.data == [Evens([Even(2)]), Evens([Even(2)]), Evens()]
    assert len(told) == 2 + 3 + 1 + 1
    assert "$.data[*].evens[*]: expected a valid Even, got object" in told


def test_an_item_that_its_own_type_refuses_is_left_out() -> None:
    page, told = read(Page[Closed], {"data": [{"x": 1}, {"x": 1, "y": 2}, {"x": "1"}]})
    assert page.data == [Closed(1), Closed()]
    assert told[0] == "$.data[*]: expected a valid Closed, got object"


class Bounded(msgspec.Struct):
    id: Annotated[str, Meta(min_length=1)]


def test_an_essential_text_with_bounds_must_be_whole() -> None:
    assert refusal(Page[Bounded], b'{"data":[{"id":"a\xff"}]}') == "$.data[0].id: expected text in UTF-8, got string"


class Paged(msgspec.Struct):
    items: Annotated[tuple[Item, ...], Meta(description="in order")]


def test_a_page_may_be_spelled_otherwise() -> None:
    assert read(Paged, {"items": [{"id": "a", "number": "x"}, {"id": "b"}]})[0] == Paged((Item("a"), Item("b")))
    assert refusal(Paged, {"items": [{"id": "a"}, {"id": 5}]}) == "$.items[1].id: expected string, got integer"


class Price(msgspec.Struct):
    amount: Decimal | None = None
    note: str | None = None


class Untouched(msgspec.Struct):
    raw: msgspec.Raw | None = None
    note: str | None = None


@pytest.mark.parametrize("kind", [Price, Untouched, Page[Price], Data[Price]])
def test_types_that_plain_values_would_lose_are_not_looked_at_again(kind: Any) -> None:
    for _ in range(2):  # the second pass uses the caches that the first pass filled
        with pytest.raises(InexactError):
            read_tolerantly(kind, b'{"data":[{"amount":1.00,"note":5}]}')


def test_another_name_for_a_type_is_that_type() -> None:
    assert readable_choices_of(Number) == [int, NoneType]


def test_choices_are_told_by_name() -> None:
    _, told = read(Own, {"level": "middle"})
    assert told == ["$.level: expected one of 'low', 'high' or null, got string"]


def test_answers_of_a_users_own_need_not_be_structs() -> None:
    assert read(dict[str, int], {"a": 1, "b": "x"}) == ({"a": 1}, ["$[*]: expected integer, got string"])
    assert read(list[Inner], [{"id": "a", "title": 1}]) == (
        [Inner("a")],
        ["$[*].title: expected string or null, got integer"],
    )
    assert refusal(list[Inner], [{"id": "a"}, {}]) == "$[1].id: expected string, got nothing"
    assert read(dict[str, Inner], {"a": {"id": "a"}, "b": {}})[0] == {"a": Inner("a")}
    assert refusal(dict[str, int], []) == "$: expected object, got array"


@every_operation
@few_examples
@given(data=st.data())
def test_what_is_as_documented_is_read_as_by_the_first_look(
    operation: Operation[..., Any], data: st.DataObject
) -> None:
    kind = operation.endpoint.response_type
    value = data.draw(values_of(kind))
    body = msgspec.json.encode(value)
    assert read_tolerantly(kind, body) == (value, ())
    assume("\ufdd0" not in body.decode())
    bad_elsewhere = b'{"zzz":"\xff",' + body[1:] if len(body) > 2 else b'{"zzz":"\xff"}'
    assert read_tolerantly(kind, bad_elsewhere) == (value, ())


@every_operation
@few_examples
@given(data=st.data())
def test_whatever_is_read_is_of_its_type(operation: Operation[..., Any], data: st.DataObject) -> None:
    endpoint = operation.endpoint
    answer = json.loads(msgspec.json.encode(data.draw(values_of(endpoint.response_type))))
    holder, key = data.draw(st.sampled_from(places(answer)))
    holder[key] = data.draw(JSON)
    try:
        value, _ = read_tolerantly(endpoint.response_type, json.dumps(answer).encode())
    except UnreadableError:
        return
    assert endpoint.decode(msgspec.json.encode(value)) == value


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return each place in a response as its container and its key.

    Each object also has the place ``success``, even if the key is absent.
    """
    keys: list[Any] = [*mapping(value), "success"] if value == {} or mapping(value) else [*range(len(sequence(value)))]
    inner = [*mapping(value).values(), *sequence(value)]
    return [*((value, key) for key in keys), *(place for part in inner for place in places(part))]


def test_bad_text_costs_that_text_and_is_told() -> None:
    body = (
        rb'{"data":[{"id":"a","title":"cut \ud83d"},{"id":"b","title":"bad ' + b"\xff" + rb'","texts":{"k":"\ude00"}}]}'
    )
    page, told = read(Page[Item], body)
    assert page.data == [Item("a", title="cut \ufffd"), Item("b", title="bad \ufffd", texts={"k": "\ufffd"})]
    assert told == [
        "$.data[*].title: expected text in UTF-8, got string",
        "$.data[*].title: expected text in UTF-8, got string",
        "$.data[*].texts[*]: expected text in UTF-8, got string",
    ]


def test_bad_text_in_any_value_and_in_a_key_is_told() -> None:
    body = rb'{"data":[{"id":"a","anything":{"k":["\ud83d"],"\ud83d":1},"texts":{"\ude00":"v"}}]}'
    page, told = read(Page[Item], body)
    assert page.data == [Item("a", anything={"k": ["\ufffd"], "\ufffd": 1}, texts={"\ufffd": "v"})]
    assert [line.partition(":")[0] for line in told] == [
        "$.data[*].anything[*]",
        "$.data[*].anything[*][*]",
        "$.data[*].texts[*]",
    ]


def test_good_text_that_looks_as_if_replaced_is_left_alone() -> None:
    body = rb'{"data":[{"id":"a\ufffd","title":"ok \ufffd"},{"id":"b","title":"\ud83d"}]}'
    page, told = read(Page[Item], body)
    assert page.data == [Item("a\ufffd", title="ok \ufffd"), Item("b", title="\ufffd")]
    assert len(told) == 1


def test_a_deviation_holds_no_marks() -> None:
    body = rb'{"data":{"id":"a","title":["\ud83d"]}}'
    _, deviations = read_tolerantly(Data[Item], body)
    assert [deviation.value for deviation in deviations] == [["\ufffd"]]


def test_a_large_number_around_the_items_costs_itself() -> None:
    page, told = read(Page[Item], b'{"data":[{"id":"a"}],"pagination":{"totalRecords":1e999,"currentOffset":1}}')
    assert (page.data, page.pagination.current_offset) == ([Item("a")], 1)
    assert len(told) == 1


def test_bad_text_beside_a_large_number_is_found() -> None:
    value, told = read(Data[Item], rb'{"data":{"id":"a","number":1e999,"title":"\ud83d"}}')
    assert value.data == Item("a", title="\ufffd")
    assert len(told) == 2


def test_bad_text_is_found_behind_another_deviation() -> None:
    body = rb'{"data":[{"id":"a","number":"5"},{"id":"b","title":"\ud83d"}]}'
    page, told = read(Page[Item], body)
    assert page.data == [Item("a"), Item("b", title="\ufffd")]
    assert len(told) == 2


def test_an_essential_text_must_be_whole() -> None:
    assert refusal(Page[Item], rb'{"data":[{"id":"\ud83d"}]}') == "$.data[0].id: expected text in UTF-8, got string"


def test_a_number_may_be_too_large_for_one_type_and_not_for_another() -> None:
    page, told = read(Page[Item], b'{"data":[{"id":"a","number":%d,"ratio":%d}]}' % (10**400, 10**400))
    assert page.data == [Item("a", number=10**400)]
    assert told == ["$.data[*].ratio: expected number or null, got integer"]


def test_a_number_that_no_type_holds_costs_itself_in_any_value() -> None:
    page, told = read(Page[Item], b'{"data":[{"id":"a","anything":{"a":[1e999,2],"b":1e999}}]}')
    assert page.data == [Item("a", anything={"a": [None, 2], "b": None})]
    assert [line.partition(":")[0] for line in told] == ["$.data[*].anything[*][*]", "$.data[*].anything[*]"]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1e9999999999999999999", "9" * 5000, "1" * 400 + ".5"])
def test_a_number_that_no_type_holds_costs_itself(number: str) -> None:
    body = f'{{"data":[{{"id":"a","number":{number},"ratio":{number},"title":"x"}}]}}'.encode()
    page, told = read(Page[Item], body)
    assert page.data == [Item("a", title="x")]
    assert told == [
        "$.data[*].number: expected integer or null, got a number out of range",
        "$.data[*].ratio: expected number or null, got a number out of range",
    ]


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"data":[{"id":"a"}', b'{"data":[{"id":"\\ud83', b'{"data":[1e999,NaN]}', b"[]x"]
)
@pytest.mark.parametrize("kind", [Page[Item], Data[Item], dict[str, object]])
def test_what_is_no_json_is_an_error(body: bytes, kind: Any) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        read_tolerantly(kind, body)


def test_a_json_constant_behind_a_large_number_is_an_error() -> None:
    with pytest.raises(msgspec.DecodeError, match="malformed"):
        read_tolerantly(dict[str, float], b'{"a":1e999,"b":NaN}')


@pytest.mark.parametrize("field", ["names", "inners", "texts", "titles"])
def test_more_than_ten_thousand_deviations_are_an_error(field: str) -> None:
    def answer(count: int) -> dict[str, Any]:
        if field == "titles":
            return {"data": [{"id": "a", "inners": [{"id": "b", "title": 1}] * count}]}
        parts = {str(number): 1 for number in range(count)}
        return {"data": [{"id": "a", field: parts if field == "texts" else [*parts.values()]}]}

    assert len(read(Page[Item], answer(10_000))[1]) == 10_000
    assert refusal(Page[Item], answer(10_001)) == "$: expected at most 10000 deviations, got nothing"


def repeated(part: bytes, size: int = 400_000) -> bytes:
    return b",".join([part] * (size // len(part)))


HOSTILE = {
    "items to be read again": b'{"data":[' + repeated(b'{"id":"a","number":1.0}') + b"]}",
    "halves of characters": b'{"data":[{"id":"a","title":"' + rb"\ud83d" * 60_000 + b'"}]}',
    "backslashes": b'{"data":[{"id":"a","title":"' + b"\\\\" * 200_000 + rb'\ud83d"}]}',
    "bad bytes": b'{"data":[{"id":"a","title":"' + b"\xff" * 400_000 + b'"}]}',
    "unknown fields": b'{"data":[{"id":"a","number":"x",' + repeated(b'"b":[{}]') + b"}]}",
    "long numbers": b'{"data":[{"id":"a","names":["x",' + repeated(b"9" * 4000) + b"]}]}",
    "large numbers": b'{"data":[{"id":"a","anything":{"a":[' + repeated(b"1e999") + b"]}}]}",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_body_that_is_built_to_be_slow_is_not(body: bytes) -> None:
    sys.set_int_max_str_digits(0)
    loads = cpu(lambda: json.loads(body.decode(errors="replace")))
    sys.set_int_max_str_digits(4300)
    assert cpu(lambda: read_or_refuse(Page[Item], body)) < 1000 * loads


@pytest.mark.parametrize("item", [b'{"id":"a","number":1.0}', b'{"id":"a","title":"\\ud83d"}', b'{"id":"a"}'])
def test_an_item_costs_the_same_on_a_longer_page(item: bytes) -> None:
    def page(count: int) -> bytes:
        return b'{"data":[' + b",".join([item] * count) + b'],"success":"odd"}'

    short, long = page(1000), page(8000)
    assert cpu(lambda: read(Page[Item], long)) < 3 * 8 * cpu(lambda: read(Page[Item], short))


def read_or_refuse(kind: Any, body: bytes) -> None:
    with suppress(UnreadableError, RecursionError):
        read_tolerantly(kind, body)


def cpu(call: Callable[[], object]) -> float:
    """Return the CPU seconds of the fastest of three calls."""
    taken: list[float] = []
    for _ in range(3):
        started = time.process_time()
        call()
        taken.append(time.process_time() - started)
    return min(taken)


@pytest.mark.parametrize("depth", [50, 5_000])
def test_a_struct_that_holds_its_kind_is_read_or_refused_however_deep(depth: int) -> None:
    body = b'{"data":[' + b'{"items":[' * depth + b'{"name":5}' + b"]}" * depth + b"]}"
    if depth > 1000:
        with pytest.raises(RecursionError):
            read_tolerantly(ListComparisonResponse, body)
    else:
        _, deviations = read_tolerantly(ListComparisonResponse, body)
        assert deviations[0].path == "$.data[*]" + ".items[*]" * depth + ".name"


@pytest.mark.parametrize("kind", [Item, Media, LiveStream, Playlist, View, AdvancedSummary])
@few_examples
@given(data=st.data())
def test_an_item_is_read_as_the_one_value_is(kind: Any, data: st.DataObject) -> None:
    answer = {"data": json.loads(msgspec.json.encode(data.draw(values_of(kind))))}
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places(answer["data"])))
        holder[key] = data.draw(JSON)
    page = {"data": [answer["data"]] * data.draw(st.integers(1, 4))}
    refused = refusal_or_none(Data[kind], answer)
    if refused is not None:
        assert refusal(Page[kind], page).replace("$.data[0]", "$.data") == refused
        return
    value, told = read(Data[kind], answer)
    values, all_told = read(Page[kind], page)
    assert values.data == [value.data] * len(page["data"])
    assert sorted(line.replace("$.data[*]", "$.data") for line in all_told) == sorted(told * len(page["data"]))


def refusal_or_none(kind: Any, answer: Any) -> str | None:
    try:
        read(kind, answer)
    except UnreadableError as problem:
        return str(problem)
    return None
