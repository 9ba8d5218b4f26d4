"""`Job`: the calls, requests and reads that an upload consists of, as steps of a workflow."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import UnsetType

from fastpix._call.call import Steps, unexpected
from fastpix._call.redaction import Redacted, shown
from fastpix._call.request import NO_OPTIONS
from fastpix.api.media import GetMediaRequest, Media, media_get
from fastpix.api.uploads import (
    CancelUploadRequest,
    CreateUploadRequest,
    PushMediaSettings,
    uploads_cancel,
    uploads_create,
)
from fastpix.core import FastpixCore
from fastpix.errors import (
    FastpixError,
    NotFoundError,
    RequestValidationError,
    UploadFailedError,
    WaitFailedError,
)
from fastpix.operation import AnyCore, raise_or_return
from fastpix.reply import Failure, Reply
from fastpix.uploads.exchange import Committed, Exchange, Stored, answer_of, endpoint_of
from fastpix.uploads.options import Options
from fastpix.uploads.progress import Reporter
from fastpix.uploads.session import SavedUpload, StateFile, UploadSession, check_unchanged
from fastpix.uploads.sources import Given, Source, SourceError, is_of_async, source_of
from fastpix.uploads.transfer import Transfer
from fastpix.uploads.wire import is_open, opened, opening, place_of, status_query, unreadable
from fastpix.workflow import ask, call

if TYPE_CHECKING:
    from fastpix.api.common import Data
    from fastpix.uploads.sources import Fingerprint

__all__ = ["OVER", "Job", "Uploaded"]

T = TypeVar("T")

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


class Job:
    """The steps of uploads with one core. A step that fails raises its error.

    Attributes:
        options: The options of the upload.

    Args:
        core: The core.
        function: The name of the function that the user called.
        options: The options of the upload.
    """

    def __init__(self, core: AnyCore, function: str, options: Options) -> None:
        self._core = core
        self._endpoint = endpoint_of(function)
        self.options = options

    def open(self, given: Given) -> Steps[Source]:
        """Open what the user gave. The caller closes it."""
        if isinstance(self._core, FastpixCore) and is_of_async(given):
            allowed = "no async iterable or async file with a FastpixCore, only with an AsyncFastpixCore"
            raise RequestValidationError(
                f"source must be {allowed}", field="source", allowed=allowed, given=shown(given)
            )
        return (yield from _asked(partial(source_of, given, self.options.size)))

    def start(
        self, settings: PushMediaSettings | UnsetType, *, cors_origin: str = "*", for_browser: bool = False
    ) -> Steps[UploadSession]:
        """Create an upload. Its session is open, unless it is for a browser."""
        given = NO_OPTIONS if self.options.options is None else self.options.options
        if for_browser:
            given = msgspec.structs.replace(given, headers={**given.headers, **FOR_BROWSERS})
        created = (yield from call(self._core, uploads_create, CreateUploadRequest(cors_origin, settings), given)).data
        session = UploadSession(created.upload_id, created.url, is_open=is_open(created.url))
        return session if for_browser else (yield from self._opened(session))

    def _opened(self, session: UploadSession) -> Steps[UploadSession]:
        """Return a session that takes a file."""
        if session.is_open:
            return session
        exchange = self._exchange(session)
        response = raise_or_return((yield from exchange.until_answered(opening(exchange.place))))
        url = raise_or_return(opened(response))
        if isinstance(place_of(url, allow_http=self._core.configuration.allow_http), Failure):
            raise unreadable("its Location is not a URL that can be used")
        return UploadSession(session.upload_id, url)

    def _exchange(self, session: UploadSession) -> Exchange:
        place = raise_or_return(place_of(session.url, allow_http=self._core.configuration.allow_http))
        return Exchange(self._core.new_call(self._endpoint), self.options, place)

    def ask(self, session: UploadSession) -> Steps[Committed | Stored]:
        """Ask what the server has of a file."""
        exchange = self._exchange(session)
        question = status_query(exchange.place, None)
        answer = answer_of(raise_or_return((yield from exchange.until_answered(question))))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def saved(self, state: StateFile) -> Steps[SavedUpload | None]:
        """Read a state file."""
        return (yield from _asked(state.read))

    def check_unchanged(self, saved: SavedUpload, source: Source) -> Steps[None]:
        """Check that a source is the one that a state file names."""
        check_unchanged(saved.source, (yield from self._fingerprint(source)))

    def _fingerprint(self, source: Source) -> Steps["Fingerprint"]:
        return (yield from _asked(source.fingerprint))

    def go_on_or_begin(
        self, source: Source, settings: PushMediaSettings | UnsetType, state: StateFile
    ) -> Steps[Uploaded]:
        """Go on with the upload that a state file names, if FastPix still has it. Otherwise begin a new one."""
        saved = yield from self.saved(state)
        fingerprint = yield from self._fingerprint(source)
        if saved is not None:
            check_unchanged(saved.source, fingerprint)
            if (yield from self._is_known(saved.session)):
                return (yield from self.finish(saved.session, source, offset=None, state=state))
        session = yield from self.start(settings)
        yield from _asked(partial(state.write, session, fingerprint))
        return (yield from self.finish(session, source, offset=0, state=state))

    def _is_known(self, session: UploadSession) -> Steps[bool]:
        """Return whether FastPix has an upload, or has made a media of its file."""
        with suppress(UploadFailedError):  # it is gone
            yield from self.ask(session)
            return True
        return (yield from self._is_media(session))

    def _is_media(self, session: UploadSession) -> Steps[bool]:
        try:
            yield from call(self._core, media_get, GetMediaRequest(session.upload_id), self.options.options)
        except NotFoundError:
            return False
        return True

    def finish(
        self, session: UploadSession, source: Source, *, offset: int | None, state: StateFile | None = None
    ) -> Steps[Uploaded]:
        """Send what the server does not have of the source, and wait for the media if that is wanted.

        Args:
            session: The session.
            source: The source.
            offset: The number of bytes that the server has, or ``None`` to ask the server.
            state: The state file. It is removed if there is nothing to go on with.
        """
        try:
            uploaded = yield from self._finished(session, source, offset)
        except (UploadFailedError, WaitFailedError) as error:
            if error.reason == "cancelled":
                yield from self._cancel(session)
            if state is not None and (isinstance(error, WaitFailedError) or error.reason in OVER):
                yield from _asked(state.remove)
            raise
        if state is not None:
            yield from _asked(state.remove)
        return uploaded

    def _finished(self, session: UploadSession, source: Source, offset: int | None) -> Steps[Uploaded]:
        reporter = Reporter(self.options.on_progress)
        exchange = self._exchange((yield from self._opened(session)))
        is_media = partial(self._is_media, session)
        transfer = Transfer(exchange, source, self.options, reporter=reporter, is_media=is_media)
        sent = raise_or_return((yield from self._core.hooked(self._endpoint, transfer.steps(offset))))
        media = yield from self._ready(session, sent.size, exchange, reporter)
        return Uploaded(session.upload_id, sent.size, sent.verified, media)

    def _cancel(self, session: UploadSession) -> Steps[None]:
        """Cancel an upload, if that is still possible."""
        with suppress(FastpixError):
            yield from call(self._core, uploads_cancel, CancelUploadRequest(session.upload_id), self.options.options)

    def _ready(self, session: UploadSession, size: int, exchange: Exchange, reporter: Reporter) -> Steps[Media | None]:
        """Wait until the media is ready, if that is wanted."""
        if self.options.ready_within is None:
            return None
        from fastpix.polling import Waits, polls
        from fastpix.states import media_ready

        waits = Waits(self.options.ready_within, pause=1.0, longest_pause=15.0, grace=GRACE)
        usual = self._core.configuration.timeout
        told = "the media was not ready"
        waiting = polls(media_get.endpoint, media_ready, waits, usual, self.options.options, told=told)
        request = GetMediaRequest(session.upload_id)
        outcome: Reply[Data[Media]] | bool | None = None
        while True:
            try:
                step = waiting.send(outcome)
            except StopIteration as end:
                result: Reply[Data[Media]] = end.value
                return raise_or_return(result).data
            reporter.tell("processing", size, size)
            if isinstance(step, float):
                yield from exchange.rest(step)
                if (cancelled := exchange.cancelled()) is not None:
                    raise cancelled.failure()
                outcome = False
            else:
                answered = yield from self._core.steps(media_get.endpoint, request, step)
                outcome = answered.map(lambda answered: answered.value)


def _asked(function: Callable[[], T]) -> Steps[T]:
    """Let the core call a function that uses the disk or the source, and return its value.

    Raises:
        FastpixError: The function raised.
    """
    try:
        return (yield from ask(function))
    except FastpixError:
        raise
    except (SourceError, OSError) as problem:
        raise UploadFailedError(f"the source cannot be read: {problem}", reason="source") from None
    except Exception as problem:
        error = unexpected("the source raised", problem)
        raise error from error.__cause__
