"""The log records of calls."""

import logging
import subprocess
import sys

import pytest

from fastpix import FastpixCore, RequestOptions, Retries
from fastpix.api.live_streams import GetLiveStreamRequest, live_streams_get
from tests.servers import Scripted, answer

QUICK = RequestOptions(retries=Retries(base=0.001))


def test_the_log_has_a_line_for_each_attempt(scripted: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    scripted.script(answer(b"", 503), answer(b"", 404))
    core = FastpixCore(username="a", password="b", server_url=scripted.url)
    with caplog.at_level(logging.DEBUG, logger="fastpix"):
        live_streams_get(core, GetLiveStreamRequest("id"), QUICK)
    first, second = [record.getMessage() for record in caplog.records if record.name == "fastpix"]
    template = "live_streams_get GET /live/streams/{streamId}"
    assert first.startswith(f"{template} -> 503 attempt=1 wait=0.")
    assert second.startswith(f"{template} -> 404 attempt=2 wait=None elapsed=0.")


def test_the_log_is_silent_until_it_is_configured() -> None:
    program = (
        "from fastpix import FastpixCore\n"
        "from fastpix.api.live_streams import live_streams_list\n"
        "print(live_streams_list(FastpixCore(username='a', password='b', server_url='http://127.0.0.1:9')))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert "the connection to 127.0.0.1:9 failed" in done.stdout
    assert done.stderr == ""
