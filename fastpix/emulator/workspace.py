"""What a handler works on: the documents of a workspace, at the time of one request."""

import secrets
from collections.abc import Callable
from typing import Literal, TypeAlias, TypeVar
from uuid import uuid4

import msgspec
from msgspec import UNSET, UnsetType

from fastpix.api.common import (
    ABSENT,
    Answer,
    Number,
    OrderedPageRequest,
    Page,
    PageRequest,
    Pagination,
    SpanPageRequest,
)
from fastpix.api.times import Timestamp
from fastpix.emulator.clock import Delays, text_of_time
from fastpix.emulator.http.wire import RefusedError
from fastpix.emulator.storage.files import Files
from fastpix.emulator.store.documents import Document, Documents
from fastpix.emulator.webhooks.webhook import Webhook

__all__ = [
    "DEFAULT_LIMIT",
    "Credentials",
    "Forms",
    "Settings",
    "Workspace",
    "WorkspaceId",
    "described_as",
    "find",
    "given",
    "metadata_of",
    "new_id",
    "new_uuid",
    "number",
    "only_given",
    "page",
    "paged",
]

T = TypeVar("T")
AnswerT = TypeVar("AnswerT", bound=Answer)
DocumentT = TypeVar("DocumentT", bound=Document)

Forms: TypeAlias = Literal["2026-11", "2026-05"]
"""The month whose forms responses have."""

DEFAULT_LIMIT = 10
LONGEST_LIST = 2**62
"""No list is longer. SQLite takes no numbers from 2**63 on."""


class WorkspaceId(Document):
    """The id of the workspace."""

    id: str
    """The id, a UUID."""


class Credentials(Document):
    """The access token of the workspace."""

    username: str
    """The id of the access token."""
    password: str
    """The secret of the access token."""


class Settings(msgspec.Struct, frozen=True):
    """The settings of a local FastPix."""

    trial: bool = False
    """Whether the workspace is on a trial plan. Default: ``False``."""
    delays: Delays = Delays()
    """How long it takes until something is done."""
    forms: Forms = "2026-11"
    """The month whose forms responses have. Default: ``2026-11``."""


class Workspace(msgspec.Struct, frozen=True):
    """The documents of a workspace, at the time of one request."""

    documents: Documents
    """The documents of the workspace."""
    id: str
    """The id of the workspace."""
    settings: Settings
    """The settings of the local FastPix."""
    time: float
    """The time, in seconds since 1970. It stands still during a request."""
    origin: str
    """The scheme and host of the local FastPix, as the client sees them."""
    files: Files
    """The files of the uploads."""
    is_for_browser: bool = False
    """Whether the client says that a browser will use what it asks for."""
    tells: bool = True
    """Whether webhooks get the events of what happens."""
    listeners: tuple[Webhook, ...] = ()
    """The webhooks that are functions of this process."""
    start_sender: Callable[[str], object] = str
    """Lets what waits for a webhook with a URL be sent. It takes the id of the webhook."""
    pulls: Callable[[str], bool] = bool
    """Returns whether the file behind a URL is fetched."""
    start_pull: Callable[[str], object] = str
    """Lets the file of a media be fetched. It takes the id of the media."""

    @property
    def now(self) -> Timestamp:
        """The time as text in the service's format."""
        return text_of_time(self.time)


def find(
    workspace: Workspace, kind: type[DocumentT], id: str, message: str, description: str | None = None
) -> DocumentT:
    """Return a document.

    Raises:
        RefusedError: There is no such document (404). Message and description are those given.
    """
    found = workspace.documents.get(kind, id)
    if found is None:
        raise RefusedError(404, message, description)
    return found


def given(value: T | UnsetType, default: T) -> T:
    """Return the value, or the service's default if it is unset."""
    return default if isinstance(value, UnsetType) else value


def number(value: float) -> Number:
    """Return a number as the service writes it: without a fraction if it is whole."""
    return int(value) if float(value).is_integer() else value


def only_given(**values: object) -> dict[str, object]:
    """Return the values that are not unset."""
    return {name: value for name, value in values.items() if value is not UNSET}


def metadata_of(given: dict[str, str] | UnsetType) -> dict[str, str | None] | None:
    """Return the metadata of a response: absent if it was not given."""
    return ABSENT if isinstance(given, UnsetType) else {**given}


def described_as(kind: type[AnswerT], answer: Answer, **changes: object) -> AnswerT:
    """Return a struct of another kind, with the fields that both have, and with changes."""
    values = msgspec.structs.asdict(answer)
    return kind(**{name: values[name] for name in kind.__struct_fields__ if name in values} | changes)


def page(
    workspace: Workspace,
    kind: type[DocumentT],
    request: PageRequest,
    answer: Callable[[DocumentT], T],
    *,
    owner: str = "",
) -> Page[T]:
    """Return the page of a list of documents that a request asks for, newest first unless it says otherwise.

    Args:
        workspace: The workspace.
        kind: The class of the documents.
        request: The request.
        answer: Turns a document into an item of the page.
        owner: The id of the owner of the list. Default: no owner.
    """
    order = given(request.order_by, "desc") if isinstance(request, OrderedPageRequest) else "desc"
    start, stop = _part(request)
    found = workspace.documents.slice(kind, owner, start=start, stop=stop, last_first=order == "desc")
    return _page([*map(answer, found)], request, workspace.documents.count(kind, owner))


def paged(items: list[T], request: PageRequest | SpanPageRequest) -> Page[T]:
    """Return the page of a list that a request asks for."""
    start, stop = _part(request)
    return _page(items[start:stop], request, len(items))


def _part(request: PageRequest | SpanPageRequest) -> tuple[int, int]:
    """Return the indexes of the first item of a page, and of the first item after it."""
    limit = given(request.limit, DEFAULT_LIMIT)
    start = min((given(request.offset, 1) - 1) * limit, LONGEST_LIST)
    return start, start + limit


def _page(items: list[T], request: PageRequest | SpanPageRequest, total: int) -> Page[T]:
    limit, number = given(request.limit, DEFAULT_LIMIT), given(request.offset, 1)
    pagination = Pagination(total_records=total, current_offset=number, offset_count=-(-total // limit))
    return Page(data=items, pagination=pagination, success=True)


def new_id() -> str:
    """Return a new id in the format of stream ids: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_uuid() -> str:
    """Return a new id in the format of media ids and playback ids: a UUID."""
    return str(uuid4())
