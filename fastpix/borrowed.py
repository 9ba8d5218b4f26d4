"""A client or a transport of the user's as a core's way to the network. Its settings hold, and it is never closed."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Generic, TypeVar

import httpx

from fastpix.deadline import limits

__all__ = ["Borrowed", "borrowed_client"]

Answer = TypeVar("Answer")
NO_PLACE = nullcontext()


class Borrowed(Generic[Answer]):
    """What the user handed in to send with.

    Args:
        send: sends a request.
        prepare: changes it before, to what its owner has set.
    """

    def __init__(
        self,
        send: Callable[[httpx.Request], Answer],
        prepare: Callable[[httpx.Request], None] = lambda _: None,
    ) -> None:
        self._send = send
        self._prepare = prepare

    def place(self, _deadline: float) -> nullcontext[None]:
        """Nothing: how many calls may be under way is the owner's to say."""
        return NO_PLACE

    def send(self, request: httpx.Request, until: float, connect: float) -> Answer:
        request.extensions["timeout"] = limits(until, connect)
        self._prepare(request)
        return self._send(request)


def borrowed_client(client: httpx.Client | httpx.AsyncClient, send: Callable[..., Answer]) -> Borrowed[Answer]:
    """Two things stay ours: credentials, and that redirects are not followed."""
    return Borrowed(partial(send, auth=None, stream=True, follow_redirects=False), partial(_add_settings, client))


def _add_settings(client: httpx.Client | httpx.AsyncClient, request: httpx.Request) -> None:
    """Adds the client's headers, cookies, parameters and time limits to a request, which comes first."""
    theirs = client.headers
    if not theirs.get("user-agent", "").startswith("python-httpx/"):
        request.headers["user-agent"] = theirs["user-agent"]
    ours = {name.lower() for name, _ in request.headers.raw}
    added = [(name, value) for name, value in theirs.raw if name.lower() not in ours]
    request.headers = httpx.Headers([*request.headers.raw, *added])
    if client.cookies:
        client.cookies.set_cookie_header(request)
    if client.params:
        query = b"&".join(filter(None, [request.url.query, str(client.params).encode()]))
        request.url = request.url.copy_with(query=query)
    timeout, own = request.extensions["timeout"], client.timeout.as_dict()
    request.extensions["timeout"] = {phase: min(limit, own.get(phase) or limit) for phase, limit in timeout.items()}
