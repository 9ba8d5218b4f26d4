"""Uploads to the local FastPix, with both kinds of cores."""

import inspect
import io
import logging
import pickle
import threading
import time
import traceback
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Unpack, cast

import anyio
import anyio.lowlevel
import httpx
import pytest

from fastpix import (
    AsyncFastpix,
    AsyncFastpixCore,
    Failure,
    Fastpix,
    FastpixCore,
    Hooks,
    Reply,
    RequestOptions,
    Retries,
    Success,
    many,
)
from fastpix.api.media import GetMediaRequest, media_get
from fastpix.api.uploads import PushMediaSettings, uploads_list
from fastpix.emulator import Content, Emulator, Seed, SeedUpload
from fastpix.errors import (
    BadRequestError,
    ConfigurationError,
    RequestValidationError,
    ResponseValidationError,
    ServerError,
    TimedOutError,
    UnexpectedClientError,
    UploadFailedError,
    WaitFailedError,
)
from fastpix.uploads import (
    SendOptions,
    UploadControl,
    Uploaded,
    UploadProgress,
    UploadSession,
    UploadStatus,
    cancel,
    resume,
    send,
    start,
    status,
    upload,
)
from fastpix.uploads.session import StateFile
from fastpix.uploads.sources import source_of
from fastpix.uploads.wire import QUANTUM

DATA = Random(3).randbytes(3 * QUANTUM + 1234)
QUICK = RequestOptions(retries=Retries(base=0.001))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "talk.mp4"
    path.write_bytes(DATA)
    return path


def content(emulator: Emulator, upload_id: str) -> bytes:
    file = emulator.file_of(upload_id)
    assert file is not None
    return file.read_bytes()


def test_a_file_is_uploaded_and_becomes_a_media(emulator: Emulator, core: FastpixCore, path: Path) -> None:
    settings = PushMediaSettings(access_policy="private", title="A talk")
    uploaded = upload(core, path, settings, part_size=QUANTUM).unwrap()
    assert uploaded == Uploaded(uploaded.upload_id, len(DATA), ("size", "crc32c"))
    assert content(emulator, uploaded.upload_id) == DATA
    media = media_get(core, GetMediaRequest(uploaded.upload_id)).unwrap().data
    assert (media.title, [id.access_policy for id in media.playback_ids or ()]) == ("A talk", ["private"])
    assert uploads_list(core).unwrap().data == []


def test_a_part_has_sixteen_mebibytes(emulator: Emulator) -> None:
    recording = Recording(emulator)
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=recording)
    upload(core, bytes(16 * 1024 * 1024 + 1)).unwrap()
    assert [request.headers["content-length"] for request in recording.requests[1:]] == ["16777216", "1"]


def test_there_is_no_deadline_for_the_whole_upload(emulator: Emulator) -> None:
    short = {"timeout": 0.05, "transport": emulator.transport()}
    core = FastpixCore(username=emulator.username, password=emulator.password, **cast("Any", short))
    assert isinstance(upload(core, DATA, part_size=QUANTUM, bytes_per_second=16 * QUANTUM), Success)


async def chunks() -> AsyncIterator[bytes]:
    for begin in range(0, len(DATA), 100_000):
        await anyio.lowlevel.checkpoint()
        yield DATA[begin : begin + 100_000]


@pytest.mark.anyio
async def test_an_async_core_uploads_the_same_and_an_async_iterable(
    emulator: Emulator, async_core: AsyncFastpixCore, path: Path
) -> None:
    for source in (path, DATA, io.BytesIO(DATA), [DATA], chunks()):
        uploaded = (await upload(async_core, source, part_size=QUANTUM)).unwrap()
        assert content(emulator, uploaded.upload_id) == DATA


def test_an_async_iterable_needs_an_async_core(core: FastpixCore) -> None:
    error = upload(core, chunks()).failure()
    assert isinstance(error, RequestValidationError)
    assert "an AsyncFastpixCore" in error.message


