"""Whatever a client sends, what is stored is the beginning of its file."""

from contextlib import closing
from hashlib import sha256

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from fastpix.emulator import Emulator
from tests.emulator.storage.acts import BLOCK, FILE, id_of, new_upload, put
from tests.lengths import length

SIZE = len(FILE)
OFFSETS = st.sampled_from([0, 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK, SIZE]) | st.integers(0, SIZE)
TOTALS = st.sampled_from([SIZE, SIZE, "*", SIZE - 1, SIZE + 1, BLOCK])
OUTCOMES = st.sampled_from(["200", "200", "200", "503", "reset", "lost"])
REQUESTS = st.lists(st.tuples(OFFSETS, OFFSETS, TOTALS, OUTCOMES, st.booleans()), max_size=8)


@settings(max_examples=length(short=40, whole=200, long=2000))
@given(REQUESTS)
def test_what_is_stored_is_the_beginning_of_the_file(requests: list[tuple[int, int, int | str, str, bool]]) -> None:
    with closing(Emulator()) as emulator:
        auth = (emulator.username, emulator.password)
        web = httpx.Client(transport=emulator.transport(), base_url="https://api.fastpix.com", auth=auth)
        url = new_upload(web)
        for one, other, total, outcome, is_short in requests:
            first, end = sorted((one, other))
            content = FILE[first : end - 1 if is_short else end]
            sent = web.build_request("PUT", url, content=content, headers={"x-fastpix-fault": outcome})
            sent.headers["content-range"] = f"bytes {first}-{end - 1}/{total}" if first < end else f"bytes */{total}"
            sent.headers["content-length"] = str(end - first)  # the body can be shorter
            check(emulator, web, url, sent)


def check(emulator: Emulator, web: httpx.Client, url: str, sent: httpx.Request) -> None:
    """Send a request, and check what is stored afterwards."""
    try:
        status = web.send(sent).status_code
    except httpx.TransportError:
        status = 0
    (upload,) = emulator.uploads()
    path = emulator.file_of(id_of(url))
    on_disk = path.read_bytes() if path else b""
    asked = put(web, url, "*/*")
    if upload.status == "complete":
        assert (upload.sha256, upload.received) == (sha256(on_disk).hexdigest(), len(on_disk))
        assert (asked.status_code, upload.size) == (200, len(on_disk))
        assert FILE.startswith(on_disk)
    else:
        assert status != 200
        assert upload.received % BLOCK == 0
        assert on_disk[: upload.received] == FILE[: upload.received]
        assert asked.headers.get("range", "bytes=0--1") == f"bytes=0-{upload.received - 1}"
