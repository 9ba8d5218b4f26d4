"""The files of the Studio: nothing in them is fetched from elsewhere."""

import re
from pathlib import Path

import httpx
import pytest

import fastpix.emulator.studio
from fastpix.emulator import Emulator

FOLDER = Path(fastpix.emulator.studio.__file__).parent
OWN = sorted(path.name for path in FOLDER.iterdir() if path.suffix in (".html", ".css", ".js"))


@pytest.fixture
def web(emulator: Emulator) -> httpx.Client:
    return httpx.Client(transport=emulator.transport(), base_url="http://127.0.0.1")


def test_the_page_is_at_the_root(web: httpx.Client) -> None:
    answered = web.get("/")
    assert (answered.status_code, answered.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answered.text == (FOLDER / "studio.html").read_text()
    assert "default-src 'self'" in answered.headers["content-security-policy"]


@pytest.mark.parametrize("name", OWN)
def test_the_page_gets_its_files(web: httpx.Client, name: str) -> None:
    answered = web.get(f"/_studio/{name}")
    assert answered.status_code == 200
    assert answered.content == (FOLDER / name).read_bytes()


def test_the_page_names_only_its_own_files() -> None:
    html = (FOLDER / "studio.html").read_text()
    named = re.findall(r'(?:src|href)="([^"#][^"]*)"', html)
    assert {name for name in named if not name.startswith("data:")} == {
        f"/_studio/{name}" for name in OWN if name != "studio.html"
    }
    for name in ("studio.html", "studio.css", "studio.js"):
        addresses = re.findall(r"(?:https?:)?//\w[\w.-]*\.\w+", (FOLDER / name).read_text())
        assert {address for address in addresses if "www.w3.org" not in address} == set()


@pytest.mark.parametrize(
    "path",
    [
        "/_studio/", "/_studio/nothing.js", "/_studio/snapshot.py", "/_studio/hls.js.LICENSE",
        "/_studio/../snapshot.py", "/_studio/..%2Ffiles.py", "/_studio/%2Fetc%2Fpasswd", "/_studio/a\udc00.js", f"/_studio/{'a' * 300}.js",
    ],
)  # fmt: skip
def test_there_are_no_other_files(web: httpx.Client, path: str) -> None:
    assert web.get(path.encode(errors="replace").decode()).status_code == 404


def test_hls_js_comes_with_its_license() -> None:
    license = (FOLDER / "hls.js.LICENSE").read_text()
    assert "Apache License, Version 2.0" in license
    assert "Dailymotion" in license
