"""A session in memory, and a driver that carries out the steps of a transfer with it. There is no network and no time."""

import time
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import TypeVar, cast

import msgspec

from fastpix._call.call import Ask, Call, Outcome, Send, Steps, Told, Wait
from fastpix._call.messages import Headers, Request, Response, header
from fastpix._call.pace import Paces
from fastpix._call.retry import Budgets
from fastpix.configuration import Configuration, Hooks, RequestOptions, Retries, Timeout
from fastpix.reply import Reply
from fastpix.uploads.exchange import Exchange, endpoint_of
from fastpix.uploads.options import Options
from fastpix.uploads.progress import Reporter
from fastpix.uploads.sources import Given, source_of
from fastpix.uploads.transfer import Sent, Transfer
from fastpix.uploads.wire import QUANTUM, place_of

T = TypeVar("T")
PLACE = place_of("https://storage.example/bucket/file?upload_id=secret-session", allow_http=False).unwrap()
FAULTS = ("reset", "partial", "lost", "503", "short", "dropped", "no range", "forget")
"""What can go wrong with a request:

``reset``: nothing arrives. ``partial``: half of it arrives. ``lost``: all of it arrives, and the response does not.
``503``: an error. ``dropped``: all of it arrives, and nothing is stored. ``short``: half of it is stored, and the response says so. ``no range``: the response does not say what
is stored. ``forget``: the server loses what it had.
"""


class Session:
    """A resumable session, whose requests go wrong as a test says."""

    def __init__(self, faults: Iterable[str] = ()) -> None:
        self.faults: Iterator[str] = chain(faults, repeat(""))
        self.data = bytearray()
        self.is_complete = False
        self.requests: list[Request] = []
        self.sent = 0
        self.lost = 0
        self.headers: Headers = []
        self.now = 0.0

    def respond(self, request: Request) -> Outcome:
        fault = next(self.faults)
        self.requests.append(request)
        body = cast("bytes", request.body)
        if fault == "no range" and not body:  # a question is answered
            fault = ""
        if fault == "forget" and not self.is_complete:
            self.lost += len(self.data)
            self.data.clear()
        if fault in ("reset", "503"):
            self._move(request, body[: len(body) // 3])
            return ConnectionResetError("reset") if fault == "reset" else Response(503, [], b"")
        arrived = body[: len(body) // 2] if fault in ("partial", "short") else body
        self._move(request, body if fault == "short" else arrived)
        self._store(request, b"" if fault == "dropped" else arrived)
        if fault in ("partial", "lost"):
            return ConnectionResetError("reset")
        if self.is_complete:
            return Response(200, self.headers, b"")
        has_range = self.data and fault != "no range"
        return Response(308, [(b"Range", b"bytes=0-%d" % (len(self.data) - 1))] if has_range else [], b"")

    def _move(self, request: Request, body: bytes) -> None:
        for start in range(0, len(body), 65536):
            chunk = body[start : start + 65536]
            self.sent += len(chunk)
            assert request.on_sent is not None
            request.on_sent(len(chunk))

    def _store(self, request: Request, body: bytes) -> None:
        if not body or self.is_complete:
            return
        part, _, total = (header(request.headers, b"content-range") or "").removeprefix("bytes ").partition("/")
        start = int(part.partition("-")[0])
        if start > len(self.data):  # it has lost what was before
            return
        end = start + len(body)
        if str(end) != total:
            end -= end % QUANTUM
        self.data += body[len(self.data) - start : max(end - start, 0)]
        self.is_complete = str(len(self.data)) == total

    def run(self, steps: Steps[T]) -> T:
        """Carry out steps, without a pause."""
        outcome: Outcome = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                result: T = end.value
                return result
            if isinstance(step, Send):
                try:
                    outcome = self.respond(step.request)
                except Exception as error:
                    outcome = error
            elif isinstance(step, Ask):
                try:
                    outcome = Told(step.function())
                except Exception as error:
                    outcome = error
            else:
                assert isinstance(step, Wait)
                self.now += step.seconds
                outcome = None


def exchange(session: Session, options: Options, hooks: Hooks = Hooks()) -> Exchange:
    configuration = Configuration(
        username="a",
        password="b",
        credentials=None,
        server_url="https://api.example/v1/",
        allow_http=False,
        timeout=Timeout(),
        retries=Retries(),
        hooks=hooks,
        max_response_bytes=1000,
        max_connections=1,
        strict=False,
    )
    call = Call(endpoint_of("upload"), configuration, Budgets(), Paces(), clock=time.monotonic)
    return Exchange(call, options, PLACE, clock=lambda: session.now)


def transfer(
    session: Session,
    given: Given,
    options: Options = Options(part_size=QUANTUM),
    *,
    attempts: int = 3,
    offset: int | None = 0,
    is_media: bool = False,
    hooks: Hooks = Hooks(),
) -> Reply[Sent]:
    """Send a source to the session, and return the result."""

    def media() -> Steps[bool]:
        yield Wait(0)
        return is_media

    own = RequestOptions(retries=Retries(attempts=attempts, base=0.0))
    options = msgspec.structs.replace(options, options=own)
    reporter = Reporter(options.on_progress, lambda: session.now)
    source = source_of(given, options.size)
    return session.run(
        Transfer(exchange(session, options, hooks), source, options, reporter=reporter, is_media=media).steps(offset)
    )
