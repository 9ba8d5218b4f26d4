"""Sends deliveries to webhooks: to functions in the turn of the caller, to each URL from a thread of its own.

Its requests go to this machine, or to hosts that were allowed.
"""

import logging
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from threading import Event, Lock, Thread, current_thread
from typing import NamedTuple, TypeAlias, cast

import httpx
import msgspec

from fastpix._call.loopback import is_localhost, is_loopback
from fastpix._call.redaction import message, shown, words_of
from fastpix.emulator.due import first_due
from fastpix.emulator.http.wire import RefusedError
from fastpix.emulator.store.documents import StoreError
from fastpix.emulator.webhooks.deliveries import Answered, Attempt, Delivery, Outgoing, next_due, note_attempt, take
from fastpix.emulator.webhooks.webhook import Webhook
from fastpix.emulator.workspace import Workspace
from fastpix.webhooks.signature import SIGNATURE_HEADER, sign

__all__ = ["Courier", "Function", "Listener", "Sender", "check_url", "post"]

Function: TypeAlias = Callable[[bytes, dict[str, str]], int]
"""A webhook in this process: it takes the body and the headers of a request, and returns the status of the response."""
Turn: TypeAlias = Callable[[], AbstractContextManager[Workspace]]

PROBE = b"{}"
LOOPBACK = ("127.0.0.1", "::1")
PATIENCE = 10.0
"""The seconds after which an attempt ends if nothing arrives."""
PARTING = 1.0
"""The seconds that `Courier.close` waits for an attempt."""
LONGEST_PAUSE = 1.0
"""The most seconds between two looks at the clock, which another process may have moved."""
SHORTEST_PAUSE = 0.001
ANSWER_CHARACTERS = 200

logger: logging.Logger = logging.getLogger("fastpix")


class Listener(NamedTuple):
    """A webhook that is a function."""

    webhook: Webhook
    function: Function


class Sender(NamedTuple):
    """The thread that sends to a URL."""

    thread: Thread
    woken: Event


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
        host = parsed.host
    except (httpx.InvalidURL, UnicodeError) as problem:
        raise msgspec.ValidationError(f"the URL of a webhook is not valid: {problem}") from None
    if parsed.scheme not in ("http", "https") or not host:
        raise msgspec.ValidationError(f"the URL of a webhook must begin with http:// or https://, not {url!r}")
    if not is_loopback(host) and host not in {allowed_one.lower() for allowed_one in allowed}:
        raise msgspec.ValidationError(
            f"the webhook {url!r} is on another machine, and the local FastPix sends nothing there unless its host is "
            "allowed: Emulator(webhook_hosts=...), or --allow-webhook-host"
        )


