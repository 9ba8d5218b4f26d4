"""`import_media`, `label_media` and `delete_media`."""

import os
import re
from collections.abc import AsyncIterable, Callable, Coroutine, Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias, Unpack, cast, overload

from fastpix._call.arguments import wrong_core
from fastpix._call.response import NO_SUCH_PATH
from fastpix._call.validation import refusal
from fastpix.api.common import AccessPolicy
from fastpix.api.media import (
    CreateMediaRequest,
    DeleteMediaRequest,
    Media,
    UpdateMediaRequest,
    media_create,
    media_delete,
    media_list,
    media_update,
)
from fastpix.core import AsyncFastpixCore, FastpixCore
from fastpix.errors import Err, NotFoundError
from fastpix.jobs.job import Job, JobSettings, PathLike
from fastpix.jobs.report import Report
from fastpix.jobs.rows import KEY, CsvFile, request_of
from fastpix.journal.entries import Journal
from fastpix.journal.once import once
from fastpix.operation import AnyCore
from fastpix.paging import each
from fastpix.reply import Failure, Reply, Success

__all__ = ["delete_media", "import_media", "label_media"]

Source: TypeAlias = PathLike | Iterable[str | CreateMediaRequest] | AsyncIterable[str | CreateMediaRequest]
Ids: TypeAlias = Iterable[str] | AsyncIterable[str]
Medias: TypeAlias = Iterable[Media] | AsyncIterable[Media]
Label: TypeAlias = Callable[[Media], Mapping[str, str | None] | None]


@overload
def import_media(
    core: FastpixCore,
    source: PathLike | Iterable[str | CreateMediaRequest],
    *,
    journal: Journal,
    access_policy: AccessPolicy = "private",
    lease: float | None = None,
    **settings: Unpack[JobSettings],
) -> Report: ...
@overload
def import_media(
    core: AsyncFastpixCore,
    source: Source,
    *,
    journal: Journal,
    access_policy: AccessPolicy = "private",
    lease: float | None = None,
    **settings: Unpack[JobSettings],
) -> Coroutine[Any, Any, Report]: ...
def import_media(
    core: Any,
    source: Any,
    *,
    journal: Journal,
    access_policy: AccessPolicy = "private",
    lease: float | None = None,
    **settings: Unpack[JobSettings],
) -> Any:
    """Create a media from each URL of a library, once. FastPix downloads the files.

    Each item has a key, which is the entry ``import_key`` of the metadata of its media. The journal knows the items by
    it, and an item in doubt is looked for among the media by it. So the job can be killed and started again: nothing is
    created twice. Items that failed are tried again.

    A failure of an item is in the report. If the credentials are wrong, no more calls start.

    Args:
        core: The core.
        source: The path of a CSV file in UTF-8, or an iterable of URLs or of requests. The file has a column ``url``.
            It can have the columns ``key``, ``access_policy``, ``title``, ``creator_id``, ``max_resolution``,
            ``media_quality``, ``mp4_support``, and ``metadata.NAME`` for any NAME. A request can have a key in its
            metadata. Without one, the key is the URL of the video. Its query and its credentials may be secret, so a
            checksum takes their place. Items with the same key are one item: the settings of the first one count.
        journal: The journal, such as a `SqliteJournal`.
        access_policy: The access policy of items that name none. Default: ``private``.
        lease: See `fastpix.journal.once`.
        settings: See `JobSettings`.

    Returns:
        The `Report`. With an `AsyncFastpixCore`, await it.

    Raises:
        ConfigurationError: The file cannot be read, has no column ``url``, or a column of another name.

    API operations: ``create-media``, ``list-media``.

    Example:
        ``import_media(core, "library.csv", journal=SqliteJournal("import.db"), report_file="report.csv")``
    """
    _check(core, "import_media")
    rows: Any = CsvFile(cast("PathLike", source)) if isinstance(source, str | os.PathLike) else source
    create = once(media_create, journal=journal, key=KEY, among=media_list, lease=lease)
    plan = partial(request_of, access_policy=access_policy)
    return Job(media_create.endpoint, plan=plan, name=_key_of, settings=settings).run(create, core, rows)


