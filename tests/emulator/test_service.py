import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from timeit import repeat

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from fastpix import Failure, FastpixCore, Reply, RequestOptions, Retries
from fastpix.api.common import Ack
from fastpix.api.live_streams import (
    DeleteLiveStreamRequest,
    GetAllStreamsRequest,
    GetLiveStreamRequest,
    ListLiveClipsRequest,
    live_streams_delete,
    live_streams_get,
    live_streams_list,
    live_streams_list_clips,
)
from fastpix.emulator import Delays, Emulator, Reads, Seed, SeedStream, SeedUpload
from fastpix.emulator.clock import ClockState
from fastpix.emulator.server import serving
from fastpix.errors import NotFoundError, ServerError
from tests.emulator.acts import core_on, new_media, new_stream, read_media, read_stream
from tests.lengths import length
from tests.pages import paging


def web_on(emulator: Emulator) -> httpx.Client:
    return httpx.Client(transport=emulator.transport(), base_url="http://local")


def test_a_seed_says_all_of_what_is_added(emulator: Emulator) -> None:
    web, core = web_on(emulator), core_on(emulator)
    odd = {"status": "preparing", "trial": True, "accessPolicy": "private", "metadata": {"a": "b"}, "clips": 2}
    web.post("/_emulator/seed", content=b'{"streams":[{}]}')
    (stream_id,) = web.post("/_emulator/seed", json={"streams": [odd]}).json()["streamIds"]
    stream, plain = live_streams_list(core).unwrap().data
    clips = live_streams_list_clips(core, ListLiveClipsRequest(stream_id)).unwrap().data
    assert (stream.stream_id, stream.status, stream.trial, stream.metadata) == (
        stream_id,
        "preparing",
        True,
        {"a": "b"},
    )
    assert (plain.status, plain.trial, plain.metadata) == ("idle", False, None)
    assert [clip.duration for clip in clips] == [30] * 2
    assert [id.access_policy for id in stream.playback_ids or []] == ["private"]
    assert [id.access_policy for clip in clips for id in clip.playback_ids or []] == ["private"] * 2


@pytest.mark.parametrize(
    "seed",
    [
        b"{",
        b'{"streams":[{"count":0}]}',
        b'{"nonsense":1}',
        b'{"streams":[{"status":"odd"}]}',
        b'{"streams":[{"nonsense":1}]}',
    ],
)
def test_a_seed_that_is_none_is_refused_with_a_reason(emulator: Emulator, seed: bytes) -> None:
    answered = web_on(emulator).post("/_emulator/seed", content=seed)
    assert answered.status_code == 422
    assert answered.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/_emulator/nonsense", 404),
        ("GET", "/nonsense", 404),
        ("GET", "/a/b.m3u8", 404),
        ("GET", "/x.m3u8", 422),
        ("GET", "/segment-0.ts", 404),
    ],
)
def test_there_is_nothing_else(emulator: Emulator, method: str, path: str, status: int) -> None:
    assert web_on(emulator).request(method, path).status_code == status


def test_an_operation_that_is_not_emulated_says_so(emulator: Emulator) -> None:
    answered = web_on(emulator).get("/v1/playout/channels", auth=(emulator.username, emulator.password))
    assert answered.status_code == 501
    assert answered.json()["error"]["message"] == "not emulated"