def test_many_uploads_go_at_the_same_time(emulator: Emulator, core: FastpixCore, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.mp4" for number in range(5)]
    for number, each in enumerate(paths):
        each.write_bytes(DATA[number:])
    results = dict(many(upload)(core, paths))
    for number, each in enumerate(paths):
        assert content(emulator, results[each].unwrap().upload_id) == DATA[number:]


@pytest.mark.anyio
async def test_many_uploads_go_at_the_same_time_with_an_async_core(async_core: AsyncFastpixCore) -> None:
    async for data, result in many(upload)(async_core, [DATA, DATA[5:]]):
        assert result.unwrap().size == len(cast("bytes", data))


def test_the_media_can_be_waited_for(core: FastpixCore) -> None:
    stages: list[str] = []
    uploaded = upload(core, DATA, ready_within=30, on_progress=lambda progress: stages.append(progress.stage)).unwrap()
    assert uploaded.media is not None
    assert uploaded.media.status == "Ready"
    assert "status" not in repr(uploaded)
    assert [*dict.fromkeys(stages)] == ["sending", "finalizing", "processing"]


@pytest.mark.anyio
async def test_the_media_can_be_waited_for_by_an_async_core(async_core: AsyncFastpixCore) -> None:
    media = (await upload(async_core, DATA, ready_within=30)).unwrap().media
    assert media is not None
    assert media.status == "Ready"


def test_a_media_that_is_not_ready_in_time_is_a_failure(emulator: Emulator, core: FastpixCore, tmp_path: Path) -> None:
    emulator.clock.hold()
    state = tmp_path / "talk.upload"
    error = upload(core, DATA, ready_within=0.05, state_file=state).failure()
    assert isinstance(error, TimedOutError)
    assert "the media was not ready within 0.05 s" in repr(error)
    emulator.clock.release()
    [media_id] = [each.upload_id for each in emulator.uploads()]
    again = upload(core, DATA, ready_within=30, state_file=state).unwrap()
    assert again.upload_id == media_id
    assert not state.exists()


def crash(emulator: Emulator, core: FastpixCore, path: Path, state: Path) -> str:
    """Begin an upload of which a part arrives, as a process that is killed leaves it. Return its id."""
    session = start(core).unwrap()
    StateFile(state).write(session, source_of(DATA).fingerprint() if path == Path() else fingerprint(path))
    response = httpx.Client(transport=emulator.transport()).put(
        session.url, content=DATA[:QUANTUM], headers={"content-range": f"bytes 0-{QUANTUM - 1}/{len(DATA)}"}
    )
    assert response.status_code == 308
    return session.upload_id


def fingerprint(path: Path) -> Any:
    source = source_of(path)
    try:
        return source.fingerprint()
    finally:
        source.close()


def resume_or_upload(core: FastpixCore, state: Path, path: Path, **options: Unpack[SendOptions]) -> Reply[Uploaded]:
    return upload(core, path, state_file=state, **options)


@pytest.mark.parametrize("go_on", [resume, resume_or_upload])
def test_another_process_goes_on_with_a_state_file(
    emulator: Emulator, core: FastpixCore, path: Path, tmp_path: Path, go_on: Any
) -> None:
    state = tmp_path / "talk.upload"
    upload_id = crash(emulator, core, path, state)
    sent: list[int] = []

    def note(progress: UploadProgress) -> None:
        sent.append(progress.sent)

    uploaded = go_on(core, state, path, on_progress=note).unwrap()
    assert (uploaded.upload_id, sent[0]) == (upload_id, QUANTUM)
    assert content(emulator, upload_id) == DATA
    assert not state.exists()


def test_a_state_file_is_there_while_the_upload_goes_on(core: FastpixCore, tmp_path: Path) -> None:
    state = tmp_path / "talk.upload"
    assert isinstance(upload(core, DATA, state_file=str(state), on_progress=lambda _: state.stat()), Success)
    assert not state.exists()


def test_a_changed_source_is_refused(emulator: Emulator, core: FastpixCore, path: Path, tmp_path: Path) -> None:
    state = tmp_path / "talk.upload"
    crash(emulator, core, path, state)
    path.write_bytes(DATA + b"more")
    for result in (resume(core, state, path), upload(core, path, state_file=state)):
        error = result.failure()
        assert isinstance(error, UploadFailedError)
        assert (error.reason, error.function) == ("source", error.function)
    assert state.exists()


def test_without_a_state_file_there_is_nothing_to_resume(core: FastpixCore, tmp_path: Path) -> None:
    error = resume(core, tmp_path / "talk.upload", DATA).failure()
    assert isinstance(error, ConfigurationError)
    assert "there is no state file" in error.message
    assert error.function == "resume"


def test_a_stream_has_no_state_file(core: FastpixCore, tmp_path: Path) -> None:
    error = upload(core, [DATA], state_file=tmp_path / "talk.upload").failure()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "source"


def test_an_upload_that_is_gone_begins_anew_and_resume_says_so(
    emulator: Emulator, core: FastpixCore, path: Path, tmp_path: Path
) -> None:
    state = tmp_path / "talk.upload"
    upload_id = crash(emulator, core, path, state)
    emulator.clock.advance(hours=5)
    error = resume(core, state, path).failure()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "gone"
    uploaded = upload(core, path, state_file=state).unwrap()
    assert uploaded.upload_id != upload_id


def test_a_file_that_has_arrived_is_not_sent_again(
    emulator: Emulator, core: FastpixCore, path: Path, tmp_path: Path
) -> None:
    state = tmp_path / "talk.upload"
    session = start(core).unwrap()
    StateFile(state).write(session, fingerprint(path))
    send(core, session, path).unwrap()
    uploaded = upload(core, path, state_file=state).unwrap()
    assert uploaded.upload_id == session.upload_id
    assert not state.exists()
    StateFile(state).write(session, fingerprint(path))
    emulator.fail("upload", [404, 410])  # the session is gone, and the media is there
    assert upload(core, path, state_file=state).unwrap().upload_id == session.upload_id
    assert len(emulator.uploads()) == 1


def test_a_server_that_fails_while_it_is_asked_ends_the_upload(
    emulator: Emulator, core: FastpixCore, path: Path, tmp_path: Path
) -> None:
    state = tmp_path / "talk.upload"
    crash(emulator, core, path, state)
    emulator.fail("upload", [500])
    error = upload(core, path, state_file=state, options=RequestOptions(retries=Retries(attempts=1))).failure()
    assert isinstance(error, ServerError)
    assert state.exists()


def test_the_steps_of_an_upload_can_be_taken_one_by_one(emulator: Emulator, core: FastpixCore) -> None:
    session = start(core, PushMediaSettings(access_policy="public")).unwrap()
    assert status(core, session) == Success(UploadStatus(0, is_complete=False))
    httpx.Client(transport=emulator.transport()).put(
        session.url, content=DATA[:QUANTUM], headers={"content-range": f"bytes 0-{QUANTUM - 1}/*"}
    )
    assert status(core, session) == Success(UploadStatus(QUANTUM, is_complete=False))
    assert send(core, session, DATA).unwrap().upload_id == session.upload_id
    assert status(core, session, QUICK) == Success(UploadStatus(None, is_complete=True))
    assert isinstance(cancel(core, session).failure(), BadRequestError)


def test_the_status_is_asked_for_again_after_a_fault(emulator: Emulator, core: FastpixCore) -> None:
    session = start(core).unwrap()
    emulator.fail("upload", [503, "reset"])
    assert isinstance(status(core, session, QUICK), Success)


def test_a_status_that_makes_no_sense_is_an_error() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(308, headers={"range": "nonsense"})

    core = FastpixCore(username="a", password="b", transport=httpx.MockTransport(answer))
    error = status(core, UploadSession("1", "https://storage.example/?upload_id=1")).failure()
    assert isinstance(error, ResponseValidationError)


def test_a_source_that_changes_before_its_checksum_is_known_is_an_error(core: FastpixCore, path: Path) -> None:
    session = start(core).unwrap()
    send(core, session, path).unwrap()

    def change(progress: UploadProgress) -> None:
        path.write_bytes(DATA + b"more")

    error = send(core, session, path, on_progress=change).failure()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "source"


def test_an_upload_is_cancelled(core: FastpixCore) -> None:
    session = start(core).unwrap()
    assert cancel(core, session).unwrap().status == "cancelled"
    for result, name in ((status(core, session), "status"), (send(core, session, DATA), "send")):
        error = cast("Failure[Any]", result).failure()
        assert isinstance(error, UploadFailedError)
        assert (error.reason, error.function) == ("gone", name)


def test_a_url_for_browsers_is_opened_by_a_post(emulator: Emulator, core: FastpixCore) -> None:
    session = start(core, cors_origin="https://example.com", for_browser=True).unwrap()
    assert not session.is_open
    assert "upload_id" not in session.url
    assert status(core, session) == Success(UploadStatus(0, is_complete=False))
    assert content(emulator, send(core, session, DATA).unwrap().upload_id) == DATA


def test_a_control_cancels_from_another_thread(emulator: Emulator, core: FastpixCore, tmp_path: Path) -> None:
    control, sending, state = UploadControl(), threading.Event(), tmp_path / "talk.upload"

    def stop() -> None:
        sending.wait()
        control.cancel()

    stopping = threading.Thread(target=stop)
    stopping.start()
    error = upload(
        core,
        DATA,
        part_size=QUANTUM,
        bytes_per_second=QUANTUM / 2,
        control=control,
        state_file=state,
        on_progress=lambda _: sending.set(),
    ).failure()
    stopping.join()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "cancelled"
    assert [each.status for each in emulator.uploads()] == ["cancelled"]
    assert not state.exists()


@pytest.mark.anyio
async def test_a_control_pauses_and_resumes_from_another_task(async_core: AsyncFastpixCore) -> None:
    control, is_paused = UploadControl(), anyio.Event()
    stages: list[str] = []
    control.pause()

    def watch(progress: UploadProgress) -> None:
        stages.append(progress.stage)
        if progress.stage == "paused":
            is_paused.set()

    async def go_on() -> None:
        await is_paused.wait()
        control.resume()

    async with anyio.create_task_group() as group:
        group.start_soon(go_on)
        assert isinstance(await upload(async_core, DATA, control=control, on_progress=watch), Success)
    assert stages[0] == "paused"
    assert not control.is_paused


def test_faults_of_the_storage_are_survived(emulator: Emulator, core: FastpixCore) -> None:
    emulator.fail("upload", [503, "reset", 200, "lost", 200, 429, 200, 408])
    result = upload(core, DATA, part_size=QUANTUM, options=RequestOptions(retries=Retries(attempts=6, base=0.001)))
    assert content(emulator, result.unwrap().upload_id) == DATA


def test_a_media_that_fails_is_a_failure_and_the_state_is_over(
    emulator: Emulator, core: FastpixCore, tmp_path: Path
) -> None:
    [upload_id] = emulator.seed(Seed(uploads=[SeedUpload(content=Content(fails=True))])).upload_ids
    [waiting] = uploads_list(core).unwrap().data
    state = tmp_path / "talk.upload"
    StateFile(state).write(UploadSession(upload_id, waiting.url), source_of(DATA).fingerprint())
    error = resume(core, state, DATA, ready_within=30).failure()
    assert isinstance(error, WaitFailedError)
    assert not state.exists()


class Recording(httpx.BaseTransport):
    """A transport that records the requests, and answers with a local FastPix."""

    def __init__(self, emulator: Emulator) -> None:
        self.requests: list[httpx.Request] = []
        self._inner = emulator.transport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._inner.handle_request(request)


def test_no_credentials_go_to_the_signed_url(emulator: Emulator) -> None:
    recording = Recording(emulator)
    client = httpx.Client(transport=recording, headers={"x-secret": "1"}, cookies={"a": "b"}, params={"q": "1"})
    seen: list[str] = []

    def before(attempt: object, request: httpx.Request) -> None:
        seen.append(request.url.path)
        request.headers["x-mine"] = "1"

    core = FastpixCore(
        username=emulator.username, password=emulator.password, client=client, hooks=Hooks(before_request=before)
    )
    upload(core, DATA).unwrap()
    create, put = recording.requests
    assert {"authorization", "x-secret", "x-mine", "cookie"} <= set(create.headers)
    assert set(put.headers) == {"host", "accept", "user-agent", "content-type", "content-length", "content-range"}
    assert "q=1" not in str(put.url)
    assert seen == [create.url.path]


def test_the_url_is_shown_nowhere(
    emulator: Emulator, core: FastpixCore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "fastpix")
    session = start(core).unwrap()
    secret = session.url.partition("upload_id=")[2]
    emulator.fail("upload", ["reset", 503, 403])
    error = send(core, session, DATA, options=QUICK).failure()
    assert secret not in f"{error} {error!r} {vars(error)} {error.__cause__!r}"
    assert isinstance(send(core, session, DATA), Success)
    assert caplog.text.count("PUT /{uploadId}") >= 4
    assert secret not in caplog.text + repr(session)


def test_the_facade_has_the_functions(emulator: Emulator, path: Path, tmp_path: Path) -> None:
    fastpix = Fastpix(username=emulator.username, password=emulator.password, transport=emulator.transport())
    assert fastpix.uploads.upload(path).size == len(DATA)
    session = fastpix.uploads.start()
    assert fastpix.uploads.status(session) == UploadStatus(0, is_complete=False)
    assert fastpix.uploads.send(session, path).upload_id == session.upload_id
    with pytest.raises(ConfigurationError):
        fastpix.uploads.resume(tmp_path / "nothing", path)
    assert fastpix.uploads.upload.__doc__ == upload.__doc__


@pytest.mark.anyio
async def test_the_async_facade_has_the_functions(emulator: Emulator) -> None:
    fastpix = AsyncFastpix(username=emulator.username, password=emulator.password, transport=emulator.transport())
    assert (await fastpix.uploads.upload(DATA)).size == len(DATA)
    with pytest.raises(RequestValidationError):
        await fastpix.uploads.upload(b"")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"part_size": 1000},
            "part_size must be an int from 262144 to 524288000 that is a multiple of 262144, not 1000",
        ),
        ({"part_size": 2**20 + 0.0}, "part_size must be an int"),
        ({"part_size": None}, "part_size must be an int"),
        ({"size": 0}, "size must be an int at least 1, not 0"),
        ({"size": True}, "size must be an int at least 1, not True"),
        ({"bytes_per_second": 0.5}, "bytes_per_second must be a number at least 1, not 0.5"),
        ({"silence": 0}, "silence must be a number of seconds from 0.001 to 1000000, not 0"),
        ({"silence": float("nan")}, "silence must be"),
        ({"ready_within": -1}, "ready_within must be a number of seconds from 0 to 1000000, not -1"),
        ({"on_progress": 7}, "on_progress must be a plain function, not 7"),
        ({"on_progress": anyio.sleep}, "on_progress must be a plain function"),
        ({"control": threading.Event()}, "control must be an UploadControl"),
        ({"state_file": 7}, "state_file must be a path, not 7"),
        ({"bytes_per_second": float("inf")}, "bytes_per_second must be a number at least 1, not inf"),
        ({"options": 7}, "options must be a RequestOptions, not int"),
    ],
)
def test_an_option_that_is_not_possible_is_named(core: FastpixCore, options: Any, message: str) -> None:
    error = upload(core, DATA, **options).failure()
    assert isinstance(error, ConfigurationError)
    assert message in error.message
    assert error.function == "upload"