@overload
def delete_media(core: FastpixCore, media_ids: Iterable[str], **settings: Unpack[JobSettings]) -> Report: ...
@overload
def delete_media(
    core: AsyncFastpixCore, media_ids: Ids, **settings: Unpack[JobSettings]
) -> Coroutine[Any, Any, Report]: ...
def delete_media(core: Any, media_ids: Any, **settings: Unpack[JobSettings]) -> Any:
    """Delete media. A media that is not there is done, so the job can be started again.

    Args:
        core: The core.
        media_ids: The ids of the media.
        settings: See `JobSettings`.

    Returns:
        The `Report`. With an `AsyncFastpixCore`, await it.

    API operation: ``delete-media``.

    Example:
        ``delete_media(core, [result.unwrap().id for result in each(media_list)(core)], dry_run=True)``
    """
    _check(core, "delete_media")
    if isinstance(media_ids, str):
        raise TypeError("delete_media() takes an iterable of ids, not a str")
    job = Job(media_delete.endpoint, plan=_deletion_of, name=_id_of, is_done=_is_gone, settings=settings)
    return job.run(media_delete, core, media_ids)


@overload
def label_media(
    core: FastpixCore, label: Label, media: Iterable[Media] | None = None, **settings: Unpack[JobSettings]
) -> Report: ...
@overload
def label_media(
    core: AsyncFastpixCore, label: Label, media: Medias | None = None, **settings: Unpack[JobSettings]
) -> Coroutine[Any, Any, Report]: ...
def label_media(core: Any, label: Label, media: Any = None, **settings: Unpack[JobSettings]) -> Any:
    """Change the metadata of media, as a function says.

    A media whose metadata would stay the same is left alone and is not in the report, so the job can be started again.

    Args:
        core: The core.
        label: A plain function of a `Media`. It returns the entries to set, with ``None`` for those to remove. All other
            entries stay, but a change that others make to the metadata meanwhile is lost. It returns ``None`` to leave the
            media alone.
        media: The media. Default: all of the workspace.
        settings: See `JobSettings`.

    Returns:
        The `Report`. With an `AsyncFastpixCore`, await it.

    API operations: ``updated-media``, ``list-media``.

    Example:
        ``label_media(core, lambda media: {"year": str(media.created_at.year)} if media.created_at else None)``
    """
    _check(core, "label_media")
    every: Any = each(media_list)
    given = every(core) if media is None else media
    job = Job(media_update.endpoint, plan=partial(_labelling_of, label), name=_id_of, settings=settings)
    return job.run(media_update, core, given)


def _check(core: object, name: str) -> None:
    if not isinstance(core, AnyCore):
        raise wrong_core(core, name)


def _labelling_of(label: Label, found: "Media | Success[Media]") -> Reply[UpdateMediaRequest] | None:
    media = found.unwrap() if isinstance(found, Success) else found
    before = media.metadata or {}
    unreadable = [name for name, value in before.items() if value is None]
    if unreadable:  # an update replaces all entries, so it would remove these
        return Failure(refusal(f"metadata[{unreadable[0]!r}] of media {media.id}", "a text", None))
    entries = {**before, **(label(media) or {})}
    after = {name: value for name, value in entries.items() if value is not None}
    return None if after == before else Success(UpdateMediaRequest(media.id, metadata=after))


def _key_of(request: CreateMediaRequest) -> str:
    return cast("dict[str, str]", request.metadata)[KEY]


def _id_of(request: DeleteMediaRequest | UpdateMediaRequest) -> str:
    return request.media_id


def _deletion_of(media_id: str) -> Reply[DeleteMediaRequest]:
    return Success(DeleteMediaRequest(media_id))


def _is_gone(error: Err) -> bool:
    """Return whether a media is gone. A server that does not know the path says nothing about the media."""
    return isinstance(error, NotFoundError) and not re.fullmatch(NO_SUCH_PATH, error.message)
