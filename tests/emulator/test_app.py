"""The local FastPix as a server: what a web page, an attacker or a slow client can do to it."""

import asyncio
import contextlib
import json
import logging
import re
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from fastpix import FastpixCore
from fastpix.api.live_streams import live_streams_list
from fastpix.emulator import Emulator, Fault, Seed, SeedStream, Server
from fastpix.emulator import app as application
from fastpix.emulator.http import connection as connections
from fastpix.emulator.http.hosts import check_host
from fastpix.emulator.server import listen, serving
from tests.emulator.acts import new_stream
from tests.emulator.conftest import Served
from tests.pages import paging
from tests.servers import Stopwatch

LONG = 60.0


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with closing(Emulator()) as emulator:
        yield emulator


@pytest.fixture
def server(emulator: Emulator, served: tuple[Served, str]) -> Server:
    """The server of all tests, which answers in the name of the emulator of this one."""
    all_tests, url = served
    all_tests.now = emulator
    return Server(emulator, httpx.URL(url).host, httpx.URL(url).port or 0)


@pytest.fixture
def web(server: Server, emulator: Emulator) -> Iterator[httpx.Client]:
    url = httpx.URL(server.url).copy_with(path="/")
    with httpx.Client(base_url=url, auth=(emulator.username, emulator.password)) as client:
        yield client


@pytest.fixture
def connection(server: Server) -> Iterator[socket.socket]:
    url = httpx.URL(server.url)
    with socket.create_connection((url.host, url.port), timeout=LONG) as connection:
        yield connection


def said(connection: socket.socket, content: bytes) -> bytes:
    """Send bytes, and return all that comes until the server closes the connection."""
    connection.sendall(content)
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def answered(connection: socket.socket) -> bytes:
    """Return the next response on a connection that stays open."""
    received = b""
    while not (lengths := re.findall(rb"(?i)content-length: (\d+)\r\n", received)) or b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    while len(received.partition(b"\r\n\r\n")[2]) < int(lengths[0]):
        received += connection.recv(65536)
    return received


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000", "http://127.0.0.1.evil"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_emulator/reset"),
        ("GET", "/_emulator/state"),
        ("POST", "/v1/_emulator/reset"),
        ("GET", "/v1/live/streams"),
    ],
)
def test_a_page_of_another_origin_can_do_nothing(
    web: httpx.Client, emulator: Emulator, method: str, path: str, origin: str
) -> None:
    emulator.seed(Seed(streams=[SeedStream()]))
    refused = web.request(method, path, headers={"origin": origin})
    assert (refused.status_code, refused.json()["error"]["message"]) == (403, "forbidden")
    assert "access-control-allow-origin" not in refused.headers
    assert len(web.get("/v1/live/streams").json()["data"]) == 1


def test_a_page_of_the_local_fastpix_itself_can_use_it(web: httpx.Client) -> None:
    own = str(web.base_url).rstrip("/")
    for origin in (own, own.upper(), own.replace("http", "https")):
        assert web.post("/_emulator/reset", headers={"origin": origin}).status_code == 204


def test_a_page_of_another_origin_can_play(web: httpx.Client) -> None:
    refused = web.get("/nothing.m3u8", headers={"origin": "https://player.example"})
    assert refused.json()["error"]["fields"] == [{"field": "playbackId", "message": "is invalid"}]
    assert refused.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1", "[::2]:80", ""]
)
def test_a_name_that_is_not_of_this_machine_is_refused(web: httpx.Client, host: str) -> None:
    for path in ("/_emulator/", "/v1/live/streams", "/nothing.m3u8"):
        assert web.get(path, headers={"host": host}).status_code == 403


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:1/_emulator/reset?", "a/_emulator/reset?.localhost", "127.0.0.1:80@evil.example", "@.localhost", "a b"],
)
def test_a_host_that_is_none_is_refused(web: httpx.Client, host: str) -> None:
    assert web.post("/x", headers={"host": host}).status_code == 403


def test_two_origins_are_none_of_ours(connection: socket.socket) -> None:
    head = b"POST /_emulator/reset HTTP/1.1\r\nhost: localhost\r\norigin: http://evil.example\r\norigin: http://localhost\r\n"
    assert answered(connection_with(connection, head)).startswith(b"HTTP/1.1 403 ")


