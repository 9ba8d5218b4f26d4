"""Work in the background of a generator: in threads, or in tasks of asyncio or trio.

A task group can't do this for an async generator: its block would contain a ``yield``.
"""

import sys
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from anyio import CancelScope

__all__ = ["Tasks", "Threads"]

T = TypeVar("T")


class Threads(Generic[T]):
    """Threads that run functions. `next` returns their values in the order in which they finish."""

    def __init__(self, number: int) -> None:
        self._executor = ThreadPoolExecutor(number, "fastpix")
        self._finished: SimpleQueue[Future[T]] = SimpleQueue()

    def start(self, function: Callable[[], T]) -> None:
        self._executor.submit(copy_context().run, function).add_done_callback(self._finished.put)

    def next(self) -> T:
        """Wait for the next function to finish. Return its value, or raise its exception."""
        return self._finished.get().result()

    def poll(self) -> T | None:
        """Return the value of a function that has finished, or ``None`` if there is none."""
        return None if self._finished.empty() else self.next()

    def stop(self, *, wait: bool) -> None:
        """Start nothing more. A thread cannot be stopped: ``wait`` says whether to wait for those that run."""
        self._executor.shutdown(wait=wait, cancel_futures=True)


class Tasks(Generic[T]):
    """Tasks that run coroutines. `next` returns their values in the order in which they finish."""

    def __init__(self) -> None:
        import anyio

        self._anyio = anyio
        self._running: dict[anyio.CancelScope, list[object]] = {}
        self._finished: deque[Callable[[], T]] = deque()
        self._changed = anyio.Event()

    def start(self, coroutine: Coroutine[Any, Any, T]) -> None:
        scope = self._anyio.CancelScope()
        kept: list[object] = []  # asyncio keeps no reference to a task
        self._running[scope] = kept
        kept.append(_spawn(self._run(coroutine, scope)))

    async def next(self) -> T:
        """Wait for the next coroutine to finish. Return its value, or raise its exception."""
        while not self._finished:
            await self._change()
        return self._finished.popleft()()

    def poll(self) -> T | None:
        """Return the value of a coroutine that has finished, or ``None`` if there is none."""
        return self._finished.popleft()() if self._finished else None

    async def stop(self) -> None:
        """Cancel the tasks and wait until they have ended."""
        with self._anyio.CancelScope(shield=True):
            for scope in [*self._running]:
                scope.cancel()
            while self._running:
                await self._change()

    async def _run(self, coroutine: Coroutine[Any, Any, T], scope: "CancelScope") -> None:
        outcome: Future[T] = Future()
        try:
            with scope:
                outcome.set_result(await coroutine)
        except BaseException as error:
            outcome.set_exception(error)
            if not isinstance(error, Exception):
                raise
        finally:
            if outcome.done():
                self._finished.append(outcome.result)
            del self._running[scope]
            self._changed.set()

    async def _change(self) -> None:
        await self._changed.wait()
        self._changed = self._anyio.Event()


def _spawn(coroutine: Coroutine[Any, Any, None]) -> object:
    """Start a task of asyncio or trio that no task group waits for. Return a reference that keeps it alive."""
    asyncio = sys.modules.get("asyncio")
    try:
        return asyncio.get_running_loop().create_task(coroutine) if asyncio else _spawn_in_trio(coroutine)
    except RuntimeError:
        return _spawn_in_trio(coroutine)


def _spawn_in_trio(coroutine: Coroutine[Any, Any, None]) -> object:
    from trio.lowlevel import spawn_system_task

    async def task() -> None:
        await coroutine

    return spawn_system_task(task, context=copy_context())
