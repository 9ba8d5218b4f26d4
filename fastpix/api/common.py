"""Structs and types that several resources use: base classes, response envelopes, common requests and responses."""

from collections.abc import Iterator
from functools import cache
from types import MemberDescriptorType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Final,
    Generic,
    Literal,
    TypeAlias,
    TypeVar,
    cast,
    dataclass_transform,
    get_args,
)

import msgspec
from msgspec import UNSET, Meta, UnsetType

from fastpix._call.redaction import SECRET, in_ascii, is_secret, redact
from fastpix._call.structs import Struct
from fastpix.api.times import Duration, Timestamp, is_timestamp, seconds_of, time_of

__all__ = [
    "ABSENT",
    "AccessPolicy",
    "AccessRestrictionSettings",
    "AccessRestrictions",
    "Ack",
    "Answer",
    "BasicAccessPolicy",
    "Data",
    "GeneratedSubtitle",
    "LanguageCode",
    "Limit",
    "MediaDescription",
    "MediaPlaybackId",
    "MediaQuality",
    "MediaStatus",
    "Metadata",
    "Model",
    "Moderation",
    "Mp4Rendition",
    "Mp4Support",
    "Number",
    "Open",
    "OrderedPageRequest",
    "Page",
    "PageNumber",
    "PageRequest",
    "Pagination",
    "PlaybackId",
    "Resolution",
    "Restriction",
    "RestrictionFields",
    "RestrictionPolicy",
    "RestrictionSettings",
    "Secret",
    "SortOrder",
    "SourceResolution",
    "SpanData",
    "SpanPage",
    "SpanPageRequest",
    "SpanRequest",
    "SummaryLength",
    "Timespan",
    "Track",
    "Word",
    "text_of",
]

T = TypeVar("T")

if TYPE_CHECKING:
    Open: TypeAlias = T | str
    """The type of a text field whose known values are ``T``. The service may add values, and the field reads them as text.

    An editor suggests the known values. A type checker accepts a comparison with any text, such as
    ``media.status == "ready"``, although the service writes ``Ready``. To let it find such a mistake, declare a constant
    with the type of the known values: ``READY: MediaStatus = "Ready"``.
    """
else:

    class Open:  # noqa: D101 - documented above, for type checkers
        def __class_getitem__(cls, known: object) -> object:
            return Annotated[str, Meta(examples=list(get_args(known)))]


ABSENT: Final = cast("None", UNSET)
"""The default of a field that a response may omit. The field reads as ``None``, and is not encoded again."""

Secret: TypeAlias = Annotated[str, SECRET]
"""A text that ``repr`` hides."""
Number: TypeAlias = int | float
"""A JSON number. A number without a fraction is an ``int``."""

