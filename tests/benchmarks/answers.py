"""Made-up responses of the service: pages of any length."""

import json
from collections.abc import Callable
from typing import Any

from fastpix._call.validation import mapping, sequence

__all__ = ["bad_text", "media", "odd_field", "odd_fields", "odd_inner_field", "streams"]


def streams(count: int) -> bytes:
    return _page([_stream(number) for number in range(count)])


def media(count: int) -> bytes:
    return _page([_media(number) for number in range(count)])


def odd_field(count: int) -> bytes:
    """Return a page of media. Each has one value of an undocumented type."""
    return _changed(media(count), lambda item: item | {"sourceAccess": "no"})


def odd_inner_field(count: int) -> bytes:
    """Return a page of media. Each has one value of an undocumented type inside a track."""
    return _changed(
        media(count), lambda item: item | {"tracks": [item["tracks"][0] | {"width": "wide"}, *item["tracks"][1:]]}
    )


def bad_text(count: int) -> bytes:
    """Return a page of media. Each has an unpaired surrogate in its title."""
    return _changed(media(count), lambda item: item | {"title": "cut \ud83d"})


def odd_fields(count: int) -> bytes:
    """Return a page of media. Except for the id of each media, all values at any depth have undocumented types."""
    return _changed(media(count), lambda item: {**_odd(item), "id": item["id"]})


def _changed(page: bytes, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bytes:
    answer = json.loads(page)
    return json.dumps(answer | {"data": list(map(change, answer["data"]))}, separators=(",", ":")).encode()


def _odd(value: Any) -> Any:
    if mapping(value):
        return {name: _odd(part) for name, part in mapping(value).items()}
    if sequence(value) or value == []:
        return list(map(_odd, sequence(value)))
    return 7 if isinstance(value, str) else "seven"


def _page(items: list[dict[str, object]]) -> bytes:
    pagination = {"totalRecords": len(items), "currentOffset": 1, "offsetCount": 1}
    return json.dumps({"success": True, "data": items, "pagination": pagination}, separators=(",", ":")).encode()


def _stream(number: int) -> dict[str, object]:
    id = f"{number:032x}"
    key = f"{number:032x}k{id}"
    return {
        "streamId": id,
        "streamKey": key,
        "srtSecret": key,
        "trial": False,
        "status": "idle",
        "maxResolution": "1080p",
        "maxDuration": 28800,
        "createdAt": "2026-05-20T09:50:42.361817Z",
        "reconnectWindow": 60,
        "enableRecording": True,
        "enableDvrMode": False,
        "mediaPolicy": "public",
        "metadata": {"name": f"show {number}"},
        "lowLatency": False,
        "closedCaptions": False,
        "playbackIds": [{"id": _uuid(number), "accessPolicy": "public"}],
        "srtPlaybackResponse": {"srtPlaybackStreamId": f"play{id}", "srtPlaybackSecret": key},
    }


def _media(number: int) -> dict[str, object]:
    restriction: dict[str, object] = {"defaultPolicy": "allow", "allow": [], "deny": []}
    return {
        "id": _uuid(number),
        "thumbnail": f"https://images.fastpix.com/{_uuid(number)}/thumbnail.png",
        "workspaceId": _uuid(0),
        "title": f"talk {number}",
        "creatorId": "somebody",
        "metadata": {"name": f"talk {number}"},
        "maxResolution": "1080p",
        "sourceResolution": "1080p",
        "status": "Ready",
        "sourceAccess": False,
        "playbackIds": [
            {
                "id": _uuid(number),
                "accessPolicy": "public",
                "accessRestrictions": {"domains": restriction, "userAgents": restriction},
            }
        ],
        "tracks": [
            {"id": _uuid(1), "type": "video", "width": 1920, "height": 1080, "frameRate": "30/1", "status": "Ready"},
            {"id": _uuid(2), "type": "audio", "languageCode": "und", "languageName": "Default", "status": "Ready"},
        ],
        "isAudioOnly": False,
        "subtitleAvailable": False,
        "duration": 600,
        "aspectRatio": "16:9",
        "createdAt": "2026-05-20T09:50:42.361817Z",
        "updatedAt": "2026-05-20T09:55:42.361817Z",
    }


def _uuid(number: int) -> str:
    return f"0b0b0b0b-0b0b-4b0b-8b0b-{number:012x}"
