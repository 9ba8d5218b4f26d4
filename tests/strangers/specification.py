"""``make contract``: writes the request side of the API descriptions, without their sentences, as one OpenAPI document.

schemathesis makes requests from it. The first document describes the whole API. The second one describes later
changes, and takes precedence.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any, TypeAlias, cast

import yaml

from fastpix._call.validation import mapping, sequence
from tests.contract_table import METHODS

SPECIFICATION = Path(__file__).with_name("specification.json")
OF_AN_OPERATION = ("operationId", "parameters", "requestBody")
COMPONENTS = ("schemas", "parameters", "requestBodies")
WORDS = {"description", "summary", "example", "examples", "title", "tags", "externalDocs", "deprecated"}
REFERENCE = r'#/components/(\w+)/([^"]+)'

Document: TypeAlias = dict[str, Any]


def requests_of(documents: list[Document]) -> Document:
    """Return the paths, parameters and request bodies of all documents. Later documents take precedence."""
    paths: Document = {}
    components: Document = {kind: {} for kind in COMPONENTS}
    for document in documents:
        for path, item in document["paths"].items():
            known = paths.setdefault(path, {})
            if "parameters" in item:
                known["parameters"] = _bare(item["parameters"])
            for method in METHODS:
                if method in item:
                    facts = {name: _bare(item[method][name]) for name in OF_AN_OPERATION if name in item[method]}
                    known[method] = {**known.get(method, {}), **facts, "responses": {"default": {"description": ""}}}
        for kind, named in components.items():
            named.update(_bare(document.get("components", {}).get(kind, {}), are_names=True))
    return {
        "openapi": "3.0.3",
        "info": {"title": "FastPix", "version": "2026-11"},
        "paths": paths,
        "components": _used(paths, components),
    }


def _bare(value: object, *, are_names: bool = False) -> Any:
    """Return a part of a document without sentences. The keys of ``properties`` are names, and all of them are kept."""
    if isinstance(value, list):
        return [_bare(item) for item in sequence(cast("object", value))]
    if not isinstance(value, dict):
        return value
    return {
        name: _bare(part, are_names=name == "properties" and not are_names)
        for name, part in cast("Document", mapping(cast("object", value))).items()
        if are_names or (name not in WORDS and not name.startswith("x-"))
    }


def _used(paths: Document, components: Document) -> Document:
    """Return the components that the paths refer to, directly or through others."""
    used: set[tuple[str, str]] = set()
    found = set(re.findall(REFERENCE, json.dumps(paths)))
    while found:
        used |= found
        texts = [json.dumps(components[kind][name]) for kind, name in found]
        found = {reference for text in texts for reference in re.findall(REFERENCE, text)} - used
    return {
        kind: {name: part for name, part in named.items() if (kind, name) in used} for kind, named in components.items()
    }


def main() -> None:
    document = requests_of([yaml.safe_load(Path(path).read_text()) for path in sys.argv[1:]])
    SPECIFICATION.write_text(json.dumps(document, indent=1) + "\n")
    print(f"wrote {len(document['paths'])} paths to {SPECIFICATION}", file=sys.stderr)


if __name__ == "__main__":
    main()
