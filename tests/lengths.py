"""The length of tests that find more the longer they run: short in `make test`, whole in `make check`, long in `make long`."""

import os

LENGTH = os.environ.get("FASTPIX_TESTS", "short")


def length(*, short: int, whole: int, long: int) -> int:
    return {"whole": whole, "long": long}.get(LENGTH, short)
