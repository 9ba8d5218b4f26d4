"""The state of a local FastPix as one file: what an export has, and what an import may have."""

import msgspec

from fastpix.emulator.clock import END_OF_TIME, ClockState, time_of
from fastpix.emulator.due import STEPS, Due
from fastpix.emulator.http.wire import UUID
from fastpix.emulator.model.events import LastEvent
from fastpix.emulator.model.pulls import Pull
from fastpix.emulator.model.uploads import UploadedFile
from fastpix.emulator.store.documents import FORMAT, Document, Documents, Row, State, kinds
from fastpix.emulator.webhooks.deliveries import Delivery
from fastpix.emulator.webhooks.webhook import Webhook
from fastpix.emulator.workspace import Credentials

__all__ = ["exported", "imported"]


def exported(documents: Documents) -> State:
    """Return all documents except the credentials and the webhooks. The clock stands at their time."""
    clock = ClockState(held_at=time_of(documents))
    left_out = {kind.__name__ for kind in (Credentials, Webhook, ClockState)}
    rows = [row for row in documents.rows() if row.kind not in left_out]
    return State(FORMAT, [Row(ClockState.__name__, "", "", 0, msgspec.Raw(msgspec.json.encode(clock))), *rows])


def imported(state: State) -> list[Document]:
    """Return the documents of an export, in the order of its rows.

    Raises:
        msgspec.ValidationError: The data has a document that this version does not know.
    """
    if state.format != FORMAT:
        raise msgspec.ValidationError(f"the format must be {FORMAT}, not {state.format}")
    return [_read(row) for row in state.documents]


def _read(row: Row) -> Document:
    known = kinds().get(row.kind)
    if known is None or known in (Credentials, Webhook):
        raise msgspec.ValidationError(f"the kind of a document must be one of an export, not {row.kind!r}")
    document = msgspec.json.decode(row.document, type=known)
    if isinstance(document, ClockState) and not document.is_possible:
        raise msgspec.ValidationError("the time of the clock must be from 1970 until the year 9999")
    if isinstance(document, UploadedFile) and (document.upload_id != row.id or not UUID.fullmatch(row.id)):
        raise msgspec.ValidationError(f"the id of an upload must be a UUID, not {document.upload_id!r}")
    if isinstance(document, Pull) and (document.media_id != row.id or not UUID.fullmatch(row.id)):
        raise msgspec.ValidationError(f"the id of a media must be a UUID, not {document.media_id!r}")
    if isinstance(document, LastEvent) and not 0 <= document.nanoseconds < END_OF_TIME * 10**9:
        raise msgspec.ValidationError("the time of the last event must be from 1970 until the year 9999")
    if isinstance(document, Delivery) and document.id != row.id:
        raise msgspec.ValidationError(f"the id of a delivery must be that of its row, not {document.id!r}")
    if isinstance(document, Due) and document.step not in STEPS:
        raise msgspec.ValidationError(f"the step {document.step!r} is not known to this version")
    return document
