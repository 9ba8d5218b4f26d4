"""What nouns share: the base of all structs, the three envelopes, and models that several nouns answer with."""

from functools import cache
from typing import TYPE_CHECKING, Annotated, Generic, Literal, TypeAlias, TypeVar, dataclass_transform, get_args

import msgspec
from msgspec import Meta

from fastpix.redaction import SECRET, is_secret

__all__ = [
    "AccessRestrictions",
    "Ack",
    "BasicAccessPolicy",
    "Data",
    "Duration",
    "Limit",
    "Metadata",
    "Model",
    "Open",
    "Page",
    "PageNumber",
    "Pagination",
    "PlaybackId",
    "Restriction",
    "Secret",
    "SortOrder",
    "Timestamp",
    "Track",
]

T = TypeVar("T")

if TYPE_CHECKING:
    Open: TypeAlias = T | str
    """An enumeration that may grow: an editor offers the known values, any other text is read all the same."""
else:

    class Open:  # noqa: D101 - documented above, where a type checker reads it
        def __class_getitem__(cls, known: object) -> object:
            return Annotated[str, Meta(examples=list(get_args(known)))]


Secret: TypeAlias = Annotated[str, SECRET]
"""Text that a repr hides."""
Timestamp: TypeAlias = str
"""ISO 8601 as the API wrote it; its precision and zone differ between operations."""
Duration: TypeAlias = str | int | float
"""``"00:03:03"`` or seconds, as the API wrote it."""

Limit: TypeAlias = Annotated[int, Meta(ge=1, le=50)]
PageNumber: TypeAlias = Annotated[int, Meta(ge=1)]
SortOrder: TypeAlias = Literal["asc", "desc"]
BasicAccessPolicy: TypeAlias = Literal["public", "private"]
Metadata: TypeAlias = Annotated[dict[str, Annotated[str, Meta(max_length=255)]], Meta(max_length=10)]


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Model(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The base of requests and responses: snake_case here, camelCase on the wire, secrets hidden in the repr."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        secret = _secret_fields(type(self))
        values: list[tuple[str, object]] = [(name, getattr(self, name)) for name in self.__struct_fields__]
        given = [(name, value) for name, value in values if value is not None and value is not msgspec.UNSET]
        return [(name, "…" if name in secret else value) for name, value in given]


@cache
def _secret_fields(model: type[Model]) -> frozenset[str]:
    return frozenset(field.name for field in msgspec.structs.fields(model) if is_secret(field.type))


class Ack(Model):
    """The answer where nothing but success is to be told."""

    success: bool | None = None


class Data(Model, Generic[T]):
    """The answer with one thing in it."""

    data: T
    success: bool | None = None


class Pagination(Model):
    """Where a page stands.

    Attributes:
        total_records: how many items there are on all pages.
        current_offset: the number of this page, from 1.
        offset_count: how many pages there are; 0 if there is no item.
    """

    total_records: int
    current_offset: int
    offset_count: int


class Page(Model, Generic[T]):
    """The answer with one page of things."""

    data: list[T]
    pagination: Pagination
    success: bool | None = None


class Restriction(Model):
    """Who may play: all but ``deny``, or none but ``allow``."""

    default_policy: Open[Literal["allow", "deny"]] | None = None
    allow: list[str] | None = None
    deny: list[str] | None = None


class AccessRestrictions(Model):
    """From which sites, and with which players, a playback id can be played."""

    domains: Restriction | None = None
    user_agents: Restriction | None = None


class PlaybackId(Model):
    """An id under which something can be played: ``https://stream.fastpix.com/{id}.m3u8``."""

    id: str | None = None
    access_policy: Open[Literal["public", "private", "drm"]] | None = None
    access_restrictions: AccessRestrictions | None = None


class Track(Model):
    """A video, audio or subtitle track of a media; ``type`` tells which, and so which fields it has.

    Attributes:
        status: such as ``available`` from the detail of a media and ``Ready`` from a list.
        frame_rate: such as ``30/1`` or ``60.000``.
        language_code: BCP 47, such as ``en-US``; ``und`` if unknown.
    """

    id: str | None = None
    type: Open[Literal["video", "audio", "subtitle"]] | None = None
    width: int | float | None = None
    height: int | float | None = None
    frame_rate: str | None = None
    status: str | None = None
    language_code: str | None = None
    language_name: str | None = None
