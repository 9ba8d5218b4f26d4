"""The functions of uploads: `upload` for the usual case, and its steps."""

import os
from contextlib import closing
from typing import Unpack

import msgspec
from msgspec import UNSET, UnsetType

from fastpix._call.call import Steps
from fastpix.api.uploads import CancelledUpload, CancelUploadRequest, PushMediaSettings, uploads_cancel
from fastpix.configuration import RequestOptions
from fastpix.errors import ConfigurationError
from fastpix.operation import AnyCore
from fastpix.uploads.exchange import Stored
from fastpix.uploads.job import Job, Uploaded
from fastpix.uploads.options import SendOptions, UploadOptions, checked
from fastpix.uploads.session import StateFile, UploadSession, check_session
from fastpix.uploads.sources import Given
from fastpix.workflow import call, workflow

__all__ = ["UploadStatus", "cancel", "resume", "send", "start", "status", "upload"]


class UploadStatus(msgspec.Struct, frozen=True):
    """What FastPix has of a file."""

    received: int | None
    """The number of bytes that it has. ``None`` if the upload is complete."""
    is_complete: bool
    """Whether it has the whole file."""


@workflow
def upload(
    core: AnyCore,
    source: Given,
    settings: PushMediaSettings | UnsetType = UNSET,
    **options: Unpack[UploadOptions],
) -> Steps[Uploaded]:
    """Upload a file: create the upload, send the file in parts, and check what FastPix has.

    With an `AsyncFastpixCore`, await it. Files are then read in threads.

    After a fault, FastPix is asked which bytes it has, and the rest is sent. There are as many attempts in a row
    without progress as ``Retries.attempts`` says. There is no deadline for the whole upload.

    It can also fail as `uploads_create` and every other operation can.

    Fails with:
        UploadFailedError: the upload cannot go on. Its ``reason`` says why.
        RequestValidationError: the source cannot be uploaded, for example because it is empty.
        ConfigurationError: an option is out of its bounds, or the state file cannot be used.
        WaitFailedError: the media has failed. Only with ``ready_within``.
        TimedOutError: no byte moved for ``silence`` seconds, or the media was not ready in time.

    Args:
        core: The core.
        source: A path, a file that is opened in binary mode, bytes, or an iterable of bytes. With an
            `AsyncFastpixCore`, also an async file or an async iterable of bytes. A file is read from its position on,
            and stays open. At most two parts are in memory. The source must not change meanwhile.
        settings: The settings of the media. Default: those of the service.
        size: The number of bytes of an iterable, 1 or more. The progress then has a ``total``. Default: it is known when
            the iterable ends.
        part_size: The bytes of each request, from 262,144 to 524,288,000, a multiple of 262,144. Default: 16,777,216
            (16 MiB).
        bytes_per_second: The limit of the rate, on average, 1 or more. Default: no limit.
        silence: The seconds after which an attempt ends if nothing moves, from 0.001 to 1,000,000. With an
            `AsyncFastpixCore`, it counts for a stream that gives no bytes, too. Default: 60.
        on_progress: A plain function that is called with an `UploadProgress`, at most 10 times a second for each stage.
        control: Pauses and cancels the upload from another thread or task.
        ready_within: Wait until the media is ready, for so many seconds at most, up to 1,000,000. ``media`` is then
            set. Default: do not wait.
        options: Settings for the calls of the API. Their ``retries`` and ``timeout.connect`` count for the parts, too.
        state_file: The path of a file that lets another process go on after a crash. If it exists, this upload goes on
            with the one that it names, unless FastPix does not have it any more. It is removed in the end. The source
            must be a path, a seekable file or bytes. Default: no such file.

    API operations: ``direct-upload-video-media``, ``cancel-upload``, ``get-media``.

    Example:
        ``upload(core, "talk.mp4", PushMediaSettings(access_policy="public"), state_file="talk.upload")``
    """
    state_file = options.pop("state_file", None)
    state = None if state_file is None else StateFile.at(state_file)
    job = Job(core, "upload", checked(options))
    with closing((yield from job.open(source))) as file:
        if state is not None:
            return (yield from job.go_on_or_begin(file, settings, state))
        session = yield from job.start(settings)
        return (yield from job.finish(session, file, offset=0))


