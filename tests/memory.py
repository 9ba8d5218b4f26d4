"""The memory of a process."""

import re
from pathlib import Path

__all__ = ["peak"]


def peak() -> int:
    """Return the most memory that this process has used, in bytes. ``ru_maxrss`` would have that of its parent, too."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024
