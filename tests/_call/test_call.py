"""A whole call without network and clock: each test plays the server, step by step."""

import logging
import subprocess
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from math import inf
from typing import Any, cast

import httpx
import pytest

from fastpix import Deviation, FastpixCore, Hooks, Reply, RequestOptions, Retries, Success, Timeout
from fastpix._call.call import Ask, Call, Outcome, Send, Told, Wait, WithResponse
from fastpix._call.deviation import is_news
from fastpix._call.messages import HeldBackError, Origin, Response, header
from fastpix._call.pace import Paces
from fastpix._call.retry import Budget, Budgets
from fastpix.api.common import Ack
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    EnableLiveStreamRequest,
    GetAllStreamsRequest,
    GetLiveStreamRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_delete,
    live_streams_enable,
    live_streams_get,
    live_streams_list,
)
from fastpix.api.signing_keys import CreateSigningKeyRequest, signing_keys_create
from fastpix.configuration import Attempt
from fastpix.errors import (
    BadRequestError,
    ConfigurationError,
    ConnectionFailedError,
    Err,
    NotFoundError,
    RateLimitedError,
    RequestValidationError,
    ResponseValidationError,
    ServerError,
    TimedOutError,
    UnexpectedClientError,
)
from tests.servers import unused_url

OK = Response(
    200,
    [],
    b'{"success":true,"data":[],"pagination":{"totalRecords":0,"currentOffset":1,"offsetCount":0}}',
)
ACK = Response(200, [], b'{"success":true}')
GARBAGE = Response(201, [], b"{")
LOST = httpx.ReadError("reset")
NEVER_SENT = httpx.ConnectError("refused")

LIST = (live_streams_list, GetAllStreamsRequest())
CREATE = (live_streams_create, CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings()))
ENABLE = (live_streams_enable, EnableLiveStreamRequest("abc"))
DELETE = (live_streams_delete, DeleteLiveStreamRequest("abc"))


def status(status: int, **headers: str) -> Response:
    return Response(status, [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()], b"")


class Played:
    """One call against a simulated server: the requests that it sent, its waits, and its result."""

    def __init__(
        self,
        call: tuple[Any, Any],
        *outcomes: Response | Exception,
        options: RequestOptions | None = None,
        budgets: Budgets | None = None,
        paces: Paces | None = None,
        chance: float = 1.0,
        seconds_each: float = 0.0,
        **settings: Any,
    ) -> None:
        operation, request = call
        arguments: dict[str, Any] = {"username": "name", "password": "word", **settings}
        core = FastpixCore(**arguments)
        now = 1000.0
        played = Call(
            operation.endpoint,
            core.configuration,
            budgets or Budgets(),
            paces or Paces(lambda: now),
            clock=lambda: now,
            time_of_day=lambda: 0.0,
            chance=lambda: chance,
        )
        self.sends: list[Send] = []
        self.waits: list[float] = []
        self.result: Reply[WithResponse[Any]]
        answers = iter(outcomes)
        steps = played.steps(request, options)
        outcome: Outcome = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                self.result = end.value
                return
            if isinstance(step, Wait):
                self.waits.append(step.seconds)
                now += step.seconds
                outcome = None
            elif isinstance(step, Ask):
                try:
                    outcome = Told(step.function())
                except Exception as error:
                    outcome = error
            else:
                self.sends.append(step)
                now += seconds_each
                outcome = next(answers)

    @property
    def error(self) -> Err:
        return self.result.failure()


def test_a_success_is_sent_once_and_tells_all_about_itself() -> None:
    played = Played(LIST, OK, seconds_each=0.5)
    answered = played.result.unwrap()
    assert (answered.status, answered.body, answered.attempts, answered.elapsed) == (200, OK.body, 1, 0.5)
    assert answered.value.data == []
    assert "status=200, bytes=92, attempts=1, elapsed=0.5, deviations=0)" in repr(answered)


def test_a_get_is_sent_three_times_with_growing_waits() -> None:
    played = Played(LIST, status(503), LOST, status(500))
    assert len(played.sends) == 3
    assert played.waits == [0.25, 0.5]
    assert isinstance(played.error, ServerError)
    assert (played.error.attempts, played.error.may_have_been_applied) == (3, False)


def test_an_attempt_that_succeeds_ends_it() -> None:
    assert isinstance(Played(LIST, status(503), OK).result, Success)


