import random

import pytest

from fastpix import Retries
from fastpix._call.retry import Budget, backoff, cost, left_in_doubt, may_repeat
from fastpix.api.live_streams import live_streams_create, live_streams_delete, live_streams_enable, live_streams_list
from fastpix.errors import (
    ApiError,
    BadRequestError,
    ConnectionFailedError,
    Err,
    NotFoundError,
    RateLimitedError,
    ResponseValidationError,
    ServerError,
    TimedOutError,
)

GET, PUT, DELETE, POST = (
    operation.endpoint
    for operation in (live_streams_list, live_streams_enable, live_streams_delete, live_streams_create)
)


NEVER_REACHED = ConnectionFailedError("refused")
ANSWER_LOST = TimedOutError("no answer")
ANSWER_LOST.may_have_been_applied = True
THROTTLED = RateLimitedError("slow down", status=429)
REFUSED = BadRequestError("no", status=400)
ONCE = (302, 400, 401, 404, 409, 422, 425, 501, 505, 507, 520, 599)


@pytest.mark.parametrize(
    ("error", "get", "put", "delete", "post"),
    [
        (NEVER_REACHED, True, True, True, True),
        (THROTTLED, True, True, True, True),
        (ANSWER_LOST, True, True, True, False),
        *((ApiError("", status=status), True, True, True, False) for status in (408, 500, 502, 503, 504, 524)),
        *((ApiError("", status=status), False, False, False, False) for status in ONCE),
        (ResponseValidationError(""), False, False, False, False),
    ],
)
def test_what_may_be_sent_again(error: Err, get: bool, put: bool, delete: bool, post: bool) -> None:
    assert [may_repeat(endpoint, error) for endpoint in (GET, PUT, DELETE, POST)] == [get, put, delete, post]


@pytest.mark.parametrize(
    ("error", "doubtful"),
    [(NEVER_REACHED, False), (THROTTLED, False), (REFUSED, False), (ANSWER_LOST, True)]
    + [(ServerError("", status=status), True) for status in (500, 505, 599)]
    + [(ApiError("", status=408), True), (ServerError("", status=501), False)],
)
def test_what_leaves_in_doubt_whether_it_was_applied(error: Err, doubtful: bool) -> None:
    assert not left_in_doubt(GET, error)
    assert all(left_in_doubt(endpoint, error) is doubtful for endpoint in (PUT, DELETE, POST))


def test_the_wait_doubles_up_to_its_cap_and_is_a_part_of_that() -> None:
    longest = [backoff(Retries(), attempt, ANSWER_LOST, 1.0) for attempt in range(1, 9)]
    assert longest == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert backoff(Retries(), 3, ANSWER_LOST, 0.5) == 0.5


def test_any_number_of_attempts_has_its_wait() -> None:
    assert backoff(Retries(base=0.001), 100_000, ANSWER_LOST, 1.0) == Retries().cap


def test_the_server_may_say_how_long() -> None:
    assert backoff(Retries(), 1, RateLimitedError("", status=429, retry_after=3.0), 1.0) == 3.0
    assert backoff(Retries(), 1, RateLimitedError("", status=429, retry_after=0.0), 1.0) == 0.0
    assert backoff(Retries(), 1, NotFoundError("", status=404), 1.0) == 0.25


def simulate(calls: int, failing: float, seed: int = 7) -> tuple[float, float]:
    """Return the requests per call and the share of successful calls if the share ``failing`` of all requests fails."""
    budget, chance = Budget(), random.Random(seed)
    requests = successes = 0
    for _ in range(calls):
        last_cost = 1
        for attempt in (1, 2, 3):
            requests += 1
            if chance.random() >= failing:
                successes += 1
                budget.give(last_cost)
                break
            last_cost = cost(ANSWER_LOST)
            if attempt == 3 or not budget.take(last_cost):
                break
    return requests / calls, successes / calls


def test_a_total_outage_costs_hardly_more_requests_than_calls() -> None:
    load, successes = simulate(20_000, failing=1.0)
    assert successes == 0
    assert load == pytest.approx(1.0, abs=0.005)


def test_a_fifth_of_failures_is_hardly_seen() -> None:
    _, successes = simulate(20_000, failing=0.2)
    assert successes >= 0.99


def test_a_retry_after_a_429_takes_nothing_of_the_budget() -> None:
    assert (cost(THROTTLED), cost(ANSWER_LOST)) == (0, 14)


def test_the_budget_never_holds_more_than_its_capacity_nor_less_than_nothing() -> None:
    budget = Budget()
    budget.give(1000)
    assert budget.take(Budget.CAPACITY)
    assert not budget.take(1)
    budget.give(3)
    assert [budget.take(2), budget.take(2), budget.take(1)] == [True, False, True]


def test_declarations_fill_the_columns_of_the_table() -> None:
    assert [endpoint.idempotent for endpoint in (GET, PUT, DELETE, POST)] == [True, True, True, False]
