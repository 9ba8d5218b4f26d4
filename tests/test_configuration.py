import asyncio
import inspect
import pickle
from typing import Any, cast

import httpx
import msgspec
import pytest

from fastpix import AsyncFastpix, AsyncFastpixCore, Fastpix, FastpixCore, Hooks, RequestOptions, Retries, Timeout
from fastpix.api.common import Model
from fastpix.api.live_streams import GetAllStreamsRequest, GetLiveStreamRequest, live_streams_list
from fastpix.configuration import Configuration
from fastpix.errors import ConfigurationError
from tests.servers import unused_url


async def an_async_function(attempt: object, response: object) -> None: ...


WRONG_ON_BOTH: list[tuple[dict[str, Any], str]] = [
    ({"timeout": "5"}, "timeout"),
    ({"timeout": -1}, "timeout.total must be a number of seconds from 0 to 1000000, not -1"),
    ({"timeout": Timeout(total=float("inf"))}, "timeout.total must be a number of seconds from 0 to 1000000, not inf"),
    (
        {"timeout": Timeout(attempt=float("nan"))},
        "timeout.attempt must be a number of seconds from 0 to 1000000, not nan",
    ),
    ({"timeout": Timeout(connect=1e300)}, "timeout.connect must be a number of seconds from 0 to 1000000, not 1e+300"),
    ({"retries": 3}, "retries must be a Retries, such as Retries(attempts=3), not int"),
    ({"retries": Retries(attempts=0)}, "retries.attempts must be an int from 1 to 1000000, not 0"),
    ({"retries": Retries(attempts=1.5)}, "retries.attempts must be an int from 1 to 1000000, not 1.5"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - wrong on purpose
    ({"timeout": True}, "timeout.total must be a number of seconds from 0 to 1000000, not True"),
    ({"retries": Retries(cap=-1)}, "retries.cap must be a number of seconds from 0 to 1000000, not -1"),
    ({"retries": Retries(base=-1)}, "retries.base must be a number of seconds from 0 to 1000000, not -1"),
    ({"server_url": b"https://a.b"}, "server_url must be a str, not bytes"),
]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        *WRONG_ON_BOTH,
        ({"username": 5}, "username must be a str, not int"),
        ({"password": b"secret"}, "password must be a str, not bytes"),
        (
            {"credentials": "ab"},
            "credentials must be a function without arguments that returns (username, password), not str",
        ),
        ({"retries": 0}, "retries must be a Retries, such as Retries(attempts=3), not int"),
        ({"hooks": {}}, "hooks must be a Hooks, not dict"),
        ({"hooks": Hooks(on_error=cast("Any", 3))}, "hooks.on_error must be a plain function, not 3"),
        (
            {"hooks": Hooks(after_response=cast("Any", an_async_function))},
            "hooks.after_response must be a plain function, not an async function",
        ),
        ({"hooks": print}, "hooks must be a Hooks, not builtin_function_or_method"),
        ({"max_response_bytes": "5"}, "max_response_bytes must be an int, not str"),
        ({"max_response_bytes": 0}, "max_response_bytes must be an int at least 1, not 0"),
        ({"max_connections": 0}, "max_connections must be an int from 1 to 1000000, not 0"),
        ({"max_connections": 2.5}, "max_connections must be an int, not float"),
        ({"max_response_bytes": None}, "max_response_bytes must be an int, not NoneType"),
        ({"allow_http": "no"}, "allow_http must be a bool, not str"),
        ({"timeout": None}, "timeout.total must be a number of seconds from 0 to 1000000, not None"),
    ],
)
@pytest.mark.parametrize("kind", [FastpixCore, AsyncFastpixCore])
def test_a_core_refuses_a_wrong_setting_when_it_is_made(kind: Any, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        kind(**settings)
    assert caught.value.message.startswith(message)
    assert "secret" not in str(caught.value)


async def called(core: AsyncFastpixCore) -> Any:
    return await live_streams_list(core)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({}, "no username and no password"), ({"server_url": "nowhere"}, "server_url must begin with https://")],
)
def test_a_core_without_what_its_calls_need_can_be_made(settings: dict[str, Any], message: str) -> None:
    for reply in (live_streams_list(FastpixCore(**settings)), asyncio.run(called(AsyncFastpixCore(**settings)))):
        error = reply.failure()
        assert isinstance(error, ConfigurationError)
        assert error.message.startswith(message)
        assert error.attempts == 0


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        (FastpixCore(), "configuration"),
        (FastpixCore().configuration, "strict"),
        (Timeout(), "total"),
        (Retries(), "attempts"),
        (Hooks(), "on_error"),
        (RequestOptions(), "validate"),
    ],
)
def test_what_was_configured_can_not_be_changed(setting: Any, name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(setting, name, getattr(setting, name))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        *WRONG_ON_BOTH,
        ({"headers": None}, "headers must be a mapping of str to str, not NoneType"),
        ({"headers": [("a", "b")]}, "headers must be a mapping of str to str, not list"),
        ({"validate": 1}, "validate must be a bool, not int"),
    ],
)
def test_a_wrong_option_is_a_failure(options: dict[str, Any], message: str) -> None:
    core = FastpixCore(username="a", password="b", server_url=unused_url())
    error = live_streams_list(core, GetAllStreamsRequest(), RequestOptions(**options)).failure()
    assert isinstance(error, ConfigurationError)
    assert error.message.startswith(message)
    assert (error.operation_id, error.attempts) == ("get-all-streams", 0)


def test_options_that_are_none_are_a_failure() -> None:
    options: Any = {"timeout": 5}
    error = live_streams_list(FastpixCore(), options=options).failure()
    assert str(error) == "live_streams_list: options must be a RequestOptions, not dict"


