"""`make contract SPEC=... CHANGES=...`: writes the facts of the API descriptions to a table.

`test_contract.py` reads the table.

The first document describes the whole API. The second document describes later changes, and takes precedence.

A fact is a line of words: the place of a parameter, whether it is required, its types, its bounds and its known values.
An inner field is named by its path: ``inputs[]`` is an item of a list, ``metadata{}`` is a value of a map, and
``inputs[]<video>`` is one of the choices of a request. The choices of a response are merged. The bounds of a response
are left out, because a reader does not need them.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from tests.facts import Facts

TABLE = Path(__file__).with_name("contract.json")
METHODS = ("get", "post", "put", "patch", "delete")
BOUNDS = ("minimum", "maximum", "maxLength", "maxProperties")

ADDITIONS = {"mp4Support": "MediaAdditions", "srtSecret": "LiveStreamAdditions", "tracks[].languageName": "TrackTitle"}
"""Schemas that add fields to responses: each schema extends every object that has the field on the left."""

Schema: TypeAlias = dict[str, Any]
Table: TypeAlias = dict[str, Any]


class Specification:
    """An OpenAPI document."""

    def __init__(self, document: Schema) -> None:
        self._document = document

    def table(self) -> Table:
        rows: Table = {
            operation["operationId"]: self._row(method, path, {**operation, "shared": item.get("parameters", [])})
            for path, item in self._document["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        }
        return dict(sorted(rows.items()))

    def changed(self, table: Table) -> Table:
        """Return another table, updated with this document's operations and its additions to objects in responses."""
        for id, row in self.table().items():
            known: Table = table.setdefault(id, row) or {}
            known["body"] = row["body"] or known["body"]
            known["answer"].update(row["answer"])
        for row in table.values():
            for path in list(row["answer"]):
                row["answer"].update(self._additions(path))
            row["answer"] = dict(sorted(row["answer"].items()))
        return dict(sorted(table.items()))

    def _additions(self, path: str) -> dict[str, str]:
        if path.endswith(".duration"):
            duration = self._document["components"]["schemas"]["MediaAdditions"]["properties"]["duration"]
            return {path: str(self._facts(duration, False))}
        for field, schema in ADDITIONS.items():
            if path.endswith(f".{field}"):
                around = path.removesuffix(f".{field}") + (".tracks[]" if schema == "TrackTitle" else "")
                return self._told(self._walk({"$ref": f"#/components/schemas/{schema}"}, around, False), tagged=False)
        return {}

    def _row(self, method: str, path: str, operation: Schema) -> dict[str, Any]:
        parameters = [self._resolved(found) for found in [*operation["shared"], *operation.get("parameters", [])]]
        success = next(answer for status, answer in operation["responses"].items() if str(status).startswith("2"))
        return {
            "method": method.upper(),
            "path": path,
            "parameters": {found["name"]: self._parameter(found) for found in parameters},
            "body": self._fields(operation.get("requestBody", {}), tagged=True),
            "answer": self._fields(success, tagged=False),
        }

    def _parameter(self, parameter: Schema) -> str:
        return f"{parameter['in']} {self._facts(self._resolved(parameter['schema']), parameter.get('required', False))}"

    def _fields(self, holder: Schema, *, tagged: bool) -> dict[str, str]:
        schema = self._resolved(holder).get("content", {}).get("application/json", {}).get("schema")
        return self._told(self._walk(schema, "", tagged), tagged=tagged) if schema else {}

    def _told(self, fields: Iterator[tuple[str, Facts]], *, tagged: bool) -> dict[str, str]:
        found: dict[str, Facts] = {}
        for path, facts in fields:
            known = facts if tagged else Facts(facts.types, enum=facts.enum)
            found[path] = found[path].merged(known) if path in found else known
        return {path: str(facts) for path, facts in sorted(found.items())}

    def _walk(
        self, schema: Schema, path: str, tagged: bool, around: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, Facts]]:
        name = schema.get("$ref", "")
        if name in around:
            return
        around = (*around, name) if name else around
        schema = self._resolved(schema)
        for choice in self._choices(schema):
            tag = tag_of(self._resolved(choice))
            yield from self._walk(choice, f"{path}<{tag}>" if tagged and tag else path, tagged, around)
        for name, field in schema.get("properties", {}).items():
            at = f"{path}.{name}".removeprefix(".")
            yield at, self._facts(self._resolved(field), name in schema.get("required", []))
            yield from self._walk(field, at, tagged, around)
        for word, inner in (("[]", schema.get("items")), ("{}", schema.get("additionalProperties"))):
            if inner is None or isinstance(inner, bool):
                continue
            facts = self._facts(self._resolved(inner), False)
            if facts.types != {"object"}:
                yield path + word, facts
            yield from self._walk(inner, path + word, tagged, around)

    def _facts(self, schema: Schema, required: bool) -> Facts:
        bounds = {name: schema[name] for name in BOUNDS if name in schema}
        holders = [schema, *map(self._resolved, self._choices(schema))]
        enum = [value for holder in holders for value in holder.get("enum", [])]
        return Facts(self._types(schema), required=required, enum=enum, **bounds)

    def _types(self, schema: Schema) -> set[str]:
        choices = self._choices(schema)
        if choices:
            return set[str]().union(*(self._types(self._resolved(choice)) for choice in choices))
        return {schema.get("type", "object")}

    def _choices(self, schema: Schema) -> list[Schema]:
        return [*schema.get("oneOf", []), *schema.get("anyOf", [])]

    def _resolved(self, schema: Schema) -> Schema:
        """Return the schema that references lead to, with its ``allOf`` parts merged."""
        while "$ref" in schema:
            target: Any = self._document
            for key in schema["$ref"].removeprefix("#/").split("/"):
                target = target[key]
            schema = target
        whole: Schema = {**schema, "properties": dict(schema.get("properties", {}))}
        for part in map(self._resolved, schema.get("allOf", [])):
            whole["properties"].update(part["properties"])
            whole["required"] = [*whole.get("required", []), *part.get("required", [])]
        return whole


def tag_of(choice: Schema) -> str | None:
    """Return the value of ``type`` that identifies a choice of a request, or ``None`` if there is none."""
    kind = choice.get("properties", {}).get("type", {})
    values = [*kind.get("enum", []), kind.get("default"), kind.get("example")]
    return next((str(value) for value in values if value), None)


def main() -> None:
    whole, changes = (Specification(yaml.safe_load(Path(path).read_text())) for path in sys.argv[1:])
    table = changes.changed(whole.table())
    TABLE.write_text(json.dumps(table, indent=1) + "\n")
    print(f"wrote {len(table)} operations to {TABLE}", file=sys.stderr)


if __name__ == "__main__":
    main()
