"""Operations that a user declares work like all others: over real sockets, with any type of response."""

import pickle
from decimal import Decimal
from typing import Any, Literal

import msgspec
import pytest

from fastpix import AsyncFastpixCore, FastpixCore, Hooks, Reply, RequestOptions, Retries, Success, with_response
from fastpix.api.common import Ack, Data
from fastpix.errors import (
    ApiError,
    ConnectionFailedError,
    NotFoundError,
    RequestValidationError,
    ResponseValidationError,
    TimedOutError,
    UnexpectedClientError,
)
from fastpix.operation import Operation, delete, get, patch, post, put
from tests.own_operations import (
    Channel,
    CreateChannel,
    GetScheduleRequest,
    OwnAsyncFastpix,
    OwnFastpix,
    playout_create,
    playout_epg,
    playout_export,
    playout_get,
)
from tests.servers import Scripted, Stopwatch, answer, drip, hang_up

CSV = "start,title\r\n2026-11-25T10:00:00,Ævening show\r\n"
XML = b'<?xml version="1.0" encoding="ISO-8859-1"?><tv>\xc6</tv>'
CSV_ANSWER = answer(CSV.encode(), headers=("content-type: text/csv; charset=utf-8", "x-total-count: 1"))
SCHEDULE = GetScheduleRequest("c1", start_time="2026-11-25T00:00:00", format="csv")
QUICK = Retries(base=0.001)
LONG = 30.0
"""A time in seconds that no call here takes, even on a busy machine."""


def core_at(scripted: Scripted, **settings: Any) -> FastpixCore:
    return FastpixCore(username="a", password="b", server_url=f"{scripted.url}", retries=QUICK, **settings)


def test_text_is_the_body_with_the_headers_beside_it(scripted: Scripted) -> None:
    scripted.script(CSV_ANSWER)
    answered = with_response(playout_export)(core_at(scripted), SCHEDULE).unwrap()
    assert (answered.value, answered.deviations) == (CSV, ())
    assert answered.headers["x-total-count"] == "1"
    (request,) = scripted.requests
    assert request.startswith(
        b"GET /v1/playout/channels/c1/schedule?startTime=2026-11-25T00%3A00%3A00&format=csv HTTP/1.1"
    )
    assert b"accept: */*\r\n" in request.lower()
    assert b"authorization: basic " in request.lower()


def test_text_in_another_charset_is_decoded(scripted: Scripted) -> None:
    scripted.script(answer(CSV.encode("latin-1"), headers=("content-type: text/csv; charset=ISO-8859-1",)))
    assert playout_export(core_at(scripted), SCHEDULE) == Success(CSV)


def test_a_bad_byte_in_text_is_replaced_and_told_or_an_error_if_strict(scripted: Scripted) -> None:
    scripted.script(answer(b"a,\xff"), answer(b"a,\xff"))
    answered = with_response(playout_export)(core_at(scripted), SCHEDULE).unwrap()
    assert answered.value == "a,\ufffd"
    assert [str(deviation) for deviation in answered.deviations] == ["$: expected text in UTF-8, got string"]
    error = playout_export(core_at(scripted, strict=True), SCHEDULE).failure()
    assert isinstance(error, ResponseValidationError)


@pytest.mark.parametrize("charset", ["latin1", "cp1252", "utf-16", "utf-16le", "UTF-8"])
def test_a_charset_is_known_by_its_names(scripted: Scripted, charset: str) -> None:
    scripted.script(answer("é,".encode(charset), headers=(f"content-type: text/csv; Charset={charset}",)))
    assert playout_export(core_at(scripted), SCHEDULE) == Success("é,")


@pytest.mark.parametrize(
    ("body", "charset"),
    [("caf\ud83d é".encode("utf-16", "surrogatepass"), "utf-16"), (b"caf\x81 \xe9", "windows-1252")],
)
def test_bad_text_in_another_charset_costs_that_text(scripted: Scripted, body: bytes, charset: str) -> None:
    scripted.script(answer(body, headers=(f"content-type: text/csv; charset={charset}",)))
    answered = with_response(playout_export)(core_at(scripted), SCHEDULE).unwrap()
    assert answered.value.startswith("caf\ufffd")
    assert answered.value.endswith(" é")
    assert len(answered.deviations) == 1


