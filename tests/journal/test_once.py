"""`once`: each item is done once, whatever is lost and whoever is killed."""

import json
import logging
import pickle
import time
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from fastpix import AsyncFastpixCore, Failure, FastpixCore, Reply, RequestOptions, Success, many
from fastpix._call.messages import Response
from fastpix._call.response import read
from fastpix.api.common import Data
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    GetAllStreamsRequest,
    InputMediaSettings,
    LiveStream,
    PlaybackSettings,
    live_streams_create,
    live_streams_delete,
    live_streams_list,
)
from fastpix.api.media import CreateMediaRequest, VideoInput, media_create, media_list
from fastpix.api.playlists import playlists_list
from fastpix.api.uploads import CreateUploadRequest, PushMediaSettings, uploads_create
from fastpix.emulator import Emulator, Seed, SeedStream
from fastpix.errors import (
    ConfigurationError,
    ConnectionFailedError,
    JournalError,
    NotFoundError,
    RequestValidationError,
    ServerError,
)
from fastpix.journal import Begun, Done, Go, InDoubt, Once, SqliteJournal, once
from fastpix.journal.item import bytes_of
from fastpix.journal.once import MARGIN
from tests.emulator.acts import core_on
from tests.operations import OPERATIONS

OBSERVED = sorted((Path(__file__).parents[1] / "observed").glob("*.json"))
ENDPOINTS = {operation.endpoint.id: operation.endpoint for operation in OPERATIONS.values()}
LEASE = 60.0 + MARGIN


def request_of(row: str) -> CreateLiveStreamRequest:
    return CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings(metadata={"row": row}))


class Notes:
    """A journal in memory, with a clock that tests move."""

    def __init__(self) -> None:
        self.now = 0.0
        self.items: dict[str, tuple[int, float | None, bytes | None]] = {}
        self.fails: set[str] = set()

    def begin(self, key: str) -> Begun:
        if "begin" in self.fails:
            raise ConnectionRefusedError("no journal there")
        attempt, begun, value = self.items.get(key, (0, None, None))
        if value is not None:
            return Done(value)
        if begun is not None:
            return InDoubt(attempt, self.now - begun)
        self.items[key] = (attempt + 1, self.now, None)
        return Go(attempt + 1)

    def finish(self, key: str, attempt: int, value: bytes | None) -> None:
        if "finish" in self.fails:
            raise ConnectionResetError("no journal there")
        assert self.items[key][0] == attempt
        self.items[key] = (attempt, None, value)

    def is_in_doubt(self, row: str) -> bool:
        return self.items[f"live_streams_create:{row}"][1] is not None


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Notes:
    """A journal whose clock moves when the core waits."""
    notes = Notes()

    def sleep(seconds: float) -> None:
        notes.now += seconds

    monkeypatch.setattr("fastpix.core.time.sleep", sleep)
    return notes


@pytest.fixture
def create(notes: Notes) -> Once[..., Data[LiveStream]]:
    return once(live_streams_create, journal=notes, key="row", among=live_streams_list)


def rows_on(emulator: Emulator) -> list[str]:
    page = live_streams_list(core_on(emulator), GetAllStreamsRequest(limit=50)).unwrap()
    return sorted((stream.metadata or {}).get("row", "") or "" for stream in page.data)


def calls_of(emulator: Emulator, operation: Any) -> int:
    return sum(sent.operation_id == operation.endpoint.id for sent in emulator.sent)


def test_an_item_is_done_once_and_gives_its_value_again(
    emulator: Emulator, core: FastpixCore, create: Once[..., Data[LiveStream]]
) -> None:
    first = create(core, request_of("1"))
    assert isinstance(first, Success)
    assert create(core, request_of("1")) == first
    assert create(core, request_of("2")) != first
    assert rows_on(emulator) == ["1", "2"]


@pytest.mark.parametrize("path", OBSERVED, ids=lambda path: path.stem)
def test_each_recorded_value_is_the_same_after_the_journal(path: Path) -> None:
    def reading(body: bytes) -> Reply[Any]:
        return read(ENDPOINTS[path.stem], Response(200, [], body), now=time.time).map(lambda read: read.value)

    seen = reading(path.read_bytes())
    if json.loads(path.read_bytes())["success"]:
        assert reading(bytes_of(seen.unwrap())) == seen