def test_the_function_is_itself_in_another_process() -> None:
    assert pickle.loads(pickle.dumps(upload)) is upload
    assert "source" in inspect.signature(upload).parameters


def test_the_first_argument_is_a_core() -> None:
    with pytest.raises(TypeError, match=r"upload\(\) takes a FastpixCore"):
        cast("Any", upload)("talk.mp4")


def test_an_unknown_option_is_a_type_error(core: FastpixCore) -> None:
    with pytest.raises(TypeError, match="nonsense"):
        cast("Any", upload)(core, DATA, nonsense=1)


def test_what_is_no_session_is_refused(core: FastpixCore) -> None:
    for function in (partial(send, source=DATA), status, cancel):
        error = cast("Any", function)(core, session="https://storage.example/?upload_id=secret-session").failure()
        assert isinstance(error, RequestValidationError)
        assert "session must be an UploadSession, not str" in error.message


def test_only_upload_takes_a_state_file_as_an_option(core: FastpixCore) -> None:
    with pytest.raises(TypeError, match="state_file"):
        cast("Any", send)(core, UploadSession("1", "https://storage.example/?upload_id=1"), DATA, state_file="a")


@pytest.mark.parametrize(
    "location", ["/file?upload_id=secret-session", "http://storage.example/?upload_id=secret-session"]
)
def test_an_opened_url_that_cannot_be_used_is_an_error_of_the_server(location: str) -> None:
    answer = httpx.MockTransport(lambda request: httpx.Response(201, headers={"location": location}))
    core = FastpixCore(username="a", password="b", transport=answer)
    error = send(core, UploadSession("1", "https://storage.example/?sign=1", is_open=False), DATA).failure()
    assert isinstance(error, ResponseValidationError)
    assert "secret-session" not in f"{error!r}"


