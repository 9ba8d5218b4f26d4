"""State machines as tables of rules."""

from typing import NamedTuple

from fastpix.emulator.http.wire import RefusedError

__all__ = ["Rule"]


class Rule(NamedTuple):
    """When something is possible, and what it leads to."""

    possible_in: tuple[str, ...]
    """The statuses in which it is possible."""
    leads_to: str = ""
    """The status afterwards. Empty if the status stays."""
    message: str = ""
    """The message of the 400 in any other status. Empty if nobody can ask for it."""
    description: str = ""
    """The description of the 400."""

    def allows(self, status: str | None) -> bool:
        return status in self.possible_in

    def check(self, status: str | None) -> None:
        """Raise a `RefusedError` if it is not possible in this status (400)."""
        if not self.allows(status):
            raise RefusedError(400, self.message, self.description)