def test_text_is_never_taken_for_a_refusal(scripted: Scripted) -> None:
    scripted.script(answer(b'{"success":false}'), answer(b'{"success":false,"x":"\xff"}'))
    core = core_at(scripted)
    assert playout_export(core, SCHEDULE) == Success('{"success":false}')
    assert isinstance(playout_export(core, SCHEDULE), Success)


def test_bytes_are_the_body_as_it_came(scripted: Scripted) -> None:
    scripted.script(answer(XML, headers=("content-type: application/xml; charset=iso-8859-1",)), answer(b""))
    core = core_at(scripted)
    assert playout_epg(core, SCHEDULE) == Success(XML)
    assert playout_epg(core, SCHEDULE) == Success(b"")


def test_a_dict_is_whatever_the_answer_has(scripted: Scripted) -> None:
    scripted.script(
        answer(b'{"data":{"id":"c1"},"new":[1.5,null]}'), answer(b'{"success":false,"error":{"message":"no"}}')
    )
    core = core_at(scripted)
    assert playout_get(core, SCHEDULE) == Success({"data": {"id": "c1"}, "new": [1.5, None]})
    error = playout_get(core, SCHEDULE).failure()
    assert isinstance(error, ApiError)
    assert error.message == "no"


def test_a_users_own_structs_are_sent_and_read(scripted: Scripted) -> None:
    scripted.script(answer(b'{"success":true,"data":{"id":"c1","name":5}}', 201))
    answered = with_response(playout_create)(core_at(scripted), CreateChannel("news")).unwrap()
    assert answered.value == Data(Channel("c1"), success=True)
    assert [deviation.path for deviation in answered.deviations] == ["$.data.name"]
    assert scripted.requests[0].endswith(b'\r\n\r\n{"name":"news"}')


class Change(msgspec.Struct):
    id: str
    new_name: str


def change(core: FastpixCore, request: Change, options: RequestOptions | None = None) -> Reply[Ack]:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("declare", "line", "body"),
    [
        (get("/a/{id}", id="a"), "GET /v1/a/b%20c?new_name=d", b""),
        (post("/a/{id}", id="a"), "POST /v1/a/b%20c", b'{"new_name":"d"}'),
        (put("/a/{id}", id="a"), "PUT /v1/a/b%20c", b'{"new_name":"d"}'),
        (patch("/a/{id}", id="a"), "PATCH /v1/a/b%20c", b'{"new_name":"d"}'),
        (delete("/a/{id}", id="a"), "DELETE /v1/a/b%20c?new_name=d", b""),
        (delete("/a/{id}", id="a", in_body=True), "DELETE /v1/a/b%20c", b'{"new_name":"d"}'),
    ],
)
def test_what_is_not_in_the_path_goes_where_the_method_has_it(
    scripted: Scripted, declare: Any, line: str, body: bytes
) -> None:
    assert declare(change)(core_at(scripted), Change("b c", "d")) == Success(Ack(success=True))
    head, _, sent_body = scripted.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(f"{line} HTTP/1.1\r\n".encode())
    assert sent_body == body


@pytest.mark.parametrize(
    ("declare", "sent"),
    [
        (post("/a/{id}", id="a"), 1),
        (post("/a/{id}", id="a", idempotent=True), 2),
        (patch("/a/{id}", id="a"), 1),
        (patch("/a/{id}", id="a", idempotent=True), 2),
        (put("/a/{id}", id="a"), 2),
        (delete("/a/{id}", id="a"), 2),
    ],
)
async def test_a_lost_answer_is_asked_for_again_if_the_declaration_allows_it(
    scripted: Scripted, anyio_backend: str, declare: Any, sent: int
) -> None:
    operation, request = declare(change), Change("b", "c")
    scripted.script(hang_up, answer())
    assert isinstance(operation(core_at(scripted), request), Success) is (sent == 2)
    assert len(scripted.requests) == sent
    scripted.requests.clear()
    async with AsyncFastpixCore(username="a", password="b", server_url=scripted.url, retries=QUICK) as core:
        assert isinstance(await operation(core, request), Success) is (sent == 2)
    assert len(scripted.requests) == sent


