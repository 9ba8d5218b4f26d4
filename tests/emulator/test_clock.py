from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from fastpix import FastpixCore
from fastpix.emulator import Delays, Emulator, Reads, Seed, SeedMedia
from tests.emulator.acts import new_media, read_media


def test_a_clock_that_nobody_holds_is_that_of_the_machine() -> None:
    before, now, after = datetime.now(UTC), Emulator().clock.now(), datetime.now(UTC)
    assert before <= now <= after


def test_a_clock_that_is_held_stands_still_until_it_is_moved(emulator: Emulator) -> None:
    start = emulator.clock.now()
    assert emulator.clock.now() == start
    emulator.clock.advance(days=1, hours=2, minutes=3, seconds=4.5)
    assert emulator.clock.now() - start == timedelta(days=1, hours=2, minutes=3, seconds=4.5)
    emulator.clock.hold()
    assert emulator.clock.now() - start == timedelta(days=1, hours=2, minutes=3, seconds=4.5)


def test_a_clock_runs_on_from_where_it_is_released(emulator: Emulator) -> None:
    emulator.clock.advance(days=3)
    held = emulator.clock.now()
    emulator.clock.release()
    assert held <= emulator.clock.now() < held + timedelta(hours=1)
    emulator.clock.advance(days=1)
    assert held + timedelta(days=1) <= emulator.clock.now() < held + timedelta(days=1, hours=1)


@pytest.mark.parametrize("days", [-1, 36_501, float("inf")])
def test_a_clock_goes_forward_by_a_number_of_days(emulator: Emulator, days: float) -> None:
    with pytest.raises((ValueError, OverflowError), match=r"by 0 to 36500 days|infinity"):
        emulator.clock.advance(days=days)


def test_processes_with_one_file_have_one_clock(tmp_path: Path) -> None:
    one, other = (Emulator(str(tmp_path / "a.db")) for _ in range(2))
    one.clock.hold()
    one.clock.advance(days=10)
    assert other.clock.now() == one.clock.now()
    for emulator in (one, other):
        emulator.close()


def test_the_clock_can_be_moved_over_http(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    start = emulator.clock.now()
    media_id = new_media(core)
    moved = web.post("/_emulator/clock", json={"hold": True, "advance": 60})
    assert datetime.fromisoformat(moved.json()["now"]) == start + timedelta(minutes=1)
    assert read_media(core, media_id).status == "Ready"
    web.post("/_emulator/clock", json={"hold": False})
    assert emulator.clock.now() != emulator.clock.now()
    for wrong in ({"advance": -1}, {"days": 1}, {"hold": "yes"}):
        assert web.post("/_emulator/clock", json=wrong).status_code == 422


def core_on(emulator: Emulator) -> FastpixCore:
    return FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())


@pytest.mark.parametrize("path", [":memory:", "a.db"])
def test_a_delay_can_be_a_number_of_reads(tmp_path: Path, path: str) -> None:
    """Each of the two states of a media is seen by so many reads."""
    emulator = Emulator(path if path == ":memory:" else str(tmp_path / path), delays=Delays.all(Reads(2)))
    core = core_on(emulator)
    media_id, other = new_media(core), new_media(core)
    statuses = [read_media(core, media_id).status for _ in range(6)]
    assert statuses == ["Created", "Created", "Processing", "Processing", "Ready", "Ready"]
    emulator.clock.advance(days=1)
    assert read_media(core, other).status == "Created"
    emulator.close()


def test_a_delay_of_nothing_is_over_with_the_next_request() -> None:
    emulator = Emulator(delays=Delays.all(0))
    core = core_on(emulator)
    assert read_media(core, new_media(core, mp4_support="capped_4k", chapters=True)).status == "Ready"
    (media_id,) = emulator.seed(Seed(media=[SeedMedia(status="Created")])).media_ids
    assert read_media(core, media_id).status == "Ready"


def test_without_a_hand_the_delays_are_short() -> None:
    delays = Delays()
    assert 0 < sum(getattr(delays, name) for name in Delays.__struct_fields__) < 2
