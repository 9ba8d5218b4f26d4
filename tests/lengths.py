"""How long a test that is the better the longer it runs is: `make long` runs each in its long form."""

import os

LONG = os.environ.get("FASTPIX_TESTS") == "long"


def length(short: int, long: int) -> int:
    return long if LONG else short
