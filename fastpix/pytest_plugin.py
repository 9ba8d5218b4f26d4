"""Fixtures for pytest: a local FastPix for each test. pytest finds them by itself.

A test run that uses none of them imports nothing for them.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fastpix import AsyncFastpixCore, FastpixCore
    from fastpix.emulator import Emulator, Inbox, Sent, Server

__all__ = [
    "fastpix_async_core",
    "fastpix_core",
    "fastpix_emulator",
    "fastpix_sent",
    "fastpix_server",
    "fastpix_webhooks",
]


@pytest.fixture
def fastpix_emulator(request: pytest.FixtureRequest) -> "Iterator[Emulator]":
    """An empty local FastPix in process, without a socket: a `fastpix.emulator.Emulator`.

    In a test that names ``fastpix_server``, it is the one behind that server.
    """
    from fastpix.emulator import Emulator

    if "fastpix_server" in request.fixturenames:
        server: Server = request.getfixturevalue("fastpix_server")
        yield server.emulator
        return
    emulator = Emulator()
    yield emulator
    emulator.close()


@pytest.fixture
def fastpix_core(fastpix_emulator: "Emulator") -> "Iterator[FastpixCore]":
    """A `fastpix.FastpixCore` that uses ``fastpix_emulator``. Before a retry, it waits only for a ``Retry-After``."""
    from fastpix import FastpixCore

    with FastpixCore(**_settings(fastpix_emulator)) as core:
        yield core


@pytest.fixture
def fastpix_async_core(fastpix_emulator: "Emulator") -> "AsyncFastpixCore":
    """A `fastpix.AsyncFastpixCore` that uses ``fastpix_emulator``, like ``fastpix_core``."""
    from fastpix import AsyncFastpixCore

    return AsyncFastpixCore(**_settings(fastpix_emulator))


@pytest.fixture
def fastpix_sent(fastpix_emulator: "Emulator") -> "list[Sent]":
    """The requests that ``fastpix_emulator`` received in this test, each a `fastpix.emulator.Sent`."""
    return fastpix_emulator.sent


@pytest.fixture
def fastpix_webhooks(fastpix_emulator: "Emulator", monkeypatch: pytest.MonkeyPatch) -> "Iterator[Inbox]":
    """The webhooks that ``fastpix_emulator`` sends in this test: a `fastpix.emulator.Inbox`.

    They arrive in the turn of the call, or of the move of the clock, that causes them, so a test need not wait. Their
    signing secret is in ``FASTPIX_WEBHOOK_SECRET`` meanwhile.
    """
    from fastpix.emulator import Inbox

    inbox = Inbox()
    monkeypatch.setenv("FASTPIX_WEBHOOK_SECRET", inbox.secret)
    webhook = fastpix_emulator.add_webhook(inbox, secret=inbox.secret)
    yield inbox
    fastpix_emulator.remove_webhook(webhook.id)


@pytest.fixture(scope="session")
def fastpix_server(pytestconfig: pytest.Config) -> "Iterator[Server]":
    """A local FastPix behind a real port of this machine: a `fastpix.emulator.Server`.

    One server serves the whole session. Before each test, its data, planned faults and webhooks are deleted, so a
    fixture of a wider scope cannot seed it. The retry budgets of the process are full then.
    """
    from fastpix.emulator import Emulator

    emulator = Emulator()
    with _serving()(emulator) as server:
        resets = _ResetsBeforeTests(emulator)
        pytestconfig.pluginmanager.register(resets)
        yield server
        pytestconfig.pluginmanager.unregister(resets)
    emulator.close()


def _settings(emulator: "Emulator") -> dict[str, Any]:
    from fastpix import Retries
    from fastpix.emulator.paths import API_PATH
    from fastpix.emulator.service import NOWHERE

    return {
        "username": emulator.username,
        "password": emulator.password,
        "server_url": f"{NOWHERE}{API_PATH}/",
        "retries": Retries(base=0),
        "transport": emulator.transport(),
    }


def _serving() -> "Callable[[Emulator], AbstractContextManager[Server]]":
    try:
        from fastpix.emulator.server import serving
    except ModuleNotFoundError as missing:
        pytest.fail(
            f"fastpix_server needs the package {missing.name}. Run: pip install 'fastpix[emulator]'", pytrace=False
        )
    return serving


class _ResetsBeforeTests:
    """A plugin that is registered with the server, so that a session without a server pays nothing for it."""

    def __init__(self, emulator: "Emulator") -> None:
        self._emulator = emulator

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        from fastpix.core import refill_budgets

        self._emulator.reset()
        for webhook in self._emulator.webhooks():
            self._emulator.remove_webhook(webhook.id)
        refill_budgets()
