"""Jobs: media are imported, labelled and deleted, each once, with a report of what failed."""

import csv
import inspect
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any, cast

import httpx
import msgspec
import pytest

from fastpix import AsyncFastpixCore, FastpixCore, Progress, each
from fastpix.api.media import CreateMediaRequest, Media, SubtitleInput, VideoInput, media_create, media_list
from fastpix.emulator import Emulator, Seed, SeedMedia
from fastpix.errors import ConfigurationError, NotFoundError, RequestValidationError, UnauthorizedError
from fastpix.jobs import FailedItem, Report, delete_media, import_media, label_media
from fastpix.jobs.rows import KEY, key_of
from fastpix.journal import SqliteJournal
from tests.emulator.acts import core_on
from tests.test_executors import Pickling

URLS = [f"https://example.com/{number}.mp4" for number in range(5)]


@pytest.fixture
def journal(tmp_path: Path) -> SqliteJournal:
    return SqliteJournal(tmp_path / "jobs.db")


def library(emulator: Emulator) -> list[Media]:
    return [result.unwrap() for result in each(media_list)(core_on(emulator))]


def keys(emulator: Emulator) -> list[str]:
    return sorted(str((media.metadata or {}).get(KEY)) for media in library(emulator))


async def finished(report: Any) -> Report:
    result: Report = await report if inspect.isawaitable(report) else report
    return result


