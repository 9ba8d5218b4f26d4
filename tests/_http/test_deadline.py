import time
from typing import Any

import pytest

from fastpix._call.messages import Limits, NeverBeganError
from fastpix._http.deadline import Deadline, timeouts


def test_a_deadline_that_has_passed_leaves_no_time() -> None:
    assert 0 < Deadline(time.monotonic() + 5).remaining() <= 5
    with pytest.raises(TimeoutError):
        Deadline(time.monotonic()).remaining()
    with pytest.raises(NeverBeganError):
        Deadline(time.monotonic()).left_to_begin()


def limits(seconds: float, **more: Any) -> Limits:
    return Limits(deadline=time.monotonic() + seconds, connect=5, max_bytes=1, **more)


def test_a_connection_has_its_own_limit_within_what_is_left() -> None:
    told = timeouts(limits(9))
    assert told["connect"] == 5
    assert 5 <= told["read"] <= 9
    assert 0 < timeouts(limits(0.5))["connect"] <= 0.5
    with pytest.raises(NeverBeganError):
        timeouts(limits(0))


def test_an_attempt_ends_with_its_own_seconds_or_with_the_call() -> None:
    assert 1 < Deadline.of(limits(9, attempt=2)).remaining() <= 2
    assert 1 < Deadline.of(limits(2, attempt=9)).remaining() <= 2


def test_silence_ends_it_before_the_deadline_does() -> None:
    assert Deadline.of(limits(9, silence=0.5)).remaining() == 0.5
    assert timeouts(limits(9, silence=0.5))["read"] == 0.5
    assert 0 < Deadline.of(limits(0.3, silence=0.5)).remaining() <= 0.3
