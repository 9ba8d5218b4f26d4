"""`upload_once`: upload each of many files once, even if workers are killed."""

import os
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Literal, Unpack, cast

import msgspec

from fastpix._call.call import Steps
from fastpix.api.common import MediaStatus
from fastpix.api.media import Media, media_list
from fastpix.api.uploads import PushMediaSettings
from fastpix.errors import UploadFailedError, WaitFailedError
from fastpix.jobs.job import PathLike
from fastpix.jobs.rows import KEY, key_of
from fastpix.journal.entries import Done, InDoubt, Journal
from fastpix.journal.item import Item
from fastpix.journal.search import search
from fastpix.operation import AnyCore
from fastpix.uploads import SendOptions, Uploaded, upload
from fastpix.uploads.job import OVER
from fastpix.workflow import Workflow, ask

__all__ = ["UploadOnce", "upload_once"]

NAME_LENGTH = 32
FAILED: MediaStatus = "Failed"


def upload_once(
    settings: PushMediaSettings, *, journal: Journal, state_folder: PathLike, **options: Unpack[SendOptions]
) -> "UploadOnce":
    """Return a function that uploads a file once, even if processes are killed and started again.

    The function takes a core and the path of a file. With an `AsyncFastpixCore`, await it. A file that is done is not
    read again: its result comes from the journal. A file whose upload was broken off goes on where it stopped. Start it
    again only when it has stopped: two workers that have the same file at the same time both send it.

    The key of a file is its path as given, up to 255 characters. It is also the entry ``import_key`` in the metadata of
    its media.

    It fails as `fastpix.uploads.upload` does, and with a `JournalError` if the journal cannot be used.

    Args:
        settings: The settings of the media.
        journal: The journal, such as a `SqliteJournal`.
        state_folder: The folder for the state of uploads that are not finished. It must exist, and all workers must see it.
        options: The options of `fastpix.uploads.upload`.

    Example:
        ``many(upload_once(PushMediaSettings("private"), journal=journal, state_folder="states"))(core, paths)``
    """
    return UploadOnce(settings, journal, state_folder, options)


class UploadOnce(Workflow[[PathLike], Uploaded]):
    """A function that uploads a file once. `upload_once` makes it."""

    has_journal: Literal[True] = True
    """It can be called again after anything."""

    def __init__(
        self, settings: PushMediaSettings, journal: Journal, state_folder: PathLike, options: SendOptions
    ) -> None:
        super().__init__(self._upload)
        self.__name__ = "upload_once"
        self._settings = settings
        self._journal = journal
        self._folder = Path(state_folder).absolute()
        self._options = options

    def __reduce__(self) -> tuple[object, ...]:
        return UploadOnce, (self._settings, self._journal, self._folder, self._options)

    def _upload(self, core: AnyCore, path: PathLike, /) -> Steps[Uploaded]:
        key = key_of(os.fspath(path))
        item = Item(self._journal, f"upload:{key}")
        begun = yield from item.begin()
        if isinstance(begun, Done):
            return msgspec.json.decode(begun.value, type=Uploaded)
        state = self._folder / f"{sha256(key.encode()).hexdigest()[:NAME_LENGTH]}.upload"
        found = None
        if isinstance(begun, InDoubt) and not state.exists():  # a finished upload has removed its state
            there = yield from search(core, media_list, (KEY, key), begun.age, self._options.get("options"))
            found = cast("Media | None", there)
        if found is not None and found.status != FAILED:
            size = yield from ask(partial(_size_of, path))
            uploaded = Uploaded(found.id, size, ())
        else:
            settings = msgspec.structs.replace(self._settings, metadata={**(self._settings.metadata or {}), KEY: key})
            steps = upload.steps(core, path, settings, state_file=state, **self._options)
            uploaded = yield from _attempt(steps, item, begun.attempt)
        yield from item.note(begun.attempt, msgspec.json.encode(uploaded))
        return uploaded


def _attempt(steps: Steps[Uploaded], item: Item, attempt: int) -> Steps[Uploaded]:
    """Upload a file. What cannot go on begins anew the next time."""
    try:
        return (yield from steps)
    except (UploadFailedError, WaitFailedError) as error:
        if isinstance(error, WaitFailedError) or error.reason in OVER:
            yield from item.note(attempt, None)
        raise


def _size_of(path: PathLike) -> int:
    try:
        return Path(path).stat().st_size
    except OSError as problem:
        raise UploadFailedError(f"the source cannot be read: {problem}", reason="source") from None