@workflow
def start(
    core: AnyCore,
    settings: PushMediaSettings | UnsetType = UNSET,
    *,
    cors_origin: str = "*",
    for_browser: bool = False,
    options: RequestOptions | None = None,
) -> Steps[UploadSession]:
    """Create an upload, whose file is sent later or elsewhere: by `send`, by another machine, or by a browser.

    It can fail as `uploads_create` can.

    Args:
        core: The core.
        settings: The settings of the media. Default: those of the service.
        cors_origin: The origin that a browser may upload from, such as ``https://example.com``. Default: ``*``, any.
        for_browser: Whether the URL is for a browser: one that a POST opens, as FastPix's uploader expects. Default:
            ``False``.
        options: Settings for the call.

    API operation: ``direct-upload-video-media``.

    Example:
        ``start(core, cors_origin="https://example.com", for_browser=True).map(lambda session: session.url)``
    """
    job = Job(core, "start", checked({"options": options}))
    return (yield from job.start(settings, cors_origin=cors_origin, for_browser=for_browser))


@workflow
def send(core: AnyCore, session: UploadSession, source: Given, **options: Unpack[SendOptions]) -> Steps[Uploaded]:
    """Send a file to a session. If FastPix has a part of the file already, only the rest is sent.

    A session that is not open, such as one for a browser, is opened anew, and begins at the first byte.

    It can fail as `upload` can, except with an error of `uploads_create`.

    Args:
        core: The core.
        session: The session. Any process can go on with a session that another one began, with the same file.
        source: See `upload`. An iterable must begin with the first byte of the file.
        options: The options of `upload`, without ``state_file``.

    API operations: ``cancel-upload``, ``get-media``.

    Example:
        ``start(core).bind(lambda session: send(core, session, "talk.mp4"))``
    """
    check_session(session)
    job = Job(core, "send", checked(options))
    with closing((yield from job.open(source))) as file:
        return (yield from job.finish(session, file, offset=None))


@workflow
def resume(
    core: AnyCore, state_file: str | os.PathLike[str], source: Given, **options: Unpack[SendOptions]
) -> Steps[Uploaded]:
    """Go on with the upload that a state file names. `upload` with ``state_file`` does the same, or begins anew.

    It can fail as `send` can, and with a `ConfigurationError` if there is no such file.

    Args:
        core: The core.
        state_file: The path of the state file. It is removed in the end.
        source: The source that the upload began with. See `upload`.
        options: The options of `upload`, without ``state_file``.

    API operations: ``cancel-upload``, ``get-media``.

    Example:
        ``resume(core, "talk.upload", "talk.mp4")``
    """
    job, state = Job(core, "resume", checked(options)), StateFile.at(state_file)
    saved = yield from job.saved(state)
    if saved is None:
        raise ConfigurationError(f"there is no state file {state_file!s}")
    with closing((yield from job.open(source))) as file:
        yield from job.check_unchanged(saved, file)
        return (yield from job.finish(saved.session, file, offset=None, state=state))


@workflow
def status(core: AnyCore, session: UploadSession, options: RequestOptions | None = None) -> Steps[UploadStatus]:
    """Ask FastPix what it has of a file. Nothing is sent or changed. A session that is not open has nothing.

    It can also fail as every operation can.

    Fails with:
        UploadFailedError: FastPix does not have the upload any more. Its ``reason`` is ``gone``.

    Args:
        core: The core.
        session: The session.
        options: Settings, of which ``retries`` and ``timeout.connect`` count.

    Example:
        ``status(core, session).map(lambda status: status.received)``
    """
    check_session(session)
    if not session.is_open:
        return UploadStatus(0, is_complete=False)
    answer = yield from Job(core, "status", checked({"options": options})).ask(session)
    if isinstance(answer, Stored):
        return UploadStatus(None, is_complete=True)
    return UploadStatus(answer.received, is_complete=False)


@workflow
def cancel(core: AnyCore, session: UploadSession, options: RequestOptions | None = None) -> Steps[CancelledUpload]:
    """Cancel an upload that waits for its file. FastPix drops what it has of the file.

    It can fail as `uploads_cancel` can.

    Args:
        core: The core.
        session: The session.
        options: Settings for the call.

    API operation: ``cancel-upload``.

    Example:
        ``cancel(core, session)``
    """
    check_session(session)
    return (yield from call(core, uploads_cancel, CancelUploadRequest(session.upload_id), options)).data
