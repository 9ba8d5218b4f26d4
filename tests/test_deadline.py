import time

import pytest

from fastpix.deadline import Deadline, NeverBeganError, limits


def test_a_deadline_that_has_passed_leaves_no_time() -> None:
    assert 0 < Deadline(time.monotonic() + 5).remaining() <= 5
    with pytest.raises(TimeoutError):
        Deadline(time.monotonic()).remaining()
    with pytest.raises(NeverBeganError):
        Deadline(time.monotonic()).left_to_begin()


def test_a_connection_has_its_own_limit_within_what_is_left() -> None:
    told = limits(time.monotonic() + 9, 5)
    assert told["connect"] == 5
    assert 5 <= told["read"] <= 9
    assert 0 < limits(time.monotonic() + 0.5, 5)["connect"] <= 0.5
    with pytest.raises(NeverBeganError):
        limits(time.monotonic(), 5)
