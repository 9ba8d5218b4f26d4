"""Faults on request."""

from collections.abc import Iterator
from typing import Any, cast

import anyio
import httpx
import msgspec
import pytest

from fastpix import AsyncFastpixCore, Failure, FastpixCore, Hooks, Reply, RequestOptions, Retries, Success
from fastpix._call.deviation import Deviation
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    GetLiveStreamRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_get,
    live_streams_list,
)
from fastpix.emulator import Emulator, Fault, Outcome, PlannedFaults, Seed, SeedStream
from fastpix.emulator.faults import parts
from fastpix.errors import (
    ApiError,
    ConnectionFailedError,
    RateLimitedError,
    ResponseValidationError,
    ServerError,
    TimedOutError,
    TransportError,
)
from tests.emulator.acts import new_stream
from tests.own_operations import playout_export
from tests.pages import paging

CREATE = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())
ONCE = RequestOptions(retries=Retries(attempts=1))
DELAY = 30.0


def status(reply: Reply[Any]) -> int:
    error = reply.failure()
    assert isinstance(error, ApiError)
    return error.status


def number_of_streams(core: FastpixCore) -> int | None:
    return paging(live_streams_list(core).unwrap()).total_records


@pytest.fixture
def async_core(core: FastpixCore, emulator: Emulator, place: str) -> AsyncFastpixCore:
    """A core that connects as ``core`` does."""
    settings: dict[str, Any] = {} if place == "behind a socket" else {"transport": emulator.transport()}
    return AsyncFastpixCore(
        username=emulator.username,
        password=emulator.password,
        server_url=core.configuration.server_url,
        retries=Retries(attempts=1),
        **settings,
    )


def test_each_request_takes_the_next_outcome_of_its_operation(core: FastpixCore, emulator: Emulator) -> None:
    emulator.fail(live_streams_create, [503, "lost", 201])
    refused = live_streams_create(core, CREATE).failure()
    assert isinstance(refused, ServerError)
    assert (refused.status, refused.message, refused.description) == (
        503,
        "Service Unavailable",
        "A test asked for this fault.",
    )
    assert number_of_streams(core) == 0
    lost = live_streams_create(core, CREATE).failure()
    assert isinstance(lost, ConnectionFailedError)
    assert lost.may_have_been_applied
    assert number_of_streams(core) == 1
    assert isinstance(live_streams_create(core, CREATE), Success)
    assert isinstance(live_streams_create(core, CREATE), Success)
    assert number_of_streams(core) == 3


def test_a_retry_is_a_request_too(core: FastpixCore, emulator: Emulator) -> None:
    emulator.fail(live_streams_list, [500, "reset"])
    assert live_streams_list(core, options=RequestOptions(retries=Retries(base=0))).unwrap().data == []
    assert emulator.planned_faults() == []


def test_a_reset_connection_carries_out_nothing(core: FastpixCore, emulator: Emulator) -> None:
    emulator.fail(live_streams_create, ["reset"])
    error = live_streams_create(core, CREATE).failure()
    assert isinstance(error, ConnectionFailedError)
    assert "reset" in str(error)
    assert number_of_streams(core) == 0


def test_a_response_that_is_cut_or_no_json_comes_after_the_deed(core: FastpixCore, emulator: Emulator) -> None:
    emulator.fail(live_streams_create, ["cut", "invalid", Fault(body="<html>")])
    assert isinstance(live_streams_create(core, CREATE).failure(), ConnectionFailedError)
    assert isinstance(live_streams_create(core, CREATE).failure(), ResponseValidationError)
    assert isinstance(live_streams_create(core, CREATE).failure(), ResponseValidationError)
    assert number_of_streams(core) == 3


def test_a_gateway_that_fails_can_be_played(core: FastpixCore, emulator: Emulator) -> None:
    emulator.fail(live_streams_list, [Fault(status=599, body="<html>Bad Gateway</html>")])
    error = live_streams_list(core, options=ONCE).failure()
    assert isinstance(error, ServerError)
    assert error.status == 599


def test_values_of_a_response_can_be_replaced(core: FastpixCore, emulator: Emulator) -> None:
    found: list[Deviation] = []
    hooks = Hooks(on_deviations=lambda attempt, deviations: found.extend(deviations))
    curious = FastpixCore(
        username=emulator.username, password=emulator.password, transport=emulator.transport(), hooks=hooks
    )
    stream = new_stream(core, metadata={"a": "b"})
    emulator.seed(Seed(streams=[SeedStream()]))
    emulator.fail(live_streams_get, [Fault(fields={"data.maxResolution": {"new": 1}, "data.metadata.a": {"b": 2}})])
    read = live_streams_get(curious, GetLiveStreamRequest(stream.stream_id)).unwrap().data
    assert (read.stream_key, read.max_resolution, read.metadata) == (stream.stream_key, None, {"a": None})
    assert len(found) == 2
    emulator.fail(live_streams_list, [Fault(fields={"data.status": 7, "extra": [1]})])
    assert [stream.status for stream in live_streams_list(core).unwrap().data] == [None, None]
    emulator.fail(live_streams_list, [Fault(fields={"data": None})])
    assert isinstance(live_streams_list(core).failure(), ResponseValidationError)