@pytest.mark.parametrize("outcome", [status(500), status(503), status(524), status(408), LOST, httpx.ReadTimeout("")])
def test_a_post_whose_fate_is_unknown_is_sent_once_and_says_so(outcome: Response | Exception) -> None:
    played = Played(CREATE, outcome)
    assert len(played.sends) == 1
    assert played.error.may_have_been_applied
    assert str(played.error).endswith("(an attempt may have been applied)")


@pytest.mark.parametrize("outcome", [NEVER_SENT, httpx.ConnectTimeout(""), httpx.PoolTimeout("")])
def test_a_post_that_was_certainly_not_applied_is_sent_again_with_the_same_key(outcome: Response | Exception) -> None:
    played = Played(CREATE, outcome, outcome, outcome)
    assert len({header(send.request.headers, b"idempotency-key") for send in played.sends}) == 1
    assert len(played.sends) == 3
    assert not played.error.may_have_been_applied


@pytest.mark.parametrize(
    "never_sent",
    [httpx.ProxyError(""), httpx.UnsupportedProtocol(""), httpx.LocalProtocolError(""), httpx.ConnectError("")],
)
def test_an_exception_before_the_request_was_sent_leaves_nothing_in_doubt(never_sent: Exception) -> None:
    error = Played(CREATE, never_sent, never_sent, never_sent).error
    assert isinstance(error, ConnectionFailedError)
    assert not error.may_have_been_applied


def test_each_attempt_has_a_request_of_its_own() -> None:
    played = Played(LIST, LOST, LOST, LOST)
    assert len({id(send.request) for send in played.sends}) == 3


@pytest.mark.parametrize("lost", [[LOST], [status(500)], [status(408)], [LOST, NEVER_SENT], [status(502), status(429)]])
def test_a_delete_whose_first_answer_was_lost_and_that_then_finds_nothing_has_succeeded(
    lost: list[Response | Exception],
) -> None:
    played = Played(DELETE, *lost, status(404))
    assert played.result.unwrap().value == Ack(success=True)


def test_only_a_delete_succeeds_by_finding_nothing() -> None:
    error = Played(ENABLE, LOST, status(404)).error
    assert isinstance(error, NotFoundError)
    assert error.may_have_been_applied
    assert isinstance(Played(LIST, LOST, status(404)).error, NotFoundError)


def test_a_delete_that_finds_nothing_at_once_has_failed() -> None:
    assert isinstance(Played(DELETE, status(404)).error, NotFoundError)
    assert isinstance(Played(DELETE, NEVER_SENT, status(404)).error, NotFoundError)
    assert isinstance(Played(DELETE, status(429), status(404)).error, NotFoundError)


def test_a_state_change_refused_after_a_lost_answer_may_have_been_applied() -> None:
    for lost in (LOST, status(503)):
        error = Played(ENABLE, lost, status(400)).error
        assert isinstance(error, BadRequestError)
        assert error.may_have_been_applied
    assert not Played(ENABLE, status(400)).error.may_have_been_applied


def test_an_unreadable_success_may_have_been_applied_unless_it_is_a_get() -> None:
    assert isinstance(Played(CREATE, GARBAGE).error, ResponseValidationError)
    assert Played(CREATE, GARBAGE).error.may_have_been_applied
    assert not Played(LIST, GARBAGE).error.may_have_been_applied


def test_retry_after_is_honoured_within_the_deadline() -> None:
    played = Played(LIST, status(429, retry_after="7"), status(503, retry_after="Thu, 01 Jan 1970 00:00:09 GMT"), OK)
    assert played.waits == [7.0, 9.0]


def test_a_429_uses_no_attempt_and_nothing_of_the_budget() -> None:
    budgets, refused = Budgets(), status(429, retry_after="1")
    played = Played(LIST, *[refused] * 40, NEVER_SENT, refused, NEVER_SENT, OK, budgets=budgets)
    assert played.result.unwrap().attempts == 44
    key = {header(send.request.headers, b"idempotency-key") for send in Played(CREATE, *[refused] * 60).sends}
    assert len(key) == 1
    played = Played(LIST, *[refused] * 59, timeout=58.5)
    assert (played.error.attempts, played.error.may_have_been_applied) == (59, False)
    assert played.waits == [1.0] * 58


def test_an_attempt_that_was_held_back_is_none() -> None:
    held = HeldBackError()
    played = Played(LIST, held, held, held, status(429, retry_after="1"), LOST, LOST, OK)
    assert played.result.unwrap().attempts == 4
    assert [send.limits.attempt for send in played.sends[:4]] == [20.0] * 4


