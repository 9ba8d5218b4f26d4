"""Every operation and struct compared with `contract.json`, the facts of the API: nothing is missing or invented."""

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
    r"parameters timespan\[\]: query string (of .*) -> query array\|string \1": "also begin and end (FACTS 9)",
    r"parameters filterby\[\]: query string -> query array": "the parameter may be repeated (FACTS 9)",
    r"parameters filterby\[\]\[\]: absent -> query string": "the parameter may be repeated (FACTS 9)",
    r"parameters limit: query integer -> query integer maximum=50 minimum=1": "1 to 50 in all operations (FACTS 6)",
    r"parameters offset: query integer -> query integer minimum=1": "a page number that starts at 1 (FACTS 0.1)",
    r"parameters sortOrder: query string -> query string of asc, desc": "there are two orders (FACTS 6)",
    r"parameters measurement: query string -> query string of 95th, avg, count, median, sum": "FACTS 9",
    r"body tracks: object -> required object": "the body has no other field",
    r"body languageCode: required string -> required string of .*": "the enumeration of May 2026 is unchanged",
    r"body languageCode: required string -> string": "optional in the official SDKs (November, change 3)",
    r"body languageName: required string -> string": "optional, as languageCode",
    r"body inputs\[\]<video>\.(start|end)Time: integer -> number": "the official SDK 1.2.0 allows fractions",
    r"body .*<(\w+)>\.type: required string -> required string of \1": "the tag that identifies the choice",
    r"body .*segments\[\]\.insertAt(End)?: required (\w+) -> \2": "exactly one of the two fields is required",
    r"answer .*\.failedReason: absent -> string": "sent together with the status failed (FACTS 10)",
    r"answer .*\.(chapters|namedEntities|moderation)\.data: object -> array\|object": "a list in events (FACTS 1.5)",
    r"answer data(\[\])?\.errorId: (integer|string) -> integer\|string": "number in the SDK, text in a recording",
    r"answer data\.timeout: integer -> number": "as in the other responses about uploads",
    r"answer data: absent -> object|answer data\.message: absent -> string": "for a deleted signing key (FACTS 11)",
    r"answer .*: string -> string of .*": "the values of FACTS 4, 7 and 10; others are accepted",
    r"answer .*\baccessPolicy: string of private, public -> string of drm, private, public": "one shared enumeration",
    r"answer .*\.(status|(max|source)Resolution|languageCode): string of .* -> string of .*": "one shared enumeration",
    r"answer data\.(mediaIds|simulcastResponses)\b.*: absent -> .*": "one struct for all streams",
    r"answer data(\[\])?\.(frameRate|sourceMediaId|streamId): absent -> string": "one struct for all media",
    r"answer data(\[\])?\.(mediaQuality|metadata(\{\})?): absent -> .*": "one struct for all media",
    r"answer .*tracks\[\]\.(closedCaptions|title): absent -> .*": "a field of the official SDK 1.2.0",
    r"answer data\.title: absent -> string": "for generated subtitles, in the text of the description of November 2026",
    r"answer metadata\.granularity: absent -> string": "a field of the official SDK 1.2.0",
    r"answer data\.topErrors\[\]\.(id|description): absent -> string": "a field of the official SDK 1.2.0",
    r"answer data(\[\])?\.(id|mediaId): absent -> string": "a field of uploads in the official SDK 1.2.0",
    r"answer data\.(custom\d+|events\[\]\.eventTime): absent -> .*": "a field of the official SDK 1.2.0",
    r"answer data\.(fpEmbed|liveStreamLatency|player(Height|Width)): .*": "also the types of the official SDK 1.2.0",
    r"answer data\.playbackIds\b.*: absent -> .*": "fields of a new playback id in the official SDK 1.2.0",
    r"answer data\[\]\.(workspace|pagination)\b.*: absent -> .*": "fields of signing keys in the official SDK 1.2.0",
    r"answer .*\.pushMediaSettings\.playbackIds\[\]\.id: absent -> string": "one struct for playback ids of media",
}
"""The differences between the declarations and the specification, each with its reason or source."""

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
"""The required fields of a struct. A struct that is not listed requires its ``id``, or nothing if it has no ``id``."""
DATA_OF_NO_USE = {"delete-a-playlist"}

WHOLE_MEDIA = {"get-media-clips": "list-live-clips"}
"""Maps an operation whose response has whole media to an operation whose response describes them.

The specification describes only six fields of the former. The official SDK 1.2.0 reads whole media.
"""

every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())


def test_each_patch_says_whether_it_is_sent_again() -> None:
    """HTTP does not say whether a PATCH is idempotent, so each declaration does, with the reason in a comment."""
    for resource in RESOURCES:
        lines = Path(resource.__file__ or "").read_text().splitlines()
        for number, line in enumerate(lines):
            if line.startswith("@patch("):
                assert re.fullmatch(r"    idempotent=(True|False),  # .+", lines[number + 3]), lines[number + 1]


def test_what_is_sent_again_is_as_its_method_but_for_two() -> None:
    """README.md names the exceptions to the rule that GET, PUT, PATCH and DELETE are idempotent and POST is not."""
    by_method = {True: ("GET", "PUT", "PATCH", "DELETE"), False: ("POST",)}
    different = {
        operation.__name__: operation.endpoint.idempotent
        for operation in OPERATIONS.values()
        if operation.endpoint.method not in by_method[operation.endpoint.idempotent]
    }
    assert different == {"playlists_add_media": False, "signing_keys_create": True}


def row_of(operation: Operation[..., Any]) -> dict[str, Any]:
    """Return the parameters, the body and the response of an operation, in the form of the table."""
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