Limit: TypeAlias = Annotated[int, Meta(ge=1, le=50)]
PageNumber: TypeAlias = Annotated[int, Meta(ge=1)]
SummaryLength: TypeAlias = Annotated[int, Meta(ge=30, le=250)]
Word: TypeAlias = Annotated[str, Meta(max_length=255)]
Metadata: TypeAlias = Annotated[dict[str, Word], Meta(max_length=10)]
SortOrder: TypeAlias = Literal["asc", "desc"]
BasicAccessPolicy: TypeAlias = Literal["public", "private"]
AccessPolicy: TypeAlias = Literal["public", "private", "drm"]
RestrictionPolicy: TypeAlias = Literal["allow", "deny"]
Resolution: TypeAlias = Literal["2160p", "1440p", "1080p", "720p", "480p"]
SourceResolution: TypeAlias = Literal[
    "2160p", "2160", "1440p", "1440", "1080p", "1080", "720p", "720", "480p", "480", "360p", "360"
]  # fmt: skip
MediaQuality: TypeAlias = Literal["standard", "pro", "premium"]
MediaStatus: TypeAlias = Literal[
    "Created", "Downloading", "Downloaded", "Validating", "In Queue", "Processing", "Ready", "Failed"
]
Mp4Support: TypeAlias = Literal["none", "capped_4k", "audioOnly", "audioOnly,capped_4k"]
Timespan: TypeAlias = Literal["60:minutes", "6:hours", "24:hours", "3:days", "7:days", "30:days"] | tuple[int, int]
LanguageCode: TypeAlias = Literal[
    "ar-SA", "bg-BG", "bn-BD", "bn-IN", "ca-ES", "cs-CZ", "da-DK", "de-AT", "de-CH", "de-DE", "el-GR", "en-AU",
    "en-CA", "en-GB", "en-IE", "en-IN", "en-NZ", "en-US", "en-ZA", "es-AR", "es-CL", "es-CO", "es-ES", "es-MX",
    "es-US", "fi-FI", "fr-BE", "fr-CA", "fr-CH", "fr-FR", "he-IL", "hi-IN", "hr-HR", "hu-HU", "id-ID", "it-CH",
    "it-IT", "ja-JP", "ko-KR", "ms-MY", "nb-NO", "nl-BE", "nl-NL", "no-NO", "pl-PL", "pt-BR", "pt-PT", "ro-RO",
    "ru-RU", "sk-SK", "sv-SE", "ta-IN", "ta-LK", "te-IN", "th-TH", "tr-TR", "uk-UA", "vi-VN", "zh-CN", "zh-HK",
    "zh-TW",
]  # fmt: skip


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Model(Struct, frozen=True, rename="camel"):
    """The base class of requests.

    Field names are snake_case in Python and camelCase in JSON and queries. Fields that are ``UNSET`` are not sent.
    ``repr`` hides secrets.
    """

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return in_ascii(redact(f"{type(self).__name__}({fields})"))

    def __rich_repr__(self) -> list[tuple[str, object]]:
        secret = _secret_fields(type(self))
        values: list[tuple[str, object]] = [(name, getattr(self, name)) for name in self.__struct_fields__]
        given = [(name, value) for name, value in values if value is not None and value is not UNSET]
        return [(name, "..." if name in secret else value) for name, value in given]


@cache
def _secret_fields(model: type[Model]) -> frozenset[str]:
    return frozenset(field.name for field in msgspec.structs.fields(model) if is_secret(field.type))


class Answer(Model, gc=False):
    """The base class of responses.

    A field reads as ``None`` if the service omitted it or sent null. A timestamp reads as a `datetime`. Attributes,
    patterns, ``==``, ``hash`` and ``repr`` use these values.

    An instance stores the original values: ``UNSET`` for an omitted field, and the text of a timestamp.
    `msgspec.json.encode`, `msgspec.to_builtins` and `msgspec.structs.asdict` use the original values. `text_of` returns
    the text of a timestamp.
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, hint in cls.__annotations__.items():
            slot: object = getattr(cls, name, None)
            if isinstance(slot, MemberDescriptorType):
                setattr(cls, name, (_ReadTimestamp if is_timestamp(hint) else _NoneIfAbsent)(slot))

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return super().__eq__(other) is True or _values_of(self) == _values_of(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((type(self), *_values_of(self)))

    def __iter__(self) -> Iterator[tuple[str, object]]:
        """Iterate over the API's field names and the original values, so that ``dict(answer)`` and FastAPI encode them."""
        return iter(cast("dict[str, object]", msgspec.to_builtins(self)).items())


class _NoneIfAbsent:
    def __init__(self, slot: MemberDescriptorType) -> None:
        self._slot = slot

    def __get__(self, answer: Answer | None, owner: type[Answer]) -> object:
        value: object = self._slot.__get__(answer, owner)
        return None if value is UNSET else value


class _ReadTimestamp(_NoneIfAbsent):
    def __get__(self, answer: Answer | None, owner: type[Answer]) -> object:
        value = super().__get__(answer, owner)
        return time_of(value) if isinstance(value, str) else value


