"""Errors that viewers met in playback."""

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
    """Which errors; ``limit`` is how many of the most frequent are told, 1 to 50, default 1."""

    limit: Limit | UnsetType = UNSET


class FrequentError(Answer):
    """An error, by its code.

    Attributes:
        percentage: the part of the views that met it, from 0 to 1.
        unique_viewers_effected_percentage: the part of the viewers that met it, from 0 to 1.
        last_seen: without a zone; the API does not say which it is.
        id: declared by the official SDK, as ``description``; not seen in an answer yet.
    """

    percentage: Number | None = ABSENT
    unique_viewers_effected_percentage: Number | None = ABSENT
    id: str | None = ABSENT
    description: str | None = ABSENT
    notes: str | None = ABSENT
    message: str | None = ABSENT
    last_seen: Timestamp | None = ABSENT
    count: int | None = ABSENT
    code: str | None = ABSENT


class PlaybackError(Answer):
    """An error that occurred.

    Attributes:
        percentage: the part of the views that met it, from 0 to 1.
        last_seen: without a zone; the API does not say which it is.
        description: where it happened; it may have a signed url in it.
    """

    percentage: Number | None = ABSENT
    notes: str | None = ABSENT
    message: str | None = ABSENT
    last_seen: Timestamp | None = ABSENT
    id: str | None = ABSENT
    description: str | None = ABSENT
    count: int | None = ABSENT
    code: str | None = ABSENT


class PlaybackErrors(Answer):
    """The errors of a span of time, and the most frequent of them."""

    errors: list[PlaybackError] | None = ABSENT
    top_errors: list[FrequentError] | None = ABSENT


ListErrorsResponse: TypeAlias = SpanData[PlaybackErrors]


@get("/data/errors", id="list_errors")
def playback_errors_list(
    core: FastpixCore, request: ListErrorsRequest = ListErrorsRequest(), options: RequestOptions | None = None
) -> Reply[ListErrorsResponse]:
    """List the errors that viewers met in a span of time.

    Fails with `UnprocessableError` for an unknown timespan or filter.
    Follows ``list_errors`` of the API.
    """
    ...
