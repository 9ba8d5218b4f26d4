"""Threads and tasks in the background of a generator."""

import pytest

from fastpix._background import Tasks, Threads


async def doubled(number: int) -> int:
    return 2 * number


async def broken() -> int:
    raise ValueError("broken")


@pytest.mark.anyio
async def test_tasks_give_values_and_exceptions() -> None:
    tasks: Tasks[int] = Tasks()
    assert tasks.poll() is None
    tasks.start(doubled(2))
    assert await tasks.next() == 4
    tasks.start(broken())
    with pytest.raises(ValueError, match="broken"):
        await tasks.next()
    await tasks.stop()


def test_threads_give_values_and_exceptions() -> None:
    threads: Threads[int] = Threads(2)
    assert threads.poll() is None
    threads.start(lambda: 4)
    assert threads.next() == 4
    threads.start(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        threads.next()
    threads.stop(wait=True)
