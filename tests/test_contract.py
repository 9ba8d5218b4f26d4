"""Every operation and struct against `contract.json`, the API's facts: nothing missing, nothing invented."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any

import msgspec
import pytest

from fastpix._call.hints import choices_of
from fastpix.operation import Operation
from tests.contract_table import TABLE
from tests.facts import Facts, fields_of, merged, structs_at, structs_in
from tests.operations import OPERATIONS, RESOURCES

CONTRACT: dict[str, Any] = json.loads(TABLE.read_text())

CORRECTIONS = {
    r"parameters timespan\[\]: query string (of .*) -> query array\|string \1": "begin and end, too (FACTS 9)",
    r"parameters filterby\[\]: query string -> query array": "may be repeated (FACTS 9)",
    r"parameters filterby\[\]\[\]: absent -> query string": "may be repeated (FACTS 9)",
    r"parameters limit: query integer -> query integer maximum=50 minimum=1": "1 to 50 everywhere (FACTS 6)",
    r"parameters offset: query integer -> query integer minimum=1": "a page, from 1 (FACTS 0.1)",
    r"parameters sortOrder: query string -> query string of asc, desc": "the two orders (FACTS 6)",
    r"parameters measurement: query string -> query string of 95th, avg, count, median, sum": "FACTS 9",
    r"body tracks: object -> required object": "there is nothing else to send",
    r"body languageCode: required string -> required string of .*": "the enumeration of May is unchanged",
    r"body languageCode: required string -> string": "optional in the official SDKs (November, change 3)",
    r"body languageName: required string -> string": "the same",
    r"body inputs\[\]<video>\.(start|end)Time: integer -> number": "fractions in the official SDK 1.2.0",
    r"body .*<(\w+)>\.type: required string -> required string of \1": "the tag of the choice",
    r"body .*segments\[\]\.insertAt(End)?: required (\w+) -> \2": "either of the two",
    r"answer .*\.failedReason: absent -> string": "comes with the status failed (FACTS 10)",
    r"answer .*\.(chapters|namedEntities|moderation)\.data: object -> array\|object": "a list in events (FACTS 1.5)",
    r"answer data(\[\])?\.errorId: (integer|string) -> integer\|string": "a number in the SDK, text in a recorded list",
    r"answer data\.timeout: integer -> number": "as in the other answers of uploads",
    r"answer data: absent -> object|answer data\.message: absent -> string": "of a deleted signing key (FACTS 11)",
    r"answer .*: string -> string of .*": "values that FACTS 4, 7 and 10 tell; others pass",
    r"answer .*\baccessPolicy: string of private, public -> string of drm, private, public": "one enumeration for all",
    r"answer .*\.(status|(max|source)Resolution|languageCode): string of .* -> string of .*": "one enumeration for all",
    r"answer data\.(mediaIds|simulcastResponses)\b.*: absent -> .*": "one struct for all answers about a stream",
    r"answer data(\[\])?\.(frameRate|sourceMediaId|streamId): absent -> string": "one struct for all answers about a media",
    r"answer data(\[\])?\.(mediaQuality|metadata(\{\})?): absent -> .*": "one struct for all answers about a media",
    r"answer .*tracks\[\]\.(closedCaptions|title): absent -> .*": "in the official SDK 1.2.0",
    r"answer data\.title: absent -> string": "of generated subtitles, in the words of the description of November",
    r"answer metadata\.granularity: absent -> string": "in the official SDK 1.2.0",
    r"answer data\.topErrors\[\]\.(id|description): absent -> string": "in the official SDK 1.2.0",
    r"answer data(\[\])?\.(id|mediaId): absent -> string": "uploads in the official SDK 1.2.0",
    r"answer data\.(custom\d+|events\[\]\.eventTime): absent -> .*": "in the official SDK 1.2.0",
    r"answer data\.(fpEmbed|liveStreamLatency|player(Height|Width)): .*": "the types of the official SDK 1.2.0, too",
    r"answer data\.playbackIds\b.*: absent -> .*": "of a new playback id in the official SDK 1.2.0",
    r"answer data\[\]\.(workspace|pagination)\b.*: absent -> .*": "of signing keys in the official SDK 1.2.0",
    r"answer .*\.pushMediaSettings\.playbackIds\[\]\.id: absent -> string": "one struct for playback ids in a media",
}
"""Where the declarations say otherwise than the specification, and how that is known."""

ESSENTIAL = {
    "LiveStream": ["streamId", "streamKey"],
    "Simulcast": ["simulcastId"],
    "ViewerCount": ["views"],
    "SummaryEnabled": ["mediaId"],
    "ChaptersEnabled": ["mediaId"],
    "NamedEntitiesEnabled": ["mediaId"],
    "ModerationEnabled": ["mediaId"],
    "CreatedSigningKey": ["id", "privateKey"],
    "SigningKey": ["signingKeyId"],
    "Upload": ["uploadId", "url"],
    "CancelledUpload": ["uploadId", "url"],
    "ViewSummary": ["viewId"],
    "View": ["viewId"],
}
"""What an answer is about, where that is not the ``id`` of what it has, or nothing."""
DATA_OF_NO_USE = {"delete-a-playlist"}

WHOLE_MEDIA = {"get-media-clips": "list-live-clips"}
"""The answer of the first is described with six fields; the official SDK 1.2.0 reads whole media, as in the second."""

every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())


def test_each_patch_says_whether_it_is_sent_again() -> None:
    """HTTP leaves it open, so each declaration decides, and has the reason beside it."""
    for resource in RESOURCES:
        lines = Path(resource.__file__ or "").read_text().splitlines()
        for number, line in enumerate(lines):
            if line.startswith("@patch("):
                assert re.fullmatch(r"    idempotent=(True|False),  # .+", lines[number + 3]), lines[number + 1]


def test_what_is_sent_again_is_as_its_method_but_for_two() -> None:
    """README says which, and that only GET, PUT, PATCH and DELETE may be sent again."""
    by_method = {True: ("GET", "PUT", "PATCH", "DELETE"), False: ("POST",)}
    different = {
        operation.__name__: operation.endpoint.idempotent
        for operation in OPERATIONS.values()
        if operation.endpoint.method not in by_method[operation.endpoint.idempotent]
    }
    assert different == {"playlists_add_media": False, "signing_keys_create": True}


def row_of(operation: Operation[..., Any]) -> dict[str, Any]:
    """What an operation takes and answers, as the table would have it."""
    endpoint = operation.endpoint
    in_path = {name for name, _ in endpoint.path_parts}
    request = merged(fields_of(endpoint.request_type))
    outside = {path: facts for path, facts in request.items() if path in in_path or not endpoint.in_body}
    place = {path: "path" if path in in_path else "query" for path in outside}
    answer = {
        path: Facts(facts.types, enum=facts.enum) for path, facts in merged(fields_of(endpoint.response_type)).items()
    }
    return {
        "parameters": {path: f"{place[path]} {facts}" for path, facts in outside.items()},
        "body": {path: str(facts) for path, facts in request.items() if path not in outside},
        "answer": {path: str(facts) for path, facts in answer.items()},
    }


def facts_of_api(id: str) -> dict[str, Any]:
    answer: dict[str, str] = CONTRACT[id]["answer"]
    if id in WHOLE_MEDIA:
        answer = {**CONTRACT[WHOLE_MEDIA[id]]["answer"], **answer}
    return {**CONTRACT[id], "answer": answer}


def differences(operation: Operation[..., Any]) -> Iterator[str]:
    ours, facts = row_of(operation), facts_of_api(operation.endpoint.id)
    for part in ("parameters", "body", "answer"):
        for path in sorted({*ours[part], *facts[part]}):
            if ours[part].get(path) != facts[part].get(path):
                yield f"{part} {path}: {facts[part].get(path, 'absent')} -> {ours[part].get(path, 'absent')}"


def required(kind: Any) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(kind) if field.required]


@every_operation
def test_essential_is_data_and_what_it_is_about(operation: Operation[..., Any]) -> None:
    endpoint = operation.endpoint
    is_due = "data" in CONTRACT[endpoint.id]["answer"] and endpoint.id not in DATA_OF_NO_USE
    assert required(endpoint.response_type) == ["data"] * is_due
    for field in msgspec.structs.fields(endpoint.response_type):
        for kind in structs_at(field.type) if field.required else ():
            has_id = "id" in kind.__struct_encode_fields__
            assert required(kind) == ESSENTIAL.get(kind.__name__, ["id"] * has_id), kind


@every_operation
def test_whatever_is_not_essential_may_be_null(operation: Operation[..., Any]) -> None:
    for kind in {operation.endpoint.response_type, *structs_in(operation.endpoint.response_type)}:
        for field in msgspec.structs.fields(kind):
            assert field.required or NoneType in choices_of(field.type), (kind, field.name)


@every_operation
def test_an_operation_is_as_the_contract_has_it(operation: Operation[..., Any]) -> None:
    facts = CONTRACT[operation.endpoint.id]
    assert (operation.endpoint.method, operation.endpoint.path) == (facts["method"], facts["path"])
    wrong = [found for found in differences(operation) if not any(re.fullmatch(known, found) for known in CORRECTIONS)]
    assert wrong == []


def test_each_correction_is_still_one() -> None:
    found = [difference for operation in OPERATIONS.values() for difference in differences(operation)]
    assert [known for known in CORRECTIONS if not any(re.fullmatch(known, line) for line in found)] == []


def test_the_contract_has_no_other_operations() -> None:
    assert {operation.endpoint.id for operation in OPERATIONS.values()} == set(CONTRACT)
    assert len(CONTRACT) == len(OPERATIONS) == 76
