"""The examples of jobs in README that other tests run are those of the files."""

from pathlib import Path

from tests.test_readme import EXAMPLES, IN_OTHER_PLACES


def test_the_example_of_a_journal_is_the_one_of_readme() -> None:
    assert Path(__file__).with_name("journal_redis.py").read_text() in EXAMPLES


def test_the_examples_that_other_tests_run_are_two() -> None:
    assert [example.split()[1] for example in IN_OTHER_PLACES] == ["dask.distributed", "celery"]