def connection_with(connection: socket.socket, head: bytes) -> socket.socket:
    connection.sendall(head + b"\r\n")
    return connection


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:1234", "LOCALHOST", "fastpix.localhost", "[::1]:80", "[::1]", "127.1.2.3:80"]
)
def test_the_names_of_this_machine_are_allowed(web: httpx.Client, host: str) -> None:
    assert web.get("/_emulator/", headers={"host": host}).status_code == 200
    assert web.get("/v1/live/streams", headers={"host": host}).status_code == 200


def test_a_request_may_name_the_address_that_it_was_sent_to(emulator: Emulator) -> None:
    app = application.Application(emulator)
    scope = {"server": ("192.0.2.7", 80), "headers": [(b"host", b"192.0.2.7:80")], "method": "GET"}
    target = {"raw_path": b"/_emulator/", "query_string": b""}

    async def nothing() -> dict[str, str]:
        raise AssertionError

    request = asyncio.run(vars(application.Application)["_request"](app, scope | target, nothing))
    assert request.url == "http://192.0.2.7/_emulator/"
    check_host("192.0.2.7:80", frozenset({"192.0.2.7"}))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_whose_origin_is_not_told_can_do_nothing(web: httpx.Client, emulator: Emulator, site: str) -> None:
    assert web.get("/v1/live/streams", headers={"sec-fetch-site": site}).status_code == 403
    assert web.get("/v1/live/streams", headers={"sec-fetch-site": "same-origin"}).status_code == 200
    assert web.get("/nothing.m3u8", headers={"sec-fetch-site": site}).status_code == 422
    assert len(emulator.sent) == 1


@pytest.mark.parametrize(
    "path", ["/x/../_emulator/reset", "/v1/../_emulator/reset", "/v1/x/../_emulator/reset", "/./_emulator/reset"]
)
def test_a_path_that_another_spelling_names_is_guarded_too(
    connection: socket.socket, emulator: Emulator, path: str
) -> None:
    emulator.seed(Seed(streams=[SeedStream()]))
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\norigin: https://evil.example\r\nconnection: close\r\n\r\n"
    assert said(connection, head.encode()).startswith(b"HTTP/1.1 403 ")
    assert "StreamRecord" in {row.kind for row in emulator.export_state().documents}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":"\xff"}',
        b'{"\xff":1}',
        b'{"a":' * 100_000,
        b'{"metadata":' + b"[" * 500 + b"]" * 500 + b"}",
        b"\xff",
        b"{",
        b"1",
        b"[]",
    ],
)
@pytest.mark.parametrize("path", ["/v1/live/streams", "/_emulator/seed", "/_emulator/clock", "/_emulator/faults"])
def test_a_body_that_is_absurd_is_refused(web: httpx.Client, path: str, body: bytes) -> None:
    assert 400 <= web.post(path, content=body).status_code < 500
    assert web.get("/v1/live/streams").json()["data"] == []


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" * 5000, "0." + "1" * 5000, "9" * 19, "-0", "NaN"])
def test_a_number_that_is_absurd_is_refused(web: httpx.Client, emulator: Emulator, number: str) -> None:
    stream = new_stream(
        FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())
    )
    (playback_id, *_) = stream.playback_ids or []
    for query in (f"offset={number}", f"limit={number}", f"offset={number}&limit={number}"):
        assert (number == "9" * 19 and "limit" not in query) is (
            web.get(f"/v1/live/streams?{query}").status_code == 200
        )
    for query in (f"start=0&end={number}", f"start={number}&end={number}", f"start=-{number}&end=1"):
        assert 400 <= web.get(f"/{playback_id.id}.m3u8?{query}").status_code < 500
    for path, name in (("clock", "advance"), ("seed", "streams")):
        body = f'{{"{name}": {number}}}'
        expected = 200 if (path, number) in {("clock", "-0"), ("clock", "0." + "1" * 5000)} else 422
        assert web.post(f"/_emulator/{path}", content=body).status_code == expected, (path, number)
    body = f'{{"playbackSettings": {{}}, "inputMediaSettings": {{"reconnectWindow": {number}}}}}'
    assert 400 <= web.post("/v1/live/streams", content=body).status_code < 500


