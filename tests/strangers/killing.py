"""Kills workers of a Dask cluster."""

import os
import signal
import time
from collections.abc import Callable

from distributed import Client

__all__ = ["kill_workers"]


def kill_workers(client: Client, kills: int, is_over: Callable[[], bool]) -> int:
    """Kill a worker again and again, and return how many. The cluster starts another one in the place of each."""
    killed: set[int] = set()
    while len(killed) < kills and not is_over():
        time.sleep(0.4)
        for pid in sorted({*client.run(os.getpid, on_error="ignore").values()} - killed)[:1]:
            os.kill(int(pid), signal.SIGKILL)
            killed.add(int(pid))
    return len(killed)
