"""The functions of uploads: `upload` for the usual case, and its steps."""

import os
from collections.abc import AsyncIterable, Callable
from contextlib import suppress
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Unpack, cast

import msgspec
from msgspec import UNSET, UnsetType

from fastpix._call.call import Ask, Steps, Told, Wait, unexpected
from fastpix._call.redaction import Redacted, shown
from fastpix._call.request import NO_OPTIONS
from fastpix.api.media import GetMediaRequest, Media, media_get
from fastpix.api.uploads import (
    CancelledUpload,
    CancelUploadRequest,
    CreateUploadRequest,
    PushMediaSettings,
    uploads_cancel,
    uploads_create,
)
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.errors import (
    ConfigurationError,
    FastpixError,
    NotFoundError,
    RequestValidationError,
    UploadFailedError,
    WaitFailedError,
)
from fastpix.operation import AnyCore, raise_or_return
from fastpix.reply import Failure, Reply
from fastpix.uploads.exchange import ENDPOINT, Exchange, Stored, answer_of, is_gone
from fastpix.uploads.options import Options, SendOptions, StartOptions, UploadOptions, checked
from fastpix.uploads.progress import Reporter
from fastpix.uploads.session import StateFile, UploadSession, check_unchanged
from fastpix.uploads.sources import Given, Source, SourceError, source_of
from fastpix.uploads.transfer import Sent, Transfer
from fastpix.uploads.wire import Place, is_open, opened, opening, place_of, status_query
from fastpix.workflow import call, workflow

if TYPE_CHECKING:
    from fastpix.api.common import Data
    from fastpix.uploads.session import SavedUpload
    from fastpix.uploads.sources import Fingerprint

__all__ = ["UploadStatus", "Uploaded", "cancel", "resume", "send", "start", "status", "upload"]

GRACE = 60.0
"""The seconds for which a media may not be found after its file was sent."""
OVER = ("cancelled", "corrupted")
"""The reasons after which there is nothing to go on with."""
FOR_BROWSERS = {"X-Client-Type": "web-browser"}
"""The header for a URL that a POST opens. A browser can do that from another origin."""


class Uploaded(Redacted, frozen=True):
    """A file that FastPix has."""

    upload_id: str
    """The id of the upload. It is also the id of the media, for `media_get` and others."""
    size: int
    """The number of bytes."""
    verified: tuple[str, ...]
    """What the server named and was compared with the source: ``size``, ``crc32c``, ``md5``, or nothing."""
    media: Media | None = None
    """The media when it was ready. ``None`` without ``ready_within``."""

    def __rich_repr__(self) -> list[tuple[str, object]]:
        facts = ("upload_id", self.upload_id), ("size", self.size), ("verified", self.verified)
        return [*facts, ("media", None if self.media is None else self.media.status)]


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
            `AsyncFastpixCore`, also an async iterable of bytes. A file is read from its position on, and stays open.
            At most two parts are in memory. The source must not change meanwhile.
        settings: The settings of the media. Default: those of the service.
        size: The number of bytes of an iterable, 1 or more. The progress then has a ``total``. Default: it is known when
            the iterable ends.
        part_size: The bytes of each request, from 262,144 to 524,288,000, a multiple of 262,144. Default: 16,777,216
            (16 MiB).
        bytes_per_second: The limit of the rate, on average, 1 or more. Default: no limit.
        silence: The seconds after which an attempt ends if no byte moves, more than 0 and at most 1,000,000. Default: 60.
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
    chosen = checked(options)
    file = yield from _opened(core, source, chosen.size)
    try:
        if chosen.state_file is None:
            session = yield from _start(core, settings, options=chosen.options)
            return (yield from _finish(core, session, file, chosen, offset=0))
        return (yield from _go_on_or_begin(core, file, settings, chosen, StateFile(chosen.state_file)))
    finally:
        file.close()


