"""The sending of a source: what is sent after which answer. No network, and no time."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import md5
from random import Random
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix import Attempt, Hooks, Success
from fastpix._call.call import Outcome
from fastpix._call.messages import Request, Response, header
from fastpix.errors import (
    ConnectionFailedError,
    Err,
    ForbiddenError,
    ResponseValidationError,
    UnexpectedClientError,
    UploadFailedError,
)
from fastpix.uploads import UploadControl, UploadProgress
from fastpix.uploads.options import Options
from fastpix.uploads.transfer import Sent
from fastpix.uploads.wire import QUANTUM
from tests.uploads.sessions import FAULTS, Session, transfer

DATA = Random(1).randbytes(5 * QUANTUM + 1000)


def ranges(session: Session) -> list[str]:
    return [(header(request.headers, b"content-range") or "").removeprefix("bytes ") for request in session.requests]


def md5_of(data: bytes) -> str:
    return b64encode(md5(data, usedforsecurity=False).digest()).decode()


def test_a_source_is_sent_in_parts() -> None:
    session = Session()
    assert transfer(session, DATA[: 2 * QUANTUM + 1]) == Success(Sent(2 * QUANTUM + 1, ()))
    assert bytes(session.data) == DATA[: 2 * QUANTUM + 1]
    assert ranges(session) == ["0-262143/524289", "262144-524287/524289", "524288-524288/524289"]


def test_the_size_of_a_stream_is_named_when_its_end_is_seen() -> None:
    session = Session()
    assert transfer(session, iter([DATA[:100000], DATA[100000 : 2 * QUANTUM]])) == Success(Sent(2 * QUANTUM, ()))
    assert ranges(session) == ["0-262143/*", "262144-524287/524288"]


def test_after_a_fault_the_server_is_asked_and_gets_the_rest() -> None:
    session = Session(["", "partial"])
    assert isinstance(transfer(session, DATA, Options(part_size=2 * QUANTUM)), Success)
    assert ranges(session) == [
        "0-524287/1311720",
        "524288-1048575/1311720",
        "*/1311720",
        "786432-1310719/1311720",
        "1310720-1311719/1311720",
    ]


def test_a_partial_commit_goes_on_where_it_ends() -> None:
    session = Session(["short"])
    assert isinstance(transfer(session, DATA, Options(part_size=4 * QUANTUM)), Success)
    assert ranges(session) == ["0-1048575/1311720", "524288-1311719/1311720"]


def test_a_response_without_range_after_confirmed_bytes_is_checked_by_asking() -> None:
    session = Session(["", "no range"])
    assert isinstance(transfer(session, DATA[: 2 * QUANTUM + 1]), Success)
    assert ranges(session) == [
        "0-262143/524289",
        "262144-524287/524289",
        "*/524289",
        "524288-524288/524289",
    ]


def test_bytes_that_the_server_has_lost_are_sent_again() -> None:
    session = Session(["", "", "forget"])
    assert isinstance(transfer(session, DATA[: 3 * QUANTUM], offset=None), Success)
    assert bytes(session.data) == DATA[: 3 * QUANTUM]


def test_a_lost_last_response_is_found_by_asking() -> None:
    session = Session(["lost"])
    assert transfer(session, DATA[:100]) == Success(Sent(100, ()))
    assert ranges(session) == ["0-99/100", "*/100"]


def test_a_server_that_has_all_and_is_not_done_gets_the_last_byte_again() -> None:
    session = Session()
    session.data += DATA[:QUANTUM]
    assert isinstance(transfer(session, DATA[:QUANTUM], offset=None), Success)
    assert ranges(session) == ["*/262144", "262143-262143/262144"]


def test_a_server_that_loses_bytes_again_and_again_is_given_up() -> None:
    session = Session(["", "forget", ""] * 100)
    error = transfer(session, DATA, attempts=100).failure()
    assert isinstance(error, ResponseValidationError)
    assert "taken back bytes 11 times" in error.message


def outcomes(fault: str) -> list[str]:
    return [fault] * 100


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("reset", ConnectionFailedError), ("dropped", UploadFailedError)],
)
def test_a_server_that_stores_nothing_is_given_up_after_the_attempts(fault: str, kind: type[Err]) -> None:
    session = Session(outcomes(fault))
    error = transfer(session, DATA, attempts=4).failure()
    assert isinstance(error, kind)
    assert not error.may_have_been_applied
    assert len([text for text in ranges(session) if text[0] != "*"]) <= 4


def test_progress_makes_the_next_attempt_the_first_again() -> None:
    faults = ["partial", "", "", ""] * 5
    session = Session(faults)
    assert isinstance(transfer(session, DATA, attempts=2), Success)


def test_an_unknown_fate_of_the_last_part_is_told() -> None:
    error = transfer(Session(outcomes("reset")), DATA[:10], attempts=1).failure()
    assert not error.may_have_been_applied  # a third of it was sent
    error = transfer(Session(outcomes("lost")), DATA[:10], attempts=1).failure()
    assert error.may_have_been_applied


class Refusing(Session):
    """A session that is answered with one status."""

    def __init__(self, status: int, retry_after: bytes = b"7") -> None:
        super().__init__()
        self.status = status
        self.retry_after = retry_after

    def respond(self, request: Request) -> Outcome:
        self.requests.append(request)
        return Response(
            self.status,
            [(b"retry-after", self.retry_after), (b"x-request-id", b"secret-session")],
            b'{"message":"secret-session"}',
        )


@pytest.mark.parametrize("status", [404, 410])
def test_a_session_that_is_gone_ends_the_upload(status: int) -> None:
    error = transfer(Refusing(status), DATA).failure()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "gone"


@pytest.mark.parametrize("status", [404, 410])
def test_a_session_is_gone_because_the_media_is_there(status: int) -> None:
    assert transfer(Refusing(status), DATA, is_media=True) == Success(Sent(len(DATA), ()))


def test_a_refusal_ends_the_upload_and_its_body_is_not_shown() -> None:
    error = transfer(Refusing(403), DATA[:10]).failure()
    assert isinstance(error, ForbiddenError)
    assert not error.may_have_been_applied
    assert "secret-session" not in f"{error!r} {error} {vars(error)}"


def test_a_retry_after_is_waited_for() -> None:
    session = Refusing(429)
    transfer(session, DATA, attempts=3)
    assert len(session.requests) == 3
    assert session.now == pytest.approx(14.0)


def test_a_wait_that_a_response_names_has_a_limit() -> None:
    session = Refusing(503, b"1000000000")
    transfer(session, DATA, attempts=2)
    assert session.now == pytest.approx(3600)


def test_a_cancelled_upload_makes_no_more_attempts() -> None:
    control = UploadControl()

    class Cancelling(Refusing):
        def respond(self, request: Request) -> Outcome:
            control.cancel()
            return super().respond(request)

    session = Cancelling(503)
    error = transfer(session, DATA, Options(control=control), attempts=10).failure()
    assert isinstance(error, UploadFailedError)
    assert (error.reason, len(session.requests)) == ("cancelled", 1)


@pytest.mark.parametrize("text", [b"bytes=0-9999999", b"bytes=1-5", b"nonsense", b"bytes=0-"])
def test_a_range_that_cannot_be_is_an_error(text: bytes) -> None:
    class Boasting(Session):
        def respond(self, request: Request) -> Outcome:
            self.requests.append(request)
            return Response(308, [(b"range", text)], b"")

    error = transfer(Boasting(), DATA).failure()
    assert isinstance(error, ResponseValidationError)


def named(value: str) -> Session:
    session = Session()
    session.headers = [(b"x-goog-hash", value.encode()), (b"x-goog-stored-content-length", b"%d" % len(DATA))]
    return session


@pytest.mark.parametrize("given", [DATA, [DATA]])
def test_what_the_server_names_is_compared(given: bytes | Iterable[bytes]) -> None:
    assert transfer(named(f"crc32q=AAAA, md5={md5_of(DATA)}"), given) == Success(Sent(len(DATA), ("size", "md5")))
    error = transfer(named(f"md5={md5_of(b'')}"), given).failure()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "corrupted"


def test_another_size_is_a_failure() -> None:
    session = Session()
    session.headers = [(b"X-Goog-Stored-Content-Length", b"7")]
    error = transfer(session, DATA).failure()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "corrupted"


def test_a_source_of_which_only_the_rest_was_sent_is_read_again_for_its_checksum() -> None:
    session = named(f"md5={md5_of(DATA)}")
    session.data += DATA[: 3 * QUANTUM]
    assert transfer(session, DATA, offset=None) == Success(Sent(len(DATA), ("size", "md5")))


def test_a_stream_of_which_only_the_rest_was_sent_is_compared_too() -> None:
    session = named(f"md5={md5_of(DATA)}")
    session.data += DATA[: 3 * QUANTUM]
    assert transfer(session, [DATA], offset=None) == Success(Sent(len(DATA), ("size", "md5")))
    session = named(f"md5={md5_of(DATA)}")
    session.data += DATA[: 3 * QUANTUM]
    error = transfer(session, [bytes(3 * QUANTUM), DATA[3 * QUANTUM :]], offset=None).failure()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "corrupted"


class Early(Session):
    """A server, or something between, that says too early that all is well."""

    def respond(self, request: Request) -> Outcome:
        self.requests.append(request)
        if request.on_sent is not None:
            request.on_sent(len(cast("bytes", request.body)))
        return Response(200, [], b"<html>log in</html>")


@pytest.mark.parametrize("source", [DATA, [DATA]])
@pytest.mark.parametrize("offset", [0, None])
def test_a_success_before_all_is_sent_is_not_believed(source: bytes | list[bytes], offset: int | None) -> None:
    error = transfer(Early(), source, offset=offset).failure()
    assert isinstance(error, ResponseValidationError)
    assert "before all bytes are there" in error.message
    assert isinstance(transfer(Early(), source, offset=offset, is_media=True), Success)


def test_bytes_of_another_process_are_found_by_asking() -> None:
    class Shared(Session):
        """A session that another process sends to at the same time."""

        def respond(self, request: Request) -> Outcome:
            outcome = super().respond(request)
            if len(self.requests) > 1 or self.is_complete:
                return outcome
            self.data += DATA[len(self.data) : 3 * QUANTUM]
            return Response(308, [(b"range", b"bytes=0-%d" % (len(self.data) - 1))], b"")

    session = Shared()
    assert isinstance(transfer(session, DATA), Success)
    assert bytes(session.data) == DATA
    assert ranges(session)[1:3] == ["*/1311720", "786432-1048575/1311720"]


def test_a_stream_cannot_go_back() -> None:
    error = transfer(Session(["", "", "forget"]), [DATA]).failure()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "source"


def test_a_stream_that_ends_before_what_the_server_has_is_an_error() -> None:
    session = Session()
    session.data += DATA[: 3 * QUANTUM]
    error = transfer(session, [DATA[:100]], offset=None).failure()
    assert isinstance(error, UploadFailedError)
    assert "ends before byte 100" in error.message


def test_an_iterable_that_raises_is_named() -> None:
    def broken() -> Iterable[bytes]:
        yield DATA
        raise ValueError("no more")

    error = transfer(Session(), broken()).failure()
    assert isinstance(error, UnexpectedClientError)
    assert "the source raised ValueError: no more" in error.message


def test_the_rate_is_limited() -> None:
    session = Session()
    options = Options(part_size=4 * QUANTUM, bytes_per_second=2 * QUANTUM)
    assert isinstance(transfer(session, DATA, options), Success)
    assert ranges(session)[0] == "0-524287/1311720"
    assert session.now == pytest.approx(2.0)


def test_a_slow_rate_has_the_smallest_parts() -> None:
    session = Session()
    assert isinstance(transfer(session, DATA, Options(bytes_per_second=1000)), Success)
    assert ranges(session)[0] == "0-262143/1311720"
    assert session.now == pytest.approx(5 * QUANTUM / 1000)


def test_a_pause_stops_in_the_middle_of_a_part_and_asks_before_it_goes_on() -> None:
    control, session = UploadControl(), Session()
    seen: list[str] = []

    def watch(progress: UploadProgress) -> None:
        seen.append(progress.stage)
        if progress.stage == "sending" and not control.is_paused and "paused" not in seen and progress.sent:
            control.pause()
        if progress.stage == "paused":
            control.resume()
        session.now += 1

    result = transfer(session, DATA, Options(part_size=4 * QUANTUM, control=control, on_progress=watch))
    assert isinstance(result, Success)
    assert seen.count("paused") == 1
    assert ranges(session)[1] == "*/1311720"


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_cancelled_upload_fails(is_paused: bool) -> None:
    control, session = UploadControl(), Session(outcomes("503"))
    if is_paused:
        control.pause()
    control.cancel()
    error = transfer(session, DATA, Options(control=control)).failure()
    assert isinstance(error, UploadFailedError)
    assert error.reason == "cancelled"
    assert not session.requests


def test_a_callback_that_raises_ends_the_upload() -> None:
    def failing(progress: UploadProgress) -> None:
        if progress.stage == "finalizing":
            raise KeyError("bar")

    for data in (DATA[:10], DATA):
        error = transfer(Session(), data, Options(on_progress=failing)).failure()
        assert isinstance(error, UnexpectedClientError)
        assert "the on_progress function raised KeyError" in error.message
    error = transfer(Session(), DATA, Options(on_progress=lambda _: 1 / 0)).failure()
    assert isinstance(error, UnexpectedClientError)


def test_a_hook_is_told_the_doubt_that_the_error_has() -> None:
    doubts: list[bool] = []
    hooks = Hooks(on_error=lambda attempt, error: doubts.append(error.may_have_been_applied))
    transfer(Session(outcomes("reset")), DATA[:10], attempts=1, hooks=hooks)
    transfer(Session(outcomes("lost")), DATA[:10], attempts=1, hooks=hooks)
    assert doubts == [False, True]


def test_hooks_see_each_response_and_each_failed_attempt() -> None:
    responses: list[tuple[int, int]] = []
    errors: list[tuple[Attempt, str]] = []
    hooks = Hooks(
        after_response=lambda attempt, response: responses.append((attempt.number, response.status)),
        on_error=lambda attempt, error: errors.append((attempt, type(error).__name__)),
    )
    assert isinstance(transfer(Session(["", "503"]), DATA[: QUANTUM + 5], hooks=hooks), Success)
    assert responses == [(1, 308), (2, 503), (3, 308), (4, 200)]
    [(attempt, name)] = errors
    assert (attempt.function, attempt.method, attempt.path, attempt.number, name) == (
        "upload",
        "PUT",
        "/{uploadId}",
        2,
        "ServerError",
    )


def raising(attempt: Attempt, _: Any) -> None:
    raise KeyError(attempt.number)


def test_a_hook_that_raises_ends_the_upload() -> None:
    error = transfer(Session(), DATA, hooks=Hooks(after_response=raising)).failure()
    assert isinstance(error, UnexpectedClientError)
    error = transfer(Session(["503"]), DATA, hooks=Hooks(on_error=raising)).failure()
    assert isinstance(error, UnexpectedClientError)


@given(
    data=st.integers(1, 6 * QUANTUM),
    part=st.integers(1, 4),
    faults=st.lists(st.sampled_from(["", *FAULTS]), max_size=30),
    is_stream=st.booleans(),
)
def test_whatever_goes_wrong_the_server_gets_the_bytes(
    data: int, part: int, faults: list[str], is_stream: bool
) -> None:
    faults = [fault for fault in faults if fault != "forget" or not is_stream][: 10 + 20 * is_stream]
    content = DATA[:data]
    session = Session(faults)
    given = [content[:70000], content[70000:]] if is_stream else content
    result = transfer(session, given, Options(part_size=part * QUANTUM), attempts=100)
    assert isinstance(result, Success)
    assert bytes(session.data) == content
    harm = sum(fault not in ("", "forget") for fault in faults)
    assert session.sent <= data + harm * part * QUANTUM + session.lost + faults.count("forget") * part * QUANTUM + 40
