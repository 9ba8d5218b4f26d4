"""Audio and subtitle tracks of a media: add, update and delete them, and generate subtitles from speech."""

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
    """A new track."""

    url: str
    """The URL that FastPix downloads the file of the track from."""
    type: Literal["audio", "subtitle"]
    """The type of the track."""
    language_code: str
    """The language as a BCP 47 code, such as ``de-DE``. The API rejects some codes without a region, such as ``de``."""
    language_name: str
    """The name of the language: ASCII letters only, such as ``German``. The name must be unique in the media."""
    title: Word | UnsetType = UNSET
    """The name that viewers see, such as ``Commentary``: at most 255 characters."""


class AddMediaTrackRequest(Model):
    """Selects a media, and gives its new track."""

    media_id: str
    """The id of the media, a UUID."""
    tracks: NewTrack
    """The new track. The field takes one track, although the API gives it a plural name."""


class TrackChanges(Model, kw_only=True):
    """The new settings of a track."""

    language_code: str | UnsetType = UNSET
    """The language as a BCP 47 code, such as ``de-DE``. The API rejects some codes without a region, such as ``de``."""
    language_name: str | UnsetType = UNSET
    """The name of the language: ASCII letters only, such as ``German``. The name must be unique in the media."""
    title: Word | UnsetType = UNSET
    """The name that viewers see, such as ``Commentary``: at most 255 characters."""


class UpdateMediaTrackRequest(TrackChanges):
    """Selects a track of a media, and gives its new settings.

    The file of a track cannot be changed: add another track instead. The API description requires ``language_code`` and
    ``language_name``. The official SDKs do not require them.
    """

    media_id: str
    """The id of the media, a UUID."""
    track_id: str
    """The id of the track, a UUID."""


class DeleteMediaTrackRequest(Model):
    """Selects a track of a media."""

    media_id: str
    """The id of the media, a UUID."""
    track_id: str
    """The id of the track, a UUID."""


class GenerateSubtitlesRequest(Model):
    """Selects an audio track of a media, and describes the spoken language."""

    media_id: str
    """The id of the media, a UUID."""
    track_id: str
    """The id of the audio track, a UUID."""
    language_name: str
    """The name of the language: ASCII letters only, such as ``English``. The name must be unique in the media."""
    language_code: LanguageCode
    """The spoken language: one of the values of `LanguageCode`, such as ``en-US``."""
    metadata: Metadata | UnsetType = UNSET
    """Your own key-value pairs: at most 10, each value with at most 255 characters."""
    title: Word | UnsetType = UNSET
    """The name that viewers see: at most 255 characters."""


class MediaTrack(Answer):
    """A track that was added or changed."""

    id: str
    """The id of the track, a UUID."""
    type: Open[Literal["audio", "subtitle"]] | None = ABSENT
    """The type of the track."""
    url: str | None = ABSENT
    """The URL that FastPix downloads the file of the track from."""
    language_code: str | None = ABSENT
    """The language as a BCP 47 code, such as ``de-DE``."""
    language_name: str | None = ABSENT
    """The name of the language."""
    title: str | None = ABSENT
    """The name that viewers see."""


class SubtitleTrack(Answer):
    """A subtitle track that FastPix is generating."""

    id: str
    """The id of the track, a UUID."""
    type: Open[Literal["subtitle"]] | None = ABSENT
    """The type of the track, ``subtitle``."""
    language_code: Open[LanguageCode] | None = ABSENT
    """The language as a BCP 47 code, such as ``en-US``."""
    language_name: str | None = ABSENT
    """The name of the language."""
    metadata: dict[str, str | None] | None = ABSENT
    """Your own key-value pairs."""
    title: str | None = ABSENT
    """The name that viewers see."""


AddMediaTrackResponse: TypeAlias = Data[MediaTrack]
UpdateMediaTrackResponse: TypeAlias = Data[MediaTrack]
DeleteMediaTrackResponse: TypeAlias = Ack
GenerateSubtitlesResponse: TypeAlias = Data[SubtitleTrack]