@pytest.mark.parametrize("value", [b"\xff\x00", "text \N{SNOWMAN}"])
def test_bytes_and_texts_are_kept_as_they_are(value: bytes | str) -> None:
    assert bytes_of(value) == (value if isinstance(value, bytes) else value.encode())


def test_what_certainly_had_no_effect_can_begin_again(
    emulator: Emulator, core: FastpixCore, create: Once[..., Data[LiveStream]]
) -> None:
    emulator.fail(live_streams_create, [400, "reset"])
    assert isinstance(create(core, request_of("1")), Failure)
    assert isinstance(create(core, request_of("1")), Failure | Success)
    assert isinstance(create(core, request_of("1")), Success)
    assert rows_on(emulator) == ["1"]


@pytest.mark.parametrize("outcome", ["lost", "cut", "invalid"])
def test_what_was_created_without_an_answer_is_found(
    emulator: Emulator, core: FastpixCore, create: Once[..., Data[LiveStream]], outcome: Any
) -> None:
    emulator.fail(live_streams_create, [outcome])
    created = create(core, request_of("1"))
    assert created.unwrap().data.metadata == {"row": "1"}
    assert create(core, request_of("1")) == created
    assert rows_on(emulator) == ["1"]


def test_an_answer_that_says_nothing_leaves_the_item_in_doubt_until_its_lease_is_over(
    emulator: Emulator, core: FastpixCore, notes: Notes, create: Once[..., Data[LiveStream]]
) -> None:
    emulator.fail(live_streams_create, [500])
    error = create(core, request_of("1")).failure()
    assert isinstance(error, ServerError)
    assert error.may_have_been_applied
    assert notes.is_in_doubt("1")
    assert isinstance(create(core, request_of("1")), Success)
    assert notes.now >= LEASE
    assert rows_on(emulator) == ["1"]


def test_an_item_of_a_killed_process_is_found_at_once(
    emulator: Emulator, core: FastpixCore, notes: Notes, create: Once[..., Data[LiveStream]]
) -> None:
    notes.begin("live_streams_create:1")
    stream = live_streams_create(core, request_of("1")).unwrap().data
    assert create(core, request_of("1")).unwrap().data.stream_id == stream.stream_id
    assert not notes.is_in_doubt("1")
    assert notes.now == 0


def test_an_item_of_a_killed_process_that_was_not_created_is_created_after_the_lease(
    emulator: Emulator, core: FastpixCore, notes: Notes
) -> None:
    create = once(live_streams_create, journal=notes, key="row", among=live_streams_list, lease=7)
    notes.begin("live_streams_create:1")
    assert isinstance(create(core, request_of("1")), Success)
    assert 7 <= notes.now < 7.5
    assert calls_of(emulator, live_streams_list) < 12
    assert rows_on(emulator) == ["1"]


def test_the_lease_is_the_deadline_of_the_call(core: FastpixCore, notes: Notes) -> None:
    create = once(live_streams_create, journal=notes, key="row")
    notes.begin("live_streams_create:1")
    assert isinstance(create(core, request_of("1"), RequestOptions(timeout=9)), Failure)
    assert notes.now == pytest.approx(9 + MARGIN)


