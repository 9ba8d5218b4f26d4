"""Bodies that arrive over a socket: slowly, in part, or together with others."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from fastpix.emulator import Emulator, Fault
from fastpix.emulator import app as application
from fastpix.emulator.http import connection as connections
from fastpix.emulator.server import serving
from fastpix.emulator.storage.files import StoredFile
from tests.emulator.conftest import Served
from tests.emulator.storage.acts import BLOCK, FILE, arrived, id_of, new_upload, progress, put, put_part, stored

LONG = 60.0
SIZE = len(FILE)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with closing(Emulator()) as emulator:
        yield emulator


def client(emulator: Emulator, url: str) -> httpx.Client:
    auth = (emulator.username, emulator.password)
    return httpx.Client(base_url=httpx.URL(url).copy_with(path="/"), auth=auth)


@pytest.fixture
def web(emulator: Emulator, served: tuple[Served, str]) -> Iterator[httpx.Client]:
    all_tests, url = served
    all_tests.now = emulator
    with client(emulator, url) as web:
        yield web


def connected(url: str) -> socket.socket:
    found = httpx.URL(url)
    return socket.create_connection((found.host, found.port or 0), timeout=LONG)


def head(url: str, length: int = SIZE, *more: str) -> bytes:
    """Return the head of a PUT of a whole file."""
    target = httpx.URL(url).raw_path.decode()
    lines = [f"PUT {target} HTTP/1.1", "host: localhost", f"content-length: {length}", *more, "", ""]
    return "\r\n".join(lines).encode()


def wait_for(test: Callable[[], bool]) -> None:
    while not test():
        threading.Event().wait(0.005)


@pytest.mark.parametrize("is_reset", [False, True])
@pytest.mark.parametrize(("sent", "kept"), [(BLOCK - 1, 0), (BLOCK + 9, BLOCK), (SIZE - 1, 3 * BLOCK)])
def test_what_arrived_before_the_connection_broke_is_kept_in_whole_blocks(
    emulator: Emulator, web: httpx.Client, sent: int, kept: int, is_reset: bool
) -> None:
    url, later = new_upload(web), new_upload(web)
    with connected(url) as connection:
        connection.sendall(head(url) + FILE[:sent])
        if is_reset:
            wait_for(lambda: arrived(web, url) == kept)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wait_for(lambda: arrived(web, url) == kept)
    wait_for(lambda: stored(web, url)["received"] == kept)
    put(web, later, None, FILE)
    assert arrived(web, url) == kept
    assert put_part(web, url, kept, SIZE).status_code == 200
    path = emulator.file_of(id_of(url))
    assert path is not None
    assert path.read_bytes() == FILE


def test_a_new_request_takes_over_from_one_that_still_runs(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    with connected(url) as connection:
        connection.sendall(head(url) + FILE[: BLOCK + 9])
        wait_for(lambda: arrived(web, url) == BLOCK)
        assert progress(put_part(web, url, BLOCK, 2 * BLOCK)) == 2 * BLOCK
        connection.sendall(bytes(SIZE - BLOCK - 9))
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 308 ")
    assert f"range: bytes=0-{2 * BLOCK - 1}\r\n".encode() in answer
    assert put_part(web, url, 2 * BLOCK, SIZE).status_code == 200
    path = emulator.file_of(id_of(url))
    assert path is not None
    assert path.read_bytes() == FILE


@pytest.mark.parametrize(
    ("end", "status"), [("complete", 200), ("cancel", 410), ("reset", 410), ("refused", 200), ("asked", 200)]
)
def test_a_request_sees_what_happened_while_it_ran(
    emulator: Emulator, web: httpx.Client, end: str, status: int
) -> None:
    url = new_upload(web)
    with connected(url) as connection:
        connection.sendall(head(url) + FILE[: BLOCK + 9])
        wait_for(lambda: arrived(web, url) == BLOCK)
        if end == "complete":
            put(web, url, None, FILE)
        elif end == "cancel":
            web.put(f"/v1/on-demand/upload/{id_of(url)}/cancel")
        elif end == "reset":
            emulator.reset()
        elif end == "refused":
            put(web, url, f"{2 * BLOCK}-{SIZE - 1}/{SIZE}", FILE[2 * BLOCK :])
        connection.sendall(FILE[BLOCK + 9 :])
        assert connection.recv(65536).startswith(f"HTTP/1.1 {status} ".encode())
    path = emulator.file_of(id_of(url))
    assert (path and path.read_bytes()) == (FILE if status == 200 else None)


@pytest.mark.parametrize("end", ["cancel", "reset", "complete"])
def test_a_connection_that_breaks_after_the_end_changes_nothing(
    emulator: Emulator, web: httpx.Client, end: str
) -> None:
    url = new_upload(web)
    with connected(url) as connection:
        connection.sendall(head(url) + FILE[: BLOCK + 9])
        wait_for(lambda: arrived(web, url) == BLOCK)
        if end == "cancel":
            web.delete(url)
        elif end == "reset":
            emulator.reset()
        else:
            put(web, url, None, FILE)
        before = emulator.uploads()
    for _ in range(3):
        assert emulator.uploads() == before
        threading.Event().wait(0.01)


def test_a_slow_stream_may_take_its_time_and_one_that_stands_still_may_not(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LONGEST_WAIT", 0.3)
    with serving(emulator) as server, client(emulator, server.url) as web:
        url = new_upload(web)
        with connected(url) as connection:
            connection.sendall(head(url))
            for first in range(0, SIZE, SIZE // 5):
                connection.sendall(FILE[first : first + SIZE // 5])
                threading.Event().wait(0.1)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        url = new_upload(web)
        with connected(url) as connection:
            connection.sendall(head(url) + FILE[: BLOCK + 9])
            with suppress(ConnectionResetError):
                assert connection.recv(1) == b""
        assert arrived(web, url) == BLOCK


def test_a_body_may_have_any_length(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "LARGEST_BODY", 1000)
    assert web.post("/v1/on-demand/upload", content=b" " * 1001).status_code == 413
    monkeypatch.setattr(application, "MOST_PIECES", 1)
    url = httpx.URL(web.get("/_emulator/").url).join(new_upload(web))
    assert put(web, str(url), None, FILE).status_code == 200


def test_a_request_that_is_refused_need_not_send_its_body(web: httpx.Client) -> None:
    url = new_upload(web)
    with connected(url) as connection:
        connection.sendall(head(f"{url}x", SIZE, "expect: 100-continue"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 403 ")
    with connected(url) as connection:
        connection.sendall(head(url, SIZE, "expect: 100-continue"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(FILE)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_connection_is_of_use_after_a_refused_body(web: httpx.Client) -> None:
    url = new_upload(web)
    with connected(url) as connection:
        for target, begin, end in ((f"{url}x", b"HTTP/1.1 403 ", b"</Error>"), (url, b"HTTP/1.1 200 ", b"\r\n\r\n")):
            connection.sendall(head(target) + FILE)
            answer = b""
            while not answer.endswith(end):
                answer += connection.recv(65536)
            assert answer.startswith(begin)


def test_a_page_of_any_site_can_send_a_file_and_use_nothing_else(web: httpx.Client) -> None:
    url = new_upload(web)
    page = {"origin": "https://shop.example", "sec-fetch-site": "cross-site"}
    assert web.post("/v1/on-demand/upload", json={"corsOrigin": "*"}, headers=page).status_code == 403
    assert put(web, url, "*/*", headers=page | {"host": "evil.example"}).status_code == 403
    assert put(web, url, None, FILE, page).status_code == 200
    assert web.put(url.replace("/_uploads/", "/%5Fuploads/"), content=b"", headers=page).status_code == 200


def test_a_request_that_was_refused_can_be_aborted(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    emulator.receive(httpx.Request("PUT", f"{url}x", content=FILE)).abort()
    assert arrived(web, url) == 0


def test_a_lost_response_comes_after_the_whole_body(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    emulator.fail("upload", ["lost", "reset", Fault(status=503)])
    for expected in (True, True, False):
        try:
            failed = not put(web, url, None, FILE).status_code
        except httpx.TransportError:
            failed = True
        assert failed is expected
        assert stored(web, url)["status"] == "complete"


def test_an_upload_goes_on_after_the_disk_was_full(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    url = new_upload(web)
    put_part(web, url, 0, BLOCK)

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(StoredFile, "append", fail)
        assert put_part(web, url, BLOCK, 2 * BLOCK).status_code == 500
    assert arrived(web, url) == BLOCK
    assert put_part(web, url, BLOCK, SIZE).status_code == 200


def test_a_server_that_stops_keeps_what_has_arrived(tmp_path: Path) -> None:
    with closing(Emulator(str(tmp_path / "fastpix.db"))) as emulator:
        with serving(emulator) as server, client(emulator, server.url) as web:
            url, whole = new_upload(web), new_upload(web)
            assert put(web, whole, None, FILE).status_code == 200
            connection = connected(url)
            connection.sendall(head(url) + FILE[: 2 * BLOCK + 9])
            wait_for(lambda: arrived(web, url) == 2 * BLOCK)
        connection.close()
        assert [upload.received for upload in emulator.uploads()] == [SIZE, 2 * BLOCK]


def test_a_connection_that_breaks_after_the_emulator_was_closed_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with closing(Emulator()) as emulator, serving(emulator) as server, client(emulator, server.url) as web:
        url = new_upload(web)
        with connected(url) as connection:
            connection.sendall(head(url) + FILE[: BLOCK + 9])
            wait_for(lambda: arrived(web, url) == BLOCK)
            emulator.close()
        assert put(web, url, "*/*").status_code == 500
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