@post("/on-demand/{mediaId}/tracks", id="Add-media-track")
def media_tracks_add(
    core: FastpixCore, request: AddMediaTrackRequest, options: RequestOptions | None = None
) -> Reply[AddMediaTrackResponse]:
    """Add an audio or subtitle track to a media. FastPix downloads and encodes the file after the response.

    The library does not retry this call after a lost response. The error's ``may_have_been_applied`` is then ``True``,
    and `media_get` shows whether the track exists.

    Fails with:
        BadRequestError: another track of the media has the same language name (``duplicate language name``), or the
            media is not ``Ready``.
        NotFoundError: the media does not exist.
        UnprocessableError: ``media_id`` is not a UUID, or the language code is not a valid BCP 47 code.

    API operation: ``Add-media-track``.

    Example:
        >>> track = NewTrack("https://example.com/de.vtt", "subtitle", "de-DE", "German")
        >>> media_tracks_add(core, AddMediaTrackRequest("6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0", track))
    """
    ...


@patch(
    "/on-demand/{mediaId}/tracks/{trackId}",
    id="update-media-track",
    idempotent=True,  # a second identical update changes nothing
)
def media_tracks_update(
    core: FastpixCore, request: UpdateMediaTrackRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaTrackResponse]:
    """Change the language or the title of a track of a media.

    Fails with:
        BadRequestError: another track of the media has the same language name (``duplicate language name``).
        NotFoundError: the media or the track does not exist.
        UnprocessableError: an id is not a UUID, or the service rejects a value.

    API operation: ``update-media-track``.

    Example:
        >>> media_id = "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"
        >>> track_id = "35ee696d-4167-4b78-ac56-6a0346697ae4"
        >>> request = UpdateMediaTrackRequest(media_id, track_id, language_code="th-TH", language_name="Thai")
        >>> media_tracks_update(core, request)
    """
    ...


@delete("/on-demand/{mediaId}/tracks/{trackId}", id="delete-media-track")
def media_tracks_delete(
    core: FastpixCore, request: DeleteMediaTrackRequest, options: RequestOptions | None = None
) -> Reply[DeleteMediaTrackResponse]:
    """Delete an audio or subtitle track of a media.

    Fails with:
        NotFoundError: the media or the track does not exist.
        UnprocessableError: an id is not a UUID.

    API operation: ``delete-media-track``.

    Example:
        >>> media_id = "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"
        >>> track_id = "35ee696d-4167-4b78-ac56-6a0346697ae4"
        >>> media_tracks_delete(core, DeleteMediaTrackRequest(media_id, track_id))
    """
    ...


@post("/on-demand/{mediaId}/tracks/{trackId}/generate-subtitles", id="Generate-subtitle-track")
def media_tracks_generate_subtitles(
    core: FastpixCore, request: GenerateSubtitlesRequest, options: RequestOptions | None = None
) -> Reply[GenerateSubtitlesResponse]:
    """Generate subtitles from the speech on an audio track of a media.

    FastPix generates the subtitles after the response. In the meantime, the status of the new track is ``preparing``.
    Afterwards, `media_get` returns the URL of the subtitle file in ``generated_subtitles``.

    The library does not retry this call after a lost response. The error's ``may_have_been_applied`` is then ``True``,
    and `media_get` shows whether the subtitle track exists.

    Fails with:
        BadRequestError: the media already uses this language (``Duplicate language``).
        NotFoundError: the media or the track does not exist.
        UnprocessableError: an id is not a UUID.

    API operation: ``Generate-subtitle-track``.

    Example:
        >>> media_id = "6fb9f6c2-7d2c-4d57-a9a5-5a4d1cc2d9e0"
        >>> track_id = "35ee696d-4167-4b78-ac56-6a0346697ae4"
        >>> request = GenerateSubtitlesRequest(media_id, track_id, "English", "en-US")
        >>> media_tracks_generate_subtitles(core, request)
    """
    ...
