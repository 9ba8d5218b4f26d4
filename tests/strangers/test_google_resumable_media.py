"""google-resumable-media, Google's own client of its storage, as a client of the URLs that the local FastPix gives."""

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from itertools import repeat
from random import Random
from typing import Any, TypeAlias

import pytest
import requests
from google.resumable_media.requests import ResumableUpload

from fastpix import FastpixCore, RequestOptions, Retries
from fastpix.emulator import Emulator, Outcome
from fastpix.errors import ConnectionFailedError
from fastpix.uploads import UploadSession, send, start, status
from fastpix.uploads.wire import QUANTUM

PARTS = 5
"""The number of whole parts. The rest is one more."""
FILE = Random(1).randbytes(PARTS * QUANTUM + 777)
START = {"x-goog-resumable": "start"}
COMPLETE = [("complete", sha256(FILE).hexdigest())]
ONCE = RequestOptions(retries=Retries(attempts=1))


class Opened:
    """Sends the library's requests, except the POST that would open a URL. It answers this one, as the URL is open."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()

    def request(self, method: str, url: str, **settings: Any) -> requests.Response:
        if method != "POST":
            return self._session.request(method, url, **settings)
        response = requests.Response()
        response.status_code = 201
        response.headers["location"] = self._url
        return response


Transport: TypeAlias = Opened | requests.Session


@pytest.fixture
def core(server_url: str, emulator: Emulator) -> Iterator[FastpixCore]:
    with FastpixCore(username=emulator.username, password=emulator.password, server_url=server_url) as core:
        yield core


def begun(session: UploadSession) -> tuple[ResumableUpload, Transport]:
    """Return an upload of the file to a session, and what sends its requests."""
    transport = Opened(session.url) if session.is_open else requests.Session()
    upload = ResumableUpload(session.url, QUANTUM, headers={} if session.is_open else START)
    upload.initiate(transport, BytesIO(FILE), {}, "video/mp4")
    return upload, transport


def finish(upload: ResumableUpload, transport: Transport) -> int:
    """Send the rest of the file. Return the number of parts that this took."""
    parts = 0
    while not upload.finished:
        upload.transmit_next_chunk(transport)
        parts += 1
    return parts


def arrived(emulator: Emulator) -> list[tuple[str, str | None]]:
    return [(each.status, each.sha256) for each in emulator.uploads()]


@pytest.mark.parametrize("for_browser", [True, False], ids=["a url that it opens", "an open session"])
def test_google_uploads_a_file_to(core: FastpixCore, emulator: Emulator, for_browser: bool) -> None:
    session = start(core, for_browser=for_browser).unwrap()
    assert session.is_open is not for_browser
    assert finish(*begun(session)) == PARTS + 1
    assert arrived(emulator) == COMPLETE


def test_google_goes_on_where_our_client_stopped(core: FastpixCore, emulator: Emulator) -> None:
    session = start(core).unwrap()
    emulator.fail("upload", [*repeat(200, 3), "reset"])  # the question what has arrived, and two parts
    stopped = send(core, session, FILE, part_size=QUANTUM, options=ONCE).failure()
    assert isinstance(stopped, ConnectionFailedError)
    upload, transport = begun(session)
    upload.recover(transport)
    assert upload.bytes_uploaded == 2 * QUANTUM
    assert finish(upload, transport) == PARTS - 1
    assert arrived(emulator) == COMPLETE


def test_our_client_goes_on_where_google_stopped(core: FastpixCore, emulator: Emulator) -> None:
    session = start(core).unwrap()
    upload, transport = begun(session)
    upload.transmit_next_chunk(transport)
    assert status(core, session).unwrap().received == QUANTUM
    assert send(core, session, FILE).unwrap().size == len(FILE)
    assert arrived(emulator) == COMPLETE


@pytest.mark.parametrize(
    ("outcome", "part"),
    [(503, 1), ("reset", 1), ("lost", 1), ("lost", PARTS)],
    ids=["503", "reset", "lost", "lost last"],
)
def test_google_survives(core: FastpixCore, emulator: Emulator, outcome: Outcome, part: int) -> None:
    session = start(core).unwrap()
    emulator.fail("upload", [*repeat(200, part), outcome])
    finish(*begun(session))
    assert emulator.planned_faults() == []
    assert arrived(emulator) == COMPLETE