def _values_of(answer: object) -> list[object]:
    return [getattr(answer, name) for name in cast("Answer", answer).__struct_fields__]


def text_of(answer: Answer, name: str) -> str | None:
    """Return the original text of a timestamp.

    Args:
        answer: any struct of a response.
        name: the Python name of the field, such as ``created_at``.

    Returns:
        The text, or ``None`` if the field was omitted or null.

    Raises:
        AttributeError: the struct has no such field.
    """
    slot: MemberDescriptorType = getattr(type(answer), name)
    value: object = slot.__get__(answer)
    return value if isinstance(value, str) else None


class Ack(Answer):
    """A response that says only that the operation succeeded."""

    success: bool | None = ABSENT
    """``True``. A response with ``false`` is an error."""


class Data(Answer, Generic[T]):
    """A response with one object."""

    data: T
    """The object."""
    success: bool | None = ABSENT
    """``True``. A response with ``false`` is an error."""


class Pagination(Answer):
    """The position of a page in the list."""

    total_records: int | None = ABSENT
    """The number of items on all pages."""
    current_offset: int | None = ABSENT
    """The number of this page. The first page is 1."""
    offset_count: int | None = ABSENT
    """The number of pages. 0 if the list is empty."""


class Page(Answer, Generic[T]):
    """A response with one page of a list."""

    data: list[T]
    """The items of the page."""
    pagination: Pagination | None = ABSENT
    """The position of the page in the list."""
    success: bool | None = ABSENT
    """``True``. A response with ``false`` is an error."""


class SpanData(Answer, Generic[T]):
    """A response with data about a timespan."""

    data: T
    """The data."""
    success: bool | None = ABSENT
    """``True``. A response with ``false`` is an error."""
    timespan: list[int] | None = ABSENT
    """Start and end of the timespan, in seconds since 1970.

    In the time series of a metric, and in responses about current viewers, they are in milliseconds.
    """


class SpanPage(Page[T], Generic[T]):
    """A response with one page of a list about a timespan."""

    timespan: list[int] | None = ABSENT
    """Start and end of the timespan, in seconds since 1970."""


class PageRequest(Model, kw_only=True):
    """Selects a page of a list."""

    limit: Limit | UnsetType = UNSET
    """The number of items on a page, 1 to 50. Default: 10."""
    offset: PageNumber | UnsetType = UNSET
    """The number of the page. The first page is 1. Default: 1."""


class OrderedPageRequest(PageRequest, kw_only=True):
    """Selects a page of a list, and the order of the list."""

    order_by: SortOrder | UnsetType = UNSET
    """The order by time of creation. ``desc``: newest first. ``asc``: oldest first. Default: ``desc``."""


class SpanRequest(Model, kw_only=True):
    """Selects views by time and by their dimensions."""

    timespan: Timespan | UnsetType = msgspec.field(name="timespan[]", default=UNSET)
    """The timespan: one that ends now, such as ``7:days``, or a tuple of start and end in seconds since 1970."""
    filter_by: list[str] | UnsetType = msgspec.field(name="filterby[]", default=UNSET)
    """Filters, each written as ``dimension:value``, such as ``browser_name:Chrome``. ``!`` in front excludes the value.

    The dimension is one of the values of `Dimension`. `dimensions_list_filter_values` lists the values of a dimension.
    """


class SpanPageRequest(SpanRequest, kw_only=True):
    """Selects views by time and by their dimensions, and a page of the result."""

    limit: Limit | UnsetType = UNSET
    """The number of items on a page, 1 to 50. Default: 10."""
    offset: PageNumber | UnsetType = UNSET
    """The number of the page. The first page is 1. Default: 1."""
    order_by: str | UnsetType = UNSET
    """The column that the result is sorted by."""
    sort_order: SortOrder | UnsetType = UNSET
    """The direction of the sort. ``asc``: smallest or oldest first. ``desc``: the reverse. Default: ``asc``."""


