"""The inbox of a test: it gets the webhooks of a local FastPix, and can pass them on to the code under test."""

from fastpix.emulator.webhooks.courier import Function
from fastpix.emulator.webhooks.webhook import new_secret
from fastpix.reply import Failure
from fastpix.webhooks import AnyEvent, Probe, read

__all__ = ["Inbox"]

NO_CONTENT = 204


class Inbox:
    """Gets webhooks in a test: ``emulator.add_webhook(inbox, secret=inbox.secret)``.

    It refuses what its secret did not sign.
    """

    def __init__(self) -> None:
        self._secret = new_secret()
        self._handler: Function | None = None
        self._events: list[AnyEvent] = []

    @property
    def secret(self) -> str:
        """The signing secret, a random one."""
        return self._secret

    @property
    def events(self) -> list[AnyEvent]:
        """The events so far, in the order in which they arrived. An event that was sent again is there again.

        It is the same list each time.
        """
        return self._events

    @property
    def types(self) -> list[str]:
        """The types of the events so far."""
        return [event.type for event in self._events]

    def forward_to(self, handler: Function) -> None:
        """Pass all requests on to a function, which returns the status of the response.

        Args:
            handler: Takes the body and the headers of a request. It may call the test client of your framework.
        """
        self._handler = handler

    def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        """Keep the event of a request, and return the status of the response."""
        result = read(body, headers, self._secret)
        if isinstance(result, Failure):
            return result.failure().status
        event = result.unwrap()
        if not isinstance(event, Probe):
            self._events.append(event)
        return NO_CONTENT if self._handler is None else self._handler(body, headers)
