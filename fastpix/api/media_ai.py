"""What the service finds in a media by itself: summary, chapters, named entities, moderation."""

from typing import TypeAlias

from msgspec import UNSET, UnsetType

from fastpix.api.common import ABSENT, Answer, Data, Model, Moderation, SummaryLength
from fastpix.configuration import RequestOptions
from fastpix.core import FastpixCore
from fastpix.errors import Reply
from fastpix.operation import get, patch

__all__ = [
    "ChaptersEnabled",
    "GetMediaSummaryRequest",
    "GetMediaSummaryResponse",
    "ModerationEnabled",
    "NamedEntitiesEnabled",
    "SummaryEnabled",
    "UpdateMediaChaptersRequest",
    "UpdateMediaChaptersResponse",
    "UpdateMediaModerationRequest",
    "UpdateMediaModerationResponse",
    "UpdateMediaNamedEntitiesRequest",
    "UpdateMediaNamedEntitiesResponse",
    "UpdateMediaSummaryRequest",
    "UpdateMediaSummaryResponse",
    "media_ai_get_summary",
    "media_ai_update_chapters",
    "media_ai_update_moderation",
    "media_ai_update_named_entities",
    "media_ai_update_summary",
]


class UpdateMediaSummaryRequest(Model):
    """Whether a media has a summary.

    Attributes:
        generate: whether to write one.
        summary_length: words, 30 to 250; default 100.
    """

    media_id: str
    generate: bool
    summary_length: SummaryLength | UnsetType = UNSET


class GetMediaSummaryRequest(Model):
    """Which media."""

    media_id: str


class UpdateMediaChaptersRequest(Model):
    """Whether a media has chapters."""

    media_id: str
    chapters: bool


class UpdateMediaNamedEntitiesRequest(Model):
    """Whether names of people, places and things are found in a media."""

    media_id: str
    named_entities: bool


class UpdateMediaModerationRequest(Model):
    """What of a media is looked through for unwanted content."""

    media_id: str
    moderation: Moderation | UnsetType = UNSET


class SummaryEnabled(Answer):
    """Whether a media will have a summary."""

    media_id: str
    is_summary_enabled: bool | None = ABSENT


class ChaptersEnabled(Answer):
    """Whether a media will have chapters."""

    media_id: str
    is_chapters_enabled: bool | None = ABSENT


class NamedEntitiesEnabled(Answer):
    """Whether named entities will be found in a media."""

    media_id: str
    is_named_entities_enabled: bool | None = ABSENT


class ModerationEnabled(Answer):
    """Whether a media will be moderated."""

    media_id: str
    is_moderation_enabled: bool | None = ABSENT


UpdateMediaSummaryResponse: TypeAlias = Data[SummaryEnabled]
GetMediaSummaryResponse: TypeAlias = Data[str]
UpdateMediaChaptersResponse: TypeAlias = Data[ChaptersEnabled]
UpdateMediaNamedEntitiesResponse: TypeAlias = Data[NamedEntitiesEnabled]
UpdateMediaModerationResponse: TypeAlias = Data[ModerationEnabled]


@patch("/on-demand/{mediaId}/summary", id="update-media-summary")
def media_ai_update_summary(
    core: FastpixCore, request: UpdateMediaSummaryRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaSummaryResponse]:
    """Ask for a summary of what is said in a media; `media_ai_get_summary` reads it once it is written.

    Fails with an `ApiError` (``already exist``) if it was asked for before, and with `NotFoundError` if there is
    no such media.
    Follows ``update-media-summary`` of the API.
    """
    ...


@get("/on-demand/{mediaId}/summary", id="get-media-summary")
def media_ai_get_summary(
    core: FastpixCore, request: GetMediaSummaryRequest, options: RequestOptions | None = None
) -> Reply[GetMediaSummaryResponse]:
    """Read the summary of a media: ``data`` is its text.

    Fails with `BadRequestError` (``Summary not enabled``) if it was not asked for, and with `NotFoundError` if
    there is no such media.
    Follows ``get-media-summary`` of the API.
    """
    ...


@patch("/on-demand/{mediaId}/chapters", id="update-media-chapters")
def media_ai_update_chapters(
    core: FastpixCore, request: UpdateMediaChaptersRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaChaptersResponse]:
    """Ask for chapters of a media; `media_get` has them once they are found.

    Fails with an `ApiError` (``already exist``) if they were asked for before, and with `NotFoundError` if there
    is no such media.
    Follows ``update-media-chapters`` of the API.
    """
    ...


@patch("/on-demand/{mediaId}/named-entities", id="update-media-named-entities")
def media_ai_update_named_entities(
    core: FastpixCore, request: UpdateMediaNamedEntitiesRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaNamedEntitiesResponse]:
    """Ask for the names of people, places and things in a media; `media_get` has them once they are found.

    Fails with an `ApiError` (``already exist``) if they were asked for before, and with `NotFoundError` if there
    is no such media.
    Follows ``update-media-named-entities`` of the API.
    """
    ...


@patch("/on-demand/{mediaId}/moderation", id="update-media-moderation")
def media_ai_update_moderation(
    core: FastpixCore, request: UpdateMediaModerationRequest, options: RequestOptions | None = None
) -> Reply[UpdateMediaModerationResponse]:
    """Ask for scores of unwanted content in a media; `media_get` has them once they are found.

    Fails with an `ApiError` (``already exist``) if they were asked for before, and with `NotFoundError` if there
    is no such media.
    Follows ``update-media-moderation`` of the API.

    Example:
        ``media_ai_update_moderation(core, UpdateMediaModerationRequest(media.id, Moderation(type="av")))``
    """
    ...
