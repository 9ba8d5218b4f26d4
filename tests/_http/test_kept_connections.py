"""A connection is kept only if its response ended correctly, and reused only while the server keeps it open."""

import gzip
import socket
import ssl
import sys
from contextlib import suppress
from threading import Event

import pytest

from fastpix import AsyncFastpixCore, FastpixCore, Hooks, RequestOptions, with_response
from fastpix._http import pool
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_delete,
)
from fastpix.errors import ApiError
from tests.servers import Action, Scripted, answer

ACK, EVIL = b'{"success":true}', b'{"success":true,"evil":1}'
DELETE = DeleteLiveStreamRequest("abc")


def http(body: bytes, status: int = 200) -> bytes:
    return b"HTTP/1.1 %d Whatever\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body)


def chunked(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def at_once(*parts: bytes) -> Action:
    """Return an action that sends all parts in one segment on Linux. Over TLS, each part is a record of its own."""

    def send(connection: socket.socket, over: Event) -> None:
        hold_back(connection, 1)
        for part in parts:
            connection.sendall(part)
        hold_back(connection, 0)

    return send


def hold_back(connection: socket.socket, whether: int) -> None:
    if sys.platform == "linux":
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, whether)


SPOILED = {
    "another answer": (http(ACK), http(EVIL)),
    "the head of another answer": (http(ACK), http(EVIL)[:20]),
    "a refusal that nobody asked for": (http(ACK), http(b"{}", 429)),
    "another answer in chunks": (chunked(ACK), chunked(EVIL)),
    "an empty line": (http(ACK), b"\r\n"),
    "a body behind 204": (b"HTTP/1.1 204 No Content\r\n\r\n", EVIL),
    "a body that 204 announces": (b"HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n",),
    "a length and chunks": (
        b"HTTP/1.1 200 OK\r\ncontent-length: 16\r\ntransfer-encoding: chunked\r\n\r\n10\r\n" + ACK + b"\r\n0\r\n\r\n",
    ),
}
CLEAN = {
    "a length": (http(ACK),),
    "chunks": (chunked(ACK),),
    "gzip": (
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(gzip.compress(ACK)),
        gzip.compress(ACK),
    ),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n",),
    "an answer after an interim one": (b"HTTP/1.1 103 Early Hints\r\n\r\n", http(ACK)),
}
CASES = [(parts, 2) for parts in SPOILED.values()] + [(parts, 1) for parts in CLEAN.values()]
cases = pytest.mark.parametrize(("parts", "connections"), CASES, ids=[*SPOILED, *CLEAN])


@cases
def test_bytes_behind_an_answer_spoil_its_connection(
    server: Scripted, parts: tuple[bytes, ...], connections: int
) -> None:
    server.script(at_once(*parts), answer(ACK))
    with FastpixCore(username="a", password="b", server_url=server.url) as core:
        live_streams_delete(core, DELETE).unwrap()
        seen = with_response(live_streams_delete)(core, DELETE).unwrap()
    assert (seen.status, seen.body, seen.attempts) == (200, ACK, 1)
    assert server.connections == connections


@cases
@pytest.mark.anyio
async def test_bytes_behind_an_answer_spoil_a_connection_of_the_async_core(
    server: Scripted, parts: tuple[bytes, ...], connections: int
) -> None:
    server.script(at_once(*parts), answer(ACK))
    async with AsyncFastpixCore(username="a", password="b", server_url=server.url) as core:
        (await live_streams_delete(core, DELETE)).unwrap()
        seen = (await with_response(live_streams_delete)(core, DELETE)).unwrap()
    assert (seen.status, seen.body, seen.attempts) == (200, ACK, 1)
    assert server.connections == connections


def say_goodbye(connection: socket.socket, over: Event) -> None:
    """Send a response and, in the same segment, the end of the connection.

    Over TLS, a ``close_notify`` alert comes first.
    """
    hold_back(connection, 1)
    connection.sendall(http(ACK))
    if isinstance(connection, ssl.SSLSocket):
        connection.settimeout(0)
        with suppress(OSError):  # does not wait for the reply of the client
            connection.unwrap()
    connection.shutdown(socket.SHUT_WR)
    hold_back(connection, 0)


def add_noise(connection: socket.socket, over: Event) -> None:
    """Send a response and, in the same segment, bytes that are not a TLS record."""
    hold_back(connection, 1)
    connection.sendall(http(ACK))
    socket.socket.sendall(connection, b"x" * 20)
    hold_back(connection, 0)


@pytest.mark.parametrize("end", [say_goodbye, add_noise])
def test_a_connection_that_the_server_ends_is_not_used_again(server: Scripted, end: Action) -> None:
    server.script(end, answer(ACK))
    with FastpixCore(username="a", password="b", server_url=server.url) as core:
        for _ in range(2):
            assert with_response(live_streams_delete)(core, DELETE).unwrap().attempts == 1
    assert server.connections == 2


@pytest.mark.parametrize("end", [say_goodbye, add_noise])
@pytest.mark.anyio
async def test_a_connection_that_the_server_ends_is_not_used_again_by_the_async_core(
    server: Scripted, end: Action
) -> None:
    server.script(end, answer(ACK))
    async with AsyncFastpixCore(username="a", password="b", server_url=server.url) as core:
        for _ in range(2):
            assert (await with_response(live_streams_delete)(core, DELETE)).unwrap().attempts == 1
    assert server.connections == 2


SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"
UPGRADE = RequestOptions(headers={"upgrade": "x", "connection": "upgrade"})


def test_a_connection_that_speaks_another_protocol_now_is_not_used_again(server: Scripted) -> None:
    server.script(at_once(SWITCH), answer(ACK))
    with FastpixCore(username="a", password="b", server_url=server.url) as core:
        error = live_streams_delete(core, DELETE, UPGRADE).failure()
        assert isinstance(error, ApiError)
        assert (error.status, error.attempts) == (101, 1)
        live_streams_delete(core, DELETE).unwrap()
    assert server.connections == 2


CREATION = CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings())


@pytest.mark.parametrize(("seconds", "connections"), [(0.0, 2), (4.0, 1)])
@pytest.mark.parametrize("hooks", [Hooks(), Hooks(before_request=lambda attempt, request: None)])
def test_what_can_not_be_sent_twice_takes_a_young_connection(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, hooks: Hooks, seconds: float, connections: int
) -> None:
    monkeypatch.setattr(pool, "FRESH_SECONDS", seconds)
    with FastpixCore(username="a", password="b", server_url=scripted.url, hooks=hooks) as core:
        for _ in range(2):
            live_streams_delete(core, DELETE).unwrap()
        assert scripted.connections == 1
        live_streams_create(core, CREATION)
    assert scripted.connections == connections


@pytest.mark.parametrize(("seconds", "connections"), [(0.0, 2), (4.0, 1)])
@pytest.mark.anyio
async def test_what_can_not_be_sent_twice_takes_a_young_connection_of_the_async_core(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, seconds: float, connections: int
) -> None:
    monkeypatch.setattr(pool, "FRESH_SECONDS", seconds)
    async with AsyncFastpixCore(username="a", password="b", server_url=scripted.url) as core:
        for _ in range(2):
            (await live_streams_delete(core, DELETE)).unwrap()
        assert scripted.connections == 1
        await live_streams_create(core, CREATION)
    assert scripted.connections == connections
