"""The fixtures of all tests: a local FastPix, in process and behind a socket, and cores that use it."""

import os
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import settings

from fastpix import AsyncFastpixCore, FastpixCore
from fastpix._http.route import ssl_context
from fastpix.core import refill_budgets
from fastpix.emulator import Emulator
from fastpix.emulator.server import serving
from tests.servers import Scripted

collect_ignore = sorted({"strangers", "official"} - {os.environ.get("FASTPIX_TESTS")})
"""The folders of tests that import packages which only an environment of their own has."""


def _loopback_only(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and not isinstance(arguments[1], str | bytes):
        host = str(arguments[1][0])
        if not host.startswith("127.") and host not in {"localhost", "::1"}:
            raise AssertionError(f"a test must not connect to {host}: only loopback addresses are allowed")


sys.addaudithook(_loopback_only)
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the credentials, certificates and proxies of the machine from the environment."""
    ours = ("FASTPIX_USERNAME", "FASTPIX_PASSWORD", "FASTPIX_SERVER_URL", "FASTPIX_TRANSPORT", "FASTPIX_ALLOW_HTTP")
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    for name in (*ours, "SSL_CERT_FILE", "SSL_CERT_DIR", *proxies, *map(str.lower, proxies)):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _full_budgets() -> None:
    """Give each test full retry budgets, whatever the tests before it spent."""
    refill_budgets()


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    emulator = Emulator()
    yield emulator
    emulator.close()


@pytest.fixture
def core(emulator: Emulator) -> Iterator[FastpixCore]:
    """A core that uses the local FastPix without a socket."""
    with FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport()) as core:
        yield core


@pytest.fixture
def async_core(emulator: Emulator) -> AsyncFastpixCore:
    return AsyncFastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())


@pytest.fixture
def server_url(emulator: Emulator) -> Iterator[str]:
    """The URL of the local FastPix behind a real socket."""
    with serving(emulator) as server:
        yield server.url


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """A server that treats each request as the test says, and records the bytes of the request."""
    with Scripted() as server:
        yield server


@pytest.fixture
def tls_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """The TLS context of a server. Its certificate is trusted, because ``SSL_CERT_FILE`` names its authority.

    The folder of the file also works as ``SSL_CERT_DIR``: OpenSSL finds a certificate there by the hash of its subject.
    """
    authority = trustme.CA(organization_name="fastpix", organization_unit_name="tests")
    for name in ("ca.pem", "9a699c22.0"):
        authority.cert_pem.write_to_path(str(tmp_path / name))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "fastpix.test").configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - of an optional package
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    ssl_context.cache_clear()
    yield context
    ssl_context.cache_clear()


@pytest.fixture
def tls_server(tls_context: ssl.SSLContext) -> Iterator[Scripted]:
    """A scripted server over TLS whose certificate is trusted."""
    with Scripted(tls=tls_context) as server:
        yield server


@pytest.fixture(params=["http", "https"])
def server(request: pytest.FixtureRequest) -> Scripted:
    """A scripted server, over http and over https."""
    server: Scripted = request.getfixturevalue("scripted" if request.param == "http" else "tls_server")
    return server