def test_a_429_that_comes_while_credentials_are_asked_for_is_waited_for() -> None:
    paces, asked = Paces(lambda: 1000.0), list[int]()

    def credentials() -> tuple[str, str]:
        if not asked:
            paces.of(Origin(b"https", b"api.fastpix.com", None)).refused(None, 100.0)
        asked.append(1)
        return "name", "word"

    played = Played(LIST, credentials=credentials, paces=paces)
    assert isinstance(played.error, TimedOutError)
    assert played.sends == []


def test_a_429_that_names_no_time_is_waited_for_longer_each_time() -> None:
    assert Played(LIST, status(429), status(429), status(429, retry_after="0"), OK).waits == [1.0, 2.0, 4.0]


def test_without_retries_a_429_is_reported_at_once() -> None:
    played = Played(LIST, status(429, retry_after="1"), retries=Retries(attempts=1))
    assert isinstance(played.error, RateLimitedError)
    assert played.waits == []


def test_a_call_whose_turn_does_not_come_after_a_429_fails_with_the_429() -> None:
    paces = Paces(lambda: 1000.0)

    def refuse_another(attempt: Attempt, error: Err) -> None:
        paces.of(Origin(b"https", b"api.fastpix.com", None)).refused(None, 100.0)

    played = Played(LIST, status(429, retry_after="1"), hooks=Hooks(on_error=refuse_another), paces=paces)
    assert isinstance(played.error, RateLimitedError)
    assert played.error.attempts == 1
    assert isinstance(Played(LIST, paces=paces).error, TimedOutError)


def test_retry_after_beyond_the_deadline_is_reported_at_once() -> None:
    played = Played(LIST, status(429, retry_after="61"))
    assert played.waits == []
    assert isinstance(played.error, RateLimitedError)
    assert played.error.retry_after == 61


def test_no_attempt_begins_after_the_deadline() -> None:
    played = Played(LIST, LOST, LOST, seconds_each=0.5, timeout=1.2, chance=0.8)
    assert len(played.sends) == 2
    assert [send.limits.deadline for send in played.sends] == [1001.2, 1001.2]


def test_an_attempt_that_another_may_follow_has_a_limit_of_its_own() -> None:
    limits = Timeout(total=60, attempt=5, connect=2)
    played = Played(LIST, LOST, LOST, LOST, options=RequestOptions(timeout=limits), chance=0.0)
    assert [send.limits.attempt for send in played.sends] == [5.0, 5.0, inf]
    assert {send.limits.connect for send in played.sends} == {2}
    assert Played(CREATE, LOST, timeout=limits).sends[0].limits.attempt == inf


def test_options_replace_settings_of_the_core() -> None:
    options = RequestOptions(
        retries=Retries(attempts=1), timeout=3.0, server_url="https://other.test/v9", headers={"x-trace": "1"}
    )
    (send,) = Played(LIST, LOST, options=options).sends
    assert send.request.url == "https://other.test/v9/live/streams"
    assert (send.limits.deadline, header(send.request.headers, b"x-trace")) == (1003.0, "1")


def test_the_budget_ends_retries_in_an_outage_and_success_refills_it() -> None:
    budgets = Budgets()
    budget = budgets.of(Origin(b"https", b"api.fastpix.com", None))
    budget.take(Budget.CAPACITY - 14)
    assert len(Played(LIST, LOST, OK, budgets=budgets).sends) == 2
    assert budget.take(14), "a successful retry returns its cost to the budget"
    assert len(Played(LIST, LOST, budgets=budgets).sends) == 1
    assert len(Played(LIST, LOST, OK, budgets=budgets, server_url="https://elsewhere.test").sends) == 2
    Played(LIST, OK, budgets=budgets)
    assert budget.take(1), "a success without a retry adds 1 to the budget"
    assert not budget.take(1)


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (httpx.ConnectError("no"), ConnectionFailedError),
        (httpx.RemoteProtocolError("no"), ConnectionFailedError),
        (httpx.DecodingError("no"), ConnectionFailedError),
        (ConnectionResetError("no"), ConnectionFailedError),
        (httpx.ReadTimeout("no"), TimedOutError),
        (TimeoutError("no"), TimedOutError),
        (ValueError("no"), UnexpectedClientError),
        (ConfigurationError("closed"), ConfigurationError),
    ],
)
def test_every_exception_in_place_of_an_answer_has_its_error(outcome: Exception, kind: type[Err]) -> None:
    error = Played(LIST, outcome, options=RequestOptions(retries=Retries(attempts=1))).error
    assert type(error) is kind
    assert (error.operation_id, error.attempts) == ("get-all-streams", int(kind is not ConfigurationError))


