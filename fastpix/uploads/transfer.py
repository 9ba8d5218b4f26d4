"""The sending of a source to a session, as a generator of steps. It uses no network, and can be tested with ``next``.

What the server has decides what is sent next. After a fault, the server is asked first, so that nothing is sent again
that it has. A response that takes back bytes is not believed until the server has been asked, too.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

import msgspec

from fastpix._call.call import Ask, Outcome, Steps, Told, unexpected
from fastpix._call.messages import NeverBeganError, Request, header
from fastpix.errors import Err, TimedOutError, UnexpectedClientError, UploadFailedError
from fastpix.reply import Failure, Reply, Success
from fastpix.uploads.checksums import Checksums, fastest, known, stored_checksums
from fastpix.uploads.exchange import Answer, Committed, Exchange, InterruptedUploadError, Stored, answer_of, is_gone
from fastpix.uploads.options import Options
from fastpix.uploads.progress import Reporter
from fastpix.uploads.sources import Source, SourceError
from fastpix.uploads.wire import part, status_query, unreadable

__all__ = ["Sent", "Transfer"]


MOST_LOSSES = 10
"""How often a server may lose bytes that it had, in one upload."""


class Sent(NamedTuple):
    """The file was sent."""

    size: int
    """Its number of bytes."""
    verified: tuple[str, ...]
    """What the server named and was compared: ``size``, ``crc32c`` and ``md5``."""


class Transfer:
    """The sending of one source to one session.

    Args:
        exchange: Sends the requests.
        source: The source.
        options: The options of the upload.
        reporter: Is told about the progress.
        is_media: Returns the steps that find out whether FastPix has made a media of the file already.
    """

    def __init__(
        self,
        exchange: Exchange,
        source: Source,
        options: Options,
        *,
        reporter: Reporter,
        is_media: Callable[[], Steps[bool]],
    ) -> None:
        self._exchange = exchange
        self._source = source
        self._options = options
        self._reporter = reporter
        self._is_media = is_media
        self._checksums = Checksums(fastest() if source.is_repeatable else known())
        self._confirmed = 0
        self._sent = 0
        self._losses = 0
        self._next_part = 0.0

    def steps(self, offset: int | None) -> Steps[Reply[Sent]]:
        """Send the source, and check what the server has.

        Args:
            offset: The number of bytes that the server has, or ``None`` to ask the server.
        """
        try:
            while (failure := (yield from self._exchange.may_go_on(self._paused))) is None:
                answer = yield from (self._ask() if offset is None else self._send_part(offset))
                if isinstance(answer, Failure):
                    return answer
                if isinstance(answer, Stored) or (is_gone(answer) and (yield from self._is_media())):
                    return (yield from self._verified(answer))
                offset, error = self._next(offset, answer)
                if error is not None and (failure := (yield from self._exchange.wait_after(error))) is not None:
                    break
        except UnexpectedClientError as raised:  # the callback raised
            return self._exchange.failed(raised)
        return failure

    def _next(
        self, offset: int | None, answer: Committed | Err | InterruptedUploadError
    ) -> tuple[int | None, Err | None]:
        """Return the number of bytes that the server has, or ``None`` to ask it, and the error if nothing has moved.

        Args:
            offset: The number of bytes that the server had before, or ``None`` if it was asked.
            answer: What it answered.
        """
        if isinstance(answer, InterruptedUploadError):
            return None, None
        if not isinstance(answer, Committed):
            return None, answer
        count, total = answer.received, self._source.size
        if total is not None and count > total:
            return None, unreadable(f"it claims to have {count} bytes of {total}")
        if offset is not None and count > self._sent:  # perhaps another process has sent them: it is asked
            return None, _stalled(count)
        if count > self._confirmed:
            self._confirmed = count
            self._exchange.moved()
            return self._begin_of_rest(count), None
        return self._next_without_news(count) if offset is None else (None, _stalled(count))

    def _next_without_news(self, count: int) -> tuple[int | None, Err | None]:
        """Return what `_next` returns after the server was asked and has no more bytes than before."""
        is_loss = count < self._confirmed
        self._confirmed, self._losses = count, self._losses + is_loss
        if self._losses > MOST_LOSSES:
            return None, unreadable(f"it has taken back bytes {self._losses} times")
        return self._begin_of_rest(count), _stalled(count) if is_loss or count == self._source.size else None

    def _begin_of_rest(self, count: int) -> int:
        """Return where to go on. A server that has all bytes, and is not done, gets the last one again."""
        return count - 1 if count == self._source.size else count

    def _ask(self) -> Steps[Answer]:
        return answer_of((yield from self._exchange.send(status_query(self._exchange.place, self._source.size))))

    def _send_part(self, offset: int) -> Steps[Answer | Failure[Err]]:
        yield from self._exchange.rest(self._next_part - self._exchange.clock())
        skipped = yield from self._skip_to(offset)
        if isinstance(skipped, Failure):
            return skipped
        data = yield from self._read(offset, self._options.bytes_at_once)
        if isinstance(data, Failure):
            return data
        if self._options.bytes_per_second is not None:
            self._next_part = self._exchange.clock() + len(data.unwrap()) / self._options.bytes_per_second
        self._reporter.tell("sending", offset, self._source.size)
        request = part(self._exchange.place, offset, data.unwrap(), self._source.size)
        del data  # so that this part is not in memory any more when the next one is read
        request = msgspec.structs.replace(request, on_sent=self._note_of(request, offset))
        return answer_of((yield from self._exchange.send(request)))

    def _note_of(self, request: Request, offset: int) -> Callable[[int], None]:
        """Return the function that is called with the number of bytes of each chunk that was sent."""
        data = memoryview(cast("bytes", request.body))
        total, position = self._source.size, 0

        def note(count: int) -> None:
            nonlocal position
            self._checksums.add(offset + position, data[position : position + count])
            position += count
            sent = offset + position
            self._sent = max(self._sent, sent)
            self._exchange.is_in_doubt = self._sent == total
            self._reporter.tell("finalizing" if sent == total else "sending", sent, total)
            if position < len(data) and self._exchange.is_to_stop:
                raise InterruptedUploadError

        return note

    def _skip_to(self, offset: int) -> Steps[Failure[Err] | None]:
        """Read what the server has of a stream already. Only its checksums are of use."""
        while not self._source.is_repeatable and (start := self._checksums.position) < offset:
            data = yield from self._read(start, min(self._options.part_size, offset - start))
            if isinstance(data, Failure):
                return data
            self._checksums.add(start, memoryview(data.unwrap()))
        return None

    def _read(self, start: int, size: int) -> Steps[Reply[bytes]]:
        is_stream = not self._source.is_repeatable
        outcome: Outcome = Told(None)
        while isinstance(outcome, Told) and outcome.value is None:  # a stream is read piece by piece
            outcome = yield Ask(
                lambda: self._source.read(start, size), self._exchange.clock() + self._options.silence, is_stream
            )
        if isinstance(outcome, Told):
            data = cast("bytes", outcome.value)
            return Success(data) if data else self._unread(f"it ends before byte {start}, which the server wants")
        if isinstance(outcome, NeverBeganError):
            return self._exchange.failed(TimedOutError(f"the source gave no bytes for {self._options.silence:g} s"))
        if isinstance(outcome, SourceError | OSError):
            return self._unread(str(outcome))
        return self._exchange.failed(unexpected("the source raised", cast("Exception", outcome)))

    def _unread(self, why: str) -> Failure[Err]:
        return self._exchange.failed(UploadFailedError(f"the source cannot be read: {why}", reason="source"))

    def _paused(self) -> None:
        self._reporter.tell("paused", self._confirmed, self._source.size)

    def _verified(self, answer: Answer) -> Steps[Reply[Sent]]:
        """Compare the size and the checksums that the server names with those of the source."""
        headers = answer.headers if isinstance(answer, Stored) else []
        size, named = header(headers, b"x-goog-stored-content-length"), stored_checksums(headers)
        total = self._source.size
        if total is None:  # a stream whose end has not been seen
            total = int(size) if size is not None and size.isdecimal() else self._confirmed
        self._reporter.tell("finalizing", total, total)
        if size is not None and size != str(total):
            return self._exchange.failed(_corrupted(f"{size} bytes of {total}"))
        own = yield from self._own_checksums(named)
        if isinstance(own, Failure):
            return Failure(own.failure())
        checked = {name: value for name, value in own.unwrap().items() if name in named}
        for name, value in checked.items():
            if value != named[name]:
                return self._exchange.failed(_corrupted(f"its {name} is {named[name]}, not {value}"))
        if size is None and not checked and self._sent != self._source.size and not (yield from self._is_media()):
            return self._exchange.failed(unreadable("it says that the upload is complete before all bytes are there"))
        return Success(Sent(total, tuple(["size"] * (size is not None) + [*checked])))

    def _own_checksums(self, named: Mapping[str, str]) -> Steps[Reply[dict[str, str]]]:
        """Return the checksums of the source. It is read again if those that are known are not those that are named."""
        total, sums = self._source.size or 0, self._checksums
        is_known = sums.position == total and not named.keys().isdisjoint(sums.names)
        if not is_known and self._source.is_repeatable:
            sums = Checksums([name for name in known() if name in named][:1])
            while sums.names and sums.position < total:
                data = yield from self._read(sums.position, self._options.part_size)
                if isinstance(data, Failure):
                    return Failure(data.failure())
                sums.add(sums.position, memoryview(data.unwrap()))
        return Success(sums.values() if sums.position == total else {})


def _stalled(count: int) -> UploadFailedError:
    return UploadFailedError(f"the server keeps no more than {count} bytes of the file", reason="stalled")


def _corrupted(how: str) -> UploadFailedError:
    told = "FastPix has not the bytes that were sent: delete the media, and upload the file again"
    return UploadFailedError(f"{told} ({how})", reason="corrupted")