def test_a_second_caller_gets_the_value_of_the_first(
    core: FastpixCore, notes: Notes, create: Once[..., Data[LiveStream]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = live_streams_create(core, request_of("other")).unwrap()
    notes.begin("live_streams_create:1")

    def sleep(seconds: float) -> None:
        notes.now += seconds
        if notes.now > 3:
            notes.finish("live_streams_create:1", 1, bytes_of(stream))

    monkeypatch.setattr("fastpix.core.time.sleep", sleep)
    assert create(core, request_of("1")) == Success(stream)
    assert notes.now < 6


def test_without_a_list_an_item_in_doubt_is_reported_and_not_sent(
    emulator: Emulator, core: FastpixCore, notes: Notes
) -> None:
    create = once(live_streams_create, journal=notes, key="row")
    emulator.fail(live_streams_create, ["lost"])
    error = create(core, request_of("1")).failure()
    assert isinstance(error, ConnectionFailedError)
    error = create(core, request_of("1")).failure()
    assert isinstance(error, JournalError)
    assert (error.reason, error.key, error.may_have_been_applied) == ("doubt", "live_streams_create:1", True)
    assert str(error).startswith("live_streams_create: an attempt that began 70 s ago may have been applied")
    assert notes.now >= LEASE
    assert rows_on(emulator) == ["1"]


def test_an_idempotent_operation_is_called_again_at_once(emulator: Emulator, core: FastpixCore, notes: Notes) -> None:
    [stream_id] = emulator.seed(Seed(streams=[SeedStream()])).stream_ids
    delete = once(live_streams_delete, journal=notes, key=lambda request: request.stream_id)
    notes.begin(f"live_streams_delete:{stream_id}")
    assert isinstance(delete(core, DeleteLiveStreamRequest(stream_id)), Success)
    assert isinstance(delete(core, DeleteLiveStreamRequest(stream_id)), Success)
    assert calls_of(emulator, live_streams_delete) == 1
    assert notes.now == 0


def test_a_404_of_a_delete_that_was_in_doubt_is_a_success(emulator: Emulator, core: FastpixCore, notes: Notes) -> None:
    delete = once(live_streams_delete, journal=notes, key=lambda request: request.stream_id)
    gone = DeleteLiveStreamRequest("0" * 32)
    assert isinstance(delete(core, gone).failure(), NotFoundError)
    notes.begin(f"live_streams_delete:{gone.stream_id}")
    assert isinstance(delete(core, gone), Success)
    assert isinstance(delete(core, gone), Success)
    assert calls_of(emulator, live_streams_delete) == 2


def test_a_failure_to_look_for_an_item_in_doubt_leaves_it_in_doubt(
    emulator: Emulator, core: FastpixCore, notes: Notes, create: Once[..., Data[LiveStream]]
) -> None:
    notes.begin("live_streams_create:1")
    emulator.fail(live_streams_list, [403, 403, 403])
    assert create(core, request_of("1")).failure().may_have_been_applied


def test_the_search_ends_where_the_items_are_older(
    emulator: Emulator, core: FastpixCore, create: Once[..., Data[LiveStream]], monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.seed(Seed(streams=[SeedStream(count=300)]))
    emulator.fail(live_streams_create, [500, 500])
    assert isinstance(create(core, request_of("1")), Failure)
    assert calls_of(emulator, live_streams_list) == 6
    monkeypatch.setattr("fastpix.journal.search.CLOCK_DIFFERENCE", -3600.0)  # all streams are older now
    assert isinstance(create(core, request_of("2")), Failure)
    assert calls_of(emulator, live_streams_list) == 7


def test_a_search_that_fails_gives_the_failure_of_the_call(
    emulator: Emulator, core: FastpixCore, notes: Notes, create: Once[..., Data[LiveStream]]
) -> None:
    emulator.fail(live_streams_create, ["lost"])
    emulator.fail(live_streams_list, [403, 403, 403])
    error = create(core, request_of("1")).failure()
    assert isinstance(error, ConnectionFailedError)
    assert notes.is_in_doubt("1")
    assert create(core, request_of("1")).unwrap().data.metadata == {"row": "1"}


def test_a_page_that_cannot_be_read_is_asked_for_again(
    emulator: Emulator, core: FastpixCore, create: Once[..., Data[LiveStream]]
) -> None:
    emulator.fail(live_streams_create, ["lost"])
    emulator.fail(live_streams_list, [400, "invalid"])
    assert create(core, request_of("1")).unwrap().data.metadata == {"row": "1"}


def test_without_a_journal_nothing_is_sent(
    emulator: Emulator, core: FastpixCore, notes: Notes, create: Once[..., Data[LiveStream]]
) -> None:
    notes.fails = {"begin"}
    error = create(core, request_of("1")).failure()
    assert isinstance(error, JournalError)
    assert error.reason == "unavailable"
    assert str(error) == "live_streams_create: the journal cannot be used: ConnectionRefusedError: no journal there"
    assert not error.may_have_been_applied
    assert isinstance(error.__cause__, ConnectionRefusedError)
    assert emulator.sent == []


def test_an_outcome_is_given_even_if_the_journal_cannot_take_it(
    emulator: Emulator,
    core: FastpixCore,
    notes: Notes,
    create: Once[..., Data[LiveStream]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    notes.fails = {"finish"}
    with caplog.at_level(logging.WARNING, "fastpix"):
        created = create(core, request_of("1"))
    assert isinstance(created, Success)
    assert "the outcome of an item is not in the journal" in caplog.text
    assert notes.is_in_doubt("1")
    notes.fails = set()
    assert create(core, request_of("1")).unwrap().data.stream_id == created.unwrap().data.stream_id
    assert rows_on(emulator) == ["1"]


def test_a_journal_that_cannot_let_an_item_begin_again_is_an_error(
    core: FastpixCore, notes: Notes, create: Once[..., Data[LiveStream]]
) -> None:
    notes.begin("live_streams_create:1")
    notes.fails = {"finish"}
    error = create(core, request_of("1")).failure()
    assert isinstance(error, JournalError)
    assert error.reason == "unavailable"


def test_a_media_and_an_upload_have_their_metadata_in_different_places(core: FastpixCore, notes: Notes) -> None:
    media = once(media_create, journal=notes, key="row", among=media_list)
    video = CreateMediaRequest([VideoInput("https://example.com/a.mp4")], "public", metadata={"row": "1"})
    assert isinstance(media(core, video), Success)
    upload = once(uploads_create, journal=notes, key="row")
    assert isinstance(
        upload(core, CreateUploadRequest("*", PushMediaSettings("public", metadata={"row": "1"}))), Success
    )
    assert notes.items.keys() == {"media_create:1", "uploads_create:1"}


@pytest.mark.parametrize(
    ("key", "metadata", "told"),
    [
        ("row", {}, "metadata['row'] must be a text that identifies the item, not None"),
        ("row", {"row": ""}, "metadata['row'] must be a text that identifies the item, not ''"),
        (id, {"row": ""}, "key must be a text that identifies the item, not "),
    ],
)
def test_a_request_without_a_key_is_an_error(
    emulator: Emulator, core: FastpixCore, notes: Notes, key: Any, metadata: dict[str, str], told: str
) -> None:
    create = once(live_streams_create, journal=notes, key=key)
    request = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings(metadata=metadata))
    error = create(core, request).failure()
    assert isinstance(error, RequestValidationError)
    assert error.message.startswith(told)
    assert emulator.sent == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"operation": print}, "once() takes an operation"),
        ({"journal": {}}, "once() takes a journal with the methods begin and finish, not dict"),
        ({"key": ""}, "key must be the name of an entry, or a function of a request, not ''"),
        ({"key": 7}, "key must be the name of an entry, or a function of a request, not 7"),
        ({"key": str, "among": live_streams_list}, "with among, key must be the name of an entry"),
        ({"among": playlists_list}, "among must be the operation that lists what live_streams_create creates"),
        ({"operation": live_streams_list, "among": live_streams_list}, "among must be the operation that lists what"),
    ],
)
def test_wrong_arguments_are_named(wrong: dict[str, Any], told: str) -> None:
    given = {"operation": live_streams_create, "journal": Notes(), "key": "row", **wrong}
    with pytest.raises(TypeError) as raised:
        cast("Any", once)(given.pop("operation"), **given)
    assert str(raised.value).startswith(told)


