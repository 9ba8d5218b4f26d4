"""A Dask cluster on this machine, whose workers can be killed."""

import logging
import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from distributed import Client, LocalCluster

__all__ = ["cluster_of", "kill_workers"]


@contextmanager
def cluster_of(workers: int) -> Generator[Client]:
    """Start a cluster of processes with one thread each. It listens on this machine only."""
    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            silence_logs=logging.CRITICAL,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def kill_workers(client: Client, kills: int, is_over: Callable[[], bool]) -> int:
    """Kill a worker again and again, and return how many. The cluster starts another one in the place of each."""
    killed: set[int] = set()
    while len(killed) < kills and not is_over():
        time.sleep(0.4)
        for pid in sorted({*client.run(os.getpid, on_error="ignore").values()} - killed)[:1]:
            os.kill(int(pid), signal.SIGKILL)
            killed.add(int(pid))
    return len(killed)
