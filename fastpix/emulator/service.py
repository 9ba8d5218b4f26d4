"""The local FastPix. `Emulator.handle` is all of it: it turns a request into a response."""

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
"""The modules with handlers. Importing a module registers its handlers."""
CONTROL_PATH = "/_emulator/"


class Emulator:
    """A local FastPix with one workspace.

    Args:
        path: The SQLite file for all data and the credentials. Default: ``:memory:``, which keeps them in memory.
        username: The id of the access token. Default: the id that the file has, or a random one.
        password: The secret of the access token. Default: the secret that the file has, or a random one.
        trial: Whether the workspace is on a trial plan, so its streams can't be enabled after they are disabled.
            Default: ``False``.

    Raises:
        sqlite3.Error: The file can't be opened.
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
        """The id of the access token, for the ``username`` of a core."""
        return self._workspace.credentials.username

    @property
    def password(self) -> str:
        """The secret of the access token, for the ``password`` of a core."""
        return self._workspace.credentials.password

    def close(self) -> None:
        """Close the SQLite file. Data in memory is lost."""
        self._workspace.store.close()

    def seed(self, wanted: Seed) -> Seeded:
        """Add streams and clips to the existing data, and return the ids of the new streams."""
        return seed(self._workspace, wanted)

    def reset(self) -> None:
        """Delete all data except the credentials."""
        reset(self._workspace)

    def transport(self) -> httpx.MockTransport:
        """Return a transport that sends requests to this emulator in the same process, without a socket.

        It works as the ``transport`` of a `FastpixCore`, an `AsyncFastpixCore`, an ``httpx.Client`` and an
        ``httpx.AsyncClient``.
        """
        return httpx.MockTransport(self.handle)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Return the response to a request. The host of the request does not matter."""
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
                401, "unauthorized", "The access token id or its secret is wrong, or belongs to another workspace."
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
        raise RefusedError(
            404, "not found: only GET /_emulator/, POST /_emulator/reset and POST /_emulator/seed exist here"
        )


def _status(method: str) -> int:
    return 201 if method == "POST" else 200