def test_a_rate_limit_names_its_wait(core: FastpixCore, emulator: Emulator) -> None:
    emulator.fail(live_streams_list, [Fault(status=429, retry_after=7)])
    error = live_streams_list(core, options=RequestOptions(timeout=1)).failure()
    assert isinstance(error, RateLimitedError)
    assert error.retry_after == 7


def test_a_success_can_name_a_wait_too(web: httpx.Client, emulator: Emulator) -> None:
    emulator.fail(live_streams_list, [Fault(retry_after=1)])
    answered = web.get("/v1/live/streams")
    assert (answered.status_code, answered.headers["retry-after"]) == (200, "1")


def test_a_refusal_on_request_has_the_form_of_the_service(web: httpx.Client, emulator: Emulator) -> None:
    emulator.fail(live_streams_list, [503])
    refused = web.get("/v1/live/streams")
    assert refused.headers["content-type"] == "application/json"
    assert refused.json() == {
        "success": False,
        "error": {"code": 503, "message": "Service Unavailable", "description": "A test asked for this fault."},
    }


def test_wrong_credentials_take_no_outcome(web: httpx.Client, emulator: Emulator) -> None:
    emulator.fail(live_streams_list, [503])
    assert web.get("/v1/live/streams", auth=("a", "b")).status_code == 401
    assert web.get("/v1/live/streams").status_code == 503


@pytest.mark.parametrize("path", ["dat.status", "data.playbackIds.id.x", "success.x"])
def test_a_field_whose_object_is_not_there_is_refused(web: httpx.Client, emulator: Emulator, path: str) -> None:
    emulator.seed(Seed(streams=[SeedStream()]))
    emulator.fail(live_streams_list, [Fault(fields={path: 7})])
    refused = web.get("/v1/live/streams")
    assert refused.status_code == 400
    assert refused.json()["error"]["description"] == f"The response has no object for the field {path}."


def test_fields_do_not_matter_without_a_response(web: httpx.Client, emulator: Emulator) -> None:
    for broken in ("reset", "lost"):
        emulator.fail(live_streams_list, [Fault(connection=broken, fields={"data.status": 1})])
        with pytest.raises(httpx.TransportError):
            web.get("/v1/live/streams")
    emulator.fail(live_streams_list, [Fault(body="own", fields={"data": 1})])
    assert web.get("/v1/live/streams").text == "own"


def test_a_refusal_of_the_service_can_be_changed_too(web: httpx.Client, emulator: Emulator) -> None:
    emulator.fail(live_streams_get, [Fault(body="<html>"), Fault(fields={"error.code": "many"}, retry_after=3)])
    path = "/v1/live/streams/" + "0" * 32
    assert (web.get(path).status_code, emulator.sent[-1].status) == (404, 404)
    changed = web.get(path)
    assert (changed.json()["error"]["code"], changed.headers["retry-after"]) == ("many", "3")


def test_a_header_that_is_absurd_is_refused(web: httpx.Client, emulator: Emulator) -> None:
    deep = '{"fields":{"data":' + "[" * 3000 + "]" * 3000 + "}}"
    long = '{"fields":{"' + ".".join("a" * 3000) + '":1}}'
    statuses = [web.get("/v1/live/streams", headers={"x-fastpix-fault": value}).status_code for value in (deep, long)]
    assert statuses in ([400, 400], [200, 400])  # newer Pythons read the deep one
    assert [sent.status for sent in emulator.sent] == statuses


def test_a_delay_comes_after_the_deed(core: FastpixCore, emulator: Emulator) -> None:
    emulator.fail(live_streams_create, [Fault(delay=DELAY), Fault(delay=0.01)])
    error = live_streams_create(core, CREATE, RequestOptions(timeout=0.2)).failure()
    assert isinstance(error, TimedOutError)
    assert error.may_have_been_applied
    assert number_of_streams(core) == 1
    assert isinstance(live_streams_create(core, CREATE), Success)


def test_a_body_can_drip(core: FastpixCore, emulator: Emulator) -> None:
    emulator.fail(live_streams_list, [Fault(drip=DELAY), Fault(drip=0.01), Fault(drip=0.0001)])
    for _ in range(2):
        error = live_streams_list(core, options=RequestOptions(timeout=0.2, retries=Retries(attempts=1))).failure()
        assert isinstance(error, TimedOutError)
    assert live_streams_list(core).unwrap().data == []


