from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix.api.media import Media
from fastpix.api.playlists import PlaylistMedia
from fastpix.api.times import Timestamp, is_timestamp, seconds_of, time_of
from fastpix.api.views import View


@given(hours=st.integers(0, 10**6), minutes=st.integers(0, 59), seconds=st.integers(0, 59))
def test_hours_minutes_and_seconds_are_seconds(hours: int, minutes: int, seconds: int) -> None:
    assert seconds_of(f"{hours:02}:{minutes:02}:{seconds:02}") == hours * 3600 + minutes * 60 + seconds


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        (None, None),
        (0, 0.0),
        (145.821315, 145.821315),
        ("00:00:00", 0.0),
        ("01:01:01.5", 3661.5),
        ("1:2:3", 3723.0),
        ("", None),
        ("soon", None),
        ("12:30", None),
        ("00:60:00", None),
        ("-00:01:00", None),
        ("00:00:0\u0661", None),
        ("9" * 5000 + ":00:00", None),
        (10**400, None),
    ],
)
def test_a_duration_is_seconds_or_none(duration: str | float | None, seconds: float | None) -> None:
    assert seconds_of(duration) == seconds
    assert Media("id", duration=duration).duration_seconds == seconds
    assert PlaylistMedia("id", duration=duration).duration_seconds == seconds


@given(st.text(st.characters()))
def test_no_text_is_too_odd(text: str) -> None:
    seconds = seconds_of(text)
    assert seconds is None or seconds >= 0
    assert time_of(text) is None or isinstance(time_of(text), datetime)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-20T12:50:13.467598Z", datetime(2026, 5, 20, 12, 50, 13, 467598, UTC)),
        ("2026-05-20T12:50:13Z", datetime(2026, 5, 20, 12, 50, 13, 0, UTC)),
        ("2026-05-20T12:50:13.467598123Z", datetime(2026, 5, 20, 12, 50, 13, 467598, UTC)),
        ("2025-09-24 07:33:55.074000+00:00", datetime(2025, 9, 24, 7, 33, 55, 74000, UTC)),
        ("2025-09-24T07:33:55+05:30", datetime(2025, 9, 24, 7, 33, 55, 0, timezone(timedelta(hours=5, minutes=30)))),
        ("2026-05-20T09:50:42.361", datetime(2026, 5, 20, 9, 50, 42, 361000)),  # noqa: DTZ001 - has no zone
        ("2026-05-20 09:55:36.02", datetime(2026, 5, 20, 9, 55, 36, 20000)),  # noqa: DTZ001 - the same
        ("1710591342067", datetime(2024, 3, 16, 12, 15, 42, 67000, UTC)),
        ("", None),
        ("yesterday", None),
        ("2026-13-20T12:50:13Z", None),
        ("2026-05-20T12:50:13\ud800", None),
        ("9" * 5000, None),
        (None, None),
    ],
)
def test_a_timestamp_is_a_moment_with_the_zone_that_it_names(text: str | None, moment: datetime | None) -> None:
    assert time_of(text) == moment
    assert moment is None or getattr(time_of(text), "tzinfo", UTC) == moment.tzinfo


@given(st.datetimes() | st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read(moment: datetime) -> None:
    assert time_of(moment.isoformat()) == moment
    assert time_of(moment.isoformat(" ").replace("+00:00", "Z")) == moment


@pytest.mark.parametrize("name", ["viewStart", "viewEnd", "insertTimestamp", "updatedTimestamp"])
def test_the_times_of_a_view_are_moments(name: str) -> None:
    view = msgspec.json.decode(f'{{"viewId":"a","{name}":"2026-05-20T09:50:42.361Z"}}', type=View)
    read_as = getattr(view, msgspec.structs.fields(View)[View.__struct_encode_fields__.index(name)].name)
    assert read_as == datetime(2026, 5, 20, 9, 50, 42, 361000, UTC)


def test_a_timestamp_is_known_by_its_type_or_by_its_name() -> None:
    assert is_timestamp(Timestamp | None)
    assert is_timestamp("Timestamp | None")
    assert is_timestamp("times.Timestamp")
    assert is_timestamp("Optional[Timestamp]")
    assert not is_timestamp("MyTimestamp | None")
    assert not is_timestamp("list[Timestamp] | None")
    assert not is_timestamp(list[Timestamp] | None)
    assert not is_timestamp(str | None)
