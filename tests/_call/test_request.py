from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, Literal, NewType, TypedDict, TypeVar
from urllib.parse import unquote

import pytest
from hypothesis import given
from msgspec import UNSET, Struct, UnsetType, field

from fastpix import Failure, FastpixCore, RequestOptions
from fastpix._call.endpoint import Endpoint, HttpMethod
from fastpix._call.messages import Request
from fastpix._call.redaction import redact
from fastpix._call.request import authorization, fixed_authorization, prepare
from fastpix.api.common import Ack, Model, Secret
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    DeleteLiveStreamRequest,
    GetAllStreamsRequest,
    GetLiveStreamRequest,
    InputMediaSettings,
    ListLiveClipsRequest,
    PlaybackSettings,
    live_streams_create,
    live_streams_delete,
    live_streams_get,
    live_streams_list,
    live_streams_list_clips,
)
from fastpix.api.media import CreateMediaRequest, Segment, VideoInput, media_create
from fastpix.api.playlists import playlists_create
from fastpix.api.views import ListViewsRequest, views_list
from fastpix.configuration import Configuration
from fastpix.errors import ConfigurationError, RequestValidationError
from tests.generate import IDS


def configured(**settings: Any) -> Configuration:
    arguments: dict[str, Any] = {"username": "name", "password": "word", **settings}
    return FastpixCore(**arguments).configuration


def prepared(operation: Any, request: Any, **options: Any) -> Request:
    return prepare(operation.endpoint, configured(), request, RequestOptions(**options)).unwrap()


def refused(operation: Any, request: Any, **options: Any) -> RequestValidationError:
    error = prepare(operation.endpoint, configured(), request, RequestOptions(**options)).failure()
    assert isinstance(error, RequestValidationError)
    return error


def endpoint_of(request_type: type[Struct], method: HttpMethod = "PUT") -> Endpoint[Ack]:
    """Return an endpoint that sends all fields: in the query for GET, otherwise in the body."""
    return Endpoint(
        id="x",
        name="x",
        method=method,
        path="/x",
        request_type=request_type,
        response_type=Ack,
        idempotent=True,
        in_body=method != "GET",
    )


def creation(**settings: Any) -> CreateLiveStreamRequest:
    return CreateLiveStreamRequest(PlaybackSettings(), InputMediaSettings(**settings))


@pytest.mark.parametrize(
    "id", ["../../iam/signing-keys", ".", "..", "", "a/b?x=1#f", "%2e%2e", "a\nb", "\x7f", "\ud800"]
)
@pytest.mark.parametrize("validate", [True, False])
def test_an_id_that_is_not_one_path_segment_is_refused(id: str, validate: bool) -> None:
    error = refused(live_streams_get, GetLiveStreamRequest(id), validate=validate)
    assert error.field == "stream_id"
    assert error.given == redact(repr(id))


def test_the_field_of_an_id_is_named_as_in_python() -> None:
    assert refused(live_streams_list_clips, ListLiveClipsRequest(livestream_id="..")).field == "livestream_id"


@given(IDS)
def test_an_id_stays_in_its_segment(id: str) -> None:
    request = prepared(live_streams_get, GetLiveStreamRequest(id)).to_httpx()
    path = request.url.raw_path.decode()
    assert path.startswith("/v1/live/streams/")
    assert unquote(path.removeprefix("/v1/live/streams/")) == id
    assert "/" not in path.removeprefix("/v1/live/streams/")


def test_what_is_not_given_is_not_sent() -> None:
    assert prepared(live_streams_list, GetAllStreamsRequest()).url == "https://api.fastpix.com/v1/live/streams"
    assert prepared(live_streams_create, creation()).body == b'{"playbackSettings":{},"inputMediaSettings":{}}'


def test_none_is_sent_as_null_where_the_api_takes_it() -> None:
    class Patch(Model):
        title: str | UnsetType | None = UNSET

    endpoint = endpoint_of(Patch, "PATCH")
    bodies = [
        prepare(endpoint, configured(), patch, RequestOptions()).unwrap().body for patch in (Patch(), Patch(None))
    ]
    assert bodies == [b"{}", b'{"title":null}']


