"""What resources share: the bases of all structs, the envelopes, and what several resources ask for or answer with."""

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
    """An enumeration that may grow: an editor offers the known values, any other text is read all the same.

    So a type checker takes a comparison with any text, ``media.status == "ready"`` too, though the service says ``Ready``.
    It finds the mistake in a constant with the type of the known values: ``READY: MediaStatus = "Ready"``.
    """
else:

    class Open:  # noqa: D101 - documented above, where a type checker reads it
        def __class_getitem__(cls, known: object) -> object:
            return Annotated[str, Meta(examples=list(get_args(known)))]


ABSENT: Final = cast("None", UNSET)
"""The default of what an `Answer` may lack: it reads as ``None``, and is not written back."""

Secret: TypeAlias = Annotated[str, SECRET]
"""Text that a repr hides."""
Number: TypeAlias = int | float
"""A number as the API wrote it: a whole one stays whole."""

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
    """The base of requests: snake_case here, camelCase on the wire, what is ``UNSET`` not sent, secrets hidden."""

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
    """The base of responses: what the service left out, and what it told as null, is ``None``; a timestamp is a `datetime`.

    Inside stands what came, so that an answer is encoded as it came: ``UNSET`` for what was left out, the text of a
    timestamp. `msgspec.json.encode`, `msgspec.to_builtins` and `msgspec.structs.asdict` see that; attributes, patterns,
    ``==``, ``hash`` and ``repr`` see what is read. `text_of` gives the text of a timestamp.
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
        """Pairs of the API's names and plain values: ``dict(answer)`` is as it came, and what FastAPI sends of it."""
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
    """The text of a timestamp, as the API wrote it.

    Args:
        answer: any struct of an answer.
        name: of the field, in the names of this library: ``created_at``.

    Returns:
        ``None`` if the field was absent or null.

    Raises:
        AttributeError: the answer has no such field.
    """
    slot: MemberDescriptorType = getattr(type(answer), name)
    value: object = slot.__get__(answer)
    return value if isinstance(value, str) else None


class Ack(Answer):
    """The answer where nothing but success is to be told."""

    success: bool | None = ABSENT


class Data(Answer, Generic[T]):
    """The answer with one thing in it."""

    data: T
    success: bool | None = ABSENT


class Pagination(Answer):
    """Where a page stands.

    Attributes:
        total_records: how many items there are on all pages.
        current_offset: the number of this page, from 1.
        offset_count: how many pages there are; 0 if there is no item.
    """

    total_records: int | None = ABSENT
    current_offset: int | None = ABSENT
    offset_count: int | None = ABSENT


class Page(Answer, Generic[T]):
    """The answer with one page of things."""

    data: list[T]
    pagination: Pagination | None = ABSENT
    success: bool | None = ABSENT


class SpanData(Answer, Generic[T]):
    """The answer about a span of time.

    Attributes:
        timespan: its begin and end, in seconds since 1970 (a timeseries of a metric: milliseconds).
    """

    data: T
    success: bool | None = ABSENT
    timespan: list[int] | None = ABSENT


class SpanPage(Page[T], Generic[T]):
    """A page of what was in a span of time; ``timespan`` is its begin and end, in seconds since 1970."""

    timespan: list[int] | None = ABSENT


class PageRequest(Model, kw_only=True):
    """Which page.

    Attributes:
        limit: items a page, 1 to 50; default 10.
        offset: the number of the page, from 1.
    """

    limit: Limit | UnsetType = UNSET
    offset: PageNumber | UnsetType = UNSET


class OrderedPageRequest(PageRequest, kw_only=True):
    """Which page, in which order.

    Attributes:
        limit: items a page, 1 to 50; default 10.
        offset: the number of the page, from 1.
        order_by: by the time of creation; ``desc``, newest first, is the default.
    """

    order_by: SortOrder | UnsetType = UNSET


class SpanRequest(Model, kw_only=True):
    """Which views are looked at.

    Attributes:
        timespan: one of the spans up to now, or begin and end in seconds since 1970.
        filter_by: ``"dimension:value"`` each, such as ``"browser_name:Chrome"``; ``!`` in front excludes.
    """

    timespan: Timespan | UnsetType = msgspec.field(name="timespan[]", default=UNSET)
    filter_by: list[str] | UnsetType = msgspec.field(name="filterby[]", default=UNSET)


class SpanPageRequest(SpanRequest, kw_only=True):
    """Which views are looked at, and which page of what is found.

    Attributes:
        timespan: one of the spans up to now, or begin and end in seconds since 1970.
        filter_by: ``"dimension:value"`` each, such as ``"browser_name:Chrome"``; ``!`` in front excludes.
        limit: items a page, 1 to 50; default 10.
        offset: the number of the page, from 1.
        order_by: the column to sort by.
        sort_order: default ``asc``.
    """

    limit: Limit | UnsetType = UNSET
    offset: PageNumber | UnsetType = UNSET
    order_by: str | UnsetType = UNSET
    sort_order: SortOrder | UnsetType = UNSET


class RestrictionFields(Model, kw_only=True):
    """Who may play; what `RestrictionSettings` and the requests that update them have in common.

    Attributes:
        default_policy: for who is in neither list; default ``allow``.
        allow: sites (``example.com``), or parts of user agents, that may.
        deny: those that may not.
    """

    default_policy: RestrictionPolicy | UnsetType = UNSET
    allow: list[str] | UnsetType = UNSET
    deny: list[str] | UnsetType = UNSET


