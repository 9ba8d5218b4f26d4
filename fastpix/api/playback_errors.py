"""Playback errors: list the errors that occurred while viewers watched."""

from typing import TypeAlias

from msgspec import UNSET, UnsetType

from fastpix.api.common import ABSENT, Answer, Limit, Number, SpanData, SpanRequest
from fastpix.api.times import Timestamp
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import get
from fastpix.reply import Reply

__all__ = [
    "FrequentError",
    "Limit",
    "ListErrorsRequest",
    "ListErrorsResponse",
    "Number",
    "PlaybackError",
    "PlaybackErrors",
    "Timestamp",
    "playback_errors_list",
]


class ListErrorsRequest(SpanRequest):
    """Selects views by time and by their dimensions, and the number of most frequent errors."""

    limit: Limit | UnsetType = UNSET
    """The number of errors in `top_errors` of the response, 1 to 50. Default: 1."""


class FrequentError(Answer):
    """One of the most frequent errors."""

    percentage: Number | None = ABSENT
    """The share of the views that had the error, from 0 to 1."""
    unique_viewers_effected_percentage: Number | None = ABSENT
    """The share of the viewers who had the error, from 0 to 1."""
    id: str | None = ABSENT
    """The id of the error. The official SDK declares this field, but no response with it has been seen yet."""
    description: str | None = ABSENT
    """A description of the error. The official SDK declares it, but no response with it has been seen yet."""
    notes: str | None = ABSENT
    """Notes about the error."""
    message: str | None = ABSENT
    """The message of the error, such as ``manifestLoadError``."""
    last_seen: Timestamp | None = ABSENT
    """The time of the last occurrence. If the API writes no time zone, the `datetime` is naive and its zone unknown."""
    count: int | None = ABSENT
    """The number of times that the error occurred."""
    code: str | None = ABSENT
    """The code of the error, such as ``networkError``. Errors with different messages can have the same code."""


class PlaybackError(Answer):
    """An error that occurred."""

    percentage: Number | None = ABSENT
    """The share of the views that had the error, from 0 to 1."""
    notes: str | None = ABSENT
    """Notes about the error."""
    message: str | None = ABSENT
    """The message of the error, such as ``manifestLoadError``."""
    last_seen: Timestamp | None = ABSENT
    """The time of the last occurrence. If the API writes no time zone, the `datetime` is naive and its zone unknown."""
    id: str | None = ABSENT
    """The id of the error. Different errors can have the same id."""
    description: str | None = ABSENT
    """Where or why the error occurred. The text can contain a signed URL."""
    count: int | None = ABSENT
    """The number of times that the error occurred."""
    code: str | None = ABSENT
    """The code of the error, such as ``networkError``. Errors with different messages can have the same code."""


class PlaybackErrors(Answer):
    """The errors of a timespan."""

    errors: list[PlaybackError] | None = ABSENT
    """The errors that occurred."""
    top_errors: list[FrequentError] | None = ABSENT
    """The most frequent errors. `limit` in the request sets their number."""


ListErrorsResponse: TypeAlias = SpanData[PlaybackErrors]


@get("/data/errors", id="list_errors")
def playback_errors_list(
    core: FastpixCore, request: ListErrorsRequest = ListErrorsRequest(), options: RequestOptions | None = None
) -> Reply[ListErrorsResponse]:
    """List the playback errors of a timespan, and the most frequent ones.

    Fails with:
        UnprocessableError: the service rejects the timespan or a filter.

    API operation: ``list_errors``.

    Example:
        >>> playback_errors_list(core, ListErrorsRequest(timespan="24:hours", limit=10))
    """
    ...
