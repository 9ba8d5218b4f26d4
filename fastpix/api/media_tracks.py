"""Audio and subtitle tracks of a media: add, update, delete, and make subtitles by speech recognition."""

from typing import Literal, TypeAlias

from msgspec import UNSET, UnsetType

from fastpix.api.common import ABSENT, Ack, Answer, Data, LanguageCode, Metadata, Model, Open, Word
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.operation import delete, patch, post
from fastpix.reply import Reply

__all__ = [
    "AddMediaTrackRequest",
    "AddMediaTrackResponse",
    "DeleteMediaTrackRequest",
    "DeleteMediaTrackResponse",
    "GenerateSubtitlesRequest",
    "GenerateSubtitlesResponse",
    "LanguageCode",
    "MediaTrack",
    "Metadata",
    "NewTrack",
    "SubtitleTrack",
    "TrackChanges",
    "UpdateMediaTrackRequest",
    "UpdateMediaTrackResponse",
    "Word",
    "media_tracks_add",
    "media_tracks_delete",
    "media_tracks_generate_subtitles",
    "media_tracks_update",
]


class NewTrack(Model):
    """A track to add.

    Attributes:
        url: where the service fetches it.
        type: what it is.
        language_code: BCP 47, such as ``de-DE``.
        language_name: letters only, such as ``German``; unique in a media.
        title: the name that viewers see, such as ``Commentary``; at most 255 characters.
    """

    url: str
    type: Literal["audio", "subtitle"]
    language_code: str
    language_name: str
    title: Word | UnsetType = UNSET


class AddMediaTrackRequest(Model):
    """A media, and one track for it: the API's field is called ``tracks`` all the same."""

    media_id: str
    tracks: NewTrack


class TrackChanges(Model, kw_only=True):
    """What to change of a track.

    Attributes:
        language_code: BCP 47, such as ``de-DE``.
        language_name: letters only, such as ``German``; unique in a media.
        title: the name that viewers see, such as ``Commentary``; at most 255 characters.
    """

    language_code: str | UnsetType = UNSET
    language_name: str | UnsetType = UNSET
    title: Word | UnsetType = UNSET


class UpdateMediaTrackRequest(TrackChanges):
    """A track of a media, and what to change of it; see `TrackChanges`.

    The file of a track can't be changed: add another track. The API's description demands ``language_code`` and
    ``language_name``. The official SDKs demand neither.
    """

    media_id: str
    track_id: str


class DeleteMediaTrackRequest(Model):
    """Which track of which media."""

    media_id: str
    track_id: str


class GenerateSubtitlesRequest(Model):
    """An audio track of a media, and the language that is spoken on it.

    Attributes:
        language_name: letters only, such as ``English``; unique in a media.
        language_code: such as ``en-US``.
        metadata: at most 10 entries of at most 255 characters.
        title: the name that viewers see; at most 255 characters.
    """

    media_id: str
    track_id: str
    language_name: str
    language_code: LanguageCode
    metadata: Metadata | UnsetType = UNSET
    title: Word | UnsetType = UNSET


class MediaTrack(Answer):
    """A track that was added or changed."""

    id: str
    type: Open[Literal["audio", "subtitle"]] | None = ABSENT
    url: str | None = ABSENT
    language_code: str | None = ABSENT
    language_name: str | None = ABSENT
    title: str | None = ABSENT


class SubtitleTrack(Answer):
    """A track of subtitles that is being made."""

    id: str
    type: Open[Literal["subtitle"]] | None = ABSENT
    language_code: Open[LanguageCode] | None = ABSENT
    language_name: str | None = ABSENT
    metadata: dict[str, str | None] | None = ABSENT
    title: str | None = ABSENT


AddMediaTrackResponse: TypeAlias = Data[MediaTrack]
UpdateMediaTrackResponse: TypeAlias = Data[MediaTrack]
DeleteMediaTrackResponse: TypeAlias = Ack
GenerateSubtitlesResponse: TypeAlias = Data[SubtitleTrack]


@post("/on-demand/{mediaId}/tracks", id="Add-media-track")
def media_tracks_add(
    core: FastpixCore, request: AddMediaTrackRequest, options: RequestOptions | None = None
) -> Reply[AddMediaTrackResponse]:
    """Add an audio or subtitle track to a media; it is fetched and encoded after the answer.

    It is sent once: if no answer comes, the error's ``may_have_been_applied`` is true, and `media_get` tells
    whether the track is there.

    Fails with `BadRequestError` (``duplicate language name``), with `NotFoundError` if there is no such media,
    and with `UnprocessableError` for a language code that is not BCP 47.
    Follows ``Add-media-track`` of the API.

    Example:
        ``media_tracks_add(core, AddMediaTrackRequest(media.id,
        NewTrack("https://example.com/de.vtt", "subtitle", "de-DE", "German")))``
    """
    ...


@patch(
    "/on-demand/{mediaId}/tracks/{trackId}",
    id="update-media-track",
    idempotent=True,  # it sets what it is given
)
def media_tracks_update(
    core: FastpixCore, request: UpdateMediaTrackRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaTrackResponse]:
    """Change the language or the title of a track of a media.

    Fails with `BadRequestError` (``duplicate language name``), with `NotFoundError` if there is no such media or
    track, and with `UnprocessableError` for a refused value.
    Follows ``update-media-track`` of the API.
    """
    ...


@delete("/on-demand/{mediaId}/tracks/{trackId}", id="delete-media-track")
def media_tracks_delete(
    core: FastpixCore, request: DeleteMediaTrackRequest, options: RequestOptions | None = None
) -> Reply[DeleteMediaTrackResponse]:
    """Delete an audio or subtitle track of a media.

    Fails with `NotFoundError` if there is no such media or track.
    Follows ``delete-media-track`` of the API.
    """
    ...


@post("/on-demand/{mediaId}/tracks/{trackId}/generate-subtitles", id="Generate-subtitle-track")
def media_tracks_generate_subtitles(
    core: FastpixCore, request: GenerateSubtitlesRequest, options: RequestOptions | None = None
) -> Reply[GenerateSubtitlesResponse]:
    """Make subtitles of what is said on an audio track; they are ``preparing`` for a while.

    It is sent once: if no answer comes, the error's ``may_have_been_applied`` is true.

    Fails with `BadRequestError` (``Duplicate language``), and with `NotFoundError` if there is no such media or
    track.
    Follows ``Generate-subtitle-track`` of the API.
    """
    ...