def test_none_is_the_default_where_a_core_has_one() -> None:
    nothing: Any = None
    core = FastpixCore(retries=nothing, hooks=nothing)
    assert (core.configuration.retries, core.configuration.hooks) == (Retries(), Hooks())


@pytest.mark.parametrize("kind", [FastpixCore, AsyncFastpixCore, Fastpix, AsyncFastpix])
def test_the_defaults(kind: type[FastpixCore]) -> None:
    assert kind().configuration == Configuration(
        username=None,
        password=None,
        credentials=None,
        server_url="https://api.fastpix.com/v1/",
        allow_http=False,
        timeout=Timeout(total=60, attempt=20, connect=5),
        retries=Retries(attempts=3, base=0.25, cap=8),
        hooks=Hooks(),
        max_response_bytes=64 * 1024 * 1024,
        max_connections=100,
        strict=False,
    )


def test_a_plain_timeout_is_that_of_the_whole_call() -> None:
    assert FastpixCore(timeout=7).configuration.timeout == Timeout(total=7, attempt=20, connect=5)


def test_options_change_nothing_by_default() -> None:
    nothing = {"timeout": None, "retries": None, "server_url": None, "strict": None}
    assert msgspec.structs.asdict(RequestOptions()) == {"headers": {}, "validate": True, **nothing}


@pytest.mark.parametrize("kind", [FastpixCore, AsyncFastpixCore])
def test_an_empty_server_url_in_the_environment_is_none(
    kind: type[FastpixCore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTPIX_SERVER_URL", "")
    assert kind().configuration.server_url == "https://api.fastpix.com/v1/"
    monkeypatch.setenv("FASTPIX_SERVER_URL", "https://a.test/v1/")
    assert kind().configuration.server_url == "https://a.test/v1/"
    assert kind(server_url="https://b.test/").configuration.server_url == "https://b.test/"


@pytest.mark.parametrize("kind", [FastpixCore, AsyncFastpixCore, Fastpix, AsyncFastpix])
def test_the_environment_permits_plain_http(kind: type[FastpixCore], monkeypatch: pytest.MonkeyPatch) -> None:
    for value, is_allowed in {"": False, "1": True}.items():
        monkeypatch.setenv("FASTPIX_ALLOW_HTTP", value)
        assert kind().configuration.allow_http is is_allowed
    assert kind(allow_http=False).configuration.allow_http is False
    monkeypatch.setenv("FASTPIX_ALLOW_HTTP", "yes")
    with pytest.raises(ConfigurationError, match="FASTPIX_ALLOW_HTTP must be '1' or unset, not 'yes'"):
        kind()


def test_a_client_of_the_other_kind_is_refused() -> None:
    other: Any = httpx.AsyncClient()
    with pytest.raises(
        ConfigurationError, match=r"an httpx\.Client, or the Client of a fork of httpx, not httpx2?\.AsyncClient"
    ):
        FastpixCore(client=other)
    other = httpx.Client()
    with pytest.raises(
        ConfigurationError, match=r"an httpx\.AsyncClient, or the AsyncClient of a fork of httpx, not httpx2?\.Client"
    ):
        AsyncFastpixCore(client=other)


@pytest.mark.parametrize("make", [FastpixCore, AsyncFastpixCore, Fastpix, AsyncFastpix])
def test_an_unexpected_setting_names_the_class_and_what_there_is(make: Any) -> None:
    with pytest.raises(TypeError) as caught:
        make(usrname="a", username="b")
    assert str(caught.value).startswith(f"{make.__name__}(username, password, credentials, ")
    assert str(caught.value).endswith("): Unexpected keyword argument 'usrname'")
    with pytest.raises(TypeError, match="Extra positional arguments provided"):
        make("name", "word")


def test_a_subclass_may_have_settings_of_its_own() -> None:
    class Ours(FastpixCore):
        def __init__(self, tenant: str) -> None:
            super().__init__(username=tenant, password="b")

    assert Ours("a").configuration.username == "a"
    assert list(inspect.signature(FastpixCore).parameters)[:2] == ["username", "password"]
    assert pickle.loads(pickle.dumps(FastpixCore(username="a"))).configuration.username == "a"


@pytest.mark.parametrize(
    ("kind", "values", "fields", "problem"),
    [
        (GetAllStreamsRequest, (), {"limt": 5}, "(limit, offset, order_by): Unexpected keyword argument 'limt'"),
        (GetLiveStreamRequest, (), {}, "(stream_id): Missing required argument 'stream_id'"),
        (GetLiveStreamRequest, ("a", "b"), {}, "(stream_id): Extra positional arguments provided"),
        (Timeout, (), {"totl": 3}, "(total, attempt, connect): Unexpected keyword argument 'totl'"),
        (Retries, (3,), {}, "(attempts, base, cap): Extra positional arguments provided"),
        (Hooks, (), {"on_eror": print}, "(before_request, after_response, on_error, on_deviations, around_call): Unexpected keyword argument 'on_eror'"),
        (RequestOptions, (), {"heders": {}}, "(headers, timeout, retries, server_url, validate, strict): Unexpected keyword argument 'heders'"),
    ],
)  # fmt: skip
def test_a_wrong_argument_names_the_class_and_its_fields(kind: Any, values: Any, fields: Any, problem: str) -> None:
    with pytest.raises(TypeError) as caught:
        kind(*values, **fields)
    assert str(caught.value) == f"{kind.__name__}{problem}"


class Checked(Model):
    count: int

    def __post_init__(self) -> None:
        raise TypeError(f"my own words of {self.count}")


def test_a_type_error_of_a_class_of_the_users_is_left_alone() -> None:
    with pytest.raises(TypeError) as caught:
        Checked(1)
    assert str(caught.value) == "my own words of 1"
    assert caught.traceback[-1].name == "__post_init__"