def test_what_can_not_be_sent_is_not() -> None:
    played = Played((live_streams_list, GetAllStreamsRequest(limit=99)))
    assert played.sends == []
    assert isinstance(played.error, RequestValidationError)
    assert (played.error.operation_id, played.error.attempts) == ("get-all-streams", 0)
    played = Played(LIST, password=None)
    assert played.sends == []
    assert isinstance(played.error, ConfigurationError)


def test_the_request_carries_credentials_that_a_hook_does_not_see() -> None:
    seen: list[httpx.Headers] = []

    def look(attempt: Attempt, request: httpx.Request) -> None:
        seen.append(request.headers.copy())

    (send,) = Played(LIST, OK, hooks=Hooks(before_request=look)).sends
    assert header(send.request.headers, b"authorization") == "Basic bmFtZTp3b3Jk"
    assert "authorization" not in seen[0]


def test_a_hook_may_change_a_request_or_replace_it() -> None:
    def change(attempt: Attempt, request: httpx.Request) -> None:
        request.headers["x-attempt"] = str(attempt.number)

    def replace(attempt: Attempt, request: httpx.Request) -> httpx.Request:
        return httpx.Request("GET", request.url, headers={"authorization": "Bearer mine"})

    played = Played(LIST, LOST, OK, hooks=Hooks(before_request=change))
    assert [header(send.request.headers, b"x-attempt") for send in played.sends] == ["1", "2"]
    (send,) = Played(LIST, OK, hooks=Hooks(before_request=replace)).sends
    assert header(send.request.headers, b"authorization") == "Bearer mine"


@pytest.mark.parametrize("url", ["https://other.test/", "http://api.fastpix.com/v1/", "https://api.fastpix.com:444/"])
def test_credentials_do_not_follow_a_hook_to_another_origin(url: str) -> None:
    def turn(attempt: Attempt, request: httpx.Request) -> httpx.Request:
        return httpx.Request("GET", url)

    (send,) = Played(LIST, OK, hooks=Hooks(before_request=turn)).sends
    assert header(send.request.headers, b"authorization") is None


def test_hooks_see_the_facts_of_each_attempt() -> None:
    facts: list[tuple[str, Attempt, object]] = []
    hooks = Hooks(
        before_request=lambda attempt, request: facts.append(("before", attempt, request.method)),
        after_response=lambda attempt, response: facts.append(("after", attempt, response.status)),
        on_error=lambda attempt, error: facts.append(("error", attempt, type(error))),
    )
    Played(ENABLE, status(503), LOST, ACK, hooks=hooks, seconds_each=1.0)
    assert [(what, attempt.number, attempt.wait, detail) for what, attempt, detail in facts] == [
        ("before", 1, None, "PUT"),
        ("after", 1, None, 503),
        ("error", 1, 0.25, ServerError),
        ("before", 2, None, "PUT"),
        ("error", 2, 0.5, ConnectionFailedError),
        ("before", 3, None, "PUT"),
        ("after", 3, None, 200),
    ]
    first = facts[1][1]
    assert (first.function, first.operation_id, first.method, first.path, first.elapsed) == (
        "live_streams_enable",
        "enable-live-stream",
        "PUT",
        "/live/streams/{streamId}/live-enable",
        1.0,
    )


def test_a_failure_before_sending_reaches_the_error_hook() -> None:
    seen: list[Err] = []
    hooks = Hooks(on_error=lambda attempt, error: seen.append(error))
    played = Played((live_streams_list, GetAllStreamsRequest(limit=99)), hooks=hooks)
    assert seen == [played.error]


def raiser(*_: object) -> None:
    raise KeyError("mine")


@pytest.mark.parametrize(
    ("hooks", "outcomes", "attempts"),
    [
        (Hooks(before_request=raiser), [], 0),
        (Hooks(after_response=raiser), [OK], 1),
        (Hooks(on_error=raiser), [LOST], 1),
        (Hooks(on_error=raiser), [status(404)], 1),
    ],
)
def test_a_hook_that_raises_gives_a_failure_with_its_cause(
    hooks: Hooks, outcomes: list[Response | Exception], attempts: int
) -> None:
    error = Played(LIST, *outcomes, hooks=hooks).error
    assert isinstance(error, UnexpectedClientError)
    assert isinstance(error.__cause__, KeyError)
    assert (error.operation_id, error.attempts) == ("get-all-streams", attempts)


