"""What happens later by itself: a step of a media or a stream, when the clock or a number of reads says so."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from fastpix.emulator.clock import Delay, Reads, to_microseconds
from fastpix.emulator.store.documents import Document, Documents
from fastpix.emulator.workspace import Workspace

__all__ = ["STEPS", "Due", "Step", "cancel", "first_due", "is_due", "later", "note_read", "run_due", "step"]

Step: TypeAlias = Callable[[Workspace, str], None]
"""Changes a media or a stream, or a part of it. It does nothing if that is gone, or has another status by then."""

STEPS: dict[str, Step] = {}
"""All steps by name. The names are in files and exports, so they must not change."""
NAMES: dict[Step, str] = {}
BY_READS = "reads"
"""The owner of the steps that wait for reads. Those that wait for a time have no owner, and are in its order."""


class Due(Document):
    """A step that is due at the time of its position, or after a number of reads."""

    step: str
    """The name of the step."""
    subject: str
    """The id of the media or stream, or ``{its id}/{name}`` for a part of it."""
    reads: int | None = None
    """The number of reads to wait for. ``None`` if the step waits for a time."""

    @property
    def id(self) -> str:
        return f"{self.step}/{self.subject}"


def step(name: str) -> Callable[[Step], Step]:
    """Return a decorator that registers a function as a step."""

    def register(function: Step) -> Step:
        STEPS[name] = function
        NAMES[function] = name
        return function

    return register


def later(workspace: Workspace, delay: Delay, step: Step, subject: str) -> None:
    """Plan a step after a delay. A step that is already planned for this subject is planned anew."""
    cancel(workspace, step, subject)
    if isinstance(delay, Reads):
        due = Due(NAMES[step], subject, delay.reads)
        workspace.documents.put(due.id, due, parent=BY_READS)
    else:
        due = Due(NAMES[step], subject)
        workspace.documents.put(due.id, due, position=to_microseconds(workspace.time + delay))


def cancel(workspace: Workspace, step: Step, subject: str) -> None:
    """Take back the plan of a step."""
    workspace.documents.delete(Due, Due(NAMES[step], subject).id)


def is_due(documents: Documents, time: float) -> bool:
    """Return whether a step is due by now, or could be due with the next read."""
    first = first_due(documents)
    return documents.count(Due, BY_READS) > 0 or (first is not None and first <= time)


def first_due(documents: Documents) -> float | None:
    """Return the time of the first step that waits for a time. ``None`` if there is none."""
    first = documents.first(Due)
    return None if first is None else first[0]


def run_due(workspace: Workspace) -> None:
    """Run all steps that are due by now, each at its own time, the earliest first."""
    while (first := workspace.documents.first(Due)) is not None and first[0] <= workspace.time:
        time, id, due = first
        workspace.documents.delete(Due, id)
        STEPS[due.step](replace(workspace, time=time), due.subject)


def note_read(workspace: Workspace, owner: str) -> None:
    """Count a read of a media or stream, and run the steps that waited for it. Their successors see the read."""
    noted: set[str] = set()
    while waiting := [due for due in _waiting(workspace, owner) if due.id not in noted]:
        for due in waiting:
            if due.reads:
                workspace.documents.put(due.id, replace(due, reads=due.reads - 1))
                noted.add(due.id)
            else:
                workspace.documents.delete(Due, due.id)
                STEPS[due.step](workspace, due.subject)


def _waiting(workspace: Workspace, owner: str) -> list[Due]:
    number = workspace.documents.count(Due, BY_READS)
    waiting = workspace.documents.slice(Due, BY_READS, start=0, stop=number)
    return [due for due in waiting if due.subject.partition("/")[0] == owner]
