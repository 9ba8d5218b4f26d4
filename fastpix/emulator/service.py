"""The local FastPix: `Emulator` holds the state, and `Emulator.exchange` turns a request into a response."""

import secrets
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, ParamSpec, TypeAlias

import httpx
import msgspec

from fastpix._call.endpoint import Endpoint
from fastpix._call.request import authorization
from fastpix.api.uploads import CreateUploadRequest, PushMediaSettings
from fastpix.emulator.api import HANDLERS
from fastpix.emulator.api.uploads import create as create_upload
from fastpix.emulator.clock import Clock, Delays, time_of
from fastpix.emulator.control import control
from fastpix.emulator.due import is_due, run_due
from fastpix.emulator.exports import exported, imported
from fastpix.emulator.faults import NO_FAULT, Fault, Faults, Outcome, PlannedFaults, altered, fault_in, refusal_of
from fastpix.emulator.forms import in_may
from fastpix.emulator.http.handlers import Handler
from fastpix.emulator.http.in_process import InProcessTransport
from fastpix.emulator.http.router import Router
from fastpix.emulator.http.wire import RefusedError, answer, read_request, refusal
from fastpix.emulator.model.streams import connect_encoder, disconnect_encoder
from fastpix.emulator.paths import API_PATH, CONTROL_PATH, is_control, is_upload
from fastpix.emulator.playback.host import play
from fastpix.emulator.seed import Seed, Seeded, sow
from fastpix.emulator.sent import Sent
from fastpix.emulator.storage.bucket import UPLOAD, Bucket, ReceivedUpload, Reception, received_uploads
from fastpix.emulator.storage.files import Files
from fastpix.emulator.storage.puller import Puller
from fastpix.emulator.store.documents import (
    Document,
    Documents,
    State,
    Store,
    StoreBusyError,
    StoreError,
)
from fastpix.emulator.store.memory import MemoryStore
from fastpix.emulator.store.sqlite import SqliteStore
from fastpix.emulator.studio.files import is_studio, studio_file
from fastpix.emulator.studio.snapshot import Snapshot, snapshot_of
from fastpix.emulator.webhooks.courier import Courier, Function, check_url
from fastpix.emulator.webhooks.deliveries import (
    Delivery,
    add_webhook,
    deliveries_of,
    hurry,
    remove_webhook,
    send_again,
    webhooks_of,
)
from fastpix.emulator.webhooks.webhook import Webhook, new_webhook
from fastpix.emulator.workspace import Credentials, Forms, Settings, Workspace, WorkspaceId, new_uuid
from fastpix.operation import Operation
from fastpix.reply import Failure
from fastpix.webhooks.signature import sign

__all__ = ["NOWHERE", "Emulator", "Repeatable"]

P = ParamSpec("P")
Found: TypeAlias = tuple[Endpoint[object], dict[str, str]]
"""The operation of a request, and the fields in its path."""

MOST_SENT = 1000
NOWHERE = "https://fastpix.invalid"
"""The scheme and host of the URLs of uploads in process. No such host exists."""
CONFIGURATION = (Credentials, WorkspaceId, Webhook)
"""The documents that stay when all data is deleted."""
ROUTER = Router(handler.endpoint for handler in HANDLERS.values())


class Repeatable(Document):
    """The first response to an Idempotency-Key. Its id is the key, after the id of the operation."""

    status: int
    """The HTTP status."""
    body: msgspec.Raw
    """The body."""