def leaves_of(error: Any) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for member in cast("Any", error).exceptions:
            yield from leaves_of(member)
    else:
        yield error


def frames_of(error: BaseException | None) -> list[str]:
    """Return the functions whose frames the traceback keeps, without frames of contextlib, which hold no data."""
    assert error is not None
    frames = traceback.extract_tb(error.__traceback__)
    return [frame.name for frame in frames if "contextlib" not in frame.filename]


def test_only_the_users_frames_are_in_the_traceback_of_a_hook() -> None:
    error = Played(LIST, hooks=Hooks(before_request=raiser)).error
    cause = error.__cause__
    assert cause is not None
    assert frames_of(cause) == ["raiser"]


def unreachable() -> None:
    httpx.get(unused_url(), trust_env=False)


def raise_several(attempt: Attempt, request: httpx.Request) -> None:
    """Raise a group as a task group does: one exception of httpx is a direct member, another is one group deeper."""
    caught: list[Exception] = []
    for _ in range(2):
        try:
            unreachable()
        except httpx.ConnectError as error:
            caught.append(error)
    raise ExceptionGroup("several", [caught[0], ExceptionGroup("within", [caught[1]])])


def test_so_it_is_with_each_member_of_a_group() -> None:
    group = Played(LIST, hooks=Hooks(before_request=raise_several)).error.__cause__
    assert frames_of(group) == ["raise_several"]
    members = list(leaves_of(group))
    assert len(members) == 2
    for member in members:
        assert frames_of(member) == ["raise_several", "unreachable"]
        assert frames_of(member.__cause__) == []


def test_a_hook_that_raises_over_an_applied_change_says_that_it_may_have_been_applied() -> None:
    assert Played(CREATE, status(201), hooks=Hooks(after_response=raiser)).error.may_have_been_applied
    assert Played(CREATE, LOST, hooks=Hooks(on_error=raiser)).error.may_have_been_applied


@pytest.mark.parametrize("returned", [3, "request", httpx.Response(200)])
def test_a_hook_that_returns_something_else_is_told_so(returned: Any) -> None:
    played = Played(LIST, hooks=Hooks(before_request=lambda attempt, request: returned))
    assert played.sends == []
    assert f"the hook must return an httpx.Request or None, not {type(returned).__name__}" in str(played.error)


@pytest.mark.parametrize("url", ["ftp://here/there", "/relative", "http:///there", "mailto:somebody"])
def test_a_hook_that_leaves_a_url_that_nothing_can_be_sent_to_is_told_so(url: str) -> None:
    played = Played(LIST, hooks=Hooks(before_request=lambda attempt, request: httpx.Request("GET", url)))
    assert played.sends == []
    assert isinstance(played.error, ConfigurationError)
    assert "a before_request hook must leave a request url that begins with http:// or https://" in str(played.error)


@pytest.mark.parametrize(
    ("name", "value", "kind"), [("headers", None, "Headers"), ("headers", {}, "Headers"), ("url", "/", "URL")]
)
def test_a_hook_that_sets_a_part_to_something_else_is_told_so(name: str, value: Any, kind: str) -> None:
    played = Played(LIST, hooks=Hooks(before_request=lambda attempt, request: setattr(request, name, value)))
    assert played.sends == []
    assert isinstance(played.error, UnexpectedClientError)
    assert f"the {name} of the request must be an httpx.{kind}, not {type(value).__name__}" in str(played.error)


def test_a_ring_of_causes_has_an_end() -> None:
    one, other = httpx.ConnectError("one"), httpx.ConnectError("other")
    one.__cause__, other.__cause__ = other, one
    assert isinstance(
        Played(LIST, one, options=RequestOptions(retries=Retries(attempts=1))).error, ConnectionFailedError
    )


def test_a_credentials_callable_that_raises_gives_a_failure() -> None:
    def broken() -> tuple[str, str]:
        raise LookupError("vault is closed")

    played = Played(LIST, credentials=broken)
    assert isinstance(played.error, UnexpectedClientError)
    assert "vault is closed" in str(played.error)
    assert played.sends == []


@pytest.mark.parametrize(
    ("second", "kind"),
    [(("", ""), ConfigurationError), (LookupError("vault is closed"), UnexpectedClientError)],
)
def test_credentials_that_fail_after_an_attempt_leave_that_in_doubt(
    second: tuple[str, str] | Exception, kind: type[Err]
) -> None:
    given = iter([("a", "b"), second])

    def credentials() -> tuple[str, str]:
        each = next(given)
        if isinstance(each, Exception):
            raise each
        return each

    played = Played(ENABLE, LOST, credentials=credentials)
    assert isinstance(played.error, kind)
    assert (len(played.sends), played.error.attempts, played.error.may_have_been_applied) == (1, 1, True)


