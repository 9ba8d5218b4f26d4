"""Sets of views for the tests of the Data API, and a local FastPix that has them."""

from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from typing import Any, TypeAlias

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from fastpix import FastpixCore
from fastpix.emulator import Emulator, Seed, SeedView
from fastpix.emulator.clock import ClockState
from fastpix.emulator.store.documents import FORMAT, Row, State
from tests.emulator.acts import core_on
from tests.lengths import length

NOW = 1_780_000_000
"""The second in which the views of `watched` are asked for. No view ends at a whole second."""
DAY = 86_400

Test: TypeAlias = Callable[..., None]

BROWSERS = st.sampled_from(["Chrome", "Firefox", "a:b !&é"])
FIELDS = st.fixed_dictionaries(
    {
        "browserName": BROWSERS | st.none(),
        "videoTitle": st.sampled_from(["A talk", "Another talk"]) | st.none(),
        "viewerId": st.sampled_from(["me", "you"]) | st.none(),
        "fpViewerId": st.sampled_from(["browser 1", "browser 2"]),
        "watchTime": st.integers(0, 5).map(lambda seconds: seconds * 1000),
        "viewPlayingTime": st.integers(0, 9000) | st.none(),
        "startupScore": st.floats(0, 1) | st.none(),
        "exitBeforeVideoStart": st.booleans(),
    },
    optional={
        "errorCode": st.sampled_from(["networkError", "mediaError"]),
        "errorMessage": st.sampled_from(["fragLoadError", "manifestLoadError"]),
    },
)
VIEWS = st.lists(st.builds(SeedView, ended_ago=st.integers(0, DAY - 1), fields=FIELDS), max_size=12)


def hold_at(emulator: Emulator, seconds: float) -> None:
    """Empty a local FastPix, and let its clock stand still at a time."""
    clock = msgspec.Raw(msgspec.json.encode(ClockState(held_at=seconds)))
    emulator.import_state(State(FORMAT, [Row("ClockState", "", "", 0, clock)]))


@contextmanager
def watched(*views: SeedView) -> Generator[tuple[FastpixCore, list[str]]]:
    """Yield a core of a new local FastPix that has some views, and their ids."""
    with closing(Emulator()) as emulator:
        hold_at(emulator, NOW + 0.5)
        ids = emulator.seed(Seed(views=[*views])).view_ids
        with core_on(emulator) as core:
            yield core, ids


def viewers(views: list[SeedView]) -> int:
    return len({view.fields["viewerId"] or view.fields["fpViewerId"] for view in views})


def total(views: list[SeedView], field: str) -> int:
    return sum(view.fields[field] or 0 for view in views)


def for_all(**values: st.SearchStrategy[Any]) -> Callable[[Test], Test]:
    """Return the decorator of a test that holds for all values."""
    many = settings(max_examples=length(short=25, whole=60, long=2000))

    def decorated(test: Test) -> Test:
        return many(given(**values)(test))

    return decorated
