"""Sends what is due to webhooks: to functions in the turn of the caller, to URLs from a thread of its own.

It is the only part of the local FastPix that sends requests. They go to this machine, or to hosts that were allowed.
"""

import logging
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from threading import Event, Lock, Thread
from typing import TypeAlias, cast

import httpx
import msgspec

from fastpix._call.loopback import is_loopback
from fastpix.emulator.due import first_due
from fastpix.emulator.http.wire import RefusedError
from fastpix.emulator.store.documents import StoreError
from fastpix.emulator.webhooks.deliveries import (
    Attempt,
    Delivery,
    Outgoing,
    Webhook,
    next_due,
    note_attempt,
    take,
)
from fastpix.emulator.workspace import Workspace
from fastpix.webhooks.signature import SIGNATURE_HEADER, sign

__all__ = ["Courier", "Function", "check_url", "post"]

Function: TypeAlias = Callable[[bytes, dict[str, str]], int]
"""A webhook in this process: it takes the body and the headers of a request, and returns the status of the response."""
Turn: TypeAlias = Callable[[], AbstractContextManager[Workspace]]

PROBE = b"{}"
PATIENCE = 10.0
"""The seconds after which an attempt ends without a response."""
PARTING = 1.0
"""The seconds that `Courier.close` waits for an attempt."""
LONGEST_PAUSE = 1.0
"""The most seconds between two looks at the clock, which another process may have moved."""
SHORTEST_PAUSE = 0.001
ANSWER_CHARACTERS = 200

logger: logging.Logger = logging.getLogger("fastpix")


def check_url(url: str, allowed: Collection[str]) -> None:
    """Check the URL of a webhook.

    Args:
        url: The URL.
        allowed: The hosts that are allowed besides this machine.

    Raises:
        msgspec.ValidationError: It is no URL of http or https, or leads to another machine.
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as problem:
        raise msgspec.ValidationError(f"the URL of a webhook is not valid: {problem}") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise msgspec.ValidationError(f"the URL of a webhook must begin with http:// or https://, not {url!r}")
    if not is_loopback(parsed.host) and parsed.host not in {host.lower() for host in allowed}:
        raise msgspec.ValidationError(
            f"the webhook {url!r} is on another machine, and the local FastPix sends nothing there unless its host is "
            "allowed: Emulator(webhook_hosts=...), or --allow-webhook-host"
        )


class Courier:
    """Sends deliveries.

    Args:
        turn: Lends the workspace, after everything that is due.
    """

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._functions: dict[str, Function] = {}
        self._in_turn = Lock()
        self._thread: Thread | None = None
        self._starting = Lock()
        self._woken = Event()
        self._is_closed = False
        self.told: list[Callable[[Delivery], object]] = []
        """Functions that are told each attempt."""

    @property
    def has_functions(self) -> bool:
        """Whether a webhook is a function of this process."""
        return bool(self._functions)

    def add_function(self, webhook: Webhook, function: Function) -> None:
        self._functions[webhook.id] = function

    def remove(self, webhook_id: str) -> None:
        self._functions.pop(webhook_id, None)

    def start(self) -> None:
        """Start the thread for deliveries to URLs, unless it runs."""
        with self._starting:
            if self._thread is None and not self._is_closed:
                self._thread = Thread(target=self._run, name="fastpix-webhooks", daemon=True)
                self._thread.start()

    def close(self) -> None:
        self._is_closed = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join(PARTING)

    def changed(self) -> None:
        """Send what is due to functions, and let the thread look at the clock."""
        self._woken.set()
        while self._functions and self._is_due() and self._in_turn.acquire(blocking=False):
            try:
                while (outgoing := self._take(functions=True)) is not None:
                    self._attempt(outgoing)
            finally:
                self._in_turn.release()

    def _is_due(self) -> bool:
        with self._turn() as workspace:
            due = next_due(workspace.documents, functions=True)
            return due is not None and due <= workspace.time

    def _take(self, *, functions: bool) -> Outgoing | None:
        with self._turn() as workspace:
            return take(workspace, functions=functions)

    def _attempt(self, outgoing: Outgoing) -> None:
        webhook, body = outgoing.webhook, outgoing.delivery.body.encode()
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: sign(body, webhook.secret)}
        attempt = Attempt(outgoing.due, None, "interrupted")
        try:
            status, error = self._send(webhook, body, headers)
            attempt = Attempt(outgoing.due, status, error)
        finally:
            with self._turn() as workspace:
                delivery = note_attempt(workspace, outgoing, attempt)
        if delivery is not None:
            for tell in self.told:
                tell(delivery)

    def _send(self, webhook: Webhook, body: bytes, headers: dict[str, str]) -> tuple[int | None, str | None]:
        function = self._functions.get(webhook.id)
        if webhook.url or function is None:
            return post(webhook.url, body, headers) if webhook.url else (None, "the function was in another process")
        return _call(function, body, headers)

    def probe(self, target: str | Function) -> None:
        """Send the unsigned request that a new webhook gets.

        Raises:
            RefusedError: The response has no 2xx status (400).
        """
        headers = {"Content-Type": "application/json"}
        status, error = post(target, PROBE, headers) if isinstance(target, str) else _call(target, PROBE, headers)
        if status is None or not 200 <= status < 300:
            found = error or f"it responds with {status}"
            named = target if isinstance(target, str) else "the function"
            raise RefusedError(400, "the webhook does not respond with a 2xx status", f"{named}: {found}")

    def _run(self) -> None:
        while not self._is_closed:
            self._woken.clear()
            try:
                while not self._is_closed and (outgoing := self._take(functions=False)) is not None:
                    self._attempt(outgoing)
                pause = self._pause()
            except StoreError:  # another process has locked the file, or the local FastPix is closed
                pause = LONGEST_PAUSE
            except Exception:
                logger.exception("a delivery to a webhook failed")
                pause = LONGEST_PAUSE
            self._woken.wait(pause)

    def _pause(self) -> float:
        """Return the seconds until something is due, by the clock if it runs."""
        with self._turn() as workspace:
            documents, now = workspace.documents, workspace.time
            times = [next_due(documents, functions=False), first_due(documents)]
        waits = [due - now for due in times if due is not None]
        return max(SHORTEST_PAUSE, min([LONGEST_PAUSE, *waits]))


def _call(function: Function, body: bytes, headers: dict[str, str]) -> tuple[int | None, str | None]:
    """Call a function, and return the status, or why there is none."""
    try:
        status = cast("object", function(body, headers))
    except Exception as problem:
        logger.warning("a webhook that is a function raised", exc_info=problem)
        return None, f"{type(problem).__name__}: {problem}"
    if not isinstance(status, int):
        return None, f"the function returned {type(status).__name__}, not the status of a response"
    return status, None


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int | None, str | None]:
    """Send a request to a URL, and return the status, or why there is none. No proxy is used, no redirect followed."""
    try:
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            return client.post(url, content=body, headers=headers).status_code, None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as problem:
        return None, f"{type(problem).__name__}: {problem}"[:ANSWER_CHARACTERS]
