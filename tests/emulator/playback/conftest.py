"""A local FastPix in process, with an uploaded video of three seconds of red and six of blue, and with sound."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from fastpix import FastpixCore
from fastpix.api.media import Media
from fastpix.emulator import Emulator
from tests.emulator.acts import core_on, uploaded
from tests.emulator.storage.movies import BLUE, RATE, RED, movie

MOVIE = movie(colors=[RED] * RATE * 3 + [BLUE] * RATE * 6, audio=["eng"], size=(96, 64), seconds=8)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A local FastPix whose clock stands still, for all tests of a module."""
    with closing(Emulator()) as emulator:
        emulator.clock.hold()
        yield emulator


@pytest.fixture(scope="module")
def core(emulator: Emulator) -> Iterator[FastpixCore]:
    with core_on(emulator) as core:
        yield core


@pytest.fixture(scope="module")
def web(emulator: Emulator) -> Iterator[httpx.Client]:
    """A player, in process."""
    with httpx.Client(transport=emulator.transport(), base_url="https://stream.fastpix.com") as client:
        yield client


@pytest.fixture(scope="module")
def media(core: FastpixCore, emulator: Emulator) -> Media:
    return uploaded(core, emulator, MOVIE, mp4_support="audioOnly,capped_4k", title="A talk")
