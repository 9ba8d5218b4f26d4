"""A page of README uploads a file with FastPix's uploader for browsers, in Chromium. README's server starts the upload."""

import re
import sys
from collections.abc import Iterator
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import pytest
import uvicorn
from fastapi.responses import FileResponse, HTMLResponse
from playwright.sync_api import Page

from fastpix.emulator import Emulator
from fastpix.emulator.server import listen
from tests.wheel import ROOT

README = (ROOT / "README.md").read_text()
(PAGE,) = re.findall(r"^```html\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
(SERVER,) = (
    text for text in re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL) if "for_browser" in text
)
SITE_OF_README = "https://example.com"
UPLOADER = Path(sys.prefix) / "node_modules" / "@fastpix" / "resumable-uploads" / "dist" / "uploads.mjs"
FILE = Random(3).randbytes(20 * 1024 * 1024)
"""The uploader sends it in two parts."""
ARRIVED = [("complete", sha256(FILE).hexdigest())]


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.mp4"
    path.write_bytes(FILE)
    return path


@pytest.fixture
def site(
    request: pytest.FixtureRequest, server_url: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The URL of a site with README's page and server. The site that may upload is this one, or that of a parameter."""
    monkeypatch.setenv("FASTPIX_SERVER_URL", server_url)
    monkeypatch.setenv("FASTPIX_USERNAME", emulator.username)
    monkeypatch.setenv("FASTPIX_PASSWORD", emulator.password)
    with listen() as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        names: dict[str, Any] = {}
        exec(SERVER.replace(SITE_OF_README, getattr(request, "param", url)), names)
        names["app"].get("/")(lambda: HTMLResponse(PAGE))
        names["app"].get("/uploads.mjs")(lambda: FileResponse(UPLOADER))
        running = uvicorn.Server(uvicorn.Config(names["app"], log_config=None))
        thread = Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield url
        running.should_exit = True
        thread.join()


def arrived(emulator: Emulator) -> list[tuple[str, str | None]]:
    return [(each.status, each.sha256) for each in emulator.uploads()]


def test_a_file_arrives(page: Page, site: str, talk: Path, emulator: Emulator) -> None:
    page.goto(site)
    with page.expect_console_message(lambda message: message.text == "done"):
        page.set_input_files("#file", talk)
    assert arrived(emulator) == ARRIVED


def test_a_file_arrives_after_faults(page: Page, site: str, talk: Path, emulator: Emulator) -> None:
    page.goto(site)
    emulator.fail("upload", [*repeat(200, 2), 503, "lost"])  # the second part fails twice
    with page.expect_console_message(lambda message: message.text == "done"):
        page.set_input_files("#file", talk)
    assert emulator.planned_faults() == []
    assert arrived(emulator) == ARRIVED


@pytest.mark.parametrize("site", [SITE_OF_README], indirect=True)
def test_a_page_of_another_site_gets_an_error(page: Page, site: str, talk: Path, emulator: Emulator) -> None:
    page.goto(site)
    with page.expect_console_message(lambda message: "has been blocked by CORS policy" in message.text):
        page.set_input_files("#file", talk)
    assert arrived(emulator) == [("waiting", None)]