def test_cancelling_ends_the_wait_for_the_media(emulator: Emulator, core: FastpixCore) -> None:
    emulator.clock.hold()
    control = UploadControl()

    def watch(progress: UploadProgress) -> None:
        if progress.stage == "processing":
            control.cancel()

    error = upload(core, DATA, ready_within=600, control=control, on_progress=watch).failure()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "cancelled"


def test_no_secret_is_in_the_frames_behind_an_error(emulator: Emulator, core: FastpixCore, tmp_path: Path) -> None:
    session, state = start(core).unwrap(), tmp_path / "talk.upload"
    StateFile(state).write(session, source_of(DATA).fingerprint())
    emulator.fail("upload", [410])
    emulator.fail(media_get, [500])
    error = upload(core, DATA, state_file=state, options=RequestOptions(retries=Retries(attempts=1))).failure()
    assert isinstance(error, ServerError)
    text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert session.url.partition("upload_id=")[2] not in text


class SlowFile(io.BytesIO):
    """A file whose reads take a while, as on a network."""

    def read(self, size: int | None = -1) -> bytes:
        begin = self.tell()
        time.sleep(0.05)
        self.seek(begin)
        return super().read(min(size or 0, 65536))


@pytest.mark.anyio
async def test_after_a_cancellation_nothing_reads_the_file_any_more(
    emulator: Emulator, async_core: AsyncFastpixCore
) -> None:
    file = SlowFile(DATA)
    with anyio.move_on_after(0.12):
        await upload(async_core, file)
    file.seek(0)
    uploaded = (await upload(async_core, file)).unwrap()
    assert content(emulator, uploaded.upload_id) == DATA


