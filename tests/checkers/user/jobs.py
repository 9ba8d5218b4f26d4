"""Journals, executors and jobs."""

from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ProcessPoolExecutor
from typing import assert_type

from fastpix import AsyncFastpixCore, FastpixCore, Reply, many
from fastpix.api.common import Data
from fastpix.api.media import CreatedMedia, CreateMediaRequest, Media, media_create, media_list
from fastpix.api.uploads import PushMediaSettings
from fastpix.jobs import Report, delete_media, import_media, label_media, upload_once
from fastpix.jobs.bar import JobBar
from fastpix.journal import Begun, Done, Go, InDoubt, SqliteJournal, once
from fastpix.uploads import Uploaded

journal = SqliteJournal("jobs.db")
create = once(media_create, journal=journal, key="row", among=media_list)


class MyJournal:
    def begin(self, key: str) -> Begun:
        return Go(1)

    def finish(self, key: str, attempt: int, value: bytes | None) -> None: ...


class NoJournal:
    def begin(self, key: str) -> bool:
        return True


def label(media: Media) -> dict[str, str | None] | None:
    return {"title": media.title}


def sync_jobs(core: FastpixCore, request: CreateMediaRequest) -> None:
    assert_type(create(core, request), Reply[Data[CreatedMedia]])
    assert_type(
        many(create, executor=ProcessPoolExecutor())(core, [request]),
        Generator[tuple[CreateMediaRequest, Reply[Data[CreatedMedia]]]],
    )
    assert_type(
        once(media_create, journal=MyJournal(), key=lambda request: "a")(core, request), Reply[Data[CreatedMedia]]
    )
    assert_type(upload_once(PushMediaSettings("public"), journal=journal, state_folder=".")(core, "a"), Reply[Uploaded])
    with JobBar("import") as bar:
        assert_type(import_media(core, "a.csv", journal=journal, on_progress=bar.show), Report)
    assert_type(import_media(core, ["https://example.com/a.mp4", request], journal=journal, dry_run=True), Report)
    assert_type(delete_media(core, ["a"], report_file="a.csv"), Report)
    assert_type(label_media(core, label), Report)
    once(media_create, journal=NoJournal(), key="row")  # error
    once(media_create, journal=journal, key=7)  # error
    create(core, "row")  # error
    import_media(core, "a.csv")  # error
    import_media(core, "a.csv", journal=journal, dry=True)  # error: mypy pyright pyrefly


async def async_jobs(core: AsyncFastpixCore, request: CreateMediaRequest) -> None:
    assert_type(await create(core, request), Reply[Data[CreatedMedia]])
    assert_type(many(create)(core, [request]), AsyncGenerator[tuple[CreateMediaRequest, Reply[Data[CreatedMedia]]]])
    assert_type(await import_media(core, "a.csv", journal=journal), Report)
    assert_type(await delete_media(core, ["a"]), Report)
    assert_type(await label_media(core, label), Report)


def is_exhaustive(begun: Begun) -> int:
    match begun:
        case Go(attempt):
            return attempt
        case Done(value):
            return len(value)
        case InDoubt(attempt, age):
            return attempt + int(age)