def test_query_values_are_repeated_encoded_and_keep_literal_brackets() -> None:
    class Filter(Model):
        filters: list[str] | UnsetType = field(default=UNSET, name="filterby[]")
        deep: bool | UnsetType = UNSET
        limit: int | UnsetType = UNSET

    endpoint = endpoint_of(Filter, "GET")
    request = Filter(filters=["a:b c", "d&e=é"], deep=True, limit=5)
    sent = prepare(endpoint, configured(), request, RequestOptions()).unwrap()
    assert sent.target == b"/v1/x?filterby[]=a%3Ab%20c&filterby[]=d%26e%3D%C3%A9&deep=true&limit=5"
    empty = prepare(endpoint, configured(), Filter(filters=[]), RequestOptions()).unwrap()
    assert empty.url.endswith("/x")


@pytest.mark.parametrize(
    ("operation", "request_", "field_", "allowed", "given_"),
    [
        (live_streams_list, GetAllStreamsRequest(limit=0), "limit", "an int from 1 to 50", "0"),
        (live_streams_list, GetAllStreamsRequest(limit=51), "limit", "an int from 1 to 50", "51"),
        (live_streams_list, GetAllStreamsRequest(offset=0), "offset", "an int of at least 1", "0"),
        (live_streams_list, GetAllStreamsRequest(order_by="up"), "order_by", "one of 'asc', 'desc'", "'up'"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - wrong on purpose
        (live_streams_list, GetAllStreamsRequest(limit="9"), "limit", "an int from 1 to 50", "'9'"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - wrong on purpose
        (
            live_streams_create,
            creation(reconnect_window=59),
            "input_media_settings.reconnect_window",
            "an int from 60 to 1800",
            "59",
        ),
        (
            live_streams_create,
            creation(metadata={str(n): "" for n in range(11)}),
            "input_media_settings.metadata",
            "a dict with a length of at most 10",
            "a dict of 11 entries",
        ),
        (
            live_streams_create,
            creation(metadata={"fine": "", "long": "x" * 256}),
            "input_media_settings.metadata['long']",
            "a str with a length of at most 255",
            "'[redacted]'... (256 characters)",
        ),
        (
            live_streams_create,
            CreateLiveStreamRequest(PlaybackSettings(), {"reconnect_window": 120}),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - wrong on purpose
            "input_media_settings",
            "an InputMediaSettings",
            "a dict of 1 entries",
        ),
        (
            media_create,
            CreateMediaRequest([{"type": "video", "url": "u"}], "public"),  # type: ignore[list-item]  # pyright: ignore[reportArgumentType] - wrong on purpose
            "inputs[0]",
            "a VideoInput or a WatermarkInput or an AudioInput or a SubtitleInput",
            "a dict of 2 entries",
        ),
        (
            live_streams_create,
            creation(enable_dvr_mode="yes"),
            "input_media_settings.enable_dvr_mode",
            "a bool",
            "'yes'",
        ),
        (live_streams_get, GetLiveStreamRequest(5), "stream_id", "a str", "5"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - wrong on purpose
    ],
)
def test_a_value_out_of_bounds_is_refused_with_field_bound_and_value(
    operation: Any, request_: Any, field_: str, allowed: str, given_: str
) -> None:
    error = refused(operation, request_)
    assert (error.field, error.allowed, error.given) == (field_, allowed, given_)
    assert str(error) == f"{field_} must be {allowed}, not {given_}"


def test_a_wrong_item_of_a_list_is_named_by_its_index() -> None:
    class Order(Model):
        ids: list[Literal["a", "b"]] | UnsetType = UNSET

    endpoint = endpoint_of(Order)
    wrong = Order(ids=["a", "c"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType] - wrong on purpose
    error = prepare(endpoint, configured(), wrong, RequestOptions()).failure()
    assert str(error) == "ids[1] must be one of 'a', 'b', not 'c'"


def test_a_wrong_secret_is_not_shown() -> None:
    class Secretive(Model):
        key: Secret

    endpoint = endpoint_of(Secretive)
    for wrong in (b"canary", "canary\ud800"):
        request = Secretive(key=wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - wrong on purpose
        error = prepare(endpoint, configured(), request, RequestOptions()).failure()
        assert isinstance(error, RequestValidationError)
        assert error.field == "key"
        assert "canary" not in repr(error) + error.given


def test_the_check_of_bounds_can_be_switched_off() -> None:
    assert prepared(live_streams_list, GetAllStreamsRequest(limit=100), validate=False).url.endswith("?limit=100")


class OfUsers(InputMediaSettings):
    """A user's subclass of a request struct, with a field that the library does not have yet."""

    camera: str = ""


SETTINGS: Any = InputMediaSettings()
PLAYBACK: Any = PlaybackSettings(access_policy="private")
URL = "https://a.b/c"


@dataclass
class Video:
    url: str


def media(**edits: Any) -> CreateMediaRequest:
    return CreateMediaRequest([VideoInput(URL, **edits)], "public")


@pytest.mark.parametrize(
    ("operation", "request_", "problem"),
    [
        (live_streams_create, CreateLiveStreamRequest(SETTINGS, PLAYBACK), "playback_settings must be a PlaybackSettings, not InputMediaSettings()"),
        (live_streams_create, CreateLiveStreamRequest(PLAYBACK, PLAYBACK), "input_media_settings must be an InputMediaSettings, not PlaybackSettings(access_policy='private')"),
        (live_streams_create, creation(metadata=PLAYBACK), "input_media_settings.metadata must be a dict with a length of at most 10, not PlaybackSettings(access_policy='private')"),
        (media_create, media(segments=[SETTINGS]), "inputs[0].segments[0] must be a Segment with exactly one of insert_at and insert_at_end, not InputMediaSettings()"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("validate", [True, False])
def test_a_struct_where_another_one_belongs_is_refused_by_name(
    operation: Any, request_: Any, problem: str, validate: bool
) -> None:
    assert str(refused(operation, request_, validate=validate)) == problem


def test_an_object_of_another_kind_is_no_struct() -> None:
    wrong: Any = [Video(URL)]
    assert refused(media_create, CreateMediaRequest(wrong, "public")).field == "inputs[0]"


def test_a_subclass_of_a_struct_is_one() -> None:
    request = CreateLiveStreamRequest(PlaybackSettings(), OfUsers(camera="left"))
    body = b'{"playbackSettings":{},"inputMediaSettings":{"camera":"left"}}'
    assert prepared(live_streams_create, request).body == prepared(live_streams_create, request, validate=False).body
    assert prepared(live_streams_create, request).body == body


@pytest.mark.parametrize(
    "places",
    [{}, {"insert_at_end": False}, {"insert_at": 5, "insert_at_end": True}, {"insert_at": 5, "insert_at_end": False}],
)
def test_a_segment_has_exactly_one_place(places: Any) -> None:
    error = refused(media_create, media(segments=[Segment(URL, insert_at=1), Segment(URL, **places)]))
    assert error.field == "inputs[0].segments[1]"
    assert error.allowed == "a Segment with exactly one of insert_at and insert_at_end"
    assert prepared(media_create, media(segments=[Segment(URL, insert_at_end=True)])).body


class Kind(TypedDict):
    a: str


Labels = NewType("Labels", dict[str, str])


class Text(str):
    __slots__ = ()


class Count(int): ...


class Share(float): ...


T = TypeVar("T")


class Named(Model):
    name: str


class Aged(Model):
    age: int = 0


class Nested(TypedDict):
    named: Named


Many = NewType("Many", list[Named])


class Box(Model, Generic[T]):
    item: T


class Everything(Model):
    box: Box[Named] | UnsetType = UNSET
    pair: tuple[Named, Aged] | UnsetType = UNSET
    either: dict[str, Named] | list[Aged] | UnsetType = UNSET
    many: Many | UnsetType = UNSET
    nested: Nested | UnsetType = UNSET
    rest: Sequence[Named] | UnsetType = UNSET
    own: list["Everything"] | UnsetType = UNSET
    exactly_one_of: int | UnsetType = UNSET


EVERYTHING = endpoint_of(Everything)
NAMED, AGED = Named("a"), Aged(1)


@pytest.mark.parametrize("validate", [True, False])
@pytest.mark.parametrize(
    "fields",
    [
        {"box": Box(NAMED)},
        {"pair": (NAMED, AGED)},
        {"either": {"a": NAMED}},
        {"either": [AGED]},
        {"many": [NAMED]},
        {"nested": {"named": NAMED}},
        {"rest": (NAMED,)},
        {"own": [Everything(pair=(NAMED, AGED))]},
        {"exactly_one_of": 5},
    ],
)
def test_a_struct_in_its_place_is_sent_whatever_type_names_it(fields: Any, validate: bool) -> None:
    assert prepare(EVERYTHING, configured(), Everything(**fields), RequestOptions(validate=validate)).unwrap().body


@pytest.mark.parametrize("validate", [True, False])
@pytest.mark.parametrize(
    ("fields", "field_"),
    [
        ({"pair": (NAMED, NAMED)}, "pair[1]"),
        ({"either": {"a": AGED}}, "either['a']"),
        ({"either": [NAMED]}, "either[0]"),
        ({"many": [NAMED, AGED]}, "many[1]"),
        ({"nested": {"named": AGED}}, "nested['named']"),
        ({"rest": (AGED,)}, "rest[0]"),
        ({"own": [Everything(many=[AGED])]}, "own[0].many[0]"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - wrong on purpose
    ],
)
def test_a_struct_in_another_place_is_refused_whatever_type_names_it(fields: Any, field_: str, validate: bool) -> None:
    error = prepare(EVERYTHING, configured(), Everything(**fields), RequestOptions(validate=validate)).failure()
    assert isinstance(error, RequestValidationError)
    assert error.field == field_


class Rule(Model):
    name: str
    share: float
    kind: Kind
    shown: Any
    labels: Labels | UnsetType = UNSET


def test_a_subclass_of_a_plain_type_is_what_it_subclasses() -> None:
    assert prepared(live_streams_get, GetLiveStreamRequest(Text("abc"))).target.endswith(b"/abc")
    assert prepared(live_streams_list, GetAllStreamsRequest(limit=Count(5))).target.endswith(b"?limit=5")
    metadata = {Text("show"): Text("news")}
    for validate in (True, False):
        request = prepared(live_streams_create, creation(metadata=metadata), validate=validate)
        assert request.body == b'{"playbackSettings":{},"inputMediaSettings":{"metadata":{"show":"news"}}}'
    assert refused(live_streams_list, GetAllStreamsRequest(limit=Count(51))).field == "limit"


class Credential(str, Enum):  # noqa: UP042 - unlike a StrEnum, it formats as its name
    NAME = "name"
    WORD = "word"


def test_credentials_may_be_of_a_subclass_of_text() -> None:
    assert authorization((Credential.NAME, Credential.WORD)) == authorization(("name", "word"))


def test_types_by_other_names_are_known() -> None:
    endpoint = endpoint_of(Rule)
    rule = Rule("a", Share(0.5), {"a": "b"}, {"c": 1}, Labels({"d": "e"}))
    sent = prepare(endpoint, configured(), rule, RequestOptions()).unwrap()
    assert sent.body == b'{"name":"a","share":0.5,"kind":{"a":"b"},"shown":{"c":1},"labels":{"d":"e"}}'


def test_none_is_no_request() -> None:
    assert str(refused(live_streams_get, None)) == "the request must be a GetLiveStreamRequest, not None"


def test_another_requests_struct_is_refused() -> None:
    error = refused(live_streams_get, DeleteLiveStreamRequest("a"))
    assert str(error) == "the request must be a GetLiveStreamRequest, not DeleteLiveStreamRequest"
    assert (
        str(refused(playlists_create, None))
        == "the request must be a CreateManualPlaylistRequest or a CreateSmartPlaylistRequest, not None"
    )


@pytest.mark.parametrize("validate", [True, False])
@pytest.mark.parametrize("value", [object(), "\ud800", float("nan"), float("-inf")])
def test_what_json_can_not_hold_is_refused_by_name(value: Any, validate: bool) -> None:
    error = refused(live_streams_create, creation(metadata={"fine": "", "bad": value}), validate=validate)
    assert error.field == "input_media_settings.metadata['bad']"
    assert error.given == repr(value)


def test_what_a_query_can_not_hold_is_refused_by_name() -> None:
    assert refused(views_list, ListViewsRequest(viewer_id="\ud800")).field == "viewer_id"


def test_what_contains_itself_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    error = refused(live_streams_create, creation(metadata=endless), validate=False)
    assert (error.field, error.given) == ("request", "'a value that contains itself'")


def test_a_key_that_is_no_text_is_refused() -> None:
    error = refused(live_streams_create, creation(metadata={1: "a"}))
    assert str(error) == "input_media_settings.metadata key 1 must be a str, not 1"


def test_the_choices_of_a_union_are_named() -> None:
    wrong: Any = [VideoInput("https://a.b/c"), Segment("https://a.b/c")]
    error = refused(media_create, CreateMediaRequest(wrong, "public"))
    assert (error.field, error.allowed) == (
        "inputs[1]",
        "a VideoInput or a WatermarkInput or an AudioInput or a SubtitleInput",
    )


def test_a_required_field_that_is_not_given_is_refused() -> None:
    nothing: Any = UNSET
    assert str(refused(live_streams_get, GetLiveStreamRequest(nothing))) == "stream_id must be a str, not UNSET"
    assert refused(live_streams_get, GetLiveStreamRequest(nothing), validate=False).field == "stream_id"


def test_headers_of_the_call_go_over_the_librarys_own() -> None:
    headers = (
        prepared(live_streams_create, creation(), headers={"Idempotency-Key": "mine", "X-Trace": "1"})
        .to_httpx()
        .headers
    )
    assert headers["idempotency-key"] == "mine"
    assert headers["x-trace"] == "1"


@pytest.mark.parametrize(
    "headers",
    [
        {"a b": "c"},
        {"": "c"},
        {"x": "a\r\nb: c"},
        {"x": "é"},
        {"x": " c"},
        {"Content-Length": "0"},
        {"transfer-encoding": "chunked"},
        {"x": b"c"},
        {"x": 1},
        {"x": None},
        {1: "c"},
        {"\ud83d": "c"},
    ],
)
def test_a_header_that_is_none_is_refused(headers: dict[Any, Any]) -> None:
    error = refused(live_streams_list, GetAllStreamsRequest(), headers=headers)
    assert error.field == f"options.headers[{next(iter(headers))!r}]"


def test_every_post_has_an_idempotency_key_of_its_own() -> None:
    keys = {prepared(live_streams_create, creation()).to_httpx().headers["idempotency-key"] for _ in range(10)}
    assert len(keys) == 10
    assert "idempotency-key" not in prepared(live_streams_delete, DeleteLiveStreamRequest("a")).to_httpx().headers


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("api.fastpix.com", "https://"),
        ("ftp://api.fastpix.com", "https://"),
        ("https://", "host"),
        ("https://name:word@api.fastpix.com/v1/", "no credentials"),
        ("https://api.fastpix.com/v1/?a=b", "no query"),
        ("https://api.fastpix.com/v1/#a", "no fragment"),
        ("https://api.fastpix.com:port/", "valid host and port, not 'https://api.fastpix.com:port/'"),
        ("http://api.fastpix.com/v1/", "unencrypted"),
        ("https://api.fastpix.com/v1/ ", "ASCII"),
        ("https://api.fast\npix.com/v1/", "ASCII"),
        ("https://bücher.example/v1/", "ASCII"),
        ("https://[::1/v1/", "valid host and port"),
        ("https://[::1].evil/v1/", "name a valid host"),
        ("https://api.fastpix.com%00.evil/", "name a valid host"),
        ("https://evil\\.fastpix.com/", "backslashes"),
        ("https://a..b/", "1 to 63 characters, not 'https://a..b/'"),
        (f"https://{'a' * 64}.b/", "1 to 63 characters"),
        ("https://name:can#ary@api.fastpix.com/", "no credentials"),
        ("", "https://"),
    ],
)
def test_a_server_url_that_can_not_be_used_is_refused(url: str, problem: str) -> None:
    error = prepare(
        live_streams_list.endpoint, configured(), GetAllStreamsRequest(), RequestOptions(server_url=url)
    ).failure()
    assert isinstance(error, ConfigurationError)
    assert problem in str(error)
    assert "word" not in repr(error)


@pytest.mark.parametrize(
    "url", ["http://localhost:1/v1", "http://127.0.0.1/v1/", "http://[::1]:8/v1", "https://a.b/v1", "HTTPS://A.B:443"]
)
def test_loopback_may_be_plain_and_a_last_slash_is_optional(url: str) -> None:
    assert prepared(live_streams_list, GetAllStreamsRequest(), server_url=url).url == (
        f"{url.rstrip('/')}/live/streams".replace("HTTPS://A.B:443", "https://a.b")
    )


def test_plain_http_elsewhere_takes_consent() -> None:
    configuration = configured(server_url="http://fastpix.test/v1", allow_http=True)
    planned = prepare(live_streams_list.endpoint, configuration, GetAllStreamsRequest(), RequestOptions())
    assert planned.unwrap().url == "http://fastpix.test/v1/live/streams"


@pytest.mark.parametrize(
    ("settings", "missing"),
    [({"username": None, "password": None}, "no username and no password"), ({"password": None}, "no password")],
)
def test_missing_credentials_are_a_failure_that_says_how_to_give_them(settings: Any, missing: str) -> None:
    configuration = configured(**settings)
    assert fixed_authorization(configuration) is None
    message = str(authorization((configuration.username, configuration.password)).failure())
    assert message.startswith(missing)
    assert "FASTPIX_USERNAME and FASTPIX_PASSWORD" in message


def test_credentials_that_are_the_same_for_all_calls_make_one_header() -> None:
    assert fixed_authorization(configured(username="a", password="1")) == b"Basic YTox"
    assert fixed_authorization(configured(credentials=lambda: ("a", "1"))) is None


def test_a_request_shows_no_headers_no_query_and_no_body() -> None:
    planned = prepared(live_streams_create, creation(metadata={"a": "canary"}), headers={"x-a": "canary"})
    assert repr(planned) == "Request(method='POST', url='https://api.fastpix.com/v1/live/streams')"


def test_a_refusal_brings_no_traceback() -> None:
    result = prepare(live_streams_get.endpoint, configured(), GetLiveStreamRequest(""), RequestOptions())
    assert isinstance(result, Failure)
    assert result.failure().__traceback__ is None


@pytest.mark.parametrize(
    ("credentials", "message"),
    [
        (("a", "secret\ud800"), "password must be a str without control characters or lone surrogates"),
        (("a", "secret\n"), "password must be a str without control characters or lone surrogates"),
        (("a", b"secret"), "password must be a str without control characters or lone surrogates"),
        ((b"a", "secret"), "username must be a str without control characters or lone surrogates"),
        (("a:b", "secret"), "username must be a str without a colon"),
        ("ab", "credentials must return (username, password), not str"),
        (("a", "b", "c"), "credentials must return (username, password), not tuple of 3 items"),
    ],
)
def test_credentials_that_no_header_can_hold_are_refused(credentials: Any, message: str) -> None:
    error = authorization(credentials).failure()
    assert str(error) == message
    assert error.__cause__ is None


@pytest.mark.parametrize("value", [b"public", bytearray(b"a"), memoryview(b"a"), float("inf")])
def test_what_json_would_change_in_silence_is_refused_unchecked_too(value: Any) -> None:
    error = refused(live_streams_create, creation(media_policy=value), validate=False)
    assert error.field == "input_media_settings.media_policy"
    error = refused(live_streams_list, GetAllStreamsRequest(limit=value), validate=False)
    assert error.field == "limit"


def test_a_query_is_encoded_whatever_is_in_it() -> None:
    strange: Any = {"x&offset": "9 HTTP/1.1"}
    sent = prepared(live_streams_list, GetAllStreamsRequest(order_by=strange), validate=False)
    assert sent.target.endswith(b"?orderBy=%7B%22x%26offset%22%3A%229%20HTTP%2F1.1%22%7D")


class Shy(GetLiveStreamRequest):
    def __getattribute__(self, name: str) -> Any:
        if name == "stream_id":
            raise RuntimeError("not for you")
        return super().__getattribute__(name)


@dataclass
class Half:
    whole: str

    def __init__(self) -> None:
        """Leave the field ``whole`` unset."""


@pytest.mark.parametrize("validate", [True, False])
def test_an_object_that_can_not_be_looked_at_is_refused(validate: bool) -> None:
    half: Any = Half()
    assert refused(live_streams_get, GetLiveStreamRequest(half), validate=validate).field == "stream_id"
    shy: Any = Shy(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - wrong on purpose
    assert refused(live_streams_get, shy).field == "request"


def test_a_tuple_is_a_sequence_too() -> None:
    request = CreateMediaRequest((VideoInput("https://a.b/c"),), "public")
    assert prepared(media_create, request).body == (
        b'{"inputs":[{"type":"video","url":"https://a.b/c"}],"accessPolicy":"public"}'
    )
