"""Our client sends files to gcp-storage-emulator, a storage that other people have written.

The local FastPix names a session there as the URL of an upload. This storage lacks some of the protocol, which is not
tested here. It says that a fresh session has one byte, so only `upload` can begin there, as it need not ask. It refuses
bytes that it has already, and it forgets a session that is over. It names no checksums in ``x-goog-hash``.
"""

import socket
from collections.abc import AsyncIterator, Iterator
from random import Random

import httpx
import pytest
from gcp_storage_emulator.server import create_server

from fastpix import AsyncFastpixCore, FastpixCore
from fastpix.api.uploads import uploads_create
from fastpix.emulator import Emulator, Fault
from fastpix.errors import UploadFailedError
from fastpix.uploads import UploadSession, send, status, upload
from fastpix.uploads.wire import QUANTUM

FILE = Random(2).randbytes(5 * QUANTUM + 777)


@pytest.fixture
def storage() -> Iterator[str]:
    """The URL of the storage, which is empty."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    server = create_server("127.0.0.1", port, in_memory=True, default_bucket="videos")
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def session(storage: str, emulator: Emulator) -> UploadSession:
    """A fresh session of the storage. The local FastPix names it as the URL of the next upload."""
    opened = httpx.post(f"{storage}/upload/storage/v1/b/videos/o?uploadType=resumable&name=talk.mp4")
    emulator.fail(uploads_create, [Fault(fields={"data.url": opened.headers["location"]})])
    return UploadSession("1", opened.headers["location"])


@pytest.fixture
def core(server_url: str, emulator: Emulator) -> Iterator[FastpixCore]:
    with FastpixCore(username=emulator.username, password=emulator.password, server_url=server_url) as core:
        yield core


@pytest.fixture
async def async_core(server_url: str, emulator: Emulator) -> AsyncIterator[AsyncFastpixCore]:
    username, password = emulator.username, emulator.password
    async with AsyncFastpixCore(username=username, password=password, server_url=server_url) as core:
        yield core


def stored(storage: str) -> bytes:
    return httpx.get(f"{storage}/download/storage/v1/b/videos/o/talk.mp4?alt=media").content


def broken() -> Iterator[bytes]:
    """Yield three parts of the file. The last of them is not sent, as more would have to follow."""
    yield FILE[: 3 * QUANTUM]
    raise OSError("the disk is gone")


@pytest.mark.usefixtures("session")
def test_a_file_arrives(core: FastpixCore, storage: str) -> None:
    uploaded = upload(core, FILE, part_size=QUANTUM).unwrap()
    assert (uploaded.size, uploaded.verified) == (len(FILE), ())
    assert stored(storage) == FILE


@pytest.mark.anyio
@pytest.mark.usefixtures("session")
async def test_a_file_arrives_from_an_async_core(async_core: AsyncFastpixCore, storage: str) -> None:
    assert (await upload(async_core, FILE, part_size=QUANTUM)).unwrap().size == len(FILE)
    assert stored(storage) == FILE


def test_an_upload_that_stopped_goes_on(core: FastpixCore, storage: str, session: UploadSession) -> None:
    assert isinstance(upload(core, broken(), part_size=QUANTUM).failure(), UploadFailedError)
    assert status(core, session).unwrap().received == 2 * QUANTUM
    assert send(core, session, FILE, part_size=2 * QUANTUM).unwrap().size == len(FILE)
    assert stored(storage) == FILE


@pytest.mark.anyio
async def test_an_upload_of_an_async_core_that_stopped_goes_on(
    async_core: AsyncFastpixCore, storage: str, session: UploadSession
) -> None:
    assert isinstance((await upload(async_core, broken(), part_size=QUANTUM)).failure(), UploadFailedError)
    assert (await status(async_core, session)).unwrap().received == 2 * QUANTUM
    assert (await send(async_core, session, FILE, part_size=2 * QUANTUM)).unwrap().size == len(FILE)
    assert stored(storage) == FILE