def test_it_is_sent_again_as_any_other(scripted: Scripted) -> None:
    scripted.script(answer(b"", 503), hang_up, CSV_ANSWER)
    errors: list[str] = []
    hooks = Hooks(on_error=lambda attempt, error: errors.append(attempt.operation_id))
    assert playout_export(core_at(scripted, hooks=hooks), SCHEDULE) == Success(CSV)
    assert errors == ["export-schedule"] * 2


def test_a_post_is_sent_once_and_may_have_been_applied(scripted: Scripted) -> None:
    scripted.script(hang_up)
    error = playout_create(core_at(scripted), CreateChannel("news")).failure()
    assert isinstance(error, ConnectionFailedError)
    assert (error.may_have_been_applied, error.attempts, error.operation_id) == (True, 1, "create-channel")


def test_refusals_and_the_deadline_are_errors_as_any_other(scripted: Scripted) -> None:
    scripted.script(
        answer(b'{"success":false,"error":{"code":404,"message":"no channel"}}', 404),
        drip(b"", after=b"HTTP/1.1 200 OK\r\n"),
    )
    core = core_at(scripted)
    error = playout_export(core, SCHEDULE).failure()
    assert isinstance(error, NotFoundError)
    assert error.message == "no channel"
    with Stopwatch() as watch:
        assert isinstance(playout_export(core, SCHEDULE, RequestOptions(timeout=0.3)).failure(), TimedOutError)
    assert watch.seconds < LONG


def test_a_path_and_bounds_are_checked_as_any_others(scripted: Scripted) -> None:
    core = core_at(scripted)
    outside = playout_export(core, GetScheduleRequest("../c1")).failure()
    assert isinstance(outside, RequestValidationError)
    wrong: Any = "yaml"
    unknown = playout_export(core, GetScheduleRequest("c1", format=wrong)).failure()
    assert str(unknown) == "playout_export: format must be one of 'csv', 'xml', 'json', not 'yaml'"
    assert scripted.requests == []


async def test_it_is_awaited_on_an_async_core(scripted: Scripted, anyio_backend: str) -> None:
    scripted.script(CSV_ANSWER, answer(XML))
    async with AsyncFastpixCore(username="a", password="b", server_url=scripted.url) as core:
        assert await playout_export(core, SCHEDULE) == Success(CSV)
        assert await playout_epg(core, SCHEDULE) == Success(XML)


def test_it_has_a_place_on_a_facade(scripted: Scripted) -> None:
    scripted.script(CSV_ANSWER, answer(b'{"data":{"id":"c1"}}', 201), answer(b"", 404))
    with OwnFastpix(username="a", password="b", server_url=scripted.url) as fastpix:
        assert fastpix.playout.export(SCHEDULE) == CSV
        assert fastpix.playout.create(CreateChannel("news")).data == Channel("c1")
        with pytest.raises(NotFoundError):
            fastpix.playout.export(SCHEDULE)


async def test_it_has_a_place_on_an_async_facade(scripted: Scripted, anyio_backend: str) -> None:
    scripted.script(CSV_ANSWER)
    async with OwnAsyncFastpix(username="a", password="b", server_url=scripted.url) as fastpix:
        assert await fastpix.playout.export(SCHEDULE) == CSV


def test_it_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(playout_export)) is playout_export


def nothing_said(core: Any, request: Any, options: Any = None) -> Any:
    raise NotImplementedError


nothing_said.__annotations__.clear()


def no_reply(core: FastpixCore, request: GetScheduleRequest, options: RequestOptions | None = None) -> str:
    raise NotImplementedError


def no_request(core: FastpixCore, options: RequestOptions | None = None) -> Reply[Ack]:
    raise NotImplementedError


def request_of_text(core: FastpixCore, request: str, options: RequestOptions | None = None) -> Reply[Ack]:
    raise NotImplementedError