@pytest.mark.anyio
async def test_faults_happen_to_async_cores_too(
    core: FastpixCore, async_core: AsyncFastpixCore, emulator: Emulator
) -> None:
    outcomes: list[Outcome] = [201, 400, "reset", "lost", "cut", "invalid"]
    slow = [Fault(delay=DELAY), Fault(drip=DELAY)]
    emulator.fail(live_streams_create, [*outcomes, *slow, Fault(delay=0.001, drip=0.0001)])
    with anyio.fail_after(DELAY):
        replies = [await live_streams_create(async_core, CREATE) for _ in outcomes]
        replies += [await live_streams_create(async_core, CREATE, RequestOptions(timeout=0.5)) for _ in slow]
        assert isinstance(await live_streams_create(async_core, CREATE), Success)
    errors = [type(reply.failure()).__name__ for reply in replies[1:]]
    assert errors == [
        "BadRequestError",
        *["ConnectionFailedError"] * 3,
        "ResponseValidationError",
        *["TimedOutError"] * 2,
    ]
    assert [reply.failure().may_have_been_applied for reply in replies[1:]] == [False, *[True] * 6]
    assert number_of_streams(core) == 7
    await async_core.aclose()


def test_a_header_asks_for_the_fault_of_one_call(core: FastpixCore, emulator: Emulator) -> None:
    emulator.fail(live_streams_create, [500])

    def create(outcome: str) -> Any:
        return live_streams_create(core, CREATE, RequestOptions(headers={"x-fastpix-fault": outcome}))

    assert isinstance(create("lost").failure(), ConnectionFailedError)
    assert number_of_streams(core) == 1
    assert create("409").failure().status == 409
    assert create('{"status": 400, "retryAfter": 9}').failure().retry_after == 9
    assert isinstance(create("201"), Success)
    assert number_of_streams(core) == 2
    for nonsense in ("gone", "99", "300", "-1", "{", '{"delay": -1}', '{"delay": 1e999}', '{"body": {}}'):
        refused = create(nonsense).failure()
        assert (refused.status, refused.message) == (400, "The header x-fastpix-fault is not valid"), nonsense
        assert refused.description
    assert number_of_streams(core) == 2
    assert create("200").unwrap().success
    assert status(live_streams_create(core, CREATE)) == 500


def test_a_header_of_a_call_is_in_each_of_its_attempts(core: FastpixCore, emulator: Emulator) -> None:
    options = RequestOptions(headers={"x-fastpix-fault": "503"}, retries=Retries(base=0))
    assert live_streams_list(core, options=options).failure().attempts == 3
    assert [sent.status for sent in emulator.sent] == [503] * 3


def test_faults_of_all_operations_happen_where_nothing_else_is_planned(core: FastpixCore, emulator: Emulator) -> None:
    emulator.fail(None, [500, 501])
    emulator.fail(live_streams_list, [502])
    assert [status(live_streams_list(core, options=ONCE)) for _ in range(2)] == [502, 500]
    assert status(live_streams_create(core, CREATE)) == 501
    assert live_streams_list(core).unwrap().data == []


def test_a_plan_can_be_read_extended_and_cleared_over_http(web: httpx.Client, emulator: Emulator) -> None:
    planned = {"operation": "create-new-stream", "outcomes": [503, "lost", {"status": 429, "retryAfter": 1}, 201]}
    assert web.post("/_emulator/faults", json=planned).status_code == 204
    assert web.post("/_emulator/faults", json={"outcomes": ["invalid"]}).status_code == 204
    emulator.fail(live_streams_create, [400])
    assert web.get("/_emulator/faults").json() == [
        {
            "operation": "create-new-stream",
            "outcomes": [
                {"status": 503},
                {"connection": "lost"},
                {"status": 429, "retryAfter": 1},
                {},
                {"status": 400},
            ],
        },
        {"operation": None, "outcomes": [{"body": '{"success":'}]},
    ]
    assert msgspec.convert(web.get("/_emulator/faults").json(), list[PlannedFaults]) == emulator.planned_faults()
    assert web.post("/v1/live/streams", json={}).status_code == 503
    assert len(web.get("/_emulator/faults").json()[0]["outcomes"]) == 4
    assert web.delete("/_emulator/faults").status_code == 204
    assert web.get("/_emulator/faults").json() == []
    assert web.post("/v1/live/streams", json={}).status_code == 422


def test_a_reset_of_the_emulator_takes_the_plan_back(emulator: Emulator) -> None:
    emulator.fail(live_streams_create, [503])
    emulator.reset()
    assert emulator.planned_faults() == []