@pytest.fixture(params=["core", "async_core"])
def either(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@pytest.mark.anyio
async def test_urls_are_imported_once(emulator: Emulator, either: Any, journal: SqliteJournal) -> None:
    for _ in range(2):
        report = await finished(import_media(either, [*URLS, " ", f"{URLS[0]}\n"], journal=journal))
        assert report == Report(done=6, failed=0, failures=(), is_complete=True)
    assert keys(emulator) == URLS
    assert {one.playback_ids[0].access_policy for one in library(emulator) if one.playback_ids} == {"private"}


@pytest.mark.anyio
async def test_urls_may_come_from_an_async_generator(
    emulator: Emulator, async_core: AsyncFastpixCore, journal: SqliteJournal
) -> None:
    async def urls() -> AsyncIterator[str]:
        for url in URLS:
            yield url

    report = await import_media(async_core, urls(), journal=journal, access_policy="public")
    assert report.done == 5
    assert keys(emulator) == URLS


def test_a_csv_file_has_a_row_for_each_media(
    emulator: Emulator, core: FastpixCore, journal: SqliteJournal, tmp_path: Path
) -> None:
    path = tmp_path / "library.csv"
    path.write_text(
        "key,url,title,access_policy,metadata.show,metadata.season\n"
        "1,https://example.com/1.mp4,Ünïcödé,public,news,\n"
        '2,https://example.com/2.mp4,"a, b",,,4\n'
        "\n"
        "3,,no url,,,\n"
        "4,https://example.com/4.mp4,too many,public,a,b,c\n"
        "5,https://example.com/5.mp4,wrong policy,secret,,\n",
        encoding="utf-8-sig",
    )
    seen: list[Progress] = []
    report = import_media(core, path, journal=journal, on_progress=seen.append, report_file=tmp_path / "report.csv")
    assert (report.done, report.failed, report.is_complete) == (2, 3, True)
    assert sorted((failure.item, str(failure.error)) for failure in report.failures) == [
        ("5", "media_create: access_policy must be one of 'public', 'private', 'drm', not 'secret'"),
        ("item 3", "url must be the URL of a file, not ''"),
        ("item 4", "row must be a row with a column for each value, not a list of 1 entries"),
    ]
    made = {one.title: (one.metadata, one.playback_ids) for one in library(emulator)}
    assert made["Ünïcödé"][0] == {KEY: "1", "show": "news"}
    assert made["a, b"][0] == {KEY: "2", "season": "4"}
    assert [seen[-1].done, seen[-1].failed, seen[-1].total] == [5, 3, 5]
    with (tmp_path / "report.csv").open(newline="") as file:
        rows = {row["item"]: row for row in csv.DictReader(file)}
    assert rows["1"]["media_id"] in {one.id for one in library(emulator)}
    assert (rows["5"]["error"], rows["5"]["in_doubt"], rows["5"]["media_id"]) == ("RequestValidationError", "no", "")


def test_a_request_has_a_key_of_its_own_or_that_of_its_video(
    emulator: Emulator, core: FastpixCore, journal: SqliteJournal
) -> None:
    long = f"https://example.com/{'a' * 300}.mp4"
    requests = [
        CreateMediaRequest([VideoInput(f"{URLS[0]}?token=secret")], "public", metadata={KEY: "film", "a": "b"}),
        CreateMediaRequest([VideoInput(URLS[1])], "public"),
        CreateMediaRequest([VideoInput(long)], "public"),
        CreateMediaRequest([SubtitleInput("https://example.com/a.vtt", "English", "en-US")], "public"),
    ]
    report = import_media(core, requests, journal=journal)
    assert report.done == 3
    assert keys(emulator)[0:2] == ["film", URLS[1]]
    assert len(keys(emulator)[2]) == 255
    [failure] = report.failures
    assert isinstance(failure.error, RequestValidationError)
    assert failure.error.field == "metadata['import_key']"


def test_anything_else_is_a_failure(core: FastpixCore, journal: SqliteJournal) -> None:
    [failure] = import_media(core, cast("list[str]", [7]), journal=journal).failures
    assert str(failure.error) == "url must be the URL of a file, not 7"


def test_items_that_failed_are_tried_again_and_those_in_doubt_are_found(
    emulator: Emulator, core: FastpixCore, journal: SqliteJournal
) -> None:
    emulator.fail(media_create, [400, 422, "lost", "cut"])
    first = import_media(core, URLS, journal=journal)
    assert (first.done, first.failed) == (3, 2)
    assert import_media(core, URLS, journal=journal).done == 5
    assert keys(emulator) == URLS


@pytest.mark.anyio
async def test_a_dry_run_checks_all_items_and_sends_nothing(
    emulator: Emulator, either: Any, journal: SqliteJournal, tmp_path: Path
) -> None:
    rows: list[Any] = [*URLS, "", CreateMediaRequest([VideoInput(URLS[0])], "public", title="a" * 256)]
    report = await finished(import_media(either, rows, journal=journal, dry_run=True, report_file=tmp_path / "r.csv"))
    assert (report.done, report.failed, report.is_complete) == (5, 1, True)
    assert report.failures[0].item == URLS[0]
    assert "title must be a str with a length of at most 255" in str(report.failures[0].error)
    assert emulator.sent == []
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 7


def test_wrong_credentials_end_a_job(emulator: Emulator, journal: SqliteJournal) -> None:
    core = FastpixCore(username="wrong", password="wrong", transport=emulator.transport())
    report = import_media(core, iter(URLS * 100), journal=journal, concurrency=2)
    assert not report.is_complete
    assert report.failed <= 4
    assert isinstance(report.failures[0].error, UnauthorizedError)


def test_a_job_can_be_stopped_and_goes_on(emulator: Emulator, core: FastpixCore, journal: SqliteJournal) -> None:
    stop = Event()

    def urls() -> Iterator[str]:
        for number, url in enumerate(URLS):
            if number == 2:
                stop.set()
            yield url

    report = import_media(core, urls(), journal=journal, concurrency=1, stop=stop)
    assert not report.is_complete
    assert 2 <= report.done < 5
    assert import_media(core, URLS, journal=journal).done == 5
    assert keys(emulator) == URLS


def test_processes_can_do_a_job(emulator: Emulator, server_url: str, journal: SqliteJournal) -> None:
    core = FastpixCore(username=emulator.username, password=emulator.password, server_url=server_url)
    assert import_media(core, URLS, journal=journal, executor=Pickling()).done == 5
    assert keys(emulator) == URLS


def test_a_report_shows_the_first_failures(core: FastpixCore) -> None:
    report = delete_media(core, [f"bad/{number}" for number in range(150)])
    assert (report.failed, len(report.failures)) == (150, 100)
    assert isinstance(report.failures[0], FailedItem)


@pytest.mark.anyio
async def test_media_are_deleted_and_those_that_are_gone_are_done(emulator: Emulator, either: Any) -> None:
    emulator.seed(Seed(media=[SeedMedia(count=60)]))
    ids = [one.id for one in library(emulator)]
    dry = await finished(delete_media(either, ids, dry_run=True))
    assert (dry.done, len(library(emulator))) == (60, 60)
    for _ in range(2):
        report = await finished(delete_media(either, ids))
        assert report == Report(60, 0, (), True)
    assert library(emulator) == []


def season(media: Media) -> dict[str, str | None] | None:
    return None if media.title == "left alone" else {"season": str(media.title), "old": None}


@pytest.mark.anyio
async def test_labels_are_set_and_removed_and_other_metadata_stays(emulator: Emulator, either: Any) -> None:
    emulator.seed(
        Seed(media=[SeedMedia(title="1", metadata={"a": "b", "old": "c"}), SeedMedia(title="left alone", count=60)])
    )
    assert await finished(label_media(either, season, dry_run=True)) == Report(1, 0, (), True)
    assert await finished(label_media(either, season)) == Report(1, 0, (), True)
    assert await finished(label_media(either, season)) == Report(0, 0, (), True)
    assert [one.metadata for one in library(emulator) if one.title == "1"] == [{"a": "b", "season": "1"}]


def test_only_the_given_media_are_labelled(emulator: Emulator, core: FastpixCore) -> None:
    emulator.seed(Seed(media=[SeedMedia(count=3)]))
    first, *_ = library(emulator)
    assert label_media(core, lambda media: {"new": "yes"}, [first]).done == 1
    assert sum("new" in (one.metadata or {}) for one in library(emulator)) == 1


class Urls:
    """An async iterable that is no generator."""

    async def __aiter__(self) -> AsyncIterator[str]:
        for url in URLS:
            yield url


@pytest.mark.anyio
async def test_urls_may_come_from_an_async_iterable(
    emulator: Emulator, async_core: AsyncFastpixCore, journal: SqliteJournal
) -> None:
    assert (await import_media(async_core, Urls(), journal=journal)).done == 5
    assert keys(emulator) == URLS


@pytest.mark.anyio
async def test_a_list_that_breaks_off_is_not_complete(emulator: Emulator, async_core: AsyncFastpixCore) -> None:
    emulator.fail(media_list, [403])
    report = await label_media(async_core, season)
    assert (report.failed, report.is_complete) == (1, False)


def test_a_media_with_an_entry_that_cannot_be_read_is_left_alone(emulator: Emulator, core: FastpixCore) -> None:
    emulator.seed(Seed(media=[SeedMedia(metadata={"show": "news"})]))
    [media] = library(emulator)
    odd = msgspec.structs.replace(media, metadata={"row": None, "show": "news"})
    [failure] = label_media(core, season, [odd]).failures
    assert str(failure.error) == f"metadata['row'] of media {media.id} must be a text, not None"
    assert library(emulator) == [media]


def test_a_404_of_another_server_does_not_count_as_deleted() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404, json={"success": False, "error": {"code": 404, "message": "page not found"}})

    core = FastpixCore(username="a", password="b", transport=httpx.MockTransport(answer))
    assert delete_media(core, ["a"]).failed == 1


