"""Tracks of media on the local FastPix. Their files are not fetched."""

import re
from typing import get_args

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from fastpix.api.common import ABSENT, Ack, Data, LanguageCode, Track
from fastpix.api.media import Media, SubtitleLanguageCode
from fastpix.api.media_tracks import (
    AddMediaTrackRequest,
    DeleteMediaTrackRequest,
    GenerateSubtitlesRequest,
    MediaTrack,
    SubtitleTrack,
    UpdateMediaTrackRequest,
    media_tracks_add,
    media_tracks_delete,
    media_tracks_generate_subtitles,
    media_tracks_update,
)
from fastpix.emulator.http.handlers import handles
from fastpix.emulator.http.wire import RefusedError, check_uuid, invalid
from fastpix.emulator.model.events import tell_media, tell_track
from fastpix.emulator.model.media import change_media, find_media
from fastpix.emulator.model.media_states import ADD_TRACK, prepare
from fastpix.emulator.workspace import Workspace, described_as, given, new_uuid, only_given

__all__ = ["add", "delete", "generate_subtitles", "update"]

LANGUAGE = re.compile(r"([a-z]{2,3})((-[A-Z][a-z]{3})?(-(?:[A-Z]{2}|[0-9]{3}))?)")
NEEDS_REGION = {code[:2] for code in get_args(LanguageCode)} - {*get_args(SubtitleLanguageCode)}
"""The languages that the service takes only with a region, such as ``de-DE``."""


@handles(
    media_tracks_add,
    recorded="the 201, and an added audio track in the list of tracks",
    documented="the fields, the 400 for a media that is not ready, the 400 for a name that is taken, and the languages",
    guessed="which languages need a region, and that a name can have spaces; the message for a media that is not ready",
)
def add(workspace: Workspace, request: AddMediaTrackRequest) -> Data[MediaTrack]:
    record = find_media(workspace, request.media_id)
    ADD_TRACK.check(record.media.status)
    wanted = request.tracks
    _check_language("tracks.", wanted.language_code, wanted.language_name)
    _check_name(record.media, wanted.language_name, "duplicate language name")
    track = Track(
        id=new_uuid(),
        type=wanted.type,
        status="preparing",
        language_code=wanted.language_code,
        language_name=wanted.language_name,
        title=given(wanted.title, ABSENT),
    )
    urls = {**record.urls, str(track.id): wanted.url}
    record = change_media(workspace, replace(record, urls=urls), tracks=[*(record.media.tracks or ()), track])
    tell_track(workspace, "video.media.track.created", request.media_id, track)
    prepare(workspace, record, str(track.id))
    return Data(_answer(track, wanted.url), success=True)


@handles(
    media_tracks_update,
    recorded="the response",
    documented="the title, and the 422 for a url",
    guessed="the fields of that 422; the track is prepared again",
)
def update(workspace: Workspace, request: UpdateMediaTrackRequest) -> Data[MediaTrack]:
    record = find_media(workspace, request.media_id)
    track = _found(record.media, request.track_id)
    _check_language("", request.language_code, request.language_name)
    if request.language_name is not UNSET and request.language_name != track.language_name:
        _check_name(record.media, request.language_name, "duplicate language name")
    changes = only_given(language_code=request.language_code, language_name=request.language_name, title=request.title)
    changed = replace(track, status="preparing", **changes)
    tracks = [changed if other is track else other for other in record.media.tracks or ()]
    record = change_media(workspace, record, tracks=tracks)
    tell_track(workspace, "video.media.track.updated", request.media_id, changed)
    prepare(workspace, record, request.track_id)
    return Data(_answer(changed, record.urls.get(request.track_id)), success=True)


@handles(
    media_tracks_delete,
    documented="the response, the 404",
    guessed="a video track is refused",
)
def delete(workspace: Workspace, request: DeleteMediaTrackRequest) -> Ack:
    record = find_media(workspace, request.media_id)
    gone = _found(record.media, request.track_id)
    others = [track for track in record.media.tracks or () if track is not gone]
    record = change_media(workspace, record, tracks=others)
    tell_track(workspace, "video.media.track.deleted", request.media_id, gone)
    tell_media(workspace, "video.media.updated", record)
    return Ack(success=True)


@handles(
    media_tracks_generate_subtitles,
    status=200,
    recorded="the 200, the fields, and the track in preparation",
    documented="the 404 for a track that does not exist, and the 400 for a language that is taken",
    guessed="subtitles are generated from audio tracks only",
)
def generate_subtitles(workspace: Workspace, request: GenerateSubtitlesRequest) -> Data[SubtitleTrack]:
    record = find_media(workspace, request.media_id)
    if _found(record.media, request.track_id).type != "audio":
        raise invalid("trackId")
    _check_language("", UNSET, request.language_name)
    _check_name(record.media, request.language_name, "Duplicate language")
    track = Track(
        id=new_uuid(),
        type="subtitle",
        status="preparing",
        language_code=request.language_code,
        language_name=request.language_name,
        title=given(request.title, ABSENT),
    )
    generated = [*record.generated, str(track.id)]
    record = change_media(workspace, replace(record, generated=generated), tracks=[*(record.media.tracks or ()), track])
    prepare(workspace, record, str(track.id))
    answer = described_as(SubtitleTrack, track, metadata=given(request.metadata, ABSENT))
    return Data(answer, success=True)


def _answer(track: Track, url: str | None) -> MediaTrack:
    return described_as(MediaTrack, track, url=ABSENT if url is None else url)


def _found(media: Media, track_id: str) -> Track:
    """Return a track that is not a video.

    Raises:
        RefusedError: The id is no UUID (422), or the media has no such track (404).
    """
    check_uuid(trackId=track_id)
    found = next((track for track in media.tracks or () if track.id == track_id and track.type != "video"), None)
    if found is None:
        raise RefusedError(404, "track not found", "The media has no audio or subtitle track with this id.")
    return found


def _check_name(media: Media, name: str | UnsetType, message: str) -> None:
    if any(track.language_name == name for track in media.tracks or ()):
        raise RefusedError(400, message, "Another track of the media has this language name.")


def _check_language(at: str, code: str | UnsetType, name: str | UnsetType) -> None:
    """Raise a 422 if the code has not the form of BCP 47 or lacks its region, or if the name is not ASCII letters."""
    if not isinstance(code, UnsetType):
        found = LANGUAGE.fullmatch(code)
        if found is None or (found[1] in NEEDS_REGION and not found[2]):
            raise invalid(f"{at}languageCode")
    if not isinstance(name, UnsetType) and not re.fullmatch("[A-Za-z][A-Za-z ]*", name):
        raise invalid(f"{at}languageName")
