import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix.api.common import seconds_of
from fastpix.api.media import Media
from fastpix.api.playlists import PlaylistMedia


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


@given(st.text())
def test_no_text_is_too_odd(duration: str) -> None:
    seconds = seconds_of(duration)
    assert seconds is None or seconds >= 0
