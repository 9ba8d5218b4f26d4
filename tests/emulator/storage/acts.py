"""What the tests of uploaded files do first."""

from collections.abc import Mapping
from random import Random

import httpx

BLOCK = 256 * 1024
FILE = Random(1).randbytes(3 * BLOCK + 1000)
"""A file of three blocks and a bit."""


def new_upload(web: httpx.Client, cors_origin: str = "*", settings: Mapping[str, object] = {}) -> str:
    """Create an upload, and return its URL."""
    return created(web, cors_origin, {}, settings)


def new_browser_upload(web: httpx.Client, cors_origin: str = "*") -> str:
    """Create an upload for a browser, and return the URL that opens sessions."""
    return created(web, cors_origin, {"x-client-type": "web-browser"}, {})


def created(web: httpx.Client, cors_origin: str, headers: dict[str, str], settings: Mapping[str, object]) -> str:
    body = {"corsOrigin": cors_origin, "pushMediaSettings": {"accessPolicy": "public", **settings}}
    answered = web.post("/v1/on-demand/upload", json=body, headers=headers)
    url: str = answered.json()["data"]["url"]
    return url


def id_of(url: str) -> str:
    return httpx.URL(url).path.rpartition("/")[2]


def put(
    web: httpx.Client, url: str, range: str | None, content: bytes = b"", headers: Mapping[str, str] = {}
) -> httpx.Response:
    """Send a PUT whose ``Content-Range`` is ``bytes {range}``."""
    given = {} if range is None else {"content-range": f"bytes {range}"}
    return web.put(url, content=content, headers={**given, **headers})


def put_part(web: httpx.Client, url: str, first: int, end: int, total: int | str = len(FILE)) -> httpx.Response:
    """Send a part of the file."""
    return put(web, url, f"{first}-{end - 1}/{total}", FILE[first:end])


def progress(response: httpx.Response) -> int:
    """Return the number of bytes that a 308 says have arrived."""
    assert (response.status_code, response.content) == (308, b"")
    return int(response.headers.get("range", "bytes=0--1").removeprefix("bytes=0-")) + 1


def arrived(web: httpx.Client, url: str) -> int:
    """Ask how much has arrived."""
    return progress(put(web, url, "*/*"))


def refusal(response: httpx.Response) -> tuple[int, str]:
    """Return the status and the code of a refusal, which does not tell the URL."""
    assert response.headers["content-type"] == "application/xml; charset=UTF-8"
    found = response.text
    assert found.startswith("<?xml version='1.0' encoding='UTF-8'?><Error><Code>")
    assert "/_uploads/" not in found
    return response.status_code, found.partition("<Code>")[2].partition("</Code>")[0]


def stored(web: httpx.Client, url: str) -> dict[str, object]:
    """Return what the control surface says of an upload."""
    (found,) = [one for one in web.get("/_emulator/uploads").json() if one["uploadId"] == id_of(url)]
    return {name: value for name, value in found.items() if name != "uploadId"}
