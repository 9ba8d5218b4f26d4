"""`Job`: a call for each of many items, and a report of what became of them."""

import os
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Coroutine, Iterable, Iterator, Sized
from concurrent.futures import Executor
from contextlib import aclosing
from typing import Any, TypeAlias, TypedDict, cast

from fastpix._call.endpoint import Endpoint
from fastpix._call.redaction import shown
from fastpix._call.request import NO_OPTIONS, prepare
from fastpix.concurrency import Progress, Stop, many
from fastpix.configuration import Configuration
from fastpix.core import AsyncFastpixCore
from fastpix.errors import ConfigurationError, Err, UnauthorizedError
from fastpix.jobs.report import Report, Reporter
from fastpix.operation import AnyCore
from fastpix.reply import Failure, Reply, Success

__all__ = ["Job", "JobSettings", "PathLike"]

PathLike: TypeAlias = str | os.PathLike[str]

HOPELESS = (UnauthorizedError, ConfigurationError)
"""Errors that every item would have."""
LIST = "the list"
"""The name of the item for a page of a list that cannot be read. The job then ends."""
OF_MANY = ("concurrency", "executor", "stop")
"""The settings that `many` has, too."""


class JobSettings(TypedDict, total=False):
    """The settings of all jobs.

    * ``concurrency``: the largest number of calls at the same time, from 1 to 1,000,000. Default: 10.
    * ``executor``: an executor that makes the calls of a `FastpixCore`, as for `many`. Default: threads.
    * ``on_progress``: a plain function that is called with a `Progress` after each item, such as that of a `JobBar`.
    * ``stop``: an event. Once it is set, no more calls start, and the report is not complete.
    * ``report_file``: the path of a CSV file for all items, which is written anew. It has the columns ``item``,
      ``media_id``, ``error``, ``message`` and ``in_doubt``. Default: none.
    * ``dry_run``: whether to check the requests, and to send none of them. Default: ``False``.
    """

    concurrency: int
    executor: Executor | None
    on_progress: Callable[[Progress], object] | None
    stop: Stop | None
    report_file: PathLike | None
    dry_run: bool


class Job:
    """A job.

    Args:
        endpoint: The endpoint that is called for each item.
        plan: Returns the request for what the user gave, or ``None`` if there is nothing to do.
        name: Returns what identifies the item of a request.
        is_done: Returns whether an item is done in spite of an error.
        settings: The settings of the user.
    """

    def __init__(
        self,
        endpoint: Endpoint[Any],
        *,
        plan: Callable[[Any], Reply[Any] | None],
        name: Callable[[Any], str],
        is_done: Callable[[Err], bool] = lambda _: False,
        settings: JobSettings,
    ) -> None:
        unknown = settings.keys() - JobSettings.__annotations__.keys()
        if unknown:
            known = ", ".join(JobSettings.__annotations__)
            raise TypeError(f"a job has the settings {known}, not {shown(min(unknown))}")
        self._endpoint = endpoint
        self._plan = plan
        self._name = name
        self._is_done = is_done
        self._settings = settings

    def run(self, function: Callable[..., Any], core: AnyCore, source: Any) -> Report | Coroutine[Any, Any, Report]:
        """Call a function for each item, with either kind of core."""
        settings: Any = {name: value for name, value in self._settings.items() if name in OF_MANY}
        call: Any = many(function, stop_at=HOPELESS, **settings)
        total = len(cast("Sized", source)) if hasattr(source, "__len__") else None
        reporter = Reporter(self._settings.get("report_file"), self._settings.get("on_progress"), total)
        run = self._async_run if isinstance(core, AsyncFastpixCore) else self._run
        return run(call, core, source, reporter)

    def _run(self, call: Any, core: AnyCore, source: Iterable[Any], reporter: Reporter) -> Report:
        def requests() -> Iterator[Any]:
            for number, given in enumerate(source, 1):
                if isinstance(given, Failure):
                    reporter.add(LIST, "", cast("Any", given))
                    return
                yield from self._requests(core.configuration, number, given, reporter)
            reporter.is_complete = True

        with reporter:
            for request, result in call(core, requests()):
                self._report(request, result, reporter)
        return reporter.report()

    async def _async_run(self, call: Any, core: AnyCore, source: Any, reporter: Reporter) -> Report:
        async def requests() -> AsyncGenerator[Any]:
            number = 0
            async with aclosing(_async(source)) as items:
                async for given in items:
                    number += 1
                    if isinstance(given, Failure):
                        reporter.add(LIST, "", cast("Any", given))
                        return
                    for request in self._requests(core.configuration, number, given, reporter):
                        yield request
            reporter.is_complete = True

        with reporter:
            async with aclosing(requests()) as planned:
                async for request, result in call(core, planned):
                    self._report(request, result, reporter)
        return reporter.report()

    def _requests(self, configuration: Configuration, number: int, given: Any, reporter: Reporter) -> list[Any]:
        """Return the request for what the user gave. If nothing is to be sent, report the item."""
        planned = self._plan(given)
        if planned is None:
            return []
        if isinstance(planned, Failure):
            reporter.add(f"item {number}", "", planned)
            return []
        request = planned.unwrap()
        if not self._settings.get("dry_run", False):
            return [request]
        self._report(request, prepare(self._endpoint, configuration, request, NO_OPTIONS), reporter)
        return []

    def _report(self, request: Any, result: Reply[Any], reporter: Reporter) -> None:
        created: Any = getattr(result.value_or(None), "data", None)
        media_id: str = getattr(request, "media_id", "") or getattr(created, "id", "")
        is_done = isinstance(result, Failure) and self._is_done(result.failure())
        reporter.add(self._name(request), media_id, Success(None) if is_done else result)


async def _async(source: Iterable[Any] | AsyncIterable[Any]) -> AsyncGenerator[Any]:
    if isinstance(source, AsyncGenerator):
        async with aclosing(cast("AsyncGenerator[Any]", source)) as items:
            async for given in items:
                yield given
    elif isinstance(source, AsyncIterable):
        async for given in source:
            yield given
    else:
        for given in source:
            yield given
