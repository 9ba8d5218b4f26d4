"""The sync core over real sockets: the bytes that it sends, and every way in which a call ends."""

import asyncio
import pickle
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from fastpix import (
    AsyncFastpixCore,
    FastpixCore,
    Hooks,
    RequestOptions,
    Retries,
    Success,
    Timeout,
    __version__,
    with_response,
)
from fastpix.api.common import Ack
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    EnableLiveStreamRequest,
    GetAllStreamsRequest,
    GetLiveStreamRequest,
    InputMediaSettings,
    ListLiveClipsRequest,
    PlaybackSettings,
    live_streams_create,
    live_streams_delete,
    live_streams_enable,
    live_streams_get,
    live_streams_list,
    live_streams_list_clips,
)
from fastpix.api.media import UpdateMp4SupportRequest, media_update_mp4_support
from fastpix.api.media_ai import (
    Moderation,
    UpdateMediaChaptersRequest,
    UpdateMediaModerationRequest,
    UpdateMediaNamedEntitiesRequest,
    UpdateMediaSummaryRequest,
    media_ai_update_chapters,
    media_ai_update_moderation,
    media_ai_update_named_entities,
    media_ai_update_summary,
)
from fastpix.api.playlists import AddPlaylistMediaRequest, playlists_add_media
from fastpix.api.signing_keys import signing_keys_create
from fastpix.emulator import Emulator
from fastpix.errors import (
    BadRequestError,
    ConfigurationError,
    ConnectionFailedError,
    NotFoundError,
    ResponseValidationError,
    ServerError,
    TimedOutError,
    UnauthorizedError,
    UnexpectedClientError,
)
from tests.pages import paging
from tests.servers import Action, Scripted, Stopwatch, answer, cut_body, drip, hang, hang_up, unused_url

CREATION = CreateLiveStreamRequest(
    PlaybackSettings(access_policy="private"), InputMediaSettings(reconnect_window=120, metadata={"a": "é"})
)
QUICK = Retries(base=0.001)
SHORT = 0.3
"""A deadline that a test waits for, in seconds. Without the deadline, the call would last as long as the test."""
LONG = 30.0
"""A time in seconds that a test reaches only if the library is broken."""


def core_at(url: str, **settings: Any) -> FastpixCore:
    arguments: dict[str, Any] = {"username": "name", "password": "word", "retries": QUICK, **settings}
    return FastpixCore(server_url=url, **arguments)


