"""Connects to a host that has several addresses, in the manner of RFC 8305, sections 5 and 8.

Each address except the last is first tried alone for a short time. The addresses that did not respond in that time are
then tried again, in parallel with the last address.

Only the sync core uses this module. For the async core, anyio has its own implementation.
"""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeAlias, cast

import httpcore

from fastpix._call.interrupts import pass_interrupt

__all__ = ["connect_any"]

Connect: TypeAlias = Callable[[str, float | None], httpcore.NetworkStream]
Left: TypeAlias = Callable[[], float | None]

SOON_SECONDS = 0.25


def connect_any(addresses: list[str], connect: Connect, left: Left) -> httpcore.NetworkStream:
    """Return the first connection that can be made. Raise the last error if no connection can be made.

    Args:
        addresses: The addresses, at least one.
        connect: Connects to an address within a number of seconds.
        left: Returns the seconds that are left for all addresses. It raises if no time is left.
    """
    slow: list[str] = []
    *others, last = addresses
    for address in others:
        seconds = left()
        try:
            return connect(address, SOON_SECONDS if seconds is None else min(seconds, SOON_SECONDS))
        except httpcore.ConnectTimeout as problem:
            pass_interrupt(problem)
            slow.append(address)
        except httpcore.ConnectError as problem:
            pass_interrupt(problem)
    if not slow:
        return connect(last, left())
    return _Race([last, *slow], connect, left()).winner()


class _Race:
    """Connects to all addresses in parallel, each in a thread. Every connection after the first is closed."""

    def __init__(self, addresses: list[str], connect: Connect, seconds: float | None) -> None:
        self._addresses = addresses
        self._connect = connect
        self._seconds = seconds
        self._first: dict[str, httpcore.NetworkStream | None] = {}
        self._ends: SimpleQueue[Exception | None] = SimpleQueue()

    def winner(self) -> httpcore.NetworkStream:
        for address in self._addresses:
            Thread(target=self._run, args=(address,), daemon=True).start()
        problem: Exception | None = None
        for _ in self._addresses:
            try:
                problem = self._ends.get(timeout=self._seconds)
            except Empty:
                break
            if problem is None:
                return cast("httpcore.NetworkStream", self._first["stream"])
        stream = self._first.setdefault("stream", None)  # a thread that connects after this closes its connection
        if stream is not None:
            return stream
        raise problem or httpcore.ConnectTimeout("timed out")

    def _run(self, address: str) -> None:
        try:
            stream = self._connect(address, self._seconds)
        except Exception as problem:
            self._ends.put(problem)
            return
        if self._first.setdefault("stream", stream) is not stream:
            stream.close()
        self._ends.put(None)
