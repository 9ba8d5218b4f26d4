from tests.faults.kills import create_through_kills


def test_each_stream_is_created_once_by_a_process_that_is_killed_and_started_again() -> None:
    ended = create_through_kills(100, kills=3)
    assert ended.kills == 3
    assert (ended.twice, ended.lost, ended.unsaid) == (0, 0, 0)
