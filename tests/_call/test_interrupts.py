"""An exception that a signal handler raises passes through a call, whatever its type."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from fastpix import FastpixCore, Hooks, RequestOptions, Retries, Success
from fastpix._call.interrupts import pass_interrupt, suppressed
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable
from fastpix.errors import ConnectionFailedError, TimedOutError, UnexpectedClientError
from tests.servers import Scripted, answer, hang, unused_url

ENABLE = EnableLiveStreamRequest("abc")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGALRM")


class Guard(Exception):  # noqa: N818 - users may name exceptions this way
    pass


@pytest.fixture
def alarm() -> Iterator[Callable[[Any], None]]:
    """Return a function that installs a signal handler and sets an alarm in 0.1 seconds."""
    before = signal.getsignal(signal.SIGALRM)

    def set_alarm(handler: Any) -> None:
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.1)

    yield set_alarm
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def raising(error: Exception) -> list[Any]:
    """Return the handlers that users write: a function, a method, a callable object, and a function that calls one."""

    class Handler:
        def ring(self, *_: object) -> None:
            raise error

        def __call__(self, *_: object) -> None:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            self.ring()

    def ring(number: int, frame: object) -> None:
        raise error

    def indirect(*_: object) -> None:
        Handler().ring()

    return [ring, Handler().ring, Handler(), indirect]


def call_under(alarm: Callable[[Any], None], handler: Any, core: FastpixCore) -> None:
    alarm(handler)
    live_streams_enable(core, ENABLE)


@pytest.mark.parametrize("error", [TimeoutError("mine"), OSError("mine"), ValueError("mine"), Guard("mine")])
@pytest.mark.parametrize("form", range(4))
def test_an_alarm_ends_the_call_with_its_own_exception(
    scripted: Scripted, alarm: Callable[[Any], None], error: Exception, form: int
) -> None:
    scripted.script(hang)
    with FastpixCore(username="a", password="b", server_url=scripted.url, timeout=10, max_connections=1) as core:
        with pytest.raises(type(error)) as caught:
            call_under(alarm, raising(error)[form], core)
        assert caught.value is error
        assert len(scripted.requests) <= 1
        scripted.script(answer())
        assert isinstance(live_streams_enable(core, ENABLE), Success)


def test_an_alarm_in_the_users_own_code_passes_through_too(scripted: Scripted, alarm: Callable[[Any], None]) -> None:
    def sleep(*_: object) -> None:
        time.sleep(5)

    def credentials() -> tuple[str, str]:
        time.sleep(5)
        return "a", "b"

    scripted.script(hang)
    once: Any = {"retries": Retries(attempts=1), "server_url": scripted.url}
    with httpx.Client(event_hooks={"request": [sleep]}) as client:
        own: list[dict[str, Any]] = [
            {"hooks": Hooks(before_request=sleep)},
            {"credentials": credentials},
            {"client": client},
        ]
        for settings in own:
            core = FastpixCore(username="a", password="b", **once, **settings)
            with pytest.raises(Guard):
                call_under(alarm, raising(Guard("mine"))[0], core)


def test_an_exception_of_a_call_is_a_failure_even_while_that_of_a_handler_is_handled(
    alarm: Callable[[Any], None],
) -> None:
    core = FastpixCore(username="a", password="b", server_url=unused_url(), retries=Retries(attempts=1))
    try:
        alarm(raising(TimeoutError("mine"))[0])
        threading.Event().wait(5)
    except TimeoutError:
        assert isinstance(live_streams_enable(core, ENABLE).failure(), ConnectionFailedError)


def test_a_timeout_of_the_call_and_a_mistake_of_a_hook_are_failures(scripted: Scripted) -> None:
    def wrong(*_: object) -> None:
        raise Guard("mine")

    scripted.script(hang)
    core = FastpixCore(username="a", password="b", server_url=scripted.url)
    error = live_streams_enable(core, ENABLE, RequestOptions(timeout=0.2)).failure()
    assert isinstance(error, TimedOutError)
    scripted.script(answer())
    core = FastpixCore(username="a", password="b", server_url=scripted.url, hooks=Hooks(after_response=wrong))
    assert isinstance(live_streams_enable(core, ENABLE).failure(), UnexpectedClientError)


def test_a_ring_of_causes_has_an_end() -> None:
    first, second = Guard(), Guard()
    first.__cause__, second.__cause__ = second, first
    pass_interrupt(first)
    with suppressed():
        raise first
