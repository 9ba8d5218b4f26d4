"""Calls on an executor of `concurrent.futures`, for `many`: in other threads, in other processes, on other machines.

There is one pace for all processes. The calls of the workers fail at once after a 429, and the process that has started
them waits before it starts the next ones.
"""

import os
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from fastpix._call.arguments import is_operation
from fastpix._call.call import Steps, too_late, turn
from fastpix._call.clock import now
from fastpix.core import FastpixCore, Travelling
from fastpix.errors import RateLimitedError
from fastpix.journal.once import Once
from fastpix.operation import OperationWithResponse
from fastpix.reply import Failure, Result
from fastpix.workflow import ask

__all__ = ["OnExecutor"]

NAME_BYTES = 16
MOST_LOST = 3
"""The number of exceptions of an executor after which a call with a journal is given up."""

Function = Callable[[FastpixCore, Any], Result[Any, Any]]


class OnExecutor:
    """A function of a core and a request that calls another one on an executor.

    A thread waits for each call.

    Args:
        function: The function. It and its results must be picklable, unless the executor has threads.
        executor: The executor.
    """

    def __init__(self, function: Function, executor: Executor) -> None:
        self._function = function
        self._executor = executor
        self._futures: set[Future[Any]] = set()
        self._is_cancelled = False
        self._shares_memory = isinstance(executor, ThreadPoolExecutor)
        self._has_journal = getattr(function, "has_journal", False) is True
        self._is_one_call = _is_one_call(function)
        """Whether the function can be called again after a 429, because nothing but the refused call would be repeated."""

    def __call__(self, core: FastpixCore, request: object) -> Result[Any, Any]:
        if self._shares_memory:
            return self._wait_for(self._executor.submit(self._function, core, request))
        travelling = core.travelling(is_paced=not self._is_one_call)
        work = partial(_work, self._function, type(core), travelling, request)
        return core.run(self._paced(core, work)) if self._is_one_call else self._elsewhere(work)

    def _paced(self, core: FastpixCore, work: Callable[[bytes], Result[Any, Any]]) -> Steps[Result[Any, Any]]:
        """Let a worker make the call. After a 429, wait as the pace says, and let it be made again."""
        total, pace = core.configuration.timeout.total, core.pace
        deadline = now() + total
        refused: Result[Any, Any] | None = None
        while True:
            if pace.stretch is not None and not (yield from turn(pace, deadline)):
                return refused or Failure(too_late(pace))
            stretch = pace.stretch
            result = yield from ask(partial(self._elsewhere, work))
            error = result.failure() if isinstance(result, Failure) else None
            if error is None and stretch is not None:
                pace.accepted()
            if not isinstance(error, RateLimitedError):
                return result
            pace.refused(stretch, error.retry_after)
            if refused is None:  # the time in the queue of the executor does not count
                deadline = now() + total
            if core.configuration.retries.attempts == 1:
                return result
            refused = result

    def _elsewhere(self, work: Callable[[bytes], Result[Any, Any]]) -> Result[Any, Any]:
        """Let a worker do the work. If an engine loses it or its result, it is sent again if a journal makes that safe."""
        lost = 0
        while True:
            if self._is_cancelled:
                raise CancelledError
            try:
                return self._wait_for(self._executor.submit(work, os.urandom(NAME_BYTES)))
            except Exception:
                lost += 1
                if not self._has_journal or lost == MOST_LOST:
                    raise

    def _wait_for(self, future: "Future[Result[Any, Any]]") -> Result[Any, Any]:
        self._futures.add(future)
        try:
            return future.result()
        finally:
            self._futures.discard(future)

    def cancel(self) -> None:
        """Cancel the calls that have not begun, and start no more."""
        self._is_cancelled = True
        for future in [*self._futures]:
            future.cancel()


def _work(
    function: Function, kind: type[FastpixCore], travelling: Travelling, request: object, name: bytes
) -> Result[Any, Any]:
    """Call the function, in a worker. No two calls have the same ``name``: Dask takes equal calls for one."""
    return function(kind.arrived(*travelling), request)


def _is_one_call(function: object) -> bool:
    """Return whether a function makes a single call. `functools.wraps` makes any function look like an operation."""
    is_wrapper = is_operation(getattr(function, "__wrapped__", None))
    return isinstance(function, Once | OperationWithResponse) or (is_operation(function) and not is_wrapper)