NOT_VALID: list[tuple[dict[str, Any], str]] = [
    ({"outcomes": [199]}, ">= 200"),
    ({"outcomes": [600]}, "<= 599"),
    ({"outcomes": [304]}, "an outcome must not be 304 (an outcome is a status"),
    ({"outcomes": ["gone"]}, "gone"),
    ({"outcomes": [{"status": 399}]}, "$.outcomes[0].status"),
    ({"outcomes": [{"delay": 3601}]}, "$.outcomes[0].delay"),
    ({"outcomes": [{"drip": -1}]}, "$.outcomes[0].drip"),
    ({"outcomes": [{"retryAfter": 86401}]}, "$.outcomes[0].retryAfter"),
    ({"outcomes": [{"connection": "slow"}]}, "$.outcomes[0].connection"),
    ({"outcomes": [{"colour": 1}]}, "colour"),
    ({"outcomes": [503] * 10_001}, "10000"),
    ({"operation": "no-operation", "outcomes": [503]}, "not 'no-operation'"),
    ({}, "outcomes"),
]


@pytest.mark.parametrize(("planned", "problem"), NOT_VALID, ids=range(len(NOT_VALID)))
def test_a_plan_that_is_not_valid_is_refused(
    planned: dict[str, Any], problem: str, web: httpx.Client, emulator: Emulator
) -> None:
    refused = web.post("/_emulator/faults", json=planned)
    assert refused.status_code == 422
    assert problem in refused.json()["error"]["message"]
    assert emulator.planned_faults() == []


def test_a_plan_that_is_not_valid_is_refused_in_python(emulator: Emulator) -> None:
    emulator.fail(live_streams_list, [503] * 9_999)
    with pytest.raises(msgspec.ValidationError, match="at most 10000 outcomes"):
        emulator.fail(live_streams_list, [503, 503])
    with pytest.raises(msgspec.ValidationError, match="delay"):
        emulator.fail(live_streams_list, [Fault(delay=-1)])
    with pytest.raises(msgspec.ValidationError, match="must be the id of one of the API, not 'export-schedule'"):
        emulator.fail(playout_export, [503])
    with pytest.raises(msgspec.ValidationError, match=r"'gone' - at .* \(an outcome is a status of 200 to 299 or 400"):
        emulator.fail("get-all-streams", cast("Any", ["gone"]))


@pytest.fixture
def client(emulator: Emulator) -> Iterator[httpx.Client]:
    auth = (emulator.username, emulator.password)
    with httpx.Client(transport=emulator.transport(), auth=auth, base_url="https://fastpix.invalid/v1/") as client:
        yield client


@pytest.mark.parametrize("place", ["in process"])
def test_a_client_of_httpx_sees_the_faults_as_httpx_tells_them(emulator: Emulator, client: httpx.Client) -> None:
    emulator.fail(
        live_streams_list, ["reset", "lost", "cut", Fault(delay=DELAY), Fault(drip=DELAY), Fault(drip=0.0001)]
    )
    seen: list[type[Exception]] = []
    for _ in range(5):
        with pytest.raises(httpx.TransportError) as caught:
            client.get("live/streams", timeout=0.01)
        assert caught.value.request.url.path == "/v1/live/streams"
        seen.append(type(caught.value))
    cut = httpx.RemoteProtocolError
    assert seen == [httpx.ReadError, cut, cut, httpx.ReadTimeout, httpx.ReadTimeout]
    response = client.get("live/streams", timeout=None)
    assert (response.status_code, response.json()["data"]) == (200, [])


@pytest.mark.parametrize("place", ["in process"])
def test_a_request_that_is_handled_without_a_transport_has_its_faults(emulator: Emulator) -> None:
    emulator.fail(live_streams_list, [503, "lost"])
    plain = httpx.Request("GET", "https://fastpix.invalid/v1/live/streams")
    request = next(httpx.BasicAuth(emulator.username, emulator.password).auth_flow(plain))
    assert emulator.handle(request).status_code == 503
    with pytest.raises(httpx.RemoteProtocolError):
        emulator.handle(request)
    assert emulator.handle(request).status_code == 200


def test_a_cut_body_has_a_half_of_it() -> None:
    assert [*parts(b"12345678", Fault(connection="cut"))] == [b"1234"]
    assert [*parts(b"1234", Fault(drip=1))] == [b"1", b"2", b"3", b"4"]
    assert [*parts(b"1234", Fault(connection="cut", drip=1))] == [b"1", b"2"]


def test_a_failure_by_a_fault_is_like_any_other(core: FastpixCore, emulator: Emulator) -> None:
    emulator.fail(live_streams_list, ["lost", "lost", "lost"])
    match live_streams_list(core, options=RequestOptions(retries=Retries(base=0))):
        case Failure(TransportError() as error):
            assert error.attempts == 3
        case other:
            pytest.fail(str(other))