def test_a_body_that_is_too_large_is_refused(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "LARGEST_BODY", 1000)
    monkeypatch.setattr(application, "LARGEST_STATE", 2000)
    for path, most, otherwise in (("/v1/live/streams", 1000, 400), ("/_emulator/seed", 2000, 422)):
        refused = web.post(path, content=b" " * (most + 1))
        assert (refused.status_code, refused.json()["error"]["description"]) == (
            413,
            f"The body must have at most {most} bytes.",
        )
        assert web.post(path, content=b" " * most).status_code == otherwise


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET http://evil.example/ HTTP/1.1", 400),
        ("OPTIONS * HTTP/1.1", 400),
        ("GET //evil.example/v1/live/streams HTTP/1.1", 400),
        ("GET /v1/live/streams/%ff%00 HTTP/1.1", 401),
        ("GET /v1/%2e%2e/_emulator/ HTTP/1.1", 401),
        ("GET /" + "a" * 70_000 + " HTTP/1.1", 400),
        ("BREW /v1/live/streams HTTP/1.1", 401),
        ("nonsense", 400),
    ],
)
def test_an_odd_request_line_is_no_error_of_the_server(connection: socket.socket, line: str, status: int) -> None:
    answered = said(connection, f"{line}\r\nhost: localhost\r\nconnection: close\r\n\r\n".encode())
    assert answered.startswith(f"HTTP/1.1 {status} ".encode())


def test_a_request_without_a_host_is_refused(connection: socket.socket) -> None:
    assert b" 403 " in said(connection, b"GET /_emulator/ HTTP/1.0\r\n\r\n").partition(b"\r\n")[0]


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET /_emulator/ HTTP/1.1\r\nhost:",
        b"POST /_emulator/reset HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n",
    ],
)
def test_a_client_that_sends_too_slowly_is_ended(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, beginning: bytes
) -> None:
    monkeypatch.setattr(connections, "LONGEST_WAIT", 0.2)
    emulator.seed(Seed(streams=[SeedStream()]))
    with serving(emulator) as server, Stopwatch() as stopwatch:
        url = httpx.URL(server.url)
        with socket.create_connection((url.host, url.port), timeout=LONG) as connection:
            connection.sendall(beginning)
            with suppress(ConnectionResetError):
                assert connection.recv(1) == b""
    assert stopwatch.seconds < LONG
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())
    assert paging(live_streams_list(core).unwrap()).total_records == 1


