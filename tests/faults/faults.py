"""All faults on the way to a server and back. Each fault is an action on one request."""

import asyncio
import gzip
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal, NamedTuple, TypeAlias

from tests.faults.proxy import Visit

__all__ = ["FAULTS", "UNSEEN", "Fault", "Kind", "hang_up"]

Kind: TypeAlias = Literal["unreached", "throttled", "undecided", "unreadable", "redirected", "harmless", "dataless"]
Act: TypeAlias = Callable[[Visit], Awaitable[None]]

MEBIBYTE = 1024 * 1024
DRIP_SECONDS = 0.05
SHORT = (1.5, 0.3)
"""The deadline and the attempt timeout, in seconds, for faults that end with a timeout."""


class Fault(NamedTuple):
    """A fault that a request meets.

    Attributes:
        name: A description in words.
        kind: The conclusion that a client can draw.
        act: The action on the request, or ``None`` if nothing listens.
        error: The class of the final error. It is empty for a harmless fault.
        applied: ``True`` if the server carries out the request nevertheless. For the kinds ``unreadable`` and
            ``dataless``, the server always does, and this field is ``False``.
        deadline: The deadline of the whole call, in seconds.
        attempt: The timeout of one attempt, in seconds.
        asked_to_wait: ``True`` if the server asks for a wait beyond the deadline.
    """

    name: str
    kind: Kind
    act: Act | None
    error: str
    applied: bool = False
    deadline: float = 10.0
    attempt: float = 10.0
    asked_to_wait: bool = False


async def reset(visit: Visit) -> None:
    linger = struct.pack("ii", 1, 0)
    visit.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    visit.writer.transport.abort()


async def reset_before_the_request(visit: Visit) -> None:
    await asyncio.sleep(0.02)  # waits until the client has connected: before that, a reset is a failed connect
    await reset(visit)


async def reset_in_the_request(visit: Visit) -> None:
    await visit.first_byte()
    await reset(visit)


async def reset_after_the_request(visit: Visit) -> None:
    await visit.answer()
    await reset(visit)


async def reset_in_the_body(visit: Visit) -> None:
    whole = await visit.answer()
    visit.writer.write(whole[: len(whole) - 9])
    await visit.writer.drain()
    await asyncio.sleep(0.01)
    await reset(visit)


async def hang_up(visit: Visit) -> None:
    await visit.request()


async def hang_up_when_done(visit: Visit) -> None:
    await visit.answer()


async def hang(visit: Visit) -> None:
    await visit.request()
    await visit.over.wait()


def drip(*, from_the_body: bool) -> Act:
    async def act(visit: Visit) -> None:
        head, _, body = (await visit.answer()).partition(b"\r\n\r\n")
        longer = head.replace(b"content-length: ", b"content-length: 1") + b"\r\n\r\n" + body
        at_once = len(head) + 8 if from_the_body else 20
        visit.writer.write(longer[:at_once])
        for byte in longer[at_once:]:
            await visit.writer.drain()
            await asyncio.sleep(DRIP_SECONDS)
            visit.writer.write(bytes([byte]))
        await visit.over.wait()

    return act


def body(content: bytes | Callable[[bytes], bytes], *headers: str, length: int = 0) -> Act:
    """Return an action that sends the response with another body. ``length`` is added to its ``content-length``."""

    async def act(visit: Visit) -> None:
        own = (await visit.answer()).partition(b"\r\n\r\n")[2]
        changed = content(own) if callable(content) else content
        visit.write(200, changed, *headers, length=len(changed) + length)

    return act


async def hundred_megabytes(visit: Visit) -> None:
    await visit.answer()
    visit.write(200, b'{"data":"', length=100 * MEBIBYTE)
    for _ in range(100):
        visit.writer.write(b"x" * MEBIBYTE)
        await visit.writer.drain()


async def truncated_chunks(visit: Visit) -> None:
    own = (await visit.answer()).partition(b"\r\n\r\n")[2]
    half = own[: len(own) // 2]
    visit.writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(half), half))


async def interim_answers(visit: Visit) -> None:
    whole = await visit.answer()
    visit.writer.write(b"HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n" * 500 + whole)


async def no_http(visit: Visit) -> None:
    await visit.answer()
    visit.writer.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")


async def huge_header(visit: Visit) -> None:
    await visit.answer()
    with suppress(ConnectionError):
        visit.write(200, b"{}", "x-huge: " + "x" * MEBIBYTE)


def status(code: int, *headers: str | Callable[[], str], applied: bool = False) -> Act:
    async def act(visit: Visit) -> None:
        await (visit.answer() if applied else visit.request())
        lines = [header if isinstance(header, str) else header() for header in headers]
        visit.write(code, b'{"success":false,"error":{"code":%d,"message":"no"}}' % code, *lines)

    return act