class RestrictionSettings(RestrictionFields):
    """Who may play.

    Attributes:
        default_policy: for who is in neither list; default ``allow``.
        allow: sites (``example.com``), or parts of user agents, that may.
        deny: those that may not.
    """


class AccessRestrictionSettings(Model):
    """From which sites, and with which players, a playback id can be played."""

    domains: RestrictionSettings | UnsetType = UNSET
    user_agents: RestrictionSettings | UnsetType = UNSET


class Moderation(Model):
    """What to look through for unwanted content: the picture, the sound or both (``av``)."""

    type: Literal["video", "audio", "av"] | UnsetType = UNSET


class Restriction(Answer):
    """Who may play: all but ``deny``, or none but ``allow``."""

    default_policy: Open[RestrictionPolicy] | None = ABSENT
    allow: list[str] | None = ABSENT
    deny: list[str] | None = ABSENT


class AccessRestrictions(Answer):
    """From which sites, and with which players, a playback id can be played."""

    domains: Restriction | None = ABSENT
    user_agents: Restriction | None = ABSENT


class PlaybackId(Answer):
    """An id under which something can be played: ``https://stream.fastpix.com/{id}.m3u8``.

    Attributes:
        access_restrictions: who may play it. Live playback ids may have it since September 2026.
    """

    id: str
    access_policy: Open[AccessPolicy] | None = ABSENT
    access_restrictions: AccessRestrictions | None = ABSENT


class MediaPlaybackId(Answer):
    """A playback id in the description of a media; it has no ``id`` before there is a media."""

    id: str | None = ABSENT
    access_policy: Open[AccessPolicy] | None = ABSENT
    access_restrictions: AccessRestrictions | None = ABSENT


class Mp4Rendition(Answer):
    """A file of a media that can be downloaded.

    Attributes:
        type: ``capped_4k`` is the video, ``audioOnly`` the sound.
        status: ``ready`` when the file can be downloaded.
        height: pixels; ``None`` for ``audioOnly``.
        width: pixels; ``None`` for ``audioOnly``.
        ext: the ending of the file's name.
    """

    type: Open[Literal["capped_4k", "audioOnly"]] | None = ABSENT
    status: Open[Literal["preparing", "ready", "failed"]] | None = ABSENT
    height: int | None = ABSENT
    width: int | None = ABSENT
    ext: Open[Literal["mp4", "m4a"]] | None = ABSENT


class Track(Answer):
    """A video, audio or subtitle track of a media; ``type`` tells which, and so which fields it has.

    Attributes:
        status: such as ``available`` from the detail of a media and ``Ready`` from a list.
        frame_rate: such as ``30/1`` or ``60.000``.
        language_code: BCP 47, such as ``en-US``; ``und`` if unknown.
        title: the name that viewers see.
    """

    id: str | None = ABSENT
    type: Open[Literal["video", "audio", "subtitle"]] | None = ABSENT
    width: Number | None = ABSENT
    height: Number | None = ABSENT
    frame_rate: str | None = ABSENT
    status: str | None = ABSENT
    language_code: str | None = ABSENT
    language_name: str | None = ABSENT
    title: str | None = ABSENT
    closed_captions: bool | None = ABSENT


class GeneratedSubtitle(Answer):
    """A subtitle track made by speech recognition, and where it is once made."""

    status: str | None = ABSENT
    url: str | None = ABSENT


class MediaDescription(Answer):
    """What the service tells of any media.

    Attributes:
        stream_id: of the live stream it comes from.
        source_media_id: of the media it is a clip of.
        source_resolution: of what was taken in; the API writes ``1080p`` or ``1080``.
        status: ``Ready`` when it can be played, ``Failed`` when it never will be. With a capital, unlike that of a live
            stream. To have a status of yours checked, give it a type: ``READY: MediaStatus = "Ready"``.
        mp4_support: the files that can be downloaded, as a list of renditions (described since July 2026), or as the
            setting that made them, such as ``"capped_4k"``. Both occur.
        duration: a number of seconds (described since September 2026), or ``"00:00:30"``. Both occur; see
            ``duration_seconds``.
        frame_rate: such as ``60.000``.
        created_at: in UTC; a `datetime`.
        updated_at: in UTC; a `datetime`.
    """

    id: str
    thumbnail: str | None = ABSENT
    workspace_id: str | None = ABSENT
    stream_id: str | None = ABSENT
    source_media_id: str | None = ABSENT
    creator_id: str | None = ABSENT
    title: str | None = ABSENT
    metadata: dict[str, str | None] | None = ABSENT
    media_quality: Open[MediaQuality] | None = ABSENT
    max_resolution: Open[Resolution] | None = ABSENT
    source_resolution: Open[SourceResolution] | None = ABSENT
    status: Open[MediaStatus] | None = ABSENT
    source_access: bool | None = ABSENT
    playback_ids: list[MediaPlaybackId] | None = ABSENT
    tracks: list[Track] | None = ABSENT
    mp4_support: list[Mp4Rendition] | Open[Mp4Support] | None = ABSENT
    optimize_audio: bool | None = ABSENT
    generated_subtitles: list[GeneratedSubtitle] | None = ABSENT
    is_audio_only: bool | None = ABSENT
    subtitle_available: bool | None = ABSENT
    duration: Duration | None = ABSENT
    frame_rate: str | None = ABSENT
    aspect_ratio: str | None = ABSENT
    created_at: Timestamp | None = ABSENT
    updated_at: Timestamp | None = ABSENT

    @property
    def duration_seconds(self) -> float | None:
        """``duration`` in seconds, whichever form it came in; ``None`` if it is absent or can't be read."""
        return seconds_of(self.duration)
