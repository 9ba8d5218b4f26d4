"""The stored values of a response struct, and the values of its attributes."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime
from typing import ClassVar

import msgspec
import pytest
from msgspec import UNSET

from fastpix.api.common import ABSENT, Answer, Data, text_of
from fastpix.api.live_streams import LiveStream
from fastpix.api.times import Timestamp

BODY = b'{"streamId":"a","streamKey":"b","createdAt":"2026-05-20T12:50:13.467598Z"}'
MOMENT = datetime(2026, 5, 20, 12, 50, 13, 467598, UTC)


class Program(Answer):
    """A response struct of a user, in a module whose annotations are strings."""

    channel: ClassVar[str] = "one"
    id: str
    starts_at: Timestamp | None = ABSENT
    note: str | None = ABSENT


def stream(**others: str | None) -> LiveStream:
    fields = {"streamId": "a", "streamKey": "b", **others}
    return msgspec.json.decode(msgspec.json.encode(fields), type=LiveStream)


def test_a_timestamp_reads_as_a_datetime_and_encodes_as_it_came() -> None:
    decoded = msgspec.json.decode(BODY, type=LiveStream)
    assert decoded.created_at == MOMENT
    assert text_of(decoded, "created_at") == "2026-05-20T12:50:13.467598Z"
    assert msgspec.json.encode(decoded) == BODY
    match decoded:
        case LiveStream(created_at=datetime() as created):
            assert created == MOMENT
        case _:
            pytest.fail("a pattern must match the value of the attribute")


def test_an_odd_timestamp_loses_nothing() -> None:
    odd = stream(createdAt="next week", status="idle")
    assert (odd.created_at, odd.status, odd.stream_id) == (None, "idle", "a")
    assert text_of(odd, "created_at") == "next week"
    assert b'"createdAt":"next week"' in msgspec.json.encode(odd)


def test_what_was_absent_has_no_text() -> None:
    assert text_of(stream(), "created_at") is None
    assert text_of(stream(createdAt=None), "created_at") is None


def test_a_copy_holds_what_came() -> None:
    decoded = msgspec.json.decode(BODY, type=LiveStream)
    replaced = msgspec.structs.replace(decoded, status="idle")
    for other in (pickle.loads(pickle.dumps(decoded)), copy.copy(decoded), copy.deepcopy(decoded)):
        assert other == decoded
        assert hash(other.created_at) == hash(decoded.created_at)
        assert msgspec.json.encode(other) == BODY
    assert (replaced.created_at, replaced.status) == (MOMENT, "idle")


def test_an_answer_made_by_hand_takes_a_datetime() -> None:
    made = LiveStream("a", "b", created_at=MOMENT)
    assert made.created_at == MOMENT
    assert msgspec.json.encode(made) == BODY
    assert made == msgspec.json.decode(BODY, type=LiveStream)


def test_a_users_own_answer_reads_timestamps_too() -> None:
    program = msgspec.json.decode(b'{"id":"a","startsAt":"2026-05-20T12:50:13.467598Z"}', type=Program)
    assert program.starts_at == MOMENT
    assert program.note is None


def test_answers_that_read_alike_are_equal() -> None:
    absent, null = stream(), stream(createdAt=None, status=None)
    assert absent == null
    assert hash(absent) == hash(null)
    assert Data(absent) == Data(null, success=None)
    assert not absent != null  # noqa: SIM202 - msgspec implements `!=` separately
    assert absent != stream(status="idle")
    assert absent != "a"
    assert (absent == "a") is False
    assert Program("a") != Data("a")


def test_what_is_in_the_slots_is_seen_by_asdict() -> None:
    assert msgspec.structs.asdict(stream())["created_at"] is UNSET
    assert msgspec.to_builtins(stream()) == {"streamId": "a", "streamKey": "b"}
    assert "created_at=datetime.datetime(2026, 5, 20" in repr(msgspec.json.decode(BODY, type=LiveStream))


class Shifted(Program):
    """A subclass that changes which of its fields is a timestamp."""

    starts_at: str | None = ABSENT  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleVariableOverride] - on purpose
    note: Timestamp | None = ABSENT  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleVariableOverride] - on purpose


def test_a_subclass_may_declare_a_field_anew() -> None:
    text = "2026-05-20T12:50:13.467598Z"
    shifted = msgspec.json.decode(msgspec.json.encode({"id": "a", "startsAt": text, "note": text}), type=Shifted)
    assert (shifted.starts_at, shifted.note) == (text, MOMENT)


def test_a_field_that_is_not_there_has_no_text() -> None:
    with pytest.raises(AttributeError):
        text_of(stream(), "createdAt")
