from tests.faults.soak import create_through_faults


def test_nothing_is_created_twice_and_nothing_is_lost() -> None:
    told = create_through_faults(1000)
    assert (told.twice, told.lost, told.unsaid) == (0, 0, 0)
    assert told.succeeded > 600
    assert told.in_doubt > 100