def lines_of(request: bytes) -> tuple[str, dict[str, str], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    first, *headers = head.decode("ascii").split("\r\n")
    return first, {name.lower(): value for name, value in (line.split(": ", 1) for line in headers)}, body


BODY = b'{"playbackSettings":{"accessPolicy":"private"},"inputMediaSettings":{"reconnectWindow":120,"metadata":{"a":"\xc3\xa9"}}}'


@pytest.mark.parametrize(
    ("operation", "request_", "line", "extra", "body"),
    [
        (
            live_streams_list_clips,
            ListLiveClipsRequest(livestream_id="a b", limit=20, offset=2, order_by="asc"),
            "GET /v1/on-demand/a%20b/live-clips?limit=20&offset=2&orderBy=asc HTTP/1.1",
            {},
            b"",
        ),
        (
            live_streams_create,
            CREATION,
            "POST /v1/live/streams HTTP/1.1",
            {"content-type": "application/json", "content-length": str(len(BODY)), "idempotency-key": "k"},
            BODY,
        ),
        (live_streams_list, GetAllStreamsRequest(), "GET /v1/live/streams HTTP/1.1", {}, b""),
        (live_streams_delete, DeleteLiveStreamRequest("abc"), "DELETE /v1/live/streams/abc HTTP/1.1", {}, b""),
        (
            live_streams_enable,
            EnableLiveStreamRequest("abc"),
            "PUT /v1/live/streams/abc/live-enable HTTP/1.1",
            {"content-length": "0"},
            b"",
        ),
    ],
)
def test_the_bytes_of_a_request(
    scripted: Scripted, operation: Any, request_: Any, line: str, extra: dict[str, str], body: bytes
) -> None:
    options = RequestOptions(headers={"Idempotency-Key": "k"}) if operation is live_streams_create else None
    operation(core_at(scripted.url), request_, options)
    (sent,) = scripted.requests
    expected = {
        "host": scripted.url.split("/")[2],
        "accept": "application/json",
        "accept-encoding": "gzip",
        "user-agent": f"fastpix-python/{__version__}",
        "authorization": "Basic bmFtZTp3b3Jk",
    }
    assert lines_of(sent) == (line, expected | extra, body)


@pytest.mark.parametrize("id", ["../../iam/signing-keys", ".", "..", "", "a/b?x=1#f", "%2e%2e"])
def test_an_id_that_would_leave_its_path_sends_nothing(scripted: Scripted, id: str) -> None:
    live_streams_get(core_at(scripted.url), GetLiveStreamRequest(id)).failure()
    assert scripted.requests == []


def test_values_over_a_socket(server_url: str, emulator: Emulator) -> None:
    core = FastpixCore(username=emulator.username, password=emulator.password, server_url=server_url)
    with core:
        created = live_streams_create(core, CREATION).unwrap().data
        assert live_streams_get(core, GetLiveStreamRequest(created.stream_id)).unwrap().data == created
        assert live_streams_delete(core, DeleteLiveStreamRequest(created.stream_id)) == Success(Ack(success=True))
        gone = live_streams_get(core, GetLiveStreamRequest(created.stream_id)).failure()
        assert isinstance(gone, NotFoundError)
    stranger = FastpixCore(username="a", password="b", server_url=server_url)
    with stranger:
        assert isinstance(live_streams_list(stranger).failure(), UnauthorizedError)


@pytest.mark.parametrize(
    ("actions", "kind"),
    [
        ([hang_up], ConnectionFailedError),
        ([cut_body], ConnectionFailedError),
        ([answer(b"\x1f\x8bnonsense", headers=("content-encoding: gzip",))], ResponseValidationError),
        ([answer(b"", 503)], ServerError),
        ([answer(b"<html>")], ResponseValidationError),
        ([answer(b"", 404)], NotFoundError),
    ],
)
def test_every_failure_is_a_value(scripted: Scripted, actions: list[Action], kind: type[Exception]) -> None:
    scripted.script(*actions)
    error = live_streams_list(core_at(scripted.url)).failure()
    assert type(error) is kind
    again = kind in (ConnectionFailedError, ServerError)
    assert len(scripted.requests) == error.attempts == (3 if again else 1)


def test_nobody_listens() -> None:
    error = live_streams_create(core_at(unused_url()), CREATION).failure()
    assert isinstance(error, ConnectionFailedError)
    assert (error.attempts, error.may_have_been_applied) == (3, False)


@pytest.mark.parametrize("action", [hang_up, cut_body, answer(b"", 503)])
def test_a_post_with_an_uncertain_end_is_sent_once_and_says_so(scripted: Scripted, action: Action) -> None:
    scripted.script(action)
    error = live_streams_create(core_at(scripted.url), CREATION).failure()
    assert error.may_have_been_applied
    assert len(scripted.requests) == 1


def test_a_delete_answered_404_after_a_lost_answer_has_succeeded(scripted: Scripted) -> None:
    scripted.script(hang_up, answer(b"", 404))
    assert isinstance(live_streams_delete(core_at(scripted.url), DeleteLiveStreamRequest("abc")), Success)


HEAD = b"HTTP/1.1 200 OK\r\nx-a: "
BODY_BEGUN = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n{"


@pytest.mark.parametrize(
    ("action", "users_client"),
    [
        pytest.param(hang, False, id="no answer"),
        pytest.param(drip(b"x", after=HEAD), False, id="headers drip"),
        pytest.param(drip(b"x", after=BODY_BEGUN), False, id="body drips"),
        pytest.param(hang, True, id="no answer, a client of the user's"),
        pytest.param(drip(b"x", after=BODY_BEGUN), True, id="body drips, a client of the user's"),
    ],
)
def test_the_deadline_ends_it(scripted: Scripted, action: Action, users_client: bool) -> None:
    scripted.script(action)
    with httpx.Client() as client:
        core = core_at(scripted.url, timeout=SHORT, client=client if users_client else None)
        with Stopwatch() as watch:
            error = live_streams_create(core, CREATION).failure()
    assert isinstance(error, TimedOutError)
    assert error.may_have_been_applied
    assert SHORT * 0.9 <= watch.seconds < LONG


def test_the_deadline_is_one_for_all_attempts(scripted: Scripted) -> None:
    scripted.script(hang)
    core = core_at(scripted.url, timeout=Timeout(total=SHORT, attempt=SHORT / 4))
    with Stopwatch() as watch:
        error = live_streams_list(core).failure()
    assert (type(error), error.attempts, len(scripted.requests)) == (TimedOutError, 3, 3)
    assert SHORT * 0.9 <= watch.seconds < LONG


def test_a_deadline_that_has_passed_sends_nothing(scripted: Scripted) -> None:
    error = live_streams_create(core_at(scripted.url, timeout=0), CREATION).failure()
    assert isinstance(error, TimedOutError)
    assert not error.may_have_been_applied
    assert scripted.requests == []


def test_a_hook_that_sleeps_takes_of_the_deadline_and_is_not_cut_off(scripted: Scripted) -> None:
    core = core_at(
        scripted.url, timeout=SHORT / 4, hooks=Hooks(before_request=lambda attempt, request: time.sleep(SHORT / 2))
    )
    with Stopwatch() as watch:
        error = live_streams_list(core).failure()
    assert (type(error), scripted.requests) == (TimedOutError, [])
    assert watch.seconds >= SHORT / 2


def test_an_answer_that_is_too_long_is_a_failure(scripted: Scripted) -> None:
    scripted.script(answer(b" " * 2000))
    error = live_streams_list(core_at(scripted.url, max_response_bytes=1000)).failure()
    assert isinstance(error, ResponseValidationError)
    assert "max_response_bytes=1000" in str(error)


def test_a_redirect_is_not_followed(scripted: Scripted) -> None:
    scripted.script(answer(b"", 302, ("location: http://127.0.0.1:1/",)), hang)
    with httpx.Client(follow_redirects=True) as client:
        error = live_streams_list(core_at(scripted.url, client=client)).failure()
    assert str(error).startswith("live_streams_list: 302")
    assert len(scripted.requests) == 1


def test_connections_are_kept(scripted: Scripted) -> None:
    scripted.script(answer())
    with core_at(scripted.url) as core:
        before = threading.active_count()
        for _ in range(5):
            live_streams_enable(core, EnableLiveStreamRequest("abc")).unwrap()
        assert threading.active_count() <= before + 1, "the server starts one thread for each connection"


def test_the_response_tells_what_came(scripted: Scripted) -> None:
    scripted.script(answer(b"", 503), answer(b'{"success":true}', headers=("x-request-id: r-1",)))
    seen = with_response(live_streams_enable)(core_at(scripted.url), EnableLiveStreamRequest("abc")).unwrap()
    assert (seen.value, seen.status, seen.attempts, seen.body) == (Ack(success=True), 200, 2, b'{"success":true}')
    assert seen.headers["x-request-id"] == "r-1"
    assert 0 < seen.elapsed < LONG


def test_a_client_of_the_users_is_used_with_its_settings_and_left_open(scripted: Scripted) -> None:
    seen: list[httpx.Request] = []
    with httpx.Client(
        headers={"x-mine": "1", "user-agent": "mine/1", "accept": "nothing"},
        params={"tenant": "7"},
        cookies={"session": "9"},
        auth=("other", "person"),
        event_hooks={"request": [seen.append]},
    ) as client:
        core = core_at(scripted.url, client=client)
        live_streams_list(core, GetAllStreamsRequest(limit=5))
        core.close()
        assert not client.is_closed
    line, headers, _ = lines_of(scripted.requests[0])
    assert line == "GET /v1/live/streams?limit=5&tenant=7 HTTP/1.1"
    assert (headers["x-mine"], headers["cookie"], headers["user-agent"]) == ("1", "session=9", "mine/1")
    assert (headers["authorization"], headers["accept"]) == ("Basic bmFtZTp3b3Jk", "application/json")
    assert len(seen) == 1


def test_a_default_client_of_the_users_still_names_the_library(scripted: Scripted) -> None:
    with httpx.Client() as client:
        live_streams_list(core_at(scripted.url, client=client))
    assert lines_of(scripted.requests[0])[1]["user-agent"] == f"fastpix-python/{__version__}"


def test_the_time_limits_of_a_client_of_the_users_hold(scripted: Scripted) -> None:
    scripted.script(hang)
    with httpx.Client(timeout=SHORT / 2) as client, Stopwatch() as watch:
        error = live_streams_create(core_at(scripted.url, client=client), CREATION).failure()
    assert isinstance(error, TimedOutError)
    assert watch.seconds < LONG


def test_a_client_of_the_users_that_is_closed_or_broken_is_a_failure(scripted: Scripted) -> None:
    client = httpx.Client()
    client.close()
    error = live_streams_list(core_at(scripted.url, client=client)).failure()
    assert isinstance(error, UnexpectedClientError)
    assert isinstance(error.__cause__, RuntimeError)


def test_a_closed_core_is_a_failure_that_says_so(scripted: Scripted) -> None:
    with core_at(scripted.url) as core:
        live_streams_list(core)
    core.close()
    error = live_streams_list(core).failure()
    assert isinstance(error, ConfigurationError)
    assert "closed" in str(error)
    assert error.attempts == 0


def test_the_environment_gives_what_the_arguments_do_not(monkeypatch: pytest.MonkeyPatch, scripted: Scripted) -> None:
    monkeypatch.setenv("FASTPIX_USERNAME", "name")
    monkeypatch.setenv("FASTPIX_PASSWORD", "word")
    monkeypatch.setenv("FASTPIX_SERVER_URL", scripted.url)
    live_streams_list(FastpixCore())
    assert lines_of(scripted.requests[0])[1]["authorization"] == "Basic bmFtZTp3b3Jk"
    assert FastpixCore(username="other").configuration.username == "other"
    assert FastpixCore(server_url="https://other.test/").configuration.server_url == "https://other.test/"
    assert "no password" in str(live_streams_list(FastpixCore(password="")).failure())


def test_the_environment_is_read_when_a_core_is_made(monkeypatch: pytest.MonkeyPatch, scripted: Scripted) -> None:
    def be(username: str, password: str, url: str) -> None:
        for variable, value in {"USERNAME": username, "PASSWORD": password, "SERVER_URL": url}.items():
            monkeypatch.setenv(f"FASTPIX_{variable}", value)

    be("name", "word", scripted.url)
    core, async_core = FastpixCore(), AsyncFastpixCore()
    be("other", "person", unused_url())
    live_streams_enable(core, EnableLiveStreamRequest("abc")).unwrap()
    asyncio.run(live_streams_enable(async_core, EnableLiveStreamRequest("abc"))).unwrap()
    sent = [lines_of(request)[1]["authorization"] for request in scripted.requests]
    assert sent == ["Basic bmFtZTp3b3Jk"] * 2


def test_a_repr_shows_no_secret() -> None:
    core = FastpixCore(username="name", password="canary", server_url="https://a:canary@b.test/?canary#canary")
    assert "canary" not in repr(core) + str(core) + repr(core.configuration)
    assert "name" in repr(core)
    assert "password=None" in repr(FastpixCore())


@pytest.mark.parametrize("url", ["https://name:canary@host", "name:canary@host", "canary", "https://host/?key=canary"])
def test_a_server_url_that_may_hold_a_secret_is_not_shown(url: str) -> None:
    assert "canary" not in repr(FastpixCore(server_url=url))


def test_options_show_no_header_values() -> None:
    options = RequestOptions(headers={"x-token": "canary"}, server_url="https://a:canary@b.test")
    assert "canary" not in repr(options)
    assert "x-token" in repr(options)


def test_a_core_travels_without_its_connections(scripted: Scripted) -> None:
    with core_at(scripted.url) as core:
        live_streams_list(core)
        travelled = pickle.loads(pickle.dumps(core))
    assert travelled.configuration == core.configuration
    with travelled:
        live_streams_list(travelled)
    assert len(scripted.requests) == 2


def test_a_core_with_a_client_or_a_transport_of_the_users_does_not_travel(emulator: Emulator) -> None:
    with httpx.Client() as client, pytest.raises(TypeError, match="made with client="):
        pickle.dumps(FastpixCore(client=client))
    for kind in (FastpixCore, AsyncFastpixCore):
        with pytest.raises(TypeError, match="made with client= or transport="):
            pickle.dumps(kind(transport=emulator.transport()))


def test_a_transport_of_the_users_is_enough(emulator: Emulator) -> None:
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())
    stream = live_streams_create(core, CREATION).unwrap().data
    assert live_streams_list(core).unwrap().data == [stream]
    core.close()
    assert isinstance(live_streams_list(core).failure(), ConfigurationError)


def test_a_client_and_a_transport_are_one_too_many(emulator: Emulator) -> None:
    with httpx.Client() as client, pytest.raises(ConfigurationError, match="must not both be given"):
        FastpixCore(client=client, transport=emulator.transport())
    wrong: Any = 3
    with pytest.raises(
        ConfigurationError, match=r"an httpx\.BaseTransport, or the BaseTransport of a fork of httpx, not builtins\.int"
    ):
        FastpixCore(transport=wrong)


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        (media_ai_update_summary, UpdateMediaSummaryRequest("m", generate=True)),
        (media_ai_update_chapters, UpdateMediaChaptersRequest("m", chapters=True)),
        (media_ai_update_named_entities, UpdateMediaNamedEntitiesRequest("m", named_entities=True)),
        (media_ai_update_moderation, UpdateMediaModerationRequest("m", moderation=Moderation(type="av"))),
        (media_update_mp4_support, UpdateMp4SupportRequest("m", mp4_support="capped_4k")),
    ],
)
def test_an_output_that_is_there_after_a_lost_answer_may_be_of_this_call(
    scripted: Scripted, operation: Any, request_: Any
) -> None:
    no = b'{"success":false,"error":{"code":400,"message":"already exist"}}'
    scripted.script(hang_up, answer(no, 400))
    with core_at(scripted.url) as core:
        error = operation(core, request_).failure()
    assert isinstance(error, BadRequestError)
    assert (error.attempts, error.may_have_been_applied) == (2, True)


