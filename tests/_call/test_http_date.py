"""``Retry-After`` values and HTTP dates, as RFC 9110 defines them."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis.strategies import datetimes, integers, just, text

from fastpix._call.http_date import retry_after

NOW = datetime(1994, 11, 6, 8, 49, 0, tzinfo=UTC).timestamp()
FORMS = ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]

IMPOSSIBLE = [
    "Sun, 99 Nov 1994 08:49:37 GMT",
    f"Sun, 06 Nov {'9' * 20} 08:49:37 GMT",
]


@pytest.fixture(params=["UTC", "Asia/Tokyo", "America/New_York"])
def _zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(os.environ, "TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_zone")
@pytest.mark.parametrize("form", FORMS)
def test_a_date_of_each_form_is_in_gmt(form: str) -> None:
    assert retry_after(form, lambda: NOW) == 37


@given(integers(0, 10**9))
def test_a_number_is_one_of_seconds(seconds: int) -> None:
    assert retry_after(f" {seconds}\t", lambda: NOW) == seconds


@given(datetimes(datetime(1900, 1, 1), timezones=just(UTC)))  # noqa: DTZ001 - the time zone is a separate argument
def test_a_date_ahead_is_waited_for_and_one_past_is_not(moment: datetime) -> None:
    ahead = moment.replace(microsecond=0)
    expected = ahead.timestamp() - NOW
    told = retry_after(format_datetime(ahead, usegmt=True), lambda: NOW)
    assert told == (expected if expected >= 0 else None)


@pytest.mark.parametrize(
    ("now", "year", "meant"), [(2026, "70", 2070), (2026, "77", None), (1999, "01", 2001), (2026, "26", 2026)]
)
def test_a_year_of_two_digits_is_at_most_fifty_years_ahead(now: int, year: str, meant: int | None) -> None:
    started = datetime(now, 1, 1, tzinfo=UTC)
    told = retry_after(f"Sunday, 06-Nov-{year} 08:49:37 GMT", started.timestamp)
    expected = None if meant is None else datetime(meant, 11, 6, 8, 49, 37, tzinfo=UTC) - started
    assert told == (None if expected is None else expected.total_seconds())


@given(text())
def test_what_is_neither_says_nothing(value: str) -> None:
    told = retry_after(value, lambda: NOW)
    assert told is None or told >= 0


@pytest.mark.parametrize("value", [None, "", "soon", "-1", "1.5", "1e3", "٣", "1, 2", *IMPOSSIBLE])
def test_these_say_nothing(value: str | None) -> None:
    assert retry_after(value, lambda: NOW) is None