def redirect(target: Callable[[Visit], str]) -> Act:
    async def act(visit: Visit) -> None:
        await visit.request()
        visit.write(307, b"", f"location: {target(visit)}")

    return act


def throttled(name: str, act: Act, *, deadline: float = 5.0, asked_to_wait: bool = False) -> Fault:
    """Return a refusal with 429. Two of them are waited for within the deadline, with 1 and 2 seconds at the most."""
    return Fault(name, "throttled", act, "RateLimitedError", deadline=deadline, asked_to_wait=asked_to_wait)


def in_a_second() -> str:
    return "retry-after: " + format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)


BOMB = gzip.compress(b"0" * (64 * MEBIBYTE), compresslevel=1)
UNSEEN = frozenset({"reset before the request", "reset in the request"})
"""Faults in which the server never receives the whole request, which the client cannot know."""
GZIP = "content-encoding: gzip"


def _faults() -> Iterator[Fault]:
    yield Fault("nobody listens", "unreached", None, "ConnectionFailedError")
    yield Fault("reset before the request", "undecided", reset_before_the_request, "ConnectionFailedError")
    yield Fault("reset in the request", "undecided", reset_in_the_request, "ConnectionFailedError")
    yield Fault("reset after the request", "undecided", reset_after_the_request, "ConnectionFailedError", applied=True)
    yield Fault("reset in the body", "undecided", reset_in_the_body, "ConnectionFailedError", applied=True)
    yield Fault("closed without an answer", "undecided", hang_up, "ConnectionFailedError")
    yield Fault("closed when done", "undecided", hang_up_when_done, "ConnectionFailedError", applied=True)
    yield Fault("no answer, ever", "undecided", hang, "TimedOutError", False, *SHORT)
    yield Fault("a drip of headers", "undecided", drip(from_the_body=False), "TimedOutError", True, *SHORT)
    yield Fault("a drip of the body", "undecided", drip(from_the_body=True), "TimedOutError", True, *SHORT)
    yield Fault("content-length too long", "undecided", body(bytes, length=9), "ConnectionFailedError", applied=True)
    yield Fault("truncated chunks", "undecided", truncated_chunks, "ConnectionFailedError", applied=True)
    yield Fault("no HTTP", "undecided", no_http, "ConnectionFailedError", applied=True)
    yield Fault("a header of a megabyte", "undecided", huge_header, "ConnectionFailedError", applied=True)
    yield Fault("content-length too short", "unreadable", body(bytes, length=-3), "ResponseValidationError")
    yield Fault("truncated JSON", "unreadable", body(lambda own: own[:-3]), "ResponseValidationError")
    yield Fault("broken gzip", "unreadable", body(b"\x1f\x8b\x08nonsense", GZIP), "ResponseValidationError")
    yield Fault("cut gzip", "unreadable", body(lambda own: gzip.compress(own)[:-9], GZIP), "ResponseValidationError")
    yield Fault("a gzip bomb", "unreadable", body(BOMB, GZIP), "ResponseValidationError")
    yield Fault("100 megabytes", "unreadable", hundred_megabytes, "ResponseValidationError")
    yield Fault("HTML", "unreadable", body(b"<html>ok</html>", "content-type: text/html"), "ResponseValidationError")
    yield Fault("invalid UTF-8", "dataless", body(b'{"success":true,"data":"\xff"}'), "ResponseValidationError")
    yield Fault("nested 100,000 deep", "unreadable", body(b"[" * 100_000), "ResponseValidationError")
    yield Fault("an empty body", "dataless", body(b""), "ResponseValidationError")
    yield Fault("500 interim answers", "harmless", interim_answers, "", applied=True)
    yield Fault("redirect elsewhere", "redirected", redirect(lambda visit: visit.elsewhere), "ApiError")
    yield Fault("redirect loop", "redirected", redirect(lambda visit: visit.here), "ApiError")
    yield throttled("429", status(429))
    yield throttled("429, one second", status(429, "retry-after: 1"))
    yield throttled("429, a date", status(429, in_a_second), deadline=10.0)  # a slow machine may wait a second longer
    yield throttled("429, a day", status(429, "retry-after: 86400"), asked_to_wait=True)
    yield throttled("429, minus five", status(429, "retry-after: -5"))
    yield throttled("429, garbage", status(429, "retry-after: soon"))
    yield Fault("408", "undecided", status(408), "ApiError")
    yield Fault("500 when done", "undecided", status(500, applied=True), "ServerError", applied=True)
    yield from (Fault(str(code), "undecided", status(code), "ServerError") for code in (502, 503, 504, 524))


FAULTS = list(_faults())
