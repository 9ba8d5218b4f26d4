"""The costs of a short process, as a serverless function: time to the first response, imports, memory and size."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from re import match
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks.measure import Row, child, paired, report, serving

FASTPIX = """
from fastpix import FastpixCore, Success
from fastpix.api.live_streams import live_streams_list
match live_streams_list(FastpixCore(username="a", password="b")):
    case Success(page):
        assert len(page.data) == 10
    case error:
        raise SystemExit(str(error))
"""
JSON = """
import os, httpx
with httpx.Client(auth=("a", "b")) as client:
    response = client.get(os.environ["FASTPIX_SERVER_URL"] + "/live/streams")
    response.raise_for_status()
    assert len(response.json()["data"]) == 10
"""
MSGSPEC = """
import os, httpx, msgspec
from returns.result import Failure, Result, Success
class PlaybackId(msgspec.Struct, rename="camel"):
    id: str
    access_policy: str
class Stream(msgspec.Struct, rename="camel"):
    stream_id: str
    stream_key: str
    status: str
    created_at: str
    playback_ids: list[PlaybackId]
    metadata: dict[str, str] | None = None
class Pagination(msgspec.Struct, rename="camel"):
    total_records: int
    current_offset: int
    offset_count: int
class Page(msgspec.Struct):
    success: bool
    data: list[Stream]
    pagination: Pagination
def list_streams(client: httpx.Client) -> Result[Page, Exception]:
    try:
        response = client.get(os.environ["FASTPIX_SERVER_URL"] + "/live/streams")
        response.raise_for_status()
        return Success(msgspec.json.decode(response.content, type=Page))
    except Exception as error:
        return Failure(error)
with httpx.Client(auth=("a", "b")) as client:
    assert len(list_streams(client).unwrap().data) == 10
"""
OFFICIAL = """
import os
from fastpix_python import Fastpix, models
with Fastpix(models.Security(username="a", password="b"), server_url=os.environ["FASTPIX_SERVER_URL"]) as fastpix:
    assert len(fastpix.manage_live_stream.get_all_streams().data) == 10
"""
IMPORT = """
import time
started = time.process_time()
import {}
print(time.process_time() - started)
"""
TWO_CORES = """
import time
from fastpix import FastpixCore
import fastpix.api.live_streams
for _ in range(2):
    started = time.process_time()
    core = FastpixCore(username="a", password="b")
    print(time.process_time() - started)
"""


def rows() -> Iterator[Row]:
    with serving() as url:
        at = {"FASTPIX_SERVER_URL": url}
        yield _cold("cold start over http, to official", OFFICIAL, 0.45, at)
        yield _cold("cold start over http, to httpx + json by hand", JSON, 1.05, at)
        yield _cold("cold start over http, to httpx + msgspec + returns by hand", MSGSPEC, 0.90, at)
        peaks = paired(lambda: child(FASTPIX, at).peak, lambda: child(OFFICIAL, at).peak, 5)
        yield peaks.row("peak memory of the cold start, to official", 0.72, "MB", 1e-6)
    with TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "tests.benchmarks.certificates", folder], check=True)
        with serving(f"{folder}/server.pem") as url:
            at = {"FASTPIX_SERVER_URL": url, "SSL_CERT_FILE": f"{folder}/bundle.pem"}
            yield _cold("cold start over https, to official", OFFICIAL, 0.50, at)
            yield _cold("cold start over https, to httpx + msgspec + returns by hand", MSGSPEC, 1.03, at)
    resource = paired(_importing("fastpix.api.live_streams"), _importing("httpx, msgspec, returns.result"))
    yield resource.row("import one resource, to import httpx, msgspec, returns.result (CPU)", 1.10, "ms", 1e3)
    for name in ("fastpix", "fastpix.errors"):
        alone = paired(_importing(name), _importing("httpx"))
        yield alone.row(f"import {name} alone, to import httpx (CPU)", 0.40, "ms", 1e3)
    cores = [[float(line) for line in child(TWO_CORES).printed.split()] for _ in range(11)]
    first, second = (median(times) * 1e3 for times in zip(*cores, strict=True))
    ratio = median(later / earlier for earlier, later in cores)
    yield Row("a second core, to the first (CPU)", second, first, "ms", ratio, 0.05)
    ours, theirs = _installed("fastpix"), _installed("fastpix-python")
    yield Row("installed with all it needs, to official", ours / 1e6, theirs / 1e6, "MB", ours / theirs, 0.42)


def _cold(figure: str, theirs: str, goal: float, environment: dict[str, str]) -> Row:
    def measured(program: str) -> Callable[[], float]:
        return lambda: child(program, environment).seconds

    return paired(measured(FASTPIX), measured(theirs)).row(figure, goal, "ms", 1e3)


def _importing(names: str) -> Callable[[], float]:
    return lambda: float(child(IMPORT.format(names)).printed)


def _installed(name: str) -> int:
    """Return the bytes of a distribution and its requirements, with the bytecode compiled at installation."""
    found: dict[str, int] = {}
    _add_size(name, found)
    return sum(found.values())


def _add_size(name: str, found: dict[str, int]) -> None:
    try:
        installed = distribution(name)
    except PackageNotFoundError:  # a requirement for another platform or Python version
        return
    key = installed.metadata["Name"].lower()
    if key in found:
        return
    paths = [Path(str(installed.locate_file(file))) for file in installed.files or []]
    found[key] = sum(path.stat().st_size for path in paths if path.exists())
    for requirement in installed.requires or []:
        if "extra ==" not in requirement:
            _add_size((match(r"[\w.-]+", requirement) or [""])[0], found)


if __name__ == "__main__":
    report(rows())
