"""Uploads: with both kinds of cores, as methods, and many at the same time."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import assert_type

from fastpix import AsyncFastpix, AsyncFastpixCore, Fastpix, FastpixCore, Reply, many
from fastpix.api.uploads import PushMediaSettings
from fastpix.uploads import Uploaded, UploadProgress, UploadSession, UploadStatus, send, start, status, upload


async def chunks() -> AsyncIterator[bytes]:
    yield b"a"


def show(progress: UploadProgress) -> None:
    print(progress.sent)


def blocking(core: FastpixCore, path: Path) -> Reply[str]:
    settings = PushMediaSettings(access_policy="public")
    assert_type(upload(core, path), Reply[Uploaded])
    assert_type(upload(core, BytesIO(b"a"), settings, part_size=2**20, on_progress=show), Reply[Uploaded])
    assert_type(start(core, for_browser=True), Reply[UploadSession])
    upload(core, 7)  # error
    upload(core, path, part_size="a")  # error
    upload(core, path, nonsense=1)  # error: mypy pyright pyrefly
    upload(core)  # error
    for _, result in many(upload)(core, [path, b"a"]):
        assert_type(result, Reply[Uploaded])
    return start(core).bind(lambda session: send(core, session, path)).map(lambda uploaded: uploaded.upload_id)


async def awaited(core: AsyncFastpixCore, session: UploadSession) -> None:
    assert_type(await upload(core, chunks()), Reply[Uploaded])
    assert_type(await status(core, session), Reply[UploadStatus])
    async for _, result in many(upload)(core, [b"a"]):
        assert_type(result, Reply[Uploaded])


def methods(fastpix: Fastpix) -> None:
    assert_type(fastpix.uploads.upload("talk.mp4", ready_within=60), Uploaded)
    assert_type(fastpix.uploads.start().url, str)
    fastpix.uploads.upload("talk.mp4", nonsense=1)  # error: mypy pyright pyrefly


async def async_methods(fastpix: AsyncFastpix) -> None:
    assert_type(await fastpix.uploads.upload("talk.mp4"), Uploaded)