class Courier:
    """Sends deliveries.

    Args:
        turn: Lends the workspace, after everything that is due.
        allowed: The hosts of other machines that URLs may be on.
    """

    def __init__(self, turn: Turn, allowed: Collection[str]) -> None:
        self._turn = turn
        self._allowed = allowed
        self._functions: dict[str, Listener] = {}
        self._in_turn = Lock()
        self._senders: dict[str, Sender] = {}
        self._starting = Lock()
        self._is_closed = False
        self.told: list[Callable[[Delivery], object]] = []
        """Functions that are told each attempt."""

    @property
    def listeners(self) -> tuple[Webhook, ...]:
        """The webhooks that are functions of this process."""
        return tuple(listener.webhook for listener in [*self._functions.values()])

    def add_function(self, webhook: Webhook, function: Function) -> None:
        self._functions[webhook.id] = Listener(webhook, function)

    def remove(self, webhook_id: str) -> None:
        self._functions.pop(webhook_id, None)

    def start(self, webhook_id: str) -> None:
        """Start the thread that sends to a URL, unless it runs."""
        with self._starting:
            if webhook_id not in self._senders and not self._is_closed:
                thread = Thread(target=self._run, args=[webhook_id], name=f"webhook {webhook_id}", daemon=True)
                self._senders[webhook_id] = Sender(thread, Event())
                thread.start()

    def close(self) -> None:
        """End the threads. An attempt that takes longer is not noted, so its event may be sent again later."""
        self._is_closed = True
        self.wake()
        for sender in [*self._senders.values()]:
            if sender.thread is not current_thread():
                sender.thread.join(PARTING)

    def wake(self) -> None:
        """Let the threads look at the clock."""
        for sender in [*self._senders.values()]:
            sender.woken.set()

    def changed(self) -> None:
        """Send what is due to functions, and let the threads look at the clock."""
        self.wake()
        while self._functions and self._first_due() and self._in_turn.acquire(blocking=False):
            try:
                while (listener := self._first_due()) and (outgoing := self._take(listener.webhook)):
                    self._attempt(outgoing, listener.function)
            except StoreError as problem:  # another process has locked the file: what was not noted is sent again
                logger.warning("a delivery to a webhook was not noted: %s", problem)
                return
            finally:
                self._in_turn.release()

    def probe(self, target: str | Function) -> None:
        """Send the unsigned request that a new webhook gets.

        Raises:
            RefusedError: The response has no 2xx status (400).
        """
        headers = {"Content-Type": "application/json"}
        answered = post(target, PROBE, headers) if isinstance(target, str) else _call(target, PROBE, headers)
        if not answered.is_success:
            named = target if isinstance(target, str) else "the function"
            told = f"{named} must accept the unsigned request that a new webhook gets, but: {answered.outcome}"
            raise RefusedError(400, told)

    def _first_due(self) -> Listener | None:
        """Return the function whose next delivery is due first. ``None`` if none is due."""
        with self._turn() as workspace:
            dues = [(next_due(workspace.documents, id), listener) for id, listener in [*self._functions.items()]]
        due = [(when, listener) for when, listener in dues if when is not None and when <= workspace.time]
        return min(due, key=lambda entry: entry[0])[1] if due else None

    def _take(self, webhook: Webhook) -> Outgoing | None:
        with self._turn() as workspace:
            return take(workspace, webhook)

    def _attempt(self, outgoing: Outgoing, function: Function | None = None) -> None:
        webhook, body = outgoing.webhook, outgoing.delivery.body.encode()
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: sign(body, webhook.secret)}
        answered = Answered(error="interrupted")
        try:
            answered = self._post(webhook, body, headers) if function is None else _call(function, body, headers)
        finally:
            attempt = Attempt(answered.status, answered.error, at=outgoing.due)
            with self._turn() as workspace:
                delivery = note_attempt(workspace, outgoing, attempt)
        for tell in self.told if delivery is not None else ():
            try:
                tell(cast("Delivery", delivery))
            except Exception:
                logger.exception("a function that is told each delivery raised")

    def _post(self, webhook: Webhook, body: bytes, headers: dict[str, str]) -> Answered:
        try:
            check_url(webhook.url, self._allowed)  # another process may have allowed its host
        except msgspec.ValidationError as problem:
            return Answered(error=str(problem))
        return post(webhook.url, body, headers)

    def _run(self, webhook_id: str) -> None:
        woken = self._senders[webhook_id].woken
        while not self._is_closed:
            woken.clear()
            try:
                pause = self._send_due(webhook_id)
            except StoreError:  # another process has locked the file, or the local FastPix is closed
                pause = LONGEST_PAUSE
            if pause is None:
                self._senders.pop(webhook_id)
                return
            woken.wait(pause)

    def _send_due(self, webhook_id: str) -> float | None:
        """Send what is due to a URL. Return the seconds until more is due, by the clock if it runs.

        Return ``None`` if the webhook was removed.
        """
        while not self._is_closed:
            with self._turn() as workspace:
                webhook = workspace.documents.get(Webhook, webhook_id)
                if webhook is None:
                    return None
                outgoing = take(workspace, webhook)
                if outgoing is None:
                    return _pause(workspace, webhook_id)
            self._attempt(outgoing)
        return LONGEST_PAUSE


def _pause(workspace: Workspace, webhook_id: str) -> float:
    """Return the seconds until the next look at the clock."""
    times = [next_due(workspace.documents, webhook_id), first_due(workspace.documents)]
    waits = [due - workspace.time for due in times if due is not None]
    return max(SHORTEST_PAUSE, min([LONGEST_PAUSE, *waits]))


def _call(function: Function, body: bytes, headers: dict[str, str]) -> Answered:
    """Call a function, and return what it answered."""
    try:
        status = cast("object", function(body, headers))
    except Exception as problem:
        logger.warning("a webhook that is a function raised", exc_info=problem)
        return Answered(error=f"{type(problem).__name__}: {words_of(problem)}")
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status < 600:
        return Answered(error=f"the function returned {shown(status)}, not the status of a response")
    return Answered(status)


def post(url: str, body: bytes, headers: dict[str, str]) -> Answered:
    """Send a request to a URL, and return what it answered.

    No proxy is used, and no redirect is followed. ``localhost`` is not looked up in the DNS.
    """
    named = httpx.URL(url)
    hosts = LOOPBACK if is_localhost(named.host) else (named.host,)
    extensions, headers = {"sni_hostname": named.host}, {**headers, "Host": named.netloc.decode()}
    error = ""
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        for host in hosts:
            request = client.build_request(
                "POST", named.copy_with(host=host), content=body, headers=headers, extensions=extensions
            )
            try:
                response = client.send(request, stream=True)
                return Answered(response.status_code, None if response.is_success else _first_line(response))
            except httpx.ConnectError as problem:
                error = error or f"ConnectError: {problem}"
            except (httpx.HTTPError, OSError) as problem:
                return Answered(error=message(f"{type(problem).__name__}: {problem}", ANSWER_CHARACTERS))
    return Answered(error=message(error, ANSWER_CHARACTERS))


def _first_line(response: httpx.Response) -> str | None:
    """Return the first line of a response, as far as it has arrived with the headers. ``None`` if it is empty."""
    start = next(response.iter_raw(), b"")[: 4 * ANSWER_CHARACTERS]
    return message(start.decode(errors="replace").strip().partition("\n")[0], ANSWER_CHARACTERS) or None