def test_what_adds_is_sent_once(scripted: Scripted) -> None:
    scripted.script(answer(b"{}", 502), answer(b"{}"))
    with core_at(scripted.url) as core:
        error = playlists_add_media(core, AddPlaylistMediaRequest("p", media_ids=["m"])).failure()
    assert isinstance(error, ServerError)
    assert (error.attempts, error.may_have_been_applied) == (1, True)


def test_a_signing_key_is_asked_for_again_by_the_same_idempotency_key(scripted: Scripted) -> None:
    key = b'{"success":true,"data":{"id":"k","privateKey":"p"}}'
    scripted.script(hang_up, answer(b"{}", 502), answer(key))
    with core_at(scripted.url) as core:
        assert signing_keys_create(core).unwrap().data.id == "k"
        assert signing_keys_create(core).unwrap().data.id == "k"
    first, second, third, of_another_call = (lines_of(sent)[1]["idempotency-key"] for sent in scripted.requests)
    assert first == second == third != of_another_call


def test_a_core_for_each_call_makes_an_outage_no_larger(scripted: Scripted) -> None:
    scripted.script(answer(b"", 503))
    for _ in range(60):
        with core_at(scripted.url) as core:
            live_streams_list(core).failure()
    assert len(scripted.requests) == 60 + 500 // 14, "each retry costs 14 of a budget of 500"