class RestrictionFields(Model, kw_only=True):
    """The fields that `RestrictionSettings` and the requests that update restrictions have in common."""

    default_policy: RestrictionPolicy | UnsetType = UNSET
    """The rule for everything that is in neither list. Default: ``allow``."""
    allow: list[str] | UnsetType = UNSET
    """The domains (``example.com``), or parts of user agents, that can play."""
    deny: list[str] | UnsetType = UNSET
    """The domains, or parts of user agents, that cannot play."""


class RestrictionSettings(RestrictionFields):
    """The domains or user agents that can play."""


class AccessRestrictionSettings(Model):
    """The domains and user agents that can play a playback id."""

    domains: RestrictionSettings | UnsetType = UNSET
    """The domains of the pages that can embed the player."""
    user_agents: RestrictionSettings | UnsetType = UNSET
    """The user agents of the players."""


class Moderation(Model):
    """The part of a media that FastPix checks for unwanted content."""

    type: Literal["video", "audio", "av"] | UnsetType = UNSET
    """``video``, ``audio``, or both (``av``). Default: ``audio``."""


class Restriction(Answer):
    """The domains or user agents that can play."""

    default_policy: Open[RestrictionPolicy] | None = ABSENT
    """The rule for everything that is in neither list."""
    allow: list[str] | None = ABSENT
    """The domains, or parts of user agents, that can play."""
    deny: list[str] | None = ABSENT
    """The domains, or parts of user agents, that cannot play."""


class AccessRestrictions(Answer):
    """The domains and user agents that can play a playback id."""

    domains: Restriction | None = ABSENT
    """The domains of the pages that can embed the player."""
    user_agents: Restriction | None = ABSENT
    """The user agents of the players."""


class PlaybackId(Answer):
    """An id that a media or a live stream is played with."""

    id: str
    """The id. The URL of the playlist is ``https://stream.fastpix.com/{id}.m3u8``."""
    access_policy: Open[AccessPolicy] | None = ABSENT
    """``public``: everyone can play. ``private``: a signed token is needed. ``drm``: a DRM license is needed as well."""
    access_restrictions: AccessRestrictions | None = ABSENT
    """The domains and user agents that can play. Playback ids of live streams may have it since September 2026."""


class MediaPlaybackId(Answer):
    """A playback id in the description of a media."""

    id: str | None = ABSENT
    """The id. ``None`` as long as the media does not exist, as in the response of `uploads_create`."""
    access_policy: Open[AccessPolicy] | None = ABSENT
    """``public``: everyone can play. ``private``: a signed token is needed. ``drm``: a DRM license is needed as well."""
    access_restrictions: AccessRestrictions | None = ABSENT
    """The domains and user agents that can play."""


class Mp4Rendition(Answer):
    """A downloadable file of a media."""

    type: Open[Literal["capped_4k", "audioOnly"]] | None = ABSENT
    """``capped_4k``: video. ``audioOnly``: sound without video."""
    status: Open[Literal["preparing", "ready", "failed"]] | None = ABSENT
    """``ready`` when the file can be downloaded."""
    height: int | None = ABSENT
    """Pixels. ``None`` for ``audioOnly``."""
    width: int | None = ABSENT
    """Pixels. ``None`` for ``audioOnly``."""
    ext: Open[Literal["mp4", "m4a"]] | None = ABSENT
    """The extension of the file name."""


