"""``python -m fastpix.emulator trigger``: one event of any known type, and one sample of each."""

import json
import subprocess
from time import time_ns

import pytest

from fastpix.emulator.webhooks import trigger
from fastpix.emulator.webhooks.samples import sample, samples
from fastpix.webhooks import LiveStreamEvent, UnknownEvent, read
from fastpix.webhooks.events import EVENT_TYPES, kind_of
from tests.emulator.processes import COMMAND
from tests.emulator.webhooks.receivers import Receiver
from tests.webhooks.bodies import SECRET, read_body, signed

NEVER_SENT = {
    "video.media.intro.ready",
    "video.media.non_standard_format.detected",
    "video.media.track.failed",
    "video.upload.created",
}
"""The known types that a local FastPix does not send by itself."""


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FASTPIX_WEBHOOK_SECRET", SECRET)
    return SECRET


def test_a_local_fastpix_sends_all_types_but_a_few() -> None:
    assert {*EVENT_TYPES} - samples().keys() == NEVER_SENT
    assert samples().keys() <= {*EVENT_TYPES}


@pytest.mark.parametrize("type", [*sorted(NEVER_SENT), "video.mediaAI.namedEntities.ready", "video.media.updated"])
def test_a_sample_is_an_event_of_its_type(type: str) -> None:
    body = sample(type)
    assert body is not None
    event = read_body(body)
    kind, spelling = kind_of(type)
    assert isinstance(event, kind.event)
    assert (getattr(event, "type", ""), getattr(event, "raw_type", "")) == (spelling, type)
    assert getattr(event, "deviations", None) == ()


def test_all_samples_are_events_without_deviations() -> None:
    for type, body in samples().items():
        event = read_body(body)
        assert not isinstance(event, UnknownEvent), type
        assert getattr(event, "deviations", None) == (), type


def test_it_sends_a_signed_event(receiver: Receiver, secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert trigger.main(["video.media.ready", "--to", receiver.url]) == 0
    body, headers = receiver.next()
    event = read(body, headers, secret).unwrap()
    assert getattr(event, "type", "") == "video.media.ready"
    shown, told = capsys.readouterr()
    assert shown.encode().strip() == body
    assert told == "video.media.ready: 204\n"


def test_an_event_can_be_about_an_object_that_exists(receiver: Receiver, secret: str) -> None:
    for type, data_id in (("video.media.ready", "id"), ("video.live_stream.idle", "streamId")):
        assert trigger.main([type, "--to", receiver.url, "--id", "an-id"]) == 0
        event = json.loads(receiver.next()[0])
        assert (event["object"]["id"], event["data"][data_id]) == ("an-id", "an-id")
    assert trigger.main(["video.media.track.ready", "--to", receiver.url, "--id", "an-id"]) == 0
    event = json.loads(receiver.next()[0])
    assert (event["object"]["id"], event["data"]["id"] == "an-id") == ("an-id", False)


def test_an_event_happens_now() -> None:
    before = time_ns()
    event = read_body(sample("video.live_stream.idle") or b"")
    assert isinstance(event, LiveStreamEvent)
    assert before <= event.created_at_ns <= time_ns()
    created = json.loads(sample("video.upload.created") or b"")
    assert created["data"]["status"] == "waiting"


def test_another_secret_can_be_given(receiver: Receiver, secret: str) -> None:
    other = "YW5vdGhlciBrZXk="
    assert trigger.main(["video.live_stream.idle", "--to", receiver.url, "--secret", other]) == 0
    body, headers = receiver.next()
    assert headers["FastPix-Signature"] != signed(body)["FastPix-Signature"]
    assert read(body, headers, other).unwrap()


def test_a_refusal_is_told_and_is_the_exit_status(
    receiver: Receiver, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.statuses = [400]
    assert trigger.main(["video.media.ready", "--to", receiver.url]) == 1
    assert trigger.main(["video.media.ready", "--to", "http://127.0.0.1:9/hooks"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "video.media.ready: 400"
    assert "ConnectError" in told[1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["video.media.redy", "--to", "http://127.0.0.1:9/"], "is not known. Did you mean video.media.ready?"),
        (["nonsense", "--to", "http://127.0.0.1:9/"], "is not known. The types are: video.media.created, "),
        (["video.media.ready", "--to", "https://example.com/"], "on another machine"),
        (["video.media.ready", "--to", "nonsense"], "must begin with http"),
        (["video.media.ready", "--to", "http://127.0.0.1:9/", "--secret", "?"], "is not base64"),
        (["video.media.ready"], "--to"),
    ],
)
def test_what_can_not_be_sent_is_told(
    arguments: list[str], told: str, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        trigger.main(arguments)
    assert ended.value.code == 2
    shown, error = capsys.readouterr()
    assert told in error
    assert shown == ""


def test_without_a_secret_it_says_where_to_put_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FASTPIX_WEBHOOK_SECRET", raising=False)
    with pytest.raises(SystemExit):
        trigger.main(["video.media.ready", "--to", "http://127.0.0.1:9/"])
    assert "FASTPIX_WEBHOOK_SECRET" in capsys.readouterr().err


def test_the_command_is_one_of_the_local_fastpix(receiver: Receiver, secret: str) -> None:
    command = [*COMMAND, "trigger", "video.media.failed", "--to", receiver.url]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout)["type"] == "video.media.failed"
    assert done.stderr == "video.media.failed: 204\n"
    assert receiver.next()[0].decode() == done.stdout.strip()
