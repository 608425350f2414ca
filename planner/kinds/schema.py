"""JSON Schemas of the kinds, generated from their types; in those of scenarios the catalog's names are filled in."""

import json
from typing import Any

from pydantic import BaseModel

from planner.catalog.managed_tuning import tuning_providers
from planner.catalog.rows import Catalog
from planner.kinds.partial import for_editors
from planner.scenario import KINDS

Schema = dict[str, Any]
Names = tuple[tuple[str, tuple[str, ...]], ...]

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_ELSE = {"providers": "see `planner list providers`, or define it in an overlay (kind: CatalogOverlay)"}
"""Names of the catalog → what else helps where one is unknown."""
_BOUNDS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}


def build_schema(kind: str, catalog: Catalog) -> Schema:
    """The JSON Schema (draft 2020-12) of one kind of scenario."""
    return schema_with(kind, names_of(catalog))


def schema_with(kind: str, names: Names) -> Schema:
    """The same, with these names."""
    tidy: Schema = _tidy(KINDS[kind].model_json_schema(by_alias=True), _lists(names))
    return {"$schema": DRAFT, "title": f"{kind} scenario", **for_editors(tidy)}


def names_of(catalog: Catalog) -> Names:
    """The names of a catalog that schemas of scenarios list, by the mark in the types that they stand for."""
    names = {
        "engines": [
            *(engine.id for engine in catalog.engines),
            *(alias for engine in catalog.engines for alias in engine.aliases),
        ],
        "stacks": [stack.id for stack in catalog.stacks],
        "methods": [method.id for method in catalog.methods],
        "tasks": [task.id for task in catalog.tasks],
        "benchmarks": [benchmark.id for benchmark in catalog.benchmarks],
        "providers": (sellers := [*(provider.id for provider in catalog.providers), *tuning_providers(catalog)]),
        "sellers": [*sellers, *sorted({api.provider for api in catalog.apis} - set(sellers))],
    }
    return tuple((mark, tuple(words)) for mark, words in names.items())


def _lists(names: Names) -> dict[str, list[str]]:
    return {mark: list(words) for mark, words in names}


def document_schema(title: str, document: type[BaseModel], catalog: Catalog | None = None) -> Schema:
    """The JSON Schema of a document that is no scenario: it stands alone, and without a catalog names nothing of it."""
    tidy: Schema = _tidy(
        document.model_json_schema(by_alias=True), {} if catalog is None else _lists(names_of(catalog))
    )
    return {"$schema": DRAFT, "title": title, **tidy}


def schema_text(schema: Schema) -> str:
    """The bytes a schema has on disk."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _tidy(node: Any, names: dict[str, list[str]]) -> Any:  # noqa: ANN401 - any JSON value
    """Absent means default: unions with null go; bounds get their JSON Schema names; catalog names come in."""
    if isinstance(node, list):
        return [_tidy(item, names) for item in node]
    if not isinstance(node, dict):
        return node
    node = dict(node)
    node.pop("title", None) if isinstance(node.get("title"), str) else None
    if "anyOf" in node:
        branches = [branch for branch in node["anyOf"] if branch != {"type": "null"}]
        if len(branches) < len(node["anyOf"]):
            node.pop("default", None)
        node.pop("anyOf")
        node = {**branches[0], **node} if len(branches) == 1 else {**node, "anyOf": branches}
    for short, long in _BOUNDS.items():
        if short in node and isinstance(node[short], int | float):
            node[long] = node.pop(short)
    if "x-catalog" in node:
        node["enum"] = names[node.pop("x-catalog")]
    if "x-catalog-items" in node:
        _fill_items(node, names[mark := node.pop("x-catalog-items")], _ELSE.get(mark))
    if "x-catalog-methods" in node:
        _fill_methods(node, names[node.pop("x-catalog-methods")])
    return {
        key: {name: _tidy(value, names) for name, value in child.items()}
        if key in ("properties", "$defs")
        else _tidy(child, names)
        for key, child in node.items()
    }


def _fill_items(node: Schema, allowed: list[str], otherwise: str | None) -> None:
    """Restrict the items of a list (or of the list branch of a union) to names of the catalog."""
    for branch in node.get("anyOf", [node]):
        if branch.get("type") == "array":
            more = {} if otherwise is None else {"x-else": otherwise}
            branch["items"] = {"type": "string", "enum": allowed, **more}


def _fill_methods(node: Schema, allowed: list[str]) -> None:
    """A method is its name, or a mapping of one name to options."""
    options = {"$ref": "#/$defs/MethodOptions"}
    node["items"] = {
        "anyOf": [
            {"type": "string", "enum": allowed},
            {
                "type": "object",
                "properties": dict.fromkeys(allowed, options),
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            },
        ]
    }