def test_a_lease_out_of_its_bounds_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="lease must be a number of seconds from 0 to 1000000, not -1"):
        once(live_streams_create, journal=Notes(), key="row", lease=-1)


@pytest.mark.anyio
async def test_with_an_async_core_it_is_awaited(
    emulator: Emulator, async_core: AsyncFastpixCore, create: Once[..., Data[LiveStream]]
) -> None:
    emulator.fail(live_streams_create, ["lost"])
    first = await create(async_core, request_of("1"))
    assert isinstance(first, Success)
    assert await create(async_core, request_of("1")) == first
    assert rows_on(emulator) == ["1"]


@pytest.mark.anyio
async def test_a_cancelled_call_is_in_doubt(
    emulator: Emulator, async_core: AsyncFastpixCore, notes: Notes, create: Once[..., Data[LiveStream]]
) -> None:
    options = RequestOptions(headers={"x-fastpix-fault": '{"delay": 60}'})
    with anyio.move_on_after(0.2):
        await create(async_core, request_of("1"), options)
    assert notes.is_in_doubt("1")


def test_it_can_be_pickled_and_many_calls_it(emulator: Emulator, core: FastpixCore, tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "jobs.db")
    create = once(live_streams_create, journal=journal, key="row", among=live_streams_list)
    create = cast("Once[..., Data[LiveStream]]", pickle.loads(pickle.dumps(create)))
    requests = [request_of(str(number % 10)) for number in range(30)]
    found = [*many(create)(core, requests)]
    assert len({result.unwrap().data.stream_id for _, result in found}) == 10
    assert rows_on(emulator) == [str(number) for number in range(10)]
    assert create.__name__ == "live_streams_create"
