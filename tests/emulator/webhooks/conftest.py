"""A webhook behind a port."""

from collections.abc import Iterator

import pytest

from tests.emulator.webhooks.receivers import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
