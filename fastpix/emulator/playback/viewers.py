"""Views of what players fetch. A view begins with the first segment, and lasts as long as the segments that follow."""

import re
from collections.abc import Mapping

from fastpix.emulator.model.media import MediaRecord
from fastpix.emulator.model.views import ViewRecord, add_view
from fastpix.emulator.workspace import Workspace

__all__ = ["note_fetched"]

BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone|iPad": "iOS", "Mac OS": "macOS", "Linux": "Linux"}
"""What user agents contain, and what it stands for. The first that is found counts."""


def note_fetched(
    workspace: Workspace,
    record: MediaRecord,
    view_id: str,
    *,
    playback_id: str,
    seconds: float,
    headers: Mapping[str, str],
) -> None:
    """Count a segment that a player has fetched for its view. A view ends when all that was fetched has been seen.

    Args:
        workspace: The workspace.
        record: The media.
        view_id: The id of the view.
        playback_id: The playback id.
        seconds: The seconds of the segment.
        headers: The headers of the request.
    """
    known = workspace.documents.get(ViewRecord, view_id)
    before = (known.view.watch_time or 0) if known else 0
    began = known.started if known else workspace.time
    watched = before + round(seconds * 1000)
    agent = headers.get("user-agent", "")
    fields: dict[str, object] = {
        "viewId": view_id,
        "fpViewerId": view_id,
        "watchTime": watched,
        "mediaId": record.media.id,
        "fpPlaybackId": playback_id,
        "videoTitle": record.media.title,
        "videoDuration": round(record.content.duration * 1000),
        "videoSourceType": "application/x-mpegURL",
        "userAgent": agent,
        "browserName": _first(BROWSERS, agent),
        "osName": _first(SYSTEMS, agent),
        "viewPageUrl": headers.get("referer"),
    }
    add_view(workspace, fields, max(began + watched / 1000, workspace.time), began)


def _first(names: dict[str, str], agent: str) -> str | None:
    return next((name for pattern, name in names.items() if re.search(pattern, agent)), None)
