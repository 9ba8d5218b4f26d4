"""What the requests of a resumable session do."""

import base64
from hashlib import md5, sha256

import httpx
import msgspec
import pytest

from fastpix import FastpixCore
from fastpix.api.media import DeleteMediaRequest, media_delete
from fastpix.api.uploads import CancelUploadRequest, uploads_cancel, uploads_list
from fastpix.emulator import Content, Emulator, ReceivedUpload, Seed, SeedUpload
from fastpix.emulator.store.documents import FORMAT, Row, State
from tests.emulator.acts import NOWHERE, read_media
from tests.emulator.acts import refusal as api_refusal
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
    stored,
)

SIZE = len(FILE)
MD5 = md5(FILE, usedforsecurity=False)
ONE_FOR_ALL = {
    "status": "complete",
    "received": SIZE,
    "size": SIZE,
    "sha256": sha256(FILE).hexdigest(),
    "content": "seed",
}


def content(emulator: Emulator, url: str) -> bytes | None:
    path = emulator.file_of(id_of(url))
    return path.read_bytes() if path else None


def test_parts_become_a_media_with_the_id_of_the_upload(
    core: FastpixCore, emulator: Emulator, web: httpx.Client
) -> None:
    url = new_upload(web, settings={"title": "A talk", "metadata": {"a": "b"}, "mediaQuality": "pro"})
    assert arrived(web, url) == 0
    assert progress(put_part(web, url, 0, BLOCK)) == BLOCK
    assert progress(put_part(web, url, BLOCK, 3 * BLOCK)) == 3 * BLOCK
    assert arrived(web, url) == 3 * BLOCK
    assert put_part(web, url, 3 * BLOCK, SIZE).status_code == 200
    media = read_media(core, id_of(url))
    assert (media.status, media.title, media.metadata, media.media_quality) == ("Created", "A talk", {"a": "b"}, "pro")
    assert [playback_id.access_policy for playback_id in media.playback_ids or ()] == ["public"]
    emulator.clock.advance(seconds=1)
    assert (read_media(core, id_of(url)).status, read_media(core, id_of(url)).duration) == ("Ready", 10)
    assert content(emulator, url) == FILE
    assert stored(web, url) == ONE_FOR_ALL


