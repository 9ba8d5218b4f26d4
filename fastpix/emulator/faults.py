"""Faults on request: what goes wrong with the next requests of an operation, or with one request."""

from collections import deque
from collections.abc import Container, Iterator, Sequence
from http.client import responses
from threading import Lock
from typing import Annotated, Any, Literal, TypeAlias, cast

import httpx
import msgspec
from msgspec import Meta

from fastpix.emulator.http.wire import RefusedError, refusal

__all__ = [
    "HEADER",
    "NO_FAULT",
    "Fault",
    "Faults",
    "Outcome",
    "PlannedFaults",
    "altered",
    "fault_in",
    "parts",
    "refusal_of",
]

HEADER = "x-fastpix-fault"
"""The header that asks for a fault in the response to its own request."""
LONGEST_PLAN = 10_000
ALLOWED = "an outcome is a status of 200 to 299 or 400 to 599, 'reset', 'lost', 'cut', 'invalid', or a Fault"

Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=3600)]
WholeSeconds: TypeAlias = Annotated[int, Meta(ge=0, le=86_400)]
ErrorStatus: TypeAlias = Annotated[int, Meta(ge=400, le=599)]
Break: TypeAlias = Literal["reset", "lost", "cut"]
"""What happens to a connection."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """What goes wrong with one request. In JSON, the names of the fields are in camelCase, such as ``retryAfter``.

    The request is carried out, unless ``status`` or ``connection="reset"`` says otherwise. Several fields can be
    combined. ``body`` takes precedence over ``fields``, and neither matters if the connection is reset or lost.
    """

    status: ErrorStatus | None = None
    """The status of the response, 400 to 599. The request is then not carried out. Default: it is carried out."""
    retry_after: WholeSeconds | None = None
    """The seconds in the response's ``Retry-After`` header, 0 to 86,400. Default: no such header."""
    delay: Seconds = 0.0
    """The seconds before the response, 0 to 3,600. The request is carried out before them. Default: 0."""
    body: str | None = None
    """The body of the response. It need not be JSON. Default: the right body."""
    fields: dict[str, Any] = {}
    """Values to set in the response, by path in the API's spelling, such as ``{"data.maxResolution": 7}``.

    In a list, each item is changed. The object that has the field must be in the response. The field need not be.
    """
    drip: Seconds = 0.0
    """The seconds before each byte of the body, 0 to 3,600. Default: 0."""
    connection: Break | None = None
    """What happens to the connection.

    ``reset``: it is reset, and the request is not carried out. ``lost``: it is closed without a response, after the
    request was carried out. ``cut``: it is closed after half of the body. Default: nothing.
    """

    @property
    def is_in_parts(self) -> bool:
        """Whether the body is sent in parts, or not all of it."""
        return self.connection == "cut" or self.drip > 0


Outcome: TypeAlias = Annotated[int, Meta(ge=200, le=599)] | Break | Literal["invalid"] | Fault
"""What happens to a request.

A status of 400 to 599 stands for ``Fault(status=...)``, and one of 200 to 299 for no fault. ``"invalid"`` stands for a
body that is not JSON, and each other text for ``Fault(connection=...)``.
"""

NO_FAULT = Fault()
_INVALID = Fault(body='{"success":')


class PlannedFaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens to the next requests of an operation, one outcome for each request."""

    outcomes: list[Outcome]
    """The outcomes in their order, up to 10,000."""
    operation: str | None = None
    """The id of the operation, or ``upload`` for requests to the URLs of uploads.

    ``None`` stands for all of these without a plan of their own.
    """


class Faults:
    """The planned faults of a local FastPix. Each request takes the next one of its operation.

    Args:
        operations: The ids of all operations.
    """

    def __init__(self, operations: Container[str]) -> None:
        self._operations = operations
        self._lock = Lock()
        self._planned: dict[str | None, deque[Fault]] = {}

    def plan(self, operation: str | None, outcomes: Sequence[Outcome]) -> None:
        """Add outcomes after those that are planned for an operation.

        Raises:
            msgspec.ValidationError: There is no such operation, an outcome is not valid, or more than 10,000 would be
                planned for the operation.
        """
        if operation is not None and operation not in self._operations:
            raise msgspec.ValidationError(f"operation must be the id of one of the API, not {operation!r}")
        checked = _checked(msgspec.to_builtins(outcomes), list[Outcome])
        faults = [*map(_fault, checked)]
        with self._lock:
            known = self._planned.setdefault(operation, deque())
            if len(known) + len(faults) > LONGEST_PLAN:
                raise msgspec.ValidationError(f"at most {LONGEST_PLAN} outcomes can be planned for an operation")
            known.extend(faults)

    def planned(self) -> list[PlannedFaults]:
        """Return what is planned and has not happened yet."""
        with self._lock:
            return [PlannedFaults([*faults], operation) for operation, faults in self._planned.items() if faults]

    def take(self, operation: str) -> Fault:
        """Return the fault of the next request of an operation, and remove it from the plan."""
        if not self._planned:
            return NO_FAULT
        with self._lock:
            faults = self._planned.get(operation) or self._planned.get(None)
            return faults.popleft() if faults else NO_FAULT

    def clear(self) -> None:
        """Remove all planned faults."""
        with self._lock:
            self._planned = {}


def fault_in(request: httpx.Request) -> Fault | None:
    """Return the fault that a header of the request asks for, or ``None``.

    Raises:
        RefusedError: The value of the header is not an outcome (400).
    """
    text = request.headers.get(HEADER)
    if text is None:
        return None
    try:
        outcome = msgspec.json.decode(text) if text[:1] in "{-0123456789" else text
        return _fault(_checked(outcome, Outcome))
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as problem:
        raise RefusedError(400, f"The header {HEADER} is not valid", str(problem)) from problem


def _checked(value: object, kind: Any) -> Any:
    """Return a value as outcomes.

    Raises:
        msgspec.ValidationError: It is none. The message says what is allowed.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as problem:
        raise msgspec.ValidationError(f"{problem} ({ALLOWED})") from problem


def _fault(outcome: Outcome) -> Fault:
    if isinstance(outcome, Fault):
        return outcome
    if isinstance(outcome, str):
        return _INVALID if outcome == "invalid" else Fault(connection=outcome)
    if 300 <= outcome < 400:
        raise msgspec.ValidationError(f"an outcome must not be {outcome} ({ALLOWED})")
    return NO_FAULT if outcome < 300 else Fault(status=outcome)


def refusal_of(status: int) -> httpx.Response:
    """Return a response with a status that a fault asks for."""
    return refusal(RefusedError(status, responses.get(status, "Fault"), "A test asked for this fault."))


def altered(response: httpx.Response, fault: Fault) -> httpx.Response:
    """Return a response with the header and the body that a fault says.

    Raises:
        RefusedError: The fault sets a field of an object that the response does not have, or the response is not JSON
            (400).
    """
    content = response.content
    for path, value in fault.fields.items():
        content = msgspec.json.encode(_set(_decoded(content), path.split("."), value, path))
    if fault.body is not None:
        content = fault.body.encode()
    headers = dict(response.headers) | {"content-length": str(len(content))}
    if fault.retry_after is not None:
        headers["retry-after"] = str(fault.retry_after)
    return httpx.Response(response.status_code, headers=headers, content=content)


def _decoded(content: bytes) -> object:
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError as problem:
        raise RefusedError(400, "The fault is not possible", "The response is not JSON.") from problem


def _set(value: object, names: list[str], new: object, path: str) -> object:
    if not names:
        return new
    if isinstance(value, list):
        return [_set(item, names, new, path) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        raise RefusedError(400, "The fault is not possible", f"The response has no object for the field {path}.")
    known = cast("dict[str, object]", value)
    return {**known, names[0]: _set(known.get(names[0]), names[1:], new, path)}


def parts(content: bytes, fault: Fault) -> Iterator[bytes]:
    """Yield the parts of a body, with ``fault.drip`` seconds before each of them. A body that is cut ends early."""
    sent = content[: len(content) // 2] if fault.connection == "cut" else content
    yield from (sent[index : index + 1] for index in range(len(sent))) if fault.drip else (sent,)
