"""The inbox of a local FastPix whose clock stands still."""

from collections.abc import Iterator

import pytest

from fastpix.emulator import Emulator, Inbox
from tests.emulator.webhooks.receivers import Receiver, receiving


@pytest.fixture
def inbox(emulator: Emulator) -> Inbox:
    inbox = Inbox()
    emulator.add_webhook(inbox, secret=inbox.secret)
    return inbox


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