def good(core: FastpixCore, request: GetScheduleRequest, options: RequestOptions | None = None) -> Reply[Ack]:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("declared", "path", "complaint"),
    [
        (nothing_said, "/a", r"nothing_said must be declared as \(core: FastpixCore, request: ..., options: "),
        (no_reply, "/a", "no_reply must be declared as"),
        (no_request, "/a", "no_request must be declared as"),
        (
            request_of_text,
            "/a",
            "the request of request_of_text must be a msgspec.Struct or a union of them, not <class 'str'>",
        ),
        (
            good,
            "/a/{channel_id}",
            "contains {channel_id}, but .*GetScheduleRequest.* has no field that is sent as 'channel_id'",
        ),
        (good, "a", "the path of an operation must begin with / and contain no [?] and no #, not 'a'"),
        (good, "/a?b=c", "the path of an operation must begin with / and contain no [?] and no #, not '/a[?]b=c'"),
    ],
)
def test_a_wrong_declaration_is_refused_at_once(declared: Any, path: str, complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        get(path, id="wrong")(declared)


def test_a_type_that_nothing_can_be_read_as_is_refused_before_anything_is_sent(scripted: Scripted) -> None:
    @post("/a", id="a")
    def either(
        core: FastpixCore, request: CreateChannel, options: RequestOptions | None = None
    ) -> Reply[Channel | CreateChannel]:
        raise NotImplementedError

    operation: Operation[..., Any] = either
    with pytest.raises(TypeError, match="multiple Struct types"):
        operation(core_at(scripted), CreateChannel("a"))
    assert scripted.requests == []


def test_an_empty_answer_is_none_where_none_is_declared(scripted: Scripted) -> None:
    @post("/a", id="a")
    def nothing(core: FastpixCore, request: CreateChannel, options: RequestOptions | None = None) -> Reply[None]:
        raise NotImplementedError

    scripted.script(answer(b"", 204), answer(b"{}", 200), answer(b"", 204))
    core = core_at(scripted)
    assert nothing(core, CreateChannel("a")).unwrap() is None
    error: object = nothing(core, CreateChannel("a")).failure()
    assert isinstance(error, ResponseValidationError)
    assert playout_get(core, SCHEDULE).unwrap() == {}


class Closed(msgspec.Struct, forbid_unknown_fields=True):
    level: Literal["low"] | None = None


class Price(msgspec.Struct):
    amount: Decimal
    note: str | None = None


@post("/price", id="price")
def price(core: FastpixCore, request: CreateChannel, options: RequestOptions | None = None) -> Reply[Price]:
    raise NotImplementedError


def test_an_answer_with_an_exact_number_is_read_strictly(scripted: Scripted) -> None:
    scripted.script(answer(b'{"amount":12345678901234567.89}'), answer(b'{"amount":1.10,"note":5}'))
    core = core_at(scripted)
    assert price(core, CreateChannel("a")) == Success(Price(Decimal("12345678901234567.89")))
    error = price(core, CreateChannel("a")).failure()
    assert isinstance(error, ResponseValidationError)
    assert error.path == "$.note"


class Broken(msgspec.Struct):
    x: int = 0

    def __post_init__(self) -> None:
        raise KeyError("a mistake in a type of the user's")


@post("/closed", id="closed")
def closed(core: FastpixCore, request: CreateChannel, options: RequestOptions | None = None) -> Reply[Closed]:
    raise NotImplementedError


@post("/broken", id="broken")
def broken(core: FastpixCore, request: CreateChannel, options: RequestOptions | None = None) -> Reply[Broken]:
    raise NotImplementedError


def test_a_struct_that_forbids_other_fields_may_be_the_answer(scripted: Scripted) -> None:
    scripted.script(
        answer(b"", 204), answer(b'{"canary":1}'), answer(b'{"level":"canary"}'), answer(b'{"level":"canary"}')
    )
    core = core_at(scripted)
    assert closed(core, CreateChannel("a")) == Success(Closed())
    unknown = closed(core, CreateChannel("a")).failure()
    assert (
        str(unknown)
        == "closed: the response (200) does not match the documentation at $: expected a valid Closed, got object (an attempt may have been applied)"
    )
    assert closed(core, CreateChannel("a")) == Success(Closed())
    strict = closed(core, CreateChannel("a"), RequestOptions(strict=True)).failure()
    assert "$.level" in str(strict)
    assert "canary" not in str(strict)


def test_a_mistake_in_a_type_of_the_users_is_a_failure(scripted: Scripted) -> None:
    scripted.script(answer(b'{"x":1}'))
    error = broken(core_at(scripted), CreateChannel("a")).failure()
    assert isinstance(error, UnexpectedClientError)
    assert isinstance(error.__cause__, KeyError)
    assert error.may_have_been_applied