@workflow
def start(
    core: AnyCore, settings: PushMediaSettings | UnsetType = UNSET, **options: Unpack[StartOptions]
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
    return (yield from _start(core, settings, **options))


@workflow
def send(core: AnyCore, session: UploadSession, source: Given, **options: Unpack[SendOptions]) -> Steps[Uploaded]:
    """Send a file to a session. If FastPix has a part of the file already, only the rest is sent.

    It can fail as `upload` can, except with an error of `uploads_create`.

    Args:
        core: The core.
        session: The session. Any process can go on with a session that another one began, with the same file.
        source: See `upload`. An iterable must begin with the first byte of the file.
        size: See `upload`, and so for the other options.
        part_size: See `upload`.
        bytes_per_second: See `upload`.
        silence: See `upload`.
        on_progress: See `upload`.
        control: See `upload`.
        ready_within: See `upload`.
        options: See `upload`.

    API operations: ``cancel-upload``, ``get-media``.

    Example:
        ``start(core).bind(lambda session: send(core, session, "talk.mp4"))``
    """
    chosen = checked(options)
    file = yield from _opened(core, source, chosen.size)
    try:
        return (yield from _finish(core, session, file, chosen, offset=None))
    finally:
        file.close()


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
        size: See `upload`, and so for the other options.
        part_size: See `upload`.
        bytes_per_second: See `upload`.
        silence: See `upload`.
        on_progress: See `upload`.
        control: See `upload`.
        ready_within: See `upload`.
        options: See `upload`.

    API operations: ``cancel-upload``, ``get-media``.

    Example:
        ``resume(core, "talk.upload", "talk.mp4")``
    """
    chosen, state = checked(options), StateFile(state_file)
    saved = cast("SavedUpload | None", (yield from _asked(state.read)))
    if saved is None:
        raise ConfigurationError(f"there is no state file {shown(os.fspath(state_file))}")
    file = yield from _opened(core, source, chosen.size)
    try:
        check_unchanged(saved.source, cast("Fingerprint", (yield from _asked(file.fingerprint))))
        return (yield from _finish(core, saved.session, file, chosen, offset=None, state=state))
    finally:
        file.close()


@workflow
def status(core: AnyCore, session: UploadSession, options: RequestOptions | None = None) -> Steps[UploadStatus]:
    """Ask FastPix what it has of a file. Nothing is sent or changed.

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
    if not session.is_open:
        return UploadStatus(0, is_complete=False)
    exchange, place = _exchange(core, session, checked({"options": options}))
    answer = answer_of(raise_or_return((yield from exchange.until_answered(status_query(place, None)))))
    if isinstance(answer, Exception):
        raise answer
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
    return (yield from call(core, uploads_cancel, CancelUploadRequest(session.upload_id), options)).data


def _start(
    core: AnyCore,
    settings: PushMediaSettings | UnsetType,
    *,
    cors_origin: str = "*",
    for_browser: bool = False,
    options: RequestOptions | None = None,
) -> Steps[UploadSession]:
    given = NO_OPTIONS if options is None else options
    if for_browser:
        given = msgspec.structs.replace(given, headers={**given.headers, **FOR_BROWSERS})
    created = (yield from call(core, uploads_create, CreateUploadRequest(cors_origin, settings), given)).data
    session = UploadSession(created.upload_id, created.url, is_open=is_open(created.url))
    return session if for_browser else (yield from _open(core, session, Options(options=options)))


def _open(core: AnyCore, session: UploadSession, options: Options) -> Steps[UploadSession]:
    """Return a session that takes a file."""
    if session.is_open:
        return session
    exchange, place = _exchange(core, session, options)
    response = raise_or_return((yield from exchange.until_answered(opening(place))))
    return UploadSession(session.upload_id, raise_or_return(opened(response)))


def _exchange(core: AnyCore, session: UploadSession, options: Options) -> tuple[Exchange, Place]:
    place = raise_or_return(place_of(session.url, allow_http=core.configuration.allow_http))
    return Exchange(core.new_call(ENDPOINT), options, place), place


def _go_on_or_begin(
    core: AnyCore, source: Source, settings: PushMediaSettings | UnsetType, options: Options, state: StateFile
) -> Steps[Uploaded]:
    fingerprint = cast("Fingerprint", (yield from _asked(source.fingerprint)))
    saved = cast("SavedUpload | None", (yield from _asked(state.read)))
    if saved is not None:
        check_unchanged(saved.source, fingerprint)
        if (yield from _is_known(core, saved.session, options)):
            return (yield from _finish(core, saved.session, source, options, offset=None, state=state))
    session = yield from _start(core, settings, options=options.options)
    yield from _asked(partial(state.write, session, fingerprint))
    return (yield from _finish(core, session, source, options, offset=0, state=state))


def _is_known(core: AnyCore, session: UploadSession, options: Options) -> Steps[bool]:
    """Return whether FastPix has an upload, or has made a media of its file."""
    exchange, place = _exchange(core, session, options)
    answered = yield from exchange.until_answered(status_query(place, None))
    if isinstance(answered, Failure):
        error = answered.failure()
        if not is_gone(error):
            raise error
        return (yield from _is_media(core, session, options))
    return True


def _is_media(core: AnyCore, session: UploadSession, options: Options) -> Steps[bool]:
    try:
        yield from call(core, media_get, GetMediaRequest(session.upload_id), options.options)
    except NotFoundError:
        return False
    return True


def _finish(
    core: AnyCore,
    session: UploadSession,
    source: Source,
    options: Options,
    *,
    offset: int | None,
    state: StateFile | None = None,
) -> Steps[Uploaded]:
    """Send what FastPix does not have of the source, and wait for the media if that is wanted.

    The state file is removed if there is nothing to go on with.
    """
    reporter = Reporter(options.on_progress)
    try:
        session = yield from _open(core, session, options)
        sent = yield from _sent(core, session, source, options, reporter=reporter, offset=offset)
        uploaded = Uploaded(session.upload_id, sent.size, sent.verified)
        if options.ready_within is not None:
            media = yield from _ready(core, uploaded, options, reporter)
            uploaded = msgspec.structs.replace(uploaded, media=media)
    except (UploadFailedError, WaitFailedError) as error:
        if error.reason == "cancelled":
            yield from _cancelled(core, session, options)
        if isinstance(error, WaitFailedError) or error.reason in OVER:
            yield from _forgotten(state)
        raise
    yield from _forgotten(state)
    return uploaded


def _forgotten(state: StateFile | None) -> Steps[None]:
    if state is not None:
        yield from _asked(state.remove)


def _sent(
    core: AnyCore,
    session: UploadSession,
    source: Source,
    options: Options,
    *,
    reporter: Reporter,
    offset: int | None,
) -> Steps[Sent]:
    exchange, place = _exchange(core, session, options)
    is_media = partial(_is_media, core, session, options)
    transfer = Transfer(exchange, place, source, options, reporter=reporter, is_media=is_media)
    return raise_or_return((yield from core.hooked(ENDPOINT, transfer.steps(offset))))


def _cancelled(core: AnyCore, session: UploadSession, options: Options) -> Steps[None]:
    """Cancel an upload, if that is still possible."""
    with suppress(FastpixError):
        yield from call(core, uploads_cancel, CancelUploadRequest(session.upload_id), options.options)


def _ready(core: AnyCore, uploaded: Uploaded, options: Options, reporter: Reporter) -> Steps[Media]:
    """Wait until the media is ready."""
    from fastpix.polling import Waits, polls
    from fastpix.states import media_ready

    waits = Waits(options.ready_within or 0.0, pause=1.0, longest_pause=15.0, grace=GRACE)
    waiting = polls(media_get.endpoint, media_ready, waits, core.configuration.timeout, options.options)
    request = GetMediaRequest(uploaded.upload_id)
    outcome: Reply[Data[Media]] | bool | None = None
    while True:
        try:
            step = waiting.send(outcome)
        except StopIteration as end:
            result: Reply[Data[Media]] = end.value
            return raise_or_return(result).data
        reporter.tell("processing", uploaded.size, uploaded.size)
        if isinstance(step, float):
            yield Wait(step)
            outcome = False
        else:
            outcome = (yield from core.steps(media_get.endpoint, request, step)).map(lambda answered: answered.value)


def _opened(core: AnyCore, given: Given, size: int | None) -> Steps[Source]:
    if isinstance(core, FastpixCore) and isinstance(given, AsyncIterable):
        allowed = "no async iterable with a FastpixCore, only with an AsyncFastpixCore"
        raise RequestValidationError(f"source must be {allowed}", field="source", allowed=allowed, given=shown(given))
    return cast("Source", (yield from _asked(partial(source_of, given, size))))


def _asked(function: Callable[[], object]) -> Steps[object]:
    """Let the core call a function that uses the disk or the source, and return its value.

    Raises:
        FastpixError: The function raised.
    """
    outcome = yield Ask(function, inf)
    if isinstance(outcome, Told):
        return outcome.value
    if isinstance(outcome, FastpixError):
        raise outcome
    if isinstance(outcome, SourceError | OSError):
        raise UploadFailedError(f"the source cannot be read: {outcome}", reason="source")
    raise unexpected("the source raised", cast("Exception", outcome))
