"""Objects of the library can be printed on terminals without Unicode."""

import subprocess
import sys

import pytest

PROGRAM = """
import httpx
from fastpix import AsyncFastpix, Deviation, Fastpix, FastpixCore, Hooks, RequestOptions, with_response
from fastpix.api.live_streams import CreateLiveStreamRequest, InputMediaSettings, PlaybackSettings, live_streams_create
from fastpix.api.live_streams import live_streams_list

PAGE = '{"data":[{"streamId":"s","streamKey":"k","metadata":{"title":"Caf\\u00e9 \\u65e5\\u672c \\\\ud83d"}}],"pagination":null}'
answers = iter([
    httpx.Response(200, content=PAGE.encode()),
    httpx.Response(200, content=PAGE.encode()),
    httpx.Response(404, json={"error": {"message": "Pas trouv\\u00e9 \\u65e5\\u672c", "fields": [{"field": "\\u00e9"}]}}),
    httpx.Response(200, content='{"\\u00e9\\u65e5":'.encode()),
    httpx.Response(200, content=b"\\xff" * 1000),
])
core = FastpixCore(username="\\u00e9", password="\\u65e5", transport=httpx.MockTransport(lambda _: next(answers)))
page = live_streams_list(core).unwrap()
print(core, Fastpix(username="\\u00e9"), AsyncFastpix(username="\\u00e9"), page, page.data[0], with_response(live_streams_list)(core))
for _ in range(3):
    error = live_streams_list(core).failure()
    print(error, repr(error), getattr(error, "excerpt", ""))
request = CreateLiveStreamRequest(PlaybackSettings("public"), InputMediaSettings(metadata={"\\u00e9": "\\u65e5"}))
print(request, RequestOptions(headers={"x": "\\u00e9"}), live_streams_create(core, request, RequestOptions(headers={"x": "\\u00e9"})))
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp850", "utf-8"])
def test_it_prints(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, timeout=60)
    assert rb"Caf\xe9 \u65e5\u672c" in done.stdout
    assert rb"Pas trouv\xe9" in done.stdout