def test_each_call_waits_for_a_random_time_before_it_is_sent_again(scripted: Scripted) -> None:
    waits: list[float] = []
    hooks = Hooks(on_error=lambda attempt, _: waits.append(attempt.wait or 0.0))
    scripted.script(answer(b"", 503))
    with core_at(scripted.url, hooks=hooks, retries=Retries(attempts=2, base=0.05)) as core, Stopwatch() as watch:
        for _ in range(10):
            live_streams_list(core).failure()
    assert len(set(waits)) == 10 + 1, "there is no wait after the second attempt"
    assert max(waits) < 0.05
    assert sum(waits) <= watch.seconds


class Unkept(httpx.BaseTransport):
    """A transport that is not hashable, so that no budget can be kept for it."""

    __hash__ = None  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType] - some objects are not hashable

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, request=request)


@pytest.mark.parametrize(
    ("transport", "attempts"), [(httpx.MockTransport(lambda _: httpx.Response(503)), 60 + 35), (Unkept(), 120)]
)
def test_a_budget_belongs_to_the_transport_of_the_users(transport: httpx.BaseTransport, attempts: int) -> None:
    made: list[int] = []
    retries = Retries(base=0.0001, attempts=2)
    for _ in range(60):
        core = FastpixCore(username="a", password="b", transport=transport, retries=retries)
        made.append(live_streams_list(core).failure().attempts)
    assert sum(made) == attempts