def test_each_attempt_is_a_line_for_debugging_and_giving_up_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "fastpix"):
        Played(DELETE, LOST, status(500), status(409))
        Played(DELETE, *[status(503)] * 3)
    template = "live_streams_delete DELETE /live/streams/{streamId} ->"
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("DEBUG", f"{template} ConnectionFailedError attempt=1 wait=0.25 elapsed=0.000 request_id=None"),
        ("DEBUG", f"{template} 500 attempt=2 wait=0.5 elapsed=0.250 request_id=None"),
        ("DEBUG", f"{template} 409 attempt=3 wait=None elapsed=0.750 request_id=None"),
        ("DEBUG", f"{template} 503 attempt=1 wait=0.25 elapsed=0.000 request_id=None"),
        ("DEBUG", f"{template} 503 attempt=2 wait=0.5 elapsed=0.250 request_id=None"),
        ("DEBUG", f"{template} 503 attempt=3 wait=None elapsed=0.750 request_id=None"),
        ("WARNING", "live_streams_delete: gave up after attempt 3: ServerError"),
    ]


@pytest.mark.parametrize(
    ("code", "warnings"), [(404, 0), (409, 0), (422, 0), (401, 1), (403, 1), (408, 1), (429, 1), (500, 1), (501, 1)]
)
def test_only_a_plain_no_is_no_warning(caplog: pytest.LogCaptureFixture, code: int, warnings: int) -> None:
    Played(LIST, *[status(code)] * 3, retries=Retries(attempts=1))
    assert len(caplog.records) == warnings


def test_the_line_of_a_success_has_its_status_and_the_template_of_its_path(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "fastpix"):
        Played(ENABLE, LOST, Response(202, [(b"x-request-id", b"r-1")], ACK.body))
    template = "live_streams_enable PUT /live/streams/{streamId}/live-enable ->"
    assert caplog.messages == [
        f"{template} ConnectionFailedError attempt=1 wait=0.25 elapsed=0.000 request_id=None",
        f"{template} 202 attempt=2 wait=None elapsed=0.250 request_id=r-1",
    ]


@pytest.mark.parametrize("raised", [httpx.LocalProtocolError("Illegal header value b'canary'")])
def test_what_a_library_says_of_a_header_is_not_repeated(raised: Exception) -> None:
    error = Played(LIST, raised, raised, raised).error
    assert "canary" not in repr(error) + str(error)
    assert error.__cause__ is None


def raising(*_: object) -> None:
    raise ValueError("mine")


@pytest.mark.parametrize(
    ("answer", "hooks"),
    [
        (Response(404, [(b"x-request-id", b"r-1")], b""), Hooks()),
        (Response(200, [(b"x-request-id", b"r-1")], b"{"), Hooks()),
        (Response(200, [(b"x-request-id", b"r-1")], b"{}"), Hooks(after_response=raising)),
        (Response(404, [(b"x-request-id", b"r-1")], b""), Hooks(on_error=raising)),
        (Response(200, [(b"x-request-id", b"r-1")], b'{"data":[],"success":5}'), Hooks(on_deviations=raising)),
    ],
)
def test_every_error_with_an_answer_has_its_request_id(answer: Response, hooks: Hooks) -> None:
    error = Played(LIST, answer, hooks=hooks).error
    assert error.request_id == "r-1"
    assert str(error).startswith("live_streams_list: ")
    assert "request id r-1" in str(error)


def test_a_wire_error_says_what_the_library_said() -> None:
    assert str(Played(LIST, *[NEVER_SENT] * 3).error) == (
        "live_streams_list: the connection to api.fastpix.com failed (ConnectError: refused)"
    )


def test_a_hook_may_replace_the_body_and_its_length_is_told_anew() -> None:
    def change(attempt: Attempt, request: httpx.Request) -> httpx.Request:
        return httpx.Request(request.method, request.url, headers=request.headers, stream=httpx.ByteStream(b"mine"))

    (send,) = Played(CREATE, GARBAGE, hooks=Hooks(before_request=change)).sends
    assert (send.request.body, header(send.request.headers, b"content-length")) == (b"mine", "4")


