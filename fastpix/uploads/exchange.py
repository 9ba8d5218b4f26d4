"""The exchange with a session: one request after the other, with the limits, retries, hooks and logs of a core.

Like a call, it is a generator of steps, which a core carries out.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import NamedTuple, TypeAlias, cast

import msgspec

from fastpix._call.call import NEVER_BEGAN, Call, Outcome, Send, Steps, Wait, WithResponse, error_of
from fastpix._call.clock import now
from fastpix._call.endpoint import Endpoint
from fastpix._call.messages import Headers, HeldBackError, Limits, Request, Response
from fastpix._call.redaction import hide_in
from fastpix._call.request import NO_OPTIONS
from fastpix._call.response import read
from fastpix._call.retry import Budget, backoff, chance, cost, is_plain_no, may_repeat
from fastpix.configuration import MOST, Timeout
from fastpix.errors import ApiError, Err, UnexpectedClientError, UploadFailedError
from fastpix.reply import Failure, Reply, Success
from fastpix.uploads.control import UploadControl
from fastpix.uploads.options import Options
from fastpix.uploads.wire import RESUME_INCOMPLETE, Place, committed

__all__ = [
    "Answer",
    "Committed",
    "Exchange",
    "InterruptedUploadError",
    "Stored",
    "answer_of",
    "endpoint_of",
    "is_gone",
]

LOOK_AGAIN = 0.1
"""The seconds after which a wait looks whether the upload was paused, resumed or cancelled."""
LONGEST_WAIT = 3600.0
"""The most seconds between two attempts, whatever a response names."""
GONE = (404, 410)


class _Part(msgspec.Struct, rename="camel"):
    upload_id: str


@cache
def endpoint_of(function: str) -> Endpoint[bytes]:
    """Return the facts about requests to a session, for errors, hooks, logs and spans.

    Args:
        function: The name of the function that makes the requests.
    """
    return Endpoint(
        id="upload",
        name=function,
        method="PUT",
        path="/{uploadId}",
        request_type=_Part,
        response_type=bytes,
        idempotent=True,
        in_body=True,
    )


class Committed(NamedTuple):
    """The server has so many bytes, and waits for more."""

    received: int


class Stored(NamedTuple):
    """The server has the whole file."""

    headers: Headers
    """The headers of its response."""


class InterruptedUploadError(Exception):
    """The upload was paused or cancelled while a part was sent."""


Answer: TypeAlias = Committed | Stored | Err | InterruptedUploadError


class Exchange:
    """Requests to a session, one after the other.

    Attributes:
        place: The place of the session.
        clock: Returns the time in seconds.
        is_in_doubt: Whether the server may have the whole file, although it has not said so.

    Args:
        call: The settings of the core, and what hooks, logs and errors need.
        options: The options of the upload.
        place: The place of the session.
    """

    def __init__(self, call: Call[bytes], options: Options, place: Place, *, clock: Callable[[], float] = now) -> None:
        settings, own = call.configuration, options.options or NO_OPTIONS
        self._call = call
        self._retries = own.retries or settings.retries
        self._connect = Timeout.of(settings.timeout if own.timeout is None else own.timeout).connect
        self._silence = options.silence
        self._control = options.control or UploadControl()
        self.place: Place = place
        self._budget: Budget = call.budgets.of(place.origin)
        self._number = 0
        self._used = 0
        self._paid = 1
        self.clock = clock
        self.is_in_doubt: bool = False

    def send(self, request: Request) -> Steps[Response | Err | InterruptedUploadError]:
        """Send a request. Return a response with the status 2xx or 308, or the error for anything else."""
        outcome: Outcome = HeldBackError()
        while isinstance(outcome, HeldBackError):
            outcome = yield Send(request, self._limits())
        if isinstance(outcome, InterruptedUploadError):
            return outcome
        self._number += not isinstance(outcome, NEVER_BEGAN)
        error = self._error(outcome, request)
        if error is None:
            response = cast("Response", outcome)
            answered = WithResponse(b"", response.status, response.raw_headers, b"", self._number, 0.0)
            self._call.log(answered, self._number, None, request)
            return response
        hide_in(error, self.place.secrets)
        return error

    def _limits(self) -> Limits:
        return Limits(
            deadline=self.clock() + MOST,
            connect=self._connect,
            silence=self._silence,
            max_bytes=self._call.configuration.max_response_bytes,
        )

    def _error(self, outcome: Outcome, request: Request) -> Err | None:
        if isinstance(outcome, UnexpectedClientError):  # the callback raised
            return outcome.with_traceback(None)
        if not isinstance(outcome, Response):
            return error_of(cast("Exception", outcome), request.origin.authority)
        if (raised := self._call.observe(outcome, self._number)) is not None:
            return raised.failure()
        if outcome.status == RESUME_INCOMPLETE:
            return None
        result = read(self._call.endpoint, outcome, now=time.time)
        if not isinstance(result, Failure):
            return None
        error = result.failure()
        return _gone() if isinstance(error, ApiError) and error.status in GONE else error

    def until_answered(self, request: Request) -> Steps[Reply[Response]]:
        """Send a request until it is answered with 2xx or 308, as often as the retries allow."""
        while True:
            outcome = yield from self.send(request)
            if isinstance(outcome, Response):
                return Success(outcome)
            if (failure := (yield from self.wait_after(cast("Err", outcome)))) is not None:
                return failure

    def moved(self) -> None:
        """Note that the server has more bytes than before. The next attempt is the first one again."""
        self._budget.give(self._paid)
        self._used, self._paid = 0, 1

    def wait_after(self, error: Err) -> Steps[Failure[Err] | None]:
        """Wait before the next attempt. Return a failure if there is none."""
        self._used += 1
        wait = None
        is_passing = may_repeat(self._call.endpoint, error) or (
            isinstance(error, UploadFailedError) and error.reason == "stalled"
        )
        if is_passing and self._used < self._retries.attempts and self._budget.take(cost(error)):
            wait = min(backoff(self._retries, self._used, error, chance()), LONGEST_WAIT)
            self._paid = cost(error)
        failure = self.failed(error, wait)
        if wait is None or failure.failure() is not error:
            return failure
        yield from self.rest(wait)
        return self.cancelled()

    def failed(self, error: Err, wait: float | None = None) -> Failure[Err]:
        """Add the facts to an error, log it, and pass it to the ``on_error`` hook."""
        in_doubt = self.is_in_doubt and not is_plain_no(error)
        return self._call.failed(error, self._number, in_doubt=in_doubt, wait=wait, is_certain=True)

    def rest(self, seconds: float) -> Steps[None]:
        """Wait, unless the upload is cancelled."""
        end = self.clock() + seconds
        while (left := end - self.clock()) > 0 and not self._control.is_cancelled:
            yield Wait(min(left, LOOK_AGAIN))

    @property
    def is_to_stop(self) -> bool:
        """Whether the upload is paused or cancelled."""
        return self._control.is_paused or self._control.is_cancelled

    def may_go_on(self, on_pause: Callable[[], None]) -> Steps[Failure[Err] | None]:
        """Wait while the upload is paused. Return a failure if it is cancelled."""
        while self._control.is_paused and not self._control.is_cancelled:
            on_pause()
            yield Wait(LOOK_AGAIN)
        return self.cancelled()

    def cancelled(self) -> Failure[Err] | None:
        """Return a failure if the upload is cancelled."""
        if not self._control.is_cancelled:
            return None
        return self.failed(UploadFailedError("UploadControl.cancel was called", reason="cancelled"))


def is_gone(answer: object) -> bool:
    """Return whether the server does not have the upload any more."""
    return isinstance(answer, UploadFailedError) and answer.reason == "gone"


def _gone() -> UploadFailedError:
    told = "FastPix does not have this upload any more: it has expired, or it was cancelled or completed"
    return UploadFailedError(told, reason="gone")


def answer_of(outcome: Response | Err | InterruptedUploadError) -> Answer:
    """Return what a response of a session says."""
    if not isinstance(outcome, Response):
        return outcome
    if outcome.status != RESUME_INCOMPLETE:
        return Stored(outcome.raw_headers)
    count = committed(outcome)
    return count.failure() if isinstance(count, Failure) else Committed(count.unwrap())
