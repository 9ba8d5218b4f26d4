"""The bucket: it takes the requests to the URLs of uploads, with bodies of any length."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from http.client import responses
from typing import Literal, TypeAlias

import httpx
import msgspec

from fastpix.emulator.faults import NO_FAULT, Fault, altered, fault_in
from fastpix.emulator.http.wire import RefusedError
from fastpix.emulator.model.uploads import UploadedFile, UploadStatus
from fastpix.emulator.storage.answers import empty, refused
from fastpix.emulator.storage.cors import for_page, for_preflight
from fastpix.emulator.storage.files import Writer
from fastpix.emulator.storage.probe import Probed, probe
from fastpix.emulator.storage.sessions import abort, carry_out, check_secret, find_file, finish
from fastpix.emulator.store.documents import StoreError
from fastpix.emulator.workspace import Workspace

__all__ = ["UPLOAD", "Bucket", "ReceivedUpload", "Reception", "received_uploads"]

UPLOAD = "upload"
"""What stands for the requests to the URLs of uploads in a plan of faults."""

Turn: TypeAlias = Callable[[httpx.Request], AbstractContextManager[Workspace]]
"""Lends the workspace for a request, at one time."""


class ReceivedUpload(msgspec.Struct, frozen=True, rename="camel"):
    """What has arrived of the file of an upload."""

    upload_id: str
    """The id of the upload, and of its media."""
    status: UploadStatus
    """``waiting`` for the rest of the file, ``complete``, ``cancelled`` or ``expired``."""
    received: int
    """The number of bytes that have arrived. 0 after the upload was cancelled or has expired."""
    size: int | None
    """The length of the file. ``None`` until the client has told it."""
    sha256: str | None
    """The SHA-256 digest of the file, in hexadecimal digits. ``None`` until it is complete."""
    content: Literal["file", "seed"] | None = None
    """Whether what the media holds was read from the file, or is what the seed of the upload says.

    ``None`` until the file is complete. Files are read with ``pip install 'fastpix[media]'``.
    """


def received_uploads(workspace: Workspace) -> list[ReceivedUpload]:
    """Return what has arrived of the files of all uploads, the newest upload first."""
    number = workspace.documents.count(UploadedFile)
    files = workspace.documents.slice(UploadedFile, start=0, stop=number, last_first=True)
    return [
        ReceivedUpload(file.upload_id, file.status, file.received, file.total, file.sha256 or None, file.content)
        for file in files
    ]


class Bucket:
    """Receives the files of uploads.

    Args:
        turn: Lends the workspace for a request.
        planned: Returns the next planned fault.
    """

    def __init__(self, turn: Turn, planned: Callable[[], Fault]) -> None:
        self._turn = turn
        self._planned = planned

    def receive(self, request: httpx.Request) -> "Reception":
        """Begin to carry out a request. Its body need not be there yet."""
        outcome: httpx.Response | Writer
        fault, headers = NO_FAULT, dict[str, str]()
        try:
            with self._turn(request) as workspace:
                file = find_file(workspace, request)
                headers = for_page(file.cors_origin, request)
                if request.method == "OPTIONS":
                    outcome, headers = empty(200), headers and headers | for_preflight(request)
                else:
                    check_secret(file, request)
                    fault = fault_in(request) or self._planned()
                    outcome = _instead(fault) or carry_out(workspace, request, file)
        except (RefusedError, StoreError) as problem:
            outcome = refused(problem)
        return Reception(outcome, headers, fault, partial(self._turn, request))


class Reception:
    """A request to the URL of an upload, whose body arrives piece by piece. `end` or `abort` ends it.

    Args:
        outcome: The response, or what writes the body to the file.
        headers: More headers of the response.
        fault: What goes wrong with the request.
        turn: Lends the workspace.
    """

    def __init__(
        self,
        outcome: httpx.Response | Writer,
        headers: dict[str, str],
        fault: Fault,
        turn: Callable[[], AbstractContextManager[Workspace]],
    ) -> None:
        self._outcome = outcome
        self._headers = headers
        self._fault = fault
        self._turn = turn
        self._is_prepared = False
        self._found: Probed | None = None

    @property
    def takes_body(self) -> bool:
        """Whether the body matters. Otherwise the response is known without it."""
        return isinstance(self._outcome, Writer)

    def write(self, piece: bytes) -> None:
        """Take the next bytes of the body."""
        if isinstance(self._outcome, Writer):
            self._outcome.write(piece)

    def prepare(self) -> None:
        """Hash what is not hashed yet, and look what a complete file holds. This can take a while.

        `end` does it, too, if it has not been done.
        """
        if isinstance(self._outcome, Writer) and not self._is_prepared:
            self._outcome.catch_up()
            path = self._outcome.lay_end()
            self._found = probe(path) if path else None
            self._is_prepared = True

    def end(self) -> tuple[httpx.Response, Fault]:
        """Return the response, and the fault that the caller carries out."""
        try:
            response = self._response()
            response.headers.update(self._headers)
            return (response if self._fault is NO_FAULT else altered(response, self._fault)), self._fault
        except (RefusedError, StoreError) as problem:
            return refused(problem), self._fault

    def abort(self) -> None:
        """Keep what has arrived. The rest of the body does not arrive."""
        if isinstance(self._outcome, Writer):
            with suppress(StoreError), self._turn() as workspace:
                abort(workspace, self._outcome)

    def _response(self) -> httpx.Response:
        if isinstance(self._outcome, httpx.Response):
            return self._outcome
        self.prepare()
        try:
            with self._turn() as workspace:
                return finish(workspace, self._outcome, self._found)
        except (RefusedError, StoreError) as problem:
            return refused(problem)


def _instead(fault: Fault) -> httpx.Response | None:
    """Return the response if a fault keeps the request from being carried out. The one before a reset is never sent."""
    if fault.connection == "reset":
        return empty(200)
    if fault.status is not None:
        reason = responses.get(fault.status, "Fault")
        return refused(RefusedError(fault.status, reason, "A test asked for this fault."))
    return None
