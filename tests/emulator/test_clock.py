import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from fastpix import FastpixCore
from fastpix.api.common import Moderation
from fastpix.api.media import GenerateSubtitles, media_list
from fastpix.api.media_ai import (
    CreateAdvancedSummaryRequest,
    GetAdvancedSummaryRequest,
    media_ai_create_advanced_summary,
    media_ai_get_advanced_summary,
)
from fastpix.api.media_tracks import AddMediaTrackRequest, NewTrack, media_tracks_add
from fastpix.emulator import Content, Delays, Emulator, Reads, Seed, SeedFile, SeedMedia
from tests.emulator.acts import core_on, new_media, new_stream, read_media, read_stream


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


def test_to_release_a_clock_that_runs_changes_nothing() -> None:
    emulator = Emulator()
    emulator.clock.advance(days=1)
    emulator.clock.release()
    assert timedelta(hours=23) < emulator.clock.now() - datetime.now(UTC) < timedelta(hours=25)


@pytest.mark.parametrize("days", [-1, 3_000_000, float("inf"), float("nan")])
def test_a_clock_goes_forward_until_the_year_9999(emulator: Emulator, days: float) -> None:
    before = emulator.clock.now()
    with pytest.raises(ValueError, match="a clock can be moved forward until the year 9999, not by "):
        emulator.clock.advance(days=days)
    assert emulator.clock.now() == before


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
    for wrong in ({"advance": -1}, {"advance": 1e300}, {"days": 1}, {"hold": "yes"}):
        assert web.post("/_emulator/clock", json=wrong).status_code == 422


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


def test_more_tracks_than_a_hundred_wait_for_the_same_read() -> None:
    emulator = Emulator(delays=Delays(fetch=0, encode=0, tracks=Reads(1)))
    core = core_on(emulator)
    media_id = new_media(core)
    for number in range(120):
        track = NewTrack("https://example.com/a.vtt", "subtitle", "de-DE", chr(65 + number % 26) * (number // 26 + 1))
        media_tracks_add(core, AddMediaTrackRequest(media_id, track)).unwrap()
    states = [{track.status for track in (read_media(core, media_id).tracks or [])[2:]} for _ in range(2)]
    assert states == [{"preparing"}, {"available"}]


def test_reads_of_one_media_do_not_count_for_another() -> None:
    emulator = Emulator(delays=Delays.all(Reads(2)))
    core = core_on(emulator)
    one, other = new_media(core), new_media(core)
    assert [read_media(core, one).status for _ in range(5)][-1] == "Ready"
    assert read_media(core, other).status == "Created"


def test_what_is_due_for_a_status_that_has_passed_does_nothing(emulator: Emulator, core: FastpixCore) -> None:
    """A step that another version planned, or that a test brought with a state, stops nobody."""
    media_id = new_media(core)
    state = emulator.export_state()
    changed = [
        replace(row, document=msgspec.Raw(bytes(row.document).replace(b'"Created"', b'"Ready"')))
        for row in state.documents
    ]
    emulator.import_state(replace(state, documents=changed))
    emulator.clock.advance(days=1)
    assert read_media(core, media_id).status == "Ready"
    assert new_stream(core).status == "idle"


@pytest.mark.parametrize("settings", [{"delays": Delays.all(-1)}, {"forms": "2026-06"}, {"trial": "yes"}])
def test_settings_are_checked(settings: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError, match=next(iter(settings))):
        Emulator(**settings)


def test_in_the_end_nothing_is_in_preparation(emulator: Emulator, core: FastpixCore) -> None:
    emulator.seed(Seed(files=[SeedFile("https://example.com/bad.mp4", Content(fails=True))]))
    for url in ("https://example.com/good.mp4", "https://example.com/bad.mp4"):
        media_id = new_media(
            core, url, chapters=True, subtitles=GenerateSubtitles(), mp4_support="capped_4k", moderation=Moderation()
        )
        media_ai_create_advanced_summary(core, CreateAdvancedSummaryRequest(media_id)).unwrap()
    stream_id = new_stream(core).stream_id
    emulator.connect_encoder(stream_id)
    emulator.disconnect_encoder(stream_id)
    emulator.clock.advance(days=400)
    summaries = [
        media_ai_get_advanced_summary(core, GetAdvancedSummaryRequest(media.id)).unwrap().data.status
        for media in media_list(core).unwrap().data
    ]
    described = msgspec.json.encode([read_media(core, media.id) for media in media_list(core).unwrap().data])
    assert (read_stream(core, stream_id).status, summaries) == ("idle", ["FAILED", "COMPLETED"])
    assert not re.search(rb'"(preparing|Created|Processing)"', described)