def test_a_client_that_does_not_read_is_ended(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LONGEST_WAIT", 0.2)
    emulator.fail(live_streams_list, [Fault(body="a" * 50_000_000)])
    with serving(emulator) as server:
        url = httpx.URL(server.url)
        with socket.create_connection((url.host, url.port), timeout=LONG) as connection:
            connection.sendall(authorized(emulator))
            while not emulator.sent:
                threading.Event().wait(0.01)
            threading.Event().wait(1)
            received = 0
            with suppress(ConnectionResetError):
                while part := connection.recv(1 << 20):
                    received += len(part)
            assert received < 50_000_000


def test_a_kept_connection_is_not_slow_between_its_requests(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LONGEST_WAIT", 1.0)
    with serving(emulator) as server:
        url = httpx.URL(server.url)
        with socket.create_connection((url.host, url.port), timeout=LONG) as connection:
            for host in ("evil.example", *["localhost"] * 7):  # the first one is refused
                connection.sendall(f"GET /_emulator/faults HTTP/1.1\r\nhost: {host}\r\n\r\n".encode())
                assert answered(connection).startswith(b"HTTP/1.1 ")
                threading.Event().wait(0.25)


def test_a_client_that_goes_away_in_a_body_does_nothing(emulator: Emulator, server: Server) -> None:
    emulator.seed(Seed(streams=[SeedStream()]))
    url = httpx.URL(server.url)
    head = b"POST /_emulator/reset HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{}"
    with socket.create_connection((url.host, url.port)) as connection:
        connection.sendall(head)
    httpx.get(url.join("/_emulator/"))
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())
    assert paging(live_streams_list(core).unwrap()).total_records == 1


def test_what_is_left_of_a_request_is_no_disconnection() -> None:
    messages = iter([{"type": "http.request"}, {"type": "http.disconnect"}])

    async def receive() -> dict[str, str]:
        return next(messages)

    asyncio.run(vars(application)["_disconnected"](receive))
    assert [*messages] == []


REQUEST = b"GET /v1/live/streams HTTP/1.1\r\nhost: localhost\r\n"


def authorized(emulator: Emulator) -> bytes:
    """Return a request with credentials."""
    credentials = b64encode(f"{emulator.username}:{emulator.password}".encode())
    return REQUEST + b"authorization: Basic " + credentials + b"\r\n\r\n"


@pytest.mark.parametrize(
    "beginning", [None, b"POST /_emulator/reset HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n"]
)
def test_a_server_that_stops_waits_for_no_client(
    emulator: Emulator, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, beginning: bytes | None
) -> None:
    emulator.fail(live_streams_list, [Fault(delay=3600)])
    with contextlib.ExitStack() as stack:
        with serving(emulator) as server:
            url = httpx.URL(server.url)
            connection = stack.enter_context(socket.create_connection((url.host, url.port), timeout=LONG))
            connection.sendall(authorized(emulator) if beginning is None else beginning)
            while beginning is None and not emulator.sent:
                threading.Event().wait(0.01)
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize(
    "fault", [Fault(delay=0.3, connection="reset"), Fault(delay=0.3), Fault(drip=0.3, body="a" * 300_000)]
)
def test_a_client_that_goes_away_during_a_fault_is_forgotten(
    emulator: Emulator, server: Server, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    emulator.fail(live_streams_list, [fault])
    url = httpx.URL(server.url)
    auth = (emulator.username, emulator.password)
    with pytest.raises(httpx.TimeoutException):
        httpx.get(url.join("live/streams"), auth=auth, timeout=0.1)
    threading.Event().wait(0.4)
    assert httpx.get(url.join("live/streams"), auth=auth).status_code == 200
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_reset_connection_is_reset(emulator: Emulator, connection: socket.socket) -> None:
    emulator.fail(live_streams_list, ["reset"])
    with pytest.raises(ConnectionResetError):
        said(connection, authorized(emulator))


def test_a_cut_response_promises_more_than_it_has(emulator: Emulator, connection: socket.socket) -> None:
    emulator.fail(live_streams_list, [Fault(status=500, body="12345678", connection="cut")])
    answered = said(connection, authorized(emulator))
    head, _, body = answered.partition(b"\r\n\r\n")
    assert (b"content-length: 8" in head.lower(), body) == (True, b"1234")


@pytest.mark.parametrize("later", [False, True])
def test_a_refused_request_that_goes_on_as_nonsense_is_no_error(
    connection: socket.socket, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, later: bool
) -> None:
    head, nonsense = b"POST / HTTP/1.1\r\nhost: evil.example\r\ntransfer-encoding: chunked\r\n\r\n", b"ZZ\r\n"
    if later:
        assert answered(connection_with(connection, head[:-2])).startswith(b"HTTP/1.1 403 ")
        connection.sendall(nonsense)
    else:
        connection.sendall(head + nonsense)
    with suppress(ConnectionResetError):
        while connection.recv(65536):
            pass
    assert capfd.readouterr().err == ""
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_lost_response_has_no_byte(emulator: Emulator, connection: socket.socket) -> None:
    emulator.fail(live_streams_list, ["lost"])
    assert said(connection, authorized(emulator)) == b""


def test_nothing_of_this_is_an_error_in_the_log(
    emulator: Emulator, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.fail(live_streams_list, ["lost", "reset", "cut"])
    for _ in range(3):
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{server.url}live/streams", auth=(emulator.username, emulator.password))
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_the_listening_socket_lets_asyncio_send_each_response_at_once() -> None:
    with listen() as listening:
        assert listening.proto == socket.IPPROTO_TCP
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.proto == socket.IPPROTO_TCP


def test_a_file_is_safe_from_a_page(tmp_path: Path) -> None:
    with closing(Emulator(str(tmp_path / "fastpix.db"))) as emulator, serving(emulator) as server:
        emulator.seed(Seed(streams=[SeedStream(count=3)]))
        url = httpx.URL(server.url).join("/_emulator/reset")
        assert httpx.post(url, headers={"origin": "https://evil.example"}).status_code == 403
        assert httpx.post(url, headers={"host": "evil.example"}).status_code == 403
        assert json.loads(httpx.get(url.join("/_emulator/state")).text)["documents"]
        assert sum(row.kind == "StreamRecord" for row in emulator.export_state().documents) == 3
