"""Each operation of the SDK has a test with its name."""

import re
from pathlib import Path

from tests.official.sdk import OPERATIONS, SDK

TESTS = "\n".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))


def test_each_operation_is_driven() -> None:
    named = {*re.findall(r"^def test_(\w+)\(", TESTS, re.MULTILINE)}
    assert OPERATIONS.keys() - named == set()


def test_the_operations_are_those_of_the_version_that_is_named() -> None:
    assert (SDK.__version__, len(OPERATIONS)) == ("1.2.0", 72)