def test_a_request_of_a_hooks_own_keeps_the_idempotency_key() -> None:
    def replace(attempt: Attempt, request: httpx.Request) -> httpx.Request:
        return httpx.Request(request.method, request.url)

    key = (signing_keys_create, CreateSigningKeyRequest())
    sends = Played(key, LOST, LOST, LOST, hooks=Hooks(before_request=replace)).sends
    assert len({header(send.request.headers, b"idempotency-key") for send in sends}) == 1
    assert header(sends[0].request.headers, b"idempotency-key") is not None


def test_a_hook_can_not_put_a_line_break_into_a_header() -> None:
    def change(attempt: Attempt, request: httpx.Request) -> None:
        request.headers["x-a"] = "canary\n"

    played = Played(LIST, hooks=Hooks(before_request=change))
    assert played.sends == []
    assert "the value of a header must not contain a line break" in str(played.error)
    assert "canary" not in str(played.error)


class UnmovableError(Exception):
    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)


def raise_itself(attempt: Attempt, request: httpx.Request) -> None:
    error = ValueError("again")
    raise error from error


def raise_unmovable(attempt: Attempt, request: httpx.Request) -> None:
    raise UnmovableError


def raise_a_group(attempt: Attempt, request: httpx.Request) -> None:
    raise ExceptionGroup("several", [httpx.ReadError("a"), ValueError("b")])


@pytest.mark.parametrize("hook", [raise_itself, raise_unmovable, raise_a_group])
def test_whatever_a_hook_raises_is_a_failure(hook: Any) -> None:
    assert isinstance(Played(LIST, hooks=Hooks(before_request=hook)).error, UnexpectedClientError)


@pytest.fixture
def broken_log() -> Iterator[list[str]]:
    """Install a log handler that raises for each record. Return the levels of the records that it receives."""
    given: list[str] = []

    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            given.append(record.levelname)
            raise RuntimeError("disk is full")

    broken, log = Broken(), logging.getLogger("fastpix")
    log.addHandler(broken)
    log.setLevel(logging.DEBUG)
    yield given
    log.setLevel(logging.NOTSET)
    log.removeHandler(broken)


def test_a_handler_of_the_log_that_raises_changes_nothing(broken_log: list[str]) -> None:
    assert isinstance(Played(LIST, OK).result, Success)
    assert isinstance(Played(LIST, *[LOST] * 3).error, ConnectionFailedError)
    assert broken_log == ["DEBUG"] * 4 + ["WARNING"]