def test_a_file_can_come_at_once(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    assert put(web, url, None, FILE).status_code == 200
    assert (content(emulator, url), stored(web, url)) == (FILE, ONE_FOR_ALL)


def test_the_response_says_what_was_stored_and_says_it_again(web: httpx.Client) -> None:
    url = new_upload(web)
    finished = put(web, url, None, FILE)
    answers = [
        finished,
        put_part(web, url, 0, BLOCK),
        put(web, url, "*/*"),
        put(web, url, f"*/{SIZE + 1}"),
        put(web, url, None, FILE),
    ]
    for answer in answers:
        assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")
        assert answer.headers["x-goog-stored-content-length"] == str(SIZE)
        hashes = dict(hash.split("=", 1) for hash in answer.headers["x-goog-hash"].split(","))
        assert hashes["md5"] == base64.b64encode(MD5.digest()).decode()
        assert answer.headers["etag"] == f'"{MD5.hexdigest()}"'


def test_the_last_byte_of_a_file_of_whole_blocks_completes_it(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    assert progress(put(web, url, f"0-{BLOCK - 1}/*", FILE[:BLOCK])) == BLOCK
    assert put(web, url, f"0-{BLOCK - 1}/{BLOCK}", FILE[:BLOCK]).status_code == 200
    assert content(emulator, url) == FILE[:BLOCK]


def test_a_total_that_was_declared_counts_for_later_parts(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    put_part(web, url, 0, 2 * BLOCK)
    assert stored(web, url) == {
        "status": "waiting",
        "received": 2 * BLOCK,
        "size": SIZE,
        "sha256": None,
        "content": None,
    }
    assert put_part(web, url, 2 * BLOCK, SIZE, "*").status_code == 200
    assert content(emulator, url) == FILE


def test_bytes_that_have_arrived_are_not_replaced(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    put_part(web, url, 0, BLOCK)
    assert progress(put(web, url, f"0-{BLOCK - 1}/{SIZE}", bytes(BLOCK))) == BLOCK
    assert progress(put(web, url, f"0-{2 * BLOCK - 1}/{SIZE}", bytes(BLOCK) + FILE[BLOCK : 2 * BLOCK])) == 2 * BLOCK
    assert progress(put_part(web, url, 100, 100 + 2 * BLOCK)) == 2 * BLOCK
    assert put_part(web, url, 100, SIZE).status_code == 200
    assert content(emulator, url) == FILE


@pytest.mark.parametrize(
    ("range", "length"),
    [
        (f"0-{BLOCK}/{SIZE}", BLOCK + 1),
        (f"0-{BLOCK - 2}/*", BLOCK - 1),
        (f"{BLOCK + 1}-{SIZE - 1}/{SIZE}", SIZE - BLOCK - 1),
        (f"{2 * BLOCK}-{3 * BLOCK - 1}/*", BLOCK),
        (f"{BLOCK}-{2 * BLOCK - 1}/{SIZE - 1}", BLOCK),
        (f"0-99/{SIZE - 1}", 100),
        (f"{BLOCK}-{5 * BLOCK - 1}/*", 4 * BLOCK),
        ("0-99/100", 100),
        (None, 100),
        (f"*/{SIZE + 1}", 0),
        (f"*/{SIZE}", 1),
        (f"{BLOCK}-{2 * BLOCK - 1}/{SIZE}", BLOCK - 1),
        (f"{BLOCK}-{SIZE}/{SIZE}", SIZE + 1 - BLOCK),
        ("nonsense", BLOCK),
        (None, 0),
    ],
)
def test_a_part_that_does_not_fit_stores_nothing(
    emulator: Emulator, web: httpx.Client, range: str | None, length: int
) -> None:
    url = new_upload(web)
    put_part(web, url, 0, BLOCK)
    assert refusal(put(web, url, range, bytes(length))) == (400, "InvalidArgument")
    assert arrived(web, url) == BLOCK
    assert content(emulator, url) == FILE[:BLOCK]
    assert put_part(web, url, BLOCK, SIZE).status_code == 200


def test_a_file_is_not_shorter_than_what_has_arrived(web: httpx.Client) -> None:
    url = new_upload(web)
    put_part(web, url, 0, 2 * BLOCK, "*")
    assert refusal(put(web, url, f"0-{BLOCK - 1}/{BLOCK}", FILE[:BLOCK])) == (400, "InvalidArgument")
    assert put_part(web, url, 0, 2 * BLOCK, 2 * BLOCK).status_code == 200


def test_a_question_completes_nothing(core: FastpixCore, web: httpx.Client) -> None:
    url = new_upload(web)
    for total in ("*", "0", str(BLOCK)):
        assert progress(put(web, url, f"*/{total}")) == 0
    put_part(web, url, 0, BLOCK, "*")
    for total in ("*", "0", str(BLOCK)):
        assert progress(put(web, url, f"*/{total}")) == BLOCK
    put_part(web, url, BLOCK, 2 * BLOCK)
    for total in ("*", "0", str(SIZE)):
        assert progress(put(web, url, f"*/{total}")) == 2 * BLOCK
    assert len(uploads_list(core).unwrap().data) == 1


def test_a_body_without_a_length_is_refused(web: httpx.Client) -> None:
    url = new_upload(web)
    for headers in ({}, {"content-range": f"bytes 0-{SIZE - 1}/{SIZE}"}):
        assert refusal(web.put(url, content=iter([FILE]), headers=headers)) == (411, "MissingContentLength")
    assert arrived(web, url) == 0


def test_a_url_with_a_wrong_secret_does_nothing(web: httpx.Client) -> None:
    url = new_upload(web)
    browser = new_browser_upload(web)
    bare = url.partition("?")[0]
    for wrong in (
        url + "x",
        bare,
        f"{bare}?upload_id=",
        f"{bare}?upload_id=%C3%A9",
        f"{bare}?X-Goog-Signature=",
        browser + "x",
    ):
        for method in ("PUT", "POST", "DELETE"):
            refused = web.request(method, wrong, content=FILE, headers={"x-goog-resumable": "start"})
            assert refusal(refused) == (403, "AccessDenied")
    assert arrived(web, url) == 0
    unknown = url.replace(id_of(url), NOWHERE)
    for wrong in (unknown, url.replace("/_uploads/", "/_uploads/x"), url.replace("?", "/x?"), url.replace("?", "x?")):
        assert refusal(put(web, wrong, None, FILE)) == (404, "NoSuchUpload")


def test_a_session_takes_put_alone(web: httpx.Client) -> None:
    url = new_upload(web)
    for method in ("GET", "POST", "PATCH"):
        refused = web.request(method, url, headers={"x-goog-resumable": "start"})
        assert (refusal(refused), refused.headers["allow"]) == ((405, "MethodNotAllowed"), "PUT")
    assert web.head(url).status_code == 405
    put(web, url, None, FILE)
    assert web.delete(url).status_code == 405


def test_no_authorization_is_needed(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    assert put(web, url, None, FILE, {"authorization": "Basic nonsense"}).status_code == 200
    assert not [sent for sent in emulator.sent if "_uploads" in sent.request.url.path]


def test_an_upload_that_was_used_is_listed_and_cancelled_no_more(core: FastpixCore, web: httpx.Client) -> None:
    url, other = new_upload(web), new_upload(web)
    put(web, url, None, FILE)
    assert [upload.upload_id for upload in uploads_list(core).unwrap().data] == [id_of(other)]
    cancelling = uploads_cancel(core, CancelUploadRequest(id_of(url)))
    assert api_refusal(cancelling) == (400, "upload is already cancelled")
    assert put(web, url, "*/*").status_code == 200


def test_a_client_can_give_up(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    put_part(web, url, 0, BLOCK)
    assert web.delete(url).status_code == 499
    assert content(emulator, url) is None
    assert uploads_list(core).unwrap().data == []
    assert api_refusal(uploads_cancel(core, CancelUploadRequest(id_of(url))))[0] == 400
    over(web, url, "cancelled")


def over(web: httpx.Client, url: str, status: str) -> None:
    for answer in (put(web, url, "*/*"), put(web, url, None, FILE), web.delete(url), web.post(url)):
        assert refusal(answer) == (410, "Gone")
    assert stored(web, url) == {"status": status, "received": 0, "size": None, "sha256": None, "content": None}


def test_a_cancelled_upload_is_over(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    put_part(web, url, 0, BLOCK)
    uploads_cancel(core, CancelUploadRequest(id_of(url))).unwrap()
    assert content(emulator, url) is None
    over(web, url, "cancelled")
    emulator.clock.advance(hours=5)
    over(web, url, "cancelled")


def test_an_upload_expires_by_the_clock(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    url, complete = new_upload(web), new_upload(web)
    put(web, complete, None, FILE)
    put_part(web, url, 0, BLOCK)
    emulator.clock.advance(seconds=14_399)
    assert progress(put_part(web, url, BLOCK, 2 * BLOCK)) == 2 * BLOCK
    emulator.clock.advance(seconds=1)
    assert content(emulator, url) is None
    over(web, url, "expired")
    assert api_refusal(uploads_cancel(core, CancelUploadRequest(id_of(url)))) == (404, "upload not found")
    assert stored(web, complete) == ONE_FOR_ALL
    assert put(web, complete, "*/*").status_code == 200


def test_the_file_of_a_media_is_deleted_with_it(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    put(web, url, None, FILE)
    media_delete(core, DeleteMediaRequest(id_of(url))).unwrap()
    assert content(emulator, url) is None
    assert put(web, url, "*/*").status_code == 200


def test_a_file_holds_what_its_seed_says(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    seeded = SeedUpload(content=Content(duration=60, height=720, fails=False), access_policy="private")
    failing = SeedUpload(content=Content(fails=True))
    good, bad = emulator.seed(Seed(uploads=[seeded, failing])).upload_ids
    for upload in uploads_list(core).unwrap().data:
        put(web, str(upload.url), None, FILE)
    emulator.clock.advance(seconds=1)
    media = read_media(core, good)
    assert (media.duration, media.source_resolution) == (60, "720p")
    assert [playback_id.access_policy for playback_id in media.playback_ids or ()] == ["private"]
    assert read_media(core, bad).status == "Failed"


def test_the_settings_of_an_upload_are_those_of_its_media(
    core: FastpixCore, emulator: Emulator, web: httpx.Client
) -> None:
    subtitle = {
        "type": "subtitle",
        "url": "https://example.com/a.vtt",
        "languageName": "German",
        "languageCode": "de-DE",
    }
    inputs = {"subtitles": {"languageName": "English"}, "inputs": [{"type": "video"}, subtitle]}
    url = new_upload(web, settings={**inputs, "startTime": 2, "endTime": 5})
    put(web, url, None, FILE)
    emulator.clock.advance(seconds=1)
    media = read_media(core, id_of(url))
    assert media.duration == 3
    assert [track.type for track in media.tracks or ()] == ["video", "audio", "subtitle", "subtitle"]
    assert len(media.generated_subtitles or ()) == 1


def test_what_has_no_file_expires_without_a_trace(emulator: Emulator) -> None:
    due = msgspec.Raw(b'{"step":"expire upload","subject":"a"}')
    emulator.import_state(State(FORMAT, [Row("Due", "expire upload/a", "", 1.0, due)]))
    assert emulator.uploads() == []


def test_uploads_are_told_newest_first(emulator: Emulator, web: httpx.Client) -> None:
    urls = [new_upload(web) for _ in range(3)]
    put_part(web, urls[1], 0, BLOCK, "*")
    assert emulator.uploads() == [
        ReceivedUpload(id_of(urls[2]), "waiting", 0, None, None),
        ReceivedUpload(id_of(urls[1]), "waiting", BLOCK, None, None),
        ReceivedUpload(id_of(urls[0]), "waiting", 0, None, None),
    ]


def test_what_is_no_upload_has_no_file(emulator: Emulator, web: httpx.Client) -> None:
    url = new_upload(web)
    assert emulator.file_of(id_of(url)) is None
    put(web, url, None, FILE)
    assert emulator.file_of("../../etc/passwd") is None
    assert emulator.file_of(NOWHERE) is None