def test_settings_that_no_job_has_are_named(emulator: Emulator, core: FastpixCore) -> None:
    with pytest.raises(TypeError, match=r"a job has the settings concurrency, .*, dry_run, not 'dryrun'"):
        cast("Any", delete_media)(core, ["a"], dryrun=True)
    with pytest.raises(TypeError, match="takes an iterable of ids, not a str"):
        delete_media(core, "6fb9f6c2")
    assert emulator.sent == []


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://example.com/a.mp4?X-Amz-Signature=secret", "https://example.com/a.mp4#"),
        ("https://user:secret@example.com/a.mp4", "https://example.com/a.mp4#"),
        ("https://example.com/a.mp4#t=secret", "https://example.com/a.mp4#"),
    ],
)
def test_a_key_has_no_secrets_of_the_url(url: str, place: str) -> None:
    key = key_of(url)
    assert key.startswith(place)
    assert "secret" not in key
    assert key_of(f"{url}2") != key
    assert key_of(URLS[0]) == URLS[0]


def test_a_request_that_holds_anything_is_a_failure(core: FastpixCore, journal: SqliteJournal, tmp_path: Path) -> None:
    odd: Any = [
        CreateMediaRequest([VideoInput(URLS[0])], "public", metadata=cast("Any", 5)),
        CreateMediaRequest(cast("Any", None), "public"),
        "https://example.com/\ud83d.mp4",
    ]
    report = import_media(core, odd, journal=journal, report_file=tmp_path / "report.csv")
    assert (report.done, report.failed, report.is_complete) == (0, 3, True)
    assert len((tmp_path / "report.csv").read_text().splitlines()) == 4


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_file_must_be_one_that_can_be_read_twice(core: FastpixCore, journal: SqliteJournal, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="must be a regular file"):
        import_media(core, tmp_path / "pipe", journal=journal)


def test_a_page_that_cannot_be_read_is_a_failure(emulator: Emulator, core: FastpixCore) -> None:
    emulator.fail(media_list, [403])
    report = label_media(core, season)
    assert (report.done, report.failed, report.failures[0].item) == (0, 1, "the list")
    assert not report.is_complete


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read: [Errno 2] No such file or directory"),
        (b"", "it has no column 'url'"),
        (b"title\nA talk\n", "it has no column 'url'"),
        (b"url,colour\n", "it has column 'colour'"),
        (b"url,metadata.\n", "it has column 'metadata.'"),
        (b"url\n\xff\xfe\n", "cannot be read: 'utf-8' codec can't decode"),
    ],
)
def test_a_file_that_is_not_such_a_csv_is_an_error(
    core: FastpixCore, journal: SqliteJournal, tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "library.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError) as raised:
        import_media(core, path, journal=journal)
    assert told in str(raised.value)


def test_a_report_file_that_cannot_be_written_is_an_error(
    emulator: Emulator, core: FastpixCore, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=r"the report_file cannot be written: .*Is a directory"):
        delete_media(core, ["a"], report_file=tmp_path)
    assert emulator.sent == []


@pytest.mark.parametrize("job", [delete_media, import_media, label_media])
def test_a_wrong_core_is_named(job: Callable[..., Any], journal: SqliteJournal) -> None:
    arguments: dict[str, Any] = {"journal": journal} if job is import_media else {}
    with pytest.raises(TypeError, match=f"{job.__name__}.* takes a FastpixCore or an AsyncFastpixCore"):
        job("core", season, **arguments)


def test_a_media_that_is_gone_cannot_be_labelled(emulator: Emulator, core: FastpixCore) -> None:
    emulator.seed(Seed(media=[SeedMedia()]))
    [media] = library(emulator)
    delete_media(core, [media.id])
    [failure] = label_media(core, lambda media: {"new": "yes"}, [media]).failures
    assert isinstance(failure.error, NotFoundError)
