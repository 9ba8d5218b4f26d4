"""The short form of `make torture`."""

from tests.lengths import length
from tests.uploads.torture import MEBIBYTE, tortured


def test_each_file_arrives_to_the_byte_through_faults_and_kills() -> None:
    told = tortured(length(short=3, whole=4, long=40), smallest=MEBIBYTE, largest=12 * MEBIBYTE, seed=7)
    assert [each.problems for each in told] == [[]] * len(told)
    assert sum(each.facts.faults + each.kills for each in told) > 0
