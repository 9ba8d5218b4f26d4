"""Playback errors on the local FastPix, computed from the views that the seed added."""

import re
from collections import defaultdict
from datetime import datetime
from typing import cast

from fastpix.api.common import SpanData, text_of
from fastpix.api.playback_errors import (
    FrequentError,
    ListErrorsRequest,
    PlaybackError,
    PlaybackErrors,
    playback_errors_list,
)
from fastpix.api.views import View
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.model.views import selected, viewers
from fastpix.emulator.workspace import Workspace, given

__all__ = ["list_errors"]

DEFAULT_LIMIT = 1


@handles(
    playback_errors_list,
    recorded="the fields, the shares from 0 to 1, and the format of lastSeen",
    documented="the limit of topErrors",
    guessed="views with the same code and message have the same error; description is the errorContext of a view",
)
def list_errors(workspace: Workspace, request: ListErrorsRequest) -> SpanData[PlaybackErrors]:
    views, span = selected(workspace, request)
    groups = defaultdict[tuple[str, str], list[View]](list)
    for view in views:
        if view.error_code is not None:
            groups[view.error_code, view.error_message or ""].append(view)
    ranked = sorted(groups.values(), key=lambda group: -len(group))
    errors = [_error(group, views) for group in ranked]
    top = [_frequent(group, views) for group in ranked[: given(request.limit, DEFAULT_LIMIT)]]
    return SpanData(PlaybackErrors(errors, top), success=True, timespan=[*span])


def _error(group: list[View], views: list[View]) -> PlaybackError:
    last = group[-1]
    return PlaybackError(
        percentage=len(group) / len(views),
        notes="",
        message=last.error_message or "",
        last_seen=_last_seen(last),
        id="1" if last.error_id is None else str(last.error_id),
        description=last.error_context or "",
        count=len(group),
        code=last.error_code,
    )


def _frequent(group: list[View], views: list[View]) -> FrequentError:
    last = group[-1]
    return FrequentError(
        percentage=len(group) / len(views),
        unique_viewers_effected_percentage=viewers(group) / viewers(views),
        notes="",
        message=last.error_message or "",
        last_seen=_last_seen(last),
        count=len(group),
        code=last.error_code,
    )


def _last_seen(view: View) -> datetime:
    """Return the end of a view in the format of this list: ``2026-05-20 09:55:36.02``, in UTC."""
    text = (text_of(view, "view_end") or "").partition("+")[0]
    return cast("datetime", re.sub(r"(\.\d+?)0+$", r"\1", text))