def test_a_budget_belongs_to_the_client_of_the_users() -> None:
    settings: dict[str, Any] = {"username": "a", "password": "b", "retries": Retries(base=0.0001, attempts=2)}
    transport = httpx.MockTransport(lambda _: httpx.Response(503))
    with httpx.Client(transport=transport) as one, httpx.Client(transport=transport) as other:
        made = [live_streams_list(FastpixCore(client=one, **settings)).failure().attempts for _ in range(60)]
        assert sum(made) == 60 + 35
        assert live_streams_list(FastpixCore(client=other, **settings)).failure().attempts == 2


def test_credentials_are_asked_for_before_each_attempt(scripted: Scripted) -> None:
    secrets = iter([("a", "1"), ("b", "2")])
    scripted.script(answer(b"", 503), answer())
    with core_at(scripted.url, username=None, password=None, credentials=lambda: next(secrets)) as core:
        live_streams_enable(core, EnableLiveStreamRequest("abc")).unwrap()
    assert [lines_of(request)[1]["authorization"] for request in scripted.requests] == ["Basic YTox", "Basic Yjoy"]


def test_credentials_that_raise_are_a_failure(scripted: Scripted) -> None:
    def broken() -> tuple[str, str]:
        raise LookupError("no vault")

    error = live_streams_list(core_at(scripted.url, credentials=broken)).failure()
    assert isinstance(error, UnexpectedClientError)
    assert isinstance(error.__cause__, LookupError)
    assert scripted.requests == []


