"""The files of the Studio. Nothing is fetched from elsewhere."""

from pathlib import Path

import httpx

from fastpix.emulator.http.wire import RefusedError

__all__ = ["is_studio", "studio_file"]

FOLDER = Path(__file__).parent
PAGE = "/"
ASSETS = "/_studio/"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
POLICY = "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; worker-src blob:; frame-ancestors 'none'"
"""What the page may load: files of the local FastPix, and what hls.js makes of them."""


def is_studio(path: str) -> bool:
    """Return whether a path is that of the Studio, or of one of its files."""
    return path == PAGE or path.startswith(ASSETS)


def studio_file(path: str) -> httpx.Response:
    """Return the page, or one of its files.

    Raises:
        RefusedError: There is no such file (404).
    """
    name = "studio.html" if path == PAGE else path.removeprefix(ASSETS)
    file = next((path for path in FOLDER.iterdir() if path.name == name and path.suffix in TYPES), None)
    if file is None:
        raise RefusedError(404, "not found")
    headers = {
        "content-type": f"{TYPES[file.suffix]}; charset=utf-8",
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
    }
    return httpx.Response(200, headers=headers, content=file.read_bytes())
