"""Parts of scenarios in a JSON Schema: what editors hold a file against, a whole scenario, and a base for others.

The committed schema marks keys that a whole scenario must have as `x-required`, because a file that extends another
need not write them itself; `if`/`else` asks for them where a file stands alone.
"""

from typing import Any

Schema = dict[str, Any]

OVERRIDE = "Override"
_OF_FILES = ("api_version", "kind", "extends", "overrides", "abstract")
"""Keys that an override cannot have."""


def for_editors(schema: Schema) -> Schema:
    """The schema to commit: keys may be missing where `extends` or `abstract` is written; overrides are parts."""
    blocks = {name for name in schema.get("$defs", {}) if name in _reached(schema, schema["$defs"])}
    definitions = {
        name: _renamed(block, "required", "x-required") if name in blocks else block
        for name, block in schema.get("$defs", {}).items()
    }
    properties = dict(schema["properties"])
    if properties.get("overrides", {}).pop("x-overrides", False):
        properties["overrides"]["additionalProperties"] = {"$ref": f"#/$defs/{OVERRIDE}"}
        definitions[OVERRIDE] = {
            "description": "Part of a scenario, laid on it when the override is chosen.",
            "type": "object",
            "properties": {name: form for name, form in properties.items() if name not in _OF_FILES},
            "additionalProperties": False,
        }
    relaxed = _renamed({**schema, "$defs": definitions, "properties": properties}, "required", "x-required")
    return {
        **relaxed,
        "if": {"anyOf": [{"required": ["extends"]}, {"required": ["abstract"]}]},
        "then": {},
        "else": _needs(relaxed, definitions),
    }


def for_whole(schema: Schema) -> Schema:
    """What a scenario must be when all its parts are together."""
    found = for_base(schema)
    definitions = {name: _renamed(block, "x-required", "required") for name, block in found.get("$defs", {}).items()}
    return _renamed({**found, "$defs": definitions}, "x-required", "required")


def for_base(schema: Schema) -> Schema:
    """What a base for others must be: anything may be missing, what is there must be right."""
    found = {key: value for key, value in schema.items() if key not in ("if", "then", "else")}
    found["$defs"] = {name: block for name, block in schema.get("$defs", {}).items() if name != OVERRIDE}
    found["properties"] = dict(schema["properties"])
    if "overrides" in found["properties"]:
        found["properties"]["overrides"] = {**found["properties"]["overrides"], "additionalProperties": True}
    return found


def _reached(node: Schema, definitions: Schema) -> set[str]:
    """Definitions that merge key by key: reached by keys and unions, not through lists or free keys."""
    names: set[str] = set()
    waiting = [*node.get("properties", {}).values()]
    while waiting:
        form = waiting.pop()
        waiting += form.get("anyOf", [])
        name = form.get("$ref", "").rpartition("/")[2]
        if name and name not in names:
            names.add(name)
            waiting += definitions[name].get("properties", {}).values()
    return names


def _needs(node: Schema, definitions: Schema) -> Schema:
    """The keys that a mapping must have, and those of the mappings that are always there."""
    names = node.get("x-required", [])
    inner = {}
    for name, form in node.get("properties", {}).items():
        block = definitions.get(form.get("$ref", "").rpartition("/")[2], {})
        if needs := _needs(block, definitions):
            inner[name] = needs
    return ({"required": names} if names else {}) | ({"properties": inner} if inner else {})


def _renamed(block: Schema, old: str, new: str) -> Schema:
    return {new if key == old else key: value for key, value in block.items()}