def test_a_program_that_configures_no_logging_is_told_nothing() -> None:
    program = f"""
from fastpix import FastpixCore, Retries
from fastpix.api.live_streams import live_streams_list
core = FastpixCore(username="a", password="b", server_url={unused_url()!r}, retries=Retries(attempts=1))
live_streams_list(core).failure()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert (ended.stdout, ended.stderr) == ("", "")


ODD = Response(
    200,
    [],
    b'{"data":[{"streamId":"a","streamKey":"b","status":1,"trial":"no"},{"streamId":"c","streamKey":"d","status":2}]}',
)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], object]:
    """Replace the record of the deviations that this process has logged by an empty one, and return it."""
    begun: dict[tuple[str, str], object] = {}
    monkeypatch.setattr("fastpix._call.deviation._told", begun)
    return begun


def test_deviations_stand_beside_the_value_and_go_to_a_hook() -> None:
    seen: list[tuple[Attempt, tuple[Deviation, ...]]] = []
    hooks = Hooks(on_deviations=lambda attempt, deviations: seen.append((attempt, deviations)))
    played = Played(LIST, ODD, hooks=hooks)
    answered = played.result.unwrap()
    assert [stream.status for stream in answered.value.data] == [None, None]
    assert [(deviation.path, deviation.value) for deviation in answered.deviations] == [
        ("$.data[*].status", 1),
        ("$.data[*].trial", "no"),
        ("$.data[*].status", 2),
    ]
    ((attempt, deviations),) = seen
    assert (attempt.operation_id, attempt.number, deviations) == ("get-all-streams", 1, answered.deviations)


def test_a_hook_is_told_of_each_answer_that_deviates() -> None:
    seen: list[int] = []
    hooks = Hooks(on_deviations=lambda _, deviations: seen.append(len(deviations)))
    for _ in range(2):
        Played(LIST, ODD, hooks=hooks)
    assert seen == [3, 3]


def test_an_answer_as_documented_tells_nothing() -> None:
    played = Played(LIST, OK, hooks=Hooks(on_deviations=lambda attempt, _: pytest.fail(str(attempt))))
    assert played.result.unwrap().deviations == ()


@pytest.mark.usefixtures("told")
def test_each_place_is_logged_once_for_an_operation_without_its_value(caplog: pytest.LogCaptureFixture) -> None:
    one = Response(200, [], b'{"data":{"streamId":"a","streamKey":"b","status":["canary"]}}')
    for _ in range(3):
        Played(LIST, ODD)
        Played(CREATE, one)
        Played((live_streams_get, GetLiveStreamRequest("a")), one)
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "live_streams_list: the response does not match the documentation at $.data[*].status: expected string or null, got integer",
        "live_streams_list: the response does not match the documentation at $.data[*].trial: expected boolean or null, got string",
        "live_streams_create: the response does not match the documentation at $.data.status: expected string or null, got array",
        "live_streams_get: the response does not match the documentation at $.data.status: expected string or null, got array",
    ]
    assert "canary" not in str([vars(record) for record in caplog.records])


@pytest.mark.usefixtures("told")
def test_every_line_of_the_log_has_the_request_id(caplog: pytest.LogCaptureFixture) -> None:
    headers = [(b"x-request-id", b"r-1")]
    with caplog.at_level(logging.DEBUG, "fastpix"):
        Played(LIST, Response(200, headers, b'{"data":[],"success":5}'))
        Played(CREATE, Response(503, headers, b""))
    warned, read, failed, given_up = [record.getMessage() for record in caplog.records]
    assert warned.startswith("live_streams_list: the response does not match the documentation at ")
    assert warned.endswith(" (request id r-1)")
    assert given_up == "live_streams_create: gave up after attempt 1: ServerError (request id r-1)"
    assert [line.rpartition(" ")[2] for line in (read, failed)] == ["request_id=r-1"] * 2


def test_what_has_been_logged_is_bounded(told: dict[tuple[str, str], object], caplog: pytest.LogCaptureFixture) -> None:
    told.update(dict.fromkeys((("an-operation", f"$.{number}") for number in range(999)), 0))
    assert len(Played(LIST, ODD).result.unwrap().deviations) == 3
    assert (len(told), len(caplog.records)) == (1000, 1)


def test_threads_that_race_log_a_place_once(told: dict[tuple[str, str], object]) -> None:
    with ThreadPoolExecutor(8) as threads:
        news = list(threads.map(is_news, ["an-operation"] * 2000, [f"$.{number % 50}" for number in range(2000)]))
    assert sum(news) == len(told) == 50


def test_a_hook_that_raises_over_deviations_ends_the_call_in_doubt() -> None:
    def raiser(attempt: Attempt, deviations: tuple[Deviation, ...]) -> None:
        raise ValueError("the hook's own")

    one = Response(201, [], b'{"data":{"streamId":"a","streamKey":"b","status":1}}')
    error = Played(CREATE, one, hooks=Hooks(on_deviations=raiser)).error
    assert isinstance(error, UnexpectedClientError)
    assert error.may_have_been_applied


@pytest.mark.usefixtures("told")
def test_a_handler_of_the_log_that_raises_over_a_deviation_changes_nothing(broken_log: list[str]) -> None:
    assert len(Played(LIST, ODD).result.unwrap().deviations) == 3
    assert broken_log.count("WARNING") == 2


def test_an_answer_as_documented_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def second_look(kind: Any, body: bytes) -> None:
        pytest.fail(f"{kind} {len(body)}")

    monkeypatch.setattr("fastpix._call.tolerance.read_tolerantly", second_look)
    assert isinstance(Played(LIST, OK).result, Success)
    with pytest.raises(pytest.fail.Exception):
        Played(LIST, ODD)


def test_strictness_takes_a_number_without_a_fraction_for_an_integer() -> None:
    whole = Response(200, [], b'{"data":{"streamId":"a","streamKey":"b","maxDuration":60.0}}')
    assert Played(CREATE, whole, strict=True).result.unwrap().value.data.max_duration == 60


@pytest.mark.parametrize(
    ("core_is_strict", "call_is_strict", "fails"),
    [(False, None, False), (True, None, True), (False, True, True), (True, False, False)],
)
def test_a_core_and_a_call_can_ask_for_strictness(
    core_is_strict: bool, call_is_strict: bool | None, fails: bool
) -> None:
    played = Played(LIST, ODD, strict=core_is_strict, options=RequestOptions(strict=call_is_strict))
    assert isinstance(played.result, Success) is not fails
    if fails:
        assert isinstance(played.error, ResponseValidationError)
        assert played.error.path == "$.data[0].status"