@pytest.mark.anyio
async def test_a_slow_stream_that_moves_is_not_silent(async_core: AsyncFastpixCore) -> None:
    async def slow() -> AsyncIterator[bytes]:
        for begin in range(0, len(DATA), 100_000):
            await anyio.sleep(0.05)
            yield DATA[begin : begin + 100_000]

    assert isinstance(await upload(async_core, slow(), silence=0.3), Success)


def test_a_url_that_cannot_be_used_is_not_shown(core: FastpixCore) -> None:
    error = send(core, UploadSession("1", "http://storage.example/?upload_id=secret-session"), DATA).failure()
    assert isinstance(error, ConfigurationError)
    assert "secret-session" not in f"{error!r}"


def test_an_iterable_whose_iteration_fails_is_named(core: FastpixCore) -> None:
    class Broken:
        def __iter__(self) -> Iterator[bytes]:
            raise ValueError("closed")

    error = upload(core, Broken()).failure()
    assert isinstance(error, UnexpectedClientError)
    assert "the source raised ValueError: closed" in error.message


@pytest.mark.anyio
async def test_an_async_iterable_that_is_silent_ends_the_upload(async_core: AsyncFastpixCore) -> None:
    async def silent() -> AsyncIterator[bytes]:
        yield DATA
        await anyio.sleep(60)

    error = (await upload(async_core, silent(), silence=0.05)).failure()
    assert isinstance(error, TimedOutError)
    assert "the source gave no bytes for 0.05 s" in error.message
