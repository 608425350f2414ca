"""What a JSON Schema allows at a path, without its references and unions."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from planner.source.places import Path

Schema = Mapping[str, Any]

JSON_TYPES: Final = ("object", "array", "string", "integer", "number", "boolean", "null")
_TYPE_NAMES: Final[Mapping[type, str]] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
}
_DEEPEST: Final = 12
"""Levels of keys that are looked through for a key that stands in the wrong place."""


def type_of(value: object) -> str:
    """The JSON type of a plain value; whole numbers are `integer`, also when written 3.0."""
    if isinstance(value, float) and value.is_integer():
        return "integer"
    return _TYPE_NAMES.get(type(value), "object")


class Shapes:
    """A trusted schema whose references are all local (`#/$defs/…`)."""

    def __init__(self, root: Schema) -> None:
        self.root = root

    def resolved(self, schema: object) -> Schema:
        """The schema itself, or what its `$ref` names; what stands beside the reference counts more."""
        node: Schema = schema if isinstance(schema, Mapping) else {}
        for _ in range(_DEEPEST):
            reference = node.get("$ref")
            if not isinstance(reference, str) or not reference.startswith("#"):
                break
            target: Any = self.root
            for part in reference.removeprefix("#").split("/")[1:]:
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
        return node

    def alternatives(self, schema: object) -> list[Schema]:
        """The forms a value may have: the branches of a union, or the schema alone."""
        node = self.resolved(schema)
        branches = [branch for key in ("anyOf", "oneOf", "allOf") for branch in node.get(key, ())]
        if not branches:
            return [node]
        own = [node] if "properties" in node else []
        return own + [form for branch in branches for form in self.alternatives(branch)]

    def types(self, schema: object) -> frozenset[str]:
        """The JSON types a value may have; a number may be whole."""
        found: set[str] = set()
        for form in self.alternatives(schema):
            named = form.get("type")
            if isinstance(named, str):
                found.add(named)
            elif named:
                found.update(named)
            elif "const" in form or "enum" in form:
                found.update(type_of(value) for value in form.get("enum", [form.get("const")]))
            elif "properties" in form:
                found.add("object")
            else:
                found.update(JSON_TYPES)
        return frozenset(found | {"integer"} if "number" in found else found)

    def description(self, path: Path) -> str | None:
        """What the schema says about the value at a path, or about the list or mapping of such values."""
        nodes: list[object] = [self.root]
        text: str | None = None
        for part in path:
            forms = [form for node in nodes for form in self.alternatives(node)]
            nodes = [child for form in forms for child in self._children(form, part)]
            own = [self.resolved(node).get("description") for node in nodes]
            if isinstance(part, str):
                named = any(part in form.get("properties", {}) for form in forms)
                text = next((words for words in own if words), None if named else text)
        return text

    @cached_property
    def key_places(self) -> Mapping[str, tuple[str, ...]]:
        """Every key the schema knows → the dotted paths it may stand under; '' is the top level."""
        places: dict[str, list[str]] = {}
        for key, where in self._keys(self.root, "", ()):
            known = places.setdefault(key, [])
            if where not in known:
                known.append(where)
        return {key: tuple(where) for key, where in places.items()}

    def matches_pattern(self, form: Schema, key: str) -> bool:
        """Whether a key is one of those that a mapping may have by pattern."""
        return any(re.search(pattern, key) for pattern in form.get("patternProperties", ()))

    def _children(self, form: Schema, part: str | int) -> Iterator[object]:
        if isinstance(part, int):
            yield form.get("items", {})
        elif part in form.get("properties", {}):
            yield form["properties"][part]
        else:
            yield from (sub for name, sub in form.get("patternProperties", {}).items() if re.search(name, part))
            yield form.get("additionalProperties", {})

    def _keys(self, schema: object, where: str, trail: tuple[int, ...]) -> Iterator[tuple[str, str]]:
        if len(trail) > _DEEPEST:
            return
        for form in self.alternatives(schema):
            properties = form.get("properties", {})
            if id(properties) in trail:
                continue
            inner = (*trail, id(properties)) if properties else trail
            for name, child in properties.items():
                yield name, where
                yield from self._keys(child, f"{where}.{name}" if where else name, inner)
            if "items" in form:
                yield from self._keys(form["items"], f"{where}[]", inner)
            others = [form.get("additionalProperties"), *form.get("patternProperties", {}).values()]
            for child in others:
                if isinstance(child, Mapping) and child:
                    yield from self._keys(child, f"{where}.*" if where else "*", inner)