class Track(Answer):
    """A video, audio or subtitle track of a media. Its ``type`` decides which other fields it has."""

    id: str | None = ABSENT
    """The id of the track."""
    type: Open[Literal["video", "audio", "subtitle"]] | None = ABSENT
    """The kind of track."""
    width: Number | None = ABSENT
    """Pixels. Video only."""
    height: Number | None = ABSENT
    """Pixels. Video only."""
    frame_rate: str | None = ABSENT
    """Frames per second, such as ``30/1`` or ``60.000``. Video only."""
    status: str | None = ABSENT
    """The status, such as ``available`` in the details of a media, and ``Ready`` in a list of media."""
    language_code: str | None = ABSENT
    """The language as a BCP 47 tag, such as ``en-US``. ``und`` if it is unknown."""
    language_name: str | None = ABSENT
    """The name of the language."""
    title: str | None = ABSENT
    """The name that viewers see."""
    closed_captions: bool | None = ABSENT
    """``True`` if the subtitles are closed captions."""


class GeneratedSubtitle(Answer):
    """A subtitle track that speech recognition creates."""

    status: str | None = ABSENT
    """The status of the track."""
    url: str | None = ABSENT
    """The URL of the subtitle file. ``None`` until the file exists."""


class MediaDescription(Answer):
    """The fields that all descriptions of a media have."""

    id: str
    """The id of the media."""
    thumbnail: str | None = ABSENT
    """The URL of a preview image."""
    workspace_id: str | None = ABSENT
    """The id of the workspace that the media belongs to."""
    stream_id: str | None = ABSENT
    """The id of the live stream that the media was recorded or cut from."""
    source_media_id: str | None = ABSENT
    """The id of the media that this media is a clip of."""
    creator_id: str | None = ABSENT
    """Your own id of the media's creator."""
    title: str | None = ABSENT
    """The title."""
    metadata: dict[str, str | None] | None = ABSENT
    """Your own key-value pairs."""
    media_quality: Open[MediaQuality] | None = ABSENT
    """The encoding quality."""
    max_resolution: Open[Resolution] | None = ABSENT
    """The highest resolution that FastPix encodes."""
    source_resolution: Open[SourceResolution] | None = ABSENT
    """The resolution of the source. The API writes it as ``1080p`` or as ``1080``."""
    status: Open[MediaStatus] | None = ABSENT
    """The status, with a capital letter. ``Ready``: the media can be played. ``Failed``: it never will be.

    To let a type checker find a misspelled status, declare a constant with the type `MediaStatus` of
    ``fastpix.api.common``: ``READY: MediaStatus = "Ready"``.
    """
    source_access: bool | None = ABSENT
    """``True`` if the source file can be downloaded."""
    playback_ids: list[MediaPlaybackId] | None = ABSENT
    """The ids that the media is played with."""
    tracks: list[Track] | None = ABSENT
    """The video, audio and subtitle tracks."""
    mp4_support: list[Mp4Rendition] | Open[Mp4Support] | None = ABSENT
    """The downloadable files. The API describes a list since July 2026. Before, it was the setting, such as
    ``"capped_4k"``. Both forms occur.
    """
    optimize_audio: bool | None = ABSENT
    """``True`` if FastPix improves the quality and the volume of the sound."""
    generated_subtitles: list[GeneratedSubtitle] | None = ABSENT
    """The subtitle tracks that speech recognition creates."""
    is_audio_only: bool | None = ABSENT
    """``True`` if the media has no video."""
    subtitle_available: bool | None = ABSENT
    """``True`` if the media has a subtitle track."""
    duration: Duration | None = ABSENT
    """The duration. The API describes a number of seconds since September 2026. Before, it was a text such as
    ``"00:00:30"``. Both forms occur: use ``duration_seconds``.
    """
    frame_rate: str | None = ABSENT
    """Frames per second, such as ``60.000``."""
    aspect_ratio: str | None = ABSENT
    """The aspect ratio, such as ``16:9``."""
    created_at: Timestamp | None = ABSENT
    """The time of creation, in UTC."""
    updated_at: Timestamp | None = ABSENT
    """The time of the last change, in UTC."""

    @property
    def duration_seconds(self) -> float | None:
        """``duration`` in seconds, from either form. ``None`` if the duration is absent or unreadable."""
        return seconds_of(self.duration)
