"""What a web page can do with the URL of an upload."""

import httpx
import pytest

from fastpix.emulator import Emulator
from tests.emulator.storage.acts import (
    BLOCK,
    FILE,
    arrived,
    id_of,
    new_browser_upload,
    new_upload,
    progress,
    put,
    put_part,
    refusal,
)

START = {"x-goog-resumable": "start"}
PAGE = {"origin": "https://shop.example"}


def opened(web: httpx.Client, url: str) -> str:
    """Open a session, and return its URL."""
    answer = web.post(url, headers=START)
    assert (answer.status_code, answer.content) == (201, b"")
    location: str = answer.headers["location"]
    return location


def test_the_url_for_a_browser_opens_a_session(emulator: Emulator, web: httpx.Client) -> None:
    url = new_browser_upload(web)
    params = httpx.URL(url).params
    assert (params["X-Goog-Expires"], params["X-Goog-SignedHeaders"]) == ("14400", "host;x-goog-resumable")
    assert "upload_id" not in params
    session = opened(web, url)
    assert session.startswith(f"{url}&upload_id=")
    assert arrived(web, session) == 0
    assert put(web, session, None, FILE).status_code == 200
    path = emulator.file_of(id_of(url))
    assert path is not None
    assert path.read_bytes() == FILE


def test_other_clients_get_an_open_session(web: httpx.Client) -> None:
    for client in ({}, {"x-client-type": "sdk"}):
        body = {"corsOrigin": "*"}
        url = httpx.URL(web.post("/v1/on-demand/upload", json=body, headers=client).json()["data"]["url"])
        assert [*url.params] == ["upload_id"]


def test_a_url_that_opens_sessions_does_nothing_else(web: httpx.Client) -> None:
    url = new_browser_upload(web)
    assert refusal(web.post(url)) == (400, "InvalidArgument")
    assert refusal(web.post(url, headers={"x-goog-resumable": "stop"})) == (400, "InvalidArgument")
    for method in ("PUT", "DELETE", "GET"):
        assert refusal(web.request(method, url, headers=START)) == (403, "AccessDenied")


def test_only_the_session_that_was_opened_last_counts(emulator: Emulator, web: httpx.Client) -> None:
    url = new_browser_upload(web)
    first = opened(web, url)
    put(web, first, f"0-{BLOCK - 1}/{2 * BLOCK}", bytes(BLOCK))
    second = opened(web, url)
    assert emulator.file_of(id_of(url)) is None
    assert arrived(web, second) == 0
    third = opened(web, url)
    for former in (first, second):
        assert refusal(put(web, former, None, FILE)) == (410, "Gone")
        assert refusal(web.delete(former)) == (410, "Gone")
    assert progress(put_part(web, third, 0, BLOCK)) == BLOCK
    assert put_part(web, third, BLOCK, len(FILE)).status_code == 200
    path = emulator.file_of(id_of(url))
    assert path is not None
    assert path.read_bytes() == FILE


def test_no_session_is_opened_for_an_upload_that_is_over(emulator: Emulator, web: httpx.Client) -> None:
    complete, cancelled, expired = (new_browser_upload(web) for _ in range(3))
    put(web, opened(web, complete), None, FILE)
    assert web.delete(opened(web, cancelled)).status_code == 499
    assert [refusal(web.post(url, headers=START))[0] for url in (complete, cancelled)] == [410, 410]
    emulator.clock.advance(hours=4)
    assert refusal(web.post(expired, headers=START)) == (410, "Gone")


@pytest.mark.parametrize("cors_origin", ["*", "https://shop.example"])
def test_a_page_of_the_origin_reads_all_responses(web: httpx.Client, cors_origin: str) -> None:
    url = new_browser_upload(web, cors_origin)
    session = opened(web, url)
    answers = [
        web.post(url, headers=START | PAGE),
        web.put(session, headers=PAGE),
        web.put(f"{session}x", headers=PAGE),
        put(web, new_upload(web, cors_origin), "*/*", headers=PAGE),
        put(web, new_upload(web, cors_origin), None, FILE, PAGE),
    ]
    assert [answer.status_code for answer in answers] == [201, 410, 403, 308, 200]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        exposed = answer.headers["access-control-expose-headers"].lower().split(", ")
        assert exposed == ["location", "range", "etag", "x-goog-hash", "x-goog-stored-content-length"]
        assert answer.headers["vary"] == "Origin"


def test_a_page_of_another_origin_uploads_and_reads_nothing(web: httpx.Client) -> None:
    url = new_upload(web, "https://other.example")
    for answer in (put(web, url, "*/*", headers=PAGE), web.options(url, headers=PAGE), put(web, url, None, FILE, PAGE)):
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "vary" not in answer.headers
    assert put(web, url, "*/*").status_code == 200
    unknown = put(web, url.replace(id_of(url), "x"), "*/*", headers=PAGE)
    assert "access-control-allow-origin" not in unknown.headers


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("Content-Type, content-range", "Content-Type, content-range"),
        ("x-goog-resumable", "x-goog-resumable"),
        ("content-range,authorization", "content-type, content-range, x-goog-resumable"),
        (None, "content-type, content-range, x-goog-resumable"),
    ],
)
def test_a_preflight_tells_what_is_allowed(web: httpx.Client, asked: str | None, allowed: str) -> None:
    url = new_browser_upload(web, "https://shop.example")
    headers = {} if asked is None else {"access-control-request-headers": asked}
    for target in (url, opened(web, url)):
        answer = web.options(target, headers=PAGE | headers | {"access-control-request-method": "PUT"})
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        assert answer.headers["access-control-allow-methods"] == "PUT, POST, DELETE, OPTIONS"
        assert answer.headers["access-control-allow-headers"] == allowed
        assert int(answer.headers["access-control-max-age"]) > 0
        assert "access-control-allow-private-network" not in answer.headers


def test_a_page_of_the_internet_may_use_a_private_network(web: httpx.Client) -> None:
    asked = PAGE | {"access-control-request-private-network": "true"}
    answer = web.options(new_upload(web), headers=asked)
    assert answer.headers["access-control-allow-private-network"] == "true"
