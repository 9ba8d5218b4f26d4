"""State machines as tables of rules."""

from typing import NamedTuple

from fastpix.emulator.wire import RefusedError

__all__ = ["Rule", "moved"]


class Rule(NamedTuple):
    """What an action needs, what it leads to, and how it is refused."""

    action: str
    """The action."""
    needs: tuple[str, ...]
    """The statuses in which the action is possible."""
    leads_to: str
    """The status afterwards. Empty if the status stays."""
    message: str = ""
    """The message of the 400 in any other status."""
    description: str = ""
    """The description of the 400."""


def moved(rules: tuple[Rule, ...], action: str, status: str | None) -> str:
    """Return the status after an action.

    Raises:
        RefusedError: The action is not possible in this status (400).
    """
    (rule,) = [rule for rule in rules if rule.action == action]
    if status not in rule.needs:
        raise RefusedError(400, rule.message, rule.description)
    return rule.leads_to or status