def test_a_core_that_blocks_awaits_no_credentials(scripted: Scripted) -> None:
    async def credentials() -> tuple[str, str]:
        return "a", "b"

    error = live_streams_list(core_at(scripted.url, credentials=credentials)).failure()
    assert isinstance(error, ConfigurationError)
    assert "only an AsyncFastpixCore awaits it" in str(error)
    assert scripted.requests == []


def test_many_threads_share_a_core(server_url: str, emulator: Emulator) -> None:
    core = FastpixCore(username=emulator.username, password=emulator.password, server_url=server_url)
    with core, ThreadPoolExecutor(16) as pool:
        pending = [pool.submit(live_streams_create, core, CREATION) for _ in range(100)]
        replies = [future.result() for future in pending]
        assert paging(live_streams_list(core).unwrap()).total_records == 100
    assert len({reply.unwrap().data.stream_id for reply in replies}) == 100


@pytest.mark.parametrize("wrong", [None, 3, "core", httpx.Client])
def test_a_wrong_core_is_a_mistake_of_the_program(wrong: Any) -> None:
    with pytest.raises(
        TypeError, match=r"live_streams_list\(\) takes a FastpixCore or an AsyncFastpixCore as first argument"
    ):
        live_streams_list(wrong)
    with pytest.raises(TypeError, match=r"live_streams_list\(\) takes a FastpixCore"):
        with_response(live_streams_list)(wrong)


def test_an_interrupt_passes_through_and_leaves_the_core_usable(scripted: Scripted) -> None:
    interrupts: list[Callable[[], None]] = []

    def interrupt(*_: object) -> None:
        if interrupts:
            interrupts.pop()()

    def stop() -> None:
        raise KeyboardInterrupt

    with httpx.Client(event_hooks={"request": [interrupt]}) as client:
        core = core_at(scripted.url, client=client)
        interrupts.append(stop)
        with pytest.raises(KeyboardInterrupt):
            live_streams_list(core)
        assert isinstance(live_streams_enable(core, EnableLiveStreamRequest("abc")), Success)
