"""The local FastPix as one function, `Emulator.handle`: a request to a response."""

import secrets
from base64 import b64encode

import httpx
import msgspec

from fastpix.emulator import live_streams
from fastpix.emulator.control import Seed, Seeded, about, reset, seed
from fastpix.emulator.playback import manifest
from fastpix.emulator.store import Store
from fastpix.emulator.wire import BadField, RefusedError, answer, match_path, read_request, refusal
from fastpix.emulator.workspace import HANDLERS, Credentials, Workspace, new_uuid

__all__ = ["API_PATH", "Emulator"]

API_PATH = "/v1"
RESOURCES = (live_streams,)
"""Importing a resource registers its handlers."""
CONTROL_PATH = "/_emulator/"


class Emulator:
    """A FastPix of one workspace.

    Args:
        path: a SQLite file to keep everything in, credentials too; in memory if not given.
        username: the access token's id; made up if neither given nor kept in the file.
        password: its secret, likewise.
        trial: whether the workspace is on a trial plan.
    """

    def __init__(
        self,
        path: str = ":memory:",
        *,
        username: str | None = None,
        password: str | None = None,
        trial: bool = False,
    ) -> None:
        store = Store(path)
        kept = store.get(Credentials, "") or Credentials(new_uuid(), new_uuid(), secrets.token_urlsafe(24))
        credentials = Credentials(kept.workspace_id, username or kept.username, password or kept.password)
        store.put(Credentials, "", credentials)
        self._workspace = Workspace(store, credentials, trial)
        token = b64encode(f"{credentials.username}:{credentials.password}".encode()).decode()
        self._authorization = f"Basic {token}"

    @property
    def username(self) -> str:
        return self._workspace.credentials.username

    @property
    def password(self) -> str:
        return self._workspace.credentials.password

    def close(self) -> None:
        self._workspace.store.close()

    def seed(self, wanted: Seed) -> Seeded:
        """Adds streams and clips to what is there."""
        return seed(self._workspace, wanted)

    def reset(self) -> None:
        """Forgets everything but the credentials."""
        reset(self._workspace)

    def transport(self) -> httpx.MockTransport:
        """For ``httpx.Client(transport=...)`` and ``httpx.AsyncClient(transport=...)``: no socket, no server."""
        return httpx.MockTransport(self.handle)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """What the service answers to a request, whatever its host."""
        path = request.url.raw_path.decode("ascii").partition("?")[0]
        try:
            return self._routed(request, path)
        except RefusedError as refused:
            return refusal(refused)

    def _routed(self, request: httpx.Request, path: str) -> httpx.Response:
        if path.startswith(CONTROL_PATH):
            return self._control(request, path.removeprefix(CONTROL_PATH))
        if path.startswith(f"{API_PATH}/"):
            return self._api(request, path.removeprefix(API_PATH))
        if request.method == "GET" and path.endswith(".m3u8") and path.count("/") == 1:
            return manifest(self._workspace, path[1:].removesuffix(".m3u8"), request.url.params)
        raise RefusedError(404, "not found")

    def _api(self, request: httpx.Request, path: str) -> httpx.Response:
        given = request.headers.get("authorization", "")
        if not secrets.compare_digest(given.encode(), self._authorization.encode()):
            raise RefusedError(
                401, "unauthorized", "The access token id or its secret is wrong, or of another workspace."
            )
        for operation, handler in HANDLERS.values():
            in_path = match_path(operation.endpoint, path) if operation.endpoint.method == request.method else None
            if in_path is not None:
                read = read_request(operation.endpoint, in_path, request)
                return answer(handler(self._workspace, read), _status(operation.endpoint.method))
        raise RefusedError(501, "not emulated", "The local FastPix does not have this operation; see GET /_emulator/.")

    def _control(self, request: httpx.Request, what: str) -> httpx.Response:
        if (request.method, what) == ("GET", ""):
            return answer(about(self._workspace))
        if (request.method, what) == ("POST", "reset"):
            self.reset()
            return httpx.Response(204)
        if (request.method, what) == ("POST", "seed"):
            try:
                return answer(self.seed(msgspec.json.decode(request.read(), type=Seed)))
            except msgspec.DecodeError as problem:
                raise RefusedError(422, str(problem), fields=(BadField("seed"),)) from problem
        raise RefusedError(404, "GET /_emulator/, POST /_emulator/reset and POST /_emulator/seed are here")


def _status(method: str) -> int:
    return 201 if method == "POST" else 200
