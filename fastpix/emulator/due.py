"""What happens later by itself: a step of a media or a stream, when the clock or a number of reads says so."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from fastpix.emulator.clock import Delay, Reads, to_microseconds
from fastpix.emulator.documents import Document, Documents
from fastpix.emulator.workspace import Workspace

__all__ = ["Due", "Step", "cancel", "is_due", "later", "note_read", "run_due", "step"]

Step: TypeAlias = Callable[[Workspace, str], None]
"""Changes a media or a stream, or a part of it. It does nothing if there is none any more."""

STEPS: dict[str, Step] = {}


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


def step(function: Step) -> Step:
    """Register a function as a step."""
    STEPS[_name(function)] = function
    return function


def _name(function: Step) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def later(workspace: Workspace, delay: Delay, step: Step, subject: str) -> None:
    """Let a step happen after a delay. If the step is already due, the new delay counts."""
    cancel(workspace, step, subject)
    if isinstance(delay, Reads):
        due, owner = Due(_name(step), subject, delay.reads), subject.partition("/")[0]
        workspace.documents.put(due.id, due, parent=owner)
    else:
        due = Due(_name(step), subject)
        workspace.documents.put(due.id, due, position=to_microseconds(workspace.time + delay))


def cancel(workspace: Workspace, step: Step, subject: str) -> None:
    """Forget that a step of a media or stream is due."""
    workspace.documents.delete(Due, Due(_name(step), subject).id)


def is_due(documents: Documents, time: float) -> bool:
    """Return whether a step is due by now."""
    first = documents.first(Due)
    return first is not None and first[0] <= time


def run_due(workspace: Workspace) -> None:
    """Let all steps happen that are due by now, each at its own time, the earliest first."""
    while (first := workspace.documents.first(Due)) is not None and first[0] <= workspace.time:
        time, id, due = first
        workspace.documents.delete(Due, id)
        STEPS[due.step](replace(workspace, time=time), due.subject)


def note_read(workspace: Workspace, owner: str) -> None:
    """Count a read of a media or stream, and let the steps happen that waited for it. Their successors see the read."""
    noted: set[str] = set()
    while waiting := [due for due in workspace.documents.slice(Due, owner, start=0, stop=100) if due.id not in noted]:
        due = waiting[0]
        if due.reads:
            workspace.documents.put(due.id, replace(due, reads=due.reads - 1), parent=owner)
            noted.add(due.id)
        else:
            workspace.documents.delete(Due, due.id)
            STEPS[due.step](workspace, due.subject)