def test_each_method_of_a_path_is_an_operation_of_its_own(emulator: Emulator) -> None:
    answered = web_on(emulator).put("/v1/on-demand", auth=(emulator.username, emulator.password))
    assert (answered.status_code, answered.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("place", ["in process", "with a file", "behind a socket"])
def test_of_64_deletes_at_once_exactly_one_succeeds(core: FastpixCore, emulator: Emulator) -> None:
    (stream_id,) = emulator.seed(Seed(streams=[SeedStream()])).stream_ids
    together = Barrier(64)

    def delete() -> Reply[Ack]:
        together.wait()
        return live_streams_delete(core, DeleteLiveStreamRequest(stream_id), RequestOptions(timeout=30))

    with ThreadPoolExecutor(64) as threads:
        replies = [future.result() for future in [threads.submit(delete) for _ in range(64)]]
    failures = [reply.failure() for reply in replies if isinstance(reply, Failure)]
    assert len(failures) == 63
    assert {type(failure) for failure in failures} == {NotFoundError}


def test_a_reset_costs_no_more_than_five_calls_in_process(emulator: Emulator) -> None:
    core = core_on(emulator)

    def calls() -> None:
        for _ in range(5):
            live_streams_list(core).unwrap()

    calls()
    assert min(repeat(emulator.reset, number=1, repeat=50)) < min(repeat(calls, number=1, repeat=50))


def test_a_locked_file_is_told_and_stops_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastpix.emulator.store.sqlite.PATIENCE", 0.5)
    file = str(tmp_path / "fastpix.db")
    with closing(Emulator(file)) as emulator, serving(emulator) as server, closing(sqlite3.connect(file)) as other:
        core = FastpixCore(username=emulator.username, password=emulator.password, server_url=server.url)
        stream = new_stream(core)
        other.execute("begin immediate")
        with ThreadPoolExecutor() as threads:
            once = RequestOptions(retries=Retries(attempts=1))
            delete = threads.submit(live_streams_delete, core, DeleteLiveStreamRequest(stream.stream_id), once)
            reads = 0
            while not delete.done():
                assert read_stream(core, stream) == stream
                reads += 1
        error = delete.result().failure()
        assert isinstance(error, ServerError)
        assert (error.status, "is locked by another process" in str(error)) == (503, True)
        assert reads > 1
        core.close()


def test_reads_that_count_do_not_lock_a_file_for_another_process(tmp_path: Path) -> None:
    """The delays are those of the process that creates a media, and every process counts its reads."""
    file = str(tmp_path / "fastpix.db")
    with closing(Emulator(file, delays=Delays.all(Reads(1_000_000)))) as one, closing(Emulator(file)) as other:
        cores = [core_on(emulator) for emulator in (one, other)]
        media_id = new_media(cores[0])

        def read(core: FastpixCore) -> list[str | None]:
            return [read_media(core, media_id).status for _ in range(50)]

        with ThreadPoolExecutor(4) as threads:
            statuses = [status for found in threads.map(read, cores * 2) for status in found]
    assert statuses == ["Created"] * 200


def test_a_step_that_two_processes_find_due_happens_once(tmp_path: Path) -> None:
    file = str(tmp_path / "fastpix.db")
    with closing(Emulator(file)) as one, closing(Emulator(file)) as other:
        one.clock.hold()
        stream_id = new_stream(core_on(one)).stream_id
        one.connect_encoder(stream_id)
        one.clock.advance(seconds=1)
        one.disconnect_encoder(stream_id)
        state = one.export_state()
        later = [
            replace(
                row, document=msgspec.Raw(msgspec.json.encode(ClockState(held_at=one.clock.now().timestamp() + 99)))
            )
            if row.kind == "ClockState"
            else row
            for row in state.documents
        ]
        one.import_state(replace(state, documents=later))
        with ThreadPoolExecutor(8) as threads:
            streams = [*threads.map(read_stream, map(core_on, [one, other] * 8), [stream_id] * 16)]
    assert {(stream.status, len(stream.media_ids or [])) for stream in streams} == {("idle", 1)}


def test_a_document_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    file = str(tmp_path / "fastpix.db")
    with closing(Emulator(file)) as emulator, closing(sqlite3.connect(file)) as other:
        stream = new_stream(core_on(emulator))
        other.execute("update documents set body = ? where kind = 'StreamRecord'", (b"{}",))
        other.commit()
        reply = live_streams_get(core_on(emulator), GetLiveStreamRequest(stream.stream_id))
    error = reply.failure()
    assert isinstance(error, ServerError)
    assert "a StreamRecord that can't be read" in str(error)


def test_a_closed_one_does_not_answer(emulator: Emulator) -> None:
    emulator.close()
    once = RequestOptions(retries=Retries(attempts=1))
    error = live_streams_list(core_on(emulator), options=once).failure()
    assert isinstance(error, ServerError)
    assert "the local FastPix is closed" in str(error)


def test_the_url_of_an_upload_has_no_credentials_and_leads_to_the_local_fastpix(emulator: Emulator) -> None:
    emulator.seed(Seed(uploads=[SeedUpload()]))
    web = httpx.Client(transport=emulator.transport(), auth=(emulator.username, emulator.password))
    urls = {
        place: httpx.URL(web.get(f"{place}/v1/on-demand/uploads").json()["data"][0]["url"])
        for place in ("http://me:secret@127.0.0.1:8080", "https://api.fastpix.com", "http://[::1]:9")
    }
    assert [(url.scheme, url.netloc, url.userinfo) for url in urls.values()] == [
        ("http", b"127.0.0.1:8080", b""),
        ("https", b"fastpix.invalid", b""),
        ("http", b"[::1]:9", b""),
    ]


@pytest.mark.parametrize("path", ["/_emulator/", "/_emulator", "/v1/_emulator/", "/v1/_emulator"])
def test_the_control_paths_are_also_below_the_server_url(emulator: Emulator, path: str) -> None:
    assert web_on(emulator).get(path).json()["workspaceId"] == emulator.workspace_id


@pytest.mark.parametrize("number", [length(short=2_000, whole=100_000, long=100_000)])
def test_a_page_of_a_long_list_costs_what_a_page_of_a_short_one_costs(number: int) -> None:
    """First, middle and last page of 100,000 cost at most 3 times the first page of 100."""

    def cost(emulator: Emulator, page: int) -> float:
        core = core_on(emulator)
        request = GetAllStreamsRequest(limit=50, offset=page)
        return min(repeat(lambda: live_streams_list(core, request).unwrap(), number=1, repeat=30))

    few, many = Emulator(), Emulator()
    few.seed(Seed(streams=[SeedStream(count=100)]))
    many.seed(Seed(streams=[SeedStream(count=number)]))
    usual = cost(few, 1)
    for page in (1, number // 100, number // 50):
        assert cost(many, page) <= 3 * usual


def test_a_file_keeps_everything_credentials_too(tmp_path: Path) -> None:
    file = str(tmp_path / "fastpix.db")
    first = Emulator(file, username="me")
    first.seed(Seed(streams=[SeedStream(count=2)]))
    workspace_id = web_on(first).get("/_emulator/").json()["workspaceId"]
    first.close()
    second = Emulator(file)
    assert (second.username, second.password) == ("me", first.password)
    assert web_on(second).get("/_emulator/").json()["workspaceId"] == workspace_id
    assert paging(live_streams_list(core_on(second)).unwrap()).total_records == 2
    second.close()


def test_credentials_are_made_up_for_each() -> None:
    one, other = Emulator(), Emulator()
    assert one.username != other.username
    assert one.password != other.password
    for emulator in (one, other):
        emulator.close()


def test_a_seed_can_be_written_as_it_is_read() -> None:
    seed = Seed(streams=[SeedStream(count=3, access_policy="private")])
    assert msgspec.json.decode(msgspec.json.encode(seed), type=Seed) == seed


@pytest.mark.parametrize(
    ("username", "password", "problem"),
    [
        ("a:b", "c", "username must be a str without a colon"),
        ("", "c", "must not be empty"),
        ("a", "b\n", "password must be"),
    ],
)
def test_credentials_that_no_client_can_send_are_refused(username: str, password: str, problem: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=problem):
        Emulator(username=username, password=password)


def test_the_last_thousand_requests_are_kept(emulator: Emulator) -> None:
    request = httpx.Request("GET", "https://fastpix.invalid/v1/live/streams?limit=1")
    for _ in range(1001):
        emulator.handle(request)
    emulator.handle(httpx.Request("GET", "https://fastpix.invalid/v1/live/streams?limit=2"))
    assert (len(emulator.sent), emulator.sent[-1].query) == (1000, {"limit": ["2"]})