class Emulator:
    """A local FastPix with one workspace.

    Args:
        path: The SQLite file for all data and the credentials. Several processes may share it. Uploaded files are in
            the folder ``{path}.uploads``. Default: ``:memory:``, which keeps everything in memory, and uploaded files
            in a temporary folder.
        username: The id of the access token. Default: the id that the file has, or a random one.
        password: The secret of the access token. Default: the secret that the file has, or a random one.
        trial: Whether the workspace is on a trial plan, so its streams can't be enabled after they are disabled.
            Default: ``False``.
        delays: How long media and streams need for each state. Default: fractions of a second.
        forms: The month whose forms responses have: ``2026-11``, or ``2026-05`` for a duration as text, for example.
            Default: ``2026-11``.
        webhook_hosts: The hosts of other machines that webhooks may be on. Default: none.
        pull: Whether the file behind the http or https URL of a new media is fetched. Default: ``False``.
        media_root: The folder below which a new media may have a ``file:`` URL, whose file is read. Default: none.

    Raises:
        StoreError: The file can't be used. The message says why.
        msgspec.ValidationError: An argument is not valid, such as a username with a colon, which no client can send.
    """

    def __init__(
        self,
        path: str = ":memory:",
        *,
        username: str | None = None,
        password: str | None = None,
        trial: bool = False,
        delays: Delays = Delays(),
        forms: Forms = "2026-11",
        webhook_hosts: Collection[str] = (),
        pull: bool = False,
        media_root: str | None = None,
    ) -> None:
        self._settings = msgspec.convert(msgspec.to_builtins(Settings(trial, delays, forms)), Settings)
        _authorization("a" if username is None else username, "a" if password is None else password)
        self._store: Store = MemoryStore() if path == ":memory:" else SqliteStore(path)
        with self._store.transaction(write=True) as documents:
            kept = documents.get(Credentials, "") or Credentials(new_uuid(), secrets.token_urlsafe(24))
            self._credentials = Credentials(
                kept.username if username is None else username, kept.password if password is None else password
            )
            documents.put("", self._credentials)
            documents.put("", documents.get(WorkspaceId, "") or WorkspaceId(new_uuid()))
        self._authorization = _authorization(self.username, self.password)
        self._clock = Clock(self._store, self._settle)
        self._faults = Faults({*HANDLERS, UPLOAD})
        self._files = Files(None if path == ":memory:" else Path(f"{path}.uploads"))
        self._bucket = Bucket(self._turn, partial(self._faults.take, UPLOAD))
        self._webhook_hosts = webhook_hosts
        self._courier = Courier(self._settled, webhook_hosts)
        root = None if media_root is None else Path(media_root)
        self._puller = Puller(self._turn, self._files, pulls=pull, root=root)
        self._origin = NOWHERE
        for webhook in self.webhooks():
            self._courier.start(webhook.id)
        with self._store.transaction(write=False) as documents:
            self._puller.go_on(documents)
        self._sent: list[Sent] = []
        self._received = 0
        self._noting = Lock()

    @property
    def clock(self) -> Clock:
        """The clock. `Clock.hold` stops it, and `Clock.advance` moves it forward."""
        return self._clock

    @property
    def username(self) -> str:
        """The id of the access token, for the ``username`` of a core."""
        return self._credentials.username

    @property
    def password(self) -> str:
        """The secret of the access token, for the ``password`` of a core."""
        return self._credentials.password

    @property
    def workspace_id(self) -> str:
        """The id of the workspace."""
        with self._store.transaction(write=False) as documents:
            return _workspace_id(documents)

    @property
    def waits(self) -> bool:
        """Whether a request may wait for a disk, for another process, or for a webhook that is a function."""
        return self._store.waits or bool(self._courier.listeners)

    def close(self) -> None:
        """Close the SQLite file. Data in memory is lost, and requests are not answered any more."""
        self._courier.close()
        self._puller.close()
        self._store.close()
        self._files.close()

    def seed(self, wanted: Seed) -> Seeded:
        """Add data to the existing data, and return the ids of what was added.

        Raises:
            msgspec.ValidationError: A value is out of its bounds.
            RefusedError: A playlist has a reference id that is taken.
        """
        checked = msgspec.convert(msgspec.to_builtins(wanted), Seed)
        with self._turn() as workspace:
            return sow(workspace, checked)

    def reset(self) -> None:
        """Delete all data and uploaded files, and let the clock run with the machine's. Credentials and webhooks stay.

        No faults are planned afterwards, and `sent` is empty.
        """
        self._faults.clear()
        self._sent.clear()
        with self._store.transaction(write=True) as documents:
            documents.clear(*CONFIGURATION)
            self._files.clear()

    def export_state(self) -> State:
        """Return all data except the credentials and the webhooks, for a bug report.

        After an import, the clock stands at this time.
        ``msgspec.json.encode(state)`` turns it into JSON, and ``msgspec.json.decode(text, type=State)`` turns it back.
        The data has stream keys and other secrets of this local FastPix, and no uploaded files.
        """
        with self._store.transaction(write=False) as documents:
            return exported(documents)

    def import_state(self, state: State) -> None:
        """Replace all data except the credentials and the webhooks with exported data.

        The workspace has the exported id from then on.
        Uploaded files are deleted, so uploads that wait for the rest of a file begin at its first byte again.

        Raises:
            msgspec.ValidationError: The data has a document that this version does not know.
        """
        read = imported(state)
        with self._store.transaction(write=True) as documents:
            documents.clear(*CONFIGURATION)
            for row, document in zip(state.documents, read, strict=True):
                documents.put(row.id, document, parent=row.parent, position=row.position)
            self._files.clear()
            self._puller.go_on(documents)

    def connect_encoder(self, stream_id: str) -> None:
        """Let an encoder connect to a live stream. The stream becomes ``preparing``, and then ``active``.

        Raises:
            RefusedError: There is no such stream, it has an encoder, or it is disabled.
        """
        with self._turn() as workspace:
            connect_encoder(workspace, stream_id)

    def disconnect_encoder(self, stream_id: str) -> None:
        """Let the encoder of a live stream disconnect. The broadcast ends when the reconnect window has passed.

        Raises:
            RefusedError: There is no such stream, or it has no encoder.
        """
        with self._turn() as workspace:
            disconnect_encoder(workspace, stream_id)

    def snapshot(self) -> Snapshot:
        """Return the newest objects and requests without keys and tokens, as the Studio shows them.

        Each media with a file has a pass, with which the Studio plays it.
        """
        with self._store.transaction(write=False) as documents:
            has_due = is_due(documents, time_of(documents))
        if has_due:
            self._settle()
        with self._noting:
            sent, first = [*self._sent], self._received - len(self._sent)
        with self._settled(write=False) as workspace:
            return snapshot_of(workspace, sent, first, self.planned_faults())

    def new_upload(self) -> str:
        """Start an upload of a public media, and return its URL. The Studio sends a file there."""
        with self._turn() as workspace:
            request = CreateUploadRequest("*", PushMediaSettings(access_policy="public"))
            return create_upload(workspace, request).data.url

    def fail(self, operation: Operation[..., Any] | str | None, outcomes: Sequence[Outcome]) -> None:
        """Plan what happens to the next requests of an operation, one outcome for each request.

            emulator.fail(live_streams_create, [503, "lost", 201])

        The requests after those are answered as usual. Retries are requests, too. A request with wrong credentials
        or a wrong URL takes no outcome. Processes that share a file do not share the plan.

        Args:
            operation: The operation, or its id, or ``upload`` for requests to the URLs of uploads. ``None`` plans
                outcomes for all of these without a plan of their own.
            outcomes: The outcomes, added after those that are planned already. At most 10,000 are planned for an
                operation.

        Raises:
            msgspec.ValidationError: An outcome is not valid, there are too many, or the local FastPix does not have
                the operation.
        """
        id = operation if isinstance(operation, str) or operation is None else operation.endpoint.id
        self._faults.plan(id, outcomes)

    def planned_faults(self) -> list[PlannedFaults]:
        """Return what is planned and has not happened yet."""
        return self._faults.planned()

    def clear_faults(self) -> None:
        """Remove all planned faults."""
        self._faults.clear()

    @property
    def sent(self) -> list[Sent]:
        """The last 1,000 requests to operations, in the order in which they arrived. `reset` empties the list.

        It is the same list each time, and grows with each request.
        """
        return self._sent

    def uploads(self) -> list[ReceivedUpload]:
        """Return what has arrived of the files of all uploads, the newest upload first."""
        with self._turn() as workspace:
            return received_uploads(workspace)

    def file_of(self, upload_id: str) -> Path | None:
        """Return the file that was uploaded, or the part of it that has arrived. ``None`` if there is none.

        A media that came from an upload has the id of the upload. The file is deleted with it.
        """
        return self._files.find(upload_id)

    def add_webhook(
        self,
        target: str | Function,
        *,
        secret: str | None = None,
        copies: int = 1,
        spread: float = 0.0,
        probe: bool = True,
    ) -> Webhook:
        """Let a URL or a function get the events of everything that happens from now on, each one signed.

        A function takes the body and the headers of a request, and returns the status of the response. It is called in
        the turn of the request, or of the move of the clock, that causes the event. It gets what happens by this
        `Emulator`, until this is closed. An exception counts as a refusal: it is logged, and its text is in `deliveries`.

        A URL gets what happens by all processes that share the file, also after a restart. A thread sends it.

        An event whose response has no 2xx status is sent again after 5 s, 30 s, 2 min, 10 min and 1 h on the clock.
        The webhook first gets the unsigned request that FastPix sends to a new URL. Return the webhook, with its secret.

        Args:
            target: The URL, or the function. A URL that is known keeps its id and its secret.
            secret: The signing secret, in base64. Default: a new one.
            copies: How often each event is sent, 1 to 10. Default: 1.
            spread: The seconds on the clock over which deliveries are spread at random, so that they arrive in another
                order, 0 to 86,400. ``random.seed`` makes the order the same again. Default: 0.
            probe: Whether the unsigned request is sent, and must get a 2xx status. Default: ``True``.

        Raises:
            RefusedError: The response to the unsigned request has no 2xx status (400). The webhook is not added.
            WebhookError: The secret is not valid.
            msgspec.ValidationError: A number is out of its bounds, the URL is not valid, or it is on another machine
                that was not allowed.
        """
        if isinstance(target, str):
            check_url(target, self._webhook_hosts)
        if secret is not None:
            sign(b"", secret)
        if probe:
            self._courier.probe(target)
        if isinstance(target, str):
            with self._settled() as workspace:
                webhook = add_webhook(workspace, target, secret, copies, spread)
            self._courier.start(webhook.id)
        else:
            webhook = new_webhook("", secret, copies, spread)
            self._courier.add_function(webhook, target)
        self._courier.changed()
        return webhook

    def remove_webhook(self, webhook_id: str) -> None:
        """Remove a webhook. What waits for it is not sent any more."""
        with self._settled() as workspace:
            remove_webhook(workspace, webhook_id)
        self._courier.remove(webhook_id)
        self._courier.changed()

    def webhooks(self) -> list[Webhook]:
        """Return the webhooks with a URL, and then those that are functions of this process, each the oldest first."""
        with self._store.transaction(write=False) as documents:
            return [*webhooks_of(documents), *self._courier.listeners]

    def deliveries(self) -> list[Delivery]:
        """Return the last 1,000 deliveries to webhooks and all that are pending, the newest first."""
        with self._turn() as workspace:
            return deliveries_of(workspace.documents)

    def send_again(self, delivery_id: str) -> Delivery:
        """Send the event of a delivery again at once, as a new delivery, which is returned.

        Raises:
            RefusedError: There is no such delivery, or its webhook was removed (404).
        """
        with self._turn() as workspace:
            again = send_again(workspace, delivery_id)
        with self._store.transaction(write=False) as documents:
            return documents.get(Delivery, again.id) or again

    def send_pending(self, webhook_id: str) -> None:
        """Send everything that waits for a webhook at once."""
        with self._turn() as workspace:
            hurry(workspace, webhook_id)

    def on_delivery(self, function: Callable[[Delivery], object]) -> None:
        """Call a function with each delivery after each attempt, in the thread that has sent it."""
        self._courier.told.append(function)

    def transport(self) -> InProcessTransport:
        """Return a transport that sends requests to this emulator in the same process, without a socket.

        It works as the ``transport`` of a `FastpixCore`, an `AsyncFastpixCore`, an ``httpx.Client`` and an
        ``httpx.AsyncClient``.
        """
        return InProcessTransport(self.exchange)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Return the response to a request. The host of the request does not matter.

        Raises:
            httpx.TransportError: A fault on request broke the connection.
        """
        return self.transport().handle_request(request)

    def exchange(self, request: httpx.Request) -> tuple[httpx.Response, Fault]:
        """Return the response to a request, and the fault that the caller carries out: delays and broken connections.

        The status, the header and the body of a fault are in the response already.
        """
        path = request.url.raw_path.decode("ascii").partition("?")[0]
        if is_control(path):
            below = path.removeprefix(API_PATH)[len(CONTROL_PATH) :]
            return _response(control, self, request, below), NO_FAULT
        if path.startswith(f"{API_PATH}/"):
            return self._api(request, path.removeprefix(API_PATH))
        if is_upload(path):
            reception = self.receive(request)
            reception.write(request.read())
            return reception.end()
        if is_studio(path):
            return _response(studio_file, path), NO_FAULT
        response = _response(self._playback, request, path)
        response.headers["access-control-allow-origin"] = "*"
        return response, NO_FAULT

    def receive(self, request: httpx.Request) -> Reception:
        """Begin to carry out a request to the URL of an upload. Its body can follow piece by piece."""
        return self._bucket.receive(request)

    def _playback(self, request: httpx.Request, path: str) -> httpx.Response:
        with self._turn() as workspace:
            wanted = play(workspace, request, path)
        return wanted if isinstance(wanted, httpx.Response) else wanted()

    def _api(self, request: httpx.Request, path: str) -> tuple[httpx.Response, Fault]:
        found = ROUTER.match(request.method, path)
        try:
            fault = self._fault(request, found)
        except RefusedError as refused:
            response, fault = refusal(refused), NO_FAULT
        else:
            response = self._faulty(request, path, found, fault)
        is_answered = fault.connection not in ("reset", "lost")
        name, id = (found[0].name, found[0].id) if found else (None, None)
        with self._noting:
            self._received += 1
            self._sent.append(Sent(name, id, request, response.status_code if is_answered else None))
            del self._sent[:-MOST_SENT]
        return response, fault

    def _fault(self, request: httpx.Request, found: Found | None) -> Fault:
        """Return the fault of a request.

        Raises:
            RefusedError: The credentials are wrong (401), or the header that asks for a fault is (400).
        """
        given = request.headers.get("authorization", "")
        if not secrets.compare_digest(given.encode(), self._authorization):
            raise RefusedError(
                401, "unauthorized", "The access token id or its secret is wrong, or belongs to another workspace."
            )
        return fault_in(request) or (self._faults.take(found[0].id) if found else NO_FAULT)

    def _faulty(self, request: httpx.Request, path: str, found: Found | None, fault: Fault) -> httpx.Response:
        """Return the response with all that a fault changes in it. The one before a reset is never sent."""
        if fault.connection == "reset":
            return httpx.Response(200)
        if fault.status is not None:
            response = refusal_of(fault.status)
        else:
            response = _response(self._carried_out, request, path, found)
        return response if fault is NO_FAULT else _response(altered, response, fault)

    def _carried_out(self, request: httpx.Request, path: str, found: Found | None) -> httpx.Response:
        if found is None:
            return _no_operation(request.method, path)
        endpoint, in_path = found
        handler = HANDLERS[endpoint.id]
        read = read_request(endpoint, in_path, request, handler.incomplete)
        with self._turn(request, write=request.method != "GET") as workspace:
            return _called(handler, workspace, read, request.headers.get("idempotency-key"))

    @contextmanager
    def _turn(self, request: httpx.Request | None = None, *, write: bool = True) -> Generator[Workspace]:
        """Lend the workspace for a request. What it has caused is sent to webhooks afterwards."""
        with self._settled(request, write=write) as workspace:
            yield workspace
        self._courier.changed()

    @contextmanager
    def _settled(self, request: httpx.Request | None = None, *, write: bool = True) -> Generator[Workspace]:
        """Lend the workspace at one time, after everything that is due by then."""
        if not write:
            with self._store.transaction(write=False) as documents:
                workspace = self._workspace(documents, request)
                if not is_due(documents, workspace.time):
                    yield workspace
                    return
        with self._store.transaction(write=True) as documents:
            workspace = self._workspace(documents, request)
            run_due(workspace)
            yield workspace

    def _workspace(self, documents: Documents, request: httpx.Request | None) -> Workspace:
        if request is not None:
            self._origin = _origin(request.url)
        return Workspace(
            documents,
            _workspace_id(documents),
            self._settings,
            time_of(documents),
            self._origin,
            self._files,
            is_for_browser=request is not None and request.headers.get("x-client-type") == "web-browser",
            listeners=self._courier.listeners,
            start_sender=self._courier.start,
            pulls=self._puller.takes,
            start_pull=self._puller.start,
        )

    def _settle(self) -> None:
        """Let everything happen that is due."""
        with self._turn():
            pass


def _response(function: Callable[P, httpx.Response], *args: P.args, **kwargs: P.kwargs) -> httpx.Response:
    """Return what a function returns. A refusal and a problem with the store become responses."""
    try:
        return function(*args, **kwargs)
    except RefusedError as refused:
        return refusal(refused)
    except StoreBusyError as problem:
        return refusal(RefusedError(503, "service unavailable", str(problem)))
    except StoreError as problem:
        return refusal(RefusedError(500, "internal server error", str(problem)))


def _authorization(username: str, password: str) -> bytes:
    """Return the ``Authorization`` header that clients send for these credentials."""
    if not username or not password:
        raise msgspec.ValidationError("username and password must not be empty")
    header = authorization((username, password))
    if isinstance(header, Failure):
        raise msgspec.ValidationError(header.failure().message)
    return header.unwrap()


def _no_operation(method: str, path: str) -> httpx.Response:
    """Return a 405 for a path of other methods, and a 501 for a path that the local FastPix does not have."""
    known = f"GET {API_PATH}{CONTROL_PATH} lists the operations of the local FastPix."
    text = f"There is no operation {method} {path}. {known}"
    methods = ", ".join(ROUTER.methods(path))
    if not methods:
        return refusal(RefusedError(501, "not emulated", text))
    response = refusal(RefusedError(405, "method not allowed", text))
    response.headers["allow"] = methods
    return response


def _origin(url: httpx.URL) -> str:
    """Return the scheme and host of a URL. In process, the host is that of the service: nothing must be sent there."""
    return NOWHERE if url.raw_host.endswith(b"fastpix.com") else f"{url.scheme}://{url.netloc.decode()}"


def _workspace_id(documents: Documents) -> str:
    known = documents.get(WorkspaceId, "")
    return "" if known is None else known.id


def _called(handler: Handler, workspace: Workspace, request: msgspec.Struct, key: str | None) -> httpx.Response:
    """Return the response of a handler. Where a POST is idempotent, the same key gets the first response again."""
    endpoint = handler.endpoint
    id = f"{endpoint.id}/{key}" if key and endpoint.method == "POST" and endpoint.idempotent else None
    first = id and workspace.documents.get(Repeatable, id)
    if first:
        return answer(first.body, first.status)
    value = handler.function(workspace, request)
    if workspace.settings.forms == "2026-05":
        value = in_may(value, of_stream=endpoint.path.startswith("/live/"))
    response = answer(value, handler.status)
    if id:
        workspace.documents.put(id, Repeatable(handler.status, msgspec.Raw(response.content)))
    return response
